// SPDX-License-Identifier: Apache-2.0
/* The thinnest job: sequence -> map -> sum -> discard over arrays, with a crash and a restore. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/operator_harness.h"

enum { RECORDS = 1000, KEYS = 7 };

struct pipeline {
    struct harness source;
    struct harness map;
    struct harness sum;
    struct harness sink;
    uint64_t written;
};

static void count_written(void *task, const struct snap_batch *batch, uint64_t part)
{
    struct harness *sink = task;
    struct pipeline *pipeline = (struct pipeline *)((char *)sink - offsetof(struct pipeline, sink));

    assert_int_equal(part, 0);
    pipeline->written += batch->count;
}

static struct pipeline *make(void)
{
    struct pipeline *p = calloc(1, sizeof(*p));

    harness_start(&p->source, &snap_sequence_class);
    harness_set(&p->source, "count", "1000");
    assert_true(harness_configure(&p->source));
    harness_start(&p->map, &snap_map_class);
    harness_set(&p->map, "function", "key-modulo 7");
    p->map.input = p->source.op.schema;
    assert_true(harness_configure(&p->map));
    harness_start(&p->sum, &snap_sum_class);
    p->sum.input = p->map.op.schema;
    assert_true(harness_configure(&p->sum));
    harness_start(&p->sink, &snap_discard_class);
    p->sink.input = p->sum.op.schema;
    p->sink.context.written = count_written;
    assert_true(harness_configure(&p->sink));
    return p;
}

static void open_all(struct pipeline *p, const struct snap_operator_state *source,
                     const struct snap_operator_state *sum)
{
    assert_true(harness_open(&p->source, source, 1));
    assert_true(harness_open(&p->map, NULL, 1));
    assert_true(harness_open(&p->sum, sum, 1));
    assert_true(harness_open(&p->sink, NULL, 1));
}

static void crash_all(struct pipeline *p)
{
    harness_crash(&p->source);
    harness_crash(&p->map);
    harness_crash(&p->sum);
    harness_crash(&p->sink);
}

static uint32_t run(struct pipeline *p, uint32_t max)
{
    uint32_t count = harness_produce(&p->source, max);

    p->map.class->transform(p->map.self, &p->source.batch);
    p->sum.class->transform(p->sum.self, &p->source.batch);
    p->sink.class->transform(p->sink.self, &p->source.batch);
    return count;
}

static void check_entry(void *to, const struct snap_state_entry *entry)
{
    int64_t expected = 0;

    for (int64_t i = entry->key.number; i < RECORDS; i += KEYS)
        expected += i;
    assert_int_equal(entry->value.number, expected);
    ++*(uint32_t *)to;
}

static void sums_survive_a_crash(void **unused)
{
    struct pipeline *p = make();
    const struct snap_operator_state *source;
    const struct snap_operator_state *sum;
    uint32_t entries = 0;

    (void)unused;
    open_all(p, NULL, NULL);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(run(p, 100), 100);
    source = harness_snapshot(&p->source, 1);
    sum = harness_snapshot(&p->sum, 1);
    assert_int_equal(sum->bytes, KEYS * 100);
    assert_int_equal(run(p, 250), 250); /* lost in the crash, replayed after it */
    crash_all(p);
    open_all(p, source, sum);
    while (run(p, 64) > 0)
        continue;
    assert_int_equal(p->written, RECORDS + 250);
    p->sum.class->each_state_entry(p->sum.self, check_entry, &entries);
    assert_int_equal(entries, KEYS);
    harness_stop(&p->source);
    harness_stop(&p->map);
    harness_stop(&p->sum);
    harness_stop(&p->sink);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_survive_a_crash)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
