// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a scenario file and prints the verdict.
 *
 *     run_scenario SCENARIO [SETTING=VALUE...]     settings are Flink's, on top of the file's
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <snap.h>

static void set(struct snapsim_job *job, const char *argument)
{
    char key[256];
    const char *equals = strchr(argument, '=');

    snprintf(key, sizeof(key), "%.*s", equals ? (int)(equals - argument) : 0, argument);
    snapsim_job_config(job, key, equals ? equals + 1 : argument);
}

static void print_counter(const struct snapsim_result *result, enum snapsim_counter counter)
{
    int64_t number = snapsim_result_counter(result, NULL, counter);

    if (number == SNAPSIM_UNJUDGED)
        printf("  %-13s not judged\n", snapsim_counter_name(counter));
    else
        printf("  %-13s %" PRId64 "\n", snapsim_counter_name(counter), number);
}

static void print_verdict(const struct snapsim_result *result)
{
    printf("%s after %.3f s\n", snapsim_result_status(result),
           (double)snapsim_result_elapsed_ns(result) / 1e9);
    for (int counter = 0; counter < SNAPSIM_COUNTER_COUNT; counter++)
        print_counter(result, (enum snapsim_counter)counter);
    if (snapsim_result_story(result))
        printf("%s\n", snapsim_result_story(result));
    printf(snapsim_result_met(result) ? "as expected\n" : "NOT as expected\n");
}

int main(int argc, char **argv)
{
    struct snapsim_error error = {0};
    struct snapsim_job *job;
    struct snapsim_result *result;
    int code = 2;

    if (argc < 2) {
        fprintf(stderr, "usage: run_scenario SCENARIO [SETTING=VALUE...]\n");
        return 2;
    }
    job = snapsim_job_load(argv[1]);
    for (int i = 2; i < argc; i++)
        set(job, argv[i]);
    result = snapsim_job_run(job, NULL, &error);
    if (result) {
        print_verdict(result);
        code = snapsim_result_met(result) ? 0 : 1;
    } else {
        fprintf(stderr, "%s\n", error.message);
    }
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    return code;
}
