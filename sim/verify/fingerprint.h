// SPDX-License-Identifier: Apache-2.0
/*
 * fingerprint.h: a multiset of record copies as three numbers.
 *
 * - Equal multisets have equal fingerprints; two others have the same with a chance of about
 *   2^-64. The order of adding does not matter.
 * - What names a copy (origin and lineage) goes in, and of its contents the parts that a form has:
 *   those that the ledger knows of all copies, in mode full; none in mode fingerprint.
 */
#ifndef SNAP_VERIFY_FINGERPRINT_H
#define SNAP_VERIFY_FINGERPRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/lineage.h"
#include "model/operator_rules.h"
#include "verify/log.h"

struct snap_fingerprint {
    uint64_t count;
    uint64_t sum;
    uint64_t xor ;
};

static inline void snap_fingerprint_add(struct snap_fingerprint *print, uint64_t origin,
                                        uint64_t lineage)
{
    uint64_t mixed = snap_lineage_name(origin, lineage);

    print->count++;
    print->sum += mixed;
    print->xor ^= mixed;
}

/* Which parts of the contents of copies go into their print. */
struct snap_print_form {
    struct snap_schema schema;
    unsigned parts; /* enum snap_record_part mask */
};

static inline uint64_t snap_print_content(enum snap_value_kind kind, union snap_value value)
{
    return kind == SNAP_VALUE_LONG ? (uint64_t)value.number : value.string->hash;
}

/* Every factor is odd and has its bits everywhere: what differs in one field differs, and what
 * differs in several is the same by accident only. Parts that are not in it are 0. */
#define SNAP_PRINT_ORIGIN UINT64_C(0xd6e8feb86659fd93)
#define SNAP_PRINT_KEY UINT64_C(0x9fb21c651e98df25)
#define SNAP_PRINT_VALUE UINT64_C(0xa0761d6478bd642f)

static inline uint64_t snap_print_mix(uint64_t origin, uint64_t lineage, uint64_t key,
                                      uint64_t value)
{
    return snap_mix64((origin + 1) * SNAP_PRINT_ORIGIN + lineage + key * SNAP_PRINT_KEY +
                      value * SNAP_PRINT_VALUE);
}

static inline void snap_fingerprint_add_copy(struct snap_fingerprint *print,
                                             const struct snap_print_form *form,
                                             const struct snap_record *record, uint64_t lineage)
{
    uint64_t key = 0;
    uint64_t value = 0;
    uint64_t mixed;

    if (!form->parts) {
        snap_fingerprint_add(print, record->origin, lineage);
        return;
    }
    if (form->parts & SNAP_PART_KEY)
        key = snap_print_content(form->schema.key, record->key);
    if (form->parts & SNAP_PART_VALUE)
        value = snap_print_content(form->schema.value, record->value);
    mixed = snap_print_mix(record->origin, lineage, key, value);
    print->count++;
    print->sum += mixed;
    print->xor ^= mixed;
}

void snap_fingerprint_add_stretch(struct snap_fingerprint *print,
                                  const struct snap_print_form *form,
                                  const struct snap_stretch *stretch);

static inline void snap_fingerprint_merge(struct snap_fingerprint *into,
                                          const struct snap_fingerprint *from)
{
    into->count += from->count;
    into->sum += from->sum;
    into->xor ^= from->xor ;
}

static inline bool snap_fingerprint_equal(const struct snap_fingerprint *a,
                                          const struct snap_fingerprint *b)
{
    return a->count == b->count && a->sum == b->sum && a->xor == b->xor ;
}

#endif
