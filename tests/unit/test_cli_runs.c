// SPDX-License-Identifier: Apache-2.0
/*
 * Running, comparing and plotting as a user does: what lies where afterwards, exit codes, Ctrl-C.
 *
 * Rows run one after another in one directory: later ones find what earlier ones left.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "unit/cli_rows.h"

#define JOB(count)                                                                                 \
    "config: {execution.checkpointing.interval: 100 ms}\n"                                         \
    "operators:\n"                                                                                 \
    "  - {uid: events, type: sequence, count: " count ", keys: 10, rate: 100/s, splits: 1}\n"      \
    "  - {uid: counts, type: count, input: events, ship: hash}\n"                                  \
    "  - {uid: out, type: file-sink, input: counts, path: out}\n"

static const char small[] = "name: small\n" JOB(
    "50") "variants: {one: {}, two: {config: {execution.checkpointing.mode: AT_LEAST_ONCE}}}\n";

/* What a window gives is not known beforehand, and fingerprints do not tell its records apart. */
static const char windowed[] =
    "ledger: fingerprint\n"
    "config: {execution.checkpointing.interval: 500 ms, restart-strategy.type: fixed-delay}\n"
    "operators:\n"
    "  - {uid: n, type: sequence, count: 2000, keys: 10, rate: 2000/s, watermarks: monotonous}\n"
    "  - {uid: w, type: window, input: n, ship: hash, kind: tumbling, size: 100 ms}\n"
    "  - {uid: out, type: file-sink, input: w, path: w, delivery: at-least-once}\n"
    "timeline: [{at: 700 ms, crash: 'n[0]'}]\n"
    "expect: {duplicated: '> 3'}\n";

/* More than anybody waits for. */
/* All at one instant, and nobody waits for it. */
static const char at_once[] =
    "operators: [{uid: a, type: sequence, count: 1000000000000000}, {uid: z, type: discard, "
    "input: a}]\nledger: off\n";

/* Checkpoints that nobody but the JobManager hears of, while all others wait for months. */
static const char unheard[] =
    "config: {execution.checkpointing.interval: 10 ms, execution.checkpointing.timeout: 10 ms, "
    "execution.checkpointing.tolerable-failed-checkpoints: 2000000000}\n"
    "operators: [{uid: a, type: sequence, count: 100, rate: 1000/s}, {uid: z, type: discard, "
    "input: a, ship: hash}]\n"
    "timeline: [{at: 20 ms, pause: {subtask: 'a[0]', for: 9000 d}}]\n";

static const char endless[] = "name: endless\nledger: off\n" JOB("1000000000");

/* Words of others. */
static const char nasty[] =
    "name: nasty\n"
    "config: {execution.checkpointing.interval: 100 ms, "
    "execution.checkpointing.unaligned.enabled: true}\n"
    "operators:\n"
    "  - {uid: src, type: list, rate: 20/s, records: [[\"ka\\eb\", \"va\\e[31mred\"], "
    "[\"tab\\tk\", \"nl\\nv\"], [\"c1\\u009bk\", x], [\"be\\al\", \"del\\x7f\"], "
    "[a, b], [c, d]]}\n"
    "  - {uid: last, type: reduce, function: last, input: src, ship: hash, cost: 60 ms}\n"
    "  - {uid: out, type: file-sink, input: last, ship: rebalance, path: out}\n";

/* Ends as expected, but not before its end. */
static const char unmet_late[] = "name: late\nledger: off\n" JOB(
    "1000000000") "timeline: [{at: 9000 d, crash: 'events[0]'}]\nexpect: {job: FINISHED}\n";

static const char unfired[] =
    "name: unfired\n" JOB("50") "timeline: [{at: 1 h, crash: \"counts[0]\"}]\n";

static const char optional[] =
    "name: unfired\n" JOB("50") "timeline: [{at: 1 h, crash: \"counts[0]\", optional: true}]\n";

/* Three reasons at once, and one on a sink. */
static const char unmet[] =
    "name: unmet\n" JOB("50") "expect: {lost: 5, out: {duplicated: '> 7'}, job: FAILED}\n";

/* What variants are expected to be beside each other; the second is not, and the third is slow for
 * another reason. */
static const char beside[] =
    "name: beside\n" JOB("50") "expect: {checkpoints.completed: '>= 3'}\n"
                               "variants:\n"
                               "  slow: {model: {storage.latency: 40 ms}}\n"
                               "  quick: {expect: {checkpoints.end-to-end: '> 2 x slow'}}\n"
                               "  held: {expect: {explain.cause: queues}}\n";

/* Two subtasks, a two-phase sink, and a crash between the second and the third checkpoint. */
static const char crashed[] =
    "name: crashed\n"
    "config: {execution.checkpointing.interval: 100 ms, restart-strategy.type: fixed-delay,\n"
    "         execution.buffer-timeout.interval: 5 ms}\n"
    "operators:\n"
    "  - {uid: events, type: sequence, count: 50, keys: 10, rate: 100/s, splits: 1}\n"
    "  - {uid: counts, type: count, input: events, ship: hash}\n"
    "  - {uid: out, type: file-sink, input: counts, path: out, delivery: exactly-once}\n"
    "timeline: [{at: 275 ms, crash: \"counts[0]\"}]\n";

/* Stopped, and started again with another parallelism. */
static const char resumed[] =
    "name: resumed\n" JOB("50") "timeline: [{at: 150 ms, stop-with-savepoint: a},\n"
                                "           {at: 300 ms, restart-from: a, parallelism: 2}]\n";

/* The same with four instead of two, and what names a subtask that only the second job has. */
static const char later[] =
    "name: later\nconfig: {parallelism.default: 2, execution.checkpointing.interval: 100 ms, "
    "execution.buffer-timeout.interval: 2 ms}\n"
    "operators:\n"
    "  - {uid: src, type: sequence, count: 4000, keys: 50, rate: 4000/s}\n"
    "  - {uid: counts, type: count, input: src, ship: hash}\n"
    "  - {uid: out, type: collect, input: counts}\n"
    "timeline:\n"
    "  - {at: 430 ms, stop-with-savepoint: a}\n"
    "  - {at: 600 ms, restart-from: a, parallelism: {counts: 4}}\n"
    "  - {at: 0 ms, pause: {subtask: \"counts[1]\", for: 1 ms}}\n"
    "variants:\n";

#define LATER(name, entry)                                                                         \
    "  " name ":\n    timeline:\n      - {at: 430 ms, stop-with-savepoint: a}\n"                   \
    "      - {at: 600 ms, restart-from: a, parallelism: {counts: 4}}\n      - " entry "\n"
static const char later_variants[] = LATER("crash", "{at: 800 ms, crash: \"counts[3]\"}")
    LATER("when", "{when: \"after snapshot of checkpoint 7 at counts[3]\", crash: \"counts[3]\"}")
        LATER("link", "{at: 800 ms, pause: {from: \"src[0]\", to: \"counts[3]\", for: 5 ms}}")
            LATER("early", "{at: 100 ms, crash: \"counts[3]\"}")
                LATER("never", "{at: 800 ms, crash: \"counts[4]\"}")
                    LATER("again", "{at: 700 ms, savepoint: b}\n"
                                   "      - {when: \"subtask counts[3] restored checkpoint any\", "
                                   "delay: 250 ms, restart-from: b, parallelism: {counts: 2}}");

