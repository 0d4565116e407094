// SPDX-License-Identifier: Apache-2.0
#include "model/total.h"

static bool is_unknown(const struct snap_judgement *judgement, enum snap_counter counter)
{
    return judgement->counters[counter] == SNAP_UNJUDGED;
}

/* Sinks that nobody sees anything of leave nothing open. Order and values are unjudged where there
 * are none to keep; what is uncommitted or pending is where the whole sink is not known. */
static bool is_sink_open(const struct snap_judgement *judgement, enum snap_counter counter)
{
    if (judgement->kind != SNAP_JUDGED_SINK || judgement->is_unread)
        return false;
    if (counter == SNAP_COUNTER_OUT_OF_ORDER || counter == SNAP_COUNTER_WRONG_STATE)
        return false;
    return counter == SNAP_COUNTER_LOST || counter == SNAP_COUNTER_DUPLICATED ||
           (is_unknown(judgement, SNAP_COUNTER_LOST) &&
            is_unknown(judgement, SNAP_COUNTER_DUPLICATED));
}

/* Of one that was restored, or was just being restored, nobody knows. */
static bool is_in_doubt(const struct snap_judgement *judgement)
{
    return judgement->doubt > SNAP_DOUBT_TRUSTED || judgement->is_half_restarted;
}

void snap_total_add(struct snap_total *total, const struct snap_judgement *judgement,
                    enum snap_counter counter)
{
    if (is_unknown(judgement, counter)) {
        total->is_open =
            total->is_open || is_in_doubt(judgement) || is_sink_open(judgement, counter);
        return;
    }
    total->found =
        (total->found == SNAP_UNJUDGED ? 0 : total->found) + judgement->counters[counter];
}

int64_t snap_total_count(const struct snap_total *total)
{
    return total->is_open && total->found == 0 ? SNAP_UNJUDGED : total->found;
}

bool snap_total_is_at_least(const struct snap_total *total)
{
    return total->is_open && total->found > 0;
}

struct snap_total snap_verdict_total(const struct snap_verdict *verdict, enum snap_counter counter)
{
    struct snap_total total = SNAP_TOTAL_NONE;

    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        snap_total_add(&total, &verdict->judgements[i], counter);
    return total;
}
