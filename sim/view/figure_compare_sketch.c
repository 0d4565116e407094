// SPDX-License-Identifier: Apache-2.0
/* The subtasks' panels of the figure `compare` for terminals: a line of characters a subtask. */
#include <string.h>

#include "base/columns.h"
#include "view/figure_compared.h"
#include "view/units.h"

enum { COLUMNS = 40, NAME_WIDTH = 21, VARIANT_COLUMNS = 30, LANES_MAX = 16, VERTICES_MAX = 24 };

static const char marks[SNAP_PART_KIND_COUNT] = {
    [SNAP_PART_START_DELAY] = '.', [SNAP_PART_ALIGNMENT] = 'A', [SNAP_PART_SYNC] = 's',
    [SNAP_PART_ASYNC] = 'w',       [SNAP_PART_REST] = '-',
};

/* One run's panel in the making. */
struct sketch {
    const struct snap_subtask_bars *bars;
    snap_ns scale_ns; /* the whole width */
    struct snap_text *text;
    struct snap_arena *arena;
};

/* A column shows the part in which its middle lies. */
static void add_line(const struct sketch *sketch, uint32_t task)
{
    const struct snap_job *job = sketch->bars->job;
    const struct snap_subtask_row *row = &sketch->bars->rows[SNAP_SUBTASKS_LONGEST][task];
    const char *name = snap_lane_name(job, task, NAME_WIDTH, sketch->arena);
    char line[COLUMNS + 1] = {0};
    double end = 0;
    uint32_t c = 0;

    for (uint32_t p = 0; p < SNAP_PART_KIND_COUNT; p++) {
        end += (double)row->parts[p] / (double)sketch->scale_ns * COLUMNS;
        while (c < COLUMNS && c + 0.5 < end)
            line[c++] = marks[p];
    }
    while (c < COLUMNS)
        line[c++] = ' ';
    snap_text_printf(sketch->text, "    %s%*s |%s| %s\n", name,
                     NAME_WIDTH - (int)snap_columns_of(name, strlen(name)), "", line,
                     row->shown ? snap_duration_name(snap_subtask_row_end(row), sketch->arena)
                                : "-");
}

static void add_subtasks(const struct sketch *sketch)
{
    for (uint32_t task = 0; task < sketch->bars->job->task_count; task++)
        add_line(sketch, task);
}

/* Of each vertex the subtask that took longest. */
static void add_vertices(const struct sketch *sketch)
{
    const struct snap_job *job = sketch->bars->job;
    const struct snap_subtask_row *rows = sketch->bars->rows[SNAP_SUBTASKS_LONGEST];

    for (uint32_t v = 0; v < job->vertex_count && v < VERTICES_MAX; v++) {
        uint32_t first = job->vertices[v].task_first;
        uint32_t longest = first;

        for (uint32_t task = first; task < first + job->vertices[v].parallelism; task++)
            if (snap_subtask_row_end(&rows[task]) > snap_subtask_row_end(&rows[longest]))
                longest = task;
        add_line(sketch, longest);
    }
    if (job->vertex_count > VERTICES_MAX)
        snap_text_printf(sketch->text, "    ... %u more vertices\n",
                         job->vertex_count - VERTICES_MAX);
}

static void add_panel(const struct sketch *sketch, bool own)
{
    const struct snap_subtask_bars *bars = sketch->bars;
    bool each = bars->job->task_count <= LANES_MAX;

    if (!bars->longest) {
        snap_text_add_string(sketch->text, "    no checkpoints\n");
        return;
    }
    snap_text_printf(sketch->text, "    checkpoint %lld (%s)%s%s\n", (long long)bars->longest->id,
                     bars->longest_is, each ? "" : ", of each vertex the longest",
                     own ? ", own scale" : "");
    if (each)
        add_subtasks(sketch);
    else
        add_vertices(sketch);
}

static void add_legend(struct snap_text *text, snap_ns longest_ns, struct snap_arena *arena)
{
    snap_text_add_string(text, "  ");
    for (uint32_t p = 0; p < SNAP_PART_KIND_COUNT; p++)
        snap_text_printf(text, "%c %s   ", marks[p], snap_part_styles[p].title);
    snap_text_printf(text, "to the right: %s\n", snap_duration_name(longest_ns, arena));
}

void snap_sketch_subtasks(const struct snap_figure_runs *runs, struct snap_text *text)
{
    struct snap_subtask_bars *bars;
    struct snap_arena arena;
    snap_ns longest_ns = 0;

    snap_arena_init(&arena);
    bars = SNAP_ARENA_ARRAY(&arena, struct snap_subtask_bars, runs->count);
    for (uint32_t run = 0; run < runs->count; run++) {
        bars[run] = snap_subtasks_of(runs->inputs[run].statistics, &arena);
        longest_ns = snap_ns_max(longest_ns, bars[run].end_ns[SNAP_SUBTASKS_LONGEST]);
    }
    for (uint32_t run = 0; run < runs->count; run++) {
        const struct snap_figure_input *input = &runs->inputs[run];
        snap_ns own_ns = bars[run].end_ns[SNAP_SUBTASKS_LONGEST];
        bool own = snap_low_on_scale(own_ns, longest_ns);
        struct sketch sketch = {&bars[run], own ? own_ns : snap_ns_max(longest_ns, 1), text,
                                &arena};

        snap_text_printf(text, "  %u %s (%s, seed %llu)\n", run + 1,
                         input->variant ? snap_name_cut(input->variant, VARIANT_COLUMNS, &arena)
                                        : "as written",
                         input->runtime, (unsigned long long)input->seed);
        if (input->halted)
            snap_text_add_string(text, "    could not go on\n");
        add_panel(&sketch, own);
    }
    if (longest_ns > 0)
        add_legend(text, longest_ns, &arena);
    snap_arena_fini(&arena);
}
