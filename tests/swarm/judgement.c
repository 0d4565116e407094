// SPDX-License-Identifier: Apache-2.0
#include "swarm/judgement.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool swarm_may_lose_its_rest(const struct swarm_run *run, uint32_t op)
{
    return !run->sim->config.checkpoint.after_tasks_finish &&
           strcmp(run->job->operators[op].type->name, "file-sink") == 0;
}

bool swarm_is_clean(const struct swarm_run *run, enum snap_counter counter)
{
    bool may_be_left = counter == SNAP_COUNTER_LOST || counter == SNAP_COUNTER_UNCOMMITTED;

    for (uint32_t i = 0; i < run->verdict.judgement_count; i++) {
        const struct snap_judgement *at = &run->verdict.judgements[i];

        /* Who cancels a job with a savepoint and does not resume it leaves this behind. */
        if (counter == SNAP_COUNTER_UNCOMMITTED &&
            (run->result.status == SNAP_JOB_CANCELED || at->removed))
            continue;
        if (at->counters[counter] <= 0 ||
            (may_be_left && !at->removed && swarm_may_lose_its_rest(run, at->operator_index)))
            continue;
        printf("ledger: %s of %s is %" PRId64 "\n", snap_counter_name(counter),
               snap_judged_operator(at, run->job)->uid, at->counters[counter]);
        return false;
    }
    return true;
}

bool swarm_is_quiet(const struct swarm_run *run)
{
    return swarm_is_clean(run, SNAP_COUNTER_LOST) && swarm_is_clean(run, SNAP_COUNTER_DUPLICATED) &&
           swarm_is_clean(run, SNAP_COUNTER_OUT_OF_ORDER) &&
           swarm_is_clean(run, SNAP_COUNTER_WRONG_STATE) &&
           swarm_is_clean(run, SNAP_COUNTER_UNCOMMITTED);
}

bool swarm_refuses_as_flink(const struct snap_error *error)
{
    return error->code == SNAP_ERROR_RESTORE &&
           (strstr(error->message, "had finished, but not all of") ||
            strstr(error->message, "have finished and others have not") ||
            strstr(error->message, "over that exchange, and nobody would read it"));
}

bool swarm_is_refused_as_in_flink(const struct swarm_run *run)
{
    return swarm_refuses_as_flink(&run->result.error);
}

bool swarm_has_ended_well(const struct swarm_run *run)
{
    if (!swarm_run_has_failed(run) || swarm_is_refused_as_in_flink(run))
        return true;
    printf("the job failed: %s %s\n", snap_failure_cause_name(run->result.cause),
           run->result.error.message);
    return false;
}

bool swarm_is_alive(const struct swarm_run *run)
{
    if (!swarm_run_stands_still(run))
        return true;
    printf("nothing happens any more, and the job has not ended\n");
    return false;
}
