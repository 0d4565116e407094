// SPDX-License-Identifier: Apache-2.0
/*
 * pending_unit.h: cases of one pending checkpoint alone.
 */
#ifndef SNAP_TESTS_PENDING_UNIT_H
#define SNAP_TESTS_PENDING_UNIT_H

#include "conform.h"

/* Plays a case of kind pending_unit. */
void conform_pending_unit(const json_t *json, struct snap_text *why);

#endif
