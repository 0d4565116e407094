// SPDX-License-Identifier: Apache-2.0
/* An explanation as text: the way back step by step, hop by hop. */
#include <math.h>

#include "view/explanation.h"
#include "view/table.h"
#include "view/units.h"
#include "view/wrap.h"

enum { NAMED_MAX = 3 };

static const char *status_name(const struct snap_facts *facts)
{
    switch (facts->status) {
    case SNAP_FACTS_COMPLETED:
        return "completed in";
    case SNAP_FACTS_FAILED:
        return "given up after";
    case SNAP_FACTS_IN_PROGRESS:
        break;
    }
    return "under way for";
}

/* ---- the head ---- */

/* "sink[0], sink[1] and 3 more did not"; not if some of them are not told. */
static void add_missing(struct snap_text *text, const struct snap_facts *facts)
{
    uint32_t count = 0;
    uint32_t named = 0;

    for (uint32_t i = 0; i < facts->task_count; i++)
        count += !facts->tasks[i].acknowledged && !facts->tasks[i].finished;
    if (count == 0 || count + facts->acknowledged_count != facts->task_count)
        return;
    for (uint32_t i = 0; i < facts->task_count && named < NAMED_MAX; i++)
        if (!facts->tasks[i].acknowledged && !facts->tasks[i].finished)
            snap_text_printf(text, "%s%s", named++ > 0 ? ", " : "; ", facts->tasks[i].name);
    if (count > named)
        snap_text_printf(text, " and %u more", count - named);
    snap_text_add_string(text, " did not");
}

/* How many overtook, and what that cost. */
static void add_overtaken(struct snap_text *text, const struct snap_facts *facts,
                          struct snap_arena *arena)
{
    int64_t saved_bytes = 0;
    uint32_t count = 0;

    for (uint32_t i = 0; i < facts->task_count; i++) {
        count += facts->tasks[i].unaligned;
        saved_bytes += facts->tasks[i].persisted_bytes > 0 ? facts->tasks[i].persisted_bytes : 0;
    }
    if (count > 0)
        snap_text_printf(text,
                         " In %u of them barriers overtook, and %s of data in flight were "
                         "saved.",
                         count, snap_size_name(saved_bytes, arena));
}

/* Which of several executions of the job it is of. */
static void add_execution(struct snap_text *text, const struct snap_facts *facts)
{
    if (facts->execution_count < 2)
        return;
    snap_text_printf(text, "Of execution %u of %u of the job", facts->execution,
                     facts->execution_count);
    snap_text_add_string(text, facts->execution == facts->execution_count
                                   ? ", the last (`--execution N` takes another one). "
                                   : ". ");
}

static void add_head(struct snap_text *text, const struct snap_explanation *explanation,
                     struct snap_arena *arena)
{
    const struct snap_facts *facts = explanation->facts;
    struct snap_text paragraph = {0};
    uint32_t target = explanation->walk->target;

    snap_wrap_headline(text,
                       snap_arena_printf(arena, "%s %lld of \"%s\": %s %s", facts->kind,
                                         (long long)facts->checkpoint, facts->job,
                                         status_name(facts),
                                         facts->duration_ns == SNAP_UNKNOWN
                                             ? "an unknown time"
                                             : snap_duration_name(facts->duration_ns, arena)),
                       SNAP_EXPLANATION_WIDTH);
    snap_text_add_string(text, "\n");
    add_execution(&paragraph, facts);
    if (facts->triggered_at_ns != SNAP_UNKNOWN)
        snap_text_printf(&paragraph, "Triggered at %s. ",
                         snap_instant_name(facts->triggered_at_ns, arena));
    if (facts->alignment)
        snap_text_printf(&paragraph, "Its barriers began %s. ", facts->alignment);
    if (facts->reason)
        snap_text_printf(&paragraph, "Flink's reason: \"%s\" ", facts->reason);
    snap_text_printf(&paragraph, "%u of %u subtasks acknowledged", facts->acknowledged_count,
                     facts->task_count > 0 ? facts->task_count : facts->subtask_count);
    if (facts->status == SNAP_FACTS_COMPLETED && target != SNAP_NO_FACT && !facts->last_untold)
        snap_text_printf(&paragraph, ", %s last", facts->tasks[target].name);
    else
        add_missing(&paragraph, facts);
    snap_text_add_string(&paragraph, ".");
    add_overtaken(&paragraph, facts, arena);
    snap_paragraph_text(snap_text_get(&paragraph), SNAP_EXPLANATION_WIDTH, text);
    snap_text_fini(&paragraph);
}

