// SPDX-License-Identifier: Apache-2.0
#include "verify_lab.h"

/* lines -> counts (hash) -> out; one subtask each, so keys 0 and 1 are both in counts[0]. */
enum { LINES, COUNTS, OUT };

static void pipeline(struct lab *lab, enum snap_ledger_mode mode)
{
    lab_operator(lab, "lines", &lab_source, 1);
    lab_operator(lab, "counts", &lab_sum, 1);
    lab_operator(lab, "out", &lab_sink, 1);
    lab_edge(lab, LINES, COUNTS, SNAP_SHIP_HASH);
    lab_edge(lab, COUNTS, OUT, SNAP_SHIP_FORWARD);
    lab_start(lab, mode);
}

#define SEND(at, n)                                                                                \
    {                                                                                              \
        EMIT, .at_ms = at, .op = LINES, .offset = n                                                \
    }
#define TAKE(at, n)                                                                                \
    {                                                                                              \
        AFFECT, .at_ms = at, .op = COUNTS, .offset = n                                             \
    }
#define PUT(at, n, sum, in)                                                                        \
    {                                                                                              \
        WRITE, .at_ms = at, .op = OUT, .offset = n, .value = (sum) - (n), .part = in               \
    }
#define CUT(at, n)                                                                                 \
    {SNAPSHOT, .at_ms = at, .op = LINES, .checkpoint = n},                                         \
        {SNAPSHOT, .at_ms = at, .op = COUNTS, .checkpoint = n},                                    \
    {                                                                                              \
        SNAPSHOT, .at_ms = at, .op = OUT, .checkpoint = n                                          \
    }
#define DONE(at, n)                                                                                \
    {                                                                                              \
        COMPLETE, .at_ms = at, .checkpoint = n                                                     \
    }
#define BACK(at, n)                                                                                \
    {RESTORE, .at_ms = at, .op = LINES, .checkpoint = n},                                          \
        {RESTORE, .at_ms = at, .op = COUNTS, .checkpoint = n},                                     \
    {                                                                                              \
        RESTORE, .at_ms = at, .op = OUT, .checkpoint = n                                           \
    }
#define SUM(k, v)                                                                                  \
    {                                                                                              \
        STATE, .op = COUNTS, .key = k, .value = v                                                  \
    }
#define SEE(n, lines)                                                                              \
    {                                                                                              \
        PART, .op = OUT, .part = n, .phase = SNAP_PART_VISIBLE, .text = lines                      \
    }
#define LIE(n, lines)                                                                              \
    {                                                                                              \
        PART, .op = OUT, .part = n, .phase = SNAP_PART_PREPARED, .text = lines                     \
    }
#define HALF(n, lines)                                                                             \
    {                                                                                              \
        PART, .op = OUT, .part = n, .phase = SNAP_PART_IN_PROGRESS, .text = lines                  \
    }

static void all_there_is_quiet(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), SEND(1, 1), SEND(2, 2), TAKE(3, 0), TAKE(3, 1), TAKE(3, 2),
             PUT(4, 0, 0, 1), PUT(4, 1, 1, 1), PUT(4, 2, 2, 1), SUM(0, 2), SUM(1, 1),
             SEE(1, "0\t0|1\t1|0\t2"));
    const struct snap_verdict *verdict = LAB_EXPECT(
        &lab, SNAP_JOB_FINISHED, {COUNTS, {0, 0, U, 0, U, 0}}, {OUT, {0, 0, 0, U, 0, 0}});
    assert_int_equal(verdict->judgements[0].processed, 3);
    assert_int_equal(verdict->judgements[0].affected, 3);
    assert_int_equal(verdict->judgements[1].affected, 3);
    assert_int_equal(verdict->counters[SNAP_COUNTER_LOST], 0);
    assert_int_equal(verdict->counters[SNAP_COUNTER_WRONG_STATE], 0);
    assert_false(verdict->culprit.found);
    lab_stop(&lab);
}

