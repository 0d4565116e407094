// SPDX-License-Identifier: Apache-2.0
/*
 * capability_files.h: what the capability table does with the files of a snapshot itself, without a
 * job.
 */
#ifndef SNAP_CLI_CAPABILITY_FILES_H
#define SNAP_CLI_CAPABILITY_FILES_H

#include "base/fs.h"

/* Writes the `_metadata` in the directory anew in an earlier version of its format: what the
 * version lacks is left out, handles of several channels become one a channel. Errors:
 * SNAP_ERROR_SNAPSHOT, SNAP_ERROR_IO. Flink: MetadataV3Serializer to MetadataV6Serializer. */
bool snap_capability_age(struct snap_fs *fs, const char *directory, int32_t version,
                         struct snap_error *error);

/* What was read of the word count's snapshot, whose source counts what it has sent. */
struct snap_capability_values {
    uint32_t keys;     /* of the counter */
    int64_t counted;   /* what their counts add up to */
    int64_t in_flight; /* records between operators */
    int64_t sent;      /* by the source: offsets of its splits */
};

/* Reads the values of all states in the snapshot, as a program would that is not the job. Errors:
 * SNAP_ERROR_SNAPSHOT, SNAP_ERROR_RESTORE, SNAP_ERROR_IO. */
bool snap_capability_read(const char *directory, struct snap_capability_values *values,
                          struct snap_error *error);

#endif
