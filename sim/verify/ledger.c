// SPDX-License-Identifier: Apache-2.0
#include "verify/ledger.h"

#include "base/check.h"
#include "base/memory.h"
#include "verify/books.h"
#include "verify/ledger_parts.h"
#include "verify/sink_lines.h"

void snap_ledger_make_tasks(struct snap_ledger *ledger)
{
    const struct snap_job *job = ledger->job;

    ledger->task_vertex = SNAP_ARENA_ARRAY(&ledger->arena, uint32_t, job->task_count);
    ledger->tasks = SNAP_ARENA_ARRAY(&ledger->arena, struct snap_task_book, job->task_count + 1);
    for (uint32_t i = 0; i <= job->task_count; i++)
        snap_arena_init_filling(&ledger->tasks[i].arena);
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];

        for (uint32_t i = 0; i < vertex->parallelism; i++) {
            ledger->task_vertex[vertex->task_first + i] = v;
            ledger->tasks[vertex->task_first + i].alive = true;
        }
    }
}

void snap_ledger_make_splits(struct snap_ledger *ledger)
{
    const struct snap_job *job = ledger->job;

    ledger->splits = SNAP_ARENA_ARRAY(&ledger->arena, struct snap_split_book, job->split_count);
    ledger->split_operator = SNAP_ARENA_ARRAY(&ledger->arena, uint32_t, job->split_count);
    ledger->base_origin = SNAP_ARENA_ARRAY(&ledger->arena, uint64_t, job->split_count);
    for (uint32_t s = 0; s < job->split_count; s++)
        ledger->split_operator[s] = SNAP_NO_INDEX;
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *op = &job->operators[i];

        for (uint32_t s = 0; s < op->split_count; s++)
            ledger->split_operator[op->split_first + s] = i;
    }
    for (uint32_t s = 0; s < job->split_count; s++) {
        ledger->splits[s].sent.keeps_timestamps = true;
        ledger->base_origin[s] = snap_origin_make(s, 0);
        ledger->splits[s].end_origin = snap_origin_make(s, 0);
        ledger->splits[s].next_origin = snap_origin_make(s, 0);
    }
}

/* What goes through windows, and tables whose rows replace each other, is judged otherwise. */
static bool is_judged_by_print(const struct snap_ledger *ledger, uint32_t index)
{
    const struct snap_operator_rules *rules = ledger->rules[index];

    if (!snap_rule_has_state(rules->kind) &&
        (rules->kind != SNAP_RULE_SINK || rules->reads_none ||
         ledger->job->operators[index].sink_view == SNAP_SINK_REPLACES))
        return false;
    return ledger->graph.countable[index] && !ledger->graph.behind_window[index];
}

void snap_ledger_make_forms(struct snap_ledger *ledger)
{
    uint32_t count = ledger->job->operator_count;
    bool *wanted = SNAP_ARENA_ARRAY(&ledger->arena, bool, count);

    ledger->prints = false;
    ledger->forms = SNAP_ARENA_ARRAY(&ledger->arena, struct snap_print_form, count);
    for (uint32_t i = 0; i < count; i++) {
        wanted[i] = is_judged_by_print(ledger, i);
        ledger->prints |= wanted[i];
        if (!wanted[i] || ledger->mode != SNAP_LEDGER_FULL)
            continue;
        ledger->forms[i].schema = ledger->job->operators[i].input_schemas[0];
        ledger->forms[i].parts = ledger->graph.known[i];
    }
    ledger->printed = snap_walk_aim_at(&ledger->graph, &ledger->arena, wanted);
    /* Names can be added up over executions, contents cannot: each had a graph of its own. */
    if (ledger->mode == SNAP_LEDGER_FULL && ledger->before)
        ledger->prints = false;
}

/* A source's tasks walk the graph at once: what they sent is at hand. */
static void make_expected(struct snap_ledger *ledger, struct snap_task_book *task)
{
    task->walk = SNAP_ARENA_NEW(&ledger->arena, struct snap_walk);
    snap_walk_init(task->walk, &ledger->graph, &ledger->printed);
    task->expected =
        SNAP_ARENA_ARRAY(&ledger->arena, struct snap_fingerprint, ledger->job->operator_count);
    task->walk->prints = task->expected;
    task->walk->forms = ledger->forms;
}

