// SPDX-License-Identifier: Apache-2.0
/*
 * restore.c: any bytes as the files of a snapshot, which a small job really starts from: checks,
 * states, shares of the tasks, operators that open with them, and some time of running.
 *
 * - What is refused is refused with a reason; what is taken runs, whatever its states say.
 */
#include <string.h>

#include "api/judges.h"
#include "base/check.h"
#include "fuzz.h"
#include "fuzz/restore_jobs.h"
#include "flink/byte_reader.h"
#include "operators/operator.h"
#include "snapshot/restore.h"
#include "scenario/scenario.h"

/* The job runs so many rounds of 512 passes, and after that its time is over. */
enum { ROUNDS_MAX = 40 };

static uint32_t rounds;

static bool is_enough(void)
{
    return ++rounds > ROUNDS_MAX;
}

/* Texts are parsed once. */
static bool build(unsigned number, struct snap_built *built)
{
    static struct snap_scenario *scenarios[RESTORE_JOB_MASK + 1];
    struct snap_error error = {0};

    if (!restore_jobs[number].text)
        return false;
    if (!scenarios[number]) {
        const struct snap_scenario_text text = {"restored.yaml", restore_jobs[number].text,
                                                strlen(restore_jobs[number].text)};

        SNAP_CHECK(
            snap_scenario_parse(&text, snap_operator_catalogue_get(), &scenarios[number], &error));
    }
    memset(built, 0, sizeof(*built));
    SNAP_CHECK(snap_scenario_build(scenarios[number], NULL, built, &error));
    return true;
}

static void put_file(struct snap_fs *fs, const char *path, struct snap_bytes bytes)
{
    struct snap_error error = {0};
    struct snap_file *file = fs->open(fs, path, SNAP_FS_WRITE, &error);

    fs->write(file, bytes.at, bytes.count, &error);
    fs->close(file, &error);
}

/* Returns the path of the first file, the metadata; NULL if there is none. */
static const char *put_files(struct snap_byte_reader *input, struct snap_fs *fs,
                             struct snap_arena *arena)
{
    const char *first = NULL;

    for (unsigned i = 0; i < RESTORE_FILES_MAX && snap_byte_reader_left(input) > 0; i++) {
        struct snap_bytes name =
            snap_read_bytes(input, snap_read_u1(input, "length of a name"), "a name");
        uint32_t length = (uint32_t)snap_read_i4(input, "length of a file");
        size_t left = snap_byte_reader_left(input);
        struct snap_bytes bytes = snap_read_bytes(input, length < left ? length : left, "a file");
        const char *path;

        if (input->failed)
            break;
        path = snap_arena_printf(arena, "/job/%.*s", (int)name.count, (const char *)name.at);
        put_file(fs, path, bytes);
        first = first ? first : path;
    }
    return first;
}

static void run(struct snap_simulation *sim, struct snap_restored *restored)
{
    struct snap_fs *fs = snap_fs_memory_create(NULL);
    struct snap_run_options options = {
        .runtime = SNAP_RUNTIME_VIRTUAL, .fs = fs, .restored = restored, .interrupted = is_enough};
    struct snap_observer observers[SNAP_OBSERVERS_MAX];
    struct snap_judges judges;
    struct snap_run_result result;
    struct snap_verdict verdict;
    struct snap_error error = {0};
    struct snap_arena arena = {0};
    struct snap_run *performed;

    sim->config.storage.backend = SNAP_BACKEND_HASHMAP;
    sim->timeline.count = 0; /* savepoints would be written to files */
    snap_judges_create(&judges, sim, &arena);
    snap_judges_begin_at(&judges, snap_restored_baseline(restored));
    options.observers = observers;
    options.observer_count = snap_judges_observe(&judges, observers, 0);
    performed = snap_run_create(sim, &options);
    rounds = 0;
    result = snap_run_execute(performed);
    snap_judges_hear(&judges, performed, &result, &verdict, &error);
    snap_run_destroy(performed);
    snap_judges_destroy(&judges);
    snap_fs_destroy(fs);
    snap_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct snap_arena arena = {0};
    struct snap_error error = {0};
    struct snap_restore_request request = {.claim = SNAP_NO_CLAIM};
    struct snap_restored *restored = NULL;
    struct snap_byte_reader input;
    struct snap_built built;
    uint8_t kind;

    snap_byte_reader_init(&input, (struct snap_bytes){data, size}, 0, &error);
    kind = snap_read_u1(&input, "kind");
    if (!build(kind & RESTORE_JOB_MASK, &built))
        return 0;
    request.fs = snap_fs_memory_create(NULL);
    request.place.pointer = put_files(&input, request.fs, &arena);
    if (kind & RESTORE_ROCKSDB)
        built.sim.config.storage.backend = SNAP_BACKEND_ROCKSDB;
    if (kind & RESTORE_OLDER)
        built.sim.config.version = SNAP_FLINK_1_20;
    error = (struct snap_error){0};
    if (request.place.pointer) {
        restored = snap_restored_open(&built.sim, &request, &error);
        SNAP_CHECK(restored || error.code != SNAP_OK);
    }
    if (restored)
        run(&built.sim, restored);
    snap_restored_close(restored);
    snap_built_fini(&built);
    snap_fs_destroy(request.fs);
    snap_arena_fini(&arena);
    return 0;
}
