// SPDX-License-Identifier: Apache-2.0
/*
 * Windows over keyed records: what is put in, when they fire, what is too late.
 * Flink: WindowOperator.
 */
#include "operators/classes.h"
#include "operators/settings.h"
#include "operators/window_contents.h"

enum { KIND, SIZE, SLIDE, GAP, TIME, AGGREGATE, LATENESS, API, OPTION_COUNT };

/* The most windows of one record: beyond that the slide is surely a mistake. */
enum { WINDOWS_MAX = 10000 };

struct instance {
    struct snap_operator_context context;
    struct snap_window_contents contents;
    uint64_t name;          /* in the lineages of results: snap_lineage_operator */
    uint64_t *late_dropped; /* world memory. Flink: numLateRecordsDropped */
    bool interrupts;        /* after each timer of event time others have their turn */
    bool advancing;         /* more are due, up to the watermark, which goes on behind them */
    struct snap_record watermark;
};

static bool needs(const struct snap_operator *op, uint32_t option, bool wanted, uint32_t *culprit,
                  struct snap_error *error)
{
    const struct snap_option *given = &op->options[option];
    const char *name = op->type->options[option].name;

    *culprit = option;
    if (wanted && !given->set)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "%s windows need `%s`, for example 1 s",
                              op->options[KIND].text, name);
    if (!wanted && given->set)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "%s windows have no `%s`",
                              op->options[KIND].text, name);
    if (given->set && (given->number < SNAP_MS || given->number % SNAP_MS != 0))
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "`%s` is in whole milliseconds, at least 1 ms", name);
    return true;
}

static bool set_sizes(const struct snap_operator *op, struct snap_window_settings *settings,
                      uint32_t *culprit, struct snap_error *error)
{
    bool session = settings->kind == SNAP_WINDOW_SESSION;
    bool sliding = settings->kind == SNAP_WINDOW_SLIDING;

    if (!needs(op, SIZE, !session, culprit, error) || !needs(op, SLIDE, sliding, culprit, error) ||
        !needs(op, GAP, session, culprit, error))
        return false;
    settings->size_ms = op->options[session ? GAP : SIZE].number / SNAP_MS;
    settings->slide_ms = sliding ? op->options[SLIDE].number / SNAP_MS : settings->size_ms;
    *culprit = SLIDE;
    if (settings->size_ms / settings->slide_ms > WINDOWS_MAX)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "each record would be in more than %d windows", WINDOWS_MAX);
    return true;
}

static bool set_time(const struct snap_operator *op, struct snap_window_settings *settings,
                     uint32_t *culprit, struct snap_error *error)
{
    const struct snap_option *lateness = &op->options[LATENESS];

    settings->of_processing_time = op->options[TIME].set && op->options[TIME].number == 1;
    settings->lateness_ms = lateness->set ? lateness->number / SNAP_MS : 0;
    *culprit = LATENESS;
    if (settings->lateness_ms > 0 && settings->of_processing_time)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "nothing is late in processing time: `allowed-lateness` is for "
                              "`time: event`");
    return true;
}

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct snap_window_settings *settings = SNAP_ARENA_NEW(arena, struct snap_window_settings);
    const struct snap_option *aggregate = &op->options[AGGREGATE];

    op->settings = settings;
    settings->interruptible = op->options[API].set && op->options[API].number == 1;
    settings->kind = (enum snap_window_kind)op->options[KIND].number;
    settings->aggregate =
        aggregate->set ? (enum snap_window_aggregate)aggregate->number : SNAP_AGGREGATE_COUNT;
    if (!set_sizes(op, settings, culprit, error) || !set_time(op, settings, culprit, error))
        return false;
    op->event_time =
        settings->of_processing_time ? SNAP_EVENT_TIME_PASSED : SNAP_EVENT_TIME_AWAITED;
    *culprit = AGGREGATE;
    if (!snap_input_schema_get(op, &op->schema, error))
        return false;
    op->schema.value = SNAP_VALUE_LONG;
    return settings->aggregate == SNAP_AGGREGATE_COUNT ||
           snap_input_value_check(op, SNAP_VALUE_LONG, error);
}

/* Only those of event time fire many at once. */
static bool has_interruptible_timers(const struct snap_operator *op)
{
    const struct snap_window_settings *settings = op->settings;

    return settings->interruptible && !settings->of_processing_time;
}

