// SPDX-License-Identifier: Apache-2.0
#include "snapshot_names.h"

#include <string.h>

#include "base/check.h"

static const char *const names[] = {
    [SNAP_KIND_CHECKPOINT] = "checkpoint",
    [SNAP_KIND_FULL_CHECKPOINT] = "full_checkpoint",
    [SNAP_KIND_SAVEPOINT] = "savepoint",
    [SNAP_KIND_SAVEPOINT_SUSPEND] = "stop_savepoint",
    [SNAP_KIND_SAVEPOINT_TERMINATE] = "stop_drain_savepoint",
};

enum snap_snapshot_kind conform_snapshot_kind(const char *name)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (!strcmp(names[i], name))
            return (enum snap_snapshot_kind)i;
    SNAP_CHECK(false);
    return SNAP_KIND_CHECKPOINT;
}

const char *conform_snapshot_name(enum snap_snapshot_kind kind)
{
    return names[kind];
}
