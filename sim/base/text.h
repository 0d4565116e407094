// SPDX-License-Identifier: Apache-2.0
/*
 * text.h: a growing text.
 *
 * - Always NUL-terminated once something was added; `data` is NULL before.
 * - Heap memory, owned by the text; fini is safe on zeroed memory.
 */
#ifndef SNAP_BASE_TEXT_H
#define SNAP_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct snap_text {
    char *data;
    size_t length;
    size_t capacity;
};

void snap_text_fini(struct snap_text *text);

/* Empties the text and keeps its memory. */
void snap_text_clear(struct snap_text *text);

/* Makes room for so many bytes and the NUL behind them. */
void snap_text_reserve(struct snap_text *text, size_t more);

/* Appends `length` bytes. */
static inline void snap_text_add(struct snap_text *text, const void *data, size_t length)
{
    if (text->capacity - text->length <= length)
        snap_text_reserve(text, length);
    if (length)
        memcpy(text->data + text->length, data, length);
    text->length += length;
    text->data[text->length] = '\0';
}

/* Appends a NUL-terminated string. */
static inline void snap_text_add_string(struct snap_text *text, const char *string)
{
    snap_text_add(text, string, strlen(string));
}

/* Appends formatted text. */
void snap_text_printf(struct snap_text *text, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

/* Returns the word that fits the count: "subtask" for 1, else "subtasks". */
const char *snap_plural(int64_t count, const char *one, const char *many);

/* Returns the contents, "" if nothing was added; borrowed until the next change. */
const char *snap_text_get(const struct snap_text *text);

#endif
