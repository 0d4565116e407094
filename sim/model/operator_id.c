// SPDX-License-Identifier: Apache-2.0
#include "model/operator_id.h"

#include <string.h>

#include "base/murmur.h"

static const char digits[] = "0123456789abcdef";

struct snap_operator_id snap_operator_id_of_uid(const char *uid, size_t bytes)
{
    struct snap_operator_id id;

    snap_murmur128(uid, bytes, 0, id.bytes);
    return id;
}

void snap_operator_id_format(const struct snap_operator_id *id,
                             char text[SNAP_OPERATOR_ID_TEXT_BYTES])
{
    for (size_t i = 0; i < SNAP_OPERATOR_ID_BYTES; i++) {
        text[2 * i] = digits[id->bytes[i] >> 4];
        text[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    text[2 * SNAP_OPERATOR_ID_BYTES] = '\0';
}

static int digit_value(char digit)
{
    const char *at;

    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    at = digit ? strchr(digits, digit) : NULL;
    return at ? (int)(at - digits) : -1;
}

bool snap_operator_id_parse(const char *text, struct snap_operator_id *id)
{
    if (strlen(text) != 2 * (size_t)SNAP_OPERATOR_ID_BYTES)
        return false;
    for (size_t i = 0; i < SNAP_OPERATOR_ID_BYTES; i++) {
        int high = digit_value(text[2 * i]);
        int low = digit_value(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        id->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
