// SPDX-License-Identifier: Apache-2.0
/*
 * explain_advice.h: closed forms of a checkpoint's time: what its parts should have taken, and what
 * they would take with other settings.
 *
 * - Aligned: over the hops of the walk, bytes in flight before the receiver at the trigger / what
 *   the receiver used up a second; and what does not wait in queues.
 * - Unaligned: what does not wait in queues, storage latency, and (state + bytes in flight) /
 *   bandwidth. Hops whose receiver cannot be overtaken wait as before. At a restore the bytes are
 *   read back and used up before new input.
 * - With a timeout of aligned checkpoints: the timeout, then unaligned.
 * - The even load: the hops wait less in the proportion of the mean of records to the slow one's.
 * - Debloating: no hop waits longer than the target. Smaller segments: hops wait in proportion. A
 *   wait that the timeout or a record in work set does not shrink with what lies in buffers.
 * - One that was given up, or is under way, needs the longest way through the graph by the aligned
 *   form, and at least what had passed; with less in queues, so much of that.
 * - A form that needs a number that is not known says SNAP_UNKNOWN. What a form leaves out, where
 *   that showed in this checkpoint, is told by the limits.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_ADVICE_H
#define SNAP_EXPLAIN_EXPLAIN_ADVICE_H

#include "explain/explain_walk.h"

/* X(NAME, "key"), in the order in which they are shown. */
#define SNAP_KNOBS(X)                                                                              \
    X(AS_IT_WAS, "as it was")                                                                      \
    X(UNALIGNED, "unaligned")                                                                      \
    X(ALIGNED_TIMEOUT, "aligned timeout")                                                          \
    X(DEBLOAT, "debloat")                                                                          \
    X(SEGMENTS, "smaller segments")                                                                \
    X(INTERRUPTIBLE_TIMERS, "interruptible timers")                                                \
    X(EVEN, "even load")                                                                           \
    X(ALIGNED, "aligned")                                                                          \
    X(NO_SYNC, "no synchronous part")                                                              \
    X(NO_PAUSE, "no pause")                                                                        \
    X(STORAGE_LATENCY, "half the storage latency")                                                 \
    X(STORAGE_BANDWIDTH, "twice the storage bandwidth")                                            \
    X(CHECKPOINT_TIMEOUT, "longer checkpoint timeout")                                             \
    X(CADENCE, "cadence")

#define SNAP_KNOB_ENUM(name, key) SNAP_KNOB_##name,
enum snap_knob { SNAP_KNOBS(SNAP_KNOB_ENUM) SNAP_KNOB_COUNT };
#undef SNAP_KNOB_ENUM

/* Why it does not do what people hope. */
enum snap_knob_limit {
    SNAP_LIMIT_NONE,
    SNAP_LIMIT_SAVEPOINT,     /* savepoints are never unaligned */
    SNAP_LIMIT_NOT_OVERTAKEN, /* pointwise or broadcast inputs are never overtaken */
    SNAP_LIMIT_AT_LEAST_ONCE, /* there is no unaligned checkpoint with at-least-once */
    SNAP_LIMIT_NOT_FULL,      /* buffers left half empty */
    SNAP_LIMIT_BELOW_TARGET,  /* no hop waits as long as the default target */
    SNAP_LIMIT_TABLE_TIMERS,  /* operators of the DataStream API do not allow it */
    SNAP_LIMIT_PASSED,        /* the form says less than what had passed */
    SNAP_LIMIT_THROTTLED,     /* sources wait for room: an even load fills queues as well */
    SNAP_LIMIT_WRITING,       /* what writing the data in flight takes is not known */
};

