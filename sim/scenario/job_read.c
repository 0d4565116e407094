// SPDX-License-Identifier: Apache-2.0
#include "scenario/job_read.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "model/job_plan.h"
#include "model/key_group.h"
#include "scenario/cost_read.h"
#include "scenario/edge_read.h"
#include "scenario/option_read.h"

struct job_reader {
    struct snap_reader *reader;
    const struct snap_job_input *input;
    struct snap_job *job;
};

static const struct snap_node *get(const struct job_reader *jobs, uint32_t index, const char *key)
{
    return snap_operator_spec_get(jobs->reader, &jobs->input->specs->items[index], key);
}

/* Parallelism and max parallelism; what is configured for the whole job is the default. */
static bool read_parallelism(const struct job_reader *jobs, uint32_t index)
{
    const struct snap_integer_range range = {1, SNAP_MAX_PARALLELISM_LIMIT};
    const struct snap_config *config = jobs->input->config;
    const struct snap_node *node = get(jobs, index, "parallelism");
    const struct snap_node *max_node = get(jobs, index, "max-parallelism");
    struct snap_operator *op = &jobs->job->operators[index];
    int64_t parallelism = config->parallelism_default;
    int64_t max = 0;

    if (node && !snap_reader_integer(jobs->reader, node, "parallelism", range, &parallelism))
        return false;
    if (max_node && !snap_reader_integer(jobs->reader, max_node, "max-parallelism", range, &max))
        return false;
    op->parallelism = (uint32_t)parallelism;
    op->max_parallelism = (uint32_t)max;
    if (!max_node && config->max_parallelism > 0)
        max = config->max_parallelism;
    if (max && parallelism > max)
        return snap_reader_fail(jobs->reader,
                                node       ? node
                                : max_node ? max_node
                                           : jobs->input->specs->items[index].uid_node,
                                "parallelism %" PRId64
                                " of \"%s\" is above its max-parallelism %" PRId64,
                                parallelism, op->uid, max);
    return true;
}

/* Prefix and suffix are those of Flink's sources and new-style sinks. */
static const char *flink_name(const struct job_reader *jobs, uint32_t index)
{
    const struct snap_operator_spec *spec = &jobs->input->specs->items[index];
    const struct snap_node *node = get(jobs, index, "name");
    const char *name = node ? node->text : spec->uid;

    switch (spec->type->role) {
    case SNAP_ROLE_SOURCE:
        return snap_arena_printf(jobs->reader->arena, "Source: %s", name);
    case SNAP_ROLE_SINK:
        return snap_arena_printf(jobs->reader->arena, "%s: Writer", name);
    case SNAP_ROLE_TRANSFORM:
        return snap_arena_strdup(jobs->reader->arena, name);
    }
    SNAP_CHECK(false);
    return "";
}

/* A group that is not given is inherited, which the plan decides. */
static bool read_texts(const struct job_reader *jobs, uint32_t index)
{
    struct snap_operator *op = &jobs->job->operators[index];
    const struct snap_node *name = get(jobs, index, "name");
    const struct snap_node *group = get(jobs, index, "slot-sharing-group");

    if (name && !snap_reader_expect(jobs->reader, name, SNAP_NODE_SCALAR, "name"))
        return false;
    if (group && !snap_reader_expect(jobs->reader, group, SNAP_NODE_SCALAR, "slot-sharing-group"))
        return false;
    op->name = flink_name(jobs, index);
    op->slot_sharing_group = group ? snap_arena_strdup(jobs->reader->arena, group->text) : NULL;
    return true;
}

/* What the operator does not say comes from the model. */
static bool read_costs(const struct job_reader *jobs, uint32_t index)
{
    struct snap_operator *op = &jobs->job->operators[index];
    const struct snap_node *cost = get(jobs, index, "cost");
    const struct snap_node *pauses = get(jobs, index, "pauses");
    const struct snap_node *size = get(jobs, index, "record-size");
    const struct snap_node *chain = get(jobs, index, "chain");

    op->record_size_bytes = jobs->input->model->record_size_bytes;
    op->chaining_allowed = true;
    if (cost && !snap_cost_read(jobs->reader, cost, op))
        return false;
    if (pauses && !snap_pauses_read(jobs->reader, pauses, op))
        return false;
    if (size && !snap_reader_size(jobs->reader, size, "record-size", &op->record_size_bytes))
        return false;
    if (op->record_size_bytes == 0)
        return snap_reader_fail(jobs->reader, size, "record-size must be above 0");
    return !chain || snap_reader_bool(jobs->reader, chain, "chain", &op->chaining_allowed);
}

