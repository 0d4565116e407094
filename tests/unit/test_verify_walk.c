// SPDX-License-Identifier: Apache-2.0
#include "unit/verify_lab.h"

#include <stdlib.h>

#include "verify/walk.h"

enum { RECORDS = 300, COPIES_MAX = 16 * RECORDS };

/* src -> twice -> same -> even -> sum -> rekey -> out, and src broadcast to three copies of every.
 */
static void start(struct lab *lab, struct snap_graph *graph)
{
    uint32_t src = lab_operator(lab, "src", &lab_source, 1);
    uint32_t twice = lab_operator(lab, "twice", &lab_twice, 1);
    uint32_t same = lab_operator(lab, "same", &lab_same, 1);
    uint32_t even = lab_operator(lab, "even", &lab_even, 1);
    uint32_t sum = lab_operator(lab, "sum", &lab_sum, 2);
    uint32_t rekey = lab_operator(lab, "rekey", &lab_rekey, 1);
    uint32_t out = lab_operator(lab, "out", &lab_sink, 1);
    uint32_t every = lab_operator(lab, "every", &lab_sink, 3);

    lab_edge(lab, src, twice, SNAP_SHIP_FORWARD);
    lab_edge(lab, twice, same, SNAP_SHIP_FORWARD);
    lab_edge(lab, same, even, SNAP_SHIP_FORWARD);
    lab_edge(lab, even, sum, SNAP_SHIP_HASH);
    lab_edge(lab, sum, rekey, SNAP_SHIP_REBALANCE);
    lab_edge(lab, rekey, out, SNAP_SHIP_FORWARD);
    lab_edge(lab, src, every, SNAP_SHIP_BROADCAST);
    lab_start(lab, SNAP_LEDGER_FULL);
    snap_graph_init(graph, &lab->arena, &lab->job, lab->rules);
}

static void fill(struct snap_record *records)
{
    memset(records, 0, RECORDS * sizeof(*records));
    for (uint32_t i = 0; i < RECORDS; i++) {
        records[i].key.number = i % 7;
        records[i].value.number = i;
        records[i].origin = snap_origin_make(1, i);
    }
}

static uint32_t keep(const struct snap_walk *walk, struct snap_copy *copies, uint32_t count)
{
    assert_true(count + walk->count <= COPIES_MAX);
    memcpy(copies + count, walk->copies, walk->count * sizeof(*copies));
    return count + walk->count;
}

static int compare(const void *left, const void *right)
{
    const struct snap_copy *a = left;
    const struct snap_copy *b = right;

    if (a->record.origin != b->record.origin)
        return a->record.origin < b->record.origin ? -1 : 1;
    if (a->operator_index != b->operator_index)
        return a->operator_index < b->operator_index ? -1 : 1;
    return (a->lineage > b->lineage) - (a->lineage < b->lineage);
}

static struct snap_walk_aim aim_at_all(struct lab *lab, const struct snap_graph *graph)
{
    bool *wanted = SNAP_ARENA_ARRAY(&lab->arena, bool, lab->job.operator_count);

    memset(wanted, 1, lab->job.operator_count);
    return snap_walk_aim_at(graph, &lab->arena, wanted);
}

static void many_walk_as_one_by_one(void **unused)
{
    static struct snap_copy one_by_one[COPIES_MAX];
    static struct snap_copy together[COPIES_MAX];
    static struct snap_record records[RECORDS];
    struct lab lab = {0};
    struct snap_graph graph;
    struct snap_walk_aim aim;
    struct snap_walk walk = {0};
    uint32_t counts[2] = {0, 0};

    (void)unused;
    start(&lab, &graph);
    fill(records);
    aim = aim_at_all(&lab, &graph);
    snap_walk_init(&walk, &graph, &aim);
    for (uint32_t i = 0; i < RECORDS; i++) {
        snap_walk_from(&walk, 0, &records[i], 1);
        counts[0] = keep(&walk, one_by_one, counts[0]);
    }
    snap_walk_from(&walk, 0, records, RECORDS);
    counts[1] = keep(&walk, together, counts[1]);
    assert_int_equal(counts[0], RECORDS * 3 + RECORDS / 2 * 2 * 2);
    assert_int_equal(counts[1], counts[0]);
    qsort(one_by_one, counts[0], sizeof(*one_by_one), compare);
    qsort(together, counts[1], sizeof(*together), compare);
    for (uint32_t i = 0; i < counts[0]; i++)
        if (memcmp(&one_by_one[i], &together[i], sizeof(*together)) != 0)
            fail_msg("copy %u differs", i);
    snap_walk_fini(&walk);
    lab_stop(&lab);
}

