// SPDX-License-Identifier: Apache-2.0
#include "model/failure_reason.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"

struct row {
    const char *name;
    bool pre_flight;
    bool counted;
    const char *message;
};

#define ROW(name, pre_flight, counted, message) {#name, pre_flight, counted, message},
static const struct row rows[] = {SNAP_FAILURE_REASONS(ROW)};
#undef ROW

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const struct row *row_of(enum snap_failure_reason reason)
{
    SNAP_CHECK((size_t)reason < ROWS);
    return &rows[reason];
}

const char *snap_failure_reason_name(enum snap_failure_reason reason)
{
    return row_of(reason)->name;
}

const char *snap_failure_reason_message(enum snap_failure_reason reason)
{
    return row_of(reason)->message;
}

bool snap_failure_reason_parse(const char *name, enum snap_failure_reason *reason)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (!strcmp(rows[i].name, name)) {
            *reason = (enum snap_failure_reason)i;
            return true;
        }
    }
    return false;
}

bool snap_failure_reason_pre_flight(enum snap_failure_reason reason)
{
    return row_of(reason)->pre_flight;
}

bool snap_failure_reason_counted(enum snap_failure_reason reason)
{
    return row_of(reason)->counted;
}
