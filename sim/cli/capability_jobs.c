// SPDX-License-Identifier: Apache-2.0
#include "cli/capability_jobs.h"

#include <string.h>

/* An operator without uid is called by its name. */
#define SOURCE(id) "  - {" id ": source, type: numbers, ends: [1200, 1210]%s}\n"
#define TAG(id, type, ship) "  - {" id ": tag, type: " type ", input: source, ship: " ship "}\n"
#define CHECK(id, input) "  - {" id ": check, type: pass-through, input: " input "}\n"
#define MAP(id, function, input)                                                                   \
    "  - {" id ": map, type: map, function: " function ", input: " input "}\n"
#define COUNTER(id) "  - {" id ": counter, type: count, input: map, ship: hash, cost: 1 ms}\n"
#define REDUCER                                                                                    \
    "  - {uid: counter, type: reduce, function: last, input: map, ship: hash, cost: 1 ms}\n"       \
    "  - {uid: sink, type: discard, input: counter}\n"
#define SINK(id) "  - {" id ": sink, type: tally, input: counter}\n"
#define END(id) COUNTER(id) SINK(id)
#define BEGIN(id) SOURCE(id) TAG(id, "pass-through", "rebalance")
#define OPERATORS(id) BEGIN(id) CHECK(id, "tag") MAP(id, "word 23", "check") END(id)
#define LONGER(id)                                                                                 \
    BEGIN(id)                                                                                      \
    CHECK(id, "tag")                                                                               \
    "  - {" id ": more, type: pass-through, input: check}\n" MAP(id, "word 23", "more") END(id)

static const char named[] = OPERATORS("uid");
static const char unnamed[] = OPERATORS("name");
static const char swapped[] =
    SOURCE("uid") "  - {uid: check, type: pass-through, input: source, ship: rebalance}\n"
                  "  - {uid: tag, type: pass-through, input: check}\n" MAP("uid", "word 23", "tag")
                      END("uid");
static const char updated[] = SOURCE("uid") TAG("uid", "map, function: identity", "rebalance")
    CHECK("uid", "tag") MAP("uid", "word 23", "check") END("uid");
static const char repartitioned[] = SOURCE("uid") TAG("uid", "pass-through", "rescale")
    CHECK("uid", "tag") MAP("uid", "word 23", "check") END("uid");
static const char longer[] = LONGER("uid");
static const char unnamed_longer[] = LONGER("name");
static const char shorter[] = BEGIN("uid") CHECK("uid", "tag") MAP("uid", "word 23", "check")
    COUNTER("uid") "  - {uid: rest, type: discard, input: counter}\n";
static const char reducing[] =
    BEGIN("uid") CHECK("uid", "tag") MAP("uid", "text-key 23", "check") REDUCER;
static const char revalued[] =
    BEGIN("uid") CHECK("uid", "tag") MAP("uid", "word 23", "check") REDUCER;
static const char retyped[] =
    BEGIN("uid") CHECK("uid", "tag") MAP("uid", "key-modulo 23", "check") END("uid");

