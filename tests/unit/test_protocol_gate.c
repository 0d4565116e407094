// SPDX-License-Identifier: Apache-2.0
/*
 * test_protocol_gate.c: who gets the buffers of a gate, and what senders are told of them.
 *
 * Rows are scripts of one gate; its last channel is local if the row says so. Words of a script:
 *   aC:B   a data buffer comes over channel C, B wait behind it   eC   an event comes
 *   pC     a piece of a local segment that goes on                t    take the next item
 *   rC     the oldest item taken of C is used up                  xC   the channel has ended
 *   !      tell the credits                                       ?C   free: exclusive+floating
 *   g      free floating buffers of the gate
 * What comes out: "C" is an item taken, "Ce" an event, "-" none; "C+N" are N credits told,
 * "C=N" are N local segments.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "protocol/gate.h"

enum { CHANNELS_MAX = 4 };

struct setup {
    uint32_t channels;
    uint32_t floating;
    bool last_local;
};

struct rig {
    struct snap_arena arena;
    struct snap_block_pool blocks;
    struct snap_input input;
    struct snap_buffer_queue taken[CHANNELS_MAX];
    struct snap_text log;
};

static void log_gap(struct rig *rig)
{
    snap_text_add_string(&rig->log, rig->log.length ? " " : "");
}

static void credit(void *task, uint32_t channel, uint32_t credits, uint32_t segments)
{
    struct rig *rig = task;

    log_gap(rig);
    snap_text_printf(&rig->log, "%u", channel);
    if (credits > 0)
        snap_text_printf(&rig->log, "+%u", credits);
    if (segments > 0)
        snap_text_printf(&rig->log, "=%u", segments);
}

static void rig_init(struct rig *rig, const struct setup *setup)
{
    struct snap_network_config network = {.exclusive_per_channel = 2,
                                          .floating_per_gate = setup->floating};
    struct snap_input_port port = {.task = rig, .blocks = &rig->blocks, .credit = credit};

    memset(rig, 0, sizeof(*rig));
    snap_arena_init(&rig->arena);
    snap_block_pool_init(&rig->blocks, 64);
    snap_input_init(&rig->input, &rig->arena, &port, 1, setup->channels);
    snap_input_set_gate(&rig->input, 0, 1, &network);
    for (uint32_t i = 0; i < setup->channels; i++) {
        struct snap_input_channel channel = {
            .sender_channel = i, .local = setup->last_local && i + 1 == setup->channels};
        uint32_t first = snap_input_set_channel(&rig->input, i, &channel);

        assert_int_equal(first, channel.local ? 0 : 2);
    }
}

static void rig_fini(struct rig *rig)
{
    for (uint32_t i = 0; i < CHANNELS_MAX; i++)
        snap_buffer_queue_clear(&rig->taken[i], &rig->blocks);
    snap_input_fini(&rig->input);
    snap_block_pool_fini(&rig->blocks);
    snap_arena_fini(&rig->arena);
    snap_text_fini(&rig->log);
}

static void arrive(struct rig *rig, const char *word)
{
    struct snap_buffer *item;
    unsigned channel = 0;
    unsigned backlog = 0;

    sscanf(word + 1, "%u:%u", &channel, &backlog);
    if (word[0] == 'e') {
        item = snap_buffer_get_event(&rig->blocks, SNAP_ITEM_CANCEL);
    } else {
        item = snap_buffer_get(&rig->blocks, 1, (struct snap_columns){.stamps = true});
        item->backlog = backlog;
        item->segment_end = word[0] == 'a';
    }
    snap_input_arrive(&rig->input, channel, item);
}

static void take(struct rig *rig)
{
    bool available = snap_input_is_available(&rig->input);
    uint32_t channel;
    struct snap_buffer *item = snap_input_poll(&rig->input, &channel);

    assert_int_equal(available, item != NULL);
    log_gap(rig);
    if (!item) {
        snap_text_add_string(&rig->log, "-");
        return;
    }
    snap_text_printf(&rig->log, "%u%s", channel, item->kind == SNAP_ITEM_DATA ? "" : "e");
    if (item->kind == SNAP_ITEM_DATA)
        snap_buffer_queue_push(&rig->taken[channel], item);
    else
        snap_buffer_put(&rig->blocks, item);
}

static void perform_word(struct rig *rig, const char *word)
{
    unsigned channel = 0;
    const struct snap_input_channel *at;

    sscanf(word + 1, "%u", &channel);
    assert_true(channel < rig->input.channel_count);
    at = &rig->input.channels[channel];
    if (strchr("aep", word[0])) {
        arrive(rig, word);
    } else if (word[0] == 't') {
        take(rig);
    } else if (word[0] == 'r') {
        snap_input_recycle(&rig->input, channel, snap_buffer_queue_pop(&rig->taken[channel]));
    } else if (word[0] == 'x') {
        snap_input_end_channel(&rig->input, channel);
    } else if (word[0] == '!') {
        snap_input_announce(&rig->input);
    } else if (word[0] == '?') {
        log_gap(rig);
        snap_text_printf(&rig->log, "%u+%u", at->exclusive_free, at->floating_free);
    } else if (word[0] == 'g') {
        log_gap(rig);
        snap_text_printf(&rig->log, "%u", rig->input.gates[0].floating_free);
    } else {
        fail_msg("no such word: %s", word);
    }
}

static const struct {
    const char *name;
    struct setup setup;
    const char *script;
    const char *log;
} rows[] = {
    {"nothing came", {1, 4, false}, "t ?0 g", "- 2+0 4"},
    {"channels take turns", {2, 4, false}, "a0 a0 a1 t t t t", "0 1 0 -"},
    {"the first buffer lies in an exclusive one", {1, 4, false}, "a0:0 ?0 g", "1+1 3"},
    {"no backlog: as many as exclusive ones are enough", {1, 4, false}, "a0:0 !", "0+1"},
    {"backlog asks for floating ones", {1, 4, false}, "a0:2 ?0 g !", "1+3 1 0+3"},
    {"no more than the gate has", {1, 2, false}, "a0:9 ?0 g !", "1+2 0 0+2"},
    {"a floating one is taken first", {1, 4, false}, "a0:1 ?0 a0:0 ?0", "1+2 1+1"},
    {"events need no buffer", {1, 4, false}, "e0 ?0 g t !", "2+0 4 0e"},
    {"an event tells a backlog, too", {1, 2, false}, "a0:3 e0 t t r0 ?0 g", "0 0e 2+1 1"},
    {"an exclusive one that is needed is a credit", {1, 0, false}, "a0:0 ! t r0 ?0 !", "0 2+0 0+1"},
    {"an exclusive one that is too many gives a floating one back",
     {1, 4, false},
     "a0:0 ! ?0 t r0 ?0 g !",
     "0+1 1+1 0 2+0 4"},
    {"a floating one goes back to the gate",
     {1, 1, false},
     "a0:1 a0:0 g t t r0 r0 ?0 g",
     "0 0 0 2+0 1"},
    {"the buffer that came last lies in the floating one",
     {1, 1, false},
     "a0:0 ! a0:0 ! t t r0 ! r0 ! ?0 g",
     "0+1 0 0 0+1 2+0 1"},
    {"a free floating one goes to who waits",
     {2, 1, false},
     "a0:0 a1:0 ! a0:0 t t t r0 ! r0 !",
     "0+1 0 1 0 0+1 1+1"},
    {"credits are gathered, one message a channel", {1, 9, false}, "a0:1 a0:3 ! !", "0+5"},
    {"the last channel to gain is told first", {2, 9, false}, "a0:0 a1:1 !", "1+2 0+1"},
    {"first come, first served",
     {3, 1, false},
     "a0:0 ! a2:0 a1:0 a0:0 t t t t r0 ! r0 !",
     "0+1 0 2 1 0 0+1 2+1"},
    {"an ended channel gives floating ones back", {1, 4, false}, "a0:2 g x0 g ?0", "1 4 1+0"},
    {"an ended channel is told nothing", {1, 4, false}, "a0:2 x0 !", ""},
    {"what an ended channel gives back goes to who waits",
     {2, 2, false},
     "a0:1 a1:1 ! x0 ! g",
     "0+2 1+2 0"},
    {"who ended while it waited is passed over",
     {3, 1, false},
     "a0:0 ! a1:0 a2:0 x1 x0 ! g",
     "0+1 2+1 0"},
    {"a local channel has no buffers", {1, 4, true}, "a0:5 ?0 g ! t r0 !", "0+0 4 0 0=1"},
    {"a piece of a local segment frees none", {1, 4, true}, "p0 a0 t r0 ! t r0 !", "0 0 0=1"},
};

static bool script_matches(size_t row)
{
    const char *at = rows[row].script;
    char word[32];
    struct rig rig;
    int used;
    bool same;

    rig_init(&rig, &rows[row].setup);
    for (; sscanf(at, " %31s%n", word, &used) == 1; at += used)
        perform_word(&rig, word);
    same = strcmp(snap_text_get(&rig.log), rows[row].log) == 0;
    if (!same)
        printf("%s:\nexpected %s\nactual   %s\n", rows[row].name, rows[row].log,
               snap_text_get(&rig.log));
    rig_fini(&rig);
    return same;
}

static void scripts_share_buffers_as_the_table_says(void **state)
{
    bool all = true;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        all = script_matches(i) && all;
    assert_true(all);
}

static uint32_t queue_length(const struct snap_buffer_queue *queue)
{
    const struct snap_buffer *item = snap_buffer_queue_head(queue);
    uint32_t count = item ? 1 : 0;

    for (; item != queue->tail; item = item->next)
        count++;
    return count;
}

/* All buffers there are: free ones of the gate and its channels, and those with something in. */
static uint32_t count_buffers(const struct rig *rig)
{
    uint32_t count = rig->input.gates[0].floating_free;

    for (uint32_t c = 0; c < rig->input.channel_count; c++) {
        const struct snap_input_channel *at = &rig->input.channels[c];

        count += at->exclusive_free + at->floating_free;
        count += queue_length(&at->queue) + queue_length(&rig->taken[c]);
    }
    return count;
}

