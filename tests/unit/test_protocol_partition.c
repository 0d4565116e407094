// SPDX-License-Identifier: Apache-2.0
/*
 * test_protocol_partition.c: what the sending side lets out, when, and what it holds back.
 *
 * Rows are scripts of one partition. Its segments have 8 bytes, its records 4 unless the row says
 * otherwise. Words of a script:
 *   p or p=K   put a record (of key K)      f   flush             @T   it is T ns now, link served
 *   w, i       put a watermark (13 bytes) or an idle status (9 bytes)
 *   e, B, U    broadcast a cancel marker, an aligned or an unaligned barrier
 *   T, o, a    the same of one that may time out; it does; its checkpoint is aborted
 *   kC         the local receiver has taken it
 *   cC:N       channel C connects with N credits                  +C:N N more credits
 *   zC:N       the receiver wants buffers of N bytes
 *   sC:N       the receiver used up N local segments              rC   it lets the channel go on
 *   ?          may a record be begun?  #  segments used           q    how often one was queued
 * What comes out: "C:NrMb/K" is a buffer of channel C with N records, M bytes and K behind it,
 * "C:LmNrMb/K" if it has L marks as well,
 * "!" before it: captured; "(C", ")C", "xC": a promise is opened, kept, broken;
 * with a full stop if its segment ends in it, "@T" if sent at T > 0 and "+D" if D ns on the link.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/java_hash.h"
#include "model/key_group.h"
#include "model/lineage.h"
#include "model/stream_mark.h"
#include "protocol/lanes.h"
#include "protocol/partition.h"
#include "protocol/partition_priority.h"
#include "protocol/partition_size.h"

/* What differs from a plain partition with one remote channel; 0 is the plain value. */
struct setup {
    uint32_t channels;
    uint32_t segment_bytes;
    uint32_t record_bytes;
    uint32_t exclusive; /* 2 */
    uint32_t floating;  /* 8 */
    uint32_t channel_max;
    uint32_t overdraft;
    enum snap_ship ship; /* FORWARD sends to channel 0 */
    int64_t link_bytes_per_second;
    snap_ns flush_ns; /* 0: only when full */
    bool flush_each;
    bool local;
    bool lineage;
    bool no_stamps;
    bool table; /* targets of small keys are looked up */
    bool two_edges;
    bool overtake;        /* barriers may */
    uint32_t start_bytes; /* receivers may ask for other sizes than this first one; 0: not */
};

struct rig {
    struct snap_arena arena;
    struct snap_block_pool blocks;
    struct snap_vertex vertices[2];
    struct snap_operator operators[2];
    struct snap_edge edge;
    struct snap_job job;
    struct snap_output output;
    struct snap_text log;
    uint32_t queued;
    int64_t keys; /* of the records put so far */
    snap_ns now_ns;
    snap_checkpoint_id checkpoint; /* of the last barrier */
    bool renewing;                 /* a promise may be broken by the next one */
    bool with_records;             /* the log names each record */
};

static void log_word(struct rig *rig, const char *word)
{
    snap_text_printf(&rig->log, "%s%s", rig->log.length ? " " : "", word);
}

/* What spans are made of has a value, and of stamps an origin, that go with its key. */
static void expect_own_parts(const struct snap_buffer *item, uint32_t i)
{
    int64_t key = item->records[i].key.number;

    if (item->records[i].value.number == 0)
        return;
    assert_int_equal(item->records[i].value.number, ~key);
    if (item->stamps)
        assert_int_equal(item->stamps[i].origin, key + 1);
}

static void log_records(struct rig *rig, const struct snap_buffer *item)
{
    for (uint32_t i = 0; i < item->count; i++) {
        expect_own_parts(item, i);
        snap_text_printf(&rig->log, ",%" PRId64, item->records[i].key.number);
        if (item->lineage)
            snap_text_printf(&rig->log, "~%" PRIx64, item->lineage[i]);
    }
}

static void sent(void *task, uint32_t channel, struct snap_buffer *item, snap_ns depart_ns,
                 snap_ns transmit_ns)
{
    static const char kinds[] = {'d', 'B', 'e', 'E', 'P', 'A', 'O'};
    struct rig *rig = task;

    /* A receiver without a first credit is told what waits: no row is about that. */
    if (item->kind == SNAP_ITEM_BACKLOG) {
        snap_buffer_put(&rig->blocks, item);
        return;
    }
    snap_text_printf(&rig->log, "%s%u:", rig->log.length ? " " : "", channel);
    if (item->kind == SNAP_ITEM_DATA && item->marks > 0)
        snap_text_printf(&rig->log, "%um", item->marks);
    if (item->kind == SNAP_ITEM_DATA)
        snap_text_printf(&rig->log, "%ur%ub/%u%s", snap_buffer_records(item), item->bytes,
                         item->backlog, item->segment_end ? "." : "");
    else
        snap_text_printf(&rig->log, "%c", kinds[item->kind]);
    if (depart_ns > 0)
        snap_text_printf(&rig->log, "@%" PRId64, depart_ns);
    if (transmit_ns > 0)
        snap_text_printf(&rig->log, "+%" PRId64, transmit_ns);
    if (rig->with_records)
        log_records(rig, item);
    snap_buffer_put(&rig->blocks, item);
}

static void captured(void *task, uint32_t channel, snap_checkpoint_id checkpoint,
                     const struct snap_buffer *buffer)
{
    struct rig *rig = task;

    assert_int_equal(checkpoint, rig->checkpoint);
    snap_text_printf(&rig->log, "%s!%u:%ur%ub", rig->log.length ? " " : "", channel,
                     snap_buffer_records(buffer), buffer->bytes);
}

static void promised(void *task, uint32_t channel, snap_checkpoint_id checkpoint,
                     enum snap_output_promise what)
{
    static const char signs[] = {'(', ')', 'x'};
    struct rig *rig = task;

    assert_int_equal(checkpoint, rig->checkpoint - (what == SNAP_PROMISE_BROKEN && rig->renewing));
    snap_text_printf(&rig->log, "%s%c%u", rig->log.length ? " " : "", signs[what], channel);
}

static void queued(void *task, uint32_t channel, const struct snap_buffer *item, snap_ns at_ns)
{
    struct rig *rig = task;

    (void)channel;
    assert_int_equal(item->kind, SNAP_ITEM_DATA);
    assert_true(item->bytes > 0);
    assert_true(at_ns >= 0);
    rig->queued++;
}

static uint32_t or_plain(uint32_t value, uint32_t plain)
{
    return value > 0 ? value : plain;
}

