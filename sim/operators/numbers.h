// SPDX-License-Identifier: Apache-2.0
/*
 * numbers.h: the numbers that the source `numbers` sends: record i of split s is s * 1000000 + i.
 *
 * - Whoever gets such a number knows which record it was, whatever became of it on the way: jobs
 *   that Flink runs, too, count with them.
 */
#ifndef SNAP_OPERATORS_NUMBERS_H
#define SNAP_OPERATORS_NUMBERS_H

enum { SNAP_NUMBERS_PER_SPLIT = 1000000 };

#endif
