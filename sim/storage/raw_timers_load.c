// SPDX-License-Identifier: Apache-2.0
#include "storage/raw_timers_load.h"

#include <string.h>

#include "base/check.h"
#include "flink/java_text.h"
#include "flink/raw_timers.h"
#include "storage/state_types.h"

enum { WINDOW_BYTES = 16 };

/* The timers of one declaration. */
struct table {
    const struct snap_state_spec *spec;
    enum snap_value_kind key_kind;
    uint32_t *group_starts; /* group_count + 1 */
    struct snap_scoped_item *items;
    uint32_t count;
    uint32_t capacity;
};

struct loading {
    const struct snap_state_bytes *from;
    const struct snap_keyed_handle *handle;
    struct snap_arena *arena;
    struct snap_error *error;
    struct table *tables;
    uint32_t count;
};

static bool is_timers(enum snap_state_shape shape)
{
    return shape == SNAP_SHAPE_EVENT_TIMERS || shape == SNAP_SHAPE_PROCESSING_TIMERS;
}

static void plan_tables(struct loading *loading)
{
    const struct snap_operator *op = loading->from->of->op;
    const struct snap_state_specs *specs = loading->from->of->states;
    uint32_t specs_count = specs ? specs->count : 0;

    loading->tables = SNAP_ARENA_ARRAY(loading->arena, struct table, specs_count);
    for (uint32_t i = 0; i < specs_count; i++) {
        const struct snap_state_spec *spec = &specs->items[i];
        struct table *table = &loading->tables[loading->count];

        if (!is_timers(spec->shape))
            continue;
        table->spec = spec;
        table->key_kind = (spec->schema ? spec->schema(op) : op->schema).key;
        table->group_starts =
            SNAP_ARENA_ARRAY(loading->arena, uint32_t, (size_t)loading->handle->group_count + 1);
        loading->count++;
    }
}

/* In a priority queue the service is called so, behind its domain of time. Timers that the operator
 * does not have are noted. */
static struct table *find_table(struct loading *loading, const struct snap_raw_timer *timer)
{
    struct snap_bytes service = snap_java_text(loading->arena, timer->service);
    const char *name =
        snap_arena_printf(loading->arena, "_timer_state/%s_%s",
                          timer->is_event_time ? "event" : "processing", (const char *)service.at);

    for (uint32_t i = 0; i < loading->count; i++)
        if (strcmp(loading->tables[i].spec->name, name) == 0)
            return &loading->tables[i];
    snap_unread_state_note(loading->from->of, name);
    return NULL;
}

static bool check_key(const struct loading *loading, const struct table *table,
                      const struct snap_serializer *found)
{
    struct snap_serializer wanted = snap_serializer_of_value(table->key_kind);

    if (found->kind == wanted.kind)
        return true;
    return snap_error_set(loading->error, SNAP_ERROR_RESTORE,
                          "timers of operator \"%s\" have keys of %s in the snapshot and of %s in "
                          "this job",
                          loading->from->of->uid, snap_serializer_words(found, loading->arena),
                          snap_serializer_words(&wanted, loading->arena));
}

static bool take(void *context, const struct snap_raw_timer *timer)
{
    struct loading *loading = context;
    struct table *table = find_table(loading, timer);
    uint32_t index = timer->key_group - (uint32_t)loading->handle->group_first;
    struct snap_byte_reader key, window;
    struct snap_found_key found = {.bytes = timer->key, .key_group = timer->key_group};
    struct snap_scope scope;

    if (!table)
        return true;
    if (!check_key(loading, table, timer->key_serializer))
        return false;
    snap_byte_reader_init(&key, timer->key, 0, loading->error);
    scope = (struct snap_scope){.key = snap_state_value_read(&key, table->key_kind, loading->arena),
                                .time_ms = timer->time_ms};
    snap_byte_reader_init(&window, timer->name_space, 0, loading->error);
    if (timer->name_space.count == WINDOW_BYTES) {
        scope.start_ms = snap_read_i8(&window, "start of a window");
        scope.end_ms = snap_read_i8(&window, "end of a window");
    }
    table->items = snap_arena_grow(loading->arena, table->items, table->count, &table->capacity,
                                   sizeof(*table->items));
    table->items[table->count++] = (struct snap_scoped_item){.scope = scope};
    SNAP_CHECK(index < (uint32_t)loading->handle->group_count);
    table->group_starts[index + 1] = table->count;
    found.kind = table->key_kind;
    found.key = scope.key;
    return !key.failed &&
           snap_state_check_group(&found, loading->from->data, loading->from->of->max_parallelism,
                                  loading->error);
}

static void add_table(const struct loading *loading, const struct table *table,
                      struct snap_operator_state *state)
{
    struct snap_scoped_snapshot scoped = {
        .name = table->spec->name,
        .key_kind = table->key_kind,
        .group_first = (uint32_t)loading->handle->group_first,
        .group_count = (uint32_t)loading->handle->group_count,
        .group_starts = table->group_starts,
        .items = table->items,
    };

    for (uint32_t g = 0; g < scoped.group_count; g++)
        if (table->group_starts[g + 1] < table->group_starts[g])
            table->group_starts[g + 1] = table->group_starts[g];
    snap_operator_state_add_scoped(state, loading->arena, &scoped);
    state->bytes += (int64_t)table->count * loading->from->of->op->record_size_bytes;
}

bool snap_raw_timers_load(const struct snap_state_bytes *from,
                          const struct snap_keyed_handle *handle, struct snap_arena *arena,
                          struct snap_operator_state *state, struct snap_error *error)
{
    struct loading loading = {.from = from, .handle = handle, .arena = arena, .error = error};
    struct snap_raw_timers timers = {from->data, handle, arena, error};
    struct snap_raw_timer_visitor visitor = {take, NULL, &loading};

    plan_tables(&loading);
    if (!snap_raw_timers_are(&timers))
        return snap_error_set(error, SNAP_ERROR_UNSUPPORTED,
                              "raw keyed state of operator \"%s\" is none of timers: only what "
                              "wrote it can read it",
                              from->of->uid);
    if (!snap_raw_timers_read(&timers, &visitor))
        return false;
    for (uint32_t i = 0; i < loading.count; i++)
        if (loading.tables[i].count > 0)
            add_table(&loading, &loading.tables[i], state);
    return true;
}
