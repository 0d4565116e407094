// SPDX-License-Identifier: Apache-2.0
/*
 * Random jobs with broken rules: each rule that made a difference is named by the oracle that
 * watches over it. What a difference is:
 *
 * - skip-alignment: a record is on the wrong side of a completed checkpoint (cut_oracle, which
 *   shares nothing with the oracle `cut`);
 * - take-late-ack: the checkpoint completes, with another snapshot than the subtask took for it, or
 *   before that one was acknowledged;
 * - forget-overtaken-output, no-blocking-without-capture: the checkpoint completes;
 * - those of late_effect.h: what they do shows later, or not;
 * - all others: the runtime told SABOTAGED.
 *
 * Usage: swarm_sabotage [JOBS [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/sabotage.h"
#include "swarm/cut_oracle.h"
#include "swarm/late_effect.h"
#include "swarm/random_job.h"
#include "swarm/swarm_driver.h"
#include "swarm/swarm_run.h"

enum { JOBS_EVERYDAY = 300 };

/* Notes of an outcome: by rule, then this one. */
enum { NOTE_HARMLESS = SNAP_BROKEN_COUNT };

/* Who has to notice; a rule with two is noticed by either. */
static const struct {
    enum snap_oracle_id first;
    enum snap_oracle_id second;
} watchers[SNAP_BROKEN_COUNT] = {
    [SNAP_BROKEN_SKIP_ALIGNMENT] = {SNAP_ORACLE_CUT, SNAP_ORACLE_CHANNELS},
    [SNAP_BROKEN_ACK_BEFORE_PERSIST] = {SNAP_ORACLE_DURABLE, SNAP_ORACLE_DURABLE},
    [SNAP_BROKEN_COMMIT_BEFORE_COMPLETE] = {SNAP_ORACLE_COMMITS, SNAP_ORACLE_COMMITS},
    [SNAP_BROKEN_TAKE_LATE_ACK] = {SNAP_ORACLE_ACKS, SNAP_ORACLE_STATE},
    [SNAP_BROKEN_FORGET_STATE] = {SNAP_ORACLE_STATE, SNAP_ORACLE_STATE},
    [SNAP_BROKEN_RESTORE_OLDER] = {SNAP_ORACLE_NEWEST, SNAP_ORACLE_NEWEST},
    [SNAP_BROKEN_DOUBLE_RESTORE] = {SNAP_ORACLE_STATE, SNAP_ORACLE_STATE},
    [SNAP_BROKEN_FORGET_SPLIT] = {SNAP_ORACLE_STATE, SNAP_ORACLE_STATE},
    [SNAP_BROKEN_FORGET_CHANNEL_STATE] = {SNAP_ORACLE_CHANNELS, SNAP_ORACLE_CHANNELS},
    [SNAP_BROKEN_FORGET_OVERTAKEN_OUTPUT] = {SNAP_ORACLE_CHANNELS, SNAP_ORACLE_CHANNELS},
    [SNAP_BROKEN_DOUBLE_CHANNEL_RESTORE] = {SNAP_ORACLE_CHANNELS, SNAP_ORACLE_CHANNELS},
    [SNAP_BROKEN_NO_BLOCKING_WITHOUT_CAPTURE] = {SNAP_ORACLE_CHANNELS, SNAP_ORACLE_CHANNELS},
    [SNAP_BROKEN_FORGET_CHECKPOINT] = {SNAP_ORACLE_TRIGGERS, SNAP_ORACLE_TRIGGERS},
    [SNAP_BROKEN_OVERBOOK_BUFFERS] = {SNAP_ORACLE_BUFFERS, SNAP_ORACLE_BUFFERS},
    [SNAP_BROKEN_FORGET_BLOCKED_TIME] = {SNAP_ORACLE_TIMES, SNAP_ORACLE_TIMES},
    [SNAP_BROKEN_SKIP_INITIALIZING] = {SNAP_ORACLE_STATUSES, SNAP_ORACLE_STATUSES},
    [SNAP_BROKEN_FORGET_RESTART] = {SNAP_ORACLE_PROGRESS, SNAP_ORACLE_PROGRESS},
};

static bool cuts_wrongly(const struct swarm_run *run)
{
    struct cut_report report;

    cut_oracle_examine(run, &report);
    free(report.doubled);
    return report.early + report.late > 0;
}

