// SPDX-License-Identifier: Apache-2.0
/* docs/TRACE.md must list the events as model/event.h has them; a failure prints the row. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/event.h"
#include "model/names.h"

static const char *const kinds[] = {
    [SNAP_ARG_NUMBER] = "number",         [SNAP_ARG_TASK] = "subtask",
    [SNAP_ARG_OPERATOR] = "uid",          [SNAP_ARG_KIND] = "snapshot kind",
    [SNAP_ARG_ALIGNMENT] = "alignment",   [SNAP_ARG_REASON] = "failure reason",
    [SNAP_ARG_TASK_STATUS] = "status",    [SNAP_ARG_JOB_STATUS] = "status",
    [SNAP_ARG_CAUSE] = "cause",           [SNAP_ARG_ORIGIN] = "origin",
    [SNAP_ARG_KEY] = "number or string",  [SNAP_ARG_VALUE] = "number or string",
    [SNAP_ARG_LINEAGE] = "16 hex digits", [SNAP_ARG_SABOTAGE] = "sabotage",
};

static void read_document(struct snap_text *text)
{
    FILE *file = fopen(SNAP_SOURCE_DIR "/docs/TRACE.md", "r");
    char buffer[4096];
    size_t got;

    assert_non_null(file);
    while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0)
        snap_text_add(text, buffer, got);
    fclose(file);
}

static void expected_row(enum snap_event_type type, struct snap_text *row)
{
    const struct snap_event_info *info = snap_event_info_get(type);

    snap_text_printf(row, "| `%s` | ", info->name);
    for (uint32_t i = 0; i < info->arg_count; i++)
        snap_text_printf(row, "%s`%s` %s", i == 0 ? "" : ", ", info->args[i].name,
                         kinds[info->args[i].kind]);
    snap_text_printf(row, "%s| %s |\n", info->arg_count ? " " : "", info->doc);
}

/* The part of the document between the heading of this level and the next heading. */
static const char *section_of(const struct snap_text *document, enum snap_trace_level level,
                              const char **end)
{
    char heading[64];
    const char *start;

    snprintf(heading, sizeof(heading), "\n### Level `%s`\n", snap_trace_level_name(level));
    start = strstr(document->data, heading);
    if (!start)
        fail_msg("no heading %s", heading);
    *end = strstr(start + strlen(heading), "\n#");
    if (!*end)
        *end = document->data + document->length;
    return start;
}

static void every_event_has_its_row_in_the_section_of_its_level(void **state)
{
    struct snap_text document = {0};

    (void)state;
    read_document(&document);
    for (unsigned type = 0; type < SNAP_EVENT_COUNT; type++) {
        struct snap_text row = {0};
        const char *end;
        const char *start;
        const char *found;

        expected_row((enum snap_event_type)type, &row);
        start = section_of(&document, snap_event_info_get((enum snap_event_type)type)->level, &end);
        found = strstr(start, row.data);
        if (!found || found >= end)
            fail_msg("docs/TRACE.md lacks the row\n%s", row.data);
        snap_text_fini(&row);
    }
    snap_text_fini(&document);
}

static void no_row_is_about_an_event_that_is_not_there(void **state)
{
    struct snap_text document = {0};
    unsigned rows = 0;

    (void)state;
    read_document(&document);
    for (const char *at = strstr(document.data, "\n### Level"); at; at = strstr(at + 1, "\n| `")) {
        char name[64] = "";

        if (sscanf(at, "\n| `%63[^`]`", name) != 1)
            continue;
        if (snap_event_type_find(name) == SNAP_EVENT_COUNT)
            fail_msg("there is no event %s", name);
        rows++;
    }
    assert_int_equal(rows, SNAP_EVENT_COUNT);
    snap_text_fini(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_has_its_row_in_the_section_of_its_level),
        cmocka_unit_test(no_row_is_about_an_event_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
