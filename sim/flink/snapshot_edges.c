// SPDX-License-Identifier: Apache-2.0
#include "flink/snapshot_edges.h"

#include "flink/channel_file.h"

/* A gate, or a partition. */
struct port {
    uint32_t of;
    enum snap_channel_side side;
    uint32_t number;
    uint32_t subtask_most;
    uint32_t channel_most;
    uint32_t match; /* the other port; SNAP_SNAPSHOT_NONE: none */
    uint32_t edge;
    bool has_data;
};

struct matching {
    const struct snap_describer *describer;
    const struct snap_pieces *pieces;
    struct port *ports;
    uint32_t count;
    bool *excluded; /* count x count: was tried, and the records do not go on */
};

enum { PORTS_MAX = 64 };

static uint32_t find_port(const struct matching *matching, const struct snap_channel_piece *piece)
{
    for (uint32_t i = 0; i < matching->count; i++) {
        const struct port *port = &matching->ports[i];

        if (port->of == piece->of && port->side == piece->side && port->number == piece->gate)
            return i;
    }
    return matching->count;
}

/* The size of a channel whose buffers have no data: their lengths, and inside the metadata a
 * version. */
static int64_t empty_bytes(const struct snap_channel_piece *piece)
{
    if (piece->stream->type == SNAP_STREAM_INLINE)
        return SNAP_CHANNEL_INLINE_BYTES;
    return 4 * (int64_t)piece->place->offset_count;
}

static void add_to_port(struct matching *matching, struct snap_channel_piece *piece)
{
    uint32_t index = find_port(matching, piece);
    struct port *port = &matching->ports[index];

    if (index == matching->count) {
        *port = (struct port){.of = piece->of, .side = piece->side, .number = piece->gate};
        port->match = SNAP_SNAPSHOT_NONE;
        port->edge = index;
        matching->count++;
    }
    piece->edge = index;
    if (piece->subtask > port->subtask_most)
        port->subtask_most = piece->subtask;
    if (piece->channel > port->channel_most)
        port->channel_most = piece->channel;
    if (piece->place->size > empty_bytes(piece))
        port->has_data = true;
}

/* Whether data of the operator may come to the other one by what is matched so far. */
static bool reaches(const struct matching *matching, uint32_t from, uint32_t to, uint32_t steps)
{
    if (from == to)
        return true;
    for (uint32_t i = 0; i < matching->count && steps > 0; i++) {
        const struct port *port = &matching->ports[i];

        if (port->side == SNAP_CHANNEL_RESULT && port->of == from &&
            port->match != SNAP_SNAPSHOT_NONE &&
            reaches(matching, matching->ports[port->match].of, to, steps - 1))
            return true;
    }
    return false;
}

static bool may_match(const struct matching *matching, uint32_t result, uint32_t input)
{
    const struct port *from = &matching->ports[result], *to = &matching->ports[input];
    const struct snap_metadata_operator *operators = matching->describer->metadata.operators;

    return from->side == SNAP_CHANNEL_RESULT && to->side == SNAP_CHANNEL_INPUT && from->has_data &&
           to->has_data && from->match == SNAP_SNAPSHOT_NONE && to->match == SNAP_SNAPSHOT_NONE &&
           !matching->excluded[result * matching->count + input] &&
           from->channel_most < (uint32_t)operators[to->of].parallelism &&
           to->channel_most < (uint32_t)operators[from->of].parallelism &&
           operators[to->of].coordinator.type == SNAP_STREAM_NONE &&
           !reaches(matching, to->of, from->of, 16);
}

/* Returns the only port that may be matched with this one, else SNAP_SNAPSHOT_NONE. */
static uint32_t only_choice(const struct matching *matching, uint32_t port)
{
    uint32_t found = SNAP_SNAPSHOT_NONE;

    for (uint32_t i = 0; i < matching->count; i++) {
        if (!may_match(matching, port, i) && !may_match(matching, i, port))
            continue;
        if (found != SNAP_SNAPSHOT_NONE)
            return SNAP_SNAPSHOT_NONE;
        found = i;
    }
    return found;
}

