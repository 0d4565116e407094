// SPDX-License-Identifier: Apache-2.0
/*
 * test_story_events.c: whatever a timeline can wait for comes true in some run, and an action that
 * waits for it fires. A sentence without a row here, an action that fired in no run, and an event
 * that no run told, fail the test.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "scenario/action_read.h"
#include "scenario/event_words.h"
#include "story/run_story.h"

/* Two sources, so that the counts align; checkpoint 1 is empty of data, 2 begins at 102 ms. */
#define JOB                                                                                        \
    "until: 20 s\n"                                                                                \
    "model: {network: {latency: 1 ms, local-latency: 1 ms, bandwidth: unlimited},"                 \
    " storage: {latency: 5 ms, bandwidth: unlimited}, takeover: 50 ms}\n"                          \
    "config:\n"                                                                                    \
    "  execution.checkpointing: {interval: 100 ms, timeout: 150 ms,"                               \
    " tolerable-failed-checkpoints: 9}\n"                                                          \
    "  high-availability.type: zookeeper\n"                                                        \
    "  restart-strategy: {type: fixed-delay, fixed-delay: {delay: 20 ms, attempts: 9}}\n"          \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 60, keys: 10, rate: 100/s, parallelism: 2}\n"        \
    "  - {uid: counts, type: count, input: events, ship: hash}\n"                                  \
    "  - {uid: out, type: file-sink, input: counts, path: out, chain: false}\n"                    \
    "  - {uid: late, type: sequence, count: 60, keys: 2, timestamp-step: 10 ms,"                   \
    " rate: [{until: 200 ms, rate: 100/s}, {until: 900 ms, rate: 1/s}, {rate: 100/s}],"            \
    " disorder: 100 ms, watermarks: monotonous, idle-timeout: 50 ms}\n"                            \
    "  - {uid: sums, type: window, kind: tumbling, size: 40 ms, aggregate: sum, input: late,"      \
    " ship: hash}\n"                                                                               \
    "  - {uid: end, type: discard, input: sums}\n"

/* Records wait in front of the slow operator, and barriers behind them for 5 ms. */
#define PRESSED                                                                                    \
    "until: 20 s\n"                                                                                \
    "model: {record-size: 1 kb, network: {latency: 1 ms, local-latency: 1 ms},"                    \
    " storage: {latency: 5 ms}}\n"                                                                 \
    "config:\n"                                                                                    \
    "  execution.checkpointing: {interval: 100 ms, unaligned: {enabled: true},"                    \
    " aligned-checkpoint-timeout: 5 ms}\n"                                                         \
    "  restart-strategy: {type: fixed-delay, fixed-delay: {delay: 20 ms, attempts: 9}}\n"          \
    "  taskmanager.memory.segment-size: 4 kb\n"                                                    \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 200, keys: 10, parallelism: 2}\n"                    \
    "  - {uid: counts, type: count, input: events, ship: hash, cost: 2 ms}\n"                      \
    "  - {uid: out, type: collect, input: counts, chain: false}\n"

/* Its sizes are made anew every 20 ms. */
#define DEBLOATED                                                                                  \
    "until: 20 s\n"                                                                                \
    "config: {taskmanager.network.memory.buffer-debloat: {enabled: true, period: 20 ms}}\n"        \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 20, keys: 10, rate: 100/s, splits: 1}\n"             \
    "  - {uid: counts, type: count, input: events, ship: hash}\n"                                  \
    "  - {uid: out, type: collect, input: counts}\n"

/* State is materialized between 20 and 40 ms after its subtask's start, and so on. */
#define LOGGED                                                                                     \
    "until: 20 s\n"                                                                                \
    "config: {state.changelog: {enabled: true, periodic-materialize.interval: 20 ms}}\n"           \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 20, keys: 10, rate: 100/s, splits: 1}\n"             \
    "  - {uid: counts, type: count, input: events, ship: hash}\n"                                  \
    "  - {uid: out, type: collect, input: counts}\n"

