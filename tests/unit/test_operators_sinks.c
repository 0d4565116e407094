// SPDX-License-Identifier: Apache-2.0
/* What a reader of each sink sees: as stories of attempts, snapshots, confirmations and crashes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/text.h"
#include "operators/line.h"
#include "unit/operator_harness.h"

/* A sink on files in memory, and what it told. */
struct sink {
    struct harness harness; /* must stay first: it is the task */
    struct snap_fs *fs;
    struct snap_text told;
    struct snap_operator_state *states[10]; /* by checkpoint */
};

static void on_written(void *task, const struct snap_batch *batch, uint64_t part)
{
    struct sink *sink = task;

    snap_text_printf(&sink->told, "written %u to %u; ", batch->count, (unsigned)part);
}

static void on_event(void *task, const struct snap_event *event)
{
    struct sink *sink = task;

    snap_text_printf(&sink->told, "%s %d parts %d records %d; ",
                     event->type == SNAP_EVENT_SINK_PREPARED ? "prepared" : "committed",
                     (int)event->args[1], (int)event->args[2], (int)event->args[3]);
}

static struct sink *make(const struct snap_operator_class *class, const char *delivery,
                         bool checkpointing)
{
    struct sink *sink = calloc(1, sizeof(*sink));
    struct harness *h = &sink->harness;

    harness_start(h, class);
    h->input = (struct snap_schema){SNAP_VALUE_STRING, SNAP_VALUE_LONG};
    if (delivery) {
        harness_set(h, "path", "out");
        harness_set(h, "delivery", delivery);
        h->options[1].number = *delivery == 'n' ? 0 : *delivery == 'a' ? 1 : 2;
    }
    sink->fs = snap_fs_memory_create(NULL);
    h->context.fs = sink->fs;
    h->context.checkpointing = checkpointing;
    h->context.final_checkpoint = checkpointing;
    h->context.subtask = 1;
    h->context.written = on_written;
    h->context.sink_event = on_event;
    assert_true(harness_configure(h));
    assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    return sink;
}

static void drop(struct sink *sink)
{
    harness_stop(&sink->harness);
    snap_text_fini(&sink->told);
    snap_fs_destroy(sink->fs);
    free(sink);
}

static void show_part(void *to, const struct snap_sink_part *part)
{
    static const char *const phases[] = {"", "prepared ", "in progress "};
    struct snap_text *text = to;

    snap_text_printf(text, "%s%u[", phases[part->phase], (unsigned)part->part);
    for (uint64_t i = 0; i < part->line_count; i++)
        snap_text_printf(text, "%s%.*s", i ? " " : "", (int)strcspn(part->lines[i], "\t"),
                         part->lines[i]);
    snap_text_add_string(text, "] ");
}

/* What the parts hold, keys only, and the visible file names. */
static void look(struct sink *sink, struct snap_text *text)
{
    struct snap_arena arena;
    struct snap_fs_names names = {.arena = &arena};

    snap_arena_init(&arena);
    assert_true(sink->harness.class->each_part(&sink->harness.context, show_part, text,
                                               &sink->harness.error));
    assert_true(sink->fs->list(sink->fs, "out", &names, &sink->harness.error));
    for (uint32_t i = 0; i < names.count; i++)
        snap_text_printf(text, "%s%s", i ? " " : "", names.names[i]);
    snap_text_add_string(text, "\n");
    snap_arena_fini(&arena);
}

static void take(struct sink *sink, const char *keys)
{
    struct harness *h = &sink->harness;

    harness_clear(h);
    for (const char *key = keys; *key; key++) {
        const char text[] = {*key, '\0'};

        harness_push(h, harness_string(h, text), harness_long(7));
    }
    harness_transform(h);
    assert_int_equal(h->batch.count, 0);
}

/*
 * One step: =abc takes records a, b, c; sN snapshots for checkpoint N; nN notifies of N; xN crashes
 * and restores from N (0: starts empty); u: from the next start on no final checkpoint is to come;
 * f finishes; ? looks.
 */
static void perform(struct sink *sink, const char *step, struct snap_text *text)
{
    struct harness *h = &sink->harness;
    int number = atoi(step + 1);
    bool done = true;

    switch (*step) {
    case '=':
        take(sink, step + 1);
        break;
    case 's':
        sink->states[number] = harness_snapshot(h, number);
        done = sink->states[number] != NULL;
        break;
    case 'n':
        done = !h->class->notify_complete || h->class->notify_complete(h->self, number, &h->error);
        break;
    case 'x':
        harness_crash(h);
        done = harness_open(h, sink->states[number], number ? number : SNAP_NO_CHECKPOINT);
        break;
    case 'u':
        h->context.final_checkpoint = false;
        break;
    case 'f':
        done = !h->class->finish || h->class->finish(h->self, &h->error);
        break;
    case '?':
        look(sink, text);
        break;
    default:
        fail_msg("no such step: %s", step);
    }
    if (!done)
        fail_msg("%s: %s", step, h->error.message);
}

