// SPDX-License-Identifier: Apache-2.0
/*
 * words.c: a text of 100 MB, the same on every machine, and two ways to count its words: the job
 * text-file -> split-words -> hash -> count -> sink in virtual time, and tr | sort | uniq -c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "bench/bench.h"

enum { MEGABYTES = 100, WORDS = 50000, WORDS_A_LINE = 12 };

static char folder[] = "/tmp/snapsim-bench-XXXXXX";
static bool has_folder;

/* Few words are frequent and many are rare: the product of two even draws. */
static uint64_t draw_word(uint64_t i)
{
    uint64_t draw = snap_mix64(i + 1);

    return ((draw >> 32) * (draw & UINT32_MAX) >> 32) * WORDS >> 32;
}

void snap_bench_write_text(const char *path)
{
    FILE *file = fopen(path, "w");
    long written = 0;

    SNAP_CHECK(file);
    for (uint64_t i = 0; written < MEGABYTES * 1000000L; i++) {
        bool ends_line = i % WORDS_A_LINE == WORDS_A_LINE - 1;

        written +=
            fprintf(file, "w%llu%c", (unsigned long long)draw_word(i), ends_line ? '\n' : ' ');
    }
    SNAP_CHECK(fclose(file) == 0);
}

static void text_path(char *path, size_t bytes)
{
    snprintf(path, bytes, "%s/text", folder);
}

void snap_bench_remove_text(void)
{
    char path[64];

    if (!has_folder)
        return;
    text_path(path, sizeof(path));
    unlink(path);
    rmdir(folder);
}

/* Runs are processes of their own: the text is made by their parent, before the first. */
void snap_bench_make_text(void)
{
    char path[64];

    SNAP_CHECK(mkdtemp(folder));
    has_folder = true;
    text_path(path, sizeof(path));
    snap_bench_write_text(path);
}

double snap_bench_word_count(const struct snap_bench_pipeline *pipeline)
{
    struct snap_text yaml = {0};
    struct snap_bench_job job = {.runtime = pipeline->runtime};
    char path[64];
    double seconds;

    text_path(path, sizeof(path));
    snap_text_printf(&yaml,
                     "name: words\n"
                     "ledger: off\n"
                     "config: {parallelism.default: %u, execution.checkpointing.interval: 100 ms}\n"
                     "operators:\n"
                     "  - {uid: lines, type: text-file, paths: [%s], cost: %s}\n"
                     "  - {uid: words, type: split-words, input: lines, cost: %s}\n"
                     "  - {uid: counts, type: count, input: words, ship: hash, cost: %s}\n"
                     "  - {uid: out, type: discard, input: counts, cost: %s}\n",
                     pipeline->parallelism, path, pipeline->cost, pipeline->cost, pipeline->cost,
                     pipeline->cost);
    job.yaml = snap_text_get(&yaml);
    seconds = snap_bench_run_job(&job).run_seconds;
    snap_text_fini(&yaml);
    return MEGABYTES / seconds;
}

double snap_bench_word_count_shell(const struct snap_bench_pipeline *unused)
{
    char command[256];
    FILE *shell;
    double start = snap_bench_seconds();

    (void)unused;
    snprintf(command, sizeof(command),
             "tr ' ' '\\n' < %s/text | LC_ALL=C sort | LC_ALL=C uniq -c > /dev/null", folder);
    shell = popen(command, "w");
    SNAP_CHECK(shell && pclose(shell) == 0);
    return MEGABYTES / (snap_bench_seconds() - start);
}
