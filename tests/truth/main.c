// SPDX-License-Identifier: Apache-2.0
/*
 * main.c: `truth [--seeds N] [--only A4,A7] [--check | --page PAGE] RUNS.json SCENARIO...`:
 * recorded runs of Flink beside snapsim's. Prints tables; with --check only what is within its
 * bounds or off, and fails if anything is off; with a page, fails if its tables are others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "operators/operator.h"
#include "truth/truth.h"

struct arguments {
    uint32_t seeds;
    const char *only;
    bool check;
    const char *page; /* NULL: none */
    const char *runs;
    char **scenarios;
    int scenario_count;
};

static void read_arguments(struct arguments *arguments, int argc, char **argv)
{
    int i = 1;

    *arguments = (struct arguments){.seeds = 10};
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--check") == 0)
            arguments->check = true;
        else if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
            arguments->seeds = (uint32_t)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            arguments->only = argv[++i];
        else if (strcmp(argv[i], "--page") == 0 && i + 1 < argc)
            arguments->page = argv[++i];
        else
            break;
    }
    if (argc - i < 2 || argv[i][0] == '-' || arguments->seeds == 0) {
        fprintf(stderr, "usage: truth [--seeds N] [--only A4,A7] [--check | --page PAGE] "
                        "RUNS.json SCENARIO...\n");
        exit(2);
    }
    arguments->runs = argv[i];
    arguments->scenarios = &argv[i + 1];
    arguments->scenario_count = argc - i - 1;
}

/* Whether the name is one of the list, which is separated by commas. */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; (at = strstr(at, name)) != NULL; at += length)
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

static struct snap_scenario *read_scenario(const char *path)
{
    struct snap_scenario *scenario = NULL;
    struct snap_error error = {0};

    if (!snap_scenario_read(path, snap_operator_catalogue_get(), &scenario, &error)) {
        fprintf(stderr, "truth: %s:%u: %s\n", error.file, error.line, error.message);
        exit(2);
    }
    return scenario;
}

static bool has_variant(const struct snap_scenario *scenario, const char *name)
{
    for (uint32_t i = 0; i < snap_scenario_variant_count(scenario); i++)
        if (strcmp(snap_scenario_variant_name(scenario, i), name) == 0)
            return true;
    return false;
}

static void run_scenario(const char *path, struct truth_row *rows, uint32_t count, uint32_t seeds)
{
    struct snap_scenario *scenario = read_scenario(path);

    for (uint32_t i = 0; i < count; i++)
        if (has_variant(scenario, rows[i].flink->name)) {
            truth_run(&rows[i], scenario, seeds);
            fprintf(stderr, "%s: %s%s%s\n", path, rows[i].flink->name,
                    rows[i].run ? "" : " is not run: ", rows[i].why_not);
        }
    snap_scenario_destroy(scenario);
}

/* Whether the row is within its bounds. */
static bool check_row(const struct truth_row *row)
{
    struct snap_text off = {0};
    bool good;

    if (row->run)
        truth_compare(row, &off);
    else
        snap_text_add_string(&off, "not run");
    good = off.length == 0;
    printf("%s: %s\n", row->flink->name, good ? "within" : off.data);
    snap_text_fini(&off);
    return good;
}

/* Returns how many rows and shapes are off; prints all. */
static uint32_t check_rows(const struct truth_row *rows, uint32_t count)
{
    uint32_t bad = 0;

    for (uint32_t i = 0; i < count; i++)
        bad += !check_row(&rows[i]);
    return bad;
}

static void print_tables(const struct snap_text *tables)
{
    SNAP_CHECK(fwrite(tables->data, 1, tables->length, stdout) == tables->length);
}

/* Returns how much is not as it has to be. */
static uint32_t report(const struct arguments *arguments, const struct truth_row *rows,
                       uint32_t count)
{
    struct snap_text tables = {0};
    uint32_t bad = 0;

    truth_tables(&tables, rows, count);
    if (arguments->page)
        bad += truth_check_page(arguments->page, &tables);
    else if (arguments->check)
        bad += check_rows(rows, count);
    else
        print_tables(&tables);
    if (arguments->page || arguments->check)
        bad += truth_check_shapes(rows, count);
    snap_text_fini(&tables);
    return bad;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct truth_flink *flink;
    struct truth_row *rows;
    uint32_t flink_count;
    uint32_t count = 0;
    uint32_t bad;

    read_arguments(&arguments, argc, argv);
    flink = truth_flink_read(arguments.runs, &flink_count);
    rows = calloc(flink_count, sizeof(*rows));
    SNAP_CHECK(rows);
    for (uint32_t i = 0; i < flink_count; i++)
        if (!arguments.only || is_listed(arguments.only, flink[i].name))
            rows[count++].flink = &flink[i];
    for (int i = 0; i < arguments.scenario_count; i++)
        run_scenario(arguments.scenarios[i], rows, count, arguments.seeds);
    truth_check_constants();
    bad = report(&arguments, rows, count);
    free(rows);
    truth_flink_free(flink);
    return bad > 0;
}
