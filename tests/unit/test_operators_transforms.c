// SPDX-License-Identifier: Apache-2.0
/* What each transformation does to a few records, and that the ledger's rule says the same. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "operators/line.h"
#include "operators/replay.h"
#include "unit/operator_harness.h"

static void drop(struct harness *h)
{
    harness_stop(h);
    free(h);
}

/* A number unless it begins with a letter. */
static union snap_value value_of(struct harness *h, const char *text, enum snap_value_kind kind)
{
    return kind == SNAP_VALUE_LONG ? harness_long(strtoll(text, NULL, 10))
                                   : harness_string(h, text);
}

/* Reads "key:value key:value ..." into the batch. */
static void fill(struct harness *h, const char *records)
{
    char *copy = strdup(records);
    char *rest = NULL;

    harness_clear(h);
    for (char *pair = strtok_r(copy, " ", &rest); pair; pair = strtok_r(NULL, " ", &rest)) {
        char *colon = strchr(pair, ':');

        *colon = '\0';
        harness_push(h, value_of(h, pair, h->input.key), value_of(h, colon + 1, h->input.value));
        h->stamps[h->batch.count - 1].origin = h->batch.count;
        h->lineage[h->batch.count - 1] = 100 + h->batch.count;
    }
    free(copy);
}

static void show(struct snap_text *text, struct snap_schema schema,
                 const struct snap_record *records, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        size_t before = text->length;

        snap_line_add(text, schema, records[i].key, records[i].value);
        *strchr(text->data + before, '\t') = ':';
        snap_text_add_string(text, " ");
    }
}

static void show_batch(struct snap_text *text, const struct harness *h)
{
    for (uint32_t i = 0; i < h->batch.count; i++) {
        struct snap_record record = harness_record(h, i);

        show(text, h->op.schema, &record, 1);
    }
}

static struct snap_schema schema_of(const char *kinds)
{
    return (struct snap_schema){kinds[0] == 's' ? SNAP_VALUE_STRING : SNAP_VALUE_LONG,
                                kinds[1] == 's' ? SNAP_VALUE_STRING : SNAP_VALUE_LONG};
}

struct row {
    const struct snap_operator_class *class;
    const char *option;
    const char *text;
    const char *kinds; /* of key and value: l or s */
    const char *in;
    const char *out;
};

static const struct row rows[] = {
    {&snap_map_class, "function", "identity", "ll", "1:2 3:4", "1:2 3:4 "},
    {&snap_map_class, "function", "key-by-value", "ll", "1:2 3:4", "2:2 4:4 "},
    {&snap_map_class, "function", "key-by-value", "ls", "1:b 3:a", "b:b a:a "},
    {&snap_map_class, "function", "key-modulo 3", "ll", "7:1 -1:2 3:3", "1:1 2:2 0:3 "},
    {&snap_map_class, "function", "key-modulo 3", "ls", "7:a", "1:a "},
    {&snap_map_class, "function", "add 5", "sl", "a:1 b:-9", "a:6 b:-4 "},
    {&snap_map_class, "function", "add -1", "ll", "0:-9223372036854775808",
     "0:9223372036854775807 "},
    {&snap_map_class, "function", " to-lower ", "ls", "1:AbZz 2:\xC3\x84@[",
     "1:abzz 2:\xC3\x84@[ "},
    {&snap_filter_class, "keep", "1/3", "ll", "1:0 2:1 3:3 4:-6 5:5", "1:0 3:3 4:-6 "},
    {&snap_filter_class, "keep", "1/1", "ls", "1:a 2:b", "1:a 2:b "},
    {&snap_filter_class, "keep", "key = 2", "ll", "1:0 2:1 2:2", "2:1 2:2 "},
    {&snap_filter_class, "keep", "key=b", "sl", "a:0 b:1 bb:2", "b:1 "},
    {&snap_filter_class, "keep", "key = 'b'", "sl", "a:0 b:1", "b:1 "},
    {&snap_filter_class, "keep", "value > -1", "ll", "1:0 2:-1 3:5", "1:0 3:5 "},
    {&snap_filter_class, "keep", "value>9", "ll", "1:0 2:-1 3:5", ""},
    {&snap_union_class, NULL, NULL, "sl", "a:0 b:1", "a:0 b:1 "},
    {&snap_pass_through_class, NULL, NULL, "ls", "1:a 2:b", "1:a 2:b "},
    {&snap_record_order_class, NULL, NULL, "ls", "1:a 2:b", "1:a 2:b "},
    {&snap_union_count_class, NULL, NULL, "sl", "a:5 b:5 a:5 a:5", "a:1 b:1 a:2 a:3 "},
    {&snap_count_class, NULL, NULL, "sl", "a:5 b:5 a:5 a:5", "a:1 b:1 a:2 a:3 "},
    {&snap_count_class, NULL, NULL, "ls", "1:x 2:x 1:x", "1:1 2:1 1:2 "},
    {&snap_sum_class, NULL, NULL, "ll", "1:5 2:6 1:7 1:-20", "1:5 2:6 1:12 1:-8 "},
    {&snap_sum_class, NULL, NULL, "sl", "a:5 b:6 a:7", "a:5 b:6 a:12 "},
    {&snap_sum_class, NULL, NULL, "ll", "1:9223372036854775807 1:1",
     "1:9223372036854775807 1:-9223372036854775808 "},
    {&snap_reduce_class, "function", "min", "ll", "1:5 1:7 1:-3 2:0", "1:5 1:5 1:-3 2:0 "},
    {&snap_reduce_class, "function", "max", "ll", "1:-5 1:-7 1:3", "1:-5 1:-5 1:3 "},
    {&snap_reduce_class, "function", "min", "ls", "1:b 1:ba 1:a 1:aa", "1:b 1:b 1:a 1:a "},
    {&snap_reduce_class, "function", "max", "ls", "1:b 1:ba 1:a 1:\xC3\xA9",
     "1:b 1:ba 1:ba 1:\xC3\xA9 "},
    {&snap_reduce_class, "function", "last", "sl", "a:1 a:9 a:4", "a:1 a:9 a:4 "},
    {&snap_reduce_class, "function", "concat", "ss", "a:x b:y a:z a:w", "a:x b:y a:x,z a:x,z,w "},
};

