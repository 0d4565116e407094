// SPDX-License-Identifier: Apache-2.0
/* Operators that tell inputs apart, send several records for one, or send them later. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "operators/line.h"
#include "unit/operator_harness.h"

static snap_ns now_ns;

static snap_ns clock(void *task)
{
    (void)task;
    return now_ns;
}

struct row {
    const char *name;
    const struct snap_operator_class *class;
    const char *options; /* "name=text;..." */
    const char *kinds;   /* of key and value: l or s */
    const char *in;      /* "input/key:value ..."; "!": a crash, restored from a snapshot here */
    const char *out;     /* of each record, in order */
};

static const struct row rows[] = {
    {"pairs come once, by the second", &snap_join_class, "", "ll",
     "0/1:10 1/1:5 1/1:6 0/2:7 0/1:20", "1:15 1:16 1:25 1:26 "},
    {"strings of a pair stand in the order of the inputs", &snap_join_class, "", "ls",
     "1/1:b 0/1:a", "1:a,b "},
    {"the last ones are kept", &snap_join_class, "keep=1", "ll", "0/1:10 0/1:20 1/1:5 1/1:6 0/1:1",
     "1:25 1:26 1:7 "},
    {"what was kept is restored, in order", &snap_join_class, "", "ll",
     "0/1:10 0/1:20 1/2:3 ! 1/1:5 0/2:1", "1:15 1:25 2:4 "},
    {"keys that are strings", &snap_join_class, "", "sl", "0/a:1 0/b:2 ! 1/b:10 1/a:20",
     "b:12 a:21 "},
    {"each input has its function", &snap_co_map_class, "first=add 1;second=key-modulo 3", "ll",
     "0/7:1 1/7:1 1/8:5 0/8:5", "7:2 1:1 2:5 8:6 "},
    {"rules are not sent, and count from then on", &snap_broadcast_rules_class, "", "ls",
     "0/1:x 1/1:rule 0/1:y 0/2:z 1/1:new 0/1:w", "1:x 1:rule 2:z 1:new "},
    {"rules are restored", &snap_broadcast_rules_class, "", "ll", "1/1:9 1/2:8 ! 0/2:0 0/1:0",
     "2:8 1:9 "},
    {"each record three times", &snap_flat_map_class, "fan-out=3", "ls", "0/1:a 0/2:b",
     "1:a 1:a 1:a 2:b 2:b 2:b "},
};

static void set_options(struct harness *h, const char *options)
{
    char *copy = snap_arena_strdup(&h->arena, options);
    char *rest = NULL;

    for (uint32_t i = 0; i < h->class->type.option_count; i++)
        if (h->class->type.options[i].text_default)
            harness_set(h, h->class->type.options[i].name, h->class->type.options[i].text_default);
    for (char *one = strtok_r(copy, ";", &rest); one; one = strtok_r(NULL, ";", &rest)) {
        char *equals = strchr(one, '=');

        *equals = '\0';
        harness_set(h, one, equals + 1);
    }
}

static union snap_value value_of(struct harness *h, const char *text, enum snap_value_kind kind)
{
    return kind == SNAP_VALUE_LONG ? harness_long(strtoll(text, NULL, 10))
                                   : harness_string(h, text);
}

static void show(struct snap_text *text, struct snap_schema schema, const struct snap_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        size_t before = text->length;

        if (snap_stamp_is_mark(&batch->stamps[i])) {
            snap_text_add_string(text, "mark ");
            continue;
        }
        snap_line_add(text, schema, batch->records[i].key, batch->records[i].value);
        *strchr(text->data + before, '\t') = ':';
        snap_text_add_string(text, " ");
    }
}

