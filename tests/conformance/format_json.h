// SPDX-License-Identifier: Apache-2.0
/*
 * format_json.h: what Flink's bytes were read as, in the JSON of the recorded vectors.
 *
 * - Bytes are hex, maps are lists of pairs, 64-bit numbers are integers.
 * - Whoever gets a json_t owns it.
 */
#ifndef SNAP_TESTS_FORMAT_JSON_H
#define SNAP_TESTS_FORMAT_JSON_H

#include <jansson.h>

#include "flink/handles.h"
#include "flink/serializer.h"
#include "wire_event.h"
#include "model/datum.h"

json_t *format_json_text(struct snap_bytes text);
json_t *format_json_hex(struct snap_bytes bytes);
json_t *format_json_datum(const struct snap_datum *datum);
json_t *format_json_stream(const struct snap_stream_handle *handle);
json_t *format_json_keyed(const struct snap_keyed_handle *handle);
json_t *format_json_operator(const struct snap_operator_handle *handle);
json_t *format_json_channel(const struct snap_channel_handle *handle);
json_t *format_json_event(const struct snap_wire_event *event);

/* Reads hex digits into the arena. */
struct snap_bytes format_hex_read(struct snap_arena *arena, const char *hex);

/* Reads a type as vectors name it, "Map<String,Long>"; `*type` moves behind it. */
struct snap_serializer format_type_read(struct snap_arena *arena, const char **type);

#endif
