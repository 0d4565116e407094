// SPDX-License-Identifier: Apache-2.0
/*
 * verdict.h: what the ledger found, and what was expected of it.
 *
 * - A counter is a number or SNAP_UNJUDGED (written null), never a guess.
 * - The totals are sums over states and sinks. Where a part that counts is unjudged they are
 *   unjudged, or the least that the sum can be: see total.h.
 */
#ifndef SNAP_MODEL_VERDICT_H
#define SNAP_MODEL_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/checkpoint.h"
#include "model/event.h"
#include "model/job.h"
#include "model/numbers.h"
#include "model/oracles.h"
#include "model/slow.h"

#define SNAP_UNJUDGED ((int64_t)-1)

enum snap_counter {
    SNAP_COUNTER_LOST,
    SNAP_COUNTER_DUPLICATED,
    SNAP_COUNTER_OUT_OF_ORDER,
    SNAP_COUNTER_WRONG_STATE,
    SNAP_COUNTER_UNCOMMITTED,
    SNAP_COUNTER_PENDING,
    SNAP_COUNTER_COUNT,
};

/* "lost", "duplicated", ... as in summary.json and `expect`. */
const char *snap_counter_name(enum snap_counter counter);

enum snap_judged_kind { SNAP_JUDGED_STATE, SNAP_JUDGED_SINK, SNAP_JUDGED_KINDS };

/* Why what was restored from a snapshot on disk may hold records twice; see SNAP_UNJUDGED. */
enum snap_doubt {
    SNAP_DOUBT_NONE,
    SNAP_DOUBT_TRUSTED, /* none: the job is exactly once. But nothing shows that the snapshot was */
    SNAP_DOUBT_AT_LEAST_ONCE, /* the job's checkpoints are, and files do not tell the rest */
    SNAP_DOUBT_DIFFERS, /* it is not what comes of the records before its offsets, once each */
};

/* Why nobody knows which rows a table should have. */
enum snap_rows_doubt {
    SNAP_ROWS_KNOWN,
    SNAP_ROWS_KEYS_UNKNOWN,  /* the keys of what comes to it are not known beforehand */
    SNAP_ROWS_STARTED_AGAIN, /* nor are those that records had in an earlier execution */
};

/* The verdict on one state or one sink of the last job, or on a sink that an earlier one had. */
struct snap_judgement {
    uint32_t operator_index; /* SNAP_NO_INDEX: the last job has it no more */
    enum snap_judged_kind kind;
    int64_t counters[SNAP_COUNTER_COUNT];
    int64_t processed; /* records handled, replays included */
    int64_t affected;  /* records that count at the end: in the state, or seen by a reader, 0 of a
                          sink that nobody reads; SNAP_UNJUDGED: nobody knows */
    int64_t late;      /* windows: records dropped as late, which is no error; else SNAP_UNJUDGED */
    enum snap_doubt doubt;     /* above TRUSTED: counters that it concerns are unjudged, not 0 */
    enum snap_rows_doubt rows; /* of a table: what it lost is unjudged unless they are known */
    bool is_half_restarted;    /* the run ended in a restore of its subtasks: likewise */
    bool is_unread;            /* a sink that nobody reads: nothing is left open */
    const struct snap_operator *removed; /* if the last job has it no more; borrowed; else NULL */
};

/* Returns the operator that the judgement is about; `job` is the last one. */
static inline const struct snap_operator *
snap_judged_operator(const struct snap_judgement *judgement, const struct snap_job *job)
{
    return judgement->removed ? judgement->removed : &job->operators[judgement->operator_index];
}

/* The first record that went wrong. */
struct snap_culprit {
    bool found;
    uint32_t operator_index; /* of the last job, or SNAP_NO_INDEX */
    const char *uid;         /* the operator's */
    uint32_t subtask;
    enum snap_counter counter;
    uint64_t origin;
    snap_checkpoint_id checkpoint; /* last confirmed one before it, or SNAP_NO_CHECKPOINT */
    snap_ns at_ns;
    char story[512]; /* what happened to it, one sentence or two */
};

