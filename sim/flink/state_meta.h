// SPDX-License-Identifier: Apache-2.0
/*
 * state_meta.h: the head of a state file: which states are in it and how their values are written.
 *
 * - A keyed head has the serializer of the keys and the states; ids in the file are positions in
 *   this list. An operator head has list states, then broadcast states.
 * - Snapshots of serializers have no length. Behind one that is unknown reading goes on where the
 *   next known part of the head is recognised; what lies between is the snapshot's body. Where
 * there is none the head ends, and `is_cut` says that states may be missing.
 * - Texts point into what was read, arrays lie in the arena. What was read and is written again has
 *   the same bytes.
 * Flink: KeyedBackendSerializationProxy, OperatorBackendSerializationProxy,
 * StateMetaInfoSnapshot.
 */
#ifndef SNAP_FLINK_STATE_META_H
#define SNAP_FLINK_STATE_META_H

#include "flink/serializer.h"
#include "model/list_mode.h"

/* Numbers are those in the file. Flink: StateMetaInfoSnapshot.BackendStateType. */
enum snap_state_kind {
    SNAP_STATE_KEY_VALUE,
    SNAP_STATE_OPERATOR,
    SNAP_STATE_BROADCAST,
    SNAP_STATE_PRIORITY_QUEUE,
    SNAP_STATE_KEY_VALUE_V2,
    SNAP_STATE_KIND_COUNT,
};

/* What a key's state is. Flink: StateDescriptor.Type. */
enum snap_keyed_state_type {
    SNAP_KEYED_UNKNOWN,
    SNAP_KEYED_VALUE,
    SNAP_KEYED_LIST,
    SNAP_KEYED_MAP,
    SNAP_KEYED_REDUCING,
    SNAP_KEYED_AGGREGATING,
    SNAP_KEYED_TYPE_COUNT,
};

/* Returns "VALUE" and so on, as it stands in the file. */
const char *snap_keyed_state_type_name(enum snap_keyed_state_type type);

struct snap_state_option {
    struct snap_bytes key;
    struct snap_bytes value;
};

struct snap_state_serializer {
    struct snap_bytes key;
    struct snap_serializer serializer;
};

struct snap_state_meta {
    struct snap_bytes name;
    enum snap_state_kind kind;
    const struct snap_state_option *options;
    uint32_t option_count;
    const struct snap_state_serializer *serializers;
    uint32_t serializer_count;
    /* What is looked for in the above once: NULL or UNKNOWN if it is not there. */
    const struct snap_serializer *value;
    const struct snap_serializer *key;
    const struct snap_serializer *name_space;
    enum snap_keyed_state_type keyed_type;
};

struct snap_state_metas {
    const struct snap_state_meta *items;
    uint32_t count;
};

struct snap_keyed_head {
    bool is_compressed;
    struct snap_serializer key;
    struct snap_state_metas states;
    uint64_t bytes; /* of the head in the file */
    bool is_cut;
};

struct snap_operator_head {
    int32_t version; /* 5 or 6 */
    bool is_compressed;
    struct snap_state_metas lists;
    struct snap_state_metas broadcasts;
    uint64_t bytes;
    bool is_cut;
};

/* Reads one state, as a change log has it. Behind an unknown serializer it ends. */
bool snap_state_meta_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                          struct snap_state_meta *meta);

bool snap_keyed_head_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                          struct snap_keyed_head *head);
bool snap_operator_head_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                             struct snap_operator_head *head);
void snap_keyed_head_write(struct snap_byte_writer *writer, const struct snap_keyed_head *head);
void snap_operator_head_write(struct snap_byte_writer *writer,
                              const struct snap_operator_head *head);

/* Fills what is looked for once, when options and serializers are there. */
void snap_state_meta_settle(struct snap_state_meta *meta);

/* Makes the meta of a keyed state; memory of the arena, the name is borrowed. */
struct snap_state_meta
snap_state_meta_of_keyed(struct snap_arena *arena, struct snap_bytes name,
                         enum snap_keyed_state_type type,
                         const struct snap_serializer value_and_namespace[2]);

/* The same for timers, by the serializer of keys and that of namespaces. */
struct snap_state_meta snap_state_meta_of_timers(struct snap_arena *arena, struct snap_bytes name,
                                                 const struct snap_serializer key_and_namespace[2]);

/* The same for a list of operator state, split or union. */
struct snap_state_meta snap_state_meta_of_list(struct snap_arena *arena, struct snap_bytes name,
                                               enum snap_list_mode mode,
                                               const struct snap_serializer *element);

/* The same for a broadcast map. */
struct snap_state_meta snap_state_meta_of_broadcast(struct snap_arena *arena,
                                                    struct snap_bytes name,
                                                    const struct snap_serializer key_and_value[2]);

#endif
