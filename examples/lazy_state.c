// SPDX-License-Identifier: Apache-2.0
/*
 * An operator that writes its named state late, and what the ledger says about it.
 *
 * It counts the records of each key in its own memory, and puts the counts into the named value
 * with every tenth record, to have less to do. No record is lost by that, and as long as nothing
 * fails all is well. After a crash, what had been counted since the last tenth is in nobody's
 * memory: the sources do not send it again, as it lies before the checkpoint, and the counts stay
 * too low.
 *
 * It has no `fold` that says what it should do. It promises to be `deterministic`: so the ledger
 * runs it once more, over the records in its state and without a crash, and compares.
 *
 * Option `cache` says what becomes of its memory: `lost`, nothing; `saved`, it goes into the
 * snapshots, too; `none`, there is no need for it, as it writes at once.
 */
#include <stdio.h>
#include <string.h>

#include <snap.h>

enum { KEYS = 6, LATE = 10 };

/* What a subtask has counted and not written yet. */
struct counter {
    int64_t counts[KEYS];
};

static bool is(struct snapsim_context *context, const char *cache)
{
    return strcmp(snapsim_option_get(context, "cache"), cache) == 0;
}

static void count(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct counter *counter = self;
    int64_t *counted = &counter->counts[in->key.number];
    struct snapsim_value written;

    snapsim_value_get(context, "count", &written);
    ++*counted;
    if (*counted == LATE || is(context, "none")) {
        written.number += *counted;
        *counted = 0;
        snapsim_value_put(context, "count", written);
    }
    snapsim_emit(context, in->key, snapsim_long(written.number + *counted));
}

static bool snapshot(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    (void)checkpoint;
    if (is(context, "saved"))
        snapsim_save(context, self, sizeof(struct counter));
    return true;
}

static bool restore(void *self, const void *data, size_t bytes, struct snapsim_context *context)
{
    if (bytes != sizeof(struct counter))
        return snapsim_fail(context, "a snapshot of %zu bytes", bytes);
    memcpy(self, data, bytes);
    return true;
}

static const struct snapsim_option options[] = {
    {.name = "cache", .value_default = "lost", .doc = "lost | saved | none"},
};

static const struct snapsim_state states[] = {
    {.name = "count", .shape = SNAPSIM_SHAPE_VALUE, .kind = SNAPSIM_LONG},
};

static const struct snapsim_operator_type counter = {
    .name = "counter",
    .role = SNAPSIM_OPERATOR,
    .doc = "counts the records of each key",
    .options = options,
    .option_count = 1,
    .keyed = true,
    .keeps_key = true,
    .outputs = SNAPSIM_OUTPUTS_ONE,
    .instance_bytes = sizeof(struct counter),
    .process = count,
    .snapshot = snapshot,
    .restore = restore,
    .states = states,
    .state_count = 1,
    .deterministic = true,
};

static struct snapsim_job *build(const char *cache, bool crashes)
{
    struct snapsim_job *job = snapsim_job_create("late counts");

    snapsim_job_type(job, &counter);
    snapsim_job_config(job, "execution.checkpointing.interval", "100 ms");
    snapsim_job_config(job, "restart-strategy.type", "fixed-delay");
    snapsim_job_config(job, "restart-strategy.fixed-delay.delay", "10 ms");
    snapsim_job_operator(job, "numbers", "sequence");
    snapsim_job_option(job, "numbers", "count", "1000");
    snapsim_job_option(job, "numbers", "keys", "6");
    snapsim_job_option(job, "numbers", "rate", "2000/s");
    snapsim_job_operator(job, "counts", "counter");
    snapsim_job_option(job, "counts", "parallelism", "2");
    snapsim_job_option(job, "counts", "cache", cache);
    snapsim_job_input(job, "counts", "numbers", "hash");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "counts", NULL);
    if (crashes)
        snapsim_job_timeline(job, "{at: 350 ms, crash: \"counts[0]\"}");
    return job;
}

static bool run(const char *cache, bool crashes)
{
    struct snapsim_error error = {0};
    struct snapsim_job *job = build(cache, crashes);
    struct snapsim_result *result = snapsim_job_run(job, NULL, &error);

    if (result) {
        printf("%s, %s: lost %lld, duplicated %lld, keys with wrong state: %lld\n", cache,
               crashes ? "crash" : "no crash",
               (long long)snapsim_result_counter(result, "counts", SNAPSIM_LOST),
               (long long)snapsim_result_counter(result, "counts", SNAPSIM_DUPLICATED),
               (long long)snapsim_result_counter(result, "counts", SNAPSIM_WRONG_STATE));
        if (snapsim_result_story(result))
            printf("  %s\n", snapsim_result_story(result));
    } else {
        fprintf(stderr, "%s: %s\n", cache, error.message);
    }
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    return result != NULL;
}

int main(void)
{
    bool good = run("lost", false) && run("lost", true);

    return good && run("saved", true) && run("none", true) ? 0 : 2;
}
