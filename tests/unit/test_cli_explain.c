// SPDX-License-Identifier: Apache-2.0
/*
 * `snapsim explain` as a user runs it: a story for each verdict, saved answers of a real job, and
 * what it says to the likeliest mistakes.
 *
 * Rows run one after another in one directory: later ones find what earlier ones left.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "unit/cli_folder.h"

#define TAIL(uid) "  - {uid: out, type: discard, input: " uid "}\n"
#define SMALL(seconds)                                                                             \
    "until: " seconds " s\n"                                                                       \
    "config: {parallelism.default: 2, execution.checkpointing.interval: 1 s,\n"                    \
    "         taskmanager.memory.segment-size: 4kb, restart-strategy.type: fixed-delay}\n"
#define EASY                                                                                       \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 100000, keys: 500, record-size: 1 kb, rate: "        \
    "400/s}\n"                                                                                     \
    "  - {uid: counts, type: count, input: events, ship: hash}\n" TAIL("counts")

#define BUSY                                                                                       \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: 100000, keys: 500, record-size: 1 kb, rate: "        \
    "400/s}\n"                                                                                     \
    "  - {uid: counts, type: count, input: events, ship: hash, cost: 100 us}\n" TAIL("counts")

/* One scenario a verdict. */
static const struct scenario {
    const char *name;
    const char *text;
} scenarios[] = {
    {"queues",
     "name: queues\n" SMALL(
         "3") "operators:\n"
              "  - {uid: events, type: sequence, count: 100000, keys: 100, record-size: 1 kb}\n"
              "  - {uid: map, type: map, function: identity, input: events, ship: rebalance,\n"
              "     record-size: 1 kb}\n"
              "  - {uid: out, type: discard, input: map, ship: rebalance, cost: 5 ms}\n"},
    {"skew",
     "name: skew\n" SMALL(
         "3") "operators:\n"
              "  - {uid: events, type: sequence, count: 100000, keys: 100, distribution: "
              "hot(0.8),\n"
              "     record-size: 1 kb, rate: 300/s}\n"
              "  - {uid: counts, type: count, input: events, ship: hash, cost: 5 ms}\n" TAIL(
                  "counts")},
    {"channel",
     "name: channel\n" SMALL(
         "3") "operators:\n"
              "  - {uid: quick, type: sequence, count: 100000, keys: 100, record-size: 1 kb, rate: "
              "50/s}\n"
              "  - {uid: events, type: sequence, count: 100000, keys: 100, record-size: 1 kb}\n"
              "  - {uid: map, type: map, function: identity, input: events, ship: rebalance, cost: "
              "5 ms,\n"
              "     record-size: 1 kb}\n"
              "  - {uid: out, type: discard, inputs: [{uid: quick, ship: hash}, {uid: map, ship: "
              "hash}]}\n"},
    {"turns", "name: turns\nuntil: 3 s\nmodel: {unaligned-turn: 30 ms}\n"
              "config: {parallelism.default: 2, execution.checkpointing.interval: 1 s,\n"
              "         execution.checkpointing.unaligned.enabled: true}\n"
              "operators:\n"
              "  - {uid: events, type: sequence, record-size: 1 kb, slot-sharing-group: events}\n"
              "  - {uid: out, type: discard, input: events, ship: rebalance, cost: 1 ms,\n"
              "     slot-sharing-group: out}\n"
              "expect: {job: RUNNING, explain.cause: turn}\n"},
    {"sync", "name: sync\nmodel: {snapshot-sync: 300 ms}\n" SMALL("2") EASY},
    {"latency", "name: latency\nmodel: {storage: {latency: 400 ms}}\n" SMALL("2") EASY},
    {"bandwidth", "name: bandwidth\nmodel: {storage: {bandwidth: 200 kb/s}}\n" SMALL("3") EASY},
    {"slower",
     "name: slower\ntimeline: [{at: 900 ms, slow-storage: {for: 1 s, factor: 100}}]\n" SMALL("3")
         EASY},
    {"still",
     "name: still\n"
     "timeline: [{at: 990 ms, pause: {subtask: 'counts[1]', for: 500 ms}}]\n" SMALL("3") EASY},
    {"collected",
     "name: collected\n" SMALL(
         "3") "operators:\n"
              "  - {uid: events, type: sequence, count: 100000, keys: 500, rate: 400/s}\n"
              "  - {uid: counts, type: count, input: events, ship: hash, pauses: {every: 1500 ms, "
              "for: 600 ms}}\n" TAIL("counts")},
    {"long-record",
     "name: long record\n" SMALL(
         "9") "operators:\n"
              "  - {uid: events, type: sequence, keys: 100, rate: 400/s, slot-sharing-group: a}\n"
              "  - {uid: counts, type: count, input: events, ship: hash, slot-sharing-group: b,\n"
              "     cost: {default: 50 us, per-key: {7: 300 ms}}}\n" TAIL("counts")},
    {"slow-link",
     "name: slow link\n"
     "timeline: [{at: 900 ms, speed: {from: 'events[1]', to: 'counts[0]', factor: 0.001, for: 2 "
     "s}}]\n" SMALL("3") EASY},
    {"hot-and-full",
     "name: hot and full\nuntil: 6 s\nmodel: {record-size: 500 b}\n"
     "config: {parallelism.default: 4, execution.checkpointing.interval: 2 s}\n"
     "operators:\n"
     "  - {uid: events, type: sequence, keys: 500, distribution: zipf(1.2), cost: 5 us,\n"
     "     slot-sharing-group: a}\n"
     "  - {uid: sums, type: sum, input: events, ship: hash, cost: 300 us, slot-sharing-group: "
     "b}\n" TAIL("sums")},
    {"slowed",
     "name: slowed\n"
     "timeline: [{at: 990 ms, speed: {subtask: 'counts[1]', factor: 0.001, for: 500 ms}}]\n" SMALL(
         "3") BUSY},
    {"cut-off",
     "name: cut off\n"
     "timeline: [{at: 990 ms, pause: {from: 'events[1]', to: 'counts[0]', for: 500 ms}}]\n" SMALL(
         "3") EASY},
    {"trigger",
     "name: trigger\n"
     "timeline: [{at: 950 ms, pause: {subtask: 'events[1]', for: 500 ms}}]\n" SMALL("2") EASY},
    {"late-ack",
     "name: late ack\n"
     "timeline: [{at: 900 ms, delay: {message: ack, subtask: 'counts[0]', by: 700 ms}}]\n" SMALL(
         "2") EASY},
    {"expired", "name: expired\nconfig: {execution.checkpointing.timeout: 600 ms, "
                "execution.checkpointing.tolerable-failed-checkpoints: 9,\n"
                "         parallelism.default: 2, execution.checkpointing.interval: 1 s,\n"
                "         taskmanager.memory.segment-size: 4kb}\nuntil: 3 s\noperators:\n"
                "  - {uid: events, type: sequence, count: 100000, keys: 100, record-size: 1 kb}\n"
                "  - {uid: map, type: map, function: identity, input: events, ship: rebalance,\n"
                "     record-size: 1 kb}\n"
                "  - {uid: out, type: discard, input: map, ship: rebalance, cost: 20 ms}\n"},
    {"lost-ack",
     "name: lost ack\nconfig: {execution.checkpointing.timeout: 600 ms, "
     "execution.checkpointing.tolerable-failed-checkpoints: 9,\n"
     "         parallelism.default: 2, execution.checkpointing.interval: 1 s}\nuntil: 3 s\n"
     "timeline: [{at: 900 ms, lose: {message: ack, subtask: 'counts[0]'}}]\n" EASY},
    {"declined", "name: declined\n"
                 "timeline: [{decline: {checkpoint: 3, subtask: 'counts[1]'}}]\n" SMALL("3") EASY},
    {"crashed", "name: crashed\nmodel: {snapshot-sync: 100 ms}\n"
                "timeline: [{at: 1.05 s, crash: 'counts[0]'}]\n" SMALL("3") EASY},
    {"stopped", "name: stopped\nmodel: {snapshot-sync: 100 ms}\n"
                "timeline: [{at: 1.05 s, stop-with-savepoint: a}]\n" SMALL("3") EASY},
    {"interval",
     "name: interval\nuntil: 4 s\nconfig: {parallelism.default: 2, "
     "execution.checkpointing.interval: 200 ms, taskmanager.memory.segment-size: 4kb}\noperators:\n"
     "  - {uid: events, type: sequence, count: 100000, keys: 100, record-size: 1 kb}\n"
     "  - {uid: out, type: discard, input: events, ship: rebalance, cost: 10 ms}\n"},
    {"fan-out",
     "name: fan out\n" SMALL(
         "3") "operators:\n"
              "  - {uid: events, type: sequence, count: 100000, keys: 100, record-size: 1 kb}\n"
              "  - {uid: many, type: flat-map, fan-out: 20, input: events, ship: rebalance,\n"
              "     record-size: 1 kb}\n"
              "  - {uid: out, type: discard, input: many, ship: rebalance, cost: 5 ms}\n"},
    {"fan-out-behind-rescale",
     "name: fan out behind rescale\nuntil: 3 s\n"
     "config: {parallelism.default: 2, execution.checkpointing.interval: 1 s,\n"
     "         execution.checkpointing.unaligned.enabled: true,\n"
     "         taskmanager.memory.segment-size: 4kb}\n"
     "operators:\n"
     "  - {uid: events, type: sequence, record-size: 1 kb, parallelism: 4}\n"
     "  - {uid: many, type: flat-map, fan-out: 20, input: events, ship: rescale,\n"
     "     record-size: 100 b}\n"
     "  - {uid: out, type: discard, input: many, ship: rebalance, cost: 500 us}\n"},
    {"at-least-once",
     "name: at least once\nuntil: 3 s\n"
     "config: {parallelism.default: 2, execution.checkpointing.interval: 1 s,\n"
     "         execution.checkpointing.mode: AT_LEAST_ONCE, taskmanager.memory.segment-size: 4kb}\n"
     "operators:\n"
     "  - {uid: events, type: sequence, count: 100000, keys: 100, record-size: 1 kb}\n"
     "  - {uid: out, type: discard, input: events, ship: rebalance, cost: 5 ms}\n"},
    {"broadcast",
     "name: broadcast\n" SMALL(
         "3") "operators:\n"
              "  - {uid: events, type: sequence, count: 100000, keys: 100, record-size: 1 kb}\n"
              "  - {uid: out, type: discard, input: events, ship: broadcast, cost: 5 ms}\n"},
    {"overtaking",
     "name: overtaking\nuntil: 3 s\n"
     "config: {parallelism.default: 2, execution.checkpointing.interval: 1 s,\n"
     "         execution.checkpointing.unaligned.enabled: true,\n"
     "         taskmanager.memory.segment-size: 4kb}\n"
     "variants: {patient: {config: {execution.checkpointing.aligned-checkpoint-timeout: 50 ms}}}\n"
     "operators:\n"
     "  - {uid: events, type: sequence, count: 100000, keys: 100, record-size: 1 kb}\n"
     "  - {uid: map, type: map, function: identity, input: events, ship: rebalance,\n"
     "     record-size: 1 kb}\n"
     "  - {uid: out, type: discard, input: map, ship: rebalance, cost: 5 ms}\n"},
    {"dear-key", "name: dear key\nuntil: 5 s\nseed: 31\n"
                 "config: {parallelism.default: 2, execution.checkpointing.interval: 400 ms,\n"
                 "         execution.checkpointing.timeout: 300 ms,\n"
                 "         execution.checkpointing.tolerable-failed-checkpoints: 99}\n"
                 "operators:\n"
                 "  - {uid: src, type: sequence, keys: 40, rate: 3000/s}\n"
                 "  - {uid: agg, type: sum, input: src, ship: hash,\n"
                 "     cost: {default: 200 us, per-key: {0: 20 ms}}}\n" TAIL("agg")},
    {"recovering", "name: recovering\nuntil: 6 s\nseed: 2\nmodel: {record-size: 1 kb}\n"
                   "config: {parallelism.default: 3, execution.checkpointing.interval: 500 ms,\n"
                   "         execution.checkpointing.unaligned.enabled: true}\n"
                   "operators:\n"
                   "  - {uid: src, type: sequence, keys: 200}\n"
                   "  - {uid: pass, type: pass-through, input: src, ship: rebalance, cost: 5 us}\n"
                   "  - {uid: sums, type: sum, input: pass, ship: hash, cost: 400 us}\n"
                   "  - {uid: out, type: discard, input: sums, ship: rebalance}\n"
                   "timeline: [{at: 3.3 s, crash: 'sums[2]'}]\n"},
    {"bursts",
     "name: bursts\nuntil: 6 s\nseed: 3\nmodel: {record-size: 1 kb}\n"
     "config: {parallelism.default: 2, execution.checkpointing.interval: 300 ms,\n"
     "         pipeline.auto-watermark-interval: 10 ms, taskmanager.memory.segment-size: 4 kb,\n"
     "         execution.buffer-timeout.interval: 5 ms}\n"
     "operators:\n"
     "  - {uid: src, type: sequence, keys: 2000, rate: 4000/s, timestamp-step: 250 us,\n"
     "     watermarks: monotonous, slot-sharing-group: a}\n"
     "  - {uid: wins, type: window, kind: tumbling, size: 1 s, input: src, ship: hash,\n"
     "     slot-sharing-group: b}\n"
     "  - {uid: post, type: pass-through, input: wins, ship: rebalance, cost: 500 us,\n"
     "     slot-sharing-group: c}\n" TAIL("post")},
    {"tabled", "name: tabled\nuntil: 3 s\n"
               "config: {parallelism.default: 2, execution.checkpointing.interval: 400 ms,\n"
               "         execution.checkpointing.unaligned.enabled: true,\n"
               "         execution.checkpointing.unaligned.interruptible-timers.enabled: true,\n"
               "         pipeline.auto-watermark-interval: 100 ms}\n"
               "operators:\n"
               "  - {uid: ev, type: sequence, keys: 3000, rate: 6000/s, timestamp-step: 0.16 ms,\n"
               "     watermarks: monotonous}\n"
               "  - {uid: w, type: window, kind: tumbling, size: 1 s, api: table, input: ev,\n"
               "     ship: hash}\n"
               "  - {uid: fmt, type: pass-through, input: w, cost: 300 us}\n" TAIL("fmt")},
    {"one-channel",
     "name: one channel\nuntil: 12 s\nseed: 2\nmodel: {record-size: 1 kb}\n"
     "network-rules: pre-1.16\n"
     "config: {parallelism.default: 1, execution.checkpointing.interval: 1 s,\n"
     "         execution.checkpointing.unaligned.enabled: true,\n"
     "         execution.checkpointing.aligned-checkpoint-timeout: 200 ms}\n"
     "operators:\n"
     "  - {uid: src, type: sequence, keys: 200, slot-sharing-group: a}\n"
     "  - {uid: pass, type: pass-through, input: src, ship: rebalance, cost: 5 us,\n"
     "     slot-sharing-group: b}\n"
     "  - {uid: sums, type: sum, input: pass, ship: hash, cost: 1 ms, slot-sharing-group: c}\n"},
    {"closing", "name: closing\nseed: 4\n"
                "config: {parallelism.default: 2, execution.checkpointing.interval: 20 ms,\n"
                "         execution.buffer-timeout.interval: 5 ms}\n"
                "operators:\n"
                "  - {uid: src, type: sequence, count: 2000, keys: 20, rate: 2000/s}\n"
                "  - {uid: slow, type: map, function: add 1, input: src, ship: rebalance,\n"
                "     cost: exponential(970 us)}\n"
                "  - {uid: sums, type: sum, input: slow, ship: hash, cost: 10 us}\n"},
    {"idle", "name: idle\nuntil: 2 s\n"
             "config: {parallelism.default: 2, execution.checkpointing.interval: 1 s}\n" EASY},
    {"far-named",
     "name: a job with a name that is nearly as long as a whole line of a terminal is wide\n" SMALL(
         "2") EASY},
    {"twice", "name: twice\ntimeline:\n  - {at: 1.3 s, stop-with-savepoint: a}\n"
              "  - {at: 1.6 s, restart-from: a}\n" SMALL("3") EASY},
    {"shared",
     "name: shared\nuntil: 8 s\nmodel: {record-size: 1 kb, storage: {bandwidth: 100 mb/s}}\n"
     "config: {parallelism.default: 4, execution.checkpointing.interval: 2 s,\n"
     "         pipeline.operator-chaining.enabled: false}\n"
     "operators:\n"
     "  - {uid: events, type: sequence, keys: 1000, cost: 1 us}\n"
     "  - {uid: map, type: map, function: identity, input: events, ship: rebalance, cost: 1 us}\n"
     "  - {uid: sums, type: sum, input: map, ship: hash, cost: 500 us}\n"
     "  - {uid: out, type: discard, input: sums, ship: rebalance, cost: 1 us}\n"
     "variants:\n"
     "  even: {}\n"
     "  hot: {set: {events.distribution: hot(0.4)}}\n"
     "  unaligned: {config: {execution.checkpointing.unaligned.enabled: true}}\n"
     "  segments: {config: {taskmanager.memory.segment-size: 8 kb}}\n"
     "  timeout: {config: {execution.checkpointing.unaligned.enabled: true,\n"
     "            execution.checkpointing.aligned-checkpoint-timeout: 100 ms}}\n"
     "  savepoint: {timeline: [{at: 5 s, savepoint: a}], config: "
     "{execution.checkpointing.interval: "
     "1 h}}\n"},
    {"starting", "name: starting\nmodel: {startup: 400 ms}\n" SMALL("2") EASY},
    {"without", "name: without\nuntil: 1 s\n" EASY},
    {"again", "name: again\nuntil: 2 s\nvariants: {a: {}}\n"
              "config: {parallelism.default: 1, execution.checkpointing.interval: 400 ms,\n"
              "         execution.checkpointing.tolerable-failed-checkpoints: 5}\n"
              "operators:\n"
              "  - {uid: events, type: sequence, keys: 100, rate: 400/s, record-size: 1 kb}\n"
              "  - {uid: counts, type: count, input: events, ship: hash, cost: 1 ms}\n" TAIL(
                  "counts") "timeline:\n"
                            "  - {at: 300 ms, savepoint: s}\n"
                            "  - {when: checkpoint 2 completed,\n"
                            "     decline: {checkpoint: 3, subtask: 'counts[0]'}}\n"
                            "  - {at: 1 s, restart-from: s}\n"},
};