static void build_job(struct rig *rig, const struct setup *setup)
{
    static const uint32_t heads[] = {0, 1};

    for (uint32_t i = 0; i < 2; i++) {
        uint32_t parallelism = i == 1 ? or_plain(setup->channels, 1) : 1;

        rig->vertices[i] = (struct snap_vertex){.index = i,
                                                .parallelism = parallelism,
                                                .max_parallelism = 128,
                                                .operators = &heads[i],
                                                .operator_count = 1};
        rig->operators[i] =
            (struct snap_operator){.index = i,
                                   .vertex = i,
                                   .parallelism = parallelism,
                                   .max_parallelism = 128,
                                   .record_size_bytes = or_plain(setup->record_bytes, 4),
                                   .out_edge_count = setup->two_edges ? 2 : 1};
    }
    rig->edge = (struct snap_edge){.producer = 0,
                                   .consumer = 1,
                                   .ship = setup->ship,
                                   .output = setup->two_edges ? 1 : 0,
                                   .way = setup->two_edges ? 1 : 0,
                                   .overtaken = true};
    rig->job = (struct snap_job){.operators = rig->operators,
                                 .operator_count = 2,
                                 .edges = &rig->edge,
                                 .edge_count = 1,
                                 .vertices = rig->vertices,
                                 .vertex_count = 2};
}

static void rig_init(struct rig *rig, const struct setup *setup)
{
    struct snap_network_config network = {
        .segment_bytes = or_plain(setup->segment_bytes, 8),
        .exclusive_per_channel = or_plain(setup->exclusive, 2),
        .floating_per_gate = or_plain(setup->floating, 8),
        .per_subpartition_max = or_plain(setup->channel_max, 10),
        .overdraft_per_gate = setup->overdraft,
        .buffer_timeout_ns = setup->flush_each     ? 0
                             : setup->flush_ns > 0 ? setup->flush_ns
                                                   : SNAP_NEVER,
    };
    struct snap_output_port port = {.task = rig,
                                    .blocks = &rig->blocks,
                                    .columns = {!setup->no_stamps, setup->lineage},
                                    .send = sent,
                                    .queued = queued};
    struct snap_output_capture_port capture_port = {captured, promised};
    struct snap_partition_options options = {
        .job = &rig->job, .edge = &rig->edge, .network = &network, .seed = 7};

    memset(rig, 0, sizeof(*rig));
    snap_arena_init(&rig->arena);
    snap_block_pool_init(&rig->blocks, 64);
    build_job(rig, setup);
    snap_output_init(&rig->output, &network, &port, 0);
    snap_output_reserve(&rig->output, &rig->arena, 1, or_plain(setup->channels, 1));
    if (rig->edge.ship == SNAP_SHIP_HASH)
        options.group_target =
            snap_partition_group_targets(&rig->arena, &rig->job.operators[rig->edge.consumer]);
    if (setup->table)
        options.key_lane =
            snap_partition_key_lanes(&rig->arena, &rig->job.operators[rig->edge.producer],
                                     &rig->job.operators[rig->edge.consumer]);
    snap_output_add(&rig->output, &options);
    if (setup->overtake)
        snap_output_allow_priority(&rig->output, &rig->arena, &capture_port);
    if (setup->start_bytes > 0)
        snap_output_allow_sizes(&rig->output, &rig->arena, setup->start_bytes);
    rig->output.link_bytes_per_second = setup->link_bytes_per_second;
    for (uint32_t i = 0; i < rig->output.channel_count; i++)
        rig->output.channels[i].local = setup->local;
}

static void rig_fini(struct rig *rig)
{
    snap_output_fini(&rig->output);
    snap_block_pool_fini(&rig->blocks);
    snap_arena_fini(&rig->arena);
    snap_text_fini(&rig->log);
}

static void put(struct rig *rig, int64_t key)
{
    struct snap_record record = {.key.number = key};

    if (!snap_partition_put(&rig->output, rig->output.partitions, &record, 0, rig->now_ns))
        log_word(rig, "refused");
    else
        rig->keys++;
}

static void put_mark(struct rig *rig, char kind)
{
    struct snap_record mark = snap_mark_make(kind == 'w' ? SNAP_MARK_WATERMARK : SNAP_MARK_IDLE, 7);

    if (!snap_partition_put(&rig->output, rig->output.partitions, &mark, 0, rig->now_ns))
        log_word(rig, "refused");
}

static void broadcast(struct rig *rig, char kind)
{
    struct snap_buffer event = {.kind = kind == 'e' ? SNAP_ITEM_CANCEL : SNAP_ITEM_BARRIER};

    event.barrier.checkpoint = ++rig->checkpoint;
    event.barrier.options.alignment = kind == 'U' ? SNAP_ALIGN_UNALIGNED : SNAP_ALIGN_ALIGNED;
    event.barrier.options.aligned_timeout_ns = kind == 'T' ? SNAP_MS : 0;
    rig->renewing = kind == 'T';
    snap_output_broadcast(&rig->output, &event, rig->now_ns);
    rig->renewing = false;
}

static void pass_time(struct rig *rig, snap_ns to_ns)
{
    snap_ns due_ns;

    while ((due_ns = snap_output_link_due(&rig->output)) <= to_ns)
        snap_output_pump(&rig->output, due_ns > rig->now_ns ? due_ns : rig->now_ns);
    rig->now_ns = to_ns;
}

static void ask(struct rig *rig, char what)
{
    char word[16];

    if (what == '?')
        snprintf(word, sizeof(word), "%s", snap_output_is_available(&rig->output) ? "yes" : "no");
    else
        snprintf(word, sizeof(word), "%u",
                 what == '#' ? rig->output.partitions->segments_used : rig->queued);
    log_word(rig, word);
}

static void perform_word(struct rig *rig, const char *word)
{
    unsigned channel = 0;
    unsigned count = 0;
    long long number = 0;

    sscanf(word + 1, "%u:%u", &channel, &count);
    if (word[0] == '@' && sscanf(word + 1, "%lld", &number) == 1)
        pass_time(rig, number);
    else if (word[0] == 'p')
        put(rig, sscanf(word + 1, "=%lld", &number) == 1 ? number : rig->keys);
    else if (word[0] == 'f')
        snap_output_flush(&rig->output, rig->now_ns);
    else if (strchr("wi", word[0]))
        put_mark(rig, word[0]);
    else if (strchr("eBUT", word[0]))
        broadcast(rig, word[0]);
    else if (word[0] == 'o')
        snap_output_time_out(&rig->output, rig->checkpoint, rig->now_ns);
    else if (word[0] == 'a')
        snap_output_abort(&rig->output, rig->checkpoint);
    else if (word[0] == 'k')
        snap_output_barrier_taken(&rig->output, channel, rig->checkpoint);
    else if (word[0] == 'c')
        snap_output_connect(&rig->output, channel, count, rig->now_ns);
    else if (word[0] == '+')
        snap_output_credit(&rig->output, channel, count, 0, rig->now_ns);
    else if (word[0] == 'z')
        snap_output_set_size(&rig->output, channel, count);
    else if (word[0] == 's')
        snap_output_credit(&rig->output, channel, 0, count, rig->now_ns);
    else if (word[0] == 'r')
        snap_output_resume(&rig->output, channel, rig->now_ns);
    else if (strchr("?#q", word[0]))
        ask(rig, word[0]);
    else
        fail_msg("no such word: %s", word);
}

