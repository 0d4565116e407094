// SPDX-License-Identifier: Apache-2.0
/* Verdicts over several seeds: of each variant, and of its states and sinks, the least and the most
 * of each counter. */
#include <math.h>
#include <string.h>

#include "model/names.h"
#include "model/total.h"
#include "view/console.h"
#include "view/run_groups.h"
#include "view/table.h"
#include "view/total_text.h"
#include "view/units.h"

/* What a cell shows of one number of several runs. */
struct span {
    double *values; /* one a run; NaN: not judged */
    uint32_t count;
    bool is_least; /* of some run only the least is known */
};

/* Whether a table has cells that its last line explains. */
struct marks {
    bool partly;
    bool least;
};

static struct span span_of(const struct snap_run_group *group, struct snap_arena *arena)
{
    return (struct span){SNAP_ARENA_ARRAY(arena, double, group->count), 0, false};
}

static void add_value(struct span *span, int64_t count)
{
    span->values[span->count++] = count == SNAP_UNJUDGED ? (double)NAN : (double)count;
}

/* "12", or "0..12" where seeds differ; "0..12 ?" where some were not judged. */
static void add_span(struct snap_table *table, const struct span *span, struct marks *marks)
{
    struct snap_range range = snap_range_of(span->values, span->count);
    bool partly = range.count > 0 && range.count < span->count;
    const char *least = span->is_least ? ">= " : "";

    marks->partly = marks->partly || partly;
    marks->least = marks->least || span->is_least;
    if (range.count == 0)
        snap_table_cell(table, "-");
    else if (range.min == range.max)
        snap_table_printf(table, "%s%.0f%s", least, range.min, partly ? " ?" : "");
    else
        snap_table_printf(table, "%s%.0f..%.0f%s", least, range.min, range.max, partly ? " ?" : "");
}

static void add_marks(struct snap_text *text, const struct marks *marks)
{
    if (marks->partly)
        snap_text_add_string(text, "  (\"?\": of the seeds in which it can be judged)\n");
    if (marks->least)
        snap_text_add_string(text, SNAP_TOTAL_LEAST_NOTE);
}

/* ---- all states and sinks together ---- */

static void add_counter(struct snap_table *table, const struct snap_run_group *group,
                        enum snap_counter counter, struct marks *marks)
{
    struct span span = span_of(group, &table->arena);

    for (uint32_t i = 0; i < group->count; i++) {
        const struct snap_verdict *verdict = group->runs[i]->verdict;
        struct snap_total total = SNAP_TOTAL_NONE;

        if (verdict)
            total = snap_verdict_total(verdict, counter);
        add_value(&span, verdict ? verdict->counters[counter] : SNAP_UNJUDGED);
        span.is_least = span.is_least || snap_total_is_at_least(&total);
    }
    add_span(table, &span, marks);
}

/* How many are as expected, and how many nobody can say it of. */
static void add_expected(struct snap_table *table, const struct snap_run_group *group)
{
    uint32_t met = 0;
    uint32_t failed = 0;
    uint32_t interrupted = 0;

    for (uint32_t i = 0; i < group->count; i++) {
        met += group->runs[i]->expectation_met;
        failed += group->runs[i]->failure != NULL;
        interrupted += group->runs[i]->interrupted;
    }
    if (failed > 0)
        snap_table_printf(table, "%u of %u, %u %s", met, group->count, failed,
                          snap_plural(failed, "ERROR", "ERRORS"));
    else if (interrupted > 0)
        snap_table_printf(table, "%u of %u, %u not judged", met, group->count, interrupted);
    else
        snap_table_printf(table, "%u of %u", met, group->count);
}

static void add_group(struct snap_table *table, const struct snap_run_groups *groups, uint32_t g,
                      struct marks *marks)
{
    const struct snap_run_group *group = &groups->items[g];
    struct span restarts = span_of(group, &table->arena);
    struct span completed = span_of(group, &table->arena);
    struct marks unmarked = {0};

    for (uint32_t i = 0; i < group->count; i++) {
        const struct snap_summary *run = group->runs[i];

        if (run->failure)
            continue;
        add_value(&restarts, run->statistics->restart_count);
        add_value(&completed, run->statistics->completed_count);
    }
    snap_table_cell(table, snap_run_group_name(groups, g, &table->arena));
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        add_counter(table, group, (enum snap_counter)c, marks);
    add_span(table, &completed, &unmarked);
    add_span(table, &restarts, &unmarked);
    add_expected(table, group);
}