/* Hands over "input/key:value" and shows what comes out. */
static void give(struct harness *h, char *item, struct snap_text *text)
{
    struct snap_emitter out;
    struct snap_batch emitted;
    struct snap_record in;
    char *colon = strchr(item, ':');

    *colon = '\0';
    if (h->class->set_input)
        h->class->set_input(h->self, item[0] == '1');
    harness_clear(h);
    harness_push(h, value_of(h, item + 2, h->input.key), value_of(h, colon + 1, h->input.value));
    if (h->class->transform) {
        harness_transform(h);
        show(text, h->op.schema, &h->batch);
        return;
    }
    snap_emitter_init(&out, &h->attempt, (struct snap_columns){true, true});
    out.input_lineage = 5;
    in = harness_record(h, 0);
    h->class->expand(h->self, &in, &out);
    emitted = snap_emitter_batch(&out, 0);
    show(text, h->op.schema, &emitted);
    for (uint32_t i = 0; i < out.count; i++)
        assert_true(out.lineage[i] == snap_lineage_child(5, i));
}

static struct harness *make(const struct row *row)
{
    static const enum snap_value_kind kinds[] = {SNAP_VALUE_LONG, SNAP_VALUE_STRING};
    static struct snap_schema both[2];
    struct harness *h = calloc(1, sizeof(*h));

    harness_start(h, row->class);
    h->context.clock = clock;
    h->input = (struct snap_schema){kinds[row->kinds[0] == 's'], kinds[row->kinds[1] == 's']};
    both[0] = both[1] = h->input;
    h->op.input_schemas = both;
    h->op.input_count = row->class->type.input_count ? row->class->type.input_count : 1;
    set_options(h, row->options);
    return h;
}

static void run_row(const struct row *row)
{
    struct harness *h = make(row);
    struct snap_text text = {0};
    char *copy = snap_arena_strdup(&h->arena, row->in);
    char *rest = NULL;

    if (!harness_configure(h))
        fail_msg("%s: %s", row->name, h->error.message);
    assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    for (char *item = strtok_r(copy, " ", &rest); item; item = strtok_r(NULL, " ", &rest)) {
        struct snap_operator_state *state;

        if (*item != '!') {
            give(h, item, &text);
            continue;
        }
        state = harness_snapshot(h, 1);
        harness_crash(h);
        assert_true(harness_open(h, state, 1));
    }
    if (strcmp(snap_text_get(&text), row->out) != 0)
        fail_msg("%s: \"%s\" instead of \"%s\"", row->name, snap_text_get(&text), row->out);
    snap_text_fini(&text);
    harness_stop(h);
    free(h);
}

static void inputs_are_told_apart(void **unused)
{
    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        run_row(&rows[r]);
}

/* The number is drawn from the origin: the rule and a replay find the same one. */
static void a_drawn_fan_out_is_that_of_the_record(void **unused)
{
    const struct row row = {"", &snap_flat_map_class, "fan-out=uniform(1, 4)", "ll", "", ""};
    struct harness *h = make(&row);
    struct snap_replay replay = {.arena = &h->arena, .strings = &h->strings};
    uint32_t seen[5] = {0};

    (void)unused;
    assert_true(harness_configure(h));
    assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    for (uint64_t i = 0; i < 1000; i++) {
        const struct snap_record in = {.origin = snap_origin_make(3, i)};
        struct snap_emitter out;

        snap_emitter_init(&out, &h->attempt, (struct snap_columns){.stamps = true});
        h->class->expand(h->self, &in, &out);
        replay.count = 0;
        h->class->rules.replay(&h->op, &in, &replay);
        assert_in_range(out.count, 1, 4);
        assert_int_equal(out.count, replay.count);
        seen[out.count]++;
    }
    for (int i = 1; i <= 4; i++)
        assert_in_range(seen[i], 190, 310);
    harness_stop(h);
    free(h);
}

