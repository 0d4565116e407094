// SPDX-License-Identifier: Apache-2.0
/*
 * shapes.c: what has to be so however long a single checkpoint takes.
 *
 * - How many times as long an aligned checkpoint takes as an unaligned one of the same job: within
 *   a factor of 2 of what was measured.
 * - With a timeout it takes longer than unaligned, and less long than aligned.
 * - What the rules of before 1.16 make of a timeout is in scenarios/network-rules.yaml: Flink of
 *   that time was not measured.
 */
#include <stdio.h>
#include <string.h>

#include "truth/truth.h"

/* 200 us a record was measured with a timeout only: what came after it is the unaligned part. */
static const struct ratio {
    const char *aligned;
    const char *unaligned;
    double less_ms;
} ratios[] = {
    {"A4", "C2", 0}, {"A5", "D3b", 100}, {"A3", "C1", 0}, {"B2", "B6", 0},
    {"F1", "F2", 0}, {"G1", "G2", 0},    {"I1", "I2", 0},
};

enum { RATIOS = sizeof(ratios) / sizeof(ratios[0]) };

static const struct between {
    const char *least;
    const char *middle;
    const char *most;
} betweens[] = {
    {"C2", "D2b", "A4"},
    {"D2b", "D4", "A4"},
    {"G2", "G3", "G1"},
};

enum { BETWEENS = sizeof(betweens) / sizeof(betweens[0]) };

static const struct truth_row *find_row(const struct truth_row *rows, uint32_t count,
                                        const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(rows[i].flink->name, name) == 0 && rows[i].run)
            return &rows[i];
    return NULL;
}

/* Fills Flink's and ours; false if not both rows were run. */
static bool measure(const struct truth_row *rows, uint32_t count, const struct ratio *ratio,
                    double times[2])
{
    const struct truth_row *aligned = find_row(rows, count, ratio->aligned);
    const struct truth_row *unaligned = find_row(rows, count, ratio->unaligned);

    if (!aligned || !unaligned)
        return false;
    times[0] = aligned->flink->figures.e2e_ms.median /
               (unaligned->flink->figures.e2e_ms.median - ratio->less_ms);
    times[1] = aligned->figures.e2e_ms.median / (unaligned->figures.e2e_ms.median - ratio->less_ms);
    return true;
}

static void add_name(struct snap_text *text, const struct ratio *ratio)
{
    if (ratio->less_ms > 0)
        snap_text_printf(text, "%s / (%s - %.0f ms)", ratio->aligned, ratio->unaligned,
                         ratio->less_ms);
    else
        snap_text_printf(text, "%s / %s", ratio->aligned, ratio->unaligned);
}

static uint32_t check_ratios(const struct truth_row *rows, uint32_t count)
{
    struct snap_text name = {0};
    uint32_t bad = 0;

    for (unsigned i = 0; i < RATIOS; i++) {
        double times[2];
        bool good;

        if (!measure(rows, count, &ratios[i], times))
            continue;
        good = times[1] > times[0] / 2 && times[1] < times[0] * 2;
        snap_text_clear(&name);
        add_name(&name, &ratios[i]);
        printf("%s: %.1f, Flink %.1f: %s\n", snap_text_get(&name), times[1], times[0],
               good ? "within" : "off");
        bad += !good;
    }
    snap_text_fini(&name);
    return bad;
}

static bool lies_between(double least, double middle, double most)
{
    return least < middle && middle < most;
}

static uint32_t check_betweens(const struct truth_row *rows, uint32_t count)
{
    uint32_t bad = 0;

    for (unsigned i = 0; i < BETWEENS; i++) {
        const struct truth_row *least = find_row(rows, count, betweens[i].least);
        const struct truth_row *middle = find_row(rows, count, betweens[i].middle);
        const struct truth_row *most = find_row(rows, count, betweens[i].most);
        bool good;

        if (!least || !middle || !most)
            continue;
        good =
            lies_between(least->figures.e2e_ms.median, middle->figures.e2e_ms.median,
                         most->figures.e2e_ms.median) &&
            lies_between(least->flink->figures.e2e_ms.median, middle->flink->figures.e2e_ms.median,
                         most->flink->figures.e2e_ms.median);
        printf("%s < %s < %s: %s\n", betweens[i].least, betweens[i].middle, betweens[i].most,
               good ? "so it is" : "off");
        bad += !good;
    }
    return bad;
}

uint32_t truth_check_shapes(const struct truth_row *rows, uint32_t count)
{
    return check_ratios(rows, count) + check_betweens(rows, count);
}

void truth_add_ratios(struct snap_text *text, const struct truth_row *rows, uint32_t count)
{
    snap_text_printf(text, "\n| aligned over unaligned | Flink | snapsim |\n|---|---|---|\n");
    for (unsigned i = 0; i < RATIOS; i++) {
        double times[2];

        if (!measure(rows, count, &ratios[i], times))
            continue;
        snap_text_printf(text, "| ");
        add_name(text, &ratios[i]);
        snap_text_printf(text, " | %.1f | %.1f |\n", times[0], times[1]);
    }
}
