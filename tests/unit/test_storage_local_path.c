// SPDX-License-Identifier: Apache-2.0
/* Paths as snapshots write them, and that none leads out of the snapshot unasked. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>

#include "flink_lab.h"
#include "storage/local_path.h"

static void test_paths(void **state)
{
    static const struct {
        const char *text, *path, *directory;
        bool climbs;
    } rows[] = {
        {"/a/b", "/a/b", "/a", false},
        {"file:/a/b", "/a/b", "/a", false},
        {"file:///a/b", "/a/b", "/a", false},
        {"file://host/a/b", "/a/b", "/a", false},
        {"file://host", "/", "/", false},
        {"//a", "/a", "/", false},
        {"file:////a", "/a", "/", false},
        {"a/b/", "a/b/", "a", false},
        {"a", "a", ".", false},
        {".", ".", "..", false},
        {"..", "..", "../..", true},
        {"a/../b", "a/../b", "a/..", true},
        {"a/..b/c..", "a/..b/c..", "a/..b", false},
    };
    struct snap_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *path = snap_local_path(&arena, rows[i].text);

        assert_string_equal(path, rows[i].path);
        assert_string_equal(snap_local_path_directory(&arena, path), rows[i].directory);
        assert_int_equal(snap_local_path_climbs(path), rows[i].climbs);
    }
    assert_string_equal(snap_local_path_decoded(&arena, "/a%20b%2Fc%zz%"), "/a b/c%zz%");
    snap_arena_fini(&arena);
}

/* One name for one file: links in front of ".." are followed. */
static void test_full(void **state)
{
    static const struct {
        const char *path, *full; /* %s: the folder; none in front: from there on */
    } rows[] = {
        {"%s/a//b/./c/", "%s/a/b/c"},
        {"%s/a/../b", "%s/b"},
        {"%s/link/../b", "%s/far/b"},
        {"%s/nothing/../b", "%s/b"},
        {"%s/link/b", "%s/link/b"},
        {"/../../b", "/b"},
        {"/nothing/..", "/"},
        {"/", "/"},
        {"./b", "%s/b"},
        {"b", "%s/b"},
        {".", "%s"},
        {"a/../b", "%s/b"},
        {"link/..", "%s/far"},
        {"..b/c", "%s/..b/c"},
    };
    char directory[] = "/tmp/snapsim-full-XXXXXX";
    char path[256], full[256];
    struct snap_arena arena = {0};

    (void)state;
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    assert_int_equal(system("mkdir -p a far/away && ln -s far/away link"), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_below = rows[i].path[0] == '%', is_full = rows[i].full[0] == '%';

        snprintf(path, sizeof(path), "%s%s", is_below ? directory : "",
                 rows[i].path + (is_below ? 2 : 0));
        snprintf(full, sizeof(full), "%s%s", is_full ? directory : "",
                 rows[i].full + (is_full ? 2 : 0));
        assert_string_equal(snap_local_path_full(&arena, path), full);
    }
    assert_int_equal(chdir("/"), 0);
    snprintf(path, sizeof(path), "rm -r %s", directory);
    assert_int_equal(system(path), 0);
    snap_arena_fini(&arena);
}

/* Shared files of a job whose directory lies beside this one's, and nothing else. */
static void test_beside(void **state)
{
#define ONE "0123456789abcdef0123456789abcdef"
#define TWO "fedcba9876543210fedcba9876543210"
    static const struct {
        const char *path, *job, *beside;
    } rows[] = {
        {"/cp/" ONE "/shared/f", "/cp/" TWO, "/cp/" ONE "/shared/f"},
        {"/gone/" ONE "/shared/f", "/cp/" TWO, "/cp/" ONE "/shared/f"},
        {"/cp/" ONE "/chk-1/f", "/cp/" TWO, NULL},
        {"/cp/" ONE "/shared/f/g", "/cp/" TWO, NULL},
        {"/cp/" ONE "/shared/..", "/cp/" TWO, NULL},
        {"/cp/../" ONE "/shared/f", "/cp/" TWO, NULL},
        {"/cp/x" ONE "/shared/f", "/cp/" TWO, NULL},
        {"/cp/" ONE "0/shared/f", "/cp/" TWO, NULL},
        {"/etc/shared/f", "/cp/" TWO, NULL},
        {"/cp/" ONE "/shared/f", "/cp/job", NULL},
        {"/cp/" ONE "/shared/f", TWO, NULL},
        {"f", "/cp/" TWO, NULL},
    };
    struct snap_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *beside = snap_local_path_beside(&arena, rows[i].path, rows[i].job);

        if (!beside != !rows[i].beside || (beside && strcmp(beside, rows[i].beside) != 0))
            fail_msg("%s: %s", rows[i].path, beside ? beside : "nothing");
    }
    snap_arena_fini(&arena);
}

