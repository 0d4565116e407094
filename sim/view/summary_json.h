// SPDX-License-Identifier: Apache-2.0
/*
 * summary_json.h: summary.json, the same text that `run --json` prints.
 *
 * - Names and order of the members are pinned; `checkpoints` has the members of Flink's answer to
 *   /jobs/:id/checkpoints, with those of the details and subtask answers under `tasks`.
 * - What Flink counts in whole milliseconds is cut to them, as there, and stands beside itself in
 *   nanoseconds with the suffix _ns. Our own times are milliseconds with a fraction.
 * - null is "cannot be judged", or "there is none".
 */
#ifndef SNAP_VIEW_SUMMARY_JSON_H
#define SNAP_VIEW_SUMMARY_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "model/simulation.h"
#include "model/verdict.h"
#include "trace/latency.h"
#include "trace/measures.h"
#include "trace/statistics.h"
#include "trace/trace_hash.h"
#include "trace/whole_run.h"

/* An action that never took effect. */
struct snap_unfired {
    const char *text; /* as written */
    const char *why;  /* "the run had ended at 1.2 s"; NULL: nobody knows */
    bool optional;
};

/* Everything a summary tells; all borrowed. */
struct snap_summary {
    const struct snap_simulation *simulation;
    enum snap_runtime_kind runtime;
    const struct snap_statistics *statistics;     /* finished; of the last execution of the job,
                                                     whose operators verdict and latencies name */
    const struct snap_statistics *const *earlier; /* of those before, oldest first */
    uint32_t earlier_count;
    const char *const *dropped_behind;  /* by earlier one: what the start behind it dropped, a
                                           sentence, or NULL */
    const struct snap_whole_run *whole; /* NULL: there is one execution */
    const struct snap_trace_hash *hash; /* NULL: real threads have none */
    const struct snap_verdict *verdict; /* NULL: no ledger, nothing is judged */
    const struct snap_expectation *expectation; /* NULL: reasons are not told */
    const struct snap_measures *measures;       /* NULL: not told */
    const struct snap_latency_sink *latencies;  /* by sink; none without a ledger */
    uint32_t latency_count;
    uint64_t latency_one_in;  /* one in so many records was measured */
    bool expectation_met;     /* false if it was interrupted */
    bool interrupted;         /* before its end: nobody knows whether it would be as expected */
    const char *started_from; /* a snapshot on disk, for people; NULL: from nothing */
    bool from_savepoint;      /* that is a savepoint */
    const char *dropped;      /* of that, a line each; if it was started from something */
    const struct snap_unfired *unfired; /* actions that never took effect */
    uint32_t unfired_count;
    /* Snapshots on the disk when it is over, "savepoint 2 (one): DIRECTORY"; for reports only:
     * files hold no paths of a machine. */
    const char *const *left;
    uint32_t left_count;
    /* Of a comparison: why this run could not go on; then nothing but simulation and runtime is
     * known. NULL: it did. */
    const char *failure;
    /* Why the run could not go on, of which all is known until then; NULL: it came to its end. */
    const char *halted;
};

/* Whether one of those that never took effect is not optional. */
bool snap_summary_has_missed(const struct snap_summary *summary);

/* Appends the summary as one indented JSON object and a newline. */
void snap_summary_text(struct snap_text *text, const struct snap_summary *summary);

/* Writes the member "settings" into the open object: what of them closed forms need, with the names
 * of Flink's REST answer /jobs/:jobid/checkpoints/config where it has them. */
void snap_settings_json(struct snap_json *json, const struct snap_simulation *simulation);

/* Writes the member "checkpoints" of an execution of the summary into the open object: of an
 * earlier one, by its index, or of the last one, whose index is `earlier_count`. */
void snap_checkpoints_json(struct snap_json *json, const struct snap_summary *summary,
                           uint32_t execution);

#endif