static void replay_after_a_crash_is_quiet(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, BACK(0, -1), SEND(1, 0), TAKE(2, 0), PUT(2, 0, 0, 1), CUT(3, 1), DONE(4, 1),
             SEND(5, 1), TAKE(6, 1), PUT(6, 1, 1, 2), {CRASH, .at_ms = 7, .op = COUNTS}, BACK(8, 1),
             SEND(9, 1), TAKE(10, 1), PUT(10, 1, 1, 3), SUM(0, 0), SUM(1, 1), SEE(1, "0\t0"),
             SEE(3, "1\t1"), HALF(2, "1\t1"));
    const struct snap_verdict *verdict = LAB_EXPECT(
        &lab, SNAP_JOB_FINISHED, {COUNTS, {0, 0, U, 0, U, 0}}, {OUT, {0, 0, 0, U, 0, 0}});
    assert_int_equal(verdict->judgements[0].processed, 3);
    assert_int_equal(verdict->judgements[0].affected, 2);
    lab_stop(&lab);
}

static void record_in_the_snapshot_that_comes_again_is_duplicated(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* Record 1 is behind the barrier of checkpoint 1, but gets into the snapshot. */
    LAB_PLAY(&lab, SEND(1, 0), {SNAPSHOT, .at_ms = 2, .op = LINES, .checkpoint = 1}, SEND(3, 1),
             TAKE(4, 0), TAKE(5, 1), {SNAPSHOT, .at_ms = 6, .op = COUNTS, .checkpoint = 1},
             DONE(7, 1), {CRASH, .at_ms = 8, .op = COUNTS}, BACK(9, 1), SEND(10, 1), TAKE(11, 1),
             PUT(12, 0, 0, 1), PUT(12, 1, 1, 1), PUT(12, 1, 2, 1), SUM(0, 0), SUM(1, 2),
             SEE(1, "0\t0|1\t1|1\t2"));
    const struct snap_verdict *verdict = LAB_EXPECT(
        &lab, SNAP_JOB_FINISHED, {COUNTS, {0, 1, U, 0, U, 0}}, {OUT, {0, 1, 0, U, 0, 0}});
    assert_true(verdict->culprit.found);
    assert_int_equal(verdict->culprit.operator_index, COUNTS);
    assert_int_equal(verdict->culprit.origin, 1);
    assert_int_equal(verdict->culprit.counter, SNAP_COUNTER_DUPLICATED);
    assert_int_equal(verdict->culprit.at_ns, 11 * SNAP_MS);
    assert_int_equal(verdict->culprit.checkpoint, 1);
    assert_string_equal(verdict->culprit.story,
                        "lines:0:1 affected the state of counts[0] at 5 ms and again at 11 ms: the "
                        "snapshot of checkpoint 1 held it already when it was sent once more after "
                        "the restore.");
    assert_int_equal(verdict->counters[SNAP_COUNTER_DUPLICATED], 2);
    lab_stop(&lab);
}

static void source_that_cannot_replay_loses(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    lab_cannot_replay(&lab, LINES);
    LAB_PLAY(&lab, SEND(1, 0), TAKE(2, 0), CUT(3, 1), DONE(4, 1), SEND(5, 1), TAKE(6, 1),
             SEND(6, 2), {CRASH, .at_ms = 7, .op = COUNTS}, BACK(8, 1), SEND(9, 3), TAKE(10, 3),
             SUM(0, 0), SUM(1, 3));
    const struct snap_verdict *verdict = LAB_EXPECT(
        &lab, SNAP_JOB_FINISHED, {COUNTS, {2, 0, U, 0, U, 0}}, {OUT, {4, 0, 0, U, 0, 0}});
    assert_int_equal(verdict->culprit.origin, 0); /* the sink never saw it */
    assert_int_equal(verdict->culprit.operator_index, OUT);
    lab_stop(&lab);
}

