// SPDX-License-Identifier: Apache-2.0
#include "swarm/random_job.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/rng.h"
#include "base/time.h"
#include "model/fault_point.h"
#include "model/sabotage.h"
#include "storage/rocksdb.h"

enum { NODES_MAX = 24 };

/* What an operator emits and who reads it. */
struct node {
    const char *kind; /* first part of its uid */
    unsigned number;
    unsigned parallelism;
    bool key_is_text;
    bool value_is_text;
    bool is_sink;
    bool is_cut; /* shares no vertex with a neighbour */
    unsigned consumers;
    unsigned weight; /* about how often the records of the sources come by */
};

struct maker {
    struct snap_text *text;
    struct snap_rng rng;
    enum random_job_profile profile;
    struct node nodes[NODES_MAX];
    unsigned count;
    unsigned sources;
    unsigned parallelism; /* default */
    unsigned slots;       /* of a TaskManager; 0: one is enough for all */
    bool checkpoints;
    bool checkpoints_expire;
    bool chains;
    bool at_least_once;
    bool overtakes;           /* barriers may overtake data */
    bool congested;           /* there is some to overtake: sinks are slow and buffers small */
    bool loses_channels;      /* a rule of data in flight is broken */
    bool late_acks;           /* acknowledgements are to come after their checkpoint was given up */
    struct snap_rng time_rng; /* of its own: event time shifts no other draw */
    bool event_time;
    bool is_newest;              /* Flink 2.3 */
    struct snap_rng restart_rng; /* likewise, for starts from retained checkpoints */
    bool restarts;               /* from such a one */
    bool forces;                 /* unaligned checkpoints, also with partitioners of its own */
    bool has_custom;             /* it may have such */
    bool rescales;               /* with other parallelisms: each exchange stays one */
    struct snap_rng long_rng;    /* likewise, for records that take long */
    bool has_long_records;       /* in slow sinks that get no more of them than were sent */
    struct snap_rng files_rng;   /* likewise, for files of snapshots */
    struct snap_rng log_rng;     /* likewise, for change logs */
    struct snap_rng load_rng;    /* likewise, for what checkpoints take of cores */
};

static uint64_t below(struct maker *maker, uint64_t bound)
{
    return snap_rng_below(&maker->rng, bound);
}

static bool chance(struct maker *maker, unsigned percent)
{
    return below(maker, 100) < percent;
}

static const char *pick_text(struct maker *maker, const char *const *texts, size_t count)
{
    return texts[below(maker, count)];
}

