// SPDX-License-Identifier: Apache-2.0
/*
 * settings.h: parsing what is special to an operator's options, with messages that list the forms.
 *
 * - A form is a word with at most one argument: "key-modulo N", "zipf(s)", "identity".
 * - Used by `configure` only; the texts come from the scenario.
 */
#ifndef SNAP_OPERATORS_SETTINGS_H
#define SNAP_OPERATORS_SETTINGS_H

#include "operators/operator.h"

/* One form of a text: the word, what its argument is called (NULL: none). */
struct snap_form {
    const char *word;
    const char *shown; /* as one writes it: "key-modulo N" */
    bool has_argument;
};

/* A text taken apart. */
struct snap_form_match {
    uint32_t index;       /* into the forms */
    const char *argument; /* "" if there is none; arena */
};

/* What a text is matched with. */
struct snap_forms {
    const struct snap_form *forms;
    uint32_t count;
    const char *what; /* "function", for messages */
};

/*
 * Takes "word", "word argument" or "word(argument)" apart. Errors: not one of the forms, argument
 * missing or too much; the message lists the forms and may suggest one.
 */
bool snap_form_parse(const struct snap_forms *forms, const char *text, struct snap_arena *arena,
                     struct snap_form_match *match, struct snap_error *error);

/* Parses a whole text as a decimal number; returns false if it is none or too large. */
bool snap_long_parse(const char *text, int64_t *number);

/* Parses a plain decimal fraction like "0.25" or "2". Returns false if it is none. */
bool snap_fraction_parse(const char *text, double *fraction);

/* Sets the error if an input has another kind of value (or key) than the operator can take. */
bool snap_input_value_check(const struct snap_operator *op, enum snap_value_kind kind,
                            struct snap_error *error);
bool snap_input_key_check(const struct snap_operator *op, enum snap_value_kind kind,
                          struct snap_error *error);

/* Sets *schema to that of the inputs. Errors: the inputs of a union differ. */
bool snap_input_schema_get(const struct snap_operator *op, struct snap_schema *schema,
                           struct snap_error *error);

#endif
