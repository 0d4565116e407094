// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot.h: a snapshot as people look at it: operators, their states, where the bytes lie, and
 * what was in flight.
 *
 * - A description: it holds names, types, numbers and sizes, never the values, of which a snapshot
 *   may have more than memory. Values are walked over, one at a time, by way of `source`.
 * - Texts are UTF-8, owned by the arena of whoever described it. NULL: not known.
 * - Subtasks stand in the order of their index; operators as in the file, which has none.
 * Flink: CompletedCheckpoint, OperatorState.
 */
#ifndef SNAP_MODEL_SNAPSHOT_H
#define SNAP_MODEL_SNAPSHOT_H

#include "base/error.h"
#include "model/datum.h"
#include "model/list_mode.h"
#include "model/operator_id.h"

enum snap_place {
    SNAP_PLACE_NOWHERE,   /* no bytes */
    SNAP_PLACE_INLINE,    /* inside the metadata */
    SNAP_PLACE_EXCLUSIVE, /* a file of this snapshot's */
    SNAP_PLACE_SHARED,    /* a file that other snapshots may have too */
    SNAP_PLACE_SEGMENT,   /* a part of a file */
};

/* What bytes are for. */
enum snap_file_role {
    SNAP_ROLE_COORDINATOR,
    SNAP_ROLE_OPERATOR,
    SNAP_ROLE_RAW_OPERATOR,
    SNAP_ROLE_KEYED,
    SNAP_ROLE_RAW_KEYED,
    SNAP_ROLE_INPUT,  /* in flight, at the receiver */
    SNAP_ROLE_RESULT, /* in flight, at the sender */
    SNAP_ROLE_COUNT,
};

struct snap_snapshot_file {
    enum snap_file_role role;
    enum snap_place place;
    const char *path; /* as the handle has it; NULL: none */
    const char *name; /* of a backend's file: "000014.sst"; else NULL */
    int64_t bytes;    /* what is ours in it; -1: not known */
};

/* A state below keys, or timers of one kind. */
struct snap_snapshot_state {
    const char *name;
    const char *kind; /* "VALUE", "LIST", "MAP", "REDUCING", "AGGREGATING", "TIMERS", "UNKNOWN" */
    const char *namespace_type;
    const char *value_type;
    bool is_ttl;        /* its values have a time of last access */
    bool is_timer;      /* entries have a time */
    bool is_event_time; /* timers */
    int64_t entries;    /* maps count once; -1: not known */
    /* Key groups whose entries are bytes of an unknown serializer, without keys. */
    uint32_t opaque_groups;
    /* Key groups where what it has, if anything, is somewhere in such bytes of another state. */
    uint32_t lost_groups;
};

/* How keyed state of a subtask is stored. */
struct snap_snapshot_keyed {
    const char *handle; /* Flink's name of the handle's class; NULL: there is no keyed state */
    const char *layout; /* "native", "canonical", "rocksdb", "changelog" */
    const char *key_type;
    bool has_unknown_keys; /* only their serializer, which is unknown, could tell which they are */
    bool is_compressed;
    bool is_readable; /* its entries can be walked over */
    uint32_t group_first;
    uint32_t group_count;
    const struct snap_snapshot_state *states;
    uint32_t state_count;
};

/* A list of operator state, or a broadcast map. */
struct snap_snapshot_list {
    const char *name;
    enum snap_list_mode mode;
    const char *type; /* "list<long>", "map<string,string>" */
    int64_t elements; /* of a broadcast map: its entries; -1: not known */
};

/* A source's split. */
struct snap_snapshot_split {
    const char *name; /* its number or id; NULL if only the bytes are known */
    bool is_numbered;
    int64_t next;
    int64_t end;
    struct snap_bytes bytes;
};

struct snap_snapshot_subtask {
    uint32_t index;
    bool is_finished; /* then nothing else */
    struct snap_snapshot_keyed keyed;
    struct snap_snapshot_keyed raw_keyed; /* timers beside the state */
    const struct snap_snapshot_list *lists;
    uint32_t list_count;
    const struct snap_snapshot_split *splits;
    uint32_t split_count;
    bool is_source;
    const struct snap_snapshot_file *files;
    uint32_t file_count;
};

