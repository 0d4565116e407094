// SPDX-License-Identifier: Apache-2.0
/* Which checkpoint of saved REST answers is worth explaining. */
#include "base/text.h"
#include "explain/explain_rest_parts.h"
#include "explain/json_pick.h"

enum { LISTED_MAX = 20 };

static int rank_of(const json_t *checkpoint)
{
    return snap_pick_is(checkpoint, "status", "FAILED")      ? 3
           : snap_pick_is(checkpoint, "status", "COMPLETED") ? 2
                                                             : 1;
}

/* Of two answers about one checkpoint the one behind its end counts; details say more. */
static bool is_better(const json_t *one, const json_t *other)
{
    if (snap_pick_number(one, "id") == snap_pick_number(other, "id") &&
        snap_pick_number(one, "trigger_timestamp") ==
            snap_pick_number(other, "trigger_timestamp")) {
        bool ended = !snap_pick_is(other, "status", "IN_PROGRESS");

        return !snap_pick_is(one, "status", "IN_PROGRESS") && !ended;
    }
    if (rank_of(one) != rank_of(other))
        return rank_of(one) > rank_of(other);
    return snap_pick_number(one, "end_to_end_duration") >
           snap_pick_number(other, "end_to_end_duration");
}

static void consider(struct snap_rest *rest, const struct snap_rest_answer *answer,
                     const json_t *checkpoint, int64_t wanted)
{
    bool details = answer->kind == SNAP_REST_DETAILS;

    if (wanted != SNAP_UNKNOWN && snap_pick_number(checkpoint, "id") != wanted)
        return;
    if (rest->chosen && rest->has_details && !details)
        return;
    if (rest->chosen && rest->has_details == details && !is_better(checkpoint, rest->chosen))
        return;
    rest->chosen = checkpoint;
    rest->has_details = details;
    rest->job = answer->job;
}

/* The smallest number that is told of and above the other one; INT64_MAX: there is none. */
static int64_t next_known(const struct snap_rest *rest, int64_t above)
{
    int64_t next = INT64_MAX;

    for (uint32_t i = 0; i < rest->answers.count; i++) {
        const struct snap_rest_answer *answer = &rest->answers.items[i];
        const json_t *history = json_object_get(answer->body, "history");
        int64_t id = snap_pick_number(answer->body, "id");

        if (answer->kind == SNAP_REST_DETAILS && id > above && id < next)
            next = id;
        for (size_t h = 0; answer->kind == SNAP_REST_HISTORY && h < json_array_size(history); h++) {
            id = snap_pick_number(json_array_get(history, h), "id");
            if (id > above && id < next)
                next = id;
        }
    }
    return next;
}

static void list_known(const struct snap_rest *rest, struct snap_text *text)
{
    int64_t id = SNAP_UNKNOWN;

    for (uint32_t i = 0; i < LISTED_MAX && (id = next_known(rest, id)) != INT64_MAX; i++)
        snap_text_printf(text, " %lld", (long long)id);
    if (id != INT64_MAX && next_known(rest, id) != INT64_MAX)
        snap_text_add_string(text, " ...");
}

static bool fail_choice(const struct snap_rest *rest, const char *directory, int64_t wanted,
                        struct snap_error *error)
{
    struct snap_text known = {0};

    list_known(rest, &known);
    if (wanted == SNAP_UNKNOWN || known.length == 0)
        snap_error_set(error, SNAP_ERROR_USAGE,
                       snap_rest_find(&rest->answers, SNAP_REST_HISTORY, NULL, NULL)
                           ? "%s: the job has no checkpoint: its history is empty"
                           : "%s tells of no checkpoint: save /jobs/ID/checkpoints/details/N into "
                             "it",
                       directory);
    else
        snap_error_set(error, SNAP_ERROR_USAGE,
                       "%s tells nothing of checkpoint %lld; it has those:%s", directory,
                       (long long)wanted, known.data);
    snap_text_fini(&known);
    return false;
}

bool snap_rest_choose(struct snap_rest *rest, const char *directory, int64_t wanted,
                      struct snap_error *error)
{
    for (uint32_t i = 0; i < rest->answers.count; i++) {
        const struct snap_rest_answer *answer = &rest->answers.items[i];
        const json_t *history = json_object_get(answer->body, "history");

        if (answer->kind == SNAP_REST_DETAILS)
            consider(rest, answer, answer->body, wanted);
        for (size_t h = 0; answer->kind == SNAP_REST_HISTORY && h < json_array_size(history); h++)
            consider(rest, answer, json_array_get(history, h), wanted);
    }
    return rest->chosen || fail_choice(rest, directory, wanted, error);
}
