// SPDX-License-Identifier: Apache-2.0
/*
 * main.c: conform [--mode M,...] [--skips FILE] FILE...
 *
 * - Reads files of recorded cases, plays each case and prints what differs.
 * - The last line counts over all files: "N passed, N failed, N skipped".
 * - --skips: a case that is skipped fails unless FILE lists it; see skips.h.
 * - --mode leaves cases of other modes out of all three numbers; an unknown one is refused.
 * - Exit code 0, 1 = a case failed, 2 = usage, or a file that cannot be read or is none of the
 *   formats.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "barrier_small.h"
#include "conform.h"
#include "format_vectors.h"
#include "skips.h"

enum { EXIT_CASES_FAILED = 1, EXIT_USAGE = 2, NAME_BYTES_MAX = 256 };

/* Suites of coordinator files; NULL = no adapter in this version. */
static const struct conform_suite suites[] = {
    {"key_groups", conform_key_groups_case},
    {"request_decider", conform_request_decider_case},
    {"failure_manager", conform_failure_manager_case},
    {"pending_checkpoint", conform_pending_checkpoint_case},
    {"checkpoint_plan", conform_checkpoint_plan_case},
    {"timeline", conform_timeline_case},
    {"restart_and_stop", conform_restart_and_stop_case},
    {"completed_store", conform_completed_store_case},
    {"operator_state_rescale", conform_operator_state_rescale_case},
    {"keyed_state_assignment", conform_keyed_state_assignment_case},
    {"channel_state_rescale", conform_channel_state_rescale_case},
    {"shared_state_registry", conform_shared_state_registry_case},
};

/* Harnesses of barrier cases that are about one small part and have no mode; the others have one
 * adapter. */
static const struct conform_suite small_harnesses[] = {
    {"deque", conform_deque_case},
    {"persister", conform_persister_case},
    {"channel", conform_channel_case},
    {"credit", conform_credit_case},
    {"subpartition", conform_subpartition_case},
};

/* Modes of barrier cases. */
static const char *const mode_names[] = {"aligned", "at_least_once", "alternating", "unaligned"};

struct tally {
    const char *modes; /* comma-separated, or NULL for all */
    const char *list;  /* of skips, or NULL */
    struct snap_text known_skips;
    uint64_t passed;
    uint64_t failed;
    uint64_t skipped;
    struct snap_text skips; /* a line for each suite skipped in a file, named once */
};

