// SPDX-License-Identifier: Apache-2.0
#include "view/progress.h"

#include "base/check.h"
#include "model/names.h"
#include "view/storage_text.h"
#include "view/units.h"

void snap_progress_line(struct snap_text *text, const struct snap_statistics *statistics,
                        snap_ns passed_ns)
{
    struct snap_arena arena;

    snap_arena_init(&arena);
    if (statistics->end_ns > 0)
        snap_text_printf(text, "%s of the job after %lld s: %u %s completed, %u failed, %u %s",
                         snap_instant_name(statistics->end_ns, &arena),
                         (long long)(passed_ns / SNAP_SECOND), statistics->completed_count,
                         snap_plural(statistics->completed_count, "checkpoint", "checkpoints"),
                         statistics->failed_count, statistics->restart_count,
                         snap_plural(statistics->restart_count, "restart", "restarts"));
    else
        snap_text_printf(text, "running for %lld s", (long long)(passed_ns / SNAP_SECOND));
    snap_arena_fini(&arena);
}

/* The last one that was; NULL if all were small enough. */
static const struct snap_large_state *too_large(const struct snap_statistics *statistics)
{
    for (uint32_t i = statistics->checkpoint_count; i > 0; i--)
        if (statistics->checkpoints[i - 1]->too_large.task != SNAP_NO_TASK)
            return &statistics->checkpoints[i - 1]->too_large;
    return NULL;
}

void snap_restarts_note(struct snap_text *text, const struct snap_statistics *statistics)
{
    const struct snap_large_state *large = too_large(statistics);
    struct snap_arena arena;

    SNAP_CHECK(statistics->failure_count > 0);
    snap_arena_init(&arena);
    snap_text_printf(
        text, "the job has restarted %u times by %s, last because of: %s",
        statistics->restart_count, snap_instant_name(statistics->end_ns, &arena),
        snap_failure_cause_name(statistics->failures[statistics->failure_count - 1].cause));
    if (large) {
        snap_text_add_string(text, "; ");
        snap_large_state_text(text, &(struct snap_fact_large_state){
                                        snap_actor_name(statistics->job, large->task, &arena),
                                        statistics->job->operators[large->op].uid, large->bytes,
                                        large->limit_bytes});
    }
    snap_text_add_string(text, ". It goes on as its restart strategy says; `until` in the scenario "
                               "or Ctrl-C ends the run with its report");
    snap_arena_fini(&arena);
}