static void refuses_bad_options(void **unused)
{
    static const struct row bad[] = {
        {"fan-out", &snap_flat_map_class, "fan-out=0", "ll", "", "neither"},
        {"fan-out", &snap_flat_map_class, "fan-out=uniform(3, 1)", "ll", "", "neither"},
        {"fan-out", &snap_flat_map_class, "fan-out=1, 3", "ll", "", "neither"},
        {"fan-out", &snap_flat_map_class, "fan-out=many", "ll", "", "neither"},
        {"keep", &snap_join_class, "keep=0", "ll", "", "keep is from 1"},
        {"function", &snap_co_map_class, "second=add x", "ll", "", "whole number"},
        {"keys", &snap_co_map_class, "first=key-by-value", "ls", "", "different kinds"},
    };

    (void)unused;
    for (size_t r = 0; r < sizeof(bad) / sizeof(bad[0]); r++) {
        struct harness *h = make(&bad[r]);

        if (harness_configure(h) || !strstr(h->error.message, bad[r].out))
            fail_msg("%s: \"%s\"", bad[r].options, h->error.message);
        harness_stop(h);
        free(h);
    }
}

static void order_is_watched_by_key_and_split(void **unused)
{
    static const struct {
        int64_t key;
        uint32_t split;
        uint64_t offset;
    } seen[] = {{1, 0, 5}, {1, 0, 5}, {1, 1, 2}, {1, 0, 4}, {2, 0, 3}, {1, 0, 6}, {1, 1, 1}};
    const struct row row = {"", &snap_record_order_class, "", "ll", "", ""};
    struct harness *h = make(&row);
    const struct snap_list_snapshot *late;
    struct snap_keyed_entry entry;

    (void)unused;
    assert_true(harness_configure(h));
    assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    harness_clear(h);
    for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
        harness_push(h, harness_long(seen[i].key), harness_long(0));
        h->stamps[i].origin = snap_origin_make(seen[i].split, seen[i].offset);
    }
    harness_transform(h);
    late = snap_operator_state_find(harness_snapshot(h, 1), "late");
    assert_int_equal(late->count, 1);
    memcpy(&entry, (const char *)late->items[0].data + sizeof(uint64_t), sizeof(entry));
    assert_int_equal(entry.key.number, 1);
    assert_int_equal(entry.value.number, 2); /* 4 behind 5, and 1 behind 2 */
    harness_stop(h);
    free(h);
}

/* ---- async ---- */

static struct harness *make_async(const char *options)
{
    static const struct snap_cost_law ten_ms = {.kind = SNAP_COST_FIXED,
                                                .typical_ns = 10 * SNAP_MS};
    const struct row row = {"", &snap_async_class, options, "ll", "", ""};
    struct harness *h = make(&row);

    h->options[0].set = true;
    h->options[0].law = &ten_ms;
    if (strstr(options, "unordered"))
        harness_option(h, "output")->number = 1;
    else
        harness_option(h, "output")->number = 0;
    now_ns = 0;
    assert_true(harness_configure(h));
    assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    return h;
}

static void ask(struct harness *h, snap_ns at_ns, const char *item)
{
    struct snap_text text = {0};
    char copy[32];

    strcpy(copy, item);
    now_ns = at_ns;
    give(h, copy, &text);
    assert_string_equal(snap_text_get(&text), "");
    snap_text_fini(&text);
}

static void expect_fired(struct harness *h, snap_ns at_ns, const char *expected)
{
    struct snap_text text = {0};
    struct snap_emitter out;
    struct snap_batch emitted;

    now_ns = at_ns;
    snap_emitter_init(&out, &h->attempt, (struct snap_columns){true, true});
    h->class->fire(h->self, at_ns, &out);
    emitted = snap_emitter_batch(&out, 0);
    show(&text, h->op.schema, &emitted);
    assert_string_equal(snap_text_get(&text), expected);
    snap_text_fini(&text);
}

static void answers_come_after_their_delay(void **unused)
{
    struct harness *h = make_async("capacity=2");

    (void)unused;
    assert_int_equal(h->class->timer_due(h->self), SNAP_NEVER);
    assert_false(h->class->has_results(h->self));
    ask(h, 1 * SNAP_MS, "0/1:10");
    assert_true(h->class->has_room(h->self));
    ask(h, 4 * SNAP_MS, "0/2:20");
    assert_false(h->class->has_room(h->self));
    assert_int_equal(h->class->timer_due(h->self), 11 * SNAP_MS);
    expect_fired(h, 11 * SNAP_MS, "1:10 ");
    assert_true(h->class->has_room(h->self));
    assert_true(h->class->has_results(h->self));
    expect_fired(h, 14 * SNAP_MS, "2:20 ");
    assert_false(h->class->has_results(h->self));
    harness_stop(h);
    free(h);
}

