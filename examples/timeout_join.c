// SPDX-License-Identifier: Apache-2.0
/*
 * An operator with two inputs and timers: orders wait for their payments, and those that were not
 * paid in time are reported.
 *
 * - Orders come over input 0, payments over input 1, both by the number of the order. The state of
 *   an order is what is still to be paid; `fold` is its specification, so the ledger judges it.
 * - An order sets a timer of event time, its payment deletes it. Timers are state: one subtask dies
 *   in the middle, and the timers of its last checkpoint come back with it.
 * - Watermarks decide what is in time, so the report is the same in virtual time and on threads.
 */
#include <inttypes.h>
#include <stdio.h>

#include <snap.h>

enum { ORDERS = 600, UNPAID_EVERY = 10, WAIT_MS = 100, ORDER_INPUT = 0 };

static int64_t price_of(int64_t order)
{
    return 10 + order % 7;
}

static void place_order(const struct snapsim_record *in, struct snapsim_context *context)
{
    snapsim_emit(context, in->key, snapsim_long(price_of(in->key.number)));
}

/* Every tenth order is not paid. */
static void pay(const struct snapsim_record *in, struct snapsim_context *context)
{
    if (in->key.number % UNPAID_EVERY != 3)
        snapsim_emit(context, in->key, snapsim_long(-price_of(in->key.number)));
}

static void specification(const struct snapsim_record *in, struct snapsim_context *context)
{
    struct snapsim_value open;

    snapsim_state_get(context, &open); /* 0 for a new order */
    snapsim_state_put(context, snapsim_long(open.number + in->value.number));
}

/* Order and payment have the same time here, so both know the deadline. */
static void process(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    int64_t deadline_ms = in->timestamp_ms + WAIT_MS;
    struct snapsim_value open;

    (void)self;
    specification(in, context);
    snapsim_state_get(context, &open);
    if (open.number > 0 && snapsim_input(context) == ORDER_INPUT)
        snapsim_timer_register(context, SNAPSIM_EVENT_TIME, deadline_ms);
    else if (open.number == 0)
        snapsim_timer_delete(context, SNAPSIM_EVENT_TIME, deadline_ms);
}

static void report(void *self, const struct snapsim_timer *timer, struct snapsim_context *context)
{
    struct snapsim_value open;

    (void)self;
    if (snapsim_state_get(context, &open) && open.number > 0)
        snapsim_emit(context, timer->key, open);
}

static const struct snapsim_operator_type types[] = {
    {.name = "place", .role = SNAPSIM_OPERATOR, .map = place_order, .keeps_key = true},
    {.name = "pay", .role = SNAPSIM_OPERATOR, .map = pay, .keeps_key = true},
    {.name = "unpaid",
     .role = SNAPSIM_OPERATOR,
     .doc = "reports orders that are not paid in time",
     .inputs = 2,
     .keyed = true,
     .keeps_key = true,
     .event_time = true,
     .process = process,
     .fold = specification,
     .timer = report},
};

/* A source whose record n has the key n and comes at n / 2 milliseconds of event time. */
static void add_source(struct snapsim_job *job, const char *uid)
{
    char count[16];

    snprintf(count, sizeof(count), "%d", ORDERS);
    snapsim_job_operator(job, uid, "sequence");
    snapsim_job_option(job, uid, "count", count);
    snapsim_job_option(job, uid, "rate", "2000/s");
    snapsim_job_option(job, uid, "timestamp-step", "500 us");
    snapsim_job_option(job, uid, "watermarks", "monotonous");
}

static struct snapsim_job *build(void)
{
    struct snapsim_job *job = snapsim_job_create("unpaid orders");

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        snapsim_job_type(job, &types[i]);
    snapsim_job_config(job, "parallelism.default", "2");
    snapsim_job_config(job, "pipeline.auto-watermark-interval", "10 ms");
    snapsim_job_config(job, "execution.buffer-timeout.interval", "5 ms");
    snapsim_job_config(job, "execution.checkpointing.interval", "50 ms");
    snapsim_job_config(job, "restart-strategy.type", "fixed-delay");
    snapsim_job_config(job, "restart-strategy.fixed-delay.delay", "10 ms");

    add_source(job, "numbers");
    add_source(job, "transfers");
    snapsim_job_operator(job, "orders", "place");
    snapsim_job_input(job, "orders", "numbers", NULL);
    snapsim_job_operator(job, "payments", "pay");
    snapsim_job_input(job, "payments", "transfers", NULL);
    snapsim_job_operator(job, "unpaid", "unpaid");
    snapsim_job_input(job, "unpaid", "orders", "hash");
    snapsim_job_input(job, "unpaid", "payments", "hash");
    snapsim_job_operator(job, "out", "collect");
    snapsim_job_input(job, "out", "unpaid", NULL);
    snapsim_job_timeline(job, "{at: 180 ms, crash: \"unpaid[1]\"}");
    return job;
}

struct report {
    unsigned lines;
    unsigned wrong; /* of an order that was paid, or with another amount, or a second one */
    bool seen[ORDERS];
};

static void check_line(void *to, uint32_t subtask, struct snapsim_value key,
                       struct snapsim_value value)
{
    struct report *report = to;
    int64_t order = -1;
    int64_t amount = 0;

    (void)subtask;
    (void)key;
    report->lines++;
    if (sscanf(value.text, "%" SCNd64 "\t%" SCNd64, &order, &amount) != 2 || order < 0 ||
        order >= ORDERS || order % UNPAID_EVERY != 3 || amount != price_of(order) ||
        report->seen[order])
        report->wrong++;
    else
        report->seen[order] = true;
}

static int print(struct snapsim_job *job, enum snapsim_runtime runtime)
{
    const struct snapsim_run_options options = {.runtime = runtime};
    struct snapsim_error error = {0};
    struct snapsim_result *result = snapsim_job_run(job, &options, &error);
    struct report report = {0};
    const struct snapsim_visitor visitor = {check_line, &report};

    if (!result || !snapsim_result_lines(result, "out", &visitor, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    printf("%s: %s, %s\n", runtime == SNAPSIM_VIRTUAL ? "virtual time" : "threads",
           snapsim_result_status(result),
           snapsim_result_met(result) ? "as expected" : "not as expected");
    for (int c = SNAPSIM_LOST; c <= SNAPSIM_WRONG_STATE; c++)
        if (c != SNAPSIM_OUT_OF_ORDER)
            printf("  %s: %" PRId64 "\n", snapsim_counter_name((enum snapsim_counter)c),
                   snapsim_result_counter(result, "unpaid", (enum snapsim_counter)c));
    printf("  reported: %u of %d, wrongly: %u\n", report.lines, ORDERS / UNPAID_EVERY,
           report.wrong);
    snapsim_result_destroy(result);
    return 0;
}

int main(void)
{
    struct snapsim_job *job = build();
    int code = print(job, SNAPSIM_VIRTUAL);

    if (code == 0)
        code = print(job, SNAPSIM_THREADS);
    snapsim_job_destroy(job);
    return code;
}
