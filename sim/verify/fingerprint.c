// SPDX-License-Identifier: Apache-2.0
#include "verify/fingerprint.h"

static struct snap_fingerprint print_of(const struct snap_print_form *form,
                                        const struct snap_stretch *stretch)
{
    const uint64_t *lineage = stretch->lineage;
    struct snap_fingerprint print = {0};

    for (uint32_t i = 0; i < stretch->count; i++) {
        const struct snap_record record = snap_record_view_at(&stretch->records, i);

        snap_fingerprint_add_copy(&print, form, &record, lineage ? lineage[i] : 0);
    }
    return print;
}

/* The common form has loops of its own, in which nothing is left to be decided. */
static inline struct snap_fingerprint
print_of_numbers(const struct snap_stretch *stretch, const uint64_t *lineage, uint32_t stride_bytes)
{
    const struct snap_record_view view = {stretch->records.pairs, stretch->records.stamps,
                                          stride_bytes};
    struct snap_fingerprint print = {.count = stretch->count};

    for (uint32_t i = 0; i < stretch->count; i++) {
        const struct snap_record record = snap_record_view_at(&view, i);
        uint64_t mixed = snap_print_mix(record.origin, lineage ? lineage[i] : 0,
                                        (uint64_t)record.key.number, (uint64_t)record.value.number);

        print.sum += mixed;
        print.xor ^= mixed;
    }
    return print;
}

static bool is_of_numbers(const struct snap_print_form *form)
{
    return form->schema.key == SNAP_VALUE_LONG && form->schema.value == SNAP_VALUE_LONG &&
           form->parts == (SNAP_PART_KEY | SNAP_PART_VALUE);
}

void snap_fingerprint_add_stretch(struct snap_fingerprint *print,
                                  const struct snap_print_form *form,
                                  const struct snap_stretch *stretch)
{
    struct snap_fingerprint added;

    if (!is_of_numbers(form))
        added = print_of(form, stretch);
    else if (stretch->lineage)
        added = print_of_numbers(stretch, stretch->lineage, stretch->records.stride_bytes);
    else if (stretch->records.stride_bytes == sizeof(struct snap_pair))
        added = print_of_numbers(stretch, NULL, sizeof(struct snap_pair));
    else
        added = print_of_numbers(stretch, NULL, stretch->records.stride_bytes);
    snap_fingerprint_merge(print, &added);
}