/* ---- steps ---- */

/* Flink tells nothing of a subtask that has not acknowledged; without a plan any may be a source.
 */
static void add_trigger_words(struct snap_table *table, const struct snap_facts *facts,
                              const struct snap_explain_step *step)
{
    const struct snap_fact_task *task = &facts->tasks[step->task];

    if (facts->origin == SNAP_FACTS_OF_FLINK && step->open)
        snap_table_printf(table, "not told: %s did not acknowledge", task->name);
    else if (facts->planless)
        snap_table_printf(table, "start delay of %s", task->name);
    else if (task->declined && step->open)
        snap_table_printf(table, "until the decline of %s had come", task->name);
    else
        snap_table_printf(table, "until %s took the trigger%s", task->name,
                          step->open ? ", not over" : "");
}

static void add_step_words(struct snap_table *table, const struct snap_facts *facts,
                           const struct snap_explain_step *step)
{
    const struct snap_fact_task *task = &facts->tasks[step->task];
    const char *open = step->open ? ", not over" : "";

    switch (step->kind) {
    case SNAP_EXPLAIN_TRIGGER:
        add_trigger_words(table, facts, step);
        return;
    case SNAP_EXPLAIN_HELD:
        if (task->declined && step->open)
            snap_table_printf(table, "until the decline of %s had come", task->name);
        else
            snap_table_printf(table, "held by %s%s", task->name, open);
        return;
    case SNAP_EXPLAIN_TURN:
        snap_table_printf(table, "turn on the cores, %s -> %s%s",
                          facts->tasks[step->hop->from].name, task->name, open);
        return;
    case SNAP_EXPLAIN_QUEUE:
        snap_table_printf(table, "in queues, %s -> %s%s", facts->tasks[step->hop->from].name,
                          task->name, open);
        return;
    case SNAP_EXPLAIN_SYNC:
        snap_table_printf(table, "synchronous part of %s%s", task->name, open);
        return;
    case SNAP_EXPLAIN_ASYNC:
        snap_table_printf(
            table, "asynchronous part of %s%s%s", task->name, task->state_bytes > 0 ? ", " : "",
            task->state_bytes > 0
                ? snap_arena_printf(&table->arena, "%s%s",
                                    snap_size_name(task->state_bytes, &table->arena), open)
                : open);
        return;
    case SNAP_EXPLAIN_ACK:
    case SNAP_EXPLAIN_STEP_COUNT:
        break;
    }
    snap_table_printf(table, "acknowledgement of %s%s", task->name, open);
}

static void add_share(struct snap_table *table, const struct snap_facts *facts, snap_ns took_ns)
{
    if (facts->duration_ns > 0)
        snap_table_printf(table, "%.0f %%", 100 * (double)took_ns / (double)facts->duration_ns);
    else
        snap_table_cell(table, "-");
}

/* An acknowledgement behind those that are told ends it. */
static void add_untold_step(struct snap_table *table, const struct snap_explanation *explanation)
{
    const struct snap_explain_walk *walk = explanation->walk;
    snap_ns duration_ns = explanation->facts->duration_ns;
    snap_ns told_ns = walk->steps[walk->step_count - 1].to_ns;

    if (!explanation->facts->last_untold || duration_ns <= told_ns)
        return;
    snap_table_printf(table, "+%s", snap_duration_name(duration_ns, &table->arena));
    snap_table_cell(table, snap_duration_name(duration_ns - told_ns, &table->arena));
    add_share(table, explanation->facts, duration_ns - told_ns);
    snap_table_cell(table, "until a subtask that is not told acknowledged, last");
}

