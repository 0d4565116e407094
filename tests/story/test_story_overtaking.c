// SPDX-License-Identifier: Apache-2.0
/*
 * test_story_overtaking.c: the rules of barriers that overtake, or may come to, as transcripts.
 *
 * First unaligned barriers, then aligned ones with a timeout, each rule one story or two. Each
 * test's name is the rule; barrier_story.h says how a transcript is read.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/barrier_story.h"

static bool accept(void *context, snap_checkpoint_id checkpoint)
{
    (void)context;
    (void)checkpoint;
    return true;
}

static bool refuse(void *context, snap_checkpoint_id checkpoint)
{
    (void)context;
    (void)checkpoint;
    return false;
}

static void play(uint32_t channels, const char *text,
                 bool (*may_capture)(void *context, snap_checkpoint_id checkpoint))
{
    struct snap_barrier_handler_options options = {.mode = SNAP_MODE_EXACTLY_ONCE,
                                                   .may_overtake = true,
                                                   .inputs = {.may_capture = may_capture},
                                                   .channels = channels,
                                                   .checkpoints_after_finish = true};

    play_story(&options, text);
}

static void overtaking(uint32_t channels, const char *text)
{
    play(channels, text, accept);
}

/* A channel has seen a newer barrier. */
static void refusing(uint32_t channels, const char *text)
{
    play(channels, text, refuse);
}

static void the_first_unaligned_barrier_triggers_at_once(void **state)
{
    (void)state;
    overtaking(2, "barrier 1 cp=1 t=7 created=5 align=unaligned\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 5: start delay 2, alignment not over\n"
                  "ask\n"
                  "    latest 1, open 2, alignment 0 so far, pending 1, blocked\n");
}

static void an_unaligned_barrier_of_the_only_channel_ends_what_it_began(void **state)
{
    (void)state;
    overtaking(1, "barrier 0 cp=1 t=3 align=unaligned\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 3, alignment 0, 0 bytes\n"
                  "    capture stop 1\n"
                  "    inputs done 1\n"
                  "ask\n"
                  "    latest 1, open 1, alignment 0, pending, blocked\n");
}

static void further_barriers_only_count_and_the_last_stops_the_capture(void **state)
{
    (void)state;
    overtaking(3, "barrier 0 cp=1 align=unaligned\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 0, alignment not over\n"
                  "barrier 1 cp=1 t=4\n"
                  "    block 1\n"
                  "barrier 1 cp=1\n"
                  "    block 1\n"
                  "barrier 2 cp=1 t=9 align=unaligned\n"
                  "    measured 1: alignment 9, 0 bytes\n"
                  "    capture stop 1\n"
                  "    unblock 1\n"
                  "    inputs done 1\n");
}

static void alignment_is_told_when_the_last_barrier_has_come(void **state)
{
    (void)state;
    overtaking(2, "data 100\n"
                  "barrier 0 cp=1 t=10 align=unaligned\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 10, alignment not over\n"
                  "data 30\n"
                  "data 12\n"
                  "barrier 1 cp=1 t=25 align=unaligned\n"
                  "    measured 1: alignment 15, 42 bytes\n"
                  "    capture stop 1\n"
                  "    inputs done 1\n");
}

static void a_cancellation_while_collecting_stops_the_capture_of_its_id(void **state)
{
    (void)state;
    overtaking(2, "barrier 0 cp=1 align=unaligned\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 0, alignment not over\n"
                  "data 5\n"
                  "cancel 1 cp=3 t=8\n"
                  "    capture stop 3\n"
                  "    measured 1: alignment 0, 5 bytes\n"
                  "    abort 3 cancelled\n"
                  "    inputs failed 1\n");
}

static void a_newer_barrier_while_collecting_stops_the_capture_of_the_older(void **state)
{
    (void)state;
    overtaking(2, "barrier 0 cp=1 align=unaligned\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 0, alignment not over\n"
                  "barrier 1 cp=2 t=6 created=4 align=unaligned\n"
                  "    capture stop 1\n"
                  "    measured 1: alignment 0, 0 bytes\n"
                  "    abort 1 subsumed\n"
                  "    inputs failed 1\n"
                  "    init 2 unaligned\n"
                  "    capture 2\n"
                  "    trigger 2 unaligned, created 4: start delay 2, alignment not over\n");
}

static void what_is_announced_while_unaligned_moves_to_the_front_at_once(void **state)
{
    (void)state;
    overtaking(2, "barrier 0 cp=1 align=unaligned\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 0, alignment not over\n"
                  "announce 1 cp=1 number=4 timeout=100\n"
                  "    prioritize 1, number 4\n"
                  "barrier 1 cp=1 timeout=100\n"
                  "    measured 1: alignment 0, 0 bytes\n"
                  "    block 1\n"
                  "    capture stop 1\n"
                  "    unblock 1\n"
                  "    inputs done 1\n");
}

