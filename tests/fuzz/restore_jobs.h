// SPDX-License-Identifier: Apache-2.0
/*
 * restore_jobs.h: the jobs that snapshots are restored into, and how an input says which.
 *
 * - An input is a byte that names the job and the state backend, then files: length of the name,
 *   name (below the job's directory), length, contents. The first one is the metadata.
 * - Most jobs are those that wrote the fixtures; the last two have what Flink's jobs lack.
 */
#ifndef SNAP_TESTS_FUZZ_RESTORE_JOBS_H
#define SNAP_TESTS_FUZZ_RESTORE_JOBS_H

#include <stddef.h>
#include <stdint.h>

enum {
    RESTORE_JOB_MASK = 7,
    RESTORE_ROCKSDB = 8, /* bit of the first byte */
    RESTORE_OLDER = 16,  /* it is Flink 1.20 */
    RESTORE_FILES_MAX = 64,
};

struct restore_job {
    const char *fixture; /* part of the names of its fixtures; NULL: of ours */
    const char *text;
};

#define RESTORE_JOB_HEAD                                                                           \
    "name: restored\nuntil: 400 ms\n"                                                              \
    "config:\n  parallelism.default: 2\n  pipeline.max-parallelism: 128\n"                         \
    "  pipeline.auto-watermark-interval: 10 ms\n  execution.checkpointing.interval: 40 ms\n"       \
    "  execution.checkpointing.num-retained: 3\n"                                                  \
    "  execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION\n"        \
    "timeline: [{at: 110 ms, savepoint: saved/canonical}, "                                        \
    "{at: 170 ms, savepoint: saved/native, format: native}]\n"                                     \
    "variants:\n"                                                                                  \
    "  unaligned: {config: {execution.checkpointing.unaligned.enabled: true}}\n"                   \
    "  compressed: {config: {execution.checkpointing.snapshot-compression: true}}\n"               \
    "  files: {config: {execution.checkpointing.data-inline-threshold: 0}}\n"                      \
    "  rocksdb: {config: {state.backend.type: rocksdb, "                                           \
    "execution.checkpointing.incremental: true}}\n"                                                \
    "operators:\n"

/* By the number of the job; what has no text is none. */
static const struct restore_job restore_jobs[RESTORE_JOB_MASK + 1] = {
    {"-j1-",
     RESTORE_JOB_HEAD "  - {uid: source, type: numbers, ends: [400, 400], rate: 1000/s}\n"
                      "  - {uid: map, type: map, function: word 23, input: source}\n"
                      "  - {uid: counter, type: count, input: map, ship: hash, cost: 20 us}\n"
                      "  - {uid: sink, type: tally, input: counter}\n"},
    {"-j1b-", RESTORE_JOB_HEAD
     "  - {uid: source, type: numbers, ends: [400, 400], rate: 1000/s}\n"
     "  - {uid: map, type: map, function: word 23, input: source}\n"
     "  - {uid: rules, type: numbers, ends: [6], rate: 10/s, parallelism: 1}\n"
     "  - {uid: rule-map, type: map, function: rule, input: rules, parallelism: 1}\n"
     "  - {uid: tagger, type: broadcast-rules, inputs: [{uid: map, ship: forward}, "
     "{uid: rule-map, ship: broadcast}]}\n"
     "  - {uid: counter, type: count, input: tagger, ship: hash, cost: 20 us}\n"
     "  - {uid: sink, type: tally, input: counter}\n"},
    {"-j2-", RESTORE_JOB_HEAD
     "  - {uid: source, type: numbers, ends: [300, 310], rate: 1000/s, timestamp-step: 10 ms, "
     "watermarks: monotonous}\n"
     "  - {uid: keys, type: map, function: key-modulo 7, input: source}\n"
     "  - {uid: zoo-long, type: zoo-long, null-map-values: false, input: keys, ship: hash}\n"
     "  - {uid: text-keys, type: map, function: text-key 5 s, input: zoo-long}\n"
     "  - {uid: zoo-string, type: zoo-string, input: text-keys, ship: hash}\n"},
    {"-j3-",
     RESTORE_JOB_HEAD "  - {uid: source, type: numbers, ends: [900, 910]}\n"
                      "  - {uid: map, type: mapped, modulo: 10, input: source, ship: rebalance}\n"
                      "  - {uid: slow, type: count-sum, input: map, ship: hash, cost: 1 ms}\n"},
    {"-j4-", RESTORE_JOB_HEAD
     "  - {uid: source, type: numbers, ends: [500, 510], rate: 1000/s, timestamp-step: 10 ms, "
     "watermarks: monotonous}\n"
     "  - {uid: keys, type: map, function: text-key 2, input: source}\n"
     "  - {uid: window, type: window, kind: tumbling, size: 1 s, aggregate: sum, input: keys, "
     "ship: hash}\n"
     "  - {uid: window-out, type: results, input: window}\n"
     "  - {uid: out, type: discard, input: window-out}\n"},
    {NULL, RESTORE_JOB_HEAD
     "  - {uid: numbers, type: sequence, count: 200, keys: 17, rate: 1/ms, timestamp-step: 1 ms, "
     "watermarks: monotonous}\n"
     "  - {uid: others, type: sequence, count: 200, keys: 17, rate: 1/ms, splits: 3}\n"
     "  - {uid: total, type: sum, input: numbers, ship: hash}\n"
     "  - {uid: visits, type: window, kind: session, gap: 4 ms, input: numbers, ship: hash}\n"
     "  - {uid: moving, type: window, kind: sliding, size: 40 ms, slide: 20 ms, aggregate: max, "
     "allowed-lateness: 10 ms, input: numbers, ship: hash}\n"
     "  - {uid: matched, type: join, keep: 2, inputs: [{uid: numbers, ship: hash}, "
     "{uid: others, ship: hash}]}\n"
     "  - {uid: asked, type: async, delay: 5 ms, capacity: 10, input: others}\n"
     "  - {uid: parts, type: file-sink, path: parts, input: total}\n"
     "  - {uid: out, type: collect, inputs: [visits, moving, matched, asked]}\n"},
    {NULL, RESTORE_JOB_HEAD
     "  - {uid: words, type: list, records: [[a, b], [c, d], [a, e], [f, g], [c, h], [a, i]], "
     "rate: 30/s}\n"
     "  - {uid: numbers, type: sequence, count: 200, keys: 9, rate: 1/ms}\n"
     "  - {uid: rules, type: list, records: [[1, 10], [2, 20]], parallelism: 1}\n"
     "  - {uid: joined, type: reduce, function: concat, input: words, ship: hash}\n"
     "  - {uid: pairs, type: join, inputs: [{uid: words, ship: hash}, "
     "{uid: joined, ship: hash}]}\n"
     "  - {uid: ruled, type: broadcast-rules, inputs: [numbers, {uid: rules, ship: broadcast}]}\n"
     "  - {uid: order, type: record-order, input: ruled}\n"
     "  - {uid: seen, type: union-count, input: order, parallelism: 3}\n"
     "  - {uid: rows, type: table, input: seen, ship: hash}\n"
     "  - {uid: texts, type: table, inputs: [joined, pairs], ship: hash}\n"},
    {NULL, NULL},
};

#endif
