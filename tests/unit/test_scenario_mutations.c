// SPDX-License-Identifier: Apache-2.0
/*
 * Scenarios with bytes changed, cut, doubled and swapped at random: the reader accepts or refuses
 * each, with a message, and never does anything else (the sanitizers watch).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "operators/operator.h"
#include "scenario/scenario.h"

enum { MUTANTS = 400, BYTES_MAX = 8192 };

static const char seed_scenario[] =
    "name: word count\nseed: 7\nruntimes: [virtual]\nuntil: 60 s\nflink-version: 1.20\n"
    "config: &c {parallelism.default: 2, execution: {checkpointing: {interval: 200 ms}},\n"
    "  restart-strategy: fixed-delay, restart-strategy.fixed-delay.attempts: 3}\n"
    "operators:\n"
    "  - {uid: lines, type: sequence, count: 1000, rate: 20000/s, keys: 9}\n"
    "  - {uid: pairs, type: list, records: [[1, 10], [2, 20]], splits: 4}\n"
    "  - {uid: words, type: map, function: add 1, input: lines, ship: rebalance, cost: 2 us}\n"
    "  - {uid: all, type: union, inputs: [words, {uid: pairs, ship: shuffle}]}\n"
    "  - {uid: counts, type: count, input: all, ship: hash, parallelism: 4}\n"
    "  - {uid: out, type: file-sink, input: counts, delivery: exactly-once, path: words}\n"
    "model: {record-size: 200 b, network: {latency: 300 us}, storage.bandwidth: unlimited}\n"
    "timeline: [{at: 1.2 s, crash: \"counts[1]\"},\n"
    "  {when: \"subtask counts[0] acknowledged checkpoint 3\", delay: 10 ms, fail-storage: 1 s}]\n"
    "expect: {lost: 0, duplicated: \"> 0\", out: {lost: \">= 2\"}, job: FINISHED}\n"
    "variants:\n  a: {}\n  b: {config: {execution.checkpointing.interval: null}, set: "
    "{lines.replayable: false}}\n  c: {config: *c, timeline: null}\n";

/* Pieces that reach deeper than random bytes. */
static const char *const pieces[] = {
    "null",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    "*c",
    "&c ",
    "\"",
    "'",
    "-1",
    "99999999999999999999",
    "1e9",
    "~",
    "\t",
    "\n",
    ",",
    "#",
    "!!x ",
    "|\n",
    "? ",
    "lines",
    "counts[7]",
    "operators:\n",
    "%",
};

static size_t mutate(struct snap_rng *rng, char *bytes, size_t length)
{
    size_t at = (size_t)snap_rng_below(rng, length + 1);
    size_t count = (size_t)snap_rng_below(rng, 12) + 1;
    const char *piece = pieces[snap_rng_below(rng, sizeof(pieces) / sizeof(pieces[0]))];

    switch (snap_rng_below(rng, 4)) {
    case 0:
        if (at < length)
            bytes[at] = (char)snap_rng_below(rng, 256);
        return length;
    case 1: /* cut some out */
        if (at + count > length)
            return length;
        memmove(bytes + at, bytes + at + count, length - at - count);
        return length - count;
    case 2: /* cut the end off */
        return snap_rng_below(rng, 8) ? length : at;
    default:
        count = strlen(piece);
        memmove(bytes + at + count, bytes + at, length - at);
        memcpy(bytes + at, piece, count);
        return length + count;
    }
}

static bool try_one(const char *bytes, size_t length)
{
    struct snap_scenario *scenario = NULL;
    struct snap_error error = {0};
    struct snap_scenario_text text = {"m.yaml", bytes, length};
    struct snap_text printed = {0};
    bool ok = snap_scenario_parse(&text, snap_operator_catalogue_get(), &scenario, &error) &&
              snap_scenario_check(scenario, &error);

    assert_true(ok == (error.code == SNAP_OK));
    if (!ok) {
        snap_scenario_print_error(&printed, &error, &text);
        assert_true(error.message[0] != '\0');
        assert_string_equal(error.file, "m.yaml");
    }
    snap_text_fini(&printed);
    snap_scenario_destroy(scenario);
    return ok;
}

static void test_mutants(void **state)
{
    unsigned accepted = 0;

    (void)state;
    assert_true(try_one(seed_scenario, strlen(seed_scenario)));
    for (unsigned mutant = 0; mutant < MUTANTS; mutant++) {
        char bytes[BYTES_MAX];
        size_t length = strlen(seed_scenario);
        struct snap_rng rng;

        snap_rng_init(&rng, 1, mutant, 0);
        memcpy(bytes, seed_scenario, length);
        for (uint64_t changes = 1 + snap_rng_below(&rng, 4); changes > 0; changes--)
            length = mutate(&rng, bytes, length);
        accepted += try_one(bytes, length);
    }
    /* Most changes break it, but not all: else nothing beyond YAML would be tried. */
    assert_in_range(accepted, MUTANTS / 50, MUTANTS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutants)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
