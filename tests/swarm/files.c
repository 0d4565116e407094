// SPDX-License-Identifier: Apache-2.0
/*
 * Random jobs whose snapshots are files: a run is cut off at a random moment, as by a kill, another
 * run starts from any of the complete snapshots that it left, with other parallelisms and maybe
 * another backend, is cut off too, and a third one goes on from what that left, to the end. In
 * virtual time, for each of the runs:
 *
 * - nothing is lost, duplicated, out of order, wrong or left uncommitted, and no oracle objects;
 * - what all subtasks restore is what all of them took, added up;
 * - each directory with `_metadata` can be restored, and no shared file is left that none needs;
 *   where the job was started again in its midst, with other parallelisms, exchanges may be none in
 *   the next run, and what is refused for that is left alone;
 * - a snapshot that was not claimed stays as it was; one that was goes with the job.
 *
 * Usage: swarm_files [JOBS [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/rng.h"
#include "snapshot/restore.h"
#include "swarm/judgement.h"
#include "swarm/random_job.h"
#include "swarm/snapshot_files.h"
#include "swarm/swarm_driver.h"
#include "swarm/swarm_run.h"

enum { JOBS_EVERYDAY = 100, RUNS = 3 };

/* Jobs that do not end by themselves are cut off. */
#define LONGEST_NS (5 * SNAP_SECOND)

/* Notes of an outcome. */
enum {
    NOTE_SNAPSHOTS,
    NOTE_STARTS,
    NOTE_SAVEPOINTS,
    NOTE_RESCALED,
    NOTE_CLAIMED,
    NOTE_SHARED,
    NOTE_IN_FLIGHT,
    NOTE_COMPARED,
    NOTE_REFUSED,
};

/* The runs of one job. */
struct trial {
    uint64_t seed;
    struct snap_rng rng;
    const char *text;
    const char *directory; /* has one of each run's in it */
    struct snap_arena arena;
    uint64_t *notes;
    struct swarm_run before; /* the last run */
    struct snap_built built_before;
    const char *start;              /* what the next one starts from; NULL: nothing */
    enum snap_backend_kind backend; /* of the last run */
    enum snap_claim_mode claim;
};

/* With the variant all parallelisms are other ones, without it those of the first run. Only a
 * canonical savepoint lets a job change its backend. */
static void build(struct trial *trial, unsigned number, const char *snapshot,
                  struct snap_built *built)
{
    SNAP_CHECK(swarm_build_variant(trial->text, number == 1 ? "again" : NULL, built));
    built->sim.until_ns = snap_ns_min(built->sim.until_ns, LONGEST_NS);
    if (snapshot && !snapshot_is_canonical(&trial->arena, snapshot))
        built->sim.config.storage.backend = trial->backend;
}

static struct snap_restored *open_snapshot(const struct trial *trial,
                                           const struct snap_built *built, const char *snapshot,
                                           struct snap_error *error)
{
    const struct snap_restore_request request = {
        .place = {.pointer = snapshot, .follows_absolute = true}, .claim = trial->claim};

    return snap_restored_open(&built->sim, &request, error);
}

/* How long the job takes, without files: where it can be cut off. */
static snap_ns length_of(struct trial *trial)
{
    const struct swarm_run_options options = {.runtime = SNAP_RUNTIME_VIRTUAL,
                                              .events_unwanted = true};
    struct swarm_run run = {0};
    struct snap_built built;
    snap_ns length;

    build(trial, 0, NULL, &built);
    built.sim.config.storage.checkpoint_dir = NULL;
    built.sim.config.storage.backend = SNAP_BACKEND_HASHMAP;
    built.sim.ledger = SNAP_LEDGER_OFF;
    swarm_run_perform(&run, &built.sim, &options);
    length = run.result.elapsed_ns;
    swarm_run_fini(&run);
    snap_built_fini(&built);
    return length;
}

/* ---- what is restored ---- */

/* What all tasks took for the checkpoint, or were given at their first start from it, added up. */
static uint64_t sum_of_states(const struct swarm_run *run, enum snap_event_type type,
                              snap_checkpoint_id checkpoint)
{
    uint64_t *by_task = calloc(run->job->task_count, sizeof(*by_task));
    bool *has_run = calloc(run->job->task_count, sizeof(*has_run));
    uint64_t sum = 0;

    SNAP_CHECK(by_task && has_run);
    for (uint64_t i = 0; i < run->event_count; i++) {
        const struct snap_event *event = &run->events[i];

        if (event->type == type && event->args[0] == checkpoint && !has_run[event->actor])
            by_task[event->actor] = (uint64_t)event->args[2];
        if (type == SNAP_EVENT_STATE_RESTORED && event->type == SNAP_EVENT_TASK_STATUS &&
            event->args[1] == SNAP_TASK_RUNNING)
            has_run[event->actor] = true;
    }
    for (uint32_t t = 0; t < run->job->task_count; t++)
        sum += by_task[t];
    free(by_task);
    free(has_run);
    return sum;
}