/* All that needs no other operator. */
static bool read_operator(const struct job_reader *jobs, uint32_t index)
{
    const struct snap_operator_spec *spec = &jobs->input->specs->items[index];
    struct snap_operator *op = &jobs->job->operators[index];

    op->index = index;
    op->uid = snap_arena_strdup(jobs->reader->arena, spec->uid);
    op->type = spec->type;
    op->id_generated = spec->uid_missing;
    return read_parallelism(jobs, index) && read_texts(jobs, index) && read_costs(jobs, index) &&
           snap_options_read(jobs->reader, spec, &op->options);
}

/* Where a message of `configure` belongs: the option it blames if that was written. */
static const struct snap_node *culprit_node(const struct job_reader *jobs, uint32_t index,
                                            uint32_t culprit)
{
    const struct snap_operator_spec *spec = &jobs->input->specs->items[index];
    const struct snap_node *node = NULL;

    if (culprit < spec->type->option_count)
        node = get(jobs, index, spec->type->options[culprit].name);
    return node ? node : spec->uid_node;
}

/* The type's own checks; their message is placed at the option it blames. */
static bool configure(const struct job_reader *jobs, uint32_t index)
{
    struct snap_operator *op = &jobs->job->operators[index];
    struct snap_schema *schemas =
        SNAP_ARENA_ARRAY(jobs->reader->arena, struct snap_schema, op->in_edge_count);
    struct snap_error error = {0};
    uint32_t culprit = UINT32_MAX;

    for (uint32_t i = 0; i < op->in_edge_count; i++)
        schemas[i] = jobs->job->operators[jobs->job->edges[op->in_edges[i]].producer].schema;
    op->input_schemas = schemas;
    op->input_count = op->in_edge_count;
    if (op->type->configure && !op->type->configure(op, jobs->reader->arena, &culprit, &error))
        return snap_reader_fail(jobs->reader, culprit_node(jobs, index, culprit), "%s: %s", op->uid,
                                error.message);
    op->splits_are_default = op->type->role == SNAP_ROLE_SOURCE && op->split_count == 0;
    if (op->splits_are_default)
        op->split_count = op->parallelism;
    return snap_cost_check_keys(jobs->reader, get(jobs, index, "cost"), op);
}

/* Producers first: a consumer's schema depends on theirs. */
static bool configure_all(const struct job_reader *jobs)
{
    struct snap_arena *arena = jobs->reader->arena;
    uint32_t *order = SNAP_ARENA_ARRAY(arena, uint32_t, jobs->job->operator_count);

    snap_job_topological_order(jobs->job, order, arena);
    for (uint32_t i = 0; i < jobs->job->operator_count; i++)
        if (!configure(jobs, order[i]))
            return false;
    return true;
}

/* Pointwise edges have one channel a subtask of the wider side, at least. */
static uint64_t count_channels(const struct snap_job *job)
{
    uint64_t channels = 0;

    for (uint32_t i = 0; i < job->edge_count; i++) {
        uint64_t up = job->operators[job->edges[i].producer].parallelism;
        uint64_t down = job->operators[job->edges[i].consumer].parallelism;
        bool pointwise =
            job->edges[i].ship == SNAP_SHIP_FORWARD || job->edges[i].ship == SNAP_SHIP_RESCALE;

        channels += !pointwise ? up * down : up > down ? up : down;
    }
    return channels;
}

/* What unaligned checkpoints hold of such an exchange may not be dealt rightly: Flink wants to be
 * told that it is meant so. */
static bool check_custom(const struct job_reader *jobs)
{
    const struct snap_unaligned_config *config = &jobs->input->config->checkpoint.unaligned;

    for (uint32_t i = 0; i < jobs->job->edge_count; i++) {
        const struct snap_edge *edge = &jobs->job->edges[i];

        if (edge->ship == SNAP_SHIP_CUSTOM && config->enabled && !config->forced)
            return snap_reader_fail(jobs->reader, jobs->input->at,
                                    "\"%s\" is read by a partitioner of its own (ship: custom), "
                                    "which unaligned checkpoints do not allow, since data in "
                                    "flight might not be dealt rightly at another parallelism; "
                                    "execution.checkpointing.unaligned.forced: true allows it",
                                    jobs->job->operators[edge->producer].uid);
    }
    return true;
}