static void unaligned_barriers_alone_set_no_timer_and_block_nothing(void **state)
{
    (void)state;
    overtaking(2, "barrier 0 cp=1 align=unaligned\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 0, alignment not over\n"
                  "barrier 1 cp=1 align=unaligned\n"
                  "    measured 1: alignment 0, 0 bytes\n"
                  "    capture stop 1\n"
                  "    inputs done 1\n"
                  "barrier 1 cp=2 align=unaligned\n"
                  "    init 2 unaligned\n"
                  "    capture 2\n"
                  "    trigger 2 unaligned, created 0: start delay 0, alignment not over\n"
                  "end 0\n"
                  "    measured 2: alignment 0, 0 bytes\n"
                  "    capture stop 2\n"
                  "    inputs done 2\n");
}

static void barrier_or_end_of_the_channel_removes_its_announcement(void **state)
{
    (void)state;
    overtaking(4, "announce 0 cp=1 number=5 timeout=100\n"
                  "    timer in 100\n"
                  "announce 1 cp=1 number=2 timeout=100\n"
                  "announce 2 cp=1 number=3 timeout=100\n"
                  "barrier 0 cp=1 t=1 timeout=100\n"
                  "    block 0\n"
                  "end 1\n"
                  "timeout cp=1 t=100\n"
                  "    prioritize 2, number 3\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 1, alignment not over\n");
}

static void the_last_barrier_never_switches_however_late(void **state)
{
    (void)state;
    overtaking(2, "barrier 0 cp=1 timeout=100\n"
                  "    timer in 100\n"
                  "    block 0\n"
                  "barrier 1 cp=1 t=500 timeout=100\n"
                  "    block 1\n"
                  "    init 1 timeoutable\n"
                  "    trigger 1 timeoutable, created 0: start delay 0, alignment 500, 0 bytes\n"
                  "    unblock 0\n"
                  "    unblock 1\n"
                  "    timer cancelled\n");
}

static void only_what_starts_a_checkpoint_sets_the_timer(void **state)
{
    (void)state;
    overtaking(2, "announce 0 cp=1 t=50 created=20 number=0 timeout=100\n"
                  "    timer in 70\n"
                  "barrier 1 cp=1 t=60 created=20 timeout=100\n"
                  "    block 1\n"
                  "barrier 0 cp=1 t=70 created=20 timeout=100\n"
                  "    block 0\n"
                  "    init 1 timeoutable\n"
                  "    trigger 1 timeoutable, created 20: start delay 40, alignment 10, 0 bytes\n"
                  "    unblock 0\n"
                  "    unblock 1\n"
                  "    timer cancelled\n"
                  "announce 0 cp=2 created=20 number=3 timeout=10\n"
                  "    timer in 0\n");
}

/* It keeps its timeout, for outputs further on: a timer by the timeout alone would be set here, and
 * the last barrier would come too late for the alignment. */
static void a_forced_aligned_barrier_that_starts_a_checkpoint_sets_no_timer(void **state)
{
    (void)state;
    overtaking(2, "barrier 0 cp=1 align=forced timeout=50\n"
                  "    block 0\n"
                  "announce 1 cp=1 number=1 timeout=5\n"
                  "announce 0 cp=2 t=9 created=9 number=2 timeout=50\n"
                  "    unblock 0\n"
                  "    abort 1 subsumed\n"
                  "    timer in 50\n"
                  "cancel 1 cp=3\n"
                  "    timer cancelled\n"
                  "    abort 3 cancelled\n");
}

static void a_timer_that_comes_too_late_does_nothing(void **state)
{
    (void)state;
    overtaking(2, "announce 0 cp=1 number=0 timeout=50\n"
                  "    timer in 50\n"
                  "announce 0 cp=2 number=4 timeout=50\n"
                  "    timer cancelled\n"
                  "    abort 1 subsumed\n"
                  "    timer in 50\n"
                  "timeout cp=1 t=50\n"
                  "cancel 0 cp=3\n"
                  "    timer cancelled\n"
                  "    abort 3 cancelled\n"
                  "timeout cp=2\n");
}

