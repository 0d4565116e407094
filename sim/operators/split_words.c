// SPDX-License-Identifier: Apache-2.0
#include "operators/classes.h"
#include "operators/replay.h"
#include "operators/settings.h"

struct instance {
    struct snap_string_pool *strings;
    struct snap_arena *arena;
    char *word; /* arena of the attempt */
    uint32_t word_bytes;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    op->schema = (struct snap_schema){SNAP_VALUE_STRING, SNAP_VALUE_LONG};
    return snap_input_value_check(op, SNAP_VALUE_STRING, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *split = self;

    (void)error;
    split->strings = context->strings;
    split->arena = context->arena;
    return true;
}

/* 0 for what parts words, else the byte as it stands in a word: bytes >= 0x80 count as letters. */
static const unsigned char word_byte[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd',
    ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k',
    ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r',
    ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y',
    ['z'] = 'z', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f',
    ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm',
    ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't',
    ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
};

static inline unsigned char letter(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte >= 0x80 ? byte : word_byte[byte];
}

static void emit_word(struct instance *split, const struct snap_record *in, uint32_t length,
                      struct snap_emitter *out)
{
    union snap_value key;
    union snap_value one = {.number = 1};

    key.string = snap_string_pool_intern(split->strings, split->word, length);
    snap_emit(out, in, key, one);
}

static void expand(void *self, const struct snap_record *in, struct snap_emitter *out)
{
    struct instance *split = self;
    const struct snap_string *line = in->value.string;
    uint32_t length = 0;

    if (line->length > split->word_bytes) {
        split->word_bytes = line->length * 2;
        split->word = snap_arena_alloc(split->arena, split->word_bytes);
    }
    for (uint32_t i = 0; i < line->length; i++) {
        unsigned char byte = letter(line->bytes[i]);

        if (byte) {
            split->word[length++] = (char)byte;
        } else if (length) {
            emit_word(split, in, length, out);
            length = 0;
        }
    }
    if (length)
        emit_word(split, in, length, out);
}

static bool replay_in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           ((unsigned char)c & 0x80) != 0;
}

static void replay(const struct snap_operator *op, const struct snap_record *in,
                   struct snap_replay *out)
{
    const struct snap_string *line = in->value.string;
    char *copy = snap_arena_strndup(out->arena, line->bytes, line->length);
    uint32_t start = 0;
    union snap_value key;
    union snap_value one = {.number = 1};

    (void)op;
    for (uint32_t i = 0; i <= line->length; i++) {
        if (i < line->length && replay_in_word(copy[i])) {
            if (copy[i] >= 'A' && copy[i] <= 'Z')
                copy[i] = (char)(copy[i] | 0x20);
            continue;
        }
        if (i > start) {
            key.string = snap_string_pool_intern(out->strings, copy + start, i - start);
            snap_replay_add(out, in, key, one);
        }
        start = i + 1;
    }
}

const struct snap_operator_class snap_split_words_class = {
    .type = {.name = "split-words",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Flat Map",
             .doc = "one record a word: key = the word in lower case, value = 1",
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .expands = true,
              .number_of_outputs_from = SNAP_PART_VALUE,
              .key_from = SNAP_PART_VALUE,
              .value_from = SNAP_PART_NOTHING,
              .replay = replay},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = SNAP_FANOUT_UNKNOWN,
    .ignores_stamps = true,
    .open = open,
    .expand = expand,
};
