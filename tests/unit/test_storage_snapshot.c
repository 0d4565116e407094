// SPDX-License-Identifier: Apache-2.0
/*
 * Snapshots as files: what is written is read again, whatever the layout; what is cut off or
 * missing is told with its file; what cannot be written leaves nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/key_group.h"
#include "model/string_pool.h"
#include "operators/classes.h"
#include "storage/snapshot_read.h"
#include "storage/snapshot_write.h"
#include "storage/state_stream.h"

enum { GROUPS = 128, SUBTASKS = 2 };

/* A keyed operator, and one with a list, in two subtasks. */
struct lab {
    struct snap_arena arena;
    struct snap_fs *fs;
    struct snap_operator ops[2];
    struct snap_image image;
};

static uint32_t group_of(const struct snap_string *key)
{
    return snap_key_group_of(key->java_hash, GROUPS);
}

/* Three words and their numbers, as far as they belong to the subtask. */
static struct snap_keyed_snapshot *words(struct lab *lab, uint32_t subtask)
{
    static const char *const texts[] = {"a", "\xe2\x82\xac", "longer"};
    struct snap_key_group_range range =
        snap_key_group_range(subtask, (struct snap_parallelism){SUBTASKS, GROUPS});
    struct snap_keyed_snapshot *keyed = SNAP_ARENA_NEW(&lab->arena, struct snap_keyed_snapshot);
    struct snap_keyed_entry *entries = SNAP_ARENA_ARRAY(&lab->arena, struct snap_keyed_entry, 3);
    uint32_t count = range.last - range.first + 1;
    uint32_t *starts = SNAP_ARENA_ARRAY(&lab->arena, uint32_t, count + 1);
    uint32_t used = 0;

    for (uint32_t g = 0; g < count; g++) {
        for (int t = 0; t < 3; t++) {
            const struct snap_string *key =
                snap_string_make(&lab->arena, texts[t], strlen(texts[t]));

            if (group_of(key) == range.first + g)
                entries[used++] = (struct snap_keyed_entry){{.string = key}, {.number = 10 + t}};
        }
        starts[g + 1] = used;
    }
    *keyed = (struct snap_keyed_snapshot){.name = "count",
                                          .schema = {SNAP_VALUE_STRING, SNAP_VALUE_LONG},
                                          .group_first = range.first,
                                          .group_count = count,
                                          .group_starts = starts,
                                          .entries = entries};
    return keyed;
}

static void add_numbers(struct lab *lab, struct snap_operator_state *state, uint32_t subtask)
{
    int64_t *numbers = SNAP_ARENA_ARRAY(&lab->arena, int64_t, 2);
    struct snap_list_item *items = SNAP_ARENA_ARRAY(&lab->arena, struct snap_list_item, 2);
    struct snap_list_snapshot list = {
        .name = "seen", .mode = SNAP_LIST_SPLIT, .items = items, .count = 2};

    for (uint32_t i = 0; i < 2; i++) {
        numbers[i] = 100 * (int64_t)subtask + i;
        items[i] = (struct snap_list_item){&numbers[i], sizeof(numbers[i])};
    }
    snap_operator_state_add_list(state, &lab->arena, &list);
}

static void fill_operator(struct lab *lab, uint32_t index, const struct snap_operator_class *class)
{
    static const char *const uids[] = {"counter", "sink"};
    struct snap_image_operator *to = &lab->image.operators[index];
    struct snap_operator *op = &lab->ops[index];

    op->type = &class->type;
    op->uid = uids[index];
    op->schema = (struct snap_schema){SNAP_VALUE_STRING, SNAP_VALUE_LONG};
    op->id = snap_operator_id_of_uid(op->uid, strlen(op->uid));
    *to = (struct snap_image_operator){.id = op->id,
                                       .uid = op->uid,
                                       .name = op->uid,
                                       .parallelism = SUBTASKS,
                                       .max_parallelism = GROUPS,
                                       .op = op,
                                       .states = class->states};
    to->subtasks = SNAP_ARENA_ARRAY(&lab->arena, struct snap_image_subtask, SUBTASKS);
    for (uint32_t s = 0; s < SUBTASKS; s++) {
        struct snap_operator_state *state = SNAP_ARENA_NEW(&lab->arena, struct snap_operator_state);

        if (index == 0)
            snap_operator_state_add_keyed(state, &lab->arena, words(lab, s));
        else
            add_numbers(lab, state, s);
        to->subtasks[s] = (struct snap_image_subtask){.is_taken = true, .state = state};
    }
}

