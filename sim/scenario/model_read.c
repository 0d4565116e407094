// SPDX-License-Identifier: Apache-2.0
#include "scenario/model_read.h"

#include <string.h>

#include "base/check.h"
#include "base/text.h"

enum {
    RECORD_SIZE,
    LATENCY,
    LOCAL_LATENCY,
    JOB_MANAGER_LATENCY,
    BANDWIDTH,
    STORAGE_LATENCY,
    STORAGE_PER_FILE,
    STORAGE_BANDWIDTH,
    STORAGE_SHARED,
    STORAGE_STANDS_FOR,
    STORAGE_ROOT,
    SYNC,
    STARTUP,
    TRIGGER,
    UNALIGNED_TURN,
    TAKEOVER,
    COST_MODE,
    KEY_COUNT
};

static const struct snap_model_key keys[] = {
    [RECORD_SIZE] = {"record-size", "100 b", "size of a record on the wire and in state"},
    [LATENCY] = {"network.latency", "200 us", "of a message between TaskManagers"},
    [LOCAL_LATENCY] = {"network.local-latency", "20 us", "of a message inside a TaskManager"},
    [JOB_MANAGER_LATENCY] = {"network.jobmanager-latency", "the latency of the network",
                             "of a message between the JobManager and a TaskManager"},
    [BANDWIDTH] = {"network.bandwidth", "1 gb/s", "of the link of one subtask; or unlimited"},
    [STORAGE_LATENCY] = {"storage.latency", "5 ms", "of one write to the snapshot storage"},
    [STORAGE_PER_FILE] = {"storage.per-file", "0 ms",
                          "of the storage's time for each file; all subtasks share the storage"},
    [STORAGE_BANDWIDTH] = {"storage.bandwidth", "100 mb/s",
                           "of the snapshot storage, shared by all subtasks; or unlimited"},
    [STORAGE_SHARED] = {"storage.shared", "true",
                        "all machines have the same directory; false: each has one of its own"},
    [STORAGE_STANDS_FOR] = {"storage.stands-for", "nothing",
                            "a remote storage by its URI, such as hdfs://namenode:8020"},
    [STORAGE_ROOT] = {"storage.root", "none",
                      "the directory of this machine that stands for it, or its file: URI"},
    [SYNC] = {"snapshot-sync", "1 ms", "how long a snapshot stops a subtask"},
    [STARTUP] = {"startup", "0 ms",
                 "a subtask that was started begins its work up to so much later"},
    [TRIGGER] = {"trigger", "0 ms",
                 "what the JobManager does for a checkpoint before it asks the sources"},
    [UNALIGNED_TURN] = {"unaligned-turn", "0 ms",
                        "of the cores, for each subtask's part in an unaligned checkpoint"},
    [TAKEOVER] = {"takeover", "10 s",
                  "until a new JobManager takes over, with high-availability.type"},
    [COST_MODE] = {"cost-mode", "sleep", "how threads spend a cost: sleep or spin"},
    [KEY_COUNT] = {NULL, NULL, NULL},
};

const struct snap_model_key *snap_model_keys(void)
{
    return keys;
}

/* A message in no time would make two tasks act at one instant. */
static bool read_latency(struct snap_reader *reader, const struct snap_node *node, const char *what,
                         snap_ns *latency_ns)
{
    if (!snap_reader_duration_to(reader, node, what, SNAP_HOUR, latency_ns))
        return false;
    if (*latency_ns == 0)
        return snap_reader_fail(reader, node, "%s must be above 0", what);
    return true;
}

/* It counts once for each subtask of the job. */
static bool read_turn(struct snap_reader *reader, const struct snap_node *node, const char *what,
                      snap_ns *turn_ns)
{
    return snap_reader_duration_to(reader, node, what, SNAP_SECOND, turn_ns);
}

static bool read_shared(struct snap_reader *reader, const struct snap_node *node, const char *what,
                        struct snap_cost_model *model)
{
    bool is_shared = true;

    if (!snap_reader_bool(reader, node, what, &is_shared))
        return false;
    model->storage_is_local = !is_shared;
    return true;
}

static bool read_uri(struct snap_reader *reader, const struct snap_node *node, const char **uri)
{
    const char *scheme;
    size_t length;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "storage.stands-for"))
        return false;
    scheme = strstr(node->text, "://");
    if (!scheme || scheme == node->text || strncmp(node->text, "file:", 5) == 0)
        return snap_reader_fail(reader, node,
                                "storage.stands-for is the URI of a remote storage, such as "
                                "hdfs://namenode:8020, found %s",
                                node->text);
    length = strlen(node->text);
    while (node->text[length - 1] == '/' && length > (size_t)(scheme - node->text) + 3)
        length--;
    *uri = snap_arena_strndup(reader->arena, node->text, length);
    return true;
}

static bool read_root(struct snap_reader *reader, const struct snap_node *node, const char **root)
{
    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "storage.root"))
        return false;
    if (*node->text == '\0' || (strstr(node->text, "://") && strncmp(node->text, "file:", 5) != 0))
        return snap_reader_fail(reader, node, "storage.root is a directory of this machine");
    *root = snap_arena_strdup(reader->arena, node->text);
    return true;
}

/* One case a row of the table. */
static bool read_key(struct snap_reader *reader, uint32_t key, const struct snap_node *node,
                     struct snap_cost_model *model)
{
    static const char *const modes[] = {"sleep", "spin", NULL};
    const char *what = keys[key].name;
    uint32_t mode = 0;

