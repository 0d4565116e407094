// SPDX-License-Identifier: Apache-2.0
/*
 * late_effect.h: whether what a broken rule did to a run came to anything, as seen in its events.
 *
 * - `index` is that of the event SABOTAGED. Shares nothing with the oracles that must notice.
 * - Of a job that was started again only the execution of the event counts.
 */
#ifndef TESTS_SWARM_LATE_EFFECT_H
#define TESTS_SWARM_LATE_EFFECT_H

#include "swarm/swarm_run.h"

/* forget-checkpoint: the job finished with it, so that the checkpoint is pending forever. */
bool late_effect_is_pending(const struct swarm_run *run, uint64_t index);

/* overbook-buffers: some sender sent more to the subtask than it honestly had credits for. */
bool late_effect_is_unpaid(const struct swarm_run *run, uint64_t index);

/* skip-initializing: the subtask had another status afterwards. */
bool late_effect_is_status(const struct swarm_run *run, uint64_t index);

/* forget-restart: the job did not end, and nothing happened any more for long. */
bool late_effect_is_silence(const struct swarm_run *run, uint64_t index);

/* A subtask that was given the wrong data in flight: it was not given up, and set back, before a
 * checkpoint completed. */
bool late_effect_is_kept(const struct swarm_run *run, uint64_t index);

#endif