/* A reader finds the line, as it was written: what is wrong came from the operators before. */
static void a_record_that_came_with_another_key_has_a_story(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "out", &lab_sink, 1);
    lab_edge(&lab, 0, 1, SNAP_SHIP_FORWARD);
    lab_start(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 1), {WRITE, .at_ms = 2, .op = 1, .offset = 1, .part = 1, .key = 7},
             {PART, .op = 1, .part = 1, .phase = SNAP_PART_VISIBLE, .text = "8\t1"});
    const struct snap_verdict *verdict =
        LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {1, {1, 1, 0, U, 0, 0}});
    assert_int_equal(verdict->culprit.counter, SNAP_COUNTER_LOST);
    assert_string_equal(verdict->culprit.story,
                        "lines:0:1 was written by out[0] at 2 ms, with another key or value than "
                        "should come of what was sent.");
    lab_stop(&lab);
}

static void loss_has_a_story(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "counts", &lab_sum, 2);
    lab_edge(&lab, LINES, COUNTS, SNAP_SHIP_HASH);
    lab_cannot_replay(&lab, LINES);
    lab_start(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, {RESTORE, .op = COUNTS, .subtask = 1, .checkpoint = -1},
             {SNAPSHOT, .at_ms = 3, .op = COUNTS, .subtask = 1, .checkpoint = 1}, DONE(4, 1),
             SEND(5, 1), {AFFECT, .at_ms = 6, .op = COUNTS, .subtask = 1, .offset = 1},
             {CRASH, .at_ms = 7, .op = COUNTS, .subtask = 1},
             {RESTORE, .at_ms = 8, .op = COUNTS, .subtask = 1, .checkpoint = 1});
    const struct snap_verdict *verdict =
        LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {1, 0, U, 0, U, 0}});
    assert_int_equal(verdict->culprit.subtask, 1);
    assert_int_equal(verdict->culprit.checkpoint, 1);
    assert_int_equal(verdict->culprit.at_ns, 7 * SNAP_MS);
    assert_string_equal(verdict->culprit.story,
                        "lines:0:1 affected the state of counts[1] at 6 ms, the crash of counts[1] "
                        "at 7 ms took it back to checkpoint 1, and it was never sent again: lines "
                        "is not replayable.");
    lab_stop(&lab);
}

static void restore_without_a_checkpoint_empties_the_state(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), TAKE(2, 0), SEND(3, 1), TAKE(4, 1), PUT(4, 0, 0, 1), BACK(5, -1),
             SEND(6, 0), TAKE(7, 0), SEND(8, 1), TAKE(9, 1), PUT(9, 0, 0, 2), PUT(9, 1, 1, 2),
             SUM(0, 0), SUM(1, 1), SEE(1, "0\t0"), SEE(2, "0\t0|1\t1"));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {0, 0, U, 0, U, 0}}, {OUT, {0, 1, 0, U, 0, 0}});
    lab_stop(&lab);
}

static void second_restore_goes_back_behind_the_first(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* 0 | ckpt 1 | 1 crash; 1 | ckpt 2 | 2 crash: back to 1, as if checkpoint 2 never completed. */
    LAB_PLAY(&lab, SEND(1, 0), TAKE(1, 0), CUT(2, 1), DONE(2, 1), SEND(3, 1), TAKE(3, 1),
             BACK(4, 1), SEND(5, 1), TAKE(5, 1), CUT(6, 2), SEND(7, 2), TAKE(7, 2), BACK(8, 1),
             SEND(9, 1), TAKE(9, 1), SEND(9, 2), TAKE(9, 2), SUM(0, 2), SUM(1, 1), PUT(9, 0, 0, 1),
             PUT(9, 1, 1, 1), PUT(9, 2, 2, 1), SEE(1, "0\t0|1\t1|0\t2"));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {0, 0, U, 0, U, 0}}, {OUT, {0, 0, 0, U, 0, 0}});
    lab_stop(&lab);
}

static void restore_builds_on_an_earlier_restore(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* Checkpoint 2 is taken after a restore, and holds what came then, not what was cut away. */
    LAB_PLAY(&lab, SEND(1, 0), TAKE(1, 0), CUT(2, 1), SEND(3, 1), TAKE(3, 1), BACK(4, 1),
             SEND(5, 1), TAKE(5, 1), CUT(6, 2), SEND(7, 2), TAKE(7, 2), BACK(8, 2), SEND(9, 2),
             TAKE(9, 2), SUM(0, 2), SUM(1, 1));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {0, 0, U, 0, U, 0}});
    lab_stop(&lab);
}