static void start(struct lab *lab)
{
    memset(lab, 0, sizeof(*lab));
    snap_arena_init(&lab->arena);
    lab->fs = snap_fs_memory_create(NULL);
    lab->image = (struct snap_image){.id = 7, .kind = SNAP_KIND_CHECKPOINT, .operator_count = 2};
    lab->image.operators = SNAP_ARENA_ARRAY(&lab->arena, struct snap_image_operator, 2);
    fill_operator(lab, 0, &snap_count_class);
    fill_operator(lab, 1, &snap_tally_class);
}

static void stop(struct lab *lab)
{
    snap_fs_destroy(lab->fs);
    snap_arena_fini(&lab->arena);
}

static bool write_to(struct lab *lab, bool is_compressed, struct snap_error *error)
{
    struct snap_snapshot_writing how = {.fs = lab->fs,
                                        .directory = "job/chk-7",
                                        .is_compressed = is_compressed,
                                        .version = SNAP_FLINK_2_3,
                                        .seed = 1};

    return snap_snapshot_write(&lab->image, &how, NULL, error);
}

/* Reads all of it for the same operators. */
static bool read_from(struct lab *lab, const char *pointer, struct snap_snapshot_reading *reading,
                      struct snap_error *error)
{
    const struct snap_snapshot_place place = {.pointer = pointer};

    *reading = (struct snap_snapshot_reading){.fs = lab->fs, .arena = &lab->arena};
    if (!snap_snapshot_open(reading, &place, error))
        return false;
    for (uint32_t i = 0; i < reading->image.operator_count; i++)
        for (uint32_t o = 0; o < 2; o++)
            if (memcmp(&reading->image.operators[i].id, &lab->ops[o].id, 16) == 0) {
                reading->image.operators[i].op = &lab->ops[o];
                reading->image.operators[i].states = lab->image.operators[o].states;
            }
    return snap_snapshot_load(reading, error);
}

static void check_keyed(const struct snap_operator_state *got,
                        const struct snap_operator_state *want)
{
    const struct snap_keyed_snapshot *a = &got->keyed[0];
    const struct snap_keyed_snapshot *b = &want->keyed[0];

    assert_int_equal(got->keyed_count, 1);
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->group_first, b->group_first);
    assert_int_equal(a->group_count, b->group_count);
    assert_memory_equal(a->group_starts, b->group_starts, (b->group_count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < b->group_starts[b->group_count]; i++) {
        assert_true(snap_string_equal(a->entries[i].key.string, b->entries[i].key.string));
        assert_int_equal(a->entries[i].value.number, b->entries[i].value.number);
    }
}

static void check_list(const struct snap_operator_state *got,
                       const struct snap_operator_state *want)
{
    assert_int_equal(got->list_count, 1);
    assert_string_equal(got->lists[0].name, want->lists[0].name);
    assert_int_equal(got->lists[0].mode, want->lists[0].mode);
    assert_int_equal(got->lists[0].count, want->lists[0].count);
    for (uint32_t i = 0; i < want->lists[0].count; i++)
        assert_memory_equal(got->lists[0].items[i].data, want->lists[0].items[i].data, 8);
}

static void check_same(const struct lab *lab, const struct snap_snapshot_reading *reading)
{
    assert_int_equal(reading->image.id, 7);
    assert_int_equal(reading->image.operator_count, 2);
    for (uint32_t i = 0; i < 2; i++)
        for (uint32_t s = 0; s < SUBTASKS; s++) {
            const struct snap_operator_state *got = reading->image.operators[i].subtasks[s].state;
            const struct snap_operator_state *want = lab->image.operators[i].subtasks[s].state;

            if (i == 0)
                check_keyed(got, want);
            else
                check_list(got, want);
        }
}

struct form {
    const char *name;
    enum snap_snapshot_kind kind;
    enum snap_savepoint_format format;
    enum snap_flink_version version;
    int64_t inline_max;
    const char *pointer;
    bool is_compressed;
};