/* Years between two records: more than all of time after a few. */
static const char years[] =
    "operators:\n"
    "  - {uid: src, type: sequence, count: 100, rate: 1000/s, timestamp-step: 10000 d, keys: 3,\n"
    "     disorder: 10000 d, watermarks: bounded-out-of-orderness, out-of-orderness: 10000 d}\n"
    "  - {uid: sums, type: window, kind: tumbling, size: 10000 d, allowed-lateness: 10000 d,\n"
    "     aggregate: count, input: src, ship: hash}\n"
    "  - {uid: out, type: collect, input: sums}\n";

/* The job has finished, and leaves nothing to start from. */
static const char nothing_left[] =
    "name: left\n" JOB("50") "variants:\n  fine: {}\n"
                             "  gone: {timeline: [{at: 5 s, restart-from: latest-checkpoint}]}\n"
                             "  slow: {model: {storage.latency: 40 ms}}\n";

/* Whether there is a savepoint to start from depends on the seed. */
static const char some[] =
    "name: some\n" JOB("50") "timeline:\n"
                             "  - {at: 200 ms, probability: 0.5, savepoint: s, optional: true}\n"
                             "  - {at: 5 s, restart-from: s}\n"
                             "expect: {duplicated: '>= 0'}\n";

static const char figures[] = "name: figures\n" JOB("50") "variants: {one: {}, figures: {}}\n";

/* Each savepoint has a transaction of each subtask. */
static const char staged[] =
    "config: {parallelism.default: 2, execution.checkpointing.interval: 1 h}\n"
    "operators:\n"
    "  - {uid: events, type: sequence, count: 600, keys: 7, rate: 1000/s}\n"
    "  - {uid: out, type: file-sink, path: out, input: events, delivery: exactly-once}\n"
    "timeline:\n"
    "  - {at: 200 ms, savepoint: ./a}\n"
    "  - {at: 400 ms, savepoint: ./b}\n"
    "expect: {pending: '>= 0'}\n";

static const char asking[] =
    "name: asking\nask: |\n  Will it\n  work?\nanswer: It will.\n" JOB("50");

static const char tabled[] =
    "name: tabled\nanswer: |\n  One\n  line:\n    a   b\n  end.\n" JOB("50");

#define RUNS "cmp/one/seed-1 cmp/one/seed-2 cmp/two/seed-1 cmp/two/seed-2"

