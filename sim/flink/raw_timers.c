// SPDX-License-Identifier: Apache-2.0
#include "flink/raw_timers.h"

#include <inttypes.h>

enum { MARK = (int32_t)0xF1CD859Fu, VERSION = 2, SERVICE_BYTES_LEAST = 22 };

static struct snap_bytes take(struct snap_byte_reader *bytes,
                              const struct snap_serializer *serializer)
{
    const uint8_t *start = bytes->at;

    snap_datum_skip(bytes, serializer);
    return (struct snap_bytes){start, (size_t)(bytes->at - start)};
}

static bool read_list(struct snap_byte_reader *bytes, struct snap_raw_timer *timer,
                      const struct snap_raw_timer_visitor *visitor)
{
    uint32_t count = snap_read_count(bytes, 10, "number of timers");

    for (uint32_t i = 0; i < count; i++) {
        timer->key = take(bytes, timer->key_serializer);
        timer->name_space = take(bytes, timer->namespace_serializer);
        timer->time_ms = snap_read_i8(bytes, "time of a timer");
        if (bytes->failed || !visitor->visit(visitor->context, timer))
            return false;
    }
    return !bytes->failed;
}

/* Nobody can tell where the timers end: nothing of the key group is read any more. */
static bool lose(struct snap_byte_reader *bytes, const struct snap_raw_timer *timer,
                 const struct snap_raw_timer_visitor *visitor)
{
    if (!visitor->lose)
        return snap_byte_reader_fail(bytes,
                                     "timers whose %s have a serializer that is unknown; "
                                     "expected one that says where they end",
                                     timer->namespace_serializer ? "namespaces" : "keys");
    visitor->lose(visitor->context, timer);
    bytes->at = bytes->end;
    return true;
}

static bool read_service(struct snap_byte_reader *bytes, struct snap_arena *arena,
                         struct snap_raw_timer *timer, const struct snap_raw_timer_visitor *visitor)
{
    struct snap_serializer key, name_space;

    timer->service = snap_read_utf(bytes, "name of a timer service");
    timer->key_serializer = &key;
    timer->namespace_serializer = NULL;
    if (!snap_serializer_read(bytes, arena, &key))
        return false;
    if (snap_serializer_is_unknown(&key))
        return lose(bytes, timer, visitor);
    timer->namespace_serializer = &name_space;
    if (!snap_serializer_read(bytes, arena, &name_space))
        return false;
    if (snap_serializer_is_unknown(&name_space))
        return lose(bytes, timer, visitor);
    timer->is_event_time = true;
    if (!read_list(bytes, timer, visitor))
        return false;
    timer->is_event_time = false;
    return read_list(bytes, timer, visitor);
}

static bool read_group(struct snap_byte_reader *bytes, const struct snap_raw_timers *timers,
                       struct snap_raw_timer *timer, const struct snap_raw_timer_visitor *visitor)
{
    int32_t mark = snap_read_i4(bytes, "mark of timers");
    int32_t version = snap_read_i4(bytes, "version of timers");
    uint32_t count = snap_read_count(bytes, SERVICE_BYTES_LEAST, "number of timer services");

    if (!bytes->failed && (mark != MARK || version != VERSION))
        return snap_byte_reader_fail(bytes, "timers begin with %08" PRIx32 " %" PRId32,
                                     (uint32_t)mark, version);
    for (uint32_t i = 0; i < count && snap_byte_reader_left(bytes) > 0; i++)
        if (!read_service(bytes, timers->arena, timer, visitor))
            return false;
    return !bytes->failed;
}

bool snap_raw_timers_are(const struct snap_raw_timers *timers)
{
    const struct snap_keyed_handle *handle = timers->handle;

    for (int32_t i = 0; i < handle->group_count; i++) {
        uint64_t offset = (uint64_t)handle->offsets[i];
        struct snap_error none = {0};
        struct snap_byte_reader bytes;

        if (handle->offsets[i] < 0)
            continue;
        if (offset > timers->data.count)
            return false;
        snap_byte_reader_init(
            &bytes, (struct snap_bytes){timers->data.at + offset, timers->data.count - offset}, 0,
            &none);
        return snap_read_i4(&bytes, "mark of timers") == MARK;
    }
    return true;
}

bool snap_raw_timers_read(const struct snap_raw_timers *timers,
                          const struct snap_raw_timer_visitor *visitor)
{
    const struct snap_keyed_handle *handle = timers->handle;

    for (int32_t i = 0; i < handle->group_count; i++) {
        struct snap_raw_timer timer = {.key_group = (uint32_t)(handle->group_first + i)};
        struct snap_bytes data = timers->data;
        struct snap_byte_reader bytes;
        int64_t offset = handle->offsets[i];

        if (offset < 0)
            continue;
        if ((uint64_t)offset > data.count)
            return snap_error_set(timers->error, SNAP_ERROR_SNAPSHOT,
                                  "timers are said to begin at offset %" PRId64
                                  ", the file has %zu bytes",
                                  offset, data.count);
        data.at += offset;
        data.count -= (size_t)offset;
        snap_byte_reader_init(&bytes, data, (uint64_t)offset, timers->error);
        if (!read_group(&bytes, timers, &timer, visitor))
            return false;
    }
    return true;
}
