// SPDX-License-Identifier: Apache-2.0
#include "view/captured_story.h"

#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "model/names.h"
#include "trace/reader.h"
#include "view/story_wanted.h"
#include "view/table.h"
#include "view/units.h"

enum {
    ITEM_WIDTH_MAX = 36, /* of a record's text, in columns */
    MARGIN = 4,          /* in front of a buffer's number */
    GAP = 2,             /* between two records */
};

/* A buffer that was saved, or what of it is known. */
struct captured {
    uint32_t task;
    uint32_t peer;
    int64_t channel;
    bool output;
    int64_t bytes;
    int64_t records;
    const char **items; /* a text a record; arena */
    uint32_t item_count;
    uint32_t item_capacity;
    uint32_t place; /* among all, as they were saved */
};

/* What became of the checkpoint. */
struct fate {
    bool found;
    snap_ns trigger_ns;
    snap_ns duration_ns; /* -1: it was still under way at the end */
    bool aborted;
    enum snap_alignment alignment;
    enum snap_failure_reason reason;
};

struct teller {
    const struct snap_captured_request *request;
    struct snap_trace_reader reader;
    struct snap_arena arena;
    struct snap_text *text;
    struct fate fate;
    const struct snap_job *job; /* of the execution that the checkpoint is of; borrowed */
    snap_checkpoint_id first;   /* checkpoints that the trace has, 0: none */
    snap_checkpoint_id last;
    struct captured *buffers; /* arena */
    uint32_t count;
    uint32_t capacity;
};

/* ---- reading ---- */

static struct captured *add_buffer(struct teller *teller, const struct captured *buffer)
{
    teller->buffers = snap_arena_grow(&teller->arena, teller->buffers, teller->count,
                                      &teller->capacity, sizeof(teller->buffers[0]));
    teller->buffers[teller->count] = *buffer;
    teller->buffers[teller->count].place = teller->count;
    return &teller->buffers[teller->count++];
}

static void take_buffer(struct teller *teller, const struct snap_event *event)
{
    const struct captured buffer = {.task = event->actor,
                                    .peer = (uint32_t)event->args[0],
                                    .channel = event->args[1],
                                    .output = event->args[5] != 0,
                                    .bytes = event->args[2],
                                    .records = event->args[3]};

    if (event->args[4] == teller->request->checkpoint && teller->fate.found)
        add_buffer(teller, &buffer);
}

/* Cut to the width, with "~" at the end. */
static const char *fitted(struct teller *teller, const char *text)
{
    size_t length = strlen(text);

    if (snap_columns_of(text, length) <= ITEM_WIDTH_MAX)
        return text;
    return snap_arena_printf(&teller->arena, "%.*s~",
                             (int)snap_columns_fit(text, length, ITEM_WIDTH_MAX - 1), text);
}

static const char *item_text(struct teller *teller, const struct snap_event *event)
{
    const char *text =
        snap_arena_printf(&teller->arena, "%s %s",
                          snap_origin_name(teller->job, (uint64_t)event->args[1], &teller->arena),
                          snap_story_pair(event, teller->job, &teller->arena));

    return fitted(teller, text);
}

/* Records come right behind their buffer. */
static void take_record(struct teller *teller, const struct snap_event *event)
{
    struct captured *buffer;

    if (event->args[5] != teller->request->checkpoint || teller->count == 0)
        return;
    buffer = &teller->buffers[teller->count - 1];
    buffer->items = snap_arena_grow(&teller->arena, buffer->items, buffer->item_count,
                                    &buffer->item_capacity, sizeof(buffer->items[0]));
    buffer->items[buffer->item_count++] = item_text(teller, event);
}

/* A later execution may use the number again, and has tasks of its own. */
static void take_trigger(struct teller *teller, const struct snap_event *event)
{
    teller->first = teller->first == 0 ? event->args[0] : teller->first;
    teller->last = event->args[0];
    if (event->args[0] != teller->request->checkpoint)
        return;
    teller->count = 0;
    teller->job = teller->reader.job;
    teller->fate = (struct fate){.found = true,
                                 .trigger_ns = event->at_ns,
                                 .duration_ns = -1,
                                 .alignment = (enum snap_alignment)event->args[2]};
}

