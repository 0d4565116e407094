// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_files.h"

#include "flink/metadata.h"

struct walk {
    const struct snap_snapshot_reading *reading;
    const struct snap_file_visitor *visitor;
};

static void visit_stream(void *context, const struct snap_stream_handle *stream,
                         const struct snap_bytes *name, bool is_shared)
{
    const struct walk *walk = context;
    struct snap_site_file file;
    struct snap_error ignored = {0};

    (void)name;
    (void)is_shared;
    if (stream->type != SNAP_STREAM_FILE && stream->type != SNAP_STREAM_RELATIVE &&
        stream->type != SNAP_STREAM_SEGMENT)
        return;
    if (snap_snapshot_site_file(&walk->reading->site, stream, walk->reading->arena, &file,
                                &ignored))
        walk->visitor->visit(walk->visitor->context, file.path);
}

void snap_snapshot_files_each(const struct snap_snapshot_reading *reading,
                              const struct snap_file_visitor *visitor)
{
    struct walk walk = {reading, visitor};
    const struct snap_stream_visitor streams = {visit_stream, &walk};

    visitor->visit(visitor->context, reading->site.metadata);
    for (uint32_t o = 0; o < reading->metadata->operator_count; o++)
        for (uint32_t i = 0; i < reading->metadata->operators[o].subtask_count; i++)
            snap_subtask_handles_walk(&reading->metadata->operators[o].subtasks[i], &streams);
}
