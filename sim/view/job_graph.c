// SPDX-License-Identifier: Apache-2.0
#include "view/job_graph.h"

#include <ctype.h>
#include <string.h>

#include "base/check.h"
#include "base/columns.h"
#include "view/wrap.h"

enum { HEAD_WIDTH = 80 };

static const struct snap_vertex *producer_vertex(const struct snap_job *job,
                                                 const struct snap_edge *edge)
{
    return &job->vertices[job->operators[edge->producer].vertex];
}

static void add_id(struct snap_text *text, const struct snap_operator_id *id)
{
    char hex[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_operator_id_format(id, hex);
    snap_text_add_string(text, hex);
}

static void add_operator(struct snap_text *text, const struct snap_operator *op)
{
    struct snap_text line = {0};

    snap_text_printf(&line, "      %s (%s)", op->uid, op->type->name);
    snap_text_add_string(text, snap_text_get(&line));
    /* An id that has no room stands below. */
    if (snap_columns_of(snap_text_get(&line), line.length) + SNAP_OPERATOR_ID_TEXT_BYTES + 1 >
        HEAD_WIDTH)
        snap_text_add_string(text, "\n        ");
    else
        snap_text_add_string(text, "  ");
    add_id(text, &op->id);
    snap_text_add_string(text, "\n");
    snap_text_fini(&line);
}

/* Adds a line of a vertex, which goes on further in. */
static void add_wrapped(struct snap_text *text, struct snap_text *line)
{
    snap_wrap_paragraph(text, snap_text_get(line), 6 + 2, HEAD_WIDTH);
    snap_text_add_string(text, "\n");
    snap_text_fini(line);
}

static void add_input(struct snap_text *text, const struct snap_job *job,
                      const struct snap_edge *edge)
{
    const struct snap_operator *producer = &job->operators[edge->producer];

    struct snap_text line = {0};

    snap_text_printf(
        &line, "      <- %s, %s, %u to %u %s", producer->uid, snap_ship_name(edge->ship),
        producer->parallelism, job->operators[edge->consumer].parallelism,
        snap_plural(job->operators[edge->consumer].parallelism, "subtask", "subtasks"));
    add_wrapped(text, &line);
}

/* What Flink's web page shows of a vertex, and where it runs. */
static void add_vertex(struct snap_text *text, const struct snap_job *job,
                       const struct snap_vertex *vertex)
{
    struct snap_text line = {0};

    snap_text_printf(text, "\n  %u  %s\n", vertex->index, vertex->name);
    snap_text_printf(&line, "      parallelism %u, max parallelism %u", vertex->parallelism,
                     vertex->max_parallelism);
    if (strcmp(vertex->slot_sharing_group, "default") != 0)
        snap_text_printf(&line, ", slot sharing group %s", vertex->slot_sharing_group);
    snap_text_printf(&line, ", on tm[%u]", job->task_manager[vertex->task_first]);
    if (vertex->parallelism > 1)
        snap_text_printf(&line, " to tm[%u]",
                         job->task_manager[vertex->task_first + vertex->parallelism - 1]);
    add_wrapped(text, &line);
    for (uint32_t i = 0; i < vertex->operator_count; i++)
        add_operator(text, &job->operators[vertex->operators[i]]);
    for (uint32_t i = 0; i < vertex->in_edge_count; i++)
        add_input(text, job, &job->edges[vertex->in_edges[i]]);
}

static void add_head(struct snap_text *text, const struct snap_job *job)
{
    struct snap_text head = {0};

    snap_text_printf(&head, "Job \"%s\": %u %s in %u %s, %u %s on %u %s", job->name,
                     job->operator_count, snap_plural(job->operator_count, "operator", "operators"),
                     job->vertex_count, snap_plural(job->vertex_count, "vertex", "vertices"),
                     job->task_count, snap_plural(job->task_count, "subtask", "subtasks"),
                     job->task_manager_count,
                     snap_plural(job->task_manager_count, "TaskManager", "TaskManagers"));
    snap_wrap_headline(text, snap_text_get(&head), HEAD_WIDTH);
    snap_text_add_string(text, "\n");
    snap_text_fini(&head);
}

void snap_job_graph_text(struct snap_text *text, const struct snap_job *job)
{
    add_head(text, job);
    for (uint32_t v = 0; v < job->vertex_count; v++)
        add_vertex(text, job, &job->vertices[v]);
}

/* The chain as a small tree: "+- " before the last child, ":- " before the others. */
static void add_tree(struct snap_text *text, const struct snap_job *job, uint32_t index,
                     const char *indent)
{
    const struct snap_operator *op = &job->operators[index];
    uint32_t left = 0;

    for (uint32_t i = 0; i < op->out_edge_count; i++)
        left += job->edges[op->out_edges[i]].chained;
    for (uint32_t i = 0; i < op->out_edge_count; i++) {
        const struct snap_edge *edge = &job->edges[op->out_edges[i]];
        struct snap_text deeper = {0};

        if (!edge->chained)
            continue;
        left--;
        snap_text_printf(text, "%s%s%s<br/>", indent, left ? ":- " : "+- ",
                         job->operators[edge->consumer].name);
        snap_text_printf(&deeper, "%s%s", indent, left ? ":  " : "   ");
        add_tree(text, job, edge->consumer, deeper.data);
        snap_text_fini(&deeper);
    }
}

static void add_id_member(struct snap_json *json, const char *key,
                          const struct snap_operator_id *id)
{
    char hex[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_operator_id_format(id, hex);
    snap_json_string(json, key, hex);
}

/* "HASH" of hash. */
static void add_strategy(struct snap_json *json, const char *key, enum snap_ship ship)
{
    char upper[16] = "";
    const char *name = snap_ship_name(ship);

    for (size_t i = 0; name[i] && i < sizeof(upper) - 1; i++)
        upper[i] = (char)toupper((unsigned char)name[i]);
    snap_json_string(json, key, upper);
}

/* A streaming exchange is always pipelined and bounded. */
static void add_plan_inputs(struct snap_json *json, const struct snap_job *job,
                            const struct snap_vertex *vertex)
{
    snap_json_array_begin(json, "inputs");
    for (uint32_t i = 0; i < vertex->in_edge_count; i++) {
        const struct snap_edge *edge = &job->edges[vertex->in_edges[i]];

        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        snap_json_number(json, "num", i);
        add_id_member(json, "id", &producer_vertex(job, edge)->id);
        add_strategy(json, "ship_strategy", edge->ship);
        snap_json_string(json, "exchange", "pipelined_bounded");
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
}

/* Members and their order are Flink's; what it leaves empty is empty here. */
static void add_plan_node(struct snap_json *json, const struct snap_job *job,
                          const struct snap_vertex *vertex)
{
    struct snap_text tree = {0};

    snap_text_printf(&tree, "%s<br/>", job->operators[vertex->operators[0]].name);
    add_tree(&tree, job, vertex->operators[0], "");
    snap_json_object_begin(json, NULL);
    add_id_member(json, "id", &vertex->id);
    snap_json_number(json, "parallelism", vertex->parallelism);
    snap_json_string(json, "operator", "");
    snap_json_string(json, "operator_strategy", "");
    snap_json_string(json, "description", tree.data);
    if (vertex->in_edge_count)
        add_plan_inputs(json, job, vertex);
    snap_json_object_begin(json, "optimizer_properties");
    snap_json_object_end(json);
    snap_json_object_end(json);
    snap_text_fini(&tree);
}

/* What `run --json` has too, before anything ran. */
static void add_vertex_member(struct snap_json *json, const struct snap_job *job,
                              const struct snap_vertex *vertex)
{
    snap_json_object_begin(json, NULL);
    add_id_member(json, "id", &vertex->id);
    snap_json_string(json, "name", vertex->name);
    snap_json_number(json, "parallelism", vertex->parallelism);
    snap_json_number(json, "max_parallelism", vertex->max_parallelism);
    snap_json_string(json, "slot_sharing_group", vertex->slot_sharing_group);
    snap_json_array_begin(json, "operators");
    for (uint32_t i = 0; i < vertex->operator_count; i++) {
        const struct snap_operator *op = &job->operators[vertex->operators[i]];

        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        snap_json_string(json, "uid", op->uid);
        add_id_member(json, "id", &op->id);
        snap_json_string(json, "name", op->name);
        snap_json_string(json, "type", op->type->name);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
    snap_json_array_begin(json, "task_managers");
    snap_json_inline(json);
    for (uint32_t i = 0; i < vertex->parallelism; i++)
        snap_json_number(json, NULL, job->task_manager[vertex->task_first + i]);
    snap_json_array_end(json);
    snap_json_object_end(json);
}

/* Edges as written: chained ones are in no vertex' inputs. */
static void add_edge_member(struct snap_json *json, const struct snap_job *job,
                            const struct snap_edge *edge)
{
    snap_json_object_begin(json, NULL);
    snap_json_inline(json);
    snap_json_string(json, "from", job->operators[edge->producer].uid);
    snap_json_string(json, "to", job->operators[edge->consumer].uid);
    add_strategy(json, "ship_strategy", edge->ship);
    snap_json_bool(json, "chained", edge->chained);
    snap_json_object_end(json);
}

void snap_job_graph_json(struct snap_json *json, const struct snap_job *job)
{
    snap_json_object_begin(json, "plan");
    snap_json_string(json, "name", job->name);
    snap_json_string(json, "type", "STREAMING");
    snap_json_array_begin(json, "nodes");
    for (uint32_t v = job->vertex_count; v-- > 0;)
        add_plan_node(json, job, &job->vertices[v]);
    snap_json_array_end(json);
    snap_json_object_end(json);
    snap_json_array_begin(json, "vertices");
    for (uint32_t v = 0; v < job->vertex_count; v++)
        add_vertex_member(json, job, &job->vertices[v]);
    snap_json_array_end(json);
    snap_json_array_begin(json, "edges");
    for (uint32_t i = 0; i < job->edge_count; i++)
        add_edge_member(json, job, &job->edges[i]);
    snap_json_array_end(json);
}

/* A text in double quotes for dot. */
static void add_quoted(struct snap_text *text, const char *string)
{
    snap_text_add_string(text, "\"");
    for (; *string; string++) {
        if (*string == '"' || *string == '\\')
            snap_text_add_string(text, "\\");
        snap_text_add(text, string, 1);
    }
    snap_text_add_string(text, "\"");
}

/* A vertex is a box around its operators. */
static void add_cluster(struct snap_text *text, const struct snap_job *job,
                        const struct snap_vertex *vertex)
{
    snap_text_printf(text, "  subgraph cluster_%u {\n    label=", vertex->index);
    add_quoted(text, vertex->name);
    snap_text_printf(text, ";\n    tooltip=\"parallelism %u\";\n", vertex->parallelism);
    for (uint32_t i = 0; i < vertex->operator_count; i++) {
        const struct snap_operator *op = &job->operators[vertex->operators[i]];

        snap_text_printf(text, "    o%u [label=\"%s\\n%s x %u\"];\n", op->index, op->uid,
                         op->type->name, op->parallelism);
    }
    snap_text_add_string(text, "  }\n");
}

void snap_job_graph_dot(struct snap_text *text, const struct snap_job *job)
{
    snap_text_add_string(text, "digraph job {\n  rankdir=LR;\n  node [shape=box];\n  label=");
    add_quoted(text, job->name);
    snap_text_add_string(text, ";\n");
    for (uint32_t v = 0; v < job->vertex_count; v++)
        add_cluster(text, job, &job->vertices[v]);
    for (uint32_t i = 0; i < job->edge_count; i++) {
        const struct snap_edge *edge = &job->edges[i];

        snap_text_printf(text, "  o%u -> o%u [label=\"%s\"%s];\n", edge->producer, edge->consumer,
                         edge->chained ? "" : snap_ship_name(edge->ship),
                         edge->chained ? ", style=dotted" : "");
    }
    snap_text_add_string(text, "}\n");
}