static const struct {
    const char *name;
    struct setup setup;
    const char *script;
    const char *log;
} rows[] = {
    {"a full segment leaves", {0}, "c0:2 p p", "0:2r8b/0."},
    {"one that is not full stays", {0}, "c0:2 p q", "0"},
    {"nothing leaves before the receiver asks", {0}, "p p p p c0:2", "0:2r8b/0. 0:2r8b/0."},
    {"one buffer for one credit", {0}, "p p p p p p c0:1 +0:2", "0:2r8b/1. 0:2r8b/0. 0:2r8b/0."},
    {"no credit, no data", {0}, "c0:0 p p +0:1", "0:2r8b/0."},
    {"a buffer that left gives its segment back", {0}, "p p p # c0:1 #", "2 0:2r8b/0. 1"},
    {"a record lies where its last byte lies",
     {.record_bytes = 5},
     "c0:9 p p p p p",
     "0:1r8b/0. 0:2r8b/0. 0:1r8b/0."},
    {"a record larger than a segment",
     {.record_bytes = 20},
     "c0:9 p p",
     "0:0r8b/0. 0:0r8b/0. 0:1r8b/0. 0:0r8b/0. 0:1r8b/0."},
    {"the pool is channels x exclusive + floating",
     {.exclusive = 1, .floating = 2},
     "p p p p ? # p ? # c0:1 ?",
     "yes 2 no 3 0:2r8b/1. yes"},
    {"two channels add to the pool",
     {.channels = 2, .exclusive = 1, .floating = 1},
     "p p p p ? p ? #",
     "yes no 3"},
    {"a channel has a maximum",
     {.channels = 2, .channel_max = 2},
     "p p ? p ? c0:1 ?",
     "yes no 0:2r8b/0. yes"},
    {"above the maximum it is still not available",
     {.channel_max = 2},
     "p p p p p # ? c0:1 ? +0:1 ?",
     "3 no 0:2r8b/1. no 0:2r8b/0. yes"},
    {"the channels of a broadcast share their segments: the slowest one keeps them",
     {.channels = 2, .exclusive = 1, .floating = 1, .ship = SNAP_SHIP_BROADCAST},
     "p p # p p ? p p # ? c0:3 # ? c1:1 # ?",
     "1 yes 3 no 0:2r8b/1. 0:2r8b/0. 0:2r8b/0. 3 no 1:2r8b/1. 2 yes"},
    {"what a broadcast has in use counts for the maximum of a channel",
     {.channels = 2, .channel_max = 2, .ship = SNAP_SHIP_BROADCAST},
     "p p p p # ? c1:9 ? c0:1 # ?",
     "2 no 1:2r8b/0. 1:2r8b/0. no 0:2r8b/0. 1 yes"},
    {"a record of a broadcast that finds no overdraft waits once, for all channels",
     {.channels = 2,
      .record_bytes = 40,
      .exclusive = 1,
      .floating = 1,
      .overdraft = 1,
      .ship = SNAP_SHIP_BROADCAST},
     "p # c0:9 p=0 # c1:9 #",
     "refused 4 0:0r8b/2. 0:0r8b/1. 0:0r8b/0. 0:0r8b/0. 0:1r8b/0. 5 1:0r8b/3. 1:0r8b/2. "
     "1:0r8b/1. 1:0r8b/0. 1:1r8b/0. 0"},
    {"a record that was begun takes overdraft",
     {.record_bytes = 20, .exclusive = 1, .floating = 1, .overdraft = 1},
     "? p ? #",
     "yes no 3"},
    {"without overdraft it waits and goes on where it was",
     {.record_bytes = 20, .exclusive = 1, .floating = 1},
     "p # c0:1 p=0 # f +0:9",
     "refused 2 0:0r8b/0. 2 0:0r8b/1. 0:1r4b/0"},
    {"overdraft has an end",
     {.record_bytes = 40, .exclusive = 1, .floating = 1, .overdraft = 2},
     "p # c0:9 p=0",
     "refused 4 0:0r8b/2. 0:0r8b/1. 0:0r8b/0. 0:0r8b/0. 0:1r8b/0."},
    {"who found no overdraft waits until all of it is back",
     {.record_bytes = 40, .exclusive = 1, .floating = 1, .overdraft = 2},
     "p # c0:1 p=0 # +0:1 p=0 # +0:1 p=0 #",
     "refused 4 0:0r8b/2. refused 3 0:0r8b/1. refused 2 0:0r8b/0. 2"},
    {"a flush lets out a piece", {0}, "c0:9 p f # p f # q", "0:1r4b/0 1 0:1r4b/0. 0 2"},
    {"a flushed segment that is empty is dropped",
     {.segment_bytes = 12},
     "c0:9 p f # e # q",
     "0:1r4b/0 1 0:e 0 1"},
    {"flushed before there is a credit: the piece grows",
     {.segment_bytes = 12},
     "c0:0 p f p +0:1",
     "0:2r8b/0"},
    {"a piece waits behind a full segment", {0}, "c0:0 p p p f +0:1 +0:1", "0:2r8b/1. 0:1r4b/0"},
    {"what is not flushed is no backlog", {0}, "c0:0 p p p +0:1", "0:2r8b/0."},
    {"a flush makes the open buffer backlog",
     {0},
     "c0:0 p p p p p f +0:3",
     "0:2r8b/2. 0:2r8b/1. 0:1r4b/0"},
    {"a flush lasts until all is taken: what is written behind it is told, and leaves",
     {0},
     "c0:0 p p f p p p +0:1 +0:1 +0:1 p p +0:1",
     "0:2r8b/2. 0:2r8b/1. 0:1r4b/0 0:1r4b/0."},
    {"the last buffer, though it is finished, is backlog after a flush",
     {0},
     "c0:0 p p p p f +0:1 +0:1",
     "0:2r8b/1. 0:2r8b/0."},
    {"flush after each record", {.flush_each = true}, "c0:9 p p p", "0:1r4b/0 0:1r4b/0. 0:1r4b/0"},
    {"a record spans segments after a flush",
     {.record_bytes = 5},
     "c0:9 p f p f",
     "0:1r5b/0 0:0r3b/0. 0:1r2b/0"},
    {"a watermark takes 13 bytes among the records",
     {.segment_bytes = 32},
     "c0:9 p w p f",
     "0:1m2r21b/0"},
    {"a status takes 9", {.segment_bytes = 32}, "c0:9 p i f", "0:1m1r13b/0"},
    {"a mark that is larger than a record spans segments",
     {0},
     "c0:9 p w p f",
     "0:1r8b/0. 0:0r8b/0. 0:1m1r5b/0"},
    {"a mark that fills a segment lets it go", {.segment_bytes = 17}, "c0:9 p w", "0:1m1r17b/0."},
    {"behind a small mark as many records fit as bytes are left",
     {.segment_bytes = 33, .record_bytes = 12},
     "c0:9 i p p",
     "0:1m2r33b/0."},
    {"every channel gets the watermark",
     {.channels = 2, .segment_bytes = 13, .ship = SNAP_SHIP_HASH},
     "c0:9 c1:9 w",
     "0:1m0r13b/0. 1:1m0r13b/0."},
    {"a watermark waits for a segment like a record",
     {.segment_bytes = 8, .exclusive = 1, .floating = 1},
     "p p p w c0:9 w f",
     "refused 0:2r8b/0. 0:1r8b/0. 0:0r8b/0. 0:1m0r1b/0"},
    {"a first size, and another from the next buffer on",
     {.segment_bytes = 32, .start_bytes = 8},
     "c0:9 p z0:16 p p p p p",
     "0:2r8b/0. 0:4r16b/0."},
    {"a buffer takes the first record as a whole",
     {.segment_bytes = 32, .record_bytes = 12, .start_bytes = 8},
     "c0:9 p p",
     "0:1r12b/0. 0:1r12b/0."},
    {"a record spans two small buffers",
     {.segment_bytes = 32, .record_bytes = 12, .start_bytes = 16},
     "c0:9 p p p",
     "0:1r16b/0. 0:1r16b/0."},
    {"its rest is not cut by a smaller size",
     {.segment_bytes = 32, .record_bytes = 20, .start_bytes = 24},
     "c0:9 p z0:4 p",
     "0:1r24b/0. 0:1r16b/0."},
    {"a record larger than a segment, and a small size",
     {.record_bytes = 20, .start_bytes = 2},
     "c0:9 p",
     "0:0r8b/0. 0:0r8b/0. 0:1r4b/0."},
    {"the last buffer of a pool is stretched",
     {.segment_bytes = 32, .exclusive = 1, .floating = 1, .start_bytes = 8},
     "p p p ? p p # c0:9 p",
     "no 2 0:2r8b/0. 0:3r13b/0."},
    {"but not beyond its segment",
     {.segment_bytes = 16, .exclusive = 1, .floating = 1, .overdraft = 1, .start_bytes = 8},
     "p p p p p p # c0:9",
     "2 0:2r8b/0. 0:4r16b/0."},
    {"a broadcast has the least of all sizes",
     {.channels = 2, .segment_bytes = 32, .ship = SNAP_SHIP_BROADCAST, .start_bytes = 16},
     "c0:9 c1:9 z1:8 p p z1:32 p p p p",
     "0:2r8b/0. 1:2r8b/0. 0:4r16b/0. 1:4r16b/0."},
    {"a small mark takes a small buffer",
     {.segment_bytes = 32, .record_bytes = 12, .start_bytes = 4},
     "c0:9 i p",
     "0:1m0r9b/0. 0:1r12b/0."},
    {"a size does not change what is cut off",
     {.segment_bytes = 32, .start_bytes = 16},
     "c0:9 p f z0:8 p p p p p",
     "0:1r4b/0 0:3r12b/0. 0:2r8b/0."},
    {"an event needs no credit", {0}, "c0:0 e", "0:e"},
    {"an event keeps its place", {0}, "c0:0 p p e p f +0:9", "0:2r8b/1. 0:e 0:1r4b/0"},
    {"an event finishes the open buffer", {0}, "c0:9 p e", "0:1r4b/0. 0:e"},
    {"events are no backlog", {0}, "p p e p p e c0:1 +0:1", "0:2r8b/1. 0:e 0:2r8b/0. 0:e"},
    {"every channel gets the event", {.channels = 2}, "c0:0 c1:0 e", "0:e 1:e"},
    {"an aligned barrier blocks until the resume", {0}, "c0:9 B p p e r0", "0:B 0:2r8b/0. 0:e"},
    {"an unaligned barrier does not block", {0}, "c0:9 U p p", "0:B 0:2r8b/0."},
    {"the other channel is not blocked", {.channels = 2}, "c0:9 c1:9 B r1 e", "0:B 1:B 1:e"},
    {"the link is busy while a buffer passes",
     {.link_bytes_per_second = 1000000000},
     "c0:9 p p p p @3 p p @100",
     "0:2r8b/0.+8 0:2r8b/0.@8+8 0:2r8b/0.@16+8"},
    {"channels take turns on the link",
     {.channels = 2, .ship = SNAP_SHIP_RESCALE, .link_bytes_per_second = 1000000000},
     "p p p p p p p p c0:9 c1:9 @50",
     "0:2r8b/0.+8 0:2r8b/0.@8+8 1:2r8b/0.@16+8 1:2r8b/0.@24+8"},
    {"an event waits for the link and takes no time",
     {.link_bytes_per_second = 1000000000},
     "c0:9 p p e @7 @8",
     "0:2r8b/0.+8 0:e@8"},
    {"a local channel needs no credit and no link",
     {.local = true, .link_bytes_per_second = 1000000000},
     "c0:0 p p p p",
     "0:2r8b/0. 0:2r8b/0."},
    {"a local segment is free when the receiver says so",
     {.local = true, .channel_max = 2},
     "c0:0 p p p p # ? s0:1 # ?",
     "0:2r8b/0. 0:2r8b/0. 2 no 1 yes"},
    {"a local barrier blocks too", {.local = true}, "c0:0 B p p r0", "0:B 0:2r8b/0."},
    {"an unaligned barrier overtakes what has no credit",
     {.overtake = true},
     "c0:0 p p p U",
     "!0:2r8b !0:1r4b 0:B"},
    {"it overtakes what waits for the link, not what is on it",
     {.overtake = true, .link_bytes_per_second = SNAP_SECOND},
     "c0:9 p p p p U @9",
     "0:2r8b/0.+8 !0:2r8b 0:B+8 0:2r8b/0.@8+8"},
    {"while a channel is blocked a reader with credit is not woken",
     {.overtake = true},
     "c0:1 B p p U q r0",
     "0:B !0:2r8b 1 0:B 0:2r8b/0."},
    {"while a channel is blocked a reader without credit is woken",
     {.overtake = true},
     "c0:0 B p p U q r0 +0:1",
     "0:B !0:2r8b 0:B 1 0:2r8b/0."},
    {"a local reader is woken, blocked or not",
     {.overtake = true, .local = true},
     "c0:0 B p p U q r0",
     "0:B !0:2r8b 0:B 1 0:2r8b/0."},
    {"a barrier that is taken in time keeps its promise",
     {.overtake = true},
     "c0:9 p p T o",
     "0:2r8b/0. (0 )0 0:B"},
    {"at the timeout a barrier overtakes", {.overtake = true}, "c0:0 p p T o", "(0 !0:2r8b )0 0:B"},
    {"what comes behind it stays behind",
     {.overtake = true},
     "c0:0 p p T p p o +0:9",
     "(0 !0:2r8b )0 0:B 0:2r8b/0. 0:2r8b/0."},
    {"an aborted barrier stays where it is",
     {.overtake = true},
     "c0:0 p p T a o +0:9",
     "(0 x0 0:2r8b/0. 0:B"},
    {"the next barrier breaks the promise", {.overtake = true}, "c0:0 p p T T", "(0 x0 (0"},
    {"a local promise is kept by who takes the barrier",
     {.overtake = true, .local = true},
     "c0:0 p p T k0 o",
     "0:2r8b/0. (0 0:B )0"},
    {"a local barrier times out where it waits",
     {.overtake = true, .local = true},
     "c0:0 p p T o",
     "0:2r8b/0. (0 0:B 0:O )0"},
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

static void scripts_let_out_what_the_table_says(void **state)
{
    bool all = true;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        all = script_matches(i) && all;
    assert_true(all);
}

/* Puts eight records, one a buffer, and returns the channels they went to: "0 1 2". */
static void channels_of_keys(struct rig *rig, struct snap_text *channels)
{
    for (uint32_t c = 0; c < rig->output.channel_count; c++)
        snap_output_connect(&rig->output, c, 100, 0);
    for (int64_t key = 0; key < 8; key++) {
        unsigned channel = 99;

        snap_text_clear(&rig->log);
        put(rig, key);
        assert_int_equal(sscanf(snap_text_get(&rig->log), "%u:", &channel), 1);
        snap_text_printf(channels, "%s%u", key ? " " : "", channel);
    }
}

static void each_strategy_finds_its_targets(void **state)
{
    static const struct {
        enum snap_ship ship;
        const char *channels;
    } ships[] = {
        {SNAP_SHIP_RESCALE, "0 1 2 0 1 2 0 1"},
        {SNAP_SHIP_GLOBAL, "0 0 0 0 0 0 0 0"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ships) / sizeof(ships[0]); i++) {
        struct setup setup = {.channels = 3, .ship = ships[i].ship, .flush_each = true};
        struct snap_text channels = {0};
        struct rig rig;

        rig_init(&rig, &setup);
        channels_of_keys(&rig, &channels);
        assert_string_equal(snap_text_get(&channels), ships[i].channels);
        snap_text_fini(&channels);
        rig_fini(&rig);
    }
}

static void rebalance_goes_round_from_where_it_begins(void **state)
{
    struct setup setup = {.channels = 3, .ship = SNAP_SHIP_REBALANCE, .flush_each = true};
    struct snap_text channels = {0};
    struct rig rig;

    (void)state;
    rig_init(&rig, &setup);
    channels_of_keys(&rig, &channels);
    for (size_t i = 2; i < channels.length; i += 2)
        assert_int_equal(channels.data[i] - '0', (channels.data[i - 2] - '0' + 1) % 3);
    snap_text_fini(&channels);
    rig_fini(&rig);
}

static void hash_follows_the_key_group(void **state)
{
    struct setup setup = {.channels = 3, .ship = SNAP_SHIP_HASH, .flush_each = true};
    struct snap_parallelism parallelism = {3, 128};
    struct snap_text expected = {0};
    struct snap_text channels = {0};
    struct rig rig;

    (void)state;
    rig_init(&rig, &setup);
    channels_of_keys(&rig, &channels);
    for (int64_t key = 0; key < 8; key++) {
        uint32_t group = (uint32_t)snap_java_murmur(snap_java_hash_long(key)) % 128;

        snap_text_printf(&expected, "%s%u", key ? " " : "",
                         snap_key_group_subtask(group, parallelism));
    }
    assert_string_equal(snap_text_get(&channels), snap_text_get(&expected));
    snap_text_fini(&expected);
    snap_text_fini(&channels);
    rig_fini(&rig);
}

static void a_broadcast_gives_each_copy_a_lineage_behind_its_edge(void **state)
{
    struct setup setup = {.channels = 2,
                          .ship = SNAP_SHIP_BROADCAST,
                          .flush_each = true,
                          .lineage = true,
                          .two_edges = true};
    struct snap_record record = {.key.number = 5};
    uint64_t behind_edge = snap_lineage_way(77, 1);
    char expected[128];
    struct rig rig;

    (void)state;
    rig_init(&rig, &setup);
    rig.with_records = true;
    snap_output_connect(&rig.output, 0, 9, 0);
    snap_output_connect(&rig.output, 1, 9, 0);
    assert_true(snap_partition_put(&rig.output, rig.output.partitions, &record, 77, 0));
    snprintf(expected, sizeof(expected), "0:1r4b/0,5~%" PRIx64 " 1:1r4b/0,5~%" PRIx64,
             snap_lineage_copy(behind_edge, 0), snap_lineage_copy(behind_edge, 1));
    assert_string_equal(snap_text_get(&rig.log), expected);
    rig_fini(&rig);
}

/* ---- the fast ways send what single puts send ---- */

enum { PROPERTY_JOBS = 3000, PROPERTY_STEPS = 40, SPAN_MAX = 600, SPAN_MAX_MOSTLY = 48 };

enum way { WAY_PUT, WAY_WRITE, WAY_TIMED, WAY_KEYS, WAYS };

/* How many steps went which way, and how many fast ones room came behind. */
struct taken {
    uint32_t ways[WAYS];
    uint32_t late;
};

struct span {
    int64_t keys[SPAN_MAX];
    uint32_t count;
    struct snap_span_time time;
};

/* Record after record; what waits for the link leaves between two of them. A fast way is open
 * only while the output stays available for all of them. */
static void put_span(struct rig *rig, const struct span *span)
{
    snap_ns at_ns = span->time.start_ns;

    for (uint32_t i = 0; i < span->count; i++) {
        struct snap_record record = {.key.number = span->keys[i],
                                     .value.number = ~span->keys[i],
                                     .origin = (uint64_t)span->keys[i] + 1};

        at_ns += span->time.cost_ns;
        assert_true(snap_output_is_available(&rig->output));
        assert_true(snap_partition_put(&rig->output, rig->output.partitions, &record,
                                       (uint64_t)span->keys[i] + 1, at_ns));
        if (i + 1 < span->count && snap_output_link_due(&rig->output) <= at_ns)
            snap_output_pump(&rig->output, at_ns);
    }
}

static void write_span(struct rig *rig, const struct span *span, enum way way)
{
    struct snap_pair records[SPAN_MAX];
    struct snap_stamp stamps[SPAN_MAX] = {{0}};
    uint64_t lineage[SPAN_MAX];
    struct snap_batch batch = {.records = records, .count = span->count};

    memset(records, 0, sizeof(records));
    batch.stamps = rig->output.port.columns.stamps ? stamps : NULL;
    batch.lineage = rig->output.port.columns.lineage ? lineage : NULL;
    for (uint32_t i = 0; i < span->count; i++) {
        records[i].key.number = span->keys[i];
        records[i].value.number = ~span->keys[i];
        stamps[i].origin = (uint64_t)span->keys[i] + 1;
        lineage[i] = (uint64_t)span->keys[i] + 1;
    }
    if (way == WAY_TIMED)
        snap_partition_write_timed(&rig->output, rig->output.partitions, &batch, &span->time);
    else if (way == WAY_KEYS)
        snap_partition_write_filling(&rig->output, rig->output.partitions, &batch,
                                     span->time.start_ns);
    else
        snap_partition_write(&rig->output, rig->output.partitions, &batch);
}

static void draw_setup(struct snap_rng *rng, struct setup *setup)
{
    static const enum snap_ship ships[] = {SNAP_SHIP_HASH, SNAP_SHIP_REBALANCE, SNAP_SHIP_SHUFFLE,
                                           SNAP_SHIP_BROADCAST};

    *setup = (struct setup){
        .channels =
            2 + (uint32_t)snap_rng_below(rng, snap_rng_below(rng, 4) ? 3 : SNAP_NARROW_LANES + 2),
        .segment_bytes = 24 + (uint32_t)snap_rng_below(rng, snap_rng_below(rng, 4) ? 40 : 4000),
        .record_bytes = 3 + (uint32_t)snap_rng_below(rng, 8),
        .exclusive = 1 + (uint32_t)snap_rng_below(rng, 4),
        .floating = 4 + (uint32_t)snap_rng_below(rng, 16),
        .channel_max = 4 + (uint32_t)snap_rng_below(rng, 6),
        .overdraft = 100,
        .ship = ships[snap_rng_below(rng, 4)],
        .link_bytes_per_second = snap_rng_below(rng, 2) ? 500000000 : 0,
        .flush_ns = snap_rng_below(rng, 2) ? 1000 : 0,
        .local = snap_rng_below(rng, 4) == 0,
        .lineage = snap_rng_below(rng, 2) == 0,
        .two_edges = snap_rng_below(rng, 2) == 0,
    };
    setup->no_stamps = snap_rng_below(rng, 2) == 0;
    setup->table = setup->ship == SNAP_SHIP_HASH && snap_rng_below(rng, 3) > 0;
    if (snap_rng_below(rng, 2) == 0)
        setup->start_bytes = 1 + (uint32_t)snap_rng_below(rng, setup->segment_bytes);
}

/* Something from outside, the same for all. */
static void disturb(struct rig *rigs, int count, struct snap_rng *rng)
{
    uint32_t channel = (uint32_t)snap_rng_below(rng, rigs[0].output.channel_count);
    uint64_t what = snap_rng_below(rng, rigs[0].output.sizes ? 6 : 4);
    uint32_t size = 1 + (uint32_t)snap_rng_below(rng, rigs[0].output.segment_bytes);
    uint32_t credits = (uint32_t)snap_rng_below(rng, 5);

    for (int i = 0; i < count; i++) {
        struct snap_subpartition *sub = &rigs[i].output.channels[channel];
        uint32_t held = sub->segments - (sub->open ? 1 : 0);

        if (what == 0)
            snap_output_flush(&rigs[i].output, rigs[i].now_ns);
        else if (what == 1)
            broadcast(&rigs[i], credits % 2 ? 'U' : 'B');
        else if (what == 2)
            snap_output_resume(&rigs[i].output, channel, rigs[i].now_ns);
        else if (what > 3)
            snap_output_set_size(&rigs[i].output, channel, size);
        else
            snap_output_credit(&rigs[i].output, channel, sub->local ? 0 : credits,
                               sub->local && !sub->queue.tail ? held : 0, rigs[i].now_ns);
    }
}

static void draw_span(struct snap_rng *rng, struct span *span, uint32_t most, snap_ns now_ns)
{
    uint32_t longest = snap_rng_below(rng, 4) ? SPAN_MAX_MOSTLY : SPAN_MAX;
    uint64_t different = snap_rng_below(rng, 4) ? 1000 : 1;
    uint64_t large_every = snap_rng_below(rng, 2) ? 30 : SPAN_MAX;

    span->count = 1 + (uint32_t)snap_rng_below(rng, most < longest ? most : longest);
    span->time = (struct snap_span_time){.start_ns = now_ns,
                                         .cost_ns = 1 + (snap_ns)snap_rng_below(rng, 30)};
    for (uint32_t i = 0; i < span->count; i++)
        span->keys[i] = (int64_t)snap_rng_below(
            rng, snap_rng_below(rng, large_every) ? different : 2 * SNAP_SMALL_KEYS);
}

/* Whether the keys of records, or turns, say how many find room. */
static bool keys_tell(const struct snap_output *output)
{
    return snap_output_foresight(output) != SNAP_FORESEES_NOTHING &&
           snap_output_is_available(output) && !snap_output_arms_flush(output);
}

static void cut_span(const struct rig *rig, struct span *span)
{
    struct snap_pair records[SPAN_MAX];

    for (uint32_t i = 0; i < span->count; i++)
        records[i] = (struct snap_pair){.key.number = span->keys[i]};
    span->count = snap_output_room_of(&rig->output, records, span->count);
}

/* rigs[0] puts records one by one, rigs[1] takes a fast way if it may. Returns the way. */
static enum way step(struct rig *rigs, struct snap_rng *rng)
{
    uint32_t timed = snap_output_timed_room(&rigs[1].output);
    uint32_t room = snap_output_room(&rigs[1].output);
    enum way way = WAY_PUT;
    struct span span;

    if (timed > 0 && snap_rng_below(rng, 3) > 0)
        way = WAY_TIMED;
    else if (keys_tell(&rigs[1].output) && snap_rng_below(rng, 3) > 0)
        way = WAY_KEYS;
    else if (room > 0)
        way = WAY_WRITE;
    draw_span(rng, &span,
              way == WAY_TIMED   ? timed
              : way == WAY_WRITE ? room
              : way == WAY_KEYS  ? SPAN_MAX
                                 : 1,
              rigs[0].now_ns);
    /* A fast write knows no instants: nothing may be due while it goes on. */
    if (way == WAY_WRITE || way == WAY_KEYS)
        span.time.cost_ns = 0;
    if (way == WAY_KEYS)
        cut_span(&rigs[1], &span);
    /* rigs[1] has no more segments than the other. */
    if (!snap_output_is_available(&rigs[1].output))
        return WAY_PUT;
    put_span(&rigs[0], &span);
    if (way == WAY_PUT)
        put_span(&rigs[1], &span);
    else
        write_span(&rigs[1], &span, way);
    for (int i = 0; i < 2; i++)
        pass_time(&rigs[i], span.time.start_ns + span.time.cost_ns * (snap_ns)span.count);
    return way;
}

/* How many segments the local receiver of the channel may give back. With sizes of their own,
 * buffers become larger where there is no other: then it matters when that is. */
static uint32_t room_to_give(const struct rig *rig, uint32_t channel)
{
    const struct snap_subpartition *sub = &rig->output.channels[channel];

    if (!sub->local || sub->queue.tail || rig->output.sizes)
        return 0;
    return sub->segments - (sub->open ? 1 : 0);
}

/* Of what a local receiver gives back meanwhile, rigs[0] hears before the span, rigs[1] behind. */
static void step_with_room(struct rig *rigs, struct snap_rng *rng, struct taken *taken)
{
    uint32_t channel = (uint32_t)snap_rng_below(rng, rigs[0].output.channel_count);
    uint32_t room = snap_rng_below(rng, 2) ? room_to_give(&rigs[1], channel) : 0;
    enum way way;

    if (room > 0)
        snap_output_credit(&rigs[0].output, channel, 0, room, rigs[0].now_ns);
    way = step(rigs, rng);
    if (room > 0)
        snap_output_credit(&rigs[1].output, channel, 0, room, rigs[1].now_ns);
    taken->ways[way]++;
    taken->late += room > 0 && way != WAY_PUT;
}

static void run_property(uint64_t seed, struct taken *taken)
{
    struct rig rigs[2];
    struct setup setup;
    struct snap_rng rng;

    snap_rng_init(&rng, seed, 1, 2);
    draw_setup(&rng, &setup);
    for (int i = 0; i < 2; i++) {
        rig_init(&rigs[i], &setup);
        rigs[i].with_records = true;
        for (uint32_t c = 0; c < setup.channels; c++)
            snap_output_connect(&rigs[i].output, c, 2, 0);
    }
    for (int s = 0; s < PROPERTY_STEPS; s++) {
        step_with_room(rigs, &rng, taken);
        if (snap_rng_below(&rng, 2))
            disturb(rigs, 2, &rng);
        if (strcmp(snap_text_get(&rigs[0].log), snap_text_get(&rigs[1].log)) != 0)
            fail_msg("seed %" PRIu64 " step %d\nputs %s\nfast %s", seed, s,
                     snap_text_get(&rigs[0].log), snap_text_get(&rigs[1].log));
        assert_int_equal(rigs[0].queued, rigs[1].queued);
    }
    rig_fini(&rigs[0]);
    rig_fini(&rigs[1]);
}

static void the_fast_ways_send_the_same_at_the_same_instants(void **state)
{
    struct taken taken = {.late = 0};

    (void)state;
    for (uint64_t seed = 0; seed < PROPERTY_JOBS; seed++)
        run_property(seed, &taken);
    /* The jobs drawn do take all ways. */
    for (int way = 0; way < WAYS; way++)
        assert_true(taken.ways[way] > 100);
    assert_true(taken.late > 50);
}

/* A buffer that leaves is promised by the records that fill it, open or not. */
static uint32_t put_sure_records(struct rig *rig, struct snap_rng *rng)
{
    uint32_t sure = snap_output_sure_room(&rig->output, 1);
    size_t said = rig->log.length;
    uint32_t queued = rig->queued;
    uint32_t i;

    if (snap_output_arms_flush(&rig->output))
        return 0;
    for (i = 0; i < sure && snap_output_is_available(&rig->output); i++)
        put(rig, (int64_t)snap_rng_below(rng, 1000));
    assert_int_equal(rig->log.length, said);
    assert_int_equal(rig->queued, queued);
    return i;
}

static void no_buffer_leaves_before_the_records_that_are_sure(void **state)
{
    uint32_t puts = 0;

    (void)state;
    for (uint64_t seed = 0; seed < PROPERTY_JOBS; seed++) {
        struct setup setup;
        struct snap_rng rng;
        struct rig rig;

        snap_rng_init(&rng, seed, 3, 4);
        draw_setup(&rng, &setup);
        rig_init(&rig, &setup);
        for (uint32_t c = 0; c < setup.channels; c++)
            snap_output_connect(&rig.output, c, 2, 0);
        for (int s = 0; s < PROPERTY_STEPS; s++) {
            puts += put_sure_records(&rig, &rng);
            if (snap_output_is_available(&rig.output))
                put(&rig, (int64_t)snap_rng_below(&rng, 1000));
            disturb(&rig, 1, &rng);
        }
        rig_fini(&rig);
    }
    assert_true(puts > 1000);
}

/* Memory changes hands where one record follows from each: what a buffer takes up does not. */
static void a_recovered_buffer_that_is_written_over_stays_one(void **state)
{
    struct rig rig;
    struct setup setup = {0};
    struct snap_buffer *reader;

    (void)state;
    rig_init(&rig, &setup);
    reader = snap_buffer_get(&rig.blocks, 8, (struct snap_columns){.stamps = true});
    reader->count = 1;
    reader->bytes = 4;
    reader->recovered = true;
    reader->is_old = true;
    reader->old = (struct snap_old_channel){.consumer = 2, .producer = 3};
    reader->foreign_bytes = 12;
    snap_output_open_only(&rig.output);
    snap_output_write_over(&rig.output, &reader);
    assert_ptr_equal(reader->records, rig.output.channels[0].records);
    assert_true(reader->recovered);
    assert_true(reader->is_old && reader->old.consumer == 2 && reader->old.producer == 3);
    assert_int_equal(reader->foreign_bytes, 12);
    assert_false(rig.output.channels[0].open->recovered);
    assert_false(rig.output.channels[0].open->is_old);
    assert_int_equal(rig.output.channels[0].open->foreign_bytes, 0);
    /* The open buffer goes before the other one is read. */
    broadcast(&rig, 'e');
    assert_true(reader->recovered && reader->is_old);
    assert_int_equal(reader->foreign_bytes, 12);
    snap_buffer_put(&rig.blocks, reader);
    rig_fini(&rig);
}

static struct snap_buffer *fresh_reader(struct rig *rig, uint32_t count)
{
    struct snap_buffer *reader = snap_buffer_get(&rig->blocks, count, rig->output.port.columns);

    for (uint32_t i = 0; i < count; i++) {
        snap_buffer_set(reader, i, &(struct snap_record){.key.number = i, .origin = 100 + i});
        reader->lineage[i] = i;
    }
    reader->count = count;
    return reader;
}

static void write_over(struct rig *rig, struct snap_buffer *reader, uint32_t count)
{
    struct snap_batch batch = snap_buffer_batch(reader, reader->taken, count);

    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(batch.records[i].key.number, reader->taken + i);
        assert_int_equal(batch.stamps[i].origin, 100 + reader->taken + i);
        assert_int_equal(batch.lineage[i], reader->taken + i);
    }
    reader->taken += count;
    snap_partition_write(&rig->output, rig->output.partitions, &batch);
}