/* Each subtask pauses at instants of its own. */
#define PAUSING                                                                                    \
    "until: 20 s\n"                                                                                \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 20, keys: 10, rate: 100/s, splits: 1}\n"             \
    "  - {uid: counts, type: count, input: events, ship: hash, pauses: {every: 50 ms, for: 9 "     \
    "ms}}\n"                                                                                       \
    "  - {uid: out, type: collect, input: counts}\n"

/* Ten keys of a megabyte each. */
#define KEPT                                                                                       \
    "until: 400 ms\n"                                                                              \
    "model: {record-size: 1 mb}\n"                                                                 \
    "config: {execution.checkpointing: {interval: 100 ms, storage: jobmanager,"                    \
    " tolerable-failed-checkpoints: 9}}\n"                                                         \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 20, keys: 10, rate: 1000/s, splits: 1}\n"            \
    "  - {uid: counts, type: count, input: events, ship: hash}\n"                                  \
    "  - {uid: out, type: collect, input: counts}\n"

struct row {
    const char *words;  /* as the table has them */
    const char *when;   /* with names and numbers */
    const char *others; /* further entries of the timeline, or NULL */
    const char *job;    /* NULL: the first of those above */
};

#define CRASH "{at: 150 ms, crash: \"counts[0]\"}"
#define CRASH_LATER "{at: 190 ms, crash: \"counts[0]\"}"
#define DECLINE "{decline: {checkpoint: 2, subtask: \"counts[0]\"}}"
#define DECLINE_SAVEPOINT "{decline: {checkpoint: 3, subtask: \"counts[0]\"}}"
#define TAMPER(verb, message, rest)                                                                \
    "{" verb ": {message: " message ", checkpoint: 2, subtask: \"out[0]\"" rest "}}"

