// SPDX-License-Identifier: Apache-2.0
/* Serializers: what is read of their snapshots and values, and what is shown of unknown ones. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <string.h>

#include "flink/java_text.h"
#include "flink/keyed_file.h"
#include "flink/operator_file.h"

struct lab {
    struct snap_arena arena;
    struct snap_error error;
    struct snap_byte_writer writer;
};

static void lab_init(struct lab *lab)
{
    memset(lab, 0, sizeof(*lab));
    snap_byte_writer_init(&lab->writer, &lab->arena, NULL);
}

static struct snap_byte_reader lab_reader(struct lab *lab)
{
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, snap_byte_writer_bytes(&lab->writer), 0, &lab->error);
    return reader;
}

/* Texts with characters of every length, and what has no UTF-8. */
static void test_texts(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        const char *modified;
        size_t modified_count;
    } rows[] = {
        {"", 0, "", 0},
        {"abc", 3, "abc", 3},
        {"\xc3\xa4\xe2\x82\xac", 5, "\xc3\xa4\xe2\x82\xac", 5},
        {"a\0b", 3,
         "a\xc0\x80"
         "b",
         4},
        {"\xf0\x9f\x98\x80", 4, "\xed\xa0\xbd\xed\xb8\x80", 6},
        {"\xed\xa0\xbd!", 4, "\xed\xa0\xbd!", 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_bytes text = {(const uint8_t *)rows[i].text, rows[i].count};
        struct snap_bytes modified = {(const uint8_t *)rows[i].modified, rows[i].modified_count};
        struct snap_java_string string = {.text = text};
        struct snap_byte_reader reader;
        struct lab lab;

        lab_init(&lab);
        assert_true(snap_bytes_equal(snap_java_modified(&lab.arena, text), modified));
        assert_true(snap_bytes_equal(snap_java_text(&lab.arena, modified), text));
        snap_write_string(&lab.writer, string);
        reader = lab_reader(&lab);
        string = snap_read_string(&reader, &lab.arena);
        assert_false(string.is_null);
        assert_true(snap_bytes_equal(string.text, text));
        assert_true(snap_byte_reader_end(&reader, "a string"));
        snap_arena_fini(&lab.arena);
    }
}

static void test_broken_text(void **state)
{
    struct lab lab;

    (void)state;
    lab_init(&lab);
    assert_true(snap_bytes_are(
        snap_java_text(&lab.arena, (struct snap_bytes){(const uint8_t *)"a\xff\xc3z\xe2\x82", 6}),
        "a\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd"));
    snap_arena_fini(&lab.arena);
}

static void test_enum(void **state)
{
    struct snap_bytes labels[] = {snap_bytes_of("RED"), snap_bytes_of("GREEN")};
    struct snap_serializer serializer = snap_serializer_of(SNAP_SERIALIZER_ENUM);
    struct snap_serializer found;
    struct snap_byte_reader reader;
    struct snap_datum datum;
    struct lab lab;

    (void)state;
    lab_init(&lab);
    serializer.outer = snap_bytes_of("org.example.Colour");
    serializer.labels = labels;
    serializer.label_count = 2;
    snap_serializer_write(&lab.writer, &serializer);
    snap_write_i4(&lab.writer, 1);
    snap_write_i4(&lab.writer, 2);
    reader = lab_reader(&lab);
    assert_true(snap_serializer_read(&reader, &lab.arena, &found));
    assert_int_equal(snap_serializer_length(&found), 4);
    assert_true(snap_datum_read(&reader, &found, &lab.arena, &datum));
    assert_true(snap_bytes_are(datum.bytes, "GREEN"));
    snap_byte_writer_clear(&lab.writer);
    snap_datum_write(&lab.writer, &found, &datum);
    assert_memory_equal(lab.writer.data, "\0\0\0\1", 4);
    assert_false(snap_datum_read(&reader, &found, &lab.arena, &datum));
    assert_non_null(strstr(lab.error.message, "no constant 2"));
    snap_arena_fini(&lab.arena);
}

