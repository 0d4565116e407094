// SPDX-License-Identifier: Apache-2.0
/*
 * Job graphs as Flink 2.3 made them from the same programs: names, parallelisms, ids, inputs.
 * Where Flink derives an id without a uid there is none to compare; every operator has one here.
 * The rows after "index prefix" follow from the order in which Flink sorts vertices.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/text.h"
#include "scenario/scenario.h"
#include "test_catalogue.h"

struct row {
    const char *name;
    const char *config;
    const char *operators;
    const char *expected; /* a line a vertex: name | parallelism | inputs | id */
};

#define EVENTS "{uid: events, type: sequence, count: 1}"

static const struct row rows[] = {
    {"all forward, same parallelism", "{}",
     EVENTS ", {uid: parse, type: map, input: events}, {uid: out, type: discard, input: parse}",
     "Source: events -> parse -> out: Writer | 2 |\n"},
    {"keyed operators chained to the sink, ids of uids", "{}",
     "{uid: events-src, type: sequence, count: 1}, {uid: m, name: Map, type: map, input: "
     "events-src}, {uid: count, type: count, input: m, ship: hash}, {uid: slow-sink, type: "
     "discard, input: count}",
     "Source: events-src -> Map | 2 | | b589964695ad4a1cd84c815f43e89d19\n"
     "count -> slow-sink: Writer | 2 | HASH from 0 | b71731f1c0df9c3076c4a455334d0ad6\n"},
    {"sink with other parallelism", "{}",
     EVENTS ", {uid: m, name: Map, type: map, input: events}, {uid: count, type: count, input: m, "
            "ship: hash}, {uid: out, type: discard, input: count, parallelism: 1}",
     "Source: events -> Map | 2 |\n"
     "count | 2 | HASH from 0 | b71731f1c0df9c3076c4a455334d0ad6\n"
     "out: Writer | 1 | REBALANCE from 1\n"},
    {"chaining off for one operator", "{}",
     EVENTS ", {uid: a, type: map, input: events, chain: false}, {uid: b, type: map, input: a}, "
            "{uid: out, type: discard, input: b}",
     "Source: events | 2 |\n"
     "a | 2 | FORWARD from 0\n"
     "b -> out: Writer | 2 | FORWARD from 1\n"},
    {"two consumers of one operator", "{}",
     EVENTS ", {uid: parse, type: map, input: events}, {uid: left, type: map, input: parse}, "
            "{uid: outL, type: discard, input: left}, {uid: right, type: map, input: parse}, "
            "{uid: outR, type: discard, input: right}",
     "Source: events -> parse -> (left -> outL: Writer, right -> outR: Writer) | 2 |\n"},
    {"two consumers, one behind keyBy", "{}",
     EVENTS ", {uid: parse, type: map, input: events}, {uid: raw, type: discard, input: parse}, "
            "{uid: m, name: Map, type: map, input: parse}, {uid: count, type: count, input: m, "
            "ship: hash}, {uid: out, type: discard, input: count}",
     "Source: events -> parse -> (raw: Writer, Map) | 2 |\n"
     "count -> out: Writer | 2 | HASH from 0\n"},
    {"union", "{}",
     "{uid: a, type: sequence, count: 1}, {uid: b, type: sequence, count: 1}, {uid: m, type: map, "
     "input: [a, b]}, {uid: out, type: discard, input: m}",
     "Source: a | 2 |\n"
     "Source: b | 2 |\n"
     "m -> out: Writer | 2 | FORWARD from 0, FORWARD from 1\n"},
    {"two inputs, keyed", "{}",
     "{uid: a, type: sequence, count: 1}, {uid: b, type: sequence, count: 1}, {uid: m, name: "
     "Co-Keyed-Process, type: count, ship: hash, inputs: [a, {uid: b}]}, {uid: out, type: "
     "discard, input: m}",
     "Source: a | 2 |\n"
     "Source: b | 2 |\n"
     "Co-Keyed-Process -> out: Writer | 2 | HASH from 0, HASH from 1\n"},
    {"partitioners", "{}",
     EVENTS ", {uid: forward, type: discard, input: events}, {uid: rebalance, type: discard, "
            "input: events, ship: rebalance}, {uid: rescale, type: discard, input: events, ship: "
            "rescale}, {uid: shuffle, type: discard, input: events, ship: shuffle}, {uid: "
            "broadcast, type: discard, input: events, ship: broadcast}, {uid: global, type: "
            "discard, input: events, ship: global}",
     "Source: events -> forward: Writer | 2 |\n"
     "rebalance: Writer | 2 | REBALANCE from 0\n"
     "rescale: Writer | 2 | RESCALE from 0\n"
     "shuffle: Writer | 2 | SHUFFLE from 0\n"
     "broadcast: Writer | 2 | BROADCAST from 0\n"
     "global: Writer | 2 | GLOBAL from 0\n"},
    {"keyBy breaks chains", "{}",
     EVENTS ", {uid: m, name: Map, type: map, input: events}, {uid: k, name: KeyedProcess, type: "
            "count, input: m, ship: hash}, {uid: p, name: Process, type: map, input: k}, {uid: r, "
            "name: Keyed Reduce, type: count, input: p, ship: hash}, {uid: o, name: Sink, type: "
            "discard, input: r}",
     "Source: events -> Map | 2 |\n"
     "KeyedProcess -> Process | 2 | HASH from 0\n"
     "Keyed Reduce -> Sink: Writer | 2 | HASH from 1\n"},
    {"keyBy with parallelism 1 starts a vertex too", "{parallelism.default: 1}",
     EVENTS ", {uid: count, type: count, input: events, ship: hash}",
     "Source: events | 1 |\n"
     "count | 1 | HASH from 0\n"},
    {"parallelism 1 between two", "{}",
     EVENTS ", {uid: w, type: count, input: events, ship: hash, parallelism: 1, max-parallelism: "
            "1}, {uid: out, type: discard, input: w}",
     "Source: events | 2 |\n"
     "w | 1 | HASH from 0\n"
     "out: Writer | 2 | REBALANCE from 1\n"},
    {"slot sharing group is inherited", "{}",
     EVENTS ", {uid: parse, type: map, input: events, slot-sharing-group: x}, {uid: out, type: "
            "discard, input: parse}",
     "Source: events | 2 |\n"
     "parse -> out: Writer | 2 | FORWARD from 0\n"},
    {"max parallelism differs", "{}",
     EVENTS ", {uid: a, type: map, input: events, max-parallelism: 64}, {uid: b, type: map, "
            "input: a, max-parallelism: 256}, {uid: out, type: discard, input: b}",
     "Source: events -> a -> b -> out: Writer | 2 |\n"},
    {"max parallelism differs and must not",
     "{pipeline.operator-chaining.chain-operators-with-different-max-parallelism: false}",
     EVENTS ", {uid: a, type: map, input: events, max-parallelism: 64}, {uid: out, type: discard, "
            "input: a, max-parallelism: 64}",
     "Source: events | 2 |\n"
     "a -> out: Writer | 2 | FORWARD from 0\n"},
    {"chaining switched off", "{pipeline.operator-chaining.enabled: false}",
     EVENTS ", {uid: parse, type: map, input: events}, {uid: out, type: discard, input: parse}",
     "Source: events | 2 |\n"
     "parse | 2 | FORWARD from 0\n"
     "out: Writer | 2 | FORWARD from 1\n"},
    {"index prefix", "{pipeline.vertex-name-include-index-prefix: true}",
     EVENTS ", {uid: m, name: Map, type: map, input: events}, {uid: count, type: count, input: m, "
            "ship: hash}, {uid: out, type: discard, input: count}",
     "[vertex-0]Source: events -> Map | 2 |\n"
     "[vertex-1]count -> out: Writer | 2 | HASH from 0\n"},
    {"written from the sink to the source", "{}",
     "{uid: out, type: discard, input: count}, {uid: count, type: count, input: events, ship: "
     "hash}, " EVENTS,
     "Source: events | 2 |\n"
     "count -> out: Writer | 2 | HASH from 0\n"},
    {"what leaves the chained consumer comes first", "{}",
     EVENTS ", {uid: late, type: count, input: events, ship: hash}, {uid: m, type: map, input: "
            "events}, {uid: early, type: count, input: m, ship: hash}",
     "Source: events -> m | 2 |\n"
     "early | 2 | HASH from 0\n"
     "late | 2 | HASH from 0\n"},
};

