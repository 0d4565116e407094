// SPDX-License-Identifier: Apache-2.0
#include "view/replay_screen.h"

#include <string.h>

#include <jansson.h>

#include "base/columns.h"
#include "model/names.h"
#include "trace/writer.h"
#include "view/units.h"
#include "view/wrap.h"

enum {
    WIDTH = 80,
    SUBTASKS_MAX = 32, /* shown of a vertex */
    CHANNELS_MAX = 16,
    ITEMS_WIDTH = 44,
    MISSING_MAX = 3,
    NAME_WIDTH = 24,
};

/* ---- the event ---- */

static void add_argument(struct snap_text *text, const char *name, const json_t *value,
                         struct snap_arena *arena)
{
    size_t length = strlen(name);

    if (json_is_null(value))
        return;
    if (json_is_string(value))
        snap_text_printf(text, ", %s %s", name, json_string_value(value));
    else if (length > 3 && strcmp(name + length - 3, "_ns") == 0)
        snap_text_printf(text, ", %.*s %s", (int)(length - 3), name,
                         snap_duration_name(json_integer_value(value), arena));
    else
        snap_text_printf(text, ", %s %lld", name, (long long)json_integer_value(value));
}

/* Broken behind commas, so that no argument is torn from its name. */
static void add_wrapped(struct snap_text *text, const char *line)
{
    uint32_t column = 0;

    while (*line != '\0') {
        const char *comma = strstr(line, ", ");
        size_t length = comma ? (size_t)(comma - line) + 1 : strlen(line);
        uint32_t columns = snap_columns_of(line, length);

        if (column > 0 && column + 1 + columns > WIDTH) {
            snap_text_add_string(text, "\n   ");
            column = 3;
        }
        snap_text_printf(text, "%s%.*s", column > 0 ? " " : "", (int)length, line);
        column += (column > 0 ? 1 : 0) + columns;
        line += length + (comma ? 1 : 0);
    }
    snap_text_add_string(text, "\n");
}

/* "counts[1]: barrier received, checkpoint 3, from lines[0], channel 0". */
static void add_event(struct snap_text *text, const struct snap_job *job,
                      const struct snap_event *event)
{
    struct snap_text line = {0};
    struct snap_text json = {0};
    struct snap_event_texts texts;
    struct snap_arena arena;
    const char *key;
    json_t *value;
    json_t *root;

    snap_arena_init(&arena);
    snap_event_texts_init(&texts, job);
    snap_event_text_add(&json, &texts, event);
    snap_event_texts_fini(&texts);
    root = json_loads(snap_text_get(&json), 0, NULL);
    snap_text_printf(&line, "%s: ", json_string_value(json_object_get(root, "at")));
    for (const char *c = json_string_value(json_object_get(root, "e")); c && *c != '\0'; c++)
        snap_text_add(&line, *c == '_' ? " " : c, 1);
    json_object_foreach(root, key, value)
    {
        if (strcmp(key, "t") != 0 && strcmp(key, "e") != 0 && strcmp(key, "at") != 0)
            add_argument(&line, key, value, &arena);
    }
    add_wrapped(text, snap_text_get(&line));
    json_decref(root);
    snap_text_fini(&line);
    snap_text_fini(&json);
    snap_arena_fini(&arena);
}

static void add_head(struct snap_text *text, const struct snap_replay_state *state,
                     const struct snap_replay_place *place)
{
    double at = place->event ? (double)place->event->at_ns / 1e9 : 0;

    snap_text_printf(text, "%.9f s   event %u of %u", at, place->number, place->count);
    if (place->number == place->count && place->count > 0)
        snap_text_add_string(text, ", the last");
    else if (place->event && place->asked_ns > place->event->at_ns)
        snap_text_printf(text, ", the last up to %.9g s", (double)place->asked_ns / 1e9);
    snap_text_printf(text, "   job %s\n", snap_job_status_name(state->status));
    if (place->missed)
        snap_text_printf(text, "There is no %s behind this:\n", place->missed);
    if (place->event)
        add_event(text, state->job, place->event);
    snap_text_add_string(text, "\n");
}