static struct harness *make(const struct row *row)
{
    struct harness *h = calloc(1, sizeof(*h));

    harness_start(h, row->class);
    h->input = schema_of(row->kinds);
    if (row->option)
        harness_set(h, row->option, row->text);
    if (!harness_configure(h))
        fail_msg("%s %s: %s", row->class->type.name, row->text, h->error.message);
    assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
    return h;
}

static void expect(const struct row *row, const char *who, const struct snap_text *text)
{
    if (strcmp(snap_text_get(text), row->out) != 0)
        fail_msg("%s of %s %s on %s: \"%s\" instead of \"%s\"", who, row->class->type.name,
                 row->text, row->in, snap_text_get(text), row->out);
}

static void transforms(void **unused)
{
    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct harness *h = make(&rows[r]);
        struct snap_text text = {0};

        fill(h, rows[r].in);
        harness_transform(h);
        show_batch(&text, h);
        expect(&rows[r], "transform", &text);
        /* The side column follows its record. */
        for (uint32_t i = 0; i < h->batch.count; i++)
            assert_int_equal(h->lineage[i], 100 + h->stamps[i].origin);
        snap_text_fini(&text);
        drop(h);
    }
}

/* A fold of few keys, with a list instead of a table. */
static void fold_all(struct harness *h, struct snap_text *text)
{
    union snap_value keys[8];
    union snap_value states[8];
    uint32_t count = 0;

    for (uint32_t i = 0; i < h->batch.count; i++) {
        struct snap_record in = harness_record(h, i);
        uint32_t k = 0;
        bool present = true;

        while (k < count && memcmp(&keys[k], &in.key, sizeof(keys[k])) != 0)
            k++;
        if (k == count) {
            keys[count++] = in.key;
            present = false;
        }
        h->class->rules.fold(&h->op, &in, &h->strings, &states[k], &present);
        assert_true(present);
        in.value = states[k];
        show(text, h->op.schema, &in, 1);
    }
}

/* Without `replay` what goes in comes out. */
static void replay_all(struct harness *h, struct snap_replay *out)
{
    const struct snap_operator_rules rules = snap_operator_rules_of(&h->op);

    for (uint32_t i = 0; i < h->batch.count; i++) {
        struct snap_record in = harness_record(h, i);

        if (rules.replay)
            rules.replay(&h->op, &in, out);
        else
            snap_replay_add(out, &in, in.key, in.value);
    }
}

static void rules_say_the_same(void **unused)
{
    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct harness *h = make(&rows[r]);
        struct snap_replay out = {.arena = &h->arena, .strings = &h->strings};
        struct snap_text text = {0};

        fill(h, rows[r].in);
        if (h->class->rules.kind == SNAP_RULE_FOLD) {
            fold_all(h, &text);
        } else {
            replay_all(h, &out);
            show(&text, h->op.schema, out.records, out.count);
        }
        expect(&rows[r], "rule", &text);
        snap_text_fini(&text);
        drop(h);
    }
}

