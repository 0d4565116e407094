// SPDX-License-Identifier: Apache-2.0
#include "swarm/swarm_run.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "model/names.h"
#include "model/string_pool.h"
#include "operators/operator.h"
#include "snapshot/restore.h"
#include "verify/ledger.h"
#include "verify/oracles.h"

/* Longer than any write to the storage takes. */
#define SILENCE_NS (12 * SNAP_SECOND)

static bool build(const struct snap_scenario_text *from, const char *variant,
                  struct snap_built *built, struct snap_error *error)
{
    const struct snap_scenario_choice choice = {.variant = variant};
    struct snap_scenario *scenario = NULL;
    bool good;

    memset(built, 0, sizeof(*built));
    good = snap_scenario_parse(from, snap_operator_catalogue_get(), &scenario, error) &&
           snap_scenario_build(scenario, &choice, built, error);
    snap_scenario_destroy(scenario);
    return good;
}

bool swarm_build_quietly(const char *text, struct snap_built *built)
{
    const struct snap_scenario_text from = {"random.yaml", text, strlen(text)};
    struct snap_error error = {.code = SNAP_OK};

    return build(&from, NULL, built, &error);
}

bool swarm_build(const char *text, struct snap_built *built)
{
    return swarm_build_variant(text, NULL, built);
}

bool swarm_build_variant(const char *text, const char *variant, struct snap_built *built)
{
    const struct snap_scenario_text from = {"random.yaml", text, strlen(text)};
    struct snap_error error = {.code = SNAP_OK};
    struct snap_text message = {0};

    if (build(&from, variant, built, &error))
        return true;
    snap_scenario_print_error(&message, &error, &from);
    printf("%s\n", snap_text_get(&message));
    snap_text_fini(&message);
    return false;
}

static int64_t hash_if_text(enum snap_value_kind kind, int64_t arg)
{
    union snap_value value = {.number = arg};

    return kind == SNAP_VALUE_STRING ? (int64_t)value.string->hash : arg;
}

/* Keys and values stand for themselves or for a text, by the schema of what the operator takes; of
 * a captured record by that of who made it. */
static void replace_texts(const struct snap_job *job, struct snap_event *event)
{
    const struct snap_event_info *info = snap_event_info_get(event->type);
    const struct snap_operator *op = &job->operators[event->args[0]];
    bool made = op->in_edge_count == 0 || event->type == SNAP_EVENT_RECORD_CAPTURED;
    struct snap_schema schema = made ? op->schema : op->input_schemas[0];

    for (uint32_t i = 1; i < info->arg_count; i++) {
        if (info->args[i].kind == SNAP_ARG_KEY)
            event->args[i] = hash_if_text(schema.key, event->args[i]);
        else if (info->args[i].kind == SNAP_ARG_VALUE)
            event->args[i] = hash_if_text(schema.value, event->args[i]);
    }
}

static void keep_event(void *context, const struct snap_event *event)
{
    struct swarm_run *run = context;

    if (run->event_count == run->event_capacity) {
        run->event_capacity = run->event_capacity ? run->event_capacity * 2 : 4096;
        run->events = realloc(run->events, run->event_capacity * sizeof(*run->events));
        SNAP_CHECK(run->events);
    }
    run->events[run->event_count] = *event;
    if (snap_event_info_get(event->type)->args[0].kind == SNAP_ARG_OPERATOR &&
        snap_event_info_get(event->type)->level == SNAP_TRACE_RECORDS)
        replace_texts(run->job, &run->events[run->event_count]);
    run->event_count++;
}

static void note_execution(void *context, const struct snap_execution_start *start)
{
    struct swarm_run *run = context;

    run->job = start->job;
    run->was_resumed = true;
    snap_judges_resume(&run->judges, start);
}

static uint64_t feed_value(uint64_t digest, enum snap_value_kind kind, union snap_value value)
{
    uint64_t word = kind == SNAP_VALUE_LONG ? (uint64_t)value.number : value.string->hash;

    return snap_hash_feed(digest, &word, sizeof(word));
}

static void digest_entry(void *to, const struct snap_state_entry *entry)
{
    struct swarm_run *run = to;
    const struct snap_operator *op = &run->sim->job->operators[entry->operator_index];
    struct snap_operator_rules rules = snap_operator_rules_of(op);
    uint64_t digest = SNAP_HASH_START ^ entry->operator_index ^ ((uint64_t)entry->subtask << 32);

    digest = feed_value(digest, op->schema.key, entry->key);
    digest = feed_value(digest, snap_rules_state_kind(&rules, op), entry->value);
    run->state_digest += snap_mix64(digest);
}

