// SPDX-License-Identifier: Apache-2.0
#include "view/verdict_remarks.h"

#include "view/table.h"
#include "view/units.h"

/* Windows drop what comes too late: no error, but nothing to keep quiet about. */
static void add_late(struct snap_text *text, const struct snap_job *job,
                     const struct snap_verdict *verdict)
{
    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (verdict->judgements[i].late > 0)
            snap_text_printf(text, "Late: %s dropped %lld %s that came too late\n",
                             snap_judged_operator(&verdict->judgements[i], job)->uid,
                             (long long)verdict->judgements[i].late,
                             snap_plural(verdict->judgements[i].late, "record", "records"));
}

/* Why a figure is "-" where nothing went wrong since. */
static void add_doubts(struct snap_text *text, const struct snap_job *job,
                       const struct snap_verdict *verdict, uint32_t width)
{
    static const char *const why[] = {
        [SNAP_DOUBT_AT_LEAST_ONCE] =
            "checkpoints at least once may hold records twice, and their files do not tell",
        [SNAP_DOUBT_DIFFERS] = "its state in the snapshot is not what the records before the "
                               "offsets there come to, once each: some count twice, or it is of "
                               "another job",
    };

    for (uint32_t i = 0; i < verdict->judgement_count; i++) {
        const struct snap_judgement *judgement = &verdict->judgements[i];
        struct snap_text line = {0};

        if (judgement->doubt <= SNAP_DOUBT_TRUSTED)
            continue;
        snap_text_printf(&line, "Cannot judge what %s began with: %s.",
                         snap_judged_operator(judgement, job)->uid, why[judgement->doubt]);
        snap_paragraph_text(snap_text_get(&line), width, text);
        snap_text_fini(&line);
    }
}

/* Sinks behind what sends nobody knows which records, such as a join. */
static void add_unknown(struct snap_text *text, const struct snap_job *job,
                        const struct snap_verdict *verdict, uint32_t width)
{
    struct snap_text line = {0};

    for (uint32_t i = 0; i < verdict->judgement_count; i++) {
        const struct snap_judgement *judgement = &verdict->judgements[i];

        if (judgement->kind == SNAP_JUDGED_SINK && !judgement->is_unread &&
            !judgement->is_half_restarted && judgement->doubt <= SNAP_DOUBT_TRUSTED &&
            judgement->counters[SNAP_COUNTER_LOST] == SNAP_UNJUDGED &&
            judgement->counters[SNAP_COUNTER_DUPLICATED] == SNAP_UNJUDGED)
            snap_text_printf(&line, "%s%s", line.length ? ", " : "Cannot judge ",
                             snap_judged_operator(judgement, job)->uid);
    }
    if (line.length > 0) {
        snap_text_add_string(&line, ": which records should be there is not known.");
        snap_paragraph_text(snap_text_get(&line), width, text);
    }
    snap_text_fini(&line);
}

/* Tables: a row too many is seen all the same. */
static void add_rows(struct snap_text *text, const struct snap_job *job,
                     const struct snap_verdict *verdict, uint32_t width)
{
    static const char *const why[] = {
        [SNAP_ROWS_KEYS_UNKNOWN] = "which keys its records should have is not known",
        [SNAP_ROWS_STARTED_AGAIN] = "the job was started again, and which keys its records had "
                                    "before is not known",
    };

    for (uint32_t i = 0; i < verdict->judgement_count; i++) {
        const struct snap_judgement *judgement = &verdict->judgements[i];
        struct snap_text line = {0};

        if (judgement->rows == SNAP_ROWS_KNOWN ||
            judgement->counters[SNAP_COUNTER_DUPLICATED] == SNAP_UNJUDGED)
            continue;
        snap_text_printf(&line, "Cannot judge which rows %s lacks: %s.",
                         snap_judged_operator(judgement, job)->uid, why[judgement->rows]);
        snap_paragraph_text(snap_text_get(&line), width, text);
        snap_text_fini(&line);
    }
}

/* What a restore would have undone, or done, had it come to its end. */
static void add_half_restarted(struct snap_text *text, const struct snap_job *job,
                               const struct snap_verdict *verdict, uint32_t width)
{
    struct snap_text line = {0};

    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (verdict->judgements[i].is_half_restarted)
            snap_text_printf(&line, "%s%s", line.length ? ", " : "Cannot judge all of ",
                             snap_judged_operator(&verdict->judgements[i], job)->uid);
    if (line.length > 0) {
        snap_text_add_string(&line, ": the run ended while subtasks were being restored.");
        snap_paragraph_text(snap_text_get(&line), width, text);
    }
    snap_text_fini(&line);
}

/* Their rows tell of what they left behind. */
static void add_removed(struct snap_text *text, const struct snap_verdict *verdict, uint32_t width)
{
    struct snap_text line = {0};

    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (verdict->judgements[i].removed)
            snap_text_printf(&line, "%s%s", line.length ? ", " : "No longer in the job: ",
                             verdict->judgements[i].removed->uid);
    if (line.length > 0) {
        snap_text_add_string(&line, "; judged as the job left it when it was started again "
                                    "without it.");
        snap_paragraph_text(snap_text_get(&line), width, text);
    }
    snap_text_fini(&line);
}

/* Figures that are right only if the snapshot was. */
static void add_trust(struct snap_text *text, const struct snap_job *job,
                      const struct snap_verdict *verdict, uint32_t width)
{
    struct snap_text line = {0};

    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        if (verdict->judgements[i].doubt == SNAP_DOUBT_TRUSTED)
            snap_text_printf(&line, "%s%s", line.length ? ", " : "Taken for granted: what ",
                             snap_judged_operator(&verdict->judgements[i], job)->uid);
    if (line.length > 0) {
        snap_text_add_string(&line, " began with: nothing shows whether the snapshot was exactly "
                                    "once, as this job is.");
        snap_paragraph_text(snap_text_get(&line), width, text);
    }
    snap_text_fini(&line);
}

void snap_verdict_unjudged_text(struct snap_text *text, const struct snap_job *job,
                                const struct snap_verdict *verdict, uint32_t width)
{
    add_unknown(text, job, verdict, width);
    add_rows(text, job, verdict, width);
    add_doubts(text, job, verdict, width);
    add_half_restarted(text, job, verdict, width);
}

void snap_verdict_remarks_text(struct snap_text *text, const struct snap_job *job,
                               const struct snap_verdict *verdict, uint32_t width)
{
    add_late(text, job, verdict);
    snap_verdict_unjudged_text(text, job, verdict, width);
    add_trust(text, job, verdict, width);
    add_removed(text, verdict, width);
}
