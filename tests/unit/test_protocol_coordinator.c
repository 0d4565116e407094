// SPDX-License-Identifier: Apache-2.0
// The coordinator beyond the recorded cases: random events against invariants, use of memory, and
// the events that only a running job has.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/rng.h"
#include "protocol/coordinator.h"

enum { TASKS = 4, OPERATORS = 2, HANDLES_MAX = 40000 };

struct world {
    struct snap_arena arena;
    struct snap_coordinator coordinator;
    struct snap_coordinator_config config;
    snap_ns now_ns;
    snap_checkpoint_id asked; /* operators of this checkpoint have been asked */
    bool freed[HANDLES_MAX];
    bool ours[HANDLES_MAX]; /* handed in and not a duplicate */
    uint32_t handles;
    uint32_t counts[SNAP_COORDINATOR_OPERATOR_RESET + 1]; /* actions by type */
};

static const struct snap_plan_vertex vertices[] = {{0, 2}, {2, 2}};
static const struct snap_plan_edge edges[] = {{.from = 0, .to = 1, .all_to_all = true}};
static const struct snap_plan_graph graph = {vertices, edges, 2, 1, TASKS};

static struct snap_coordinator_config default_config(void)
{
    return (struct snap_coordinator_config){
        .graph = &graph,
        .interval_ns = 100,
        .interval_backlog_ns = SNAP_NEVER,
        .timeout_ns = 1000,
        .concurrent_max = 1,
        .tolerable = SNAP_TOLERABLE_UNLIMITED,
        .after_tasks_finish = true,
        .store = {.retained_max = 1},
    };
}

static void set_task(struct world *world, uint32_t task, enum snap_plan_state state)
{
    struct snap_task_report status = {task, 1, state};

    snap_coordinator_task_status(&world->coordinator, world->now_ns, &status);
}

static void open_world(struct world *world, const struct snap_coordinator_config *config)
{
    memset(world, 0, sizeof(*world));
    world->config = *config;
    world->asked = SNAP_NO_CHECKPOINT;
    snap_arena_init(&world->arena);
    snap_coordinator_init(&world->coordinator, &world->arena, config);
    for (uint32_t task = 0; task < TASKS; task++)
        set_task(world, task, SNAP_PLAN_RUNNING);
}

/* Handles are numbers; each is freed at most once, and only if it was handed in. */
static void *new_handle(struct world *world)
{
    assert_true(world->handles + 1 < HANDLES_MAX);
    return (void *)(uintptr_t)++world->handles;
}

static void free_handle(struct world *world, void *state)
{
    uintptr_t handle = (uintptr_t)state;

    assert_true(handle > 0 && handle <= world->handles);
    assert_true(world->ours[handle]);
    assert_false(world->freed[handle]);
    world->freed[handle] = true;
}

static void free_record(struct world *world, const struct snap_checkpoint_record *record)
{
    for (uint32_t i = 0; i < TASKS; i++)
        if (record->task_states[i])
            free_handle(world, record->task_states[i]);
    for (uint32_t i = 0; i < record->shape.coordinators; i++)
        if (record->coordinator_states[i])
            free_handle(world, record->coordinator_states[i]);
}

static const struct snap_coordinator_action *take_actions(struct world *world, uint32_t *count)
{
    const struct snap_coordinator_action *actions =
        snap_coordinator_actions(&world->coordinator, count);

    for (uint32_t i = 0; i < *count; i++) {
        world->counts[actions[i].type]++;
        if (actions[i].type == SNAP_COORDINATOR_OPERATOR_SNAPSHOT)
            world->asked = actions[i].checkpoint;
        if (actions[i].type == SNAP_COORDINATOR_DISCARD_STATE ||
            actions[i].type == SNAP_COORDINATOR_DISCARD_OPERATOR_STATE)
            free_handle(world, actions[i].state);
        /* A savepoint's states are the user's when it completes. */
        if (actions[i].type == SNAP_COORDINATOR_CHECKPOINT_COMPLETED &&
            snap_kind_is_savepoint(actions[i].record->kind))
            free_record(world, actions[i].record);
    }
    return actions;
}

static bool is_acknowledged(const struct world *world, snap_checkpoint_id checkpoint, uint32_t task)
{
    for (const struct snap_checkpoint_record *at = world->coordinator.pending.first; at;
         at = at->next)
        if (at->id == checkpoint)
            return at->task_parts[task] > SNAP_PART_MISSING;
    return false;
}

