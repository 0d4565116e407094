// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "trace/effects.h"
#include "unit/scripted_run.h"

/* What a row does, one letter a step: the subtask of counts or out changes, or takes, a record (c,
 * o), of another key (k), that another record's story tells (x); the job is stopped and another one
 * begins (m), from the latest complete checkpoint (j); both begin the snapshot of the next
 * checkpoint (s), it completes (C) or fails (F), out commits (v), both are restored from the latest
 * complete one (r). */
struct row {
    const char *name;
    const char *steps;
    enum snap_sink_view view;
    const char *undone; /* a letter a mark: u undone, - not */
    const char *visible;
};

static void at(struct snap_effects *effects, enum snap_event_type type, uint32_t actor,
               const int64_t *args)
{
    struct snap_event event = {.type = type, .actor = actor};

    memcpy(event.args, args, 4 * sizeof(int64_t));
    if (type == SNAP_EVENT_RECORD_AFFECTED || type == SNAP_EVENT_RECORD_WRITTEN)
        snap_effects_add(effects, &event);
    else
        snap_effects_take(effects, &event);
}

#define ARGS(...) ((const int64_t[4]){__VA_ARGS__})

enum { COUNTS_TASK = 1, OUT_TASK = 2 };

static void play(struct snap_effects *effects, const char *steps)
{
    int64_t checkpoint = 0;
    int64_t completed = -1;

    for (; *steps != '\0'; steps++) {
        switch (*steps) {
        case 'c':
            at(effects, SNAP_EVENT_RECORD_AFFECTED, COUNTS_TASK, ARGS(SCRIPT_COUNTS, 7));
            break;
        case 'o':
            at(effects, SNAP_EVENT_RECORD_WRITTEN, OUT_TASK, ARGS(SCRIPT_OUT, 7, 0, 5));
            break;
        case 'k':
            at(effects, SNAP_EVENT_RECORD_WRITTEN, OUT_TASK, ARGS(SCRIPT_OUT, 7, 0, 6));
            break;
        case 'x':
            snap_effects_take(effects, &(struct snap_event){.type = SNAP_EVENT_RECORD_WRITTEN,
                                                            .actor = OUT_TASK,
                                                            .args = {SCRIPT_OUT, 8, 0, 5}});
            break;
        case 'm':
            snap_effects_move(effects, effects->job);
            break;
        case 'j':
            at(effects, SNAP_EVENT_JOB_RESUMED, 3, ARGS(1, completed));
            break;
        case 's':
            checkpoint++;
            at(effects, SNAP_EVENT_SNAPSHOT_STARTED, COUNTS_TASK, ARGS(checkpoint));
            at(effects, SNAP_EVENT_SNAPSHOT_STARTED, OUT_TASK, ARGS(checkpoint));
            break;
        case 'C':
            completed = checkpoint;
            at(effects, SNAP_EVENT_CHECKPOINT_COMPLETED, 3, ARGS(checkpoint));
            break;
        case 'F':
            at(effects, SNAP_EVENT_CHECKPOINT_ABORTED, 3, ARGS(checkpoint));
            break;
        case 'v':
            at(effects, SNAP_EVENT_SINK_COMMITTED, OUT_TASK, ARGS(SCRIPT_OUT, completed));
            break;
        default:
            at(effects, SNAP_EVENT_RESTORED, COUNTS_TASK, ARGS(1, completed));
            at(effects, SNAP_EVENT_RESTORED, OUT_TASK, ARGS(1, completed));
            break;
        }
    }
}

