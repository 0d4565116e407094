// SPDX-License-Identifier: Apache-2.0
/*
 * job.c: runs one scenario as the program would with its trace at level `checkpoints`: statistics,
 * hash and a writer watch, and the ledger if it is wanted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "bench/bench.h"
#include "operators/operator.h"
#include "runtime/run.h"
#include "scenario/scenario.h"
#include "trace/statistics.h"
#include "trace/trace_hash.h"
#include "trace/writer.h"
#include "verify/ledger.h"

static void build(const char *yaml, struct snap_built *built)
{
    struct snap_scenario_text text = {.name = "bench.yaml", .bytes = yaml, .length = strlen(yaml)};
    struct snap_scenario *scenario;
    struct snap_error error = {0};

    if (!snap_scenario_parse(&text, snap_operator_catalogue_get(), &scenario, &error) ||
        !snap_scenario_build(scenario, NULL, built, &error)) {
        fprintf(stderr, "bench: %s\n", error.message);
        exit(3);
    }
    snap_scenario_destroy(scenario);
}

/* The books are read as well: that is part of what a ledger costs. */
static void judge(struct snap_run *run, struct snap_ledger *ledger, struct snap_arena *arena)
{
    struct snap_verdict verdict = {0};
    struct snap_error error = {0};

    snap_run_each_state_entry(run, snap_ledger_take_state, ledger);
    SNAP_CHECK(snap_run_each_part(run, snap_ledger_take_part, ledger, &error));
    snap_ledger_judge(ledger, SNAP_JOB_FINISHED, arena, &verdict);
    SNAP_CHECK(verdict.counters[SNAP_COUNTER_LOST] == 0);
    SNAP_CHECK(verdict.counters[SNAP_COUNTER_DUPLICATED] == 0);
}

struct snap_bench_cost snap_bench_run_job(const struct snap_bench_job *job)
{
    struct snap_bench_cost cost = {.build_seconds = snap_bench_seconds()};
    struct snap_built built = {0};
    struct snap_arena arena = {0};
    struct snap_trace_hash hash = {0};
    struct snap_statistics statistics;
    struct snap_trace_writer writer;
    struct snap_error error = {0};
    struct snap_observer observers[4];
    struct snap_run_options options = {.runtime = job->runtime,
                                       .every_record = job->every_record,
                                       .observers = observers,
                                       .observer_count = 3};
    struct snap_trace_run header = {
        .program_version = "bench", .runtime = job->runtime, .level = SNAP_TRACE_CHECKPOINTS};
    struct snap_ledger *ledger = NULL;
    struct snap_run_result result;
    struct snap_run *run;

    build(job->yaml, &built);
    header.simulation = &built.sim;
    snap_statistics_init(&statistics, built.sim.job);
    SNAP_CHECK(snap_trace_writer_open(&writer, "/dev/null", &header, &error));
    observers[0] = (struct snap_observer){
        .context = &hash, .merged = snap_trace_hash_event, .takes = snap_trace_hash_takes};
    observers[1] = (struct snap_observer){
        .context = &statistics, .merged = snap_statistics_event, .in_flight_wanted = true};
    observers[2] = (struct snap_observer){
        .context = &writer, .merged = snap_trace_writer_event, .takes = snap_trace_writer_takes};
    if (job->ledger) {
        ledger = snap_ledger_create(&built.sim, snap_operator_rules_of_job(built.sim.job, &arena));
        observers[options.observer_count++] = snap_ledger_observer(ledger);
    }
    if (job->unwatched)
        options.observer_count = 0;
    run = snap_run_create(&built.sim, &options);
    cost.run_seconds = snap_bench_seconds();
    cost.build_seconds = cost.run_seconds - cost.build_seconds;
    result = snap_run_execute(run);
    if (ledger)
        judge(run, ledger, &arena);
    cost.run_seconds = snap_bench_seconds() - cost.run_seconds;
    SNAP_CHECK(result.status == SNAP_JOB_FINISHED || built.sim.until_ns != SNAP_NEVER);
    snap_run_destroy(run);
    snap_ledger_destroy(ledger);
    SNAP_CHECK(snap_trace_writer_close(&writer, &error));
    snap_statistics_fini(&statistics);
    snap_built_fini(&built);
    snap_arena_fini(&arena);
    return cost;
}