static void ack(struct world *world, snap_checkpoint_id checkpoint, uint32_t task)
{
    struct snap_task_ack message = {.task = task, .attempt = 1, .state = new_handle(world)};
    bool duplicate = is_acknowledged(world, checkpoint, task);
    uint32_t count;

    world->ours[world->handles] = !duplicate;
    snap_coordinator_ack(&world->coordinator, world->now_ns, checkpoint, &message);
    take_actions(world, &count);
}

static void answer_operator(struct world *world, snap_checkpoint_id checkpoint, uint32_t index)
{
    struct snap_operator_answer answer = {.checkpoint = checkpoint, .coordinator = index};
    const struct snap_checkpoint_record *starting = world->coordinator.starting_record;
    uint32_t count;

    /* Each operator answers once for a checkpoint. */
    if (starting && starting->id == checkpoint &&
        starting->coordinator_parts[index] != SNAP_PART_MISSING)
        return;
    answer.state = new_handle(world);
    world->ours[world->handles] = true;
    snap_coordinator_operator_done(&world->coordinator, world->now_ns, &answer);
    take_actions(world, &count);
}

static void check_lists(const struct world *world)
{
    const struct snap_coordinator *coordinator = &world->coordinator;
    snap_checkpoint_id last = 0;
    uint32_t plain = 0;

    for (const struct snap_checkpoint_record *at = coordinator->pending.first; at; at = at->next) {
        assert_true(at->id > last && at->id < coordinator->next_id && !at->disposed);
        plain += !snap_kind_is_savepoint(at->kind);
        last = at->id;
    }
    assert_true(plain <= world->config.concurrent_max);
    assert_true(coordinator->store.kept.count <= world->config.store.retained_max + 1);
    assert_true(snap_coordinator_next_due(coordinator) >= world->now_ns ||
                snap_coordinator_next_due(coordinator) <= coordinator->now_ns);
    /* Nothing may wait for an event that never comes: queued, but nothing pending or due. */
    if (coordinator->decider.queued > 0)
        assert_true(coordinator->pending.count > 0 || coordinator->starting ||
                    coordinator->periodic.armed);
}

static void random_event(struct world *world, struct snap_rng *rng)
{
    struct snap_coordinator *coordinator = &world->coordinator;
    snap_checkpoint_id checkpoint =
        coordinator->next_id - snap_rng_between(rng, 1, coordinator->next_id > 4 ? 4 : 1);
    uint32_t task = (uint32_t)snap_rng_below(rng, TASKS);
    struct snap_task_decline decline = {checkpoint, task, SNAP_FAILURE_CHECKPOINT_DECLINED};
    uint32_t count;

    switch (snap_rng_below(rng, 33)) {
    case 0:
        snap_coordinator_trigger(coordinator, world->now_ns,
                                 (enum snap_snapshot_kind)snap_rng_below(rng, 5), world->handles);
        take_actions(world, &count);
        break;
    case 1:
        snap_coordinator_decline(coordinator, world->now_ns, &decline);
        take_actions(world, &count);
        break;
    case 2:
        snap_coordinator_fail_unacknowledged(coordinator, world->now_ns, task);
        take_actions(world, &count);
        break;
    case 3:
        world->now_ns += snap_rng_between(rng, 0, 200);
        snap_coordinator_advance(coordinator, world->now_ns);
        take_actions(world, &count);
        break;
    case 30:
        snap_coordinator_change_master(coordinator, world->now_ns);
        take_actions(world, &count);
        assert_int_equal(coordinator->pending.count, 0);
        snap_coordinator_start_scheduler(coordinator, world->now_ns, 10);
        take_actions(world, &count);
        break;
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
        answer_operator(world, world->asked, task % OPERATORS);
        break;
    default:
        ack(world, checkpoint, task);
    }
    check_lists(world);
}

static void check_every_handle(struct world *world)
{
    uint32_t count;

    snap_coordinator_shutdown(&world->coordinator, world->now_ns);
    take_actions(world, &count);
    snap_coordinator_close_store(&world->coordinator, world->now_ns, SNAP_END_FINISHED);
    take_actions(world, &count);
    for (uint32_t handle = 1; handle <= world->handles; handle++)
        if (world->freed[handle] != world->ours[handle])
            fail_msg("handle %u: freed %d", handle, world->freed[handle]);
}

static struct world world; /* large */