static void random_step(struct rig *rig, uint32_t draw)
{
    uint32_t c = (draw >> 8) % 3;
    const struct snap_input_channel *at = &rig->input.channels[c];
    char word[16];

    if ((draw >> 16) % 2 == 0 && at->exclusive_free + at->floating_free > 0) {
        snprintf(word, sizeof(word), "a%u:%u", c, (draw >> 20) % 4);
        arrive(rig, word);
    } else if (rig->taken[c].tail) {
        snap_input_recycle(&rig->input, c, snap_buffer_queue_pop(&rig->taken[c]));
    } else {
        take(rig);
    }
}

/* However buffers come and go: none is lost, none comes from nowhere. */
static void no_buffer_is_lost(void **state)
{
    struct setup setup = {3, 3, false};
    uint32_t draw = 12345;
    struct rig rig;

    (void)state;
    rig_init(&rig, &setup);
    for (int step = 0; step < 5000; step++) {
        draw = draw * 1664525u + 1013904223u;
        random_step(&rig, draw);
        assert_int_equal(count_buffers(&rig), 3 * 2 + 3);
    }
    rig_fini(&rig);
}

static void a_limit_makes_exclusive_buffers_floating_ones(void **state)
{
    static const struct {
        uint32_t limit;
        uint32_t channels;
        uint32_t exclusive;
        uint32_t floating;
    } table[] = {
        {0, 4, 2, 8},  /* none */
        {9, 4, 2, 8},  /* enough: one of each, and one more */
        {8, 4, 1, 12}, /* one each, and the others as floating ones */
        {4, 4, 0, 16}, {1, 1, 0, 10}, {2, 1, 1, 9}, {3, 0, 2, 8},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct snap_network_config network = {.exclusive_per_channel = 2, .floating_per_gate = 8};
        struct snap_gate_buffers buffers;

        network.required_per_gate_max = table[i].limit;
        buffers = snap_gate_buffers_of(&network, table[i].channels);
        assert_int_equal(buffers.exclusive_per_channel, table[i].exclusive);
        assert_int_equal(buffers.floating, table[i].floating);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_makes_exclusive_buffers_floating_ones),
        cmocka_unit_test(scripts_share_buffers_as_the_table_says),
        cmocka_unit_test(no_buffer_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
