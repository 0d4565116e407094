// SPDX-License-Identifier: Apache-2.0
/*
 * Buffers and credits are conserved on every channel: nothing is used up that was not received,
 * received that was not sent, sent that was not queued, or sent without a credit; and when both
 * ends have finished all is used up.
 *
 * - Counted for each pair of subtasks, over all channels between them, within one attempt.
 * - Events of buffers come as others want them; what does not come is not judged.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/names.h"
#include "verify/oracle.h"

struct flow {
    int64_t buffers;
    int64_t bytes;
};

struct pair {
    bool used;
    uint32_t from;
    uint32_t to;
    int64_t from_attempt; /* of the sender's numbers */
    int64_t to_attempt;   /* of the receiver's */
    struct flow queued;
    struct flow sent;
    struct flow received;
    struct flow taken;
    struct flow recovered; /* from a snapshot; what is taken has it in it */
    int64_t credits;
};

struct books {
    int64_t *attempts; /* by task */
    bool *finished;
    struct pair *pairs; /* hash table, at most half full */
    uint64_t capacity;
    uint64_t count;
    bool told[SNAP_EVENT_COUNT]; /* one of the type has come */
    bool in_part;                /* the timeline waits for some: others may not come at all */
};

static bool is_told(const struct books *books, enum snap_event_type type)
{
    return !books->in_part || books->told[type];
}

/* Whether the timeline waits for single buffers or credits. */
static bool waits_for_buffers(const struct snap_timeline *timeline)
{
    for (uint32_t i = 0; i < timeline->count; i++) {
        enum snap_event_type type = timeline->actions[i].pattern.type;

        if (timeline->actions[i].on_event && type != SNAP_EVENT_COUNT &&
            snap_event_info_get(type)->level == SNAP_TRACE_BUFFERS)
            return true;
    }
    return false;
}

static bool begin(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    if (at->sim->ledger == SNAP_LEDGER_OFF)
        return snap_oracle_cannot(at, "it needs a ledger");
    books->in_part = waits_for_buffers(&at->sim->timeline);
    books->attempts = SNAP_ARENA_ARRAY(at->arena, int64_t, at->job->task_count);
    books->finished = SNAP_ARENA_ARRAY(at->arena, bool, at->job->task_count);
    return true;
}

static void fini(struct snap_oracle_case *at)
{
    struct books *books = at->books;

    snap_memory_give_back(books->pairs);
}

static struct pair *find(const struct books *books, uint32_t from, uint32_t to)
{
    uint64_t i = snap_mix64(((uint64_t)from << 32 | to) + 1) & (books->capacity - 1);

    while (books->pairs[i].used && (books->pairs[i].from != from || books->pairs[i].to != to))
        i = (i + 1) & (books->capacity - 1);
    return &books->pairs[i];
}

static void grow(struct books *books)
{
    struct pair *old = books->pairs;
    uint64_t capacity = books->capacity;

    books->capacity = capacity ? capacity * 2 : 64;
    books->pairs = snap_memory_take_zeroed(books->capacity * sizeof(*books->pairs));
    for (uint64_t i = 0; i < capacity; i++)
        if (old[i].used)
            *find(books, old[i].from, old[i].to) = old[i];
    snap_memory_give_back(old);
}

static struct pair *pair_of(struct books *books, uint32_t from, uint32_t to)
{
    struct pair *pair;

    if (books->count * 2 >= books->capacity)
        grow(books);
    pair = find(books, from, to);
    if (!pair->used) {
        *pair = (struct pair){.used = true, .from = from, .to = to};
        books->count++;
    }
    return pair;
}

/* The pair as its sender sees it now. */
static struct pair *of_sender(struct books *books, const struct snap_event *event)
{
    struct pair *pair = pair_of(books, event->actor, (uint32_t)event->args[0]);