struct snap_advice {
    enum snap_knob knob;
    enum snap_knob_limit limit;
    snap_ns predicted_ns;    /* end to end with it (CADENCE: between triggers), or SNAP_UNKNOWN */
    snap_ns had_ns;          /* what it was; of one that is under way, until now */
    snap_ns against_ns;      /* what a change has to be quicker than: that, or until its end */
    snap_ns setting_ns;      /* timeout (0: one is set), target; else SNAP_UNKNOWN */
    int64_t setting_bytes;   /* segment; else SNAP_UNKNOWN */
    int64_t persisted_bytes; /* UNALIGNED, ALIGNED_TIMEOUT */
    bool persisted_measured; /* it saved that, or that was queued where barriers overtake */
    snap_ns restore_ns;      /* what a restore takes longer, or SNAP_UNKNOWN */
};

/* A hop of the walk beside its closed form. */
struct snap_hop_form {
    uint32_t step; /* of the walk */
    snap_ns waited_ns;
    snap_ns turn_ns;  /* beside that, for the sender's turn on the cores */
    snap_ns form_ns;  /* or SNAP_UNKNOWN */
    snap_ns fired_ns; /* of what it waited aligned, while windows of the receiver fired */
};

/* Where the forms fail here. */
struct snap_form_limits {
    bool skew;        /* means over subtasks do not hold; the forms took the slowest one's */
    uint32_t fan_out; /* a vertex that makes many records of one, or SNAP_NO_FACT */
    double fan_out_factor;
    uint32_t windows;   /* a vertex whose windows may have fired meanwhile, or SNAP_NO_FACT */
    uint32_t uneven;    /* the subtask most behind the mean of its vertex, or SNAP_NO_FACT ... */
    snap_ns uneven_ns;  /* ... by how much those of the walk are behind the means together */
    bool not_overtaken; /* it was unaligned, and yet barriers waited as if aligned */
    bool filling;       /* queues were still filling at the trigger */
    bool recovery;      /* it was waited for the end of restored data */
    bool startup;       /* it was waited for subtasks that had not begun */
    bool at_least_once; /* records behind the barrier go on ahead of those before it */
    bool storage_faulty;
    uint32_t hindered; /* the subtask on the way that faults held up longest, or SNAP_NO_FACT ... */
    snap_ns hindered_ns;  /* ... for so long of the checkpoint */
    bool no_output_timer; /* in output queues barriers wait as if there were no timeout */
    bool output_guessed;  /* how much of a queue lies there is a guess */
    bool in_work;         /* barriers that overtook waited for a record, a mail or timers in work */
    bool timeout_unknown; /* barriers waited that overtook, and perhaps for a timeout */
    bool paused;          /* a subtask of the way, or behind it, stood still in pauses */
    bool no_rates;        /* queues or rates are not known */
};

struct snap_forecast {
    struct snap_hop_form *hops; /* arena */
    uint32_t hop_count;
    struct snap_advice advices[SNAP_KNOB_COUNT];
    uint32_t advice_count;
    struct snap_form_limits limits;
    enum snap_knob_limit never_unaligned; /* why unaligned is no advice; else NONE */
    bool debloat_settles;                 /* so early sizes that debloating sets are no target's */
    bool fill_unknown;                    /* whether smaller segments help cannot be said */
    snap_ns storage_latency_ns;           /* of the settings, else guessed from what was seen */
    double storage_bytes_per_s;           /* of all together; 0: no limit; NaN: not known */
    snap_ns storage_files_ns;             /* to open and close files of data in flight, 0: none */
    bool storage_guessed;
    snap_ns held_ns;         /* of the walk, by work in progress */
    snap_ns held_longest_ns; /* likewise, of the step ... */
    uint32_t held_step;      /* ... that has most of it, or SNAP_NO_FACT */
};

/* Works the forms out for the walk; memory of the facts' arena. */
void snap_forecast_make(struct snap_forecast *forecast, const struct snap_explain_walk *walk,
                        struct snap_arena *arena);

/* Whether what is predicted is enough less than what it had to be worth the change. */
bool snap_advice_gains(snap_ns predicted_ns, snap_ns had_ns);

/* "unaligned", ...: how JSON names it. */
const char *snap_knob_key(enum snap_knob knob);

#endif