static void state_of_a_finished_task_is_kept(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* counts took no snapshot for checkpoint 5: it had finished; its state is not compared. */
    LAB_PLAY(&lab, SEND(1, 0), TAKE(2, 0), PUT(2, 0, 0, 1), BACK(4, 5), SEE(1, "0\t0"));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {0, 0, U, 0, U, 0}}, {OUT, {0, 0, 0, U, 0, 0}});
    lab_stop(&lab);
}

static void broken_fold_is_wrong_state_and_nothing_else(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* Key 0 has a wrong value, key 1 is missing, key 5 is from nowhere. */
    LAB_PLAY(&lab, SEND(1, 0), TAKE(2, 0), SEND(2, 1), TAKE(3, 1), SEND(3, 2), TAKE(4, 2),
             PUT(4, 0, 0, 1), PUT(4, 1, 1, 1), PUT(4, 2, 2, 1), SUM(0, 3), SUM(5, 1),
             SEE(1, "0\t0|1\t1|0\t2"));
    const struct snap_verdict *verdict = LAB_EXPECT(
        &lab, SNAP_JOB_FINISHED, {COUNTS, {0, 0, U, 3, U, 0}}, {OUT, {0, 0, 0, U, 0, 0}});
    assert_int_equal(verdict->culprit.counter, SNAP_COUNTER_WRONG_STATE);
    assert_int_equal(verdict->culprit.origin, 1); /* key 1's last record is the earlier one */
    assert_int_equal(verdict->culprit.at_ns, 3 * SNAP_MS);
    lab_stop(&lab);
}

static void failed_job_has_no_wrong_state(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), TAKE(2, 0), SEND(3, 1));
    LAB_EXPECT(&lab, SNAP_JOB_FAILED, {COUNTS, {1, 0, U, U, U, 0}}, {OUT, {2, 0, 0, U, 0, 0}});
    lab_stop(&lab);
}

static void task_that_is_down_has_no_state_to_compare(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), TAKE(2, 0), {STATUS, .op = COUNTS, .checkpoint = SNAP_TASK_FAILED});
    LAB_EXPECT(&lab, SNAP_JOB_RESTARTING, {COUNTS, {0, 0, U, 0, U, 0}});
    lab_stop(&lab);
}

static void task_that_is_up_again_has_a_state_to_compare(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), TAKE(2, 0), CUT(3, 1),
             {STATUS, .op = COUNTS, .checkpoint = SNAP_TASK_FAILED}, BACK(4, 1));
    LAB_EXPECT(&lab, SNAP_JOB_RUNNING, {COUNTS, {0, 0, U, 1, U, 0}});
    lab_stop(&lab);
}

static void prepared_only_is_uncommitted_when_the_job_has_ended(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* Record 0 is seen, and lies in a leftover as well; 1 only in a prepared part; 2 nowhere. */
    LAB_PLAY(&lab, SEND(1, 0), SEND(1, 1), SEND(1, 2), PUT(2, 0, 0, 1), PUT(3, 0, 0, 2),
             PUT(3, 1, 1, 2), PUT(4, 2, 2, 3), SEE(1, "0\t0"), LIE(2, "0\t0|1\t1"),
             HALF(3, "0\t2"));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {1, 0, 0, U, 1, 0}});
    lab_stop(&lab);
}

static void stopped_job_has_pending_records(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* 0 and 1 before checkpoint 1, of which 1 is lost; 2 is prepared, 3 on its way. */
    LAB_PLAY(&lab, SEND(1, 0), SEND(1, 1), TAKE(2, 0), PUT(2, 0, 0, 1), CUT(3, 1), DONE(4, 1),
             SEND(5, 2), TAKE(5, 2), PUT(5, 2, 2, 2), CUT(6, 2), SEND(7, 3), SUM(0, 2),
             SEE(1, "0\t0"), LIE(2, "0\t2"));
    LAB_EXPECT(&lab, SNAP_JOB_RUNNING, {COUNTS, {1, 0, U, 0, U, 1}}, {OUT, {1, 0, 0, U, 0, 2}});
    lab_stop(&lab);
}

