// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "trace/effects.h"
#include "unit/scripted_run.h"

/* What a row does, one letter a step: the subtask of counts or out changes, or takes, a record (c,
 * o), both begin the snapshot of the next checkpoint (s), it completes (C) or fails (F), out
 * commits (v), both are restored from the latest complete one (r). */
struct row {
    const char *name;
    const char *steps;
    bool two_phase;
    const char *undone; /* a letter a mark: u undone, - not */
    const char *visible;
};

static void at(struct snap_effects *effects, enum snap_event_type type, uint32_t actor,
               const int64_t *args)
{
    struct snap_event event = {.type = type, .actor = actor};

    memcpy(event.args, args, 3 * sizeof(int64_t));
    if (type == SNAP_EVENT_RECORD_AFFECTED || type == SNAP_EVENT_RECORD_WRITTEN)
        snap_effects_add(effects, &event);
    else
        snap_effects_take(effects, &event);
}

#define ARGS(...) ((const int64_t[3]){__VA_ARGS__})

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
            at(effects, SNAP_EVENT_RECORD_WRITTEN, OUT_TASK, ARGS(SCRIPT_OUT, 7));
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
        {"nothing happens", "co", false, "--", "-v"},
        {"no checkpoint", "corco", false, "uu--", "-v-v"},
        {"inside the checkpoint", "cosCr", false, "--", "-v"},
        {"behind the checkpoint", "sCcorco", false, "uu--", "-v-v"},
        {"the checkpoint is not complete", "cosr", false, "uu", "-v"},
        {"it failed, the next one has it", "cosFsCr", false, "--", "-v"},
        {"two-phase, not committed", "cosC", true, "--", "--"},
        {"two-phase, committed", "cosCv", true, "--", "-v"},
        {"two-phase, committed by the restore", "cosCrv", true, "--", "-v"},
        {"two-phase, undone", "sCvcorcosCv", true, "uu--", "---v"},
        {"two-phase, an older commit", "cosCvco", true, "----", "-v--"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_event prepared = {.type = SNAP_EVENT_SINK_PREPARED, .args = {SCRIPT_OUT}};
        struct snap_effects effects;
        struct scripted_run run;

        scripted_run_init(&run, 1);
        snap_effects_init(&effects, &run.job);
        if (rows[i].two_phase)
            snap_effects_look_ahead(&effects, &prepared);
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
