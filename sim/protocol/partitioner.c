// SPDX-License-Identifier: Apache-2.0
#include "protocol/partitioner.h"

#include "base/check.h"
#include "model/string_pool.h"

static const struct snap_partitioner partitioners[] = {
    [SNAP_SHIP_FORWARD] = {"forward", SNAP_MAPPER_UNSUPPORTED, SNAP_MAPPER_UNSUPPORTED, true, false,
                           false},
    [SNAP_SHIP_REBALANCE] = {"rebalance", SNAP_MAPPER_ROUND_ROBIN, SNAP_MAPPER_ARBITRARY, false,
                             false, true},
    [SNAP_SHIP_RESCALE] = {"rescale", SNAP_MAPPER_UNSUPPORTED, SNAP_MAPPER_UNSUPPORTED, true, false,
                           false},
    [SNAP_SHIP_HASH] = {"hash", SNAP_MAPPER_RANGE, SNAP_MAPPER_ARBITRARY, false, false, true},
    [SNAP_SHIP_BROADCAST] = {"broadcast", SNAP_MAPPER_UNSUPPORTED, SNAP_MAPPER_UNSUPPORTED, false,
                             true, false},
    [SNAP_SHIP_GLOBAL] = {"global", SNAP_MAPPER_FIRST, SNAP_MAPPER_ARBITRARY, false, false, true},
    [SNAP_SHIP_SHUFFLE] = {"shuffle", SNAP_MAPPER_ROUND_ROBIN, SNAP_MAPPER_ARBITRARY, false, false,
                           true},
    [SNAP_SHIP_CUSTOM] = {"custom", SNAP_MAPPER_FULL, SNAP_MAPPER_ARBITRARY, false, false, false},
};

const struct snap_partitioner *snap_partitioner_of(enum snap_ship ship)
{
    SNAP_CHECK((size_t)ship < sizeof(partitioners) / sizeof(partitioners[0]));
    return &partitioners[ship];
}

uint32_t snap_custom_target(enum snap_value_kind kind, union snap_value key, uint32_t receivers)
{
    int64_t number = kind == SNAP_VALUE_LONG ? key.number : key.string->java_hash;
    int64_t rest = number % (int64_t)receivers;

    return (uint32_t)(rest < 0 ? rest + (int64_t)receivers : rest);
}