struct story {
    const char *name;
    const char *delivery; /* NULL: collect */
    bool checkpointing;
    const char *steps;
    const char *expected;
};

static const struct story stories[] = {
    {"exactly-once: seen when confirmed", "exactly-once", true, "=ab ? s1 ? =c n1 ? s2 n2 ?",
     "in progress 0[a b] .part-1-0-0\n"
     "prepared 0[a b] .part-1-0-0\n"
     "0[a b] in progress 1[c] .part-1-0-1 part-1-0-0\n"
     "0[a b] 1[c] part-1-0-0 part-1-0-1\n"},
    {"exactly-once: an aborted checkpoint's part waits for the next", "exactly-once", true,
     "=a s1 =b s2 n2 ?", "0[a] 1[b] part-1-0-0 part-1-0-1\n"},
    {"exactly-once: confirming 1 leaves what was prepared for 2", "exactly-once", true,
     "=a s1 =b s2 n1 ?", "0[a] prepared 1[b] .part-1-0-1 part-1-0-0\n"},
    {"exactly-once: a crash before the confirmation, restored from it", "exactly-once", true,
     "=a s1 =b x1 ?", "0[a] part-1-0-0\n"},
    {"exactly-once: a crash after the confirmation, restored from it", "exactly-once", true,
     "=a s1 n1 =b x1 =b ? s2 n2 ?",
     "0[a] in progress 2[b] .part-1-1-2 part-1-0-0\n"
     "0[a] 2[b] part-1-0-0 part-1-1-2\n"},
    {"exactly-once: prepared for a checkpoint that never was", "exactly-once", true,
     "=a s1 n1 =b s2 x1 ? =b s3 n3 ?",
     "0[a] part-1-0-0\n"
     "0[a] 2[b] part-1-0-0 part-1-1-2\n"},
    {"exactly-once: no checkpoint yet", "exactly-once", true, "=a x0 ? =a s1 n1 ?",
     "\n"
     "1[a] part-1-1-1\n"},
    {"exactly-once: several pending in the state", "exactly-once", true, "=a s1 =b s2 =c x2 ?",
     "0[a] 1[b] part-1-0-0 part-1-0-1\n"},
    {"exactly-once: restored twice from the same checkpoint", "exactly-once", true,
     "=a s1 x1 =b x1 ?", "0[a] part-1-0-0\n"},
    {"exactly-once: nothing written, nothing shown", "exactly-once", true, "s1 n1 f s2 n2 ?", "\n"},
    {"exactly-once: the end waits for the final checkpoint", "exactly-once", true, "=a f ? s1 n1 ?",
     "in progress 0[a] .part-1-0-0\n"
     "0[a] part-1-0-0\n"},
    {"exactly-once: the end without a final checkpoint only prepares", "exactly-once", true,
     "u x0 =a s1 n1 =b f ?", "0[a] prepared 1[b] .part-1-1-1 part-1-1-0\n"},
    {"exactly-once: a savepoint behind such an end commits it", "exactly-once", true,
     "u x0 =a s1 =b f s2 n2 ?", "0[a] 1[b] part-1-1-0 part-1-1-1\n"},
    {"exactly-once without checkpoints: seen at the end", "exactly-once", false, "=a ? f ?",
     "in progress 0[a] .part-1-0-0\n"
     "0[a] part-1-0-0\n"},
    {"exactly-once without checkpoints: a crash starts anew", "exactly-once", false, "=a x0 =b f ?",
     "1[b] part-1-1-1\n"},
    {"none: seen as written, never taken back", "none", true, "=a ? s1 n1 =b x1 =b ?",
     "0[a] part-1-0-0\n"
     "0[a b] 1[b] part-1-0-0 part-1-1-1\n"},
    {"at-least-once: seen as written, never taken back", "at-least-once", true,
     "=a s1 =b x1 =b f ?", "0[a b] 1[b] part-1-0-0 part-1-1-1\n"},
    {"collect: cut back to the checkpoint", NULL, true, "=ab s1 =cd ? x1 ? =ce s2 =f x2 ? x1 ?",
     "0[a b c d] \n"
     "0[a b] \n"
     "0[a b] 1[c e] \n"
     "0[a b] 1[] \n"},
    {"collect: no checkpoint yet", NULL, true, "=a x0 =b ?", "0[] 1[b] \n"},
    {"collect without checkpoints: never taken back", NULL, false, "=a x0 =ab ?", "0[a] 1[a b] \n"},
};

