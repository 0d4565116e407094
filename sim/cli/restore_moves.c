// SPDX-License-Identifier: Apache-2.0
#include "cli/restore_moves.h"

#include "base/utf8.h"
#include "cli/restore_shares.h"
#include "model/key_group.h"

/* Of more subtasks, or more runs of them, the rest is counted. */
enum { SUBTASKS_SHOWN = 8, RUNS_SHOWN = 3 };

/* ---- lists ---- */

static void add_count(struct snap_text *text, uint64_t count, const char *one, const char *many)
{
    snap_text_printf(text, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
}

static void add_run(struct snap_text *text, const char *uid, uint32_t first, uint32_t last)
{
    snap_text_printf(text, "%s[%u]", uid, first);
    if (last > first)
        snap_text_printf(text, " to [%u]", last);
}

/* Subtasks in a row that get as many elements: returns the last of them. */
static uint32_t last_like(const struct snap_resume *resume, const struct snap_operator *op,
                          const char *name, uint32_t first)
{
    uint32_t wanted = snap_restore_elements(resume, op, first, name);
    uint32_t last = first;

    while (last + 1 < op->parallelism &&
           snap_restore_elements(resume, op, last + 1, name) == wanted)
        last++;
    return last;
}

static void add_elements(struct snap_text *text, const struct snap_resume *resume,
                         const struct snap_operator *op, const char *name)
{
    uint32_t runs = 0;
    uint32_t last;

    for (uint32_t s = 0; s < op->parallelism; s = last + 1) {
        uint32_t count = snap_restore_elements(resume, op, s, name);

        last = last_like(resume, op, name, s);
        if (runs++ == SUBTASKS_SHOWN) {
            snap_text_printf(text, ", and so on to [%u]", op->parallelism - 1);
            return;
        }
        snap_text_add_string(text, runs > 1 ? ", " : "");
        add_run(text, runs > 1 ? "" : op->uid, s, last);
        snap_text_printf(text, " %s %u", last > s ? "get" : "gets", count);
    }
}

/* How many there are in all that subtasks get. */
static uint64_t count_elements(const struct snap_resume *resume, const struct snap_operator *op,
                               const char *name)
{
    uint64_t count = 0;

    for (uint32_t s = 0; s < op->parallelism; s++)
        count += snap_restore_elements(resume, op, s, name);
    return count;
}

static void add_list(struct snap_text *text, const struct snap_resume *resume,
                     const struct snap_image_operator *of, const struct snap_list_snapshot *list)
{
    const struct snap_operator *op = of->op;
    bool is_union = list->mode == SNAP_LIST_UNION;

    snap_text_printf(text, "    list \"%s\": ", list->name);
    if (list->mode == SNAP_LIST_SPLIT) {
        add_count(text, count_elements(resume, op, list->name), "element", "elements");
        snap_text_add_string(text, " dealt out anew: ");
        add_elements(text, resume, op, list->name);
    } else if (last_like(resume, op, list->name, 0) == op->parallelism - 1) {
        snap_text_printf(text, "every subtask gets %s ", is_union ? "all" : "a copy of");
        add_count(text, snap_restore_elements(resume, op, 0, list->name), "element", "elements");
    } else {
        snap_text_printf(text, "every subtask gets %s: ", is_union ? "all elements" : "a copy");
        add_elements(text, resume, op, list->name);
    }
    snap_text_add_string(text, "\n");
}

/* All lists, or those that move although the parallelism stays. */
static void add_lists(struct snap_text *text, const struct snap_resume *resume,
                      const struct snap_image_operator *of)
{
    bool is_rescaled = of->parallelism != of->op->parallelism;

    for (uint32_t n = 0;; n++) {
        const struct snap_list_snapshot *list = snap_restore_list(of, n);

        if (!list)
            return;
        if (!is_rescaled && snap_restore_list_stays(resume, of, list->name))
            continue;
        add_list(text, resume, of, list);
    }
}

/* ---- key groups ---- */

static void add_key_groups(struct snap_text *text, const struct snap_image_operator *of)
{
    const struct snap_parallelism before = {of->parallelism, of->max_parallelism};
    const struct snap_parallelism now = {of->op->parallelism, of->max_parallelism};

    for (uint32_t s = 0; s < now.subtasks && s < SUBTASKS_SHOWN; s++) {
        struct snap_key_group_range range = snap_key_group_range(s, now);

        snap_text_printf(text, "    %s[%u] takes key groups %u to %u, which ", of->op->uid, s,
                         range.first, range.last);
        add_run(text, of->op->uid, snap_key_group_subtask(range.first, before),
                snap_key_group_subtask(range.last, before));
        snap_text_add_string(text, " had\n");
    }
    if (now.subtasks > SUBTASKS_SHOWN)
        snap_text_printf(text, "    ... and so on to %s[%u]\n", of->op->uid, now.subtasks - 1);
}

/* ---- operators ---- */

static void add_operator(struct snap_text *text, const struct snap_resume *resume,
                         const struct snap_image_operator *of)
{
    bool is_rescaled = of->parallelism != of->op->parallelism;

    snap_text_printf(text, "%s: %u %s", of->op->uid, of->parallelism,
                     snap_plural(of->parallelism, "subtask", "subtasks"));
    if (is_rescaled)
        snap_text_printf(text, " become %u\n", of->op->parallelism);
    else
        snap_text_printf(text, " as before, which keep all but this\n");
    if (is_rescaled && snap_restore_has_key_groups(of))
        add_key_groups(text, of);
    add_lists(text, resume, of);
}

void snap_restore_moves_text(struct snap_text *text, const struct snap_restored *restored)
{
    const struct snap_image *image = snap_restored_image(restored);
    const struct snap_resume *resume = snap_restored_resume(restored);
    uint32_t staying = 0;

    for (uint32_t i = 0; i < image->operator_count; i++) {
        const struct snap_image_operator *of = &image->operators[i];

        if (snap_restore_takes_state(of) && snap_restore_stays(resume, of))
            snap_text_printf(text, "%s%s", staying++ ? ", " : "Stays where it was: all state of ",
                             of->op->uid);
    }
    snap_text_add_string(text, staying ? "\n" : "");
    for (uint32_t i = 0; i < image->operator_count; i++)
        if (snap_restore_takes_state(&image->operators[i]) &&
            !snap_restore_stays(resume, &image->operators[i]))
            add_operator(text, resume, &image->operators[i]);
}

/* ---- data in flight ---- */

/* "slow[0] to [2], [4]". */
static void add_set(struct snap_text *text, const char *uid, const struct snap_bitset *set)
{
    uint32_t runs = 0;
    uint32_t shown = 0;

    for (uint32_t i = snap_bitset_next(set, 0); i < set->bound;) {
        uint32_t last = i;

        if (runs == RUNS_SHOWN) {
            snap_text_printf(text, " and %u more", set->count - shown);
            return;
        }
        while (last + 1 < set->bound && snap_bitset_test(set, last + 1))
            last++;
        snap_text_add_string(text, runs > 0 ? ", " : "");
        add_run(text, runs > 0 ? "" : uid, i, last);
        runs++;
        shown += last - i + 1;
        i = snap_bitset_next(set, last + 1);
    }
}

static void add_share(struct snap_text *text, const char *uid, uint32_t subtask,
                      enum snap_channel_end end, const struct snap_flight_share *share)
{
    snap_text_printf(text, "    %s[%u] ", uid, subtask);
    if (end == SNAP_CHANNEL_OUTPUT) {
        snap_text_add_string(text, "sends ");
        add_count(text, share->records, "record", "records");
        snap_text_add_string(text, " that ");
        add_set(text, uid, &share->from);
        snap_text_add_string(text, " had not sent\n");
        return;
    }
    snap_text_add_string(text, "reads ");
    add_count(text, share->records + share->foreign, "record", "records");
    snap_text_add_string(text, " that were for ");
    add_set(text, uid, &share->from);
    if (share->foreign > 0 && share->records == 0)
        snap_text_add_string(text, ", and keeps none");
    else if (share->foreign > 0)
        snap_text_printf(text, ", and keeps its %llu", (unsigned long long)share->records);
    snap_text_add_string(text, "\n");
}

static void add_shares(struct snap_text *text, const struct snap_flight *flight,
                       enum snap_channel_end end, struct snap_arena *arena)
{
    const struct snap_operator *op = snap_flight_now(flight, end);
    uint32_t shown = 0;
    uint32_t more = 0;

    for (uint32_t s = 0; s < op->parallelism; s++) {
        struct snap_flight_share share = snap_flight_share(flight, end, s, arena);

        if (share.pieces == 0)
            continue;
        if (shown == SUBTASKS_SHOWN) {
            more++;
            continue;
        }
        add_share(text, op->uid, s, end, &share);
        shown++;
    }
    if (more > 0)
        snap_text_printf(text, "    ... and %u more %s of %s\n", more,
                         snap_plural(more, "subtask", "subtasks"), op->uid);
}

/* "map (2 subtasks, now 3)". */
static void add_end(struct snap_text *text, const struct snap_flight *flight,
                    enum snap_channel_end end)
{
    uint32_t old = snap_flight_before(flight, end)->parallelism;
    const struct snap_operator *op = snap_flight_now(flight, end);

    snap_text_add_string(text, op->uid);
    if (old != op->parallelism)
        snap_text_printf(text, " (%u %s, now %u)", old, snap_plural(old, "subtask", "subtasks"),
                         op->parallelism);
}

static void add_flight(struct snap_text *text, const struct snap_flight *flight,
                       struct snap_arena *arena)
{
    snap_text_add_string(text, "In flight: ");
    add_count(text, flight->records, "record", "records");
    snap_text_add_string(text, " from ");
    add_end(text, flight, SNAP_CHANNEL_OUTPUT);
    snap_text_add_string(text, " to ");
    add_end(text, flight, SNAP_CHANNEL_INPUT);
    snap_text_add_string(text, flight->stays ? ", which stay on their channels\n" : "\n");
    if (flight->stays)
        return;
    add_shares(text, flight, SNAP_CHANNEL_INPUT, arena);
    add_shares(text, flight, SNAP_CHANNEL_OUTPUT, arena);
}

void snap_restore_flight_text(struct snap_text *text, const struct snap_restored *restored)
{
    struct snap_flight *flights;
    struct snap_arena arena;
    uint32_t count;

    snap_arena_init(&arena);
    count = snap_restore_flights(restored, &arena, &flights);
    if (!snap_restored_resume(restored)->assigned.in_flight &&
        snap_restored_image(restored)->piece_count > 0)
        snap_text_add_string(text,
                             "In flight: all of it is left out, as "
                             "execution.state-recovery.without-channel-state.checkpoint-id says\n");
    for (uint32_t i = 0; i < count; i++)
        add_flight(text, &flights[i], &arena);
    snap_arena_fini(&arena);
}
