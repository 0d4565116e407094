// SPDX-License-Identifier: Apache-2.0
/*
 * A job starts from a snapshot on disk, is stopped with a savepoint and starts again, with fewer,
 * as many or more subtasks: windows that the snapshot held are judged to their end. One of
 * the starts forgets state, so that it shows which execution the verdict speaks of.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/sabotage.h"
#include "snapshot/restore.h"
#include "story/run_story.h"
#include "unit/cli_folder.h"

/* One record a millisecond, whenever it starts; in the snapshot of 200 ms each of the ten keys is
 * in the first window of 300 ms, and in the one session that it has. */
#define JOB                                                                                        \
    "config:\n"                                                                                    \
    "  parallelism.default: 2\n"                                                                   \
    "  pipeline.auto-watermark-interval: 10 ms\n"                                                  \
    "  execution.checkpointing.interval: 50 ms\n"                                                  \
    "  execution.checkpointing.dir: cp\n"                                                          \
    "  execution.checkpointing.create-subdir: false\n"                                             \
    "  execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION\n"        \
    "operators:\n"                                                                                 \
    "  - {uid: source, type: sequence, count: 600, keys: 10, rate: 1000/s, splits: 2,\n"           \
    "     timestamp-step: 1 ms, watermarks: monotonous}\n"                                         \
    "  - {uid: fixed, type: window, kind: tumbling, size: 300 ms, aggregate: sum, input: "         \
    "source,\n"                                                                                    \
    "     ship: hash}\n"                                                                           \
    "  - {uid: visits, type: window, kind: session, gap: 150 ms, input: source, ship: hash}\n"     \
    "  - {uid: out, type: collect, inputs: [fixed, visits]}\n"

enum { FIXED = 1, VISITS, KEYS = 10, FORGET = 1U << SNAP_BROKEN_FORGET_STATE };

/* One start from the snapshot, and what is broken in which of its executions. */
struct trial {
    const char *name;
    const char *timeline;
    uint32_t sabotage[3];
    int64_t wrong[VISITS + 1];
};

struct lab {
    struct run_story story;
    const uint32_t *sabotage; /* by execution */
    uint32_t execution;       /* the last */
};

static void next_execution(void *context, const struct snap_execution_start *start)
{
    struct lab *lab = context;

    lab->story.built.sim.sabotage = lab->sabotage[start->number];
    lab->execution = start->number;
    snap_ledger_resume(lab->story.ledger, start, story_rules(&lab->story, start->job));
}

static struct snap_restored *open_snapshot(struct lab *lab, const char *snapshot)
{
    const struct snap_restore_request request = {
        .place = {.pointer = snap_restore_pointer(snapshot, &lab->story.arena)},
        .claim = SNAP_NO_CLAIM};
    struct snap_error error = {.code = SNAP_OK};
    struct snap_restored *restored = snap_restored_open(&lab->story.built.sim, &request, &error);

    if (!restored)
        fail_msg("%s: %s", snapshot, error.message);
    return restored;
}

/* Runs the text, from the snapshot if there is one; free with finish. */
static void perform(struct lab *lab, const char *text, const char *snapshot)
{
    struct run_story *story = &lab->story;
    struct snap_fs *fs = snap_fs_real_create(NULL);
    struct snap_restored *restored = NULL;
    struct snap_observer observers[2];
    struct snap_run_options options = {.fs = fs, .observers = observers, .observer_count = 2};
    struct snap_error error = {.code = SNAP_OK};
    struct snap_run *run;

    snap_arena_init(&story->arena);
    story_build(story, text);
    if (snapshot)
        restored = open_snapshot(lab, snapshot);
    story->ledger = snap_ledger_create(&story->built.sim, story_rules(story, story->built.sim.job));
    if (restored)
        snap_ledger_begin_at(story->ledger, snap_restored_baseline(restored));
    options.restored = restored;
    observers[0] = (struct snap_observer){.context = lab, .execution = next_execution};
    observers[1] = snap_ledger_observer(story->ledger);
    run = snap_run_create(&story->built.sim, &options);
    story->result = snap_run_execute(run);
    snap_run_each_state_entry(run, snap_ledger_take_state, story->ledger);
    assert_true(snap_run_each_part(run, snap_ledger_take_part, story->ledger, &error));
    snap_ledger_judge(story->ledger, story->result.status, &story->arena, &story->verdict);
    snap_run_destroy(run);
    snap_ledger_destroy(story->ledger);
    snap_restored_close(restored);
    snap_fs_destroy(fs);
}

static void finish(struct lab *lab)
{
    snap_built_fini(&lab->story.built);
    snap_arena_fini(&lab->story.arena);
}

static int64_t wrong_in(const struct lab *lab, uint32_t operator_index)
{
    const struct snap_verdict *verdict = &lab->story.verdict;

    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (verdict->judgements[i].operator_index == operator_index)
            return verdict->judgements[i].counters[SNAP_COUNTER_WRONG_STATE];
    fail();
    return 0;
}

static int leave_a_snapshot(void **state)
{
    struct lab lab = {0};

    (void)state;
    if (!cli_folder_enter())
        return 1;
    perform(&lab, "until: 230 ms\n" JOB, NULL);
    finish(&lab);
    return rename("cp/chk-5", "snapshot");
}

