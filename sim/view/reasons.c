// SPDX-License-Identifier: Apache-2.0
/* Why a run is not as expected. A bare NO would leave people to compare by eye. */
#include "model/names.h"
#include "view/console.h"

struct reasons {
    struct snap_text *text;
    const struct snap_summary *summary;
    const char *title; /* NULL: it is written */
};

static struct snap_text *next_reason(struct reasons *reasons)
{
    if (reasons->title)
        snap_text_printf(reasons->text, "%s:\n", reasons->title);
    reasons->title = NULL;
    snap_text_add_string(reasons->text, "  ");
    return reasons->text;
}

/* "expected lost = 5 in all, found 0". */
static void add_reason(void *context, const struct snap_unmet *unmet)
{
    struct reasons *reasons = context;
    const struct snap_summary *summary = reasons->summary;
    const struct snap_expected_counter *expected = &unmet->expected;
    struct snap_text *text = next_reason(reasons);
    const char *counter = snap_counter_name(expected->counter);
    const char *where = expected->on_total
                            ? "all"
                            : summary->simulation->job->operators[expected->operator_index].uid;

    switch (unmet->kind) {
    case SNAP_UNMET_JOB_STATUS:
        snap_text_printf(text, "expected job %s, it is %s\n",
                         snap_job_status_name(summary->expectation->job_status),
                         snap_job_status_name(summary->statistics->job_status));
        return;
    case SNAP_UNMET_COUNTER:
        snap_text_printf(text, "expected %s %s %lld in %s, found %lld\n", counter,
                         snap_comparison_name(expected->comparison), (long long)expected->number,
                         where, (long long)unmet->actual);
        return;
    case SNAP_UNMET_OBJECTION:
        snap_text_printf(text, "oracle %s objects (expect does not name it)\n",
                         snap_oracle_name(unmet->oracle));
        return;
    case SNAP_UNMET_SILENCE:
        snap_text_printf(text, "expected oracle %s to object, it does not\n",
                         snap_oracle_name(unmet->oracle));
        return;
    case SNAP_UNMET_UNNAMED:
        snap_text_printf(text, "%s must be 0 in %s, found %lld (expect does not name it)\n",
                         counter, where, (long long)unmet->actual);
        return;
    }
}

void snap_reasons_text(struct snap_text *text, const struct snap_summary *summary,
                       const char *title)
{
    struct reasons reasons = {text, summary, title};

    if (summary->expectation_met)
        return;
    if (summary->expectation && summary->verdict)
        snap_expectation_unmet(summary->expectation, summary->verdict,
                               summary->statistics->job_status,
                               &(struct snap_unmet_sink){&reasons, add_reason});
    if (summary->unfired_matters)
        snap_text_add_string(next_reason(&reasons),
                             "an action that is not optional never took effect\n");
}
