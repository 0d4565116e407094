// SPDX-License-Identifier: Apache-2.0
#include "view/explain_run.h"

#include <string.h>
#include <unistd.h>

#include "explain/explain_settings.h"
#include "explain/explain_trace.h"
#include "trace/flow_file.h"
#include "trace/reader.h"

/* The first reading. */
struct first {
    struct snap_trace_reader reader; /* the job of the statistics lies in it */
    struct snap_statistics statistics;
    uint32_t execution; /* that the statistics are of */
    uint32_t count;     /* of executions */
    snap_ns startup_ns; /* of the run's model, or SNAP_UNKNOWN */
};

/* Whether the execution that was read is the one that is asked for. */
static bool is_wanted(const struct first *first, const struct snap_explain_wanted *wanted)
{
    if (wanted->execution > 0)
        return first->execution + 1 == wanted->execution;
    return wanted->checkpoint != SNAP_UNKNOWN &&
           snap_statistics_find(&first->statistics, wanted->checkpoint);
}

/* Statistics of the execution that is asked for, else of the last one. Those behind it are
 * counted. */
static bool read_first(struct first *first, const struct snap_explain_wanted *wanted,
                       struct snap_error *error)
{
    struct snap_trace_reader *reader = &first->reader;
    struct snap_event event;
    enum snap_trace_read read;
    bool found = false;

    snap_statistics_init(&first->statistics, reader->job);
    while ((read = snap_trace_reader_next(reader, &event, error)) == SNAP_TRACE_READ_EVENT) {
        found = found || (first->execution != reader->execution && is_wanted(first, wanted));
        if (found)
            continue;
        if (first->execution != reader->execution) {
            snap_statistics_fini(&first->statistics);
            snap_statistics_init(&first->statistics, reader->job);
            first->execution = reader->execution;
        }
        snap_statistics_event(&first->statistics, &event);
    }
    first->count = reader->execution + 1;
    snap_statistics_finish(&first->statistics, 0);
    return read != SNAP_TRACE_READ_ERROR;
}

/* A flow that cannot be read is as good as none. */
static void read_flow(struct first *first, const char *path)
{
    struct snap_error ignored = {0};
    struct snap_flow flow;

    if (first->execution + 1 < first->count || access(path, R_OK) != 0)
        return;
    snap_flow_init(&flow, first->statistics.job);
    if (!snap_flow_file_read(&flow, path, &ignored)) {
        snap_flow_fini(&flow);
        return;
    }
    snap_flow_fini(&first->statistics.flow);
    first->statistics.flow = flow;
}

static bool fail_execution(const struct first *first, const char *directory, uint32_t wanted,
                           struct snap_error *error)
{
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "the run in %s has no execution %u of the job: it has %s%u", directory,
                          wanted, first->count > 1 ? "1 to " : "only ", first->count);
}

static bool fail_none(const struct snap_statistics *statistics, const char *directory,
                      struct snap_error *error)
{
    if (statistics->refused_count > 0)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "the run in %s has no checkpoint to explain: %u %s refused before "
                              "they had an id (checkpoint_refused in the trace)",
                              directory, statistics->refused_count,
                              statistics->refused_count == 1 ? "request was" : "requests were");
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "the run in %s has no checkpoint to explain: none was triggered; is "
                          "execution.checkpointing.interval set?",
                          directory);
}

static const struct snap_checkpoint_stats *choose(const struct first *first, const char *directory,
                                                  const struct snap_explain_wanted *wanted,
                                                  struct snap_error *error)
{
    const struct snap_statistics *statistics = &first->statistics;
    const struct snap_checkpoint_stats *chosen;

