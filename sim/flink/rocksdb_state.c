// SPDX-License-Identifier: Apache-2.0
#include "flink/rocksdb_state.h"

#include "flink/canonical_entry.h"

bool snap_rocksdb_is_table(struct snap_bytes name)
{
    static const char end[] = ".sst";
    size_t length = sizeof(end) - 1;

    return name.count > length && memcmp(name.at + name.count - length, end, length) == 0;
}

void snap_rocksdb_state_start(struct snap_rocksdb_state *rocksdb, uint32_t state)
{
    bool is_all = state == SNAP_ROCKSDB_ALL;

    rocksdb->cursors =
        SNAP_ARENA_ARRAY(rocksdb->arena, struct snap_sst_cursor, rocksdb->table_count);
    rocksdb->state = is_all ? 0 : state;
    rocksdb->state_end = is_all ? rocksdb->head->states.count : state + 1;
    rocksdb->is_merging = false;
    rocksdb->failed = false;
}

/* A state's column family has its name. */
static bool start_merge(struct snap_rocksdb_state *rocksdb)
{
    struct snap_bytes name = rocksdb->head->states.items[rocksdb->state].name;
    uint32_t count = 0;

    for (uint32_t i = 0; i < rocksdb->table_count; i++) {
        const struct snap_sst *table = &rocksdb->tables[i];

        if (!snap_bytes_equal(table->family, name))
            continue;
        if (!snap_sst_cursor_open(&rocksdb->cursors[count++], table, rocksdb->arena,
                                  rocksdb->error))
            return false;
    }
    snap_sst_merge_open(&rocksdb->merge, rocksdb->cursors, count, rocksdb->arena);
    rocksdb->is_merging = true;
    return true;
}

/* Sets the next entry of any of the states; false at the end or on failure. */
static bool next_entry(struct snap_rocksdb_state *rocksdb, struct snap_canonical_entry *entry)
{
    while (!rocksdb->failed && rocksdb->state < rocksdb->state_end) {
        if (!rocksdb->is_merging && !start_merge(rocksdb)) {
            rocksdb->failed = true;
            return false;
        }
        if (snap_sst_merge_next(&rocksdb->merge, &entry->key, &entry->value))
            return true;
        rocksdb->failed = rocksdb->merge.failed;
        rocksdb->is_merging = false;
        rocksdb->state++;
    }
    return false;
}

bool snap_rocksdb_state_next(struct snap_rocksdb_state *rocksdb, struct snap_keyed_item *item)
{
    const struct snap_keyed_handle *handle = rocksdb->handle;
    struct snap_canonical_entry entry = {.head = rocksdb->head,
                                         .max_parallelism = rocksdb->max_parallelism};

    while (next_entry(rocksdb, &entry)) {
        *item = (struct snap_keyed_item){.state = rocksdb->state};
        entry.state = rocksdb->state;
        if (!snap_canonical_entry_split(&entry, item, rocksdb->error)) {
            rocksdb->failed = true;
            return false;
        }
        if (item->key_group >= (uint32_t)handle->group_first &&
            item->key_group < (uint32_t)(handle->group_first + handle->group_count))
            return true;
    }
    return false;
}

const struct snap_sst *snap_rocksdb_state_damaged(const struct snap_rocksdb_state *rocksdb)
{
    /* Without cursors nothing was read of the tables yet. */
    for (uint32_t i = 0; rocksdb->cursors && i < rocksdb->table_count; i++)
        if (rocksdb->cursors[i].failed)
            return rocksdb->cursors[i].sst;
    return NULL;
}
