// SPDX-License-Identifier: Apache-2.0
/*
 * What closed forms are made of, from facts made by hand: turns on the cores, what lies in open
 * buffers, what goes by vertices that are idle, what was written meanwhile, what lies in output
 * queues without a timer, and how quick a storage is that nobody describes; and when queues are
 * said to be uneven or to fill.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "explain/explain_advice.h"

#define US 1000

/* Three vertices of two subtasks, all to all; times in microseconds from the trigger. */
enum { SOURCE_0, SOURCE_1, MAP_0, MAP_1, SINK_0, SINK_1, TASKS };

struct lab {
    struct snap_facts facts;
    struct snap_explain_walk walk;
    struct snap_forecast forecast;
};

static void hop(struct lab *lab, uint32_t from, uint32_t to, int64_t received_us)
{
    struct snap_fact_hop *hop = snap_facts_add_hop(&lab->facts, from, to);
    struct snap_fact_task *task = &lab->facts.tasks[to];

    hop->sent_ns = lab->facts.tasks[from].sent_ns;
    hop->received_ns = received_us * US;
    task->begun_ns = task->begun_ns == SNAP_UNKNOWN ? hop->received_ns
                                                    : snap_ns_min(task->begun_ns, hop->received_ns);
    task->ready_ns = snap_ns_max(task->ready_ns, hop->received_ns);
}

static void end_task(struct lab *lab, uint32_t index, int64_t sent_us)
{
    struct snap_fact_task *task = &lab->facts.tasks[index];

    task->sent_ns = sent_us * US;
    task->acknowledged = true;
    task->synced_ns = task->ready_ns;
    task->stored_ns = task->ready_ns + 1000 * US;
    task->ack_ns = task->stored_ns;
}

static void init(struct lab *lab)
{
    struct snap_facts *facts = &lab->facts;

    snap_facts_init(facts, SNAP_FACTS_OF_RUN);
    facts->status = SNAP_FACTS_COMPLETED;
    facts->vertex_count = 3;
    facts->vertices = SNAP_ARENA_ARRAY(&facts->arena, struct snap_fact_vertex, 3);
    facts->edge_count = 2;
    facts->edges = SNAP_ARENA_ARRAY(&facts->arena, struct snap_fact_edge, 2);
    for (uint32_t v = 0; v < 3; v++)
        facts->vertices[v] = (struct snap_fact_vertex){.name = v == 0   ? "source"
                                                               : v == 1 ? "map"
                                                                        : "sink",
                                                       .parallelism = 2};
    for (uint32_t e = 0; e < 2; e++)
        facts->edges[e] = (struct snap_fact_edge){e, e + 1, SNAP_SHIP_REBALANCE, "rebalance"};
    snap_facts_make_tasks(facts);
    facts->settings.network_latency_ns = 200 * US;
    facts->settings.storage_latency_ns = 1000 * US;
    facts->settings.storage_bytes_per_s = 0;
    facts->settings.output_timeout = 1;
    facts->settings.aligned_timeout_ns = 0;
}

static void explain(struct lab *lab)
{
    snap_explain_walk_back(&lab->walk, &lab->facts);
    snap_forecast_make(&lab->forecast, &lab->walk, &lab->facts.arena);
}

static void fini(struct lab *lab)
{
    snap_facts_fini(&lab->facts);
}

static snap_ns advice_of(const struct lab *lab, enum snap_knob knob)
{
    for (uint32_t i = 0; i < lab->forecast.advice_count; i++)
        if (lab->forecast.advices[i].knob == knob)
            return lab->forecast.advices[i].predicted_ns;
    return SNAP_UNKNOWN;
}

static snap_ns as_it_was(const struct lab *lab)
{
    return advice_of(lab, SNAP_KNOB_AS_IT_WAS);
}

/* ---- turns ---- */

/* Maps go on with their first barrier, that of source 0; the sinks' last is that of map 1. Its turn
 * is 10 ms: sink 0 took it 10.2 ms after it was sent, sink 1 was at work for 0.7 ms more. */
