// SPDX-License-Identifier: Apache-2.0
/*
 * story_wanted.h: which events of records a story is about: those of one record, or of one key.
 *
 * - Where the key that was asked for is nowhere, it can name others that there are.
 */
#ifndef SNAP_VIEW_STORY_WANTED_H
#define SNAP_VIEW_STORY_WANTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/event.h"
#include "model/job.h"

enum { SNAP_STORY_KEYS_NAMED = 4 };

/* Zeroed but for what is wanted. */
struct snap_story_wanted {
    const char *key; /* as texts show it; NULL: the record of `origin` */
    uint64_t origin;
    const char *others[SNAP_STORY_KEYS_NAMED]; /* keys, the first ones there are; arena */
    uint32_t other_count;
    uint32_t looked_at;
};

/* Whether the event tells what a single record did, or that it was saved in flight. */
bool snap_story_is_record(const struct snap_event *event);

/* Whether that record is wanted; if not, remembers its key. */
bool snap_story_wants(struct snap_story_wanted *wanted, const struct snap_event *event,
                      const struct snap_job *job, struct snap_arena *arena);

/* "; keys are a, b", or nothing. */
const char *snap_story_other_keys(const struct snap_story_wanted *wanted, struct snap_arena *arena);

/* The record's key as texts show it. */
const char *snap_story_key(const struct snap_event *event, const struct snap_job *job,
                           struct snap_arena *arena);

/* "key = value" */
const char *snap_story_pair(const struct snap_event *event, const struct snap_job *job,
                            struct snap_arena *arena);

#endif
