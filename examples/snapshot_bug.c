// SPDX-License-Identifier: Apache-2.0
/*
 * An operator that keeps its own state, with a bug in its snapshot that the ledger finds.
 *
 * It adds up values by key in a table of its own. `fold` is its specification: what the state of a
 * key becomes with one more record. Option `snapshot` says how it takes its snapshots:
 *
 * - good: copies the table.
 * - forgets: leaves one key out.
 * - late: puts only a ticket into the snapshot and copies the table into a store outside when the
 *   next record has come, as one does who hands live memory to another thread. What is restored
 *   has seen a record of the next epoch, which the source sends again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <snap.h>

enum { KEYS = 8, SUBTASKS = 2, CHECKPOINTS = 64 };

struct table {
    bool used[KEYS];
    int64_t sums[KEYS];
};

/* What a crash of a subtask leaves alone: a data base, say. */
static struct table store[SUBTASKS][CHECKPOINTS];

struct adder {
    struct table table;
    int64_t owed; /* checkpoint whose copy is not made yet; 0: none */
};

static bool is(struct snapsim_context *context, const char *how)
{
    return strcmp(snapsim_option_get(context, "snapshot"), how) == 0;
}

static void specification(const struct snapsim_record *in, struct snapsim_context *context)
{
    struct snapsim_value sum;

    snapsim_state_get(context, &sum); /* 0 for a new key */
    snapsim_state_put(context, snapsim_long(sum.number + in->value.number));
}

static void process(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct adder *adder = self;
    int64_t key = in->key.number;

    adder->table.used[key] = true;
    adder->table.sums[key] += in->value.number;
    snapsim_emit(context, in->key, snapsim_long(adder->table.sums[key]));
    if (adder->owed > 0)
        store[snapsim_subtask(context)][adder->owed % CHECKPOINTS] = adder->table;
    adder->owed = 0;
}

static bool snapshot(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    struct adder *adder = self;
    struct table copy = adder->table;

    if (is(context, "late")) {
        adder->owed = checkpoint;
        snapsim_save(context, &checkpoint, sizeof(checkpoint));
        return true;
    }
    if (is(context, "forgets"))
        copy.used[3] = false;
    snapsim_save(context, &copy, sizeof(copy));
    return true;
}

static bool restore(void *self, const void *data, size_t bytes, struct snapsim_context *context)
{
    struct adder *adder = self;
    int64_t checkpoint;

    if (is(context, "late")) {
        memcpy(&checkpoint, data, sizeof(checkpoint));
        adder->table = store[snapsim_subtask(context)][checkpoint % CHECKPOINTS];
        return true;
    }
    if (bytes != sizeof(adder->table))
        return snapsim_fail(context, "a snapshot of %zu bytes", bytes);
    memcpy(&adder->table, data, bytes);
    for (int key = 0; key < KEYS; key++)
        if (!adder->table.used[key])
            adder->table.sums[key] = 0;
    return true;
}

static void entries(void *self, struct snapsim_context *context)
{
    const struct adder *adder = self;

    for (int key = 0; key < KEYS; key++)
        if (adder->table.used[key])
            snapsim_entry(context, snapsim_long(key), snapsim_long(adder->table.sums[key]));
}

static const struct snapsim_option options[] = {
    {.name = "snapshot", .value_default = "good", .doc = "good | forgets | late"},
};

static const struct snapsim_operator_type adder = {
    .name = "adder",
    .role = SNAPSIM_OPERATOR,
    .doc = "adds up values by key, in a table of its own",
    .options = options,
    .option_count = 1,
    .keyed = true,
    .instance_bytes = sizeof(struct adder),
    .process = process,
    .fold = specification,
    .entries = entries,
    .snapshot = snapshot,
    .restore = restore,
};

static struct snapsim_job *build(const char *how)
{
    struct snapsim_job *job = snapsim_job_create("snapshot bug");

    snapsim_job_type(job, &adder);
    snapsim_job_set(job, "seed", "3");
    snapsim_job_config(job, "execution.buffer-timeout.interval", "5 ms");
    snapsim_job_config(job, "execution.checkpointing.interval", "100 ms");
    snapsim_job_config(job, "restart-strategy.type", "fixed-delay");
    snapsim_job_config(job, "restart-strategy.fixed-delay.delay", "10 ms");
    snapsim_job_operator(job, "numbers", "sequence");
    snapsim_job_option(job, "numbers", "count", "1000");
    snapsim_job_option(job, "numbers", "keys", "8");
    snapsim_job_option(job, "numbers", "rate", "2000/s");
    snapsim_job_operator(job, "sums", "adder");
    snapsim_job_option(job, "sums", "parallelism", "2");
    snapsim_job_option(job, "sums", "snapshot", how);
    snapsim_job_input(job, "sums", "numbers", "hash");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "sums", NULL);
    snapsim_job_timeline(job, "{at: 350 ms, crash: \"sums[0]\"}");
    return job;
}

static bool run(const char *how)
{
    struct snapsim_error error = {0};
    struct snapsim_job *job = build(how);
    struct snapsim_result *result = snapsim_job_run(job, NULL, &error);

    if (result) {
        printf("%s: lost %" PRId64 ", duplicated %" PRId64 ", wrong state %" PRId64 "\n", how,
               snapsim_result_counter(result, "sums", SNAPSIM_LOST),
               snapsim_result_counter(result, "sums", SNAPSIM_DUPLICATED),
               snapsim_result_counter(result, "sums", SNAPSIM_WRONG_STATE));
        if (snapsim_result_story(result))
            printf("  %s\n", snapsim_result_story(result));
    } else {
        fprintf(stderr, "%s: %s\n", how, error.message);
    }
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    return result != NULL;
}

int main(void)
{
    return run("good") && run("forgets") && run("late") ? 0 : 2;
}
