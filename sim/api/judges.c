// SPDX-License-Identifier: Apache-2.0
#include "api/judges.h"

#include <string.h>

#include "operators/operator.h"

void snap_judges_create(struct snap_judges *judges, const struct snap_simulation *sim,
                        struct snap_arena *arena)
{
    const struct snap_operator_rules *const *rules = snap_operator_rules_of_job(sim->job, arena);

    judges->arena = arena;
    judges->oracles = snap_oracles_create(sim, rules);
    judges->ledger = sim->ledger != SNAP_LEDGER_OFF ? snap_ledger_create(sim, rules) : NULL;
}

void snap_judges_destroy(struct snap_judges *judges)
{
    snap_ledger_destroy(judges->ledger);
    snap_oracles_destroy(judges->oracles);
    memset(judges, 0, sizeof(*judges));
}

uint32_t snap_judges_observe(const struct snap_judges *judges, struct snap_observer *observers,
                             uint32_t count)
{
    observers[count++] = snap_oracles_observer(judges->oracles);
    if (judges->ledger)
        observers[count++] = snap_ledger_observer(judges->ledger);
    return count;
}

void snap_judges_begin_at(struct snap_judges *judges, const struct snap_baseline *baseline)
{
    snap_oracles_begin_at(judges->oracles, baseline);
    if (judges->ledger)
        snap_ledger_begin_at(judges->ledger, baseline);
}

void snap_judges_resume(struct snap_judges *judges, const struct snap_execution_start *start)
{
    const struct snap_operator_rules *const *rules =
        snap_operator_rules_of_job(start->job, judges->arena);

    snap_oracles_resume(judges->oracles, start, rules);
    if (judges->ledger)
        snap_ledger_resume(judges->ledger, start, rules);
}

static bool hear_ledger(struct snap_judges *judges, struct snap_run *run,
                        const struct snap_run_result *ended, struct snap_verdict *verdict,
                        struct snap_error *error)
{
    if (!judges->ledger)
        return true;
    snap_run_each_state_entry(run, snap_ledger_take_state, judges->ledger);
    snap_run_each_named_entry(run, snap_ledger_take_named, judges->ledger);
    if (!snap_run_each_part(run, snap_ledger_take_part, judges->ledger, error) ||
        !snap_run_each_removed_part(run, snap_ledger_take_removed_part, judges->ledger, error))
        return false;
    snap_ledger_judge(judges->ledger, ended->status, judges->arena, verdict);
    return true;
}

bool snap_judges_hear(struct snap_judges *judges, struct snap_run *run,
                      const struct snap_run_result *ended, struct snap_verdict *verdict,
                      struct snap_error *error)
{
    const struct snap_oracle_end end = {ended->status, ended->elapsed_ns, ended->interrupted};
    bool read;

    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        verdict->counters[c] = SNAP_UNJUDGED;
    read = hear_ledger(judges, run, ended, verdict, error);
    snap_oracles_end(judges->oracles, &end, verdict->oracles);
    return read;
}