/* A walk that prints says the same as one that keeps its copies. */
static void prints_are_those_of_the_copies(void **unused)
{
    static struct snap_record records[RECORDS];
    struct snap_fingerprint prints[LAB_OPERATORS_MAX] = {{0}};
    struct snap_fingerprint expected[LAB_OPERATORS_MAX] = {{0}};
    struct snap_print_form forms[LAB_OPERATORS_MAX] = {{.parts = 0}};
    struct lab lab = {0};
    struct snap_graph graph;
    struct snap_walk_aim aim;
    struct snap_walk kept = {0};
    struct snap_walk printed = {.prints = prints, .forms = forms};

    (void)unused;
    start(&lab, &graph);
    fill(records);
    aim = aim_at_all(&lab, &graph);
    for (uint32_t i = 0; i < lab.job.operator_count; i++)
        forms[i].parts = graph.known[i];
    snap_walk_init(&kept, &graph, &aim);
    snap_walk_init(&printed, &graph, &aim);
    snap_walk_from(&kept, 0, records, RECORDS);
    for (uint32_t i = 0; i < kept.count; i++)
        snap_fingerprint_add_copy(&expected[kept.copies[i].operator_index],
                                  &forms[kept.copies[i].operator_index], &kept.copies[i].record,
                                  kept.copies[i].lineage);
    snap_walk_from(&printed, 0, records, RECORDS);
    assert_int_equal(printed.count, 0);
    for (uint32_t i = 0; i < lab.job.operator_count; i++)
        assert_true(snap_fingerprint_equal(&prints[i], &expected[i]));
    assert_int_equal(prints[7].count, RECORDS * 3);
    snap_walk_fini(&printed);
    snap_walk_fini(&kept);
    lab_stop(&lab);
}

/* Any other key, value, name or number of copies gives another print. */
static void prints_tell_contents_apart(void **unused)
{
    static const struct {
        const char *name;
        unsigned parts;
        struct snap_record record;
        uint64_t lineage;
        bool same;
    } rows[] = {
        {"the same", BOTH, {{5}, {6}, 0, 7}, 8, true},
        {"another key", BOTH, {{4}, {6}, 0, 7}, 8, false},
        {"another value", BOTH, {{5}, {7}, 0, 7}, 8, false},
        {"key and value exchanged", BOTH, {{6}, {5}, 0, 7}, 8, false},
        {"another origin", BOTH, {{5}, {6}, 0, 8}, 8, false},
        {"another lineage", BOTH, {{5}, {6}, 0, 7}, 9, false},
        {"another time", BOTH, {{5}, {6}, 9, 7}, 8, true},
        {"a value that is not known", SNAP_PART_KEY, {{5}, {7}, 0, 7}, 8, true},
        {"another key, the value is not known", SNAP_PART_KEY, {{4}, {6}, 0, 7}, 8, false},
        {"another value, the key is not known", SNAP_PART_VALUE, {{5}, {7}, 0, 7}, 8, false},
        {"names alone", SNAP_PART_NOTHING, {{1}, {2}, 0, 7}, 8, true},
    };
    const struct snap_record first = {{5}, {6}, 0, 7};
    const uint64_t lineage = 8;

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
        struct snap_print_form form = {.parts = rows[r].parts};
        struct snap_fingerprint a = {0};
        struct snap_fingerprint b = {0};

        snap_fingerprint_add_stretch(
            &a, &form, &(struct snap_stretch){snap_record_view_of(&first), &lineage, 1});
        snap_fingerprint_add_stretch(
            &b, &form,
            &(struct snap_stretch){snap_record_view_of(&rows[r].record), &rows[r].lineage, 1});
        if (snap_fingerprint_equal(&a, &b) != rows[r].same)
            fail_msg("%s", rows[r].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_walk_as_one_by_one),
        cmocka_unit_test(prints_are_those_of_the_copies),
        cmocka_unit_test(prints_tell_contents_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
