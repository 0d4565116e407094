// SPDX-License-Identifier: Apache-2.0
/*
 * The registry of files that checkpoints share: what a use gives, what a release lets go. The
 * recorded cases of Flink are played by tests/conformance; here stands what they leave open.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "protocol/shared_state_registry.h"

enum op { USE, REUSE, OTHER, RELEASE, DROP, CLOSE, NO_CLAIM, SELF };

struct step {
    enum op op;
    const char *key;
    snap_checkpoint_id checkpoint;
    const char *expected; /* the result, or "file file | snapshot" that go */
};

struct row {
    const char *name;
    struct step steps[9];
};

static const struct row rows[] = {
    {"a file goes when its last use is below the lowest kept",
     {{USE, "a", 1, "a"},
      {USE, "b", 1, "b"},
      {REUSE, "b", 2, "b"},
      {RELEASE, "", 2, "a |"},
      {RELEASE, "", 3, "b |"},
      {RELEASE, "", INT64_MAX, "|"}}},
    {"a use of an older checkpoint does not lower the last one",
     {{USE, "a", 3, "a"}, {REUSE, "a", 2, "a"}, {RELEASE, "", 3, "|"}, {RELEASE, "", 4, "a |"}}},
    {"a placeholder needs something to stand for", {{REUSE, "a", 1, "unknown"}}},
    {"what has gone is unknown",
     {{USE, "a", 1, "a"}, {RELEASE, "", 2, "a |"}, {REUSE, "a", 2, "unknown"}}},
    {"a key has one file",
     {{USE, "a", 1, "a"},
      {USE, "a", 2, "a"},
      {OTHER, "a", 9, "conflict"},
      {RELEASE, "", 3, "a |"}}},
    {"nothing after the end", {{CLOSE, "", 0, ""}, {USE, "a", 1, "closed"}}},
    {"the owner of a snapshot that was not claimed keeps its files",
     {{USE, "a", 5, "a"}, {NO_CLAIM, "", 5, ""}, {USE, "b", 6, "b"}, {RELEASE, "", 7, "b |"}}},
    {"a snapshot with files of its own waits for them",
     {{USE, "a", 5, "a"},
      {SELF, "", 5, ""},
      {REUSE, "a", 6, "a"},
      {DROP, "", 5, "later"},
      {RELEASE, "", 6, "|"},
      {RELEASE, "", 7, "a | 5"}}},
    {"what is restored again is as it is told last",
     {{USE, "a", 5, "a"},
      {NO_CLAIM, "", 5, ""},
      {SELF, "", 5, ""},
      {REUSE, "a", 6, "a"},
      {DROP, "", 5, "later"},
      {RELEASE, "", 6, "|"},
      {RELEASE, "", 7, "| 5"}}},
    {"and is kept again",
     {{USE, "a", 5, "a"},
      {SELF, "", 5, ""},
      {DROP, "", 5, "later"},
      {NO_CLAIM, "", 5, ""},
      {RELEASE, "", 6, "|"}}},
    {"another goes at once, and is named by nobody later",
     {{DROP, "", 4, "now"}, {RELEASE, "", 9, "|"}}},
};

static const char *result_name(enum snap_shared_result result, const char *file)
{
    static const char *const names[] = {NULL, "unknown", "conflict", "closed"};

    return result == SNAP_SHARED_REGISTERED ? file : names[result];
}

static const char *outcome_text(const struct snap_shared_outcome *outcome, char *text, size_t room)
{
    size_t used = 0;

    for (uint32_t i = 0; i < outcome->file_count; i++)
        used += (size_t)snprintf(text + used, room - used, "%s ", outcome->files[i]);
    used += (size_t)snprintf(text + used, room - used, "|");
    for (uint32_t i = 0; i < outcome->snapshot_count; i++)
        used += (size_t)snprintf(text + used, room - used, " %d", (int)outcome->snapshots[i]);
    return text;
}

static const char *play(struct snap_shared_registry *registry, const struct step *step, char *text,
                        size_t room)
{
    struct snap_shared_use use = {step->key, step->op == OTHER ? "other" : step->key,
                                  step->checkpoint, false};
    struct snap_shared_restored restored = {step->checkpoint, step->op != NO_CLAIM,
                                            step->op == SELF};
    struct snap_shared_outcome outcome;
    enum snap_shared_result result;
    const char *file = "";

    switch (step->op) {
    case USE:
    case REUSE:
    case OTHER:
        use.file = step->op == REUSE ? NULL : use.file;
        result = snap_shared_registry_register(registry, &use, &file);
        return result_name(result, file);
    case RELEASE:
        outcome = snap_shared_registry_release(registry, step->checkpoint);
        return outcome_text(&outcome, text, room);
    case DROP:
        return snap_shared_registry_drop(registry, step->checkpoint) ? "now" : "later";
    case NO_CLAIM:
    case SELF:
        snap_shared_registry_restored(registry, &restored);
        break;
    case CLOSE:
        snap_shared_registry_close(registry);
        break;
    }
    return "";
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct snap_shared_registry registry;
        struct snap_arena arena;

        snap_arena_init(&arena);
        snap_shared_registry_init(&registry, &arena);
        for (const struct step *step = rows[r].steps; step->expected; step++) {
            char text[200];
            const char *got = play(&registry, step, text, sizeof(text));

            if (strcmp(got, step->expected) != 0)
                fail_msg("%s: step %d: expected \"%s\", got \"%s\"", rows[r].name,
                         (int)(step - rows[r].steps), step->expected, got);
        }
        snap_arena_fini(&arena);
    }
}

/* Hundreds of files, of which the oldest go: those that stay are found. */
static void test_many(void **state)
{
    enum { FILES = 600, WINDOW = 100 };
    struct snap_shared_registry registry;
    struct snap_arena arena;

    (void)state;
    snap_arena_init(&arena);
    snap_shared_registry_init(&registry, &arena);
    for (int i = 1; i <= FILES; i++) {
        char key[20];
        struct snap_shared_use use = {key, key, i, false};

        snprintf(key, sizeof(key), "file-%d", i);
        assert_int_equal(snap_shared_registry_register(&registry, &use, NULL),
                         SNAP_SHARED_REGISTERED);
        if (i > WINDOW)
            assert_int_equal(snap_shared_registry_release(&registry, i - WINDOW + 1).file_count, 1);
        for (int k = i > WINDOW ? i - WINDOW + 1 : 1; k <= i; k += 7) {
            snprintf(key, sizeof(key), "file-%d", k);
            use.file = NULL;
            use.checkpoint = k;
            assert_int_equal(snap_shared_registry_register(&registry, &use, NULL),
                             SNAP_SHARED_REGISTERED);
        }
    }
    assert_int_equal(registry.count, WINDOW);
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_many)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