/* A job that would not fit in memory is refused before anything is made for it. */
static bool check_size(const struct job_reader *jobs)
{
    uint64_t channels = count_channels(jobs->job);
    uint64_t subtasks = 0;

    for (uint32_t i = 0; i < jobs->job->operator_count; i++)
        subtasks += jobs->job->operators[i].parallelism;
    if (subtasks > SNAP_TASKS_MAX)
        return snap_reader_fail(jobs->reader, jobs->input->at,
                                "the job has %" PRIu64 " subtasks, at most %d are possible",
                                subtasks, SNAP_TASKS_MAX);
    if (channels > SNAP_CHANNELS_MAX)
        return snap_reader_fail(jobs->reader, jobs->input->at,
                                "the job has %" PRIu64 " channels between subtasks, at most %d "
                                "are possible",
                                channels, SNAP_CHANNELS_MAX);
    return true;
}

/* A record's origin has 16 bits for the split of the whole job. */
static bool check_splits(const struct job_reader *jobs)
{
    uint64_t splits = 0;

    for (uint32_t i = 0; i < jobs->job->operator_count; i++)
        splits += jobs->job->operators[i].split_count;
    if (splits > SNAP_SPLITS_MAX)
        return snap_reader_fail(jobs->reader, jobs->input->at,
                                "the sources have %" PRIu64 " splits, at most %d are possible",
                                splits, SNAP_SPLITS_MAX);
    return true;
}

/* Somebody has to stop a job that does not end by itself. */
static bool check_bounds(const struct job_reader *jobs)
{
    for (uint32_t i = 0; i < jobs->job->operator_count; i++)
        if (jobs->job->operators[i].unbounded && !jobs->input->has_until)
            return snap_reader_fail(jobs->reader, jobs->input->specs->items[i].uid_node,
                                    "\"%s\" has no count and never ends: give it one, or write "
                                    "until, such as \"until: 60 s\"",
                                    jobs->job->operators[i].uid);
    return true;
}

/* Two sinks that write to one folder would take each other's files for their own. */
static bool check_outputs(const struct job_reader *jobs)
{
    const struct snap_operator_specs *specs = jobs->input->specs;

    for (uint32_t i = 0; i < specs->count; i++) {
        for (uint32_t o = 0; o < specs->items[i].type->option_count; o++) {
            const char *path = jobs->job->operators[i].options[o].text;

            if (specs->items[i].type->options[o].kind != SNAP_OPTION_PATH_OUT || !path)
                continue;
            for (uint32_t j = 0; j < i; j++)
                for (uint32_t q = 0; q < specs->items[j].type->option_count; q++)
                    if (specs->items[j].type->options[q].kind == SNAP_OPTION_PATH_OUT &&
                        jobs->job->operators[j].options[q].text &&
                        strcmp(jobs->job->operators[j].options[q].text, path) == 0)
                        return snap_reader_fail(jobs->reader, culprit_node(jobs, i, o),
                                                "\"%s\" writes to \"%s\" as \"%s\" does",
                                                specs->items[i].uid, path, specs->items[j].uid);
        }
    }
    return true;
}

bool snap_job_read(struct snap_reader *reader, const struct snap_job_input *input,
                   struct snap_job *job)
{
    struct job_reader jobs = {.reader = reader, .input = input, .job = job};

    job->operator_count = input->specs->count;
    job->operators = SNAP_ARENA_ARRAY(reader->arena, struct snap_operator, job->operator_count);
    for (uint32_t i = 0; i < job->operator_count; i++)
        if (!read_operator(&jobs, i))
            return false;
    if (!snap_edges_read(reader, input->specs, job) || !check_outputs(&jobs) ||
        !check_size(&jobs) || !check_custom(&jobs) || !configure_all(&jobs) ||
        !check_splits(&jobs) || !check_bounds(&jobs))
        return false;
    snap_job_plan(job, input->config, reader->arena);
    return true;
}