static const struct cli_row rows[] = {
    {"a run", "$S run small.yaml --out run", 0, "small", NULL},
    {"a comparison of jobs that start again", "$S compare resumed.yaml --out from-a", 0,
     "Of a job that starts again, checkpoints, restarts and durations are those of", NULL},
    {"others need no such words", "$S compare figures.yaml --out no-words | grep -c 'starts again'",
     1, "0", NULL},
    {"a run of a comparison that cannot go on is named",
     "$S compare left.yaml --out left 2>&1 >printed", 2,
     "gone, virtual, seed 1: there is no latest-checkpoint to restart from", ""},
    {"it has its row, those before and behind it theirs",
     "grep -A 2 '^  fine .* yes$' printed | tr -s '\n ' ' ' && "
     "ls left/slow/summary.json left/figures/compare.png >&2",
     0, " fine 0 0 0 0 0 0 6 (0) 6.83 ms 0 yes gone - - - - - - - - - ERROR slow ", NULL},
    {"and what is in its way stands below", "sed -n '/^Could not go on/,$p' printed", 0,
     "Could not go on: gone, virtual, seed 1:\n  there is no latest-checkpoint to restart from",
     ""},
    {"its own tables are those of the others", "grep -c 'gone' printed", 0, "2\n", ""},
    {"the figure shows the others",
     "grep -o 'fine (virt\\|gone (virt\\|slow (virt' left/figures/compare.gp | tr '\n' ' '", 0,
     "fine (virt slow (virt ", ""},
    {"drawn from their folders it is there, and is not judged",
     "$S plot left --figure compare >&2 && "
     "grep -o 'fine (virt\\|gone (virt\\|the run could not go on\\|no record lost or twice' "
     "left/figures/compare.gp | sort | uniq -c | tr -s ' \n' ' ' && "
     "$S plot left --figure compare --format terminal | grep -A 1 'gone (virt'",
     0,
     " 1 fine (virt 1 gone (virt 2 no record lost or twice 1 the run could not go on "
     "  3 gone (virtual, seed 1)\n    could not go on\n",
     NULL},
    {"as JSON it is in a list of its own",
     "$S compare left.yaml --out left --overwrite --json --quiet 2>log >printed; echo $?; "
     "cmp printed left/compare.json; grep '\"variant\": \\|\"error' printed",
     0,
     "2\n"
     "      \"variant\": \"fine\",\n"
     "      \"variant\": \"slow\",\n"
     "  \"errors\": [\n"
     "      \"variant\": \"gone\",\n"
     "      \"error\": \"there is no latest-checkpoint to restart from",
     ""},
    {"with several seeds some may go on",
     "$S compare some.yaml --out some --seeds 6 --quiet 2>log | grep 'of 6' | tr -s ' '", 0,
     " 3 of 6, 3 ERRORS\n", ""},
    {"a comparison of which nothing is left",
     "$S compare left.yaml --out left --overwrite --variants gone 2>log >printed; echo $?; "
     "grep -o 'ERROR$\\|^Could not\\|^Measures' printed; ls left",
     0, "2\nERROR\nCould not\ncompare.json\ngone\n", ""},
    {"what one run cannot write the next ones do not begin",
     "ulimit -f 1; $S compare crashed.yaml --out disk --seeds 3 --trace records --quiet", 4, NULL,
     "snapsim: 2 of 3 runs have not begun\n"},
    {"and say once why",
     "(ulimit -f 1; $S compare crashed.yaml --out disk --overwrite --seeds 3 --trace records "
     "2>&1 | grep -c 'cannot write')",
     0, "1\n", NULL},
    {"a crash of a subtask that there is only after a restart",
     "$S run later.yaml --variant crash --out later-1 && grep -c action_fired later-1/trace.jsonl",
     0, "As expected", ""},
    {"the same when it takes a step", "$S run later.yaml --variant when --out later-2", 0,
     "As expected", ""},
    {"and of a channel to it", "$S run later.yaml --variant link --out later-3", 0, "As expected",
     ""},
    {"that is not there yet", "$S run later.yaml --variant early --out later-4", 1,
     "crash counts[3] at 100 ms never took effect", ""},
    {"that no execution has", "$S run later.yaml --variant never --out later-5", 2, "",
     "\"counts\" has subtasks 0 to 1, there is no counts[4]"},
    {"a restart when a subtask of a later job is there",
     "$S run later.yaml --variant again --out later-6 | "
     "grep -c 'then started again\\|^As expected'",
     0, "3\n", ""},
    {"a subtask that begins with nothing",
     "sed 's/{at: 275 ms/{when: \"subtask counts[0] restored checkpoint -1\", delay: 275 ms/' "
     "crashed.yaml >began.yaml && $S run began.yaml --out began | grep 'restarts: \\|^As expected'",
     0, "Failures: 1, restarts: 1\nAs expected", ""},
    {"event time goes far beyond a run", "$S run years.yaml --out years", 0, "As expected", ""},
    {"a run leaves its files", "ls run/trace.jsonl run/summary.json run/state/counts.tsv run/out",
     0, NULL, NULL},
    {"into a directory that is not empty", "$S run small.yaml --out run", 2, "",
     "run is not empty; give --overwrite"},
    {"over an earlier run", "touch run/old && $S run small.yaml --out run --overwrite --quiet", 0,
     "Verdict", ""},
    {"nothing of the earlier run is left", "test ! -e run/old", 0, NULL, NULL},
    {"over something else",
     "mkdir mine && touch mine/letter && "
     "$S run small.yaml --out mine --overwrite",
     2, "", "mine is not empty and does not look like the output of a run"},
    {"something else is still there", "test -e mine/letter", 0, NULL, NULL},
    {"into a file", "$S run small.yaml --out small.yaml", 4, "", "small.yaml"},
    {"below a file", "$S run small.yaml --out small.yaml/run", 4, "",
     "cannot make the directory small.yaml/run"},
    {"as JSON", "$S run small.yaml --out json --json", 0, "\"job_status\": \"FINISHED\"", ""},
    {"JSON is what the file has",
     "$S run small.yaml --out json --overwrite --json >printed && "
     "cmp printed json/summary.json",
     0, "", ""},
    {"a job that is started again has one axis of time",
     "$S run resumed.yaml --out resumed --quiet >&2 && $S plot resumed --format png >&2 && "
     "grep -o 'resumed from savepoint 3' resumed/figures/timeline.gp && "
     "grep -c 'Source: events.*\t0.000000\t' resumed/flow.tsv",
     0, "resumed from savepoint 3\n1\n", NULL},
    {"a story that goes on in another execution",
     "$S run resumed.yaml --out retold --trace records --quiet >&2 && "
     "$S story retold --key 5 | grep 'starts again'",
     0, "The job starts again (execution 2)\n", NULL},
    {"and its checkpoints", "$S explain retold | grep -o 'Of execution 2'", 0, "Of execution 2\n",
     ""},
    {"a limit on the size of files", "ulimit -f 1 && $S run small.yaml --out limit --trace records",
     4, "", "File too large"},
    {"and on that of figures",
     "$S run small.yaml --out limited --quiet && (ulimit -f 8 && $S plot limited --figure "
     "timeline)",
     4, NULL, "cannot write limited/figures/timeline.png: gnuplot left it unfinished"},
    {"a sketch is whole or not there",
     "(ulimit -f 1 && $S plot limited --figure timeline --format terminal)", 4, "",
     "cannot write what gnuplot is to draw: File too large"},
    {"what is to happen and what is expected",
     "sed '$a timeline: [{at: 1 h, crash: \"events[0]\", optional: true}, {every: 1 s, times: 3, "
     "probability: 0.2, crash: \"events[0]\", optional: true}, "
     "{when: checkpoint 2 completed, delay: 10 ms, crash: \"out[0]\"}]' small.yaml | "
     "sed '$a expect: {job: FINISHED, duplicated: \"> 0\", counts: {lost: 0}, restarts: 1, "
     "oracles: cut}' | sed '/^variants/d' >planned.yaml && COLUMNS=100 $S info planned.yaml | sed "
     "-n "
     "'/^Timeline/,$p'",
     0,
     "Timeline:\n"
     "  crash events[0] at 1 h (optional)\n"
     "  crash events[0], every 1.00 s, at most 3 times, with a chance of 0.2 (optional)\n"
     "  crash out[0] when checkpoint 2 completed, 10.0 ms later\n"
     "\n"
     "Expected:\n"
     "  job FINISHED, duplicated > 0, lost = 0 in counts, restarts = 1, oracle cut objects; all "
     "other\n  counters 0, pending apart\n",
     ""},
    {"a question does not tell the answer", "$S info asking.yaml | grep -c Expected", 1, "0\n", ""},
    {"a reader that has gone hears no more",
     "{ sleep 0.2; $S help keys 2>heard; echo $? >code; } | : && cat code && test ! -s heard", 0,
     "141", ""},
    {"without a trace",
     "$S run small.yaml --out none --trace off --quiet && "
     "test ! -e none/trace.jsonl",
     0, NULL, ""},
    {"an action that never fires", "$S run unfired.yaml --out unfired", 1,
     "Why not as expected:\n  crash counts[0] at 1 h never took effect: the run had ended at 0.",
     ""},
    {"an action that never fires, without the report",
     "$S run unfired.yaml --out unfired --overwrite --quiet", 1, NULL,
     "snapsim: not as expected: crash counts[0] at 1 h never took effect: the run had ended at 0."},
    {"an action that waits for a checkpoint that never comes",
     "sed 's/at: 1 h/when: checkpoint 99 completed/' unfired.yaml >unseen.yaml && "
     "$S run unseen.yaml --out unseen",
     1, "crash counts[0] when checkpoint 99 completed never took effect: the last checkpoint was ",
     ""},
    {"an action on a checkpoint that never comes",
     "sed 's/at: 1 h.*/decline: {checkpoint: 77, subtask: \"counts[0]\"}}]/' unfired.yaml "
     ">undeclined.yaml && $S run undeclined.yaml --out undeclined",
     1, "decline checkpoint 77 by counts[0] never took effect: the last checkpoint was ", ""},
    {"an optional action that never fires",
     "sed 's/at: 1 h/at: 1 h, optional: true/' unfired.yaml >missed.yaml && "
     "$S run missed.yaml --out missed",
     0, "Never took effect (optional):\n  crash counts[0] at 1 h: the run had ended at 0.", ""},
    {"what was expected and is not", "$S run unmet.yaml --out unmet", 1,
     "Why not as expected:\n  expected job FAILED, it is FINISHED\n"
     "  expected lost = 5 in all, found 0\n  expected duplicated > 7 in out, found 0\n"
     "NOT as expected.",
     ""},
    {"the reasons without the report", "$S run unmet.yaml --out unmet --overwrite --quiet", 1,
     "Verdict",
     "snapsim: not as expected: expected job FAILED, it is FINISHED; expected lost = 5 in all, "
     "found 0; expected duplicated > 7 in out, found 0\n"},
    {"the reasons in the summary",
     "grep -A 2 '\"reasons\": \\[' unmet/summary.json | tr -s ' \\n' ' '", 0,
     "\"reasons\": [ \"expected job FAILED, it is FINISHED\",", ""},
    {"the same in a comparison", "$S compare unmet.yaml --out unmets", 1,
     "Why not as expected: (as written), virtual, seed 1:\n"
     "  expected job FAILED, it is FINISHED\n",
     ""},
    {"variants beside each other", "$S compare beside.yaml --out beside --quiet", 1,
     "Why not as expected: quick, virtual, seed 1:\n"
     "  expected checkpoints.end-to-end > 2 x slow (",
     NULL},
    {"another cause than expected", "$S run beside.yaml --variant held --out held --quiet", 1, NULL,
     "expected the slowest checkpoint to be slow for \"queues\", found \"storage\"\n"},
    {"what a comparison finds is in the summaries too",
     "grep -h expectation_met beside/*/summary.json | tr -d ' \n'", 0,
     "\"expectation_met\":false,\"expectation_met\":false,\"expectation_met\":true,", ""},
    {"a run alone has nothing beside it", "$S run beside.yaml --variant quick --out alone", 0,
     "As expected", ""},
    {"what is asked stands before the result, the answer behind it",
     "$S run asking.yaml --out asking | sed -n '1,2p;$p'", 0,
     "Before you look: what do you think?\n  Will it work?\n  It will.\n", ""},
    {"the same in a comparison, without lines that vary",
     "$S compare asking.yaml --out askings >asked; sed -n '1,2p;/^The answer/,/^$/p' asked", 0,
     "Before you look: what do you think?\n  Will it work?\nThe answer\n  It will.\n\n", NULL},
    {"before the answer stands what the expectation is about, behind it the rest",
     "sed 's/^ask:/expect: {latency: \"> 0 ms\"}\\n&/' asking.yaml >about.yaml; "
     "$S compare about.yaml --out about | grep -o '^\\(The\\|Each\\|Checkp\\|Closed\\|Meas\\)'; "
     "grep -o '^\\(The\\|Each\\|Checkp\\|Closed\\|Meas\\)' asked",
     0, "Meas\nThe\nEach\nCheckp\nClosed\nThe\nEach\nCheckp\nClosed\nMeas\n", NULL},
    {"and a blank line before what went wrong",
     "$S compare left.yaml --out blank 2>log | grep -B 1 '^Could not' | head -n 1", 0, "\n", ""},
    {"what transactions differ in is not cut off",
     "$S run staged.yaml --out staged --quiet >log 2>&1; COLUMNS=80 $S diff --keys 4 "
     "staged/a/* staged/b/* >differs; sed -n '/^State \"committables/,/^ *(in/p' differs | "
     "sed '$d'; sed -n '/^ *(in all/,/^$/p;/^Files/p' differs | tr -s '\n ' ' ' | "
     "sed \"s,$PWD,/d,g\"",
     0,
     "State \"committables\" of out\n"
     "  Is   Element\n"
     "  ---  -----------------------------------------------------------\n"
     "  new  {\"path\":\"part-0-0-2\",\"subtask\":0,\"temporary\":\".part-0-0-2\"}\n"
     "  new  {\"path\":\"part-1-0-1\",\"subtask\":1,\"temporary\":\".part-1-0-1\"}\n"
     " (in all: \"bucket\": \"/d/staged/out\", \"checkpoint\": 3, \"path\" in /d/staged/out/, "
     "\"phase\": \"pending\", \"records\": 100, \"temporary\" in /d/staged/out/) Files: none, all "
     "state is in _metadata ",
     ""},
    {"headings fit a narrow terminal",
     "COLUMNS=60 $S compare small.yaml --out narrower --seeds 2 | awk 'length > 60' | wc -l", 0,
     "0\n", NULL},
    {"rows of a table in an answer stay rows", "$S run tabled.yaml --out tabled | tail -n 3", 0,
     "  One line:\n    a   b\n  end.\n", ""},
    {"a job that asks", "$S info asking.yaml | head -n 2", 0,
     "Before you look: what do you think?\n  Will it work?\n", ""},
    {"nobody is asked who wants it short",
     "$S run asking.yaml --out asking --overwrite --quiet | grep -c 'Will it'", 1, "0", ""},
    {"an optional one", "$S run optional.yaml --out optional", 0, NULL, ""},
    {"what flowed", "wc -l <run/flow.tsv && cut -f 2 run/flow.tsv | sort -u | tr '\\n' ' '", 0,
     "Source: events counts -> out: Writer name", ""},
    {"measures leave the warm-up out",
     "$S run small.yaml --out warm --warm-up 200ms --json | grep -A 2 '\"measures\"'", 0,
     "\"warm_up_ms\": 200.0,\n    \"throughput_per_s\": 97.5", ""},
    {"a warm-up that is none", "$S run small.yaml --out warmer --warm-up soon", 2, "",
     "--warm-up needs a duration such as \"500 ms\", found \"soon\""},
    {"a variant that has the name of a folder of ours", "$S compare figures.yaml --out figures", 2,
     "", "the variant \"figures\" has the name of what a comparison writes itself"},
    {"no line of a comparison is wider than the screen",
     "COLUMNS=80 $S compare beside.yaml --out narrow | awk 'length > 80 { n++; print }"
     " END { print \"wide lines: \" n + 0 }'",
     0, "wide lines: 0", NULL},
    {"seeds", "$S compare small.yaml --out cmp --seeds 2", 0, NULL,
     "run 4 of 4: two, virtual, seed 2"},
    {"a folder a variant and seed", "for r in " RUNS "; do cat $r/summary.json || exit 1; done", 0,
     "\"seed\": 2", ""},
    {"no seeds", "$S compare small.yaml --out other --seeds 0", 2, "", "--seeds needs a number"},
    {"no runtime in the list", "$S compare small.yaml --out other --runtime ''", 2, "",
     "--runtime has an empty name in its list"},
    {"no variant in the list", "$S compare small.yaml --out other --variants ''", 2, "",
     "--variants has an empty name in its list"},
    {"a variant left out", "$S compare small.yaml --out other --variants one,,two", 2, "",
     "--variants has an empty name in its list"},
    {"a comma at the end", "$S compare small.yaml --out other --variants one,", 2, "",
     "--variants has an empty name in its list"},
    {"a refused comparison leaves nothing", "test ! -e other", 0, "", ""},
    {"the figure of a comparison is the same from its files",
     "$S compare small.yaml --out again --quiet >&2 && cp again/figures/compare.gp gp && "
     "$S plot again >&2 && cmp gp again/figures/compare.gp && grep -c 'in flight' gp",
     0, "2", NULL},
    {"help says what is in it", "$S help compare | tr -s '\\n ' ' '", 0,
     "below that all subtasks of the longest checkpoint, and their medians if a variant", NULL},
    {"figures of nested runs", "$S plot cmp --format svg | head -n 2", 0, "cmp/figures\ncmp/", ""},
    {"each folder of figures is told",
     "$S plot cmp --format svg | while read -r at; do ls $at/*.svg; "
     "done >seen; find cmp -name '*.svg' | grep -c . >drawn; grep -c . seen | diff - drawn",
     0, NULL, ""},
    {"and no other", "$S plot cmp --format svg --figure flow | grep -c '^cmp/figures'", 1, "0\n",
     ""},
    {"one of the comparison, three of each run",
     "cat cmp/figures/compare.svg >svg && "
     "for r in " RUNS "; do cat $r/figures/timeline.svg $r/figures/checkpoints.svg "
     "$r/figures/flow.svg >>svg || exit 1; "
     "done; grep -c '</svg>' svg",
     0, "13", ""},
    {"a run with records", "$S run crashed.yaml --out told --trace records --quiet", 0, NULL, ""},
    {"a record that was sent again", "$S story told --record events:0:25", 0,
     "Conclusion\n"
     "  events: sent twice\n"
     "  counts: processed twice, affected the state once\n"
     "  out: processed twice, visible once\n",
     ""},
    {"the sink before and after", "$S story told --record events:0:25 | grep -A 1 'restart\\|end$'",
     0,
     "subtasks restart from checkpoint 3\n"
     "               a reader of out sees nothing of it\n--\n  In the end\n"
     "               a reader of out sees it once (latest first): ",
     ""},
    {"a record that a checkpoint had", "$S story told --record events:0:3", 0,
     "events[0] is back at checkpoint 3: it is in there\n", ""},
    {"what is seen twice is judged in a job that fails in a restore",
     "sed 's/expect: .*/expect: {lost: \">= 0\", job: FAILED}/' hidden.yaml >known.yaml && "
     "$S run known.yaml --out known --quiet",
     1, NULL, "duplicated must be 0 in pl, found "},
    {"a run that is cut off in a restore judges what is seen",
     "sed 's/^config/until: 373 ms\\nconfig/; s/expect: .*/expect: {pl: {lost: 0, duplicated: "
     "0}}/' "
     "hidden.yaml >halved.yaml && $S run halved.yaml --out halved | grep -A 2 'Cannot judge "
     "all\\|^Expected'",
     0, "  Cannot judge all of pl, tp: the run ended while subtasks were being restored.\n", ""},
    {"and says what it was asked and cannot know",
     "$S run halved.yaml --out halved --overwrite --quiet", 0, NULL,
     "snapsim: note: expected, but cannot be judged: lost = 0 in pl\n"},
    {"also as JSON", "grep -A 1 '\"unchecked\"' halved/summary.json | tr -s '\\n ' ' '", 0,
     "\"unchecked\": [ \"lost = 0 in pl\"", ""},
    {"a sum over all is not known if a sink is not", "$S run windowed.yaml --out windowed --quiet",
     0, NULL, "snapsim: note: expected, but cannot be judged: duplicated > 3 in all\n"},
    {"a story of a trace that is cut off says so",
     "cp -r told halfread && head -c $(($(wc -c <told/trace.jsonl) / 2)) told/trace.jsonl "
     ">halfread/trace.jsonl && $S story halfread --record events:0:3 | "
     "grep -o 'Where the trace is cut off\\|middle of a line'",
     0, "Where the trace is cut off\nmiddle of a line\n", ""},
    {"and so does its replay", "$S replay halfread </dev/null >/dev/null", 0, "",
     "halfread/trace.jsonl ends in the middle of a line: the run was stopped, or is still going "
     "on\n"},
    {"and so does what a checkpoint saved",
     "$S story halfread --captured 1 | tr -s '\n ' ' ' | grep -o 'The trace ends in .*known'", 0,
     "The trace ends in the middle of a line: the run was stopped, or is still going on. What came "
     "later is not known\n",
     ""},
    {"a byte order mark",
     "printf '\\357\\273\\277' | cat - small.yaml >marked.yaml && "
     "$S info marked.yaml | grep -c 'Job \"small\"'",
     0, "1\n", ""},
    {"the example of help can be used",
     "{ sed 's/config: {/&parallelism.default: 2, /' small.yaml && echo 'timeline:' && "
     "$S help events | grep -e '- {when'; } >helped.yaml && "
     "$S run helped.yaml --out helped --quiet",
     0, NULL, ""},
    {"a sink that a restart removes stays in the verdict",
     "$S run removed.yaml --out removed --quiet 2>&1 | tr -s ' ' | grep '^ tp sink\\|^snapsim: "
     "not'",
     0,
     " tp sink 0 0 0 - 158 28 1377 1203\n"
     "snapsim: not as expected: uncommitted must be 0 in tp",
     ""},
    {"and may be expected by its name",
     "sed '$a expect: {tp.uncommitted: 158}' removed.yaml >named.yaml && "
     "$S run named.yaml --out named --quiet >&2 && "
     "grep -c '\"removed\": true' named/summary.json",
     0, "1\n", "note: savepoint \"a\" has state of operator "},
    {"what a restart drops stands in the report",
     "COLUMNS=200 $S run named.yaml --out named --overwrite 2>notes | "
     "grep -A 2 'then started again' && "
     "grep -c '\"dropped_behind\": \"savepoint' named/summary.json",
     0,
     " s, then started again from savepoint 5.\nNote: savepoint \"a\" has state of operator "
     "786cc390",
     ""},
    {"attempts have the numbers that a replay shows",
     "$S story told --record events:0:25 | grep -o 'attempt [0-9]*' | sort -u | tr '\\n' ' '", 0,
     "attempt 0 attempt 1 ", ""},
    {"links that an action names",
     "sed '$a timeline: [{at: 1 h, pause: {from: \"events[0]\", to: \"counts[0]\", for: 1 s}, "
     "optional: true}, {at: 2 h, speed: {from: \"events[0]\", factor: 2, for: 1 s}, "
     "optional: true}]' small.yaml | sed '/^variants/d' >links.yaml && "
     "$S run links.yaml --out links | grep -A 2 'Never' | sed 's/: the run had .*//'",
     0,
     "  pause from events[0] to counts[0] at 1 h\n"
     "  speed from events[0] at 2 h\n",
     ""},
    {"a record that reached no sink",
     "sed 's/path: out/path: out, cost: 10 s/; s/^config: {/until: 1 s\\nconfig: {/' small.yaml "
     ">unread.yaml && $S run unread.yaml --out unread --trace records --quiet; "
     "$S story unread --record events:0:30 | grep -A 1 'In the end'",
     0, "a reader of out sees nothing of it\n", ""},
    {"all records of a key", "$S story told --key 5", 0, "The key 5 in crashed (virtual, seed 1)",
     ""},
    {"a key that is none", "$S story told --key five", 2, "",
     "has no record with the key five; keys are "},
    {"a record that is none", "$S story told --record events:0:5000", 2, "",
     "has no record events:0:5000"},
    {"a source that is none", "$S story told --record event:0:5", 2, "",
     "a record is called SOURCE:SPLIT:OFFSET"},
    {"a story of nobody", "$S story told", 2, "", "whose story?"},
    {"a story of two", "$S story told --key 5 --record events:0:3", 2, "", "--record"},
    {"a trace that does not tell of records", "$S story run --record events:0:3", 2, "",
     "the trace in run has the level \"checkpoints\" and does not tell of single records; run the "
     "scenario again with --trace records"},
    {"replay, a failure", "printf 'f\\nq\\n' | $S replay told", 0,
     "counts[0]: task status, attempt 0, status FAILED, cause crash\n", ""},
    {"replay, a failure that there is not",
     "printf 'g 99 s\\nb 9\\nf\\nc\\nn\\n' | $S replay told >walk && grep 'There is no' walk && "
     "grep ' event ' walk | uniq -c | grep -c '^ *3 '",
     0, "There is no failure behind this:\nThere is no event of a checkpoint behind this:\n1\n",
     ""},
    {"replay, a long event",
     "printf 'g 99 s\\nb\\nb\\nb\\n' | $S replay told | grep -A 1 'task totals' | tail -1 | "
     "cut -c 1-17",
     0, "    backpressured\n", ""},
    {"replay, an instant without a unit", "$S replay told --from 190 </dev/null", 0, NULL,
     "note: --from: 190 has no unit: it counts as 190 ms"},
    {"a warm-up without a unit",
     "$S run small.yaml --out unitless --quiet --warm-up 5 >/dev/null && "
     "$S run small.yaml --out unitless --overwrite --quiet --warm-up '5 ms' | grep -c note",
     1, "0\n", "snapsim: note: --warm-up: 5 has no unit: it counts as 5 ms\n"},
    {"a start that is refused leaves a report of what ran",
     "printf 'timeline: [{when: checkpoint 2 completed, savepoint: a},\n  {when: checkpoint 2 "
     "completed, delay: 1 ns, restart-from: a}]\n' | cat small.yaml - | sed '/^variants/d' "
     ">refused.yaml; $S run refused.yaml --out refused >printed; code=$?; "
     "grep -A 1 '^Why\\|^NOT' printed | cut -c 1-62; ls refused/summary.json refused/flow.tsv; "
     "exit $code",
     2,
     "Why not as expected:\n"
     "  the run could not go on: savepoint \"a\" was not complete at 0\n"
     "--\nNOT as expected. Job CANCELED after 0.109 s.\n",
     "snapsim: savepoint \"a\" was not complete at "},
    {"its reason fits the terminal",
     "COLUMNS=80 $S run refused.yaml --out refused --overwrite 2>/dev/null >printed; "
     "sed -n '/^Why/,/^NOT/p' printed | awk 'length($0) > 80' | wc -l; "
     "grep -A 2 '^Why' printed | tail -n 1 | cut -c 1-7 | tr ' ' .",
     0, "0\n......", ""},
    {"in short its reason is told once",
     "$S run refused.yaml --out refused --overwrite --quiet 2>&1 >/dev/null | "
     "grep -c 'was not complete'",
     0, "1\n", ""},
    {"files that cannot be written are told, too",
     "ulimit -f 1 && $S run refused.yaml --out refused --overwrite --quiet", 4, "",
     "File too large"},
    {"an optional start beside another one",
     "sed '/^timeline/,$d' refused.yaml >second.yaml; printf 'timeline: [{at: 50 ms, savepoint: a},"
     " {at: 100 ms, restart-from: a},\n  {at: 100100 us, restart-from: a, optional: true}]\n' "
     ">>second.yaml; $S run second.yaml --out second | grep -A 1 '^Never' | tail -1",
     0,
     "  restart-from a at 100100 us: there was nothing to start from, or another start was under "
     "way\n",
     ""},
    {"replay, there and back",
     "printf 'n 5\\nb 5\\n' | $S replay told >walk && head -n 1 walk && "
     "grep ' event ' walk | sort | uniq -c | sort -rn | head -n 1 | tr -s ' '",
     0, "2 0.000000000 s event 1 of", ""},
    {"replay, an instant", "printf 'c\\n' | $S replay told --from 0.19s", 0,
     "jobmanager: checkpoint triggered, checkpoint 3, ", ""},
    {"replay, two inputs",
     "printf 'name: two\noperators:\n  - {uid: l, type: list, records: [[1, 1]]}\n"
     "  - {uid: r, type: list, records: [[1, 2]]}\n"
     "  - {uid: both, type: join, inputs: [{uid: l, ship: hash}, {uid: r, ship: hash}]}\n"
     "  - {uid: out, type: discard, input: both}\n' >two.yaml && $S run two.yaml --out two "
     "--quiet; "
     "$S replay two </dev/null",
     0, "     v  hash from l, hash from r\n", ""},
    {"replay, an instant without an event", "$S replay told --from 0.19s </dev/null | head -n 1", 0,
     ", the last up to 0.19 s   job", ""},
    {"replay, single events", "printf 'n 3\\n' | $S replay told --step --from 0.1s", 0, NULL, ""},
    {"replay, no instant", "$S replay told --from soon </dev/null", 2, "",
     "--from needs an instant such as \"1.2 s\", found \"soon\""},
    {"replay, words are commands too",
     "printf 'next 5\\nprevious 2\\np 3\\nexit\\nn\\n' | $S replay told >walk && head -n 1 walk && "
     "grep -c ' event ' walk",
     0, "4", ""},
    {"replay, help", "printf 'help\\n' | $S replay told | tail -n 1", 0, "b or p [N] back", ""},
    {"replay, no number", "echo 'n two' | $S replay told", 0, NULL, "\"n two\" is no command"},
    {"replay, a word that begins like a command", "echo nope | $S replay told", 0, NULL,
     "\"nope\" is no command"},
    {"replay, no command", "echo jump | $S replay told", 0, NULL, "\"jump\" is no command"},
    {"replay of nothing", "$S replay mine </dev/null", 2, "", "mine holds no run"},
    {"replay of a trace", "$S replay told/trace.jsonl </dev/null", 2, "",
     "told/trace.jsonl is a file; give the folder it lies in: told\n"},
    {"replay of a run without trace",
     "$S run small.yaml --out untraced --trace off --quiet && $S replay untraced </dev/null", 2,
     NULL, "the run in untraced wrote no trace"},
    {"an output directory that is a file", "$S run small.yaml --out small.yaml", 4, "",
     "cannot write to the directory small.yaml: Not a directory; give another with --out DIR"},
    {"an output directory below a file", "$S run small.yaml --out small.yaml/x", 4, "",
     "cannot make the directory small.yaml/x: Not a directory"},
    {"an output directory where none can be", "$S run small.yaml --out /proc/snapsim/x", 4, "",
     "cannot make the directory /proc/snapsim: No such file or directory"},
    {"the directory of the scenario is not emptied",
     "mkdir here && cd here && cp ../small.yaml . && $S run small.yaml --out one --quiet && "
     "! $S run small.yaml --out . --overwrite --quiet && test -e small.yaml",
     0, NULL, "does not look like the output of a run"},
    {"the directory one is in is not emptied",
     "cd told && $S run ../small.yaml --out . --overwrite", 2, "", "is the directory you are in"},
    {"a full disk leaves no summary",
     "ulimit -f 1 && $S run crashed.yaml --out full --trace records --quiet; "
     "test $? = 4 && ! test -e full/summary.json && ! test -e full/.summary.json.part",
     0, NULL, "cannot write full/trace.jsonl: File too large"},
    {"names that would be no folder, a hidden one or an option",
     "mkdir titled && cd titled && for n in . .. .hidden -x a/b 'a '; do "
     "sed \"s,^name: small,name: '$n',\" ../small.yaml >s.yaml && $S run s.yaml --quiet >&2 || "
     "exit 1; done; ls -A out",
     0, "_\n__\n_hidden\n_x\na-\na-b\n", NULL},
    {"long names are cut, and no character of them",
     "cd titled && rm -r out && n=$(printf '\\346\\263\\250%.0s' $(seq 86)) && "
     "sed \"s/^name: small/name: x$n/\" ../small.yaml >s.yaml && $S run s.yaml --quiet >&2 && "
     "ls out | wc -c && ls out | iconv -f UTF-8 -t UTF-16 | wc -c",
     0, "254\n174\n", NULL},
    {"a file that has a command to the terminal for a name",
     "cd titled && sed '/^name/d' ../small.yaml >\"$(printf 'a\\033b').yaml\" && "
     "$S run a*b.yaml 2>&1 | LC_ALL=C grep '[[:cntrl:]]'; test $? = 1 && ls out | grep b",
     0, "a-x1bb\n", ""},
    {"what records hold is no command to a terminal, nor a line",
     "$S run nasty.yaml --trace records --out nasty --quiet >told-nasty && "
     "for w in '--record src:0:1' '--key be\\x07l' '--captured 2'; do $S story nasty $w; done "
     ">>told-nasty; LC_ALL=C grep -c '[[:cntrl:]]' told-nasty; grep -c '^v' told-nasty; "
     "grep -o 'sends.*' told-nasty",
     0, "0\n0\nsends it: tab\\x09k = nl\\x0av\nsends a record: be\\x07l = del\\x7f\n", ""},
    {"nor a key that is asked for",
     "$S story nasty --key \"$(printf 'be\\007l')\" | head -n 1; "
     "$S story nasty --key \"$(printf 'be\\033l')\" 2>&1 >&2 | cat -v | grep -c '\\^'",
     1, "The key be\\x07l in nasty (virtual, seed 1)\n0\n", ""},
    {"figures of nothing", "$S plot mine", 2, "", "mine holds no run"},
    {"figures of runs that have nothing to do with each other",
     "mkdir many && cp -r told many/a && cp -r again many/b && for i in c d e f; do "
     "cp -r told many/$i; done; $S plot many --format svg; c=$?; ls many; exit $c",
     2, "a\nb\nc\nd\ne\nf\n",
     "many is neither a run nor a comparison; give one that lies below it: many/a, many/b, "
     "many/c, many/d and 2 more\n"},
    {"figures of a folder around one run",
     "mkdir single && cp -r told single/x && $S plot single --format svg", 2, "",
     "single is neither a run nor a comparison; give one that lies below it: single/x\n"},
    {"figures of a comparison that did not get to its end",
     "cp -r again half && rm half/compare.json && $S plot half --format svg", 0, "half/figures\n",
     "snapsim: note: half has no compare.json; drawn are the 2 runs of one scenario below it: "
     "half/one, half/two\n"},
    {"and of which one run had not begun to write",
     "mkdir -p half/a half/later && : >half/a/trace.jsonl && echo '{}' >half/later/trace.jsonl && "
     "$S plot half --format svg",
     0, "half/figures\n", "snapsim: note: half/a is left out: the trace is empty\n"},
    {"or none", "mkdir -p none/a && : >none/a/trace.jsonl && $S plot none --format svg", 2, "",
     "none holds no run that can be read"},
    {"over a comparison that was cut off, folders within folders",
     "$S compare small.yaml --out broken --variants one --seeds 2 --runtime virtual,threads "
     "--quiet >&2 && rm -r broken/compare.json broken/figures && "
     "test -e broken/one/virtual/seed-1/summary.json && "
     "$S compare small.yaml --out broken --variants one --overwrite --quiet >&2 && ls broken",
     0, "compare.json\nfigures\none\n", NULL},
    {"not over folders of which one holds no run",
     "rm -r broken/compare.json broken/figures && mkdir -p broken/one/mine/letters && "
     "rm broken/one/*.* && "
     "$S compare small.yaml --out broken --overwrite",
     2, "", "broken is not empty and does not look like the output of a run"},
    {"CSV: a line a run", "$S compare small.yaml --out csv --csv --seeds 2 --quiet | wc -l", 0, "5",
     ""},
    {"CSV", "$S compare small.yaml --out csv --csv --overwrite --quiet", 0,
     "\"two\",virtual,1,FINISHED,", ""},
    {"CSV: a run that could not go on",
     "$S compare left.yaml --out csv --csv --overwrite --quiet 2>log | cut -d '\"' -f 2-4", 0,
     "gone\",virtual,1,,,,,,,,,false,,,,,,,,,,,\"there is no latest-checkpoint", ""},
    {"CSV: it has as many fields",
     "$S compare left.yaml --out csv --csv --overwrite --quiet 2>log | sed 's/\"there.*\",$/,/' | "
     "tr -dc ',\\n' | sort -u | wc -l",
     0, "1", ""},
    {"CSV: as many fields in each line",
     "$S compare small.yaml --out csv --csv --overwrite --quiet | tr -dc ',\\n' | sort -u | wc -l",
     0, "1", ""},
    {"a comparison as JSON",
     "$S compare small.yaml --out all --json --quiet >printed && "
     "cmp printed all/compare.json",
     0, "", ""},
    {"its numbers are the ones of the runs",
     "test \"$(grep elapsed_ms all/one/summary.json | tr -d ' ')\" = "
     "\"$(grep elapsed_ms all/compare.json | head -n 1 | tr -d ' ')\"",
     0, "", ""},
};

