// SPDX-License-Identifier: Apache-2.0
/* text-file and split-words on odd texts, cut into any number of splits. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "base/rng.h"
#include "base/text.h"
#include "unit/operator_harness.h"

enum { FILES_MAX = 4 };

/* Texts in files of their own; removed again by remove_files. */
struct files {
    char paths[FILES_MAX][40];
    uint32_t count;
};

static void add_file(struct files *files, const char *bytes, size_t length)
{
    char *path = files->paths[files->count++];
    int descriptor;

    strcpy(path, "/tmp/snapsim-text-XXXXXX");
    descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), length);
    close(descriptor);
}

static void remove_files(struct files *files)
{
    for (uint32_t i = 0; i < files->count; i++)
        unlink(files->paths[i]);
}

static struct harness *make(const struct files *files, uint32_t splits, uint32_t parallelism,
                            uint32_t subtask)
{
    struct harness *h = calloc(1, sizeof(*h));

    harness_start(h, &snap_text_file_class);
    for (uint32_t i = 0; i < files->count; i++)
        harness_add(h, "paths", files->paths[i], false);
    h->options[1] = (struct snap_option){.set = true, .number = splits};
    h->op.parallelism = parallelism;
    h->context.subtask = subtask;
    if (!harness_configure(h))
        fail_msg("%s", h->error.message);
    return h;
}

static void drop(struct harness *h)
{
    harness_stop(h);
    free(h);
}

/* Appends the lines of one split, each ended by "|". */
static void read_split(const struct files *files, uint32_t splits, uint32_t split,
                       struct snap_text *to)
{
    struct harness *h = make(files, splits, splits, split);

    if (!harness_open(h, NULL, SNAP_NO_CHECKPOINT))
        fail_msg("%s", h->error.message);
    for (uint32_t line = 0; harness_produce(h, 3) > 0;) {
        for (uint32_t i = 0; i < h->batch.count; i++, line++) {
            const struct snap_string *value = h->records[i].value.string;

            assert_int_equal(h->records[i].key.number, line);
            assert_int_equal(h->stamps[i].origin, snap_origin_make(split, line));
            snap_text_add(to, value->bytes, value->length);
            snap_text_add(to, "|", 1);
        }
    }
    drop(h);
}

static void cuts_lines_whatever_the_splits(void **unused)
{
    static const struct {
        const char *name;
        const char *texts[FILES_MAX];
        const char *lines;
    } rows[] = {
        {"plain", {"one\ntwo\nthree\n"}, "one|two|three|"},
        {"no newline at the end", {"one\ntwo"}, "one|two|"},
        {"carriage returns", {"one\r\ntwo\r\n\r\n"}, "one|two||"},
        {"a carriage return without newline stays", {"a\rb\nc\r"}, "a\rb|c\r|"},
        {"empty lines", {"\n\na\n\n"}, "||a||"},
        {"one newline", {"\n"}, "|"},
        {"one letter", {"x"}, "x|"},
        {"an empty file", {""}, ""},
        {"a file's end ends a line", {"one", "two\n", "three"}, "one|two|three|"},
        {"empty files between", {"", "one\n", "", "two"}, "one|two|"},
        {"a file that begins with an empty line", {"one\n", "\ntwo"}, "one||two|"},
    };

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct files files = {0};

        for (uint32_t i = 0; i < FILES_MAX && rows[r].texts[i]; i++)
            add_file(&files, rows[r].texts[i], strlen(rows[r].texts[i]));
        for (uint32_t splits = 1; splits <= 20; splits++) {
            struct snap_text text = {0};

            for (uint32_t split = 0; split < splits; split++)
                read_split(&files, splits, split, &text);
            if (strcmp(snap_text_get(&text), rows[r].lines) != 0)
                fail_msg("%s, %u splits: %s instead of %s", rows[r].name, splits,
                         snap_text_get(&text), rows[r].lines);
            snap_text_fini(&text);
        }
        remove_files(&files);
    }
}

/* Lines longer than any step of reading, and a range that lies inside one line. */
static void long_lines(void **unused)
{
    enum { LENGTH = 300000 };
    struct files files = {0};
    char *bytes = malloc(LENGTH);
    struct snap_text expected = {0};

    (void)unused;
    memset(bytes, 'x', LENGTH);
    bytes[10] = '\n';
    bytes[LENGTH - 7] = '\n';
    add_file(&files, bytes, LENGTH);
    for (int i = 0; i < LENGTH; i++)
        snap_text_add(&expected, bytes[i] == '\n' ? "|" : "x", 1);
    snap_text_add(&expected, "|", 1);
    for (uint32_t splits = 1; splits <= 9; splits += 2) {
        struct snap_text text = {0};

        for (uint32_t split = 0; split < splits; split++)
            read_split(&files, splits, split, &text);
        assert_int_equal(text.length, expected.length);
        assert_memory_equal(text.data, expected.data, text.length);
        snap_text_fini(&text);
    }
    snap_text_fini(&expected);
    free(bytes);
    remove_files(&files);
}