#define RUN(name) "$S run " name ".yaml --out " name " --trace buffers --quiet >log 2>&1; "
#define TELL(name) RUN(name) "$S explain " name
/* Of a variant, with the default level of the trace. */
#define VARIANT(name)                                                                              \
    "$S run shared.yaml --variant " name " --out shared-" name " --quiet >log 2>&1; "
/* Of the base run what the knob would do to checkpoint 2, beside that checkpoint with the knob. */
#define PREDICTED(base, with, variant)                                                             \
    "p=$($S explain shared-" base " 2 --json | grep -o '\"with\": \"" with                         \
    "\".*' | grep -o 'predicted_ns\": [0-9]*' | grep -o '[0-9]*$'); "                              \
    "h=$($S explain shared-" variant " 2 --json | grep -o 'end_to_end_duration_ns\": "             \
    "[0-9]*' | grep -o '[0-9]*$'); "                                                               \
    "awk \"BEGIN {f = $p / $h; print (f < 1.5 && f > 1 / 1.5) ? \\\"near\\\" : f}\""
/* A variant of a scenario that answers a question. */
#define QUESTION(file, variant)                                                                    \
    "$S run " SNAP_SOURCE_DIR "/scenarios/questions/" file ".yaml --variant " variant              \
    " --out " file "-" variant " --quiet >log 2>&1; "
