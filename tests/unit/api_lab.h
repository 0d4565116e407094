// SPDX-License-Identifier: Apache-2.0
/*
 * api_lab.h: small jobs through snap.h, for the tests of the C interface.
 *
 * - A job is numbers -> TYPE under test -> out, with one crash, from a table of settings.
 */
#ifndef TESTS_UNIT_API_LAB_H
#define TESTS_UNIT_API_LAB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "snap.h"

/* Puts the settings that all jobs here have: checkpoints, quick restarts. */
static inline struct snapsim_job *lab_job(const char *name)
{
    struct snapsim_job *job = snapsim_job_create(name);

    snapsim_job_config(job, "execution.checkpointing.interval", "100 ms");
    snapsim_job_config(job, "execution.buffer-timeout.interval", "5 ms");
    snapsim_job_config(job, "restart-strategy.type", "fixed-delay");
    snapsim_job_config(job, "restart-strategy.fixed-delay.attempts", "3");
    snapsim_job_config(job, "restart-strategy.fixed-delay.delay", "10 ms");
    return job;
}

/* Adds the source `numbers`: 1000 of them, 8 keys, half a second. */
static inline void lab_numbers(struct snapsim_job *job)
{
    snapsim_job_operator(job, "numbers", "sequence");
    snapsim_job_option(job, "numbers", "count", "1000");
    snapsim_job_option(job, "numbers", "keys", "8");
    snapsim_job_option(job, "numbers", "rate", "2000/s");
}

/* Runs the job; fails the test, with the message, if it cannot run. */
static inline struct snapsim_result *lab_run(struct snapsim_job *job, enum snapsim_runtime runtime)
{
    struct snapsim_run_options options = {.runtime = runtime};
    struct snapsim_error error = {0};
    struct snapsim_result *result = snapsim_job_run(job, &options, &error);

    if (!result)
        fail_msg("%s\n%s", error.message, snapsim_job_text(job));
    return result;
}

/* What a counter should be: ANY_ABOVE means more than 0. */
enum { ANY_ABOVE = -2 };

static inline void lab_counter(const char *row, int64_t actual, int64_t expected)
{
    if (expected == ANY_ABOVE ? actual <= 0 : actual != expected)
        fail_msg("%s: %lld, expected %lld", row, (long long)actual, (long long)expected);
}

#endif
