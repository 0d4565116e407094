// SPDX-License-Identifier: Apache-2.0
/*
 * api_forms.h: half a job, a savepoint of each form, and jobs that go on from it: at three
 * parallelisms, with a crash on the way, in both runtimes. For tests of the C interface that know
 * what states hold.
 *
 * - What a test remembers of records is `record_bytes` of its own; each job that goes on begins
 * with a copy of what the first half came to.
 * - To be included behind api_lab.h and api_directory.h.
 */
#ifndef TESTS_UNIT_API_FORMS_H
#define TESTS_UNIT_API_FORMS_H

#include <stdlib.h>
#include <string.h>

/* A savepoint that the first half ends with. */
struct form {
    const char *name;
    const char *backend;
    const char *action;
};

static const struct form forms[] = {
    {"canonical", "hashmap", "{at: 260 ms, stop-with-savepoint: canonical}"},
    {"native", "hashmap", "{at: 260 ms, stop-with-savepoint: native native}"},
    {"rocksdb", "rocksdb", "{at: 260 ms, stop-with-savepoint: rocksdb native}"},
    {"rocksdb canonical", "rocksdb", "{at: 260 ms, stop-with-savepoint: rocksdb-canonical}"},
};

/* What a test brings. */
struct forms_lab {
    size_t record_bytes;
    void (*clear)(void *records);                        /* there were none yet */
    struct snapsim_job *(*job)(const char *parallelism); /* its operator is called "tested" */
    /* Runs the job; what its records did adds to those that there were. */
    struct snapsim_result *(*run)(const char *row, struct snapsim_job *job,
                                  const struct snapsim_run_options *options, void *records);
    /* Looks at the savepoint of the first half. */
    void (*look)(const struct form *form, const char *snapshot, const void *records);
    void (*end)(const char *row, const void *records); /* all records have been; may be NULL */
};

static inline void forms_go_on(const struct forms_lab *lab, const struct form *form,
                               const char *snapshot, const void *first)
{
    static const char *const parallelisms[] = {"2", "1", "3"};
    const struct snapsim_start start = {.snapshot = snapshot};
    void *records = malloc(lab->record_bytes);

    assert_non_null(records);
    for (size_t i = 0; i < 2 * sizeof(parallelisms) / sizeof(parallelisms[0]); i++) {
        const struct snapsim_run_options options = {
            .runtime = i % 2 ? SNAPSIM_THREADS : SNAPSIM_VIRTUAL, .start = &start};
        struct snapsim_job *job = lab->job(parallelisms[i / 2]);

        memcpy(records, first, lab->record_bytes);
        snapsim_job_config(job, "state.backend.type", form->backend);
        snapsim_job_timeline(job, "{when: checkpoint 5 completed, crash: \"tested[0]\"}");
        snapsim_result_destroy(lab->run(form->name, job, &options, records));
        if (lab->end)
            lab->end(form->name, records);
        snapsim_job_destroy(job);
    }
    free(records);
}

static inline void forms_try(const struct forms_lab *lab, const struct form *form)
{
    const struct snapsim_run_options options = {.directory = directory};
    struct snapsim_job *job = lab->job("2");
    struct snapsim_error error = {0};
    const struct snapsim_snapshot *savepoint;
    struct snapsim_result *taken;
    void *first = malloc(lab->record_bytes);

    assert_non_null(first);
    lab->clear(first);
    snapsim_job_config(job, "execution.checkpointing.savepoint-dir", "savepoints");
    snapsim_job_config(job, "state.backend.type", form->backend);
    snapsim_job_config(job, "execution.checkpointing.incremental", "true");
    snapsim_job_timeline(job, form->action);
    if (snapsim_job_check(job, &error)) {
        taken = lab->run(form->name, job, &options, first);
        savepoint = snapsim_result_snapshot(taken, 0);
        assert_non_null(savepoint);
        lab->look(form, savepoint->directory, first);
        forms_go_on(lab, form, savepoint->directory, first);
        snapsim_result_destroy(taken);
    } else {
        /* RocksDB is optional. */
        assert_string_equal(form->backend, "rocksdb");
    }
    snapsim_job_destroy(job);
    free(first);
}

static inline void forms_try_all(const struct forms_lab *lab)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        forms_try(lab, &forms[i]);
}

#endif