static const struct row rows[] = {
    {"checkpoint N triggered", "checkpoint 2 triggered", NULL, NULL},
    {"checkpoint N completed", "checkpoint any completed", NULL, NULL},
    {"checkpoint N aborted", "checkpoint 2 aborted", DECLINE, NULL},
    {"checkpoint N subsumed", "checkpoint 1 subsumed", NULL, NULL},
    {"checkpoint refused", "checkpoint refused", "{at: 0.5 ms, checkpoint: full}", NULL},
    {"subtask S was triggered for checkpoint N", "source events[1] was triggered for checkpoint 2",
     NULL, NULL},
    {"subtask S received barrier N", "subtask counts[0] received barrier 2", NULL, NULL},
    {"subtask S blocked for checkpoint N", "subtask counts[0] blocked for checkpoint 2", NULL,
     NULL},
    {"subtask S unblocked for checkpoint N", "subtask counts[0] unblocked for checkpoint 2", NULL,
     NULL},
    {"subtask S started snapshot N", "subtask counts[0] started snapshot 2", NULL, NULL},
    {"subtask S sent barrier N", "source events[0] sent barrier 2", NULL, NULL},
    {"subtask S took snapshot N", "subtask counts[0] took snapshot 2", NULL, NULL},
    {"subtask S stored snapshot N", "subtask counts[0] stored snapshot 2", NULL, NULL},
    {"subtask S acknowledged checkpoint N", "sink out[0] acknowledged checkpoint 2", NULL, NULL},
    {"subtask S declined checkpoint N", "subtask counts[0] declined checkpoint 2", DECLINE, NULL},
    {"jobmanager heard that S acknowledged checkpoint N",
     "jobmanager heard that out[0] acknowledged checkpoint 2", NULL, NULL},
    {"jobmanager heard too late that S acknowledged checkpoint N",
     "jobmanager heard too late that out[0] acknowledged checkpoint 2",
     TAMPER("delay", "ack", ", by: 300 ms"), NULL},
    {"jobmanager heard that S declined checkpoint N",
     "jobmanager heard that counts[0] declined checkpoint 2", DECLINE, NULL},
    {"subtask S received cancellation of checkpoint N",
     "sink out[0] received cancellation of checkpoint 2", DECLINE, NULL},
    {"subtask S sent cancellation of checkpoint N",
     "subtask counts[0] sent cancellation of checkpoint 2", DECLINE, NULL},
    {"subtask S heard that checkpoint N completed", "sink out[0] heard that checkpoint 2 completed",
     NULL, NULL},
    {"subtask S heard that checkpoint N aborted", "sink out[0] heard that checkpoint 2 aborted",
     DECLINE, NULL},
    {"sink S prepared checkpoint N", "sink out[0] prepared checkpoint 2", NULL, NULL},
    {"sink S committed checkpoint N", "sink out[0] committed checkpoint 2", NULL, NULL},
    {"subtask S restored checkpoint N", "subtask counts[0] restored checkpoint 2", CRASH, NULL},
    {"subtask S finished", "subtask counts[0] finished", NULL, NULL},
    {"subtask S saw a channel end", "subtask counts[0] saw a channel end",
     "{at: 500 ms, speed: {from: \"counts[0]\", factor: 0.1, for: 1 s}}", NULL},
    {"subtask S became STATUS", "subtask events[1] became CANCELED", CRASH, NULL},
    {"jobmanager deployed S", "jobmanager deployed events[1]", NULL, NULL},
    {"job became STATUS", "job became RESTARTING", CRASH, NULL},
    {"job failed over", "job failed over", CRASH, NULL},
    {"jobmanager lost", "jobmanager lost", "{at: 150 ms, crash: jobmanager}", NULL},
    {"jobmanager took over", "jobmanager took over", "{at: 150 ms, crash: jobmanager}", NULL},
    {"storage failed or slowed down", "storage failed or slowed down",
     "{at: 150 ms, fail-storage: 1 ms}", NULL},
    {"subtask S began a pause", "subtask counts[0] began a pause", NULL, PAUSING},
    {"subtask S materialized its state", "subtask counts[0] materialized its state", NULL, LOGGED},
    {"storage stalled", "storage stalled", "{at: 150 ms, stall-storage: 1 ms}", NULL},
    {"storage filled up", "storage filled up", "{at: 150 ms, fill-storage: 1 ms}", NULL},
    {"storage refused a write of S", "storage refused a write of counts[0]",
     "{at: 100 ms, fill-storage: 30 ms}", NULL},
    {"subtask S had too much state for checkpoint N",
     "subtask counts[0] had too much state for checkpoint 2", NULL, KEPT},
    {"snapshot N of S corrupted", "snapshot 2 of counts[0] corrupted",
     "{at: 150 ms, corrupt: {checkpoint: latest, subtask: \"counts[0]\"}}", NULL},
    {"ack of checkpoint N by S lost", "ack of checkpoint 2 by out[0] lost",
     TAMPER("lose", "ack", ""), NULL},
    {"ack of checkpoint N by S delayed", "ack of checkpoint 2 by out[0] delayed",
     TAMPER("delay", "ack", ", by: 3 ms"), NULL},
    {"ack of checkpoint N by S duplicated", "ack of checkpoint 2 by out[0] duplicated",
     TAMPER("duplicate", "ack", ""), NULL},
    {"notification of checkpoint N to S lost", "notification of checkpoint 2 to out[0] lost",
     TAMPER("lose", "notification", ""), NULL},
    {"notification of checkpoint N to S delayed", "notification of checkpoint 2 to out[0] delayed",
     TAMPER("delay", "notification", ", by: 3 ms"), NULL},
    {"notification of checkpoint N to S duplicated",
     "notification of checkpoint 2 to out[0] duplicated", TAMPER("duplicate", "notification", ""),
     NULL},
    {"abort notification of checkpoint N to S lost",
     "abort notification of checkpoint 2 to out[0] lost",
     DECLINE ", " TAMPER("lose", "abort-notification", ""), NULL},
    {"abort notification of checkpoint N to S delayed",
     "abort notification of checkpoint 2 to out[0] delayed",
     DECLINE ", " TAMPER("delay", "abort-notification", ", by: 3 ms"), NULL},
    {"abort notification of checkpoint N to S duplicated",
     "abort notification of checkpoint 2 to out[0] duplicated",
     DECLINE ", " TAMPER("duplicate", "abort-notification", ""), NULL},
    {"subtask S paused", "subtask counts[0] paused",
     "{at: 150 ms, pause: {subtask: \"counts[0]\", for: 5 ms}}", NULL},
    {"subtask S changed its speed", "subtask counts[0] changed its speed",
     "{at: 150 ms, speed: {subtask: \"counts[0]\", factor: 0.5, for: 5 ms}}", NULL},
    {"subtask S paused its link", "subtask counts[0] paused its link",
     "{at: 150 ms, pause: {from: \"counts[0]\", to: \"out[0]\", for: 5 ms}}", NULL},
    {"subtask S changed the speed of its link", "subtask counts[0] changed the speed of its link",
     "{at: 150 ms, speed: {from: \"counts[0]\", factor: 0.5, for: 5 ms}}", NULL},
    {"action N fired", "action 1 fired", CRASH, NULL},
    {"savepoint completed", "savepoint completed", "{at: 150 ms, savepoint: a}", NULL},
    {"savepoint failed", "savepoint failed", "{at: 150 ms, savepoint: a}, " DECLINE_SAVEPOINT,
     NULL},
    {"job resumed", "job resumed",
     "{at: 150 ms, stop-with-savepoint: a}, {at: 250 ms, restart-from: a}", NULL},
    {"subtask S broke a rule", "subtask counts[0] broke a rule", CRASH,
     JOB "sabotage: [forget-state]\n"},
    {"jobmanager broke a rule", "jobmanager broke a rule", CRASH,
     JOB "sabotage: [restore-older]\n"},
    {"subtask S queued a buffer", "source events[0] queued a buffer", NULL, NULL},
    {"subtask S sent a buffer", "source events[0] sent a buffer", NULL, NULL},
    {"subtask S received a buffer", "subtask counts[0] received a buffer", NULL, NULL},
    {"subtask S used up a buffer", "subtask counts[0] used up a buffer", NULL, NULL},
    {"subtask S sent credit", "subtask counts[0] sent credit", NULL, NULL},
    {"source S emitted a record", "source events[0] emitted a record", NULL, NULL},
    {"subtask S changed its state", "subtask counts[0] changed its state", NULL, NULL},
    {"sink S took a record", "sink out[0] took a record", NULL, NULL},
    {"subtask S turned checkpoint N unaligned", "source events[0] turned checkpoint 2 unaligned",
     NULL, PRESSED},
    {"subtask S measured the alignment of checkpoint N",
     "subtask counts[0] measured the alignment of checkpoint 2", NULL, PRESSED},
    {"subtask S saved its channels for checkpoint N",
     "subtask counts[0] saved its channels for checkpoint 2", NULL, PRESSED},
    {"checkpoint N has files", "checkpoint 2 has files", NULL, PRESSED},
    {"subtask S captured a record", "subtask counts[0] captured a record", NULL, PRESSED},
    {"subtask S captured a buffer", "subtask counts[0] captured a buffer", NULL, PRESSED},
    {"subtask S restored its channels from checkpoint N",
     "subtask counts[0] restored its channels from checkpoint 2", CRASH_LATER, PRESSED},
    {"subtask S debloated a gate", "subtask counts[0] debloated a gate", NULL, DEBLOATED},
    {"subtask S told its gauges", "subtask late[0] told its gauges", NULL, NULL},
    {"subtask S recovered a buffer", "subtask counts[0] recovered a buffer", CRASH_LATER, PRESSED},
    {"before barrier of checkpoint N at S", "before barrier of checkpoint 2 at counts[0]", NULL,
     NULL},
    {"after barrier of checkpoint N at S", "after barrier of checkpoint 2 at counts[0]", NULL,
     NULL},
    {"before snapshot of checkpoint N at S", "before snapshot of checkpoint 2 at counts[0]", NULL,
     NULL},
    {"after snapshot of checkpoint N at S", "after snapshot of checkpoint 2 at counts[0]", NULL,
     NULL},
    {"before pre-commit of checkpoint N at S", "before pre-commit of checkpoint 2 at out[0]", NULL,
     NULL},
    {"after pre-commit of checkpoint N at S", "after pre-commit of checkpoint 2 at out[0]", NULL,
     NULL},
    {"before store of checkpoint N at S", "before store of checkpoint 2 at counts[0]", NULL, NULL},
    {"after store of checkpoint N at S", "after store of checkpoint 2 at counts[0]", NULL, NULL},
    {"subtask S moved its watermark", "subtask sums[0] moved its watermark", NULL, NULL},
    {"subtask S changed its watermark status", "subtask sums[0] changed its watermark status", NULL,
     NULL},
    {"a window of S fired", "a window of sums[0] fired", NULL, NULL},
    {"subtask S dropped a late record", "subtask sums[0] dropped a late record", NULL, NULL},
    {"before ack of checkpoint N at S", "before ack of checkpoint 2 at counts[0]", NULL, NULL},
    {"after ack of checkpoint N at S", "after ack of checkpoint 2 at counts[0]", NULL, NULL},
    {"before completion of checkpoint N", "before completion of checkpoint 2", NULL, NULL},
    {"after completion of checkpoint N", "after completion of checkpoint 2", NULL, NULL},
    {"before notification of checkpoint N", "before notification of checkpoint 2", NULL, NULL},
    {"after notification of checkpoint N", "after notification of checkpoint 2", NULL, NULL},
    {"before commit of checkpoint N at S", "before commit of checkpoint any at out[0]", NULL, NULL},
    {"after commit of checkpoint N at S", "after commit of checkpoint 2 at out[0]", NULL, NULL},
    {"before restore of checkpoint N at S", "before restore of checkpoint 2 at counts[0]", CRASH,
     NULL},
    {"after restore of checkpoint N at S", "after restore of checkpoint 2 at counts[0]", CRASH,
     NULL},
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

/* What happened in the runs so far. */
static bool kinds_fired[SNAP_ACTION_RESTART_FROM + 1]; /* the last kind */
static bool told[SNAP_EVENT_COUNT];
enum { STATUSES_MAX = 8 };
static bool told_statuses[2][STATUSES_MAX]; /* of subtasks, of jobs */

static void note_fired(const struct run_story *story)
{
    for (uint32_t i = 0; i < story->event_count; i++) {
        const struct snap_event *event = &story->events[i];

        told[event->type] = true;
        if (event->type == SNAP_EVENT_TASK_STATUS)
            told_statuses[0][event->args[1]] = true;
        if (event->type == SNAP_EVENT_JOB_STATUS)
            told_statuses[1][event->args[0]] = true;
        if (event->type == SNAP_EVENT_ACTION_FIRED)
            kinds_fired[story->built.sim.timeline.actions[event->args[0]].kind] = true;
    }
}

/* How often the first action of the timeline fired. */
static unsigned times_fired(const struct run_story *story)
{
    unsigned fired = 0;

    for (uint32_t i = 0; i < story->event_count; i++)
        fired += story->events[i].type == SNAP_EVENT_ACTION_FIRED && story->events[i].args[0] == 0;
    return fired;
}

static struct run_story *run_row(const struct row *row, const char *action)
{
    struct snap_text text = {0};
    struct run_story *story;

    snap_text_printf(&text, "runtimes: [virtual]\n%stimeline: [{when: \"%s\", %s}%s%s]\n",
                     row->job ? row->job : JOB, row->when, action, row->others ? ", " : "",
                     row->others ? row->others : "");
    story = run_story(snap_text_get(&text));
    note_fired(story);
    snap_text_fini(&text);
    return story;
}

static void every_sentence_comes_true_and_its_action_fires_once(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        struct run_story *story = run_row(&rows[i], "slow-storage: {for: 1 ms, factor: 1}");
        unsigned fired = times_fired(story);

        end_story(story);
        if (fired != 1)
            fail_msg("%s: fired %u times", rows[i].when, fired);
    }
}

