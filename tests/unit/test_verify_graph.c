// SPDX-License-Identifier: Apache-2.0
#include "verify_lab.h"

/* What should arrive where, in jobs of other shapes; ids of the operators by their order. */

static void fork_and_union_make_two_copies(void **unused)
{
    enum { LINES, LEFT, RIGHT, OUT };
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "left", &lab_same, 1);
    lab_operator(&lab, "right", &lab_same, 1);
    lab_operator(&lab, "out", &lab_sink, 1);
    lab_edge(&lab, LINES, LEFT, SNAP_SHIP_FORWARD);
    lab_edge(&lab, LINES, RIGHT, SNAP_SHIP_FORWARD);
    lab_edge(&lab, LEFT, OUT, SNAP_SHIP_FORWARD);
    lab_edge(&lab, RIGHT, OUT, SNAP_SHIP_FORWARD);
    lab_start(&lab, SNAP_LEDGER_FULL);
    /* Of record 0 both copies come; of record 1 the left one comes twice, the right one never. */
    LAB_PLAY(&lab, {EMIT, .op = LINES}, {EMIT, .op = LINES, .offset = 1},
             {WRITE, .op = OUT, .lineage = snap_lineage_way(0, 0)},
             {WRITE, .op = OUT, .lineage = snap_lineage_way(0, snap_lineage_way_name("lines", 1))},
             {WRITE, .op = OUT, .offset = 1, .lineage = snap_lineage_way(0, 0)},
             {WRITE, .op = OUT, .offset = 1, .lineage = snap_lineage_way(0, 0)},
             {PART, .op = OUT, .text = "0\t0|0\t0|1\t1|1\t1"});
    /* Two paths meet: order cannot be judged. */
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {1, 1, U, U, 0, 0}});
    lab_stop(&lab);
}

/* A turn at the second fork is not the same as one at the first. */
static void forks_behind_forks_make_copies_of_their_own(void **unused)
{
    enum { LINES, LEFT, RIGHT, OUT };
    const uint64_t at_lines = snap_lineage_way(0, snap_lineage_way_name("lines", 1));
    const uint64_t at_left = snap_lineage_way(0, snap_lineage_way_name("left", 1));
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "left", &lab_same, 1);
    lab_operator(&lab, "right", &lab_same, 1);
    lab_operator(&lab, "out", &lab_sink, 1);
    lab_edge(&lab, LINES, LEFT, SNAP_SHIP_FORWARD);
    lab_edge(&lab, LINES, RIGHT, SNAP_SHIP_FORWARD);
    lab_edge(&lab, LEFT, OUT, SNAP_SHIP_FORWARD);
    lab_edge(&lab, LEFT, RIGHT, SNAP_SHIP_FORWARD);
    lab_edge(&lab, RIGHT, OUT, SNAP_SHIP_FORWARD);
    lab_start(&lab, SNAP_LEDGER_FULL);
    assert_int_not_equal(at_lines, at_left);
    LAB_PLAY(&lab, {EMIT, .op = LINES}, {WRITE, .op = OUT}, {WRITE, .op = OUT, .lineage = at_lines},
             {WRITE, .op = OUT, .lineage = at_left}, {PART, .op = OUT, .text = "0\t0|0\t0|0\t0"});
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {0, 0, U, U, 0, 0}});
    lab_stop(&lab);
}

static void each_receiver_of_a_broadcast_gets_a_copy(void **unused)
{
    enum { LINES, OUT };
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "out", &lab_sink, 2);
    lab_edge(&lab, LINES, OUT, SNAP_SHIP_BROADCAST);
    lab_start(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, {EMIT, .op = LINES}, {EMIT, .op = LINES, .offset = 1},
             {WRITE, .op = OUT, .lineage = snap_lineage_copy(0, 0)},
             {WRITE, .op = OUT, .offset = 1, .lineage = snap_lineage_copy(0, 0)},
             {WRITE, .op = OUT, .subtask = 1, .lineage = snap_lineage_copy(0, 1)},
             {PART, .op = OUT, .text = "0\t0|1\t1"},
             {PART, .op = OUT, .subtask = 1, .text = "0\t0"});
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {1, 0, U, U, 0, 0}});
    lab_stop(&lab);
}