/* Whether the checkpoint, still pending at the event, completes. */
static bool completes(const struct swarm_run *run, uint64_t index, int64_t checkpoint)
{
    for (uint64_t i = index; i < run->event_count; i++) {
        const struct snap_event *event = &run->events[i];

        if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED && event->args[0] == checkpoint)
            return true;
        if (event->type == SNAP_EVENT_CHECKPOINT_ABORTED && event->args[0] == checkpoint)
            return false;
    }
    return false;
}

/* The event before this one with which the checkpoint began. */
static uint64_t trigger_of(const struct swarm_run *run, uint64_t index, int64_t checkpoint)
{
    while (index > 0 && (run->events[index].type != SNAP_EVENT_CHECKPOINT_TRIGGERED ||
                         run->events[index].args[0] != checkpoint))
        index--;
    return index;
}

/* Whether the subtask's own acknowledgement came, with the very state that the checkpoint holds. */
static bool is_as_if_not_late(const struct swarm_run *run, uint64_t first, int64_t checkpoint,
                              int64_t task)
{
    bool acked = false;
    bool is_taken = false;
    int64_t taken = 0;

    for (uint64_t i = first; i < run->event_count; i++) {
        const struct snap_event *event = &run->events[i];

        if (event->args[0] != checkpoint)
            continue;
        if (event->type == SNAP_EVENT_STATE_TAKEN && event->actor == task) {
            is_taken = true;
            taken = event->args[1];
        }
        acked = acked || (event->type == SNAP_EVENT_ACK_RECEIVED && event->args[1] == task);
        if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED && !acked)
            return false;
        if (event->type == SNAP_EVENT_STATE_STORED && event->args[1] == task)
            return is_taken && taken == event->args[2];
    }
    return true;
}

/* The event before the one that tells of the sabotage is that of the late acknowledgement. */
static bool counts_late(const struct swarm_run *run, uint64_t index)
{
    int64_t checkpoint = run->events[index].args[1];
    uint64_t i = index;

    while (run->events[i].type != SNAP_EVENT_ACK_LATE)
        i--;
    return completes(run, index, checkpoint) &&
           !is_as_if_not_late(run, trigger_of(run, index, checkpoint), checkpoint,
                              run->events[i].args[1]);
}

static bool makes_a_difference(const struct swarm_run *run, uint64_t index)
{
    switch ((enum snap_broken_rule)run->events[index].args[0]) {
    case SNAP_BROKEN_TAKE_LATE_ACK:
        return counts_late(run, index);
    case SNAP_BROKEN_FORGET_CHECKPOINT:
        return late_effect_is_pending(run, index);
    case SNAP_BROKEN_OVERBOOK_BUFFERS:
        return late_effect_is_unpaid(run, index);
    case SNAP_BROKEN_SKIP_INITIALIZING:
        return late_effect_is_status(run, index);
    case SNAP_BROKEN_FORGET_RESTART:
        return late_effect_is_silence(run, index);
    case SNAP_BROKEN_SKIP_ALIGNMENT:
        return false; /* judged over the whole run */
    case SNAP_BROKEN_FORGET_OVERTAKEN_OUTPUT:
    case SNAP_BROKEN_NO_BLOCKING_WITHOUT_CAPTURE:
        return completes(run, index, run->events[index].args[1]);
    case SNAP_BROKEN_FORGET_CHANNEL_STATE:
    case SNAP_BROKEN_DOUBLE_CHANNEL_RESTORE:
        return late_effect_is_kept(run, index);
    case SNAP_BROKEN_ACK_BEFORE_PERSIST:
    case SNAP_BROKEN_COMMIT_BEFORE_COMPLETE:
    case SNAP_BROKEN_FORGET_STATE:
    case SNAP_BROKEN_RESTORE_OLDER:
    case SNAP_BROKEN_DOUBLE_RESTORE:
    case SNAP_BROKEN_FORGET_SPLIT:
    case SNAP_BROKEN_FORGET_BLOCKED_TIME:
    case SNAP_BROKEN_COUNT:
        break;
    }
    return true;
}