#define SAVEPOINT "{at: 50 ms, savepoint: a}"
#define FAILURE SAVEPOINT ", {at: 100 ms, crash: \"events[0]\"}"
#define FAILURE_OF_OTHER "{at: 100 ms, crash: \"counts[0]\"}"
#define CANCELLATION "{at: 50 ms, cancel-with-savepoint: a}"
#define OF_TASK SNAP_EVENT_TASK_STATUS
#define OF_JOB SNAP_EVENT_JOB_STATUS

#define RESTARTING PAUSING "config: {restart-strategy: fixed-delay}\n"

#define ENDING PAUSING "config: {execution.checkpointing.interval: 1 s, restart-strategy: none}\n"

/* Behind the end of a job only a restart takes effect. */
static const struct {
    enum snap_event_type type;
    const char *status;
    const char *job;
    const char *others;
    const char *action; /* NULL: any */
} statuses[] = {
    {OF_TASK, "CREATED", PAUSING, NULL, NULL},
    {OF_TASK, "INITIALIZING", PAUSING, NULL, NULL},
    {OF_TASK, "RUNNING", PAUSING, NULL, NULL},
    {OF_TASK, "CANCELED", RESTARTING, FAILURE_OF_OTHER, NULL},
    {OF_TASK, "FAILED", RESTARTING, FAILURE, NULL},
    {OF_TASK, "FINISHED", JOB, NULL, NULL},
    {OF_JOB, "RUNNING", PAUSING, NULL, NULL},
    {OF_JOB, "RESTARTING", RESTARTING, FAILURE, NULL},
    {OF_JOB, "FAILING", ENDING, FAILURE, NULL},
    {OF_JOB, "FAILED", ENDING, FAILURE, "restart-from: a"},
    {OF_JOB, "CANCELLING", ENDING, CANCELLATION, NULL},
    {OF_JOB, "CANCELED", ENDING, CANCELLATION, "restart-from: a"},
    {OF_JOB, "FINISHED", ENDING, SAVEPOINT, "restart-from: a"},
};

