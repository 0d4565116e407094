// SPDX-License-Identifier: Apache-2.0
#include "verify/log.h"

#include <string.h>

#include "base/check.h"
#include "verify/log_cells.h"

enum { CHUNK_RECORDS_FIRST = 32, CHUNK_RECORDS_MAX = 8192 };

/* The columns of a record's fields, in their order. */
enum { FIELDS = 4, HALF = 2 };

static const enum snap_log_column fields[FIELDS] = {SNAP_COLUMN_KEY, SNAP_COLUMN_VALUE,
                                                    SNAP_COLUMN_TIMESTAMP, SNAP_COLUMN_ORIGIN};

_Static_assert(sizeof(struct snap_record) == FIELDS * sizeof(uint64_t) &&
                   sizeof(struct snap_pair) == HALF * sizeof(uint64_t),
               "a record is four cells, its halves two");

/* Places for 64-bit values, `stride` values apart. */
struct target {
    uint64_t *values;
    uint32_t stride;
};

static struct snap_log_chunk *open_chunk(struct snap_log *log, struct snap_arena *arena)
{
    struct snap_log_chunk *last = log->chunk_count ? &log->chunks[log->chunk_count - 1] : NULL;
    uint32_t capacity = last ? last->capacity * 2 : CHUNK_RECORDS_FIRST;

    if (last && last->count < last->capacity)
        return last;
    if (capacity > CHUNK_RECORDS_MAX)
        capacity = CHUNK_RECORDS_MAX;
    log->chunks = snap_arena_grow(arena, log->chunks, log->chunk_count, &log->chunk_capacity,
                                  sizeof(*log->chunks));
    last = &log->chunks[log->chunk_count++];
    memset(last, 0, sizeof(*last));
    last->first = log->count;
    last->capacity = capacity;
    return last;
}

/* Whether the values go on with even steps; the first two values of the chunk give the step. */
static bool goes_on_evenly(struct snap_column *column, uint32_t filled,
                           const struct snap_cell_source *from)
{
    uint64_t next;

    if (filled == 0) {
        column->base = snap_cell_at(from, 0);
        column->step = from->count > 1 ? snap_cell_at(from, 1) - column->base : 0;
    } else if (filled == 1) {
        column->step = snap_cell_at(from, 0) - column->base;
    }
    next = column->base + filled * column->step;
    return snap_cells_are_even(from, next, column->step);
}

/* Puts the values behind those that are there; false if they do not go into this form. */
static bool add_in_form(struct snap_column *column, uint32_t filled,
                        const struct snap_cell_source *from)
{
    switch (column->form) {
    case SNAP_CELLS_EVEN:
        return goes_on_evenly(column, filled, from);
    case SNAP_CELLS_SHORT:
        return snap_cells_add_shorts(column->shorts + filled, column->base, from);
    case SNAP_CELLS_NARROW:
        return snap_cells_add_narrow(column->narrow + filled, column->base, from);
    case SNAP_CELLS_WIDE:
        snap_cells_add_wide(column->wide + filled, from);
        return true;
    }
    return false;
}

/* Puts what is there into this form; false if it does not go. */
static bool convert(struct snap_column *column, struct snap_arena *arena,
                    const struct snap_log_chunk *chunk, enum snap_cells form)
{
    static const size_t cell_bytes[] = {0, sizeof(int16_t), sizeof(int32_t), sizeof(uint64_t)};
    const struct snap_column old = *column;
    struct snap_cell_source value = {.count = 1};

    column->form = form;
    column->wide = snap_arena_take(arena, cell_bytes[form] * chunk->capacity);
    for (uint32_t i = 0; i < chunk->count; i++) {
        uint64_t cell = snap_column_cell(&old, i);

        value.values = (const char *)&cell;
        if (!add_in_form(column, i, &value)) {
            *column = old;
            return false;
        }
    }
    return true;
}

/* Forms that earlier chunks found too narrow are not tried again. */
static void add_cells(struct snap_log *log, struct snap_arena *arena, enum snap_log_column index,
                      const struct snap_cell_source *from)
{
    struct snap_log_chunk *chunk = &log->chunks[log->chunk_count - 1];
    struct snap_column *column = &chunk->columns[index];
    enum snap_cells form = column->form;

    if (add_in_form(column, chunk->count, from))
        return;
    if (form < log->least[index])
        form = (enum snap_cells)(log->least[index] - 1);
    do
        form = (enum snap_cells)(form + 1);
    while (!convert(column, arena, chunk, form) || !add_in_form(column, chunk->count, from));
    log->least[index] = form;
}

/* Whether the column has been 0 so far, and is so from now on. */
static bool stays_zero(struct snap_column *column, uint32_t filled)
{
    if (filled == 0)
        *column = (struct snap_column){.form = SNAP_CELLS_EVEN};
    return column->form == SNAP_CELLS_EVEN && column->base == 0 && column->step == 0;
}

/* The four fields of the records and their lineages, each into its column. */
static void add_columns(struct snap_log *log, struct snap_arena *arena,
                        const struct snap_stretch *stretch)
{
    static const uint64_t zero;
    struct snap_log_chunk *chunk = &log->chunks[log->chunk_count - 1];
    struct snap_cell_source from = {.stride_bytes = stretch->records.stride_bytes,
                                    .count = stretch->count};

    for (uint32_t f = 0; f < FIELDS; f++) {
        const char *half = f < HALF ? stretch->records.pairs : stretch->records.stamps;

        if (fields[f] == SNAP_COLUMN_TIMESTAMP && !log->keeps_timestamps)
            continue;
        from.values = half + f % HALF * sizeof(uint64_t);
        add_cells(log, arena, fields[f], &from);
    }
    if (!stretch->lineage && stays_zero(&chunk->columns[SNAP_COLUMN_LINEAGE], chunk->count))
        return;
    from.values = (const char *)(stretch->lineage ? stretch->lineage : &zero);
    from.stride_bytes = stretch->lineage ? sizeof(uint64_t) : 0;
    add_cells(log, arena, SNAP_COLUMN_LINEAGE, &from);
}

