// SPDX-License-Identifier: Apache-2.0
/* A job that starts again with other operators: what `snapsim run` and `story` say of the records
 * that came before and after. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/cli_folder.h"
#include "unit/cli_rows.h"

/* Orders 0:371 and 0:372 are counted behind the savepoint, and once more behind the restart. */
#define CONFIG                                                                                     \
    "seed: 3\n"                                                                                    \
    "config: {parallelism.default: 2, execution.checkpointing.interval: 250 ms}\n"
#define ORDERS                                                                                     \
    "{uid: orders, type: sequence, count: 6000, keys: 50, rate: 2000/s, splits: 6,"                \
    " timestamp-step: 1 ms, watermarks: monotonous}"
#define COUNTED                                                                                    \
    ", {uid: cnt, type: count, input: orders, ship: hash},"                                        \
    " {uid: counts, type: file-sink, path: counts, input: cnt}"
#define COUNTED_BEHIND(input)                                                                      \
    ", {uid: cnt, type: count, input: " input ", ship: hash},"                                     \
    " {uid: counts, type: file-sink, path: counts, input: cnt}"
#define WINDOWS                                                                                    \
    ", {uid: perwin, type: window, kind: tumbling, size: 500 ms, input: orders, ship: hash},"      \
    " {uid: wins, type: file-sink, path: wins, input: perwin}"
#define SUMMED                                                                                     \
    ", {uid: sm, type: sum, input: orders, ship: hash},"                                           \
    " {uid: sums, type: discard, input: sm}"
#define MAPPED(name) ", {uid: " name ", type: map, function: identity, input: orders}"
#define AGAIN(more, graph)                                                                         \
    "timeline: [{at: 1.1 s, savepoint: a}, {at: 1.5 s, restart-from: a, " more                     \
    "allow-non-restored: true, operators: [" graph "]}]"

static const char less[] =
    "name: less\n" CONFIG "operators: [" ORDERS WINDOWS SUMMED COUNTED "]\n"
    "variants:\n"
    "  one: {" AGAIN(
        "", ORDERS COUNTED) "}\n"
                            "  two: {" AGAIN(
                                "",
                                ORDERS WINDOWS COUNTED) "}\n"
                                                        "  wide: {" AGAIN(
                                                            "parallelism: 4, ",
                                                            ORDERS COUNTED) "}\n"
                                                                            "  behind: {" AGAIN(
                                                                                "",
                                                                                ORDERS MAPPED("m")
                                                                                    COUNTED_BEHIND(
                                                                                        "m")) "}\n";

static const char more[] =
    "name: more\n" CONFIG "operators: [" ORDERS COUNTED "]\n"
    "variants:\n"
    "  front: {" AGAIN(
        "",
        ORDERS WINDOWS SUMMED
            COUNTED) "}\n"
                     "  behind: {" AGAIN(
                         "", ORDERS MAPPED("m") COUNTED_BEHIND(
                                 "m")) "}\n"
                                       "  half: {" AGAIN(
                                           "", ORDERS ", {uid: m, type: filter, keep: 1/2, input: "
                                                      "orders}" COUNTED_BEHIND("m")) "}\n";

/* Ways that meet: here a record comes to `cnt` twice. */
static const char meeting[] =
    "name: meeting\n" CONFIG "operators: [" ORDERS MAPPED("l") MAPPED("r") COUNTED_BEHIND(
        "[l, r]") "]\n"
                  "variants:\n"
                  "  left: {" AGAIN("", ORDERS MAPPED("l") COUNTED_BEHIND(
                                            "l")) "}\n"
                                                  "  beside: {" AGAIN(
                                                      "", ORDERS WINDOWS MAPPED("l") MAPPED("r")
                                                              COUNTED_BEHIND("[l, r]")) "}\n";

/* A checkpoint with data in flight, of a job that tells children apart; the next one has none. */
static const char in_flight[] =
    "name: in-flight\n"
    "config: {parallelism.default: 2, execution.checkpointing: {interval: 200 ms,\n"
    "  unaligned.enabled: true, externalized-checkpoint-retention: RETAIN_ON_CANCELLATION}}\n"
    "operators:\n"
    "  - {uid: orders, type: sequence, count: 3000, keys: 50, rate: 4000/s}\n"
    "  - {uid: cnt, type: count, input: orders, ship: hash, cost: 1 ms}\n"
    "  - {uid: counts, type: file-sink, path: counts, input: cnt}\n"
    "  - {uid: few, type: list, records: [[1, a b]]}\n"
    "  - {uid: words, type: split-words, input: few}\n"
    "  - {uid: out, type: discard, input: words}\n"
    "timeline:\n"
    "  - at: 700 ms\n"
    "    restart-from: latest-checkpoint\n"
    "    allow-non-restored: true\n"
    "    operators:\n"
    "      - {uid: orders, type: sequence, count: 3000, keys: 50, rate: 4000/s}\n"
    "      - {uid: cnt, type: count, input: orders, ship: hash, cost: 1 ms}\n"
    "      - {uid: counts, type: file-sink, path: counts, input: cnt}\n";

