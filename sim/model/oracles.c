// SPDX-License-Identifier: Apache-2.0
#include "model/oracles.h"

#include "base/check.h"

#define NAME(id, symbol, name, claim) [SNAP_ORACLE_##id] = name,
#define CLAIM(id, symbol, name, claim) [SNAP_ORACLE_##id] = claim,
static const char *const names[SNAP_ORACLE_COUNT] = {SNAP_ORACLES(NAME)};
static const char *const claims[SNAP_ORACLE_COUNT] = {SNAP_ORACLES(CLAIM)};

const char *snap_oracle_name(enum snap_oracle_id id)
{
    SNAP_CHECK(id < SNAP_ORACLE_COUNT);
    return names[id];
}

const char *snap_oracle_claim(enum snap_oracle_id id)
{
    SNAP_CHECK(id < SNAP_ORACLE_COUNT);
    return claims[id];
}
