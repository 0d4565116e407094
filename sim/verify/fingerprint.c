// SPDX-License-Identifier: Apache-2.0
#include "verify/fingerprint.h"

/* The common form has a loop of its own, in which nothing is left to be decided. */
static const struct snap_print_form numbers = {{SNAP_VALUE_LONG, SNAP_VALUE_LONG},
                                               SNAP_PART_KEY | SNAP_PART_VALUE};

static inline struct snap_fingerprint print_of(const struct snap_print_form *form,
                                               const struct snap_stretch *stretch)
{
    const struct snap_record *records = stretch->records;
    const uint64_t *lineage = stretch->lineage;
    struct snap_fingerprint print = {0};

    for (uint32_t i = 0; i < stretch->count; i++)
        snap_fingerprint_add_copy(&print, form, &records[i], lineage ? lineage[i] : 0);
    return print;
}

static bool is_numbers(const struct snap_print_form *form)
{
    return form->schema.key == numbers.schema.key && form->schema.value == numbers.schema.value &&
           form->parts == numbers.parts;
}

void snap_fingerprint_add_stretch(struct snap_fingerprint *print,
                                  const struct snap_print_form *form,
                                  const struct snap_stretch *stretch)
{
    const struct snap_print_form other = *form;
    struct snap_fingerprint added =
        is_numbers(form) ? print_of(&numbers, stretch) : print_of(&other, stretch);

    snap_fingerprint_merge(print, &added);
}
