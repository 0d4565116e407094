// SPDX-License-Identifier: Apache-2.0
/*
 * test_operators_window.c: which windows records fall into, when they fire, what is too late.
 *
 * Words of a script: "K@T" a record of key K at T ms, "K@T=V" with a value; "wT" the watermark T;
 * "tT" (processing time) it is T ms, timers fire; "R" the attempt crashes, the next one restores
 * the snapshot taken at the last "S". What comes out: "K[S,E)=V" a result, "late:K@T" dropped,
 * "wT" the watermark passed on.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "operators/classes.h"
#include "operators/window_assign.h"
#include "unit/operator_harness.h"

/* Windows as "[S,E)". */
static void assigning(void **unused)
{
    static const struct {
        const char *name;
        struct snap_window_settings settings;
        int64_t timestamp;
        const char *windows;
    } rows[] = {
        {"tumbling", {.size_ms = 10, .slide_ms = 10}, 13, "[10,20)"},
        {"the end belongs to the next one", {.size_ms = 10, .slide_ms = 10}, 20, "[20,30)"},
        {"below 0", {.size_ms = 10, .slide_ms = 10}, -1, "[-10,0)"},
        {"a border below 0", {.size_ms = 10, .slide_ms = 10}, -10, "[-10,0)"},
        {"far below 0", {.size_ms = 7, .slide_ms = 7}, -8, "[-14,-7)"},
        {"sliding, the last one first",
         {.kind = SNAP_WINDOW_SLIDING, .size_ms = 10, .slide_ms = 4},
         9,
         "[8,18)[4,14)[0,10)"},
        {"sliding below 0",
         {.kind = SNAP_WINDOW_SLIDING, .size_ms = 10, .slide_ms = 5},
         -1,
         "[-5,5)[-10,0)"},
        {"the slide divides the size",
         {.kind = SNAP_WINDOW_SLIDING, .size_ms = 10, .slide_ms = 5},
         5,
         "[5,15)[0,10)"},
        {"later than any",
         {.size_ms = 1000, .slide_ms = 1000},
         INT64_MAX,
         "[4611686018427387000,4611686018427388000)"},
        {"earlier than any",
         {.kind = SNAP_WINDOW_SLIDING, .size_ms = 4, .slide_ms = 2},
         INT64_MIN,
         "[-4611686018427387904,-4611686018427387900)[-4611686018427387906,-4611686018427387902)"},
        {"a session is a gap", {.kind = SNAP_WINDOW_SESSION, .size_ms = 10}, -3, "[-3,7)"},
    };
    bool failed = false;

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct snap_window window = snap_window_last(&rows[r].settings, rows[r].timestamp);
        struct snap_text text = {0};
        uint32_t count = 0;

        do {
            snap_text_printf(&text, "[%" PRId64 ",%" PRId64 ")", window.start_ms, window.end_ms);
            count++;
        } while (snap_window_before(&rows[r].settings, rows[r].timestamp, &window));
        if (strcmp(snap_text_get(&text), rows[r].windows) != 0) {
            print_message("%s: expected %s, actual %s\n", rows[r].name, rows[r].windows,
                          snap_text_get(&text));
            failed = true;
        }
        assert_true(count <= snap_windows_max(&rows[r].settings));
        snap_text_fini(&text);
    }
    assert_false(failed);
}

struct lab {
    struct harness h; /* must stay first: it is the context's task */
    struct snap_emitter emitter;
    struct snap_text log;
    snap_ns now_ns;
    const struct snap_operator_state *saved;
};

static snap_ns clock(void *task)
{
    return ((const struct lab *)task)->now_ns;
}

static void note(void *task, enum snap_span_kind kind, const struct snap_window_note *window,
                 const struct snap_batch *record)
{
    struct lab *lab = task;
    const char *space = lab->log.length ? " " : "";

    if (kind == SNAP_SPAN_FIRED)
        snap_text_printf(&lab->log, "%s%" PRId64 "[%" PRId64 ",%" PRId64 ")=%" PRId64, space,
                         window->key.number, window->start_ms, window->end_ms,
                         record->records[0].value.number);
    else if (kind == SNAP_SPAN_LATE && window->dropped)
        snap_text_printf(&lab->log, "%slate:%" PRId64 "@%" PRId64, space, window->key.number,
                         record->stamps[0].timestamp_ms);
}

static void open_lab(struct lab *lab)
{
    snap_emitter_init(&lab->emitter, &lab->h.attempt, (struct snap_columns){.stamps = true});
    assert_true(harness_open(&lab->h, lab->saved, SNAP_NO_CHECKPOINT));
}

