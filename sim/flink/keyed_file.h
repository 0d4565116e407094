// SPDX-License-Identifier: Apache-2.0
/*
 * keyed_file.h: a file of keyed state: entries by key group and state.
 *
 * - Two layouts. NATIVE is what the HashMap backend writes for checkpoints and native savepoints;
 *   CANONICAL is that of canonical savepoints of any backend.
 * - Reading goes from entry to entry with memory for one key group at the most (if it is
 * compressed; else none), writing has memory for one too. What an item points to is valid until the
 * next one.
 * - A timer is an item with a time; its element is in `value`, key and namespace are parts of that.
 * - A value whose serializer is unknown has no known end. In the native layout the rest of its key
 *   group becomes one item without a key; states behind it are lost there, unless each is
 *   compressed on its own.
 * - Maps: NATIVE has one item a map, CANONICAL one a key in it, those of one map one after another.
 * Flink: HeapSnapshotStrategy, FullSnapshotAsyncWriter, CompositeKeySerializationUtils.
 */
#ifndef SNAP_FLINK_KEYED_FILE_H
#define SNAP_FLINK_KEYED_FILE_H

#include "flink/datum_codec.h"
#include "flink/handles.h"
#include "flink/state_meta.h"

enum snap_keyed_layout { SNAP_LAYOUT_NATIVE, SNAP_LAYOUT_CANONICAL };

/* Where a subtask's keyed state is. All borrowed. */
struct snap_keyed_file {
    struct snap_bytes data;
    const struct snap_keyed_handle *handle; /* GROUPS or SAVEPOINT */
    uint32_t max_parallelism;
};

struct snap_keyed_item {
    uint32_t key_group;
    uint32_t state; /* position in the head */
    struct snap_bytes key;
    struct snap_bytes name_space;
    struct snap_bytes user_key; /* CANONICAL maps */
    struct snap_bytes value;
    bool is_null;   /* CANONICAL maps: the value of the user key is null */
    bool is_timer;  /* `time_ms` holds */
    bool is_opaque; /* `value` is the rest of the key group */
    int64_t time_ms;
    uint64_t offset; /* in the file; in what a key group holds if that is compressed */
};

struct snap_keyed_reader {
    struct snap_keyed_file file;
    enum snap_keyed_layout layout;
    struct snap_keyed_head head;
    struct snap_error *error;
    struct snap_byte_writer plain; /* what is decompressed */
    struct snap_byte_reader group; /* bytes of the key group in the file */
    struct snap_byte_reader run;   /* entries of one state: the group's bytes, or plain ones */
    uint32_t next_group;           /* index of the key group to open next */
    uint32_t key_group;
    uint32_t state;
    uint32_t runs_left;    /* NATIVE: states of this key group to come */
    uint32_t entries_left; /* NATIVE: of the state */
    uint32_t *order;       /* NATIVE: states of the key group as they stand in it, empty ones too */
    uint32_t order_count;
    uint32_t *opened_in; /* NATIVE: by state, `next_group` when it was last begun; 0: never */
    bool is_ordered;     /* key groups lie one behind the other: each ends where the next begins */
    bool in_group;
    bool in_run;
    bool is_opaque; /* NATIVE: where entries of the state end is not known */
    bool failed;
};

/*
 * Reads the head; `arena` holds it and must outlive the reader, and so must a buffer for compressed
 * key groups that the arena gets. Errors: SNAP_ERROR_SNAPSHOT.
 */
bool snap_keyed_reader_open(struct snap_keyed_reader *reader, const struct snap_keyed_file *file,
                            struct snap_arena *arena, struct snap_error *error);

/* Returns the next item; false at the end, or with the error set and `failed`. */
bool snap_keyed_reader_next(struct snap_keyed_reader *reader, struct snap_keyed_item *item);

/* Whether the state stands behind the opaque item that was just read, in its bytes, where nobody
 * can find it: it may have entries in this key group or not. */
bool snap_keyed_reader_lost(const struct snap_keyed_reader *reader, uint32_t state);