void snap_ledger_make_books(struct snap_ledger *ledger, const struct snap_operator *op,
                            uint32_t count)
{
    struct snap_subtask_book *books =
        SNAP_ARENA_ARRAY(&ledger->arena, struct snap_subtask_book, count);
    enum snap_rule_kind kind = ledger->rules[op->index]->kind;

    SNAP_CHECK(count >= op->parallelism);
    ledger->books[op->index] = books;
    ledger->subtasks[op->index] = count;
    for (uint32_t i = 0; i < op->parallelism; i++) {
        struct snap_task_book *task = snap_ledger_task(ledger, op->index, i);

        if (snap_rule_has_state(kind))
            snap_journal_init(&books[i].journal, &task->arena);
        books[i].journal.log.keeps_timestamps = ledger->rules[op->index]->uses_timestamps;
        if (kind == SNAP_RULE_WINDOW && ledger->mode == SNAP_LEDGER_FULL) {
            books[i].windows = SNAP_ARENA_NEW(&task->arena, struct snap_window_book);
            snap_journal_init(&books[i].windows->journal, &task->arena);
            books[i].windows->execution = ledger->execution;
        }
        if (kind == SNAP_RULE_SOURCE && ledger->prints && !task->walk)
            make_expected(ledger, task);
    }
}

struct snap_ledger *snap_ledger_create(const struct snap_simulation *simulation,
                                       const struct snap_operator_rules *const *rules)
{
    struct snap_ledger *ledger = snap_memory_take_zeroed(sizeof(*ledger));

    SNAP_CHECK(simulation->ledger != SNAP_LEDGER_OFF);
    snap_arena_init(&ledger->arena);
    ledger->job = simulation->job;
    ledger->timeline = &simulation->timeline;
    ledger->rules = rules;
    ledger->mode = simulation->ledger;
    ledger->at_least_once = simulation->config.checkpoint.mode == SNAP_MODE_AT_LEAST_ONCE;
    ledger->savepoints_only = simulation->config.checkpoint.interval_ns == 0;
    ledger->overtakes = simulation->config.checkpoint.unaligned.enabled;
    ledger->recaptures = simulation->config.checkpoint.unaligned.during_recovery;
    snap_graph_init(&ledger->graph, &ledger->arena, ledger->job, rules);
    snap_ledger_make_forms(ledger);
    snap_ledger_make_tasks(ledger);
    snap_ledger_make_splits(ledger);
    ledger->books =
        SNAP_ARENA_ARRAY(&ledger->arena, struct snap_subtask_book *, ledger->job->operator_count);
    ledger->subtasks = SNAP_ARENA_ARRAY(&ledger->arena, uint32_t, ledger->job->operator_count);
    for (uint32_t i = 0; i < ledger->job->operator_count; i++)
        snap_ledger_make_books(ledger, &ledger->job->operators[i],
                               ledger->job->operators[i].parallelism);
    return ledger;
}

void snap_ledger_destroy(struct snap_ledger *ledger)
{
    if (!ledger)
        return;
    for (const struct snap_ledger *at = ledger; at; at = at->before)
        for (uint32_t i = 0; i <= at->job->task_count; i++) {
            if (at->tasks[i].walk)
                snap_walk_fini(at->tasks[i].walk);
            snap_arena_fini(&at->tasks[i].arena);
        }
    snap_arena_fini(&ledger->arena);
    snap_memory_give_back(ledger);
}

static struct snap_stretch stretch_of(const struct snap_span *span)
{
    return (struct snap_stretch){span->records, span->lineage, span->count};
}

static void add_print(const struct snap_ledger *ledger, const struct snap_span *span,
                      struct snap_fingerprint *print)
{
    struct snap_stretch stretch = stretch_of(span);

    if (ledger->mode == SNAP_LEDGER_FINGERPRINT ||
        (ledger->prints && ledger->printed.wanted[span->operator_index]))
        snap_fingerprint_add_stretch(print, &ledger->forms[span->operator_index], &stretch);
}