    if (pair->from_attempt != books->attempts[event->actor]) {
        pair->from_attempt = books->attempts[event->actor];
        pair->queued = (struct flow){0, 0};
        pair->sent = (struct flow){0, 0};
    }
    return pair;
}

static struct pair *of_receiver(struct books *books, const struct snap_event *event)
{
    struct pair *pair = pair_of(books, (uint32_t)event->args[0], event->actor);

    if (pair->to_attempt != books->attempts[event->actor]) {
        pair->to_attempt = books->attempts[event->actor];
        pair->received = (struct flow){0, 0};
        pair->taken = (struct flow){0, 0};
        pair->recovered = (struct flow){0, 0};
        pair->credits = 0;
    }
    return pair;
}

/* What each of so many channels of a gate begins with. Flink: InputGateSpecUtils. */
static int64_t exclusive_of_gate(const struct snap_network_config *network, uint32_t channels)
{
    int64_t required = (int64_t)channels * network->exclusive_per_channel + 1;
    int64_t most = network->required_per_gate_max;

    return most == 0 || most >= required ? network->exclusive_per_channel : (most - 1) / channels;
}

/* What the channels between the two begin with. */
static int64_t exclusive(const struct snap_oracle_case *at, const struct pair *pair)
{
    const struct snap_vertex *to = snap_job_task_vertex(at->job, pair->to);
    const struct snap_vertex *from = snap_job_task_vertex(at->job, pair->from);
    int64_t sum = 0;

    for (uint32_t i = 0; i < to->in_edge_count; i++) {
        const struct snap_edge *edge = &at->job->edges[to->in_edges[i]];
        uint32_t first;
        uint32_t count;

        if (at->job->operators[edge->producer].vertex != from->index)
            continue;
        snap_job_edge_upstream(at->job, edge, pair->to - to->task_first, &first, &count);
        if (pair->from - from->task_first - first < count)
            sum += exclusive_of_gate(&at->sim->config.network, count);
    }
    return sum;
}

/* Inside a TaskManager buffers are handed over without credits. */
static bool is_local(const struct snap_job *job, const struct pair *pair)
{
    return job->task_manager[pair->from] == job->task_manager[pair->to];
}

static void add(struct flow *flow, int64_t bytes)
{
    flow->buffers++;
    flow->bytes += bytes;
}

/* What comes later on the way must never be more than what comes before it. */
static void check(struct snap_oracle_case *at, const struct snap_event *event,
                  const struct flow *later, const struct flow *before)
{
    if (later->buffers > before->buffers || later->bytes > before->bytes)
        snap_oracle_object(at, event,
                           "%" PRId64 " %s (%" PRId64 " bytes), and only %" PRId64 " (%" PRId64
                           " bytes) had come so far",
                           later->buffers, snap_plural(later->buffers, "buffer", "buffers"),
                           later->bytes, before->buffers, before->bytes);
}

/* How many buffers the receiver has told this attempt of the sender that it has room for. */
static int64_t room(const struct snap_oracle_case *at, const struct pair *pair)
{
    const struct books *books = at->books;

    /* A receiver that has told nothing yet has only what each channel begins with. */
    return exclusive(at, pair) +
           (pair->to_attempt == books->attempts[pair->to] ? pair->credits : 0);
}

static void sent(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    struct pair *pair = of_sender(books, event);

    add(&pair->sent, event->args[2]);
    if (is_told(books, SNAP_EVENT_BUFFER_QUEUED))
        check(at, event, &pair->sent, &pair->queued);
    if (is_told(books, SNAP_EVENT_CREDIT_SENT) && !is_local(at->job, pair) &&
        pair->from_attempt == books->attempts[pair->to] && pair->sent.buffers > room(at, pair))
        snap_oracle_object(at, event, "buffer %" PRId64 " is sent with %" PRId64 " %s",
                           pair->sent.buffers, room(at, pair),
                           snap_plural(room(at, pair), "credit", "credits"));
}

