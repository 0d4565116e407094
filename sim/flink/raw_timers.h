// SPDX-License-Identifier: Apache-2.0
/*
 * raw_timers.h: timers that lie on the heap although the state is in RocksDB: raw keyed state.
 *
 * - A key group that was written has services, each with its timers by event time, then those by
 *   processing time. Offset -1 stands for a key group that was not written.
 * - Here times are plain, and behind key and namespace; in priority queues they are in front.
 * Flink: InternalTimerServiceSerializationProxy, InternalTimersSnapshotReaderWriters.
 */
#ifndef SNAP_FLINK_RAW_TIMERS_H
#define SNAP_FLINK_RAW_TIMERS_H

#include "flink/datum_codec.h"
#include "flink/handles.h"

struct snap_raw_timer {
    uint32_t key_group;
    struct snap_bytes service;
    const struct snap_serializer *key_serializer; /* valid while the service is read */
    const struct snap_serializer *namespace_serializer;
    struct snap_bytes key;
    struct snap_bytes name_space;
    int64_t time_ms;
    bool is_event_time;
};

struct snap_raw_timer_visitor {
    /* Is called for each timer; returns false to stop. */
    bool (*visit)(void *context, const struct snap_raw_timer *timer);
    /* Is called where the timers of a service, and all behind them in their key group, are lost
     * since a serializer is unknown: of the timer there is the key group, the service, the
     * serializer of the keys, and that of namespaces (NULL if it is lost, too). NULL: that is an
     * error. */
    void (*lose)(void *context, const struct snap_raw_timer *timer);
    void *context;
};

struct snap_raw_timers {
    struct snap_bytes data;
    const struct snap_keyed_handle *handle;
    struct snap_arena *arena; /* for serializers */
    struct snap_error *error;
};

/* Whether the first key group that was written begins as timers do. */
bool snap_raw_timers_are(const struct snap_raw_timers *timers);

/* Visits all timers of the file. Errors: SNAP_ERROR_SNAPSHOT. */
bool snap_raw_timers_read(const struct snap_raw_timers *timers,
                          const struct snap_raw_timer_visitor *visitor);

#endif