enum { STATUS_COUNT = sizeof(statuses) / sizeof(statuses[0]) };

static void every_status_comes_true(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < STATUS_COUNT; i++) {
        struct snap_text when = {0};
        struct row row = {.others = statuses[i].others, .job = statuses[i].job};
        struct run_story *story;

        snap_text_printf(&when, "%s became %s",
                         statuses[i].type == OF_JOB ? "job" : "subtask events[0]",
                         statuses[i].status);
        row.when = snap_text_get(&when);
        story = run_row(&row, statuses[i].action ? statuses[i].action
                                                 : "slow-storage: {for: 1 ms, factor: 1}");
        if (times_fired(story) != 1)
            fail_msg("%s: fired %u times", row.when, times_fired(story));
        end_story(story);
        snap_text_fini(&when);
    }
}

/* A status that some run told and that no sentence may name would be missing from the list. */
static void every_status_that_is_told_may_be_waited_for(void **state)
{
    const enum snap_event_type types[] = {OF_TASK, OF_JOB};

    (void)state;
    for (size_t t = 0; t < 2; t++)
        for (unsigned s = 0; s < STATUSES_MAX; s++) {
            const char *name = !told_statuses[t][s] ? NULL
                               : types[t] == OF_JOB
                                   ? snap_job_status_name((enum snap_job_status)s)
                                   : snap_task_status_name((enum snap_task_status)s);
            const char *const *names = snap_event_statuses(types[t]);

            while (name && *names && strcmp(*names, name) != 0)
                names++;
            if (name && !*names)
                fail_msg("no sentence for the status %s", name);
        }
}