static void restores_undo_what_no_snapshot_holds(void **state)
{
    static const struct row rows[] = {
        {"nothing happens", "co", SNAP_SINK_APPENDS, "--", "-v"},
        {"no checkpoint", "corco", SNAP_SINK_APPENDS, "uu--", "-v-v"},
        {"inside the checkpoint", "cosCr", SNAP_SINK_APPENDS, "--", "-v"},
        {"behind the checkpoint", "sCcorco", SNAP_SINK_APPENDS, "uu--", "-v-v"},
        {"the checkpoint is not complete", "cosr", SNAP_SINK_APPENDS, "uu", "-v"},
        {"it failed, the next one has it", "cosFsCr", SNAP_SINK_APPENDS, "--", "-v"},
        {"two-phase, not committed", "cosC", SNAP_SINK_COMMITS, "--", "--"},
        {"two-phase, committed", "cosCv", SNAP_SINK_COMMITS, "--", "-v"},
        {"two-phase, committed by the restore", "cosCrv", SNAP_SINK_COMMITS, "--", "-v"},
        {"two-phase, undone", "sCvcorcosCv", SNAP_SINK_COMMITS, "uu--", "---v"},
        {"a list that is cut back", "sCcorco", SNAP_SINK_CUTS_BACK, "uu--", "---v"},
        {"a list that holds it", "cosCrco", SNAP_SINK_CUTS_BACK, "----", "-v-v"},
        {"a row that is written again", "oro", SNAP_SINK_REPLACES, "u-", "-v"},
        {"rows of two keys", "okk", SNAP_SINK_REPLACES, "---", "v-v"},
        {"a row that another record takes", "ox", SNAP_SINK_REPLACES, "-", "-"},
        {"a file after a new start, behind the savepoint", "sComjo", SNAP_SINK_APPENDS, "u-", "vv"},
        {"a list after a new start", "sComjo", SNAP_SINK_CUTS_BACK, "u-", "-v"},
        {"inside the savepoint, then a failure", "osCmjr", SNAP_SINK_CUTS_BACK, "-", "v"},
        {"prepared in the savepoint", "osCmjv", SNAP_SINK_COMMITS, "-", "v"},
        {"prepared behind the savepoint", "sComjv", SNAP_SINK_COMMITS, "u", "-"},
        {"two-phase, an older commit", "cosCvco", SNAP_SINK_COMMITS, "----", "-v--"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_effects effects;
        struct scripted_run run;

        scripted_run_init(&run, 1);
        snap_effects_init(&effects, &run.job);
        run.job.operators[SCRIPT_OUT].sink_view = rows[i].view;
        for (uint32_t o = 0; o < run.job.operator_count; o++)
            run.job.operators[o].schema.key = SNAP_VALUE_LONG;
        play(&effects, rows[i].steps);
        if (effects.count != strlen(rows[i].undone))
            fail_msg("%s: %u marks", rows[i].name, effects.count);
        for (uint32_t m = 0; m < effects.count; m++)
            if (effects.marks[m].undone != (rows[i].undone[m] == 'u') ||
                effects.marks[m].visible != (rows[i].visible[m] == 'v'))
                fail_msg("%s: mark %u undone %d, visible %d", rows[i].name, m,
                         effects.marks[m].undone, effects.marks[m].visible);
        snap_effects_fini(&effects);
        scripted_run_fini(&run);
    }
}

static void changes_are_counted(void **state)
{
    struct snap_event snapshot = {
        .type = SNAP_EVENT_SNAPSHOT_STARTED, .actor = COUNTS_TASK, .args = {4}};
    struct snap_event aborted = {.type = SNAP_EVENT_CHECKPOINT_ABORTED, .args = {4}};
    struct snap_event completed = {.type = SNAP_EVENT_CHECKPOINT_COMPLETED, .args = {5}};
    struct snap_effects effects;
    struct scripted_run run;

    (void)state;
    scripted_run_init(&run, 1);
    snap_effects_init(&effects, &run.job);
    play(&effects, "cco");
    assert_int_equal(snap_effects_take(&effects, &snapshot).inside, 2);
    assert_int_equal(snap_effects_take(&effects, &snapshot).inside, 0);
    assert_int_equal(snap_effects_take(&effects, &aborted).given_up, 2);
    assert_int_equal(snap_effects_take(&effects, &completed).secured, 2);
    assert_int_equal(snap_effects_take(&effects, &completed).secured, 0);
    snap_effects_fini(&effects);
    scripted_run_fini(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restores_undo_what_no_snapshot_holds),
        cmocka_unit_test(changes_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
