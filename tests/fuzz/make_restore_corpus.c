// SPDX-License-Identifier: Apache-2.0
/*
 * make_restore_corpus.c: `fuzz_restore_corpus FIXTURES OUT`: snapshots as inputs of the fuzz target
 * `restore`: those that Flink wrote, and those that each of its jobs writes here.
 *
 * - Files of an input are named as they lie below the job's directory; what is too large for the
 *   fuzzer is left out.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/text.h"
#include "fuzz/restore_jobs.h"
#include "operators/operator.h"
#include "runtime/run.h"
#include "scenario/scenario.h"

enum { INPUT_BYTES_MAX = 256 << 10 };

struct corpus {
    const char *out;
    unsigned made;
    unsigned kind; /* the first byte of inputs */
    struct snap_fs *fs;
    struct snap_arena arena;
};

static void fail(const char *what)
{
    fprintf(stderr, "fuzz_restore_corpus: %s\n", what);
    exit(1);
}

static void add_number(struct snap_text *to, uint32_t number, unsigned bytes)
{
    while (bytes-- > 0) {
        char byte = (char)(number >> (8 * bytes));

        snap_text_add(to, &byte, 1);
    }
}

static void add_file(struct corpus *corpus, struct snap_text *to, const char *path,
                     const char *name)
{
    struct snap_text contents = {0};
    struct snap_error error = {0};

    if (!corpus->fs->read(corpus->fs, path, &contents, &error))
        fail(error.message);
    add_number(to, (uint32_t)strlen(name), 1);
    snap_text_add(to, name, strlen(name));
    add_number(to, (uint32_t)contents.length, 4);
    snap_text_add(to, contents.data, contents.length);
    snap_text_fini(&contents);
}

/* All files below the path but metadata. */
static void add_files(struct corpus *corpus, struct snap_text *to, const char *path,
                      const char *name)
{
    struct snap_fs_names names = {.arena = &corpus->arena};
    struct snap_error error = {0};

    if (!corpus->fs->list(corpus->fs, path, &names, &error))
        fail(error.message);
    for (uint32_t i = 0; i < names.count; i++) {
        const char *below = snap_arena_printf(&corpus->arena, "%s/%s", path, names.names[i]);
        const char *known = snap_arena_printf(&corpus->arena, "%s/%s", name, names.names[i]);

        if (!corpus->fs->is_file(corpus->fs, below))
            add_files(corpus, to, below, strstr(below, "/dstl/") ? "dstl" : known);
        else if (strcmp(names.names[i], "_metadata") != 0)
            add_file(corpus, to, below, known);
    }
}

static void write_input(struct corpus *corpus, const struct snap_text *input)
{
    const char *path;
    FILE *file;

    if (input->length > INPUT_BYTES_MAX)
        return;
    path = snap_arena_printf(&corpus->arena, "%s/%u", corpus->out, corpus->made++);
    file = fopen(path, "wb");
    if (!file || fwrite(input->data, 1, input->length, file) != input->length || fclose(file) != 0)
        fail("cannot write an input");
}

static void add_snapshot(struct corpus *corpus, const char *job, const char *name)
{
    static const char *const beside[] = {"shared", "taskowned", "dstl"};
    struct snap_text input = {0};
    const char *directory = snap_arena_printf(&corpus->arena, "%s/%s", job, name);

    add_number(&input, corpus->kind, 1);
    add_file(corpus, &input, snap_arena_printf(&corpus->arena, "%s/_metadata", directory),
             snap_arena_printf(&corpus->arena, "%s/_metadata", name));
    add_files(corpus, &input, directory, name);
    for (int i = 0; i < 3; i++)
        add_files(corpus, &input, snap_arena_printf(&corpus->arena, "%s/%s", job, beside[i]),
                  beside[i]);
    /* Flink's change logs of the fixtures lie beside the snapshots. */
    add_files(corpus, &input, snap_arena_printf(&corpus->arena, "%s/../dstl", job), "dstl");
    write_input(corpus, &input);
    snap_text_fini(&input);
}

