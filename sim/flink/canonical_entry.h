// SPDX-License-Identifier: Apache-2.0
/*
 * canonical_entry.h: a key and a value as canonical savepoints and RocksDB have them, taken apart.
 *
 * - The key is key group, key, namespace and, of a map, user key: composite_key.c; of a timer it is
 *   key group and element, and there is no value.
 * - Where the serializer of a part is unknown, that part is all that is left: of a key the
 *   namespace and user key too, of a namespace the user key.
 */
#ifndef SNAP_FLINK_CANONICAL_ENTRY_H
#define SNAP_FLINK_CANONICAL_ENTRY_H

#include "flink/keyed_file.h"

struct snap_canonical_entry {
    const struct snap_keyed_head *head;
    uint32_t state;
    uint32_t max_parallelism;
    uint64_t offset; /* for messages */
    struct snap_bytes key;
    struct snap_bytes value;
};

/* Fills the item's parts. Errors: SNAP_ERROR_SNAPSHOT. */
bool snap_canonical_entry_split(const struct snap_canonical_entry *entry,
                                struct snap_keyed_item *item, struct snap_error *error);

/* Fills time, key and namespace of a timer from its element, item->value. */
bool snap_timer_split(struct snap_byte_reader *reader, const struct snap_serializer *element,
                      struct snap_keyed_item *item);

#endif
