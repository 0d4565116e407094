// SPDX-License-Identifier: Apache-2.0
/* test_protocol_demultiplexer.c: what a channel that is made of several says of event time. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "model/stream_mark.h"
#include "protocol/demultiplexer.h"

/* Channel 0 is made of two old ones, channel 1 of none, channel 2 of one. */
static const struct snap_virtual_channel virtuals[] = {{0, {0, 1}}, {0, {2, 1}}, {2, {0, 0}}};

struct step {
    uint32_t channel;
    struct snap_old_channel old;
    enum snap_mark_kind kind;
    int64_t watermark_ms;
};

struct row {
    const char *name;
    struct step steps[6];
    unsigned count;
    const char *expected; /* watermarks, i: idle, a: active, -: held back */
};

#define W(consumer, ms)                                                                            \
    {                                                                                              \
        0, {consumer, 1}, SNAP_MARK_WATERMARK, ms                                                  \
    }
#define IDLE(consumer)                                                                             \
    {                                                                                              \
        0, {consumer, 1}, SNAP_MARK_IDLE, 0                                                        \
    }
#define ACTIVE(consumer)                                                                           \
    {                                                                                              \
        0, {consumer, 1}, SNAP_MARK_ACTIVE, 0                                                      \
    }

static const struct row rows[] = {
    {"one that has none yet holds all back", {W(0, 10), W(0, 20)}, 2, "- -"},
    {"the least counts", {W(0, 10), W(2, 5), W(2, 30), W(0, 20)}, 4, "- 5 10 20"},
    {"the end of time waits, too", {W(0, SNAP_WATERMARK_MAX), W(2, 7)}, 2, "- 7"},
    {"idle when all are", {IDLE(0), IDLE(2), ACTIVE(0)}, 3, "a i a"},
    {"one alone says what it says", {{2, {0, 0}, SNAP_MARK_WATERMARK, 3}}, 1, "3"},
};

static void run_row(const struct row *row, struct snap_text *log)
{
    struct snap_demultiplexer demultiplexer;
    struct snap_arena arena;

    snap_arena_init(&arena);
    snap_demultiplexer_init(&demultiplexer, &arena, 3, virtuals, 3);
    for (unsigned i = 0; i < row->count; i++) {
        const struct step *step = &row->steps[i];
        struct snap_record mark = snap_mark_make(step->kind, step->watermark_ms);

        snap_text_add_string(log, i > 0 ? " " : "");
        if (!snap_demultiplexer_step(&demultiplexer, step->channel, step->old, &mark))
            snap_text_add_string(log, "-");
        else if (snap_mark_kind_of(&mark) == SNAP_MARK_WATERMARK)
            snap_text_printf(log, "%" PRId64, mark.timestamp_ms);
        else
            snap_text_add_string(log, snap_mark_kind_of(&mark) == SNAP_MARK_IDLE ? "i" : "a");
    }
    snap_arena_fini(&arena);
}

static void a_channel_says_what_all_its_parts_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text log = {0};

        run_row(&rows[i], &log);
        if (strcmp(snap_text_get(&log), rows[i].expected) != 0)
            fail_msg("%s: expected \"%s\", found \"%s\"", rows[i].name, rows[i].expected,
                     snap_text_get(&log));
        snap_text_fini(&log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_channel_says_what_all_its_parts_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