/* ---- the graph ---- */

static char mark_of(const struct snap_replay_task *task)
{
    switch (task->status) {
    case SNAP_TASK_RUNNING:
        return task->blocked > 0 ? 'B' : task->snapshotting ? 's' : '>';
    case SNAP_TASK_INITIALIZING:
    case SNAP_TASK_DEPLOYING:
        return 'i';
    case SNAP_TASK_FINISHED:
        return '.';
    case SNAP_TASK_CREATED:
    case SNAP_TASK_CANCELING:
    case SNAP_TASK_CANCELED:
    case SNAP_TASK_FAILED:
        return 'x';
    }
    return '?';
}

/* Whether the edge brings something to the vertex from another one. */
static bool leads_to(const struct snap_job *job, const struct snap_edge *edge,
                     const struct snap_vertex *vertex)
{
    return !edge->chained && job->operators[edge->consumer].vertex == vertex->index;
}

static void add_inputs(struct snap_text *text, const struct snap_job *job,
                       const struct snap_vertex *vertex)
{
    const char *separator = "     v  ";
    uint32_t count = 0;

    for (uint32_t e = 0; e < job->edge_count; e++)
        count += leads_to(job, &job->edges[e], vertex);
    for (uint32_t e = 0; e < job->edge_count; e++) {
        const struct snap_edge *edge = &job->edges[e];
        const struct snap_operator *producer = &job->operators[edge->producer];

        if (!leads_to(job, edge, vertex))
            continue;
        snap_text_printf(text, "%s%s", separator, snap_ship_name(edge->ship));
        /* What does not stand right above must be named, and so must each of several. */
        if (count > 1 || producer->vertex + 1 != vertex->index)
            snap_text_printf(text, " from %s", producer->uid);
        separator = ", ";
    }
    if (separator[0] == ',')
        snap_text_add_string(text, "\n");
}

static void add_vertex(struct snap_text *text, const struct snap_replay_state *state,
                       const struct snap_vertex *vertex)
{
    const char *uid = state->job->operators[vertex->operators[0]].uid;
    size_t behind_name;

    add_inputs(text, state->job, vertex);
    snap_text_add_string(text, "  ");
    snap_columns_add(text, uid, NAME_WIDTH);
    behind_name = text->length;
    for (uint32_t i = 0; i < vertex->parallelism && i < SUBTASKS_MAX; i++) {
        if (text->length - behind_name > WIDTH - 12 - NAME_WIDTH) {
            snap_text_printf(text, "\n  %-*s", NAME_WIDTH, "");
            behind_name = text->length;
        }
        snap_text_printf(text, " %u:%c", i, mark_of(&state->tasks[vertex->task_first + i]));
    }
    if (vertex->parallelism > SUBTASKS_MAX)
        snap_text_printf(text, " +%u", vertex->parallelism - SUBTASKS_MAX);
    snap_text_add_string(text, "\n");
}

/* ---- channels ---- */

/* What lies in them besides barriers is known. */
static bool knows_buffers(enum snap_trace_level level)
{
    return level >= SNAP_TRACE_BUFFERS;
}

static bool is_interesting(const struct snap_replay_channel *channel)
{
    return channel->count > 0 || channel->blocked_for != SNAP_NO_CHECKPOINT;
}

/* "12 |3| 327 40": records of buffers, and barriers; cut where there is no more room. */
static void add_items(struct snap_text *text, const struct snap_replay_channel *channel,
                      enum snap_trace_level level)
{
    struct snap_text line = {0};

    for (uint32_t i = 0; i < channel->count; i++) {
        const struct snap_replay_item *item = &channel->items[i];

        if (line.length > ITEMS_WIDTH) {
            snap_text_printf(&line, " +%u", channel->count - i);
            break;
        }
        if (item->barrier != SNAP_NO_CHECKPOINT)
            snap_text_printf(&line, " |%lld|", (long long)item->barrier);
        else
            snap_text_printf(&line, " %lld", (long long)item->records);
    }
    if (channel->count == 0 && knows_buffers(level))
        snap_text_add_string(&line, " empty");
    snap_text_add_string(text, snap_text_get(&line));
    snap_text_fini(&line);
}