/* Nested deeper than anyone nests them. */
static void test_depth(void **state)
{
    struct snap_serializer serializer = snap_serializer_of(SNAP_SERIALIZER_LONG);
    struct snap_byte_reader reader;
    struct snap_serializer found;
    struct lab lab;

    (void)state;
    lab_init(&lab);
    for (unsigned i = 0; i < 20; i++)
        serializer = snap_serializer_with(SNAP_SERIALIZER_LIST, &serializer, 1, &lab.arena);
    snap_serializer_write(&lab.writer, &serializer);
    reader = lab_reader(&lab);
    assert_false(snap_serializer_read(&reader, &lab.arena, &found));
    assert_non_null(strstr(lab.error.message, "nested more than 16 deep"));
    snap_arena_fini(&lab.arena);
}

/* A serializer of somebody's own, with a body that nobody here knows. */
static struct snap_serializer unknown_serializer(void)
{
    return (struct snap_serializer){.kind = SNAP_SERIALIZER_UNKNOWN,
                                    .version = 2,
                                    .class_name = snap_bytes_of("org.example.PojoSnapshot"),
                                    .body = {(const uint8_t *)"\0\5hello\0\0\7\1\2", 12}};
}

static struct snap_state_metas make_states(struct lab *lab)
{
    static struct snap_state_meta metas[3];
    struct snap_serializer pair[2] = {unknown_serializer(),
                                      snap_serializer_of(SNAP_SERIALIZER_VOID_NAMESPACE)};

    metas[0] = snap_state_meta_of_keyed(&lab->arena, snap_bytes_of("pojo"), SNAP_KEYED_VALUE, pair);
    pair[0] = snap_serializer_of(SNAP_SERIALIZER_LONG);
    metas[1] = snap_state_meta_of_keyed(&lab->arena, snap_bytes_of("n"), SNAP_KEYED_VALUE, pair);
    pair[0] = unknown_serializer();
    metas[2] =
        snap_state_meta_of_keyed(&lab->arena, snap_bytes_of("other"), SNAP_KEYED_VALUE, pair);
    return (struct snap_state_metas){metas, 3};
}

static void write_file(struct lab *lab, enum snap_keyed_layout layout, uint32_t max_parallelism,
                       bool is_compressed, int64_t **offsets)
{
    struct snap_keyed_head head = {.key = snap_serializer_of(SNAP_SERIALIZER_LONG),
                                   .is_compressed = is_compressed};
    struct snap_keyed_write_options options = {
        .layout = layout, .max_parallelism = max_parallelism, .group_count = 4, .head = &head};
    struct snap_keyed_item item = {.key = {(const uint8_t *)"\0\0\0\0\0\0\0\7", 8},
                                   .name_space = {(const uint8_t *)"\0", 1},
                                   .value = {(const uint8_t *)"a pojo", 6}};
    struct snap_keyed_writer writer;

    head.states = make_states(lab);
    snap_keyed_writer_init(&writer, &lab->writer, &lab->arena, &options);
    snap_keyed_writer_group(&writer, 2);
    snap_keyed_writer_state(&writer, 0, 1);
    snap_keyed_writer_entry(&writer, &item);
    snap_keyed_writer_state(&writer, 1, 1);
    item.value = (struct snap_bytes){(const uint8_t *)"\0\0\0\0\0\0\0\5", 8};
    snap_keyed_writer_entry(&writer, &item);
    *offsets = (int64_t *)(uintptr_t)snap_keyed_writer_end(&writer);
}

