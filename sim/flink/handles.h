// SPDX-License-Identifier: Apache-2.0
/*
 * handles.h: where the bytes of a snapshot's state lie, as `_metadata` says it.
 *
 * - Texts are modified UTF-8. Texts and the bytes of inline state point into what was read; arrays
 *   lie in the arena.
 * - What was read and is written again has the same bytes; old forms keep their form.
 * - Change logs nest handles in each other, at most SNAP_HANDLE_DEPTH_MAX deep.
 * Flink: MetadataV2V3SerializerBase and its versions.
 */
#ifndef SNAP_FLINK_HANDLES_H
#define SNAP_FLINK_HANDLES_H

#include "base/arena.h"
#include "flink/byte_reader.h"
#include "flink/byte_writer.h"
#include "model/list_mode.h"

enum { SNAP_HANDLE_DEPTH_MAX = 8 };

/* Numbers are those in the file. Flink: StreamStateHandle. */
enum snap_stream_type {
    SNAP_STREAM_NONE = 0,
    SNAP_STREAM_INLINE = 1,     /* ByteStreamStateHandle */
    SNAP_STREAM_FILE = 2,       /* FileStateHandle */
    SNAP_STREAM_KEY_GROUPS = 3, /* KeyGroupsStateHandle where a stream is expected */
    SNAP_STREAM_RELATIVE = 6,   /* RelativeFileStateHandle */
    SNAP_STREAM_SEGMENT = 15,   /* SegmentFileStateHandle */
    SNAP_STREAM_EMPTY = 16,     /* EmptySegmentFileStateHandle */
};

enum snap_handle_scope { SNAP_SCOPE_EXCLUSIVE, SNAP_SCOPE_SHARED };

struct snap_stream_handle {
    enum snap_stream_type type;
    struct snap_bytes path;       /* INLINE: a name; RELATIVE: below the directory of _metadata */
    int64_t size;                 /* -1: not known; INLINE: of `data` */
    struct snap_bytes data;       /* INLINE */
    int64_t start;                /* SEGMENT: in the file */
    enum snap_handle_scope scope; /* SEGMENT */
    struct snap_bytes logical_id; /* SEGMENT */
    /* KEY_GROUPS */
    int32_t group_first;
    const int64_t *offsets;
    uint32_t offset_count;
    const struct snap_stream_handle *inner;
};

/* Numbers are those in the file. Flink: KeyedStateHandle. */
enum snap_keyed_type {
    SNAP_KEYED_NONE = 0,
    SNAP_KEYED_GROUPS_OLD = 3,
    SNAP_KEYED_INCREMENTAL_OLD = 5,
    SNAP_KEYED_SAVEPOINT = 7, /* KeyGroupsSavepointStateHandle */
    SNAP_KEYED_CHANGELOG_OLD = 8,
    SNAP_KEYED_CHANGES_INLINE = 9, /* InMemoryChangelogStateHandle */
    SNAP_KEYED_CHANGES_OLD = 10,
    SNAP_KEYED_INCREMENTAL = 11, /* IncrementalRemoteKeyedStateHandle */
    SNAP_KEYED_GROUPS = 12,      /* KeyGroupsStateHandle */
    SNAP_KEYED_CHANGES = 13,     /* ChangelogStateHandleStreamImpl */
    SNAP_KEYED_CHANGELOG = 14,   /* ChangelogStateBackendHandleImpl */
};

/* A file of an incremental checkpoint, by its name in the backend's directory. */
struct snap_named_stream {
    struct snap_bytes name;
    struct snap_stream_handle stream;
};

struct snap_named_streams {
    const struct snap_named_stream *items;
    uint32_t count;
};

/* A file with changes and where they begin in it. */
struct snap_change_part {
    int64_t offset;
    struct snap_stream_handle stream;
};

/* A change in memory. */
struct snap_inline_change {
    int32_t key_group; /* -1: meta data */
    struct snap_bytes data;
};

struct snap_keyed_handle;

struct snap_keyed_handles {
    const struct snap_keyed_handle *items;
    uint32_t count;
};