/* Stops at every line, restores from there: the rest follows, nothing twice. */
static void goes_on_where_the_snapshot_was(void **unused)
{
    struct files files = {0};

    (void)unused;
    add_file(&files, "a\nbb\r\n\nccc\ndddd", 15);
    add_file(&files, "e\n", 2);
    for (uint32_t stop = 0; stop <= 6; stop++) {
        struct harness *h = make(&files, 2, 1, 0);
        struct snap_operator_state *state;
        struct snap_text text = {0};

        assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
        for (uint32_t taken = 0; taken < stop; taken++) {
            assert_int_equal(harness_produce(h, 1), 1);
            snap_text_add_string(&text, h->records[0].value.string->bytes);
            snap_text_add(&text, "|", 1);
        }
        state = harness_snapshot(h, 1);
        harness_produce(h, 2);
        harness_crash(h);
        assert_true(harness_open(h, state, 1));
        while (harness_produce(h, 1)) {
            snap_text_add_string(&text, h->records[0].value.string->bytes);
            snap_text_add(&text, "|", 1);
        }
        /* Two splits take turns: the second begins with dddd. */
        assert_string_equal(snap_text_get(&text), "a|dddd|bb|e||ccc|");
        snap_text_fini(&text);
        drop(h);
    }
    remove_files(&files);
}

static void files_that_cannot_be_read(void **unused)
{
    struct files files = {0};
    struct harness *h;

    (void)unused;
    add_file(&files, "one\ntwo\nthree\n", 14);
    h = make(&files, 1, 1, 0);
    assert_int_equal(truncate(files.paths[0], 5), 0);
    assert_false(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    assert_int_equal(h->error.code, SNAP_ERROR_IO);
    assert_non_null(strstr(h->error.message, "shorter"));
    remove_files(&files);
    harness_crash(h);
    h->error.code = SNAP_OK;
    assert_false(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    assert_non_null(strstr(h->error.message, files.paths[0]));
    assert_false(harness_configure(h));
    assert_string_equal(snap_text_file_class.type.options[h->culprit].name, "paths");
    drop(h);

    h = calloc(1, sizeof(*h));
    harness_start(h, &snap_text_file_class);
    harness_add(h, "paths", "/tmp", false);
    assert_false(harness_configure(h));
    assert_non_null(strstr(h->error.message, "directory"));
    drop(h);
}

/* What `tr -cs 'A-Za-z0-9\200-\377' '\n' | tr A-Z a-z | grep .` makes of it, "|" for newlines. */
static void reference_words(const char *bytes, size_t length, struct snap_text *to)
{
    bool inside = false;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        bool letter =
            c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        char lower = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);

        if (letter)
            snap_text_add(to, &lower, 1);
        else if (inside)
            snap_text_add(to, "|", 1);
        inside = letter;
    }
    if (inside)
        snap_text_add(to, "|", 1);
}

static void words_of_a_line(struct harness *words, const struct snap_record *line,
                            struct snap_text *to)
{
    struct snap_emitter out;

    snap_emitter_init(&out, &words->arena, (struct snap_columns){.stamps = true});
    snap_split_words_class.expand(words->self, line, &out);
    for (uint32_t i = 0; i < out.count; i++) {
        assert_int_equal(out.records[i].value.number, 1);
        assert_true(out.stamps[i].origin == line->origin);
        snap_text_add(to, out.records[i].key.string->bytes, out.records[i].key.string->length);
        snap_text_add(to, "|", 1);
    }
}

static void expect_words(const char *name, const char *bytes, size_t length)
{
    struct files files = {0};
    struct harness *source;
    struct harness *words = calloc(1, sizeof(*words));
    struct snap_text expected = {0};
    struct snap_text text = {0};

    add_file(&files, bytes, length);
    source = make(&files, 1, 1, 0);
    harness_start(words, &snap_split_words_class);
    words->input = source->op.schema;
    assert_true(harness_configure(words));
    assert_true(harness_open(words, NULL, SNAP_NO_CHECKPOINT));
    assert_true(harness_open(source, NULL, SNAP_NO_CHECKPOINT));
    while (harness_produce(source, 1)) {
        struct snap_record line = harness_record(source, 0);

        words_of_a_line(words, &line, &text);
    }
    reference_words(bytes, length, &expected);
    if (text.length != expected.length ||
        (text.length && memcmp(text.data, expected.data, text.length) != 0))
        fail_msg("%s: \"%s\" instead of \"%s\"", name, snap_text_get(&text),
                 snap_text_get(&expected));
    snap_text_fini(&text);
    snap_text_fini(&expected);
    drop(source);
    drop(words);
    remove_files(&files);
}

static void words_of_odd_texts(void **unused)
{
    static const struct {
        const char *name;
        const char *text;
    } rows[] = {
        {"plain", "Hello, hello world!\n"},
        {"carriage returns", "one two\r\nthree\r\n"},
        {"no newline at the end", "one two"},
        {"UTF-8", "Gr\xC3\xBC\xC3\x9F"
                  "e, \xE4\xB8\x96\xE7\x95\x8C 42 \xC3\x84\n"},
        {"invalid UTF-8", "\xFF\xFE a\x80z \xC3(\n"},
        {"one word", "word"},
        {"empty lines", "\n\n a \n\n"},
        {"nothing", ""},
        {"no word at all", " .,;\t\r\n--\n"},
        {"underscore and apostrophe part words", "don't snake_case"},
    };
    struct snap_rng rng;

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        expect_words(rows[r].name, rows[r].text, strlen(rows[r].text));
    snap_rng_init(&rng, 1, 2, 3);
    for (int round = 0; round < 30; round++) {
        char bytes[400];

        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (char)snap_rng_next(&rng);
        expect_words("random bytes", bytes, sizeof(bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_lines_whatever_the_splits),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(goes_on_where_the_snapshot_was),
        cmocka_unit_test(files_that_cannot_be_read),
        cmocka_unit_test(words_of_odd_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