/* In the canonical layout values have a length: unknown ones are shown, known ones read. */
static void check_canonical(uint32_t max_parallelism)
{
    struct snap_keyed_handle handle = {.type = SNAP_KEYED_SAVEPOINT, .group_count = 4};
    struct snap_keyed_file file = {.handle = &handle, .max_parallelism = max_parallelism};
    struct snap_keyed_reader reader;
    struct snap_keyed_item item;
    struct snap_datum datum;
    struct lab lab;
    int64_t *offsets;

    lab_init(&lab);
    write_file(&lab, SNAP_LAYOUT_CANONICAL, max_parallelism, false, &offsets);
    handle.offsets = offsets;
    file.data = snap_byte_writer_bytes(&lab.writer);
    assert_true(snap_keyed_reader_open(&reader, &file, &lab.arena, &lab.error));
    assert_int_equal(reader.head.states.count, 3);
    assert_true(snap_bytes_are(reader.head.states.items[1].name, "n"));
    assert_true(snap_keyed_reader_next(&reader, &item));
    assert_int_equal(item.key_group, 2);
    assert_true(snap_keyed_item_value(&reader, &item, &lab.arena, &datum));
    assert_int_equal(datum.kind, SNAP_DATUM_OPAQUE);
    assert_true(snap_bytes_are(datum.bytes, "a pojo"));
    assert_true(snap_keyed_reader_next(&reader, &item));
    assert_true(snap_keyed_item_value(&reader, &item, &lab.arena, &datum));
    assert_int_equal(datum.number, 5);
    assert_false(snap_keyed_reader_next(&reader, &item));
    assert_false(reader.failed);
    snap_arena_fini(&lab.arena);
}

/* Above 128 key groups have two bytes in front of a key. */
static void test_unknown_canonical(void **state)
{
    (void)state;
    check_canonical(128);
    check_canonical(32768);
}

/* In the native layout they have none: the rest of the key group is shown as it is, and the state
 * behind it is lost in there. Compressed, each state has an end, and nothing is lost. */
static void check_native(bool is_compressed)
{
    struct snap_keyed_handle handle = {.type = SNAP_KEYED_GROUPS, .group_count = 4};
    struct snap_keyed_file file = {.handle = &handle, .max_parallelism = 128};
    struct snap_keyed_reader reader;
    struct snap_keyed_item item;
    struct snap_datum datum;
    struct lab lab;
    int64_t *offsets;

    lab_init(&lab);
    write_file(&lab, SNAP_LAYOUT_NATIVE, 128, is_compressed, &offsets);
    handle.offsets = offsets;
    file.data = snap_byte_writer_bytes(&lab.writer);
    assert_true(snap_keyed_reader_open(&reader, &file, &lab.arena, &lab.error));
    assert_true(snap_keyed_reader_next(&reader, &item));
    assert_true(item.is_opaque);
    assert_int_equal(item.key_group, 2);
    assert_int_equal(item.state, 0);
    assert_false(snap_keyed_reader_lost(&reader, 0));
    for (uint32_t behind = 1; behind < 3; behind++)
        assert_int_equal(snap_keyed_reader_lost(&reader, behind), !is_compressed);
    assert_int_equal(snap_keyed_reader_next(&reader, &item), is_compressed);
    if (is_compressed) {
        assert_int_equal(item.state, 1);
        assert_true(snap_keyed_item_value(&reader, &item, &lab.arena, &datum));
        assert_int_equal(datum.number, 5);
        assert_false(snap_keyed_reader_next(&reader, &item));
    }
    assert_false(reader.failed);
    snap_arena_fini(&lab.arena);
}

static void test_unknown_native(void **state)
{
    (void)state;
    check_native(false);
    check_native(true);
}

/* The class is found, what stands behind it comes back as it was. */
static void test_unknown_head(void **state)
{
    struct snap_keyed_head head = {.key = unknown_serializer()};
    struct snap_keyed_head found;
    struct snap_byte_reader reader;
    struct snap_byte_writer again;
    struct lab lab;

    (void)state;
    lab_init(&lab);
    head.states = make_states(&lab);
    snap_keyed_head_write(&lab.writer, &head);
    reader = lab_reader(&lab);
    assert_true(snap_keyed_head_read(&reader, &lab.arena, &found));
    assert_int_equal(found.states.count, 3);
    assert_true(snap_bytes_equal(found.key.class_name, head.key.class_name));
    assert_true(snap_bytes_equal(found.key.body, head.key.body));
    snap_byte_writer_init(&again, &lab.arena, NULL);
    found.is_cut = false;
    snap_keyed_head_write(&again, &found);
    assert_int_equal(again.used, lab.writer.used);
    assert_memory_equal(again.data, lab.writer.data, again.used);
    snap_arena_fini(&lab.arena);
}