struct snap_keyed_handle {
    enum snap_keyed_type type;
    uint64_t offset; /* where it stood in the metadata that was read */
    int32_t group_first;
    int32_t group_count;
    struct snap_bytes id; /* of the handle; empty in old forms and SAVEPOINT */
    /* GROUPS, GROUPS_OLD, SAVEPOINT: an offset a key group, and the file; INCREMENTAL: its meta */
    const int64_t *offsets;
    struct snap_stream_handle stream;
    /* INCREMENTAL */
    int64_t checkpoint_id; /* CHANGELOG too */
    struct snap_bytes backend_id;
    int64_t checkpointed_size; /* CHANGELOG, CHANGES too */
    struct snap_named_streams shared;
    struct snap_named_streams own;
    /* CHANGELOG */
    struct snap_keyed_handles materialized;
    struct snap_keyed_handles changes;
    int64_t materialization_id;
    /* CHANGES */
    const struct snap_change_part *parts;
    uint32_t part_count;
    int64_t size;
    struct snap_bytes storage_id;
    /* CHANGES_INLINE */
    int64_t from;
    int64_t to;
    const struct snap_inline_change *inline_changes;
    uint32_t inline_change_count;
};

/* Numbers are those in the file. Flink: OperatorStateHandle. */
enum snap_operator_handle_type {
    SNAP_OPERATOR_HANDLE_NONE = 0,
    SNAP_OPERATOR_HANDLE_PLAIN = 4,    /* OperatorStreamStateHandle */
    SNAP_OPERATOR_HANDLE_MERGING = 17, /* FileMergingOperatorStreamStateHandle */
};

struct snap_list_place {
    struct snap_bytes name;
    enum snap_list_mode mode;
    const int64_t *offsets;
    uint32_t offset_count;
};

struct snap_operator_handle {
    enum snap_operator_handle_type type;
    const struct snap_list_place *lists;
    uint32_t list_count;
    struct snap_stream_handle stream;
    /* MERGING */
    struct snap_bytes task_owned_dir;
    struct snap_bytes shared_dir;
    bool is_empty;
};

enum snap_channel_side { SNAP_CHANNEL_INPUT, SNAP_CHANNEL_RESULT };

/* The chunks of one channel in a file. */
struct snap_channel_place {
    int32_t gate;    /* or partition */
    int32_t channel; /* or subpartition */
    int64_t size;
    const int64_t *offsets;
    uint32_t offset_count;
};

/* Flink: InputStateHandle, ResultSubpartitionStateHandle; merged ones have several places. */
struct snap_channel_handle {
    enum snap_channel_side side;
    bool is_merged; /* metadata version 6 only */
    int32_t subtask;
    int64_t size;
    struct snap_stream_handle stream;
    const struct snap_channel_place *places; /* one if not merged */
    uint32_t place_count;
};

/* Metadata versions 3 to 5 have no type byte and no merged form. */
enum snap_channel_form { SNAP_CHANNEL_FORM_OLD, SNAP_CHANNEL_FORM_TYPED };

bool snap_stream_handle_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                             struct snap_stream_handle *handle);
bool snap_keyed_handle_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                            struct snap_keyed_handle *handle);
bool snap_operator_handle_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                               struct snap_operator_handle *handle);

/* `handle->side` says which side is expected; *handle is filled anew. */
bool snap_channel_handle_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                              enum snap_channel_form form, struct snap_channel_handle *handle);

void snap_stream_handle_write(struct snap_byte_writer *writer,
                              const struct snap_stream_handle *handle);
void snap_keyed_handle_write(struct snap_byte_writer *writer,
                             const struct snap_keyed_handle *handle);
void snap_operator_handle_write(struct snap_byte_writer *writer,
                                const struct snap_operator_handle *handle);
void snap_channel_handle_write(struct snap_byte_writer *writer, enum snap_channel_form form,
                               const struct snap_channel_handle *handle);

/* Calls `visit` for each stream of the handle, also those in handles it is made of. `name` is that
 * of an incremental checkpoint's file, else NULL. */
struct snap_stream_visitor {
    void (*visit)(void *context, const struct snap_stream_handle *stream,
                  const struct snap_bytes *name, bool is_shared);
    void *context;
};
void snap_keyed_handle_walk(const struct snap_keyed_handle *handle,
                            const struct snap_stream_visitor *visitor);

#endif
