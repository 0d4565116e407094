// SPDX-License-Identifier: Apache-2.0
/* snapshot_verify.c: whether all files of a snapshot are there. */
#include "flink/snapshot_parts.h"

struct verification {
    const struct snap_describer *describer;
    struct snap_error *error;
};

static void verify_stream(void *context, const struct snap_stream_handle *stream,
                          const struct snap_bytes *name, bool is_shared)
{
    struct verification *verification = context;
    struct snap_bytes bytes;

    (void)name;
    (void)is_shared;
    if (verification->error->code == SNAP_OK &&
        snap_describer_open(verification->describer, stream, &bytes, verification->error))
        snap_describer_close(verification->describer, stream, bytes);
}

static void verify_subtask(struct verification *verification,
                           const struct snap_metadata_subtask *subtask)
{
    struct snap_stream_visitor visitor = {verify_stream, verification};

    verify_stream(verification, &subtask->managed_operator.stream, NULL, false);
    verify_stream(verification, &subtask->raw_operator.stream, NULL, false);
    snap_keyed_handle_walk(&subtask->managed_keyed, &visitor);
    snap_keyed_handle_walk(&subtask->raw_keyed, &visitor);
    for (uint32_t i = 0; i < subtask->input_count; i++)
        verify_stream(verification, &subtask->inputs[i].stream, NULL, false);
    for (uint32_t i = 0; i < subtask->result_count; i++)
        verify_stream(verification, &subtask->results[i].stream, NULL, false);
}

bool snap_snapshot_verify(const struct snap_snapshot *snapshot, struct snap_error *error)
{
    const struct snap_describer *describer = snapshot->source.context;
    const struct snap_metadata *metadata = &describer->metadata;
    struct verification verification = {describer, error};

    for (uint32_t i = 0; i < metadata->operator_count; i++) {
        const struct snap_metadata_operator *of = &metadata->operators[i];

        verify_stream(&verification, &of->coordinator, NULL, false);
        for (uint32_t j = 0; j < of->subtask_count; j++)
            verify_subtask(&verification, &of->subtasks[j]);
    }
    return error->code == SNAP_OK;
}
