// SPDX-License-Identifier: Apache-2.0
/*
 * Queues in virtual time behave as the theory of queues says: one record a buffer, sent at once.
 *
 * - A channel is a queue from BUFFER_QUEUED to BUFFER_TAKEN: those who wait and the one in service.
 *   Messages take 1 ns where costs are a millisecond.
 * - A source with `rate: poisson` never finds the queue full (buffers are plenty): M/M/1, M/D/1. A
 *   source with an exponential cost and no rate is a station of its own that stops when the queue
 *   is full: that queue is M/M/1/K, since what is left of an exponential time does not depend on
 *   how long it has lasted. Three stations are a Markov chain, solved here by iteration.
 * - Each mean is that of SEEDS seeds, and must lie within T_QUANTILE standard errors of the seeds'
 *   mean of what the theory says: the 99.9 % interval of Student's t with SEEDS - 1 degrees. Seeds
 *   are fixed, so a test that has passed passes. The standard error itself may be 3 % at most.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "operators/operator.h"
#include "runtime/run.h"
#include "scenario/scenario.h"

enum { SEEDS = 10, RECORDS = 20000, TASKS_MAX = 16, LENGTHS = 4096 };

#define T_QUANTILE 4.781
#define COST_NS 1e6

/* One channel: from a task to another. */
struct queue {
    uint32_t length;
    uint32_t length_max;
    uint64_t came;
    uint64_t went;
    snap_ns changed_ns;
    snap_ns first_came_ns;
    snap_ns last_went_ns;
    int64_t length_ns;         /* integral of the length over time */
    int64_t waited_ns;         /* sum over those that went */
    snap_ns lengths_ns[64];    /* time spent at each length */
    snap_ns since_ns[LENGTHS]; /* of those in it, in turn */
};

struct lab {
    struct queue *queues; /* by from * TASKS_MAX + to */
    snap_ns busy_ns[TASKS_MAX];
    snap_ns elapsed_ns;
};

static void change(struct queue *queue, snap_ns at_ns, int by)
{
    snap_ns passed = at_ns - queue->changed_ns;

    assert_true(passed >= 0);
    queue->length_ns += passed * queue->length;
    queue->lengths_ns[queue->length < 63 ? queue->length : 63] += passed;
    queue->changed_ns = at_ns;
    assert_true(by > 0 || queue->length > 0);
    queue->length += (uint32_t)by;
    if (queue->length > queue->length_max)
        queue->length_max = queue->length;
    assert_true(queue->length < LENGTHS);
}

static struct queue *queue_between(const struct lab *lab, uint32_t from, uint32_t to)
{
    return &lab->queues[from * TASKS_MAX + to];
}

static void see(void *context, const struct snap_event *event)
{
    struct lab *lab = context;

    if (event->type == SNAP_EVENT_BUFFER_QUEUED) {
        struct queue *queue = queue_between(lab, event->actor, (uint32_t)event->args[0]);

        change(queue, event->at_ns, 1);
        if (queue->came == 0)
            queue->first_came_ns = event->at_ns;
        queue->since_ns[queue->came++ % LENGTHS] = event->at_ns;
    } else if (event->type == SNAP_EVENT_BUFFER_TAKEN) {
        struct queue *queue = queue_between(lab, (uint32_t)event->args[0], event->actor);

        change(queue, event->at_ns, -1);
        queue->waited_ns += event->at_ns - queue->since_ns[queue->went++ % LENGTHS];
        queue->last_went_ns = event->at_ns;
    } else if (event->type == SNAP_EVENT_TASK_TOTALS) {
        lab->busy_ns[event->actor] = event->args[2];
    }
}

static void init(struct lab *lab)
{
    memset(lab, 0, sizeof(*lab));
    lab->queues = calloc(TASKS_MAX * TASKS_MAX, sizeof(struct queue));
    assert_non_null(lab->queues);
}

static void run(struct lab *lab, const char *yaml)
{
    struct snap_scenario_text text = {.name = "q.yaml", .bytes = yaml, .length = strlen(yaml)};
    struct snap_observer observer = {.context = lab, .merged = see, .buffers_wanted = true};
    struct snap_run_options options = {
        .runtime = SNAP_RUNTIME_VIRTUAL, .observers = &observer, .observer_count = 1};
    struct snap_scenario *scenario = NULL;
    struct snap_built built;
    struct snap_error error = {0};
    struct snap_run *performed;
    struct snap_run_result result;

    if (!snap_scenario_parse(&text, snap_operator_catalogue_get(), &scenario, &error) ||
        !snap_scenario_build(scenario, NULL, &built, &error))
        fail_msg("%s\n%s", error.message, yaml);
    assert_true(built.sim.job->task_count <= TASKS_MAX);
    performed = snap_run_create(&built.sim, &options);
    result = snap_run_execute(performed);
    assert_int_equal(result.status, SNAP_JOB_FINISHED);
    lab->elapsed_ns = result.elapsed_ns;
    snap_run_destroy(performed);
    snap_built_fini(&built);
    snap_scenario_destroy(scenario);
}