static const struct form forms[] = {
    {"a checkpoint in files", SNAP_KIND_CHECKPOINT, 0, SNAP_FLINK_2_3, 0, "job/chk-7", false},
    {"all of it in _metadata", SNAP_KIND_CHECKPOINT, 0, SNAP_FLINK_2_3, 20480,
     "job/chk-7/_metadata", false},
    {"as 1.20 writes it", SNAP_KIND_CHECKPOINT, 0, SNAP_FLINK_1_20, 0, "job/chk-7", false},
    {"a canonical savepoint", SNAP_KIND_SAVEPOINT, SNAP_SAVEPOINT_CANONICAL, SNAP_FLINK_2_3, 0,
     "file:job/chk-7", false},
    {"a native savepoint", SNAP_KIND_SAVEPOINT, SNAP_SAVEPOINT_NATIVE, SNAP_FLINK_1_20, 1,
     "job/chk-7", false},
    {"a compressed checkpoint", SNAP_KIND_CHECKPOINT, 0, SNAP_FLINK_1_20, 0, "job/chk-7", true},
    {"a compressed canonical savepoint", SNAP_KIND_SAVEPOINT, SNAP_SAVEPOINT_CANONICAL,
     SNAP_FLINK_2_3, 0, "job/chk-7", true},
};

static void test_round_trip(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct lab lab;
        struct snap_snapshot_reading reading;
        struct snap_error error = {0};

        start(&lab);
        lab.image.kind = forms[i].kind;
        if (!snap_snapshot_write(
                &lab.image,
                &(struct snap_snapshot_writing){.fs = lab.fs,
                                                .directory = "job/chk-7",
                                                .inline_max = forms[i].inline_max,
                                                .version = forms[i].version,
                                                .is_compressed = forms[i].is_compressed,
                                                .format = forms[i].format},
                NULL, &error) ||
            !read_from(&lab, forms[i].pointer, &reading, &error))
            fail_msg("%s: %s", forms[i].name, error.message);
        check_same(&lab, &reading);
        assert_int_equal(reading.image.kind, forms[i].kind);
        stop(&lab);
    }
}

/* Writes the first `bytes` bytes of the file over it. */
static void cut_file(struct snap_fs *fs, const char *path, size_t bytes)
{
    struct snap_text text = {0};
    struct snap_error error = {0};

    assert_true(fs->read(fs, path, &text, &error));
    assert_true(bytes < text.length);
    assert_true(snap_state_file_write(
        fs, path, (struct snap_bytes){(const uint8_t *)text.data, bytes}, &error));
    snap_text_fini(&text);
}

static size_t size_of(struct snap_fs *fs, const char *path)
{
    struct snap_text text = {0};
    struct snap_error error = {0};
    size_t size;

    assert_true(fs->read(fs, path, &text, &error));
    size = text.length;
    snap_text_fini(&text);
    return size;
}

/* Cut off anywhere, any file: it is told which one, and where it ends. */
static void cut_all_files(bool is_compressed)
{
    struct snap_error error = {0};
    struct snap_fs_names names = {0};
    struct lab lab;

    start(&lab);
    names.arena = &lab.arena;
    assert_true(write_to(&lab, is_compressed, &error));
    assert_true(lab.fs->list(lab.fs, "job/chk-7", &names, &error));
    assert_int_equal(names.count, 5);
    stop(&lab);
    for (uint32_t f = 0; f < 5; f++) {
        size_t size = SIZE_MAX;

        /* `_metadata` is the last of them, and is cut at each of its bytes. */
        for (size_t cut = 0; cut < size; cut += cut < 40 || f == 4 ? 1 : 37) {
            struct snap_snapshot_reading reading;
            const char *path;

            start(&lab);
            names = (struct snap_fs_names){.arena = &lab.arena};
            error = (struct snap_error){0};
            assert_true(write_to(&lab, is_compressed, &error));
            assert_true(lab.fs->list(lab.fs, "job/chk-7", &names, &error));
            path = snap_arena_printf(&lab.arena, "job/chk-7/%s", names.names[f]);
            size = size_of(lab.fs, path);
            if (cut < size) {
                cut_file(lab.fs, path, cut);
                assert_false(read_from(&lab, "job/chk-7", &reading, &error));
                assert_int_equal(error.code, SNAP_ERROR_SNAPSHOT);
                assert_non_null(strstr(error.message, path));
                assert_non_null(strstr(error.message, "offset"));
            }
            stop(&lab);
        }
    }
}