/* Elements of a list are told apart by their offsets. */
static void test_unknown_elements(void **state)
{
    struct snap_serializer unknown = unknown_serializer();
    struct snap_bytes elements[2] = {snap_bytes_of("first"), snap_bytes_of("second one")};
    struct snap_operator_list list = {snap_bytes_of("pojos"), SNAP_LIST_SPLIT, elements, 2};
    struct snap_operator_head head = {.version = 6};
    struct snap_operator_content content = {&head, &list, 1};
    struct snap_operator_handle handle = {.type = SNAP_OPERATOR_HANDLE_PLAIN, .list_count = 1};
    struct snap_operator_reader reader;
    struct snap_state_meta meta;
    struct snap_datum datum;

    (void)state;
    for (unsigned compressed = 0; compressed < 2; compressed++) {
        struct lab lab;

        lab_init(&lab);
        meta = snap_state_meta_of_list(&lab.arena, list.name, SNAP_LIST_SPLIT, &unknown);
        head.lists = (struct snap_state_metas){&meta, 1};
        head.is_compressed = compressed;
        handle.lists = snap_operator_file_write(&lab.writer, &content, &lab.arena);
        reader = (struct snap_operator_reader){.error = &lab.error};
        assert_true(snap_operator_reader_open(&reader, snap_byte_writer_bytes(&lab.writer), &handle,
                                              &lab.arena));
        for (unsigned i = 0; i < 2; i++) {
            assert_true(snap_operator_reader_datum(&reader, handle.lists, handle.lists->offsets[i],
                                                   &lab.arena, &datum));
            assert_int_equal(datum.kind, SNAP_DATUM_OPAQUE);
            assert_true(snap_bytes_equal(datum.bytes, elements[i]));
        }
        snap_arena_fini(&lab.arena);
    }
}

/* Counts that the bytes behind them cannot hold. */
static void test_bounds(void **state)
{
    static const struct {
        const char *name;
        const uint8_t bytes[16];
        size_t count;
        enum snap_serializer_kind kind;
        const char *message;
    } rows[] = {
        {"a long that is cut", {0, 0, 1}, 3, SNAP_SERIALIZER_LONG, "8 bytes of a number expected"},
        {"many bytes", {0x7f, 0xff, 0xff, 0xff, 1}, 5, SNAP_SERIALIZER_BYTE_ARRAY, "cannot lie"},
        {"fewer than none",
         {0xff, 0xff, 0xff, 0xff, 1},
         5,
         SNAP_SERIALIZER_BYTE_ARRAY,
         "cannot lie"},
        {"many longs", {0x10, 0, 0, 0, 1}, 5, SNAP_SERIALIZER_LONG_ARRAY, "cannot lie"},
        {"a long string",
         {0xff, 0xff, 0xff, 0xff, 0x0f, 'a'},
         6,
         SNAP_SERIALIZER_STRING,
         "bytes of a string expected"},
        {"a length without end",
         {0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
         6,
         SNAP_SERIALIZER_STRING,
         "no number of 32 bits"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_serializer serializer = snap_serializer_of(rows[i].kind);
        struct snap_byte_reader reader;
        struct snap_datum datum;
        struct lab lab;

        lab_init(&lab);
        snap_byte_reader_init(&reader, (struct snap_bytes){rows[i].bytes, rows[i].count}, 100,
                              &lab.error);
        if (snap_datum_read(&reader, &serializer, &lab.arena, &datum) ||
            !strstr(lab.error.message, rows[i].message) ||
            strncmp(lab.error.message, "offset 10", 9) != 0)
            fail_msg("%s: %s", rows[i].name, lab.error.message);
        assert_true(lab.arena.bytes_total < 10000);
        snap_arena_fini(&lab.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),          cmocka_unit_test(test_broken_text),
        cmocka_unit_test(test_enum),           cmocka_unit_test(test_depth),
        cmocka_unit_test(test_unknown_native), cmocka_unit_test(test_unknown_canonical),
        cmocka_unit_test(test_unknown_head),   cmocka_unit_test(test_unknown_elements),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
