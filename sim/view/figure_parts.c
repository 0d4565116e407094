// SPDX-License-Identifier: Apache-2.0
#include "view/figure_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "model/names.h"

enum { LANE_NAME_COLUMNS = 28, FAILURES_MAX = 60 };

struct snap_axis_unit snap_axis_unit_for(snap_ns end_ns)
{
    if (end_ns < 2 * SNAP_MS)
        return (struct snap_axis_unit){"us", 1e3};
    if (end_ns < 2 * SNAP_SECOND)
        return (struct snap_axis_unit){"ms", 1e6};
    if (end_ns < 600 * SNAP_SECOND)
        return (struct snap_axis_unit){"s", 1e9};
    return (struct snap_axis_unit){"min", 60e9};
}

void snap_figure_title(struct snap_figure *figure, const struct snap_figure_input *input,
                       const char *what)
{
    struct snap_text *script = &figure->script;
    struct snap_text title = {0};

    snap_text_printf(&title, "%s%s%s%s: %s  (%s%s", input->scenario, input->variant ? " [" : "",
                     input->variant ? input->variant : "", input->variant ? "]" : "", what,
                     input->runtime ? input->runtime : "", input->runtime ? ", " : "");
    if (input->seed_last > input->seed)
        snap_text_printf(&title, "seeds %llu to %llu)", (unsigned long long)input->seed,
                         (unsigned long long)input->seed_last);
    else
        snap_text_printf(&title, "seed %llu)", (unsigned long long)input->seed);
    snap_text_add_string(script, "set label ");
    snap_gnuplot_quote(script, snap_text_get(&title));
    snap_text_printf(script, " at screen %.6g, screen %.6g left font ',14'\n", 12.0 / figure->width,
                     1 - 22.0 / figure->height);
    snap_text_fini(&title);
}

static void add_to(struct snap_figure_losses *sum, const struct snap_judgement *judgement)
{
    snap_total_add(&sum->lost, judgement, SNAP_COUNTER_LOST);
    snap_total_add(&sum->duplicated, judgement, SNAP_COUNTER_DUPLICATED);
}

void snap_figure_add_losses(struct snap_figure_input *input, const struct snap_judgement *judgement)
{
    add_to(&input->all, judgement);
    add_to(&input->by_kind[judgement->kind], judgement);
}

const char *snap_change_end(const struct snap_execution_change *change, struct snap_arena *arena)
{
    return snap_arena_printf(arena, "job %s", snap_job_status_name(change->status));
}

const char *snap_change_begin(const struct snap_execution_change *change, struct snap_arena *arena)
{
    return snap_arena_printf(arena, "resumed from %s %lld",
                             change->savepoint ? "savepoint" : "checkpoint",
                             (long long)change->checkpoint);
}

void snap_changes_add(struct snap_text *script, const struct snap_figure_input *input,
                      double unit_ns)
{
    for (uint32_t i = 0; i < input->change_count; i++) {
        double ended = (double)input->changes[i].ended_ns / unit_ns;
        double resumed = (double)input->changes[i].resumed_ns / unit_ns;

        snap_text_printf(script,
                         "set object rectangle from %.7g, graph 0 to %.7g, graph 1 behind "
                         "fillcolor rgb '#F0EDF5' fillstyle solid 1 noborder\n",
                         ended, resumed);
        snap_text_printf(script,
                         "set arrow from %.7g, graph 0 to %.7g, graph 1 nohead front lw 1.6 "
                         "lc rgb '%s'\n"
                         "set arrow from %.7g, graph 0 to %.7g, graph 1 nohead front lw 1.6 "
                         "lc rgb '%s'\n",
                         ended, ended, SNAP_COLOUR_VIOLET, resumed, resumed, SNAP_COLOUR_VIOLET);
    }
}

void snap_failures_add(struct snap_text *script, const struct snap_figure_input *input,
                       double unit_ns)
{
    const struct snap_statistics *statistics = input->statistics;

    for (uint32_t i = 0; i < statistics->failure_count && i < FAILURES_MAX; i++) {
        const struct snap_failure_stats *failure = &statistics->failures[i];
        const snap_ns times[] = {failure->failed_ns, failure->restarted_ns};
        static const char *const colours[] = {SNAP_COLOUR_VERMILION, SNAP_COLOUR_BLUE};

        for (int t = 0; t < 2; t++)
            if (times[t] != SNAP_NOT_YET)
                snap_text_printf(script,
                                 "set arrow from %.7g, graph 0 to %.7g, graph 1 nohead front "
                                 "lw 1.2 dt '-' lc rgb '%s'\n",
                                 (double)times[t] / unit_ns, (double)times[t] / unit_ns,
                                 colours[t]);
    }
}

void snap_failures_legend(struct snap_figure *figure, const struct snap_figure_input *input,
                          uint32_t top)
{
    double y = 1 - (double)top / figure->height;

    if (input->statistics->failure_count == 0)
        return;
    snap_text_printf(&figure->script,
                     "set label 'dashed: failed,' at screen %.6g, screen %.6g right font ',10' "
                     "textcolor rgb '%s'\n"
                     "set label 'runs again' at screen %.6g, screen %.6g right font ',10' "
                     "textcolor rgb '%s'\n",
                     1 - 116.0 / figure->width, y, SNAP_COLOUR_VERMILION, 1 - 45.0 / figure->width,
                     y, SNAP_COLOUR_BLUE);
}

