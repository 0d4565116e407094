// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

size_t snap_utf8_sequence(const unsigned char *at, size_t left)
{
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

    if (length == 0 || length > left || at[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    /* Overlong forms, surrogates and what lies above U+10FFFF. */
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return length;
}

/* Returns the code point of a sequence of the length. */
static uint32_t code_point(const unsigned char *at, size_t length)
{
    uint32_t code = length == 1 ? at[0] : at[0] & (0x7fu >> length);

    for (size_t i = 1; i < length; i++)
        code = code << 6 | (at[i] & 0x3f);
    return code;
}

/* Whether a character tells a terminal or an editor something instead of being seen: a control, the
 * end of a line or paragraph, the direction of what follows, the mark of a byte order. */
static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/* The bytes of the character here if it can be shown, else 0. */
static size_t shown_length(const unsigned char *at, size_t left)
{
    size_t length = snap_utf8_sequence(at, left);

    return is_control(code_point(at, length)) ? 0 : length;
}

/* The bytes from here on that are shown as they are. */
static size_t plain_length(const unsigned char *at, size_t left)
{
    size_t plain = 0;

    while (plain < left) {
        size_t step = shown_length(at + plain, left - plain);

        if (step == 0)
            break;
        plain += step;
    }
    return plain;
}

bool snap_text_is_printable(const char *bytes, size_t length)
{
    return plain_length((const unsigned char *)bytes, length) == length;
}

void snap_text_add_printable(struct snap_text *text, const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;

    while (length > 0) {
        size_t plain = plain_length(at, length);

        snap_text_add(text, at, plain);
        at += plain;
        length -= plain;
        if (length > 0) {
            snap_text_printf(text, "\\x%02x", *at);
            at++;
            length--;
        }
    }
}

void snap_text_make_printable(struct snap_text *text)
{
    struct snap_text shown = {0};
    size_t at = 0;

    while (at < text->length) {
        size_t line = strcspn(text->data + at, "\n");

        /* A NUL inside ends no line. */
        while (at + line < text->length && text->data[at + line] == '\0')
            line += 1 + strcspn(text->data + at + line + 1, "\n");
        snap_text_add_printable(&shown, text->data + at, line);
        at += line;
        if (at < text->length)
            snap_text_add(&shown, &text->data[at++], 1);
    }
    snap_text_fini(text);
    *text = shown;
}
