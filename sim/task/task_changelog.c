// SPDX-License-Identifier: Apache-2.0
#include "task/task_changelog.h"

#include "base/check.h"
#include "base/hash.h"
#include "state/keyed_copy.h"

static const struct snap_changelog_config *config_of(const struct snap_task *task)
{
    return &task->actor.world->sim->config.changelog;
}

static int64_t keyed_bytes(const struct snap_operator_state *state)
{
    return state->bytes - snap_operator_state_list_bytes(state);
}

/* A state that comes from elsewhere is one that was materialized. */
static void begin_place(struct snap_changelog *log, const struct snap_operator_state *from)
{
    if (!from || from->absent)
        return;
    log->base_bytes = from->is_logged ? from->base_bytes : keyed_bytes(from);
    log->log_bytes = from->is_logged ? from->log_bytes : 0;
}

void snap_task_begin_changelog(struct snap_task *task, const struct snap_task_snapshot *from)
{
    struct snap_task_changelog *changelog;

    task->changelog = NULL;
    if (!config_of(task)->is_enabled)
        return;
    changelog = SNAP_ARENA_NEW(&task->arena, struct snap_task_changelog);
    changelog->due_ns = SNAP_NEVER;
    changelog->places = SNAP_ARENA_ARRAY(&task->arena, struct snap_changelog, task->chain.count);
    for (uint32_t i = 0; i < task->chain.count; i++) {
        const struct snap_chain_operator *at = &task->chain.operators[i];
        struct snap_changelog *log = &changelog->places[i];

        log->is_used = at->op->type->keyed && at->class->snapshot;
        log->due_ns = SNAP_NEVER;
        if (log->is_used)
            begin_place(log, from ? &from->operators[i] : NULL);
    }
    task->changelog = changelog;
}

static void find_due(struct snap_task_changelog *changelog, uint32_t count)
{
    changelog->due_ns = SNAP_NEVER;
    for (uint32_t i = 0; i < count; i++)
        changelog->due_ns = snap_ns_min(changelog->due_ns, changelog->places[i].due_ns);
}

/* Between an interval and two, by operator and subtask. */
static snap_ns first_delay_ns(const struct snap_task *task, uint32_t place)
{
    const struct snap_operator *op = task->chain.operators[place].op;
    uint64_t drawn = snap_mix64(snap_hash_bytes(&op->id, sizeof(op->id)) + task->subtask);
    snap_ns interval_ns = config_of(task)->interval_ns;

    return snap_ns_add(interval_ns, (snap_ns)(drawn % (uint64_t)interval_ns));
}

void snap_task_start_materializing(struct snap_task *task)
{
    if (!task->changelog || !config_of(task)->materializes)
        return;
    for (uint32_t i = 0; i < task->chain.count; i++)
        if (task->changelog->places[i].is_used)
            task->changelog->places[i].due_ns =
                snap_ns_add(task->actor.now_ns, first_delay_ns(task, i));
    find_due(task->changelog, task->chain.count);
}

/* Changes up to here belong to what begins now. */
static void count_changes(struct snap_changelog *log, const struct snap_chain_operator *at)
{
    int64_t bytes = (int64_t)(at->taken - log->records) * at->op->record_size_bytes;

    log->records = at->taken;
    log->log_bytes += bytes;
    log->unsent_bytes += bytes;
}

/* ---- snapshots ---- */

/* The log in memory is part of each acknowledgement. Flink: InMemoryChangelogStateHandle. */
static int64_t written_log_bytes(struct snap_task *task, struct snap_changelog *log)
{
    int64_t unsent = log->unsent_bytes + log->covered_unsent_bytes;

    log->unsent_bytes = 0;
    log->covered_unsent_bytes = 0;
    return config_of(task)->is_in_memory ? log->log_bytes : unsent;
}

struct snap_changelog_sizes snap_task_log_snapshot(struct snap_task *task, uint32_t place,
                                                   struct snap_operator_state *state,
                                                   enum snap_snapshot_kind kind)
{
    struct snap_changelog *log = &task->changelog->places[place];
    struct snap_changelog_sizes sizes = {state->bytes, state->bytes, 0};
    int64_t listed = snap_operator_state_list_bytes(state);