/* Where subtasks are not told their vertices may be. */
static void add_vertices(struct snap_text *text, const struct snap_facts *facts)
{
    static const struct snap_table_column columns[] = {
        {"Last at", SNAP_TABLE_RIGHT, 0}, {"Subtasks", SNAP_TABLE_RIGHT, 0},
        {"State", SNAP_TABLE_RIGHT, 1},   {"In Flight", SNAP_TABLE_RIGHT, 1},
        {"Vertex", SNAP_TABLE_LEFT, 0},
    };
    struct snap_table table;

    snap_table_init(&table, columns, 5);
    for (uint32_t v = 0; v < facts->vertex_count; v++) {
        const struct snap_fact_vertex *vertex = &facts->vertices[v];

        if (vertex->last_ack_ns == SNAP_UNKNOWN)
            snap_table_cell(&table, "none");
        else
            snap_table_printf(&table, "+%s", snap_duration_name(vertex->last_ack_ns, &table.arena));
        snap_table_printf(&table, "%u of %u", vertex->acknowledged_count, vertex->parallelism);
        snap_table_cell(&table, snap_size_name(snap_ns_max(0, vertex->state_bytes), &table.arena));
        snap_table_cell(&table,
                        snap_size_name(snap_ns_max(0, vertex->persisted_bytes), &table.arena));
        snap_table_cell(&table, vertex->name);
    }
    snap_table_text(&table, SNAP_EXPLANATION_WIDTH, text);
    snap_table_fini(&table);
}

static void add_steps(struct snap_text *text, const struct snap_explanation *explanation)
{
    static const struct snap_table_column columns[] = {
        {"Until", SNAP_TABLE_RIGHT, 0},
        {"Took", SNAP_TABLE_RIGHT, 0},
        {"Share", SNAP_TABLE_RIGHT, 1},
        {"What", SNAP_TABLE_LEFT, 0},
    };
    const struct snap_explain_walk *walk = explanation->walk;
    struct snap_table table;

    snap_text_add_string(text, "\nWhere the time went, from the end back\n");
    if (walk->step_count == 0) {
        if (snap_facts_last_vertex(explanation->facts) == SNAP_NO_FACT)
            snap_text_add_string(text, "  Nothing is known of it.\n");
        else
            add_vertices(text, explanation->facts);
        return;
    }
    snap_table_init(&table, columns, 4);
    add_untold_step(&table, explanation);
    for (uint32_t i = walk->step_count; i > 0; i--) {
        const struct snap_explain_step *step = &walk->steps[i - 1];
        snap_ns took_ns = step->to_ns - step->from_ns;

        if (took_ns == 0)
            continue;
        snap_table_printf(&table, "+%s", snap_duration_name(step->to_ns, &table.arena));
        snap_table_cell(&table, snap_duration_name(took_ns, &table.arena));
        add_share(&table, explanation->facts, took_ns);
        add_step_words(&table, explanation->facts, step);
    }
    snap_table_text(&table, SNAP_EXPLANATION_WIDTH, text);
    snap_table_fini(&table);
    if (!walk->complete)
        snap_paragraph_text("Further back nothing is known.", SNAP_EXPLANATION_WIDTH, text);
}

/* ---- hops ---- */

static void add_amount(struct snap_text *text, const struct snap_fact_amount *amount,
                       struct snap_arena *arena)
{
    if (amount->buffers != SNAP_UNKNOWN)
        snap_text_printf(text, "%lld %s, ", (long long)amount->buffers,
                         amount->buffers == 1 ? "buffer" : "buffers");
    snap_text_printf(text, "%lld %s", (long long)amount->records,
                     amount->records == 1 ? "record" : "records");
    if (amount->bytes != SNAP_UNKNOWN)
        snap_text_printf(text, ", %s", snap_size_name(amount->bytes, arena));
}

static void add_queued(struct snap_text *text, const struct snap_facts *facts,
                       const struct snap_fact_hop *hop, struct snap_arena *arena)
{
    const struct snap_fact_task *to = &facts->tasks[hop->to];

    if (hop->channel.records != SNAP_UNKNOWN) {
        snap_text_add_string(text, " When it was sent there lay before it on its channel: ");
        add_amount(text, &hop->channel, arena);
        if (hop->all.records != SNAP_UNKNOWN) {
            snap_text_printf(text, "; on all channels of %s: ", to->name);
            add_amount(text, &hop->all, arena);
        }
        snap_text_add_string(text, ".");
    } else if (to->queued.records != SNAP_UNKNOWN) {
        if (facts->around_ns > 0)
            snap_text_printf(text, " In the mean over the %s around the trigger",
                             snap_duration_name(facts->around_ns, arena));
        else
            snap_text_add_string(text, " At the trigger");
        if (to->queued_is_mean)
            snap_text_printf(
                text, " there waited before %s, per subtask: ", facts->vertices[to->vertex].name);
        else
            snap_text_printf(text, " there waited before %s: ", to->name);
        add_amount(text, &to->queued, arena);
        snap_text_add_string(text, ".");
    }
}