struct snap_verdict {
    int64_t counters[SNAP_COUNTER_COUNT]; /* of all: snap_total_count */
    struct snap_judgement *judgements;
    uint32_t judgement_count;
    struct snap_culprit culprit;
    struct snap_oracle_result oracles[SNAP_ORACLE_COUNT];
    const struct snap_run_numbers *numbers; /* borrowed; NULL: nobody measured */
    const struct snap_variant_numbers *others;
    uint32_t other_count;
    bool explained; /* somebody asked why the slowest checkpoint was slow */
    enum snap_slow cause;
    const char *cause_subtask; /* "uid[i]", or NULL */
};

/* What a counter is expected to be. */
enum snap_comparison {
    SNAP_COMPARE_EQUAL,
    SNAP_COMPARE_NOT_EQUAL,
    SNAP_COMPARE_LESS,
    SNAP_COMPARE_LESS_EQUAL,
    SNAP_COMPARE_GREATER,
    SNAP_COMPARE_GREATER_EQUAL,
};

/* "=", ">=", ... */
const char *snap_comparison_name(enum snap_comparison comparison);

struct snap_expected_counter {
    bool on_total;           /* else on one state or sink */
    uint32_t operator_index; /* when not on_total; SNAP_NO_INDEX: of a job before the last one */
    const char *removed_uid; /* then its uid */
    enum snap_counter counter;
    enum snap_comparison comparison;
    int64_t number;
};

struct snap_expected_number {
    enum snap_number number;
    enum snap_comparison comparison;
    double value;        /* in the number's unit, or times what the variant has */
    const char *variant; /* or NULL */
};

/*
 * Counters that are not named must be 0, except pending; unjudged meets everything. Oracles that
 * are named must object, the others must not.
 * `job_status` must be the final status if `job_status_given`.
 */
struct snap_expectation {
    const struct snap_expected_counter *counters;
    uint32_t counter_count;
    bool job_status_given;
    enum snap_job_status job_status;
    bool objects[SNAP_ORACLE_COUNT];
    const struct snap_expected_number *numbers;
    uint32_t number_count;
    bool cause_given; /* what made the slowest checkpoint slow */
    enum snap_slow cause;
    const char *cause_subtask; /* who, "uid[i]", or NULL: nobody was named */
};

enum snap_unmet_kind {
    SNAP_UNMET_JOB_STATUS, /* the expectation has the status, the run another one */
    SNAP_UNMET_COUNTER,    /* a counter that was named */
    SNAP_UNMET_UNNAMED,    /* a counter that was not named and is not 0 */
    SNAP_UNMET_OBJECTION,  /* an oracle objects that was not named */
    SNAP_UNMET_SILENCE,    /* an oracle that was named does not object */
    SNAP_UNMET_NUMBER,     /* `number`, `measured` and `bound` */
    SNAP_UNMET_CAUSE,      /* the slowest checkpoint was slow for another reason */
    SNAP_UNMET_SUBTASK,    /* or another subtask made it slow */
};

/* One reason why a run is not as expected. */
struct snap_unmet {
    enum snap_unmet_kind kind;
    struct snap_expected_counter expected; /* without comparison and number if unnamed */
    int64_t actual;
    enum snap_oracle_id oracle;
    struct snap_expected_number number;
    double measured;
    double bound;
};

/* Who wants to know the reasons; `unmet` is valid during the call. */
struct snap_unmet_sink {
    void *context;
    void (*take)(void *context, const struct snap_unmet *unmet);
};

/* Hands each reason to the sink; returns how many there are, 0 = as expected. */
uint32_t snap_expectation_unmet(const struct snap_expectation *expectation,
                                const struct snap_verdict *verdict, enum snap_job_status status,
                                const struct snap_unmet_sink *sink);

/* Hands to the sink each counter that was named, asks for something and cannot be judged, so that
 * any value meets it; returns how many there are. */
uint32_t snap_expectation_unjudged(const struct snap_expectation *expectation,
                                   const struct snap_verdict *verdict,
                                   const struct snap_unmet_sink *sink);

/* Returns the expectation, which names operators of job `from`, as job `to` has them; what is said
 * about operators that it lacks goes by their uid. Memory of `arena`. */
struct snap_expectation snap_expectation_translate(const struct snap_expectation *expectation,
                                                   const struct snap_job *from,
                                                   const struct snap_job *to,
                                                   struct snap_arena *arena);

/* Returns whether the verdict and the final job status are as expected. */
bool snap_expectation_met(const struct snap_expectation *expectation,
                          const struct snap_verdict *verdict, enum snap_job_status status);

#endif