    if (!log->is_used || kind == SNAP_KIND_FULL_CHECKPOINT || snap_kind_is_savepoint(kind))
        return sizes;
    count_changes(log, &task->chain.operators[place]);
    state->is_logged = true;
    state->base_bytes = log->base_bytes;
    state->log_bytes = log->log_bytes;
    state->sent_bytes = written_log_bytes(task, log);
    sizes.bytes = listed + log->base_bytes + log->log_bytes;
    sizes.written_bytes = state->sent_bytes;
    if (config_of(task)->is_in_memory)
        sizes.message_bytes = sizes.written_bytes;
    sizes.written_bytes += listed;
    return sizes;
}

/* What was materialized meanwhile is not needed any more. */
void snap_task_log_lost(struct snap_task *task, const struct snap_task_snapshot *snapshot)
{
    for (uint32_t i = 0; task->changelog && i < snapshot->operator_count; i++) {
        struct snap_changelog *log = &task->changelog->places[i];
        int64_t unsent = log->unsent_bytes + snapshot->operators[i].sent_bytes;

        if (snapshot->operators[i].is_logged && !config_of(task)->is_in_memory)
            log->unsent_bytes = unsent < log->log_bytes ? unsent : log->log_bytes;
    }
}

/* ---- materializations ---- */

/* How much there is to write, by a snapshot that nobody keeps. */
static bool measure(struct snap_task *task, uint32_t place, int64_t *bytes)
{
    struct snap_chain_operator *at = &task->chain.operators[place];
    struct snap_operator_state state = {.bytes = 0};
    struct snap_arena scratch;
    bool taken;

    snap_arena_init(&scratch);
    taken = at->class->snapshot(at->self, SNAP_NO_CHECKPOINT, &scratch, &state, &task->error);
    *bytes = keyed_bytes(&state);
    snap_keyed_copies_abandon(&state);
    snap_arena_fini(&scratch);
    return taken;
}

static void materialize(struct snap_task *task, uint32_t place)
{
    struct snap_changelog *log = &task->changelog->places[place];

    log->due_ns = snap_ns_add(task->actor.now_ns, config_of(task)->interval_ns);
    count_changes(log, &task->chain.operators[place]);
    if (log->log_bytes == 0 || !measure(task, place, &log->next_base_bytes))
        return;
    SNAP_CHECK(!log->request && log->covered_unsent_bytes == 0);
    log->due_ns = SNAP_NEVER;
    log->started_ns = task->actor.now_ns;
    log->covered_bytes = log->log_bytes;
    log->covered_unsent_bytes = log->unsent_bytes;
    log->unsent_bytes = 0;
    log->request = snap_task_ask_to_write(task, log->next_base_bytes, 0);
}

/* A task that has come to its end goes on with none. */
void snap_task_materialize(struct snap_task *task)
{
    for (uint32_t i = 0; i < task->chain.count; i++) {
        if (task->changelog->places[i].due_ns > task->actor.now_ns)
            continue;
        if (task->status == SNAP_TASK_RUNNING)
            materialize(task, i);
        else
            task->changelog->places[i].due_ns = SNAP_NEVER;
    }
    find_due(task->changelog, task->chain.count);
}

static void end_well(struct snap_task *task, uint32_t place)
{
    struct snap_changelog *log = &task->changelog->places[place];

    log->failures = 0;
    log->base_bytes = log->next_base_bytes;
    log->log_bytes -= log->covered_bytes;
    log->covered_unsent_bytes = 0;
    if (log->unsent_bytes > log->log_bytes)
        log->unsent_bytes = log->log_bytes;
    SNAP_EVENT(&task->actor, MATERIALIZED, task->actor.now_ns,
               task->chain.operators[place].op->index, log->base_bytes, log->covered_bytes,
               task->actor.now_ns - log->started_ns);
}

/* The log stays as it is. */
static bool end_badly(const struct snap_task *task, struct snap_changelog *log)
{
    log->unsent_bytes += log->covered_unsent_bytes;
    log->covered_unsent_bytes = 0;
    return ++log->failures <= config_of(task)->failures_max;
}

bool snap_task_materialized(struct snap_task *task, const struct snap_mail *mail)
{
    for (uint32_t i = 0; task->changelog && i < task->chain.count; i++) {
        struct snap_changelog *log = &task->changelog->places[i];

        if (!log->request || log->request != mail->request)
            continue;
        log->request = 0;
        log->due_ns = snap_ns_add(task->actor.now_ns, config_of(task)->interval_ns);
        find_due(task->changelog, task->chain.count);
        if (!mail->flag)
            end_well(task, i);
        else if (!end_badly(task, log))
            snap_task_fail(task, SNAP_CAUSE_NOT_MATERIALIZED);
        return true;
    }
    return false;
}
