// SPDX-License-Identifier: Apache-2.0
/*
 * execution.h: one run from a built scenario to its verdict and its files: what `run` does once and
 * `compare` does for each variant.
 *
 * - perform runs the simulation with all observers (trace, hash, statistics, ledger), hands the
 *   ledger what states and sinks hold at the end, and writes DIR/trace.jsonl, DIR/summary.json,
 *   DIR/flow.tsv and DIR/state/UID.tsv; sinks write below DIR themselves.
 * - The summary inside borrows from the execution and from the built scenario.
 * - fini is safe on zeroed memory.
 */
#ifndef SNAP_CLI_EXECUTION_H
#define SNAP_CLI_EXECUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "api/judges.h"
#include "snapshot/restore.h"
#include "runtime/run.h"
#include "scenario/scenario.h"
#include "trace/latency.h"
#include "trace/measures.h"
#include "trace/statistics.h"
#include "trace/trace_hash.h"
#include "trace/whole_run.h"
#include "trace/writer.h"
#include "view/summary_json.h"

struct snap_execution_options {
    const struct snap_built *built; /* borrowed until fini */
    enum snap_runtime_kind runtime;
    enum snap_trace_level level;
    const char *directory;          /* exists and is empty */
    struct snap_restored *restored; /* what it starts from; NULL: from nothing. Borrowed */
    bool has_progress;              /* signs of life on stderr; notes come anyway */
    snap_ns warm_up_ns;             /* what measures leave out; SNAP_NEVER: the default */
};

struct snap_execution {
    struct snap_execution_options options;
    struct snap_arena arena;
    struct snap_statistics statistics; /* of the last execution of the job */
    struct snap_statistics **earlier;  /* of those before; arena */
    uint32_t earlier_count;
    uint32_t earlier_capacity;
    const char **dropped_behind; /* by earlier one: what the start behind it dropped, or NULL */
    uint32_t dropped_capacity;
    struct snap_whole_run whole;         /* all of them, if there are several */
    snap_ns start_ns;                    /* of the last execution */
    struct snap_judges judges;           /* while it runs */
    struct snap_expectation expectation; /* of the last execution's operators */
    struct snap_latency latency; /* of the last execution; without a ledger it stays empty */
    struct snap_measures measures;
    struct snap_run_numbers numbers;
    struct snap_trace_hash hash;
    struct snap_trace_writer writer;
    struct snap_verdict verdict;
    struct snap_run_result result;
    struct snap_summary summary;
    const char **left; /* snapshots on the disk: see summary.left */
    uint32_t left_capacity;
    bool *fired;             /* by action of the timeline */
    uint64_t events_written; /* lines of trace.jsonl behind its header */
};

/* Runs to the end. Returns false with the error if files cannot be written or read, or if an
 * operator could not go on; then there is no summary, and what else was written until then stays.
 */
bool snap_execution_perform(struct snap_execution *execution,
                            const struct snap_execution_options *options, struct snap_error *error);
void snap_execution_fini(struct snap_execution *execution);

/* Judges the run once more, now that the numbers of the comparison's other variants are known
 * (borrowed), and tells summary.json so. Errors: it cannot be written. */
bool snap_execution_compare(struct snap_execution *execution,
                            const struct snap_variant_numbers *others, uint32_t count,
                            struct snap_error *error);

/* 0 as expected, 1 not as expected, 130 interrupted. */
int snap_execution_exit_code(const struct snap_execution *execution);

/* Tells an interrupted run's time and events, and how to look at them; else nothing. */
void snap_execution_tell_interruption(const struct snap_execution *execution);

#endif
