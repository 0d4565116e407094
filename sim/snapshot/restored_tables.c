// SPDX-License-Identifier: Apache-2.0
#include "snapshot/restored_tables.h"

#include "model/key_group.h"
#include "snapshot/task_snapshot.h"

/* One operator of the job and what the snapshot has of it. */
struct pair {
    const struct snap_operator *op;
    uint32_t written_index;
    uint32_t image_index;
    const struct snap_image_operator *image; /* NULL: nothing that could be gone on with */
};

static bool shares_tables(const struct snap_simulation *sim, enum snap_claim_mode claim)
{
    return sim->config.storage.backend == SNAP_BACKEND_ROCKSDB &&
           sim->config.storage.is_incremental && claim != SNAP_NO_CLAIM &&
           !sim->model.storage_is_local;
}

static void find_image(const struct snap_snapshot_reading *reading, struct pair *pair)
{
    for (uint32_t i = 0; i < reading->image.operator_count; i++) {
        const struct snap_image_operator *image = &reading->image.operators[i];

        if (image->op != pair->op || image->max_parallelism != pair->op->max_parallelism)
            continue;
        pair->image = image;
        pair->image_index = i;
    }
}

static void add_subtask(struct snap_restored_tables *tables, const struct pair *pair,
                        uint32_t subtask, struct snap_operator_state *state)
{
    const struct snap_parallelism parallelism = {pair->op->parallelism, pair->op->max_parallelism};
    const struct snap_keyed_handle *handle =
        pair->image ? snap_rocksdb_base_find(tables->reading, pair->image_index,
                                             snap_key_group_range(subtask, parallelism))
                    : NULL;

    state->has_no_tables = !handle;
    if (!handle)
        return;
    tables->bases = snap_arena_grow(tables->reading->arena, tables->bases, tables->count,
                                    &tables->capacity, sizeof(*tables->bases));
    tables->bases[tables->count++] = (struct snap_rocksdb_base){
        .operator_index = pair->written_index,
        .subtask = subtask,
        .of = pair->image,
        .state = state,
        .handle = handle,
    };
}

void snap_restored_tables_find(struct snap_restored_tables *tables,
                               const struct snap_simulation *sim,
                               const struct snap_snapshot_reading *reading,
                               const struct snap_resume *resume)
{
    const struct snap_job *job = resume->job;
    uint32_t written_index = 0;

    *tables = (struct snap_restored_tables){.reading = reading};
    if (!shares_tables(sim, resume->claim))
        return;
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];

        for (uint32_t p = 0; p < vertex->operator_count; p++) {
            struct pair pair = {.op = &job->operators[vertex->operators[p]],
                                .written_index = written_index++};

            find_image(reading, &pair);
            for (uint32_t s = 0; s < pair.op->parallelism; s++)
                add_subtask(tables, &pair, s,
                            &resume->assigned.tasks[vertex->task_first + s]->operators[p]);
        }
    }
}