/* No checkpoints, one record a buffer, the given number of buffers for a channel. The caller ends
 * it with free(lab->queues). */
static void run_queues(struct lab *lab, uint64_t seed, unsigned buffers, const char *operators)
{
    struct snap_text yaml = {0};

    init(lab);
    snap_text_printf(&yaml,
                     "name: queue\nseed: %" PRIu64 "\nledger: off\nflink-version: 1.20\n"
                     "config: {pipeline.operator-chaining.enabled: false,\n"
                     "  execution.buffer-timeout.interval: 0 ms,\n"
                     "  taskmanager.memory.segment-size: 32 kb,\n"
                     "  taskmanager.network.memory.buffers-per-channel: %u,\n"
                     "  taskmanager.network.memory.floating-buffers-per-gate: 1,\n"
                     "  taskmanager.network.memory.max-buffers-per-channel: %u}\n"
                     "model: {record-size: 32 kb, network: {latency: 1 ns, local-latency: 1 ns,"
                     " bandwidth: unlimited}}\noperators:\n%s",
                     seed, buffers, buffers, operators);
    run(lab, snap_text_get(&yaml));
    snap_text_fini(&yaml);
}

struct sample {
    double sum;
    double squares;
    int count;
};

static void add_sample(struct sample *sample, double x)
{
    sample->sum += x;
    sample->squares += x * x;
    sample->count++;
}

static void expect_mean(const char *name, const struct sample *sample, double theory)
{
    double n = sample->count;
    double mean = sample->sum / n;
    double variance = (sample->squares - n * mean * mean) / (n - 1);
    double standard_error = sqrt(fabs(variance) / n);

    if (fabs(mean - theory) > T_QUANTILE * standard_error + 1e-5 * theory)
        fail_msg("%s: %g, the theory says %g, a standard error is %g", name, mean, theory,
                 standard_error);
    if (standard_error > 0.03 * theory)
        fail_msg("%s: a standard error of %g proves nothing about %g", name, standard_error,
                 theory);
}

struct open_row {
    const char *name;
    const char *rate;
    const char *cost;
    double load;
    double wait; /* mean time in the queue, service included, in costs */
};

/* M/M/1: 1 / (1 - load). M/D/1: 1 + load / (2 (1 - load)). */
static const struct open_row open_rows[] = {
    {"M/M/1 at 0.5", "poisson(500/s)", "exponential(1 ms)", 0.5, 2},
    {"M/M/1 at 0.7", "poisson(700/s)", "exponential(1 ms)", 0.7, 1 / 0.3},
    {"M/D/1 at 0.5", "poisson(500/s)", "1 ms", 0.5, 1.5},
    {"M/D/1 at 0.8", "poisson(800/s)", "1 ms", 0.8, 3},
};

static void open_queues_wait_as_long_as_they_should(void **unused)
{
    (void)unused;
    for (size_t r = 0; r < sizeof(open_rows) / sizeof(open_rows[0]); r++) {
        const struct open_row *row = &open_rows[r];
        struct sample wait = {0};
        struct sample length = {0};

        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct snap_text operators = {0};
            struct lab lab;
            const struct queue *queue;

            snap_text_printf(&operators,
                             "  - {uid: src, type: sequence, count: %d, rate: %s}\n"
                             "  - {uid: out, type: discard, input: src, cost: %s}\n",
                             RECORDS, row->rate, row->cost);
            run_queues(&lab, seed, 2000, snap_text_get(&operators));
            queue = queue_between(&lab, 0, 1);
            assert_int_equal(queue->went, RECORDS);
            add_sample(&wait, (double)queue->waited_ns / RECORDS / COST_NS);
            add_sample(&length, (double)queue->length_ns /
                                    (double)(queue->last_went_ns - queue->first_came_ns));
            free(lab.queues);
            snap_text_fini(&operators);
        }
        expect_mean(row->name, &wait, row->wait);
        expect_mean(row->name, &length, row->wait * row->load);
    }
}

struct full_row {
    const char *name;
    const char *source_cost;
    double load; /* arrivals while there is room, by what can be served */
    unsigned buffers;
};

