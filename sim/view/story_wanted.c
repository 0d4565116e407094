// SPDX-License-Identifier: Apache-2.0
#include "view/story_wanted.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "model/string_pool.h"

/* So many records are looked at for other keys. */
enum { KEYS_LOOKED_AT = 1000 };

/* Where the key stands among the arguments, the value behind it: behind origin, and lineage if
 * there is one. */
static int key_place(const struct snap_event *event)
{
    return event->type == SNAP_EVENT_RECORD_EMITTED ? 2 : 3;
}

static const char *value_text(enum snap_value_kind kind, int64_t arg, struct snap_arena *arena)
{
    union snap_value value = {.number = arg};

    struct snap_text shown = {0};
    const char *copy;

    if (kind != SNAP_VALUE_STRING)
        return snap_arena_printf(arena, "%lld", (long long)arg);
    /* A line break in it must not look like a line of the story. */
    snap_text_add_printable(&shown, value.string->bytes, value.string->length);
    copy = snap_arena_strdup(arena, snap_text_get(&shown));
    snap_text_fini(&shown);
    return copy;
}

const char *snap_story_key(const struct snap_event *event, const struct snap_job *job,
                           struct snap_arena *arena)
{
    return value_text(job->operators[event->args[0]].schema.key, event->args[key_place(event)],
                      arena);
}

const char *snap_story_pair(const struct snap_event *event, const struct snap_job *job,
                            struct snap_arena *arena)
{
    return snap_arena_printf(arena, "%s = %s", snap_story_key(event, job, arena),
                             value_text(job->operators[event->args[0]].schema.value,
                                        event->args[key_place(event) + 1], arena));
}

bool snap_story_is_record(const struct snap_event *event)
{
    return (event->type >= SNAP_EVENT_RECORD_EMITTED && event->type <= SNAP_EVENT_RECORD_WRITTEN) ||
           event->type == SNAP_EVENT_RECORD_CAPTURED;
}

/* The key as it is, or as stories show it. */
static bool is_string(const char *wanted, const struct snap_string *key)
{
    struct snap_text shown = {0};
    bool same = strlen(wanted) == key->length && memcmp(wanted, key->bytes, key->length) == 0;

    if (same || snap_text_is_printable(key->bytes, key->length))
        return same;
    snap_text_add_printable(&shown, key->bytes, key->length);
    same = strcmp(wanted, snap_text_get(&shown)) == 0;
    snap_text_fini(&shown);
    return same;
}

static bool is_key(const char *wanted, const struct snap_event *event, const struct snap_job *job)
{
    union snap_value key = {.number = event->args[key_place(event)]};
    char *end;
    long long number;

    if (job->operators[event->args[0]].schema.key == SNAP_VALUE_STRING)
        return is_string(wanted, key.string);
    number = strtoll(wanted, &end, 10);
    return end != wanted && *end == '\0' && key.number == number;
}

/* For who asks for one that does not come. */
static void note_key(struct snap_story_wanted *wanted, const char *key)
{
    for (uint32_t i = 0; i < wanted->other_count; i++)
        if (strcmp(wanted->others[i], key) == 0)
            return;
    wanted->others[wanted->other_count++] = key;
}

bool snap_story_wants(struct snap_story_wanted *wanted, const struct snap_event *event,
                      const struct snap_job *job, struct snap_arena *arena)
{
    if (!wanted->key)
        return (uint64_t)event->args[1] == wanted->origin;
    if (is_key(wanted->key, event, job))
        return true;
    if (wanted->other_count < SNAP_STORY_KEYS_NAMED && wanted->looked_at++ < KEYS_LOOKED_AT)
        note_key(wanted, snap_story_key(event, job, arena));
    return false;
}

const char *snap_story_other_keys(const struct snap_story_wanted *wanted, struct snap_arena *arena)
{
    const char *text = "";

    for (uint32_t i = 0; i < wanted->other_count; i++)
        text =
            snap_arena_printf(arena, "%s%s%s", text, i ? ", " : "; keys are ", wanted->others[i]);
    return wanted->other_count == SNAP_STORY_KEYS_NAMED ? snap_arena_printf(arena, "%s, ...", text)
                                                        : text;
}
