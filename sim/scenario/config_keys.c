// SPDX-License-Identifier: Apache-2.0
#include "scenario/config_keys.h"

#include <string.h>

#include "base/check.h"

#define X(name, type, choices, in_old, default_old, names_old, in_new, default_new, names_new)     \
    {name,                                                                                         \
     SNAP_CONFIG_##type,                                                                           \
     choices,                                                                                      \
     {{in_old, default_old, names_old}, {in_new, default_new, names_new}}},
static const struct snap_config_key keys[] = {
#include "scenario/config_keys.inc"
};
#undef X

enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

const struct snap_config_key *snap_config_keys(uint32_t *count)
{
    *count = KEY_COUNT;
    return keys;
}

/* Old spellings stand in one text, between spaces. */
static bool has_word(const char *words, const char *wanted)
{
    size_t length = strlen(wanted);

    for (const char *at = words; at && *at; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, wanted, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* Settings behind a key of type map: {pipeline.global-job-parameters: {a: 1}}. */
static bool is_below_map(const struct snap_config_key *key, const char *name)
{
    size_t length = strlen(key->name);

    return key->type == SNAP_CONFIG_MAP && strncmp(name, key->name, length) == 0 &&
           name[length] == '.';
}

/* A key itself comes before an old spelling: some old spellings are keys of their own. */
static struct snap_config_match find_in(const char *name, enum snap_flink_version version)
{
    for (uint32_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].versions[version].declared &&
            (strcmp(keys[i].name, name) == 0 || is_below_map(&keys[i], name)))
            return (struct snap_config_match){.key = &keys[i]};
    for (uint32_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].versions[version].declared &&
            has_word(keys[i].versions[version].old_names, name))
            return (struct snap_config_match){.key = &keys[i], .old_name = true};
    return (struct snap_config_match){0};
}

struct snap_config_match snap_config_key_find(const char *name, enum snap_flink_version version)
{
    struct snap_config_match match = find_in(name, version);

    if (!match.key) {
        match = find_in(name, version == SNAP_FLINK_2_3 ? SNAP_FLINK_1_20 : SNAP_FLINK_2_3);
        match.other_version = match.key != NULL;
    }
    return match;
}

const char *snap_config_type_name(enum snap_config_type type)
{
    switch (type) {
    case SNAP_CONFIG_BOOLEAN:
        return "true or false";
    case SNAP_CONFIG_INTEGER:
        return "a whole number of 32 bits";
    case SNAP_CONFIG_LONG:
        return "a whole number";
    case SNAP_CONFIG_REAL:
        return "a number";
    case SNAP_CONFIG_TEXT:
        return "a text";
    case SNAP_CONFIG_DURATION:
        return "a duration such as 200 ms";
    case SNAP_CONFIG_SIZE:
        return "a size such as 32 kb";
    case SNAP_CONFIG_CHOICE:
        return "a word of a list";
    case SNAP_CONFIG_LIST:
        return "a list";
    case SNAP_CONFIG_MAP:
        return "a mapping";
    }
    SNAP_CHECK(false);
    return "";
}
