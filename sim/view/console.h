// SPDX-License-Identifier: Apache-2.0
/*
 * console.h: what `run` and `compare` print for people.
 *
 * - Columns have Flink's names. Every table fits the width it is given: see table.h.
 * - Nothing here decides or counts: the numbers are those of summary.json.
 * - Functions append to a text; the caller prints it.
 */
#ifndef SNAP_VIEW_CONSOLE_H
#define SNAP_VIEW_CONSOLE_H

#include <stdint.h>

#include "base/text.h"
#include "view/summary_json.h"
#include "view/table.h"

/* One line a checkpoint, with the last subtask and channel, or why it failed. Of more than
 * `rows_max` the middle ones are left out, and the table says so. */
void snap_checkpoint_table(struct snap_text *text, const struct snap_statistics *statistics,
                           uint32_t rows_max, uint32_t width);

/* Failures and what the job did about them. */
void snap_failure_table(struct snap_text *text, const struct snap_statistics *statistics,
                        uint32_t rows_max, uint32_t width);

/* Records, and what the time went to, per subtask; of large jobs a row a vertex, its busiest and
 * its least busy subtask. */
void snap_subtask_table(struct snap_text *text, const struct snap_statistics *statistics,
                        uint32_t width);

/* Latencies per sink. */
void snap_latency_table(struct snap_text *text, const struct snap_summary *summary, uint32_t width);

/* Per state and sink, and the sums. */
void snap_verdict_table(struct snap_text *text, const struct snap_job *job,
                        const struct snap_verdict *verdict, uint32_t width);

/* The title and a line a reason why the run is not as expected; nothing if it is. */
void snap_reasons_text(struct snap_text *text, const struct snap_summary *summary,
                       const char *title);

/* A title and a line a counter that was expected to be something and cannot be judged; nothing if
 * there is none. */
void snap_unchecked_text(struct snap_text *text, const struct snap_summary *summary);

/* The same of each variant and runtime; what several seeds have in common is there once. */
void snap_compare_unchecked_text(struct snap_text *text, const struct snap_summary *runs,
                                 uint32_t count);

/* The variants of one scenario beside each other. */
void snap_compare_table(struct snap_text *text, const struct snap_summary *runs, uint32_t count,
                        uint32_t width);

/* What each state and sink of the runs came to, where a job has several; else nothing. */
void snap_compare_judgements_table(struct snap_text *text, const struct snap_summary *runs,
                                   uint32_t count, uint32_t width);

/* The same of several seeds: least and most. */
void snap_seeds_judgements_table(struct snap_text *text, const struct snap_summary *runs,
                                 uint32_t count, uint32_t width);

/* Returns whether some run has several states and sinks, so that each gets a row. */
bool snap_compare_has_several_judgements(const struct snap_summary *runs, uint32_t count);

/* The checkpoints of each run: how many, and medians of what they took; with several seeds the
 * median over those. */
void snap_compare_checkpoints_table(struct snap_text *text, const struct snap_summary *runs,
                                    uint32_t count, uint32_t width);

/* The same as snap_compare_table where there are several seeds: a row a variant, with the least and
 * the most. */
void snap_seeds_table(struct snap_text *text, const struct snap_summary *runs, uint32_t count,
                      uint32_t width);

/* What was measured, a row a variant; with several seeds median, least and most. */
void snap_measures_table(struct snap_text *text, const struct snap_summary *runs, uint32_t count,
                         uint32_t width);

/* All of the above but the last three, and the line with seed and trace hash: what `run` prints. */
void snap_run_report(struct snap_text *text, const struct snap_summary *summary, uint32_t width);

#endif
