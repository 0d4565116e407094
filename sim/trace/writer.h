// SPDX-License-Identifier: Apache-2.0
/*
 * writer.h: writes a run's trace.jsonl: a header line, then one event a line.
 *
 * - Writes events of the chosen level and below, in the order given; keys of a line are "t", "e",
 *   "at", then the event's arguments in the order of model/event.h.
 * - No wall clock, no absolute path: two equal runs write equal bytes.
 * - A write that fails is kept as the error that close returns; events after it are dropped, and
 *   the file ends with the last line that is whole.
 * - One thread. Buffered: lines reach the file when the buffer is full, at flush and at close, the
 *   header at once. While it is open, room for so much that is buffered is set aside on the disk.
 */
#ifndef SNAP_TRACE_WRITER_H
#define SNAP_TRACE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "model/event.h"
#include "model/simulation.h"
#include "trace/event_text.h"

/* Of the format of trace.jsonl; a reader refuses newer ones. */
enum { SNAP_TRACE_VERSION = 1 };

/* What the header says; all borrowed until close. */
struct snap_trace_run {
    const char *program_version; /* "0.1.0" */
    const struct snap_simulation *simulation;
    enum snap_runtime_kind runtime;
    enum snap_trace_level level;
    /* A later execution of the job: its number from 1, and its job; else 0 and NULL. */
    uint32_t execution;
    const struct snap_job *job;
};

struct snap_trace_writer {
    bool is_open;
    bool has_reserve;              /* room is set aside behind the end of the file */
    int file;                      /* owned */
    int64_t length_bytes;          /* of the file, whole lines */
    struct snap_trace_run run;     /* borrowed until close */
    struct snap_event_texts texts; /* of the execution whose events come */
    enum snap_trace_level level;
    struct snap_text buffer;
    char path[512];
    uint64_t events;         /* lines behind the header */
    struct snap_error error; /* the first write that failed */
};

/*
 * Creates the file and writes the header line.
 * Errors: the file cannot be made or written.
 */
bool snap_trace_writer_open(struct snap_trace_writer *writer, const char *path,
                            const struct snap_trace_run *run, struct snap_error *error);

/* Whether events of the type are written: its level is wanted (an observer's `takes`). */
bool snap_trace_writer_takes(const void *writer, enum snap_event_type type);

/* Writes the event if its level is wanted; `writer` is a struct snap_trace_writer (an observer's
 * `merged`). */
void snap_trace_writer_event(void *writer, const struct snap_event *event);

/* A new execution begins: writes a header line of its own, then come its events. */
void snap_trace_writer_execution(struct snap_trace_writer *writer, uint32_t execution,
                                 const struct snap_job *job);

/* Writes the lines that are whole so far: what a process does that is about to end. It may be
 * called in the middle of a call, then in the thread of that call only. */
void snap_trace_writer_flush(struct snap_trace_writer *writer);

/* Writes what is buffered and closes. Errors: this or an earlier write failed. */
bool snap_trace_writer_close(struct snap_trace_writer *writer, struct snap_error *error);

/* Appends the header line, as open writes it. */
void snap_trace_header_text(struct snap_text *text, const struct snap_trace_run *run);

#endif
