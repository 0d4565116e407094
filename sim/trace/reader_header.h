// SPDX-License-Identifier: Apache-2.0
/*
 * reader_header.h: makes a job graph of a trace's header; the inside of reader.h.
 *
 * - The header is checked before it is believed: counts are bounded, every uid must be known.
 */
#ifndef SNAP_TRACE_READER_HEADER_H
#define SNAP_TRACE_READER_HEADER_H

#include <jansson.h>

#include "trace/reader.h"

/* Fills reader->header and reader->job. Errors: a member is missing or of another type. */
bool snap_trace_reader_header(struct snap_trace_reader *reader, const json_t *root,
                              struct snap_error *error);

#endif
