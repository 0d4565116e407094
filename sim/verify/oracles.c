// SPDX-License-Identifier: Apache-2.0
#include "verify/oracles.h"

#include "base/check.h"
#include "base/memory.h"

#define ROW(id, symbol, name, claim) [SNAP_ORACLE_##id] = &snap_oracle_##symbol,
static const struct snap_oracle *const table[SNAP_ORACLE_COUNT] = {SNAP_ORACLES(ROW)};

struct snap_oracles {
    struct snap_arena arena;
    struct snap_oracle_case cases[SNAP_ORACLE_COUNT];
    bool judged_before[SNAP_ORACLE_COUNT]; /* in an earlier execution */
    enum snap_job_status status;           /* as last told */
    snap_ns last_ns;                       /* the last event */
};

static void begin(struct snap_oracles *oracles, unsigned i)
{
    struct snap_oracle_case *at = &oracles->cases[i];

    at->books = snap_arena_alloc(&oracles->arena, table[i]->books_bytes);
    at->result.judged = true;
    at->result.why_not = NULL;
    if (table[i]->begin && !table[i]->begin(at))
        SNAP_CHECK(at->result.why_not != NULL);
}

struct snap_oracles *snap_oracles_create(const struct snap_simulation *simulation,
                                         const struct snap_operator_rules *const *rules)
{
    struct snap_oracles *oracles = snap_memory_take_zeroed(sizeof(*oracles));

    snap_arena_init(&oracles->arena);
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++) {
        struct snap_oracle_case *at = &oracles->cases[i];

        at->sim = simulation;
        at->job = simulation->job;
        at->rules = rules;
        at->arena = &oracles->arena;
        begin(oracles, i);
    }
    return oracles;
}

void snap_oracles_begin_at(struct snap_oracles *oracles, const struct snap_baseline *baseline)
{
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (table[i]->given && oracles->cases[i].result.judged)
            table[i]->given(&oracles->cases[i], baseline);
}

void snap_oracles_destroy(struct snap_oracles *oracles)
{
    if (!oracles)
        return;
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (table[i]->fini)
            table[i]->fini(&oracles->cases[i]);
    snap_arena_fini(&oracles->arena);
    snap_memory_give_back(oracles);
}

static void on_span(void *context, const struct snap_span *span)
{
    struct snap_oracles *oracles = context;

    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (table[i]->span && oracles->cases[i].result.judged)
            table[i]->span(&oracles->cases[i], span);
}

static void on_passage(void *context, const struct snap_passage *passage)
{
    struct snap_oracles *oracles = context;

    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (table[i]->passage && oracles->cases[i].result.judged)
            table[i]->passage(&oracles->cases[i], passage);
}

static void on_local(void *context, const struct snap_event *event)
{
    struct snap_oracles *oracles = context;

    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (table[i]->local && oracles->cases[i].result.judged)
            table[i]->local(&oracles->cases[i], event);
}

static void on_merged(void *context, const struct snap_event *event)
{
    struct snap_oracles *oracles = context;

    oracles->last_ns = event->at_ns;
    if (event->type == SNAP_EVENT_JOB_STATUS)
        oracles->status = (enum snap_job_status)event->args[0];
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (table[i]->event && oracles->cases[i].result.judged)
            table[i]->event(&oracles->cases[i], event);
}

struct snap_observer snap_oracles_observer(struct snap_oracles *oracles)
{
    bool full = oracles->cases[0].sim->ledger == SNAP_LEDGER_FULL;
    bool passages = oracles->cases[SNAP_ORACLE_CHANNELS].result.judged;

    return (struct snap_observer){.context = oracles,
                                  .span = full ? on_span : NULL,
                                  .passage = passages ? on_passage : NULL,
                                  .local = full ? on_local : NULL,
                                  .merged = on_merged,
                                  .digests_wanted = full};
}

static void end_all(struct snap_oracles *oracles, const struct snap_oracle_end *end)
{
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (table[i]->end && oracles->cases[i].result.judged)
            table[i]->end(&oracles->cases[i], end);
}

void snap_oracles_resume(struct snap_oracles *oracles, const struct snap_execution_start *start,
                         const struct snap_operator_rules *const *rules)
{
    struct snap_oracle_end end = {.status = oracles->status, .elapsed_ns = oracles->last_ns};

    end_all(oracles, &end);
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++) {
        struct snap_oracle_case *at = &oracles->cases[i];
        const void *before = at->books;
        bool judged = at->result.judged;

        if (table[i]->fini)
            table[i]->fini(at);
        oracles->judged_before[i] = oracles->judged_before[i] || judged;
        at->job = start->job;
        at->rules = rules;
        at->start_ns = start->at_ns;
        begin(oracles, i);
        if (table[i]->resume && judged && at->result.judged)
            table[i]->resume(at, before, start);
    }
}

void snap_oracles_end(struct snap_oracles *oracles, const struct snap_oracle_end *end,
                      struct snap_oracle_result *results)
{
    end_all(oracles, end);
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++) {
        results[i] = oracles->cases[i].result;
        if (oracles->judged_before[i]) {
            results[i].judged = true;
            results[i].why_not = NULL;
        }
    }
}