static const struct full_row full_rows[] = {
    {"M/M/1/K at 0.8", "exponential(1250 us)", 0.8, 4},
    {"M/M/1/K at 1", "exponential(1 ms)", 1, 4},
    {"M/M/1/K at 1.25", "exponential(800 us)", 1.25, 6},
};

struct full_samples {
    struct sample full; /* share of the time */
    struct sample length;
    struct sample throughput; /* records a cost */
};

static void sample_full(const struct full_row *row, uint64_t seed, struct full_samples *samples)
{
    struct snap_text operators = {0};
    const struct queue *queue;
    struct lab lab;
    double time;

    snap_text_printf(&operators,
                     "  - {uid: src, type: sequence, count: %d, cost: %s}\n"
                     "  - {uid: out, type: discard, input: src, cost: exponential(1 ms)}\n",
                     RECORDS, row->source_cost);
    run_queues(&lab, seed, row->buffers, snap_text_get(&operators));
    queue = queue_between(&lab, 0, 1);
    time = (double)(queue->last_went_ns - queue->first_came_ns);
    assert_int_equal(queue->length_max, row->buffers);
    add_sample(&samples->full, (double)queue->lengths_ns[row->buffers] / time);
    add_sample(&samples->length, (double)queue->length_ns / time);
    add_sample(&samples->throughput, RECORDS * COST_NS / time);
    free(lab.queues);
    snap_text_fini(&operators);
}

/* n in the queue: a share of load^n of the time. */
static void full_queues_hold_back_as_much_as_they_should(void **unused)
{
    (void)unused;
    for (size_t r = 0; r < sizeof(full_rows) / sizeof(full_rows[0]); r++) {
        const struct full_row *row = &full_rows[r];
        struct full_samples samples = {0};
        double all = 0;
        double weighted = 0;
        double last = 0;

        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            sample_full(row, seed, &samples);
        for (unsigned n = 0; n <= row->buffers; n++) {
            last = pow(row->load, n);
            all += last;
            weighted += n * last;
        }
        expect_mean(row->name, &samples.full, last / all);
        expect_mean(row->name, &samples.length, weighted / all);
        expect_mean(row->name, &samples.throughput, row->load * (1 - last / all));
    }
}

enum { TANDEM_PLACES = 3, TANDEM_STATES = (TANDEM_PLACES + 1) * (TANDEM_PLACES + 1) };

/* Three stations in a row, all with exponential costs of mean 1, and TANDEM_PLACES places between
 * each two; a station starts a record only if there is a place for its result. */
static void tandem_step(const double *from, double *to)
{
    const double step = 0.2; /* of the time a cost takes: less than 1/3, so it settles */

    memcpy(to, from, TANDEM_STATES * sizeof(*to));
    for (int first = 0; first <= TANDEM_PLACES; first++) {
        for (int second = 0; second <= TANDEM_PLACES; second++) {
            const int width = TANDEM_PLACES + 1;
            const int at = first * width + second;
            const double flow = from[at] * step;

            if (first < TANDEM_PLACES) {
                to[at + width] += flow;
                to[at] -= flow;
            }
            if (first > 0 && second < TANDEM_PLACES) {
                to[at - width + 1] += flow;
                to[at] -= flow;
            }
            if (second > 0) {
                to[at - 1] += flow;
                to[at] -= flow;
            }
        }
    }
}

struct tandem {
    double throughput;
    double first;
    double second;
};

static struct tandem solve_tandem(void)
{
    double shares[2][TANDEM_STATES] = {{1}};
    struct tandem tandem = {0};

    for (int i = 0; i < 2000; i++)
        tandem_step(shares[i % 2], shares[1 - i % 2]);
    for (int at = 0; at < TANDEM_STATES; at++) {
        tandem.first += shares[0][at] * (at / (TANDEM_PLACES + 1));
        tandem.second += shares[0][at] * (at % (TANDEM_PLACES + 1));
        tandem.throughput += at % (TANDEM_PLACES + 1) > 0 ? shares[0][at] : 0;
    }
    return tandem;
}

