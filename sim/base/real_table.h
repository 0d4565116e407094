// SPDX-License-Identifier: Apache-2.0
/*
 * real_table.h: logarithm and exponential for drawing millions of numbers: a table and a few terms.
 *
 * - The same bits with every compiler and C library, as those of real.h, of which it is made.
 * - Relative error of exp, absolute error of log: below 1e-13.
 * - Constant once made; any number of threads may read it.
 */
#ifndef SNAP_BASE_REAL_TABLE_H
#define SNAP_BASE_REAL_TABLE_H

#include <stdint.h>
#include <string.h>

#include "base/check.h"

enum { SNAP_REAL_TABLE_BITS = 7, SNAP_REAL_TABLE_SIZE = 1 << SNAP_REAL_TABLE_BITS };

struct snap_real_table {
    double inverse[SNAP_REAL_TABLE_SIZE]; /* about 1 / c, c in the middle of each piece of [1, 2) */
    double log[SNAP_REAL_TABLE_SIZE];     /* -log(inverse) */
    double power[SNAP_REAL_TABLE_SIZE];   /* 2 to the i / SIZE */
};

/* Fills the table. */
void snap_real_table_init(struct snap_real_table *table);

/* Returns the natural logarithm of x, a positive normal number. */
static inline double snap_real_table_log(const struct snap_real_table *table, double x)
{
    const double log_2 = 0x1.62e42fefa39efp-1;
    uint64_t bits;
    double exponent;
    uint32_t piece;
    double r;

    memcpy(&bits, &x, sizeof(bits));
    exponent = (double)((int)(bits >> 52) - 1023);
    piece = (uint32_t)(bits >> (52 - SNAP_REAL_TABLE_BITS)) & (SNAP_REAL_TABLE_SIZE - 1);
    bits = (bits & UINT64_C(0xfffffffffffff)) | UINT64_C(0x3ff0000000000000);
    memcpy(&r, &bits, sizeof(r));
    r = r * table->inverse[piece] - 1; /* at most 1/256 in size */
    return exponent * log_2 + table->log[piece] +
           r * (1 + r * (-1.0 / 2 + r * (1.0 / 3 + r * (-1.0 / 4 + r * (1.0 / 5)))));
}

/* Returns e to the x; x in [-700, 700]. */
static inline double snap_real_table_exp(const struct snap_real_table *table, double x)
{
    const double step = 0x1.62e42fefa39efp-1 / SNAP_REAL_TABLE_SIZE;
    int steps;
    double r;
    uint64_t bits;
    double power;

    SNAP_CHECK(x >= -700 && x <= 700);
    steps = (int)(x / step + (x < 0 ? -0.5 : 0.5));
    r = x - steps * step;
    bits = (uint64_t)((steps >> SNAP_REAL_TABLE_BITS) + 1023) << 52;
    memcpy(&power, &bits, sizeof(power));
    return power * table->power[steps & (SNAP_REAL_TABLE_SIZE - 1)] *
           (1 + r * (1 + r * (1.0 / 2 + r * (1.0 / 6 + r * (1.0 / 24)))));
}

#endif
