// SPDX-License-Identifier: Apache-2.0
/* What a scenario asks for and what will not come as it is written: each is one note, and jobs that
 * are right have none. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "operators/operator.h"
#include "scenario/scenario.h"

#define SOURCE "  - {uid: in, type: sequence, rate: 10/s}\n"
#define MARKED "  - {uid: in, type: sequence, rate: 10/s, watermarks: monotonous}\n"
#define OTHER "  - {uid: other, type: sequence, rate: 10/s, watermarks: monotonous}\n"
#define WINDOW "  - {uid: sums, type: window, kind: tumbling, size: 1 s, ship: hash, input: "
#define OUT "  - {uid: out, type: collect, input: "
#define PLAIN "until: 5 s\noperators:\n" SOURCE OUT "in}\n"
#define CHECKED "config: {execution.checkpointing.interval: 1 s}\n" PLAIN
#define AT(moment) "timeline: [{" moment ", crash: \"in[0]\"}]\n"
#define NO_CHECKPOINTS                                                                             \
    "there is no execution.checkpointing.interval, and no action takes a checkpoint"
#define SAVED                                                                                      \
    "until: 5 s\noperators:\n" SOURCE "  - {uid: out, type: file-sink, path: out, input: in"

static const struct {
    const char *name;
    const char *text;
    const char *note; /* a part of the only one; NULL: none */
} rows[] = {
    {"a checkpoint that never comes", PLAIN AT("when: checkpoint 3 completed"),
     "\"checkpoint 3 completed\" never comes true: " NO_CHECKPOINTS},
    {"a barrier that never comes", PLAIN AT("when: \"source in[0] sent barrier any\""),
     NO_CHECKPOINTS},
    {"a step that never comes", PLAIN AT("when: \"before snapshot of checkpoint 2 at in[0]\""),
     NO_CHECKPOINTS},
    {"one that may not come", PLAIN AT("optional: true, when: checkpoint 3 completed"), NULL},
    {"one that comes", CHECKED AT("when: checkpoint 3 completed"), NULL},
    {"a restore of nothing", PLAIN AT("when: \"subtask in[0] restored checkpoint -1\""), NULL},
    {"a savepoint without checkpoints", PLAIN "timeline: [{at: 1 s, savepoint: a}]\n",
     "taken at least once: without execution.checkpointing.interval"},
    {"a stop without checkpoints", PLAIN "timeline: [{at: 1 s, stop-with-savepoint: a}]\n", NULL},
    {"what needs a savepoint that is taken",
     PLAIN "timeline: [{at: 1 s, stop-with-savepoint: a}, {lose: ack}]\n", NULL},
    {"a decline of no checkpoint",
     PLAIN "timeline: [{decline: {checkpoint: 2, subtask: \"in[0]\"}}]\n",
     "decline never takes effect"},
    {"a message that nobody sends", PLAIN "timeline: [{lose: ack}]\n", "lose never takes effect"},
    {"a savepoint", CHECKED "timeline: [{at: 1 s, savepoint: a}]\n", NULL},
    {"behind the end", CHECKED AT("at: 5 s"), "at: 5 s never comes: the run ends at 5 s (until)"},
    {"before the end", CHECKED AT("at: 4999 ms"), NULL},
    {"an instant without a unit", CHECKED AT("at: 1.2"),
     "at: 1.2 has no unit: it counts as 1.2 ms"},
    {"zero needs none", CHECKED AT("at: 0"), NULL},
    {"the end without a unit", "until: 5000\noperators:\n" SOURCE OUT "in}\n",
     "until: 5000 has no unit: it counts as 5000 ms"},
    {"of a setting of Flink's it is usual",
     "config: {execution.checkpointing.interval: 1000}\n" PLAIN, NULL},
    {"windows without watermarks", "until: 5 s\noperators:\n" SOURCE WINDOW "in}\n" OUT "sums}\n",
     "no window of \"sums\" fires before the end of the input: \"in\" makes no watermarks"},
    {"windows with watermarks", "until: 5 s\noperators:\n" MARKED WINDOW "in}\n" OUT "sums}\n",
     NULL},
    {"windows of processing time",
     "until: 5 s\noperators:\n" SOURCE WINDOW "in, time: processing}\n" OUT "sums}\n", NULL},
    {"one of two sources holds event time back",
     "until: 5 s\noperators:\n" SOURCE OTHER
     "  - {uid: both, type: union, input: [other, in]}\n" WINDOW "both}\n" OUT "sums}\n",
     "\"in\" makes no watermarks"},
    {"watermarks on the way",
     "until: 5 s\noperators:\n" SOURCE
     "  - {uid: marks, type: watermarks, watermarks: monotonous, input: in}\n" WINDOW "marks}\n" OUT
     "sums}\n",
     NULL},
    {"watermarks that end on the way",
     "until: 5 s\noperators:\n" MARKED "  - {uid: marks, type: watermarks, input: in}\n" WINDOW
     "marks}\n" OUT "sums}\n",
     "\"marks\" makes no watermarks"},
    {"transactions that nobody commits", SAVED "}\n",
     "what \"out\" writes is not visible before the end of the input"},
    {"nor does a savepoint", SAVED "}\ntimeline: [{at: 1 s, optional: true, savepoint: a}]\n",
     "what \"out\" writes is not visible before the end of the input"},
    {"but the one of a stop", SAVED "}\ntimeline: [{at: 1 s, stop-with-savepoint: a}]\n", NULL},
    {"and who starts from one",
     SAVED "}\ntimeline: [{at: 1 s, optional: true, savepoint: a}, {at: 2 s, restart-from: a}]\n",
     NULL},
    {"transactions without checkpoints on purpose",
     "config: {execution.checkpointing.interval: null}\n" SAVED "}\n", NULL},
    {"a sink that is visible at once", SAVED ", delivery: none}\n", NULL},
    {"no alignment to skip",
     "sabotage: skip-alignment\nconfig: {execution.checkpointing.interval: 1 s, "
     "execution.checkpointing.mode: AT_LEAST_ONCE}\n" PLAIN,
     "skip-alignment changes nothing: at least once no checkpoint is aligned"},
    {"nor in savepoints without an interval", "sabotage: [skip-alignment]\n" PLAIN,
     "nor without execution.checkpointing.interval"},
    {"an alignment to skip", "sabotage: [skip-alignment]\n" CHECKED, NULL},
    {"another rule",
     "sabotage: [forget-split]\nconfig: {execution.checkpointing.interval: 1 s, "
     "execution.checkpointing.mode: AT_LEAST_ONCE}\n" PLAIN,
     NULL},
    {"transactions of a snapshot, which its next job commits",
     "config: {execution.state-recovery.path: there}\n" SAVED "}\n", NULL},
    {"transactions that are committed",
     "config: {execution.checkpointing.interval: 1 s}\n" SAVED "}\n", NULL},
};

static void what_will_not_come_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_scenario_text source = {
            .name = "f.yaml", .bytes = rows[i].text, .length = strlen(rows[i].text)};
        struct snap_scenario *scenario = NULL;
        struct snap_error error = {0};
        struct snap_built built;

        if (!snap_scenario_parse(&source, snap_operator_catalogue_get(), &scenario, &error) ||
            !snap_scenario_build(scenario, NULL, &built, &error))
            fail_msg("%s: %u:%u: %s", rows[i].name, error.line, error.column, error.message);
        snap_scenario_destroy(scenario);
        if (built.note_count != (rows[i].note ? 1 : 0) ||
            (rows[i].note && !strstr(built.notes[0].text, rows[i].note)))
            fail_msg("%s: %u notes, the last: %s", rows[i].name, built.note_count,
                     built.note_count ? built.notes[built.note_count - 1].text : "none");
        snap_built_fini(&built);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_will_not_come_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
