// SPDX-License-Identifier: Apache-2.0
#include "model/numbers.h"

#include <math.h>

#include "base/check.h"
#include "base/time.h"

#define MEGABYTE 1048576.0

const struct snap_number_info *snap_number_info_get(enum snap_number number)
{
#define SNAP_NUMBER_ROW(name, key, unit, doc) {key, SNAP_NUMBER_##unit, doc},
    static const struct snap_number_info infos[] = {SNAP_NUMBERS(SNAP_NUMBER_ROW)};
#undef SNAP_NUMBER_ROW

    SNAP_CHECK(number < SNAP_NUMBER_COUNT);
    return &infos[number];
}

const char *snap_number_text(enum snap_number number, double value, struct snap_arena *arena)
{
    if (isnan(value) || value < 0)
        return "-";
    switch (snap_number_info_get(number)->unit) {
    case SNAP_NUMBER_COUNT_OF:
    case SNAP_NUMBER_RATIO:
        return snap_arena_printf(arena, "%.6g", value);
    case SNAP_NUMBER_NS:
        return snap_arena_printf(arena, "%.4g ms", value / (double)SNAP_MS);
    case SNAP_NUMBER_BYTES:
        return value < MEGABYTE ? snap_arena_printf(arena, "%.4g KB", value / 1024)
                                : snap_arena_printf(arena, "%.4g MB", value / MEGABYTE);
    case SNAP_NUMBER_PER_SECOND:
        return snap_arena_printf(arena, "%.4g/s", value);
    }
    SNAP_CHECK(false);
    return "-";
}
