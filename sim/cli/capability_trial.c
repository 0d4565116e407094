// SPDX-License-Identifier: Apache-2.0
#include "cli/capability_trial.h"

#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/capability_files.h"
#include "cli/execution.h"
#include "cli/interrupt.h"
#include "cli/out_dir.h"
#include "operators/operator.h"

/* A job that was cut off, and what it left behind. */
struct cut {
    struct snap_capability_job job;
    const char *directory;
    struct cut *next;
};

struct snap_capability_lab {
    struct snap_arena arena;
    struct snap_fs *fs;
    char *folder;
    uint32_t runs;        /* number of directories below it */
    struct cut *cuts;     /* whose files are where they were */
    const char *expected; /* what is counted without a break */
};

/* One case on its way. */
struct trying {
    struct snap_capability_lab *lab;
    const struct snap_capability_case *what;
    struct snap_capability_cell *cell;
    struct snap_error *error;
    struct snap_scenario *scenario;
    struct snap_built built;
};

/* ---- the folder ---- */

struct snap_capability_lab *snap_capability_lab_open(struct snap_error *error)
{
    struct snap_capability_lab *lab = snap_memory_take_zeroed(sizeof(*lab));
    const char *parent = getenv("TMPDIR");

    snap_arena_init(&lab->arena);
    lab->folder = snap_arena_printf(&lab->arena, "%s/snapsim-capabilities-XXXXXX",
                                    parent && *parent ? parent : "/tmp");
    if (!mkdtemp(lab->folder) || !(lab->folder = realpath(lab->folder, NULL))) {
        snap_error_set(error, SNAP_ERROR_IO, "no directory can be made in %s: %s",
                       parent && *parent ? parent : "/tmp", strerror(errno));
        snap_arena_fini(&lab->arena);
        snap_memory_give_back(lab);
        return NULL;
    }
    lab->fs = snap_fs_real_create("");
    return lab;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void snap_capability_lab_close(struct snap_capability_lab *lab)
{
    if (!lab)
        return;
    remove_tree(lab->folder);
    free(lab->folder);
    snap_fs_destroy(lab->fs);
    snap_arena_fini(&lab->arena);
    snap_memory_give_back(lab);
}

static const char *next_directory(struct snap_capability_lab *lab)
{
    return snap_arena_printf(&lab->arena, "%s/%u", lab->folder, lab->runs++);
}

/* Returns the last entry of the directory whose name begins so, NULL if there is none. */
static const char *entry_of(struct snap_capability_lab *lab, const char *directory,
                            const char *begin)
{
    struct snap_fs_names names = {.arena = &lab->arena};
    struct snap_error ignored = {0};
    const char *found = NULL;

    lab->fs->list(lab->fs, directory, &names, &ignored);
    for (uint32_t i = 0; i < names.count; i++)
        if (strncmp(names.names[i], begin, strlen(begin)) == 0)
            found = snap_arena_printf(&lab->arena, "%s/%s", directory, names.names[i]);
    return found;
}

/* ---- runs ---- */

static bool build(struct trying *at, const char *text)
{
    const struct snap_scenario_text scenario = {"capabilities", text, strlen(text)};

    return snap_scenario_parse(&scenario, snap_operator_catalogue_get(), &at->scenario,
                               at->error) &&
           snap_scenario_build(at->scenario, NULL, &at->built, at->error);
}

static void tear_down(struct trying *at)
{
    snap_built_fini(&at->built);
    snap_scenario_destroy(at->scenario);
    at->built = (struct snap_built){.note_count = 0};
    at->scenario = NULL;
}

/* Runs what was built; *met says whether its verdict is that of an exact run. */
static bool perform(struct trying *at, const char *directory, struct snap_restored *restored,
                    bool *met)
{
    struct snap_execution_options options = {.built = &at->built,
                                             .runtime = SNAP_RUNTIME_VIRTUAL,
                                             .level = SNAP_TRACE_OFF,
                                             .directory = directory,
                                             .restored = restored,
                                             .warm_up_ns = SNAP_NEVER};
    struct snap_execution execution = {.result = {.status = SNAP_JOB_CREATED}};
    bool good = snap_out_dir_prepare(directory, SNAP_OUT_DIR_MUST_BE_EMPTY, at->error) &&
                snap_execution_perform(&execution, &options, at->error);

    *met = good && execution.summary.expectation_met;
    snap_execution_fini(&execution);
    return good;
}

static bool run_text(struct trying *at, const char *text, const char *directory)
{
    bool met = false;
    bool good = build(at, text) && perform(at, directory, NULL, &met);

    tear_down(at);
    if (good && !met)
        return snap_error_set(at->error, SNAP_ERROR_IO,
                              "%s: a job of the table does not run as it "
                              "should",
                              directory);
    return good;
}

static const char *counts_of(struct snap_capability_lab *lab, const char *directory,
                             struct snap_error *error)
{
    struct snap_text text = {0};
    const char *path = snap_arena_printf(&lab->arena, "%s/state/counter.tsv", directory);
    const char *counts = NULL;