static void add_channel(struct snap_text *text, const struct snap_replay_state *state,
                        const struct snap_replay_channel *channel, enum snap_trace_level level)
{
    struct snap_arena arena;

    snap_arena_init(&arena);
    snap_text_add_string(text, "  ");
    snap_columns_add(text,
                     snap_arena_printf(&arena, "%s <- %s",
                                       snap_actor_name(state->job, channel->to, &arena),
                                       snap_actor_name(state->job, channel->from, &arena)),
                     NAME_WIDTH);
    if (channel->blocked_for != SNAP_NO_CHECKPOINT)
        snap_text_add_string(text, " BLOCKED");
    add_items(text, channel, level);
    snap_text_add_string(text, "\n");
    snap_arena_fini(&arena);
}

static void add_channels(struct snap_text *text, const struct snap_replay_state *state,
                         enum snap_trace_level level)
{
    uint32_t count = state->channel_first[state->job->task_count];
    uint32_t shown = 0;

    snap_text_add_string(text, "\nChannels: records of each buffer, |n| a barrier; left is next\n");
    for (uint32_t i = 0; i < count; i++)
        if (is_interesting(&state->channels[i]) && shown++ < CHANNELS_MAX)
            add_channel(text, state, &state->channels[i], level);
    if (shown == 0)
        snap_text_printf(text,
                         knows_buffers(level) ? "  all %u are empty\n"
                                              : "  no barrier is in any of the %u\n",
                         count);
    else if (shown > CHANNELS_MAX)
        snap_text_printf(text, "  ... and %u more that are not empty\n", shown - CHANNELS_MAX);
    if (!knows_buffers(level))
        snap_wrap_text(text,
                       "  (the trace has no buffers, only barriers: run the scenario with --trace "
                       "buffers)\n",
                       WIDTH);
}

/* ---- checkpoints ---- */

static void add_missing(struct snap_text *text, const struct snap_replay_state *state)
{
    struct snap_arena arena;
    uint32_t missing = 0;

    snap_arena_init(&arena);
    for (uint32_t task = 0; task < state->job->task_count; task++)
        if (state->pending.missing[task] && missing++ < MISSING_MAX)
            snap_text_printf(text, "%s%s", missing == 1 ? "; not: " : ", ",
                             snap_actor_name(state->job, task, &arena));
    if (missing > MISSING_MAX)
        snap_text_printf(text, " +%u", missing - MISSING_MAX);
    snap_text_add_string(text, "\n");
    snap_arena_fini(&arena);
}

/* Names of subtasks may be long. */
static void add_pending(struct snap_text *text, const struct snap_replay_state *state)
{
    struct snap_text line = {0};

    snap_text_printf(&line, "Checkpoint: %lld since %.4f s, %u acked", (long long)state->pending.id,
                     (double)state->pending.at_ns / 1e9, state->pending.acknowledged);
    add_missing(&line, state);
    snap_wrap_text(text, snap_text_get(&line), WIDTH);
    snap_text_fini(&line);
}

static void add_checkpoints(struct snap_text *text, const struct snap_replay_state *state)
{
    snap_text_add_string(text, "\n");
    if (state->pending.id == SNAP_NO_CHECKPOINT)
        snap_text_add_string(text, "Checkpoint: none under way\n");
    else
        add_pending(text, state);
    if (state->completed != SNAP_NO_CHECKPOINT)
        snap_text_printf(text, "  the latest complete one is %lld, at %.6f s\n",
                         (long long)state->completed, (double)state->completed_ns / 1e9);
}

void snap_replay_screen(struct snap_text *text, const struct snap_replay_state *state,
                        const struct snap_replay_place *place)
{
    add_head(text, state, place);
    for (uint32_t v = 0; v < state->job->vertex_count; v++)
        add_vertex(text, state, &state->job->vertices[v]);
    snap_text_add_string(text, "  > running   B blocked by alignment   s snapshot   i starting   "
                               "x down   . end\n");
    add_channels(text, state, place->level);
    add_checkpoints(text, state);
}
