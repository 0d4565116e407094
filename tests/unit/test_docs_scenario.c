// SPDX-License-Identifier: Apache-2.0
/*
 * docs/SCENARIO.md names every key there is, and has an example of each in a ```yaml block.
 * tests/docs/examples.py runs these.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "operators/operator.h"
#include "scenario/action_read.h"
#include "scenario/config_keys.h"
#include "scenario/config_read.h"
#include "scenario/document.h"
#include "scenario/event_words.h"
#include "scenario/model_read.h"
#include "scenario/operator_spec.h"
#include "scenario/sabotage.h"

/* The page, and the examples in it. */
static struct snap_text page;
static struct snap_text examples;

static int read_page(void **state)
{
    FILE *file = fopen(SNAP_SOURCE_DIR "/docs/SCENARIO.md", "rb");
    char bytes[4096];
    size_t count;

    (void)state;
    if (!file)
        return -1;
    while ((count = fread(bytes, 1, sizeof(bytes), file)) > 0)
        snap_text_add(&page, bytes, count);
    fclose(file);
    return 0;
}

static int free_page(void **state)
{
    (void)state;
    snap_text_fini(&page);
    snap_text_fini(&examples);
    return 0;
}

static int read_all(void **state)
{
    static const char fence[] = "```yaml\n";

    if (read_page(state) != 0)
        return -1;
    snap_text_add_string(&examples, "\n"); /* something stands before each word */
    for (const char *at = page.data; (at = strstr(at, fence));) {
        const char *end = strstr(at += strlen(fence), "```");

        if (!end)
            return -1;
        snap_text_add(&examples, at, (size_t)(end - at));
        at = end + 3;
    }
    return 0;
}

/* An example must set the key, written as it is: alone, dotted, or in a mapping. */
static void expect_example(const char *name)
{
    size_t length = strlen(name);

    for (const char *at = examples.data; (at = strstr(at, name)); at += length)
        if (strchr(" {\n", at[-1]) && at[length] == ':')
            return;
    fail_msg("no example of docs/SCENARIO.md sets %s", name);
}

static void test_every_key_has_an_example(void **state)
{
    uint32_t count;
    const struct snap_config_key *keys = snap_config_keys(&count);

    (void)state;
    for (const struct snap_document_key *key = snap_document_keys(); key->name; key++)
        expect_example(key->name);
    for (const struct snap_common_key *key = snap_operator_common_keys(); key->name; key++)
        expect_example(key->name);
    for (const struct snap_model_key *key = snap_model_keys(); key->name; key++) {
        const char *dot = strrchr(key->name, '.');

        expect_example(dot ? dot + 1 : key->name);
    }
    for (uint32_t i = 0; i < count; i++)
        if (snap_config_key_acts(keys[i].name))
            expect_example(keys[i].name);
}

/* All types of operators stand in examples, with all their options. */
static void test_every_type_has_an_example(void **state)
{
    const struct snap_operator_catalogue *catalogue = snap_operator_catalogue_get();

    (void)state;
    for (uint32_t t = 0; t < catalogue->count; t++) {
        char type[64];

        snprintf(type, sizeof(type), "type: %s", catalogue->types[t]->name);
        if (!strstr(examples.data, type))
            fail_msg("no example of docs/SCENARIO.md has %s", type);
        for (uint32_t i = 0; i < catalogue->types[t]->option_count; i++)
            expect_example(catalogue->types[t]->options[i].name);
    }
}

/* The page must have the name in code quotes, alone or at the beginning of a longer form. */
static void expect_named(const char *name)
{
    char code[256];

    snprintf(code, sizeof(code), "`%s", name);
    if (!strstr(page.data, code))
        fail_msg("docs/SCENARIO.md does not name %s", name);
}

static void test_keys(void **state)
{
    uint32_t count;
    const struct snap_config_key *keys = snap_config_keys(&count);

    (void)state;
    for (const struct snap_document_key *key = snap_document_keys(); key->name; key++)
        expect_named(key->name);
    for (const struct snap_common_key *key = snap_operator_common_keys(); key->name; key++)
        expect_named(key->name);
    for (const struct snap_model_key *key = snap_model_keys(); key->name; key++)
        expect_named(key->name);
    for (const struct snap_sabotage_name *name = snap_sabotage_names(); name->name; name++)
        expect_named(name->name);
    for (uint32_t i = 0; i < count; i++)
        if (snap_config_key_acts(keys[i].name))
            expect_named(keys[i].name);
}

static void test_types(void **state)
{
    const struct snap_operator_catalogue *catalogue = snap_operator_catalogue_get();

    (void)state;
    for (uint32_t t = 0; t < catalogue->count; t++) {
        expect_named(catalogue->types[t]->name);
        for (uint32_t i = 0; i < catalogue->types[t]->option_count; i++)
            expect_named(catalogue->types[t]->options[i].name);
    }
}

static void expect_row(const char *code, const char *doc)
{
    struct snap_text row = {0};

    snap_text_printf(&row, "\n| `%s` | %s |\n", code, doc);
    if (!strstr(page.data, row.data))
        fail_msg("docs/SCENARIO.md lacks the row%s", row.data);
    snap_text_fini(&row);
}

/* How many rows of tables are between the heading and the next one of its level. */
static unsigned rows_below(const char *heading)
{
    const char *at = strstr(page.data, heading);
    const char *end;
    unsigned rows = 0;

    assert_non_null(at);
    end = strstr(at + strlen(heading), "\n#");
    for (at = strstr(at, "\n| `"); at && at < end; at = strstr(at + 1, "\n| `"))
        rows++;
    return rows;
}

/* The page has exactly the actions of the table. */
static void test_actions(void **state)
{
    unsigned count = 0;

    (void)state;
    for (const struct snap_action_help *help = snap_action_helps(); help->name; help++, count++)
        expect_row(help->form, help->doc);
    assert_int_equal(rows_below("\n### Actions\n"), count);
}

/* The page has exactly the sentences of the table. */
static void test_sentences(void **state)
{
    unsigned count = 0;

    (void)state;
    for (const struct snap_event_sentence *s = snap_event_sentences(); s->words; s++, count++)
        expect_row(s->words, snap_event_sentence_doc(s));
    assert_int_equal(rows_below("\n### Events in words\n") + rows_below("\n### Steps\n"), count);
}

/* The run is over by then, or it is told for those who watch over the job or draw its gauges. */
static bool is_no_occasion(unsigned type)
{
    return type == SNAP_EVENT_TASK_TOTALS || type == SNAP_EVENT_LATE_TOTAL ||
           type == SNAP_EVENT_SABOTAGED || type == SNAP_EVENT_STATE_TAKEN ||
           type == SNAP_EVENT_STATE_STORED || type == SNAP_EVENT_STATE_RESTORED ||
           type == SNAP_EVENT_TASK_METRICS || type == SNAP_EVENT_GATE_DEBLOATED;
}

/* Whoever runs a timeline can wait for anything that happens to a job. */
static void test_every_event_has_a_sentence(void **state)
{
    (void)state;
    for (unsigned type = 0; type < SNAP_EVENT_COUNT; type++) {
        bool found = is_no_occasion(type);

        for (const struct snap_event_sentence *s = snap_event_sentences(); s->words; s++)
            found = found || s->type == type;
        if (!found)
            fail_msg("no sentence for %s", snap_event_info_get((enum snap_event_type)type)->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key_has_an_example),
        cmocka_unit_test(test_every_type_has_an_example),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_every_event_has_a_sentence),
    };

    return cmocka_run_group_tests(tests, read_all, free_page);
}