static void arrived(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    struct pair *pair = of_receiver(books, event);

    add(&pair->received, event->args[2]);
    if (pair->from_attempt == pair->to_attempt && is_told(books, SNAP_EVENT_BUFFER_SENT))
        check(at, event, &pair->received, &pair->sent);
}

static void taken(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;
    struct pair *pair = of_receiver(books, event);
    const struct flow *before = &pair->received;
    struct flow all = pair->recovered;

    add(&pair->taken, event->args[2]);
    if (pair->from_attempt != pair->to_attempt)
        return;
    if (!books->told[SNAP_EVENT_BUFFER_RECEIVED]) {
        if (!is_told(books, SNAP_EVENT_BUFFER_QUEUED))
            return;
        before = &pair->queued;
    }
    /* What was in flight comes first on its channel, and on others new data may be earlier. */
    all.buffers += before->buffers;
    all.bytes += before->bytes;
    check(at, event, &pair->taken, &all);
}

static void see(struct snap_oracle_case *at, const struct snap_event *event)
{
    struct books *books = at->books;

    books->told[event->type] = true;
    switch ((int)event->type) {
    case SNAP_EVENT_TASK_STATUS:
        books->attempts[event->actor] = event->args[0];
        books->finished[event->actor] = event->args[1] == SNAP_TASK_FINISHED;
        return;
    case SNAP_EVENT_BUFFER_QUEUED:
        add(&of_sender(books, event)->queued, event->args[2]);
        return;
    case SNAP_EVENT_BUFFER_SENT:
        sent(at, event);
        return;
    case SNAP_EVENT_BUFFER_RECEIVED:
        arrived(at, event);
        return;
    case SNAP_EVENT_BUFFER_TAKEN:
        taken(at, event);
        return;
    case SNAP_EVENT_BUFFER_RECOVERED:
        add(&of_receiver(books, event)->recovered, event->args[2]);
        return;
    case SNAP_EVENT_CREDIT_SENT:
        of_receiver(books, event)->credits += event->args[2];
        return;
    default:
        return;
    }
}

/* Whether buffers go between any subtasks at all. */
static bool has_exchange(const struct snap_job *job)
{
    for (uint32_t e = 0; e < job->edge_count; e++)
        if (!job->edges[e].chained)
            return true;
    return false;
}

static void judge(struct snap_oracle_case *at, const struct snap_oracle_end *end)
{
    const struct books *books = at->books;
    struct snap_arena scratch;

    (void)end;
    if (books->count == 0)
        snap_oracle_cannot(at, has_exchange(at->job)
                                   ? "no buffer was seen: on threads it takes --trace buffers"
                                   : "no buffer goes between subtasks");
    if (!is_told(books, SNAP_EVENT_BUFFER_QUEUED) || !is_told(books, SNAP_EVENT_BUFFER_TAKEN))
        return;
    snap_arena_init(&scratch);
    for (uint64_t i = 0; i < books->capacity; i++) {
        const struct pair *pair = &books->pairs[i];

        if (!pair->used || !books->finished[pair->from] || !books->finished[pair->to] ||
            pair->from_attempt != pair->to_attempt ||
            pair->from_attempt != books->attempts[pair->from] ||
            pair->queued.bytes + pair->recovered.bytes == pair->taken.bytes)
            continue;
        snap_oracle_object(at, NULL, "%s queued %" PRId64 " bytes for %s, which used up %" PRId64,
                           snap_actor_name(at->job, pair->from, &scratch), pair->queued.bytes,
                           snap_actor_name(at->job, pair->to, &scratch),
                           pair->taken.bytes - pair->recovered.bytes);
    }
    snap_arena_fini(&scratch);
}

const struct snap_oracle snap_oracle_buffers = {
    .books_bytes = sizeof(struct books),
    .begin = begin,
    .event = see,
    .end = judge,
    .fini = fini,
};
