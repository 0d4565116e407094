// SPDX-License-Identifier: Apache-2.0
/*
 * gnuplot.h: writes a figure's script and data, and has gnuplot draw it.
 *
 * - A figure NAME is NAME.gp and NAME.dat in one folder, and what gnuplot makes of them there:
 *   NAME.png and NAME.svg. The script stands alone: `gnuplot NAME.gp` in that folder draws the PNG
 *   again after someone has edited it, `gnuplot -e "format='svg'" NAME.gp` the SVG.
 * - Texts that come from data go through snap_gnuplot_quote: gnuplot runs what stands between
 *   backquotes in double-quoted strings.
 */
#ifndef SNAP_VIEW_GNUPLOT_H
#define SNAP_VIEW_GNUPLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

enum snap_figure_format { SNAP_FIGURE_PNG, SNAP_FIGURE_SVG, SNAP_FIGURE_TERMINAL };

/* Colours that people who see colours differently can tell apart (Okabe and Ito). */
#define SNAP_COLOUR_ORANGE "#E69F00"
#define SNAP_COLOUR_SKY "#56B4E9"
#define SNAP_COLOUR_GREEN "#009E73"
#define SNAP_COLOUR_YELLOW "#F0E442"
#define SNAP_COLOUR_BLUE "#0072B2"
#define SNAP_COLOUR_VERMILION "#D55E00"
#define SNAP_COLOUR_PURPLE "#CC79A7"
#define SNAP_COLOUR_GREY "#999999"
#define SNAP_COLOUR_VIOLET "#6A3D9A"

/* A figure that is being made; zeroed but for name and size. */
struct snap_figure {
    const char *name; /* "timeline" */
    uint32_t width;   /* pixels */
    uint32_t height;
    struct snap_text script;
    struct snap_text data;
    uint32_t block_count; /* blocks of data begun so far */
};

/* Appends the string in single quotes, its own ones doubled. */
void snap_gnuplot_quote(struct snap_text *text, const char *string);

/* Appends a blank and the string as a column of data, in double quotes. */
void snap_gnuplot_column(struct snap_text *text, const char *string);

/* Appends the string as a comment of script or data, which stays on one line. */
void snap_gnuplot_comment(struct snap_text *text, const char *string);

/* Begins the script: how to draw it, terminal, output, fonts. */
void snap_figure_begin(struct snap_figure *figure);
void snap_figure_fini(struct snap_figure *figure);

/* Begins a block of data named for readers of the file; returns its number for `index`. A block
 * always has a row of NaN, so that none is empty. */
uint32_t snap_figure_block(struct snap_figure *figure, const char *what, uint32_t columns);

/* Where a figure goes. */
struct snap_figure_target {
    enum snap_figure_format format;
    const char *directory;      /* PNG, SVG */
    struct snap_text *terminal; /* TERMINAL */
};

/*
 * Writes NAME.gp and NAME.dat into the folder, which exists, and draws. TERMINAL writes no file but
 * appends the drawing to a text.
 * Errors: a file cannot be written, gnuplot is missing or fails.
 */
bool snap_figure_draw(const struct snap_figure *figure, const struct snap_figure_target *target,
                      struct snap_error *error);

#endif
