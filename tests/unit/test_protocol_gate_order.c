// SPDX-License-Identifier: Apache-2.0
/* test_protocol_gate_order.c: in which order a gate serves its channels. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/text.h"
#include "protocol/gate_order.h"

/* Channels 0 to 2 belong to the first gate, 3 and 4 to the second.
 * Scripts: "aN" channel N has data, "pN" it has priority, "t" take one. "-" is no channel. */
static const struct {
    const char *name;
    const char *script;
    const char *taken;
} rows[] = {
    {"nothing waits", "t", "-"},
    {"first in, first out", "a2 a0 a1 t t t t", "2 0 1 -"},
    {"joining twice changes nothing", "a2 a0 a2 t t t", "2 0 -"},
    {"a channel with more joins at the tail", "a0 a1 t a0 t t t", "0 1 0 -"},
    {"priority goes before data", "a0 a1 p2 t t t", "2 0 1"},
    {"priority is first in, first out", "p2 a1 p0 t t t", "2 0 1"},
    {"raising takes it out of the queue", "a0 a1 a2 p1 t t t t", "1 0 2 -"},
    {"raising the one next in line moves the border only", "a0 a1 p0 p2 t t t", "0 2 1"},
    {"raising twice keeps the place", "p0 p1 p0 t t t", "0 1 -"},
    {"joining does not lower", "p0 a0 a1 t t t", "0 1 -"},
    {"priority is for one item", "p0 a1 t a0 t t t", "0 1 0 -"},
    {"again with priority: behind the others with priority", "p0 p1 t p0 t t t", "0 1 0 -"},
    {"emptied and used again", "a1 t t a1 t t", "1 - 1 -"},
    {"gates take turns, whatever they have", "a0 a1 a2 a3 t t t t", "0 3 1 2"},
    {"a channel with more joins at the tail of its gate", "a0 a1 a3 t a0 t t t", "0 3 1 0"},
    {"a gate with more joins behind the others", "a3 a0 t a3 t t a4 t", "3 0 3 4"},
    {"a gate without data loses its turn", "a0 a3 t t a3 a0 t t", "0 3 3 0"},
    {"priority goes before all gates", "a0 a3 p4 t t t", "4 0 3"},
    {"priority of any gate is first in, first out", "p3 p0 p4 t t t", "3 0 4"},
    {"a gate that had priority lets others go first", "a0 a1 a3 p1 t t t", "1 3 0"},
    {"a gate whose only channel was raised is not in line", "a3 a0 p3 t t t", "3 0 -"},
};

static void take(struct snap_gate_order *order, struct snap_text *taken)
{
    bool empty = snap_gate_order_is_empty(order);
    uint32_t channel = snap_gate_order_take(order);

    assert_int_equal(empty, channel == SNAP_NO_CHANNEL);
    snap_text_add_string(taken, taken->length ? " " : "");
    if (empty)
        snap_text_add_string(taken, "-");
    else
        snap_text_printf(taken, "%u", channel);
}

static void run_script(struct snap_gate_order *order, const char *script, struct snap_text *taken)
{
    unsigned channel;
    char verb;
    int used;

    while (sscanf(script, " %c%n", &verb, &used) == 1) {
        script += used;
        if (verb == 't') {
            take(order, taken);
            continue;
        }
        assert_int_equal(sscanf(script, "%u%n", &channel, &used), 1);
        script += used;
        if (verb == 'a')
            snap_gate_order_add(order, channel);
        else
            snap_gate_order_raise(order, channel);
    }
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_arena arena;
        struct snap_gate_order order;
        struct snap_text taken = {0};

        print_message("%s\n", rows[i].name);
        snap_arena_init(&arena);
        snap_gate_order_init(&order, &arena, 2, 5);
        snap_gate_order_set_gate(&order, 3, 1);
        snap_gate_order_set_gate(&order, 4, 1);
        run_script(&order, rows[i].script, &taken);
        assert_string_equal(snap_text_get(&taken), rows[i].taken);
        snap_text_fini(&taken);
        snap_arena_fini(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
