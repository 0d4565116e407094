// SPDX-License-Identifier: Apache-2.0
/*
 * Builds a job in code with an operator of its own: a pure function, which the ledger uses too to
 * know what must come out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <snap.h>

/* Sends the number for each of its digits; the digit is the key. */
static void split_digits(const struct snapsim_record *in, struct snapsim_context *context)
{
    int64_t base = strtoll(snapsim_option_get(context, "base"), NULL, 10);
    int64_t rest = in->value.number;

    do {
        snapsim_emit(context, snapsim_long(rest % base), in->value);
        rest /= base;
    } while (rest > 0);
}

static const struct snapsim_option options[] = {
    {.name = "base", .value_default = "10", .doc = "of the digits"},
};

static const struct snapsim_operator_type digits = {
    .name = "digits",
    .role = SNAPSIM_OPERATOR,
    .doc = "sends a number once for each of its digits",
    .options = options,
    .option_count = 1,
    .map = split_digits,
};

static struct snapsim_job *build(void)
{
    struct snapsim_job *job = snapsim_job_create("digits");

    snapsim_job_type(job, &digits);
    snapsim_job_config(job, "parallelism.default", "2");
    snapsim_job_config(job, "execution.checkpointing.interval", "50 ms");
    snapsim_job_config(job, "restart-strategy.type", "fixed-delay");
    snapsim_job_config(job, "restart-strategy.fixed-delay.delay", "10 ms");

    snapsim_job_operator(job, "numbers", "sequence");
    snapsim_job_option(job, "numbers", "count", "1000");
    snapsim_job_option(job, "numbers", "rate", "5000/s");
    snapsim_job_operator(job, "digits", "digits");
    snapsim_job_option(job, "digits", "base", "8");
    snapsim_job_input(job, "digits", "numbers", "rebalance");
    snapsim_job_operator(job, "counts", "count");
    snapsim_job_input(job, "counts", "digits", "hash");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "counts", NULL);

    snapsim_job_timeline(job, "{at: 120 ms, crash: \"digits[0]\"}");
    return job;
}

static void print_count(void *to, uint32_t subtask, struct snapsim_value key,
                        struct snapsim_value value)
{
    (void)to;
    printf("  digit %" PRId64 ": %" PRId64 " times, in subtask %" PRIu32 "\n", key.number,
           value.number, subtask);
}

int main(void)
{
    struct snapsim_error error = {0};
    struct snapsim_job *job = build();
    struct snapsim_result *result = snapsim_job_run(job, NULL, &error);
    struct snapsim_visitor visitor = {.visit = print_count};
    bool good = result && snapsim_result_state(result, "counts", &visitor, &error);

    if (good)
        printf("lost %" PRId64 ", duplicated %" PRId64 ", wrong state %" PRId64 "\n",
               snapsim_result_counter(result, NULL, SNAPSIM_LOST),
               snapsim_result_counter(result, NULL, SNAPSIM_DUPLICATED),
               snapsim_result_counter(result, NULL, SNAPSIM_WRONG_STATE));
    else
        fprintf(stderr, "%s\n", error.message);
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    return good ? 0 : 2;
}