/* Who used records up: the subtask, or one of its vertex in the mean. */
static const char *consumer_of(const struct snap_facts *facts, const struct snap_fact_task *task,
                               struct snap_arena *arena)
{
    return task->rate_is_mean
               ? snap_arena_printf(arena, "A subtask of %s, in the mean of the vertex,",
                                   facts->vertices[task->vertex].name)
               : task->name;
}

static void add_consumer(struct snap_text *text, const struct snap_facts *facts,
                         const struct snap_fact_task *task, struct snap_arena *arena)
{
    if (task->records_per_s > 0) {
        snap_text_printf(text, " %s used up %s records/s", consumer_of(facts, task, arena),
                         snap_amount_name(task->records_per_s, arena));
        if (task->bytes_per_s > 0)
            snap_text_printf(text, " (%s/s)", snap_size_name((int64_t)task->bytes_per_s, arena));
        snap_text_add_string(text, ".");
    }
    if (!isnan(task->busy))
        snap_text_printf(text, " %s was busy %.0f %%, backpressured %.0f %% of its time.",
                         task->records_per_s > 0 && !task->rate_is_mean ? "It" : task->name,
                         100 * task->busy, 100 * task->backpressured);
}

static void add_hop(struct snap_text *text, const struct snap_explanation *explanation,
                    const struct snap_hop_form *form, struct snap_arena *arena)
{
    const struct snap_facts *facts = explanation->facts;
    const struct snap_explain_step *step = &explanation->walk->steps[form->step];
    struct snap_text paragraph = {0};

    if (form->waited_ns + form->turn_ns == 0)
        return;
    snap_text_printf(&paragraph, "%s -> %s: %s%s.", facts->tasks[step->hop->from].name,
                     facts->tasks[step->task].name, step->open ? "not taken yet after " : "waited ",
                     snap_duration_name(form->waited_ns + form->turn_ns, arena));
    if (form->turn_ns > 0)
        snap_text_printf(&paragraph, " Of that, for %s's turn on the cores: %s.",
                         facts->tasks[step->hop->from].name,
                         snap_duration_name(form->turn_ns, arena));
    if (form->form_ns != SNAP_UNKNOWN)
        snap_text_printf(&paragraph, " %s (in flight at the trigger / rate): %s.",
                         facts->tasks[step->task].unaligned ? "Aligned it would have waited"
                                                            : "By closed form",
                         snap_duration_name(form->form_ns, arena));
    add_queued(&paragraph, facts, step->hop, arena);
    add_consumer(&paragraph, facts, &facts->tasks[step->task], arena);
    snap_paragraph_text(snap_text_get(&paragraph), SNAP_EXPLANATION_WIDTH, text);
    snap_text_fini(&paragraph);
}

static void add_hops(struct snap_text *text, const struct snap_explanation *explanation,
                     struct snap_arena *arena)
{
    const struct snap_forecast *forecast = explanation->forecast;

    struct snap_text hops = {0};

    for (uint32_t i = forecast->hop_count; i > 0; i--)
        add_hop(&hops, explanation, &forecast->hops[i - 1], arena);
    if (hops.length > 0)
        snap_text_printf(text, "\nHop by hop\n%s", hops.data);
    snap_text_fini(&hops);
}

/* ---- all of it ---- */

static void add_not_known(struct snap_text *text, const struct snap_facts *facts)
{
    if (facts->missing_count == 0)
        return;
    snap_text_add_string(text, "\nNot known\n");
    for (uint32_t i = 0; i < facts->missing_count; i++)
        snap_paragraph_text(facts->missing[i], SNAP_EXPLANATION_WIDTH, text);
}

void snap_explanation_text(struct snap_text *text, const struct snap_explanation *explanation)
{
    struct snap_text verdict = {0};
    struct snap_arena arena;

    snap_arena_init(&arena);
    add_head(text, explanation, &arena);
    add_steps(text, explanation);
    add_hops(text, explanation, &arena);
    snap_text_add_string(text, "\nVerdict\n");
    snap_explanation_verdict(&verdict, explanation, &arena);
    snap_paragraph_text(snap_text_get(&verdict), SNAP_EXPLANATION_WIDTH, text);
    snap_explanation_advice(text, explanation, &arena);
    add_not_known(text, explanation->facts);
    snap_text_fini(&verdict);
    snap_arena_fini(&arena);
}
