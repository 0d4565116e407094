// SPDX-License-Identifier: Apache-2.0
/* The program as a user runs it: exit codes, what stands on which output. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

static const char scenario[] =
    "name: small\nconfig: {parallelism.default: 2, yarn.queue: a}\noperators:\n"
    "  - {uid: events-src, type: sequence, count: 10}\n"
    "  - {uid: m, name: Map, type: map, input: events-src}\n"
    "  - {uid: count, type: count, input: m, ship: hash}\n"
    "  - {uid: slow-sink, type: discard, input: count}\n"
    "variants: {one: {}, bad: {config: {parallelism.default: 0}}}\n";

/* What an operator needs stands in the variants. */
static const char needy[] =
    "operators:\n  - {uid: events, type: sequence, count: 10}\n"
    "  - {uid: many, type: flat-map, input: events}\n  - {uid: out, type: discard, input: many}\n"
    "variants: {ten: {set: {many.fan-out: 10}}, two: {set: {many.fan-out: 2}}, none: {}}\n";

/* So do they here. */
static const char crowd[] =
    "operators:\n  - {uid: events, type: sequence, count: 10}\n"
    "  - {uid: many, type: flat-map, input: events}\n  - {uid: out, type: discard, input: many}\n"
    "variants: {a: &ten {set: {many.fan-out: 10}}, b: *ten, c: *ten, d: *ten, e: *ten, f: *ten,\n"
    "  g: *ten}\n";

struct row {
    const char *name;
    const char *arguments; /* of the shell, in the directory with small.yaml and good.yaml */
    int exit_code;
    const char *out; /* part of standard output; "" nothing at all */
    const char *err;
};

