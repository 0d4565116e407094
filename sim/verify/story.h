// SPDX-License-Identifier: Apache-2.0
/*
 * story.h: tells in a sentence or two what happened to the first record that went wrong.
 *
 * - Everything told is looked up in the ledger's books: when it was sent, which subtask took it
 *   when, which restore took that back, in which parts it lies.
 */
#ifndef SNAP_VERIFY_STORY_H
#define SNAP_VERIFY_STORY_H

#include "model/verdict.h"
#include "verify/books.h"
#include "verify/finding.h"

/* Fills the culprit; not found if the finding is not. A lost record that a restore took back went
 * wrong at the failure, else when it was sent. */
void snap_story_tell(struct snap_ledger *ledger, const struct snap_finding *finding,
                     struct snap_culprit *culprit);

#endif
