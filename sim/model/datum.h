// SPDX-License-Identifier: Apache-2.0
/*
 * datum.h: a value of any type, as a tree: what a snapshot's keys, values and records are shown as.
 *
 * - Texts are UTF-8 and may hold NUL; a surrogate without its pair is kept as three bytes.
 * - Items lie in the arena of whoever made the tree. A map has two a pair: key, value.
 * - What only its serializer could take apart is OPAQUE: bytes.
 */
#ifndef SNAP_MODEL_DATUM_H
#define SNAP_MODEL_DATUM_H

#include "base/arena.h"
#include "base/bytes.h"

enum snap_datum_kind {
    SNAP_DATUM_NULL,
    SNAP_DATUM_BOOLEAN,
    SNAP_DATUM_NUMBER,
    SNAP_DATUM_REAL,
    SNAP_DATUM_TEXT,
    SNAP_DATUM_BYTES,
    SNAP_DATUM_LIST,
    SNAP_DATUM_MAP,
    SNAP_DATUM_TUPLE,
    SNAP_DATUM_WINDOW,  /* start, end (exclusive), in ms */
    SNAP_DATUM_TTL,     /* last access in ms, value */
    SNAP_DATUM_TIMER,   /* time in ms, key, namespace */
    SNAP_DATUM_ELEMENT, /* tag, then what elements of a stream with this tag have */
    SNAP_DATUM_OPAQUE,
};

/* Elements of a stream by tag. Flink: StreamElementSerializer. */
enum snap_element_tag {
    SNAP_ELEMENT_RECORD,           /* timestamp, value */
    SNAP_ELEMENT_RECORD_PLAIN,     /* value */
    SNAP_ELEMENT_WATERMARK,        /* time */
    SNAP_ELEMENT_LATENCY_MARKER,   /* time, operator id (bytes), subtask */
    SNAP_ELEMENT_WATERMARK_STATUS, /* 0 active, -1 idle */
    SNAP_ELEMENT_ATTRIBUTES,       /* backlog (boolean) */
    SNAP_ELEMENT_INNER_WATERMARK,  /* subpartition, time */
    SNAP_ELEMENT_TAG_COUNT,
};

struct snap_datum {
    enum snap_datum_kind kind;
    uint32_t count; /* of items; 0 for kinds without */
    union {
        bool truth;
        int64_t number;
        double real;
        struct snap_bytes bytes;  /* TEXT, BYTES, OPAQUE */
        struct snap_datum *items; /* LIST to ELEMENT */
    };
};

/* Copies BYTES and OPAQUE of the tree into the arena: what they pointed to may go. */
void snap_datum_keep_bytes(struct snap_datum *datum, struct snap_arena *arena);

#endif