static void take_end(struct teller *teller, const struct snap_event *event)
{
    if (event->args[0] != teller->request->checkpoint || !teller->fate.found)
        return;
    teller->fate.aborted = event->type == SNAP_EVENT_CHECKPOINT_ABORTED;
    teller->fate.duration_ns = event->at_ns - teller->fate.trigger_ns;
    if (teller->fate.aborted)
        teller->fate.reason = (enum snap_failure_reason)event->args[1];
}

static bool read_events(struct teller *teller, struct snap_error *error)
{
    struct snap_event event;
    enum snap_trace_read read;

    while ((read = snap_trace_reader_next(&teller->reader, &event, error)) ==
           SNAP_TRACE_READ_EVENT) {
        if (event.type == SNAP_EVENT_BUFFER_CAPTURED)
            take_buffer(teller, &event);
        else if (event.type == SNAP_EVENT_RECORD_CAPTURED)
            take_record(teller, &event);
        else if (event.type == SNAP_EVENT_CHECKPOINT_TRIGGERED)
            take_trigger(teller, &event);
        else if (event.type == SNAP_EVENT_CHECKPOINT_COMPLETED ||
                 event.type == SNAP_EVENT_CHECKPOINT_ABORTED)
            take_end(teller, &event);
    }
    return read == SNAP_TRACE_READ_END;
}

static bool open_trace(struct teller *teller, struct snap_error *error)
{
    const char *directory = teller->request->directory;
    const char *path = snap_arena_printf(&teller->arena, "%s/trace.jsonl", directory);

    if (!snap_trace_reader_open(&teller->reader, path, error))
        return false;
    if (teller->reader.header.level < SNAP_TRACE_BUFFERS)
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "the trace in %s has the level \"%s\" and does not tell what "
                              "checkpoints saved; run the scenario again with --trace records",
                              directory, snap_trace_level_name(teller->reader.header.level));
    return true;
}

static bool fail_unknown(const struct teller *teller, struct snap_error *error)
{
    if (teller->first == 0)
        return snap_error_set(error, SNAP_ERROR_USAGE, "the trace in %s has no checkpoint at all",
                              teller->request->directory);
    return snap_error_set(error, SNAP_ERROR_USAGE,
                          "the trace in %s has no checkpoint %lld; it has checkpoints %lld to %lld",
                          teller->request->directory, (long long)teller->request->checkpoint,
                          (long long)teller->first, (long long)teller->last);
}

/* ---- channels ---- */

static int compare_buffers(const void *a, const void *b)
{
    const struct captured *left = a;
    const struct captured *right = b;

    if (left->task != right->task)
        return left->task < right->task ? -1 : 1;
    if (left->output != right->output)
        return left->output ? 1 : -1;
    if (left->channel != right->channel)
        return left->channel < right->channel ? -1 : 1;
    return left->place < right->place ? -1 : 1;
}

/* Returns the number behind the last buffer of the channel that begins at `from`. */
static uint32_t channel_end(const struct teller *teller, uint32_t from)
{
    const struct captured *first = &teller->buffers[from];
    uint32_t end = from + 1;

    while (end < teller->count && teller->buffers[end].task == first->task &&
           teller->buffers[end].output == first->output &&
           teller->buffers[end].channel == first->channel)
        end++;
    return end;
}

static struct captured sum_of(const struct teller *teller, uint32_t from, uint32_t end)
{
    struct captured sum = {.bytes = 0};

    for (uint32_t i = from; i < end; i++) {
        sum.bytes += teller->buffers[i].bytes;
        sum.records += teller->buffers[i].records;
    }
    return sum;
}

