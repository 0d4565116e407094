// SPDX-License-Identifier: Apache-2.0
/* verb_version.c: `snapsim version`. */
#include "cli/verbs.h"
#include "storage/rocksdb.h"

static const struct snap_option_help options[] = {{NULL, NULL, NULL}};

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static int run(char *const *argv)
{
    struct snap_arena arena;
    struct snap_args args;
    struct snap_error error = {0};
    const char *rocksdb = snap_rocksdb_version();
    struct snap_text text = {0};
    int code = 0;

    snap_arena_init(&arena);
    if (snap_args_parse(options, argv, &arena, &args, &error) && args.count > 0)
        snap_error_set(&error, SNAP_ERROR_USAGE, "version takes no arguments");
    if (error.code != SNAP_OK) {
        code = snap_cli_fail(&error);
    } else {
        snap_text_printf(&text,
                         "snapsim %s\nFlink rules: 2.3, 1.20\nruntimes: virtual, threads\n"
                         "state backends: hashmap%s%s\ncompiler: %s\n",
                         SNAP_VERSION, rocksdb ? ", rocksdb with RocksDB " : "; without rocksdb",
                         rocksdb ? rocksdb : "", COMPILER);
        code = snap_cli_show(&text);
    }
    snap_text_fini(&text);
    snap_arena_fini(&arena);
    return code;
}

const struct snap_verb snap_verb_version = {
    .name = "version",
    .arguments = "",
    .doc = "print the version and what is built in",
    .options = options,
    .run = run,
};
