// SPDX-License-Identifier: Apache-2.0
/*
 * A savepoint in files, and a job with another parallelism that starts from it.
 *
 * The operator gives each record a ticket that nobody has had before. Its subtasks count in steps
 * of the parallelism, so that they need not ask each other: with two of them 0, 2, 4 and 1, 3, 5.
 * That no longer works when there are three. So each subtask puts its next ticket into a union
 * list, of which everybody gets all entries back, and goes on behind the highest one.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <snap.h>

enum { RECORDS = 600, TICKETS = 4 * RECORDS };

/* ---- the operator ---- */

struct booth {
    int64_t next;
};

static bool open_booth(void *self, struct snapsim_context *context)
{
    struct booth *booth = self;

    booth->next = snapsim_subtask(context);
    return true;
}

static void sell(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct booth *booth = self;

    snapsim_emit(context, in->key, snapsim_long(booth->next));
    booth->next += snapsim_parallelism(context);
}

static bool save(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    const struct booth *booth = self;

    (void)checkpoint;
    snapsim_save_in(context, "next", &booth->next, sizeof(booth->next));
    return true;
}

/* Called for the entry of each subtask there was: the own next ticket is the first one of this
 * subtask that lies behind all of them. */
static bool restore(void *self, const void *data, size_t bytes, struct snapsim_context *context)
{
    struct booth *booth = self;
    int64_t of_other;

    if (bytes != sizeof(of_other))
        return snapsim_fail(context, "a ticket of %zu bytes", bytes);
    memcpy(&of_other, data, bytes);
    while (booth->next < of_other)
        booth->next += snapsim_parallelism(context);
    return true;
}

static const struct snapsim_list lists[] = {{.name = "next", .mode = SNAPSIM_LIST_UNION}};

static const struct snapsim_operator_type booth = {
    .name = "booth",
    .role = SNAPSIM_OPERATOR,
    .doc = "gives each record a ticket that nobody has had before",
    .value_out = SNAPSIM_OUTPUT_LONG,
    .keeps_key = true,
    .outputs = SNAPSIM_OUTPUTS_ONE,
    .instance_bytes = sizeof(struct booth),
    .open = open_booth,
    .process = sell,
    .snapshot = save,
    .restore = restore,
    .lists = lists,
    .list_count = 1,
};

/* ---- the job ---- */

static struct snapsim_job *build(const char *booths)
{
    struct snapsim_job *job = snapsim_job_create("tickets");
    char count[16];

    snprintf(count, sizeof(count), "%d", RECORDS);
    snapsim_job_type(job, &booth);
    snapsim_job_config(job, "execution.checkpointing.interval", "100 ms");
    snapsim_job_config(job, "execution.checkpointing.savepoint-dir", "savepoints");
    snapsim_job_config(job, "restart-strategy.type", "fixed-delay");
    snapsim_job_config(job, "restart-strategy.fixed-delay.delay", "10 ms");
    snapsim_job_operator(job, "visitors", "sequence");
    snapsim_job_option(job, "visitors", "count", count);
    snapsim_job_option(job, "visitors", "rate", "2000/s");
    snapsim_job_operator(job, "booths", "booth");
    snapsim_job_option(job, "booths", "parallelism", booths);
    snapsim_job_input(job, "booths", "visitors", "rebalance");
    snapsim_job_operator(job, "sold", "collect");
    snapsim_job_option(job, "sold", "parallelism", "1");
    snapsim_job_input(job, "sold", "booths", NULL);
    return job;
}

/* What was sold so far, in one story or another. */
struct sales {
    bool sold[TICKETS];
    int count;
    int twice;
};

static void note_ticket(void *to, uint32_t subtask, struct snapsim_value key,
                        struct snapsim_value line)
{
    struct sales *sales = to;
    long long ticket = -1;

    (void)subtask;
    (void)key;
    sscanf(line.text, "%*s\t%lld", &ticket);
    if (ticket < 0 || ticket >= TICKETS)
        return;
    sales->twice += sales->sold[ticket];
    sales->sold[ticket] = true;
    sales->count++;
}

/* Runs the job and adds what it sold. NULL, with the message on standard error, if it cannot. */
static struct snapsim_result *run(struct snapsim_job *job, const struct snapsim_run_options *how,
                                  struct sales *sales)
{
    const struct snapsim_visitor visitor = {.visit = note_ticket, .to = sales};
    struct snapsim_error error = {0};
    struct snapsim_result *result = snapsim_job_run(job, how, &error);

    if (result && snapsim_result_lines(result, "sold", &visitor, &error))
        return result;
    fprintf(stderr, "%s\n", error.message);
    snapsim_result_destroy(result);
    return NULL;
}

/* Goes on from the savepoint with three booths, one of which crashes. */
static bool go_on(const char *savepoint, enum snapsim_runtime runtime, struct sales sales)
{
    const struct snapsim_start start = {.snapshot = savepoint};
    const struct snapsim_run_options how = {
        .runtime = runtime,
        .directory = runtime == SNAPSIM_THREADS ? "on-threads" : "in-virtual-time",
        .start = &start,
    };
    struct snapsim_job *job = build("3");
    struct snapsim_result *result;

    snapsim_job_timeline(job, "{when: checkpoint 4 completed, crash: \"booths[2]\"}");
    snapsim_job_expect(job, "lost", "0");
    snapsim_job_expect(job, "duplicated", "0");
    result = run(job, &how, &sales);
    if (result)
        printf("%s: %s, %d tickets in all, %d of them twice; %s\n", how.directory,
               snapsim_result_status(result), sales.count, sales.twice,
               snapsim_result_met(result) ? "nothing lost, nothing duplicated" : "not as expected");
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    return result != NULL;
}

int main(void)
{
    static struct sales sales;
    const struct snapsim_run_options how = {.directory = "first"};
    struct snapsim_job *job = build("2");
    const struct snapsim_snapshot *savepoint;
    struct snapsim_result *result;
    bool good = false;

    snapsim_job_timeline(job, "{at: 150 ms, stop-with-savepoint: before}");
    result = run(job, &how, &sales);
    savepoint = result ? snapsim_result_snapshot(result, 0) : NULL;
    if (savepoint) {
        printf("first: %s, %d tickets; savepoint %s of checkpoint %" PRId64 "\n",
               snapsim_result_status(result), sales.count, savepoint->name, savepoint->id);
        good = go_on(savepoint->directory, SNAPSIM_VIRTUAL, sales) &&
               go_on(savepoint->directory, SNAPSIM_THREADS, sales);
    }
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    return good ? 0 : 2;
}
