// SPDX-License-Identifier: Apache-2.0
#include "model/slow.h"

#include "base/check.h"

const char *snap_slow_key(enum snap_slow slow)
{
    static const char *const keys[SNAP_SLOW_COUNT] = {
        [SNAP_SLOW_UNKNOWN] = "unknown",     [SNAP_SLOW_QUEUES] = "queues",
        [SNAP_SLOW_SUBTASK] = "subtask",     [SNAP_SLOW_CHANNEL] = "channel",
        [SNAP_SLOW_TRIGGER] = "trigger",     [SNAP_SLOW_HELD] = "held",
        [SNAP_SLOW_SYNC] = "sync",           [SNAP_SLOW_STORAGE] = "storage",
        [SNAP_SLOW_ACK] = "acknowledgement", [SNAP_SLOW_DECLINED] = "declined",
        [SNAP_SLOW_FAILOVER] = "failover",   [SNAP_SLOW_STARTUP] = "startup",
        [SNAP_SLOW_TURN] = "turn",           [SNAP_SLOW_PAUSE] = "pause",
        [SNAP_SLOW_RECOVERY] = "recovery",
    };

    SNAP_CHECK(slow < SNAP_SLOW_COUNT);
    return keys[slow];
}
