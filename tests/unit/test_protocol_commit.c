// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "protocol/commit.h"

static void show(struct snap_text *text, struct snap_commit_parts parts)
{
    snap_text_add_string(text, "[");
    for (uint32_t i = 0; i < parts.count; i++)
        snap_text_printf(text, "%s%d", i ? " " : "", (int)parts.parts[i].number);
    snap_text_add_string(text, "]");
}

/*
 * Events: b begins the next part (numbers from 0), pN prepares for checkpoint N, cN confirms it,
 * rN puts a part of checkpoint N back, R recovers, f finishes, ? shows what is pending.
 */
static void perform(struct snap_commit *commit, const char *event, uint64_t *next,
                    struct snap_text *text)
{
    struct snap_commit_part part = {.number = *next, .checkpoint = atoi(event + 1)};

    switch (*event) {
    case 'b':
        snap_commit_begin(commit, &part);
        snap_commit_write(commit, 2);
        snap_commit_write(commit, 3);
        ++*next;
        break;
    case 'p':
        show(text, snap_commit_prepare(commit, part.checkpoint));
        break;
    case 'c':
        show(text, snap_commit_confirm(commit, part.checkpoint));
        break;
    case 'r':
        snap_commit_restore(commit, &part);
        ++*next;
        break;
    case 'R':
        show(text, snap_commit_recover(commit));
        break;
    case 'f':
        show(text, snap_commit_finish(commit));
        break;
    case '?':
        show(text, snap_commit_pending(commit));
        break;
    default:
        fail_msg("no such event: %s", event);
    }
}

static void gives_out_what_may_be_seen(void **unused)
{
    static const struct {
        const char *name;
        const char *events;
        const char *expected;
    } rows[] = {
        {"prepared, then confirmed", "b p1 ? c1 ?", "[0][0][0][]"},
        {"a checkpoint without output", "p1 c1 b p2 c2", "[][][0][0]"},
        {"what is open is not given out", "b p1 b c1 p2 c2", "[0][0][1][1]"},
        {"an aborted checkpoint's part waits for the next", "b p1 b p2 c2", "[0][1][0 1]"},
        {"confirming 1 leaves 2 pending", "b p1 b p2 c1 ? c2", "[0][1][0][1][1]"},
        {"a confirmation subsumes older ones", "b p1 b p2 b p3 c2 c3", "[0][1][2][0 1][2]"},
        {"a late confirmation finds nothing", "b p1 b p2 c2 c1", "[0][1][0 1][]"},
        {"a confirmation twice", "b p1 c1 c1", "[0][0][]"},
        {"restored parts are given out again", "r1 r2 R ?", "[0 1][]"},
        {"after a restore it goes on", "r4 R b p5 c5", "[0][1][1]"},
        {"without checkpoints the end shows all", "b f ?", "[0][]"},
        {"the end with nothing open", "f", "[]"},
        {"the end after aborted checkpoints", "b p1 b f", "[0][0 1]"},
        {"many rounds", "b p1 c1 b p2 b p3 c3 b p4 b p5 b p6 c6",
         "[0][0][1][2][1 2][3][4][5][3 4 5]"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *expected = rows[i].expected;
        struct snap_arena arena;
        struct snap_commit commit;
        struct snap_text text = {0};
        char *events = strdup(rows[i].events);
        char *rest = NULL;
        uint64_t next = 0;

        snap_arena_init(&arena);
        snap_commit_init(&commit, &arena);
        for (char *event = strtok_r(events, " ", &rest); event; event = strtok_r(NULL, " ", &rest))
            perform(&commit, event, &next, &text);
        if (strcmp(snap_text_get(&text), expected) != 0)
            fail_msg("%s: %s instead of %s", rows[i].name, snap_text_get(&text), expected);
        free(events);
        snap_text_fini(&text);
        snap_arena_fini(&arena);
    }
}

static void keeps_records_and_checkpoint(void **unused)
{
    struct snap_arena arena;
    struct snap_commit commit;
    struct snap_commit_parts parts;
    uint64_t next = 0;
    struct snap_text text = {0};

    (void)unused;
    snap_arena_init(&arena);
    snap_commit_init(&commit, &arena);
    perform(&commit, "b", &next, &text);
    snap_commit_prepare(&commit, 9);
    parts = snap_commit_pending(&commit);
    assert_int_equal(parts.count, 1);
    assert_int_equal(parts.parts[0].records, 5);
    assert_int_equal(parts.parts[0].checkpoint, 9);
    snap_text_fini(&text);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_out_what_may_be_seen),
        cmocka_unit_test(keeps_records_and_checkpoint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