static void stations_in_a_row_block_each_other_as_they_should(void **unused)
{
    const struct tandem theory = solve_tandem();
    struct sample first = {0};
    struct sample second = {0};
    struct sample throughput = {0};

    (void)unused;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct lab lab;
        const struct queue *queue;
        double time;

        run_queues(&lab, seed, TANDEM_PLACES,
                   "  - {uid: src, type: sequence, count: 20000, cost: exponential(1 ms)}\n"
                   "  - {uid: mid, type: pass-through, input: src, cost: exponential(1 ms)}\n"
                   "  - {uid: out, type: discard, input: mid, cost: exponential(1 ms)}\n");
        queue = queue_between(&lab, 1, 2);
        time = (double)(queue->last_went_ns - queue->first_came_ns);
        assert_int_equal(queue->went, RECORDS);
        add_sample(&throughput, RECORDS * COST_NS / time);
        add_sample(&second, (double)queue->length_ns / time);
        queue = queue_between(&lab, 0, 1);
        time = (double)(queue->last_went_ns - queue->first_came_ns);
        add_sample(&first, (double)queue->length_ns / time);
        free(lab.queues);
    }
    expect_mean("throughput of the row", &throughput, theory.throughput);
    expect_mean("first queue of the row", &first, theory.first);
    expect_mean("second queue of the row", &second, theory.second);
}

/* The slowest station decides how fast all are, and each is busy for its share of that. */
static void the_bottleneck_decides(void **unused)
{
    static const snap_ns costs_ns[] = {300000, 1000000, 700000};
    const struct queue *queue;
    struct lab lab;

    (void)unused;
    run_queues(&lab, 1, 5,
               "  - {uid: src, type: sequence, count: 20000, cost: 300 us}\n"
               "  - {uid: mid, type: pass-through, input: src, cost: 1 ms}\n"
               "  - {uid: out, type: discard, input: mid, cost: 700 us}\n");
    queue = queue_between(&lab, 1, 2);
    /* The first and the last record leave the bottleneck so many costs apart, but for the 1 ns that
     * what it waits for may take. */
    assert_in_range(queue->last_went_ns - queue->first_came_ns - costs_ns[2],
                    (RECORDS - 1) * costs_ns[1], (RECORDS - 1) * (costs_ns[1] + 2));
    for (uint32_t t = 0; t < 3; t++)
        assert_int_equal(lab.busy_ns[t], RECORDS * costs_ns[t]);
    assert_int_equal(queue_between(&lab, 0, 1)->length_max, 5);
    assert_true(queue->length_max <= 2);
    free(lab.queues);
}

struct network {
    uint32_t channels; /* that carry records: with the same key b[0] never sends to c[1] */
    const char *operators;
};

static const struct network networks[] = {
    {6 + 4 + 2,
     "  - {uid: a, type: sequence, count: 3000, keys: 50, rate: poisson(2000/s), parallelism: 2}\n"
     "  - {uid: b, type: pass-through, input: a, ship: hash, parallelism: 3,"
     " cost: exponential(1 ms)}\n"
     "  - {uid: c, type: sum, input: b, ship: hash, parallelism: 2, cost: exponential(500 us)}\n"
     "  - {uid: d, type: discard, input: c, parallelism: 2}\n"},
    {6 + 6 + 2 + 2 + 2,
     "  - {uid: a, type: sequence, count: 3000, keys: 9, cost: 100 us, parallelism: 3}\n"
     "  - {uid: b, type: pass-through, input: a, ship: rebalance, parallelism: 2,"
     " cost: \"log-normal(200 us, 1)\"}\n"
     "  - {uid: c, type: pass-through, input: a, ship: broadcast, parallelism: 2, cost: 150 us}\n"
     "  - {uid: d, type: union, inputs: [b, c], parallelism: 2}\n"
     "  - {uid: e, type: discard, input: d, ship: shuffle, parallelism: 1, cost: 90 us}\n"},
};

/* Little's law, to the nanosecond: what all have waited is the length added up over time. */
static void littles_law_holds_on_every_channel(void **unused)
{
    (void)unused;
    for (size_t n = 0; n < sizeof(networks) / sizeof(networks[0]); n++) {
        for (unsigned buffers = 2; buffers <= 50; buffers += 16) {
            uint32_t used = 0;
            struct lab lab;

            run_queues(&lab, buffers, buffers, networks[n].operators);
            for (uint32_t q = 0; q < TASKS_MAX * TASKS_MAX; q++) {
                const struct queue *queue = &lab.queues[q];

                used += queue->came > 0;
                assert_int_equal(queue->length, 0);
                assert_int_equal(queue->came, queue->went);
                assert_true(queue->waited_ns == queue->length_ns);
                assert_true(queue->came == 0 || queue->waited_ns > 0);
            }
            assert_int_equal(used, networks[n].channels);
            free(lab.queues);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_queues_wait_as_long_as_they_should),
        cmocka_unit_test(full_queues_hold_back_as_much_as_they_should),
        cmocka_unit_test(stations_in_a_row_block_each_other_as_they_should),
        cmocka_unit_test(the_bottleneck_decides),
        cmocka_unit_test(littles_law_holds_on_every_channel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
