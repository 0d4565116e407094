// SPDX-License-Identifier: Apache-2.0
/*
 * channel_flow.h: sums over records that pass by on channels, to be compared.
 *
 * - A record counts with its origin, its lineage and both ends of its channel; a mark with what it
 *   says. The end of event time does not count: it comes again after a restore.
 * - What is dealt to other subtasks counts by the names of both operators alone, and without marks,
 *   of which each receiver may get one. Marks count apart, by the numbers of both subtasks, too:
 *   where no vertex has another parallelism, they come back to where they were.
 * - Values; whoever adds them up owns them.
 */
#ifndef SNAP_VERIFY_CHANNEL_FLOW_H
#define SNAP_VERIFY_CHANNEL_FLOW_H

#include <stdint.h>

#include "model/job.h"
#include "model/observer.h"

/* Records of one edge, added and taken away. */
struct snap_channel_flow {
    int64_t records;
    uint64_t sum;
    int64_t dealt_records; /* without marks, of what was captured or recovered */
    uint64_t dealt_sum;    /* of these, whatever the subtasks */
    int64_t marks;         /* of what was captured or recovered */
    uint64_t mark_sum;
};

/* Returns the sums of what the passage shows. */
struct snap_channel_flow snap_channel_flow_of(const struct snap_passage *passage,
                                              const struct snap_job *job);

void snap_channel_flow_add(struct snap_channel_flow *to, const struct snap_channel_flow *flow);

#endif
