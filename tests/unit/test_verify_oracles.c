// SPDX-License-Identifier: Apache-2.0
/*
 * Each oracle on event lists made by hand: one that is as it should be, and those it objects to.
 * The job is lines[0] (task 0, a source of two splits) -> counts[0] (1) -> out[0] (2); 3 is the
 * JobManager.
 */
#include "verify_lab.h"

#include "model/stream_mark.h"
#include "verify/oracles.h"

enum { LINES, COUNTS, OUT, JM };

enum { STEPS_MAX = 16, RUN_MS = 100, SPAN = SNAP_EVENT_COUNT, RESUME, PASSAGE, GIVEN, HANDED_ON };

/* In place of an offset: the last watermark. */
enum { TIME_ENDS = -1 };

/* An event, or a record that passes by (args are split and offset), or the job starts again from a
 * savepoint, or a record on the channel from lines to counts (kind, offset, checkpoint), or the run
 * starts from files (checkpoint, digest). */
struct play {
    int64_t at_ms;
    uint32_t actor;
    unsigned type;
    int64_t args[SNAP_EVENT_ARGS_MAX];
};

#define E(at, actor, name, ...)                                                                    \
    {                                                                                              \
        at, actor, SNAP_EVENT_##name,                                                              \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define RECORD(at, actor, split, offset)                                                           \
    {                                                                                              \
        at, actor, SPAN,                                                                           \
        {                                                                                          \
            split, offset                                                                          \
        }                                                                                          \
    }
#define PASSES(at, actor, kind, ...)                                                               \
    {                                                                                              \
        at, actor, PASSAGE,                                                                        \
        {                                                                                          \
            SNAP_PASSAGE_##kind, __VA_ARGS__                                                       \
        }                                                                                          \
    }
#define ALL_BEGIN(at, attempt)                                                                     \
    E(at, LINES, RESTORED, attempt, -1), E(at, COUNTS, RESTORED, attempt, -1),                     \
        E(at, OUT, RESTORED, attempt, -1)
#define SNAPSHOT_AT(at, actor, id) E(at, actor, SNAPSHOT_SYNC, id)
#define STARTS_AGAIN(at, savepoint)                                                                \
    {                                                                                              \
        at, JM, RESUME,                                                                            \
        {                                                                                          \
            savepoint                                                                              \
        }                                                                                          \
    }
#define IS_GIVEN(at, savepoint, digest)                                                            \
    {                                                                                              \
        at, JM, GIVEN,                                                                             \
        {                                                                                          \
            savepoint, digest                                                                      \
        }                                                                                          \
    }
/* The first step: receivers restore what their senders had captured. */
#define IS_HANDED_ON                                                                               \
    {                                                                                              \
        .at_ms = 1, .type = HANDED_ON                                                              \
    }
#define RUNS(at, actor, attempt) E(at, actor, TASK_STATUS, attempt, SNAP_TASK_RUNNING)
#define BEGINS(at, actor, attempt) E(at, actor, TASK_STATUS, attempt, SNAP_TASK_INITIALIZING)
#define FAILS(at, actor, attempt) E(at, actor, TASK_STATUS, attempt, SNAP_TASK_FAILED)
#define ENDS(at, actor, attempt) E(at, actor, TASK_STATUS, attempt, SNAP_TASK_FINISHED)
#define TRIGGER(at, id) E(at, JM, CHECKPOINT_TRIGGERED, id)
#define COMPLETE_NOW(at, id) E(at, JM, CHECKPOINT_COMPLETED, id)
#define ABORT(at, id) E(at, JM, CHECKPOINT_ABORTED, id)
#define CUT_AT(at, actor, id) E(at, actor, SNAPSHOT_STARTED, id)

struct sample {
    const char *name;
    enum snap_oracle_id oracle;
    bool objects;
    enum snap_job_status status;  /* CREATED, which is 0: FINISHED */
    struct play steps[STEPS_MAX]; /* the first with at_ms 0 ends them */
};

static const struct sample samples[] = {
    {"a consistent cut",
     SNAP_ORACLE_CUT,
     false,
     0,
     {E(1, LINES, RESTORED, 0, -1), E(1, COUNTS, RESTORED, 0, -1), RECORD(2, LINES, 0, 0),
      RECORD(3, COUNTS, 0, 0), RECORD(4, LINES, 0, 1), CUT_AT(5, LINES, 1), RECORD(6, LINES, 0, 2),
      RECORD(7, COUNTS, 0, 1), CUT_AT(8, COUNTS, 1), RECORD(9, COUNTS, 0, 2), COMPLETE_NOW(10, 1)}},
    {"a record behind the barrier gets into the snapshot",
     SNAP_ORACLE_CUT,
     true,
     0,
     {E(1, LINES, RESTORED, 0, -1), E(1, COUNTS, RESTORED, 0, -1), CUT_AT(5, LINES, 1),
      RECORD(6, LINES, 0, 0), RECORD(7, COUNTS, 0, 0), CUT_AT(8, COUNTS, 1), COMPLETE_NOW(10, 1)}},
    {"the same, but the checkpoint is aborted",
     SNAP_ORACLE_CUT,
     false,
     0,
     {E(1, LINES, RESTORED, 0, -1), E(1, COUNTS, RESTORED, 0, -1), CUT_AT(5, LINES, 1),
      RECORD(6, LINES, 0, 0), RECORD(7, COUNTS, 0, 0), CUT_AT(8, COUNTS, 1), ABORT(10, 1)}},
    {"a record before the barrier is not in the snapshot",
     SNAP_ORACLE_CUT,
     true,
     0,
     {E(1, LINES, RESTORED, 0, -1), E(1, COUNTS, RESTORED, 0, -1), RECORD(4, LINES, 0, 0),
      CUT_AT(5, LINES, 1), CUT_AT(8, COUNTS, 1), RECORD(9, COUNTS, 0, 0), COMPLETE_NOW(10, 1)}},
    {"records come again after a restore",
     SNAP_ORACLE_CUT,
     false,
     0,
     {E(1, LINES, RESTORED, 0, -1), E(1, COUNTS, RESTORED, 0, -1), RECORD(2, LINES, 0, 0),
      RECORD(3, COUNTS, 0, 0), CUT_AT(4, LINES, 1), CUT_AT(5, COUNTS, 1), COMPLETE_NOW(6, 1),
      RECORD(7, LINES, 0, 1), RECORD(8, COUNTS, 0, 1), E(9, LINES, RESTORED, 1, 1),
      E(9, COUNTS, RESTORED, 1, 1), RECORD(10, LINES, 0, 1), RECORD(11, COUNTS, 0, 1),
      CUT_AT(12, LINES, 2), CUT_AT(13, COUNTS, 2), COMPLETE_NOW(14, 2)}},
    {"a record of the restored state comes again",
     SNAP_ORACLE_CUT,
     true,
     0,
     {E(1, LINES, RESTORED, 0, -1), E(1, COUNTS, RESTORED, 0, -1), RECORD(2, LINES, 0, 0),
      RECORD(3, COUNTS, 0, 0), CUT_AT(4, LINES, 1), CUT_AT(5, COUNTS, 1), COMPLETE_NOW(6, 1),
      E(9, LINES, RESTORED, 1, 1), E(9, COUNTS, RESTORED, 1, 1), RECORD(10, LINES, 0, 0),
      RECORD(11, COUNTS, 0, 0)}},

    {"what is in flight is captured",
     SNAP_ORACLE_CHANNELS,
     false,
     0,
     {ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, 0), PASSES(2, LINES, QUEUED, 1),
      PASSES(2, LINES, QUEUED, 2), PASSES(3, COUNTS, TAKEN, 0), PASSES(3, LINES, CAPTURED, 2, 1),
      SNAPSHOT_AT(4, LINES, 1), SNAPSHOT_AT(5, COUNTS, 1), SNAPSHOT_AT(5, OUT, 1),
      PASSES(6, COUNTS, CAPTURED, 1, 1), COMPLETE_NOW(7, 1)}},
    {"a record in flight is not captured",
     SNAP_ORACLE_CHANNELS,
     true,
     0,
     {ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, 0), SNAPSHOT_AT(4, LINES, 1),
      SNAPSHOT_AT(5, COUNTS, 1), SNAPSHOT_AT(5, OUT, 1), COMPLETE_NOW(7, 1)}},
    {"the same, but the checkpoint is aborted",
     SNAP_ORACLE_CHANNELS,
     false,
     0,
     {ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, 0), SNAPSHOT_AT(4, LINES, 1),
      SNAPSHOT_AT(5, COUNTS, 1), SNAPSHOT_AT(5, OUT, 1), ABORT(7, 1)}},
    {"a record is captured that had been taken",
     SNAP_ORACLE_CHANNELS,
     true,
     0,
     {ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, 0), PASSES(3, COUNTS, TAKEN, 0),
      SNAPSHOT_AT(4, LINES, 1), SNAPSHOT_AT(5, COUNTS, 1), SNAPSHOT_AT(5, OUT, 1),
      PASSES(6, COUNTS, CAPTURED, 0, 1), COMPLETE_NOW(7, 1)}},
    {"another record is captured",
     SNAP_ORACLE_CHANNELS,
     true,
     0,
     {ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, 0), PASSES(2, LINES, QUEUED, 1),
      PASSES(3, COUNTS, TAKEN, 0), SNAPSHOT_AT(4, LINES, 1), SNAPSHOT_AT(5, COUNTS, 1),
      SNAPSHOT_AT(5, OUT, 1), PASSES(6, COUNTS, CAPTURED, 0, 1), COMPLETE_NOW(7, 1)}},
    {"a record is taken that was sent behind the barrier",
     SNAP_ORACLE_CHANNELS,
     true,
     0,
     {ALL_BEGIN(1, 0), SNAPSHOT_AT(4, LINES, 1), PASSES(4, LINES, QUEUED, 0),
      PASSES(4, COUNTS, TAKEN, 0), SNAPSHOT_AT(5, COUNTS, 1), SNAPSHOT_AT(5, OUT, 1),
      COMPLETE_NOW(7, 1)}},
    {"a sender has finished, and what it sent is in flight",
     SNAP_ORACLE_CHANNELS,
     false,
     0,
     {ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, 0), ENDS(4, LINES, 0), SNAPSHOT_AT(5, COUNTS, 1),
      SNAPSHOT_AT(5, OUT, 1), PASSES(6, COUNTS, CAPTURED, 0, 1), COMPLETE_NOW(7, 1)}},
    {"the last watermark is in flight, and comes again",
     SNAP_ORACLE_CHANNELS,
     false,
     0,
     {ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, TIME_ENDS), ENDS(4, LINES, 0),
      SNAPSHOT_AT(5, COUNTS, 1), SNAPSHOT_AT(5, OUT, 1), COMPLETE_NOW(7, 1)}},
    {"what was captured is put back",
     SNAP_ORACLE_CHANNELS,
     false,
     0,
     {PASSES(2, LINES, CAPTURED, 0, 1), PASSES(2, COUNTS, CAPTURED, 1, 1), SNAPSHOT_AT(4, LINES, 1),
      SNAPSHOT_AT(5, COUNTS, 1), E(8, LINES, RESTORED, 1, 1), PASSES(8, LINES, RECOVERED, 0, 1),
      RUNS(8, LINES, 1), E(8, COUNTS, RESTORED, 1, 1), PASSES(8, COUNTS, RECOVERED, 1, 1),
      RUNS(9, COUNTS, 1)}},
    {"it is put back twice",
     SNAP_ORACLE_CHANNELS,
     true,
     0,
     {PASSES(2, COUNTS, CAPTURED, 1, 1), SNAPSHOT_AT(5, COUNTS, 1), E(8, COUNTS, RESTORED, 1, 1),
      PASSES(8, COUNTS, RECOVERED, 1, 1), PASSES(8, COUNTS, RECOVERED, 1, 1), RUNS(9, COUNTS, 1)}},
    {"it is not put back, and the subtask fails again",
     SNAP_ORACLE_CHANNELS,
     true,
     0,
     {PASSES(2, COUNTS, CAPTURED, 1, 1), SNAPSHOT_AT(5, COUNTS, 1), E(8, COUNTS, RESTORED, 1, 1),
      FAILS(9, COUNTS, 1)}},

    {"it is put back again from what was given",
     SNAP_ORACLE_CHANNELS,
     false,
     0,
     {E(1, COUNTS, RESTORED, 1, 7), PASSES(1, COUNTS, RECOVERED, 1, 7), RUNS(2, COUNTS, 1),
      FAILS(3, COUNTS, 1), E(4, COUNTS, RESTORED, 2, 7), PASSES(4, COUNTS, RECOVERED, 1, 7),
      RUNS(5, COUNTS, 2)}},
    {"at first it is put back, and then forgotten",
     SNAP_ORACLE_CHANNELS,
     true,
     0,
     {E(1, COUNTS, RESTORED, 1, 7), PASSES(1, COUNTS, RECOVERED, 1, 7), RUNS(2, COUNTS, 1),
      FAILS(3, COUNTS, 1), E(4, COUNTS, RESTORED, 2, 7), RUNS(5, COUNTS, 2)}},
    {"at first it is handed on, and then forgotten",
     SNAP_ORACLE_CHANNELS,
     true,
     0,
     {IS_HANDED_ON, ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, 0), PASSES(3, LINES, CAPTURED, 0, 1),
      SNAPSHOT_AT(4, LINES, 1), SNAPSHOT_AT(5, COUNTS, 1), SNAPSHOT_AT(5, OUT, 1),
      COMPLETE_NOW(7, 1), E(8, COUNTS, RESTORED, 1, 1), PASSES(8, COUNTS, RECOVERED, 0, 1),
      RUNS(8, COUNTS, 1), FAILS(9, COUNTS, 1), E(10, COUNTS, RESTORED, 2, 1), RUNS(10, COUNTS, 2)}},
    {"one end was restored by one attempt, the other by the next",
     SNAP_ORACLE_CHANNELS,
     true,
     0,
     {IS_HANDED_ON, ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, 0), PASSES(3, LINES, CAPTURED, 0, 1),
      SNAPSHOT_AT(4, LINES, 1), SNAPSHOT_AT(5, COUNTS, 1), SNAPSHOT_AT(5, OUT, 1),
      COMPLETE_NOW(7, 1), E(8, COUNTS, RESTORED, 1, 1), RUNS(8, COUNTS, 1), FAILS(9, COUNTS, 1),
      E(10, LINES, RESTORED, 2, 1), RUNS(10, LINES, 2)}},
    {"all of it is handed on",
     SNAP_ORACLE_CHANNELS,
     false,
     0,
     {IS_HANDED_ON, ALL_BEGIN(1, 0), PASSES(2, LINES, QUEUED, 0), PASSES(3, LINES, CAPTURED, 0, 1),
      SNAPSHOT_AT(4, LINES, 1), SNAPSHOT_AT(5, COUNTS, 1), SNAPSHOT_AT(5, OUT, 1),
      COMPLETE_NOW(7, 1), E(8, COUNTS, RESTORED, 1, 1), PASSES(8, COUNTS, RECOVERED, 0, 1),
      RUNS(8, COUNTS, 1), FAILS(9, COUNTS, 1), E(10, LINES, RESTORED, 2, 1), RUNS(10, LINES, 2)}},

    {"each trigger ends once",
     SNAP_ORACLE_TRIGGERS,
     false,
     0,
     {TRIGGER(1, 1), COMPLETE_NOW(2, 1), E(3, COUNTS, NOTIFIED_COMPLETE, 1), TRIGGER(4, 2),
      ABORT(5, 2), E(6, COUNTS, NOTIFIED_ABORTED, 2)}},
    {"it ends twice",
     SNAP_ORACLE_TRIGGERS,
     true,
     0,
     {TRIGGER(1, 1), COMPLETE_NOW(2, 1), ABORT(3, 1)}},
    {"it ends, and was never triggered", SNAP_ORACLE_TRIGGERS, true, 0, {COMPLETE_NOW(2, 1)}},
    {"ids fall",
     SNAP_ORACLE_TRIGGERS,
     true,
     0,
     {TRIGGER(1, 2), ABORT(2, 2), TRIGGER(3, 1), ABORT(4, 1)}},
    {"two are pending",
     SNAP_ORACLE_TRIGGERS,
     true,
     0,
     {TRIGGER(1, 1), TRIGGER(2, 2), ABORT(3, 1), ABORT(3, 2)}},
    {"one never ends", SNAP_ORACLE_TRIGGERS, true, 0, {TRIGGER(1, 1)}},
    {"one dies with the job", SNAP_ORACLE_TRIGGERS, false, SNAP_JOB_RUNNING, {TRIGGER(1, 1)}},
    {"an aborted one is confirmed",
     SNAP_ORACLE_TRIGGERS,
     true,
     0,
     {TRIGGER(1, 1), ABORT(2, 1), E(3, COUNTS, NOTIFIED_COMPLETE, 1)}},

    {"all acknowledge",
     SNAP_ORACLE_ACKS,
     false,
     0,
     {RUNS(1, LINES, 0), RUNS(1, COUNTS, 0), TRIGGER(2, 1), E(3, JM, ACK_RECEIVED, 1, LINES),
      E(4, JM, ACK_RECEIVED, 1, COUNTS), COMPLETE_NOW(5, 1)}},
    {"one had finished",
     SNAP_ORACLE_ACKS,
     false,
     0,
     {RUNS(1, LINES, 0), RUNS(1, COUNTS, 0), ENDS(2, LINES, 0), TRIGGER(3, 1),
      E(4, JM, ACK_RECEIVED, 1, COUNTS), COMPLETE_NOW(5, 1)}},
    {"one finishes without",
     SNAP_ORACLE_ACKS,
     true,
     0,
     {RUNS(1, LINES, 0), RUNS(1, COUNTS, 0), TRIGGER(2, 1), ENDS(3, LINES, 0),
      E(4, JM, ACK_RECEIVED, 1, COUNTS), COMPLETE_NOW(5, 1)}},
    {"one fails meanwhile",
     SNAP_ORACLE_ACKS,
     false,
     0,
     {RUNS(1, LINES, 0), RUNS(1, COUNTS, 0), TRIGGER(2, 1), FAILS(3, LINES, 0),
      E(4, JM, ACK_RECEIVED, 1, COUNTS), COMPLETE_NOW(5, 1)}},
    {"one is missing",
     SNAP_ORACLE_ACKS,
     true,
     0,
     {RUNS(1, LINES, 0), RUNS(1, COUNTS, 0), TRIGGER(2, 1), E(3, JM, ACK_RECEIVED, 1, LINES),
      COMPLETE_NOW(5, 1)}},
    {"an acknowledgement of another checkpoint counts",
     SNAP_ORACLE_ACKS,
     true,
     0,
     {RUNS(1, LINES, 0), RUNS(1, COUNTS, 0), TRIGGER(2, 2), E(3, JM, ACK_RECEIVED, 2, LINES),
      E(4, JM, ACK_RECEIVED, 1, COUNTS), COMPLETE_NOW(5, 2)}},

    {"stored, then acknowledged",
     SNAP_ORACLE_DURABLE,
     false,
     0,
     {E(1, COUNTS, SNAPSHOT_ASYNC, 1), E(1, COUNTS, ACK_SENT, 1)}},
    {"acknowledged, then stored",
     SNAP_ORACLE_DURABLE,
     true,
     0,
     {E(1, COUNTS, ACK_SENT, 1), E(2, COUNTS, SNAPSHOT_ASYNC, 1)}},
    {"another one is stored",
     SNAP_ORACLE_DURABLE,
     true,
     0,
     {E(1, COUNTS, SNAPSHOT_ASYNC, 1), E(2, COUNTS, ACK_SENT, 2)}},

    {"committed after the completion",
     SNAP_ORACLE_COMMITS,
     false,
     0,
     {TRIGGER(1, 1), COMPLETE_NOW(2, 1), E(3, OUT, SINK_COMMITTED, OUT, 1, 1, 5)}},
    {"committed too early",
     SNAP_ORACLE_COMMITS,
     true,
     0,
     {TRIGGER(1, 1), E(3, OUT, SINK_COMMITTED, OUT, 1, 1, 5), COMPLETE_NOW(4, 1)}},
    {"committed though it was aborted",
     SNAP_ORACLE_COMMITS,
     true,
     0,
     {TRIGGER(1, 1), ABORT(2, 1), E(3, OUT, SINK_COMMITTED, OUT, 1, 1, 5)}},
    {"committed without checkpoints",
     SNAP_ORACLE_COMMITS,
     false,
     0,
     {E(3, OUT, SINK_COMMITTED, OUT, -1, 1, 5)}},

    {"the newest is restored",
     SNAP_ORACLE_NEWEST,
     false,
     0,
     {COMPLETE_NOW(1, 1), COMPLETE_NOW(2, 2), E(3, JM, TASK_DEPLOYED, COUNTS, 1),
      COMPLETE_NOW(4, 3), E(5, COUNTS, RESTORED, 1, 2)}},
    {"an older one is restored",
     SNAP_ORACLE_NEWEST,
     true,
     0,
     {COMPLETE_NOW(1, 1), COMPLETE_NOW(2, 2), E(3, JM, TASK_DEPLOYED, COUNTS, 1),
      E(5, COUNTS, RESTORED, 1, 1)}},
    {"none is restored",
     SNAP_ORACLE_NEWEST,
     true,
     0,
     {COMPLETE_NOW(1, 1), E(3, JM, TASK_DEPLOYED, COUNTS, 1), E(5, COUNTS, RESTORED, 1, -1)}},
    {"a savepoint may be passed over",
     SNAP_ORACLE_NEWEST,
     false,
     0,
     {COMPLETE_NOW(1, 1), E(2, JM, CHECKPOINT_COMPLETED, 2, 0, 0, SNAP_KIND_SAVEPOINT),
      E(3, JM, TASK_DEPLOYED, COUNTS, 1), E(5, COUNTS, RESTORED, 1, 1)}},
    {"a snapshot of an earlier run",
     SNAP_ORACLE_NEWEST,
     false,
     0,
     {E(3, JM, TASK_DEPLOYED, COUNTS, 0), E(5, COUNTS, RESTORED, 0, 7)}},

    {"the state is as it was",
     SNAP_ORACLE_STATE,
     false,
     0,
     {E(1, COUNTS, STATE_TAKEN, 1, 77), E(2, JM, STATE_STORED, 1, COUNTS, 77),
      E(3, COUNTS, STATE_RESTORED, 1, 77)}},
    {"the state is another",
     SNAP_ORACLE_STATE,
     true,
     0,
     {E(1, COUNTS, STATE_TAKEN, 1, 77), E(2, JM, STATE_STORED, 1, COUNTS, 77),
      E(3, COUNTS, STATE_RESTORED, 1, 78)}},
    {"the checkpoint holds another",
     SNAP_ORACLE_STATE,
     true,
     0,
     {E(1, COUNTS, STATE_TAKEN, 1, 77), E(2, JM, STATE_STORED, 1, COUNTS, 78)}},
    {"a restart deals it to others",
     SNAP_ORACLE_STATE,
     false,
     0,
     {E(1, LINES, STATE_TAKEN, 1, 11, 5), E(1, COUNTS, STATE_TAKEN, 1, 77, 70), STARTS_AGAIN(3, 1),
      E(4, LINES, STATE_RESTORED, 1, 61, 60), E(4, COUNTS, STATE_RESTORED, 1, 20, 15),
      RUNS(5, LINES, 1), RUNS(5, COUNTS, 1), RUNS(5, OUT, 1)}},
    {"a restart forgets some of it",
     SNAP_ORACLE_STATE,
     true,
     0,
     {E(1, LINES, STATE_TAKEN, 1, 11, 5), E(1, COUNTS, STATE_TAKEN, 1, 77, 70), STARTS_AGAIN(3, 1),
      E(4, LINES, STATE_RESTORED, 1, 61, 60), RUNS(5, LINES, 1), RUNS(5, COUNTS, 1),
      RUNS(5, OUT, 1)}},
    {"nobody saw it taken", SNAP_ORACLE_STATE, false, 0, {E(3, COUNTS, STATE_RESTORED, 1, 78)}},
    {"a restart from what the run itself was given",
     SNAP_ORACLE_STATE,
     false,
     0,
     {E(1, COUNTS, STATE_RESTORED, 1, 77, 70), E(2, LINES, STATE_TAKEN, 2, 11, 5),
      E(2, COUNTS, STATE_TAKEN, 2, 78, 71), STARTS_AGAIN(3, 1),
      E(4, COUNTS, STATE_RESTORED, 1, 77, 70), RUNS(5, LINES, 1), RUNS(5, COUNTS, 1),
      RUNS(5, OUT, 1)}},

    {"it is restored again from what it was given",
     SNAP_ORACLE_STATE,
     false,
     0,
     {E(1, COUNTS, STATE_RESTORED, 1, 77, 70), E(2, COUNTS, STATE_RESTORED, 1, 77, 70),
      E(3, COUNTS, STATE_TAKEN, 2, 78, 71), E(4, COUNTS, STATE_RESTORED, 2, 78, 71)}},
    {"it is restored again, and is another",
     SNAP_ORACLE_STATE,
     true,
     0,
     {E(1, COUNTS, STATE_RESTORED, 1, 77, 70), E(2, COUNTS, STATE_RESTORED, 1, 78, 70)}},
    {"what the files hold is dealt",
     SNAP_ORACLE_STATE,
     false,
     0,
     {IS_GIVEN(1, 1, 75), E(2, LINES, STATE_RESTORED, 1, 6, 5),
      E(2, COUNTS, STATE_RESTORED, 1, 77, 70), RUNS(5, LINES, 1), RUNS(5, COUNTS, 1),
      RUNS(5, OUT, 1)}},
    {"some of what the files hold is forgotten",
     SNAP_ORACLE_STATE,
     true,
     0,
     {IS_GIVEN(1, 1, 75), E(2, COUNTS, STATE_RESTORED, 1, 77, 70), RUNS(5, LINES, 1),
      RUNS(5, COUNTS, 1), RUNS(5, OUT, 1)}},

    {"buffers and credits in order",
     SNAP_ORACLE_BUFFERS,
     false,
     0,
     {E(1, LINES, BUFFER_QUEUED, COUNTS, 0, 100, 5), E(2, LINES, BUFFER_SENT, COUNTS, 0, 100, 0),
      E(3, COUNTS, BUFFER_RECEIVED, LINES, 0, 100), E(4, COUNTS, BUFFER_TAKEN, LINES, 0, 100, 5),
      E(5, COUNTS, CREDIT_SENT, LINES, 0, 1), E(6, LINES, BUFFER_QUEUED, COUNTS, 0, 50, 5),
      E(7, LINES, BUFFER_SENT, COUNTS, 0, 50, 0), E(8, COUNTS, BUFFER_RECEIVED, LINES, 0, 50),
      E(9, COUNTS, BUFFER_TAKEN, LINES, 0, 50, 5), ENDS(10, LINES, 0), ENDS(10, COUNTS, 0)}},
    {"sent without credit",
     SNAP_ORACLE_BUFFERS,
     true,
     0,
     {E(1, LINES, BUFFER_QUEUED, COUNTS, 0, 100, 5), E(2, LINES, BUFFER_SENT, COUNTS, 0, 100, 0),
      E(3, LINES, BUFFER_QUEUED, COUNTS, 0, 100, 5), E(4, LINES, BUFFER_SENT, COUNTS, 0, 100, 0)}},
    {"taken out of nothing",
     SNAP_ORACLE_BUFFERS,
     true,
     0,
     {E(1, LINES, BUFFER_QUEUED, COUNTS, 0, 100, 5), E(4, COUNTS, BUFFER_TAKEN, LINES, 0, 120, 6)}},
    {"received, and never sent",
     SNAP_ORACLE_BUFFERS,
     true,
     0,
     {E(3, COUNTS, BUFFER_RECEIVED, LINES, 0, 100)}},
    {"one is never used up",
     SNAP_ORACLE_BUFFERS,
     true,
     0,
     {E(1, LINES, BUFFER_QUEUED, COUNTS, 0, 100, 5), ENDS(10, LINES, 0), ENDS(10, COUNTS, 0)}},
    {"one is lost with its attempt",
     SNAP_ORACLE_BUFFERS,
     false,
     0,
     {E(1, LINES, BUFFER_QUEUED, COUNTS, 0, 100, 5), FAILS(2, COUNTS, 0), BEGINS(3, LINES, 1),
      BEGINS(3, COUNTS, 1), E(4, LINES, BUFFER_QUEUED, COUNTS, 0, 60, 5),
      E(5, COUNTS, BUFFER_TAKEN, LINES, 0, 60, 5), ENDS(10, LINES, 1), ENDS(10, COUNTS, 1)}},

    {"times add up",
     SNAP_ORACLE_TIMES,
     false,
     0,
     {E(100, LINES, TASK_TOTALS, 9, 9, 100 * SNAP_MS),
      E(100, OUT, TASK_TOTALS, 0, 0, 0, 100 * SNAP_MS),
      E(100, COUNTS, TASK_TOTALS, 9, 9, 20 * SNAP_MS, 30 * SNAP_MS, 10 * SNAP_MS, 10 * SNAP_MS,
        10 * SNAP_MS, 20 * SNAP_MS)}},
    {"a millisecond is missing",
     SNAP_ORACLE_TIMES,
     true,
     0,
     {E(100, LINES, TASK_TOTALS, 9, 9, 100 * SNAP_MS),
      E(100, OUT, TASK_TOTALS, 0, 0, 0, 99 * SNAP_MS),
      E(100, COUNTS, TASK_TOTALS, 9, 9, 100 * SNAP_MS)}},
    {"a time is negative",
     SNAP_ORACLE_TIMES,
     true,
     0,
     {E(100, LINES, TASK_TOTALS, 9, 9, 100 * SNAP_MS),
      E(100, COUNTS, TASK_TOTALS, 9, 9, 100 * SNAP_MS),
      E(100, OUT, TASK_TOTALS, 0, 0, -SNAP_MS, 101 * SNAP_MS)}},
    {"a subtask has no totals",
     SNAP_ORACLE_TIMES,
     true,
     0,
     {E(100, LINES, TASK_TOTALS, 9, 9, 100 * SNAP_MS),
      E(100, COUNTS, TASK_TOTALS, 9, 9, 100 * SNAP_MS)}},

    {"a life, a failure, a life",
     SNAP_ORACLE_STATUSES,
     false,
     0,
     {BEGINS(1, COUNTS, 0), RUNS(2, COUNTS, 0), CUT_AT(3, COUNTS, 1), FAILS(4, COUNTS, 0),
      BEGINS(5, COUNTS, 1), RUNS(6, COUNTS, 1), ENDS(7, COUNTS, 1)}},
    {"it runs without having begun", SNAP_ORACLE_STATUSES, true, 0, {RUNS(2, COUNTS, 0)}},
    {"it finishes after a failure",
     SNAP_ORACLE_STATUSES,
     true,
     0,
     {BEGINS(1, COUNTS, 0), RUNS(2, COUNTS, 0), FAILS(4, COUNTS, 0), ENDS(5, COUNTS, 0)}},
    {"a dead one acknowledges",
     SNAP_ORACLE_STATUSES,
     true,
     0,
     {BEGINS(1, COUNTS, 0), RUNS(2, COUNTS, 0), FAILS(4, COUNTS, 0), E(5, COUNTS, ACK_SENT, 1)}},
    {"one that is being set up takes a snapshot",
     SNAP_ORACLE_STATUSES,
     true,
     0,
     {BEGINS(1, COUNTS, 0), CUT_AT(3, COUNTS, 1)}},

    {"it goes on after a fault",
     SNAP_ORACLE_PROGRESS,
     false,
     SNAP_JOB_RUNNING,
     {E(1, JM, FAILOVER, COUNTS, SNAP_CAUSE_CRASH), RUNS(2, COUNTS, 1),
      RECORD(99000, COUNTS, 0, 1)}},
    {"it stands still after a fault",
     SNAP_ORACLE_PROGRESS,
     true,
     SNAP_JOB_RUNNING,
     {E(1, JM, FAILOVER, COUNTS, SNAP_CAUSE_CRASH), RUNS(2, COUNTS, 1), RECORD(3, COUNTS, 0, 1)}},
    {"it has ended",
     SNAP_ORACLE_PROGRESS,
     false,
     SNAP_JOB_FINISHED,
     {E(1, JM, FAILOVER, COUNTS, SNAP_CAUSE_CRASH), RUNS(2, COUNTS, 1)}},
};