static void a_timeout_before_the_first_barrier_makes_that_one_trigger(void **state)
{
    (void)state;
    overtaking(2, "announce 0 cp=1 number=2 timeout=50\n"
                  "    timer in 50\n"
                  "announce 1 cp=1 number=7 timeout=50\n"
                  "timeout cp=1 t=50\n"
                  "    prioritize 0, number 2\n"
                  "    prioritize 1, number 7\n"
                  "ask\n"
                  "    latest 1, open 2, alignment 0, pending 1, blocked\n"
                  "barrier 1 cp=1 t=51 timeout=50\n"
                  "    block 1\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 51, alignment not over\n"
                  "barrier 0 cp=1 timeout=50\n"
                  "    measured 1: alignment 0, 0 bytes\n"
                  "    block 0\n"
                  "    capture stop 1\n"
                  "    unblock 0\n"
                  "    unblock 1\n"
                  "    inputs done 1\n");
}

static void a_timeout_after_a_barrier_triggers_with_the_one_that_started(void **state)
{
    (void)state;
    overtaking(3, "barrier 1 cp=1 t=30 created=3 timeout=50\n"
                  "    timer in 23\n"
                  "    block 1\n"
                  "barrier 0 cp=1 t=40 created=4 timeout=50\n"
                  "    block 0\n"
                  "announce 2 cp=1 created=3 number=6 timeout=50\n"
                  "timeout cp=1 t=53\n"
                  "    prioritize 2, number 6\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 3: start delay 27, alignment not over\n");
}

static void a_late_barrier_that_is_not_the_last_switches(void **state)
{
    (void)state;
    overtaking(3, "announce 1 cp=1 number=3 timeout=50\n"
                  "    timer in 50\n"
                  "barrier 0 cp=1 t=51 timeout=50\n"
                  "    block 0\n"
                  "    prioritize 1, number 3\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 51, alignment not over\n");
}

static void a_barrier_as_old_as_the_timeout_is_not_late(void **state)
{
    (void)state;
    overtaking(3, "announce 1 cp=1 number=3 timeout=50\n"
                  "    timer in 50\n"
                  "barrier 0 cp=1 t=50 timeout=50\n"
                  "    block 0\n"
                  "timeout cp=1\n"
                  "    prioritize 1, number 3\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 50, alignment not over\n");
}

static void a_late_end_that_is_not_the_last_switches_once_a_barrier_was_taken(void **state)
{
    (void)state;
    overtaking(4, "announce 2 cp=1 number=1 timeout=50\n"
                  "    timer in 50\n"
                  "end 0 t=60\n"
                  "barrier 1 cp=1 created=60 timeout=50\n"
                  "    block 1\n"
                  "end 3 t=99\n"
                  "    prioritize 2, number 1\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 60, alignment not over\n");
}

static void an_unaligned_barrier_switches_while_others_are_collected(void **state)
{
    (void)state;
    overtaking(3, "barrier 0 cp=1 timeout=50\n"
                  "    timer in 50\n"
                  "    block 0\n"
                  "announce 1 cp=1 number=8 timeout=50\n"
                  "barrier 2 cp=1 t=5 created=1 align=unaligned\n"
                  "    prioritize 1, number 8\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 1: start delay 0, alignment not over\n");
}

static void an_unaligned_barrier_switches_before_any_other_was_taken(void **state)
{
    (void)state;
    overtaking(2, "announce 1 cp=1 number=8 timeout=50\n"
                  "    timer in 50\n"
                  "barrier 0 cp=1 t=5 align=unaligned\n"
                  "    prioritize 1, number 8\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 5, alignment not over\n");
}

static void an_aligned_barrier_after_the_switch_blocks_until_the_end(void **state)
{
    (void)state;
    overtaking(3, "barrier 0 cp=1 timeout=50\n"
                  "    timer in 50\n"
                  "    block 0\n"
                  "timeout cp=1 t=50\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 0, alignment not over\n"
                  "barrier 1 cp=1 t=60 timeout=50\n"
                  "    block 1\n"
                  "ask\n"
                  "    latest 1, open 3, alignment 60 so far, pending 1, blocked 0 1\n"
                  "barrier 2 cp=1 t=70 timeout=50\n"
                  "    measured 1: alignment 70, 0 bytes\n"
                  "    block 2\n"
                  "    capture stop 1\n"
                  "    unblock 0\n"
                  "    unblock 1\n"
                  "    unblock 2\n"
                  "    inputs done 1\n");
}

static void channels_blocked_before_the_switch_stay_so_until_an_abort(void **state)
{
    (void)state;
    overtaking(3, "barrier 0 cp=1 timeout=50\n"
                  "    timer in 50\n"
                  "    block 0\n"
                  "timeout cp=1 t=50\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 0, alignment not over\n"
                  "barrier 1 cp=1 align=unaligned\n"
                  "ask\n"
                  "    latest 1, open 3, alignment 50 so far, pending 1, blocked 0\n"
                  "cancel 2 cp=1\n"
                  "    capture stop 1\n"
                  "    unblock 0\n"
                  "    measured 1: alignment 0, 0 bytes\n"
                  "    abort 1 cancelled\n"
                  "    inputs failed 1\n");
}

