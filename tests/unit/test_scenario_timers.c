// SPDX-License-Identifier: Apache-2.0
/* Which jobs a setting of interruptible timers does something for: that depends on their operators,
 * so here they are the real ones. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "operators/operator.h"
#include "scenario/scenario.h"

static void build_variant(const char *text, const char *variant, struct snap_built *built)
{
    struct snap_scenario_text source = {
        .name = "timers.yaml", .bytes = text, .length = strlen(text)};
    struct snap_scenario_choice choice = {.variant = variant};
    struct snap_scenario *scenario = NULL;
    struct snap_error error = {0};

    if (!snap_scenario_parse(&source, snap_operator_catalogue_get(), &scenario, &error) ||
        !snap_scenario_build(scenario, &choice, built, &error))
        fail_msg("%s:%u:%u: %s", error.file, error.line, error.column, error.message);
    snap_scenario_destroy(scenario);
}

static const char timers[] =
    "config: {execution.checkpointing: {interval: 1 s, unaligned: {enabled: true, "
    "interruptible-timers.enabled: true}}}\n"
    "until: 5 s\n"
    "operators:\n"
    "  - {uid: in, type: sequence, rate: 10/s, watermarks: monotonous}\n"
    "  - {uid: sums, type: window, kind: tumbling, size: 1 s, input: in, ship: hash}\n"
    "  - {uid: out, type: collect, input: sums}\n"
    "timeline: [{at: 1 s, cancel-with-savepoint: s}, {at: 2 s, restart-from: s}]\n"
    "variants:\n"
    "  none: {}\n"
    "  table: {set: {sums.api: table}}\n"
    "  processing: {set: {sums.api: table, sums.time: processing}}\n"
    "  later: {timeline: [{at: 1 s, cancel-with-savepoint: s},\n"
    "                     {at: 2 s, restart-from: s, set: {sums.api: table}}]}\n"
    "  off: {config: {execution.checkpointing.unaligned.interruptible-timers.enabled: false}}\n"
    "  aligned: {set: {sums.api: table},\n"
    "            config: {execution.checkpointing.unaligned.enabled: false}}\n";

/* Only some windows have timers that are interrupted. */
static void test_interruptible_timers(void **state)
{
    static const struct {
        const char *variant;
        const char *note; /* a part of it; NULL: none */
    } rows[] = {
        {"none", "has no effect without a window of event time"},
        {"table", NULL},
        {"processing", "has no effect without a window of event time"},
        {"later", NULL},
        {"off", NULL},
        {"aligned", "has no effect without execution.checkpointing.unaligned.enabled"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_built built;
        const char *note;

        build_variant(timers, rows[i].variant, &built);
        note = built.note_count ? built.notes[0].text : NULL;
        if (built.note_count != (rows[i].note ? 1 : 0) ||
            (rows[i].note && !strstr(note, rows[i].note)))
            fail_msg("%s: %u notes, the first: %s", rows[i].variant, built.note_count,
                     note ? note : "none");
        snap_built_fini(&built);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interruptible_timers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