static void test_torn(void **state)
{
    (void)state;
    cut_all_files(false);
}

static void test_torn_compressed(void **state)
{
    (void)state;
    cut_all_files(true);
}

static void test_missing(void **state)
{
    struct snap_snapshot_reading reading;
    struct snap_error error = {0};
    struct snap_fs_names names = {0};
    struct lab lab;

    (void)state;
    start(&lab);
    names.arena = &lab.arena;
    assert_true(write_to(&lab, false, &error));
    assert_true(lab.fs->list(lab.fs, "job/chk-7", &names, &error));
    /* The first name is _metadata or a file, by their order: a file's is hexadecimal. */
    for (uint32_t i = 0; i < names.count; i++)
        if (strcmp(names.names[i], "_metadata") != 0)
            assert_true(lab.fs->remove(
                lab.fs, snap_arena_printf(&lab.arena, "job/chk-7/%s", names.names[i]), &error));
    assert_false(read_from(&lab, "job/chk-7", &reading, &error));
    assert_int_equal(error.code, SNAP_ERROR_SNAPSHOT);
    assert_non_null(strstr(error.message, "is missing; expected "));
    error = (struct snap_error){0};
    assert_true(lab.fs->remove(lab.fs, "job/chk-7/_metadata", &error));
    assert_false(read_from(&lab, "job/chk-7", &reading, &error));
    assert_int_equal(error.code, SNAP_ERROR_RESTORE);
    assert_non_null(strstr(error.message, "there is no snapshot"));
    stop(&lab);
}

/* The disk is full at any write: nothing is left that could be taken for a snapshot. */
static void test_full_disk(void **state)
{
    bool written = false;

    (void)state;
    for (uint64_t writes = 0; !written; writes++) {
        struct snap_fs_names names = {0};
        struct snap_error error = {0};
        struct lab lab;

        start(&lab);
        names.arena = &lab.arena;
        snap_fs_memory_fill(lab.fs, writes);
        written = write_to(&lab, false, &error);
        assert_true(lab.fs->list(lab.fs, "job/chk-7", &names, &(struct snap_error){0}));
        assert_int_equal(names.count, written ? 5 : 0);
        assert_int_equal(error.code, written ? SNAP_OK : SNAP_ERROR_IO);
        stop(&lab);
    }
}

/* A machine that stops after the write has lost nothing: all is synced, the name too. */
static void test_crash_of_the_machine(void **state)
{
    struct snap_snapshot_reading reading;
    struct snap_error error = {0};
    struct snap_rng rng;
    struct lab lab;

    (void)state;
    start(&lab);
    snap_rng_init(&rng, 1, 2, 3);
    assert_true(write_to(&lab, false, &error));
    snap_fs_memory_crash(lab.fs, &rng);
    assert_true(read_from(&lab, "job/chk-7", &reading, &error));
    check_same(&lab, &reading);
    assert_true(snap_snapshot_remove(lab.fs, "job/chk-7", &error));
    assert_false(read_from(&lab, "job/chk-7", &reading, &error));
    stop(&lab);
}

static void test_other_types(void **state)
{
    struct snap_snapshot_reading reading;
    struct snap_error error = {0};
    struct lab lab;

    (void)state;
    start(&lab);
    assert_true(write_to(&lab, false, &error));
    lab.ops[0].schema.key = SNAP_VALUE_LONG;
    assert_false(read_from(&lab, "job/chk-7", &reading, &error));
    assert_int_equal(error.code, SNAP_ERROR_RESTORE);
    assert_non_null(strstr(error.message, "\"count\" of operator \"counter\" has String in the "
                                          "snapshot and Long in this job"));
    stop(&lab);
}

static void test_names(void **state)
{
    struct snap_uuid_source source = {.seed = 5};
    char one[SNAP_UUID_TEXT_BYTES];
    char other[SNAP_UUID_TEXT_BYTES];

    (void)state;
    snap_uuid_next(&source, one);
    snap_uuid_next(&source, other);
    assert_int_equal(strlen(one), 36);
    assert_int_equal(one[14], '4');
    assert_non_null(strchr("89ab", one[19]));
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_torn),
        cmocka_unit_test(test_torn_compressed),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_other_types),
        cmocka_unit_test(test_crash_of_the_machine),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
