// SPDX-License-Identifier: Apache-2.0
#include "view/snapshot_parts_json.h"

#include <stdlib.h>

#include "view/datum_view.h"
#include "view/snapshot_view.h"

void snap_layout_json(struct snap_json *json, const struct snap_snapshot_keyed *keyed)
{
    snap_json_array_begin(json, "key_group_range");
    snap_json_inline(json);
    snap_json_number(json, NULL, keyed->group_first);
    snap_json_number(json, NULL, (int64_t)keyed->group_first + keyed->group_count - 1);
    snap_json_array_end(json);
    snap_json_object_begin(json, "keyed_handle");
    snap_json_inline(json);
    snap_json_string(json, "class", keyed->handle);
    snap_json_string(json, "layout", keyed->layout);
    snap_json_bool(json, "compressed", keyed->is_compressed);
    snap_json_bool(json, "readable", keyed->is_readable);
    snap_json_object_end(json);
}

void snap_splits_json(struct snap_json *json, const char *key,
                      const struct snap_snapshot_split *splits, uint32_t count)
{
    snap_json_array_begin(json, key);
    for (uint32_t i = 0; i < count; i++) {
        snap_json_object_begin(json, NULL);
        snap_json_inline(json);
        if (splits[i].name && splits[i].is_numbered)
            snap_json_number(json, "split", strtol(splits[i].name, NULL, 10));
        else
            snap_json_string(json, "split", splits[i].name);
        if (splits[i].name) {
            snap_json_number(json, "next", splits[i].next);
            snap_json_number(json, "end", splits[i].end);
        }
        snap_hex_json(json, "bytes", splits[i].bytes);
        snap_json_object_end(json);
    }
    snap_json_array_end(json);
}

void snap_file_json(struct snap_json *json, const struct snap_snapshot_file *file)
{
    snap_json_object_begin(json, NULL);
    snap_json_inline(json);
    snap_json_string(json, "of", snap_file_role_name(file->role));
    snap_json_string(json, "place", snap_place_name(file->place));
    if (file->path)
        snap_json_string(json, "path", file->path);
    if (file->name)
        snap_json_string(json, "name", file->name);
    snap_json_number(json, "bytes", file->bytes);
    snap_json_object_end(json);
}

void snap_enumerator_json(struct snap_json *json, const struct snap_snapshot_enumerator *enumerator)
{
    snap_json_object_begin(json, "enumerator");
    snap_json_number(json, "version", enumerator->version);
    if (enumerator->is_known)
        snap_splits_json(json, "unassigned_splits", enumerator->splits, enumerator->split_count);
    snap_hex_json(json, "enumerator_bytes", enumerator->bytes);
    snap_json_object_end(json);
}