static void append_time(struct snap_log *log, struct snap_arena *arena, snap_ns at_ns)
{
    if (log->time_count && log->times[log->time_count - 1].at_ns == at_ns)
        return;
    log->times = snap_arena_grow(arena, log->times, log->time_count, &log->time_capacity,
                                 sizeof(*log->times));
    log->times[log->time_count++] = (struct snap_log_time){.first = log->count, .at_ns = at_ns};
}

void snap_log_append(struct snap_log *log, struct snap_arena *arena,
                     const struct snap_stretch *stretch, snap_ns at_ns)
{
    if (stretch->count)
        append_time(log, arena, at_ns);
    for (uint32_t done = 0; done < stretch->count;) {
        struct snap_log_chunk *chunk = open_chunk(log, arena);
        uint32_t count = chunk->capacity - chunk->count;

        if (count > stretch->count - done)
            count = stretch->count - done;
        add_columns(log, arena,
                    &(struct snap_stretch){
                        .records = snap_record_view_from(&stretch->records, done),
                        .lineage = stretch->lineage ? stretch->lineage + done : NULL,
                        .count = count,
                    });
        chunk->count += count;
        log->count += count;
        done += count;
    }
}

static const struct snap_log_chunk *chunk_of(const struct snap_log *log, uint64_t index)
{
    uint32_t low = 0;
    uint32_t high = log->chunk_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (log->chunks[middle].first <= index)
            low = middle;
        else
            high = middle;
    }
    return &log->chunks[low];
}

struct snap_slice snap_log_slice(const struct snap_log *log, uint64_t first, uint64_t end)
{
    struct snap_slice slice;
    uint64_t count;

    SNAP_CHECK(first < end && end <= log->count);
    slice.chunk = chunk_of(log, first);
    slice.offset = (uint32_t)(first - slice.chunk->first);
    count = slice.chunk->count - slice.offset;
    slice.count = (uint32_t)(count < end - first ? count : end - first);
    return slice;
}

/* Writes cells of a column from `at` on to places that lie `stride` values apart. */
static inline void read_cells(const struct snap_column *cells, uint32_t at, uint32_t count,
                              struct target to)
{
    switch (cells->form) {
    case SNAP_CELLS_EVEN:
        for (uint32_t i = 0; i < count; i++)
            to.values[(size_t)i * to.stride] = cells->base + (at + i) * cells->step;
        return;
    case SNAP_CELLS_SHORT:
        for (uint32_t i = 0; i < count; i++)
            to.values[(size_t)i * to.stride] =
                cells->base + (uint64_t)(int64_t)cells->shorts[at + i];
        return;
    case SNAP_CELLS_NARROW:
        for (uint32_t i = 0; i < count; i++)
            to.values[(size_t)i * to.stride] =
                cells->base + (uint64_t)(int64_t)cells->narrow[at + i];
        return;
    case SNAP_CELLS_WIDE:
        for (uint32_t i = 0; i < count; i++)
            to.values[(size_t)i * to.stride] = cells->wide[at + i];
        return;
    }
}

/* Most columns hold one value only: it is written once. */
static void read_column(const struct snap_slice *slice, enum snap_log_column index, uint32_t first,
                        struct snap_log_entries *to)
{
    const struct snap_column *cells = &slice->chunk->columns[index];
    bool constant = cells->form == SNAP_CELLS_EVEN && cells->step == 0;
    uint32_t count = constant ? SNAP_LOG_READ_MAX : to->count;
    struct target target = {to->lineages, 1};

    if (constant && to->constant[index] && to->value[index] == cells->base)
        return;
    to->constant[index] = constant;
    to->value[index] = cells->base;
    for (uint32_t f = 0; f < FIELDS; f++)
        if (fields[f] == index)
            target = (struct target){(uint64_t *)(void *)to->records + f, FIELDS};
    read_cells(cells, slice->offset + first, count, target);
}

void snap_slice_read(const struct snap_slice *slice, uint32_t first, struct snap_log_entries *to)
{
    to->count = slice->count - first;
    if (to->count > SNAP_LOG_READ_MAX)
        to->count = SNAP_LOG_READ_MAX;
    for (unsigned c = 0; c < SNAP_COLUMN_COUNT; c++)
        read_column(slice, (enum snap_log_column)c, first, to);
}

void snap_slice_read_cells(const struct snap_slice *slice, enum snap_log_column column,
                           uint32_t first, uint32_t count, uint64_t *to)
{
    SNAP_CHECK(first + count <= slice->count);
    read_cells(&slice->chunk->columns[column], slice->offset + first, count,
               (struct target){to, 1});
}

struct snap_log_entry snap_log_entry_at(const struct snap_log *log, uint64_t index)
{
    struct snap_slice slice = snap_log_slice(log, index, index + 1);

    return snap_slice_entry(&slice, 0);
}

snap_ns snap_log_time_of(const struct snap_log *log, uint64_t index)
{
    uint32_t low = 0;
    uint32_t high = log->time_count;

    SNAP_CHECK(index < log->count);
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (log->times[middle].first <= index)
            low = middle;
        else
            high = middle;
    }
    return log->times[low].at_ns;
}