/* What the coordinator of a source has kept. */
struct snap_snapshot_enumerator {
    bool is_there;
    int32_t version;
    struct snap_bytes bytes;
    bool is_known; /* splits not handed out yet are */
    const struct snap_snapshot_split *splits;
    uint32_t split_count;
};

struct snap_snapshot_operator {
    const char *name; /* NULL: the version does not store it, or there is none */
    const char *uid;
    struct snap_operator_id id;
    uint32_t parallelism;
    uint32_t max_parallelism;
    bool is_finished; /* wholly */
    struct snap_snapshot_enumerator enumerator;
    struct snap_snapshot_file coordinator; /* place NOWHERE: none */
    const struct snap_snapshot_subtask *subtasks;
    uint32_t subtask_count;
};

/* Data in flight on one channel: what the receiver had, then what the sender had. */
struct snap_snapshot_channel {
    uint32_t from;         /* operator; SNAP_SNAPSHOT_NONE: not known */
    uint32_t from_subtask; /* SNAP_SNAPSHOT_NONE: not known */
    uint32_t to;
    uint32_t to_subtask;
    int64_t input_bytes; /* of buffers at the receiver; -1: none were kept there */
    int64_t result_bytes;
    const char *record_type; /* what the records look like; NULL: they could not be read */
    int64_t records;         /* -1: not known */
    uint32_t index;          /* for the walk */
};

#define SNAP_SNAPSHOT_NONE UINT32_MAX

struct snap_snapshot_properties {
    bool is_known;
    bool is_savepoint;
    const char *name;   /* "Checkpoint", "Savepoint", ... */
    const char *format; /* "CANONICAL", "NATIVE"; NULL for checkpoints */
    const char *sharing;
    bool discard_subsumed, discard_finished, discard_cancelled, discard_failed, discard_suspended;
    bool is_forced, is_unclaimed;
};

struct snap_snapshot;

/* An entry of keyed state, a timer, an element of a list, or a record in flight. Lives for the call
 * that shows it. */
struct snap_snapshot_item {
    uint32_t state; /* keyed: position in the states */
    uint32_t key_group;
    const struct snap_datum *key;
    const struct snap_datum *name_space;
    const struct snap_datum *value; /* NULL for timers */
    int64_t time_ms;                /* timers */
};

struct snap_item_visitor {
    bool (*visit)(void *context, const struct snap_snapshot_item *item); /* false: stop */
    void *context;
};

/* Which values to walk over; pointers into the snapshot. */
struct snap_snapshot_choice {
    const struct snap_snapshot_operator *of;
    const struct snap_snapshot_subtask *subtask;
    const struct snap_snapshot_keyed *keyed; /* one of the subtask's */
    const struct snap_snapshot_list *list;
    const struct snap_snapshot_channel *channel;
    uint32_t state; /* of `keyed`; SNAP_SNAPSHOT_NONE: all */
};

/* Where values come from. Exactly one of keyed, list and channel is chosen. Returns false with the
 * error set if they cannot be read; a visitor that stops is no error. */
struct snap_snapshot_source {
    bool (*walk)(void *context, const struct snap_snapshot_choice *choice,
                 const struct snap_item_visitor *visitor, struct snap_error *error);
    void *context;
};

struct snap_snapshot {
    const char *path; /* of the metadata file, as the user said it */
    int32_t metadata_version;
    int64_t metadata_bytes;
    int64_t checkpoint_id;
    struct snap_snapshot_properties properties;
    const struct snap_snapshot_operator *operators;
    uint32_t operator_count;
    const struct snap_snapshot_channel *channels;
    uint32_t channel_count;
    bool has_channel_state; /* data in flight was kept, if only none */
    uint32_t master_count;
    struct snap_snapshot_source source;
};

#endif