    switch (key) {
    case RECORD_SIZE:
        if (!snap_reader_size(reader, node, what, &model->record_size_bytes))
            return false;
        return model->record_size_bytes > 0 ||
               snap_reader_fail(reader, node, "record-size must be above 0");
    case LATENCY:
        return read_latency(reader, node, what, &model->network_latency_ns);
    case LOCAL_LATENCY:
        return read_latency(reader, node, what, &model->network_local_latency_ns);
    case JOB_MANAGER_LATENCY:
        return read_latency(reader, node, what, &model->job_manager_latency_ns);
    case BANDWIDTH:
        return snap_reader_bandwidth(reader, node, what, &model->network_bytes_per_second);
    case STORAGE_LATENCY:
        return snap_reader_duration_to(reader, node, what, SNAP_DAY, &model->storage_latency_ns);
    case STORAGE_PER_FILE:
        return snap_reader_duration_to(reader, node, what, SNAP_DAY, &model->storage_file_ns);
    case STORAGE_BANDWIDTH:
        return snap_reader_bandwidth(reader, node, what, &model->storage_bytes_per_second);
    case STORAGE_SHARED:
        return read_shared(reader, node, what, model);
    case STORAGE_STANDS_FOR:
        return read_uri(reader, node, &model->storage_root.uri);
    case STORAGE_ROOT:
        return read_root(reader, node, &model->storage_root.directory);
    case SYNC:
        return snap_reader_duration_to(reader, node, what, SNAP_DAY, &model->sync_ns);
    case STARTUP:
        return snap_reader_duration_to(reader, node, what, SNAP_DAY, &model->startup_max_ns);
    case TRIGGER:
        return snap_reader_duration_to(reader, node, what, SNAP_DAY, &model->trigger_ns);
    case UNALIGNED_TURN:
        return read_turn(reader, node, what, &model->unaligned_turn_ns);
    case TAKEOVER:
        return snap_reader_duration_to(reader, node, what, SNAP_DAY, &model->takeover_ns);
    case COST_MODE:
        if (!snap_reader_choice(reader, node, what, modes, &mode))
            return false;
        model->cost_mode = mode ? SNAP_COST_SPIN : SNAP_COST_SLEEP;
        return true;
    default:
        break;
    }
    SNAP_CHECK(false);
    return false;
}

/* Fails if it is no key but has keys below it, as "storage" has; returns whether it did. */
static bool fail_group(struct snap_reader *reader, const struct snap_flat_entry *entry)
{
    size_t length = strlen(entry->key);
    struct snap_text names = {0};
    bool is_group;

    for (uint32_t i = 0; i < KEY_COUNT; i++)
        if (strncmp(keys[i].name, entry->key, length) == 0 && keys[i].name[length] == '.')
            snap_text_printf(&names, "%s%s", names.length > 0 ? ", " : "",
                             keys[i].name + length + 1);
    is_group = names.length > 0;
    if (is_group)
        snap_reader_fail(reader, entry->value, "%s of model must be a mapping of %s, found %s",
                         entry->key, names.data, snap_node_kind_name(entry->value));
    snap_text_fini(&names);
    return is_group;
}

/* The message names the full key, however it was nested. */
static bool check_key(struct snap_reader *reader, const struct snap_flat_entry *entry)
{
    const char *names[KEY_COUNT + 1] = {0};
    struct snap_node full = *entry->key_node;

    for (uint32_t i = 0; i < KEY_COUNT; i++) {
        names[i] = keys[i].name;
        if (strcmp(keys[i].name, entry->key) == 0)
            return true;
    }
    if (fail_group(reader, entry))
        return false;
    full.text = entry->key;
    return snap_reader_fail_unknown(reader, &full, "key of model", names);
}

/* Defaults are texts of the table, read like what a user writes. */
static const struct snap_node *default_node(struct snap_reader *reader, uint32_t key)
{
    struct snap_source *source = SNAP_ARENA_NEW(reader->arena, struct snap_source);

    source->name = keys[key].name;
    source->argument = true;
    return snap_node_of_argument(source, keys[key].text_default, reader->arena);
}

/* One is nothing without the other. */
static bool check_root(struct snap_reader *reader, const struct snap_flat *flat,
                       const struct snap_uri_root *root)
{
    if (!root->uri == !root->directory)
        return true;
    return root->uri ? snap_reader_fail(reader, snap_flat_get(flat, "storage.stands-for"),
                                        "storage.stands-for needs storage.root, the directory that "
                                        "stands for it")
                     : snap_reader_fail(reader, snap_flat_get(flat, "storage.root"),
                                        "storage.root needs storage.stands-for, the URI that it "
                                        "stands for");
}

bool snap_model_read(struct snap_reader *reader, const struct snap_flat *flat,
                     struct snap_cost_model *model)
{
    for (uint32_t i = 0; i < flat->count; i++)
        if (flat->entries[i].value->kind != SNAP_NODE_NULL && !check_key(reader, &flat->entries[i]))
            return false;
    for (uint32_t key = 0; key < KEY_COUNT; key++) {
        const struct snap_node *node = snap_flat_get(flat, keys[key].name);

        if (!node && (key == STORAGE_STANDS_FOR || key == STORAGE_ROOT))
            continue;
        /* Read before it: see the order of the keys. */
        if (!node && key == JOB_MANAGER_LATENCY)
            model->job_manager_latency_ns = model->network_latency_ns;
        else if (!read_key(reader, key, node ? node : default_node(reader, key), model))
            return false;
    }
    return check_root(reader, flat, &model->storage_root);
}