/* Whether the port is the only choice of another one too: then either may be the right one. */
static bool is_wanted_twice(const struct matching *matching, uint32_t port, uint32_t by)
{
    for (uint32_t i = 0; i < matching->count; i++)
        if (i != by && only_choice(matching, i) == port)
            return true;
    return false;
}

static const struct snap_channel_piece *
find_other(const struct matching *matching, const struct snap_channel_piece *input, uint32_t result)
{
    for (uint32_t i = 0; i < matching->pieces->count; i++) {
        const struct snap_channel_piece *piece = &matching->pieces->items[i];

        if (piece->edge == result && snap_piece_from(piece) == snap_piece_from(input) &&
            snap_piece_to(piece) == snap_piece_to(input))
            return piece;
    }
    return NULL;
}

/* Whether the receiver's last record goes on in the sender's data, for one channel. */
static bool goes_on(const struct matching *matching, const struct snap_channel_piece *input,
                    const struct snap_channel_piece *result, struct snap_error *error)
{
    struct snap_channel_source source = {{input->stream, result ? result->stream : NULL},
                                         {input->place, result ? result->place : NULL}};
    struct snap_arena scratch;
    struct snap_byte_writer joined;
    struct snap_record_guess guess;
    int64_t bytes[2];
    bool good;

    snap_arena_init(&scratch);
    snap_byte_writer_init(&joined, &scratch, NULL);
    good = snap_channel_join(matching->describer, &source, &joined, bytes, error) &&
           snap_records_guess(snap_byte_writer_bytes(&joined), &guess) && guess.rest_bytes == 0;
    snap_arena_fini(&scratch);
    return good;
}

/* The first channel with data on both sides tells. */
static bool edge_goes_on(const struct matching *matching, uint32_t result, uint32_t input,
                         struct snap_error *error)
{
    for (uint32_t i = 0; i < matching->pieces->count; i++) {
        const struct snap_channel_piece *piece = &matching->pieces->items[i];
        const struct snap_channel_piece *other;

        if (piece->edge != input || piece->side != SNAP_CHANNEL_INPUT)
            continue;
        other = find_other(matching, piece, result);
        if (other)
            return goes_on(matching, piece, other, error);
    }
    return true;
}

/* A port and its only choice. */
struct pair {
    uint32_t one;
    uint32_t other;
};

/* Excludes the pair if the records do not go on; else matches it, unless another pair may be right.
 */
static bool try_match(struct matching *matching, const struct pair *pair, bool *changed,
                      struct snap_error *error)
{
    bool is_result = matching->ports[pair->one].side == SNAP_CHANNEL_RESULT;
    uint32_t result = is_result ? pair->one : pair->other;
    uint32_t input = is_result ? pair->other : pair->one;

    if (!edge_goes_on(matching, result, input, error)) {
        matching->excluded[result * matching->count + input] = true;
        *changed = true;
        return error->code == SNAP_OK;
    }
    if (is_wanted_twice(matching, pair->other, pair->one))
        return true;
    *changed = true;
    matching->ports[result].match = input;
    matching->ports[input].match = result;
    matching->ports[input].edge = matching->ports[result].edge;
    return true;
}

/* Each round that changes something either matches two ports or excludes a pair, so it ends. */
static bool match_ports(struct matching *matching, struct snap_error *error)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < matching->count; i++) {
            struct pair pair = {i, only_choice(matching, i)};

            if (pair.other != SNAP_SNAPSHOT_NONE && !try_match(matching, &pair, &changed, error))
                return false;
        }
    }
    return true;
}

/* Its own operator is at one end; at the other the one its port was matched with, if any. */
static void set_ends(struct snap_channel_piece *piece, uint32_t other)
{
    bool is_input = piece->side == SNAP_CHANNEL_INPUT;

    piece->from = is_input ? other : piece->of;
    piece->to = is_input ? piece->of : other;
}