static void start_again(const struct trial *trial, struct lab *lab)
{
    char text[4096];

    memset(lab, 0, sizeof(*lab));
    lab->sabotage = trial->sabotage;
    snprintf(text, sizeof(text), "until: 10 s\n%s" JOB "timeline:\n%s",
             trial->sabotage[0] ? "sabotage: [forget-state]\n" : "", trial->timeline);
    perform(lab, text, "snapshot");
    if (lab->execution == 0 || lab->story.result.status != SNAP_JOB_FINISHED)
        fail_msg("%s: the job did not end in a later execution", trial->name);
}

/* When no window of the snapshot is over, and each has taken more records. */
#define AGAIN(more)                                                                                \
    "  - {at: 250 ms, cancel-with-savepoint: a}\n"                                                 \
    "  - {when: savepoint completed, delay: 30 ms, restart-from: a" more "}\n"

/* When those of 300 ms are. */
#define LATER                                                                                      \
    "  - {at: 400 ms, cancel-with-savepoint: a}\n"                                                 \
    "  - {when: savepoint completed, delay: 30 ms, restart-from: a, parallelism: 3}\n"

/* What is over when the job starts again was not over at the savepoint. */
#define BEHIND                                                                                     \
    "  - {at: 250 ms, savepoint: a}\n"                                                             \
    "  - {at: 400 ms, restart-from: a, parallelism: 3}\n"

#define THIRD                                                                                      \
    "  - {at: 220 ms, cancel-with-savepoint: a}\n"                                                 \
    "  - {at: 240 ms, restart-from: a, parallelism: 3}\n"                                          \
    "  - {at: 260 ms, cancel-with-savepoint: b}\n"                                                 \
    "  - {at: 280 ms, restart-from: b, parallelism: 1}\n"

static const struct trial trials[] = {
    {"as many", AGAIN(""), {0, 0}, {0}},
    {"fewer", AGAIN(", parallelism: 1"), {0, 0}, {0}},
    {"more", AGAIN(", parallelism: 5"), {0, 0}, {0}},
    {"later", LATER, {0, 0}, {0}},
    {"as many, forgotten by the second", AGAIN(""), {0, FORGET}, {[FIXED] = KEYS, [VISITS] = KEYS}},
    {"fewer, forgotten by the second",
     AGAIN(", parallelism: 1"),
     {0, FORGET},
     {[FIXED] = KEYS, [VISITS] = KEYS}},
    {"more, forgotten by the second",
     AGAIN(", parallelism: 5"),
     {0, FORGET},
     {[FIXED] = KEYS, [VISITS] = KEYS}},
    {"forgotten by the first",
     AGAIN(", parallelism: 3"),
     {FORGET, 0},
     {[FIXED] = KEYS, [VISITS] = KEYS}},
    {"forgotten by the first, and over before the second",
     LATER,
     {FORGET, 0},
     {[FIXED] = KEYS, [VISITS] = KEYS}},
    {"what was over before the second cannot be forgotten by it",
     LATER,
     {0, FORGET},
     {[VISITS] = KEYS}},
    {"from a savepoint that the first went on from", BEHIND, {0, 0}, {0}},
    {"from a savepoint that the first went on from, forgotten",
     BEHIND,
     {0, FORGET},
     {[FIXED] = KEYS, [VISITS] = KEYS}},
    {"from a checkpoint of the first",
     "  - {at: 270 ms, restart-from: latest-checkpoint, parallelism: 3}\n",
     {0, 0},
     {0}},
    {"from a checkpoint of the first, forgotten",
     "  - {at: 270 ms, restart-from: latest-checkpoint, parallelism: 3}\n",
     {0, FORGET},
     {[FIXED] = KEYS, [VISITS] = KEYS}},
    {"from the snapshot itself",
     "  - {at: 20 ms, restart-from: latest-checkpoint, parallelism: 3}\n",
     {0, FORGET},
     {[FIXED] = KEYS, [VISITS] = KEYS}},
    {"a third time", THIRD, {0, 0, 0}, {0}},
    {"a third time, forgotten by the third",
     THIRD,
     {0, 0, FORGET},
     {[FIXED] = KEYS, [VISITS] = KEYS}},
};

static void windows_are_judged_in_later_executions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
        const struct trial *trial = &trials[i];
        struct lab lab;

        start_again(trial, &lab);
        for (uint32_t op = FIXED; op <= VISITS; op++) {
            int64_t wrong = wrong_in(&lab, op);

            if (wrong != trial->wrong[op])
                fail_msg("%s: wrong_state is %" PRId64 " in %s", trial->name, wrong,
                         lab.story.built.sim.job->operators[op].uid);
        }
        finish(&lab);
    }
}

/* Records of the time of a restored window go elsewhere then; sessions have no size. */
static void of_another_size_nothing_is_said(void **state)
{
    static const struct trial others[] = {
        {"another size in the second", AGAIN(", set: {fixed.size: 200 ms}"), {0, 0}, {0}},
        {"in the first, where windows of it were over",
         "  - {at: 450 ms, cancel-with-savepoint: a}\n"
         "  - {at: 480 ms, restart-from: a}\n"
         "set: {fixed.size: 200 ms}\n",
         {0, 0},
         {0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct lab lab;

        start_again(&others[i], &lab);
        assert_int_equal(wrong_in(&lab, FIXED), SNAP_UNJUDGED);
        assert_int_equal(wrong_in(&lab, VISITS), 0);
        finish(&lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_judged_in_later_executions),
        cmocka_unit_test(of_another_size_nothing_is_said),
    };

    return cmocka_run_group_tests(tests, leave_a_snapshot, cli_folder_leave);
}