static void every_status_has_its_row(void **state)
{
    const enum snap_event_type types[] = {OF_TASK, OF_JOB};
    uint32_t row = 0;

    (void)state;
    for (size_t t = 0; t < 2; t++)
        for (const char *const *name = snap_event_statuses(types[t]); *name; name++, row++) {
            bool found = false;

            for (uint32_t i = 0; i < STATUS_COUNT; i++)
                found = found ||
                        (statuses[i].type == types[t] && strcmp(statuses[i].status, *name) == 0);
            if (!found)
                fail_msg("no row for the status %s", *name);
        }
    assert_int_equal(row, STATUS_COUNT);
}

static void every_sentence_has_its_row(void **state)
{
    uint32_t count = 0;

    (void)state;
    for (const struct snap_event_sentence *at = snap_event_sentences(); at->words; at++, count++) {
        bool found = false;

        for (uint32_t i = 0; i < ROW_COUNT; i++)
            found = found || strcmp(rows[i].words, at->words) == 0;
        if (!found)
            fail_msg("no row for \"%s\"", at->words);
    }
    assert_int_equal(count, ROW_COUNT);
}

/* A crash at any step of whoever takes it: nothing is lost, nothing comes twice. */
static void a_crash_at_any_step_leaves_the_result_as_it_is(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        const char *at = strstr(rows[i].when, " at ");
        char action[64] = "crash: jobmanager";
        struct run_story *story;

        if (strncmp(rows[i].words, "before ", 7) != 0 && strncmp(rows[i].words, "after ", 6) != 0)
            continue;
        if (at)
            snprintf(action, sizeof(action), "crash: \"%s\"", at + 4);
        story = run_row(&rows[i], action);
        if (times_fired(story) != 1)
            fail_msg("%s: the crash fired %u times", rows[i].when, times_fired(story));
        printf("%s\n", rows[i].when);
        expect_verdict(story, "FINISHED");
        end_story(story);
    }
}

