// SPDX-License-Identifier: Apache-2.0
/*
 * real.h: logarithm and exponential that give the same bits with every compiler and C library.
 *
 * - Made of additions, multiplications and divisions only, which IEEE 754 rounds alike everywhere;
 *   built with -ffp-contract=off.
 * - Relative error below 1e-13 where the result is a normal number: for drawing, not for numerics.
 */
#ifndef SNAP_BASE_REAL_H
#define SNAP_BASE_REAL_H

/* Returns the natural logarithm of x; x must be positive, finite and not denormal. */
double snap_real_log(double x);

/* Returns e to the x; x in [-700, 700]. */
double snap_real_exp(double x);

#endif