static const struct snap_capability_trial trials[] = {
    {.row = {"same", "Nothing changed", "yyyy", NULL, "The job goes on as it was.", NULL},
     .is_tried = true},
    {.row = {"backend", "State backend change", "ynnn", "State backend change",
             "The snapshot of a job with the one backend, restored with the other.", NULL},
     .is_tried = true,
     .changes_backend = true},
    {.row = {"relocate", "Self-contained and relocatable", "yynn", "Self-contained and relocatable",
             "The directory of the snapshot is moved, and all else that its job left is removed.",
             NULL},
     .is_tried = true,
     .move = SNAP_CAPABILITY_SNAPSHOT_MOVES},
    {.row = {"move-job", "Checkpoints of a job moved", "--nn", NULL,
             "The directory with all checkpoints of the job is moved as a whole, with what they "
             "share.",
             "a savepoint lies in no job's directory."},
     .is_tried = true,
     .move = SNAP_CAPABILITY_JOB_MOVES},
    {.row =
         {"schema", "Schema evolution", "y!!!", "Schema evolution",
          "A type whose serializer can evolve, changed.",
          "serializers here are of numbers, texts, lists and maps, which cannot evolve (the next "
          "rows say what becomes of them). Flink promises it for POJOs and Avro."}},
    {.row = {"type", "Key of another type", "----", NULL,
             "The counter's key is a long instead of a string: no serializer can read it.", NULL},
     .is_tried = true,
     .operators = retyped},
    {.row = {"value-type", "Value of another type", "----", NULL,
             "The state of the same name and key holds a string instead of a long: each of these "
             "serializers is compatible with its own kind only.",
             NULL},
     .is_tried = true,
     .reduces = true,
     .operators = revalued},
    {.row =
         {"update", "Operator updated", "yyyn", "Non-arbitrary job upgrade",
          "The stateless operator behind the first exchange is another one with the same uid and "
          "the same types.",
          NULL},
     .is_tried = true,
     .operators = updated},
    {.row = {"partition", "Partitioning changed", "yyyn", "Arbitrary job upgrade",
             "The first exchange is pointwise (rescale) instead of rebalance.", NULL},
     .is_tried = true,
     .operators = repartitioned},
    {.row = {"add", "Operator added", "yyyn", "Arbitrary job upgrade",
             "Another stateless operator stands between the exchanges.", NULL},
     .is_tried = true,
     .operators = longer},
    {.row =
         {"add-no-uid", "Operator added, without uids", "----", NULL,
          "The same in a job without uids: generated ids of operators follow from what stands in "
          "front of them, so that state is nobody's.",
          NULL},
     .is_tried = true,
     .lacks_uids = true,
     .operators = unnamed_longer},
    {.row = {"swap", "Operators swapped, with uids", "yyyn", "Arbitrary job upgrade",
             "Two stateless operators between the exchanges change places.", NULL},
     .is_tried = true,
     .operators = swapped},
    {.row = {"remove", "Stateful operator removed", "----", NULL,
             "The sink, which has state, is replaced by one with another uid.", NULL},
     .is_tried = true,
     .operators = shorter},
    {.row = {"remove-allowed", "The same, with -n", "yyyn", "Arbitrary job upgrade",
             "The same with --allowNonRestoredState, which drops the state.", NULL},
     .is_tried = true,
     .operators = shorter,
     .allows_non_restored = true},
    {.row = {"config", "Other settings", "----", NULL,
             "Checkpoints every 50 ms and aligned, buffers of 8 kb.", NULL},
     .is_tried = true,
     .config = "  execution.checkpointing.interval: 50 ms\n"
               "  execution.checkpointing.unaligned.enabled: false\n"
               "  taskmanager.memory.segment-size: 8 kb\n"},
    {.row = {"max-parallelism", "Other max parallelism", "----", NULL,
             "pipeline.max-parallelism is set to 64; the snapshot has 128 key groups.", NULL},
     .is_tried = true,
     .config = "  pipeline.max-parallelism: 64\n"
               "  execution.checkpointing.interval: 100 ms\n"},
    {.row = {"more", "Rescaling, 2 to 3", "yyyy", "Rescaling", "All operators have 3 subtasks.",
             NULL},
     .is_tried = true,
     .parallelism = 3},
    {.row = {"fewer", "Rescaling, 2 to 1", "yyyy", "Rescaling", "All operators have 1 subtask.",
             NULL},
     .is_tried = true,
     .parallelism = 1},
    {.row = {"too-many", "Beyond max parallelism", "----", NULL,
             "All operators have 129 subtasks, the snapshot has 128 key groups.", NULL},
     .is_tried = true,
     .parallelism = 129},
    {.row = {"patch", "Flink patch upgrade", "yyyy", "Flink bug/patch version upgrade",
             "Within a minor version the format is the same, and no file says which patch version "
             "wrote it: what is tried is that the version reads its own, and a yes proves no more "
             "than that of \"Nothing changed\".",
             NULL},
     .is_tried = true},
    {.row = {"minor", "Flink minor upgrade", "yyyn", "Flink minor version upgrade",
             "The metadata are written anew as an earlier minor version of the same major one has "
             "them: format 5 of Flink 2.0 for 2.3, format 3 of Flink 1.14 for 1.20. State files "
             "stay as they are.",
             NULL},
     .is_tried = true,
     .ages = true},
    {.row = {"upgrade", "Flink 1.20 to 2.3", "!!!!", NULL,
             "A change of the major version, which Flink promises for no kind of snapshot.", NULL},
     .is_tried = true,
     .from_version = "1.20",
     .to_version = "2.3"},
    {.row = {"downgrade", "Flink 2.3 to 1.20", "----", NULL, "The way back.", NULL},
     .is_tried = true,
     .from_version = "2.3",
     .to_version = "1.20"},
    {.row = {"processor-read", "State read without the job", "y!!n",
             "State Processor API (reading)",
             "The reader of `snapsim inspect` reads all values: the counts and the records in "
             "flight must add up to what the source had sent. Flink's own API, a Java library, is "
             "not run.",
             NULL},
     .is_tried = true,
     .is_reading = true},
    {.row = {"processor-write", "State written without a job", "ynnn",
             "State Processor API (writing)", "A snapshot that a program makes of values.",
             "only jobs write snapshots here; Flink's API for it is a Java library."}},
};