static void make_job(struct lab *lab)
{
    static const uint32_t manager[] = {0, 1, 2};

    snap_arena_init(&lab->arena);
    lab_operator(lab, "lines", &lab_source, 1);
    lab_operator(lab, "counts", &lab_sum, 1);
    lab_operator(lab, "out", &lab_sink, 1);
    for (uint32_t i = 0; i < 3; i++)
        lab->vertices[i].name = lab->operators[i].uid;
    lab_edge(lab, LINES, COUNTS, SNAP_SHIP_HASH);
    lab_edge(lab, COUNTS, OUT, SNAP_SHIP_HASH);
    lab->vertices[COUNTS].in_edges = lab->in[COUNTS];
    lab->vertices[COUNTS].in_edge_count = 1;
    lab->vertices[LINES].out_edges = lab->out[LINES];
    lab->vertices[LINES].out_edge_count = 1;
    lab->vertices[COUNTS].out_edges = lab->out[COUNTS];
    lab->vertices[COUNTS].out_edge_count = 1;
    lab->vertices[OUT].in_edges = lab->in[OUT];
    lab->vertices[OUT].in_edge_count = 1;
    lab->job.task_manager = manager;
    lab->simulation.config.checkpoint.interval_ns = 10 * SNAP_MS;
    lab->simulation.config.checkpoint.concurrent_max = 1;
    lab->simulation.config.network.exclusive_per_channel = 1;
    lab_start(lab, SNAP_LEDGER_FULL);
}

