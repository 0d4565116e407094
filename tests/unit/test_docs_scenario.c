// SPDX-License-Identifier: Apache-2.0
/*
 * docs/SCENARIO.md: every ```yaml block in it is right, and it names every key there is.
 *
 * A block without `operators` is a part: it is put behind a small job of the uids the page uses.
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

static const char standard_job[] = "\noperators:\n"
                                   "  - {uid: lines, type: sequence, count: 100}\n"
                                   "  - {uid: words, type: map, input: lines}\n"
                                   "  - {uid: counts, type: count, input: words, ship: hash}\n"
                                   "  - {uid: out, type: file-sink, input: counts, path: words}\n";

static struct snap_text page;

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
    return 0;
}

static void check_block(const char *block, size_t length, unsigned number)
{
    struct snap_text text = {0};
    struct snap_scenario *scenario = NULL;
    struct snap_error error = {0};
    struct snap_text printed = {0};
    struct snap_scenario_text source = {.name = SNAP_SOURCE_DIR "/docs/block.yaml"};

    snap_text_add(&text, block, length);
    if (!strstr(text.data, "operators:\n"))
        snap_text_add_string(&text, standard_job);
    source.bytes = text.data;
    source.length = text.length;
    if (!snap_scenario_parse(&source, snap_operator_catalogue_get(), &scenario, &error) ||
        !snap_scenario_check(scenario, &error)) {
        snap_scenario_print_error(&printed, &error, &source);
        fail_msg("block %u:\n%s", number, snap_text_get(&printed));
    }
    snap_scenario_destroy(scenario);
    snap_text_fini(&text);
}

static void test_blocks(void **state)
{
    static const char fence[] = "```yaml\n";
    const char *at = page.data;
    unsigned number = 0;

    (void)state;
    while ((at = strstr(at, fence))) {
        const char *end;

        at += strlen(fence);
        end = strstr(at, "```");
        assert_non_null(end);
        check_block(at, (size_t)(end - at), ++number);
        at = end + 3;
    }
    assert_true(number >= 12);
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

/* The run is over by then, or it is told for those who watch over the job. */
static bool is_no_occasion(unsigned type)
{
    return type == SNAP_EVENT_TASK_TOTALS || type == SNAP_EVENT_LATE_TOTAL ||
           type == SNAP_EVENT_SABOTAGED || type == SNAP_EVENT_STATE_TAKEN ||
           type == SNAP_EVENT_STATE_STORED || type == SNAP_EVENT_STATE_RESTORED;
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
        cmocka_unit_test(test_blocks),    cmocka_unit_test(test_keys),
        cmocka_unit_test(test_types),     cmocka_unit_test(test_actions),
        cmocka_unit_test(test_sentences), cmocka_unit_test(test_every_event_has_a_sentence),
    };

    return cmocka_run_group_tests(tests, read_page, free_page);
}
