// SPDX-License-Identifier: Apache-2.0
#include "cli/crash_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"
#include "trace/writer.h"

enum { EVENTS_KEPT = 12 };

static const struct snap_simulation *running;
static struct snap_trace_writer *trace;
static const struct snap_job *running_job; /* of the execution that goes on */

/* The last events of this thread. */
static _Thread_local struct {
    struct snap_event events[EVENTS_KEPT];
    uint64_t count;
} report;

static void keep(void *context, const struct snap_event *event)
{
    (void)context;
    report.events[report.count++ % EVENTS_KEPT] = *event;
}

static void print(void *context)
{
    uint64_t first = report.count > EVENTS_KEPT ? report.count - EVENTS_KEPT : 0;
    snap_ns last_ns = report.count > 0 ? report.events[(report.count - 1) % EVENTS_KEPT].at_ns : 0;
    struct snap_event_texts texts;

    (void)context;
    if (trace)
        snap_trace_writer_flush(trace);
    snap_event_texts_init(&texts, running_job);
    fprintf(stderr, "snapsim: scenario %s, seed %" PRIu64 ", about %.6f s; the last events were:\n",
            running->name, running->seed, (double)last_ns / 1e9);
    for (uint64_t i = first; i < report.count; i++) {
        struct snap_text line = {0};

        snap_event_text_add(&line, &texts, &report.events[i % EVENTS_KEPT]);
        fprintf(stderr, "  %s\n", snap_text_get(&line));
        snap_text_fini(&line);
    }
    snap_event_texts_fini(&texts);
    fprintf(stderr, "snapsim: please report this with the scenario file and the seed\n");
}

void snap_crash_report_begin(const struct snap_simulation *sim, struct snap_trace_writer *writer)
{
    trace = writer;
    running = sim;
    running_job = sim->job;
    report.count = 0;
    snap_check_set_hook(print, NULL);
}

void snap_crash_report_job(const struct snap_job *job)
{
    running_job = job;
    report.count = 0;
}

void snap_crash_report_end(void)
{
    snap_check_set_hook(NULL, NULL);
}

struct snap_observer snap_crash_report_observer(void)
{
    return (struct snap_observer){.local = keep};
}