static void play_record(struct snap_observer *to, const struct play *step)
{
    struct snap_record record = {
        .origin = snap_origin_make((uint32_t)step->args[0], (uint64_t)step->args[1])};

    to->span(to->context, &(struct snap_span){
                              .kind = step->actor == LINES ? SNAP_SPAN_EMITTED : SNAP_SPAN_AFFECTED,
                              .operator_index = step->actor,
                              .at_ns = step->at_ms * SNAP_MS,
                              .records = snap_record_view_of(&record),
                              .count = 1,
                          });
}

static void play_passage(struct snap_observer *to, const struct play *step)
{
    struct snap_record record = {.origin = snap_origin_make(0, (uint64_t)step->args[1])};

    if (step->args[1] == TIME_ENDS)
        record = snap_mark_make(SNAP_MARK_WATERMARK, SNAP_WATERMARK_MAX);
    if (!to->passage)
        return;
    to->passage(to->context, &(struct snap_passage){
                                 .kind = (enum snap_passage_kind)step->args[0],
                                 .task = step->actor,
                                 .peer = step->actor == LINES ? COUNTS : LINES,
                                 .output = step->actor == LINES,
                                 .checkpoint = step->args[2],
                                 .records = &record,
                                 .count = 1,
                             });
}

static void play(struct snap_observer *to, const struct play *step)
{
    struct snap_event event = {.at_ns = step->at_ms * SNAP_MS, .actor = step->actor};

    if (step->type == SPAN) {
        play_record(to, step);
        return;
    }
    if (step->type == PASSAGE) {
        play_passage(to, step);
        return;
    }
    event.type = (enum snap_event_type)step->type;
    memcpy(event.args, step->args, sizeof(event.args));
    if (snap_event_info_get(event.type)->level == SNAP_TRACE_CHECKPOINTS)
        to->local(to->context, &event);
    to->merged(to->context, &event);
}

