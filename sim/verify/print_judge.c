// SPDX-License-Identifier: Apache-2.0
#include "verify/print_judge.h"

#include "verify/sent.h"

/* What readers see, and what they would see after a commit of all that is prepared. */
struct prints {
    struct snap_fingerprint expected;
    struct snap_fingerprint visible;
    struct snap_fingerprint prepared;
    uint64_t affected; /* records in the state, or lines that readers see */
    bool partly_read;  /* a part has other lines than were written: its print says nothing */
};

static void add_parts(struct prints *prints, const struct snap_subtask_book *book)
{
    for (uint32_t i = 0; i < book->part_count; i++) {
        const struct snap_part_book *part = &book->parts[i];

        if (!part->reported || part->phase == SNAP_PART_IN_PROGRESS)
            continue;
        if (part->line_count != part->print.count)
            prints->partly_read = true;
        if (part->phase == SNAP_PART_VISIBLE)
            prints->affected += part->line_count;
        snap_fingerprint_merge(
            part->phase == SNAP_PART_VISIBLE ? &prints->visible : &prints->prepared, &part->print);
    }
}

/* Each execution added up what it sent first. */
static void add_expected(const struct snap_ledger *ledger, const char *uid,
                         struct snap_fingerprint *expected)
{
    for (const struct snap_ledger *at = ledger; at; at = at->before) {
        const struct snap_operator *op = snap_job_find_operator(at->job, uid);

        for (uint32_t t = 0; op && t < at->job->task_count; t++)
            if (at->tasks[t].expected)
                snap_fingerprint_merge(expected, &at->tasks[t].expected[op->index]);
    }
}

static void collect(struct snap_ledger *ledger, uint32_t index, struct prints *prints)
{
    add_expected(ledger, ledger->job->operators[index].uid, &prints->expected);
    for (uint32_t i = 0; i < ledger->subtasks[index]; i++) {
        const struct snap_subtask_book *book = &ledger->books[index][i];

        if (snap_rule_has_state(ledger->rules[index]->kind))
            snap_fingerprint_merge(&prints->visible, &book->journal.print);
        else
            add_parts(prints, book);
    }
    if (snap_rule_has_state(ledger->rules[index]->kind))
        prints->affected = prints->visible.count;
}

static bool all_prepared(const struct prints *prints)
{
    struct snap_fingerprint both = prints->visible;

    snap_fingerprint_merge(&both, &prints->prepared);
    return prints->prepared.count && snap_fingerprint_equal(&both, &prints->expected);
}

static void set(int64_t *counters, int64_t lost, int64_t duplicated)
{
    counters[SNAP_COUNTER_LOST] = lost;
    counters[SNAP_COUNTER_DUPLICATED] = duplicated;
}

static void judge_ended(const struct prints *prints, int64_t *counters)
{
    int64_t more = (int64_t)(prints->visible.count - prints->expected.count);

    if (all_prepared(prints)) {
        set(counters, 0, 0);
        counters[SNAP_COUNTER_UNCOMMITTED] = (int64_t)prints->prepared.count;
    } else if (more < 0) {
        set(counters, -more, SNAP_UNJUDGED);
    } else if (more > 0) {
        set(counters, SNAP_UNJUDGED, more);
    } else {
        set(counters, 1, 1);
    }
}

/* What was held back at a savepoint may go to other receivers than were counted on. */
static bool knows_all(const struct snap_ledger *ledger, uint32_t index)
{
    struct snap_sent sent;
    struct snap_arena scratch;
    bool known;

    if (!ledger->before)
        return true;
    snap_arena_init(&scratch);
    snap_sent_init(&sent, ledger, index, &scratch);
    known = snap_sent_is_certain(&sent);
    snap_sent_fini(&sent);
    snap_arena_fini(&scratch);
    return known;
}

void snap_print_judge(struct snap_ledger *ledger, enum snap_ending ending,
                      struct snap_judgement *judgement)
{
    int64_t *counters = judgement->counters;
    struct prints prints = {0};

    collect(ledger, judgement->operator_index, &prints);
    judgement->affected = (int64_t)prints.affected;
    if (!ledger->graph.countable[judgement->operator_index] || prints.partly_read ||
        ledger->graph.behind_window[judgement->operator_index] ||
        !knows_all(ledger, judgement->operator_index))
        return;
    if (snap_fingerprint_equal(&prints.expected, &prints.visible)) {
        set(counters, 0, 0);
        if (judgement->kind == SNAP_JUDGED_SINK)
            counters[SNAP_COUNTER_UNCOMMITTED] = 0;
        counters[SNAP_COUNTER_PENDING] = 0;
        return;
    }
    if (ending == SNAP_ENDING_ENDED)
        judge_ended(&prints, counters);
    else if (prints.visible.count > prints.expected.count)
        counters[SNAP_COUNTER_DUPLICATED] = (int64_t)(prints.visible.count - prints.expected.count);
}