static void test_every_state_is_freed_once(void **state)
{
    uint32_t completed = 0;
    uint32_t aborted = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct snap_coordinator_config config = default_config();
        struct snap_rng rng;
        uint32_t count;

        snap_rng_init(&rng, seed, 0, 0);
        config.operator_coordinators = OPERATORS;
        config.concurrent_max = 1 + (uint32_t)snap_rng_below(&rng, 3);
        config.min_pause_ns = snap_rng_between(&rng, 0, 90);
        config.tolerable = (uint32_t)snap_rng_below(&rng, 3);
        config.unaligned = snap_rng_below(&rng, 2);
        config.store.retained_max = 1 + (uint32_t)snap_rng_below(&rng, 3);
        open_world(&world, &config);
        snap_coordinator_start_scheduler(&world.coordinator, 0, 10);
        take_actions(&world, &count);
        for (int i = 0; i < 1500; i++)
            random_event(&world, &rng);
        completed += world.counts[SNAP_COORDINATOR_CHECKPOINT_COMPLETED];
        aborted += world.counts[SNAP_COORDINATOR_CHECKPOINT_ABORTED];
        check_every_handle(&world);
        snap_arena_fini(&world.arena);
    }
    /* The random events reach both ends. */
    assert_true(completed > 500 && aborted > 500);
}

/* Triggers by the timer and acknowledges at once. */
static void complete_one(struct world *w)
{
    uint32_t count;
    snap_checkpoint_id id = w->coordinator.next_id;

    w->now_ns = snap_coordinator_next_due(&w->coordinator);
    snap_coordinator_advance(&w->coordinator, w->now_ns);
    take_actions(w, &count);
    assert_int_equal(w->coordinator.next_id, id + 1);
    for (uint32_t task = 0; task < TASKS; task++)
        ack(w, id, task);
}

static void test_memory_does_not_grow(void **state)
{
    struct snap_coordinator_config config = default_config();
    size_t bytes_early = 0;
    uint32_t count;

    (void)state;
    open_world(&world, &config);
    snap_coordinator_start_scheduler(&world.coordinator, 0, 10);
    take_actions(&world, &count);
    for (int i = 0; i < 9000; i++) {
        complete_one(&world);
        if (i == 20)
            bytes_early = (size_t)(world.arena.end - world.arena.next);
    }
    /* Nothing was taken from the arena since the twentieth checkpoint. */
    assert_int_equal(bytes_early, (size_t)(world.arena.end - world.arena.next));
    snap_arena_fini(&world.arena);
}

/* Expects the last event's actions, in order, as "TYPE index" pairs. */
struct expected {
    enum snap_coordinator_action_type type;
    uint32_t index;
};

static void expect_actions(struct world *w, const struct expected *expected, uint32_t count)
{
    uint32_t actual;
    const struct snap_coordinator_action *actions = take_actions(w, &actual);

    for (uint32_t i = 0; i < count && i < actual; i++)
        if (actions[i].type != expected[i].type || actions[i].index != expected[i].index)
            fail_msg("action %u: expected %d of %u, actual %d of %u", i, (int)expected[i].type,
                     expected[i].index, (int)actions[i].type, actions[i].index);
    assert_int_equal(actual, count);
}

static void test_finished_tasks_take_no_part(void **state)
{
    struct snap_coordinator_config config = default_config();
    static const struct expected triggered[] = {
        {SNAP_COORDINATOR_CHECKPOINT_STARTED, SNAP_NO_INDEX},
        {SNAP_COORDINATOR_TRIGGER_TASK, 2},
        {SNAP_COORDINATOR_TRIGGER_TASK, 3},
    };
    static const struct expected refused[] = {
        {SNAP_COORDINATOR_REQUEST_DONE, SNAP_NO_INDEX},
    };

    (void)state;
    open_world(&world, &config);
    set_task(&world, 0, SNAP_PLAN_FINISHED);
    set_task(&world, 1, SNAP_PLAN_FINISHED);
    snap_coordinator_trigger(&world.coordinator, 0, SNAP_KIND_CHECKPOINT, 1);
    expect_actions(&world, triggered, 3);
    set_task(&world, 3, SNAP_PLAN_NOT_RUNNING);
    snap_coordinator_trigger(&world.coordinator, 0, SNAP_KIND_SAVEPOINT, 2);
    expect_actions(&world, refused, 1);
    snap_arena_fini(&world.arena);
}

/* Who was deployed as finished is triggered and waited for, and has finished in what is stored. */
static void test_finished_on_restore_is_finished(void **state)
{
    struct snap_coordinator_config config = default_config();
    struct snap_task_ack message = {.task = 2, .attempt = 1, .finished_on_restore = true};
    const struct snap_checkpoint_record *stored;
    uint32_t count;

    (void)state;
    open_world(&world, &config);
    snap_coordinator_trigger(&world.coordinator, 0, SNAP_KIND_CHECKPOINT, 1);
    take_actions(&world, &count);
    snap_coordinator_ack(&world.coordinator, 0, 1, &message);
    take_actions(&world, &count);
    for (uint32_t task = 0; task < TASKS; task++)
        if (task != message.task)
            ack(&world, 1, task);
    stored = snap_completed_store_latest(&world.coordinator.store);
    assert_non_null(stored);
    assert_int_equal(1, stored->plan.finished_count);
    assert_int_equal(message.task, stored->plan.finished[0]);
    assert_null(stored->task_states[message.task]);
    snap_arena_fini(&world.arena);
}