    if (lab->fs->read(lab->fs, path, &text, error))
        counts = snap_arena_strdup(&lab->arena, snap_text_get(&text));
    snap_text_fini(&text);
    return counts;
}

static bool expect(struct trying *at)
{
    const struct snap_capability_job job = {.version = "2.3"};
    const char *directory = next_directory(at->lab);

    if (at->lab->expected)
        return true;
    if (!run_text(at, snap_capability_whole_text(&job, NULL, &at->lab->arena), directory))
        return false;
    at->lab->expected = counts_of(at->lab, directory, at->error);
    return at->lab->expected != NULL;
}

/* ---- snapshots ---- */

static struct snap_capability_job job_of(const struct snap_capability_case *what)
{
    const struct snap_capability_trial *trial = what->trial;

    return (struct snap_capability_job){
        .version = trial->from_version ? trial->from_version : what->version,
        .backend = what->backend,
        .is_unaligned = what->kind == SNAP_CAPABILITY_UNALIGNED,
        .lacks_uids = trial->lacks_uids,
        .reduces = trial->reduces,
    };
}

static bool is_same(const struct snap_capability_job *a, const struct snap_capability_job *b)
{
    return strcmp(a->version, b->version) == 0 && a->backend == b->backend &&
           a->is_unaligned == b->is_unaligned && a->lacks_uids == b->lacks_uids &&
           a->reduces == b->reduces;
}

/* Files that a trial moves or writes anew are its own. */
static const char *directory_of(struct trying *at)
{
    struct snap_capability_lab *lab = at->lab;
    struct snap_capability_job job = job_of(at->what);
    bool is_kept = at->what->trial->move == SNAP_CAPABILITY_STAYS && !at->what->trial->ages;
    struct cut *cut = lab->cuts;

    while (cut && !is_same(&cut->job, &job))
        cut = cut->next;
    if (cut && is_kept)
        return cut->directory;
    cut = SNAP_ARENA_NEW(&lab->arena, struct cut);
    *cut = (struct cut){job, next_directory(lab), lab->cuts};
    if (!run_text(at, snap_capability_cut_text(&job, &lab->arena), cut->directory))
        return NULL;
    if (is_kept)
        lab->cuts = cut;
    return cut->directory;
}

static const char *find_snapshot(struct trying *at, const char *directory)
{
    struct snap_capability_lab *lab = at->lab;
    static const char *const below[] = {"canonical", "native", "checkpoints", "checkpoints"};
    const char *parent = snap_arena_printf(&lab->arena, "%s/%s", directory, below[at->what->kind]);

    if (at->what->kind < SNAP_CAPABILITY_ALIGNED)
        return entry_of(lab, parent, "savepoint-");
    parent = entry_of(lab, parent, "");
    return parent ? entry_of(lab, parent, "chk-") : NULL;
}

/* Moves what the trial moves, and removes the rest of what the job left. */
static const char *move(struct trying *at, const char *snapshot, const char *directory)
{
    struct snap_capability_lab *lab = at->lab;
    const char *to = next_directory(lab);
    const char *name = strrchr(snapshot, '/');
    bool with_job = at->what->trial->move == SNAP_CAPABILITY_JOB_MOVES;
    const char *from =
        with_job ? snap_arena_strndup(&lab->arena, snapshot, (size_t)(name - snapshot)) : snapshot;

    if (rename(from, to) != 0) {
        snap_error_set(at->error, SNAP_ERROR_IO, "%s cannot be moved: %s", from, strerror(errno));
        return NULL;
    }
    remove_tree(directory);
    return with_job ? snap_arena_printf(&lab->arena, "%s%s", to, name) : to;
}

static const char *take_snapshot(struct trying *at)
{
    const char *directory = directory_of(at);
    const char *snapshot = directory ? find_snapshot(at, directory) : NULL;

    if (directory && !snapshot)
        snap_error_set(at->error, SNAP_ERROR_IO, "%s: the job left no snapshot", directory);
    if (snapshot && at->what->trial->ages &&
        !snap_capability_age(at->lab->fs, snapshot,
                             snap_capability_earlier_metadata(at->what->version), at->error))
        return NULL;
    return snapshot && at->what->trial->move != SNAP_CAPABILITY_STAYS
               ? move(at, snapshot, directory)
               : snapshot;
}

/* ---- judgement ---- */

/* Paths in messages are those below the folder: whose name is another each time. */
static const char *without_folder(const struct trying *at, const char *message)
{
    struct snap_text text = {0};
    size_t length = strlen(at->lab->folder) + 1;
    const char *copy;

    for (const char *found; (found = strstr(message, at->lab->folder)); message = found + length)
        snap_text_add(&text, message, (size_t)(found - message));
    snap_text_add_string(&text, message);
    copy = snap_arena_strdup(&at->lab->arena, snap_text_get(&text));
    snap_text_fini(&text);
    return copy;
}

static bool judge(struct trying *at, enum snap_capability_result result, const char *why)
{
    *at->cell = (struct snap_capability_cell){result, without_folder(at, why)};
    return true;
}

static bool judge_refusal(struct trying *at, const struct snap_restored *restored,
                          const struct snap_error *refusal)
{
    bool in_tasks = restored && snap_restored_stage(restored) == SNAP_RESTORE_IN_TASKS;

    if (refusal->code == SNAP_ERROR_IO || refusal->code == SNAP_ERROR_MEMORY) {
        *at->error = *refusal;
        return false;
    }
    return judge(at, in_tasks ? SNAP_CAPABILITY_FAILS : SNAP_CAPABILITY_REFUSED, refusal->message);
}

static bool judge_moved(struct trying *at, const struct snap_moved_files *moved)
{
    return judge(at, SNAP_CAPABILITY_FAILS,
                 snap_arena_printf(&at->lab->arena,
                                   "Flink looks in vain for %s, as the metadata names %u %s by "
                                   "absolute paths; snapsim looks beside the snapshot, too, and "
                                   "could go on",
                                   moved->first, moved->count,
                                   snap_plural(moved->count, "file", "files")));
}

static uint32_t in_flight(const struct snap_image *image)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < image->piece_count; i++)
        count += image->pieces[i].count;
    return count;
}