static void affected(struct snap_ledger *ledger, const struct snap_span *span)
{
    struct snap_subtask_book *book = &ledger->books[span->operator_index][span->subtask];
    struct snap_stretch stretch = stretch_of(span);

    book->processed += span->count;
    add_print(ledger, span, &book->journal.print);
    if (ledger->mode == SNAP_LEDGER_FULL)
        snap_log_append(&book->journal.log,
                        &snap_ledger_task(ledger, span->operator_index, span->subtask)->arena,
                        &stretch, span->at_ns);
}

/* Whether a later record of a key, from whichever subtask, takes the place of an earlier one. */
static bool has_rows(const struct snap_job *job, uint32_t index)
{
    return job->operators[index].sink_view == SNAP_SINK_REPLACES;
}

/* Each record at its own instant: which of two subtasks was later must not depend on the spans. */
static void log_rows(struct snap_log *log, struct snap_arena *arena, const struct snap_span *span)
{
    for (uint32_t i = 0; i < span->count; i++) {
        struct snap_stretch one = {snap_record_view_from(&span->records, i),
                                   span->lineage ? &span->lineage[i] : NULL, 1};

        snap_log_append(log, arena, &one, snap_span_record_instant(span, i));
    }
}

static void written(struct snap_ledger *ledger, const struct snap_span *span)
{
    struct snap_subtask_book *book = &ledger->books[span->operator_index][span->subtask];
    struct snap_arena *arena =
        &snap_ledger_task(ledger, span->operator_index, span->subtask)->arena;
    struct snap_stretch stretch = stretch_of(span);
    struct snap_part_book *part;

    book->processed += span->count;
    if (ledger->rules[span->operator_index]->reads_none)
        return;
    part = snap_subtask_book_part(book, arena, span->part);
    add_print(ledger, span, &part->print);
    if (ledger->mode != SNAP_LEDGER_FULL)
        return;
    if (has_rows(ledger->job, span->operator_index))
        log_rows(&part->written, arena, span);
    else
        snap_log_append(&part->written, arena, &stretch, span->at_ns);
}

static void note_window(struct snap_ledger *ledger, const struct snap_span *span)
{
    struct snap_subtask_book *book = &ledger->books[span->operator_index][span->subtask];

    if (book->windows)
        snap_window_book_note(book->windows,
                              &snap_ledger_task(ledger, span->operator_index, span->subtask)->arena,
                              span, book->journal.log.count);
}

static void on_span(void *context, const struct snap_span *span)
{
    struct snap_ledger *ledger = context;

    switch (span->kind) {
    case SNAP_SPAN_EMITTED:
        ledger->books[span->operator_index][span->subtask].processed += span->count;
        snap_split_books_emitted(ledger, span);
        return;
    case SNAP_SPAN_AFFECTED:
        affected(ledger, span);
        return;
    case SNAP_SPAN_WRITTEN:
        written(ledger, span);
        return;
    case SNAP_SPAN_FIRED:
    case SNAP_SPAN_LATE:
    case SNAP_SPAN_CLEARED:
        note_window(ledger, span);
        return;
    }
}

static void mark_state(struct snap_subtask_book *book, struct snap_task_book *task,
                       snap_checkpoint_id checkpoint, snap_ns at_ns)
{
    snap_journal_mark(&book->journal, &task->arena, checkpoint, at_ns);
    if (book->windows)
        snap_journal_mark(&book->windows->journal, &task->arena, checkpoint, at_ns);
}

static void mark_snapshot(struct snap_ledger *ledger, const struct snap_event *event)
{
    struct snap_task_book *task = &ledger->tasks[event->actor];
    const struct snap_vertex *vertex = &ledger->job->vertices[ledger->task_vertex[event->actor]];
    snap_checkpoint_id checkpoint = event->args[0];

    snap_moments_add(&task->snapshots, &task->arena,
                     &(struct snap_ledger_moment){.checkpoint = checkpoint, .at_ns = event->at_ns});
    for (uint32_t i = 0; i < vertex->operator_count; i++) {
        uint32_t op = vertex->operators[i];
        struct snap_subtask_book *book = &ledger->books[op][event->actor - vertex->task_first];

        /* Who was restored as finished takes a snapshot of nothing, and is so after it, too. */
        if (snap_rule_has_state(ledger->rules[op]->kind) && !book->finished_before)
            mark_state(book, task, checkpoint, event->at_ns);
    }
    snap_split_books_mark(ledger, task, checkpoint);
}