/* Strings are kept or dropped by hash; operator and rule must agree on each. */
static void one_in_n_strings(void **unused)
{
    const struct row row = {&snap_filter_class, "keep", "1/4", "ls", "", ""};
    struct harness *h = make(&row);
    struct snap_replay out = {.arena = &h->arena, .strings = &h->strings};
    struct snap_record in;
    char text[16];

    (void)unused;
    harness_clear(h);
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof(text), "word%d", i);
        harness_push(h, harness_long(i), harness_string(h, text));
        in = harness_record(h, (uint32_t)i);
        h->class->rules.replay(&h->op, &in, &out);
    }
    harness_transform(h);
    assert_in_range(h->batch.count, 200, 300);
    assert_int_equal(h->batch.count, out.count);
    for (uint32_t i = 0; i < out.count; i++)
        assert_int_equal(h->records[i].key.number, out.records[i].key.number);
    drop(h);
}

static void words_get_child_lineages(void **unused)
{
    const struct row row = {&snap_split_words_class, NULL, NULL, "ls", "", ""};
    struct harness *h = make(&row);
    struct snap_replay replay = {.arena = &h->arena, .strings = &h->strings};
    struct snap_emitter out;
    struct snap_record line;

    (void)unused;
    snap_emitter_init(&out, &h->attempt, (struct snap_columns){true, true});
    out.input_lineage = 5;
    harness_clear(h);
    harness_push(h, harness_long(0),
                 harness_string(h, "The quick, brown; FOX jumps over the lazy dog. a b c d"));
    line = harness_record(h, 0);
    h->class->expand(h->self, &line, &out);
    h->class->rules.replay(&h->op, &line, &replay);
    assert_int_equal(out.count, 13);
    assert_int_equal(replay.count, 13);
    for (uint32_t i = 0; i < out.count; i++) {
        assert_true(snap_string_equal(out.records[i].key.string, replay.records[i].key.string));
        assert_int_equal(replay.records[i].value.number, 1);
        assert_true(out.lineage[i] == snap_lineage_child(5, i));
    }
    assert_string_equal(out.records[3].key.string->bytes, "fox");
    drop(h);
}

/* Strings in state survive a restore: they lie in world memory. */
static void strings_survive_a_restore(void **unused)
{
    const struct row row = {&snap_reduce_class, "function", "concat", "ss", "", ""};
    struct harness *h = make(&row);
    struct snap_operator_state *state;
    struct snap_text text = {0};

    (void)unused;
    fill(h, "a:x b:y a:z");
    harness_transform(h);
    state = harness_snapshot(h, 1);
    fill(h, "a:lost");
    harness_transform(h);
    harness_crash(h);
    assert_true(harness_open(h, state, 1));
    fill(h, "a:w b:v");
    harness_transform(h);
    show_batch(&text, h);
    assert_string_equal(snap_text_get(&text), "a:x,z,w b:y,v ");
    snap_text_fini(&text);
    drop(h);
}

/* Draws below the bound, none like that of the attempt before; nobody is told what they should be.
 */
static void a_replay_rolls_anew(void **unused)
{
    struct harness *h = calloc(1, sizeof(*h));
    int64_t first[20];
    uint32_t same = 0;

    (void)unused;
    harness_start(h, &snap_map_class);
    h->input = schema_of("ls");
    harness_set(h, "function", "roll 1000");
    assert_true(harness_configure(h));
    assert_int_equal(h->op.schema.value, SNAP_VALUE_LONG);
    assert_true(snap_operator_rules_of(&h->op).value_from & SNAP_PART_HISTORY);
    for (uint32_t attempt = 0; attempt < 2; attempt++) {
        assert_true(harness_open(h, NULL, SNAP_NO_CHECKPOINT));
        harness_clear(h);
        for (int64_t i = 0; i < 20; i++)
            harness_push(h, harness_long(i), harness_string(h, "x"));
        harness_transform(h);
        for (uint32_t i = 0; i < 20; i++) {
            assert_in_range(h->batch.records[i].value.number, 0, 999);
            same += attempt && h->batch.records[i].value.number == first[i];
            first[i] = h->batch.records[i].value.number;
        }
        harness_crash(h);
    }
    assert_true(same < 5);
    drop(h);
}

