// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "swarm/node_write.h"

/* What is written, and must read back to the same again. */
static const struct {
    const char *name;
    const char *text;
    const char *written;
} cases[] = {
    {"scalars", "a: 1\nb: \"2\"\nc: null\n", "a: 1\nb: \"2\"\nc: null\n"},
    {"texts that look like something else", "a: 'x: y'\nb: \"[1]\"\nc: ''\nd: \"q\\\"w\\\\\"\n",
     "a: \"x: y\"\nb: \"[1]\"\nc: \"\"\nd: \"q\\\"w\\\\\"\n"},
    {"a mapping in blocks", "config: {a.b: 1 ms, c: 2}\n", "config:\n  a.b: 1 ms\n  c: 2\n"},
    {"a list of mappings in blocks", "l:\n  - a: 1\n    b: [2, {c: 3}]\n  - {d: 4}\n",
     "l:\n  - {a: 1, b: [2, {c: 3}]}\n  - {d: 4}\n"},
    {"a list of texts in one line", "l: [a, b]\n", "l: [a, b]\n"},
    {"nothing in it", "l: []\nm: {}\n", "l: []\nm: {}\n"},
    {"comments and aliases", "a: &x {b: 1} # why\nc: *x\n", "a:\n  b: 1\nc:\n  b: 1\n"},
};

static void write_again(const char *name, const char *text, struct snap_text *written)
{
    struct snap_source source = {"x.yaml", text, strlen(text), false};
    struct snap_error error = {.code = SNAP_OK};
    struct snap_arena arena;
    const struct snap_node *root;

    snap_arena_init(&arena);
    root = snap_node_parse(&source, &arena, &error);
    if (!root)
        fail_msg("%s: %s", name, error.message);
    snap_node_write(written, root);
    snap_arena_fini(&arena);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct snap_text once = {0};
        struct snap_text twice = {0};

        write_again(cases[i].name, cases[i].text, &once);
        write_again(cases[i].name, snap_text_get(&once), &twice);
        if (strcmp(snap_text_get(&once), cases[i].written) != 0)
            fail_msg("%s: written as\n%s", cases[i].name, snap_text_get(&once));
        assert_string_equal(snap_text_get(&twice), snap_text_get(&once));
        snap_text_fini(&once);
        snap_text_fini(&twice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_written_reads_back)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
