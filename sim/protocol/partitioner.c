// SPDX-License-Identifier: Apache-2.0
#include "protocol/partitioner.h"

#include "base/check.h"

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
};

static const struct snap_partitioner custom = {
    "custom", SNAP_MAPPER_FULL, SNAP_MAPPER_ARBITRARY, false, false, false};

const struct snap_partitioner *snap_partitioner_of(enum snap_ship ship)
{
    SNAP_CHECK((size_t)ship < sizeof(partitioners) / sizeof(partitioners[0]));
    return &partitioners[ship];
}

const struct snap_partitioner *snap_partitioner_custom(void)
{
    return &custom;
}