/* Windows keep their values only, and of a job of several executions ids come again. */
static bool can_be_compared(const struct trial *trial, const struct swarm_run *run)
{
    uint32_t completed = 0;

    /* A run that was cut off early may not have restored all. */
    for (uint64_t i = 0; i < run->event_count; i++)
        completed += run->events[i].type == SNAP_EVENT_CHECKPOINT_COMPLETED;
    return (completed > 0 || run->result.status == SNAP_JOB_FINISHED) &&
           !trial->before.was_resumed && !run->was_resumed && !strstr(trial->text, "type: window");
}

static bool restores_the_same(struct trial *trial, const struct swarm_run *run,
                              snap_checkpoint_id checkpoint)
{
    uint64_t taken, restored;

    if (!can_be_compared(trial, run))
        return true;
    taken = sum_of_states(&trial->before, SNAP_EVENT_STATE_TAKEN, checkpoint);
    restored = sum_of_states(run, SNAP_EVENT_STATE_RESTORED, checkpoint);
    trial->notes[NOTE_COMPARED]++;
    if (taken == restored)
        return true;
    printf("what all subtasks restored from checkpoint %" PRId64 " is not what they took\n",
           checkpoint);
    return false;
}

/* ---- what lies on disk ---- */

static void find_files(struct trial *trial, unsigned number, struct snapshot_files *files)
{
    *files = (struct snapshot_files){.arena = &trial->arena};
    snapshot_files_find(files, snap_arena_printf(&trial->arena, "%s/%u", trial->directory, number));
}

/* Between runs that are not started again all exchanges stay what they are. */
static bool is_refused_rightly(const struct swarm_run *run, const struct snap_error *error)
{
    return run->was_resumed &&
           (swarm_refuses_as_flink(error) || strstr(error->message, "that is pointwise now"));
}

/* Each for itself: opening a snapshot lets a job take over its key groups and splits. Leaves those
 * in the list that the next run can start from. */
static bool can_all_be_restored(struct trial *trial, unsigned number, const struct swarm_run *run,
                                struct snapshot_files *files)
{
    uint32_t count = files->snapshot_count;
    bool good = true;

    files->snapshot_count = 0;
    for (uint32_t i = 0; i < count && good; i++) {
        const char *snapshot = files->snapshots[i];
        struct snap_error error = {0};
        struct snap_built built;
        struct snap_restored *restored = NULL;

        build(trial, number, snapshot, &built);
        restored = open_snapshot(trial, &built, snapshot, &error);
        if (restored) {
            files->snapshots[files->snapshot_count++] = snapshot;
        } else if (is_refused_rightly(run, &error)) {
            trial->notes[NOTE_REFUSED]++;
        } else {
            printf("%s cannot be restored: %s\n", snapshot, error.message);
            good = false;
        }
        snap_restored_close(restored);
        snap_built_fini(&built);
        trial->notes[NOTE_SNAPSHOTS]++;
    }
    return good;
}

static bool is_tidy(const struct trial *trial, unsigned number, const struct swarm_run *run,
                    const struct snapshot_files *files)
{
    struct snap_fs *fs = snap_fs_real_create("");
    bool good = snapshot_files_are_used(files);

    (void)number;
    if (files->incomplete > 0) {
        printf("%u directories have no metadata\n", files->incomplete);
        good = false;
    }
    if (trial->start && trial->claim == SNAP_CLAIM && run->result.status == SNAP_JOB_FINISHED &&
        !run->was_resumed && fs->exists(fs, trial->start)) {
        printf("%s was claimed and is still there\n", trial->start);
        good = false;
    }
    snap_fs_destroy(fs);
    return good;
}

/* ---- one run ---- */

static const char *pick(struct trial *trial, const struct snapshot_files *files)
{
    /* Newer ones more often: half of the time the last of the list. */
    uint32_t at = files->snapshot_count - 1;

    if (files->snapshot_count == 0)
        return NULL;
    if (snap_rng_below(&trial->rng, 2) == 0)
        at = (uint32_t)snap_rng_below(&trial->rng, files->snapshot_count);
    return files->snapshots[at];
}

static bool is_good(struct trial *trial, unsigned number, const struct swarm_run *run,
                    const struct snap_restored *restored)
{
    struct snapshot_files files;
    bool good = swarm_oracles_hold(run, 0) && swarm_has_ended_well(run) && swarm_is_alive(run) &&
                swarm_is_quiet(run);

    if (restored)
        good = good && restores_the_same(trial, run, snap_restored_image(restored)->id);
    find_files(trial, number, &files);
    trial->notes[NOTE_SHARED] += files.shared_count;
    good = good && is_tidy(trial, number, run, &files) &&
           can_all_be_restored(trial, (number + 1) % RUNS, run, &files);
    trial->start = pick(trial, &files);
    return good;
}

static void count_start(struct trial *trial, const struct snap_built *built,
                        const struct snap_restored *restored)
{
    trial->notes[NOTE_STARTS]++;
    trial->notes[NOTE_SAVEPOINTS] += strstr(trial->start, "/savepoint-") != NULL;
    trial->notes[NOTE_RESCALED] += strstr(trial->text, "parallelism") && built->sim.variant != NULL;
    trial->notes[NOTE_CLAIMED] += trial->claim == SNAP_CLAIM;
    trial->notes[NOTE_IN_FLIGHT] += snap_restored_resume(restored)->assigned.in_flight;
}

