// SPDX-License-Identifier: Apache-2.0
/*
 * java_table_order.h: the order in which Java walks a hash table whose keys are strings.
 *
 * - Named states are divided one after another, and each division starts where the last one
 *   stopped: who gets one more depends on this order, so it has to be Java's.
 * - Java's table has 16 buckets and doubles when more than three quarters are filled as it is
 *   asked for a key, before that is added, or when a bucket of less than 64 gets its eighth key; a
 * bucket is chosen by the hash code with its upper half folded in.
 * - Among keys of one bucket the one seen last is the first.
 * - Not modelled: buckets of eight keys and more in larger tables, which become trees.
 * Java: HashMap.computeIfAbsent.
 */
#ifndef SNAP_MODEL_JAVA_TABLE_ORDER_H
#define SNAP_MODEL_JAVA_TABLE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Sorts `count` distinct names, given in the order in which they were put into the table, into the
 * order in which it is walked. `asked_again`: any of them was asked for after the last was put in.
 * Scratch memory of the arena.
 */
void snap_java_table_order(const char **names, uint32_t count, bool asked_again,
                           struct snap_arena *arena);

#endif
