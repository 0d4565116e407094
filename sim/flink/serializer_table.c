// SPDX-License-Identifier: Apache-2.0
#include "flink/serializer_table.h"

#define BASE "org.apache.flink.api.common.typeutils.base."
#define RUNTIME "org.apache.flink.api.java.typeutils.runtime."
#define STREAMING "org.apache.flink.streaming."
#define STATE "org.apache.flink.runtime.state."

/* Most have a snapshot class inside the serializer's. */
#define SIMPLE(name, length)                                                                       \
    {                                                                                              \
        name, BASE name "Serializer$" name "SerializerSnapshot", SNAP_FORM_SIMPLE, length, 0, 0    \
    }
#define ARRAY(name)                                                                                \
    {                                                                                              \
        name, BASE "array." name "Serializer$" name "SerializerSnapshot", SNAP_FORM_SIMPLE, -1, 0, \
            0                                                                                      \
    }
#define WINDOW(name, length)                                                                       \
    {                                                                                              \
        name, STREAMING "api.windowing.windows." name "$Serializer$" name "SerializerSnapshot",    \
            SNAP_FORM_SIMPLE, length, 0, 0                                                         \
    }

const struct snap_serializer_row snap_serializer_rows[SNAP_SERIALIZER_KNOWN_COUNT] = {
    [SNAP_SERIALIZER_LONG] = SIMPLE("Long", 8),
    [SNAP_SERIALIZER_INT] = SIMPLE("Int", 4),
    [SNAP_SERIALIZER_SHORT] = SIMPLE("Short", 2),
    [SNAP_SERIALIZER_BYTE] = SIMPLE("Byte", 1),
    [SNAP_SERIALIZER_CHAR] = SIMPLE("Char", 2),
    [SNAP_SERIALIZER_BOOLEAN] = SIMPLE("Boolean", 1),
    [SNAP_SERIALIZER_FLOAT] = SIMPLE("Float", 4),
    [SNAP_SERIALIZER_DOUBLE] = SIMPLE("Double", 8),
    [SNAP_SERIALIZER_STRING] = SIMPLE("String", -1),
    [SNAP_SERIALIZER_VOID] = SIMPLE("Void", 1),
    [SNAP_SERIALIZER_BYTE_ARRAY] = ARRAY("BytePrimitiveArray"),
    [SNAP_SERIALIZER_LONG_ARRAY] = ARRAY("LongPrimitiveArray"),
    [SNAP_SERIALIZER_VOID_NAMESPACE] = {"VoidNamespace",
                                        STATE "VoidNamespaceSerializer$"
                                              "VoidNamespaceSerializerSnapshot",
                                        SNAP_FORM_SIMPLE, 0, 0, 0},
    [SNAP_SERIALIZER_TIME_WINDOW] = WINDOW("TimeWindow", 16),
    [SNAP_SERIALIZER_GLOBAL_WINDOW] = WINDOW("GlobalWindow", 1),
    [SNAP_SERIALIZER_ENUM] = {"Enum", BASE "EnumSerializer$EnumSerializerSnapshot", SNAP_FORM_ENUM,
                              4, 0, 0},
    [SNAP_SERIALIZER_LIST] = {"List", BASE "ListSerializerSnapshot", SNAP_FORM_COMPOSITE, -1, 1, 1},
    [SNAP_SERIALIZER_SET] = {"Set", BASE "SetSerializerSnapshot", SNAP_FORM_COMPOSITE, -1, 1, 1},
    [SNAP_SERIALIZER_MAP] = {"Map", BASE "MapSerializerSnapshot", SNAP_FORM_COMPOSITE, -1, 1, 2},
    [SNAP_SERIALIZER_TIMER] = {"Timer", STREAMING "api.operators.TimerSerializerSnapshot",
                               SNAP_FORM_COMPOSITE, 0, 2, 2},
    [SNAP_SERIALIZER_TUPLE] = {"Tuple", RUNTIME "TupleSerializerSnapshot", SNAP_FORM_COMPOSITE, 0,
                               2, 1},
    [SNAP_SERIALIZER_TTL] = {"Ttl", STATE "ttl.TtlStateFactory$TtlSerializerSnapshot",
                             SNAP_FORM_COMPOSITE, 0, 2, 2},
    [SNAP_SERIALIZER_ELEMENT] = {"StreamElement",
                                 STREAMING "runtime.streamrecord.StreamElementSerializer$"
                                           "StreamElementSerializerSnapshot",
                                 SNAP_FORM_COMPOSITE, -1, 2, 1},
    [SNAP_SERIALIZER_NULLABLE] = {"Nullable",
                                  RUNTIME "NullableSerializer$NullableSerializerSnapshot",
                                  SNAP_FORM_COMPOSITE, -1, 2, 1},
};