static void overtake(struct lab *lab, snap_ns turn_ns, snap_ns timeout_ns)
{
    struct snap_facts *facts = &lab->facts;

    init(lab);
    facts->settings.unaligned_turn_ns = turn_ns;
    facts->settings.aligned_timeout_ns = timeout_ns;
    for (uint32_t i = 0; i < 2; i++)
        facts->tasks[i].begun_ns = facts->tasks[i].ready_ns = 1000 * US;
    end_task(lab, SOURCE_0, 1000);
    end_task(lab, SOURCE_1, 1000);
    for (uint32_t to = MAP_0; to <= MAP_1; to++) {
        hop(lab, SOURCE_0, to, 1500);
        hop(lab, SOURCE_1, to, 4000);
        end_task(lab, to, 1500);
    }
    for (uint32_t to = SINK_0; to <= SINK_1; to++) {
        hop(lab, MAP_0, to, 3000);
        hop(lab, MAP_1, to, to == SINK_0 ? 11700 : 12400);
        end_task(lab, to, 12400);
    }
    for (uint32_t i = 0; i < TASKS; i++)
        facts->tasks[i].unaligned = true;
    facts->last_task = SINK_1;
    facts->duration_ns = facts->tasks[SINK_1].ack_ns;
    explain(lab);
}

static void check_kinds(const struct lab *lab, const char *kinds)
{
    static const char letters[] = "THUQSAK"; /* U: a turn */
    char found[16] = "";

    for (uint32_t i = 0; i < lab->walk.step_count && i < 15; i++)
        found[i] = letters[lab->walk.steps[i].kind];
    assert_string_equal(found, kinds);
    for (uint32_t i = 1; i < lab->walk.step_count; i++)
        assert_int_equal(lab->walk.steps[i].from_ns, lab->walk.steps[i - 1].to_ns);
}

static void a_turn_is_what_the_quickest_receiver_waited(void **state)
{
    struct lab lab;

    (void)state;
    overtake(&lab, 4000 * US, 0);
    check_kinds(&lab, "TUQUQSAK");
    assert_int_equal(lab.walk.total_ns[SNAP_EXPLAIN_TURN], (300 + 10000) * US);
    assert_int_equal(lab.walk.total_ns[SNAP_EXPLAIN_QUEUE], (200 + 900) * US);
    assert_int_equal(lab.walk.slow, SNAP_SLOW_TURN);
    assert_int_equal(lab.walk.culprit, MAP_1);
    assert_int_equal(lab.forecast.hops[0].turn_ns, 300 * US);
    assert_int_equal(lab.forecast.hops[1].turn_ns, 10000 * US);
    assert_int_equal(lab.forecast.hops[1].waited_ns, 900 * US);
    fini(&lab);
}

static void a_turn_is_never_longer_than_all_of_them(void **state)
{
    struct lab lab;

    (void)state;
    overtake(&lab, 1000 * US, 0);
    assert_int_equal(lab.forecast.hops[1].turn_ns, 6000 * US);
    fini(&lab);
}

static void without_turns_all_of_it_is_in_queues(void **state)
{
    struct lab lab;

    (void)state;
    overtake(&lab, 0, 0);
    check_kinds(&lab, "TQQSAK");
    fini(&lab);
    overtake(&lab, SNAP_UNKNOWN, 0);
    check_kinds(&lab, "TQQSAK");
    fini(&lab);
}

static void a_turn_begins_when_the_timeout_is_over(void **state)
{
    struct lab lab;

    (void)state;
    overtake(&lab, 4000 * US, 5000 * US);
    /* The map's barrier was there before the timeout, and overtook nothing. */
    check_kinds(&lab, "TQQUSAK");
    assert_int_equal(lab.forecast.hops[1].turn_ns, (11700 - 5000 - 200) * US);
    fini(&lab);
}

static void what_is_quicker_than_the_network_came_over_none(void **state)
{
    struct lab lab;

    (void)state;
    overtake(&lab, 4000 * US, 0);
    for (uint32_t i = 0; i < lab.facts.hop_count; i++)
        if (lab.facts.hops[i].from == MAP_1 && lab.facts.hops[i].to == SINK_0)
            lab.facts.hops[i].received_ns = 1600 * US;
    explain(&lab);
    assert_int_equal(lab.forecast.hops[1].turn_ns, (12400 - 1500 - 200) * US);
    fini(&lab);
}