#define PICK(maker, ...)                                                                           \
    pick_text(maker, (const char *const[]){__VA_ARGS__},                                           \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static bool is_real_time(const struct maker *maker)
{
    return maker->profile == RANDOM_JOB_THREADS;
}

/* Jobs that are to show what missing alignment does: wide, with uneven load. */
static bool is_wide(const struct maker *maker)
{
    return maker->profile == RANDOM_JOB_SABOTAGED || maker->profile == RANDOM_JOB_BROKEN;
}

static bool is_exact(const struct maker *maker)
{
    return maker->profile != RANDOM_JOB_ANYTHING && maker->profile != RANDOM_JOB_AT_LEAST_ONCE;
}

static struct node *add_node(struct maker *maker, const char *kind)
{
    struct node *node = &maker->nodes[maker->count];

    SNAP_CHECK(maker->count < NODES_MAX);
    *node = (struct node){.kind = kind, .number = maker->count++, .weight = 1};
    node->parallelism = chance(maker, 60) ? maker->parallelism : 1 + (unsigned)below(maker, 4);
    return node;
}

static void begin(struct maker *maker, struct node *node, const char *type)
{
    snap_text_printf(maker->text, "  - {uid: %s%u, type: %s", node->kind, node->number, type);
    if (node->parallelism != maker->parallelism)
        snap_text_printf(maker->text, ", parallelism: %u", node->parallelism);
    node->is_cut = chance(maker, 30);
    if (node->is_cut)
        snap_text_add_string(maker->text, ", chain: false");
    if (!node->is_sink && maker->congested)
        snap_text_printf(maker->text, ", record-size: %s",
                         PICK(maker, "100 b", "400 b", "1 kb", "1 kb", "5 kb"));
    else if (!node->is_sink && chance(maker, 50))
        snap_text_printf(maker->text, ", record-size: %s",
                         PICK(maker, "8 b", "30 b", "100 b", "100 b", "400 b", "1 kb", "5 kb"));
}

/* A stop of a few milliseconds now and then. */
static void put_pauses(struct maker *maker)
{
    uint64_t every_us = 5000 + below(maker, 200000);

    if (chance(maker, 90))
        return;
    snap_text_printf(maker->text, ", pauses: {every: %" PRIu64 " us, for: %" PRIu64 " us}",
                     every_us, 1 + below(maker, is_real_time(maker) ? 2000 : every_us / 3));
}

static void end(struct maker *maker)
{
    snap_text_add_string(maker->text, "}\n");
}

static void put_law(struct maker *maker, uint64_t most_ns)
{
    uint64_t cost_ns = 1 + below(maker, most_ns + 1);

    if (chance(maker, 30))
        snap_text_printf(maker->text, "%" PRIu64 " ns", cost_ns);
    else if (chance(maker, 50))
        snap_text_printf(maker->text, "exponential(%" PRIu64 " ns)", cost_ns);
    else
        snap_text_printf(maker->text, "\"log-normal(%" PRIu64 " ns, 0.%u)\"", cost_ns / 2 + 1,
                         (unsigned)below(maker, 10));
}

static void put_drawn_cost(struct maker *maker, uint64_t most_ns)
{
    if (chance(maker, 60)) {
        put_law(maker, most_ns);
        return;
    }
    snap_text_add_string(maker->text, "{default: ");
    put_law(maker, most_ns / 4);
    snap_text_printf(maker->text, ", per-key: {%u: ", (unsigned)below(maker, 5));
    put_law(maker, most_ns);
    snap_text_add_string(maker->text, "}}");
}

static void put_cost(struct maker *maker, unsigned weight)
{
    uint64_t most = weight > 4 ? 20000 : 500000;

    put_pauses(maker);
    if (chance(maker, is_wide(maker) ? 15 : 35))
        return;
    if (is_real_time(maker))
        most = 20000;
    if (chance(maker, 50))
        most /= 20;
    if (chance(maker, 65)) {
        snap_text_printf(maker->text, ", cost: %" PRIu64 " ns", below(maker, most + 1));
        return;
    }
    snap_text_add_string(maker->text, ", cost: ");
    put_drawn_cost(maker, most);
}

/* Slow enough for buffers to fill in front of it, not for the job to take for ever. */
static void put_slow_cost(struct maker *maker, unsigned weight)
{
    uint64_t most_us = is_real_time(maker) ? 300 : 3000;
    uint64_t cost_us = 20 + below(maker, most_us) * maker->parallelism / (4 * (weight + 1));

    if (maker->has_long_records && weight == 1)
        cost_us = 1900 + snap_rng_below(&maker->long_rng, 3000);
    snap_text_printf(maker->text, ", cost: %" PRIu64 " us", cost_us);
}

/* ---- event time ---- */

static uint64_t time_below(struct maker *maker, uint64_t bound)
{
    return snap_rng_below(&maker->time_rng, bound);
}

static bool time_chance(struct maker *maker, unsigned percent)
{
    return time_below(maker, 100) < percent;
}

/* ---- starts from retained checkpoints ---- */

static uint64_t restart_below(struct maker *maker, uint64_t bound)
{
    return snap_rng_below(&maker->restart_rng, bound);
}

static bool restart_chance(struct maker *maker, unsigned percent)
{
    return restart_below(maker, 100) < percent;
}

/* ---- files of snapshots ---- */

static bool has_files(const struct maker *maker)
{
    return maker->profile == RANDOM_JOB_FILES;
}

static uint64_t files_below(struct maker *maker, uint64_t bound)
{
    return snap_rng_below(&maker->files_rng, bound);
}

static bool files_chance(struct maker *maker, unsigned percent)
{
    return files_below(maker, 100) < percent;
}

static void put_watermarks(struct maker *maker)
{
    if (time_chance(maker, 30))
        snap_text_add_string(maker->text, ", watermarks: monotonous");
    else if (time_chance(maker, 70))
        snap_text_printf(maker->text,
                         ", watermarks: bounded-out-of-orderness, out-of-orderness: %u ms",
                         (unsigned)time_below(maker, 60));
    if (time_chance(maker, 30))
        snap_text_printf(maker->text, ", idle-timeout: %u ms", (unsigned)time_below(maker, 300));
}

static void put_window(struct maker *maker, const struct node *node)
{
    unsigned kind = (unsigned)time_below(maker, 3);
    unsigned size = 1 + (unsigned)time_below(maker, time_chance(maker, 50) ? 40 : 800);

    if (kind == 0)
        snap_text_printf(maker->text, ", kind: tumbling, size: %u ms", size);
    else if (kind == 1)
        snap_text_printf(maker->text, ", kind: sliding, size: %u ms, slide: %u ms", size,
                         1 + size / (1 + (unsigned)time_below(maker, 6)));
    else
        snap_text_printf(maker->text, ", kind: session, gap: %u ms", size);
    if (!node->value_is_text)
        snap_text_printf(maker->text, ", aggregate: %s",
                         (const char *const[]){"count", "sum", "min", "max"}[time_below(maker, 4)]);
    if (restart_chance(maker, 40))
        snap_text_add_string(maker->text, ", api: table");
    if (time_chance(maker, 30))
        snap_text_add_string(maker->text, ", time: processing");
    else if (time_chance(maker, 40))
        snap_text_printf(maker->text, ", allowed-lateness: %u ms",
                         (unsigned)time_below(maker, 200));
}

static void put_source_time(struct maker *maker)
{
    if (!maker->event_time)
        return;
    if (time_chance(maker, 60))
        snap_text_printf(maker->text, ", timestamp-step: %u us",
                         (unsigned)time_below(maker, 20000));
    if (time_chance(maker, 60))
        snap_text_printf(maker->text, ", disorder: %u ms", (unsigned)time_below(maker, 80));
    put_watermarks(maker);
}

/* ---- sources ---- */

/* About so many records a second, over about so many milliseconds. */
static void put_rate(struct maker *maker, uint64_t rate, uint64_t ms)
{
    uint64_t part = 1 + ms / (2 + below(maker, 4));

    snap_text_add_string(maker->text, ", rate: ");
    if (chance(maker, 60))
        snap_text_printf(maker->text, "%" PRIu64 "/s", rate);
    else if (chance(maker, 30))
        snap_text_printf(maker->text, "poisson(%" PRIu64 "/s)", rate);
    else if (chance(maker, 30))
        snap_text_printf(maker->text,
                         "{base: %" PRIu64 "/s, peak: %" PRIu64 "/s, every: %" PRIu64
                         " ms, for: %" PRIu64 " ms}",
                         rate * below(maker, 2), 1 + rate * 3, part + 1, 1 + part / 2);
    else if (chance(maker, 50))
        snap_text_printf(maker->text,
                         "[{until: %" PRIu64 " ms, rate: %" PRIu64 "/s}, {until: %" PRIu64
                         " ms, rate: %u/s}, {rate: %" PRIu64 "/s}]",
                         part, rate * below(maker, 2), part * 2, (unsigned)below(maker, 50),
                         rate * 2);
    else
        snap_text_printf(maker->text, "[{until: %" PRIu64 " ms, from: %u/s, to: %" PRIu64 "/s}]",
                         part, (unsigned)below(maker, 50), rate * 2);
}

static void put_source_options(struct maker *maker, const struct node *node, unsigned records)
{
    if (maker->congested ? chance(maker, 30) : is_wide(maker) || chance(maker, 60)) {
        /* The whole input takes between 20 ms and 1.5 s, or 100 ms on real threads. */
        uint64_t ms = is_real_time(maker) ? 20 + below(maker, 80)
                      : is_wide(maker)    ? 300 + below(maker, 900)
                                          : 20 + below(maker, 1480);

        put_rate(maker, 1 + records * UINT64_C(1000) / ms, ms);
    }
    if (chance(maker, 30))
        snap_text_printf(maker->text, ", splits: %u",
                         1 + (unsigned)below(maker, node->parallelism * 3));
    if (maker->profile == RANDOM_JOB_ANYTHING && chance(maker, 15))
        snap_text_add_string(maker->text, ", replayable: false");
    put_source_time(maker);
    put_cost(maker, 1);
}

static void add_sequence(struct maker *maker)
{
    struct node *node = add_node(maker, "seq");
    unsigned records =
        20 + (unsigned)below(maker, is_real_time(maker) || chance(maker, 50) ? 200 : 1500);

    begin(maker, node, "sequence");
    /* A source that never ends beside others that do; the job is stopped. */
    if (chance(maker, 8) && !is_real_time(maker) && !is_wide(maker)) {
        snap_text_printf(maker->text, ", rate: %u/s, keys: 20", 50 + (unsigned)below(maker, 150));
        put_cost(maker, 1);
        end(maker);
        return;
    }
    snap_text_printf(maker->text, ", count: %u", records);
    if (chance(maker, 80)) {
        snap_text_printf(maker->text, ", keys: %u", 1 + (unsigned)below(maker, 40));
        if (chance(maker, 50))
            snap_text_printf(maker->text, ", distribution: %s",
                             PICK(maker, "uniform", "zipf(1.1)", "hot(0.8)"));
    }
    put_source_options(maker, node, records);
    end(maker);
}

static void put_words(struct maker *maker)
{
    unsigned words = (unsigned)below(maker, 6);

    snap_text_add_string(maker->text, "\"");
    for (unsigned i = 0; i < words; i++)
        snap_text_printf(maker->text, "%sw%u", i ? " " : "", (unsigned)below(maker, 12));
    snap_text_add_string(maker->text, "\"");
}

static void add_list(struct maker *maker)
{
    struct node *node = add_node(maker, "list");
    unsigned records = 1 + (unsigned)below(maker, 120);

    node->key_is_text = chance(maker, 50);
    node->value_is_text = chance(maker, 70);
    begin(maker, node, "list");
    snap_text_add_string(maker->text, ", records: [");
    for (unsigned i = 0; i < records; i++) {
        snap_text_printf(maker->text, node->key_is_text ? "%s[\"k%u\", " : "%s[%u, ", i ? ", " : "",
                         (unsigned)below(maker, 20));
        if (node->value_is_text)
            put_words(maker);
        else
            snap_text_printf(maker->text, "%u", (unsigned)below(maker, 1000));
        snap_text_add_string(maker->text, "]");
    }
    snap_text_add_string(maker->text, "]");
    put_source_options(maker, node, records);
    end(maker);
}

/* ---- inputs ---- */

static bool same_schema(const struct node *a, const struct node *b)
{
    return a->key_is_text == b->key_is_text && a->value_is_text == b->value_is_text;
}

/* An operator without consumers if there is one, sometimes any: then its output forks. */
static struct node *pick_input(struct maker *maker, unsigned others)
{
    unsigned first = (unsigned)below(maker, others);

    for (unsigned i = 0; i < others && !chance(maker, 25); i++) {
        struct node *node = &maker->nodes[(first + i) % others];

        if (!node->is_sink && node->consumers == 0)
            return node;
    }
    for (unsigned i = 0;; i++) {
        struct node *node = &maker->nodes[(first + i) % others];

        if (!node->is_sink)
            return node;
    }
}

static void put_input(struct maker *maker, struct node *node, struct node *input, bool keyed)
{
    static const char *const ships[] = {"rebalance", "rescale", "hash",   "hash",
                                        "broadcast", "global",  "shuffle"};
    const char *ship = keyed ? "hash" : NULL;
    unsigned copies = 1;

    if (!keyed && chance(maker, is_wide(maker) ? 90 : 60))
        ship = ships[below(maker, 7)];
    if (!ship && chance(maker, 50) && node->parallelism == input->parallelism)
        ship = "forward";
    /* What is not written down depends on the parallelisms. */
    if (maker->rescales && !keyed && (!ship || ship[0] == 'f'))
        ship = ships[restart_below(maker, 7)];
    if (maker->has_custom && !keyed && ship && restart_chance(maker, 30))
        ship = "custom";
    if (ship && ship[0] == 'b') {
        if (input->weight * node->parallelism > 16)
            ship = "rebalance";
        else
            copies = node->parallelism;
    }
    input->consumers++;
    node->weight += input->weight * copies;
    snap_text_printf(maker->text, "{uid: %s%u", input->kind, input->number);
    if (ship)
        snap_text_printf(maker->text, ", ship: %s", ship);
    snap_text_add_string(maker->text, "}");
}

/* The first input is given; up to two more of the same schema. */
static void put_inputs(struct maker *maker, struct node *node, struct node *input, bool keyed)
{
    unsigned more = chance(maker, is_wide(maker) ? 70 : 35) ? 1 + (unsigned)below(maker, 2) : 0;

    node->weight = 0;
    snap_text_add_string(maker->text, ", inputs: [");
    put_input(maker, node, input, keyed);
    for (unsigned i = 0; i < more; i++) {
        struct node *other = pick_input(maker, node->number);

        if (!same_schema(other, input) || other == input || other->weight + node->weight > 24)
            continue;
        snap_text_add_string(maker->text, ", ");
        put_input(maker, node, other, keyed);
    }
    snap_text_add_string(maker->text, "]");
}

/* ---- operators ---- */

static void put_map_function(struct maker *maker, struct node *node)
{
    if (!is_exact(maker) && chance(maker, 10)) {
        snap_text_printf(maker->text, ", function: roll %u", 1 + (unsigned)below(maker, 99));
        node->value_is_text = false;
    } else if (node->value_is_text && chance(maker, 50)) {
        snap_text_add_string(maker->text, ", function: to-lower");
    } else if (!node->value_is_text && chance(maker, 40)) {
        snap_text_printf(maker->text, ", function: add %u", (unsigned)below(maker, 100));
    } else if (!node->key_is_text && chance(maker, 40)) {
        snap_text_printf(maker->text, ", function: key-modulo %u", 1 + (unsigned)below(maker, 9));
    } else if (chance(maker, 30)) {
        snap_text_add_string(maker->text, ", function: key-by-value");
        node->key_is_text = node->value_is_text;
    }
}

static void put_filter(struct maker *maker, const struct node *node)
{
    if (!node->value_is_text && chance(maker, 40))
        snap_text_printf(maker->text, ", keep: value > %u", (unsigned)below(maker, 50));
    else if (chance(maker, 20))
        snap_text_printf(maker->text, node->key_is_text ? ", keep: key = k%u" : ", keep: key = %u",
                         (unsigned)below(maker, 5));
    else
        snap_text_printf(maker->text, ", keep: 1/%u", 1 + (unsigned)below(maker, 4));
}

static void put_reduce(struct maker *maker, const struct node *node)
{
    snap_text_printf(maker->text, ", function: %s",
                     node->value_is_text ? PICK(maker, "min", "max", "last", "concat")
                                         : PICK(maker, "min", "max", "last"));
}

/* Both inputs of an operator that tells them apart; false: nothing fits the first one. */
static bool put_two_inputs(struct maker *maker, struct node *node, struct node *input, bool keyed)
{
    for (unsigned i = 0; i < 8; i++) {
        struct node *other = pick_input(maker, node->number);

        if (!same_schema(other, input) || other == input || other->weight + input->weight > 8)
            continue;
        node->weight = 0;
        snap_text_add_string(maker->text, ", inputs: [");
        put_input(maker, node, input, keyed);
        snap_text_add_string(maker->text, ", ");
        put_input(maker, node, other, keyed);
        snap_text_add_string(maker->text, "]");
        return true;
    }
    return false;
}

static bool has_partner(const struct maker *maker, const struct node *input)
{
    for (unsigned i = 0; i < maker->count; i++)
        if (&maker->nodes[i] != input && !maker->nodes[i].is_sink &&
            same_schema(&maker->nodes[i], input) && maker->nodes[i].weight + input->weight <= 8)
            return true;
    return false;
}

static void put_function(struct maker *maker, const char *which, const struct node *node)
{
    if (!node->value_is_text && chance(maker, 60))
        snap_text_printf(maker->text, ", %s: add %u", which, (unsigned)below(maker, 9));
    else if (!node->key_is_text && chance(maker, 50))
        snap_text_printf(maker->text, ", %s: key-modulo %u", which, 1 + (unsigned)below(maker, 9));
}

/* The rules go to all subtasks, the data anywhere. */
static void put_rules_inputs(struct maker *maker, struct node *node, struct node *input,
                             struct node *rules)
{
    node->weight = 0;
    snap_text_add_string(maker->text, ", inputs: [");
    put_input(maker, node, input, false);
    rules->consumers++;
    snap_text_printf(maker->text, ", {uid: %s%u, ship: broadcast}]", rules->kind, rules->number);
}

/* Operators with two inputs; false: there is no second one. */
static bool add_two_input_operator(struct maker *maker, struct node *input)
{
    static const char *const types[] = {"join", "join", "co-map", "broadcast-rules"};
    const char *type = types[below(maker, 4)];
    struct node *node;

    if (!has_partner(maker, input))
        return false;
    node = add_node(maker, "op");
    node->key_is_text = input->key_is_text;
    node->value_is_text = input->value_is_text;
    begin(maker, node, type);
    if (type[0] == 'b') {
        struct node *rules = input;

        while (rules == input || !same_schema(rules, input) || rules->is_sink ||
               rules->weight + input->weight > 8)
            rules = &maker->nodes[below(maker, node->number)];
        put_rules_inputs(maker, node, input, rules);
    } else {
        while (!put_two_inputs(maker, node, input, type[0] == 'j'))
            continue;
    }
    if (type[0] == 'j') {
        snap_text_printf(maker->text, ", keep: %u", 1 + (unsigned)below(maker, 4));
        node->weight *= 2;
    } else if (type[0] == 'c') {
        put_function(maker, "first", node);
        put_function(maker, "second", node);
    }
    put_cost(maker, node->weight);
    end(maker);
    return true;
}

static void put_flat_map(struct maker *maker, struct node *node)
{
    unsigned least = (unsigned)below(maker, 3);
    unsigned most = least + 1 + (unsigned)below(maker, 3);

    if (chance(maker, 50))
        snap_text_printf(maker->text, ", fan-out: \"uniform(%u, %u)\"", least, most);
    else
        snap_text_printf(maker->text, ", fan-out: %u", most);
    node->weight *= most;
}

static void put_async(struct maker *maker)
{
    snap_text_add_string(maker->text, ", delay: ");
    put_law(maker, is_real_time(maker) ? 300000 : chance(maker, 50) ? 200000 : 20000000);
    snap_text_printf(maker->text, ", capacity: %u, output: %s", 1 + (unsigned)below(maker, 40),
                     PICK(maker, "ordered", "unordered"));
}

/* Operators with one input that are not among the everyday ones. */
static void add_special_operator(struct maker *maker, struct node *input)
{
    const char *type = PICK(maker, "flat-map", "async", "async", "union-count", "record-order");
    struct node *node;

    if (type[0] == 'f' && input->weight > 6)
        type = "async";
    node = add_node(maker, "op");
    node->key_is_text = input->key_is_text;
    node->value_is_text = input->value_is_text && type[0] != 'u';
    begin(maker, node, type);
    put_inputs(maker, node, input, false);
    if (type[0] == 'f')
        put_flat_map(maker, node);
    else if (type[0] == 'a')
        put_async(maker);
    put_cost(maker, node->weight);
    end(maker);
}

/* What is to come between sources and sinks; the schema is that of its input until changed. */
static void add_operator(struct maker *maker)
{
    struct node *input = pick_input(maker, maker->count);
    struct node *node = add_node(maker, "op");
    const char *type = PICK(maker, "map", "map", "filter", "count", "sum", "reduce", "union",
                            "pass-through", "pass-through", "split-words", "split-words");
    bool keyed;

    if (type[0] == 's' && type[1] == 'u' && input->value_is_text)
        type = "count";
    if (type[0] == 's' && type[1] == 'p' && !input->value_is_text)
        type = "count";
    keyed = type[0] == 'c' || type[0] == 'r' || (type[0] == 's' && type[1] == 'u');
    node->key_is_text = input->key_is_text;
    node->value_is_text = input->value_is_text;
    if (maker->event_time && type[0] == 'p' && time_chance(maker, 50))
        type = "watermarks";
    if (maker->event_time && keyed && !is_wide(maker) && time_chance(maker, 60))
        type = "window";
    else if (maker->event_time && keyed && !input->value_is_text && time_chance(maker, 30))
        type = input->key_is_text ? "zoo-string" : "zoo-long";
    begin(maker, node, type);
    put_inputs(maker, node, input, keyed);
    if (type[0] == 'm')
        put_map_function(maker, node);
    else if (type[0] == 'f')
        put_filter(maker, node);
    else if (type[0] == 'r')
        put_reduce(maker, node);
    else if (type[0] == 'w' && type[1] == 'a')
        put_watermarks(maker);
    else if (type[0] == 'w')
        put_window(maker, node);
    if (type[0] == 's' && type[1] == 'p') {
        node->key_is_text = true;
        node->value_is_text = false;
        node->weight *= 3;
    } else if (type[0] == 'c' || (type[0] == 'w' && type[1] == 'i')) {
        node->value_is_text = false;
    }
    put_cost(maker, node->weight);
    end(maker);
}

static void add_any_operator(struct maker *maker)
{
    struct node *input;

    if (is_wide(maker) || chance(maker, 70)) {
        add_operator(maker);
        return;
    }
    input = pick_input(maker, maker->count);
    if (!chance(maker, 40) || !add_two_input_operator(maker, input))
        add_special_operator(maker, input);
}

static void add_sink(struct maker *maker, struct node *input)
{
    const char *type = PICK(maker, "collect", "collect", "file-sink", "file-sink", "discard");
    struct node *node = add_node(maker, "sink");

    node->is_sink = true;
    if (!is_exact(maker) && chance(maker, 15))
        type = "table";
    begin(maker, node, type);
    put_inputs(maker, node, input, false);
    if (type[0] == 'f') {
        snap_text_printf(maker->text, ", path: out%u, delivery: %s", node->number,
                         is_exact(maker) || chance(maker, 50) ? "exactly-once"
                         : chance(maker, 50)                  ? "at-least-once"
                                                              : "none");
    }
    if (maker->congested && chance(maker, 80))
        put_slow_cost(maker, node->weight);
    else
        put_cost(maker, node->weight);
    end(maker);
}

static void put_operators(struct maker *maker)
{
    unsigned sources = 1 + (unsigned)below(maker, 3);
    unsigned operators = 1 + (unsigned)below(maker, 6);

    snap_text_add_string(maker->text, "operators:\n");
    for (unsigned i = 0; i < sources; i++) {
        if (chance(maker, 65))
            add_sequence(maker);
        else
            add_list(maker);
    }
    maker->sources = maker->count;
    for (unsigned i = 0; i < operators; i++)
        add_any_operator(maker);
    for (unsigned i = 0; i < maker->count; i++)
        if (!maker->nodes[i].is_sink && maker->nodes[i].consumers == 0)
            add_sink(maker, &maker->nodes[i]);
    if (maker->count < NODES_MAX && chance(maker, 20))
        add_sink(maker, pick_input(maker, maker->count));
}

/* ---- config ---- */

static void put_key(struct maker *maker, const char *key, const char *value)
{
    snap_text_printf(maker->text, "  %s: %s\n", key, value);
}

static void put_ms(struct maker *maker, const char *key, uint64_t ms)
{
    snap_text_printf(maker->text, "  %s: %" PRIu64 " ms\n", key, ms);
}

static void put_number(struct maker *maker, const char *key, uint64_t number)
{
    snap_text_printf(maker->text, "  %s: %" PRIu64 "\n", key, number);
}

/* Whether failed checkpoints never fail the job. */
static bool is_patient(const struct maker *maker)
{
    return is_real_time(maker) || is_wide(maker);
}

/* Checkpoints overlap and expire while their acknowledgements are on the way. */
static void put_short_checkpoints(struct maker *maker)
{
    put_ms(maker, "execution.checkpointing.interval", 10);
    put_number(maker, "execution.checkpointing.max-concurrent-checkpoints", 3 + below(maker, 4));
    put_ms(maker, "execution.checkpointing.timeout", 15 + below(maker, 60));
    put_number(maker, "execution.checkpointing.tolerable-failed-checkpoints", 1000000);
}

/* Who restores output data, and whether checkpoints wait for that. */
static void put_channel_recovery(struct maker *maker)
{
    if (maker->profile == RANDOM_JOB_ANYTHING && restart_chance(maker, 10))
        put_number(maker, "execution.state-recovery.without-channel-state.checkpoint-id",
                   1 + restart_below(maker, 4));
    if (!maker->is_newest || !restart_chance(maker, 40))
        return;
    put_key(maker, "execution.checkpointing.unaligned.recover-output-on-downstream.enabled",
            "true");
    if (restart_chance(maker, 60))
        put_key(maker, "execution.checkpointing.during-recovery.enabled", "true");
}

/* Unaligned at once, or when barriers have waited for a while. */
static void put_overtaking(struct maker *maker)
{
    maker->overtakes = true;
    maker->congested = maker->loses_channels || chance(maker, 60);
    put_key(maker, "execution.checkpointing.unaligned.enabled", "true");
    maker->forces = chance(maker, 15);
    if (maker->forces)
        put_key(maker, "execution.checkpointing.unaligned.forced", "true");
    maker->has_custom = maker->forces;
    if (chance(maker, 60))
        put_ms(maker, "execution.checkpointing.aligned-checkpoint-timeout",
               chance(maker, 50) ? 1 + below(maker, 5) : 1 + below(maker, 60));
    put_channel_recovery(maker);
    if (restart_chance(maker, 50))
        put_key(maker, "execution.checkpointing.unaligned.interruptible-timers.enabled", "true");
}

static void put_checkpoints(struct maker *maker)
{
    if (!maker->checkpoints)
        return;
    if (maker->late_acks) {
        put_short_checkpoints(maker);
        return;
    }
    put_ms(maker, "execution.checkpointing.interval",
           10 + below(maker, is_real_time(maker) || chance(maker, 70) ? 60 : 400));
    if (maker->at_least_once)
        put_key(maker, "execution.checkpointing.mode", "AT_LEAST_ONCE");
    if (chance(maker, 25))
        put_ms(maker, "execution.checkpointing.min-pause", below(maker, 50));
    maker->has_custom = restart_chance(maker, 15);
    if (!maker->at_least_once && (maker->loses_channels || chance(maker, 45)))
        put_overtaking(maker);
    else if (chance(maker, 25))
        put_number(maker, "execution.checkpointing.max-concurrent-checkpoints",
                   1 + below(maker, 3));
    maker->checkpoints_expire = !is_real_time(maker) && chance(maker, 40);
    if (maker->checkpoints_expire)
        put_ms(maker, "execution.checkpointing.timeout", 10 + below(maker, 100));
    else if (maker->overtakes)
        /* A barrier that overtook before edges that have to be aligned may hold up what others wait
         * for, until the checkpoint expires. */
        put_ms(maker, "execution.checkpointing.timeout", is_real_time(maker) ? 1000 : 3000);
    if (is_patient(maker) || chance(maker, 85))
        put_number(maker, "execution.checkpointing.tolerable-failed-checkpoints",
                   is_patient(maker) || chance(maker, 70) ? 1000000 : below(maker, 3));
    if (chance(maker, 30))
        put_number(maker, "execution.checkpointing.num-retained", 1 + below(maker, 3));
    if (maker->profile != RANDOM_JOB_THREADS && chance(maker, 15))
        put_key(maker, "execution.checkpointing.checkpoints-after-tasks-finish", "false");
}

/* Nothing that barriers overtake may be given to an exchange that is pointwise after the start. */
static void put_retention(struct maker *maker)
{
    if (!maker->checkpoints || maker->profile == RANDOM_JOB_SABOTAGED)
        return;
    maker->restarts = restart_chance(maker, maker->overtakes ? 45 : 12);
    if (!maker->restarts)
        return;
    maker->rescales = restart_chance(maker, 80);
    put_key(maker, "execution.checkpointing.externalized-checkpoint-retention",
            "RETAIN_ON_CANCELLATION");
}

static const char *draw_backend(struct maker *maker)
{
    return snap_rocksdb_version() && files_chance(maker, 60) ? "rocksdb" : "hashmap";
}

/* Inside `_metadata`, beside it, and shared. */
static void put_files(struct maker *maker)
{
    if (!has_files(maker))
        return;
    put_key(maker, "execution.checkpointing.dir", "cp");
    put_key(maker, "state.backend.type", draw_backend(maker));
    put_key(maker, "execution.checkpointing.incremental",
            files_chance(maker, 70) ? "true" : "false");
    snap_text_printf(maker->text, "  execution.checkpointing.data-inline-threshold: %u b\n",
                     (unsigned)(files_chance(maker, 60) ? files_below(maker, 300) : 20480));
    if (maker->overtakes && files_chance(maker, 40))
        put_number(maker, "execution.checkpointing.unaligned.max-subtasks-per-channel-state-file",
                   1 + files_below(maker, 5));
    maker->rescales = maker->rescales || files_chance(maker, 80);
}

/* Materializations come many times in a short run. */
static void put_changelog(struct maker *maker)
{
    struct snap_rng *rng = &maker->log_rng;

    if (!maker->checkpoints || maker->profile == RANDOM_JOB_SABOTAGED ||
        snap_rng_below(rng, 100) >= 25)
        return;
    put_key(maker, "state.changelog.enabled", "true");
    put_key(maker, "state.changelog.storage", snap_rng_below(rng, 3) ? "filesystem" : "memory");
    put_ms(maker, "state.changelog.periodic-materialize.interval", 1 + snap_rng_below(rng, 60));
    put_number(maker, "state.changelog.max-failures-allowed",
               maker->profile == RANDOM_JOB_ANYTHING ? snap_rng_below(rng, 4) : 1000);
}

static void put_restart(struct maker *maker)
{
    const char *type = PICK(maker, "fixed-delay", "fixed-delay", "failure-rate",
                            "exponential-delay", "none", "default");
    uint64_t attempts = 1000000;

    if (maker->profile != RANDOM_JOB_ANYTHING && (type[0] == 'n' || type[0] == 'd'))
        type = "fixed-delay";
    if (type[0] == 'd')
        return;
    put_key(maker, "restart-strategy.type", type);
    if (maker->profile == RANDOM_JOB_ANYTHING)
        attempts = 1 + below(maker, 20);
    if (type[1] == 'i') {
        put_number(maker, "restart-strategy.fixed-delay.attempts", attempts);
        put_ms(maker, "restart-strategy.fixed-delay.delay", below(maker, 100));
    } else if (type[1] == 'a') {
        put_number(maker, "restart-strategy.failure-rate.max-failures-per-interval", attempts);
        put_ms(maker, "restart-strategy.failure-rate.delay", below(maker, 100));
    } else if (type[0] == 'e') {
        put_ms(maker, "restart-strategy.exponential-delay.initial-backoff", 1 + below(maker, 20));
        put_ms(maker, "restart-strategy.exponential-delay.max-backoff", 100);
    }
}

/* So few that some channels, or all, have no buffers of their own. */
static void put_gate_limit(struct maker *maker)
{
    if (restart_chance(maker, 10))
        put_number(maker, "taskmanager.network.memory.read-buffer.required-per-gate.max",
                   1 + restart_below(maker, 8));
}

/* Sizes change many times in a short run. */
static void put_debloating(struct maker *maker)
{
    put_key(maker, "taskmanager.network.memory.buffer-debloat.enabled", "true");
    put_ms(maker, "taskmanager.network.memory.buffer-debloat.period", 1 + below(maker, 20));
    put_ms(maker, "taskmanager.network.memory.buffer-debloat.target", 1 + below(maker, 30));
    put_number(maker, "taskmanager.network.memory.buffer-debloat.samples", 1 + below(maker, 8));
    put_number(maker, "taskmanager.network.memory.buffer-debloat.threshold-percentages",
               below(maker, 40));
    put_key(maker, "taskmanager.memory.min-segment-size", PICK(maker, "1 b", "30 b", "256 b"));
    if (chance(maker, 70))
        put_key(maker, "taskmanager.memory.starting-segment-size",
                PICK(maker, "256 b", "700 b", "2 kb", "4 kb"));
}

static void put_network(struct maker *maker)
{
    if (chance(maker, 60))
        put_key(maker, "execution.buffer-timeout.interval",
                PICK(maker, "0 ms", "1 ms", "3 ms", "20 ms", "100 ms"));
    else if (chance(maker, 15))
        put_key(maker, "execution.buffer-timeout.enabled", "false");
    if (chance(maker, 60))
        put_key(maker, "taskmanager.memory.segment-size",
                maker->congested ? PICK(maker, "4 kb", "4 kb", "4 kb", "8 kb")
                                 : PICK(maker, "4 kb", "4 kb", "8 kb", "32 kb"));
    if (chance(maker, 20))
        put_number(maker, "taskmanager.network.memory.buffers-per-channel", below(maker, 4));
    if (chance(maker, 20))
        put_number(maker, "taskmanager.network.memory.floating-buffers-per-gate",
                   1 + below(maker, 8));
    if (chance(maker, 20))
        put_number(maker, "taskmanager.network.memory.max-buffers-per-channel",
                   2 + below(maker, 8));
    if (chance(maker, 20))
        put_number(maker, "taskmanager.network.memory.max-overdraft-buffers-per-gate",
                   below(maker, 6));
    if (chance(maker, 30))
        put_debloating(maker);
}

static void put_config(struct maker *maker)
{
    snap_text_add_string(maker->text, "config:\n");
    put_number(maker, "parallelism.default", maker->parallelism);
    maker->chains = !chance(maker, 30);
    if (!maker->chains)
        put_key(maker, "pipeline.operator-chaining.enabled", "false");
    maker->slots = 1;
    if (chance(maker, 50)) {
        maker->slots = 1 + (unsigned)below(maker, 4);
        put_number(maker, "taskmanager.numberOfTaskSlots", maker->slots);
    }
    if (maker->profile != RANDOM_JOB_ANYTHING || chance(maker, 70))
        put_key(maker, "high-availability.type", "zookeeper");
    put_ms(maker, "heartbeat.timeout", 60 + below(maker, 300));
    if (maker->event_time && time_chance(maker, 70))
        snap_text_printf(maker->text, "  pipeline.auto-watermark-interval: %u ms\n",
                         (unsigned)(time_chance(maker, 80) ? 1 + time_below(maker, 20)
                                                           : time_below(maker, 200)));
    put_checkpoints(maker);
    put_retention(maker);
    put_files(maker);
    put_changelog(maker);
    put_gate_limit(maker);
    put_restart(maker);
    put_network(maker);
}

/* What a checkpoint takes of the JobManager and of the cores that subtasks share. */
static void put_load(struct maker *maker)
{
    static const char *const triggers[] = {"1 ns", "300 us", "5 ms", "70 ms"};
    static const char *const turns[] = {"1 ns", "40 us", "900 us", "5 ms"};

    if (snap_rng_below(&maker->load_rng, 100) < 20)
        snap_text_printf(maker->text, "  trigger: %s\n",
                         triggers[snap_rng_below(&maker->load_rng, 4)]);
    if (snap_rng_below(&maker->load_rng, 100) < 25)
        snap_text_printf(maker->text, "  unaligned-turn: %s\n",
                         turns[snap_rng_below(&maker->load_rng, 4)]);
}

static void put_model(struct maker *maker)
{
    snap_text_add_string(maker->text, "model:\n");
    if (chance(maker, 30))
        snap_text_printf(maker->text, "  record-size: %s\n", PICK(maker, "8 b", "500 b", "2 kb"));
    if (chance(maker, 50))
        snap_text_printf(maker->text, "  snapshot-sync: %s\n",
                         is_real_time(maker) ? "1 ms"
                                             : PICK(maker, "1 ns", "100 us", "1 ms", "7 ms"));
    if (chance(maker, 90))
        snap_text_printf(maker->text, "  takeover: %u ms\n", (unsigned)below(maker, 60));
    snap_text_add_string(maker->text, "  network: {");
    snap_text_printf(maker->text, "latency: %s, local-latency: %s",
                     PICK(maker, "1 ns", "50 ns", "3 us", "20 us", "200 us", "200 us", "2 ms"),
                     PICK(maker, "1 ns", "700 ns", "20 us", "20 us", "100 us"));
    if (!is_real_time(maker) && chance(maker, 60))
        snap_text_printf(maker->text, ", bandwidth: %s",
                         PICK(maker, "1 mb/s", "10 mb/s", "100 mb/s", "1 gb/s"));
    if (chance(maker, 20))
        snap_text_printf(maker->text, ", jobmanager-latency: %s",
                         PICK(maker, "1 ns", "30 us", "4 ms"));
    snap_text_add_string(maker->text, "}\n");
    if (chance(maker, 20))
        snap_text_printf(maker->text, "  startup: %s\n", PICK(maker, "1 ns", "1 ms", "40 ms"));
    put_load(maker);
    snap_text_add_string(maker->text, "  storage: {");
    if (chance(maker, 15))
        snap_text_printf(maker->text, "per-file: %s, ", PICK(maker, "1 ns", "500 us", "3 ms"));
    if (is_real_time(maker))
        snap_text_add_string(maker->text, "latency: 1 ms, bandwidth: 100 mb/s}\n");
    else
        snap_text_printf(maker->text, "latency: %s, bandwidth: %s}\n",
                         PICK(maker, "1 ns", "1 ms", "5 ms", "20 ms"),
                         maker->profile == RANDOM_JOB_ANYTHING
                             ? PICK(maker, "100 kb/s", "1 mb/s", "100 mb/s")
                             : PICK(maker, "10 mb/s", "10 mb/s", "100 mb/s"));
}

/* ---- timeline ---- */

static void put_subtask(struct maker *maker)
{
    const struct node *node = &maker->nodes[below(maker, maker->count)];

    snap_text_printf(maker->text, "%s%u[%u]", node->kind, node->number,
                     (unsigned)below(maker, node->parallelism));
}

static const struct node *pick_sink(struct maker *maker)
{
    for (;;) {
        const struct node *node = &maker->nodes[below(maker, maker->count)];

        if (node->is_sink)
            return node;
    }
}

static void put_subtask_of(struct maker *maker, const struct node *node)
{
    snap_text_printf(maker->text, "%s%u[%u]", node->kind, node->number,
                     (unsigned)below(maker, node->parallelism));
}

/* A step, and who takes it, without quotes. */
static void put_step(struct maker *maker)
{
    enum snap_fault_step step = (enum snap_fault_step)below(maker, SNAP_STEP_COUNT);
    const struct snap_fault_step_info *info = snap_fault_step_get(step);

    snap_text_printf(maker->text, "%s %s of checkpoint ", PICK(maker, "before", "after"),
                     info->name);
    if (chance(maker, 40))
        snap_text_add_string(maker->text, "any");
    else
        snap_text_printf(maker->text, "%u", 1 + (unsigned)below(maker, 6));
    if (info->at_job_manager)
        return;
    snap_text_add_string(maker->text, " at ");
    if (step == SNAP_STEP_COMMIT || step == SNAP_STEP_PRE_COMMIT)
        put_subtask_of(maker, pick_sink(maker));
    else
        put_subtask(maker);
}

/* An event of one of the checkpoints, without quotes. */
static void put_checkpoint_event(struct maker *maker)
{
    static const char *const sentences[] = {
        "received barrier %u",
        "blocked for checkpoint %u",
        "unblocked for checkpoint %u",
        "was triggered for checkpoint %u",
        "started snapshot %u",
        "sent barrier %u",
        "took snapshot %u",
        "stored snapshot %u",
        "acknowledged checkpoint %u",
        "heard that checkpoint %u completed",
        "declined checkpoint %u",
        "heard that checkpoint %u aborted",
        "restored checkpoint %u",
        "sent cancellation of checkpoint %u",
    };
    unsigned checkpoint = 1 + (unsigned)below(maker, 6);
    const char *sentence = sentences[below(maker, sizeof(sentences) / sizeof(sentences[0]))];

    if (chance(maker, 40)) {
        snap_text_printf(maker->text, "checkpoint %u %s", checkpoint,
                         PICK(maker, "triggered", "completed", "completed", "aborted"));
        return;
    }
    snap_text_add_string(maker->text, "subtask ");
    put_subtask(maker);
    snap_text_add_string(maker->text, " ");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snap_text_printf(maker->text, sentence, checkpoint);
#pragma GCC diagnostic pop
}

/* An event in words, without quotes. */
static void put_event(struct maker *maker)
{
    if (chance(maker, 30)) {
        put_step(maker);
    } else if (chance(maker, 60)) {
        put_checkpoint_event(maker);
    } else if (chance(maker, 40)) {
        snap_text_add_string(maker->text,
                             PICK(maker, "job failed over", "job became RUNNING", "storage stalled",
                                  "jobmanager lost", "jobmanager took over"));
    } else {
        snap_text_add_string(maker->text, "subtask ");
        put_subtask(maker);
        snap_text_printf(maker->text, " %s",
                         PICK(maker, "sent a buffer", "queued a buffer", "received a buffer",
                              "used up a buffer", "sent credit", "became RUNNING", "paused",
                              "finished", "saw a channel end", "changed its state",
                              "changed its state", "changed its state"));
    }
}

/* How often: mostly once. */
static void put_repetition(struct maker *maker, bool on_event)
{
    if (chance(maker, 75))
        return;
    if (!on_event)
        snap_text_printf(maker->text, ", every: %u ms, times: %u", 5 + (unsigned)below(maker, 80),
                         1 + (unsigned)below(maker, 4));
    if (on_event || chance(maker, 50))
        snap_text_printf(maker->text, ", probability: 0.%u", 1 + (unsigned)below(maker, 9));
    if (on_event)
        snap_text_printf(maker->text, ", times: %u", 1 + (unsigned)below(maker, 4));
}

static void put_moment(struct maker *maker, bool with_delay)
{
    uint64_t most_us = is_real_time(maker) ? 150000 : 1500000;

    if (chance(maker, 50)) {
        if (chance(maker, 50))
            most_us /= 8;
        snap_text_printf(maker->text, "at: %" PRIu64 " us", below(maker, most_us));
        put_repetition(maker, false);
        return;
    }
    snap_text_add_string(maker->text, "when: \"");
    put_event(maker);
    snap_text_add_string(maker->text, "\"");
    if (with_delay && chance(maker, 40))
        snap_text_printf(maker->text, ", delay: %u ms", (unsigned)below(maker, 40));
    put_repetition(maker, true);
}

static void put_crash(struct maker *maker)
{
    snap_text_add_string(maker->text, "crash: \"");
    put_subtask(maker);
    snap_text_add_string(maker->text, "\"");
}

/* A TaskManager that the job runs on: enough slots for its widest operator. */
static void put_task_manager_crash(struct maker *maker)
{
    unsigned widest = 1;
    unsigned managers;

    for (unsigned i = 0; i < maker->count; i++)
        if (maker->nodes[i].parallelism > widest)
            widest = maker->nodes[i].parallelism;
    managers = (widest + maker->slots - 1) / maker->slots;
    snap_text_printf(maker->text, "crash: \"tm[%u]\"", (unsigned)below(maker, managers));
    if (chance(maker, 40))
        snap_text_printf(maker->text, ", detect: %s",
                         is_real_time(maker) ? "connection"
                                             : PICK(maker, "connection", "heartbeat"));
}

/* A lost acknowledgement stops all checkpoints, unless they expire. */
static void put_message_fault(struct maker *maker)
{
    const char *message = PICK(maker, "ack", "notification", "abort-notification");
    const char *fault = PICK(maker, "lose", "delay", "duplicate");

    if (fault[0] == 'l' && strcmp(message, "ack") == 0 && !maker->checkpoints_expire)
        fault = "duplicate";
    snap_text_printf(maker->text, "%s: {message: %s", fault, message);
    if (chance(maker, 40)) {
        snap_text_add_string(maker->text, ", subtask: \"");
        put_subtask(maker);
        snap_text_add_string(maker->text, "\"");
    }
    if (chance(maker, 40))
        snap_text_printf(maker->text, ", checkpoint: %u", 1 + (unsigned)below(maker, 6));
    if (chance(maker, 40))
        snap_text_printf(maker->text, ", count: %u", 1 + (unsigned)below(maker, 5));
    if (fault[1] == 'e' || (fault[0] == 'd' && chance(maker, 50)))
        snap_text_printf(maker->text, ", by: %u ms", (unsigned)below(maker, 200));
    snap_text_add_string(maker->text, "}");
}

static void put_storage_fault(struct maker *maker)
{
    if (chance(maker, 30))
        snap_text_printf(maker->text, "fail-storage: %u ms", 1 + (unsigned)below(maker, 80));
    else if (chance(maker, 30))
        snap_text_printf(maker->text, "stall-storage: %u ms", 1 + (unsigned)below(maker, 80));
    else if (chance(maker, 40))
        snap_text_printf(maker->text, "fill-storage: %u ms", 1 + (unsigned)below(maker, 80));
    else
        snap_text_printf(maker->text, "slow-storage: {for: %u ms, factor: %u}",
                         1 + (unsigned)below(maker, 300), 1 + (unsigned)below(maker, 20));
}

/* A source that has channels: a chained one may send to nobody. */
static const struct node *pick_sender(struct maker *maker)
{
    const struct node *node = &maker->nodes[below(maker, maker->sources)];

    return node->is_cut || !maker->chains ? node : NULL;
}

/* A subtask that stands still, or works at another speed, or what it sends does. */
static void put_slowness(struct maker *maker)
{
    const struct node *sender = chance(maker, 60) ? pick_sender(maker) : NULL;
    bool pauses = chance(maker, 40);

    snap_text_printf(maker->text, "%s: {%s: \"", pauses ? "pause" : "speed",
                     sender ? "from" : "subtask");
    if (sender)
        put_subtask_of(maker, sender);
    else
        put_subtask(maker);
    snap_text_add_string(maker->text, "\"");
    if (!pauses)
        snap_text_printf(maker->text, ", factor: %s",
                         PICK(maker, "0.002", "0.01", "0.1", "0.5", "0.9", "1.5", "3", "20"));
    snap_text_printf(maker->text, ", for: %u ms}", (unsigned)below(maker, 300));
}

static void put_action(struct maker *maker)
{
    unsigned kind = (unsigned)below(maker, 100);

    snap_text_add_string(maker->text, "  - {");
    put_moment(maker, kind < 70 || kind >= 80);
    snap_text_add_string(maker->text, ", optional: true, ");
    if (kind < 35) {
        put_crash(maker);
    } else if (kind < 45) {
        put_task_manager_crash(maker);
    } else if (kind < 52) {
        snap_text_add_string(maker->text, "crash: jobmanager");
    } else if (kind < 58) {
        snap_text_printf(maker->text, "decline: {checkpoint: %u, subtask: \"",
                         1 + (unsigned)below(maker, 5));
        put_subtask(maker);
        snap_text_add_string(maker->text, "\"}");
    } else if (kind < 66) {
        put_storage_fault(maker);
    } else if (kind < 70) {
        snap_text_printf(maker->text, "checkpoint: %s", PICK(maker, "full", "configured"));
    } else if (kind < 80) {
        put_message_fault(maker);
    } else if (kind < 97 || maker->profile != RANDOM_JOB_ANYTHING) {
        put_slowness(maker);
    } else {
        snap_text_add_string(maker->text, "corrupt: {checkpoint: latest, subtask: \"");
        put_subtask(maker);
        snap_text_add_string(maker->text, "\"}");
    }
    snap_text_add_string(maker->text, "}\n");
}

/* A crash soon after a completed checkpoint: what that one holds wrongly comes to light. */
static void put_crash_after_checkpoint(struct maker *maker)
{
    snap_text_printf(maker->text,
                     "  - {when: \"checkpoint %u completed\", delay: %u ms, optional: true, ",
                     1 + (unsigned)below(maker, 8), (unsigned)below(maker, 10));
    put_crash(maker);
    snap_text_add_string(maker->text, "}\n");
}

/* Whether the job can have other parallelisms: a forward edge needs equal ones. */
static bool can_rescale(const struct maker *maker)
{
    return !strstr(snap_text_get(maker->text), "ship: forward");
}

static bool has_action(const struct maker *maker, const char *text)
{
    return strstr(snap_text_get(maker->text), text) != NULL;
}

/* Both in Flink too: a subtask that is to stop and does not hear of its savepoint waits for ever;
 * and if one fails between the savepoint and its end, the job restarts from before the savepoint:
 * who starts it from there nevertheless may find that sinks have taken something back. */
static bool is_bad_to_stop(const struct maker *maker)
{
    bool is_honest = maker->profile == RANDOM_JOB_EXACTLY_ONCE ||
                     maker->profile == RANDOM_JOB_AT_LEAST_ONCE ||
                     maker->profile == RANDOM_JOB_THREADS || maker->profile == RANDOM_JOB_FILES;

    return has_action(maker, "lose: {message: notification") ||
           (is_honest && has_action(maker, "crash: "));
}

static void put_rescaling(struct maker *maker)
{
    const char *glue = "";

    snap_text_add_string(maker->text, ", parallelism: {");
    for (unsigned i = 0; i < maker->count; i++) {
        if (chance(maker, 40))
            continue;
        snap_text_printf(maker->text, "%s%s%u: %u", glue, maker->nodes[i].kind,
                         maker->nodes[i].number, 1 + (unsigned)below(maker, 4));
        glue = ", ";
    }
    snap_text_add_string(maker->text, "}");
}

/* A name with a slash is a directory for its files. */
static const char *savepoint_name(struct maker *maker)
{
    const char *name = PICK(maker, "a", "a", "a native");

    if (!has_files(maker))
        return name;
    return strchr(name, ' ') ? "sp/a native" : "sp/a";
}

/* The job is started again from its savepoint, twice at most. Behind a plain savepoint sinks may
 * have committed more: only the jobs of which nothing is expected do that. */
static void put_ending(struct maker *maker)
{
    uint64_t most_us = is_real_time(maker) ? 150000 : 1200000;
    const char *kind =
        PICK(maker, "stop-with-savepoint", "stop-with-savepoint", "cancel-with-savepoint");

    if (maker->profile == RANDOM_JOB_ANYTHING && chance(maker, 40))
        kind = "savepoint";
    if (is_bad_to_stop(maker) && strncmp(kind, "stop", 4) == 0)
        kind = "cancel-with-savepoint";
    snap_text_printf(maker->text, "  - {at: %" PRIu64 " us, optional: true, %s: %s%s}\n",
                     below(maker, most_us), kind, savepoint_name(maker),
                     strncmp(kind, "stop", 4) == 0 && chance(maker, 30) ? ", drain: true" : "");
    /* In real time it may come too late: what then is the verdict must not depend on it. */
    if (!is_real_time(maker) && chance(maker, 15))
        return;
    /* At once, or a stop that failed after its savepoint would go on and write something else. */
    snap_text_add_string(maker->text, "  - {when: savepoint completed, optional: true, ");
    if (maker->profile == RANDOM_JOB_ANYTHING)
        snap_text_printf(maker->text, "delay: %u ms, ", (unsigned)below(maker, 300));
    snap_text_printf(maker->text, "restart-from: %s", has_files(maker) ? "sp/a" : "a");
    if (can_rescale(maker) && chance(maker, 80))
        put_rescaling(maker);
    snap_text_add_string(maker->text, "}\n");
}

/* While data in flight is put back, or soon after. */
static void put_crash_in_recovery(struct maker *maker)
{
    snap_text_add_string(maker->text, "  - {when: \"");
    if (chance(maker, 50)) {
        snap_text_add_string(maker->text, "subtask ");
        put_subtask(maker);
        snap_text_printf(maker->text, " restored checkpoint %u", 1 + (unsigned)below(maker, 8));
    } else {
        snap_text_printf(maker->text, "%s restore of checkpoint any at ",
                         PICK(maker, "before", "after"));
        put_subtask(maker);
    }
    snap_text_printf(maker->text, "\", delay: %u us, optional: true, ",
                     (unsigned)below(maker, chance(maker, 50) ? 500 : 10000));
    put_crash(maker);
    snap_text_add_string(maker->text, "}\n");
}

/* What data in flight has to survive. */
static void put_recovery(struct maker *maker)
{
    unsigned crashes = 1 + (unsigned)below(maker, 2);

    for (unsigned i = 0; i < crashes; i++)
        put_crash_after_checkpoint(maker);
    for (unsigned i = 0; i < crashes && chance(maker, 60); i++)
        put_crash_in_recovery(maker);
}

static void put_dealing(struct maker *maker)
{
    const char *glue = "";

    snap_text_add_string(maker->text, ", parallelism: {");
    for (unsigned i = 0; i < maker->count; i++) {
        if (restart_chance(maker, 30))
            continue;
        snap_text_printf(maker->text, "%s%s%u: %u", glue, maker->nodes[i].kind,
                         maker->nodes[i].number, 1 + (unsigned)restart_below(maker, 4));
        glue = ", ";
    }
    snap_text_add_string(maker->text, "}");
}

/* The job is cancelled soon after a checkpoint, or while the next one is under way, and goes on
 * from the newest. */
static void put_restarts(struct maker *maker)
{
    unsigned restarts = 1 + (unsigned)restart_below(maker, 2);
    unsigned checkpoint = 0;

    for (unsigned i = 0; i < restarts; i++) {
        checkpoint += 1 + (unsigned)restart_below(maker, 3);
        snap_text_printf(maker->text,
                         "  - {when: \"checkpoint %u completed\", delay: %u us, optional: true, "
                         "restart-from: latest-checkpoint",
                         checkpoint,
                         (unsigned)restart_below(maker, restart_chance(maker, 50) ? 2000 : 60000));
        if (maker->rescales)
            put_dealing(maker);
        snap_text_add_string(maker->text, "}\n");
    }
}

/* One that nobody starts from: barriers that do not overtake between those that do. */
static void put_savepoint_between(struct maker *maker)
{
    snap_text_printf(maker->text, "  - {at: %" PRIu64 " us, optional: true, savepoint: %s}\n",
                     below(maker, is_real_time(maker) ? 100000 : 600000),
                     has_files(maker) ? "sp/between" : "between");
}

static void put_timeline(struct maker *maker)
{
    unsigned actions = (unsigned)below(maker, 5);
    bool recovers;

    if (is_real_time(maker))
        actions = (unsigned)below(maker, 3);
    if (is_wide(maker))
        actions = 0;
    recovers = maker->overtakes && (maker->loses_channels || chance(maker, 60));
    if (actions > 0 || is_wide(maker) || recovers)
        snap_text_add_string(maker->text, "timeline:\n");
    for (unsigned i = 0; i < actions; i++)
        put_action(maker);
    for (unsigned i = 0; i < 3 && is_wide(maker); i++)
        put_crash_after_checkpoint(maker);
    if (recovers)
        put_recovery(maker);
    if (recovers && chance(maker, 30)) {
        put_savepoint_between(maker);
        if (maker->restarts)
            put_restarts(maker);
        return;
    }
    if (maker->restarts) {
        if (actions == 0 && !is_wide(maker) && !recovers)
            snap_text_add_string(maker->text, "timeline:\n");
        put_restarts(maker);
        return;
    }
    if (maker->profile == RANDOM_JOB_SABOTAGED ||
        (!maker->checkpoints && maker->profile != RANDOM_JOB_ANYTHING) || !chance(maker, 40))
        return;
    if (actions == 0 && !is_wide(maker) && !recovers)
        snap_text_add_string(maker->text, "timeline:\n");
    put_ending(maker);
}

/* What a later run of the same job has otherwise. */
static void put_again(struct maker *maker)
{
    const char *glue = "";

    snap_text_printf(maker->text,
                     "variants:\n  again:\n    config: {state.backend.type: %s, "
                     "parallelism.default: %u}\n    set: {",
                     draw_backend(maker), 1 + (unsigned)files_below(maker, 4));
    for (unsigned i = 0; i < maker->count; i++) {
        snap_text_printf(maker->text, "%s%s%u.parallelism: %u", glue, maker->nodes[i].kind,
                         maker->nodes[i].number,
                         maker->rescales ? 1 + (unsigned)files_below(maker, 4)
                                         : maker->nodes[i].parallelism);
        glue = ", ";
    }
    /* Others may lack the subtasks that the timeline names. */
    snap_text_printf(maker->text,
                     "}\n    timeline: [{at: %u ms, optional: true, crash: \"%s%u[0]\"}]\n",
                     1 + (unsigned)files_below(maker, 500), maker->nodes[maker->count - 1].kind,
                     maker->nodes[maker->count - 1].number);
}

static const char *until_of(struct maker *maker)
{
    if (is_real_time(maker))
        return "60 s";
    if (is_wide(maker))
        return "20 s";
    return PICK(maker, "200 ms", "1 s", "20 s", "20 s", "20 s", "20 s", "20 s");
}

static bool is_of_channels(unsigned rule)
{
    return rule == SNAP_BROKEN_FORGET_CHANNEL_STATE ||
           rule == SNAP_BROKEN_FORGET_OVERTAKEN_OUTPUT ||
           rule == SNAP_BROKEN_DOUBLE_CHANNEL_RESTORE ||
           rule == SNAP_BROKEN_NO_BLOCKING_WITHOUT_CAPTURE;
}

static void put_broken_rules(struct maker *maker)
{
    const struct snap_sabotage_name *rules = snap_sabotage_names();
    unsigned first = (unsigned)below(maker, SNAP_BROKEN_COUNT);
    unsigned second = (unsigned)below(maker, SNAP_BROKEN_COUNT);
    bool both = first != second && chance(maker, 25);

    maker->late_acks =
        first == SNAP_BROKEN_TAKE_LATE_ACK || (both && second == SNAP_BROKEN_TAKE_LATE_ACK);
    maker->loses_channels = is_of_channels(first) || (both && is_of_channels(second));
    snap_text_printf(maker->text, "sabotage: [%s%s%s]\n", rules[first].name, both ? ", " : "",
                     both ? rules[second].name : "");
}

void random_job_text(struct snap_text *text, enum random_job_profile profile, uint64_t seed)
{
    struct maker maker = {.text = text, .profile = profile};
    const char *version;

    snap_rng_init(&maker.rng, seed, 0, (uint64_t)profile);
    snap_rng_init(&maker.time_rng, seed, 1, (uint64_t)profile);
    snap_rng_init(&maker.restart_rng, seed, 2, (uint64_t)profile);
    snap_rng_init(&maker.files_rng, seed, 3, (uint64_t)profile);
    snap_rng_init(&maker.log_rng, seed, 4, (uint64_t)profile);
    snap_rng_init(&maker.load_rng, seed, 8, (uint64_t)profile);
    snap_rng_init(&maker.long_rng, seed, 11, (uint64_t)profile);
    maker.has_long_records = !is_real_time(&maker) && snap_rng_below(&maker.long_rng, 100) < 25;
    maker.event_time = time_chance(&maker, 40);
    maker.parallelism = 1 + (unsigned)below(&maker, 4);
    if (is_wide(&maker) && maker.parallelism == 1)
        maker.parallelism = 3;
    maker.checkpoints = profile != RANDOM_JOB_ANYTHING || chance(&maker, 85);
    maker.at_least_once = profile == RANDOM_JOB_AT_LEAST_ONCE ||
                          (profile == RANDOM_JOB_ANYTHING && chance(&maker, 30));
    snap_text_printf(text, "name: random job %" PRIu64 "\nseed: %" PRIu64 "\nuntil: %s\n", seed,
                     seed, until_of(&maker));
    if (profile != RANDOM_JOB_THREADS)
        snap_text_add_string(text, "runtimes: [virtual]\n");
    version = PICK(&maker, "2.3", "2.3", "1.20");
    maker.is_newest = version[0] == '2';
    snap_text_printf(text, "flink-version: %s\n", version);
    if (profile == RANDOM_JOB_ANYTHING)
        snap_text_printf(text, "ledger: %s\n", PICK(&maker, "full", "off", "fingerprint"));
    if (profile == RANDOM_JOB_SABOTAGED)
        snap_text_add_string(text, "sabotage: [skip-alignment]\n");
    if (profile == RANDOM_JOB_BROKEN)
        put_broken_rules(&maker);
    put_config(&maker);
    if (maker.overtakes && chance(&maker, 25))
        snap_text_printf(text, "network-rules: %s\n", PICK(&maker, "pre-1.16", "1.20", "2.3"));
    put_model(&maker);
    put_operators(&maker);
    put_timeline(&maker);
    if (has_files(&maker))
        put_again(&maker);
}