static void note_effects(const struct swarm_run *run, bool *told, bool *effects)
{
    for (uint64_t i = 0; i < run->event_count; i++) {
        int64_t rule = run->events[i].args[0];

        if (run->events[i].type != SNAP_EVENT_SABOTAGED)
            continue;
        told[rule] = true;
        effects[rule] = effects[rule] || makes_a_difference(run, i);
    }
    /* A source that is given its splits wrongly sends records that belong to no cut. */
    if (told[SNAP_BROKEN_SKIP_ALIGNMENT] && !told[SNAP_BROKEN_DOUBLE_RESTORE] &&
        !told[SNAP_BROKEN_FORGET_SPLIT])
        effects[SNAP_BROKEN_SKIP_ALIGNMENT] = cuts_wrongly(run);
}

static bool objects(const struct swarm_run *run, enum snap_oracle_id id)
{
    return run->verdict.oracles[id].objections > 0;
}

static bool is_caught(const struct swarm_run *run, unsigned rule)
{
    return objects(run, watchers[rule].first) || objects(run, watchers[rule].second);
}

static bool all_are_caught(const struct swarm_run *run, struct swarm_outcome *outcome)
{
    bool told[SNAP_BROKEN_COUNT] = {false};
    bool effects[SNAP_BROKEN_COUNT] = {false};
    bool good = true;

    note_effects(run, told, effects);
    for (unsigned rule = 0; rule < SNAP_BROKEN_COUNT; rule++) {
        outcome->notes[rule] += effects[rule];
        outcome->notes[NOTE_HARMLESS] += told[rule] && !effects[rule];
        if (!effects[rule] || is_caught(run, rule))
            continue;
        printf("%s took effect, and nobody names it\n", snap_sabotage_names()[rule].name);
        good = false;
    }
    return good;
}

static void run_seed(uint64_t seed, struct swarm_outcome *outcome)
{
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_VIRTUAL, .records_wanted = true};
    struct snap_text text = {0};
    struct snap_built built;
    struct swarm_run run = {0};

    random_job_text(&text, RANDOM_JOB_BROKEN, seed);
    outcome->result = SWARM_FAILED;
    if (swarm_build(snap_text_get(&text), &built)) {
        swarm_run_perform(&run, &built.sim, &options);
        if (all_are_caught(&run, outcome))
            outcome->result = SWARM_PASSED;
        else
            swarm_print_verdict(&run);
        swarm_run_fini(&run);
    }
    if (outcome->result == SWARM_FAILED)
        printf("sabotage: seed %" PRIu64 "; its scenario:\n%s\n", seed, snap_text_get(&text));
    snap_built_fini(&built);
    snap_text_fini(&text);
}

/* Every oracle has its rule. */
static uint64_t count_unwatched(void)
{
    uint64_t unwatched = 0;

    for (unsigned oracle = 0; oracle < SNAP_ORACLE_COUNT; oracle++) {
        bool is_first = false;

        for (unsigned rule = 0; rule < SNAP_BROKEN_COUNT; rule++)
            is_first = is_first || watchers[rule].first == oracle;
        if (!is_first)
            printf("no rule that is broken shows that the oracle %s objects\n",
                   snap_oracle_name((enum snap_oracle_id)oracle));
        unwatched += !is_first;
    }
    return unwatched;
}

int main(int argc, char **argv)
{
    struct swarm_plan plan = {
        .name = "jobs in which it took effect",
        .seeds = JOBS_EVERYDAY,
        .first_seed = 1,
        .run = run_seed,
        .note_names = {[NOTE_HARMLESS] = "(it made no difference)"},
        .seconds_a_seed = 120,
    };
    uint64_t notes[SWARM_NOTES];
    uint64_t failed;

    if (!swarm_arguments(argc, argv, &plan)) {
        fprintf(stderr, "usage: swarm_sabotage [JOBS [FIRST_SEED]]\n");
        return 2;
    }
    for (unsigned rule = 0; rule < SNAP_BROKEN_COUNT; rule++)
        plan.note_names[rule] = snap_sabotage_names()[rule].name;
    failed = swarm_drive(&plan, notes) + count_unwatched();
    /* A rule that never takes effect proves nothing. */
    for (unsigned rule = 0; rule < SNAP_BROKEN_COUNT && plan.seeds >= 200; rule++)
        failed += notes[rule] == 0;
    return failed == 0 ? 0 : 1;
}