/* The snapshot of one subtask is damaged: each restart fails, and a sink shows what came again. */
static const char hidden[] =
    "config: {parallelism.default: 2, execution.checkpointing.interval: 100 ms,\n"
    "         execution.buffer-timeout.interval: 2 ms, restart-strategy.type: fixed-delay,\n"
    "         restart-strategy.fixed-delay.attempts: 9,\n"
    "         restart-strategy.fixed-delay.delay: 20 ms}\n"
    "operators:\n"
    "  - {uid: e, type: sequence, count: 4000, keys: 5, rate: 4000/s}\n"
    "  - {uid: c, type: count, input: e, ship: hash}\n"
    "  - {uid: pl, type: file-sink, input: c, path: p, delivery: none}\n"
    "  - {uid: tp, type: file-sink, input: c, path: t}\n"
    "timeline: [{at: 310 ms, corrupt: {checkpoint: latest, subtask: \"c[0]\"}},\n"
    "           {at: 350 ms, crash: \"c[1]\"}]\n"
    "expect: {lost: 0}\n";

#define REMOVED(sink, path)                                                                        \
    "  - {uid: e, type: sequence, count: 4000, keys: 15, rate: 4000/s}\n"                          \
    "  - {uid: c, type: count, input: e, ship: hash}\n"                                            \
    "  - {uid: " sink ", type: file-sink, input: c, path: " path ", chain: false}\n"

