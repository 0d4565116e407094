// SPDX-License-Identifier: Apache-2.0
#include "flink/java_text.h"

static const char string_length[] = "length of a string";
static const char string_unit[] = "a character of a string";

enum { REPLACEMENT = 0xFFFD };

static bool is_high(uint32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low(uint32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

/* Writes a code point (a lone surrogate too) as UTF-8; returns the place behind it. */
static uint8_t *put_utf8(uint8_t *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (uint8_t)code;
    } else if (code < 0x800) {
        *to++ = (uint8_t)(0xC0 | code >> 6);
        *to++ = (uint8_t)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = (uint8_t)(0xE0 | code >> 12);
        *to++ = (uint8_t)(0x80 | (code >> 6 & 0x3F));
        *to++ = (uint8_t)(0x80 | (code & 0x3F));
    } else {
        *to++ = (uint8_t)(0xF0 | code >> 18);
        *to++ = (uint8_t)(0x80 | (code >> 12 & 0x3F));
        *to++ = (uint8_t)(0x80 | (code >> 6 & 0x3F));
        *to++ = (uint8_t)(0x80 | (code & 0x3F));
    }
    return to;
}

/* Joins a low surrogate with the high one that stands right before it, three bytes long. */
static uint8_t *put_unit(uint8_t *to, uint32_t unit, uint32_t *last)
{
    uint32_t before = *last;

    *last = unit;
    if (is_low(unit) && is_high(before)) {
        *last = 0;
        return put_utf8(to - 3, 0x10000 + ((before - 0xD800) << 10) + (unit - 0xDC00));
    }
    return put_utf8(to, unit);
}

static bool continues(struct snap_bytes text, size_t at)
{
    return at < text.count && (text.at[at] & 0xC0) == 0x80;
}

/* Returns the code point of the sequence at *at (of up to four bytes) and moves behind it. */
static uint32_t take_code(struct snap_bytes text, size_t *at)
{
    uint32_t byte = text.at[(*at)++];
    unsigned more = byte < 0x80 ? 0 : byte < 0xC0 ? 4 : byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    uint32_t code = byte & (0xFFu >> (more + 2));

    if (more == 0)
        return byte;
    for (unsigned i = 0; i < more; i++)
        if (more > 3 || !continues(text, *at + i))
            return REPLACEMENT;
    for (unsigned i = 0; i < more; i++)
        code = code << 6 | (text.at[(*at)++] & 0x3Fu);
    return code > 0x10FFFF ? REPLACEMENT : code;
}

/* A byte becomes three at the most: U+FFFD in its place. */
struct snap_bytes snap_java_text(struct snap_arena *arena, struct snap_bytes modified)
{
    uint8_t *text = snap_arena_take(arena, modified.count * 3 + 1);
    uint8_t *to = text;
    uint32_t last = 0;

    for (size_t at = 0; at < modified.count;)
        to = put_unit(to, take_code(modified, &at), &last);
    *to = '\0';
    return (struct snap_bytes){text, (size_t)(to - text)};
}

/* A code point beyond 16 bits, four bytes, becomes two surrogates of three; NUL becomes two bytes.
 */
struct snap_bytes snap_java_modified(struct snap_arena *arena, struct snap_bytes text)
{
    uint8_t *modified = snap_arena_take(arena, text.count * 3 + 1);
    uint8_t *to = modified;

    for (size_t at = 0; at < text.count;) {
        uint32_t code = take_code(text, &at);

        if (code == 0) {
            *to++ = 0xC0;
            *to++ = 0x80;
        } else if (code >= 0x10000) {
            to = put_utf8(to, 0xD800 + ((code - 0x10000) >> 10));
            to = put_utf8(to, 0xDC00 + ((code - 0x10000) & 0x3FF));
        } else {
            to = put_utf8(to, code);
        }
    }
    return (struct snap_bytes){modified, (size_t)(to - modified)};
}

/* Returns how many bytes from here on stand for a unit each, of at most `most`. */
static size_t plain_length(const uint8_t *at, size_t most)
{
    size_t length = 0;
    uint64_t word;

    for (; most - length >= sizeof(word); length += sizeof(word)) {
        memcpy(&word, at + length, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (length < most && at[length] < 0x80)
        length++;
    return length;
}

/* Each unit has a byte at least. */
static uint32_t read_length(struct snap_byte_reader *reader)
{
    uint32_t length = snap_read_varint(reader, string_length);

    if (length > 1 && !snap_byte_reader_has(reader, length - 1, "a string"))
        return 0;
    return reader->failed ? 0 : length;
}

/* Returns how many bytes the units have, so that memory is taken for those that are there. */
struct snap_java_string snap_read_string(struct snap_byte_reader *reader, struct snap_arena *arena)
{
    uint32_t length = read_length(reader);
    struct snap_java_string string = {.is_null = length == 0};
    uint8_t *text, *to;
    uint32_t last = 0;
    uint32_t plain;

    if (length == 0)
        return string;
    plain = (uint32_t)plain_length(reader->at, length - 1);
    text = snap_arena_take(arena, plain + (size_t)(length - plain) * 3);
    memcpy(text, reader->at, plain);
    to = text + plain;
    reader->at += plain;
    for (uint32_t i = 1 + plain; i < length; i++)
        to = put_unit(to, snap_read_varint(reader, string_unit) & 0xFFFF, &last);
    *to = '\0';
    string.text = (struct snap_bytes){text, (size_t)(to - text)};
    return string;
}

void snap_skip_string(struct snap_byte_reader *reader)
{
    uint32_t length = read_length(reader);
    uint32_t plain = length ? (uint32_t)plain_length(reader->at, length - 1) : 0;

    reader->at += plain;
    for (uint32_t i = 1 + plain; i < length; i++)
        snap_read_varint(reader, string_unit);
}

static uint32_t count_units(struct snap_bytes text)
{
    uint32_t units = 0;

    for (size_t at = 0; at < text.count; units++)
        units += take_code(text, &at) >= 0x10000;
    return units;
}

void snap_write_string(struct snap_byte_writer *writer, struct snap_java_string string)
{
    if (string.is_null) {
        snap_write_u1(writer, 0);
        return;
    }
    if (plain_length(string.text.at, string.text.count) == string.text.count) {
        snap_write_varint(writer, (uint32_t)string.text.count + 1);
        snap_write_bytes(writer, string.text);
        return;
    }
    snap_write_varint(writer, count_units(string.text) + 1);
    for (size_t at = 0; at < string.text.count;) {
        uint32_t code = take_code(string.text, &at);

        if (code >= 0x10000) {
            snap_write_varint(writer, 0xD800 + ((code - 0x10000) >> 10));
            code = 0xDC00 + ((code - 0x10000) & 0x3FF);
        }
        snap_write_varint(writer, code);
    }
}
