// SPDX-License-Identifier: Apache-2.0
/*
 * shifts.h: shifts by a variable in one instruction instead of two or three, on processors that can
 * do so (BMI2).
 *
 * A function that uses them is compiled a second time, for all other processors: both have the same
 * function inside, marked SNAP_SHIFTS_INLINE.
 */
#ifndef SNAP_BASE_SHIFTS_H
#define SNAP_BASE_SHIFTS_H

#include <stdbool.h>

#if defined(__x86_64__)
#define SNAP_FAST_SHIFTS __attribute__((target("bmi2")))
#else
#define SNAP_FAST_SHIFTS
#endif

#define SNAP_SHIFTS_INLINE inline __attribute__((always_inline))

/* Whether this processor can run what is marked SNAP_FAST_SHIFTS. */
static inline bool snap_fast_shifts_can(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("bmi2") != 0;
#else
    return false;
#endif
}

#endif