static void refuses_bad_options(void **unused)
{
    static const struct {
        const struct snap_operator_class *class;
        const char *option;
        const char *text;
        const char *kinds;
        const char *message;
    } bad[] = {
        {&snap_map_class, "function", "identty", "ll", "did you mean \"identity\"?"},
        {&snap_map_class, "function", "square", "ll", "expected identity | key-by-value"},
        {&snap_map_class, "function", "add", "ll", "did you mean \"add N\"?"},
        {&snap_map_class, "function", "identity 3", "ll", "is not understood"},
        {&snap_map_class, "function", "add x", "ll", "\"x\" is not a whole number"},
        {&snap_map_class, "function", "add 1.5", "ll", "is not a whole number"},
        {&snap_map_class, "function", "add 9223372036854775808", "ll", "is not a whole number"},
        {&snap_map_class, "function", "key-modulo 0", "ll", "above 0"},
        {&snap_map_class, "function", "roll 0", "ll", "above 0"},
        {&snap_map_class, "function", "key-modulo 3", "sl", "keys are numbers"},
        {&snap_map_class, "function", "add 3", "ls", "values are numbers"},
        {&snap_map_class, "function", "to-lower", "ll", "values are strings"},
        {&snap_filter_class, "keep", "all", "ll", "expected 1/N | key = X | value > N"},
        {&snap_filter_class, "keep", "", "ll", "expected 1/N | key = X | value > N"},
        {&snap_filter_class, "keep", "1/0", "ll", "above 0"},
        {&snap_filter_class, "keep", "1/x", "ll", "expected 1/N"},
        {&snap_filter_class, "keep", "key = x", "ll", "\"x\" is none"},
        {&snap_filter_class, "keep", "value > 3", "ls", "values are numbers"},
        {&snap_filter_class, "keep", "value > x", "ll", "\"x\" is not a whole number"},
        {&snap_reduce_class, "function", "avg", "ll", "expected min | max | last | concat"},
        {&snap_reduce_class, "function", "concat", "ll", "values are strings"},
        {&snap_sum_class, NULL, NULL, "ls", "values are numbers"},
        {&snap_split_words_class, NULL, NULL, "ll", "values are strings"},
    };

    (void)unused;
    for (size_t r = 0; r < sizeof(bad) / sizeof(bad[0]); r++) {
        struct harness *h = calloc(1, sizeof(*h));

        harness_start(h, bad[r].class);
        h->input = schema_of(bad[r].kinds);
        if (bad[r].option)
            harness_set(h, bad[r].option, bad[r].text);
        if (harness_configure(h))
            fail_msg("%s %s was taken", bad[r].class->type.name, bad[r].text);
        if (!strstr(h->error.message, bad[r].message))
            fail_msg("%s %s: \"%s\" does not say \"%s\"", bad[r].class->type.name, bad[r].text,
                     h->error.message, bad[r].message);
        drop(h);
    }
}

static void a_union_of_different_records(void **unused)
{
    static const struct snap_schema inputs[] = {{SNAP_VALUE_LONG, SNAP_VALUE_LONG},
                                                {SNAP_VALUE_LONG, SNAP_VALUE_STRING}};
    struct harness *h = calloc(1, sizeof(*h));

    (void)unused;
    harness_start(h, &snap_union_class);
    h->op.input_schemas = inputs;
    h->op.input_count = 2;
    assert_false(harness_configure(h));
    assert_non_null(strstr(h->error.message, "values are numbers"));
    drop(h);
}

/* What `snapsim help operators` prints must be there, and forms must be set as the seam says. */
static void the_catalogue_is_complete(void **unused)
{
    const struct snap_operator_catalogue *catalogue = snap_operator_catalogue_get();

    (void)unused;
    assert_int_equal(catalogue->count, 31);
    for (uint32_t t = 0; t < catalogue->count; t++) {
        const struct snap_operator_type *type = catalogue->types[t];
        const struct snap_operator op = {.type = type};
        const struct snap_operator_class *class = snap_operator_class_of(&op);

        assert_ptr_equal(&class->type, type);
        assert_non_null(type->name);
        assert_non_null(type->doc);
        assert_non_null(type->flink_name);
        assert_non_null(type->configure);
        assert_int_equal(
            (class->produce != NULL) + (class->transform != NULL) + (class->expand != NULL), 1);
        assert_int_equal(class->rules.kind == SNAP_RULE_SOURCE, type->role == SNAP_ROLE_SOURCE);
        assert_int_equal(class->rules.kind == SNAP_RULE_SINK, type->role == SNAP_ROLE_SINK);
        assert_true(class->rules.kind == SNAP_RULE_PURE || !class->rules.replay);
        assert_int_equal(class->rules.kind == SNAP_RULE_FOLD, class->rules.fold != NULL);
        assert_int_equal(snap_rule_has_state(class->rules.kind), type->keyed || type->has_state);
        assert_int_equal(class->set_input != NULL, type->input_count > 1);
        /* Results of windows have lineages of their own. */
        assert_int_equal(class->rules.expands,
                         class->expand != NULL && class->rules.kind != SNAP_RULE_WINDOW);
        for (uint32_t i = 0; i < type->option_count; i++) {
            assert_non_null(type->options[i].name);
            assert_non_null(type->options[i].doc);
            assert_non_null(type->options[i].example);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transforms),
        cmocka_unit_test(rules_say_the_same),
        cmocka_unit_test(one_in_n_strings),
        cmocka_unit_test(words_get_child_lineages),
        cmocka_unit_test(strings_survive_a_restore),
        cmocka_unit_test(a_replay_rolls_anew),
        cmocka_unit_test(refuses_bad_options),
        cmocka_unit_test(a_union_of_different_records),
        cmocka_unit_test(the_catalogue_is_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