/* A sum that becomes a count: there is no state of that name. */
static const char retyped[] =
    "name: retyped\n"
    "config: {parallelism.default: 2, execution.checkpointing.interval: 100 ms}\n"
    "operators: [{uid: in, type: sequence, count: 900, keys: 7, rate: 1000/s},\n"
    "  {uid: total, type: sum, input: in, ship: hash}, {uid: out, type: discard, input: total}]\n"
    "timeline: [{at: 300 ms, stop-with-savepoint: a}, {at: 400 ms, restart-from: a, operators: [\n"
    "  {uid: in, type: sequence, count: 900, keys: 7, rate: 1000/s},\n"
    "  {uid: total, type: count, input: in, ship: hash},\n"
    "  {uid: out, type: discard, input: total}]}]\n";

#define RUN(scenario, variant)                                                                     \
    "$S run " scenario ".yaml --variant " variant " --overwrite --out out --trace records"
#define TWICE ", after the restart; a reader sees both."
/* In one line. */
#define TOLD " | tr -s '\\n ' ' '"
/* What the ledger counts, then what the story of that record says. */
#define FIRST                                                                                      \
    " --json | grep -o '\"origin\": *\"orders[^\"]*\"' | head -1 | cut -d'\"' -f4 >first;"         \
    " $S story out --record $(cat first) | tr '\\n' ' '"
#define ONCE_MORE "cnt: processed twice, affected the state once   counts: processed twice, visible"

static const struct cli_row rows[] = {
    {"an output less", RUN("less", "one") TOLD, 0, TWICE, NULL},
    {"its story", RUN("less", "one") FIRST, 0, ONCE_MORE " twice", NULL},
    {"of three outputs two stay", RUN("less", "two") TOLD, 0, TWICE, NULL},
    {"another parallelism as well", RUN("less", "wide") TOLD, 0, TWICE, NULL},
    {"its story", RUN("less", "wide") FIRST, 0, ONCE_MORE " twice", NULL},
    {"an operator between as well", RUN("less", "behind") FIRST, 0, ONCE_MORE " twice", NULL},
    {"two outputs more", RUN("more", "front") FIRST, 0, ONCE_MORE " twice", NULL},
    {"the verdict's reason is the same", RUN("more", "front") TOLD, 0, TWICE, NULL},
    {"an operator between", RUN("more", "behind") FIRST, 0, ONCE_MORE " twice", NULL},
    {"tables name the operators of the last job", RUN("more", "behind"), 1, "\n  counts     3799 ",
     NULL},
    {"the summary too", RUN("more", "behind") " --json | grep -A1 '\"latency\"'", 0,
     "{\"uid\": \"counts\", \"records\": 3799", NULL},
    {"those of compare over several seeds",
     "$S compare more.yaml --overwrite --out cmp --variants behind,front --seeds 2", 1,
     "           counts  sink      0     301", NULL},
    {"and those of compare", "$S compare more.yaml --overwrite --out cmp --variants behind,front",
     1, "  counts  sink      0     301", NULL},
    {"what the changed job drops", RUN("more", "half") TOLD, 0,
     "the changed job started from a snapshot without it and does not send it there any more, "
     "and a reader still sees it.",
     NULL},
    {"a way that is gone", RUN("meeting", "left") TOLD, 0,
     "on a way that the changed job no longer has, and again at 1506.669 ms" TWICE, NULL},
    {"ways that meet in both", RUN("meeting", "beside") TOLD, 0, TWICE, NULL},
    {"data in flight of a job with children", "$S run in-flight.yaml --overwrite --out out", 0,
     "As expected.", NULL},
    {"a kept operator without a state of that name", "$S run retyped.yaml --overwrite --out out", 0,
     "As expected.",
     "savepoint \"a\" has state of total as sum, which is count in the new job and has no state of "
     "that name: it starts empty\n"},
};

static void what_came_before_a_change_is_told_with_what_came_after(void **state)
{
    (void)state;
    cli_write_file("less.yaml", less);
    cli_write_file("more.yaml", more);
    cli_write_file("meeting.yaml", meeting);
    cli_write_file("in-flight.yaml", in_flight);
    cli_write_file("retyped.yaml", retyped);
    cli_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_before_a_change_is_told_with_what_came_after),
    };

    return cli_folder_enter() ? cmocka_run_group_tests(tests, NULL, cli_folder_leave) : 1;
}