static bool mode_wanted(const char *modes, const char *mode)
{
    size_t length;

    if (!modes)
        return true;
    if (!mode)
        return false;
    length = strlen(mode);
    for (const char *at = modes; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (!strncmp(at, mode, length) && (at[length] == ',' || !at[length]))
            return true;
    return false;
}

static void name_skip(struct tally *tally, const struct conform_case *at, const char *why)
{
    struct snap_text line = {0};

    snap_text_printf(&line, "skipped %s: %s: %s", at->file, at->suite, why);
    if (!strstr(snap_text_get(&tally->skips), line.data))
        snap_text_add(&tally->skips, line.data, line.length);
    snap_text_fini(&line);
}

static void play(struct tally *tally, const struct conform_case *at, conform_run *run)
{
    struct snap_text why = {0};
    enum conform_result result;

    if (!mode_wanted(tally->modes, at->mode))
        return;
    result = run ? run(at, &why) : conform_skip(&why, "this suite");
    if (result == CONFORM_PASS)
        tally->passed++;
    if (result == CONFORM_SKIP && tally->list &&
        !conform_skips_have(&tally->known_skips, at->suite, snap_text_get(&why))) {
        snap_text_printf(&why, "  skipped, and not listed in %s\n", tally->list);
        result = CONFORM_FAIL;
    }
    if (result == CONFORM_SKIP) {
        tally->skipped++;
        name_skip(tally, at, snap_text_get(&why));
    }
    if (result == CONFORM_FAIL) {
        tally->failed++;
        printf("FAILED %s: %s: %s\n%s", at->file, at->suite, at->name, snap_text_get(&why));
    }
    snap_text_fini(&why);
}

static bool run_coordinator(struct tally *tally, const char *file, json_t *document)
{
    const char *suite = conform_string_or(document, "suite", NULL);
    const json_t *cases = json_object_get(document, "cases");
    conform_run *run = NULL;
    json_t *json;
    size_t i;

    if (!suite || !json_is_array(cases))
        return false;
    for (i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        if (!strcmp(suites[i].name, suite))
            run = suites[i].run;
    json_array_foreach(cases, i, json)
    {
        struct conform_case at = {.file = file, .suite = suite, .json = json, .document = document};

        at.name = conform_string_or(json, "id", "?");
        play(tally, &at, run);
    }
    return true;
}

static bool run_barrier(struct tally *tally, const char *file, json_t *json, json_t *document)
{
    struct conform_case at = {.file = file, .json = json, .document = document};
    conform_run *run = conform_barrier_case;

    at.suite = conform_string_or(json, "harness", NULL);
    at.mode = conform_string_or(json, "mode", NULL);
    at.name = conform_string_or(json, "name", "?");
    if (!at.suite || !json_is_array(json_object_get(json, "steps")))
        return false;
    for (size_t i = 0; i < sizeof(small_harnesses) / sizeof(small_harnesses[0]); i++)
        if (!strcmp(small_harnesses[i].name, at.suite))
            run = small_harnesses[i].run;
    play(tally, &at, run);
    return true;
}

static bool run_family(struct tally *tally, const char *file, json_t *document)
{
    const json_t *cases = json_object_get(document, "cases");
    bool known = json_is_array(cases);
    json_t *json;
    size_t i;

    json_array_foreach(cases, i, json) known = run_barrier(tally, file, json, document) && known;
    return known;
}

/* A file of vectors: each member is a list of cases; the member's name is the harness. */
static bool run_vectors(struct tally *tally, const char *file, json_t *document)
{
    const char *key;
    json_t *list;
    json_t *json;
    size_t i;

    json_object_foreach(document, key, list)
    {
        json_array_foreach(list, i, json)
        {
            char name[NAME_BYTES_MAX];
            struct conform_case at = {
                .file = file, .suite = key, .name = name, .json = json, .document = document};

            if (!json_is_array(json_object_get(json, "calls")))
                return false;
            snprintf(name, sizeof(name), "%s[%zu]", key, i);
            play(tally, &at, conform_buffer_size_case);
        }
    }
    return json_is_array(json_object_get(document, "buffer_size_average"));
}

/* Flink's bytes: each member with a list is a suite. */
static bool run_format(struct tally *tally, const char *file, json_t *document)
{
    const char *key;
    json_t *list;
    json_t *json;
    size_t i;

    json_object_foreach(document, key, list)
    {
        json_array_foreach(list, i, json)
        {
            char name[NAME_BYTES_MAX];
            struct conform_case at = {
                .file = file, .suite = key, .name = name, .json = json, .document = document};

            snprintf(name, sizeof(name), "%s[%zu]", key, i);
            play(tally, &at, conform_format_vector_case);
        }
    }
    return true;
}

static bool run_document(struct tally *tally, const char *file, json_t *document)
{
    const char *format = conform_string_or(document, "format", NULL);

    if (format)
        return !strcmp(format, "snapsim-coordinator-cases/1") &&
               run_coordinator(tally, file, document);
    if (conform_is_format_vectors(document))
        return run_format(tally, file, document);
    if (json_object_get(document, "schema"))
        return conform_integer_or(document, "schema", 0) == 1 && run_family(tally, file, document);
    if (json_object_get(document, "harness"))
        return run_barrier(tally, file, document, document);
    return run_vectors(tally, file, document);
}

/* Reads the escape \uXXXX at the place; returns the code unit, or -1 if there is none. */
static int escape_at(const char *at)
{
    char digits[5] = {0};
    char *end;
    long unit;

    if (at[0] != '\\' || at[1] != 'u')
        return -1;
    memcpy(digits, at + 2, strnlen(at + 2, 4));
    unit = strtol(digits, &end, 16);
    return end == digits + 4 ? (int)unit : -1;
}

/*
 * JSON parsers refuse lone surrogates, which the recorded strings hold. Each becomes "?" here, as
 * it does in Java when such a string is written as UTF-8.
 */
static void replace_lone_surrogates(char *text)
{
    for (char *at = text; *at; at++) {
        int unit = escape_at(at);

        if (at[0] == '\\' && unit < 0 && at[1]) {
            at++;
        } else if (unit >= 0xD800 && unit < 0xDC00 && escape_at(at + 6) >= 0xDC00 &&
                   escape_at(at + 6) < 0xE000) {
            at += 11;
        } else if (unit >= 0xD800 && unit < 0xE000) {
            memcpy(at, "\\u003f", 6);
        }
    }
}

/* Returns the file's text, or NULL; the caller frees it. */
static char *read_text(const char *file)
{
    FILE *stream = fopen(file, "rb");
    char chunk[65536];
    struct snap_text text = {0};
    size_t bytes;

    if (!stream)
        return NULL;
    snap_text_add(&text, "", 0);
    while ((bytes = fread(chunk, 1, sizeof(chunk), stream)) > 0)
        snap_text_add(&text, chunk, bytes);
    fclose(stream);
    return text.data;
}

static bool run_text(struct tally *tally, const char *file, const char *text, size_t length)
{
    json_t *document = json_loadb(text, length, JSON_ALLOW_NUL, NULL);
    bool known = json_is_object(document) && run_document(tally, file, document);

    json_decref(document);
    return known;
}

static bool run_lines(struct tally *tally, const char *file, const char *text)
{
    bool known = *text != '\0';

    while (*text) {
        size_t length = strcspn(text, "\n");

        if (length)
            known = run_text(tally, file, text, length) && known;
        text += length + (text[length] == '\n');
    }
    return known;
}

static bool run_file(struct tally *tally, const char *file)
{
    char *text = read_text(file);
    size_t length = strlen(file);
    bool lines = length > 6 && !strcmp(file + length - 6, ".jsonl");
    bool known;

    if (!text) {
        fprintf(stderr, "conform: %s: cannot be read\n", file);
        return false;
    }
    replace_lone_surrogates(text);
    known = lines ? run_lines(tally, file, text) : run_text(tally, file, text, strlen(text));
    free(text);
    return known;
}

/* A misspelt mode would leave out all cases, which looks like success. */
static bool check_modes(const char *list)
{
    for (const char *at = list;;) {
        size_t length = strcspn(at, ",");
        bool known = false;

        for (size_t i = 0; i < sizeof(mode_names) / sizeof(mode_names[0]); i++)
            known =
                known || (strlen(mode_names[i]) == length && !strncmp(mode_names[i], at, length));
        if (!known) {
            fprintf(stderr, "conform: there is no mode \"%.*s\"; there are", (int)length, at);
            for (size_t i = 0; i < sizeof(mode_names) / sizeof(mode_names[0]); i++)
                fprintf(stderr, "%s %s", i ? "," : "", mode_names[i]);
            fprintf(stderr, "\n");
            return false;
        }
        if (!at[length])
            return true;
        at += length + 1;
    }
}

static int usage(void)
{
    fprintf(stderr, "usage: conform [--mode M,...] [--skips FILE] FILE...\n");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct tally tally = {0};
    bool all_known = true;
    int first = 1;

    for (; first + 1 < argc && argv[first][0] == '-'; first += 2) {
        if (!strcmp(argv[first], "--mode"))
            tally.modes = argv[first + 1];
        else if (!strcmp(argv[first], "--skips"))
            tally.list = argv[first + 1];
        else
            return usage();
    }
    if (first >= argc || argv[first][0] == '-')
        return usage();
    if (tally.modes && !check_modes(tally.modes))
        return EXIT_USAGE;
    if (tally.list && !conform_skips_read(tally.list, &tally.known_skips))
        return EXIT_USAGE;
    for (int i = first; i < argc; i++) {
        if (!run_file(&tally, argv[i])) {
            fprintf(stderr, "conform: %s: none of the formats\n", argv[i]);
            all_known = false;
        }
    }
    printf("%s", snap_text_get(&tally.skips));
    snap_text_fini(&tally.skips);
    snap_text_fini(&tally.known_skips);
    printf("%llu passed, %llu failed, %llu skipped\n", (unsigned long long)tally.passed,
           (unsigned long long)tally.failed, (unsigned long long)tally.skipped);
    if (!all_known)
        return EXIT_USAGE;
    return tally.failed ? EXIT_CASES_FAILED : 0;
}
