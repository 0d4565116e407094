// SPDX-License-Identifier: Apache-2.0
/*
 * fired.h: which actions of the timeline have happened in a run.
 */
#ifndef SNAP_TRACE_FIRED_H
#define SNAP_TRACE_FIRED_H

#include <stdbool.h>

#include "model/observer.h"

/* Returns the observer that sets the place of each action that happens; `fired`, by action, is
 * borrowed until the run is over. */
struct snap_observer snap_fired_observer(bool *fired);

#endif