/* Those that no row above needs. */
static const char *const further[] = {
    "{at: 150 ms, crash: \"tm[0]\"}",
    "{at: 150 ms, slow-storage: {for: 1 ms, factor: 2}}",
    "{at: 150 ms, cancel-with-savepoint: a}",
};

/* After all rows: whatever a timeline can do was done by some run. */
static void every_action_fires_somewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(further) / sizeof(further[0]); i++) {
        struct snap_text text = {0};
        struct run_story *story;

        snap_text_printf(&text, "runtimes: [virtual]\n" JOB "timeline: [%s]\n", further[i]);
        story = run_story(snap_text_get(&text));
        note_fired(story);
        end_story(story);
        snap_text_fini(&text);
    }
    for (const struct snap_action_help *help = snap_action_helps(); help->name; help++)
        if (!kinds_fired[help->kind])
            fail_msg("no run in which \"%s\" takes effect", help->form);
}

/* After all rows: each event that a sentence stands for was told. */
static void every_event_is_told_somewhere(void **state)
{
    (void)state;
    for (const struct snap_event_sentence *at = snap_event_sentences(); at->words; at++)
        if (at->type != SNAP_EVENT_COUNT && !told[at->type])
            fail_msg("no run tells %s", snap_event_info_get(at->type)->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_comes_true_and_its_action_fires_once),
        cmocka_unit_test(every_sentence_has_its_row),
        cmocka_unit_test(every_status_comes_true),
        cmocka_unit_test(every_status_has_its_row),
        cmocka_unit_test(every_status_that_is_told_may_be_waited_for),
        cmocka_unit_test(a_crash_at_any_step_leaves_the_result_as_it_is),
        cmocka_unit_test(every_action_fires_somewhere),
        cmocka_unit_test(every_event_is_told_somewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
