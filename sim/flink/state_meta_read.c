// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "flink/state_meta.h"
#include "flink/state_words.h"

enum {
    KEYED_VERSION = 6,
    OPERATOR_VERSION_OLD = 5, /* without the mark of compression */
    OPERATOR_VERSION = 6,
    META_BYTES_LEAST = 14,
    NAME_SEARCHED_MAX = 512,
};

/* What may follow the snapshot of a serializer. */
enum follower {
    FOLLOWS_SERIALIZER, /* the next one of this state */
    FOLLOWS_STATE,      /* the next state */
    FOLLOWS_COUNT,      /* a number of states, then the first of them */
    FOLLOWS_END,        /* no more of the head */
};

struct head_parse {
    struct snap_byte_reader *reader;
    struct snap_arena *arena;
    enum follower after_states; /* what follows the last state of the list */
    bool is_cut;
};

static bool is_one_of(struct snap_bytes text, const char *const *words)
{
    for (; *words; words++)
        if (snap_bytes_are(text, *words))
            return true;
    return false;
}

/* Whether a serializer with its key in front begins at the place; probes with its own error. */
static bool probe_serializer(struct snap_byte_reader *probe)
{
    static const char *const keys[] = {SNAP_WORD_VALUE, SNAP_WORD_KEY, SNAP_WORD_NAMESPACE, NULL};

    return is_one_of(snap_read_utf(probe, ""), keys) &&
           snap_read_i4(probe, "") == SNAP_SERIALIZER_PROXY_VERSION && !probe->failed;
}

/* Whether a state begins at the place: name, kind, known options, a serializer. */
static bool probe_state(struct snap_byte_reader *probe)
{
    static const char *const options[] = {SNAP_WORD_KEYED_TYPE, SNAP_WORD_LIST_MODE, NULL};
    struct snap_bytes name = snap_read_utf(probe, "");
    int32_t count;

    if (name.count == 0 || name.count > NAME_SEARCHED_MAX)
        return false;
    for (size_t i = 0; i < name.count; i++)
        if (name.at[i] < ' ')
            return false;
    if ((uint32_t)snap_read_i4(probe, "") >= SNAP_STATE_KIND_COUNT)
        return false;
    count = snap_read_i4(probe, "");
    if (count < 0 || count > 1)
        return false;
    if (count == 1 &&
        (!is_one_of(snap_read_utf(probe, ""), options) || snap_read_utf(probe, "").count == 0))
        return false;
    count = snap_read_i4(probe, "");
    return count >= 1 && count <= 2 && probe_serializer(probe);
}

static bool probe_at(const struct snap_byte_reader *reader, const uint8_t *at,
                     enum follower follower)
{
    struct snap_error error = {0};
    struct snap_byte_reader probe = *reader;

    probe.at = at;
    probe.error = &error;
    switch (follower) {
    case FOLLOWS_SERIALIZER:
        return probe_serializer(&probe);
    case FOLLOWS_STATE:
        return probe_state(&probe);
    case FOLLOWS_COUNT:
        return snap_read_u2(&probe, "") > 0 && probe_state(&probe);
    case FOLLOWS_END:
        return false;
    }
    return false;
}

/* Gives the bytes of an unknown serializer up to what follows. */
static void take_unknown(struct head_parse *parse, struct snap_serializer *serializer,
                         enum follower follower)
{
    struct snap_byte_reader *reader = parse->reader;
    const uint8_t *at = reader->at;

    while (at < reader->end && !probe_at(reader, at, follower))
        at++;
    serializer->body = snap_read_bytes(reader, (uint64_t)(at - reader->at), "a serializer");
    parse->is_cut = at == reader->end;
}

static bool read_serializer(struct head_parse *parse, struct snap_serializer *serializer,
                            enum follower follower)
{
    struct snap_byte_reader *reader = parse->reader;
    int32_t version = snap_read_i4(reader, "version of serializer snapshots");

    if (!reader->failed && version != SNAP_SERIALIZER_PROXY_VERSION)
        return snap_byte_reader_fail(
            reader, "serializer snapshots of version %" PRId32 " are not known", version);
    if (!snap_serializer_read(reader, parse->arena, serializer))
        return false;
    if (snap_serializer_is_unknown(serializer))
        take_unknown(parse, serializer, follower);
    return !reader->failed;
}

static bool read_serializers(struct head_parse *parse, struct snap_state_meta *meta,
                             enum follower follower)
{
    struct snap_byte_reader *reader = parse->reader;
    uint32_t count = snap_read_count(reader, 12, "number of serializers");
    struct snap_state_serializer *items =
        SNAP_ARENA_ARRAY(parse->arena, struct snap_state_serializer, count);