static void add_all(struct corpus *corpus, const char *directory)
{
    struct snap_fs_names names = {.arena = &corpus->arena};
    struct snap_error error = {0};

    if (!corpus->fs->list(corpus->fs, directory, &names, &error))
        fail(error.message);
    for (uint32_t i = 0; i < names.count; i++) {
        const char *path = snap_arena_printf(&corpus->arena, "%s/%s", directory, names.names[i]);
        const char *metadata = snap_arena_printf(&corpus->arena, "%s/_metadata", path);

        if (corpus->fs->is_file(corpus->fs, metadata))
            add_snapshot(corpus, directory, names.names[i]);
        else if (!corpus->fs->is_file(corpus->fs, path))
            add_all(corpus, path);
    }
}

static void add_fixtures(struct corpus *corpus, const char *directory, unsigned job)
{
    struct snap_fs_names names = {.arena = &corpus->arena};
    struct snap_error error = {0};

    if (!corpus->fs->list(corpus->fs, directory, &names, &error))
        fail(error.message);
    for (uint32_t i = 0; i < names.count; i++) {
        const char *name = names.names[i];

        if (!strstr(name, restore_jobs[job].fixture))
            continue;
        corpus->kind = job;
        if (strstr(name, "f120-"))
            corpus->kind |= RESTORE_OLDER;
        if (strstr(name, "-rocksdb-"))
            corpus->kind |= RESTORE_ROCKSDB;
        add_all(corpus, snap_arena_printf(&corpus->arena, "%s/%s", directory, name));
    }
}

static void run_variant(struct corpus *corpus, const struct snap_scenario *scenario,
                        const char *variant, unsigned job)
{
    struct snap_scenario_choice choice = {.variant = variant};
    const char *directory =
        snap_arena_printf(&corpus->arena, "%s/../restore-runs/%u-%s", corpus->out, job, variant);
    struct snap_fs *fs = snap_fs_real_create(directory);
    struct snap_run_options options = {.runtime = SNAP_RUNTIME_VIRTUAL, .fs = fs};
    struct snap_error error = {0};
    struct snap_built built = {0};

    corpus->kind = job | (strcmp(variant, "rocksdb") == 0 ? RESTORE_ROCKSDB : 0);
    /* Without RocksDB's library there is one variant less. */
    if (snap_scenario_build(scenario, &choice, &built, &error)) {
        struct snap_run *run;

        built.sim.config.storage.checkpoint_dir = "checkpoints";
        run = snap_run_create(&built.sim, &options);
        snap_run_execute(run);
        snap_run_destroy(run);
        add_all(corpus, directory);
    }
    snap_built_fini(&built);
    snap_fs_destroy(fs);
}

static void add_own(struct corpus *corpus, unsigned job)
{
    const struct snap_scenario_text text = {"restored.yaml", restore_jobs[job].text,
                                            strlen(restore_jobs[job].text)};
    struct snap_scenario *scenario;
    struct snap_error error = {0};

    if (!snap_scenario_parse(&text, snap_operator_catalogue_get(), &scenario, &error))
        fail(error.message);
    for (uint32_t v = 0; v < snap_scenario_variant_count(scenario); v++)
        run_variant(corpus, scenario, snap_scenario_variant_name(scenario, v), job);
    snap_scenario_destroy(scenario);
}

int main(int argc, char **argv)
{
    struct corpus corpus = {0};

    if (argc != 3) {
        fprintf(stderr, "usage: fuzz_restore_corpus FIXTURES OUT\n");
        return 2;
    }
    corpus.fs = snap_fs_real_create("");
    corpus.out = snap_arena_printf(&corpus.arena, "%s/restore", argv[2]);
    mkdir(argv[2], 0777);
    mkdir(corpus.out, 0777);
    for (unsigned job = 0; restore_jobs[job].text; job++) {
        if (restore_jobs[job].fixture)
            add_fixtures(&corpus, argv[1], job);
        add_own(&corpus, job);
    }
    printf("%u inputs of restore\n", corpus.made);
    snap_fs_destroy(corpus.fs);
    snap_arena_fini(&corpus.arena);
    return corpus.made ? 0 : 1;
}