static void time_needs(const struct snap_operator *op, struct snap_time_needs *needs_of)
{
    const struct snap_window_settings *settings = op->settings;

    needs_of->event_time = !settings->of_processing_time;
    needs_of->has_timers = settings->of_processing_time || settings->interruptible;
    needs_of->arms_timers = settings->of_processing_time;
    /* Without allowed lateness a record that is not too late is in time: only timers fire. */
    needs_of->fanout_max = settings->lateness_ms > 0 ? snap_windows_max(settings) : 0;
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *window = self;
    struct snap_scoped_options options = {
        .key_kind = context->op->schema.key,
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    (void)error;
    window->context = *context;
    window->name = snap_lineage_operator(context->op->uid);
    window->late_dropped = context->world;
    window->contents.settings = context->op->settings;
    window->interrupts = context->interrupts_timers && has_interruptible_timers(context->op);
    snap_window_contents_init(&window->contents, context->arena, &options, context->restored);
    return true;
}

static void tell(const struct instance *window, enum snap_span_kind kind,
                 const struct snap_window_note *note, const struct snap_batch *record)
{
    if (window->context.window_note)
        window->context.window_note(window->context.task, kind, note, record);
}

/* One record, and its lineage if there is one. */
struct named {
    const struct snap_record *record;
    uint64_t *lineage;
};

static void tell_record(const struct instance *window, enum snap_span_kind kind,
                        const struct snap_window_note *note, const struct named *named)
{
    struct snap_pair pair;
    struct snap_stamp stamp;
    struct snap_batch batch = {
        .records = &pair, .stamps = &stamp, .lineage = named->lineage, .count = 1};

    snap_batch_set(&batch, 0, named->record);
    tell(window, kind, note, &batch);
}

static uint64_t name_of_key(const struct instance *window, union snap_value key)
{
    return window->contents.windows.key_kind == SNAP_VALUE_LONG ? (uint64_t)key.number
                                                                : key.string->hash;
}

/* Sends the window's result; it stays as it is. */
static void send_result(struct instance *window, uint32_t index, struct snap_emitter *out)
{
    struct snap_window_cell *cell = snap_scoped_table_cell(&window->contents.windows, index);
    const struct snap_scoped_item *item =
        &snap_scoped_table_entry(&window->contents.windows, index)->item;
    const struct snap_scope *scope = &item->scope;
    struct snap_result_name name = {window->name, name_of_key(window, scope->key), scope->start_ms,
                                    scope->end_ms, cell->firings++};
    uint64_t lineage = snap_lineage_result(&name);
    struct snap_record result = {
        .timestamp_ms = scope->end_ms - 1,
        .key = scope->key,
        .value.number = item->cell.value,
        .origin = item->cell.origin_least,
    };
    struct snap_window_note note = {
        .key = scope->key,
        .start_ms = scope->start_ms,
        .end_ms = scope->end_ms,
        .count = item->cell.count,
        .name_sum = item->cell.name_sum,
        .name_xor = item->cell.name_xor,
    };

    tell_record(window, SNAP_SPAN_FIRED, &note,
                &(struct named){&result, out->lineage ? &lineage : NULL});
    snap_emit_record(out, &result, lineage);
}

static void clear(struct instance *window, uint32_t index)
{
    const struct snap_scope *scope =
        &snap_scoped_table_entry(&window->contents.windows, index)->item.scope;
    struct snap_window_note note = {
        .key = scope->key, .start_ms = scope->start_ms, .end_ms = scope->end_ms};

    snap_window_clear(&window->contents, index);
    tell(window, SNAP_SPAN_CLEARED, &note, NULL);
}

/* Puts the record into one window. Returns false if that is over. */
static bool put_in(struct instance *window, struct snap_window into, const struct snap_record *in,
                   struct snap_emitter *out)
{
    struct snap_window_contents *contents = &window->contents;
    uint32_t index;

    /* A session that is over alone could not be joined with one that is not. */
    if (contents->settings->kind != SNAP_WINDOW_SESSION && snap_window_is_late(contents, &into))
        return false;
    index = snap_window_obtain(contents, in->key, &into);
    if (snap_window_is_late(contents, &into)) {
        snap_window_clear(contents, index);
        return false;
    }
    snap_window_add(snap_scoped_table_cell(&contents->windows, index),
                    contents->settings->aggregate, in, out->input_lineage);
    if (!contents->settings->of_processing_time &&
        snap_window_max_ms(&into) <= contents->watermark_ms)
        send_result(window, index, out);
    return true;
}

/* Tells of a window that the record came too late for; `dropped` says for all of its windows. */
static void tell_late(const struct instance *window, const struct snap_window_note *note,
                      const struct snap_record *in, struct snap_emitter *out)
{
    tell_record(window, SNAP_SPAN_LATE, note,
                &(struct named){in, out->lineage ? &out->input_lineage : NULL});
}

static void expand(void *self, const struct snap_record *in, struct snap_emitter *out)
{
    struct instance *window = self;
    const struct snap_window_settings *settings = window->contents.settings;
    int64_t timestamp_ms = settings->of_processing_time
                               ? window->context.clock(window->context.task) / SNAP_MS
                               : in->timestamp_ms;
    struct snap_window into = snap_window_last(settings, timestamp_ms);
    bool first = true;

    /* With a slide above the size a record may lie between two windows. */
    if (into.end_ms <= timestamp_ms)
        return;
    do {
        struct snap_window_note note = {
            .key = in->key, .start_ms = into.start_ms, .end_ms = into.end_ms};

        if (!put_in(window, into, in, out)) {
            /* The first is the last one to be over: the others are too. */
            note.dropped = first;
            *window->late_dropped += first;
            tell_late(window, &note, in, out);
        }
        first = false;
    } while (snap_window_before(settings, timestamp_ms, &into));
}

/* Fires the next timer of a window, if it is due by then. */
static bool fire_next(struct instance *window, int64_t until_ms, struct snap_emitter *out)
{
    struct snap_window_contents *contents = &window->contents;
    struct snap_scope timer;
    struct snap_window of;
    uint32_t index;

    if (!snap_timers_pop(&contents->timers, until_ms, &timer))
        return false;
    of = (struct snap_window){timer.start_ms, timer.end_ms};
    index = snap_window_find(contents, &timer);
    if (index == SNAP_SCOPED_NONE)
        return true;
    if (timer.time_ms == snap_window_max_ms(&of))
        send_result(window, index, out);
    if (timer.time_ms == snap_window_cleanup_ms(contents->settings, &of))
        clear(window, index);
    return true;
}

/* Fires the timers of windows up to the time of their domain. */
static void fire_until(struct instance *window, int64_t until_ms, struct snap_emitter *out)
{
    while (fire_next(window, until_ms, out))
        continue;
}

/* One timer, and when none is left the watermark. Flink: MailboxWatermarkProcessor, which looks for
 * mails after each timer. */
static void advance(struct instance *window, struct snap_emitter *out)
{
    int64_t time_ms;

    fire_next(window, window->watermark.timestamp_ms, out);
    window->advancing = snap_timers_peek(&window->contents.timers, &time_ms) &&
                        time_ms <= window->watermark.timestamp_ms;
    if (!window->advancing)
        snap_emit_mark(out, &window->watermark);
}

static void take_mark(void *self, const struct snap_record *mark, struct snap_emitter *out)
{
    struct instance *window = self;
    bool counts = snap_mark_kind_of(mark) == SNAP_MARK_WATERMARK &&
                  !window->contents.settings->of_processing_time;

    if (counts)
        window->contents.watermark_ms = mark->timestamp_ms;
    if (counts && window->interrupts) {
        window->watermark = *mark;
        advance(window, out);
        return;
    }
    if (counts)
        fire_until(window, mark->timestamp_ms, out);
    snap_emit_mark(out, mark);
}

/* A timer of processing time fires one millisecond after its time, when that is over. Flink:
 * ProcessingTimeServiceUtil.getProcessingTimeDelay. */
static snap_ns timer_due(void *self)
{
    const struct instance *window = self;
    int64_t time_ms;

    if (window->advancing)
        return 0; /* at once, behind the mails */
    if (!window->contents.settings->of_processing_time ||
        !snap_timers_peek(&window->contents.timers, &time_ms) || time_ms >= SNAP_NEVER / SNAP_MS)
        return SNAP_NEVER;
    return time_ms < 0 ? 0 : (time_ms + 1) * SNAP_MS; /* a snapshot may hold any instant */
}

static void fire(void *self, snap_ns now_ns, struct snap_emitter *out)
{
    struct instance *window = self;

    if (window->advancing)
        advance(window, out);
    else
        fire_until(window, now_ns / SNAP_MS - 1, out);
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    struct instance *window = self;

    (void)checkpoint;
    (void)error;
    snap_window_contents_snapshot(&window->contents, arena, out);
    out->bytes +=
        (int64_t)window->contents.windows.used_count * window->context.op->record_size_bytes;
    return true;
}

static uint64_t late_dropped(const void *world)
{
    return *(const uint64_t *)world;
}

static const struct snap_option_type options[] = {
    [KIND] = {.name = "kind",
              .kind = SNAP_OPTION_CHOICE,
              .required = true,
              .choices = "tumbling|sliding|session",
              .doc = "how time is cut into windows",
              .example = "tumbling"},
    [SIZE] = {.name = "size",
              .kind = SNAP_OPTION_DURATION,
              .doc = "tumbling and sliding: how long a window is",
              .example = "1 s"},
    [SLIDE] = {.name = "slide",
               .kind = SNAP_OPTION_DURATION,
               .doc = "sliding: a window begins at every multiple of it",
               .example = "200 ms"},
    [GAP] = {.name = "gap",
             .kind = SNAP_OPTION_DURATION,
             .doc = "session: how long nothing comes before it is over",
             .example = "500 ms"},
    [TIME] = {.name = "time",
              .kind = SNAP_OPTION_CHOICE,
              .choices = "event|processing",
              .text_default = "event",
              .doc = "of the records' timestamps, or of the machine",
              .example = "event"},
    [AGGREGATE] = {.name = "aggregate",
                   .kind = SNAP_OPTION_CHOICE,
                   .choices = "count|sum|min|max",
                   .text_default = "count",
                   .doc = "the value of a result",
                   .example = "sum"},
    [LATENESS] = {.name = "allowed-lateness",
                  .kind = SNAP_OPTION_DURATION,
                  .doc = "event time: how long a window that fired still takes records, each of "
                         "which fires it again; default 0 ms",
                  .example = "100 ms"},
    [API] = {.name = "api",
             .kind = SNAP_OPTION_CHOICE,
             .choices = "datastream|table",
             .text_default = "datastream",
             .doc = "table: a window of SQL, whose timers unaligned checkpoints may interrupt",
             .example = "table"},
};

static void add_to_window(const struct snap_operator *op, const struct snap_record *record,
                          int64_t *value)
{
    const struct snap_window_settings *settings = op->settings;
    struct snap_window_cell cell = {.value = *value, .count = 1};

    snap_window_add(&cell, settings->aggregate, record, 0);
    *value = cell.value;
}

static void refine_rules(const struct snap_operator *op, struct snap_operator_rules *rules)
{
    const struct snap_window_settings *settings = op->settings;

    rules->windows_grow = settings->kind == SNAP_WINDOW_SESSION;
    if (settings->of_processing_time)
        rules->add_to_window = NULL;
}

static struct snap_schema contents_schema(const struct snap_operator *op)
{
    return (struct snap_schema){op->input_schemas[0].key, SNAP_VALUE_LONG};
}

static const struct snap_state_spec states[] = {
    {.name = "window-contents", .shape = SNAP_SHAPE_WINDOW, .schema = contents_schema},
    {.name = "_timer_state/event_window-timers",
     .shape = SNAP_SHAPE_EVENT_TIMERS,
     .schema = contents_schema},
    {.name = "_timer_state/processing_window-timers",
     .shape = SNAP_SHAPE_PROCESSING_TIMERS,
     .schema = contents_schema},
};
static const struct snap_state_specs specs = {.items = states, .count = 3};

const struct snap_operator_class snap_window_class = {
    .type = {.name = "window",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Window",
             .doc = "one result for each key and window, when the window is over",
             .options = options,
             .option_count = OPTION_COUNT,
             .keyed = true,
             .has_interruptible_timers = has_interruptible_timers,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_WINDOW, .add_to_window = add_to_window},
    .refine_rules = refine_rules,
    .instance_bytes = sizeof(struct instance),
    .world_bytes = sizeof(uint64_t),
    .fanout_max = SNAP_FANOUT_UNKNOWN,
    .time_needs = time_needs,
    .states = &specs,
    .open = open,
    .expand = expand,
    .take_mark = take_mark,
    .timer_due = timer_due,
    .fire = fire,
    .snapshot = snapshot,
    .late_dropped = late_dropped,
};