/* Parts of an item as trees, memory of the arena. A part that is not there is null. */
bool snap_keyed_item_key(const struct snap_keyed_reader *reader, const struct snap_keyed_item *item,
                         struct snap_arena *arena, struct snap_datum *datum);
bool snap_keyed_item_namespace(const struct snap_keyed_reader *reader,
                               const struct snap_keyed_item *item, struct snap_arena *arena,
                               struct snap_datum *datum);
bool snap_keyed_item_user_key(const struct snap_keyed_reader *reader,
                              const struct snap_keyed_item *item, struct snap_arena *arena,
                              struct snap_datum *datum);
bool snap_keyed_item_value(const struct snap_keyed_reader *reader,
                           const struct snap_keyed_item *item, struct snap_arena *arena,
                           struct snap_datum *datum);

/* How keys are put together in the canonical layout and in RocksDB. */
struct snap_composite_key {
    uint32_t max_parallelism;
    const struct snap_serializer *key;
    const struct snap_serializer *name_space;
    bool is_map;                            /* there is a user key */
    const struct snap_serializer *user_key; /* NULL: no map, or one with an unknown serializer */
};

/* Returns how many bytes the key group in front of a key has. */
unsigned snap_key_group_bytes(uint32_t max_parallelism);

/* Reads it, without the mark that the first byte may have. */
uint32_t snap_key_group_read(struct snap_byte_reader *reader, uint32_t max_parallelism);

/* Takes a key apart into item->key_group, key, name_space and user_key. Errors: the reader's. */
bool snap_composite_key_read(struct snap_byte_reader *reader, const struct snap_composite_key *form,
                             struct snap_keyed_item *item);

/* Appends the key of the item's parts. */
void snap_composite_key_write(struct snap_byte_writer *writer,
                              const struct snap_composite_key *form,
                              const struct snap_keyed_item *item);

/* Returns how the keys of this state are put together; a list's or value's has no user key. */
struct snap_composite_key snap_composite_key_of(const struct snap_keyed_head *head, uint32_t state,
                                                uint32_t max_parallelism);

/* Writes what stands between two elements of a list in the canonical layout.
 * Flink: ListDelimitedSerializer. */
void snap_keyed_delimiter_write(struct snap_byte_writer *writer);

struct snap_keyed_write_options {
    enum snap_keyed_layout layout;
    uint32_t max_parallelism;
    uint32_t group_first;
    uint32_t group_count;
    const struct snap_keyed_head *head; /* borrowed; says whether to compress */
};

struct snap_keyed_writer {
    struct snap_keyed_write_options options;
    struct snap_byte_writer *out; /* borrowed */
    int64_t *offsets;             /* a key group each, for the handle; arena */
    struct snap_byte_writer part; /* what is compressed in one go */
    struct snap_byte_writer
        pending; /* CANONICAL: the last entry, which may yet be the state's last */
    struct snap_byte_writer scratch;
    uint32_t groups_begun;
    uint32_t state;
    bool has_state;        /* CANONICAL: an entry was written into this key group */
    uint32_t entries_left; /* NATIVE */
    bool *states_written;  /* NATIVE: in this key group */
};

/* Writes the head. Memory of the arena, which must outlive the writer. */
void snap_keyed_writer_init(struct snap_keyed_writer *writer, struct snap_byte_writer *out,
                            struct snap_arena *arena,
                            const struct snap_keyed_write_options *options);

/* Begins a key group; they come in rising order, and may be left out. */
void snap_keyed_writer_group(struct snap_keyed_writer *writer, uint32_t key_group);

/* Begins a state of the key group, each at most once; `count` entries follow. */
void snap_keyed_writer_state(struct snap_keyed_writer *writer, uint32_t state, uint32_t count);

/* Writes an entry: its key, namespace, user key and value in the layout's form. */
void snap_keyed_writer_entry(struct snap_keyed_writer *writer, const struct snap_keyed_item *item);

/* Ends the file; returns the offsets, one a key group. */
const int64_t *snap_keyed_writer_end(struct snap_keyed_writer *writer);

#endif