static void describe(const struct snap_job *job, const char *expected, struct snap_text *text)
{
    static const char *const ships[] = {"FORWARD",   "REBALANCE", "RESCALE", "HASH",
                                        "BROADCAST", "GLOBAL",    "SHUFFLE"};
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];

        snap_text_printf(text, "%s | %u |", vertex->name, vertex->parallelism);
        for (uint32_t i = 0; i < vertex->in_edge_count; i++) {
            const struct snap_edge *edge = &job->edges[vertex->in_edges[i]];

            snap_text_printf(text, "%s%s from %u", i ? ", " : " ", ships[edge->ship],
                             job->operators[edge->producer].vertex);
        }
        snap_operator_id_format(&vertex->id, id);
        /* Ids are compared where the row has one. */
        if (strstr(expected, id))
            snap_text_printf(text, " | %s", id);
        snap_text_add_string(text, "\n");
    }
}

static void check(const struct row *row)
{
    struct snap_text text = {0};
    struct snap_text actual = {0};
    struct snap_scenario *scenario = NULL;
    struct snap_error error = {0};
    struct snap_built built;

    snap_text_printf(&text,
                     "config: {parallelism.default: 2}\noperators: [%s]\nvariants: {v: "
                     "{config: %s}}\n",
                     row->operators, row->config);
    if (!snap_scenario_parse(&(struct snap_scenario_text){"t", text.data, text.length},
                             &test_catalogue, &scenario, &error) ||
        !snap_scenario_build(scenario, &(struct snap_scenario_choice){.variant = "v"}, &built,
                             &error))
        fail_msg("%s: %u:%u: %s", row->name, error.line, error.column, error.message);
    describe(built.sim.job, row->expected, &actual);
    if (strcmp(snap_text_get(&actual), row->expected) != 0)
        fail_msg("%s:\n%s", row->name, snap_text_get(&actual));
    snap_built_fini(&built);
    snap_scenario_destroy(scenario);
    snap_text_fini(&text);
    snap_text_fini(&actual);
}

static void test_graphs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(&rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_graphs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
