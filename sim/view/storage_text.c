// SPDX-License-Identifier: Apache-2.0
#include "view/storage_text.h"

#include <string.h>

#include "view/units.h"
#include "view/wrap.h"

/* A path is relative to the folder of the run, unless it says otherwise. */
static void add_place(struct snap_text *text, const char *what, const char *path)
{
    bool is_relative = path[0] != '/' && strncmp(path, "file:", 5) != 0 && !strstr(path, "://");

    snap_text_printf(text, ", %s in %s%s", what, path, is_relative ? " (in the run's folder)" : "");
}

static void add_lines(struct snap_text *text, const struct snap_simulation *sim)
{
    const struct snap_storage_config *storage = &sim->config.storage;
    bool is_rocksdb = storage->backend == SNAP_BACKEND_ROCKSDB;
    bool has_files = storage->kind == SNAP_STORAGE_FILE_SYSTEM;

    snap_text_printf(text, "State backend: %s%s\n", is_rocksdb ? "rocksdb" : "hashmap",
                     is_rocksdb && storage->is_incremental ? ", incremental" : "");
    if (sim->config.changelog.is_enabled)
        snap_text_printf(text,
                         "Change log: %s; modelled in sizes and times, files are written as "
                         "without it\n",
                         sim->config.changelog.is_in_memory ? "memory" : "filesystem");
    snap_text_printf(text, "Checkpoint storage: %s", has_files ? "filesystem" : "jobmanager");
    if (storage->checkpoint_dir)
        add_place(text, has_files ? "checkpoints" : "metadata", storage->checkpoint_dir);
    if (storage->savepoint_dir)
        add_place(text, "savepoints", storage->savepoint_dir);
    if (sim->model.storage_root.uri)
        snap_text_printf(text, "; %s is %s", sim->model.storage_root.uri,
                         sim->model.storage_root.directory);
    if (has_files && sim->model.storage_is_local)
        snap_text_add_string(text, ", on each machine for itself");
    snap_text_add_string(text, "\n");
}

void snap_storage_text(struct snap_text *text, const struct snap_simulation *sim)
{
    struct snap_text lines = {0};

    add_lines(&lines, sim);
    snap_wrap_text(text, snap_text_get(&lines), snap_terminal_line_width());
    snap_text_fini(&lines);
}

void snap_large_state_text(struct snap_text *text, const struct snap_fact_large_state *state)
{
    struct snap_arena arena;

    snap_arena_init(&arena);
    snap_text_printf(text,
                     "the state of \"%s\" in %s had %s, and the JobManager keeps at most %s of one "
                     "state",
                     state->uid, state->subtask, snap_size_name(state->bytes, &arena),
                     snap_size_name(state->limit_bytes, &arena));
    snap_arena_fini(&arena);
}