/* What works is a yes, unless Flink's page says otherwise. */
static bool judge_good(struct trying *at, const char *why)
{
    char promise = at->what->trial->row.promise[at->what->kind];

    return judge(
        at, promise == 'y' || promise == '-' ? SNAP_CAPABILITY_YES : SNAP_CAPABILITY_UNPROMISED,
        why);
}

static bool judge_end(struct trying *at, const char *directory, bool met, uint32_t flying)
{
    const char *counts = counts_of(at->lab, directory, at->error);

    if (!counts)
        return false;
    if (!met || strcmp(counts, at->lab->expected) != 0)
        return judge(at, SNAP_CAPABILITY_WRONG, "it starts, but the counts are others");
    return judge_good(at, flying > 0
                              ? snap_arena_printf(&at->lab->arena,
                                                  "all counts are right; %u records were in flight",
                                                  flying)
                              : "all counts are right");
}

static bool run_restored(struct trying *at, const struct snap_restore_request *request,
                         uint32_t flying)
{
    struct snap_restored *restored = snap_restored_open(&at->built.sim, request, at->error);
    const char *directory = next_directory(at->lab);
    bool met = false;
    bool good = restored && perform(at, directory, restored, &met);

    snap_restored_close(restored);
    return good && judge_end(at, directory, met, flying);
}

static bool restore(struct trying *at, const struct snap_restore_request *request)
{
    struct snap_error refusal = {0};
    struct snap_restored *restored = snap_restored_check(&at->built.sim, request, &refusal);
    bool goes_on = restored && refusal.code == SNAP_OK && snap_restored_moved(restored)->count == 0;
    uint32_t flying = restored ? in_flight(snap_restored_image(restored)) : 0;
    bool good = true;

    if (refusal.code != SNAP_OK)
        good = judge_refusal(at, restored, &refusal);
    else if (!goes_on)
        good = judge_moved(at, snap_restored_moved(restored));
    snap_restored_close(restored);
    return goes_on ? run_restored(at, request, flying) : good;
}

/* Nothing may be missing of what the source had sent, and nothing be there twice. */
static bool read_values(struct trying *at, const char *snapshot)
{
    struct snap_capability_values values;
    struct snap_error refusal = {0};
    const char *sum;

    if (!snap_capability_read(snapshot, &values, &refusal))
        return judge_refusal(at, NULL, &refusal);
    sum = snap_arena_printf(&at->lab->arena,
                            "counts of %u keys add up to %" PRId64 ", %" PRId64
                            " records are in flight, and the source had sent %" PRId64,
                            values.keys, values.counted, values.in_flight, values.sent);
    return values.counted + values.in_flight == values.sent ? judge_good(at, sum)
                                                            : judge(at, SNAP_CAPABILITY_WRONG, sum);
}

bool snap_capability_try(struct snap_capability_lab *lab, const struct snap_capability_case *what,
                         struct snap_capability_cell *cell, struct snap_error *error)
{
    struct trying at = {.lab = lab, .what = what, .cell = cell, .error = error};
    struct snap_capability_job job = job_of(what);
    struct snap_restore_request request = {.allow_non_restored = what->trial->allows_non_restored,
                                           .claim = SNAP_NO_CLAIM};
    bool is_savepoint = what->kind < SNAP_CAPABILITY_ALIGNED;
    bool good;

    *cell = (struct snap_capability_cell){SNAP_CAPABILITY_NOT_TRIED, NULL};
    if (!what->trial->is_tried || (is_savepoint && what->trial->move == SNAP_CAPABILITY_JOB_MOVES))
        return true;
    if (snap_interrupted())
        return snap_error_set(error, SNAP_ERROR_USAGE, "interrupted");
    if (what->trial->to_version)
        job.version = what->trial->to_version;
    request.place.pointer = expect(&at) ? take_snapshot(&at) : NULL;
    if (request.place.pointer && what->trial->is_reading)
        return read_values(&at, request.place.pointer);
    good = request.place.pointer &&
           build(&at, snap_capability_whole_text(&job, what->trial, &lab->arena)) &&
           restore(&at, &request);
    tear_down(&at);
    return good;
}
