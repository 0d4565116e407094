// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <string.h>

#include "protocol/failure_manager.h"
#include "sha256.h"
#include "snapshot_names.h"

/* Cases name Flink's message by its digest. */
static void same_message(const json_t *row, enum snap_failure_reason reason, struct snap_text *why)
{
    const char *message = snap_failure_reason_message(reason);
    char digest[SHA256_HEX];

    sha256_hex(message, digest);
    conform_same_integer(why, message, conform_integer(row, "text_length"),
                         (int64_t)strlen(message));
    conform_same_string(why, message, conform_string(row, "text_sha256"), digest);
}

static void run_reason_table(const json_t *json, struct snap_text *why)
{
    const json_t *rows = conform_array(json, "reasons");
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const char *name = conform_string(row, "reason");
        enum snap_failure_reason reason;

        if (!snap_failure_reason_parse(name, &reason)) {
            snap_text_printf(why, "%s: not known\n", name);
            continue;
        }
        conform_same_string(why, "name", name, snap_failure_reason_name(reason));
        conform_same_integer(why, name, conform_boolean(row, "pre_flight"),
                             snap_failure_reason_pre_flight(reason));
        conform_same_integer(why, name, conform_boolean(row, "counted"),
                             snap_failure_reason_counted(reason));
        same_message(row, reason, why);
    }
}

static const char *verdict_name(enum snap_failure_verdict verdict)
{
    static const char *const names[] = {"null", "job", "task"};

    return names[verdict];
}

/* A task cannot report about a checkpoint without an id: the real class refuses, ours checks. */
static bool is_refused(const struct snap_checkpoint_failure *failure)
{
    return failure->checkpoint == SNAP_NO_CHECKPOINT && failure->reported_by_task &&
           !snap_failure_reason_pre_flight(failure->reason);
}

static void run_failure(struct snap_failure_manager *manager, const json_t *step,
                        struct snap_text *why)
{
    struct snap_checkpoint_failure failure = {
        .checkpoint = conform_integer_or(step, "checkpoint_id", SNAP_NO_CHECKPOINT),
        .kind = conform_snapshot_kind(conform_string(step, "snapshot")),
        .reported_by_task = conform_boolean(step, "reported_by_task"),
    };
    enum snap_failure_verdict verdict;

    if (!snap_failure_reason_parse(conform_string(step, "reason"), &failure.reason)) {
        snap_text_printf(why, "reason %s not known\n", conform_string(step, "reason"));
        return;
    }
    if (is_refused(&failure) || json_object_get(step, "error")) {
        conform_same_integer(why, "refused", json_object_get(step, "error") != NULL,
                             is_refused(&failure));
        return;
    }
    verdict = snap_failure_manager_failure(manager, &failure);
    conform_same_string(why, "fails", conform_string_or(step, "fails", "null"),
                        verdict_name(verdict));
}

static void run_step(struct snap_failure_manager *manager, const json_t *step,
                     struct snap_text *why)
{
    const char *op = conform_string(step, "op");

    if (!strcmp(op, "success"))
        snap_failure_manager_success(manager, conform_integer(step, "checkpoint_id"));
    else if (!strcmp(op, "failure"))
        run_failure(manager, step, why);
    else
        snap_text_printf(why, "op %s not known\n", op);
}

static void run_sequence(const json_t *json, struct snap_text *why)
{
    int64_t tolerable = conform_integer_or(json, "tolerable", SNAP_TOLERABLE_UNLIMITED);
    struct snap_failure_manager manager;
    struct snap_arena arena;
    json_t *step;
    size_t i;

    snap_arena_init(&arena);
    snap_failure_manager_init(&manager, &arena, (uint32_t)tolerable);
    json_array_foreach(conform_array(json, "steps"), i, step)
    {
        run_step(&manager, step, why);
        conform_same_integer(why, "counter", conform_integer_or(step, "counter", manager.counter),
                             manager.counter);
        if (why->length) {
            snap_text_printf(why, "at step %zu\n", i);
            break;
        }
    }
    snap_arena_fini(&arena);
}

enum conform_result conform_failure_manager_case(const struct conform_case *at,
                                                 struct snap_text *why)
{
    const char *kind = conform_string(at->json, "kind");

    if (!strcmp(kind, "reason_table"))
        run_reason_table(at->json, why);
    else if (!strcmp(kind, "sequence"))
        run_sequence(at->json, why);
    else
        return conform_skip(why, kind);
    return conform_verdict(why);
}
