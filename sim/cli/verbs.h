// SPDX-License-Identifier: Apache-2.0
/*
 * verbs.h: the verbs of the program, one file each, and what they share.
 *
 * - A verb gets the words behind its name (NULL at the end) and returns the exit code:
 *   0 as expected, 1 not as expected, 2 usage or scenario refused, 3 a bug of ours, 4 input or
 *   output failed.
 * - Standard output is for results, standard error for messages.
 */
#ifndef SNAP_CLI_VERBS_H
#define SNAP_CLI_VERBS_H

#include "base/error.h"
#include "base/text.h"
#include "cli/args.h"
#include "scenario/scenario.h"

struct snap_verb {
    const char *name; /* NULL: the end of the table */
    const char *arguments;
    const char *doc;
    const struct snap_option_help *options;
    const char *more; /* how to read what it prints, behind the options; or NULL */
    int (*run)(char *const *argv);
};

/* All verbs, in the order of the help. */
const struct snap_verb *snap_verbs(void);

extern const struct snap_verb snap_verb_run;
extern const struct snap_verb snap_verb_compare;
extern const struct snap_verb snap_verb_info;
extern const struct snap_verb snap_verb_plot;
extern const struct snap_verb snap_verb_story;
extern const struct snap_verb snap_verb_explain;
extern const struct snap_verb snap_verb_replay;
extern const struct snap_verb snap_verb_inspect;
extern const struct snap_verb snap_verb_diff;
extern const struct snap_verb snap_verb_restore_check;
extern const struct snap_verb snap_verb_capabilities;
extern const struct snap_verb snap_verb_savepoint;
extern const struct snap_verb snap_verb_help;
extern const struct snap_verb snap_verb_version;

/* Writes what programs read to standard output, as it is; returns 0, or 4 with a message if that
 * fails. */
int snap_cli_print(const struct snap_text *text);

/* The same for what people read: whatever the names and words of others in it hold, it is no
 * command to a terminal. Makes the text printable. */
int snap_cli_show(struct snap_text *text);

/* Says something on standard error, printable likewise. */
void snap_cli_tell(const char *format, ...) __attribute__((format(__printf__, 1, 2)));

/* Prints the error with its place to standard error and returns its exit code. */
int snap_cli_fail(const struct snap_error *error);

/* Appends what the scenario asks, or its answer, below a title; nothing if there is none. */
void snap_cli_add_ask(struct snap_text *text, const struct snap_scenario *scenario);
void snap_cli_add_answer(struct snap_text *text, const struct snap_scenario *scenario);

/* Prints to standard output what the scenario asks, before a run that is shown to people. */
void snap_cli_print_ask(const struct snap_scenario *scenario);

/* Prints a note, or all those of a build, to standard error. */
void snap_cli_print_note(const struct snap_scenario_note *note);
void snap_cli_print_notes(const struct snap_built *built);

#endif
