// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/request_decider.h"

/* Requests are named r1, r2, ... in the cases; here the number is the id. */
static uint64_t request_number(const char *name)
{
    return strtoull(name + 1, NULL, 10);
}

static json_t *request_name(uint64_t number)
{
    return json_sprintf("r%" PRIu64, number);
}

static struct snap_trigger_request read_request(const json_t *json)
{
    return (struct snap_trigger_request){
        .id = request_number(conform_string(json, "id")),
        .kind = conform_boolean(json, "savepoint") ? SNAP_KIND_SAVEPOINT : SNAP_KIND_CHECKPOINT,
        .periodic = conform_boolean(json, "periodic"),
        .forced = conform_boolean(json, "force"),
        .asked_ns = conform_integer(json, "timestamp") * SNAP_MS,
    };
}

static struct snap_decider_situation read_situation(const json_t *step)
{
    return (struct snap_decider_situation){
        .now_ns = conform_integer(step, "now") * SNAP_MS,
        .last_completion_ns = conform_integer(step, "last_completion") * SNAP_MS,
        .starting = conform_boolean(step, "is_triggering"),
        .pending = (uint32_t)conform_integer(step, "pending"),
        .cleaning = (uint32_t)conform_integer(step, "cleaning"),
    };
}

static void add_dropped(json_t *dropped, uint64_t request, const char *reason)
{
    json_array_append_new(
        dropped, json_pack("{s:o,s:s}", "request", request_name(request), "reason", reason));
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Recorded in the order of submission, not of the queue. */
static void abort_all(struct snap_request_decider *decider, const char *reason, json_t *dropped)
{
    uint64_t numbers[SNAP_QUEUED_REQUESTS_MAX];
    struct snap_trigger_request request;
    size_t count = 0;

    while (snap_decider_take_first(decider, &request))
        numbers[count++] = request.id;
    qsort(numbers, count, sizeof(numbers[0]), by_number);
    for (size_t i = 0; i < count; i++)
        add_dropped(dropped, numbers[i], reason);
}

static void sort_pair(struct snap_decision *decision)
{
    struct snap_dropped_request first = decision->dropped[0];

    if (decision->dropped_count < 2 || first.request.id < decision->dropped[1].request.id)
        return;
    decision->dropped[0] = decision->dropped[1];
    decision->dropped[1] = first;
}

static void compare(const json_t *step, const struct snap_request_decider *decider,
                    const struct snap_decision *decision, json_t *dropped, struct snap_text *why)
{
    json_t *execute = decision->execute ? request_name(decision->request.id) : json_null();
    json_t *reschedule = json_null();

    if (decision->retry_delay_ns > 0)
        reschedule = json_pack("{s:I,s:I}", "now", (json_int_t)conform_integer(step, "now"),
                               "delay", (json_int_t)(decision->retry_delay_ns / SNAP_MS));
    for (uint32_t i = 0; i < decision->dropped_count; i++)
        add_dropped(dropped, decision->dropped[i].request.id,
                    snap_failure_reason_name(decision->dropped[i].reason));
    conform_same_json(why, "execute", json_object_get(step, "execute"), execute);
    conform_same_json(why, "dropped", json_object_get(step, "dropped"), dropped);
    conform_same_json(why, "reschedule", json_object_get(step, "reschedule"), reschedule);
    conform_same_integer(why, "queued", conform_integer(step, "queued"), decider->queued);
    json_decref(execute);
    json_decref(reschedule);
}

static void run_step(struct snap_request_decider *decider, const json_t *step,
                     struct snap_text *why)
{
    const char *op = conform_string(step, "op");
    struct snap_decider_situation situation = read_situation(step);
    struct snap_decision decision = {0};
    json_t *dropped = json_array();

    if (!strcmp(op, "submit")) {
        struct snap_trigger_request request = read_request(json_object_get(step, "request"));

        decision = snap_decider_submit(decider, &request, &situation);
    } else if (!strcmp(op, "poll")) {
        decision = snap_decider_poll(decider, &situation);
    } else {
        abort_all(decider, conform_string(step, "reason"), dropped);
    }
    sort_pair(&decision);
    compare(step, decider, &decision, dropped, why);
    json_decref(dropped);
}

enum conform_result conform_request_decider_case(const struct conform_case *at,
                                                 struct snap_text *why)
{
    struct snap_decider_limits limits = {
        .concurrent_max = (uint32_t)conform_integer(at->json, "max_concurrent"),
        .queued_max = (uint32_t)conform_integer(at->json, "max_queued"),
        .min_pause_ns = conform_integer(at->json, "min_pause") * SNAP_MS,
    };
    struct snap_request_decider decider;
    struct snap_arena arena;
    json_t *step;
    size_t i;

    snap_arena_init(&arena);
    snap_decider_init(&decider, &arena, &limits);
    json_array_foreach(conform_array(at->json, "steps"), i, step)
    {
        run_step(&decider, step, why);
        if (why->length) {
            snap_text_printf(why, "at step %zu\n", i);
            break;
        }
    }
    snap_arena_fini(&arena);
    return conform_verdict(why);
}