static const char *channel_name(struct teller *teller, const struct captured *buffer)
{
    return snap_arena_printf(&teller->arena, "%s %lld %s %s", buffer->output ? "output" : "input",
                             (long long)buffer->channel, buffer->output ? "to" : "from",
                             snap_actor_name(teller->job, buffer->peer, &teller->arena));
}

static void add_channels(struct teller *teller)
{
    static const struct snap_table_column columns[] = {
        {"Subtask", SNAP_TABLE_LEFT, 0},  {"Channel", SNAP_TABLE_LEFT, 0},
        {"Buffers", SNAP_TABLE_RIGHT, 0}, {"Records", SNAP_TABLE_RIGHT, 0},
        {"Bytes", SNAP_TABLE_RIGHT, 0},
    };
    struct snap_table table;
    uint32_t task = UINT32_MAX;

    snap_table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (uint32_t from = 0; from < teller->count;) {
        const struct captured *first = &teller->buffers[from];
        uint32_t end = channel_end(teller, from);
        struct captured sum = sum_of(teller, from, end);

        snap_table_cell(&table, first->task == task
                                    ? ""
                                    : snap_actor_name(teller->job, first->task, &table.arena));
        snap_table_cell(&table, channel_name(teller, first));
        snap_table_printf(&table, "%u", end - from);
        snap_table_printf(&table, "%lld", (long long)sum.records);
        snap_table_cell(&table, snap_size_name(sum.bytes, &table.arena));
        task = first->task;
        from = end;
    }
    snap_table_text(&table, teller->request->width, teller->text);
    snap_table_fini(&table);
}

/* The sum is the same; where it is counted is not. */
static void add_local(struct teller *teller)
{
    for (uint32_t i = 0; i < teller->count; i++)
        if (!teller->buffers[i].output) {
            snap_paragraph_text("Data between subtasks of one TaskManager is told as input of the "
                                "receiver; Flink saves part of it as output of the sender.",
                                teller->request->width, teller->text);
            return;
        }
}

/* ---- records ---- */

static uint32_t columns_of(const char *text)
{
    return snap_columns_of(text, strlen(text));
}

static size_t widest_item(const struct teller *teller, uint32_t from, uint32_t end)
{
    size_t widest = 1;

    for (uint32_t i = from; i < end; i++)
        for (uint32_t r = 0; r < teller->buffers[i].item_count; r++) {
            size_t width = columns_of(teller->buffers[i].items[r]);

            widest = width > widest ? width : widest;
        }
    return widest;
}

/* As many records beside each other as there is room for, in their order from left to right. */
static void add_items(struct teller *teller, const struct captured *buffer, size_t indent,
                      size_t item_width)
{
    size_t room = teller->request->width > indent ? teller->request->width - indent : 0;
    size_t columns = (room + GAP) / (item_width + GAP);

    columns = columns > 0 ? columns : 1;
    for (uint32_t r = 0; r < buffer->item_count; r++) {
        bool last = (r + 1) % columns == 0 || r + 1 == buffer->item_count;
        size_t padding = last ? 0 : item_width + GAP - columns_of(buffer->items[r]);

        if (r > 0 && r % columns == 0)
            snap_text_printf(teller->text, "%*s", (int)indent, "");
        snap_text_printf(teller->text, "%s%*s%s", buffer->items[r], (int)padding, "",
                         last ? "\n" : "");
    }
}

static void add_channel_records(struct teller *teller, uint32_t from, uint32_t end)
{
    const struct captured *first = &teller->buffers[from];
    size_t item_width = widest_item(teller, from, end);

    snap_text_printf(teller->text, "\n  %s, %s\n",
                     snap_actor_name(teller->job, first->task, &teller->arena),
                     channel_name(teller, first));
    for (uint32_t i = from; i < end; i++) {
        const struct captured *buffer = &teller->buffers[i];
        const char *head =
            snap_arena_printf(&teller->arena, "%*s%3u  %9s  ", MARGIN, "", i - from + 1,
                              snap_size_name(buffer->bytes, &teller->arena));

        snap_text_add_string(teller->text, head);
        if (buffer->item_count == 0)
            snap_text_add_string(teller->text, "part of a record, or no record\n");
        add_items(teller, buffer, strlen(head), item_width);
    }
}

