// SPDX-License-Identifier: Apache-2.0
#include "view/snapshot_view.h"

const char *snap_place_name(enum snap_place place)
{
    static const char *const names[] = {
        [SNAP_PLACE_NOWHERE] = "none",    [SNAP_PLACE_INLINE] = "inline",
        [SNAP_PLACE_EXCLUSIVE] = "file",  [SNAP_PLACE_SHARED] = "shared",
        [SNAP_PLACE_SEGMENT] = "segment",
    };

    return names[place];
}

const char *snap_file_role_name(enum snap_file_role role)
{
    static const char *const names[SNAP_ROLE_COUNT] = {
        [SNAP_ROLE_COORDINATOR] = "coordinator",   [SNAP_ROLE_OPERATOR] = "operator state",
        [SNAP_ROLE_RAW_OPERATOR] = "raw operator", [SNAP_ROLE_KEYED] = "keyed state",
        [SNAP_ROLE_RAW_KEYED] = "raw keyed",       [SNAP_ROLE_INPUT] = "input channels",
        [SNAP_ROLE_RESULT] = "result partitions",
    };

    return names[role];
}

const char *snap_snapshot_operator_name(const struct snap_snapshot_operator *of,
                                        char digits[SNAP_OPERATOR_ID_TEXT_BYTES])
{
    snap_operator_id_format(&of->id, digits);
    return of->uid ? of->uid : of->name ? of->name : digits;
}

const struct snap_snapshot_operator *snap_snapshot_find(const struct snap_snapshot *snapshot,
                                                        const char *name)
{
    struct snap_operator_id of_uid = snap_operator_id_of_uid(name, strlen(name));
    struct snap_operator_id id = of_uid;
    bool is_id = snap_operator_id_parse(name, &id);

    for (uint32_t i = 0; i < snapshot->operator_count; i++) {
        const struct snap_snapshot_operator *of = &snapshot->operators[i];

        if ((of->uid && strcmp(of->uid, name) == 0) || (of->name && strcmp(of->name, name) == 0) ||
            memcmp(&of->id, &of_uid, sizeof(of_uid)) == 0 ||
            (is_id && memcmp(&of->id, &id, sizeof(id)) == 0))
            return of;
    }
    return NULL;
}