/* A run whose counterpart was measured on Flink. */
#define BENCHMARK(file, variant)                                                                   \
    "$S run " SNAP_SOURCE_DIR "/scenarios/flink-benchmark/" file ".yaml --variant " variant        \
    " --out " variant " --quiet >log 2>&1; "
#define FIXTURE "$F/"

struct row {
    const char *name;
    const char *command; /* of the shell; $S is the program, $F the saved answers */
    int exit_code;
    const char *out; /* part of standard output; NULL: whatever */
    const char *err;
};

static const struct row rows[] = {
    {"backpressure", TELL("queues"), 0, "Backpressure: the barrier waited behind data", ""},
    {"what the others wait for", "$S explain queues | tr -s '\\n ' ' '", 0,
     "is what the others wait for: it is busy 100 % of its time.", ""},
    {"hop by hop", "$S explain queues | tr -s '\\n ' ' '", 0, "By closed form (in flight at the",
     ""},
    {"knobs", "$S explain queues", 0, "unaligned checkpoints", ""},
    {"as JSON", "$S explain queues --json", 0, "\"slow\": \"queues\"", ""},
    {"no line is wider than 80 columns", "$S explain queues | awk 'length > 80'", 0, "", ""},
    {"a checkpoint by its number", "$S explain queues 1", 0, "Checkpoint 1 of \"queues\"", ""},
    {"queues that were still filling", "$S explain queues 1 | tr -s '\\n ' ' '", 0,
     "The queues were still filling when it was triggered", ""},
    {"skew", TELL("skew"), 0, "One slow subtask: counts[", ""},
    {"skew, where forms fail", "$S explain skew | tr -s '\\n ' ' '", 0, "The load is skewed.", ""},
    {"skew, even load", "$S explain skew", 0, "the load spread evenly", ""},
    {"co-located, the slot's busy one is not blamed on who waits",
     VARIANT("even") "$S explain shared-even 2 | tr -s '\\n ' ' '", 0,
     "Verdict Backpressure: the barrier waited", ""},
    {"co-located, the hot subtask is named",
     VARIANT("hot") "$S explain shared-hot | tr -s '\\n ' ' '", 0,
     "One slow subtask: sums[2] had its last barrier", ""},
    {"co-located, who waits is no cause", "$S explain shared-hot | grep -c 'matter of chance'", 1,
     "0", ""},
    {"keys that are not shared evenly",
     "$S run " SNAP_SOURCE_DIR "/scenarios/backpressure.yaml --variant savepoint --out uneven "
     "--quiet >log 2>&1; $S explain uneven | tr -s '\\n ' ' '",
     0, "Where the closed forms fail here Uneven queues: on this way last barriers came ", ""},
    {"unaligned, predicted and run",
     VARIANT("unaligned") PREDICTED("even", "unaligned", "unaligned"), 0, "near", ""},
    {"a timeout, predicted and run",
     VARIANT("timeout") PREDICTED("even", "aligned timeout", "timeout"), 0, "near", ""},
    {"smaller segments, predicted and run",
     VARIANT("segments") PREDICTED("even", "smaller segments", "segments"), 0, "near", ""},
    {"debloating begins small", "$S explain shared-even 2 | tr -s '\\n ' ' '", 0,
     "Debloating begins with buffers of taskmanager.memory.starting-segment-size", ""},
    {"or full, before that setting",
     "(echo 'flink-version: 1.20'; cat shared.yaml) >old.yaml && $S run old.yaml --out old "
     "--quiet >log && $S explain old 1 | tr -s '\\n ' ' '",
     0, "Debloating begins with full buffers when subtasks start", ""},
    {"an even load, predicted and run", PREDICTED("hot", "even load", "even"), 0, "near", ""},
    {"no knob that a savepoint does not know",
     VARIANT("savepoint") "$S explain shared-savepoint 2 | grep -c 'unaligned, with\\|unaligned "
                          "checkpoints  '",
     1, "0", ""},
    {"why it does not", "$S explain shared-savepoint 2 | tr -s '\\n ' ' '", 0,
     "A savepoint is never unaligned, whatever is set.", ""},
    {"a comparison has closed forms beside what it measured",
     "$S compare shared.yaml --variants even,unaligned --out forms 2>&1 | tr -s ' ' | "
     "grep -A 9 'Closed forms'",
     0, " unaligned ", ""},
    {"and of how many",
     "$S compare shared.yaml --variants even,unaligned --overwrite --out forms 2>&1 | "
     "grep -A 9 'Closed forms' | grep -c ' [0-9]* of [0-9]'",
     0, "2\n", ""},
    {"a comparison tells what its columns are",
     "$S compare shared.yaml --variants even,unaligned --overwrite --out "
     "forms 2>&1 | tr -s '\\n ' ' '",
     0, "medians of the forms, of what was measured, and of their ratios Form Closed over", ""},
    {"and so does its help", "$S help compare | tr -s '\\n ' ' '", 0,
     "Form over Measured is the median of their ratios and not the ratio of the medians.", ""},
    {"the figure has the numbers of the table",
     "f=$(grep -o 'in flight [0-9.]* [KMG]*B' forms/figures/compare.gp | head -1 | cut -d' ' "
     "-f3-); "
     "$S compare shared.yaml --variants even,unaligned --overwrite --out forms 2>&1 | "
     "awk '/^Checkpoints/ {c = 1} c && $1 == \"even\" {print; exit}' | grep -o \"$f\" | head -1",
     0, " MB", ""},
    {"a comparison in short has none",
     "rm -rf forms; $S compare queues.yaml --quiet --out forms 2>&1 | grep -c 'Closed forms'", 1,
     "0", ""},
    {"one late input", TELL("channel") " 3", 0, "One input is late: out[", ""},
    {"a turn on the cores", TELL("turns"), 0, "turn on the cores, events[", ""},
    {"a turn on the cores, how much of the hop", "$S explain turns | tr -s '\\n ' ' '", 0,
     "Of that, for events[", ""},
    {"a turn on the cores, in words", "$S explain turns | tr -s '\\n ' ' '", 0,
     "Turns on the cores: all subtasks save what is in flight at the same time, and share the "
     "cores "
     "(unaligned-turn, 30.0 ms each).",
     ""},
    {"a turn on the cores, as JSON", "$S explain turns --json", 0, "{\"kind\": \"turn\", ", ""},
    {"a turn on the cores, the verdict as JSON", "$S explain turns --json", 0, "\"slow\": \"turn\"",
     ""},
    {"a turn on the cores, by closed form",
     "p=$($S explain turns --json | grep -o '\"with\": \"as it was\".*' | "
     "grep -o '_ns\": [0-9]*' | grep -o '[0-9]*$' | head -2 | tr '\\n' ' '); "
     "echo $p | awk '{f = $1 / $2; print (f < 1.5 && f > 1 / 1.5) ? \"near\" : f}'",
     0, "near", ""},
    {"the synchronous part", TELL("sync"), 0, "The synchronous part of", ""},
    {"storage latency", TELL("latency") " | tr -s '\\n ' ' '", 0,
     "Its latency alone is 400 ms: faster transfer helps little.", ""},
    {"storage bandwidth", TELL("bandwidth") " | tr -s '\\n ' ' '", 0, "the rest is the transfer",
     ""},
    {"a storage that was slow for a while", TELL("slower") " | tr -s '\\n ' ' '", 0,
     "The storage was slower than its model, or failed, at that time.", ""},
    {"a record that takes long", TELL("long-record") " | tr -s '\\n ' ' '", 0,
     "Its records cost more, or its machine is slower", ""},
    {"which unaligned waits for, too", "$S explain long-record | tr -s '\\n ' ' '", 0,
     "where single records of counts[", ""},
    {"and a short one, which the end of the asynchronous part is heard behind",
     "{ echo 'model: {storage: {latency: 20 us, bandwidth: 1 gb/s}, snapshot-sync: 0 ms}'; sed "
     "'s/cost: {.*}}}/cost: 1990 us}/' "
     "long-record.yaml; } >heard.yaml; $S run heard.yaml --out heard -D "
     "execution.checkpointing.unaligned.enabled=true "
     "--quiet >log && for c in 2 3 4 5 6 7 8; do $S explain heard $c; done | tr -s '\\n ' ' '",
     0, "was at work when its snapshot was stored: the record in work is finished", ""},
    {"a slow link", TELL("slow-link") " | tr -s '\\n ' ' '", 0,
     "A fault held up events[1], or what it sent, for", ""},
    {"which is not chance", "$S explain slow-link | grep chance", 1, "", ""},
    {"skew under sources that wait", TELL("hot-and-full") " | tr -s '\\n ' ' '", 0,
     "Would not help (estimates): the load spread evenly", ""},
    {"and an even load",
     "$S run hot-and-full.yaml --set events.distribution=uniform --out full "
     "--quiet >log; for d in full hot-and-full; do $S explain $d 2 --json | grep -o "
     "'end_to_end_duration_ns\": [0-9]*' | grep -o '[0-9]*$'; done | tr '\\n' ' ' | "
     "awk '{f = $1 / $2; print (f > 0.8 && f < 1.25) ? \"near\" : f}'",
     0, "near", ""},
    {"a pause", TELL("collected") " | tr -s '\\n ' ' '", 0,
     "A pause: of 128 ms counts[1] stood still for 120 ms in a pause of 600 ms (`pauses`", ""},
    {"which no mode helps against", "$S explain collected", 0, "no pause, or a short one", ""},
    {"nor buffers", "! $S explain collected | grep -e unaligned -e segments", 0, "", ""},
    {"a subtask that stood still", TELL("still") " 2 | tr -s '\\n ' ' '", 0,
     "A fault held it up for 490 ms of that.", ""},
    {"has no form", "$S explain still 2 | tr -s '\\n ' ' '", 0,
     "Held up: counts[1] stood still, was slowed down, or what it sent did not arrive, for 490 ms",
     ""},
    {"and no knob", "$S explain still 2 --json | grep '\"with\"' | grep -v 'as it was'", 1, "", ""},
    {"and the next one is as others are", "$S explain still 3 --json | tr -d ' '", 0,
     "\"hindered\":null,\"hindered_ns\":0", ""},
    {"a subtask that was slowed down", TELL("slowed") " 2 | tr -s '\\n ' ' '", 0,
     "Held up: counts[1] stood still", ""},
    {"a link that was down", TELL("cut-off") " 2 | tr -s '\\n ' ' '", 0,
     "Held up: events[1] stood still", ""},
    {"a source that stood still", TELL("trigger"), 0, "The trigger: events[1] took it only", ""},
    {"a late acknowledgement", TELL("late-ack") " 2", 0, "The acknowledgement of counts[0] took",
     ""},
    {"expired", TELL("expired") " | tr -s '\\n ' ' '", 0,
     "The checkpoint timeout of 600 ms ended it.", ""},
    {"expired, what it would have needed", "$S explain expired", 0, "as it was, without a timeout",
     ""},
    {"expired, who lacks", "$S explain expired | tr -s '\\n ' ' '", 0,
     "map[0], map[1], out[0] and 1 more did not.", ""},
    {"expired, what they wait for further on", "$S explain expired | tr -s '\\n ' ' '", 0,
     "is what the others wait for: it is busy 100 % of its time. The checkpoint timeout", ""},
    {"expired, who declines late is not who lacked it",
     QUESTION("checkpoint-times-out", "aligned") "$S explain checkpoint-times-out-aligned 7", 0,
     "in queues, events[0] -> sums[0], not over", ""},
    {"expired, it would have needed more than had passed",
     QUESTION("timeout-spiral", "spiral") "$S explain timeout-spiral-spiral 33 | tr -s ' '", 0,
     " as it was, without a timeout over 301 ms 300 ms", ""},
    {"right after a restart queues are not full",
     "$S explain timeout-spiral-spiral 33 | tr -s '\\n ' ' '", 0,
     "Where the closed forms fail here The queues were still filling", ""},
    {"a lost acknowledgement", TELL("lost-ack") " | tr -s '\\n ' ' '", 0,
     "The acknowledgement of counts[0] was lost on its way. The checkpoint timeout", ""},
    {"declined", TELL("declined"), 0, "counts[1] declined the checkpoint", ""},
    {"a job that failed meanwhile", TELL("crashed") " 2", 0, "The job failed while", ""},
    {"one that was stopped meanwhile", TELL("stopped") " 2", 0,
     "The job was stopped or had ended while", ""},
    {"an interval that is not kept", TELL("interval"), 0, "trigger to trigger (interval 200 ms)",
     ""},
    {"a fan-out before which many records lie", TELL("fan-out") " | grep Fan-out", 1, "", ""},
    {"one before which a record is much",
     "$S run fan-out.yaml --set many.fan-out=400 --out fan-400 --quiet >log && $S explain fan-400",
     0, "Fan-out: many makes 400 records of one.", ""},
    {"held up in the middle of a record",
     BENCHMARK("fan-out", "H5") "$S explain H5 2 | tr -s '\\n ' ' '", 0,
     "makes 400 records of one: it stood in the middle of a record", ""},
    {"behind data that is not overtaken, no record is to blame",
     TELL("fan-out-behind-rescale") " 2 | tr -s '\\n ' ' ' | "
                                    "grep -v 'in the middle of a record,'",
     0, "hops that cannot be overtaken. Unaligned checkpoints do not help it: many has", ""},
    {"windows that fire at once are named",
     QUESTION("window-and-barrier",
              "many-keys") "$S explain window-and-barrier-many-keys | tr -s '\\n ' ' '",
     0, "sums[0] has the windows of sums: all that end at one watermark fire in one piece", ""},
    {"windows whose timers are interruptible do not",
     TELL("tabled") " 4 | tr -s '\\n ' ' ' | grep -v 'in one piece'", 0,
     "w[0] has the windows of w: their timers are interruptible, so a barrier waits for one of "
     "those that end at one watermark, not for all.",
     ""},
    {"aligned, it waits for them as well",
     "$S explain window-and-barrier-many-keys | tr -s '\\n ' ' '", 0,
     "Would not help (estimates): segments of 8.00 KB (313 ms), aligned checkpoints (314 ms).", ""},
    {"timers that can be interrupted",
     "$S explain window-and-barrier-many-keys | grep -A 99 'What would help' | tr -s '\\n ' ' '", 0,
     "interruptible timers 11.6 ms 320 ms", ""},
    {"no form knows what is in work", "$S explain window-and-barrier-many-keys | tr -s '\\n ' ' '",
     0, "Where the closed forms fail here Work in progress:", ""},
    {"behind a timeout an aligned barrier has more hops than the one walked",
     QUESTION("timeout-switch",
              "timeout-200ms") "$S explain timeout-switch-timeout-200ms | tr -s ' '",
     0, " buffer debloating, target 50.0 ms 106 ms 275 ms", ""},
    {"no timer in output queues",
     QUESTION("timeout-switch", "pre-1.16") "$S explain timeout-switch-pre-1.16 | tr -s '\\n ' ' '",
     0, "Before Flink 1.16 only inputs have the timer of aligned-checkpoint-timeout", ""},
    {"no timer in output queues, and no form",
     "$S explain timeout-switch-pre-1.16 | tr -s '\\n ' ' '", 0,
     "Where the closed forms fail here No timer in output queues:", ""},
    {"2.3 has no setting for overdraft", "$S explain H5 2 | grep -c overdraft", 1, "0", ""},
    {"1.20 has one",
     "$S run " SNAP_SOURCE_DIR
     "/scenarios/network-rules.yaml --variant fan-out-1.20 --out fan-1.20 "
     "--quiet >log 2>&1; $S explain fan-1.20 | tr -s '\\n ' ' '",
     0, "(larger segments, or a max-overdraft-buffers-per-gate above what one record fills)", ""},
    {"files of data in flight",
     BENCHMARK("chain-small-records", "C1") "$S explain C1 3 | tr -s '\\n ' ' '", 0,
     "the 12 files of data in flight takes 3.60 ms of it", ""},
    /* A3 is the same job, aligned: 18.6 s. */
    {"small records go by in bursts",
     "p=$($S explain C1 3 --json | grep -o '\"with\": \"aligned\".*' | "
     "grep -o 'predicted_ns\": [0-9]*' | grep -o '[0-9]*$'); "
     "awk \"BEGIN {f = $p / 18.6e9; print (f < 1.5 && f > 1 / 1.5) ? \\\"near\\\" : f}\"",
     0, "near", ""},
    {"subtasks that had not begun", TELL("starting") " 1 | tr -s '\\n ' ' '", 0,
     "had not begun its work. Subtasks begin it up to 400 ms after they run", ""},
    {"others are chosen before them", "$S explain starting", 0, "Checkpoint 2 of \"starting\"", ""},
    {"at least once", TELL("at-least-once") " | tr -s '\\n ' ' '", 0,
     "With at-least-once there are no unaligned checkpoints", ""},
    {"a broadcast input", TELL("broadcast") " | tr -s '\\n ' ' '", 0,
     "Barriers do not overtake before a subtask with a pointwise", ""},

    {"unaligned", TELL("overtaking") " 3 | tr -s '\\n ' ' '", 0,
     "In 6 of them barriers overtook, and ", ""},
    {"unaligned, what aligned would take", "$S explain overtaking 3", 0, "aligned checkpoints", ""},
    {"unaligned after a timeout",
     "$S run overtaking.yaml --variant patient --out patient --trace buffers --quiet >log 2>&1; "
     "$S explain patient 3 | tr -s '\\n ' ' '",
     0, "until aligned-checkpoint-timeout, 50.0 ms, they wait in the queues. The first to overtake",
     ""},

    {"a trace without buffers",
     "$S run queues.yaml --out bare --quiet >log 2>&1; $S explain bare | tr -s '\\n ' ' '", 0,
     "The trace has no events of buffers", ""},
    {"a trace without buffers has the flow", "$S explain bare | tr -s '\\n ' ' '", 0,
     "In the mean over the 16.0 ms around the trigger there waited before out, per subtask: ", ""},
    {"the mean of a vertex is no subtask's figure",
     "$S run dear-key.yaml --out dear-key --quiet >log 2>&1; $S explain dear-key | tr -s '\\n ' ' "
     "'",
     0, "there waited before agg, per subtask: ", ""},
    {"nor its speed", "$S explain dear-key | tr -s '\\n ' ' '", 0,
     "A subtask of agg, in the mean of the vertex, used up ", ""},
    {"and the verdict says so", "$S explain dear-key | tr -s '\\n ' ' '", 0,
     "How fast it uses records up, and what lay before it, is known only as the mean over the "
     "subtasks of agg.",
     ""},
    {"with buffers it is its own",
     "$S run dear-key.yaml --out dear-own --trace buffers --quiet >log 2>&1; $S explain dear-own | "
     "grep -c -e 'mean of' -e 'per subtask'",
     1, "0", ""},
    {"where nothing was in flight nothing waited",
     "$S run idle.yaml --out idle --quiet >log 2>&1; "
     "$S explain idle 1 --json | grep -o '\"in_flight_bytes_at_trigger\": 0,' && "
     "$S explain idle 1 | tr -s '\\n ' ' '",
     0, "At the trigger there waited before counts, per subtask: 0 records.", ""},
    {"a price that was measured", "$S explain queues | tr -s '\\n ' ' '", 0,
     "of data in flight (measured; another one as much as it finds)", ""},
    {"what a restore takes is estimated", "$S explain queues | tr -s '\\n ' ' '", 0,
     " (estimated). There may be less", ""},
    {"what was measured and what was not", "$S explain queues", 0,
     "  Predicted: estimates by closed form. It Had: measured in the run.\n", ""},

    {"restored data that barriers wait for",
     "$S run recovering.yaml --out recovering --trace buffers --quiet >log 2>&1; "
     "$S explain recovering | tr -s '\\n ' ' '",
     0, "All of it was used up 154 ms after the trigger; until then the barrier from src[0] waited",
     ""},
    {"no size of buffers helps", "$S explain recovering | grep -c segments", 1, "0", ""},
    {"as JSON says", "$S explain recovering --json", 0, "\"slow\": \"recovery\"", ""},
    {"a later checkpoint has none of it", "$S explain recovering 9 --json | grep -c recovery\\\"",
     0, "1", ""},
    {"without buffers it is likely",
     "$S run recovering.yaml --out recovered --quiet >log 2>&1; "
     "$S explain recovered | tr -s '\\n ' ' '",
     0, "Recovery: before pass[2] a restore had put back 1.05 MB of data in flight", ""},
    {"and said to be that", "$S explain recovered | tr -s '\\n ' ' '", 0,
     "most likely for that: when it was used up only `--trace buffers` tells.", ""},

    {"windows that fire into a slow vertex", TELL("bursts") " | tr -s '\\n ' ' '", 0,
     "It has the windows of wins: all that end at one watermark fire in one piece of work, which "
     "also waits for room",
     ""},
    /* With it the same checkpoint takes 279 ms. */
    {"no mode breaks them off",
     "$S explain bursts --json | grep '\"with\": \"unaligned\"' | grep -o 'predicted_ns\": "
     "3[0-9]*' | grep -c '3........$'",
     0, "1", ""},
    {"nor do small buffers", "$S explain bursts | grep -c debloating,", 1, "0", ""},

    {"output queues as full as their buffers allow", TELL("one-channel") " 5 | tr -s '\\n ' ' '", 0,
     "The forms estimate it by the buffers that full queues have on either side.", ""},
    {"and as it was comes near",
     "p=$($S explain one-channel 5 --json | grep '\"as it was\"' | grep -o 'predicted_ns\": "
     "[0-9]*' | grep -o '[0-9]*$'); h=$($S explain one-channel 5 --json | grep -o "
     "'end_to_end_duration_ns\": [0-9]*' | grep -o '[0-9]*$'); "
     "awk \"BEGIN {f = $p / $h; print (f < 1.15 && f > 1 / 1.15) ? \\\"near\\\" : f}\"",
     0, "near", ""},

    {"who declines had not acknowledged",
     "$S run closing.yaml --out closing | grep -o 'declined: src.*'", 0, "declined: src[", ""},
    {"nor had it finished before",
     "n=$(grep -c CHECKPOINT_DECLINED_TASK_CLOSING closing/trace.jsonl); test $n -gt 0 && "
     "$S explain closing $(grep decline_received closing/trace.jsonl | tail -1 | "
     "grep -o 'checkpoint\":[0-9]*' | grep -o '[0-9]*$') --json | grep -A 3 '\"last\"'",
     0, "\"acknowledged\": false", ""},

    {"a long name is broken, not cut",
     TELL("far-named") " | head -2 && $S info far-named.yaml | head -2", 0,
     "terminal is wide\": completed in", ""},
    {"and nothing is too wide",
     "{ $S explain far-named; $S info far-named.yaml; } | awk 'length > 80'", 0, "", ""},

    {"several executions", TELL("twice") " 1 | tr -s '\\n ' ' '", 0,
     "Of execution 1 of 2 of the job. Triggered at 0.000 s.", ""},
    {"several executions, the last", "$S explain twice | tr -s '\\n ' ' '", 0,
     "Of execution 2 of 2 of the job, the last (`--execution N` takes another one). ", ""},
    {"one of several executions by its number", "$S explain twice --execution 1 | head -1", 0,
     " of \"twice\": completed in", ""},
    {"it is that one", "$S explain twice --execution 1", 0, "Of execution 1 of 2 of the job. ", ""},
    {"a single one is not named", "$S explain queues | grep -c 'execution'", 1, "0", ""},
    {"no such execution", "$S explain twice --execution 3", 2, "",
     "the run in twice has no execution 3 of the job: it has 1 to 2"},
    {"no number of an execution", "$S explain twice --execution x", 2, "",
     "\"x\" is no execution: they have numbers from 1 on"},
    {"an execution of a real job", "$S explain --flink " FIXTURE "skew --execution 1", 2, "",
     "--execution is for runs"},
    {"a run that goes on, or was stopped",
     "cp -r queues cut && rm cut/summary.json cut/flow.tsv && "
     "head -c 200000 queues/trace.jsonl >cut/trace.jsonl && $S explain cut | tr -s '\\n ' ' '",
     0, "The trace ends in the middle of a line", ""},
    {"a run that was stopped blames nobody",
     "cp -r shared-even short && rm short/summary.json short/flow.tsv && "
     "grep -v task_totals shared-even/trace.jsonl >short/trace.jsonl && "
     "$S explain short 2 | tr -s '\\n ' ' '",
     0, "map[0] had its last barrier later than the others of its vertex; whether it was busy, or",
     ""},
    {"an older summary", "echo '{}' >cut/summary.json && $S explain cut | tr -s '\\n ' ' '", 0,
     "does not tell its settings", ""},

    {"of a start delay the largest counts, as in the table",
     "$S help expect | grep start-delay -A 1 | tr -s '\\n ' ' '", 0,
     "checkpoints.start-delay the longest start delay of a subtask", ""},
    {"nothing to explain", "$S explain", 2, "", "which run? give its folder"},
    {"no such folder", "$S explain nowhere", 2, "", "nowhere: No such file or directory"},
    {"not the folder of a run", "mkdir hollow && $S explain hollow", 2, "", "hollow holds no run"},
    {"a folder of runs", "$S explain .", 2, "",
     ". holds several runs; give the folder of one of "
     "the runs, such as ./"},
    {"the scenario instead", "$S explain queues.yaml", 2, "", "queues.yaml is a file; give"},
    {"a comparison without traces",
     "mkdir compared && echo '{}' >compared/compare.json && $S explain compared", 2, "",
     "the runs of the comparison in compared wrote no trace; make it again without --trace off"},
    {"a comparison on one seed",
     "mkdir compared/half && cp -r still 'compared/a b' && $S explain compared", 2, "",
     "compared holds a comparison; give the folder of one of its runs, such as 'compared/a b'\n"},
    {"a comparison on several seeds",
     "mkdir compared/a && mv 'compared/a b' compared/a/seed-7 && $S explain compared", 2, "",
     "compared holds a comparison; give the folder of one of its runs, such as "
     "compared/a/seed-7\n"},
    {"one variant of it", "$S explain compared/a", 2, "",
     "compared/a holds several runs; give the folder of one of the runs, such as "
     "compared/a/seed-7\n"},
    {"what it says can be pasted",
     "$S explain $($S explain compared 2>&1 | sed 's/.*such as //') | head -1", 0,
     "of \"still\": completed", ""},
    {"a run without a trace",
     "$S run queues.yaml --out off --trace off --quiet >log && $S explain off", 2, "",
     "wrote no trace; run it again without --trace off"},
    {"no such checkpoint", "$S explain queues 77", 2, "", "has no checkpoint 77; it has 1 to "},
    {"no number", "$S explain queues last", 2, "", "\"last\" is no checkpoint: they have numbers"},
    {"too much", "$S explain queues 1 2", 2, "", "at most one checkpoint, and then found \"2\""},
    {"a job without checkpoints", TELL("without"), 2, "",
     "none was triggered; is execution.checkpointing.interval set?"},
    {"a trace that is broken",
     "mkdir broken && head -n 1 queues/trace.jsonl >broken/trace.jsonl && "
     "echo '{\"t\": 1}' >>broken/trace.jsonl && $S explain broken",
     4, "", "broken/trace.jsonl:2"},

    {"Flink: skew", "$S explain --flink " FIXTURE "skew | tr -s '\\n ' ' '", 0,
     "One slow subtask: totals[1] had its last barrier after 4.40 s", ""},
    {"Flink: answers are known by what they say", "$S explain --flink " FIXTURE "skew", 0,
     "in queues, Source: orders[1] -> totals[1]", ""},
    {"Flink: a broken file is passed over", "$S explain --flink " FIXTURE "skew", 0,
     "notes.json is not JSON (line 1", ""},
    {"Flink: expired in the synchronous part", "$S explain --flink " FIXTURE "expired 20", 0,
     "synchronous part of Source: events[0], not over", ""},
    {"Flink: what is missing", "$S explain --flink " FIXTURE "expired", 0, "No subtasks of count",
     ""},
    {"Flink: another version", "$S explain --flink " FIXTURE "flink-1.20 27", 0,
     "5 of 5 subtasks acknowledged, slow-sink: Writer[0] last.", ""},
    {"Flink: backpressure and metrics",
     "$S explain --flink " FIXTURE "unaligned | tr -s '\\n ' ' '", 0,
     "slow-sink: Writer[0] used up 174 records/s (4.95 KB/s). It was busy 100 %", ""},
    {"Flink: only the history",
     "mkdir history && cp " FIXTURE "expired/checkpoints.json history/ && "
     "$S explain --flink history 29 | tr -s '\\n ' ' '",
     0, "No details of the checkpoint", ""},
    {"Flink: the history does not tell who took the trigger",
     "$S explain --flink history 29 | grep -c 'took the trigger'", 1, "0", ""},
    {"Flink: only the details",
     "mkdir detailed && cp " FIXTURE "unaligned/*details* detailed/ && "
     "$S explain --flink detailed | tr -s '\\n ' ' '",
     0, "df7a7d3e acknowledged last, after 51.0 ms.", ""},
    {"Flink: only the details, a row a vertex", "$S explain --flink detailed | tr -s ' '", 0,
     " +45.0 ms 2 of 2 5.87 KB 4.98 KB b5899646", ""},
    {"Flink: the last one is not told",
     "mkdir partly && cp " FIXTURE "unaligned/*details* " FIXTURE
     "unaligned/*-vertex-1.json partly/"
     " && $S explain --flink partly",
     0, "until a subtask that is not told acknowledged, last", ""},
    {"Flink: the last one is not named",
     "$S explain --flink partly | grep -c '5 of 5 subtasks acknowledged\\.'", 0, "1", ""},
    {"Flink: without a plan a subtask is no source",
     "$S explain --flink partly | grep -c 'took the trigger'", 1, "0", ""},
    {"Flink: known checkpoints, sorted and once", "$S explain --flink " FIXTURE "expired 999; true",
     0, "", "it has those: 20 21 22"},
    {"Flink: no plan",
     "mkdir planless && cp " FIXTURE "skew/*details* " FIXTURE "skew/*subtasks* planless/ && "
     "$S explain --flink planless",
     0, "No job plan", ""},
    {"Flink: no plan, and the timeout only once",
     "mkdir timed && cp " FIXTURE "timeout-to-unaligned/checkpoint* timed/ && "
     "$S explain --flink timed | tr -s ' '",
     0, " as it was, by closed form 325 ms 327 ms", ""},
    {"Flink: no plan, and no way through a graph",
     "$S explain --flink timed | grep -c 'aligned checkpoints'", 1, "0", ""},
    {"Flink: a timeout that is not told",
     "mkdir untold && cp " FIXTURE "timeout-to-unaligned/*vertex* " FIXTURE
     "timeout-to-unaligned/*details* " FIXTURE "timeout-to-unaligned/*plan* untold/ && "
     "$S explain --flink untold | tr -s '\\n ' ' '",
     0,
     "Whether they began aligned and waited for aligned-checkpoint-timeout, or for a record in "
     "work, is not known without /jobs/ID/checkpoints/config.",
     ""},
    {"Flink: has no form",
     "! $S explain --flink untold | grep -e 'as it was' -e 'unaligned' -e 'Work in' -e Predicted",
     0, "", ""},
    {"Flink: which JSON tells", "$S explain --flink untold --json", 0, "\"timeout_unknown\": true",
     ""},
    {"Flink: nor is it said where it is told",
     "! $S explain --flink " FIXTURE "timeout-to-unaligned | grep Whether", 0, "", ""},
    {"Flink: the history tells how many there are", "$S explain --flink history 29", 0,
     "5 of 5 subtasks acknowledged.", ""},
    {"Flink: a plan with an input that it does not have",
     "cp -r " FIXTURE "skew damaged && "
     "awk '/\"id\": \"aaaa/ && !n++ {sub(/a+\"/, \"f00\\\"\")} {print}' " FIXTURE
     "skew/plan.json >damaged/plan.json; $S explain --flink damaged",
     2, "",
     "damaged/plan.json: the job plan is broken: vertex bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb has "
     "the input f00, which is none"},
    {"Flink: a plan in a circle",
     "awk '/\"id\": \"aaaa/ && !n++ {sub(/a+\"/, \"cccccccccccccccccccccccccccccccc\\\"\")} "
     "{print}' " FIXTURE "skew/plan.json >damaged/plan.json; $S explain --flink damaged",
     2, "",
     "damaged/plan.json: the job plan is broken: vertex cccccccccccccccccccccccccccccccc "
     "comes behind itself"},
    {"Flink: a vertex that stands twice",
     "awk '/^   {/ && n++ == 2 {print \"{\\\"id\\\": \\\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\\"},\"} "
     "{print}' " FIXTURE "skew/plan.json >damaged/plan.json; $S explain --flink damaged",
     2, "", "damaged/plan.json: the job plan is broken: a vertex stands in it twice"},
