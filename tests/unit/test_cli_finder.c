// SPDX-License-Identifier: Apache-2.0
/* Snapshots that are not where they are looked for: all verbs say the same. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "unit/cli_rows.h"

#define SNAPSHOTS SNAP_SOURCE_DIR "/tests/fixtures/flink/snapshots"
#define COUNT SNAPSHOTS "/f23-j1-hashmap-files/snapshot/chk-1"
#define JOB SNAP_SOURCE_DIR "/scenarios/flink-jobs/word-count.yaml"

/* The snapshot stands behind; $S may run as somebody who is not allowed to do everything. */
static const struct {
    const char *words;
    int refused; /* as in Flink some verbs have only one code */
} verbs[] = {
    {"$S inspect", 2},
    {"$S diff " COUNT, 2},
    {"$S restore-check " JOB " -s", 2},
    {"$S run " JOB " --out out --overwrite --quiet --trace off -s", 2},
    {"$S savepoint -d", 1},
};

static const struct {
    const char *pointer;
    int code; /* 2, or 4 where something is there that cannot be looked at */
    const char *message;
} mistakes[] = {
    {"nothing", 2, "nothing: there is no snapshot: no such file or directory; expected the "},
    {"file:", 2, "\"file:\" names no path"},
    {"file:nothing", 2, "nothing: there is no snapshot: no such file or directory; expected the "},
    {"file:///nothing", 2, "snapsim: /nothing: there is no snapshot: no such file"},
    {"file://localhost/nothing", 2, "snapsim: /nothing: there is no snapshot: no such file"},
    {"job/chk-3", 2,
     "job/chk-3: there is no snapshot: no such file or directory; expected the directory of one, "
     "with _metadata in it, or that file; beside it there are some: chk-1, chk-2"},
    {"all/4711/chk-4", 2, "or that file; beside it there is one: chk-3"},
    {"hdfs://host/cp/chk-1", 2,
     "hdfs://host/cp/chk-1: snapshots are read from the files of this machine, by a path or a "
     "file: URI, not from hdfs; copy it here first"},
    {"s3a:/bucket/chk-1", 2, "not from s3a; copy it here first"},
    {"file://copy", 2,
     "file://copy: there is no snapshot: in this URI \"copy\" is a host, and the path is /; a "
     "relative path is written file:copy, or plainly copy, an absolute one file:///..."},
    {"file://copy/chk-1", 2, "\"copy\" is a host, and the path is /chk-1; "},
    {"empty", 2,
     "empty: there is no _metadata in this directory: it is no snapshot, or one that was not "
     "completed"},
    {"job", 2,
     "job: there is no _metadata in this directory, which is no snapshot itself; there are some "
     "in it: chk-1, chk-2"},
    {"all", 2, "there is one in it: 4711/chk-3"},
    {"many", 2, "chk-1, chk-2, chk-3, chk-4, ..."},
    {"odd", 2, "odd/_metadata: this is no file"},
    {"/dev/null", 2, "/dev/null: this is neither a directory nor a file"},
    {"loop", 4, "loop/_metadata: Too many levels of symbolic links"},
    {"closed/chk-1", 4, "closed/chk-1/_metadata: Permission denied"},
    {"closed", 4, "closed/_metadata: Permission denied"},
    {"unread", 4, "unread/_metadata: Permission denied"},
};

static const char make[] =
    "mkdir -p empty odd/_metadata all/4711 closed many job out && chmod 777 . out && "
    "ln -s loop loop && cp -r " COUNT " copy && cp -r " COUNT " job/chk-1 && "
    "cp -r " COUNT " job/chk-2 && cp -r " COUNT " all/4711/chk-3 && cp -r " COUNT
    " closed/chk-1 && "
    "for i in 1 2 3 4 5 6; do mkdir many/chk-$i; : >many/chk-$i/_metadata; done && "
    "cp -r copy unread && chmod 000 closed unread/_metadata";