    if (wanted->execution > first->count && wanted->execution != SNAP_LAST_EXECUTION) {
        fail_execution(first, directory, wanted->execution, error);
        return NULL;
    }
    chosen = wanted->checkpoint == SNAP_UNKNOWN
                 ? snap_explain_choose(statistics, first->startup_ns)
                 : snap_statistics_find(statistics, wanted->checkpoint);
    if (chosen)
        return chosen;
    if (statistics->checkpoint_count == 0)
        fail_none(statistics, directory, error);
    else
        snap_error_set(error, SNAP_ERROR_USAGE,
                       "the run in %s has no checkpoint %lld; %s has %lld to %lld", directory,
                       (long long)wanted->checkpoint,
                       wanted->execution > 0  ? "that execution"
                       : first->execution > 0 ? "its last execution"
                                              : "it",
                       (long long)statistics->checkpoints[0]->id,
                       (long long)statistics->checkpoints[statistics->checkpoint_count - 1]->id);
    return NULL;
}

static bool read_second(struct snap_explain_trace *trace, const struct first *first,
                        const char *path, struct snap_error *error)
{
    struct snap_trace_reader reader;
    struct snap_event event;
    enum snap_trace_read read;

    if (!snap_trace_reader_open(&reader, path, error))
        return false;
    while ((read = snap_trace_reader_next(&reader, &event, error)) == SNAP_TRACE_READ_EVENT &&
           reader.execution <= first->execution)
        if (reader.execution == first->execution)
            snap_explain_trace_event(trace, &event);
    snap_trace_reader_close(&reader);
    return read != SNAP_TRACE_READ_ERROR;
}

static void note_reading(struct snap_facts *facts, const struct first *first)
{
    const char *lack = snap_trace_reader_lack(&first->reader);

    if (first->reader.header.scenario)
        facts->job = snap_arena_strdup(&facts->arena, first->reader.header.scenario);
    if (lack)
        snap_facts_miss(facts, "The trace %s.", lack);
    if (first->reader.unknown_events > 0)
        snap_facts_miss(facts, "A newer version wrote the trace: %llu events are not known here.",
                        (unsigned long long)first->reader.unknown_events);
    facts->execution = first->execution + 1;
    facts->execution_count = first->count;
}

/* What the facts still borrow from the first reading is copied. */
static void keep(struct snap_facts *facts)
{
    for (uint32_t v = 0; v < facts->vertex_count; v++)
        facts->vertices[v].name = snap_arena_strdup(&facts->arena, facts->vertices[v].name);
}

static bool read_both(struct snap_facts *facts, struct first *first, const char *directory,
                      const struct snap_explain_wanted *wanted, struct snap_error *error)
{
    struct snap_arena *arena = &facts->arena;
    const char *path = snap_arena_printf(arena, "%s/trace.jsonl", directory);
    const char *summary = snap_arena_printf(arena, "%s/summary.json", directory);
    const struct snap_checkpoint_stats *chosen;
    struct snap_explain_trace trace;

    first->startup_ns = snap_fact_startup_of(summary);
    if (!read_first(first, wanted, error) || !(chosen = choose(first, directory, wanted, error)))
        return false;
    read_flow(first, snap_arena_printf(arena, "%s/flow.tsv", directory));
    snap_explain_trace_begin(&trace, facts, &first->statistics, chosen);
    if (!read_second(&trace, first, path, error))
        return false;
    snap_explain_trace_end(&trace);
    snap_facts_read_summary(facts, summary);
    note_reading(facts, first);
    keep(facts);
    return true;
}

bool snap_explain_run_read(struct snap_facts *facts, const char *directory,
                           const struct snap_explain_wanted *wanted, struct snap_error *error)
{
    const char *path = snap_arena_printf(&facts->arena, "%s/trace.jsonl", directory);
    struct first first;
    bool good;

    memset(&first, 0, sizeof(first));
    if (!snap_trace_reader_open(&first.reader, path, error))
        return false;
    good = read_both(facts, &first, directory, wanted, error);
    snap_statistics_fini(&first.statistics);
    snap_trace_reader_close(&first.reader);
    return good;
}
