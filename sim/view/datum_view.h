// SPDX-License-Identifier: Apache-2.0
/*
 * datum_view.h: values of a snapshot as JSON and as text.
 *
 * - JSON: numbers, texts, lists and objects; bytes are hex digits; a map whose keys are texts or
 *   numbers is an object, others a list of pairs; a window is [start, end); a value with a time to
 *   live has "value" and "last_access". Bytes that only their serializer could read are an object
 *   with "bytes".
 * - Text is one line.
 */
#ifndef SNAP_VIEW_DATUM_VIEW_H
#define SNAP_VIEW_DATUM_VIEW_H

#include "base/json.h"
#include "model/datum.h"

void snap_datum_json(struct snap_json *json, const char *key, const struct snap_datum *datum);
void snap_datum_text(struct snap_text *text, const struct snap_datum *datum);

/* Writes the bytes as hex digits. */
void snap_hex_json(struct snap_json *json, const char *key, struct snap_bytes bytes);

/* Whether the text names the value: a text itself, a number in digits, else as snap_datum_text. */
bool snap_datum_is_named(const struct snap_datum *datum, const char *name);

#endif