const struct snap_capability_trial *snap_capability_trials(uint32_t *count)
{
    *count = (uint32_t)(sizeof(trials) / sizeof(trials[0]));
    return trials;
}

const char *snap_capability_backend_name(enum snap_capability_backend backend)
{
    static const char *const names[] = {"hashmap", "rocksdb", "rocksdb, incremental"};

    return names[backend];
}

/* State files lie beside the metadata whatever their size: only files can be moved and missed. */
static void add_config(struct snap_text *text, const struct snap_capability_job *job,
                       bool is_rocksdb)
{
    snap_text_printf(text,
                     "name: capabilities\n"
                     "seed: 1\n"
                     "flink-version: \"%s\"\n"
                     "model: {record-size: 400 b}\n"
                     "config:\n"
                     "  state.backend.type: %s\n"
                     "  execution.checkpointing.incremental: %s\n"
                     "  execution.checkpointing.data-inline-threshold: 0\n",
                     job->version, is_rocksdb ? "rocksdb" : "hashmap",
                     job->backend == SNAP_CAPABILITY_INCREMENTAL ? "true" : "false");
}

static void add_times(struct snap_text *text, const struct snap_capability_job *job)
{
    snap_text_printf(text,
                     "  taskmanager.memory.segment-size: 4 kb\n"
                     "  execution.checkpointing.interval: 100 ms\n"
                     "  execution.checkpointing.unaligned.enabled: %s\n",
                     job->is_unaligned ? "true" : "false");
}

int32_t snap_capability_earlier_metadata(const char *version)
{
    return strcmp(version, "1.20") == 0 ? 3 : 5;
}

/* The operators of the job that a snapshot is taken of. */
static const char *operators_of(const struct snap_capability_job *job)
{
    return job->reduces ? reducing : job->lacks_uids ? unnamed : named;
}

static const char *kept(struct snap_text *text, struct snap_arena *arena)
{
    const char *copy = snap_arena_strdup(arena, snap_text_get(text));

    snap_text_fini(text);
    return copy;
}

const char *snap_capability_cut_text(const struct snap_capability_job *job,
                                     struct snap_arena *arena)
{
    struct snap_text text = {0};

    add_config(&text, job, job->backend != SNAP_CAPABILITY_HASHMAP);
    add_times(&text, job);
    snap_text_add_string(&text, "  execution.checkpointing.dir: checkpoints\n"
                                "  parallelism.default: 2\noperators:\n");
    /* Under pressure records are in flight; savepoints would wait for them. */
    snap_text_printf(&text, operators_of(job), job->is_unaligned ? "" : ", rate: 800/s");
    snap_text_add_string(&text, "expect: {job: RUNNING}\n");
    if (job->is_unaligned)
        snap_text_add_string(&text, "until: 250 ms\n");
    else
        snap_text_add_string(&text, "until: 450 ms\n"
                                    "timeline:\n"
                                    "  - {at: 150 ms, savepoint: canonical/, format: canonical}\n"
                                    "  - {at: 250 ms, savepoint: native/, format: native}\n");
    return kept(&text, arena);
}

const char *snap_capability_whole_text(const struct snap_capability_job *job,
                                       const struct snap_capability_trial *trial,
                                       struct snap_arena *arena)
{
    struct snap_text text = {0};
    bool is_rocksdb = job->backend != SNAP_CAPABILITY_HASHMAP;

    add_config(&text, job, trial && trial->changes_backend ? !is_rocksdb : is_rocksdb);
    if (trial && trial->config)
        snap_text_add_string(&text, trial->config);
    else
        add_times(&text, job);
    snap_text_printf(&text, "  parallelism.default: %u\noperators:\n",
                     trial && trial->parallelism ? trial->parallelism : 2);
    snap_text_printf(&text, trial && trial->operators ? trial->operators : operators_of(job), "");
    return kept(&text, arena);
}