/* Marks come behind what they made fire. */
static void check_emitted(struct lab *lab)
{
    for (uint32_t i = 0; i < lab->emitter.count; i++) {
        const struct snap_stamp *stamp = &lab->emitter.stamps[i];

        if (!snap_stamp_is_mark(stamp))
            continue;
        assert_int_equal(i, lab->emitter.count - 1);
        snap_text_printf(&lab->log, "%sw%" PRId64, lab->log.length ? " " : "", stamp->timestamp_ms);
    }
    lab->emitter.count = 0;
}

static void perform(struct lab *lab, const char *word)
{
    struct snap_record record = {.value.number = 1};
    struct snap_record mark;

    if (word[0] == 'R') {
        harness_crash(&lab->h);
        open_lab(lab);
    } else if (word[0] == 'S') {
        lab->saved = harness_snapshot(&lab->h, 1);
    } else if (word[0] == 'w') {
        mark = snap_mark_make(SNAP_MARK_WATERMARK, strtoll(word + 1, NULL, 10));
        lab->h.class->take_mark(lab->h.self, &mark, &lab->emitter);
    } else if (word[0] == 't') {
        lab->now_ns = strtoll(word + 1, NULL, 10) * SNAP_MS;
        if (lab->h.class->timer_due(lab->h.self) <= lab->now_ns)
            lab->h.class->fire(lab->h.self, lab->now_ns, &lab->emitter);
        assert_true(lab->h.class->timer_due(lab->h.self) > lab->now_ns);
    } else {
        assert_true(sscanf(word, "%" SCNd64 "@%" SCNd64 "=%" SCNd64, &record.key.number,
                           &record.timestamp_ms, &record.value.number) >= 2);
        lab->h.class->expand(lab->h.self, &record, &lab->emitter);
    }
    check_emitted(lab);
}

static const struct {
    const char *name;
    const char *options; /* "name=number in ns or index", separated by spaces */
    const char *script;
    const char *log;
} rows[] = {
    {"fires once the watermark passes its max timestamp", "kind=0 size=10000000",
     "1@3 1@9 1@10 w8 w9", "w8 1[0,10)=2 w9"},
    {"windows fire in the order of time, keys apart", "kind=0 size=10000000", "2@15 1@5 2@5 w100",
     "1[0,10)=1 2[0,10)=1 2[10,20)=1 w100"},
    {"below 0", "kind=0 size=10000000", "1@-5 1@-11 w-1", "1[-20,-10)=1 1[-10,0)=1 w-1"},
    {"sum", "kind=0 size=10000000 aggregate=1", "1@3=4 1@4=-7 w9", "1[0,10)=-3 w9"},
    {"min", "kind=0 size=10000000 aggregate=2", "1@3=4 1@4=7 w9", "1[0,10)=4 w9"},
    {"max, all below 0", "kind=0 size=10000000 aggregate=3", "1@3=-4 1@4=-7 w9", "1[0,10)=-4 w9"},
    {"too late", "kind=0 size=10000000", "w9 1@9 1@10 w19", "w9 late:1@9 1[10,20)=1 w19"},
    {"late but allowed: fires again with all of it",
     "kind=0 size=10000000 allowed-lateness=5000000", "1@3 w9 1@4 1@5 w14 1@6",
     "1[0,10)=1 w9 1[0,10)=2 1[0,10)=3 w14 late:1@6"},
    {"the first record of a window may be late", "kind=0 size=10000000 allowed-lateness=5000000",
     "w12 1@4 w20", "w12 1[0,10)=1 w20"},
    {"sliding: in each window it is in", "kind=1 size=10000000 slide=5000000", "1@7 w9 w14",
     "1[0,10)=1 w9 1[5,15)=1 w14"},
    {"sliding: late for some is not dropped", "kind=1 size=10000000 slide=5000000", "w9 1@7 w14",
     "w9 1[5,15)=1 w14"},
    {"sessions that overlap are one", "kind=2 gap=10000000", "1@0 1@5 w14 1@30 w100",
     "1[0,15)=2 w14 1[30,40)=1 w100"},
    {"sessions that touch are one", "kind=2 gap=10000000", "1@0 1@10 w100", "1[0,20)=2 w100"},
    {"a record joins two sessions", "kind=2 gap=10000000 aggregate=1", "1@0=1 1@18=2 1@9=4 w27 w28",
     "1[0,28)=7 w27 w28"},
    {"a record inside changes nothing but the value", "kind=2 gap=10000000", "1@0 1@10 1@4 w19",
     "1[0,20)=3 w19"},
    {"keys have sessions of their own", "kind=2 gap=10000000", "1@0 2@5 w100",
     "1[0,10)=1 2[5,15)=1 w100"},
    {"the least of merged sessions", "kind=2 gap=10000000 aggregate=2", "1@0=5 1@18=2 1@9=4 w28",
     "1[0,28)=2 w28"},
    {"a session that is over takes nobody", "kind=2 gap=10000000", "1@0 w9 1@9 w18 1@3",
     "1[0,10)=1 w9 1[9,19)=1 w18 late:1@3"},
    {"a late record may join a session that is not over", "kind=2 gap=10000000",
     "1@20 w15 1@11 1@0 w29", "w15 late:1@0 1[11,30)=2 w29"},
    {"late but allowed merges fired sessions", "kind=2 gap=10000000 allowed-lateness=100000000",
     "1@0 1@15 w30 1@8 w40", "1[0,10)=1 1[15,25)=1 w30 1[0,25)=3 w40"},
    {"a restore puts contents and timers back", "kind=0 size=10000000", "1@3 S 1@4 w9 R 1@4 w9",
     "1[0,10)=2 w9 1[0,10)=2 w9"},
    {"after a restore nothing is late until a watermark comes", "kind=0 size=10000000",
     "1@3 w9 S 1@4 R 1@4 w9", "1[0,10)=1 w9 late:1@4 1[0,10)=1 w9"},
    {"a restore remembers sessions", "kind=2 gap=10000000", "1@0 1@20 S R 1@10 w30",
     "1[0,30)=3 w30"},
    {"processing time: at its end", "kind=0 size=10000000 time=1", "t3 1@77 t9 1@78 t10 t20",
     "1[0,10)=2"},
    {"processing time: watermarks pass by", "kind=0 size=10000000 time=1", "t3 1@77 w500 t10",
     "w500 1[0,10)=1"},
    {"processing time: sessions", "kind=2 gap=10000000 time=1", "t3 1@0 t8 1@0 t13 t18 t19",
     "1[3,18)=2"},
};

