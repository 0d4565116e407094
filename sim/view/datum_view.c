// SPDX-License-Identifier: Apache-2.0
#include "view/datum_view.h"

#include <inttypes.h>

static void add_hex(struct snap_text *text, struct snap_bytes bytes)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.count; i++) {
        char pair[2] = {digits[bytes.at[i] >> 4], digits[bytes.at[i] & 15]};

        snap_text_add(text, pair, 2);
    }
}

void snap_hex_json(struct snap_json *json, const char *key, struct snap_bytes bytes)
{
    struct snap_text text = {0};

    add_hex(&text, bytes);
    snap_json_bytes(json, key, snap_text_get(&text), text.length);
    snap_text_fini(&text);
}

/* Keys that can be names of members. */
static bool is_object(const struct snap_datum *map)
{
    for (uint32_t i = 0; i < map->count; i += 2) {
        const struct snap_datum *key = &map->items[i];

        if (key->kind == SNAP_DATUM_TEXT ? memchr(key->bytes.at, 0, key->bytes.count) != NULL
                                         : key->kind != SNAP_DATUM_NUMBER)
            return false;
    }
    return true;
}

static void object_json(struct snap_json *json, const char *key, const struct snap_datum *map)
{
    struct snap_text name = {0};

    snap_json_object_begin(json, key);
    for (uint32_t i = 0; i < map->count; i += 2) {
        snap_text_clear(&name);
        snap_text_add_string(&name, "");
        if (map->items[i].kind == SNAP_DATUM_TEXT)
            snap_text_add(&name, map->items[i].bytes.at, map->items[i].bytes.count);
        else
            snap_text_printf(&name, "%" PRId64, map->items[i].number);
        snap_datum_json(json, name.data, &map->items[i + 1]);
    }
    snap_json_object_end(json);
    snap_text_fini(&name);
}

static void map_json(struct snap_json *json, const char *key, const struct snap_datum *map)
{
    if (is_object(map)) {
        object_json(json, key, map);
        return;
    }
    snap_json_array_begin(json, key);
    for (uint32_t i = 0; i < map->count; i += 2) {
        snap_json_array_begin(json, NULL);
        snap_datum_json(json, NULL, &map->items[i]);
        snap_datum_json(json, NULL, &map->items[i + 1]);
        snap_json_array_end(json);
    }
    snap_json_array_end(json);
}

static void list_json(struct snap_json *json, const char *key, const struct snap_datum *list)
{
    snap_json_array_begin(json, key);
    for (uint32_t i = 0; i < list->count; i++)
        snap_datum_json(json, NULL, &list->items[i]);
    snap_json_array_end(json);
}

static void named_json(struct snap_json *json, const char *key, const struct snap_datum *datum)
{
    static const char *const ttl[] = {"last_access", "value"};
    static const char *const timer[] = {"timestamp", "key", "namespace"};
    const char *const *names = datum->kind == SNAP_DATUM_TTL ? ttl : timer;

    snap_json_object_begin(json, key);
    for (uint32_t i = 0; i < datum->count; i++)
        snap_datum_json(json, names[i], &datum->items[i]);
    snap_json_object_end(json);
}

void snap_datum_json(struct snap_json *json, const char *key, const struct snap_datum *datum)
{
    switch (datum->kind) {
    case SNAP_DATUM_NULL:
        snap_json_null(json, key);
        break;
    case SNAP_DATUM_BOOLEAN:
        snap_json_bool(json, key, datum->truth);
        break;
    case SNAP_DATUM_NUMBER:
        snap_json_number(json, key, datum->number);
        break;
    case SNAP_DATUM_REAL:
        snap_json_double(json, key, datum->real);
        break;
    case SNAP_DATUM_TEXT:
        snap_json_bytes(json, key, (const char *)datum->bytes.at, datum->bytes.count);
        break;
    case SNAP_DATUM_BYTES:
        snap_hex_json(json, key, datum->bytes);
        break;
    case SNAP_DATUM_LIST:
    case SNAP_DATUM_TUPLE:
    case SNAP_DATUM_WINDOW:
    case SNAP_DATUM_ELEMENT:
        list_json(json, key, datum);
        break;
    case SNAP_DATUM_MAP:
        map_json(json, key, datum);
        break;
    case SNAP_DATUM_TTL:
    case SNAP_DATUM_TIMER:
        named_json(json, key, datum);
        break;
    case SNAP_DATUM_OPAQUE:
        snap_json_object_begin(json, key);
        snap_hex_json(json, "bytes", datum->bytes);
        snap_json_object_end(json);
        break;
    }
}

/* The compact JSON reads well enough for all that has parts. */
void snap_datum_text(struct snap_text *text, const struct snap_datum *datum)
{
    struct snap_json json;

    snap_json_init(&json, text, SNAP_JSON_COMPACT);
    snap_datum_json(&json, NULL, datum);
}

bool snap_datum_is_named(const struct snap_datum *datum, const char *name)
{
    struct snap_text text = {0};
    bool is_same;

    if (datum->kind == SNAP_DATUM_TEXT)
        return snap_bytes_are(datum->bytes, name);
    snap_datum_text(&text, datum);
    is_same = strcmp(snap_text_get(&text), name) == 0;
    snap_text_fini(&text);
    return is_same;
}
