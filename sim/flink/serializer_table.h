// SPDX-License-Identifier: Apache-2.0
/*
 * serializer_table.h: the serializers that are known, by kind.
 *
 * - The length is what the serializer claims, 0 for those that depend on nested ones.
 * - `nested` is how many nested serializers there are; tuples have one at the least.
 */
#ifndef SNAP_FLINK_SERIALIZER_TABLE_H
#define SNAP_FLINK_SERIALIZER_TABLE_H

#include "flink/serializer.h"

enum snap_serializer_form {
    SNAP_FORM_SIMPLE,    /* no body */
    SNAP_FORM_COMPOSITE, /* an outer part, then nested snapshots */
    SNAP_FORM_ENUM,      /* class and constants */
};

struct snap_serializer_row {
    const char *name;
    const char *class_name;
    enum snap_serializer_form form;
    int32_t length;
    int32_t outer_version;
    uint32_t nested;
};

enum { SNAP_SERIALIZER_KNOWN_COUNT = SNAP_SERIALIZER_UNKNOWN };

extern const struct snap_serializer_row snap_serializer_rows[SNAP_SERIALIZER_KNOWN_COUNT];

#endif
