// SPDX-License-Identifier: Apache-2.0
#include "verify_lab.h"

#include <stdlib.h>

#include "base/hash.h"
#include "verify/fingerprint.h"

/* The same pipeline for all rows: lines -> counts -> out, in fingerprint mode. */
enum { LINES, COUNTS, OUT, STEPS_MAX = 8 };

#define SEND(n)                                                                                    \
    {                                                                                              \
        EMIT, .op = LINES, .offset = n                                                             \
    }
#define TAKE(n)                                                                                    \
    {                                                                                              \
        AFFECT, .op = COUNTS, .offset = n                                                          \
    }
#define PUT(n, in)                                                                                 \
    {                                                                                              \
        WRITE, .op = OUT, .offset = n, .part = in                                                  \
    }
#define SEE(n, lines)                                                                              \
    {                                                                                              \
        PART, .op = OUT, .part = n, .phase = SNAP_PART_VISIBLE, .text = lines                      \
    }
#define LIE(n, lines)                                                                              \
    {                                                                                              \
        PART, .op = OUT, .part = n, .phase = SNAP_PART_PREPARED, .text = lines                     \
    }
#define CUT(n)                                                                                     \
    {                                                                                              \
        SNAPSHOT, .op = COUNTS, .checkpoint = n                                                    \
    }
#define BACK(n)                                                                                    \
    {                                                                                              \
        RESTORE, .op = COUNTS, .checkpoint = n                                                     \
    }

struct row {
    const char *name;
    struct step steps[STEPS_MAX];
    size_t step_count;
    enum snap_job_status status;
    struct expected expected;
    int64_t affected;
};

static void what_fingerprints_can_say(void **unused)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"all there", {SEND(0), SEND(1), TAKE(1), TAKE(0)}, 4, SNAP_JOB_FINISHED,
         {COUNTS, {0, 0, U, U, U, 0}}, 2},
        {"one fewer", {SEND(0), SEND(1), TAKE(1)}, 3, SNAP_JOB_FINISHED,
         {COUNTS, {1, U, U, U, U, U}}, 1},
        {"one more", {SEND(0), TAKE(0), TAKE(0)}, 3, SNAP_JOB_FINISHED,
         {COUNTS, {U, 1, U, U, U, U}}, 2},
        {"as many, but others", {SEND(0), SEND(1), TAKE(0), TAKE(0)}, 4, SNAP_JOB_FINISHED,
         {COUNTS, {1, 1, U, U, U, U}}, 2},
        {"sent again counts once", {SEND(0), SEND(0), TAKE(0)}, 3, SNAP_JOB_FINISHED,
         {COUNTS, {0, 0, U, U, U, 0}}, 1},
        {"a restore cuts back", {SEND(0), TAKE(0), CUT(1), SEND(1), TAKE(1), BACK(1), TAKE(1)}, 7,
         SNAP_JOB_FINISHED, {COUNTS, {0, 0, U, U, U, 0}}, 2},
        {"a restore to nothing", {SEND(0), TAKE(0), BACK(-1), TAKE(0)}, 4, SNAP_JOB_FINISHED,
         {COUNTS, {0, 0, U, U, U, 0}}, 1},
        {"on its way", {SEND(0), SEND(1), TAKE(0)}, 3, SNAP_JOB_RUNNING,
         {COUNTS, {U, U, U, U, U, U}}, 1},
        {"more, on its way", {SEND(0), TAKE(0), TAKE(0)}, 3, SNAP_JOB_RUNNING,
         {COUNTS, {U, 1, U, U, U, U}}, 2},
        {"a sink's visible parts", {SEND(0), SEND(1), PUT(0, 1), PUT(1, 2), SEE(1, "a"),
         SEE(2, "b")}, 6, SNAP_JOB_FINISHED, {OUT, {0, 0, U, U, 0, 0}}, 2},
        {"prepared", {SEND(0), SEND(1), PUT(0, 1), PUT(1, 2), SEE(1, "a"), LIE(2, "b")}, 6,
         SNAP_JOB_FINISHED, {OUT, {0, 0, U, U, 1, U}}, 1},
        {"a part that lacks lines", {SEND(0), SEND(1), PUT(0, 1), PUT(1, 1), SEE(1, "a")}, 5,
         SNAP_JOB_FINISHED, {OUT, {U, U, U, U, U, U}}, 1},
    };
    /* clang-format on */

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct row *row = &rows[i];
        const struct snap_verdict *verdict;
        struct lab lab = {0};

        lab_operator(&lab, "lines", &lab_source, 1);
        lab_operator(&lab, "counts", &lab_sum, 1);
        lab_operator(&lab, "out", &lab_sink, 1);
        lab_edge(&lab, LINES, COUNTS, SNAP_SHIP_HASH);
        lab_edge(&lab, COUNTS, OUT, SNAP_SHIP_FORWARD);
        lab_start(&lab, SNAP_LEDGER_FINGERPRINT);
        lab_play(&lab, row->steps, row->step_count);
        verdict = lab_judge(&lab, row->name, row->status, &row->expected, 1);
        for (uint32_t k = 0; k < verdict->judgement_count; k++)
            if (verdict->judgements[k].operator_index == row->expected.op)
                assert_int_equal(verdict->judgements[k].affected, row->affected);
        lab_stop(&lab);
    }
}