static const char removed[] =
    "config: {parallelism.default: 3, execution.checkpointing.interval: 100 ms,\n"
    "         execution.buffer-timeout.interval: 2 ms}\n"
    "operators:\n" REMOVED("tp", "t") "timeline:\n"
                                      "- at: 340 ms\n"
                                      "  cancel-with-savepoint: a\n"
                                      "- at: 500 ms\n"
                                      "  restart-from: a\n"
                                      "  allow-non-restored: true\n"
                                      "  operators:\n" REMOVED("tp2", "t2");

static int make_directory(void **state)
{
    struct snap_text text = {0};

    (void)state;
    if (!cli_folder_enter())
        return -1;
    cli_write_file("small.yaml", small);
    cli_write_file("endless.yaml", endless);
    cli_write_file("nasty.yaml", nasty);
    cli_write_file("unmet-late.yaml", unmet_late);
    cli_write_file("years.yaml", years);
    snap_text_printf(&text, "%s%s", later, later_variants);
    cli_write_file("later.yaml", text.data);
    snap_text_fini(&text);
    cli_write_file("at-once.yaml", at_once);
    cli_write_file("unheard.yaml", unheard);
    cli_write_file("unfired.yaml", unfired);
    cli_write_file("optional.yaml", optional);
    cli_write_file("unmet.yaml", unmet);
    cli_write_file("figures.yaml", figures);
    cli_write_file("resumed.yaml", resumed);
    cli_write_file("left.yaml", nothing_left);
    cli_write_file("some.yaml", some);
    cli_write_file("tabled.yaml", tabled);
    cli_write_file("asking.yaml", asking);
    cli_write_file("staged.yaml", staged);
    cli_write_file("crashed.yaml", crashed);
    cli_write_file("windowed.yaml", windowed);
    cli_write_file("hidden.yaml", hidden);
    cli_write_file("removed.yaml", removed);
    cli_write_file("beside.yaml", beside);
    return 0;
}

