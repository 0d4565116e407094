// SPDX-License-Identifier: Apache-2.0
#include "scenario/config_storage.h"

#include <string.h>
#include <strings.h>

/* A word for a backend. The older ones name a storage as well. */
struct backend_word {
    const char *word;
    enum snap_backend_kind backend;
    bool is_old;
    enum snap_storage_kind storage; /* of the old ones; rocksdb's leaves it open */
    const char *now;                /* what says the same today */
};

#define NOW_MEMORY "state.backend.type: hashmap and execution.checkpointing.storage: jobmanager"
#define NOW_FILES "state.backend.type: hashmap and execution.checkpointing.storage: filesystem"
#define NOW_ROCKSDB "state.backend.type: rocksdb and execution.checkpointing.storage: filesystem"
#define STATE "org.apache.flink.runtime.state."
#define CONTRIB "org.apache.flink.contrib.streaming.state."

static const struct backend_word backend_words[] = {
    {"hashmap", SNAP_BACKEND_HASHMAP, false, 0, NULL},
    {STATE "hashmap.HashMapStateBackendFactory", SNAP_BACKEND_HASHMAP, false, 0, NULL},
    {"rocksdb", SNAP_BACKEND_ROCKSDB, false, 0, NULL},
    {"org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackendFactory", SNAP_BACKEND_ROCKSDB,
     false, 0, NULL},
    {CONTRIB "EmbeddedRocksDBStateBackendFactory", SNAP_BACKEND_ROCKSDB, false, 0, NULL},
    {"jobmanager", SNAP_BACKEND_HASHMAP, true, SNAP_STORAGE_JOB_MANAGER, NOW_MEMORY},
    {STATE "memory.MemoryStateBackendFactory", SNAP_BACKEND_HASHMAP, true, SNAP_STORAGE_JOB_MANAGER,
     NOW_MEMORY},
    {"MemoryStateBackend", SNAP_BACKEND_HASHMAP, true, SNAP_STORAGE_JOB_MANAGER, NOW_MEMORY},
    {STATE "memory.MemoryStateBackend", SNAP_BACKEND_HASHMAP, true, SNAP_STORAGE_JOB_MANAGER,
     NOW_MEMORY},
    {"filesystem", SNAP_BACKEND_HASHMAP, true, SNAP_STORAGE_FILE_SYSTEM, NOW_FILES},
    {STATE "filesystem.FsStateBackendFactory", SNAP_BACKEND_HASHMAP, true, SNAP_STORAGE_FILE_SYSTEM,
     NOW_FILES},
    {"FsStateBackend", SNAP_BACKEND_HASHMAP, true, SNAP_STORAGE_FILE_SYSTEM, NOW_FILES},
    {STATE "filesystem.FsStateBackend", SNAP_BACKEND_HASHMAP, true, SNAP_STORAGE_FILE_SYSTEM,
     NOW_FILES},
    {"RocksDBStateBackend", SNAP_BACKEND_ROCKSDB, true, SNAP_STORAGE_FILE_SYSTEM, NOW_ROCKSDB},
    {CONTRIB "RocksDBStateBackend", SNAP_BACKEND_ROCKSDB, true, SNAP_STORAGE_FILE_SYSTEM,
     NOW_ROCKSDB},
    {CONTRIB "RocksDBStateBackendFactory", SNAP_BACKEND_ROCKSDB, true, SNAP_STORAGE_FILE_SYSTEM,
     NOW_ROCKSDB},
};

bool snap_directory_store(struct snap_reader *reader, const struct snap_node *node,
                          const char **directory)
{
    const char *colon;

    *directory = NULL;
    if (!node || node->kind == SNAP_NODE_NULL)
        return true;
    colon = strchr(node->text, ':');
    if (colon && strncmp(colon, "://", 3) == 0 && strncmp(node->text, "file:", 5) != 0 &&
        !(reader->storage_uri && snap_uri_root_rest(reader->storage_uri, node->text)))
        return snap_reader_fail(reader, node,
                                "%s: only paths and file: URIs are places for snapshots here; "
                                "storage.stands-for and storage.root of the model make a directory "
                                "stand for another storage",
                                node->text);
    if (*node->text == '\0')
        return snap_reader_fail(reader, node, "a directory needs a name");
    *directory = snap_arena_strdup(reader->arena, node->text);
    return true;
}

static bool store_backend_word(struct snap_reader *reader, const struct snap_node *node,
                               const struct backend_word *word, struct snap_config *config)
{
    if (word->is_old && config->version != SNAP_FLINK_1_20)
        return snap_reader_fail(reader, node, "Flink 2.3 has no state backend %s; write %s",
                                node->text, word->now);
    if (word->backend == SNAP_BACKEND_ROCKSDB && !SNAP_HAS_ROCKSDB)
        return snap_reader_fail(reader, node,
                                "this snapsim was built without RocksDB (librocksdb-dev), so that "
                                "there is no state backend rocksdb; there is hashmap");
    config->storage.backend = word->backend;
    if (word->is_old) {
        snap_reader_note(reader, node, "%s is deprecated as a state backend; write %s", node->text,
                         word->now);
        if (!config->storage.kind_given)
            config->storage.kind = word->storage;
        config->storage.kind_given = true;
    }
    return true;
}

bool snap_backend_store(struct snap_reader *reader, const struct snap_node *node,
                        struct snap_config *config)
{
    static const char *const shown[] = {"hashmap", "rocksdb", NULL};

    config->storage.backend = SNAP_BACKEND_HASHMAP;
    if (!node || node->kind == SNAP_NODE_NULL)
        return true;
    for (size_t i = 0; i < sizeof(backend_words) / sizeof(backend_words[0]); i++)
        if (strcasecmp(node->text, backend_words[i].word) == 0)
            return store_backend_word(reader, node, &backend_words[i], config);
    if (strcasecmp(node->text, "forst") == 0)
        return snap_reader_fail(reader, node,
                                "the state backend forst is not in this version; there are hashmap "
                                "and rocksdb");
    return snap_reader_fail_unknown(reader, node, "value of state.backend.type", shown);
}

bool snap_storage_store(struct snap_reader *reader, const struct snap_node *node,
                        struct snap_config *config)
{
    static const char *const words[] = {
        "jobmanager",
        "filesystem",
        STATE "storage.JobManagerCheckpointStorage",
        STATE "storage.FileSystemCheckpointStorage",
        NULL,
    };

    if (!node || node->kind == SNAP_NODE_NULL)
        return true;
    for (int i = 0; words[i]; i++) {
        if (strcasecmp(node->text, words[i]) != 0)
            continue;
        config->storage.kind = i % 2 == 0 ? SNAP_STORAGE_JOB_MANAGER : SNAP_STORAGE_FILE_SYSTEM;
        config->storage.kind_given = true;
        return true;
    }
    return snap_reader_fail_unknown(reader, node, "value of execution.checkpointing.storage",
                                    words);
}

void snap_storage_settle(struct snap_storage_config *storage)
{
    if (!storage->kind_given)
        storage->kind =
            storage->checkpoint_dir ? SNAP_STORAGE_FILE_SYSTEM : SNAP_STORAGE_JOB_MANAGER;
}
