// SPDX-License-Identifier: Apache-2.0
#include "base/real_table.h"

#include "base/real.h"

void snap_real_table_init(struct snap_real_table *table)
{
    const double log_2 = 0x1.62e42fefa39efp-1;

    for (uint32_t i = 0; i < SNAP_REAL_TABLE_SIZE; i++) {
        table->inverse[i] = 1 / (1 + (i + 0.5) / SNAP_REAL_TABLE_SIZE);
        table->log[i] = -snap_real_log(table->inverse[i]);
        table->power[i] = snap_real_exp(log_2 * i / SNAP_REAL_TABLE_SIZE);
    }
}
