// SPDX-License-Identifier: Apache-2.0
/*
 * Values of each serializer of Flink's as they are shown: its name, and what its bytes become in
 * text and in JSON. One that is not known is shown by its class and as bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "flink/datum_codec.h"
#include "view/datum_view.h"

enum { NESTED_MAX = 2, BYTES_MAX = 40 };

struct row {
    const char *name; /* as it is shown */
    enum snap_serializer_kind kind;
    enum snap_serializer_kind nested[NESTED_MAX];
    uint32_t nested_count;
    uint8_t bytes[BYTES_MAX];
    size_t count;
    const char *json;
};

/* clang-format off */
static const struct row rows[] = {
    {"Long", SNAP_SERIALIZER_LONG, {0}, 0, {255, 255, 255, 255, 255, 255, 255, 254}, 8, "-2"},
    {"Int", SNAP_SERIALIZER_INT, {0}, 0, {0, 1, 0, 0}, 4, "65536"},
    {"Short", SNAP_SERIALIZER_SHORT, {0}, 0, {255, 255}, 2, "-1"},
    {"Byte", SNAP_SERIALIZER_BYTE, {0}, 0, {128}, 1, "-128"},
    {"Boolean", SNAP_SERIALIZER_BOOLEAN, {0}, 0, {1}, 1, "true"},
    {"Double", SNAP_SERIALIZER_DOUBLE, {0}, 0, {0x3f, 0xf8, 0, 0, 0, 0, 0, 0}, 8, "1.5"},
    {"Float", SNAP_SERIALIZER_FLOAT, {0}, 0, {0xbf, 0, 0, 0}, 4, "-0.5"},
    {"String", SNAP_SERIALIZER_STRING, {0}, 0, {3, 'a', 'b'}, 3, "\"ab\""},
    {"String", SNAP_SERIALIZER_STRING, {0}, 0, {0}, 1, "null"},
    {"BytePrimitiveArray", SNAP_SERIALIZER_BYTE_ARRAY, {0}, 0, {0, 0, 0, 2, 0xca, 0xfe}, 6,
     "\"cafe\""},
    {"List<String>", SNAP_SERIALIZER_LIST, {SNAP_SERIALIZER_STRING}, 1,
     {0, 0, 0, 2, 2, 'x', 2, 'y'}, 8, "[\"x\",\"y\"]"},
    {"Map<String,Short>", SNAP_SERIALIZER_MAP, {SNAP_SERIALIZER_STRING, SNAP_SERIALIZER_SHORT}, 2,
     {0, 0, 0, 2, 2, 'x', 0, 0, 7, 2, 'n', 1}, 12, "{\"x\":7,\"n\":null}"},
    {"Tuple2<String,Int>", SNAP_SERIALIZER_TUPLE, {SNAP_SERIALIZER_STRING, SNAP_SERIALIZER_INT}, 2,
     {2, 'x', 0, 0, 0, 9}, 6, "[\"x\",9]"},
    {"TimeWindow", SNAP_SERIALIZER_TIME_WINDOW, {0}, 0,
     {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9}, 16, "[1,9]"},
    {"VoidNamespace", SNAP_SERIALIZER_VOID_NAMESPACE, {0}, 0, {0}, 1, "null"},
    {"Ttl<Byte>", SNAP_SERIALIZER_TTL, {SNAP_SERIALIZER_LONG, SNAP_SERIALIZER_BYTE}, 2,
     {0, 0, 0, 0, 0, 0, 0, 5, 6}, 9, "{\"last_access\":5,\"value\":6}"},
};
/* clang-format on */

static struct snap_serializer serializer_of(const struct row *row, struct snap_arena *arena)
{
    struct snap_serializer nested[NESTED_MAX];

    for (uint32_t i = 0; i < row->nested_count; i++)
        nested[i] = snap_serializer_of(row->nested[i]);
    return row->nested_count ? snap_serializer_with(row->kind, nested, row->nested_count, arena)
                             : snap_serializer_of(row->kind);
}

static void check(const struct row *row, struct snap_arena *arena)
{
    struct snap_serializer serializer = serializer_of(row, arena);
    struct snap_byte_reader reader;
    struct snap_byte_writer name;
    struct snap_error error = {0};
    struct snap_datum datum;
    struct snap_text text = {0};
    struct snap_bytes shown;

    snap_byte_writer_init(&name, arena, NULL);
    snap_serializer_name(&name, &serializer);
    shown = snap_byte_writer_bytes(&name);
    if (shown.count != strlen(row->name) || memcmp(shown.at, row->name, shown.count) != 0)
        fail_msg("%s is shown as %.*s", row->name, (int)shown.count, (const char *)shown.at);
    snap_byte_reader_init(&reader, (struct snap_bytes){row->bytes, row->count}, 0, &error);
    if (!snap_datum_read(&reader, &serializer, arena, &datum) ||
        !snap_byte_reader_end(&reader, "a value"))
        fail_msg("%s: %s", row->name, error.message);
    snap_datum_text(&text, &datum);
    if (strcmp(snap_text_get(&text), row->json) != 0)
        fail_msg("%s: %s, expected %s", row->name, snap_text_get(&text), row->json);
    snap_text_fini(&text);
}

static void test_each_serializer(void **state)
{
    struct snap_arena arena;

    (void)state;
    snap_arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(&rows[i], &arena);
    snap_arena_fini(&arena);
}

static void test_unknown(void **state)
{
    static const uint8_t bytes[] = {1, 0xab};
    struct snap_datum opaque = {.kind = SNAP_DATUM_OPAQUE, .bytes = {bytes, sizeof(bytes)}};
    struct snap_serializer serializer = {.kind = SNAP_SERIALIZER_UNKNOWN,
                                         .class_name = snap_bytes_of("org.acme.Snapshot")};
    struct snap_byte_writer name;
    struct snap_text text = {0};
    struct snap_arena arena;

    (void)state;
    snap_arena_init(&arena);
    snap_byte_writer_init(&name, &arena, NULL);
    snap_serializer_name(&name, &serializer);
    assert_int_equal(snap_byte_writer_bytes(&name).count, strlen("org.acme.Snapshot"));
    assert_memory_equal(snap_byte_writer_bytes(&name).at, "org.acme.Snapshot", 17);
    snap_datum_text(&text, &opaque);
    assert_non_null(strstr(snap_text_get(&text), "01ab"));
    snap_text_fini(&text);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_serializer),
        cmocka_unit_test(test_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