/* What a flush cuts off leaves as a copy, so that what is read next need not move; unless little is
 * left to be read. */
static void a_flush_does_not_end_writing_over(void **state)
{
    const struct setup setup = {
        .segment_bytes = 1000, .record_bytes = 10, .flush_ns = 100, .lineage = true};
    struct snap_subpartition *sub;
    struct snap_buffer *reader;
    struct snap_buffer *view;
    struct rig rig;
    uint32_t capacity;

    (void)state;
    rig_init(&rig, &setup);
    sub = &rig.output.channels[0];
    rig.with_records = true;
    snap_output_connect(&rig.output, 0, 9, 0);
    reader = fresh_reader(&rig, 20);
    snap_output_open_only(&rig.output);
    snap_output_write_over(&rig.output, &reader);
    view = reader;
    capacity = sub->open->capacity;
    write_over(&rig, reader, 3);
    snap_output_flush(&rig.output, 0);
    assert_ptr_equal(sub->records, reader->records + reader->taken);
    assert_ptr_equal(sub->lineage, reader->lineage + reader->taken);
    assert_ptr_equal(sub->open->stamps, reader->stamps + reader->taken);
    assert_int_equal(sub->open->capacity, capacity - 3);
    write_over(&rig, reader, 2);
    snap_output_flush(&rig.output, 0);
    assert_int_equal(sub->open->capacity, capacity - 5);
    /* Nobody gives the open buffer other memory while it is read. */
    snap_output_open_only(&rig.output);
    assert_ptr_equal(reader, view);
    write_over(&rig, reader, 12);
    assert_ptr_equal(reader, view);
    snap_output_flush(&rig.output, 0);
    assert_ptr_not_equal(reader, view);
    write_over(&rig, reader, 3);
    snap_output_flush(&rig.output, 0);
    assert_string_equal(snap_text_get(&rig.log),
                        "0:3r30b/0,0~0,1~1,2~2 0:2r20b/0,3~3,4~4 "
                        "0:12r120b/0,5~5,6~6,7~7,8~8,9~9,10~a,11~b,12~c,13~d,14~e,15~f,16~10 "
                        "0:3r30b/0,17~11,18~12,19~13");
    snap_buffer_put(&rig.blocks, reader);
    rig_fini(&rig);
}