static void test_failing_storage_fails_completion(void **state)
{
    struct snap_coordinator_config config = default_config();
    static const struct expected aborted[] = {
        {SNAP_COORDINATOR_CHECKPOINT_ABORTED, SNAP_NO_INDEX},
        {SNAP_COORDINATOR_REQUEST_DONE, SNAP_NO_INDEX},
        {SNAP_COORDINATOR_DISCARD_STATE, 0},
        {SNAP_COORDINATOR_DISCARD_STATE, 1},
        {SNAP_COORDINATOR_DISCARD_STATE, 2},
        {SNAP_COORDINATOR_DISCARD_STATE, 3},
        {SNAP_COORDINATOR_FAIL_JOB, SNAP_NO_INDEX},
        {SNAP_COORDINATOR_NOTIFY_ABORTED, 0},
        {SNAP_COORDINATOR_NOTIFY_ABORTED, 1},
        {SNAP_COORDINATOR_NOTIFY_ABORTED, 2},
        {SNAP_COORDINATOR_NOTIFY_ABORTED, 3},
    };
    uint32_t count;
    struct snap_task_ack last = {.task = 3, .attempt = 1};

    (void)state;
    config.tolerable = 0;
    open_world(&world, &config);
    snap_coordinator_trigger(&world.coordinator, 0, SNAP_KIND_CHECKPOINT, 1);
    take_actions(&world, &count);
    for (uint32_t task = 0; task < 3; task++)
        ack(&world, 1, task);
    snap_coordinator_storage_fails(&world.coordinator, 0);
    last.state = new_handle(&world);
    world.ours[world.handles] = true;
    snap_coordinator_ack(&world.coordinator, 0, 1, &last);
    expect_actions(&world, aborted, sizeof(aborted) / sizeof(aborted[0]));
    snap_coordinator_storage_recovers(&world.coordinator, 0);
    assert_int_equal(world.coordinator.store.kept.count, 0);
    snap_arena_fini(&world.arena);
}

static enum snap_snapshot_kind trigger_kind(struct world *w, enum snap_snapshot_kind kind)
{
    uint32_t count;
    const struct snap_coordinator_action *actions;

    snap_coordinator_trigger(&w->coordinator, w->now_ns, kind, 1);
    actions = take_actions(w, &count);
    assert_int_equal(actions[0].type, SNAP_COORDINATOR_CHECKPOINT_STARTED);
    return actions[0].barrier.options.kind;
}

static void test_unclaimed_snapshot_asks_for_a_full_checkpoint(void **state)
{
    struct snap_coordinator_config config = default_config();
    void *states[TASKS] = {0};
    struct snap_restored_snapshot restored = {
        .id = 7, .kind = SNAP_KIND_CHECKPOINT, .claim = SNAP_NO_CLAIM, .task_states = states};
    struct snap_task_decline decline = {8, 0, SNAP_FAILURE_CHECKPOINT_DECLINED};
    uint32_t count;

    (void)state;
    open_world(&world, &config);
    snap_coordinator_adopt(&world.coordinator, 0, &restored);
    assert_int_equal(snap_coordinator_restore_global(&world.coordinator, 0)->id, 7);
    assert_int_equal(trigger_kind(&world, SNAP_KIND_CHECKPOINT), SNAP_KIND_FULL_CHECKPOINT);
    snap_coordinator_decline(&world.coordinator, 0, &decline);
    take_actions(&world, &count);
    /* Declined: the next one has to be full as well; stored: the one after it not. */
    assert_int_equal(trigger_kind(&world, SNAP_KIND_CHECKPOINT), SNAP_KIND_FULL_CHECKPOINT);
    for (uint32_t task = 0; task < TASKS; task++)
        ack(&world, 9, task);
    assert_int_equal(world.counts[SNAP_COORDINATOR_CHECKPOINT_RELEASED], 1);
    assert_int_equal(trigger_kind(&world, SNAP_KIND_CHECKPOINT), SNAP_KIND_CHECKPOINT);
    snap_arena_fini(&world.arena);
}