/* Too many ports to look for pairs among them: each stays on its own. */
static void keep_apart(struct snap_pieces *pieces)
{
    for (uint32_t i = 0; i < pieces->count; i++) {
        pieces->items[i].edge = i;
        set_ends(&pieces->items[i], SNAP_SNAPSHOT_NONE);
    }
}

bool snap_pieces_match(const struct snap_describer *describer, struct snap_pieces *pieces,
                       struct snap_error *error)
{
    struct port ports[PORTS_MAX + 1];
    bool excluded[PORTS_MAX * PORTS_MAX] = {0};
    struct matching matching = {
        .describer = describer, .pieces = pieces, .ports = ports, .excluded = excluded};

    for (uint32_t i = 0; i < pieces->count && matching.count <= PORTS_MAX; i++)
        add_to_port(&matching, &pieces->items[i]);
    if (matching.count > PORTS_MAX) {
        keep_apart(pieces);
        return true;
    }
    if (!match_ports(&matching, error))
        return false;
    for (uint32_t i = 0; i < pieces->count; i++) {
        struct snap_channel_piece *piece = &pieces->items[i];
        const struct port *port = &ports[piece->edge];

        set_ends(piece,
                 port->match == SNAP_SNAPSHOT_NONE ? SNAP_SNAPSHOT_NONE : ports[port->match].of);
        piece->edge = port->edge;
    }
    return true;
}

static void make_guess(struct snap_record_guess *guess, unsigned type)
{
    static const struct {
        const char *name;
        enum snap_serializer_kind kinds[2]; /* of a tuple's fields */
        unsigned width;
    } types[] = {
        {"String", {SNAP_SERIALIZER_STRING}, 1},
        {"Long", {SNAP_SERIALIZER_LONG}, 1},
        {"Int", {SNAP_SERIALIZER_INT}, 1},
        {"Tuple2<String,Long>", {SNAP_SERIALIZER_STRING, SNAP_SERIALIZER_LONG}, 2},
        {"Tuple2<Long,Long>", {SNAP_SERIALIZER_LONG, SNAP_SERIALIZER_LONG}, 2},
    };

    guess->name = types[type].name;
    guess->nested[0] = snap_serializer_of(types[type].kinds[0]);
    if (types[type].width == 2) {
        guess->nested[1] = snap_serializer_of(types[type].kinds[0]);
        guess->nested[2] = snap_serializer_of(types[type].kinds[1]);
        guess->nested[0] = snap_serializer_of(SNAP_SERIALIZER_TUPLE);
        guess->nested[0].nested = &guess->nested[1];
        guess->nested[0].nested_count = 2;
    }
    guess->serializer = snap_serializer_of(SNAP_SERIALIZER_ELEMENT);
    guess->serializer.nested = guess->nested;
    guess->serializer.nested_count = 1;
}

enum { TYPE_COUNT = 5 };

/* Whether all whole elements are of the type; counts the records among them. */
static bool fits(struct snap_bytes joined, struct snap_record_guess *guess)
{
    struct snap_error none = {0};
    struct snap_byte_reader reader, part;
    struct snap_bytes element;

    guess->records = 0;
    snap_byte_reader_init(&reader, joined, 0, &none);
    while (snap_channel_element_next(&reader, &element)) {
        snap_byte_reader_init(&part, element, 0, &none);
        if (!snap_datum_skip(&part, &guess->serializer) ||
            !snap_byte_reader_end(&part, "an element"))
            return false;
        guess->records += element.at[0] <= SNAP_ELEMENT_RECORD_PLAIN;
    }
    guess->rest_bytes = snap_byte_reader_left(&reader);
    return !reader.failed;
}

bool snap_records_guess(struct snap_bytes joined, struct snap_record_guess *guess)
{
    for (unsigned type = 0; type < TYPE_COUNT; type++) {
        make_guess(guess, type);
        if (!fits(joined, guess))
            continue;
        /* Bytes that hold no whole element tell nothing about their type. */
        if (joined.count > 0 && guess->rest_bytes == joined.count)
            return false;
        if (guess->records == 0)
            guess->name = NULL;
        return true;
    }
    return false;
}