static void stories_of_readers(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
        const struct story *story = &stories[i];
        struct sink *sink = make(story->delivery ? &snap_file_sink_class : &snap_collect_class,
                                 story->delivery, story->checkpointing);
        struct snap_text text = {0};
        char *steps = strdup(story->steps);
        char *rest = NULL;

        for (char *step = strtok_r(steps, " ", &rest); step; step = strtok_r(NULL, " ", &rest))
            perform(sink, step, &text);
        /* A part without a file leaves a blank line only. */
        if (strcmp(snap_text_get(&text), story->expected) != 0)
            fail_msg("%s:\n%sinstead of\n%s", story->name, snap_text_get(&text), story->expected);
        snap_text_fini(&text);
        free(steps);
        drop(sink);
    }
}

static void a_restore_takes_nothing_back_from_a_table(void **unused)
{
    struct sink *sink = make(&snap_table_class, NULL, true);
    struct snap_text text = {0};

    (void)unused;
    perform(sink, "=ab", &text);
    perform(sink, "x0", &text);
    perform(sink, "=a", &text);
    perform(sink, "?", &text);
    assert_string_equal(snap_text_get(&text), "0[a b] 1[a] \n");
    snap_text_fini(&text);
    drop(sink);
}

static void tells_what_it_does(void **unused)
{
    struct sink *sink = make(&snap_file_sink_class, "exactly-once", true);
    struct snap_text text = {0};

    (void)unused;
    perform(sink, "=ab", &text);
    perform(sink, "=c", &text);
    perform(sink, "s1", &text);
    assert_int_equal(sink->states[1]->lists[0].count, 1);
    perform(sink, "s2", &text);
    perform(sink, "=d", &text);
    perform(sink, "s3", &text);
    perform(sink, "n3", &text);
    perform(sink, "n3", &text);
    perform(sink, "x1", &text);
    assert_string_equal(snap_text_get(&sink->told),
                        "written 2 to 0; written 1 to 0; prepared 1 parts 1 records 3; "
                        "written 1 to 1; prepared 3 parts 1 records 1; "
                        "committed 3 parts 2 records 4; committed 1 parts 1 records 3; ");
    snap_text_fini(&text);
    drop(sink);
}

/* A crash of the machine, not of the task: what was confirmed is there, whatever else is lost. */
static void confirmed_output_survives_a_power_cut(void **unused)
{
    (void)unused;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct sink *sink = make(&snap_file_sink_class, "exactly-once", true);
        struct snap_text text = {0};
        struct snap_rng rng;

        snap_rng_init(&rng, seed, 1, 1);
        perform(sink, "=ab", &text);
        perform(sink, "s1", &text);
        perform(sink, "=cd", &text);
        perform(sink, "s2", &text);
        perform(sink, "n1", &text);
        perform(sink, "=e", &text);
        harness_crash(&sink->harness);
        snap_fs_memory_crash(sink->fs, &rng);
        assert_true(harness_open(&sink->harness, sink->states[2], 2));
        perform(sink, "?", &text);
        assert_string_equal(snap_text_get(&text), "0[a b] 1[c d] part-1-0-0 part-1-0-1\n");
        snap_text_fini(&text);
        drop(sink);
    }
}

/* What at-least-once flushed at a snapshot survives a power cut, what none wrote may not. */
static void at_least_once_flushes_at_snapshots(void **unused)
{
    bool lost[2] = {false, false};

    (void)unused;
    for (uint64_t seed = 0; seed < 20; seed++) {
        for (int flushes = 0; flushes < 2; flushes++) {
            struct sink *sink =
                make(&snap_file_sink_class, flushes ? "at-least-once" : "none", true);
            struct snap_text text = {0};
            struct snap_rng rng;

            snap_rng_init(&rng, seed, 1, 1);
            perform(sink, "=ab", &text);
            perform(sink, "s1", &text);
            harness_crash(&sink->harness);
            snap_fs_memory_crash(sink->fs, &rng);
            perform(sink, "?", &text);
            lost[flushes] |= strcmp(snap_text_get(&text), "0[a b] part-1-0-0\n") != 0;
            snap_text_fini(&text);
            drop(sink);
        }
    }
    assert_true(lost[0]);
    assert_false(lost[1]);
}

static void a_full_disk_is_told_at_the_snapshot(void **unused)
{
    static const char *const deliveries[] = {"none", "at-least-once", "exactly-once"};

    (void)unused;
    for (int d = 0; d < 3; d++) {
        struct sink *sink = make(&snap_file_sink_class, deliveries[d], true);

        snap_fs_memory_fill(sink->fs, 1);
        take(sink, "a");
        take(sink, "b");
        take(sink, "c");
        assert_null(harness_snapshot(&sink->harness, 1));
        assert_int_equal(sink->harness.error.code, SNAP_ERROR_IO);
        assert_non_null(strstr(sink->harness.error.message, "no space left"));
        assert_string_equal(snap_text_get(&sink->told), "written 1 to 0; ");
        drop(sink);
    }
}

