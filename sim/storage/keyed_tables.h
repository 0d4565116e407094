// SPDX-License-Identifier: Apache-2.0
/*
 * keyed_tables.h: the keyed state of one subtask as tables whose entries can be turned into bytes:
 * what files of all backends are made of.
 *
 * - A table is a state of the head: values, lists, windows, timers. Its entries stand by key group,
 *   inside a group by insertion; those of one list follow each other and are one item, and so are
 *   those of one map in the native layout. In the canonical one a field of a map is an item.
 * - Tables borrow the state they are made of.
 * - What an encoder gives is valid until its next item.
 * Flink: RegisteredKeyValueStateBackendMetaInfo, CompositeKeySerializationUtils.
 */
#ifndef SNAP_STORAGE_KEYED_TABLES_H
#define SNAP_STORAGE_KEYED_TABLES_H

#include "flink/keyed_file.h"
#include "storage/image.h"

struct snap_keyed_table {
    const char *name;
    enum snap_state_shape shape;
    struct snap_schema fields;                 /* maps: kinds of names and values */
    bool is_windowless;                        /* timers */
    const struct snap_keyed_snapshot *keyed;   /* or */
    const struct snap_scoped_snapshot *scoped; /* windows, timers */
    enum snap_value_kind key_kind;
    uint32_t group_first;
    uint32_t group_count;
    const uint32_t *group_starts; /* group_count + 1 */
};

struct snap_keyed_tables {
    struct snap_arena *arena; /* borrowed */
    struct snap_keyed_table *items;
    struct snap_state_meta *metas;
    uint32_t count;
    struct snap_keyed_head head; /* if there are any */
};

/* Some entries of a table: those of one group. */
struct snap_keyed_run {
    uint32_t first;
    uint32_t end;
};

/* Turns entries into items. */
struct snap_keyed_encoder {
    enum snap_keyed_layout layout; /* how lists and maps are joined */
    struct snap_byte_writer key;
    struct snap_byte_writer scope;
    struct snap_byte_writer user_key;
    struct snap_byte_writer value;
};

/* Returns what a descriptor of the shape is in the file: of state by key, or of what windows hold.
 * Flink: StateDescriptor.getType. */
enum snap_keyed_state_type snap_keyed_type_of(enum snap_state_shape shape);

/* Makes the tables of the state; memory of the arena. */
void snap_keyed_tables_init(struct snap_keyed_tables *tables, struct snap_arena *arena,
                            const struct snap_image_operator *of,
                            const struct snap_operator_state *state);

/* Returns the entries of the key group; none if it is not the table's. */
struct snap_keyed_run snap_keyed_table_group(const struct snap_keyed_table *table, uint32_t group);

/* Returns how many entries from `run.first` on are one item of the layout. */
uint32_t snap_keyed_table_item_size(const struct snap_keyed_table *table, struct snap_keyed_run run,
                                    enum snap_keyed_layout layout);

/* Prepares an encoder; buffers lie in the arena. */
void snap_keyed_encoder_init(struct snap_keyed_encoder *encoder, struct snap_arena *arena,
                             enum snap_keyed_layout layout);

/* Returns the entries as one item: key, namespace, user key and value; of a timer its element as
 * value. */
struct snap_keyed_item snap_keyed_encoder_item(struct snap_keyed_encoder *encoder,
                                               const struct snap_keyed_table *table,
                                               struct snap_keyed_run run);

#endif