static void without_checkpoints_all_unseen_is_pending(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), SEND(1, 1));
    LAB_EXPECT(&lab, SNAP_JOB_RUNNING, {COUNTS, {0, 0, U, 0, U, 2}}, {OUT, {0, 0, 0, U, 0, 2}});
    lab_stop(&lab);
}

static void what_a_source_passed_over_is_not_pending(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    lab_cannot_replay(&lab, LINES);
    LAB_PLAY(&lab, SEND(1, 0), BACK(2, -1), SEND(3, 1));
    LAB_EXPECT(&lab, SNAP_JOB_RUNNING, {COUNTS, {1, 0, U, 0, U, 1}});
    lab_stop(&lab);
}

static void replayed_position_counts_for_pending(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* Checkpoint 2 is taken in a replay, before record 1 came again. */
    LAB_PLAY(&lab, SEND(1, 0), TAKE(1, 0), CUT(2, 1), DONE(2, 1), SEND(3, 1), BACK(4, 1), CUT(5, 2),
             DONE(6, 2), SUM(0, 0));
    LAB_EXPECT(&lab, SNAP_JOB_RUNNING, {COUNTS, {0, 0, U, 0, U, 1}});
    lab_stop(&lab);
}

static void replay_moves_the_position(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* Checkpoint 2 is taken in a replay, after 1 came again and before 2 did: 1 is lost. */
    LAB_PLAY(&lab, SEND(1, 0), TAKE(1, 0), CUT(2, 1), DONE(2, 1), SEND(3, 1), SEND(3, 2),
             BACK(4, 1), SEND(5, 1), CUT(6, 2), DONE(6, 2), SUM(0, 0));
    LAB_EXPECT(&lab, SNAP_JOB_RUNNING, {COUNTS, {1, 0, U, 0, U, 1}});
    lab_stop(&lab);
}

static void commit_that_is_due_is_pending(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), PUT(1, 0, 0, 1), CUT(2, 1), DONE(2, 1), LIE(1, "0\t0"));
    LAB_EXPECT(&lab, SNAP_JOB_RUNNING, {OUT, {0, 0, 0, U, 0, 1}});
    lab_stop(&lab);
}

static void nothing_of_a_finished_source_is_pending(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), {SNAPSHOT, .at_ms = 2, .op = COUNTS, .checkpoint = 1}, DONE(3, 1));
    LAB_EXPECT(&lab, SNAP_JOB_RUNNING, {COUNTS, {1, 0, U, 0, U, 0}});
    lab_stop(&lab);
}

static void lines_that_are_not_what_was_written(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* The second line is garbled, the fourth was never written. */
    LAB_PLAY(&lab, SEND(1, 0), SEND(1, 1), SEND(1, 2), PUT(2, 0, 0, 1), PUT(2, 1, 1, 1),
             PUT(2, 2, 2, 1), SEE(1, "0\t0|1\t7|0\t2|9\t9"));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {1, 2, 0, U, 0, 0}});
    lab_stop(&lab);
}

static void lines_that_are_gone_are_lost(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), SEND(1, 1), PUT(2, 0, 0, 1), PUT(2, 1, 1, 1), SEE(1, "0\t0"));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {1, 0, 0, U, 0, 0}});
    lab_stop(&lab);
}

