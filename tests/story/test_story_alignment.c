// SPDX-License-Identifier: Apache-2.0
/*
 * test_story_alignment.c: the rules of barrier alignment, one a story, as transcripts.
 *
 * Each test's name is the rule; barrier_story.h says how a transcript is read.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story/barrier_story.h"

static void exactly_once(uint32_t channels, const char *text)
{
    struct snap_barrier_handler_options options = {
        .mode = SNAP_MODE_EXACTLY_ONCE, .channels = channels, .checkpoints_after_finish = true};

    play_story(&options, text);
}

static void at_least_once(uint32_t channels, const char *text)
{
    struct snap_barrier_handler_options options = {
        .mode = SNAP_MODE_AT_LEAST_ONCE, .channels = channels, .checkpoints_after_finish = true};

    play_story(&options, text);
}

static void without_checkpoints_after_finish(enum snap_checkpointing_mode mode, uint32_t channels,
                                             const char *text)
{
    struct snap_barrier_handler_options options = {.mode = mode, .channels = channels};

    play_story(&options, text);
}

static void each_barrier_blocks_its_channel_until_the_last_has_come(void **state)
{
    (void)state;
    exactly_once(3, "barrier 0 cp=1\n"
                    "    block 0\n"
                    "barrier 2 cp=1\n"
                    "    block 2\n"
                    "ask\n"
                    "    latest 1, open 3, alignment 0 so far, pending 1, blocked 0 2\n"
                    "barrier 1 cp=1\n"
                    "    block 1\n"
                    "    trigger 1 aligned, created 0: start delay 0, alignment 0, 0 bytes\n"
                    "    unblock 0\n"
                    "    unblock 1\n"
                    "    unblock 2\n"
                    "ask\n"
                    "    latest 1, open 3, alignment 0, pending, blocked\n");
}

static void one_channel_triggers_at_its_barrier(void **state)
{
    (void)state;
    exactly_once(1, "barrier 0 cp=1 t=7 created=5\n"
                    "    block 0\n"
                    "    trigger 1 aligned, created 5: start delay 2, alignment 0, 0 bytes\n"
                    "    unblock 0\n");
}

static void start_delay_is_the_first_barriers_and_the_rest_the_last_ones(void **state)
{
    (void)state;
    exactly_once(2, "barrier 0 cp=1 t=30 created=10\n"
                    "    block 0\n"
                    "barrier 1 cp=1 t=45 created=12 align=forced\n"
                    "    block 1\n"
                    "    trigger 1 forced, created 12: start delay 20, alignment 15, 0 bytes\n"
                    "    unblock 0\n"
                    "    unblock 1\n");
}

static void a_barrier_from_the_future_has_no_start_delay(void **state)
{
    (void)state;
    exactly_once(1, "barrier 0 cp=1 t=5 created=9\n"
                    "    block 0\n"
                    "    trigger 1 aligned, created 9: start delay 0, alignment 0, 0 bytes\n"
                    "    unblock 0\n");
}

static void only_bytes_taken_during_alignment_count(void **state)
{
    (void)state;
    exactly_once(2, "data 100\n"
                    "barrier 0 cp=1 t=10\n"
                    "    block 0\n"
                    "data 30\n"
                    "data 12\n"
                    "barrier 1 cp=1 t=25\n"
                    "    block 1\n"
                    "    trigger 1 aligned, created 0: start delay 10, alignment 15, 42 bytes\n"
                    "    unblock 0\n"
                    "    unblock 1\n"
                    "data 7\n"
                    "barrier 0 cp=2 t=30 created=30\n"
                    "    block 0\n"
                    "barrier 1 cp=2 created=30\n"
                    "    block 1\n"
                    "    trigger 2 aligned, created 30: start delay 0, alignment 0, 0 bytes\n"
                    "    unblock 0\n"
                    "    unblock 1\n");
}

static void an_obsolete_barrier_only_lets_its_channel_go_on(void **state)
{
    (void)state;
    exactly_once(2, "barrier 0 cp=5\n"
                    "    block 0\n"
                    "barrier 1 cp=4\n"
                    "    unblock 1\n"
                    "barrier 1 cp=5\n"
                    "    block 1\n"
                    "    trigger 5 aligned, created 0: start delay 0, alignment 0, 0 bytes\n"
                    "    unblock 0\n"
                    "    unblock 1\n"
                    "barrier 0 cp=5\n"
                    "    unblock 0\n");
}

static void an_obsolete_unaligned_barrier_does_nothing(void **state)
{
    (void)state;
    exactly_once(2, "cancel 0 cp=3\n"
                    "    abort 3 cancelled\n"
                    "barrier 1 cp=3 align=unaligned\n");
}

static void a_newer_barrier_aborts_the_pending_checkpoint(void **state)
{
    (void)state;
    exactly_once(3, "barrier 0 cp=1\n"
                    "    block 0\n"
                    "barrier 1 cp=1\n"
                    "    block 1\n"
                    "barrier 2 cp=2\n"
                    "    unblock 0\n"
                    "    unblock 1\n"
                    "    abort 1 subsumed\n"
                    "    block 2\n"
                    "ask\n"
                    "    latest 2, open 3, alignment 0 so far, pending 2, blocked 2\n");
}

static void a_channel_counts_once(void **state)
{
    (void)state;
    exactly_once(2, "barrier 0 cp=1\n"
                    "    block 0\n"
                    "barrier 0 cp=1\n"
                    "    block 0\n"
                    "ask\n"
                    "    latest 1, open 2, alignment 0 so far, pending 1, blocked 0\n"
                    "barrier 1 cp=1\n"
                    "    block 1\n"
                    "    trigger 1 aligned, created 0: start delay 0, alignment 0, 0 bytes\n"
                    "    unblock 0\n"
                    "    unblock 1\n");
}

static void barrier_and_end_of_one_channel_count_once(void **state)
{
    (void)state;
    exactly_once(3, "barrier 0 cp=1\n"
                    "    block 0\n"
                    "end 0\n"
                    "barrier 1 cp=1\n"
                    "    block 1\n"
                    "ask\n"
                    "    latest 1, open 2, alignment 0 so far, pending 1, blocked 1\n"
                    "barrier 2 cp=1\n"
                    "    block 2\n"
                    "    trigger 1 aligned, created 0: start delay 0, alignment 0, 0 bytes\n"
                    "    unblock 1\n"
                    "    unblock 2\n");
}

static void injected_barriers_count_but_do_not_block(void **state)
{
    (void)state;
    exactly_once(2, "inject 0 cp=4\n"
                    "ask\n"
                    "    latest 4, open 2, alignment 0 so far, pending 4, blocked\n"
                    "inject 1 cp=4 t=3\n"
                    "    trigger 4 aligned, created 0: start delay 0, alignment 3, 0 bytes\n");
}

static void a_cancellation_unblocks_then_aborts(void **state)
{
    (void)state;
    exactly_once(2, "barrier 0 cp=1 t=1\n"
                    "    block 0\n"
                    "data 50\n"
                    "cancel 1 cp=1 t=9\n"
                    "    unblock 0\n"
                    "    abort 1 cancelled\n"
                    "ask\n"
                    "    latest 1, open 2, alignment 0, pending, blocked\n"
                    "barrier 1 cp=2 t=10\n"
                    "    block 1\n"
                    "data 4\n"
                    "barrier 0 cp=2 t=12\n"
                    "    block 0\n"
                    "    trigger 2 aligned, created 0: start delay 10, alignment 2, 4 bytes\n"
                    "    unblock 0\n"
                    "    unblock 1\n");
}

static void a_cancellation_is_reported_once_and_shuts_its_checkpoint_out(void **state)
{
    (void)state;
    exactly_once(2, "cancel 0 cp=5\n"
                    "    abort 5 cancelled\n"
                    "cancel 1 cp=5\n"
                    "barrier 1 cp=5\n"
                    "    unblock 1\n");
}

static void a_cancellation_of_a_finished_or_older_checkpoint_is_ignored(void **state)
{
    (void)state;
    exactly_once(2, "inject 0 cp=2\n"
                    "inject 1 cp=2\n"
                    "    trigger 2 aligned, created 0: start delay 0, alignment 0, 0 bytes\n"
                    "cancel 0 cp=2\n"
                    "cancel 1 cp=1\n");
}

static void a_newer_cancellation_ends_the_pending_checkpoint_unreported(void **state)
{
    (void)state;
    exactly_once(2, "barrier 0 cp=1\n"
                    "    block 0\n"
                    "cancel 1 cp=3\n"
                    "    unblock 0\n"
                    "    abort 3 cancelled\n"
                    "barrier 1 cp=2\n"
                    "    unblock 1\n");
}

static void an_end_with_nothing_pending_only_closes_the_channel(void **state)
{
    (void)state;
    exactly_once(2, "end 1\n"
                    "ask\n"
                    "    latest -1, open 1, alignment 0, pending, blocked\n"
                    "barrier 0 cp=1\n"
                    "    block 0\n"
                    "    trigger 1 aligned, created 0: start delay 0, alignment 0, 0 bytes\n"
                    "    unblock 0\n");
}

static void an_end_that_comes_last_triggers_with_the_barrier_that_started(void **state)
{
    (void)state;
    exactly_once(3, "barrier 0 cp=1 t=4 created=1\n"
                    "    block 0\n"
                    "barrier 1 cp=1 t=5 created=2\n"
                    "    block 1\n"
                    "end 2 t=9\n"
                    "    trigger 1 aligned, created 1: start delay 3, alignment 5, 0 bytes\n"
                    "    unblock 0\n"
                    "    unblock 1\n");
}

static void the_number_awaited_is_fixed_when_the_checkpoint_starts(void **state)
{
    (void)state;
    exactly_once(3, "barrier 0 cp=1\n"
                    "    block 0\n"
                    "end 1\n"
                    "end 0\n"
                    "ask\n"
                    "    latest 1, open 1, alignment 0 so far, pending 1, blocked\n"
                    "barrier 2 cp=1\n"
                    "    block 2\n"
                    "    trigger 1 aligned, created 0: start delay 0, alignment 0, 0 bytes\n"
                    "    unblock 2\n");
}

static void an_end_after_the_only_barrier_of_its_channel_starts_the_clock_anew(void **state)
{
    (void)state;
    exactly_once(2, "barrier 0 cp=1 t=10\n"
                    "    block 0\n"
                    "data 5\n"
                    "end 0 t=30\n"
                    "barrier 1 cp=1 t=37\n"
                    "    block 1\n"
                    "    trigger 1 aligned, created 0: start delay 30, alignment 7, 0 bytes\n"
                    "    unblock 1\n");
}

static void without_checkpoints_after_finish_an_end_aborts(void **state)
{
    (void)state;
    without_checkpoints_after_finish(
        SNAP_MODE_EXACTLY_ONCE, 3,
        "end 2\n"
        "barrier 0 cp=1\n"
        "    block 0\n"
        "end 1\n"
        "    unblock 0\n"
        "    abort 1 end of stream\n"
        "barrier 0 cp=2\n"
        "    block 0\n"
        "    trigger 2 aligned, created 0: start delay 0, alignment 0, 0 bytes\n"
        "    unblock 0\n");
}

static void at_least_once_never_blocks(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=1 t=3\n"
                     "ask\n"
                     "    latest 1, open 2, alignment 0 so far, pending 1, blocked\n"
                     "data 8\n"
                     "barrier 1 cp=1 t=7\n"
                     "    trigger 1 at-least-once, created 0: start delay 3, alignment 4, 8 bytes\n"
                     "ask\n"
                     "    latest -1, open 2, alignment 4, pending, blocked\n");
}

static void at_least_once_triggers_with_the_first_barrier(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=1 created=1\n"
                     "barrier 1 cp=1 created=2\n"
                     "    trigger 1 at-least-once, created 1: start delay 0, alignment 0, "
                     "0 bytes\n");
}

static void an_older_checkpoint_completes_after_a_newer_began_untimed(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=1 t=1\n"
                     "barrier 0 cp=2 t=5\n"
                     "barrier 1 cp=1 t=6\n"
                     "    trigger 1 at-least-once, created 0: start delay 0, alignment 0, 0 bytes\n"
                     "ask\n"
                     "    latest 2, open 2, alignment 1 so far, pending 2, blocked\n"
                     "barrier 1 cp=2 t=9\n"
                     "    trigger 2 at-least-once, created 0: start delay 5, alignment 4, "
                     "0 bytes\n");
}

static void a_complete_checkpoint_takes_older_ones_silently(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=1\n"
                     "barrier 0 cp=2\n"
                     "barrier 0 cp=3\n"
                     "barrier 1 cp=2\n"
                     "    trigger 2 at-least-once, created 0: start delay 0, alignment 0, 0 bytes\n"
                     "barrier 1 cp=1\n"
                     "ask\n"
                     "    latest 3, open 2, alignment 0 so far, pending 3, blocked\n");
}

static void only_ids_above_the_highest_seen_are_new(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=5\n"
                     "barrier 1 cp=4\n"
                     "ask\n"
                     "    latest 5, open 2, alignment 0 so far, pending 5, blocked\n");
}

static void one_open_channel_triggers_at_once_and_remembers_nothing(void **state)
{
    (void)state;
    at_least_once(1, "barrier 0 cp=2 t=4\n"
                     "    trigger 2 at-least-once, created 0: start delay 4, alignment 0, 0 bytes\n"
                     "barrier 0 cp=1\n"
                     "    trigger 1 at-least-once, created 0: start delay 4, alignment 0, 0 bytes\n"
                     "ask\n"
                     "    latest -1, open 1, alignment 0, pending, blocked\n");
}

static void one_open_channel_still_finishes_what_is_pending(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=1 t=1\n"
                     "end 0\n"
                     "barrier 1 cp=1 t=3\n"
                     "    trigger 1 at-least-once, created 0: start delay 1, alignment 2, "
                     "0 bytes\n");
}

static void a_cancellation_aborts_all_older_pending_checkpoints(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=1\n"
                     "barrier 0 cp=2\n"
                     "barrier 0 cp=3\n"
                     "cancel 1 cp=2\n"
                     "    abort 1 cancelled\n"
                     "    abort 2 cancelled\n"
                     "ask\n"
                     "    latest 3, open 2, alignment 0 so far, pending 3, blocked\n");
}

static void a_cancelled_checkpoint_is_counted_to_its_end_and_reported_once(void **state)
{
    (void)state;
    at_least_once(3, "barrier 0 cp=1\n"
                     "cancel 1 cp=1\n"
                     "    abort 1 cancelled\n"
                     "ask\n"
                     "    latest 1, open 3, alignment 0 so far, pending 1, blocked\n"
                     "cancel 2 cp=1\n"
                     "ask\n"
                     "    latest -1, open 3, alignment 0 so far, pending, blocked\n");
}

static void an_aborted_checkpoint_that_becomes_complete_does_not_trigger(void **state)
{
    (void)state;
    at_least_once(2, "cancel 0 cp=4\n"
                     "    abort 4 cancelled\n"
                     "barrier 1 cp=4\n"
                     "ask\n"
                     "    latest -1, open 2, alignment 0, pending, blocked\n");
}

static void a_cancellation_of_an_old_id_is_ignored_and_keeps_the_clock(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=2 t=5\n"
                     "cancel 1 cp=1 t=7\n"
                     "barrier 1 cp=2 t=9\n"
                     "    trigger 2 at-least-once, created 0: start delay 5, alignment 4, "
                     "0 bytes\n");
}

static void one_open_channel_reports_a_new_cancellation_at_once(void **state)
{
    (void)state;
    at_least_once(1, "cancel 0 cp=3\n"
                     "    abort 3 cancelled\n"
                     "cancel 0 cp=3\n"
                     "    abort 3 cancelled\n");
}

static void such_a_cancellation_resets_the_clock(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=1 t=1\n"
                     "end 0\n"
                     "cancel 1 cp=3 t=4\n"
                     "    abort 3 cancelled\n"
                     "ask\n"
                     "    latest 1, open 1, alignment 0, pending 1, blocked\n");
}

static void an_end_completes_the_newest_it_can(void **state)
{
    (void)state;
    at_least_once(3, "barrier 0 cp=1\n"
                     "barrier 1 cp=1\n"
                     "barrier 0 cp=2\n"
                     "barrier 1 cp=2\n"
                     "barrier 0 cp=3\n"
                     "end 2\n"
                     "    trigger 2 at-least-once, created 0: start delay 0, alignment 0, 0 bytes\n"
                     "barrier 1 cp=3\n"
                     "    trigger 3 at-least-once, created 0: start delay 0, alignment 0, "
                     "0 bytes\n");
}

static void without_checkpoints_after_finish_an_end_aborts_all_pending(void **state)
{
    (void)state;
    without_checkpoints_after_finish(SNAP_MODE_AT_LEAST_ONCE, 3,
                                     "barrier 0 cp=1\n"
                                     "cancel 1 cp=1\n"
                                     "    abort 1 cancelled\n"
                                     "barrier 0 cp=2 t=3\n"
                                     "barrier 0 cp=3\n"
                                     "end 2 t=8\n"
                                     "    abort 2 end of stream\n"
                                     "    abort 3 end of stream\n"
                                     "ask\n"
                                     "    latest -1, open 2, alignment 0, pending, blocked\n");
}

static void a_clock_stopped_by_one_channel_alone_fails_the_older_checkpoint(void **state)
{
    (void)state;
    at_least_once(2, "barrier 0 cp=1\n"
                     "end 0\n"
                     "barrier 1 cp=5\n"
                     "    trigger 5 at-least-once, created 0: start delay 0, alignment 0, 0 bytes\n"
                     "end 1\n"
                     "    fail\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_barrier_blocks_its_channel_until_the_last_has_come),
        cmocka_unit_test(one_channel_triggers_at_its_barrier),
        cmocka_unit_test(start_delay_is_the_first_barriers_and_the_rest_the_last_ones),
        cmocka_unit_test(a_barrier_from_the_future_has_no_start_delay),
        cmocka_unit_test(only_bytes_taken_during_alignment_count),
        cmocka_unit_test(an_obsolete_barrier_only_lets_its_channel_go_on),
        cmocka_unit_test(an_obsolete_unaligned_barrier_does_nothing),
        cmocka_unit_test(a_newer_barrier_aborts_the_pending_checkpoint),
        cmocka_unit_test(a_channel_counts_once),
        cmocka_unit_test(barrier_and_end_of_one_channel_count_once),
        cmocka_unit_test(injected_barriers_count_but_do_not_block),
        cmocka_unit_test(a_cancellation_unblocks_then_aborts),
        cmocka_unit_test(a_cancellation_is_reported_once_and_shuts_its_checkpoint_out),
        cmocka_unit_test(a_cancellation_of_a_finished_or_older_checkpoint_is_ignored),
        cmocka_unit_test(a_newer_cancellation_ends_the_pending_checkpoint_unreported),
        cmocka_unit_test(an_end_with_nothing_pending_only_closes_the_channel),
        cmocka_unit_test(an_end_that_comes_last_triggers_with_the_barrier_that_started),
        cmocka_unit_test(the_number_awaited_is_fixed_when_the_checkpoint_starts),
        cmocka_unit_test(an_end_after_the_only_barrier_of_its_channel_starts_the_clock_anew),
        cmocka_unit_test(without_checkpoints_after_finish_an_end_aborts),
        cmocka_unit_test(at_least_once_never_blocks),
        cmocka_unit_test(at_least_once_triggers_with_the_first_barrier),
        cmocka_unit_test(an_older_checkpoint_completes_after_a_newer_began_untimed),
        cmocka_unit_test(a_complete_checkpoint_takes_older_ones_silently),
        cmocka_unit_test(only_ids_above_the_highest_seen_are_new),
        cmocka_unit_test(one_open_channel_triggers_at_once_and_remembers_nothing),
        cmocka_unit_test(one_open_channel_still_finishes_what_is_pending),
        cmocka_unit_test(a_cancellation_aborts_all_older_pending_checkpoints),
        cmocka_unit_test(a_cancelled_checkpoint_is_counted_to_its_end_and_reported_once),
        cmocka_unit_test(an_aborted_checkpoint_that_becomes_complete_does_not_trigger),
        cmocka_unit_test(a_cancellation_of_an_old_id_is_ignored_and_keeps_the_clock),
        cmocka_unit_test(one_open_channel_reports_a_new_cancellation_at_once),
        cmocka_unit_test(such_a_cancellation_resets_the_clock),
        cmocka_unit_test(an_end_completes_the_newest_it_can),
        cmocka_unit_test(without_checkpoints_after_finish_an_end_aborts_all_pending),
        cmocka_unit_test(a_clock_stopped_by_one_channel_alone_fails_the_older_checkpoint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