static void add_records(struct teller *teller)
{
    if (teller->reader.header.level < SNAP_TRACE_RECORDS) {
        snap_text_add_string(teller->text, "\n");
        snap_paragraph_text("Single records are told of a run with --trace records.",
                            teller->request->width, teller->text);
        return;
    }
    snap_text_add_string(teller->text, "\nRecords, buffer by buffer: where the source sent it, key "
                                       "= value\n");
    for (uint32_t from = 0; from < teller->count;) {
        uint32_t end = channel_end(teller, from);

        add_channel_records(teller, from, end);
        from = end;
    }
}

/* ---- the whole ---- */

static const char *fate_text(struct teller *teller)
{
    const struct fate *fate = &teller->fate;
    const char *duration = snap_duration_name(fate->duration_ns, &teller->arena);

    if (fate->duration_ns < 0)
        return "still under way at the end";
    if (fate->aborted)
        return snap_arena_printf(&teller->arena, "given up after %s (%s)", duration,
                                 snap_failure_reason_name(fate->reason));
    return snap_arena_printf(&teller->arena, "completed in %s", duration);
}

/* What a checkpoint saved may stand behind the end. */
static void add_lack(struct teller *teller)
{
    const char *lack = snap_trace_reader_lack(&teller->reader);

    if (lack)
        snap_paragraph_text(
            snap_arena_printf(&teller->arena, "The trace %s. What came later is not known.", lack),
            teller->request->width, teller->text);
}

static void add_title(struct teller *teller)
{
    const struct snap_trace_header *header = &teller->reader.header;
    struct captured sum = sum_of(teller, 0, teller->count);
    const char *summary;

    snap_text_printf(teller->text, "Checkpoint %lld of %s%s%s%s: what it saved of data in flight\n",
                     (long long)teller->request->checkpoint, header->scenario,
                     header->variant ? " [" : "", header->variant ? header->variant : "",
                     header->variant ? "]" : "");
    summary = snap_arena_printf(&teller->arena, "Triggered at %s, its barriers began %s, %s. ",
                                snap_instant_name(teller->fate.trigger_ns, &teller->arena),
                                snap_alignment_name(teller->fate.alignment), fate_text(teller));
    if (teller->count == 0)
        summary = snap_arena_printf(&teller->arena, "%sIt saved nothing: no barrier overtook data.",
                                    summary);
    else
        summary =
            snap_arena_printf(&teller->arena, "%s%u %s, %lld %s, %s.", summary, teller->count,
                              snap_plural(teller->count, "buffer", "buffers"),
                              (long long)sum.records, snap_plural(sum.records, "record", "records"),
                              snap_size_name(sum.bytes, &teller->arena));
    snap_paragraph_text(summary, teller->request->width, teller->text);
    add_lack(teller);
}

static bool tell(struct teller *teller, struct snap_error *error)
{
    if (!open_trace(teller, error) || !read_events(teller, error))
        return false;
    if (!teller->fate.found)
        return fail_unknown(teller, error);
    add_title(teller);
    if (teller->count == 0)
        return true;
    qsort(teller->buffers, teller->count, sizeof(teller->buffers[0]), compare_buffers);
    snap_text_add_string(teller->text, "\n");
    add_channels(teller);
    add_local(teller);
    add_records(teller);
    return true;
}

bool snap_captured_story(const struct snap_captured_request *request, struct snap_text *text,
                         struct snap_error *error)
{
    struct teller teller = {.request = request, .text = text};
    bool good;

    snap_arena_init(&teller.arena);
    good = tell(&teller, error);
    snap_trace_reader_close(&teller.reader);
    snap_arena_fini(&teller.arena);
    return good;
}