/* Nobody has to move records just because the rest of a segment was small. */
static void blocks_are_as_large_as_the_pieces_before(void **state)
{
    const struct setup setup = {.segment_bytes = 1050, .record_bytes = 10, .flush_ns = 100};
    struct snap_subpartition *sub;
    struct rig rig;

    (void)state;
    rig_init(&rig, &setup);
    sub = &rig.output.channels[0];
    snap_output_connect(&rig.output, 0, 9, 0);
    for (int i = 0; i < 100; i++)
        put(&rig, i);
    snap_output_flush(&rig.output, 0);
    for (int i = 0; i < 6; i++)
        put(&rig, i);
    assert_string_equal(snap_text_get(&rig.log), "0:100r1000b/0 0:5r50b/0.");
    assert_true(sub->open->capacity >= 100);
    /* Of pieces that are small the next ones are, too, in the end. */
    for (int i = 0; i < 5; i++) {
        snap_output_flush(&rig.output, 0);
        put(&rig, i);
    }
    assert_true(sub->open->capacity < 100);
    rig_fini(&rig);
}

/* Returns what the open buffer takes when it is full, before it grows. */
static uint32_t fill_open(struct rig *rig)
{
    struct snap_subpartition *sub = &rig->output.channels[0];

    do
        put(rig, 0);
    while (sub->count < sub->open->capacity);
    return sub->count;
}