static const struct row rows[] = {
    {"no verb", "", 2, "", "snapsim help"},
    {"unknown verb", "inof", 2, "", "did you mean \"info\""},
    {"help", "help", 0, "info", ""},
    {"help, the other way", "--help", 0, "usage: snapsim VERB", ""},
    {"help of a verb", "help info", 0, "--json", ""},
    {"help of a verb, the other way", "info --help", 0, "--json", ""},
    {"help of a verb, the short way", "run -h", 0, "usage: snapsim run SCENARIO", ""},
    {"help of a verb behind its arguments", "run good.yaml --seed 1 --help", 0, "--variant", ""},
    {"no help behind the end of options", "info -- --help", 2, "", "cannot read the scenario"},
    {"nothing to compare", "diff out", 2, "", "two snapshots are compared, found 1"},
    {"a later verb of Flink's", "stop out", 2, "", "\"stop\" is not in this version"},
    {"no savepoint to dispose of", "savepoint -d out", 1, "", "out: there is no snapshot"},
    {"no snapshot to check", "restore-check good.yaml", 2, "", "which snapshot? -s SNAPSHOT"},
    {"no snapshot to start from", "run good.yaml -s out", 2, "", "/out: there is no snapshot: "},
    {"a claim mode that is none", "run good.yaml -s out --claimMode=MINE", 2, "", "MINE"},
    {"a misspelt option that begins like one", "run good.yaml -seed 3", 2, "",
     "did you mean --seed?"},
    {"help on operators", "help operators", 0, "split-words", ""},
    {"help on actions", "help actions", 0, "slow-storage", ""},
    {"help on actions fits", "help actions", 0,
     "      a TaskManager dies, and all subtasks in its slots with it. It is noticed\n"
     "      by broken connections after 50 ms",
     ""},
    {"help on events fits", "help events", 0,
     "  checkpoint N has files\n"
     "      in how many files the data in flight of a completed checkpoint lies, and\n"
     "      of how many subtasks\n",
     ""},
    {"help on events", "help events", 0, "checkpoint N completed", ""},
    {"help on events begins with what N and S are", "help events", 0,
     "  - {when: \"subtask counts[1] acknowledged checkpoint 2\", crash: \"counts[1]\"}\n"
     "\n"
     "Checkpoints\n"
     "  checkpoint N triggered\n",
     ""},
    {"help on events has steps once", "help events", 0,
     "  before|after completion of checkpoint N\n"
     "      all is acknowledged, the checkpoint counts from then on\n"
     "  before|after notification of checkpoint N\n",
     ""},
    {"help on events tells the levels apart", "help events", 0,
     "\nEvents of a trace, with `--trace records`", ""},
    {"help on actions has headings", "help actions", 0, "\nThe storage\n  fail-storage: DURATION\n",
     ""},
    {"help on keys", "help keys", 0, "network.local-latency: 20 us", ""},
    {"help on sabotage", "help sabotage", 0, "skip-alignment", ""},
    {"help on a restore that goes wrong", "help sabotage", 0, "restore-older", ""},
    {"help on oracles", "help oracles", 0, "a consistent cut", ""},
    {"help on nothing", "help nothing", 2, "", "no help on \"nothing\""},
    {"help on too much", "help a b", 2, "", "one verb or topic"},
    {"version", "version", 0, "snapsim ", ""},
    {"version with more", "version now", 2, "", "takes no arguments"},
    {"info", "info good.yaml", 0, "Source: events-src -> Map", "note: yarn.queue"},
    {"info, ids", "info good.yaml", 0, "b71731f1c0df9c3076c4a455334d0ad6", "note"},
    {"info as dot", "info --dot good.yaml", 0, "digraph job {", "note"},
    {"info of a variant", "info good.yaml --variant one -p 3", 0, "6 subtasks", "note"},
    {"info with a setting", "info good.yaml -Dparallelism.default=5 --seed=3", 0, "parallelism 5",
     "note"},
    {"options end", "info -- good.yaml", 0, "Job \"small\"", "note"},
    {"a variant that is wrong", "info small.yaml", 2, "",
     "parallelism.default must be at least 1, found 0"},
    {"with a caret", "info small.yaml", 2, "", "                                    ^\n"},
    {"no scenario", "info", 2, "", "which scenario?"},
    {"two scenarios", "info good.yaml small.yaml", 2, "", "one scenario is enough"},
    {"no such file", "info none.yaml", 2, "", "none.yaml: cannot read the scenario"},
    {"no such option", "info good.yaml --jsn", 2, "", "did you mean --json?"},
    {"no value", "info good.yaml -p", 2, "", "-p needs N"},
    {"no equals sign", "info good.yaml -D a", 2, "", "-D needs KEY=VALUE"},
    {"no number", "info good.yaml --seed x", 2, "", "--seed needs a number"},
    {"two seeds", "info good.yaml --seed 1 --seed=1", 2, "", "--seed is given twice"},
    {"two snapshots, the second in one word", "run good.yaml -s a -sfoo", 2, "",
     "-s is given twice: there is no option -sfoo, which is read as -s foo"},
    {"two in one word with a sign", "run good.yaml -s a -s=b", 2, "", ": -s is given twice\n"},
    {"a sign is no part of the value", "run good.yaml -s=none", 2, "",
     "/none: there is no snapshot"},
    {"an option of Flink's that begins as -s", "run good.yaml -sae", 2, "",
     "-sae is not in this version"},
    {"a key of the scenario as a setting", "info good.yaml -D flink-version=1.20", 2, "",
     "it is a key of the scenario's file, beside `config` (flink-version: 1.20)"},
    {"two settings", "info good.yaml -D parallelism.default=2 -D parallelism.default=5", 0,
     "parallelism 5", "note"},
    {"two formats", "info good.yaml --dot --json", 2, "", "--dot and --json exclude each other"},
    {"two formats of a comparison", "compare good.yaml --csv --json", 2, "",
     "--json and --csv exclude each other"},
    {"a value too many", "run good.yaml --quiet=1", 2, "", "--quiet takes no value, found \"1\""},
    {"bad setting", "info good.yaml -D parallelism.default=x", 2, "",
     "-D parallelism.default=x: parallelism.default must be"},
    {"unknown variant", "info good.yaml --variant two", 2, "", "no variant \"two\""},
    {"a verb in capitals", "Run good.yaml", 2, "", "did you mean \"run\"?"},
    {"a scenario without verb", "good.yaml", 2, "", "to run a scenario: `snapsim run good.yaml`"},
    {"an option without verb", "--json", 2, "", "a verb comes before the option --json"},
    {"help, misspelt", "help operator", 2, "", "did you mean \"operators\"?"},
    {"a scenario that is a directory", "run .", 2, "",
     ".: cannot read the scenario: Is a directory; give a file in it"},
    {"a scenario that is empty", "run /dev/null", 2, "", "/dev/null: the file is empty"},
    {"no scenario, with an example", "compare", 2, "", "such as scenarios/word-count.yaml"},
    {"a variant near another", "run good.yaml --variant onee", 2, "", "did you mean \"one\"?"},
    {"a variant far from all", "run good.yaml --variant second", 2, "",
     "no variant \"second\"; there are one"},
    {"no name of a variant", "run good.yaml --variant", 2, "", "--variant needs NAME: the variant"},
    {"a run without a variant says which there are", "run good.yaml -s nowhere", 2, "",
     "note: this is the job as written, without any of its variants: one; `--variant NAME` "
     "takes one"},
    {"nor does one that only variants can be", "run needy.yaml", 2, "",
     "needy.yaml:3:5: operator \"many\" needs fan-out, such as \"fan-out: 3\"; with a variant it "
     "can be built: give --variant NAME (ten, two), or compare them with `snapsim compare`\n"},
    {"not even when it is shown", "info needy.yaml", 2, "", "give --variant NAME (ten, two), or"},
    {"but with one of them", "info needy.yaml --variant ten", 0, "many", ""},
    {"of many some are named", "run crowd.yaml", 2, "",
     "give --variant NAME (a, b, c, d, e and 2 more), or compare them with `snapsim compare`\n"},
    {"what no variant mends", "info needy.yaml --variant none", 2, "",
     "operator \"many\" needs fan-out, such as \"fan-out: 3\"\n"},
    {"nor an option", "run needy.yaml -D parallelism.default=x", 2, "",
     "must be a whole number of 32 bits, found \"x\"\n"},
    {"a run of a variant does not",
     "run good.yaml -s nowhere --variant one 2>&1 | grep -c variants", 1, "0", ""},
    {"nor one that is to be quiet", "run good.yaml -s nowhere --quiet 2>&1 | grep -c variants", 1,
     "0", ""},
    {"an option for a value", "run good.yaml --out --json", 2, "",
     "--out needs DIR, found the option --json; if it is meant as the value, write --out=--json"},
    {"an empty name of a directory", "run good.yaml --out ''", 2, "", "--out needs the name"},
    {"a negative seed", "run good.yaml --seed -1", 2, "",
     "--seed needs a number from 0 to 9223372036854775807, found \"-1\""},
    {"a seed with a fraction", "run good.yaml --seed 1.5", 2, "", "found \"1.5\""},
    {"a seed too large", "run good.yaml --seed 9223372036854775808", 2, "", "--seed needs a"},
    {"an empty seed", "run good.yaml --seed ''", 2, "", "--seed needs a number"},
    {"no key of a setting", "run good.yaml -D =3", 2, "", "-D needs KEY=VALUE, found \"=3\""},
    {"a colon for the equals sign", "run good.yaml -D parallelism.default:3", 2, "",
     "-D needs KEY=VALUE, found \"parallelism.default:3\""},
    {"a misspelt setting", "run good.yaml -D paralelism.default=3", 2, "",
     "did you mean \"parallelism.default\"?"},
    {"two dashes", "run good.yaml --D a=3", 2, "", "unknown option --D; did you mean -D?"},
    {"no value of a setting", "run good.yaml -D parallelism.default=", 2, "", "found \"\""},
    {"a parallelism in words", "run good.yaml -p two", 2, "",
     "-p two: parallelism.default must be a whole number"},
    {"a parallelism of zero", "run good.yaml -p 0", 2, "", "must be at least 1, found 0"},
    {"an operator far from all", "run good.yaml --set unknown.uid=3", 2, "",
     "there is no operator \"unknown\"; there are events-src, m, count, slow-sink"},
    {"an operator near another", "run good.yaml --set evens-src.count=3", 2, "",
     "did you mean \"events-src\"?"},
    {"an option of no operator", "run good.yaml --set count=3", 2, "",
     "\"count\" is not UID.OPTION"},
    {"an option that is none", "run good.yaml --set m.colour=3", 2, "",
     "unknown option of map \"colour\""},
    {"an option's value", "run good.yaml --set events-src.count=many", 2, "",
     "count of events-src must be a whole number, found \"many\""},
    {"no value of an option", "run good.yaml --set m.cost", 2, "", "--set needs UID.OPTION=VALUE"},
    {"a runtime near another", "run good.yaml --runtime thread", 2, "",
     "there is no runtime \"thread\"; did you mean \"threads\"? there are virtual and threads"},
    {"two runtimes for one run", "run good.yaml --runtime virtual,threads", 2, "",
     "`snapsim compare` runs several"},
    {"a trace level", "run good.yaml --trace record", 2, "", "did you mean \"records\"?"},
    {"a trace level far from all", "run good.yaml --trace everything", 2, "",
     "there are off, checkpoints, buffers and records"},
    {"a warm-up in words", "run good.yaml --warm-up some", 2, "", "such as \"500 ms\""},
    {"an option of another verb", "info good.yaml --out x", 2, "",
     "unknown option --out; `snapsim run` has it"},
    {"an option of another verb, near one", "run good.yaml --seeds 3", 2, "",
     "unknown option --seeds; did you mean --seed? `snapsim compare` has it"},
    {"no seeds", "compare good.yaml --seeds 0", 2, "", "a number from 1 to 1000, found \"0\""},
    {"seeds in words", "compare good.yaml --seeds few", 2, "", "found \"few\""},
    {"too many seeds", "compare good.yaml --seeds 1001", 2, "", "found \"1001\""},
    {"a variant twice", "compare good.yaml --variants one,one", 2, "", "names one twice"},
    {"a variant without name", "compare good.yaml --variants one,", 2, "", "an empty name"},
    {"a runtime twice", "compare good.yaml --runtime threads,threads", 2, "",
     "names threads twice"},
    {"plot of nothing", "plot", 2, "", "which folder? give the one that a run"},
    {"plot of no folder", "plot nowhere", 2, "", "nowhere: No such file or directory"},
    {"plot of a scenario", "plot good.yaml", 2, "", "good.yaml is a file; give the folder that"},
    {"plot in no format", "plot . --format gif", 2, "", "expected png, svg or terminal"},
    {"plot of no figure", "plot . --figure tmeline", 2, "", "there are timeline, checkpoints"},
    {"story of no folder", "story nowhere --key 1", 2, "", "nowhere: No such file or directory"},
    {"story of a folder without run", "story . --key 1", 2, "", ". holds no run"},
    {"story of no record", "story . --record", 2, "", "--record needs SOURCE:SPLIT:OFFSET"},
    {"replay of a scenario", "replay good.yaml", 2, "", "good.yaml is a file; give the folder"},
    {"replay of a folder without run", "replay .", 2, "", ". holds no run"},
    {"full disk", "info good.yaml >/dev/full", 4, "", "cannot write to standard output"},
};

