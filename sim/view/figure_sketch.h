// SPDX-License-Identifier: Apache-2.0
/*
 * figure_sketch.h: drawings by gnuplot's dumb terminal, of plain characters; the inside of
 * figure.h.
 */
#ifndef SNAP_VIEW_FIGURE_SKETCH_H
#define SNAP_VIEW_FIGURE_SKETCH_H

#include "view/gnuplot.h"

enum { SNAP_SKETCH_WIDTH = 80 };

/* Begins a script that draws so many lines. */
void snap_sketch_begin(struct snap_figure *figure, uint32_t height);

/* Appends the place of a name to the script, in quotes, and the name to the names. Places are to be
 * in the drawing in the order in which they were appended, line by line. */
void snap_sketch_place(struct snap_text *script, struct snap_text *names, const char *name);

/* Sends data and script through gnuplot and appends the drawing with the names in their places;
 * releases the figure and the names. Errors: as snap_figure_draw. */
bool snap_sketch_draw(struct snap_figure *figure, struct snap_text *names,
                      const struct snap_figure_target *target, struct snap_error *error);

#endif
