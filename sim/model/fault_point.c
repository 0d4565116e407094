// SPDX-License-Identifier: Apache-2.0
#include "model/fault_point.h"

#include "base/check.h"

#define INFO_ROW(id, name, doc, at_job_manager) [SNAP_STEP_##id] = {name, doc, at_job_manager},

static const struct snap_fault_step_info infos[SNAP_STEP_COUNT] = {SNAP_FAULT_STEPS(INFO_ROW)};

const struct snap_fault_step_info *snap_fault_step_get(enum snap_fault_step step)
{
    SNAP_CHECK(step < SNAP_STEP_COUNT);
    return &infos[step];
}