/* Root may look everywhere; without the means to be somebody else such rows are left out. */
static const char *as_user(void)
{
    if (geteuid() != 0)
        return "$S";
    return cli_shell("setpriv --reuid=65534 --regid=65534 --clear-groups test -x $S "
                     "2>/dev/null") == 0
               ? "setpriv --reuid=65534 --regid=65534 --clear-groups $S"
               : NULL;
}

static void test_all_verbs(void **state)
{
    const char *user = as_user();

    (void)state;
    assert_int_equal(cli_shell(make), 0);
    for (size_t m = 0; m < sizeof(mistakes) / sizeof(mistakes[0]); m++) {
        bool needs_user = strstr(mistakes[m].message, "Permission") != NULL;

        if (needs_user && !user)
            continue;
        for (size_t v = 0; v < sizeof(verbs) / sizeof(verbs[0]); v++) {
            char command[1024];
            struct cli_row row = {mistakes[m].pointer, command, mistakes[m].code, "",
                                  mistakes[m].message};

            if (verbs[v].refused == 1)
                row.exit_code = 1;
            snprintf(command, sizeof(command), "%s%s %s", needs_user ? user : "$S",
                     verbs[v].words + 2, mistakes[m].pointer);
            cli_run_row(&row);
        }
    }
}

/* What can be found is, whatever it is called by. */
static void test_found(void **state)
{
    static const struct cli_row rows[] = {
        {"with a slash behind", "$S inspect copy/", 0, "Checkpoint 1: copy/_metadata\n", ""},
        {"odd characters in a URI", "cp -r copy 'a b' && $S inspect file:a%20b", 0, "counter", ""},
        {"and for a job", "$S restore-check " JOB " -s file:a%20b", 0, "The job can start", ""},
        {"a host that Flink ignores, too", "$S inspect file://host$PWD/copy", 0, "counter", ""},
        {"where -d was forgotten", "$S savepoint job/chk-1", 1, "",
         "what is to become of \"job/chk-1\"? -d SNAPSHOT disposes of it"},
        {"files that lie elsewhere",
         "cp -r " SNAPSHOTS "/f23-j1-rocksdb-incr/snapshot r && chmod -R u+w r && "
         "mv r/shared elsewhere && $S inspect r/chk-3",
         2, NULL, "this file of the snapshot is missing; expected "},
        {"and where",
         "from=$($S inspect r/chk-3 --json 2>/dev/null | grep -o '/[^\"]*/shared' | "
         "head -n 1); echo $from >from; $S inspect r/chk-3 --relocate "
         "$from=$PWD/elsewhere",
         0, "000016.sst", ""},
        {"diff takes it", "$S diff r/chk-3 r/chk-3 --relocate $(cat from)=$PWD/elsewhere", 0,
         "Their states are the same", ""},
    };

    (void)state;
    cli_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* The same words for a job that starts from it. */
static void test_found_by_jobs(void **state)
{
    static const struct cli_row rows[] = {
        {"restore-check without",
         "$S restore-check " JOB " -D state.backend.type=rocksdb -s r/chk-3", 2,
         "this file of the snapshot is missing; expected ", ""},
        {"restore-check takes it",
         "$S restore-check " JOB " -D state.backend.type=rocksdb -s r/chk-3 --relocate "
         "$(cat from)=$PWD/elsewhere",
         0, "Flink itself would fail in its tasks: ", ""},
        {"run takes it",
         "$S run " JOB " -D state.backend.type=rocksdb --out out --overwrite --quiet --trace off "
         "-s r/chk-3 --relocate $(cat from)=$PWD/elsewhere",
         0, NULL, NULL},
        {"what it is not", "$S run " JOB " -s r/chk-3 --relocate a", 2, "", "FROM=TO is expected"},
    };

    (void)state;
    if (cli_shell("$S version | grep -qi 'rocksdb.*[0-9]'") != 0)
        skip();
    cli_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static int leave(void **state)
{
    cli_shell("chmod -R u+rwx . 2>/dev/null");
    return cli_folder_leave(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_verbs),
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_found_by_jobs),
    };

    if (!cli_folder_enter())
        return 1;
    return cmocka_run_group_tests(tests, NULL, leave);
}