#define WITH_DURATION(number, more)                                                                \
    "rm -rf times && cp -r " FIXTURE "flink-1.20 times && "                                        \
    "awk '/end_to_end_duration/ && !n++ {sub(/47/, \"" number "\")} " more "{print}' " FIXTURE     \
    "flink-1.20/checkpoint-details-completed.json >times/checkpoint-details-completed.json && "    \
    "$S explain --flink times"
    {"Flink: a duration that is no number", WITH_DURATION("\\\"x\\\"", ""), 0,
     "completed in 47.0 ms", ""},
    {"Flink: a duration below nothing", WITH_DURATION("-5", ""), 0, "completed in 47.0 ms", ""},
    {"Flink: a duration before the last acknowledgement",
     WITH_DURATION("0", "") " | tr -s '\\n ' ' '", 0, "that of the timestamps is taken.", ""},
    {"Flink: no duration, and no timestamp",
     WITH_DURATION("-5", "/latest_ack/ && !m++ {sub(/[0-9]+/, \"-1\")} ") " | tr -s '\\n ' ' '", 0,
     "end_to_end_duration is no time: how long it took is not known.", ""},
    {"Flink: then nothing has a share of it", "$S explain --flink times | grep -c '%'", 1, "0", ""},
    {"Flink: a status that there is not", WITH_DURATION("47", "{sub(/COMPLETED/, \"FOO\")} "), 2,
     "",
     "times: checkpoint 27 has the status \"FOO\"; Flink tells COMPLETED, FAILED or IN_PROGRESS"},
    {"Flink: no status", WITH_DURATION("47", "/\"COMPLETED/ && !m++ {next} "), 2, "",
     "times: checkpoint 27 has no status;"},
    {"closed forms of a comparison are of the last execution",
     "$S compare again.yaml --out again | grep -A9 'Closed forms' | tr -s ' '", 0, "3 of 3", ""},
    {"Flink: as JSON", "$S explain --flink " FIXTURE "skew --json", 0, "\"inferred\": true", ""},
    {"Flink: no such folder", "$S explain --flink nowhere", 2, "",
     "nowhere: No such file or directory; give the folder with the saved answers"},
    {"Flink: no folder given", "$S explain --flink", 2, "", "--flink needs DIR"},
    {"Flink: a file", "$S explain --flink queues.yaml", 2, "", "queues.yaml is a file; give"},
    {"Flink: a run of snapsim", "$S explain --flink queues", 2, "",
     "queues holds a run of snapsim: explain it without --flink"},
    {"Flink: no such checkpoint", "$S explain --flink " FIXTURE "skew 8", 2, "",
     "tells nothing of checkpoint 8; it has those: 7"},
    {"Flink: nothing there", "mkdir empty && $S explain --flink empty", 2, "",
     "empty holds no .json file"},
    {"Flink: only a broken file", "echo '{' >empty/details.json && $S explain --flink empty", 2, "",
     "details.json is not JSON"},
    {"Flink: an error answer",
     "echo '{\"errors\": [\"not found\"]}' >empty/details.json && $S explain --flink empty", 2, "",
     "they are error answers"},
    {"Flink: the wrong file",
     "echo '{\"jobs\": []}' >empty/details.json && $S explain --flink empty", 2, "",
     "no answer of Flink about a job"},
    {"Flink: a job without checkpoints",
     "echo '{\"counts\": {}, \"history\": []}' >empty/details.json && $S explain --flink empty", 2,
     "", "the job has no checkpoint: its history is empty"},
    {"Flink: numbers that are none",
     "echo '{\"id\": \"x\", \"trigger_timestamp\": \"y\", \"tasks\": [], \"num_subtasks\": -3, "
     "\"status\": \"COMPLETED\"}' "
     ">empty/details.json && $S explain --flink empty",
     0, "Too little is known", ""},
    {"help", "$S help explain", 0, "usage: snapsim explain DIR [CHECKPOINT]", ""},
};

static int make_directory(void **state)
{
    (void)state;
    if (!cli_folder_enter())
        return -1;
    setenv("F", SNAP_SOURCE_DIR "/tests/fixtures/rest", 1);
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        char file[64];

        snprintf(file, sizeof(file), "%s.yaml", scenarios[i].name);
        cli_write_file(file, scenarios[i].text);
    }
    return 0;
}

static bool test_row(const struct row *row)
{
    struct snap_text command = {0};
    struct snap_text out = {0};
    struct snap_text err = {0};
    int status;
    int code;
    bool good;

    snap_text_printf(&command, "{ %s\n} >stdout 2>stderr", row->command);
    status = system(command.data);
    code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    cli_read_file("stdout", &out);
    cli_read_file("stderr", &err);
    good = code == row->exit_code && cli_has(&out, row->out) && cli_has(&err, row->err);
    if (!good)
        print_error("%s: exit code %d\n%s%s", row->name, code, snap_text_get(&out),
                    snap_text_get(&err));
    snap_text_fini(&command);
    snap_text_fini(&out);
    snap_text_fini(&err);
    return good;
}

static void test_rows(void **state)
{
    uint32_t failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        failed += !test_row(&rows[i]);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