void snap_seeds_table(struct snap_text *text, const struct snap_summary *runs, uint32_t count,
                      uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Variant", SNAP_TABLE_LEFT, 0},       {"Lost", SNAP_TABLE_RIGHT, 0},
        {"Dupli- cated", SNAP_TABLE_RIGHT, 0}, {"Out of Order", SNAP_TABLE_RIGHT, 0},
        {"Wrong State", SNAP_TABLE_RIGHT, 0},  {"Uncom- mitted", SNAP_TABLE_RIGHT, 0},
        {"Pending", SNAP_TABLE_RIGHT, 3},      {"Check- points", SNAP_TABLE_RIGHT, 2},
        {"Restarts", SNAP_TABLE_RIGHT, 1},     {"As Ex- pected", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_run_groups groups;
    struct snap_arena arena;
    struct snap_table table;
    struct marks marks = {0};

    snap_arena_init(&arena);
    groups = snap_run_groups_of(runs, count, &arena);
    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    table.omits_blank = true;
    for (uint32_t g = 0; g < groups.count; g++)
        add_group(&table, &groups, g, &marks);
    snap_text_printf(text, "Verdicts over %u %s: records, least and most\n", groups.largest,
                     snap_plural(groups.largest, "seed", "seeds"));
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
    add_marks(text, &marks);
    snap_arena_fini(&arena);
}

/* ---- each state and sink ---- */

/* The judgement on the same state or sink in another run; NULL: it has none. */
static const struct snap_judgement *same_judgement(const struct snap_summary *run, const char *uid,
                                                   enum snap_judged_kind kind)
{
    for (uint32_t i = 0; run->verdict && i < run->verdict->judgement_count; i++) {
        const struct snap_judgement *at = &run->verdict->judgements[i];

        if (at->kind == kind &&
            strcmp(snap_judged_operator(at, run->statistics->job)->uid, uid) == 0)
            return at;
    }
    return NULL;
}

/* A column of the table: a counter, what was processed or what is affected. */
enum { PROCESSED = SNAP_COUNTER_COUNT, AFFECTED };

static int64_t number_of(const struct snap_judgement *judgement, unsigned column)
{
    if (!judgement)
        return SNAP_UNJUDGED;
    if (column == PROCESSED)
        return judgement->processed;
    return column == AFFECTED ? judgement->affected : judgement->counters[column];
}

/* One row; the first run of the group has the judgement. */
static void add_judgement(struct snap_table *table, const struct snap_run_group *group,
                          const struct snap_judgement *judgement, struct marks *marks)
{
    static const unsigned columns[] = {
        SNAP_COUNTER_LOST,
        SNAP_COUNTER_DUPLICATED,
        SNAP_COUNTER_WRONG_STATE,
        SNAP_COUNTER_UNCOMMITTED,
        SNAP_COUNTER_PENDING,
        PROCESSED,
        AFFECTED,
    };
    const char *uid = snap_judged_operator(judgement, group->runs[0]->statistics->job)->uid;

    snap_table_cell(table, uid);
    snap_table_cell(table, judgement->kind == SNAP_JUDGED_STATE ? "state" : "sink");
    for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++) {
        struct span span = span_of(group, &table->arena);

        for (uint32_t i = 0; i < group->count; i++)
            add_value(&span,
                      number_of(same_judgement(group->runs[i], uid, judgement->kind), columns[c]));
        add_span(table, &span, marks);
    }
}

/* The name of a group stands in its first row only. */
static void add_judgements(struct snap_table *table, const struct snap_run_groups *groups,
                           uint32_t g, struct marks *marks)
{
    const struct snap_run_group *group = &groups->items[g];
    const struct snap_verdict *verdict = group->runs[0]->verdict;
    uint32_t rows = 0;

    for (uint32_t i = 0; verdict && i < verdict->judgement_count; i++) {
        if (verdict->judgements[i].is_unread)
            continue;
        snap_table_cell(table, rows++ ? "" : snap_run_group_name(groups, g, &table->arena));
        add_judgement(table, group, &verdict->judgements[i], marks);
    }
}

void snap_seeds_judgements_table(struct snap_text *text, const struct snap_summary *runs,
                                 uint32_t count, uint32_t width)
{
    static const struct snap_table_column columns[] = {
        {"Variant", SNAP_TABLE_LEFT, 0},        {"State or Sink", SNAP_TABLE_LEFT, 0},
        {"Kind", SNAP_TABLE_LEFT, 1},           {"Lost", SNAP_TABLE_RIGHT, 0},
        {"Dupli- cated", SNAP_TABLE_RIGHT, 0},  {"Wrong State", SNAP_TABLE_RIGHT, 0},
        {"Uncom- mitted", SNAP_TABLE_RIGHT, 2}, {"Pending", SNAP_TABLE_RIGHT, 2},
        {"Processed", SNAP_TABLE_RIGHT, 4},     {"Affected", SNAP_TABLE_RIGHT, 1},
    };
    struct snap_run_groups groups;
    struct snap_arena arena;
    struct snap_table table;
    struct marks marks = {0};

    if (!snap_compare_has_several_judgements(runs, count))
        return;
    snap_arena_init(&arena);
    groups = snap_run_groups_of(runs, count, &arena);
    snap_table_init(&table, columns, (uint32_t)(sizeof(columns) / sizeof(columns[0])));
    table.omits_blank = true;
    for (uint32_t g = 0; g < groups.count; g++)
        add_judgements(&table, &groups, g, &marks);
    snap_text_add_string(text, "\nEach state and sink: records, least and most\n");
    snap_table_text(&table, width, text);
    snap_table_fini(&table);
    add_marks(text, &marks);
    snap_arena_fini(&arena);
}