static void rows_of_a_table(void **unused)
{
    static const struct snap_operator_rules sink = {.kind = SNAP_RULE_SINK};
    static const struct {
        const char *name;
        struct step writes[4]; /* with times; in one part */
        const char *lines;
        enum snap_job_status status;
        int64_t lost, duplicated, pending;
    } rows[] = {
        {"the last of each key is there",
         {PUT(2, 0, 0, 1), PUT(3, 1, 1, 1), PUT(4, 2, 2, 1)},
         "0\t0|1\t1|0\t2",
         SNAP_JOB_FINISHED,
         0,
         0,
         0},
        {"what comes again replaces itself",
         {PUT(2, 0, 0, 1), PUT(3, 2, 2, 1), PUT(4, 1, 1, 1), PUT(5, 2, 2, 1)},
         "0\t0|0\t2|1\t1|0\t2",
         SNAP_JOB_FINISHED,
         0,
         0,
         0},
        {"an earlier record came last",
         {PUT(2, 2, 2, 1), PUT(3, 1, 1, 1), PUT(4, 0, 0, 1)},
         "0\t2|1\t1|0\t0",
         SNAP_JOB_FINISHED,
         1,
         0,
         0},
        {"a key is missing", {PUT(2, 2, 2, 1)}, "0\t2", SNAP_JOB_FINISHED, 1, 0, 0},
        {"a key is missing, and may still come",
         {PUT(2, 2, 2, 1)},
         "0\t2",
         SNAP_JOB_RUNNING,
         0,
         0,
         1},
        {"a record left two rows",
         {PUT(2, 1, 1, 1),
          {WRITE, .at_ms = 3, .op = OUT, .offset = 2, .key = 6, .value = 0, .part = 1},
          PUT(4, 2, 2, 1)},
         "1\t1|6\t2|0\t2",
         SNAP_JOB_FINISHED,
         0,
         2,
         0},
    };

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct lab lab = {0};

        lab_operator(&lab, "lines", &lab_source, 1);
        lab_operator(&lab, "same", &lab_same, 1);
        lab_operator(&lab, "out", &sink, 1);
        lab.operators[OUT].sink_view = SNAP_SINK_REPLACES;
        lab_edge(&lab, LINES, COUNTS, SNAP_SHIP_FORWARD);
        lab_edge(&lab, COUNTS, OUT, SNAP_SHIP_HASH);
        lab_start(&lab, SNAP_LEDGER_FULL);
        LAB_PLAY(&lab, SEND(1, 0), SEND(1, 1), SEND(1, 2));
        for (size_t i = 0; i < 4 && rows[r].writes[i].at_ms; i++)
            lab_step(&lab, &rows[r].writes[i]);
        LAB_PLAY(&lab, SEE(1, rows[r].lines));
        LAB_EXPECT(&lab, rows[r].status,
                   {OUT, {rows[r].lost, rows[r].duplicated, U, U, 0, rows[r].pending}});
        lab_stop(&lab);
    }
}

static void later_offset_first_is_out_of_order(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    /* 2 before 0, both of key 0; then 0 once more, which is a duplicate and no order. */
    LAB_PLAY(&lab, SEND(1, 0), SEND(1, 1), SEND(1, 2), PUT(2, 2, 2, 1), PUT(3, 0, 2, 1),
             PUT(4, 1, 1, 1), PUT(5, 0, 2, 1), SEE(1, "0\t2|0\t2|1\t1|0\t2"));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {0, 1, 1, U, 0, 0}});
    lab_stop(&lab);
}

static void wrong_contents_are_lost_and_duplicated(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), {AFFECT, .at_ms = 2, .op = COUNTS, .value = 5}, SUM(0, 5));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {1, 1, U, 0, U, 0}});
    lab_stop(&lab);
}

static void wrong_key_is_lost_and_duplicated(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), {AFFECT, .at_ms = 2, .op = COUNTS, .key = 5}, SUM(5, 0));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {1, 1, U, 0, U, 0}});
    lab_stop(&lab);
}

static void key_that_is_there_twice_is_wrong_state(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), TAKE(2, 0), SUM(0, 0), SUM(0, 0));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {0, 0, U, 1, U, 0}});
    lab_stop(&lab);
}

static void record_of_no_source_is_duplicated(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), TAKE(2, 0), TAKE(3, 4), SUM(0, 4));
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {0, 1, U, 0, U, 0}});
    lab_stop(&lab);
}