/* A file outside of the job's directory, and how the snapshot may name it. */
static const struct {
    const char *name;
    enum snap_stream_type type;
    const char *path; /* %s: the folder of the test */
    bool follows;
    const char *message; /* NULL: it is read */
} access_rows[] = {
    {"its own", SNAP_STREAM_RELATIVE, "own", false, NULL},
    {"out by dots", SNAP_STREAM_RELATIVE, "../../outside", false, "leads out"},
    {"out by dots, agreed", SNAP_STREAM_RELATIVE, "../../outside", true, "leads out"},
    {"elsewhere", SNAP_STREAM_FILE, "file:%s/outside", false, "--follow-absolute"},
    {"elsewhere, agreed", SNAP_STREAM_FILE, "file:%s/outside", true, NULL},
    {"in the job's directory", SNAP_STREAM_FILE, "file:%s/job/shared/f", false, NULL},
    {"where the job's directory was", SNAP_STREAM_FILE, "file:/gone/job/shared/f", false, NULL},
    {"nowhere", SNAP_STREAM_FILE, "file:/gone/job/shared/g", true, "is missing"},
    {"too short", SNAP_STREAM_RELATIVE, "short", false,
     "offset 2: the file ends; expected 7 bytes from offset 0 on"},
};

static void write_file(const char *directory, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_folder(char *directory)
{
    static const char *const folders[] = {"job", "job/chk-1", "job/shared"};
    char path[256];

    assert_non_null(mkdtemp(directory));
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, folders[i]);
        assert_int_equal(mkdir(path, 0777), 0);
    }
    write_file(directory, "outside", "outside");
    write_file(directory, "job/shared/f", "shared!");
    write_file(directory, "job/chk-1/own", "my own.");
    write_file(directory, "job/chk-1/short", "my");
    write_file(directory, "job/chk-1/_metadata", "anything");
}

static void test_access(void **state)
{
    char directory[] = "/tmp/snapsim-folder-XXXXXX";
    char pointer[256], path[256];

    (void)state;
    make_folder(directory);
    snprintf(pointer, sizeof(pointer), "%s/job/chk-1", directory);
    for (size_t i = 0; i < sizeof(access_rows) / sizeof(access_rows[0]); i++) {
        struct snap_relocation none = {"", ""};
        struct snap_snapshot_place place = {
            .pointer = pointer, .relocations = &none, .follows_absolute = access_rows[i].follows};
        struct snap_stream_handle stream = {.type = access_rows[i].type, .size = 7};
        struct snap_error error = {0};
        struct snap_snapshot_folder *folder = snap_snapshot_folder_open(&place, &error);
        struct snap_streams streams = snap_snapshot_folder_streams(folder);
        const char *rest = strstr(access_rows[i].path, "%s");
        struct snap_bytes bytes;
        bool is_open;

        snprintf(path, sizeof(path), "%s%s%s", rest ? "file:" : "", rest ? directory : "",
                 rest ? rest + 2 : access_rows[i].path);
        stream.path = snap_bytes_of(path);
        is_open = streams.open(streams.context, &stream, &bytes, &error);
        if (is_open != !access_rows[i].message ||
            (!is_open && !strstr(error.message, access_rows[i].message)))
            fail_msg("%s: %s", access_rows[i].name, error.message);
        if (is_open) {
            assert_int_equal(bytes.count, 7);
            streams.close(streams.context, &stream, bytes);
        }
        snap_snapshot_folder_close(folder);
    }
    snprintf(path, sizeof(path), "rm -r %s", directory);
    assert_int_equal(system(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_paths), cmocka_unit_test(test_full),
                                       cmocka_unit_test(test_beside),
                                       cmocka_unit_test(test_access)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
