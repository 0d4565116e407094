// SPDX-License-Identifier: Apache-2.0
#include "scenario/rate_read.h"

#include <string.h>

#include "model/rate.h"

struct steps {
    struct snap_rate_step *items;
    uint32_t count;
    uint32_t capacity;
    snap_ns end_ns; /* of the last one so far; SNAP_NEVER: it goes on */
};

/* A rate as written: the text may be a part of the node's. */
struct written {
    const struct snap_node *node;
    const char *text;
    const char *what;
};

static bool read_rate(struct snap_reader *reader, const struct written *written,
                      int64_t *records_per_hour)
{
    struct snap_node part = *written->node;
    enum snap_units_result result = snap_units_rate(written->text, records_per_hour);

    part.text = written->text;
    return result == SNAP_UNITS_OK ||
           snap_reader_fail_units(reader, &part,
                                  &(struct snap_unit_words){written->what, "20000/s"}, result);
}

/* A rate below a key of its own; 0 is one, too. */
static bool read_rate_of_step(struct snap_reader *reader, const struct snap_node *node,
                              int64_t *records_per_hour)
{
    const struct written written = {node, node->text, "a rate"};

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "a rate") ||
        !read_rate(reader, &written, records_per_hour))
        return false;
    /* Sums of rates over hours must fit into 128 bits. */
    return *records_per_hour <= INT64_C(1) << 52 ||
           snap_reader_fail_units(reader, node, &(struct snap_unit_words){"a rate", "20000/s"},
                                  SNAP_UNITS_TOO_LARGE);
}

static void add_step(struct snap_reader *reader, struct steps *steps, snap_ns from_ns,
                     int64_t records_per_hour)
{
    steps->items = snap_arena_grow(reader->arena, steps->items, steps->count, &steps->capacity,
                                   sizeof(*steps->items));
    steps->items[steps->count++] = (struct snap_rate_step){from_ns, records_per_hour};
}

/* Equal pieces of the time, each with the rate in its middle; at the end `to` itself. */
static void add_ramp(struct snap_reader *reader, struct steps *steps, snap_ns until_ns,
                     const int64_t rates[2])
{
    snap_ns length = until_ns - steps->end_ns;

    for (int64_t i = 0; i < SNAP_RATE_RAMP_STEPS; i++) {
        __int128 rise = ((__int128)rates[1] - rates[0]) * (2 * i + 1) / (2 * SNAP_RATE_RAMP_STEPS);
        __int128 offset = (__int128)length * i / SNAP_RATE_RAMP_STEPS;

        add_step(reader, steps, steps->end_ns + (snap_ns)offset, rates[0] + (int64_t)rise);
    }
    add_step(reader, steps, until_ns, rates[1]);
}

static bool read_until(struct snap_reader *reader, const struct snap_node *node,
                       const struct steps *steps, snap_ns *until_ns)
{
    *until_ns = SNAP_NEVER;
    if (!node)
        return true;
    if (!snap_reader_duration(reader, node, "until", until_ns))
        return false;
    if (*until_ns <= steps->end_ns)
        return snap_reader_fail(reader, node, "the instants of `until` rise from step to step");
    return true;
}

static bool read_ramp(struct snap_reader *reader, const struct snap_node *node,
                      const struct snap_node *until, struct steps *steps, snap_ns until_ns)
{
    const struct snap_node *from = snap_node_get(node, "from");
    const struct snap_node *to = snap_node_get(node, "to");
    int64_t rates[2];

    if (!from || !to || !until)
        return snap_reader_fail(reader, node,
                                "a ramp has from, to and until, such as {until: 5 s, from: "
                                "1000/s, to: 9000/s}");
    if (!read_rate_of_step(reader, from, &rates[0]) || !read_rate_of_step(reader, to, &rates[1]))
        return false;
    add_ramp(reader, steps, until_ns, rates);
    return true;
}

static bool read_step(struct snap_reader *reader, const struct snap_node *node, struct steps *steps)
{
    static const char *const names[] = {"until", "rate", "from", "to", NULL};
    const struct snap_node *until;
    const struct snap_node *rate;
    snap_ns until_ns;
    int64_t number;

    if (!snap_reader_expect(reader, node, SNAP_NODE_MAP, "a step of a rate") ||
        !snap_reader_check_keys(reader, node, "key of a step", names))
        return false;
    until = snap_node_get(node, "until");
    rate = snap_node_get(node, "rate");
    if (steps->end_ns == SNAP_NEVER)
        return snap_reader_fail(reader, node, "the step before this one has no until");
    if (steps->count > SNAP_RATE_STEPS_MAX)
        return snap_reader_fail(reader, node, "a rate has at most %d steps", SNAP_RATE_STEPS_MAX);
    if (!read_until(reader, until, steps, &until_ns))
        return false;
    if (rate && (snap_node_get(node, "from") || snap_node_get(node, "to")))
        return snap_reader_fail(reader, node, "a step has either a rate, or from and to");
    if (!rate) {
        if (!read_ramp(reader, node, until, steps, until_ns))
            return false;
    } else if (!read_rate_of_step(reader, rate, &number)) {
        return false;
    } else {
        add_step(reader, steps, steps->end_ns, number);
    }
    steps->end_ns = until_ns;
    return true;
}