static void put_back(struct snap_ledger *ledger, const struct snap_event *event)
{
    struct snap_task_book *task = &ledger->tasks[event->actor];
    const struct snap_vertex *vertex = &ledger->job->vertices[ledger->task_vertex[event->actor]];
    snap_checkpoint_id checkpoint = event->args[1];

    task->alive = true;
    task->restored = (uint32_t)event->args[0];
    snap_moments_add(&task->restores, &task->arena,
                     &(struct snap_ledger_moment){.checkpoint = checkpoint, .at_ns = event->at_ns});
    for (uint32_t i = 0; i < vertex->operator_count; i++) {
        uint32_t op = vertex->operators[i];
        struct snap_subtask_book *book = &ledger->books[op][event->actor - vertex->task_first];

        if (snap_rule_has_state(ledger->rules[op]->kind))
            book->finished_before =
                !snap_journal_restore(&book->journal, &task->arena, checkpoint, event->at_ns);
        if (book->windows)
            snap_journal_restore(&book->windows->journal, &task->arena, checkpoint, event->at_ns);
    }
    snap_split_books_restore(ledger, task, checkpoint);
}

static void note_status(struct snap_ledger *ledger, const struct snap_event *event)
{
    struct snap_task_book *task = &ledger->tasks[event->actor];

    task->attempt = (uint32_t)event->args[0];
    switch ((enum snap_task_status)event->args[1]) {
    case SNAP_TASK_RUNNING:
    case SNAP_TASK_FINISHED:
        task->alive = true;
        return;
    case SNAP_TASK_CREATED:
    case SNAP_TASK_DEPLOYING:
    case SNAP_TASK_INITIALIZING:
    case SNAP_TASK_CANCELING:
    case SNAP_TASK_CANCELED:
    case SNAP_TASK_FAILED:
        task->alive = false;
        return;
    }
}

static void note_moment(struct snap_ledger *ledger, const struct snap_event *event)
{
    struct snap_task_book *book = &ledger->tasks[event->actor];

    if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED)
        snap_moments_add(
            &book->completions, &book->arena,
            &(struct snap_ledger_moment){.checkpoint = event->args[0], .at_ns = event->at_ns});
    else
        snap_moments_add(
            &book->failures, &book->arena,
            &(struct snap_ledger_moment){.checkpoint = event->args[4],
                                         .at_ns = event->at_ns,
                                         .task = (uint32_t)event->args[0],
                                         .cause = (enum snap_failure_cause)event->args[1]});
}

/* A job that fails after its savepoint was not stopped with it. */
static void note_stop(struct snap_ledger *ledger, const struct snap_event *event)
{
    const struct snap_action *actions = ledger->timeline->actions;

    if (event->type == SNAP_EVENT_JOB_STATUS)
        ledger->status = (enum snap_job_status)event->args[0];
    else if (event->type == SNAP_EVENT_FAILOVER)
        ledger->suspended = false;
    else if (event->type == SNAP_EVENT_SAVEPOINT_COMPLETED)
        ledger->suspended = actions[event->args[0]].kind == SNAP_ACTION_STOP_WITH_SAVEPOINT &&
                            actions[event->args[0]].snapshot_kind == SNAP_KIND_SAVEPOINT_SUSPEND;
}