/* Of 24 ms of turns the first barrier of two takes a third in the mean, the last two thirds. */
static void turns_by_closed_form(void **state)
{
    struct lab with;
    struct lab without;

    (void)state;
    overtake(&with, 4000 * US, 0);
    overtake(&without, 0, 0);
    assert_int_equal(as_it_was(&with) - as_it_was(&without), 24000 * US);
    fini(&with);
    fini(&without);
}

/* All save 300 KB, 3 ms each of the storage's time. What sources save is written while others wait
 * for their turn: without it nothing is quicker. */
static void sources_write_meanwhile(void **state)
{
    struct lab lab;
    snap_ns before_ns;

    (void)state;
    overtake(&lab, 4000 * US, 0);
    lab.facts.settings.storage_bytes_per_s = 100000000;
    for (uint32_t i = 0; i < TASKS; i++)
        lab.facts.tasks[i].persisted_bytes = lab.facts.tasks[i].state_bytes = 300000;
    explain(&lab);
    before_ns = as_it_was(&lab);
    for (uint32_t i = 0; i < 2; i++)
        lab.facts.tasks[i].persisted_bytes = lab.facts.tasks[i].state_bytes = 0;
    explain(&lab);
    assert_int_equal(as_it_was(&lab), before_ns);
    fini(&lab);
}

/* ---- amounts and limits ---- */

/* Aligned: sources send at once, maps have their last barrier after 500 ms, sinks after `last_us`
 * and 1000 ms. Before each receiver wait 100 records of 1000 bytes, of which it uses 1000 a
 * second; it is at work all the time. */
static void align(struct lab *lab, int64_t first_sink_us)
{
    struct snap_facts *facts = &lab->facts;

    init(lab);
    for (uint32_t i = 0; i < 2; i++)
        facts->tasks[i].begun_ns = facts->tasks[i].ready_ns = 0;
    end_task(lab, SOURCE_0, 0);
    end_task(lab, SOURCE_1, 0);
    for (uint32_t to = MAP_0; to <= MAP_1; to++) {
        hop(lab, SOURCE_0, to, 500000);
        hop(lab, SOURCE_1, to, 500000);
        end_task(lab, to, 500000);
    }
    for (uint32_t to = SINK_0; to <= SINK_1; to++) {
        hop(lab, MAP_0, to, to == SINK_0 ? first_sink_us : 1000000);
        hop(lab, MAP_1, to, to == SINK_0 ? first_sink_us : 1000000);
        end_task(lab, to, 1000000);
    }
    for (uint32_t i = MAP_0; i < TASKS; i++) {
        facts->tasks[i].queued.records = 100;
        facts->tasks[i].records_per_s = 1000;
        facts->tasks[i].busy = 1;
        facts->tasks[i].backpressured = 0;
    }
    facts->in_flight_bytes = 400 * 1000;
    facts->last_task = SINK_1;
    facts->duration_ns = facts->tasks[SINK_1].ack_ns;
}

/* Ten milliseconds at 1000 records a second are ten records, half of which are there. */
static void open_buffers_are_before_the_barrier(void **state)
{
    struct lab lab;
    snap_ns closed_ns;

    (void)state;
    align(&lab, 1000000);
    explain(&lab);
    closed_ns = as_it_was(&lab);
    lab.facts.settings.segment_bytes = 32000;
    lab.facts.settings.buffer_timeout_ns = 10 * SNAP_MS;
    explain(&lab);
    assert_int_equal(as_it_was(&lab) - closed_ns, 2 * 5 * SNAP_MS);
    /* Two senders, each with half of 32 records: they are full before they are flushed. */
    lab.facts.settings.buffer_timeout_ns = SNAP_NEVER;
    explain(&lab);
    assert_int_equal(as_it_was(&lab) - closed_ns, 2 * 32 * SNAP_MS);
    lab.facts.settings.debloat = 1;
    explain(&lab);
    assert_int_equal(as_it_was(&lab), closed_ns);
    fini(&lab);
}

/* Maps that have nothing to do a quarter of their time use up what waits there so much faster, 25
 * ms; as much of it waits before the sinks then. */
