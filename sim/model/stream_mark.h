// SPDX-License-Identifier: Apache-2.0
/*
 * stream_mark.h: what travels among the records of a stream and is none: watermarks and statuses.
 *
 * - A mark stands among records as a record whose origin no source record can have. Its kind lies
 *   in the value, the watermark in the timestamp. Jobs that send marks have the column of stamps.
 * - Who reads arrays looks for marks only where it was told that there are some: a buffer counts
 *   its marks, so jobs without event time never look.
 * - A watermark t says that no record with a timestamp of t or below comes any more. A stream that
 *   is idle holds nobody's event time back.
 * - On the wire a mark has Flink's size, whatever the size of records.
 * Flink: StreamElement, Watermark, WatermarkStatus, StreamElementSerializer.
 */
#ifndef SNAP_MODEL_STREAM_MARK_H
#define SNAP_MODEL_STREAM_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

/* Before any watermark has come, and behind the last record of a bounded input. */
#define SNAP_WATERMARK_MIN INT64_MIN
#define SNAP_WATERMARK_MAX INT64_MAX

#define SNAP_ORIGIN_MARK UINT64_MAX

enum snap_mark_kind { SNAP_MARK_WATERMARK, SNAP_MARK_IDLE, SNAP_MARK_ACTIVE };

/* Length, tag and contents: a watermark holds a long, a status an int. */
enum { SNAP_WATERMARK_BYTES = 13, SNAP_WATERMARK_STATUS_BYTES = 9 };

static inline bool snap_record_is_mark(const struct snap_record *record)
{
    return record->origin == SNAP_ORIGIN_MARK;
}

static inline bool snap_stamp_is_mark(const struct snap_stamp *stamp)
{
    return stamp->origin == SNAP_ORIGIN_MARK;
}

static inline enum snap_mark_kind snap_mark_kind_of(const struct snap_record *mark)
{
    return (enum snap_mark_kind)mark->value.number;
}

static inline struct snap_record snap_mark_make(enum snap_mark_kind kind, int64_t watermark_ms)
{
    return (struct snap_record){
        .timestamp_ms = watermark_ms, .value.number = kind, .origin = SNAP_ORIGIN_MARK};
}

/* Returns whether it is the last watermark: it comes again from a sender that had sent it before a
 * restore, so that nobody misses it. */
static inline bool snap_record_ends_time(const struct snap_record *record)
{
    return snap_record_is_mark(record) && record->timestamp_ms == SNAP_WATERMARK_MAX &&
           snap_mark_kind_of(record) == SNAP_MARK_WATERMARK;
}

/* Returns the mark's bytes on the wire. */
static inline uint32_t snap_mark_bytes(const struct snap_record *mark)
{
    return snap_mark_kind_of(mark) == SNAP_MARK_WATERMARK ? SNAP_WATERMARK_BYTES
                                                          : SNAP_WATERMARK_STATUS_BYTES;
}

#endif
