// SPDX-License-Identifier: Apache-2.0
/* snapshot_timers.c: timers beside the state (raw keyed state) in the description of a snapshot. */
#include "flink/java_text.h"
#include "flink/raw_timers.h"
#include "flink/snapshot_parts.h"

/* Each service has two states: timers by event time, timers by processing time. */
struct gathering {
    const struct snap_describer *describer;
    struct snap_snapshot_keyed *keyed;
    struct snap_snapshot_state *states;
    struct snap_bytes *services; /* by state */
    uint32_t capacity;
    uint32_t service_capacity;
};

static uint32_t find_state(const struct gathering *gathering, const struct snap_raw_timer *timer)
{
    uint32_t count = gathering->keyed->state_count;

    for (uint32_t i = 0; i < count; i++)
        if (gathering->states[i].is_event_time == timer->is_event_time &&
            snap_bytes_equal(gathering->services[i], timer->service))
            return i;
    return count;
}

static void add_state(struct gathering *gathering, const struct snap_raw_timer *timer)
{
    struct snap_arena *arena = gathering->describer->arena;
    uint32_t index = gathering->keyed->state_count;
    struct snap_snapshot_state *state;

    gathering->states = snap_arena_grow(arena, gathering->states, index, &gathering->capacity,
                                        sizeof(*gathering->states));
    gathering->services =
        snap_arena_grow(arena, gathering->services, index, &gathering->service_capacity,
                        sizeof(*gathering->services));
    gathering->services[index] = timer->service;
    gathering->keyed->states = gathering->states;
    gathering->keyed->state_count++;
    gathering->keyed->key_type = snap_serializer_text(arena, timer->key_serializer);
    state = &gathering->states[index];
    state->name = snap_describer_text(gathering->describer, timer->service);
    state->kind = "TIMERS";
    state->is_timer = true;
    state->is_event_time = timer->is_event_time;
    state->namespace_type = timer->namespace_serializer
                                ? snap_serializer_text(arena, timer->namespace_serializer)
                                : "?";
}

static struct snap_snapshot_state *state_of(struct gathering *gathering,
                                            const struct snap_raw_timer *timer)
{
    uint32_t index = find_state(gathering, timer);

    if (index == gathering->keyed->state_count)
        add_state(gathering, timer);
    return &gathering->states[index];
}

static bool gather(void *context, const struct snap_raw_timer *timer)
{
    struct snap_snapshot_state *state = state_of(context, timer);

    if (state->entries >= 0)
        state->entries++;
    return true;
}

/* How many timers there are nobody can tell, of neither kind. */
static void note_lost(void *context, const struct snap_raw_timer *timer)
{
    struct gathering *gathering = context;
    struct snap_raw_timer one = *timer;

    gathering->keyed->has_unknown_keys |= snap_serializer_is_unknown(timer->key_serializer);
    for (int kind = 0; kind < 2; kind++) {
        struct snap_snapshot_state *state;

        one.is_event_time = kind == 0;
        state = state_of(gathering, &one);
        state->entries = -1;
        state->lost_groups++;
    }
}

/* Raw state is anything its operator wrote: what does not begin like timers is left alone. */
bool snap_describe_raw_timers(const struct snap_describer *describer,
                              const struct snap_keyed_handle *handle,
                              struct snap_snapshot_keyed *keyed, struct snap_error *error)
{
    struct snap_raw_timers timers = {.handle = handle, .arena = describer->arena, .error = error};
    struct gathering gathering = {.describer = describer, .keyed = keyed};
    struct snap_raw_timer_visitor visitor = {gather, note_lost, &gathering};
    bool good = true;

    if (handle->type == SNAP_KEYED_NONE)
        return true;
    keyed->handle = "KeyGroupsStateHandle";
    keyed->group_first = (uint32_t)handle->group_first;
    keyed->group_count = (uint32_t)handle->group_count;
    if (!handle->offsets)
        return true;
    if (!snap_describer_open(describer, &handle->stream, &timers.data, error))
        return false;
    keyed->is_readable = snap_raw_timers_are(&timers);
    if (keyed->is_readable) {
        keyed->layout = "timers";
        good = snap_raw_timers_read(&timers, &visitor);
    }
    snap_describer_close(describer, &handle->stream, timers.data);
    return good || snap_describer_fail(describer, &handle->stream, error);
}

struct timer_walk {
    const struct snap_snapshot_choice *choice;
    const struct snap_item_visitor *visitor;
    struct snap_arena scratch;
    struct snap_error *error;
    bool failed;
};

static bool read_part(struct timer_walk *walk, struct snap_bytes bytes,
                      const struct snap_serializer *serializer, struct snap_datum *datum)
{
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, bytes, 0, walk->error);
    return snap_datum_read(&reader, serializer, &walk->scratch, datum);
}

static bool is_chosen(struct timer_walk *walk, uint32_t index, const struct snap_raw_timer *timer)
{
    const struct snap_snapshot_state *state = &walk->choice->keyed->states[index];
    struct snap_bytes service = snap_java_text(&walk->scratch, timer->service);

    return (walk->choice->state == SNAP_SNAPSHOT_NONE || walk->choice->state == index) &&
           state->is_event_time == timer->is_event_time &&
           strcmp(state->name, (const char *)service.at) == 0;
}

static bool show(void *context, const struct snap_raw_timer *timer)
{
    struct timer_walk *walk = context;
    struct snap_datum key, name_space;
    struct snap_snapshot_item item = {.key_group = timer->key_group,
                                      .key = &key,
                                      .name_space = &name_space,
                                      .time_ms = timer->time_ms};

    for (uint32_t i = 0; i < walk->choice->keyed->state_count; i++) {
        if (!is_chosen(walk, i, timer))
            continue;
        item.state = i;
        snap_arena_reset(&walk->scratch);
        walk->failed =
            !read_part(walk, timer->key, timer->key_serializer, &key) ||
            !read_part(walk, timer->name_space, timer->namespace_serializer, &name_space);
        return !walk->failed && walk->visitor->visit(walk->visitor->context, &item);
    }
    return true;
}

static void pass_lost(void *context, const struct snap_raw_timer *timer)
{
    (void)context;
    (void)timer;
}

bool snap_walk_raw_timers(const struct snap_describer *describer,
                          const struct snap_snapshot_choice *choice,
                          const struct snap_item_visitor *visitor, struct snap_error *error)
{
    const struct snap_keyed_handle *handle = &snap_describer_subtask(describer, choice)->raw_keyed;
    struct timer_walk walk = {.choice = choice, .visitor = visitor, .error = error};
    struct snap_raw_timer_visitor timer_visitor = {show, pass_lost, &walk};
    struct snap_arena arena;
    struct snap_raw_timers timers = {.handle = handle, .arena = &arena, .error = error};

    if (!snap_describer_open(describer, &handle->stream, &timers.data, error))
        return false;
    snap_arena_init(&arena);
    snap_arena_init(&walk.scratch);
    /* A visitor that stops is no failure; only an error is. */
    snap_raw_timers_read(&timers, &timer_visitor);
    snap_arena_fini(&walk.scratch);
    snap_arena_fini(&arena);
    snap_describer_close(describer, &handle->stream, timers.data);
    return error->code == SNAP_OK || snap_describer_fail(describer, &handle->stream, error);
}
