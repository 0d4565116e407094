// SPDX-License-Identifier: Apache-2.0
/*
 * Jobs in which something was wrong once, each as a scenario file that says what. Each runs ahead
 * and with one event per record: the traces must be equal, what ledger and oracles say is as
 * expected, and nobody persists more than it has memory for. Usage: swarm_regressions FILE...
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "swarm/persisted_bounds.h"
#include "swarm/swarm_run.h"

static bool read_file(const char *path, struct snap_text *text)
{
    FILE *file = fopen(path, "r");
    char buffer[4096];
    size_t count;

    if (!file)
        return false;
    while ((count = fread(buffer, 1, sizeof(buffer), file)) > 0)
        snap_text_add(text, buffer, count);
    fclose(file);
    return true;
}

static bool passes(const struct snap_built *built)
{
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_VIRTUAL, .records_wanted = true};
    struct swarm_run_options every = options;
    struct swarm_run ahead;
    struct swarm_run single;
    uint64_t at;
    bool good;

    every.every_record = true;
    swarm_run_perform(&single, &built->sim, &every);
    swarm_run_perform(&ahead, &built->sim, &options);
    good = true;
    if (!swarm_runs_equal(&ahead, &single, &at)) {
        printf("the traces differ\n");
        good = false;
    }
    good = persisted_bounds_hold(&ahead) && good;
    if (!snap_expectation_met(&built->expectation, &ahead.verdict, ahead.result.status)) {
        printf("not as expected\n");
        swarm_print_verdict(&ahead);
        good = false;
    }
    swarm_run_fini(&ahead);
    swarm_run_fini(&single);
    return good;
}

int main(int argc, char **argv)
{
    int failed = 0;

    for (int i = 1; i < argc; i++) {
        struct snap_text text = {0};
        struct snap_built built = {0};
        bool good = read_file(argv[i], &text) && swarm_build(snap_text_get(&text), &built) &&
                    passes(&built);

        if (!good)
            printf("failed: %s\n", argv[i]);
        failed += !good;
        snap_built_fini(&built);
        snap_text_fini(&text);
    }
    printf("%d passed, %d failed\n", argc - 1 - failed, failed);
    return argc > 1 && failed == 0 ? 0 : 1;
}