static void every_checkpoint_starts_aligned_anew(void **state)
{
    (void)state;
    overtaking(2, "barrier 0 cp=1 align=unaligned\n"
                  "    init 1 unaligned\n"
                  "    capture 1\n"
                  "    trigger 1 unaligned, created 0: start delay 0, alignment not over\n"
                  "barrier 1 cp=1 align=unaligned\n"
                  "    measured 1: alignment 0, 0 bytes\n"
                  "    capture stop 1\n"
                  "    inputs done 1\n"
                  "barrier 0 cp=2 timeout=50\n"
                  "    timer in 50\n"
                  "    block 0\n"
                  "timeout cp=2 t=50\n"
                  "    init 2 unaligned\n"
                  "    capture 2\n"
                  "    trigger 2 unaligned, created 0: start delay 0, alignment not over\n"
                  "cancel 1 cp=2\n"
                  "    capture stop 2\n"
                  "    unblock 0\n"
                  "    measured 2: alignment 0, 0 bytes\n"
                  "    abort 2 cancelled\n"
                  "    inputs failed 2\n"
                  "barrier 1 cp=3 created=50 timeout=50\n"
                  "    timer in 50\n"
                  "    block 1\n");
}

static void savepoints_pass_without_a_timer(void **state)
{
    (void)state;
    overtaking(2, "barrier 0 cp=1 savepoint\n"
                  "    block 0\n"
                  "barrier 1 cp=1 t=1000 savepoint\n"
                  "    block 1\n"
                  "    init 1 aligned\n"
                  "    trigger 1 aligned, created 0: start delay 0, alignment 1000, 0 bytes\n"
                  "    unblock 0\n"
                  "    unblock 1\n");
}

static void a_refused_capture_aborts_without_a_trigger(void **state)
{
    (void)state;
    refusing(2, "barrier 0 cp=1 align=unaligned\n"
                "    init 1 unaligned\n"
                "    capture 1\n"
                "    abort 1 refused\n"
                "    inputs failed 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_unaligned_barrier_triggers_at_once),
        cmocka_unit_test(an_unaligned_barrier_of_the_only_channel_ends_what_it_began),
        cmocka_unit_test(further_barriers_only_count_and_the_last_stops_the_capture),
        cmocka_unit_test(alignment_is_told_when_the_last_barrier_has_come),
        cmocka_unit_test(a_cancellation_while_collecting_stops_the_capture_of_its_id),
        cmocka_unit_test(a_newer_barrier_while_collecting_stops_the_capture_of_the_older),
        cmocka_unit_test(what_is_announced_while_unaligned_moves_to_the_front_at_once),
        cmocka_unit_test(unaligned_barriers_alone_set_no_timer_and_block_nothing),
        cmocka_unit_test(barrier_or_end_of_the_channel_removes_its_announcement),
        cmocka_unit_test(the_last_barrier_never_switches_however_late),
        cmocka_unit_test(only_what_starts_a_checkpoint_sets_the_timer),
        cmocka_unit_test(a_forced_aligned_barrier_that_starts_a_checkpoint_sets_no_timer),
        cmocka_unit_test(a_timer_that_comes_too_late_does_nothing),
        cmocka_unit_test(a_timeout_before_the_first_barrier_makes_that_one_trigger),
        cmocka_unit_test(a_timeout_after_a_barrier_triggers_with_the_one_that_started),
        cmocka_unit_test(a_late_barrier_that_is_not_the_last_switches),
        cmocka_unit_test(a_barrier_as_old_as_the_timeout_is_not_late),
        cmocka_unit_test(a_late_end_that_is_not_the_last_switches_once_a_barrier_was_taken),
        cmocka_unit_test(an_unaligned_barrier_switches_while_others_are_collected),
        cmocka_unit_test(an_unaligned_barrier_switches_before_any_other_was_taken),
        cmocka_unit_test(an_aligned_barrier_after_the_switch_blocks_until_the_end),
        cmocka_unit_test(channels_blocked_before_the_switch_stay_so_until_an_abort),
        cmocka_unit_test(every_checkpoint_starts_aligned_anew),
        cmocka_unit_test(savepoints_pass_without_a_timer),
        cmocka_unit_test(a_refused_capture_aborts_without_a_trigger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
