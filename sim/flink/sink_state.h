// SPDX-License-Identifier: Apache-2.0
/*
 * sink_state.h: what file sinks put into a snapshot, taken apart: files that wait for their commit,
 * and the one that a bucket's writer has open.
 *
 * - Their lists have byte arrays as elements, so a snapshot does not say what is in them. The
 *   name of the list says what to look for, marks and lengths whether it is that; anything else
 *   stays bytes.
 * - Three lists are known: those of a writer and of a committer of Flink's FileSink, for all file
 *   systems as to path and size, for local files also the temporary one; and that of snapsim's
 *   own file sink.
 * - An element becomes a map with names as keys, a committer's a list of such.
 * Flink: FileWriterBucketStateSerializer, CommittableCollectorSerializer,
 * FileSinkCommittableSerializer, OutputStreamBasedPartFileWriter, LocalRecoverableSerializer.
 */
#ifndef SNAP_FLINK_SINK_STATE_H
#define SNAP_FLINK_SINK_STATE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "model/datum.h"

/*
 * Takes an element of the list apart if its form is known, into memory of the arena. Returns false,
 * and leaves *datum as it is, if not.
 */
bool snap_sink_state_read(struct snap_bytes list, struct snap_bytes element,
                          struct snap_arena *arena, struct snap_datum *datum);

#endif
