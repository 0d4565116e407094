// SPDX-License-Identifier: Apache-2.0
/*
 * reader.h: reads a trace.jsonl back into events.
 *
 * - open reads the header and makes of it as much of a job graph as views need: operators (uid,
 *   name, id, parallelism, splits, schema), vertices, edges, tasks. Types, options and placement
 *   are not in a trace and stay empty.
 * - Events come in the order of the file. Events of unknown names (a newer writer's) are passed
 *   over and counted; a last line that is cut off ends the trace and is told by `truncated`.
 * - Errors name file and line. Everything handed out is in the reader's arena, borrowed until
 *   close; `event->sequence` is the line number, as sequence numbers are not written.
 */
#ifndef SNAP_TRACE_READER_H
#define SNAP_TRACE_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "model/event.h"
#include "model/job.h"

struct snap_trace_header {
    const char *scenario;
    const char *variant; /* or NULL */
    const char *runtime;
    uint64_t seed;
    enum snap_trace_level level;
};

struct snap_trace_reader {
    struct snap_arena arena;
    const char *path; /* arena */
    FILE *file;       /* owned */
    char *line;       /* owned, of the last line read */
    size_t line_capacity;
    uint32_t line_number;
    uint64_t unknown_events;
    bool truncated;
    struct snap_trace_header header;
    struct snap_job *job; /* arena; of the execution that the last event is of */
    uint32_t execution;   /* of the job, from 0 */
};

enum snap_trace_read { SNAP_TRACE_READ_EVENT, SNAP_TRACE_READ_END, SNAP_TRACE_READ_ERROR };

/* Opens the trace and reads its header. Errors: no such file, not a trace, a newer format. */
bool snap_trace_reader_open(struct snap_trace_reader *reader, const char *path,
                            struct snap_error *error);
void snap_trace_reader_close(struct snap_trace_reader *reader);

/* Reads the next event. Errors: a line that is no event. */
enum snap_trace_read snap_trace_reader_next(struct snap_trace_reader *reader,
                                            struct snap_event *event, struct snap_error *error);

/* Returns what is to be said, behind the trace's name, of one that was read to its end and is cut
 * off; NULL: it is whole. */
const char *snap_trace_reader_lack(const struct snap_trace_reader *reader);

#endif
