// SPDX-License-Identifier: Apache-2.0
#include "cli/duration.h"

#include "cli/verbs.h"
#include "scenario/units.h"

bool snap_cli_duration(const char *what, const char *text, snap_ns *value)
{
    if (snap_units_duration(text, SNAP_FRACTIONS_ALLOWED, value) != SNAP_UNITS_OK)
        return false;
    if (*value != 0 && snap_units_is_bare(text))
        snap_cli_tell("snapsim: note: %s: %s has no unit: it counts as %s ms\n", what, text, text);
    return true;
}