static void children_of_a_fan_out_are_told_apart(void **unused)
{
    enum { LINES, WORDS, COUNTS };
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "words", &lab_twice, 1);
    lab_operator(&lab, "counts", &lab_sum, 1);
    lab_edge(&lab, LINES, WORDS, SNAP_SHIP_FORWARD);
    lab_edge(&lab, WORDS, COUNTS, SNAP_SHIP_HASH);
    lab_start(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, {EMIT, .op = LINES}, {EMIT, .op = LINES, .offset = 1},
             {AFFECT, .op = COUNTS, .lineage = snap_lineage_child(0, 0)},
             {AFFECT, .op = COUNTS, .lineage = snap_lineage_child(0, 1)},
             {AFFECT, .op = COUNTS, .lineage = 1}, /* no child of anything */
             {AFFECT, .op = COUNTS, .offset = 1, .lineage = snap_lineage_child(0, 1)},
             {AFFECT, .op = COUNTS, .offset = 1, .lineage = snap_lineage_child(0, 1)},
             {STATE, .op = COUNTS, .key = 0}, {STATE, .op = COUNTS, .key = 1, .value = 2});
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {1, 2, U, 0, U, 0}});
    lab_stop(&lab);
}

static void filtered_records_are_not_missed(void **unused)
{
    enum { LINES, EVEN, OUT };
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "even", &lab_even, 1);
    lab_operator(&lab, "out", &lab_sink, 1);
    lab_edge(&lab, LINES, EVEN, SNAP_SHIP_FORWARD);
    lab_edge(&lab, EVEN, OUT, SNAP_SHIP_FORWARD);
    lab_start(&lab, SNAP_LEDGER_FULL);
    /* 0 passes, 1 is dropped (a leftover nobody sees is no matter), 2 is missing, 3 should have
     * been dropped. */
    LAB_PLAY(&lab, {EMIT, .op = LINES}, {EMIT, .op = LINES, .offset = 1},
             {EMIT, .op = LINES, .offset = 2}, {EMIT, .op = LINES, .offset = 3}, {WRITE, .op = OUT},
             {WRITE, .op = OUT, .offset = 3}, {WRITE, .op = OUT, .offset = 1, .part = 2},
             {PART, .op = OUT, .text = "0\t0|1\t3"},
             {PART, .op = OUT, .part = 2, .phase = SNAP_PART_PREPARED, .text = "1\t1"});
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {1, 1, 0, U, 0, 0}});
    lab_stop(&lab);
}

static void behind_a_filter_by_a_folded_value_nothing_is_judged(void **unused)
{
    enum { LINES, COUNTS, EVEN, OUT };
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "counts", &lab_sum, 1);
    lab_operator(&lab, "even", &lab_even, 1);
    lab_operator(&lab, "out", &lab_sink, 1);
    lab_edge(&lab, LINES, COUNTS, SNAP_SHIP_HASH);
    lab_edge(&lab, COUNTS, EVEN, SNAP_SHIP_FORWARD);
    lab_edge(&lab, EVEN, OUT, SNAP_SHIP_FORWARD);
    lab_start(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, {EMIT, .op = LINES});
    LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {COUNTS, {1, 0, U, 0, U, 0}}, {OUT, {U, U, U, U, U, U}});
    lab_stop(&lab);
}

static void discarded_records_are_not_judged(void **unused)
{
    enum { LINES, OUT };
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "out", &lab_discard, 1);
    lab_edge(&lab, LINES, OUT, SNAP_SHIP_FORWARD);
    lab_start(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, {EMIT, .op = LINES}, {WRITE, .op = OUT}, {WRITE, .op = OUT});
    const struct snap_verdict *verdict =
        LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {U, U, U, U, U, U}});
    assert_int_equal(verdict->judgements[0].processed, 2);
    assert_int_equal(verdict->counters[SNAP_COUNTER_LOST], U);
    lab_stop(&lab);
}

/* Whether order is judged at the sink: lines -> middle -> out over the two edges. */
struct order_row {
    const char *name;
    const struct snap_operator_rules *middle;
    uint32_t parallelism[3];
    enum snap_ship ships[2];
    int64_t out_of_order; /* record 2 of split 0 is written before record 0 */
};

