// SPDX-License-Identifier: Apache-2.0
/*
 * The sentences of `when:`: every event of a trace, and every step of fault_point.h, before and
 * after it. Left out are the totals, which come when the run has ended, and the digests of states,
 * which are there only while an oracle reads them.
 */
#include "scenario/event_words.h"

#define BY_SUBTASK(words, type)                                                                    \
    {                                                                                              \
        words, SNAP_EVENT_##type, SNAP_TOLD_BY_SUBTASK, 0, 0                                       \
    }
#define BY_MASTER(words, type)                                                                     \
    {                                                                                              \
        words, SNAP_EVENT_##type, SNAP_TOLD_BY_JOB_MANAGER, 0, 0                                   \
    }

#define PLACE_true ""
#define PLACE_false " at S"
#define TELLER_true SNAP_TOLD_BY_JOB_MANAGER
#define TELLER_false SNAP_TOLD_BY_SUBTASK
#define STEP_ROWS(id, name, doc, at_job_manager)                                                   \
    {"before " name " of checkpoint N" PLACE_##at_job_manager, SNAP_EVENT_COUNT,                   \
     TELLER_##at_job_manager, SNAP_STEP_##id, SNAP_BEFORE},                                        \
        {"after " name " of checkpoint N" PLACE_##at_job_manager, SNAP_EVENT_COUNT,                \
         TELLER_##at_job_manager, SNAP_STEP_##id, SNAP_AFTER},

static const struct snap_event_sentence sentences[] = {
    BY_MASTER("checkpoint N triggered", CHECKPOINT_TRIGGERED),
    BY_MASTER("checkpoint N completed", CHECKPOINT_COMPLETED),
    BY_MASTER("checkpoint N aborted", CHECKPOINT_ABORTED),
    BY_MASTER("checkpoint N has files", CHANNEL_FILES),
    BY_MASTER("checkpoint N subsumed", CHECKPOINT_SUBSUMED),
    BY_MASTER("checkpoint refused", CHECKPOINT_REFUSED),
    BY_SUBTASK("subtask S was triggered for checkpoint N", TASK_TRIGGERED),
    BY_SUBTASK("subtask S received barrier N", BARRIER_RECEIVED),
    BY_SUBTASK("subtask S blocked for checkpoint N", CHANNEL_BLOCKED),
    BY_SUBTASK("subtask S unblocked for checkpoint N", CHANNEL_UNBLOCKED),
    BY_SUBTASK("subtask S started snapshot N", SNAPSHOT_STARTED),
    BY_SUBTASK("subtask S turned checkpoint N unaligned", ALIGNMENT_TIMED_OUT),
    BY_SUBTASK("subtask S measured the alignment of checkpoint N", ALIGNMENT_MEASURED),
    BY_SUBTASK("subtask S saved its channels for checkpoint N", CHANNELS_SAVED),
    BY_SUBTASK("subtask S restored its channels from checkpoint N", CHANNELS_RESTORED),
    BY_SUBTASK("subtask S sent barrier N", BARRIER_SENT),
    BY_SUBTASK("subtask S took snapshot N", SNAPSHOT_SYNC),
    BY_SUBTASK("subtask S stored snapshot N", SNAPSHOT_ASYNC),
    BY_SUBTASK("subtask S acknowledged checkpoint N", ACK_SENT),
    BY_SUBTASK("subtask S declined checkpoint N", DECLINE_SENT),
    BY_MASTER("jobmanager heard that S acknowledged checkpoint N", ACK_RECEIVED),
    BY_MASTER("jobmanager heard too late that S acknowledged checkpoint N", ACK_LATE),
    BY_MASTER("jobmanager heard that S declined checkpoint N", DECLINE_RECEIVED),
    BY_SUBTASK("subtask S received cancellation of checkpoint N", CANCEL_RECEIVED),
    BY_SUBTASK("subtask S sent cancellation of checkpoint N", CANCEL_SENT),
    BY_SUBTASK("subtask S heard that checkpoint N completed", NOTIFIED_COMPLETE),
    BY_SUBTASK("subtask S heard that checkpoint N aborted", NOTIFIED_ABORTED),
    BY_SUBTASK("sink S prepared checkpoint N", SINK_PREPARED),
    BY_SUBTASK("sink S committed checkpoint N", SINK_COMMITTED),
    BY_SUBTASK("subtask S restored checkpoint N", RESTORED),
    BY_SUBTASK("subtask S finished", END_OF_DATA),
    BY_SUBTASK("subtask S saw a channel end", END_RECEIVED),
    BY_SUBTASK("subtask S became STATUS", TASK_STATUS),
    BY_SUBTASK("subtask S materialized its state", MATERIALIZED),
    BY_SUBTASK("subtask S began a pause", PAUSE_BEGUN),
    BY_MASTER("jobmanager deployed S", TASK_DEPLOYED),
    BY_MASTER("job became STATUS", JOB_STATUS),
    BY_MASTER("job failed over", FAILOVER),
    BY_MASTER("jobmanager lost", JOB_MANAGER_LOST),
    BY_MASTER("jobmanager took over", JOB_MANAGER_TOOK_OVER),
    BY_MASTER("storage failed or slowed down", STORAGE_FAULT),
    BY_MASTER("storage stalled", STORAGE_STALLED),
    BY_MASTER("storage filled up", STORAGE_FULL),
    BY_MASTER("storage refused a write of S", WRITE_REFUSED),
    BY_SUBTASK("subtask S had too much state for checkpoint N", STATE_TOO_LARGE),
    BY_MASTER("snapshot N of S corrupted", SNAPSHOT_CORRUPTED),
    BY_MASTER("ack of checkpoint N by S lost", ACK_LOST),
    BY_MASTER("ack of checkpoint N by S delayed", ACK_DELAYED),
    BY_MASTER("ack of checkpoint N by S duplicated", ACK_DUPLICATED),
    BY_MASTER("notification of checkpoint N to S lost", NOTIFICATION_LOST),
    BY_MASTER("notification of checkpoint N to S delayed", NOTIFICATION_DELAYED),
    BY_MASTER("notification of checkpoint N to S duplicated", NOTIFICATION_DUPLICATED),
    BY_MASTER("abort notification of checkpoint N to S lost", ABORT_NOTIFICATION_LOST),
    BY_MASTER("abort notification of checkpoint N to S delayed", ABORT_NOTIFICATION_DELAYED),
    BY_MASTER("abort notification of checkpoint N to S duplicated", ABORT_NOTIFICATION_DUPLICATED),
    BY_SUBTASK("subtask S paused", TASK_PAUSED),
    BY_SUBTASK("subtask S changed its speed", TASK_SPEED),
    BY_SUBTASK("subtask S changed the speed of its link", LINK_SPEED),
    BY_SUBTASK("subtask S paused its link", LINK_PAUSED),
    {"action N fired", SNAP_EVENT_ACTION_FIRED, SNAP_TOLD_BY_ACTION, 0, 0},
    BY_MASTER("savepoint completed", SAVEPOINT_COMPLETED),
    BY_MASTER("savepoint failed", SAVEPOINT_FAILED),
    BY_MASTER("job resumed", JOB_RESUMED),
    BY_SUBTASK("subtask S broke a rule", SABOTAGED),
    BY_MASTER("jobmanager broke a rule", SABOTAGED),
    BY_SUBTASK("subtask S queued a buffer", BUFFER_QUEUED),
    BY_SUBTASK("subtask S sent a buffer", BUFFER_SENT),
    BY_SUBTASK("subtask S received a buffer", BUFFER_RECEIVED),
    BY_SUBTASK("subtask S used up a buffer", BUFFER_TAKEN),
    BY_SUBTASK("subtask S recovered a buffer", BUFFER_RECOVERED),
    BY_SUBTASK("subtask S captured a buffer", BUFFER_CAPTURED),
    BY_SUBTASK("subtask S sent credit", CREDIT_SENT),
    BY_SUBTASK("subtask S debloated a gate", GATE_DEBLOATED),
    BY_SUBTASK("subtask S told its gauges", TASK_METRICS),
    BY_SUBTASK("source S emitted a record", RECORD_EMITTED),
    BY_SUBTASK("subtask S changed its state", RECORD_AFFECTED),
    BY_SUBTASK("sink S took a record", RECORD_WRITTEN),
    BY_SUBTASK("subtask S captured a record", RECORD_CAPTURED),
    BY_SUBTASK("subtask S moved its watermark", WATERMARK),
    BY_SUBTASK("subtask S changed its watermark status", WATERMARK_STATUS),
    BY_SUBTASK("a window of S fired", WINDOW_FIRED),
    BY_SUBTASK("subtask S dropped a late record", RECORD_LATE),
    SNAP_FAULT_STEPS(STEP_ROWS){NULL, SNAP_EVENT_COUNT, SNAP_TOLD_BY_SUBTASK, 0, 0},
};

const struct snap_event_sentence *snap_event_sentences(void)
{
    return sentences;
}

/* Those that a trace tells of: what else Flink has, its JobManager keeps to itself here. */
const char *const *snap_event_statuses(enum snap_event_type type)
{
    static const char *const of_job[] = {"RUNNING",    "RESTARTING", "FAILING",  "FAILED",
                                         "CANCELLING", "CANCELED",   "FINISHED", NULL};
    static const char *const of_task[] = {"CREATED", "INITIALIZING", "RUNNING", "CANCELED",
                                          "FAILED",  "FINISHED",     NULL};

    return type == SNAP_EVENT_JOB_STATUS ? of_job : type == SNAP_EVENT_TASK_STATUS ? of_task : NULL;
}

const char *snap_event_sentence_doc(const struct snap_event_sentence *sentence)
{
    return sentence->type == SNAP_EVENT_COUNT ? snap_fault_step_get(sentence->step)->doc
                                              : snap_event_info_get(sentence->type)->doc;
}
