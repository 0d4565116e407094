// SPDX-License-Identifier: Apache-2.0
/*
 * Reads the events of a run while it goes on: how long alignment blocked each channel. `both` is
 * fed by a quick and by a slow way: its channels from the quick one wait for the slow one's
 * barriers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <snap.h>

enum { CHANNELS_MAX = 64 };

/* A channel into a subtask, while and after it is blocked. */
struct channel {
    char to[32];
    char from[32];
    int64_t blocked_at_ns;
    int64_t total_ns;
    int64_t times;
};

struct watch {
    struct channel channels[CHANNELS_MAX];
    int count;
};

static struct channel *find(struct watch *watch, const struct snapsim_event *event)
{
    const char *from = snapsim_event_find(event, "from")->text;
    struct channel *channel = watch->channels;

    for (; channel < watch->channels + watch->count; channel++)
        if (strcmp(channel->to, event->actor) == 0 && strcmp(channel->from, from) == 0)
            return channel;
    snprintf(channel->to, sizeof(channel->to), "%s", event->actor);
    snprintf(channel->from, sizeof(channel->from), "%s", from);
    watch->count++;
    return channel;
}

static void on_event(void *to, const struct snapsim_event *event)
{
    struct channel *channel;

    if (strcmp(event->name, "channel_blocked") == 0) {
        find(to, event)->blocked_at_ns = event->at_ns;
    } else if (strcmp(event->name, "channel_unblocked") == 0) {
        channel = find(to, event);
        channel->total_ns += event->at_ns - channel->blocked_at_ns;
        channel->times++;
    } else if (strcmp(event->name, "checkpoint_completed") == 0) {
        printf("checkpoint %" PRId64 " is complete at %.3f s\n",
               snapsim_event_find(event, "checkpoint")->number, (double)event->at_ns / 1e9);
    }
}

static struct snapsim_job *build(void)
{
    struct snapsim_job *job = snapsim_job_create("alignment");

    snapsim_job_set(job, "seed", "1");
    snapsim_job_config(job, "execution.checkpointing.interval", "200 ms");
    snapsim_job_config(job, "execution.buffer-timeout.interval", "10 ms");
    snapsim_job_config(job, "parallelism.default", "2");
    snapsim_job_operator(job, "numbers", "sequence");
    snapsim_job_option(job, "numbers", "count", "6000");
    snapsim_job_option(job, "numbers", "keys", "100");
    snapsim_job_option(job, "numbers", "rate", "6000/s");
    snapsim_job_operator(job, "quick", "pass-through");
    snapsim_job_input(job, "quick", "numbers", "rebalance");
    snapsim_job_operator(job, "slow", "pass-through");
    snapsim_job_option(job, "slow", "cost", "330 us");
    snapsim_job_input(job, "slow", "numbers", "rebalance");
    snapsim_job_operator(job, "both", "union");
    snapsim_job_option(job, "both", "chain", "false");
    snapsim_job_input(job, "both", "quick", "rebalance");
    snapsim_job_input(job, "both", "slow", "rebalance");
    snapsim_job_operator(job, "out", "discard");
    snapsim_job_input(job, "out", "both", NULL);
    return job;
}

int main(void)
{
    struct watch watch = {.count = 0};
    struct snapsim_run_options options = {.on_event = on_event, .to = &watch};
    struct snapsim_error error = {0};
    struct snapsim_job *job = build();
    struct snapsim_result *result = snapsim_job_run(job, &options, &error);
    int code = result ? 0 : 2;

    if (!result)
        fprintf(stderr, "%s\n", error.message);
    for (int i = 0; result && i < watch.count; i++)
        printf("%s <- %s: blocked %" PRId64 " times, %.3f ms in all\n", watch.channels[i].to,
               watch.channels[i].from, watch.channels[i].times,
               (double)watch.channels[i].total_ns / 1e6);
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    return code;
}
