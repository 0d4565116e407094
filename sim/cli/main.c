// SPDX-License-Identifier: Apache-2.0
/* main.c: finds the verb and runs it. */
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/utf8.h"
#include "cli/verbs.h"
#include "scenario/suggest.h"
#include "view/table.h"
#include "view/units.h"

static const struct snap_verb *const verbs[] = {
    &snap_verb_run,   &snap_verb_compare,       &snap_verb_info,         &snap_verb_plot,
    &snap_verb_story, &snap_verb_explain,       &snap_verb_replay,       &snap_verb_inspect,
    &snap_verb_diff,  &snap_verb_restore_check, &snap_verb_capabilities, &snap_verb_savepoint,
    &snap_verb_help,  &snap_verb_version,
};

enum { VERB_COUNT = sizeof(verbs) / sizeof(verbs[0]) };

const struct snap_verb *snap_verbs(void)
{
    static struct snap_verb table[VERB_COUNT + 1];

    for (size_t i = 0; i < VERB_COUNT; i++)
        table[i] = *verbs[i];
    return table;
}

int snap_cli_print(const struct snap_text *text)
{
    bool written = fwrite(snap_text_get(text), 1, text->length, stdout) == text->length;

    if (fflush(stdout) == 0 && written)
        return 0;
    /* A pager that was left wants to hear no more; programs that do not mind end so as well. */
    if (errno == EPIPE)
        return 128 + SIGPIPE;
    fprintf(stderr, "snapsim: cannot write to standard output: %s\n", strerror(errno));
    return 4;
}

int snap_cli_show(struct snap_text *text)
{
    snap_text_make_printable(text);
    return snap_cli_print(text);
}

void snap_cli_tell(const char *format, ...)
{
    struct snap_text text = {0};
    char *words;
    va_list args;

    va_start(args, format);
    if (vasprintf(&words, format, args) < 0)
        words = NULL;
    va_end(args);
    snap_text_add_string(&text, words ? words : "");
    free(words);
    snap_text_make_printable(&text);
    fputs(snap_text_get(&text), stderr);
    snap_text_fini(&text);
}

/* Adds the words of a line to those of the lines before. */
static void gather_words(struct snap_text *words, const char *line, size_t length)
{
    for (const char *at = line; at < line + length;) {
        size_t word = strcspn(at, " \n");

        snap_text_printf(words, "%s%.*s", words->length && word ? " " : "", (int)word, at);
        at += word + 1;
    }
}

/* The text's lines were those of the file: they are broken anew, but for indented ones, which are
 * rows of a table. */
static void add_paragraph(struct snap_text *text, const char *title, const char *paragraph)
{
    struct snap_text words = {0};

    snap_text_printf(text, "%s\n", title);
    for (const char *at = paragraph; *at;) {
        size_t length = strcspn(at, "\n");

        if (at[0] == ' ') {
            snap_paragraph_text(snap_text_get(&words), snap_terminal_width(), text);
            snap_text_clear(&words);
            snap_text_printf(text, "  %.*s\n", (int)length, at);
        } else {
            gather_words(&words, at, length);
        }
        at += length + (at[length] != '\0');
    }
    snap_paragraph_text(snap_text_get(&words), snap_terminal_width(), text);
    snap_text_fini(&words);
}

void snap_cli_add_ask(struct snap_text *text, const struct snap_scenario *scenario)
{
    if (!snap_scenario_ask(scenario))
        return;
    add_paragraph(text, "Before you look: what do you think?", snap_scenario_ask(scenario));
    snap_text_add_string(text, "\n");
}

void snap_cli_add_answer(struct snap_text *text, const struct snap_scenario *scenario)
{
    if (!snap_scenario_answer(scenario))
        return;
    add_paragraph(text, "\nThe answer", snap_scenario_answer(scenario));
}

void snap_cli_print_ask(const struct snap_scenario *scenario)
{
    struct snap_text text = {0};

    snap_cli_add_ask(&text, scenario);
    snap_cli_show(&text);
    snap_text_fini(&text);
}

int snap_cli_fail(const struct snap_error *error)
{
    struct snap_text text = {0};

    snap_scenario_print_error(&text, error, NULL);
    /* Names of damaged files are in it. */
    snap_text_make_printable(&text);
    fprintf(stderr, "snapsim: %s", snap_text_get(&text));
    snap_text_fini(&text);
    return snap_error_exit_code(error);
}

void snap_cli_print_note(const struct snap_scenario_note *note)
{
    if (note->line)
        snap_cli_tell("%s:%u:%u: note: %s\n", note->file, note->line, note->column, note->text);
    else
        snap_cli_tell("%s: note: %s\n", note->file, note->text);
}

void snap_cli_print_notes(const struct snap_built *built)
{
    for (uint32_t i = 0; i < built->note_count; i++)
        snap_cli_print_note(&built->notes[i]);
}

/* Scripts that call them learn that this version has none, not that they are misspelt. */
static const char *const later_verbs[] = {
    "list",
    "stop",
    "cancel",
    "checkpoint",
};

static bool is_later(const char *name)
{
    for (size_t i = 0; i < sizeof(later_verbs) / sizeof(later_verbs[0]); i++)
        if (strcmp(later_verbs[i], name) == 0)
            return true;
    return false;
}

static int fail_unknown(const char *name)
{
    struct snap_suggestion suggestion = {.wanted = name};

    for (size_t i = 0; i < VERB_COUNT; i++)
        snap_suggestion_try(&suggestion, verbs[i]->name);
    if (is_later(name))
        snap_cli_tell("snapsim: the verb \"%s\" is not in this version\n", name);
    else if (suggestion.best)
        snap_cli_tell("snapsim: there is no verb \"%s\"; did you mean \"%s\"?\n", name,
                      suggestion.best);
    else if (name[0] == '-')
        snap_cli_tell(
            "snapsim: a verb comes before the option %s: snapsim VERB ...; `snapsim help` "
            "lists them\n",
            name);
    else if (strstr(name, ".y"))
        snap_cli_tell("snapsim: there is no verb \"%s\"; to run a scenario: `snapsim run %s`\n",
                      name, name);
    else
        snap_cli_tell("snapsim: there is no verb \"%s\"; `snapsim help` lists them\n", name);
    return 2;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Whether help is asked for among the words behind the verb. */
static bool asks_for_help(char *const *words)
{
    for (; *words && strcmp(*words, "--") != 0; words++)
        if (is_help(*words))
            return true;
    return false;
}

/* A file-size limit and a reader that has gone are errors of the write, with a message and exit
 * code 4; by default they would kill the process in the middle of it. */
static void ignore_write_signals(void)
{
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

/* jansson would take a number that it has no memory for as a mistake in the file. */
static void share_memory(void)
{
    json_set_alloc_funcs(snap_heap_take, free);
}

/* `snapsim --help`, `-h` and `--version` are what people try first. */
int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

    if (!name) {
        fprintf(stderr, "usage: snapsim VERB ...; `snapsim help` lists the verbs\n");
        return 2;
    }
    ignore_write_signals();
    share_memory();
    if (is_help(name))
        name = "help";
    if (strcmp(name, "--version") == 0)
        name = "version";
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(verbs[i]->name, name) != 0)
            continue;
        /* `snapsim VERB --help` is `snapsim help VERB`. */
        if (asks_for_help(argv + 2))
            return snap_verb_help.run((char *const[]){argv[1], NULL});
        return verbs[i]->run(argv + 2);
    }
    return fail_unknown(name);
}