static void set_options(struct lab *lab, const char *options)
{
    char copy[160];

    snprintf(copy, sizeof(copy), "%s", options);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        char *equals = strchr(word, '=');

        *equals = '\0';
        harness_set(&lab->h, word, equals + 1);
    }
}

static void scripts(void **unused)
{
    bool failed = false;

    (void)unused;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct lab *lab = calloc(1, sizeof(*lab));
        char script[160];
        char *rest = script;
        char *word;

        snprintf(script, sizeof(script), "%s", rows[r].script);
        harness_start(&lab->h, &snap_window_class);
        lab->h.context.clock = clock;
        lab->h.context.window_note = note;
        set_options(lab, rows[r].options);
        assert_true(harness_configure(&lab->h));
        open_lab(lab);
        while ((word = strtok_r(rest, " ", &rest)))
            perform(lab, word);
        if (strcmp(snap_text_get(&lab->log), rows[r].log) != 0) {
            print_message("%s:\nexpected %s\nactual   %s\n", rows[r].name, rows[r].log,
                          snap_text_get(&lab->log));
            failed = true;
        }
        snap_text_fini(&lab->log);
        harness_stop(&lab->h);
        free(lab);
    }
    assert_false(failed);
}

static void refuses_bad_options(void **unused)
{
    static const struct {
        const char *options;
        const char *message;
    } bad[] = {
        {"kind=0", "need `size`"},
        {"kind=1 size=10000000", "need `slide`"},
        {"kind=2 size=10000000", "have no `size`"},
        {"kind=0 size=10000000 gap=10000000", "have no `gap`"},
        {"kind=0 size=500000", "at least 1 ms"},
        {"kind=1 size=1000000000000 slide=1000000", "more than 10000 windows"},
        {"kind=0 size=10000000 time=1 allowed-lateness=1000000", "nothing is late"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct lab *lab = calloc(1, sizeof(*lab));

        harness_start(&lab->h, &snap_window_class);
        set_options(lab, bad[i].options);
        lab->h.options[0].text = "such";
        assert_false(harness_configure(&lab->h));
        if (!strstr(lab->h.error.message, bad[i].message))
            fail_msg("%s: %s", bad[i].options, lab->h.error.message);
        harness_stop(&lab->h);
        free(lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assigning),
        cmocka_unit_test(scripts),
        cmocka_unit_test(refuses_bad_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
