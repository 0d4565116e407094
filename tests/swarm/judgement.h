// SPDX-License-Identifier: Apache-2.0
/*
 * judgement.h: what an honest exactly-once job must come to, for all swarms that run such jobs.
 *
 * - Each function prints what it finds wrong and returns whether nothing is.
 */
#ifndef SNAP_TESTS_JUDGEMENT_H
#define SNAP_TESTS_JUDGEMENT_H

#include "swarm/swarm_run.h"

/* Without a final checkpoint nobody confirms what an exactly-once file sink took after the last
 * one: it never becomes visible, in Flink neither. */
bool swarm_may_lose_its_rest(const struct swarm_run *run, uint32_t op);

/* No judgement has the counter above 0; unjudged is fine. */
bool swarm_is_clean(const struct swarm_run *run, enum snap_counter counter);

/* Nothing is lost, duplicated, out of order, wrong or left uncommitted. */
bool swarm_is_quiet(const struct swarm_run *run);

bool swarm_has_ended_well(const struct swarm_run *run);
bool swarm_is_alive(const struct swarm_run *run);

/* A start was refused: operators that finished together, in one vertex, may not be taken apart, nor
 * one that finished be chained to one that has not, nor stand behind all of a vertex of which some
 * have not. Flink: VertexFinishedStateChecker. */
bool swarm_refuses_as_flink(const struct snap_error *error);
bool swarm_is_refused_as_in_flink(const struct swarm_run *run);

#endif
