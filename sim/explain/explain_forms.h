// SPDX-License-Identifier: Apache-2.0
/*
 * explain_forms.h: the pieces of which closed forms are made; the inside of explain_advice.h.
 *
 * - A time that needs a number that is not known is SNAP_UNKNOWN.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_FORMS_H
#define SNAP_EXPLAIN_EXPLAIN_FORMS_H

#include "explain/explain_advice.h"

/* What is worked out once for a walk. */
struct snap_forms_of {
    struct snap_forecast *forecast;
    const struct snap_explain_walk *walk;
    const struct snap_facts *facts;
    snap_ns waited_ns;              /* in queues, over the walk */
    snap_ns forms_ns;               /* the same by closed form, or SNAP_UNKNOWN */
    snap_ns stuck_ns;               /* in queues that no barrier overtakes */
    snap_ns longest_ns;             /* of the hops; one that is not over counts by closed form */
    snap_ns whole_ns;               /* end to end; of one without an end what it needs */
    struct snap_arena *arena;       /* for scratch */
    struct snap_fact_amount *ahead; /* by task: what a barrier meets before it; arena */
    uint32_t hop_count;
};

/* How much less lies before a receiver: what it was over `divisor`, for no longer than `most_ns`.
 */
struct snap_form_less {
    int64_t divisor;
    snap_ns most_ns;
};

/* Returns how long the subtask takes for the amount. */
snap_ns snap_form_drain(const struct snap_fact_task *task, const struct snap_fact_amount *amount);

/* Works out what a barrier that is sent now would meet before each subtask: what is queued there,
 * what lies in open buffers, and what comes by from before a vertex that does not fill its time.
 * Memory of the arena. */
void snap_form_ahead(struct snap_forms_of *forms);

/* Returns the mean size of the records that lie in queues; NaN: not known. */
double snap_form_bytes_per_record(const struct snap_facts *facts);

/* Returns how many subtasks send to the subtask. */
uint32_t snap_form_senders(const struct snap_facts *facts, uint32_t task);

/* Whether the settings tell how much of a full channel lies in its output queue. */
bool snap_form_output_share_known(const struct snap_facts *facts);

/* Whether a barrier of the checkpoint overtook data. */
bool snap_form_was_unaligned(const struct snap_facts *facts);

/* Returns the bytes that an unaligned checkpoint would have saved, or did save. */
int64_t snap_form_overtaken_bytes(const struct snap_facts *facts);

/* Whether these are what it saved, or what is known to have been queued; else they are worked out.
 */
bool snap_form_overtaken_measured(const struct snap_facts *facts);

/* Fills in latency and bandwidth of the storage, the latter of all subtasks together. */
void snap_form_storage(struct snap_forecast *forecast, const struct snap_facts *facts);

/* Returns the time that the bytes take to the storage or back, latency not included. */
snap_ns snap_form_transfer(const struct snap_forecast *forecast, int64_t bytes);

/* Returns latency and transfer together, what of them is known. */
snap_ns snap_form_stored(const struct snap_forecast *forecast, snap_ns transfer_ns);

/* Returns the sum of those that are known. */
snap_ns snap_form_sum(snap_ns a, snap_ns b);

/* Puts the forms of its hops beside the walk; memory of the arena. */
void snap_form_hops(struct snap_forms_of *forms);

/* Finds out what work in progress held, and where: forecast->held_ns and held_step. */
void snap_form_held(struct snap_forms_of *forms);

/* Whether its end came, or is read, while a barrier was on its way: what hops behind it would have
 * added the walk does not know. */
bool snap_form_is_unfinished(const struct snap_forms_of *forms);

/* Returns what is left of the time with so much less before a receiver. */
snap_ns snap_form_less_of(const struct snap_form_less *less, snap_ns ns);

/* Returns the longest way through the graph by closed form: what an aligned checkpoint needs at
 * least in queues. */
snap_ns snap_form_need(const struct snap_forms_of *forms);

/* Returns the same with so much less before each receiver. */
snap_ns snap_form_need_with(const struct snap_forms_of *forms, const struct snap_form_less *less);

/* Returns the same where output queues have no timer: a barrier waits there as if aligned, and
 * overtakes where it comes to an input behind the timeout. From the timeout on it has overtaken. */
snap_ns snap_form_need_without_timer(const struct snap_forms_of *forms,
                                     const struct snap_form_less *less);

/* Returns the same of those receivers alone that no barrier overtakes. */
snap_ns snap_form_need_stuck(const struct snap_forms_of *forms);

/* Returns the end-to-end time of one that was given up or is under way, from the need of the graph
 * and from what lies before the barrier that is on its way. */
snap_ns snap_form_until_end(const struct snap_forms_of *forms, snap_ns need_ns);

/* Returns what the checkpoint took beside queues. */
snap_ns snap_form_beside_queues(const struct snap_forms_of *forms);

/* Returns what the asynchronous part of the target takes, with all subtasks writing. */
snap_ns snap_form_async(const struct snap_forms_of *forms);

/* Returns what the storage needs to open and close the files of data in flight; 0: not known, or
 * there were none. */
snap_ns snap_form_files(const struct snap_facts *facts);

/* Returns the end-to-end time of an unaligned checkpoint that no work in progress holds. */
snap_ns snap_form_unaligned(const struct snap_forms_of *forms);

/* Returns the end-to-end time that the checkpoint, which was unaligned, would have had aligned,
 * with so much time in queues. */
snap_ns snap_form_aligned(const struct snap_forms_of *forms, snap_ns need_ns);

/* Returns the end-to-end time of one that began aligned, if a timeout is set, and overtook. */
snap_ns snap_form_with_timeout(const struct snap_forms_of *forms);

/* Returns the end-to-end time with less before each receiver of the walk. A barrier that overtook
 * did not wait for what lay there but for a timer or a record in work, which stay. */
snap_ns snap_form_less_queued(const struct snap_forms_of *forms, const struct snap_form_less *less);

/* Finds out where the forms fail. */
void snap_form_limits_find(struct snap_forms_of *forms);

#endif
