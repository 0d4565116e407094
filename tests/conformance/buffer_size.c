// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

#include <stdio.h>
#include <string.h>

#include "protocol/buffer_debloater.h"

static struct snap_buffer_size_options size_options(const json_t *json)
{
    return (struct snap_buffer_size_options){
        .start = (uint32_t)conform_integer(json, "start"),
        .min = (uint32_t)conform_integer(json, "min"),
        .max = (uint32_t)conform_integer(json, "max"),
        .samples = (uint32_t)conform_integer(json, "samples"),
    };
}

/* Names what differs in one call. */
static void compare(struct snap_text *why, size_t call, const char *what, int64_t values[2])
{
    char where[64];

    snprintf(where, sizeof(where), "call %zu, %s", call, what);
    conform_same_integer(why, where, values[0], values[1]);
}

static void play_average(const json_t *json, struct snap_text *why)
{
    struct snap_buffer_size_options options = size_options(json);
    struct snap_buffer_size_average average;
    json_t *call;
    size_t i;

    snap_buffer_size_average_init(&average, &options);
    json_array_foreach(conform_array(json, "calls"), i, call)
    {
        uint32_t size = snap_buffer_size_average_add(&average, conform_integer(call, "total_bytes"),
                                                     (uint32_t)conform_integer(call, "buffers"));

        compare(why, i, "size", (int64_t[2]){conform_integer(call, "size"), size});
    }
}

static void play_debloat(const json_t *json, struct snap_text *why)
{
    enum { NOTHING = -1 };
    struct snap_buffer_debloater debloater;
    struct snap_buffer_debloater_options options = {
        .size = size_options(json),
        .target_ms = conform_integer(json, "target_ms"),
        .threshold_percent = (int32_t)conform_integer(json, "threshold_percent"),
    };
    json_t *call;
    size_t i;

    snap_buffer_debloater_init(&debloater, &options);
    json_array_foreach(conform_array(json, "calls"), i, call)
    {
        bool announces =
            snap_buffer_debloater_step(&debloater, conform_integer(call, "throughput"),
                                       (uint32_t)conform_integer(call, "buffers_in_use"));

        compare(why, i, "announce",
                (int64_t[2]){conform_integer_or(call, "announce", NOTHING),
                             announces ? (int64_t)debloater.announced : NOTHING});
        compare(why, i, "current",
                (int64_t[2]){conform_integer(call, "current"), debloater.announced});
        compare(why, i, "estimated_ms",
                (int64_t[2]){conform_integer(call, "estimated_ms"), debloater.estimate_ms});
    }
}

enum conform_result conform_buffer_size_case(const struct conform_case *at, struct snap_text *why)
{
    if (!strcmp(at->suite, "buffer_size_average"))
        play_average(at->json, why);
    else if (!strcmp(at->suite, "debloat"))
        play_debloat(at->json, why);
    else
        return conform_skip(why, at->suite);
    return conform_verdict(why);
}