static void what_waits_before_an_idle_vertex_waits_behind_it(void **state)
{
    struct lab lab;
    snap_ns busy_ns;

    (void)state;
    align(&lab, 1000000);
    explain(&lab);
    busy_ns = as_it_was(&lab);
    lab.facts.tasks[MAP_0].busy = lab.facts.tasks[MAP_1].busy = 0.75;
    explain(&lab);
    assert_int_equal(as_it_was(&lab), busy_ns);
    /* A map that makes two of one sends twice as many by. */
    for (uint32_t i = MAP_0; i <= MAP_1; i++) {
        lab.facts.tasks[i].records_in = 1000;
        lab.facts.tasks[i].records_out = 2000;
    }
    explain(&lab);
    assert_int_equal(as_it_was(&lab) - busy_ns, 25 * SNAP_MS);
    fini(&lab);
}

static void queues_are_uneven_by_more_than_forms_are_held_to(void **state)
{
    /* When sink 0 has its last barrier; sink 1 has it at 1000 of 1001 ms. */
    static const struct {
        int64_t first_us;
        bool uneven;
    } rows[] = {{1000000, false}, {770000, false}, {750000, true}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lab lab;

        align(&lab, rows[i].first_us);
        explain(&lab);
        assert_int_equal(lab.forecast.limits.uneven, rows[i].uneven ? SINK_1 : SNAP_NO_FACT);
        assert_int_equal(lab.forecast.limits.uneven_ns, (1000000 - rows[i].first_us) / 2 * US);
        fini(&lab);
    }
}

/* Then the forms have what lay before that very subtask. */
static void what_is_known_of_each_subtask_is_not_uneven(void **state)
{
    struct lab lab;

    (void)state;
    align(&lab, 750000);
    for (uint32_t i = MAP_0; i < TASKS; i++)
        lab.facts.tasks[i].queued.bytes = 100000;
    explain(&lab);
    assert_int_equal(lab.forecast.limits.uneven, SNAP_NO_FACT);
    fini(&lab);
}

