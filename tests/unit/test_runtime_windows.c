// SPDX-License-Identifier: Apache-2.0
/*
 * test_runtime_windows.c: what jobs with windows write, against a plain computation over their
 * input records: lists, no state, no timers, no watermarks.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story/run_story.h"

enum { RECORDS_MAX = 5000, SUBTASKS = 3 };

struct input {
    int64_t key;
    int64_t value;
    int64_t timestamp_ms;
    uint64_t origin;
};

/* A line of output, or what should be one. */
struct line {
    int64_t key;
    int64_t value;
};

/* What one subtask of the source sent, written by its own thread. */
struct sent {
    struct input inputs[RECORDS_MAX];
    uint32_t count;
};

struct job_run {
    struct sent sent[SUBTASKS];
    struct input inputs[RECORDS_MAX];
    uint32_t input_count;
    struct line lines[RECORDS_MAX];
    uint32_t line_count;
    struct line expected[RECORDS_MAX];
    uint32_t expected_count;
};

struct job_kind {
    const char *name;
    const char *window; /* options */
    const char *more;   /* of the scenario */
    int64_t size_ms;
    int64_t slide_ms; /* 0: a session, with size_ms as gap */
    char aggregate;   /* the first letter */
};

static void see_emitted(void *context, const struct snap_span *span)
{
    struct sent *sent = &((struct job_run *)context)->sent[span->subtask];

    for (uint32_t i = 0; span->kind == SNAP_SPAN_EMITTED && i < span->count; i++) {
        struct snap_record record = snap_record_view_at(&span->records, i);
        bool again = false;

        for (uint32_t k = 0; k < sent->count && !again; k++)
            again = sent->inputs[k].origin == record.origin;
        if (again)
            continue;
        SNAP_CHECK(sent->count < RECORDS_MAX);
        sent->inputs[sent->count++] = (struct input){record.key.number, record.value.number,
                                                     record.timestamp_ms, record.origin};
    }
}

static void gather(struct job_run *run)
{
    for (uint32_t s = 0; s < SUBTASKS; s++)
        for (uint32_t i = 0; i < run->sent[s].count; i++)
            run->inputs[run->input_count++] = run->sent[s].inputs[i];
}

static void see_part(void *context, const struct snap_sink_part *part)
{
    struct job_run *run = context;

    assert_int_equal(part->phase, SNAP_PART_VISIBLE);
    for (uint64_t i = 0; i < part->line_count; i++) {
        struct line *line = &run->lines[run->line_count++];

        assert_int_equal(sscanf(part->lines[i], "%" SCNd64 "\t%" SCNd64, &line->key, &line->value),
                         2);
    }
}

static int compare_lines(const void *left, const void *right)
{
    const struct line *a = left;
    const struct line *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

static int compare_inputs(const void *left, const void *right)
{
    const struct input *a = left;
    const struct input *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->timestamp_ms > b->timestamp_ms) - (a->timestamp_ms < b->timestamp_ms);
}

static int64_t aggregate(char what, const struct input *inputs, uint32_t count)
{
    int64_t value = inputs[0].value;

    if (what == 'c')
        return count;
    for (uint32_t i = 1; i < count; i++) {
        if (what == 's')
            value += inputs[i].value;
        else if ((inputs[i].value > value) == (what == 'x'))
            value = inputs[i].value;
    }
    return value;
}

static void expect_line(struct job_run *run, const struct job_kind *kind,
                        const struct input *inputs, uint32_t count)
{
    if (count > 0)
        run->expected[run->expected_count++] =
            (struct line){inputs[0].key, aggregate(kind->aggregate, inputs, count)};
}

/* One key's records in the order of their timestamps, cut where nothing comes for a gap. */
static void expect_sessions(struct job_run *run, const struct job_kind *kind,
                            const struct input *inputs, uint32_t count)
{
    uint32_t first = 0;

    for (uint32_t i = 1; i <= count; i++) {
        if (i < count && inputs[i].timestamp_ms - inputs[i - 1].timestamp_ms <= kind->size_ms)
            continue;
        expect_line(run, kind, &inputs[first], i - first);
        first = i;
    }
}

/* Every window that may hold any of one key's records. */
static void expect_windows(struct job_run *run, const struct job_kind *kind,
                           const struct input *inputs, uint32_t count)
{
    int64_t step = kind->slide_ms;
    int64_t start = (inputs[0].timestamp_ms / step - 1 - kind->size_ms / step) * step - step;

    for (; start <= inputs[count - 1].timestamp_ms; start += step) {
        uint32_t first = 0;
        uint32_t end;

        while (first < count && inputs[first].timestamp_ms < start)
            first++;
        end = first;
        while (end < count && inputs[end].timestamp_ms < start + kind->size_ms)
            end++;
        expect_line(run, kind, &inputs[first], end - first);
    }
}

