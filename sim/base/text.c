// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

void snap_text_reserve(struct snap_text *text, size_t more)
{
    size_t need = text->length + more + 1;
    size_t capacity = text->capacity ? text->capacity : 64;

    if (need <= text->capacity)
        return;
    while (capacity < need)
        capacity *= 2;
    text->data = snap_memory_resize(text->data, capacity);
    text->capacity = capacity;
}

void snap_text_fini(struct snap_text *text)
{
    snap_memory_give_back(text->data);
    memset(text, 0, sizeof(*text));
}

void snap_text_clear(struct snap_text *text)
{
    text->length = 0;
    if (text->data)
        text->data[0] = '\0';
}

void snap_text_printf(struct snap_text *text, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    SNAP_CHECK(length >= 0);
    snap_text_reserve(text, (size_t)length);
    va_start(args, format);
    vsnprintf(text->data + text->length, (size_t)length + 1, format, args);
    va_end(args);
    text->length += (size_t)length;
}

const char *snap_plural(int64_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

const char *snap_text_get(const struct snap_text *text)
{
    return text->data ? text->data : "";
}