static bool read_steps(struct snap_reader *reader, const struct snap_node *node,
                       struct snap_rate *rate)
{
    struct steps steps = {0};

    for (uint32_t i = 0; i < node->count; i++) {
        /* The step that keeps the end of a ramp is not needed if another one follows. */
        if (steps.count && steps.items[steps.count - 1].from_ns == steps.end_ns)
            steps.count--;
        if (!read_step(reader, node->items[i], &steps))
            return false;
    }
    if (steps.count == 0 || steps.items[steps.count - 1].records_per_hour == 0)
        return snap_reader_fail(reader, node, "the last step goes on, so its rate is above 0");
    rate->steps = steps.items;
    rate->step_count = steps.count;
    return true;
}

static bool read_spikes(struct snap_reader *reader, const struct snap_node *node,
                        struct snap_rate *rate)
{
    static const char *const names[] = {"base", "peak", "every", "for", NULL};
    const struct snap_node *at[4];
    struct steps steps = {0};
    int64_t rates[2];
    snap_ns length;

    if (!snap_reader_check_keys(reader, node, "key of a rate", names))
        return false;
    for (int i = 0; i < 4; i++) {
        at[i] = snap_node_get(node, names[i]);
        if (!at[i])
            return snap_reader_fail(reader, node,
                                    "a rate with spikes has base, peak, every and for; %s is "
                                    "missing",
                                    names[i]);
    }
    if (!read_rate_of_step(reader, at[0], &rates[0]) ||
        !read_rate_of_step(reader, at[1], &rates[1]) ||
        !snap_reader_duration(reader, at[2], "every", &rate->period_ns) ||
        !snap_reader_duration(reader, at[3], "for", &length))
        return false;
    if (length == 0 || length >= rate->period_ns)
        return snap_reader_fail(reader, at[3], "a spike is above 0 and shorter than `every`");
    if (rates[0] == 0 && rates[1] == 0)
        return snap_reader_fail(reader, node, "with both rates 0 nothing ever leaves");
    add_step(reader, &steps, 0, rates[0]);
    add_step(reader, &steps, rate->period_ns - length, rates[1]);
    rate->steps = steps.items;
    rate->step_count = steps.count;
    return true;
}

/* "poisson(RATE)"; returns the rate's text, NULL if it is not that. */
static const char *cut_arrivals(struct snap_reader *reader, const struct snap_node *node)
{
    static const char word[] = "poisson";
    const char *rest = node->text + sizeof(word) - 1;
    size_t length;

    if (strncmp(node->text, word, sizeof(word) - 1) != 0)
        return NULL;
    rest += strspn(rest, " ");
    length = strlen(rest);
    if (length < 2 || rest[0] != '(' || rest[length - 1] != ')')
        return NULL;
    return snap_arena_strndup(reader->arena, rest + 1, length - 2);
}

static bool read_scalar(struct snap_reader *reader, const struct snap_node *node, const char *what,
                        struct snap_option *option)
{
    const char *arrivals = cut_arrivals(reader, node);
    struct written written = {node, arrivals ? arrivals : node->text, what};
    struct snap_rate *rate;

    option->text = snap_arena_strdup(reader->arena, node->text);
    if (!read_rate(reader, &written, &option->number))
        return false;
    if (option->number == 0)
        return snap_reader_fail(reader, node, "%s must be above 0", what);
    if (!arrivals)
        return true;
    rate = SNAP_ARENA_NEW(reader->arena, struct snap_rate);
    rate->arrivals_records_per_hour = option->number;
    option->rate = rate;
    return true;
}

bool snap_rate_read(struct snap_reader *reader, const struct snap_node *node, const char *what,
                    struct snap_option *option)
{
    struct snap_rate *rate;

    if (node->kind != SNAP_NODE_LIST && node->kind != SNAP_NODE_MAP)
        return snap_reader_expect(reader, node, SNAP_NODE_SCALAR, what) &&
               read_scalar(reader, node, what, option);
    rate = SNAP_ARENA_NEW(reader->arena, struct snap_rate);
    option->rate = rate;
    return node->kind == SNAP_NODE_LIST ? read_steps(reader, node, rate)
                                        : read_spikes(reader, node, rate);
}
