// SPDX-License-Identifier: Apache-2.0
#include "flink/handles.h"
#include "flink/metadata.h"

static void visit_named(const struct snap_named_streams *streams,
                        const struct snap_stream_visitor *visitor, bool is_shared)
{
    for (uint32_t i = 0; i < streams->count; i++)
        visitor->visit(visitor->context, &streams->items[i].stream, &streams->items[i].name,
                       is_shared);
}

void snap_keyed_handle_walk(const struct snap_keyed_handle *handle,
                            const struct snap_stream_visitor *visitor)
{
    if (handle->stream.type != SNAP_STREAM_NONE)
        visitor->visit(visitor->context, &handle->stream, NULL, false);
    visit_named(&handle->shared, visitor, true);
    visit_named(&handle->own, visitor, false);
    for (uint32_t i = 0; i < handle->part_count; i++)
        visitor->visit(visitor->context, &handle->parts[i].stream, NULL, true);
    for (uint32_t i = 0; i < handle->materialized.count; i++)
        snap_keyed_handle_walk(&handle->materialized.items[i], visitor);
    for (uint32_t i = 0; i < handle->changes.count; i++)
        snap_keyed_handle_walk(&handle->changes.items[i], visitor);
}

static void visit_one(const struct snap_stream_handle *stream,
                      const struct snap_stream_visitor *visitor)
{
    if (stream->type != SNAP_STREAM_NONE)
        visitor->visit(visitor->context, stream, NULL, false);
}

void snap_subtask_handles_walk(const struct snap_metadata_subtask *subtask,
                               const struct snap_stream_visitor *visitor)
{
    snap_keyed_handle_walk(&subtask->managed_keyed, visitor);
    snap_keyed_handle_walk(&subtask->raw_keyed, visitor);
    visit_one(&subtask->managed_operator.stream, visitor);
    visit_one(&subtask->raw_operator.stream, visitor);
    for (uint32_t i = 0; i < subtask->input_count; i++)
        visit_one(&subtask->inputs[i].stream, visitor);
    for (uint32_t i = 0; i < subtask->result_count; i++)
        visit_one(&subtask->results[i].stream, visitor);
}