static void splits_may_have_gaps_and_mix(void **unused)
{
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, SEND(1, 0), {EMIT, .op = LINES, .split = 1, .offset = 4}, SEND(1, 6),
             {EMIT, .op = LINES, .split = 1, .offset = 10}, TAKE(2, 0), TAKE(2, 6),
             {AFFECT, .op = COUNTS, .split = 1, .offset = 10}, SUM(0, 16));
    const struct snap_verdict *verdict =
        LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {1, 0, U, 0, U, 0}});
    assert_int_equal(verdict->judgement_count, 2);
    lab_stop(&lab);
}

static void long_runs_cross_chunks(void **unused)
{
    enum { RECORDS = 40000, HALFWAY = 20000 };
    struct lab lab = {0};

    (void)unused;
    pipeline(&lab, SNAP_LEDGER_FULL);
    for (uint32_t i = 0; i < RECORDS; i++) {
        LAB_PLAY(&lab, SEND(i, i), TAKE(i, i));
        if (i == HALFWAY)
            LAB_PLAY(&lab, CUT(i, 1), DONE(i, 1));
    }
    LAB_PLAY(&lab, BACK(RECORDS, 1));
    for (uint32_t i = HALFWAY + 2; i < RECORDS; i++)
        LAB_PLAY(&lab, SEND(i, i), TAKE(i, i));
    LAB_PLAY(&lab, TAKE(RECORDS, 5));
    /* Record 20,001 is gone, record 5 is twice there. */
    LAB_PLAY(&lab, SUM(0, 399980000), SUM(1, 400000000 - 20001 + 5));
    const struct snap_verdict *verdict =
        LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {1, 1, U, 0, U, 0}});
    assert_int_equal(verdict->judgements[0].affected, RECORDS);
    lab_stop(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_there_is_quiet),
        cmocka_unit_test(replay_after_a_crash_is_quiet),
        cmocka_unit_test(record_in_the_snapshot_that_comes_again_is_duplicated),
        cmocka_unit_test(source_that_cannot_replay_loses),
        cmocka_unit_test(a_record_that_came_with_another_key_has_a_story),
        cmocka_unit_test(loss_has_a_story),
        cmocka_unit_test(restore_without_a_checkpoint_empties_the_state),
        cmocka_unit_test(second_restore_goes_back_behind_the_first),
        cmocka_unit_test(restore_builds_on_an_earlier_restore),
        cmocka_unit_test(state_of_a_finished_task_is_kept),
        cmocka_unit_test(broken_fold_is_wrong_state_and_nothing_else),
        cmocka_unit_test(failed_job_has_no_wrong_state),
        cmocka_unit_test(task_that_is_down_has_no_state_to_compare),
        cmocka_unit_test(task_that_is_up_again_has_a_state_to_compare),
        cmocka_unit_test(prepared_only_is_uncommitted_when_the_job_has_ended),
        cmocka_unit_test(stopped_job_has_pending_records),
        cmocka_unit_test(without_checkpoints_all_unseen_is_pending),
        cmocka_unit_test(what_a_source_passed_over_is_not_pending),
        cmocka_unit_test(replayed_position_counts_for_pending),
        cmocka_unit_test(replay_moves_the_position),
        cmocka_unit_test(commit_that_is_due_is_pending),
        cmocka_unit_test(nothing_of_a_finished_source_is_pending),
        cmocka_unit_test(lines_that_are_not_what_was_written),
        cmocka_unit_test(lines_that_are_gone_are_lost),
        cmocka_unit_test(rows_of_a_table),
        cmocka_unit_test(later_offset_first_is_out_of_order),
        cmocka_unit_test(wrong_contents_are_lost_and_duplicated),
        cmocka_unit_test(wrong_key_is_lost_and_duplicated),
        cmocka_unit_test(key_that_is_there_twice_is_wrong_state),
        cmocka_unit_test(record_of_no_source_is_duplicated),
        cmocka_unit_test(splits_may_have_gaps_and_mix),
        cmocka_unit_test(long_runs_cross_chunks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
