// SPDX-License-Identifier: Apache-2.0
/*
 * units.h: times and sizes for people.
 *
 * - Durations have three significant digits at least and the unit that suits them; sizes count in
 *   1024, with the two decimals of Flink's web pages.
 * - Texts are owned by the arena handed in.
 */
#ifndef SNAP_VIEW_UNITS_H
#define SNAP_VIEW_UNITS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"

/* "380 us", "52.4 ms", "1.23 s", "2m 5s"; "-" for a negative one. */
const char *snap_duration_name(snap_ns duration_ns, struct snap_arena *arena);

/* "1.234 s": an instant, to the millisecond; "-" for a negative one. */
const char *snap_instant_name(snap_ns at_ns, struct snap_arena *arena);

/* "0 B", "4.86 KB", "1.00 GB". */
const char *snap_size_name(int64_t bytes, struct snap_arena *arena);

/* "0", "0.25", "12.3", "640", "12.3k", "4.56M": a number of things, three significant digits. */
const char *snap_amount_name(double amount, struct snap_arena *arena);

/* The number of columns of the terminal: COLUMNS, else the terminal's own, else 100; 40 to 400. */
uint32_t snap_terminal_width(void);

/* The same for running text, where 80 is more readable than 100 if it is not known. */
uint32_t snap_terminal_text_width(void);

/* Returns the columns for lines of words and paths: those of the terminal; where there is none a
 * width that nothing reaches, as programs look for such lines. */
uint32_t snap_terminal_line_width(void);

#endif