static void test_rows(void **state)
{
    (void)state;
    cli_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* How a program is interrupted. */
struct interruption {
    const char *verb;
    const char *scenario;
    const char *out;
    int signals[2]; /* one after the other; 0: none */
};

/* Starts the program and sends it the signals when it has made its first file in `out`, which is
 * after it has begun to listen. Returns its exit code. */
static int interrupt(const struct interruption *how)
{
    char event[sizeof(struct inotify_event) + 256];
    struct snap_text command = {0};
    int watch = inotify_init();
    pid_t child;
    int status;

    snap_text_printf(&command, "mkdir %s", how->out);
    assert_int_equal(system(command.data), 0);
    snap_text_fini(&command);
    assert_true(inotify_add_watch(watch, how->out, IN_CREATE) >= 0);
    child = fork();
    if (child == 0) {
        alarm(120); /* ends what does not listen */
        if (freopen("stdout", "w", stdout) && freopen("stderr", "w", stderr))
            execl(SNAP_PROGRAM, SNAP_PROGRAM, how->verb, how->scenario, "--out", how->out,
                  (char *)NULL);
        _exit(127);
    }
    assert_true(read(watch, event, sizeof(event)) > 0);
    close(watch);
    for (int i = 0; i < 2; i++)
        if (how->signals[i])
            kill(child, how->signals[i]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Each line of the trace is whole. Returns the number of lines. */
static uint32_t check_trace(const char *path)
{
    struct snap_text text = {0};
    uint32_t lines = 0;

    cli_read_file(path, &text);
    for (char *at = strtok(text.data, "\n"); at; at = strtok(NULL, "\n")) {
        json_t *line = json_loads(at, 0, NULL);

        assert_non_null(line);
        json_decref(line);
        lines++;
    }
    snap_text_fini(&text);
    return lines;
}

/* Whether the file has the text. */
static bool file_has(const char *path, const char *part)
{
    struct snap_text text = {0};
    bool has;

    cli_read_file(path, &text);
    has = strstr(snap_text_get(&text), part) != NULL;
    snap_text_fini(&text);
    return has;
}

/* What a run came to that nobody waited for cannot be as expected, nor not. */
static void check_interrupted(const char *trace, const char *summary, const char *message)
{
    assert_true(file_has("stderr", message));
    assert_true(check_trace(trace) > 10);
    assert_true(file_has(summary, "\"job_status\": \"RUNNING\""));
    assert_true(file_has(summary, "\"expectation_met\": null"));
    assert_true(file_has("stdout", "Interrupted: expectations were not judged"));
    assert_false(file_has("stdout", "s expected."));
    assert_false(file_has("stdout", "not as expected"));
}

static void test_interrupted_run(void **state)
{
    static const struct interruption ways[] = {
        {"run", "endless.yaml", "cut", {SIGINT}},
        {"run", "endless.yaml", "cut-term", {SIGTERM}},
        {"run", "endless.yaml", "cut-hup", {SIGHUP, SIGHUP}},
        {"run", "endless.yaml", "cut-both", {SIGHUP, SIGTERM}},
        {"run", "unmet-late.yaml", "cut-unmet", {SIGINT}},
    };
    char trace[64];
    char summary[64];

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        snprintf(trace, sizeof(trace), "%s/trace.jsonl", ways[i].out);
        snprintf(summary, sizeof(summary), "%s/summary.json", ways[i].out);
        assert_int_equal(interrupt(&ways[i]), 130);
        check_interrupted(trace, summary, "has the results until then and a trace of ");
    }
}

/* Who asks twice, in whatever way, does not want to wait. */
static void test_interrupted_twice(void **state)
{
    (void)state;
    assert_int_equal(
        interrupt(&(struct interruption){"run", "endless.yaml", "twice", {SIGINT, SIGTERM}}), -1);
    assert_false(file_has("stdout", "Interrupted"));
}

static void test_interrupted_where_nothing_is_due(void **state)
{
    (void)state;
    assert_int_equal(
        interrupt(&(struct interruption){"run", "at-once.yaml", "cut-at-once", {SIGINT}}), 130);
    assert_int_equal(
        interrupt(&(struct interruption){"run", "unheard.yaml", "cut-unheard", {SIGINT}}), 130);
}

static void test_interrupted_comparison(void **state)
{
    (void)state;
    assert_int_equal(
        interrupt(&(struct interruption){"compare", "endless.yaml", "cuts", {SIGHUP, SIGHUP}}),
        130);
    check_interrupted("cuts/as-written/trace.jsonl", "cuts/compare.json",
                      "interrupted after 1 of 1 run; what they wrote is in cuts\n");
}

/* Who started it so that it outlives the terminal gets the whole run. */
static void test_hangup_that_is_ignored(void **state)
{
    (void)state;
    signal(SIGHUP, SIG_IGN);
    assert_int_equal(interrupt(&(struct interruption){"run", "small.yaml", "unhung", {SIGHUP}}), 0);
    signal(SIGHUP, SIG_DFL);
    assert_true(file_has("stdout", "As expected. Job FINISHED"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_interrupted_run),
        cmocka_unit_test(test_interrupted_comparison),
        cmocka_unit_test(test_interrupted_twice),
        cmocka_unit_test(test_interrupted_where_nothing_is_due),
        cmocka_unit_test(test_hangup_that_is_ignored),
    };

    return cmocka_run_group_tests(tests, make_directory, cli_folder_leave);
}