static void order_is_judged_where_it_is_kept(void **unused)
{
    static const struct order_row rows[] = {
        {"forward all the way", &lab_same, {2, 2, 2}, {SNAP_SHIP_FORWARD, SNAP_SHIP_FORWARD}, 1},
        {"hash", &lab_same, {2, 2, 2}, {SNAP_SHIP_HASH, SNAP_SHIP_FORWARD}, 1},
        {"hash twice by one key", &lab_same, {2, 2, 2}, {SNAP_SHIP_HASH, SNAP_SHIP_HASH}, 1},
        {"hash by two keys", &lab_rekey, {2, 2, 2}, {SNAP_SHIP_HASH, SNAP_SHIP_HASH}, U},
        {"another key, not hashed before",
         &lab_rekey,
         {2, 2, 2},
         {SNAP_SHIP_FORWARD, SNAP_SHIP_HASH},
         1},
        {"rebalance", &lab_same, {2, 2, 2}, {SNAP_SHIP_REBALANCE, SNAP_SHIP_FORWARD}, U},
        {"rebalance, then one", &lab_same, {2, 2, 1}, {SNAP_SHIP_REBALANCE, SNAP_SHIP_GLOBAL}, U},
        {"rebalance to one", &lab_same, {2, 1, 2}, {SNAP_SHIP_REBALANCE, SNAP_SHIP_HASH}, 1},
        {"global", &lab_same, {2, 2, 2}, {SNAP_SHIP_GLOBAL, SNAP_SHIP_FORWARD}, 1},
        {"rescale to fewer", &lab_same, {4, 2, 2}, {SNAP_SHIP_RESCALE, SNAP_SHIP_FORWARD}, 1},
        {"rescale to more", &lab_same, {2, 4, 4}, {SNAP_SHIP_RESCALE, SNAP_SHIP_FORWARD}, U},
        {"shuffle", &lab_same, {2, 2, 2}, {SNAP_SHIP_SHUFFLE, SNAP_SHIP_FORWARD}, U},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct order_row *row = &rows[i];
        int64_t key = row->middle == &lab_rekey ? 7 : 0;
        const char *lines = key ? "7\t2|7\t0" : "0\t2|0\t0";
        struct expected expected = {2, {0, 0, row->out_of_order, U, 0, 0}};
        struct lab lab = {0};

        lab_operator(&lab, "lines", &lab_source, row->parallelism[0]);
        lab_operator(&lab, "middle", row->middle, row->parallelism[1]);
        lab_operator(&lab, "out", &lab_sink, row->parallelism[2]);
        lab_edge(&lab, 0, 1, row->ships[0]);
        lab_edge(&lab, 1, 2, row->ships[1]);
        lab_start(&lab, SNAP_LEDGER_FULL);
        LAB_PLAY(&lab, {EMIT, .op = 0}, {EMIT, .op = 0, .offset = 2},
                 {WRITE, .op = 2, .offset = 2, .key = key}, {WRITE, .op = 2, .key = key},
                 {PART, .op = 2, .text = lines});
        lab_judge(&lab, row->name, SNAP_JOB_FINISHED, &expected, 1);
        lab_stop(&lab);
    }
}

static void two_sources_of_one_sink_have_their_own_order(void **unused)
{
    enum { LINES, MORE, OUT };
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "more", &lab_source, 1);
    lab_operator(&lab, "out", &lab_sink, 1);
    lab_edge(&lab, LINES, OUT, SNAP_SHIP_FORWARD);
    lab_edge(&lab, MORE, OUT, SNAP_SHIP_FORWARD);
    lab_start(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, {EMIT, .op = LINES, .split = 1, .offset = 2}, {EMIT, .op = MORE, .split = 3},
             {WRITE, .op = OUT, .split = 3}, {WRITE, .op = OUT, .split = 1, .offset = 2},
             {PART, .op = OUT, .text = "0\t0|0\t2"});
    const struct snap_verdict *verdict =
        LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {0, 0, 0, U, 0, 0}});
    assert_false(verdict->culprit.found);
    lab_stop(&lab);
}

static void origins_are_named_by_split_of_their_source(void **unused)
{
    enum { LINES, MORE, OUT };
    struct lab lab = {0};

    (void)unused;
    lab_operator(&lab, "lines", &lab_source, 1);
    lab_operator(&lab, "more", &lab_source, 1);
    lab_operator(&lab, "out", &lab_sink, 1);
    lab_edge(&lab, LINES, OUT, SNAP_SHIP_FORWARD);
    lab_edge(&lab, MORE, OUT, SNAP_SHIP_FORWARD);
    lab_start(&lab, SNAP_LEDGER_FULL);
    LAB_PLAY(&lab, {EMIT, .at_ms = 4, .op = MORE, .split = 3, .offset = 9});
    const struct snap_verdict *verdict =
        LAB_EXPECT(&lab, SNAP_JOB_FINISHED, {OUT, {1, 0, 0, U, 0, 0}});
    assert_string_equal(
        verdict->culprit.story,
        "more:1:9 was sent at 4 ms and never reached out, with no failure in between.");
    lab_stop(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fork_and_union_make_two_copies),
        cmocka_unit_test(forks_behind_forks_make_copies_of_their_own),
        cmocka_unit_test(each_receiver_of_a_broadcast_gets_a_copy),
        cmocka_unit_test(children_of_a_fan_out_are_told_apart),
        cmocka_unit_test(filtered_records_are_not_missed),
        cmocka_unit_test(behind_a_filter_by_a_folded_value_nothing_is_judged),
        cmocka_unit_test(discarded_records_are_not_judged),
        cmocka_unit_test(order_is_judged_where_it_is_kept),
        cmocka_unit_test(two_sources_of_one_sink_have_their_own_order),
        cmocka_unit_test(origins_are_named_by_split_of_their_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
