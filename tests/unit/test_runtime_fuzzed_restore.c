// SPDX-License-Identifier: Apache-2.0
/* Inputs on which the fuzz target `restore` once failed: it must come through with each of them,
 * and fast. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/fs.h"
#include "fuzz/fuzz.h"

#define INPUTS SNAP_SOURCE_DIR "/tests/fixtures/fuzz/restore"

/* With sanitizers, on a busy machine. */
enum { SECONDS_MAX = 60 };

static void comes_through(void **unused)
{
    struct snap_fs *fs = snap_fs_real_create("");
    struct snap_arena arena = {0};
    struct snap_fs_names names = {.arena = &arena};
    struct snap_error error = {0};

    (void)unused;
    assert_true(fs->list(fs, INPUTS, &names, &error));
    assert_true(names.count > 0);
    for (uint32_t i = 0; i < names.count; i++) {
        struct snap_text input = {0};

        assert_true(
            fs->read(fs, snap_arena_printf(&arena, INPUTS "/%s", names.names[i]), &input, &error));
        alarm(SECONDS_MAX);
        assert_int_equal(LLVMFuzzerTestOneInput((const uint8_t *)input.data, input.length), 0);
        alarm(0);
        snap_text_fini(&input);
    }
    snap_arena_fini(&arena);
    snap_fs_destroy(fs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(comes_through)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
