// SPDX-License-Identifier: Apache-2.0
/* changelog.c: any bytes as a file of changes. */
#include "base/check.h"
#include "flink/changelog_state.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snap_changelog_part part = {{data, size}, 0};
    struct snap_changelog_source source = {&part, 1, 128};
    struct snap_arena arena = {0};
    struct snap_error error = {0};
    struct snap_changelog_state state;
    struct snap_keyed_item item;

    if (snap_changelog_state_load(&state, &source, &arena, &error))
        while (snap_changelog_state_next(&state, &item))
            SNAP_CHECK(item.key_group < 128 && item.state < state.head.states.count);
    SNAP_CHECK(arena.bytes_total < FUZZ_MEMORY_FIXED + FUZZ_MEMORY_FACTOR * size);
    snap_arena_fini(&arena);
    return 0;
}