static char directory[] = "/tmp/snapsim-cli-XXXXXX";

static void write_scenario(const char *name, const char *text, size_t length)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    fwrite(text, 1, length, file);
    fclose(file);
}

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory) || chdir(directory) != 0)
        return -1;
    write_scenario("small.yaml", scenario, strlen(scenario));
    write_scenario("needy.yaml", needy, strlen(needy));
    write_scenario("crowd.yaml", crowd, strlen(crowd));
    write_scenario("good.yaml", scenario, (size_t)(strstr(scenario, ", bad") - scenario));
    if (system("echo '}' >>good.yaml") != 0)
        return -1;
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    remove("small.yaml");
    remove("good.yaml");
    remove("needy.yaml");
    remove("crowd.yaml");
    remove("err");
    return chdir("/") == 0 ? remove(directory) : -1;
}

static void read_all(FILE *file, struct snap_text *text)
{
    char bytes[4096];
    size_t count;

    while ((count = fread(bytes, 1, sizeof(bytes), file)) > 0)
        snap_text_add(text, bytes, count);
}

/* Runs the program; returns its exit code. */
static int run(const char *arguments, struct snap_text *out, struct snap_text *err)
{
    struct snap_text command = {0};
    FILE *pipe;
    FILE *errors;
    int status;

    snap_text_printf(&command, "%s %s 2>err", SNAP_PROGRAM, arguments);
    pipe = popen(command.data, "r");
    assert_non_null(pipe);
    read_all(pipe, out);
    status = pclose(pipe);
    errors = fopen("err", "r");
    assert_non_null(errors);
    read_all(errors, err);
    fclose(errors);
    snap_text_fini(&command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool has(const struct snap_text *text, const char *part)
{
    return *part ? strstr(snap_text_get(text), part) != NULL : text->length == 0;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text out = {0};
        struct snap_text err = {0};
        int code = run(rows[i].arguments, &out, &err);

        if (code != rows[i].exit_code || !has(&out, rows[i].out) || !has(&err, rows[i].err))
            fail_msg("%s: exit code %d\n%s%s", rows[i].name, code, snap_text_get(&out),
                     snap_text_get(&err));
        snap_text_fini(&out);
        snap_text_fini(&err);
    }
}

/* The plan as Flink writes it: sinks first, ids, description, strategy of the exchange. */
static void test_json(void **state)
{
    struct snap_text out = {0};
    struct snap_text err = {0};
    json_t *root;
    json_t *nodes;
    const char *description;
    const char *strategy;

    (void)state;
    assert_int_equal(run("info --json good.yaml", &out, &err), 0);
    root = json_loads(snap_text_get(&out), 0, NULL);
    assert_non_null(root);
    nodes = json_object_get(json_object_get(root, "plan"), "nodes");
    assert_int_equal(json_array_size(nodes), 2);
    assert_int_equal(json_unpack(json_array_get(nodes, 0), "{s:s, s:[{s:s}]}", "description",
                                 &description, "inputs", "ship_strategy", &strategy),
                     0);
    assert_string_equal(description, "count<br/>+- slow-sink: Writer<br/>");
    assert_string_equal(strategy, "HASH");
    assert_null(json_object_get(json_array_get(nodes, 1), "inputs"));
    assert_string_equal(json_string_value(json_object_get(json_array_get(nodes, 1), "id")),
                        "b589964695ad4a1cd84c815f43e89d19");
    assert_int_equal(json_array_size(json_object_get(root, "edges")), 3);
    json_decref(root);
    snap_text_fini(&out);
    snap_text_fini(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_json),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