const struct snap_checkpoint_stats *
snap_longest_checkpoint(const struct snap_statistics *statistics)
{
    const struct snap_checkpoint_stats *longest = NULL;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];
        bool completed = checkpoint->status == SNAP_CHECKPOINT_COMPLETED;
        bool longest_completed = longest && longest->status == SNAP_CHECKPOINT_COMPLETED;

        if (!longest || (completed && !longest_completed) ||
            (completed == longest_completed && checkpoint->duration_ns > longest->duration_ns))
            longest = checkpoint;
    }
    return longest;
}

snap_ns snap_longest_taken(const struct snap_statistics *statistics)
{
    snap_ns longest_ns = statistics->checkpoint_count > 0 ? 0 : SNAP_MS;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        longest_ns = snap_ns_max(
            longest_ns, snap_checkpoint_stats_taken(statistics, statistics->checkpoints[i]));
    return longest_ns;
}

uint32_t snap_lane_pixels(uint32_t lanes)
{
    if (lanes > SNAP_LANES_NAMED_MAX)
        return lanes <= 200 ? 7 : lanes <= 700 ? 2 : 1;
    return lanes <= 4 ? 44 : lanes <= 12 ? 30 : lanes <= 30 ? 21 : 14;
}

double *snap_place_lanes(const struct snap_job *job, struct snap_arena *arena, double *bottom)
{
    double *lane_y = SNAP_ARENA_ARRAY(arena, double, job->task_count);
    double y = 0;

    for (uint32_t v = 0; v < job->vertex_count; v++) {
        for (uint32_t i = 0; i < job->vertices[v].parallelism; i++)
            lane_y[job->vertices[v].task_first + i] = y++;
        y += 0.4;
    }
    *bottom = y - 0.9;
    return lane_y;
}

const char *snap_name_cut(const char *name, uint32_t columns_max, struct snap_arena *arena)
{
    size_t length = strlen(name);
    uint32_t columns = snap_columns_of(name, length);
    uint32_t behind = (columns_max - 1) / 2;
    size_t end;

    if (columns <= columns_max)
        return name;
    end = snap_columns_fit(name, length, columns - behind);
    /* Half a wide character is in the way. */
    if (snap_columns_of(name + end, length - end) > behind)
        end = snap_columns_fit(name, length, columns - behind + 1);
    return snap_arena_printf(arena, "%.*s~%s",
                             (int)snap_columns_fit(name, length, columns_max - 1 - behind), name,
                             name + end);
}

const char *snap_lane_name(const struct snap_job *job, uint32_t task, uint32_t columns_max,
                           struct snap_arena *arena)
{
    const struct snap_vertex *vertex = snap_job_task_vertex(job, task);
    const char *uid = job->operators[vertex->operators[0]].uid;

    const char *longest = snap_arena_printf(arena, "[%u]", vertex->parallelism - 1);

    return snap_arena_printf(arena, "%s[%u]",
                             snap_name_cut(uid, columns_max - (uint32_t)strlen(longest), arena),
                             snap_job_task_subtask(job, task));
}

uint32_t snap_lane_margin(const struct snap_job *job)
{
    struct snap_arena arena;
    uint32_t longest = 0;

    snap_arena_init(&arena);
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];
        uint32_t last = vertex->task_first + vertex->parallelism - 1;
        const char *name = snap_lane_name(job, last, LANE_NAME_COLUMNS, &arena);
        uint32_t length = snap_columns_of(name, strlen(name));

        if (length > longest)
            longest = length;
    }
    snap_arena_fini(&arena);
    return longest * 8 + 24;
}

/* Of every `step` subtasks of a vertex the first, but none right above the next vertex's. */
static bool has_name(const struct snap_job *job, uint32_t task, uint32_t step)
{
    uint32_t subtask = snap_job_task_subtask(job, task);
    uint32_t below = snap_job_task_vertex(job, task)->parallelism - subtask;

    return subtask % step == 0 && (subtask == 0 || below > step / 2);
}

void snap_lane_names(struct snap_text *script, const struct snap_job *job, const double *lane_y)
{
    uint32_t step = job->task_count > SNAP_LANES_NAMED_MAX ? job->task_count / 40 + 1 : 1;
    const char *separator = "";
    struct snap_arena arena;

    snap_arena_init(&arena);
    snap_text_printf(script, "set ytics scale 0 font ',%d' (", job->task_count <= 12 ? 11 : 9);
    for (uint32_t task = 0; task < job->task_count; task++) {
        if (!has_name(job, task, step))
            continue;
        snap_text_add_string(script, separator);
        snap_gnuplot_quote(script, snap_lane_name(job, task, LANE_NAME_COLUMNS, &arena));
        snap_text_printf(script, " %.7g", lane_y[task]);
        separator = ", ";
    }
    snap_text_add_string(script, ")\n");
    snap_arena_fini(&arena);
}

enum { USUAL_PERCENT = 95, OUTLIER_TIMES = 5 };

static int compare_values(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

struct snap_usual_scale snap_usual_scale_of(double *values, uint32_t count, double room)
{
    struct snap_usual_scale scale = {NAN, NAN};
    uint32_t positive = 0;
    double usual;

    for (uint32_t i = 0; i < count; i++) {
        scale.most = fmax(scale.most, values[i]);
        if (values[i] > 0)
            values[positive++] = values[i];
    }
    scale.top = scale.most * room;
    if (positive == 0)
        return scale;
    qsort(values, positive, sizeof(values[0]), compare_values);
    usual = values[(uint64_t)positive * USUAL_PERCENT / 100];
    if (scale.most > OUTLIER_TIMES * usual)
        scale.top = usual * 2;
    return scale;
}