enum { LONGEST = 23 };

/* The same records whole and in columns; the ends of both are the ends of their memory. */
struct copies {
    struct snap_record *whole;
    struct snap_pair *pairs;
    struct snap_stamp *stamps;
    uint64_t *lineages;
    uint32_t count;
};

static struct copies make_copies(uint32_t count, uint64_t seed)
{
    size_t places = count ? count : 1;
    struct copies copies = {.whole = calloc(places, sizeof(*copies.whole)),
                            .pairs = calloc(places, sizeof(*copies.pairs)),
                            .stamps = calloc(places, sizeof(*copies.stamps)),
                            .lineages = calloc(places, sizeof(*copies.lineages)),
                            .count = count};

    for (uint32_t i = 0; i < count; i++) {
        const struct snap_record record = {.key.number = (int64_t)snap_mix64(seed + 4 * i),
                                           .value.number = (int64_t)snap_mix64(seed + 4 * i + 1),
                                           .timestamp_ms = i,
                                           .origin = snap_mix64(seed + 4 * i + 2)};

        copies.whole[i] = record;
        copies.pairs[i] = (struct snap_pair){record.key, record.value};
        copies.stamps[i] = (struct snap_stamp){record.timestamp_ms, record.origin};
        copies.lineages[i] = snap_mix64(seed + 4 * i + 3);
    }
    return copies;
}

static void drop_copies(struct copies *copies)
{
    free(copies->whole);
    free(copies->pairs);
    free(copies->stamps);
    free(copies->lineages);
}

/* Copies of numbers are added four at a time where the processor can: stretches of each length,
 * whole and in columns, with and without lineages. */
static void stretches_are_added_like_single_copies(void **unused)
{
    const struct snap_print_form form = {{SNAP_VALUE_LONG, SNAP_VALUE_LONG},
                                         SNAP_PART_KEY | SNAP_PART_VALUE};

    (void)unused;
    for (uint32_t r = 0; r < 4 * LONGEST * 50; r++) {
        struct copies copies = make_copies(r / 4 % LONGEST, snap_mix64(r));
        const struct snap_record_view columns = {copies.pairs, copies.stamps,
                                                 sizeof(struct snap_pair)};
        const struct snap_stretch stretch = {
            r & 1 ? columns : snap_record_view_of(copies.whole),
            r & 2 ? copies.lineages : NULL,
            copies.count,
        };
        struct snap_fingerprint expected = {0};
        struct snap_fingerprint print = {0};

        for (uint32_t i = 0; i < copies.count; i++)
            snap_fingerprint_add_copy(&expected, &form, &copies.whole[i],
                                      r & 2 ? copies.lineages[i] : 0);
        snap_fingerprint_add_stretch(&print, &form, &stretch);
        if (!snap_fingerprint_equal(&print, &expected))
            fail_msg("row %u: %u copies have another print", r, copies.count);
        drop_copies(&copies);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fingerprints_can_say),
        cmocka_unit_test(stretches_are_added_like_single_copies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