static snap_ns length_of(const struct sample *sample)
{
    return sample->oracle == SNAP_ORACLE_PROGRESS ? 100 * SNAP_SECOND : RUN_MS * SNAP_MS;
}

static void start_again(struct snap_oracles *oracles, const struct lab *lab, const struct play *at)
{
    const struct snap_execution_start start = {.number = 1,
                                               .job = lab->simulation.job,
                                               .at_ns = at->at_ms * (SNAP_SECOND / 1000),
                                               .savepoint = at->args[0]};

    snap_oracles_resume(oracles, &start, lab->rules);
}

static void give(struct snap_oracles *oracles, const struct play *at)
{
    const struct snap_baseline baseline = {
        .checkpoint = at->args[0], .has_digest = true, .digest = (uint64_t)at->args[1]};

    snap_oracles_begin_at(oracles, &baseline);
}

static struct snap_oracle_result result_of(const struct sample *sample)
{
    struct snap_oracle_result results[SNAP_ORACLE_COUNT];
    struct snap_oracle_end end = {sample->status ? sample->status : SNAP_JOB_FINISHED,
                                  length_of(sample), false};
    struct snap_oracles *oracles;
    struct snap_observer observer;
    struct lab lab = {0};

    make_job(&lab);
    lab.simulation.config.checkpoint.unaligned.enabled = sample->oracle == SNAP_ORACLE_CHANNELS;
    lab.simulation.config.checkpoint.unaligned.output_at_consumer =
        sample->steps[0].type == HANDED_ON;
    oracles = snap_oracles_create(&lab.simulation, lab.rules);
    observer = snap_oracles_observer(oracles);
    for (unsigned i = 0; i < STEPS_MAX && sample->steps[i].at_ms > 0; i++)
        if (sample->steps[i].type == RESUME)
            start_again(oracles, &lab, &sample->steps[i]);
        else if (sample->steps[i].type == GIVEN)
            give(oracles, &sample->steps[i]);
        else if (sample->steps[i].type != HANDED_ON)
            play(&observer, &sample->steps[i]);
    snap_oracles_end(oracles, &end, results);
    if (results[sample->oracle].objections > 0)
        printf("%s: %s\n", sample->name, results[sample->oracle].first);
    snap_oracles_destroy(oracles);
    lab_stop(&lab);
    return results[sample->oracle];
}