/* Where a failing check happened to be: the last events handed on. */
static void print_last_events(void *context)
{
    struct swarm_run *run = context;
    uint64_t first = run->event_count > 8 ? run->event_count - 8 : 0;

    for (uint64_t i = first; i < run->event_count; i++) {
        swarm_print_event(run->job, &run->events[i]);
        printf("\n");
    }
    fflush(stdout);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static void perform_on(struct swarm_run *run, struct snap_fs *fs)
{
    const struct swarm_run_options *options = run->options;
    struct snap_observer observers[SNAP_OBSERVERS_MAX];
    struct snap_run_options run_options = {.runtime = options->runtime,
                                           .every_record = options->every_record,
                                           .fs = fs,
                                           .observers = observers,
                                           .restored = options->restored,
                                           .interrupted = options->interrupted};
    struct snap_error error = {.code = SNAP_OK};
    struct snap_run *performed;

    snap_judges_create(&run->judges, run->sim, &run->arena);
    if (options->restored)
        snap_judges_begin_at(&run->judges, snap_restored_baseline(options->restored));
    run->judged = run->judges.ledger != NULL;
    observers[run_options.observer_count++] =
        (struct snap_observer){.context = run, .execution = note_execution};
    if (!options->events_unwanted)
        observers[run_options.observer_count++] =
            (struct snap_observer){.context = run,
                                   .merged = keep_event,
                                   .records_wanted = options->records_wanted,
                                   .buffers_wanted = options->records_wanted ||
                                                     (options->runtime == SNAP_RUNTIME_VIRTUAL &&
                                                      !options->buffers_unwanted)};
    run_options.observer_count =
        snap_judges_observe(&run->judges, observers, run_options.observer_count);
    performed = snap_run_create(run->sim, &run_options);
    snap_check_set_hook(print_last_events, run);
    run->result = snap_run_execute(performed);
    snap_run_each_state_entry(performed, digest_entry, run);
    SNAP_CHECK(snap_judges_hear(&run->judges, performed, &run->result, &run->verdict, &error));
    snap_check_set_hook(NULL, NULL);
    snap_run_destroy(performed);
    snap_judges_destroy(&run->judges);
}

/* The file system in memory belongs to one thread; threads write real files. */
static void perform_on_files(struct swarm_run *run)
{
    char directory[] = "/tmp/snapsim-swarm-XXXXXX";
    struct snap_fs *fs;

    SNAP_CHECK(mkdtemp(directory));
    fs = snap_fs_real_create(directory);
    perform_on(run, fs);
    snap_fs_destroy(fs);
    nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void swarm_run_perform(struct swarm_run *run, const struct snap_simulation *sim,
                       const struct swarm_run_options *options)
{
    struct snap_fs *fs;

    memset(run, 0, sizeof(*run));
    snap_arena_init(&run->arena);
    run->sim = sim;
    run->job = sim->job;
    run->options = options;
    if (options->fs) {
        perform_on(run, options->fs);
        return;
    }
    if (options->runtime == SNAP_RUNTIME_THREADS) {
        perform_on_files(run);
        return;
    }
    fs = snap_fs_memory_create(NULL);
    perform_on(run, fs);
    snap_fs_destroy(fs);
}

void swarm_run_fini(struct swarm_run *run)
{
    free(run->events);
    if (run->sim)
        snap_arena_fini(&run->arena);
    memset(run, 0, sizeof(*run));
}

void swarm_run_keep_level(struct swarm_run *run, enum snap_trace_level level)
{
    uint64_t kept = 0;

    for (uint64_t i = 0; i < run->event_count; i++)
        if (snap_event_info_get(run->events[i].type)->level <= level)
            run->events[kept++] = run->events[i];
    run->event_count = kept;
}

static bool same_event(const struct snap_event *a, const struct snap_event *b)
{
    const struct snap_event_info *info = snap_event_info_get(a->type);

    return a->at_ns == b->at_ns && a->actor == b->actor && a->type == b->type &&
           memcmp(a->args, b->args, info->arg_count * sizeof(int64_t)) == 0;
}

bool swarm_runs_equal(const struct swarm_run *a, const struct swarm_run *b, uint64_t *at)
{
    uint64_t i = 0;

    while (i < a->event_count && i < b->event_count && same_event(&a->events[i], &b->events[i]))
        i++;
    *at = i;
    return i == a->event_count && i == b->event_count && a->result.status == b->result.status &&
           a->result.elapsed_ns == b->result.elapsed_ns && a->state_digest == b->state_digest &&
           memcmp(a->verdict.counters, b->verdict.counters, sizeof(a->verdict.counters)) == 0;
}

bool swarm_run_has_failed(const struct swarm_run *run)
{
    return run->result.status == SNAP_JOB_FAILED || run->result.error.code != SNAP_OK;
}

bool swarm_run_stands_still(const struct swarm_run *run)
{
    snap_ns last = 0;

    for (uint64_t i = 0; i < run->event_count; i++)
        if (run->events[i].type != SNAP_EVENT_TASK_TOTALS)
            last = run->events[i].at_ns;
    return run->result.status == SNAP_JOB_RUNNING && run->result.elapsed_ns - last >= SILENCE_NS;
}

static void print_arg(const struct snap_job *job, const struct snap_event_arg *arg, int64_t value)
{
    struct snap_arena scratch;

    snap_arena_init(&scratch);
    printf(" %s=", arg->name);
    if (arg->kind == SNAP_ARG_TASK && value >= 0 && value <= job->task_count)
        printf("%s", snap_actor_name(job, (uint32_t)value, &scratch));
    else if (arg->kind == SNAP_ARG_OPERATOR)
        printf("%s", value < job->operator_count ? job->operators[value].uid : "?");
    else if (arg->kind == SNAP_ARG_TASK_STATUS)
        printf("%s", snap_task_status_name((enum snap_task_status)value));
    else if (arg->kind == SNAP_ARG_JOB_STATUS)
        printf("%s", snap_job_status_name((enum snap_job_status)value));
    else if (arg->kind == SNAP_ARG_CAUSE)
        printf("%s", snap_failure_cause_name((enum snap_failure_cause)value));
    else
        printf("%" PRId64, value);
    snap_arena_fini(&scratch);
}

void swarm_print_event(const struct snap_job *job, const struct snap_event *event)
{
    const struct snap_event_info *info = snap_event_info_get(event->type);
    struct snap_arena scratch;

    snap_arena_init(&scratch);
    printf("  %" PRId64 " %s #%" PRIu64 " %s", event->at_ns,
           event->actor <= job->task_count ? snap_actor_name(job, event->actor, &scratch) : "?",
           event->sequence, info->name);
    for (uint32_t i = 0; i < info->arg_count; i++)
        print_arg(job, &info->args[i], event->args[i]);
    snap_arena_fini(&scratch);
}

uint64_t swarm_run_first_events(const struct swarm_run *run)
{
    uint64_t count = 0;
    snap_ns resumed_ns = SNAP_NEVER;

    for (uint64_t i = run->event_count; i > 0; i--)
        if (run->events[i - 1].type == SNAP_EVENT_JOB_RESUMED)
            resumed_ns = run->events[i - 1].at_ns;
    while (count < run->event_count && run->events[count].at_ns < resumed_ns)
        count++;
    return count;
}

bool swarm_oracles_hold(const struct swarm_run *run, uint32_t but)
{
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (!(but >> i & 1) && run->verdict.oracles[i].objections > 0)
            return false;
    return true;
}

enum { CAPTURED = 1, UNALIGNED = 2 };

static uint8_t marks_of(const struct snap_event *event)
{
    if (event->type == SNAP_EVENT_CHANNELS_SAVED)
        return CAPTURED;
    if (event->type == SNAP_EVENT_SNAPSHOT_STARTED &&
        event->args[4] == (int64_t)SNAP_ALIGN_UNALIGNED)
        return UNALIGNED;
    return 0;
}

void swarm_run_count_overtaking(const struct swarm_run *run, struct swarm_overtaking *count)
{
    uint8_t *marks = NULL; /* by checkpoint */
    int64_t capacity = 0;
    int64_t resumed = 0; /* the checkpoint that the last execution started from */

    memset(count, 0, sizeof(*count));
    for (uint64_t i = 0; i < run->event_count; i++) {
        const struct snap_event *event = &run->events[i];
        uint8_t mark = marks_of(event);

        if (event->type == SNAP_EVENT_JOB_RESUMED)
            resumed = event->args[1];
        count->restored += event->type == SNAP_EVENT_CHANNELS_RESTORED;
        count->dealt += event->type == SNAP_EVENT_CHANNELS_RESTORED && event->args[0] == resumed;
        if (mark && event->args[0] >= capacity) {
            int64_t grown = event->args[0] * 2 + 16;

            marks = realloc(marks, (size_t)grown);
            SNAP_CHECK(marks);
            memset(marks + capacity, 0, (size_t)(grown - capacity));
            capacity = grown;
        }
        if (mark)
            marks[event->args[0]] |= mark;
        if (event->type != SNAP_EVENT_CHECKPOINT_COMPLETED || event->args[0] >= capacity)
            continue;
        count->captured += (marks[event->args[0]] & CAPTURED) != 0;
        count->unaligned += (marks[event->args[0]] & UNALIGNED) != 0;
    }
    free(marks);
}

void swarm_print_verdict(const struct swarm_run *run)
{
    const struct snap_verdict *verdict = &run->verdict;

    printf("  job %s after %" PRId64 " ns\n", snap_job_status_name(run->result.status),
           run->result.elapsed_ns);
    for (uint32_t i = 0; i < verdict->judgement_count; i++) {
        const struct snap_judgement *at = &verdict->judgements[i];

        printf("  %s %s:", snap_judged_operator(at, run->job)->uid,
               at->kind == SNAP_JUDGED_STATE ? "state" : "sink");
        for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
            if (at->counters[c] != 0)
                printf(" %s %" PRId64, snap_counter_name((enum snap_counter)c), at->counters[c]);
        printf(" (processed %" PRId64 ", affected %" PRId64 ")\n", at->processed, at->affected);
    }
    for (unsigned i = 0; i < SNAP_ORACLE_COUNT; i++)
        if (verdict->oracles[i].objections > 0)
            printf("  oracle %s objects %" PRIu64 " times: %s\n",
                   snap_oracle_name((enum snap_oracle_id)i), verdict->oracles[i].objections,
                   verdict->oracles[i].first);
    if (verdict->culprit.found)
        printf("  culprit: %s\n", verdict->culprit.story);
}