static void on_local(void *context, const struct snap_event *event)
{
    struct snap_ledger *ledger = context;

    if (event->actor == snap_job_manager_actor(ledger->job)) {
        if (event->type == SNAP_EVENT_CHECKPOINT_COMPLETED || event->type == SNAP_EVENT_FAILOVER)
            note_moment(ledger, event);
        else if (event->type == SNAP_EVENT_TASK_DEPLOYED)
            ledger->tasks[event->args[0]].sent = (uint32_t)event->args[1];
        note_stop(ledger, event);
        return;
    }
    if (event->type == SNAP_EVENT_SNAPSHOT_STARTED)
        mark_snapshot(ledger, event);
    else if (event->type == SNAP_EVENT_RESTORED)
        put_back(ledger, event);
    else if (event->type == SNAP_EVENT_TASK_STATUS)
        note_status(ledger, event);
}

static bool any_has_rows(const struct snap_job *job)
{
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (has_rows(job, i))
            return true;
    return false;
}

/* Rows are kept with their instants, in this job or in one that goes on from it. */
static bool wants_instants(const struct snap_ledger *ledger)
{
    bool wants = any_has_rows(ledger->job);

    for (uint32_t i = 0; i < ledger->timeline->count; i++)
        wants = wants || (ledger->timeline->actions[i].restart &&
                          any_has_rows(ledger->timeline->actions[i].restart->job));
    return wants && ledger->mode == SNAP_LEDGER_FULL;
}

struct snap_observer snap_ledger_observer(struct snap_ledger *ledger)
{
    return (struct snap_observer){.context = ledger,
                                  .span = on_span,
                                  .local = on_local,
                                  .instants_wanted = wants_instants(ledger)};
}

void snap_ledger_take_state(void *context, const struct snap_state_entry *entry)
{
    struct snap_ledger *ledger = context;
    struct snap_subtask_book *book = &ledger->books[entry->operator_index][entry->subtask];

    book->entries = snap_arena_grow(&ledger->arena, book->entries, book->entry_count,
                                    &book->entry_capacity, sizeof(*book->entries));
    book->entries[book->entry_count++] = *entry;
}

void snap_ledger_take_named(void *context, const struct snap_named_entry *entry)
{
    struct snap_ledger *ledger = context;
    struct snap_subtask_book *book = &ledger->books[entry->operator_index][entry->subtask];
    struct snap_named_entry *to;

    if (!ledger->rules[entry->operator_index]->shadow)
        return;
    book->named = snap_arena_grow(&ledger->arena, book->named, book->named_count,
                                  &book->named_capacity, sizeof(*book->named));
    to = &book->named[book->named_count++];
    *to = *entry;
    to->content = snap_arena_strdup(&ledger->arena, entry->content);
}

/* Whether the run began with state of the sink, which other runs wrote parts of. */
static bool has_earlier_parts(const struct snap_ledger *ledger, const struct snap_operator *op)
{
    const struct snap_operator *same;

    while (ledger->before)
        ledger = ledger->before;
    same = ledger->baseline ? snap_job_find_operator(ledger->job, op->uid) : NULL;
    return same && ledger->baseline->restored[same->index];
}

/* `of` is the ledger of the execution whose job has the sink; memory is the newest one's. */
static void take_part(struct snap_ledger *newest, struct snap_ledger *of,
                      const struct snap_sink_part *part)
{
    const struct snap_operator *op = &of->job->operators[part->operator_index];
    struct snap_subtask_book *book = &of->books[part->operator_index][part->subtask];
    struct snap_part_book *found;

    if (of->rules[part->operator_index]->reads_none)
        return;
    if (of->rules[part->operator_index]->tells_all_parts && has_earlier_parts(of, op) &&
        !snap_subtask_book_has_part(book, part->part))
        return;
    if (part->is_restored) {
        book->restored[part->phase] += (int64_t)part->line_count;
        return;
    }
    found = snap_subtask_book_part(book, &newest->arena, part->part);
    snap_sink_lines_compare(found, &newest->arena, part, op->input_schemas[0]);
}

void snap_ledger_take_part(void *context, const struct snap_sink_part *part)
{
    take_part(context, context, part);
}

void snap_ledger_take_removed_part(void *context, uint32_t execution,
                                   const struct snap_sink_part *part)
{
    struct snap_ledger *of = context;

    while (of->execution != execution) {
        of = of->before;
        SNAP_CHECK(of != NULL);
    }
    take_part(context, of, part);
}