/* The open buffer gets memory for more where it is full and its segment is not; never for more than
 * that takes. */
static void blocks_grow_with_what_their_segment_takes(void **state)
{
    struct setup setup = {.segment_bytes = 1000, .record_bytes = 10};
    struct snap_subpartition *sub;
    struct rig rig;
    uint32_t capacity;

    (void)state;
    rig_init(&rig, &setup);
    sub = &rig.output.channels[0];
    capacity = fill_open(&rig);
    assert_int_equal(sub->count_max - sub->count, 0);
    snap_output_open_only(&rig.output);
    assert_int_equal(sub->count, capacity);
    assert_true(sub->open->capacity >= 4 * capacity);
    rig_fini(&rig);
    /* A segment that takes two records more. */
    setup.segment_bytes = (capacity + 2) * setup.record_bytes;
    rig_init(&rig, &setup);
    sub = &rig.output.channels[0];
    assert_int_equal(fill_open(&rig), capacity);
    snap_output_open_only(&rig.output);
    assert_true(sub->count_max > capacity && sub->open->capacity < 4 * capacity);
    rig_fini(&rig);
}

/* Behind what was written over there may be little room: then as much comes as pieces need. */
static void blocks_grow_to_what_pieces_need(void **state)
{
    const struct setup setup = {
        .segment_bytes = 9000, .record_bytes = 10, .flush_ns = 100, .lineage = true};
    struct snap_buffer *reader;
    struct rig rig;

    (void)state;
    rig_init(&rig, &setup);
    snap_output_connect(&rig.output, 0, 9, 0);
    for (int i = 0; i < 400; i++)
        put(&rig, i);
    snap_output_flush(&rig.output, 0);
    reader = fresh_reader(&rig, 20);
    snap_output_write_over(&rig.output, &reader);
    write_over(&rig, reader, 3);
    snap_output_flush(&rig.output, 0);
    write_over(&rig, reader, 17);
    snap_output_read_up(&rig.output);
    assert_true(fill_open(&rig) < 50);
    put(&rig, 0);
    assert_true(rig.output.channels[0].open->capacity >= 200);
    snap_buffer_put(&rig.blocks, reader);
    rig_fini(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts_let_out_what_the_table_says),
        cmocka_unit_test(each_strategy_finds_its_targets),
        cmocka_unit_test(rebalance_goes_round_from_where_it_begins),
        cmocka_unit_test(hash_follows_the_key_group),
        cmocka_unit_test(a_broadcast_gives_each_copy_a_lineage_behind_its_edge),
        cmocka_unit_test(the_fast_ways_send_the_same_at_the_same_instants),
        cmocka_unit_test(no_buffer_leaves_before_the_records_that_are_sure),
        cmocka_unit_test(a_recovered_buffer_that_is_written_over_stays_one),
        cmocka_unit_test(a_flush_does_not_end_writing_over),
        cmocka_unit_test(blocks_are_as_large_as_the_pieces_before),
        cmocka_unit_test(blocks_grow_with_what_their_segment_takes),
        cmocka_unit_test(blocks_grow_to_what_pieces_need),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
