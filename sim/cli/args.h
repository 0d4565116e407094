// SPDX-License-Identifier: Apache-2.0
/*
 * args.h: the command line of one verb, taken apart by the verb's own table of options.
 *
 * - "--name VALUE", "--name=VALUE", "-D key=value", "-Dkey=value", "-p4"; "--" ends the options.
 * - An option whose value is a pair (KEY=VALUE) may be repeated, others with a value may not.
 * - Arguments keep their order; texts are borrowed from argv.
 */
#ifndef SNAP_CLI_ARGS_H
#define SNAP_CLI_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/* One option of a verb. */
struct snap_option_help {
    const char *name;  /* "--seed" or "-p" */
    const char *value; /* what its value is called; NULL: it has none */
    const char *doc;   /* NULL: a later version has it; help keeps silent about it */
};

struct snap_arg {
    const struct snap_option_help *option; /* NULL: a positional argument */
    const char *text;                      /* value or argument; "" for an option without value */
    const char *written;                   /* as messages name it: "--seed 7" */
};

struct snap_args {
    struct snap_arg *items; /* arena */
    uint32_t count;
};

/* The options of a verb; the last one has no name. Errors: SNAP_ERROR_USAGE. */
bool snap_args_parse(const struct snap_option_help *options, char *const *argv,
                     struct snap_arena *arena, struct snap_args *args, struct snap_error *error);

/* Returns the value given for the option, NULL if it was not given. */
const char *snap_args_get(const struct snap_args *args, const char *option);

/* What a value was to be one of. */
struct snap_choice_words {
    const char *what; /* "runtime" */
    const char *const *names;
    uint32_t count;
};

/* Refuses a word that is none of them, with the nearest and all of them; returns false.
 * Errors: SNAP_ERROR_USAGE. */
bool snap_args_fail_choice(const struct snap_choice_words *words, const char *found,
                           struct snap_error *error);

/* Refuses two options that cannot go together. Errors: SNAP_ERROR_USAGE. */
bool snap_args_exclusive(const struct snap_args *args, const char *one, const char *other,
                         struct snap_error *error);

/* Returns the one positional argument; NULL with the error set if there is none or more. */
const char *snap_args_one(const struct snap_args *args, const char *what, struct snap_error *error);

/* Appends the table of options. */
void snap_args_help(struct snap_text *text, const struct snap_option_help *options);

#endif