static void a_full_disk_is_told_at_the_end(void **unused)
{
    struct sink *sink = make(&snap_file_sink_class, "exactly-once", false);
    struct harness *h = &sink->harness;

    (void)unused;
    snap_fs_memory_fill(sink->fs, 0);
    take(sink, "a");
    assert_false(h->class->finish(h->self, &h->error));
    assert_int_equal(h->error.code, SNAP_ERROR_IO);
    drop(sink);
}

static void a_prepared_file_that_vanished(void **unused)
{
    struct sink *sink = make(&snap_file_sink_class, "exactly-once", true);
    struct harness *h = &sink->harness;

    (void)unused;
    take(sink, "a");
    assert_non_null(harness_snapshot(h, 1));
    assert_true(sink->fs->remove(sink->fs, "out/.part-1-0-0", &h->error));
    assert_false(h->class->notify_complete(h->self, 1, &h->error));
    assert_non_null(strstr(h->error.message, "out/part-1-0-0"));
    drop(sink);
}

/* An output path that is taken by a file, on a real disk. */
static void a_path_that_cannot_be(void **unused)
{
    char root[] = "/tmp/snapsim-sink-XXXXXX";
    struct sink *sink = make(&snap_file_sink_class, "exactly-once", true);
    struct harness *h = &sink->harness;
    struct snap_fs *real;
    struct snap_file *file;

    (void)unused;
    assert_non_null(mkdtemp(root));
    real = snap_fs_real_create(root);
    file = real->open(real, "out", SNAP_FS_WRITE, &h->error);
    assert_true(real->close(file, &h->error));
    harness_crash(h);
    h->context.fs = real;
    assert_false(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    assert_int_equal(h->error.code, SNAP_ERROR_IO);
    assert_true(real->remove(real, "out", &h->error));
    assert_int_equal(remove(root), 0);
    harness_crash(h);
    snap_fs_destroy(real);
    drop(sink);
}

static void other_subtasks_files_are_left_alone(void **unused)
{
    struct sink *sink = make(&snap_file_sink_class, "exactly-once", true);
    struct harness *h = &sink->harness;
    struct snap_file *file = sink->fs->open(sink->fs, "out/.part-12-0-0", SNAP_FS_WRITE, &h->error);

    (void)unused;
    assert_true(sink->fs->close(file, &h->error));
    take(sink, "a");
    harness_crash(h);
    assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    assert_true(sink->fs->exists(sink->fs, "out/.part-12-0-0"));
    assert_false(sink->fs->exists(sink->fs, "out/.part-1-0-0"));
    drop(sink);
}

static void lines_do_not_lie(void **unused)
{
    static const struct {
        const char *text;
        int64_t number;
        const char *line;
    } rows[] = {
        {"plain", 0, "plain\t0"},
        {"", -1, "\t-1"},
        {"tab\there", 10, "tab\\there\t10"},
        {"line\nend", INT64_MAX, "line\\nend\t9223372036854775807"},
        {"back\\slash\\n", INT64_MIN, "back\\\\slash\\\\n\t-9223372036854775808"},
        {"\xFF\r", 5, "\xFF\r\t5"},
    };
    struct snap_string_pool pool;

    (void)unused;
    snap_string_pool_init(&pool);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text text = {0};
        union snap_value key = {
            .string = snap_string_pool_intern(&pool, rows[i].text, strlen(rows[i].text))};

        snap_line_add(&text, (struct snap_schema){SNAP_VALUE_STRING, SNAP_VALUE_LONG}, key,
                      harness_long(rows[i].number));
        assert_string_equal(snap_text_get(&text), rows[i].line);
        snap_text_fini(&text);
    }
    snap_string_pool_fini(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories_of_readers),
        cmocka_unit_test(a_restore_takes_nothing_back_from_a_table),
        cmocka_unit_test(tells_what_it_does),
        cmocka_unit_test(confirmed_output_survives_a_power_cut),
        cmocka_unit_test(at_least_once_flushes_at_snapshots),
        cmocka_unit_test(a_full_disk_is_told_at_the_snapshot),
        cmocka_unit_test(a_full_disk_is_told_at_the_end),
        cmocka_unit_test(a_prepared_file_that_vanished),
        cmocka_unit_test(a_path_that_cannot_be),
        cmocka_unit_test(other_subtasks_files_are_left_alone),
        cmocka_unit_test(lines_do_not_lie),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
