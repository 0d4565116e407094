// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"

static char directory[64];

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int make_directory(void **unused)
{
    (void)unused;
    strcpy(directory, "/tmp/snapsim-fs-XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **unused)
{
    (void)unused;
    return nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_file(struct snap_fs *fs, const char *path, enum snap_fs_mode mode,
                       const char *text)
{
    struct snap_error error = {0};
    struct snap_file *file = fs->open(fs, path, mode, &error);

    if (!file)
        fail_msg("%s", error.message);
    assert_true(fs->write(file, text, strlen(text), &error));
    assert_true(fs->close(file, &error));
}

static void expect_file(struct snap_fs *fs, const char *path, const char *expected)
{
    struct snap_error error = {0};
    struct snap_text text = {0};

    if (!fs->read(fs, path, &text, &error))
        fail_msg("%s", error.message);
    assert_string_equal(snap_text_get(&text), expected);
    snap_text_fini(&text);
}

static void expect_names(struct snap_fs *fs, const char *path, const char *expected)
{
    struct snap_error error = {0};
    struct snap_arena arena;
    struct snap_fs_names names = {.arena = &arena};
    struct snap_text text = {0};

    snap_arena_init(&arena);
    assert_true(fs->list(fs, path, &names, &error));
    for (uint32_t i = 0; i < names.count; i++)
        snap_text_printf(&text, "%s ", names.names[i]);
    assert_string_equal(snap_text_get(&text), expected);
    snap_text_fini(&text);
    snap_arena_fini(&arena);
}

static void behaves_as_a_file_system(struct snap_fs *fs)
{
    struct snap_error error = {0};
    struct snap_text text = {0};

    assert_true(fs->make_dirs(fs, "a/b", &error));
    assert_true(fs->make_dirs(fs, "a/b", &error));
    expect_names(fs, "a/b", "");
    expect_names(fs, "nowhere", "");
    write_file(fs, "a/b/two", SNAP_FS_WRITE, "2");
    write_file(fs, "a/b/one", SNAP_FS_WRITE, "first");
    write_file(fs, "a/b/one", SNAP_FS_APPEND, ", second");
    expect_file(fs, "a/b/one", "first, second");
    write_file(fs, "a/b/one", SNAP_FS_WRITE, "over");
    expect_file(fs, "a/b/one", "over");
    expect_names(fs, "a/b", "one two ");
    assert_true(fs->rename(fs, "a/b/one", "a/b/.three", &error));
    assert_true(fs->rename(fs, "a/b/.three", "a/b/two", &error));
    expect_names(fs, "a/b", "two ");
    expect_file(fs, "a/b/two", "over");
    assert_true(fs->exists(fs, "a/b/two"));
    assert_false(fs->exists(fs, "a/b/one"));
    assert_true(fs->remove(fs, "a/b/two", &error));
    assert_false(fs->exists(fs, "a/b/two"));
    assert_int_equal(error.code, SNAP_OK);

    assert_false(fs->remove(fs, "a/b/two", &error));
    assert_int_equal(error.code, SNAP_ERROR_IO);
    error.code = SNAP_OK;
    assert_false(fs->rename(fs, "a/b/two", "a/b/x", &error));
    assert_int_equal(error.code, SNAP_ERROR_IO);
    error.code = SNAP_OK;
    assert_false(fs->read(fs, "a/b/two", &text, &error));
    assert_non_null(strstr(error.message, "a/b/two"));
    snap_text_fini(&text);
}

static void real_files(void **unused)
{
    struct snap_fs *fs = snap_fs_real_create(directory);

    (void)unused;
    behaves_as_a_file_system(fs);
    snap_fs_destroy(fs);
}

static void files_in_memory(void **unused)
{
    struct snap_fs *mirror = snap_fs_real_create(directory);
    struct snap_fs *fs = snap_fs_memory_create(NULL);
    struct snap_fs *mirrored = snap_fs_memory_create(mirror);

    (void)unused;
    behaves_as_a_file_system(fs);
    behaves_as_a_file_system(mirrored);
    expect_names(mirror, "a/b", "");
    snap_fs_destroy(mirrored);
    snap_fs_destroy(mirror);
    snap_fs_destroy(fs);
    snap_fs_destroy(NULL);
}

/* What stands in the way of writing is named. The superuser may write anywhere, so it is a file. */
static void unwritable_directory(void **unused)
{
    struct snap_fs *fs = snap_fs_real_create(directory);
    struct snap_error error = {0};

    (void)unused;
    write_file(fs, "plain", SNAP_FS_WRITE, "");
    assert_false(fs->make_dirs(fs, "plain/below", &error));
    assert_int_equal(error.code, SNAP_ERROR_IO);
    assert_non_null(strstr(error.message, "plain"));
    error.code = SNAP_OK;
    assert_null(fs->open(fs, "plain/file", SNAP_FS_WRITE, &error));
    assert_int_equal(error.code, SNAP_ERROR_IO);
    error.code = SNAP_OK;
    assert_null(fs->open(fs, "missing/file", SNAP_FS_WRITE, &error));
    assert_int_equal(error.code, SNAP_ERROR_IO);
    snap_fs_destroy(fs);
}

/* Bytes of which only the first half was synced: every length from there on turns up, none below.
 */
static void a_crash_tears_what_was_not_synced(void **unused)
{
    uint32_t seen = 0;

    (void)unused;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct snap_fs *fs = snap_fs_memory_create(NULL);
        struct snap_error error = {0};
        struct snap_rng rng;
        struct snap_file *file = fs->open(fs, "half", SNAP_FS_WRITE, &error);
        struct snap_text text = {0};

        snap_rng_init(&rng, seed, 0, 0);
        assert_true(fs->write(file, "1234", 4, &error));
        assert_true(fs->sync(file, &error));
        assert_true(fs->write(file, "5678", 4, &error));
        assert_true(fs->close(file, &error));
        write_file(fs, "never", SNAP_FS_WRITE, "lost");
        write_file(fs, ".named", SNAP_FS_WRITE, "safe");
        assert_true(fs->rename(fs, ".named", "named", &error));

        snap_fs_memory_crash(fs, &rng);
        assert_false(fs->exists(fs, "never"));
        expect_file(fs, "named", "safe");
        assert_true(fs->read(fs, "half", &text, &error));
        assert_in_range(text.length, 4, 8);
        assert_memory_equal(text.data, "12345678", text.length);
        seen |= 1u << text.length;
        write_file(fs, "half", SNAP_FS_APPEND, "!");
        snap_text_clear(&text);
        assert_true(fs->read(fs, "half", &text, &error));
        assert_int_equal(text.data[text.length - 1], '!');
        snap_text_fini(&text);
        snap_fs_destroy(fs);
    }
    assert_int_equal(seen, 0x1F0);
}

static void what_becomes_visible_is_mirrored(void **unused)
{
    struct snap_fs *real = snap_fs_real_create(directory);
    struct snap_fs *fs = snap_fs_memory_create(real);
    struct snap_error error = {0};
    struct snap_file *file;

    (void)unused;
    assert_true(fs->make_dirs(fs, "out", &error));
    write_file(fs, "out/.hidden", SNAP_FS_WRITE, "a");
    write_file(fs, "out/.part", SNAP_FS_WRITE, "b");
    expect_names(real, "out", "");
    assert_true(fs->rename(fs, "out/.part", "out/part", &error));
    expect_names(real, "out", "part ");
    expect_file(real, "out/part", "b");

    file = fs->open(fs, "out/log", SNAP_FS_WRITE, &error);
    assert_true(fs->write(file, "1\n", 2, &error));
    assert_false(real->exists(real, "out/log"));
    assert_true(fs->sync(file, &error));
    expect_file(real, "out/log", "1\n");
    assert_true(fs->write(file, "2\n", 2, &error));
    expect_file(real, "out/log", "1\n");
    assert_true(snap_fs_memory_flush(fs, &error));
    expect_file(real, "out/log", "1\n2\n");
    assert_true(fs->write(file, "3\n", 2, &error));
    assert_true(fs->close(file, &error));
    expect_file(real, "out/log", "1\n2\n3\n");

    assert_true(fs->remove(fs, "out/part", &error));
    expect_names(real, "out", "log ");
    snap_fs_destroy(fs);
    snap_fs_destroy(real);
}

static void a_mirror_that_fails_is_told(void **unused)
{
    struct snap_fs *real = snap_fs_real_create(directory);
    struct snap_fs *fs = snap_fs_memory_create(real);
    struct snap_error error = {0};

    (void)unused;
    write_file(fs, "gone/.part", SNAP_FS_WRITE, "b");
    assert_false(fs->rename(fs, "gone/.part", "gone/part", &error));
    assert_int_equal(error.code, SNAP_ERROR_IO);
    assert_true(fs->exists(fs, "gone/.part"));
    snap_fs_destroy(fs);
    snap_fs_destroy(real);
}

/* Larger than the pieces in which files lie in memory, with odd lengths. */
static void large_files(void **unused)
{
    enum { WRITES = 3000 };
    struct snap_fs *real = snap_fs_real_create(directory);
    struct snap_fs *fs = snap_fs_memory_create(real);
    struct snap_error error = {0};
    struct snap_text expected = {0};
    struct snap_file *file = fs->open(fs, ".large", SNAP_FS_WRITE, &error);

    (void)unused;
    for (int i = 0; i < WRITES; i++) {
        size_t before = expected.length;

        snap_text_printf(&expected, "%d%.*s,", i, i % 97,
                         "...................................."
                         "....................................");
        assert_true(fs->write(file, expected.data + before, expected.length - before, &error));
    }
    assert_true(fs->close(file, &error));
    expect_file(fs, ".large", expected.data);
    assert_true(fs->rename(fs, ".large", "large", &error));
    expect_file(real, "large", expected.data);
    snap_text_fini(&expected);
    snap_fs_destroy(fs);
    snap_fs_destroy(real);
}

static void a_full_disk(void **unused)
{
    struct snap_fs *fs = snap_fs_memory_create(NULL);
    struct snap_error error = {0};
    struct snap_file *file = fs->open(fs, "file", SNAP_FS_WRITE, &error);

    (void)unused;
    snap_fs_memory_fill(fs, 1);
    assert_true(fs->write(file, "1", 1, &error));
    assert_false(fs->write(file, "2", 1, &error));
    assert_int_equal(error.code, SNAP_ERROR_IO);
    assert_true(fs->close(file, &error));
    snap_fs_destroy(fs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(real_files, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(files_in_memory, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(unwritable_directory, make_directory, remove_directory),
        cmocka_unit_test(a_crash_tears_what_was_not_synced),
        cmocka_unit_test_setup_teardown(what_becomes_visible_is_mirrored, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(a_mirror_that_fails_is_told, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(large_files, make_directory, remove_directory),
        cmocka_unit_test(a_full_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
