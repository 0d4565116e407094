// SPDX-License-Identifier: Apache-2.0
#include "model/sabotage.h"

#include <string.h>

#define ROW(id, name, doc) {name, SNAP_SABOTAGE_##id, doc},
static const struct snap_sabotage_name table[] = {SNAP_SABOTAGES(ROW){NULL, 0, NULL}};

const struct snap_sabotage_name *snap_sabotage_names(void)
{
    return table;
}

bool snap_broken_rule_parse(const char *name, enum snap_broken_rule *rule)
{
    unsigned number = 0;

    while (number < SNAP_BROKEN_COUNT && strcmp(table[number].name, name) != 0)
        number++;
    *rule = (enum snap_broken_rule)number;
    return number < SNAP_BROKEN_COUNT;
}