static void check(const struct sample *sample)
{
    struct snap_oracle_result result = result_of(sample);

    if (!result.judged)
        fail_msg("%s: %s did not judge", sample->name, snap_oracle_name(sample->oracle));
    if ((result.objections > 0) != sample->objects)
        fail_msg("%s: %s has %" PRIu64 " objections", sample->name,
                 snap_oracle_name(sample->oracle), result.objections);
}

static void oracles_object_to_what_is_wrong_and_to_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
        check(&samples[i]);
}

/* A run that is stopped while a fault lasts, or right after it, proves nothing. */
static void what_is_stopped_too_soon_is_not_judged(void **state)
{
    static const struct sample too_soon[] = {
        {"the restart is still to come",
         SNAP_ORACLE_PROGRESS,
         false,
         SNAP_JOB_RESTARTING,
         {E(1, JM, FAILOVER, COUNTS, SNAP_CAUSE_CRASH, 3, 95 * SNAP_SECOND)}},
        {"nothing but triggers since",
         SNAP_ORACLE_PROGRESS,
         false,
         SNAP_JOB_RUNNING,
         {RECORD(1, COUNTS, 0, 1), E(2, JM, FAILOVER, COUNTS, SNAP_CAUSE_CRASH),
          E(99000, JM, CHECKPOINT_TRIGGERED, 5)}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(too_soon) / sizeof(too_soon[0]); i++) {
        struct snap_oracle_result result = result_of(&too_soon[i]);

        assert_string_equal(result.why_not, "the run was stopped too soon after the last fault");
        if (result.judged || result.objections > 0)
            fail_msg("%s: judged %d, %" PRIu64 " objections", too_soon[i].name, result.judged,
                     result.objections);
    }
}

/* Records went over an exchange, and nobody told of buffers. */
static void what_nobody_watched_is_not_called_absent(void **state)
{
    static const struct sample unwatched = {"no events of buffers",
                                            SNAP_ORACLE_BUFFERS,
                                            false,
                                            SNAP_JOB_RUNNING,
                                            {RECORD(1, COUNTS, 0, 1)}};

    (void)state;
    assert_false(result_of(&unwatched).judged);
    assert_string_equal(result_of(&unwatched).why_not,
                        "no buffer was seen: on threads it takes --trace buffers");
}

static void every_oracle_has_both_kinds_of_samples(void **state)
{
    bool seen[SNAP_ORACLE_COUNT][2] = {{false}};

    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
        seen[samples[i].oracle][samples[i].objects] = true;
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (!seen[i][0] || !seen[i][1])
            fail_msg("oracle %s lacks samples", snap_oracle_name((enum snap_oracle_id)i));
}

/* A JobManager that forgot its counter gives ids anew. */
static void notes_are_found_in_whatever_order_they_came(void **state)
{
    static const snap_checkpoint_id ids[] = {5, 7, 2, 9, 1, 7, 8, 2};
    struct snap_checkpoint_notes notes = {0};
    struct snap_arena arena;

    (void)state;
    snap_arena_init(&arena);
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        uint8_t *note = snap_checkpoint_note(&notes, &arena, ids[i]);

        *note = (uint8_t)(*note + 10 + ids[i]);
    }
    for (snap_checkpoint_id id = 1; id <= 10; id++) {
        int times = 0;

        for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
            times += ids[i] == id;
        assert_int_equal(snap_checkpoint_note_of(&notes, id), times * (10 + id));
    }
    assert_int_equal(notes.count, 6);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oracles_object_to_what_is_wrong_and_to_nothing_else),
        cmocka_unit_test(what_is_stopped_too_soon_is_not_judged),
        cmocka_unit_test(what_nobody_watched_is_not_called_absent),
        cmocka_unit_test(notes_are_found_in_whatever_order_they_came),
        cmocka_unit_test(every_oracle_has_both_kinds_of_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