static bool perform(struct trial *trial, unsigned number, struct snap_built *built,
                    struct snap_restored *restored)
{
    const char *directory = snap_arena_printf(&trial->arena, "%s/%u", trial->directory, number);
    struct snap_fs *disk = snap_fs_real_create(directory);
    struct swarm_run_options options = {.runtime = SNAP_RUNTIME_VIRTUAL,
                                        .records_wanted = true,
                                        .fs = snap_fs_memory_create(disk),
                                        .restored = restored};
    struct swarm_run run;
    bool good;

    swarm_run_perform(&run, &built->sim, &options);
    snap_fs_destroy(options.fs);
    snap_fs_destroy(disk);
    good = is_good(trial, number, &run, restored);
    if (!good)
        swarm_print_verdict(&run);
    run.options = NULL;
    swarm_run_fini(&trial->before);
    snap_built_fini(&trial->built_before);
    trial->before = run;
    trial->built_before = *built;
    trial->before.sim = &trial->built_before.sim;
    return good;
}

/* One that nobody claimed stays as it was, down to the byte. */
static bool is_untouched(struct trial *trial, unsigned number, uint64_t digest)
{
    struct snapshot_files files;

    find_files(trial, number, &files);
    if (files.digest == digest)
        return true;
    printf("a run has changed the files of a snapshot that it did not claim\n");
    return false;
}

static bool run_one(struct trial *trial, unsigned number, snap_ns length)
{
    struct snapshot_files files = {.arena = &trial->arena};
    struct snap_restored *restored = NULL;
    struct snap_error error = {0};
    struct snap_built built;
    bool good, is_claimed;

    build(trial, number, trial->start, &built);
    trial->backend = built.sim.config.storage.backend;
    if (number + 1 < RUNS)
        built.sim.until_ns = 1 + snap_rng_between(&trial->rng, 0, length);
    trial->claim = (enum snap_claim_mode)snap_rng_below(&trial->rng, 3);
    is_claimed = trial->claim == SNAP_CLAIM;
    if (trial->start) {
        find_files(trial, number - 1, &files);
        restored = open_snapshot(trial, &built, trial->start, &error);
        if (!restored) {
            printf("%s cannot be restored any more: %s\n", trial->start, error.message);
            snap_built_fini(&built);
            return false;
        }
        count_start(trial, &built, restored);
    }
    good = perform(trial, number, &built, restored);
    if (restored && !is_claimed)
        good = is_untouched(trial, number - 1, files.digest) && good;
    snap_restored_close(restored);
    return good;
}

static void run_seed(uint64_t seed, struct swarm_outcome *outcome)
{
    struct trial trial = {.seed = seed, .notes = outcome->notes};
    struct snap_text text = {0};
    bool good = true;
    snap_ns length;

    snap_rng_init(&trial.rng, seed, 4, RANDOM_JOB_FILES);
    random_job_text(&text, RANDOM_JOB_FILES, seed);
    trial.text = snap_text_get(&text);
    snap_arena_init(&trial.arena);
    trial.directory = snapshot_files_make_directory(&trial.arena);
    setenv("TMPDIR", trial.directory, 1);
    length = length_of(&trial);
    for (unsigned number = 0; number < RUNS && good; number++) {
        good = run_one(&trial, number, length);
        if (!good)
            printf("files: seed %" PRIu64 ", run %u; its scenario:\n%s\n", seed, number,
                   trial.text);
    }
    outcome->result = good ? SWARM_PASSED : SWARM_FAILED;
    swarm_run_fini(&trial.before);
    snap_built_fini(&trial.built_before);
    snapshot_files_remove(trial.directory);
    snap_arena_fini(&trial.arena);
    snap_text_fini(&text);
}

int main(int argc, char **argv)
{
    struct swarm_plan plan = {
        .name = "files",
        .seeds = JOBS_EVERYDAY,
        .first_seed = 1,
        .run = run_seed,
        .note_names = {"complete snapshots found", "starts from one", "of these, from savepoints",
                       "of these, with other parallelisms", "of these, claimed",
                       "shared files found", "starts with data in flight",
                       "of all starts, with states compared",
                       "snapshots that another parallelism refuses"},
        .seconds_a_seed = 240,
    };
    uint64_t notes[SWARM_NOTES];
    uint64_t failed;

    if (!swarm_arguments(argc, argv, &plan)) {
        fprintf(stderr, "usage: swarm_files [JOBS [FIRST_SEED]]\n");
        return 2;
    }
    failed = swarm_drive(&plan, notes);
    /* A swarm in which nothing happens proves nothing. */
    if (plan.seeds >= 100 &&
        (notes[NOTE_STARTS] < plan.seeds || notes[NOTE_SAVEPOINTS] == 0 ||
         notes[NOTE_IN_FLIGHT] * 20 < plan.seeds || notes[NOTE_COMPARED] * 4 < plan.seeds))
        return 1;
    return failed == 0 ? 0 : 1;
}
