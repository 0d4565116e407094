// SPDX-License-Identifier: Apache-2.0
/*
 * A job with named states of its own, which tools/flink-runner has, too: for snapshots both ways.
 *
 *   shelves cut DIRECTORY BACKEND PARALLELISM VERSION
 *       runs it for a while; tells its snapshots, KIND PATH a line
 *   shelves resume SNAPSHOT BACKEND PARALLELISM VERSION
 *       goes on to the end; tells what the states hold then, STATE KEY JSON a line
 *
 * VERSION is Flink's, 2.3 or 1.20. All records of a key are of one split, so their order, and what
 * the states hold, is certain.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <snap.h>

enum { PER_SPLIT = 1000000, KEYS_PER_SPLIT = 4, STATES = 6 };

static const struct snapsim_state states[STATES] = {
    {.name = "last", .shape = SNAPSIM_SHAPE_VALUE, .kind = SNAPSIM_TEXT},
    {.name = "few", .shape = SNAPSIM_SHAPE_LIST, .kind = SNAPSIM_LONG},
    {.name = "long-long", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_LONG},
    {.name = "long-text", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_TEXT},
    {.name = "text-long", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_LONG, .field = SNAPSIM_TEXT},
    {.name = "text-text", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_TEXT, .field = SNAPSIM_TEXT},
};

static void to_key(const struct snapsim_record *in, struct snapsim_context *context)
{
    int64_t number = in->value.number;

    snapsim_emit(
        context,
        snapsim_long(number / PER_SPLIT * KEYS_PER_SPLIT + number % PER_SPLIT % KEYS_PER_SPLIT),
        in->value);
}

static void change(struct snapsim_context *context, const struct snapsim_state *state,
                   int64_t number, const char *text)
{
    int64_t index = number % PER_SPLIT;
    char name[16];
    struct snapsim_value field = snapsim_long(index % 5 - 2);

    snprintf(name, sizeof(name), "\xc3\xa4%d", (int)(index % 5 - 2));
    if (state->field == SNAPSIM_TEXT)
        field = snapsim_text(name);
    if (index % 29 > 20)
        snapsim_map_clear(context, state->name);
    else if (index % 7 == 6)
        snapsim_map_remove(context, state->name, field);
    else
        snapsim_map_put(context, state->name, field,
                        state->kind == SNAPSIM_TEXT ? snapsim_text(text) : snapsim_long(number));
}

static void keep(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    int64_t index = in->value.number % PER_SPLIT;
    char text[32] = "";

    (void)self;
    if (index % 11 != 0)
        snprintf(text, sizeof(text), "v%lld", (long long)in->value.number);
    if (index % 3 == 2)
        snapsim_value_clear(context, "last");
    else
        snapsim_value_put(context, "last", snapsim_text(text));
    if (index % 5 == 3)
        snapsim_list_clear(context, "few");
    else
        snapsim_list_add(context, "few", in->value);
    for (int s = 2; s < STATES; s++)
        change(context, &states[s], in->value.number, text);
}

static const struct snapsim_operator_type keys = {.name = "keys", .map = to_key};
static const struct snapsim_operator_type shelves = {
    .name = "shelves",
    .keyed = true,
    .process = keep,
    .states = states,
    .state_count = STATES,
    .deterministic = true,
};

static struct snapsim_job *build(const char *backend, const char *parallelism, const char *version)
{
    struct snapsim_job *job = snapsim_job_create("shelves");

    snapsim_job_type(job, &keys);
    snapsim_job_type(job, &shelves);
    snapsim_job_set(job, "flink-version", version);
    snapsim_job_config(job, "parallelism.default", parallelism);
    snapsim_job_config(job, "pipeline.max-parallelism", "128");
    snapsim_job_config(job, "state.backend.type", backend);
    snapsim_job_config(job, "execution.checkpointing.interval", "100 ms");
    snapsim_job_config(job, "execution.checkpointing.externalized-checkpoint-retention",
                       "RETAIN_ON_CANCELLATION");
    snapsim_job_operator(job, "source", "numbers");
    snapsim_job_option(job, "source", "ends", "[300, 310]");
    snapsim_job_option(job, "source", "rate", "1000/s");
    snapsim_job_operator(job, "keys", "keys");
    snapsim_job_input(job, "keys", "source", NULL);
    snapsim_job_operator(job, "shelves", "shelves");
    snapsim_job_input(job, "shelves", "keys", "hash");
    return job;
}

static int fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    return 2;
}

static int cut(struct snapsim_job *job, const char *directory)
{
    const struct snapsim_run_options how = {.directory = directory};
    struct snapsim_error error = {0};
    struct snapsim_result *result;

    snapsim_job_set(job, "until", "350 ms");
    snapsim_job_config(job, "execution.checkpointing.dir", "cp");
    snapsim_job_timeline(job, "{at: 150 ms, savepoint: canonical/, format: canonical}");
    snapsim_job_timeline(job, "{at: 170 ms, savepoint: native/, format: native}");
    result = snapsim_job_run(job, &how, &error);
    if (!result)
        return fail(error.message);
    for (uint32_t i = 0; snapsim_result_snapshot(result, i); i++) {
        const struct snapsim_snapshot *snapshot = snapsim_result_snapshot(result, i);

        printf("%s %s\n",
               !snapshot->is_savepoint                      ? "checkpoint"
               : strstr(snapshot->directory, "/canonical/") ? "canonical"
                                                            : "native",
               snapshot->directory);
    }
    snapsim_result_destroy(result);
    return 0;
}

static void tell(void *to, uint32_t subtask, struct snapsim_value key, struct snapsim_value content)
{
    const struct snapsim_state *state = to;

    (void)subtask;
    printf("%s %lld %s\n", state->name, (long long)key.number, content.text);
}

static int resume(struct snapsim_job *job, const char *snapshot)
{
    const struct snapsim_start start = {.snapshot = snapshot};
    const struct snapsim_run_options how = {.start = &start};
    struct snapsim_error error = {0};
    struct snapsim_result *result = snapsim_job_run(job, &how, &error);

    if (!result)
        return fail(error.message);
    for (int s = 0; s < STATES; s++) {
        const struct snapsim_visitor visitor = {.visit = tell, .to = (void *)&states[s]};

        if (!snapsim_result_named(result, "shelves", states[s].name, &visitor, &error))
            return fail(error.message);
    }
    if (snapsim_result_counter(result, "shelves", SNAPSIM_WRONG_STATE) != 0 ||
        snapsim_result_objection(result, NULL))
        return fail("the run has wrong state, or an oracle objects");
    snapsim_result_destroy(result);
    return 0;
}

int main(int argc, char **argv)
{
    bool cuts = argc == 6 && strcmp(argv[1], "cut") == 0;
    struct snapsim_job *job;
    int code;

    if (argc != 6 || (!cuts && strcmp(argv[1], "resume") != 0))
        return fail("usage: shelves cut DIRECTORY BACKEND PARALLELISM VERSION\n"
                    "       shelves resume SNAPSHOT BACKEND PARALLELISM VERSION");
    job = build(argv[3], argv[4], argv[5]);
    code = cuts ? cut(job, argv[2]) : resume(job, argv[2]);
    snapsim_job_destroy(job);
    return code;
}