/* The first start uses the drawn delay; later ones the pause, in 1.20 the drawn one again. */
static void test_start_rules(void **state)
{
    static const struct {
        enum snap_start_rule rule;
        snap_ns second_due_ns;
    } rows[] = {{SNAP_START_PAUSE_LATER, 50 + 20}, {SNAP_START_DRAW_ALWAYS, 50 + 33}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct snap_coordinator_config config = default_config();

        config.min_pause_ns = 20;
        config.start_rule = rows[i].rule;
        open_world(&world, &config);
        snap_coordinator_start_scheduler(&world.coordinator, 0, 99);
        assert_int_equal(snap_coordinator_next_due(&world.coordinator), 99);
        snap_coordinator_stop_scheduler(&world.coordinator, 40);
        assert_int_equal(snap_coordinator_next_due(&world.coordinator), SNAP_NEVER);
        snap_coordinator_start_scheduler(&world.coordinator, 50, 33);
        assert_int_equal(snap_coordinator_next_due(&world.coordinator), rows[i].second_due_ns);
        snap_arena_fini(&world.arena);
    }
}

/* Only the store and the counter of ids are left; the failure before is forgotten. */
static void test_a_new_master_keeps_the_store_and_the_ids(void **state)
{
    struct snap_coordinator_config config = default_config();
    struct snap_task_decline decline = {3, 0, SNAP_FAILURE_CHECKPOINT_DECLINED};
    uint32_t count;

    (void)state;
    config.tolerable = 1;
    config.start_rule = SNAP_START_PAUSE_LATER;
    open_world(&world, &config);
    snap_coordinator_start_scheduler(&world.coordinator, 0, 10);
    complete_one(&world); /* 1 */
    snap_coordinator_trigger(&world.coordinator, world.now_ns, SNAP_KIND_CHECKPOINT, 1);
    take_actions(&world, &count);
    snap_coordinator_change_master(&world.coordinator, world.now_ns);
    take_actions(&world, &count);
    assert_int_equal(world.counts[SNAP_COORDINATOR_CHECKPOINT_ABORTED], 1);
    assert_int_equal(snap_completed_store_latest_id(&world.coordinator.store), 1);
    assert_int_equal(snap_coordinator_next_due(&world.coordinator), SNAP_NEVER);
    /* As at the very first start: the delay that was drawn. */
    snap_coordinator_start_scheduler(&world.coordinator, world.now_ns, 77);
    assert_int_equal(snap_coordinator_next_due(&world.coordinator), world.now_ns + 77);
    snap_coordinator_trigger(&world.coordinator, world.now_ns, SNAP_KIND_CHECKPOINT, 1);
    assert_true(snap_coordinator_is_pending(&world.coordinator, 3));
    snap_coordinator_decline(&world.coordinator, world.now_ns, &decline);
    snap_coordinator_change_master(&world.coordinator, world.now_ns);
    assert_int_equal(world.coordinator.failures.counter, 0);
    snap_arena_fini(&world.arena);
}

static void test_the_last_acknowledgement_is_known_before_it_is_taken(void **state)
{
    struct snap_coordinator_config config = default_config();
    struct snap_task_ack message = {.task = TASKS - 1, .attempt = 1};
    struct snap_task_ack old = {.task = TASKS - 1, .attempt = 0};
    struct snap_task_ack again = {.task = 0, .attempt = 1};
    uint32_t count;

    (void)state;
    open_world(&world, &config);
    snap_coordinator_trigger(&world.coordinator, 0, SNAP_KIND_CHECKPOINT, 1);
    take_actions(&world, &count);
    assert_false(snap_coordinator_would_complete(&world.coordinator, 1, &message));
    for (uint32_t task = 0; task + 1 < TASKS; task++)
        ack(&world, 1, task);
    assert_true(snap_coordinator_would_complete(&world.coordinator, 1, &message));
    assert_false(snap_coordinator_would_complete(&world.coordinator, 1, &old));
    assert_false(snap_coordinator_would_complete(&world.coordinator, 1, &again));
    assert_false(snap_coordinator_would_complete(&world.coordinator, 2, &message));
    snap_arena_fini(&world.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_state_is_freed_once),
        cmocka_unit_test(test_memory_does_not_grow),
        cmocka_unit_test(test_finished_tasks_take_no_part),
        cmocka_unit_test(test_finished_on_restore_is_finished),
        cmocka_unit_test(test_failing_storage_fails_completion),
        cmocka_unit_test(test_unclaimed_snapshot_asks_for_a_full_checkpoint),
        cmocka_unit_test(test_start_rules),
        cmocka_unit_test(test_a_new_master_keeps_the_store_and_the_ids),
        cmocka_unit_test(test_the_last_acknowledgement_is_known_before_it_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