static void what_waits_is_asked_again_after_a_restore(void **unused)
{
    struct harness *h = make_async("capacity=5");
    struct snap_operator_state *state;

    (void)unused;
    ask(h, 1 * SNAP_MS, "0/1:10");
    ask(h, 2 * SNAP_MS, "0/2:20");
    expect_fired(h, 11 * SNAP_MS, "1:10 ");
    state = harness_snapshot(h, 1);
    harness_crash(h);
    now_ns = 100 * SNAP_MS;
    assert_true(harness_open(h, state, 1));
    assert_int_equal(h->class->timer_due(h->self), 110 * SNAP_MS);
    expect_fired(h, 110 * SNAP_MS, "2:20 ");
    harness_stop(h);
    free(h);
}

static void give_mark(struct harness *h, const char *expected)
{
    const struct snap_record mark = snap_mark_make(SNAP_MARK_WATERMARK, 7);
    struct snap_text text = {0};
    struct snap_emitter out;
    struct snap_batch emitted;

    snap_emitter_init(&out, &h->attempt, (struct snap_columns){true, true});
    h->class->take_mark(h->self, &mark, &out);
    emitted = snap_emitter_batch(&out, 0);
    show(&text, h->op.schema, &emitted);
    assert_string_equal(snap_text_get(&text), expected);
    snap_text_fini(&text);
}

static void watermarks_keep_their_place(void **unused)
{
    static const char *const outputs[] = {"output=ordered;capacity=9",
                                          "output=unordered;capacity=9"};

    (void)unused;
    for (int i = 0; i < 2; i++) {
        struct harness *h = make_async(outputs[i]);

        give_mark(h, "mark ");
        ask(h, 5 * SNAP_MS, "0/1:10");
        give_mark(h, "");
        ask(h, 1 * SNAP_MS, "0/2:20"); /* its answer is there first */
        expect_fired(h, 12 * SNAP_MS, "");
        expect_fired(h, 15 * SNAP_MS, "1:10 mark 2:20 ");
        harness_stop(h);
        free(h);
    }
}

static void unordered_answers_overtake(void **unused)
{
    struct harness *ordered = make_async("output=ordered;capacity=9");
    struct harness *unordered = make_async("output=unordered;capacity=9");

    (void)unused;
    ask(ordered, 5 * SNAP_MS, "0/1:10");
    ask(ordered, 1 * SNAP_MS, "0/2:20");
    ask(unordered, 5 * SNAP_MS, "0/1:10");
    ask(unordered, 1 * SNAP_MS, "0/2:20");
    assert_int_equal(ordered->class->timer_due(ordered->self), 15 * SNAP_MS);
    assert_int_equal(unordered->class->timer_due(unordered->self), 11 * SNAP_MS);
    expect_fired(unordered, 11 * SNAP_MS, "2:20 ");
    expect_fired(unordered, 15 * SNAP_MS, "1:10 ");
    expect_fired(ordered, 15 * SNAP_MS, "1:10 2:20 ");
    harness_stop(ordered);
    harness_stop(unordered);
    free(ordered);
    free(unordered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_are_told_apart),
        cmocka_unit_test(a_drawn_fan_out_is_that_of_the_record),
        cmocka_unit_test(refuses_bad_options),
        cmocka_unit_test(order_is_watched_by_key_and_split),
        cmocka_unit_test(answers_come_after_their_delay),
        cmocka_unit_test(what_waits_is_asked_again_after_a_restore),
        cmocka_unit_test(watermarks_keep_their_place),
        cmocka_unit_test(unordered_answers_overtake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