static void queues_fill_again_right_behind_another_checkpoint(void **state)
{
    static const struct {
        snap_ns rest_ns;
        double more_records;
        bool filling;
    } rows[] = {
        {50 * SNAP_MS, 130, true},   {50 * SNAP_MS, 110, false}, /* 110 ms of 1001 */
        {150 * SNAP_MS, 130, false},                             /* it has had time */
        {SNAP_UNKNOWN, 130, false},                              /* the first one */
        {50 * SNAP_MS, -130, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lab lab;

        align(&lab, 1000000);
        lab.facts.rest_ns = rows[i].rest_ns;
        lab.facts.tasks[SINK_0].more_records = rows[i].more_records;
        lab.facts.tasks[SINK_1].more_records = rows[i].more_records;
        explain(&lab);
        assert_int_equal(lab.forecast.limits.filling, rows[i].filling);
        fini(&lab);
    }
}

/* ---- output queues without a timer ---- */

/* 400 ms before each of two receivers, three quarters of it in output queues. */
static void without_a_timer_output_queues_are_waited_for(void **state)
{
    static const struct {
        int64_t timeout_ms;
        int64_t as_it_was_ms;
        int64_t segments_ms; /* 100 ms before each receiver */
    } rows[] = {
        {50, 300, 75},   /* it overtakes when it leaves the first one */
        {300, 300, 200}, /* smaller ones are over before */
        {350, 350, 200}, /* it lies in an input by then */
        {500, 700, 200}, /* it is in the second one */
        {750, 750, 200},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const snap_ns overtaking_ns = 1400 * US; /* latencies of storage and network */
        bool overtakes = rows[i].segments_ms >= rows[i].timeout_ms;
        struct lab lab;

        align(&lab, 1000000);
        lab.facts.settings.unaligned = 1;
        lab.facts.settings.output_timeout = 0;
        lab.facts.settings.aligned_timeout_ns = rows[i].timeout_ms * SNAP_MS;
        for (uint32_t task = MAP_0; task < TASKS; task++) {
            lab.facts.tasks[task].unaligned = true;
            lab.facts.tasks[task].queued.records = 400;
            lab.facts.tasks[task].persisted_bytes = lab.facts.tasks[task].state_bytes = 40000;
        }
        explain(&lab);
        assert_true(lab.forecast.limits.no_output_timer);
        assert_true(lab.forecast.limits.output_guessed);
        assert_int_equal(as_it_was(&lab), rows[i].as_it_was_ms * SNAP_MS + overtaking_ns);
        assert_int_equal(advice_of(&lab, SNAP_KNOB_SEGMENTS),
                         rows[i].segments_ms * SNAP_MS + (overtakes ? overtaking_ns : 0));
        fini(&lab);
    }
}

/* Two channels: ten buffers of an output queue stand before two and half of eight. */
static void how_full_output_queues_are_the_settings_tell(void **state)
{
    struct lab lab;

    (void)state;
    align(&lab, 1000000);
    lab.facts.settings.unaligned = 1;
    lab.facts.settings.output_timeout = 0;
    lab.facts.settings.aligned_timeout_ns = 50 * SNAP_MS;
    lab.facts.settings.per_subpartition_max = 10;
    lab.facts.settings.exclusive_per_channel = 2;
    lab.facts.settings.floating_per_gate = 8;
    for (uint32_t task = MAP_0; task < TASKS; task++) {
        lab.facts.tasks[task].unaligned = true;
        lab.facts.tasks[task].queued.records = 400;
        lab.facts.tasks[task].persisted_bytes = lab.facts.tasks[task].state_bytes = 40000;
    }
    explain(&lab);
    assert_false(lab.forecast.limits.output_guessed);
    assert_int_equal(as_it_was(&lab), 250 * SNAP_MS + 1400 * US);
    fini(&lab);
}

/* ---- a storage that is guessed ---- */

/* Each subtask writes 10 MB in 100 ms; how quick the storage is nobody tells. */
static void guess_storage(struct lab *lab)
{
    struct snap_facts *facts = &lab->facts;

    facts->settings.storage_latency_ns = facts->settings.storage_bytes_per_s = SNAP_UNKNOWN;
    for (uint32_t i = 0; i < TASKS; i++) {
        facts->tasks[i].state_bytes = 10000000;
        facts->tasks[i].async_ns = 100000 * US;
    }
}

/* However many write, each is as quick as it was: so much more is written in so much more time. */
static void a_guessed_storage_is_that_of_all_subtasks(void **state)
{
    struct lab lab;

    (void)state;
    overtake(&lab, 0, 0);
    guess_storage(&lab);
    explain(&lab);
    assert_true(lab.forecast.storage_guessed);
    assert_true(lab.forecast.storage_bytes_per_s == 600e6);
    /* The trigger took 1 ms, and two hops 0.2 ms each. */
    assert_int_equal(advice_of(&lab, SNAP_KNOB_AS_IT_WAS), (1000 + 400 + 100000) * US);
    fini(&lab);
    align(&lab, 1000000);
    guess_storage(&lab);
    lab.facts.in_flight_bytes = 30000000;
    explain(&lab);
    assert_int_equal(advice_of(&lab, SNAP_KNOB_UNALIGNED), (400 + 150000) * US);
    fini(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_is_what_the_quickest_receiver_waited),
        cmocka_unit_test(a_turn_is_never_longer_than_all_of_them),
        cmocka_unit_test(without_turns_all_of_it_is_in_queues),
        cmocka_unit_test(a_turn_begins_when_the_timeout_is_over),
        cmocka_unit_test(what_is_quicker_than_the_network_came_over_none),
        cmocka_unit_test(turns_by_closed_form),
        cmocka_unit_test(sources_write_meanwhile),
        cmocka_unit_test(open_buffers_are_before_the_barrier),
        cmocka_unit_test(what_waits_before_an_idle_vertex_waits_behind_it),
        cmocka_unit_test(queues_are_uneven_by_more_than_forms_are_held_to),
        cmocka_unit_test(what_is_known_of_each_subtask_is_not_uneven),
        cmocka_unit_test(queues_fill_again_right_behind_another_checkpoint),
        cmocka_unit_test(without_a_timer_output_queues_are_waited_for),
        cmocka_unit_test(how_full_output_queues_are_the_settings_tell),
        cmocka_unit_test(a_guessed_storage_is_that_of_all_subtasks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