static void compute(struct job_run *run, const struct job_kind *kind)
{
    uint32_t first = 0;

    gather(run);
    qsort(run->inputs, run->input_count, sizeof(*run->inputs), compare_inputs);
    for (uint32_t i = 1; i <= run->input_count; i++) {
        if (i < run->input_count && run->inputs[i].key == run->inputs[first].key)
            continue;
        if (kind->slide_ms > 0)
            expect_windows(run, kind, &run->inputs[first], i - first);
        else
            expect_sessions(run, kind, &run->inputs[first], i - first);
        first = i;
    }
}

/* A source of disorder that its bound covers: nothing is late. */
static char *scenario_of(const struct job_kind *kind, struct snap_arena *arena)
{
    return snap_arena_printf(
        arena,
        "config: {parallelism.default: 3, pipeline.auto-watermark-interval: 20 ms,"
        " execution.checkpointing.interval: 100 ms, restart-strategy.type: fixed-delay,"
        " restart-strategy.fixed-delay.attempts: 9, restart-strategy.fixed-delay.delay: 10 ms}\n"
        "operators:\n"
        "  - {uid: clicks, type: sequence, count: 2000, keys: 7, rate: 4/ms, timestamp-step: 1 ms,"
        " disorder: 300 ms, watermarks: bounded-out-of-orderness, out-of-orderness: 300 ms}\n"
        "  - {uid: per, type: window, %s, input: clicks, ship: hash}\n"
        "  - {uid: out, type: file-sink, path: out, input: per}\n%s",
        kind->window, kind->more);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static void execute(struct job_run *run, const char *scenario, enum snap_runtime_kind runtime)
{
    struct run_story *story = calloc(1, sizeof(*story));
    char directory[] = "/tmp/snapsim-windows-XXXXXX";
    /* The file system in memory belongs to one thread. */
    struct snap_fs *fs = runtime == SNAP_RUNTIME_VIRTUAL ? snap_fs_memory_create(NULL)
                                                         : snap_fs_real_create(mkdtemp(directory));
    struct snap_error error = {.code = SNAP_OK};
    struct snap_observer observer = {.context = run, .span = see_emitted};
    struct snap_run_options options = {
        .runtime = runtime, .fs = fs, .observers = &observer, .observer_count = 1};
    struct snap_run *job;

    SNAP_CHECK(story);
    story_build(story, scenario);
    job = snap_run_create(&story->built.sim, &options);
    assert_int_equal(snap_run_execute(job).status, SNAP_JOB_FINISHED);
    assert_true(snap_run_each_part(job, see_part, run, &error));
    snap_run_destroy(job);
    snap_fs_destroy(fs);
    if (runtime == SNAP_RUNTIME_THREADS)
        nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    end_story(story);
}

#define CRASHES                                                                                    \
    "timeline: [{at: 150 ms, crash: \"per[1]\"}, {at: 333 ms, crash: \"clicks[0]\"},"              \
    " {when: \"checkpoint 3 completed\", crash: \"per[2]\", optional: true}]\n"

static const struct job_kind kinds[] = {
    {"tumbling", "kind: tumbling, size: 100 ms", "", 100, 100, 'c'},
    {"sums of sliding windows", "kind: sliding, size: 100 ms, slide: 30 ms, aggregate: sum", "",
     100, 30, 's'},
    {"windows longer than the input", "kind: sliding, size: 5 s, slide: 2 s, aggregate: max", "",
     5000, 2000, 'x'},
    {"least of sessions", "kind: session, gap: 12 ms, aggregate: min", "", 12, 0, 'n'},
    {"sessions through crashes", "kind: session, gap: 8 ms, aggregate: sum", CRASHES, 8, 0, 's'},
    {"tumbling through crashes", "kind: tumbling, size: 70 ms, aggregate: max", CRASHES, 70, 70,
     'x'},
    {"sliding through crashes", "kind: sliding, size: 90 ms, slide: 20 ms", CRASHES, 90, 20, 'c'},
};

static void check(enum snap_runtime_kind runtime)
{
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        struct job_run *run = calloc(1, sizeof(*run));
        struct snap_arena arena = {0};

        SNAP_CHECK(run);
        execute(run, scenario_of(&kinds[k], &arena), runtime);
        compute(run, &kinds[k]);
        qsort(run->lines, run->line_count, sizeof(*run->lines), compare_lines);
        qsort(run->expected, run->expected_count, sizeof(*run->expected), compare_lines);
        assert_int_equal(run->input_count, 2000);
        if (run->line_count != run->expected_count ||
            memcmp(run->lines, run->expected, run->line_count * sizeof(*run->lines)) != 0)
            fail_msg("%s: %u lines, %u expected, or other ones", kinds[k].name, run->line_count,
                     run->expected_count);
        snap_arena_fini(&arena);
        free(run);
    }
}

static void virtual_time_writes_what_the_input_says(void **unused)
{
    (void)unused;
    check(SNAP_RUNTIME_VIRTUAL);
}

static void threads_write_what_the_input_says(void **unused)
{
    (void)unused;
    check(SNAP_RUNTIME_THREADS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(virtual_time_writes_what_the_input_says),
        cmocka_unit_test(threads_write_what_the_input_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