    meta->serializers = items;
    for (uint32_t i = 0; i < count && !parse->is_cut; i++) {
        items[i].key = snap_read_utf(reader, "key of a serializer");
        if (!read_serializer(parse, &items[i].serializer,
                             i + 1 < count ? FOLLOWS_SERIALIZER : follower))
            return false;
        meta->serializer_count = i + 1;
    }
    return !reader->failed;
}

static bool read_meta(struct head_parse *parse, struct snap_state_meta *meta,
                      enum follower follower)
{
    struct snap_byte_reader *reader = parse->reader;
    struct snap_state_option *options;
    uint32_t kind;

    meta->name = snap_read_utf(reader, "name of a state");
    kind = (uint32_t)snap_read_i4(reader, "kind of a state");
    if (kind >= SNAP_STATE_KIND_COUNT)
        return snap_byte_reader_fail(reader, "no state has the kind %" PRIu32, kind);
    meta->kind = (enum snap_state_kind)kind;
    meta->option_count = snap_read_count(reader, 4, "number of a state's options");
    options = SNAP_ARENA_ARRAY(parse->arena, struct snap_state_option, meta->option_count);
    meta->options = options;
    for (uint32_t i = 0; i < meta->option_count; i++) {
        options[i].key = snap_read_utf(reader, "name of an option");
        options[i].value = snap_read_utf(reader, "an option");
    }
    if (!read_serializers(parse, meta, follower))
        return false;
    snap_state_meta_settle(meta);
    return true;
}

bool snap_state_meta_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                          struct snap_state_meta *meta)
{
    struct head_parse parse = {.reader = reader, .arena = arena};

    return read_meta(&parse, meta, FOLLOWS_END);
}

/* The number of states has two bytes. */
static bool read_metas(struct head_parse *parse, struct snap_state_metas *metas)
{
    struct snap_byte_reader *reader = parse->reader;
    uint32_t count = snap_read_u2(reader, "number of states");
    struct snap_state_meta *items;

    if (count > INT16_MAX ||
        !snap_byte_reader_has(reader, (uint64_t)count * META_BYTES_LEAST, "states"))
        return snap_byte_reader_fail(reader, "%" PRIu32 " states", count);
    items = SNAP_ARENA_ARRAY(parse->arena, struct snap_state_meta, count);
    metas->items = items;
    for (uint32_t i = 0; i < count && !parse->is_cut; i++) {
        if (!read_meta(parse, &items[i], i + 1 < count ? FOLLOWS_STATE : parse->after_states))
            return false;
        metas->count = i + 1;
    }
    return true;
}

bool snap_keyed_head_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                          struct snap_keyed_head *head)
{
    struct head_parse parse = {.reader = reader, .arena = arena, .after_states = FOLLOWS_END};
    uint64_t start = snap_byte_reader_offset(reader);
    int32_t version = snap_read_i4(reader, "version of a keyed state file");

    *head = (struct snap_keyed_head){0};
    if (!reader->failed && version != KEYED_VERSION)
        return snap_byte_reader_fail(reader, "a keyed state file has the version %d, not %" PRId32,
                                     KEYED_VERSION, version);
    head->is_compressed = snap_read_bool(reader, "mark of compression");
    if (!read_serializer(&parse, &head->key, FOLLOWS_COUNT))
        return false;
    if (!parse.is_cut && !read_metas(&parse, &head->states))
        return false;
    head->bytes = snap_byte_reader_offset(reader) - start;
    head->is_cut = parse.is_cut;
    return true;
}

bool snap_operator_head_read(struct snap_byte_reader *reader, struct snap_arena *arena,
                             struct snap_operator_head *head)
{
    struct head_parse parse = {.reader = reader, .arena = arena, .after_states = FOLLOWS_COUNT};
    uint64_t start = snap_byte_reader_offset(reader);

    *head = (struct snap_operator_head){0};
    head->version = snap_read_i4(reader, "version of an operator state file");
    if (!reader->failed && head->version != OPERATOR_VERSION_OLD &&
        head->version != OPERATOR_VERSION)
        return snap_byte_reader_fail(reader,
                                     "an operator state file has the version %d or %d, not "
                                     "%" PRId32,
                                     OPERATOR_VERSION_OLD, OPERATOR_VERSION, head->version);
    if (head->version == OPERATOR_VERSION)
        head->is_compressed = snap_read_bool(reader, "mark of compression");
    if (reader->failed || !read_metas(&parse, &head->lists))
        return false;
    parse.after_states = FOLLOWS_END;
    if (!parse.is_cut && !read_metas(&parse, &head->broadcasts))
        return false;
    head->bytes = snap_byte_reader_offset(reader) - start;
    head->is_cut = parse.is_cut;
    return true;
}
