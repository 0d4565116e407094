// SPDX-License-Identifier: Apache-2.0
/*
 * config_keys.h: all settings that Flink declares, per version, with types, defaults and old names.
 *
 * - One row a key, sorted by key; made by tools/make_config_keys.py from Flink's own option lists.
 * - A name is looked up in the chosen version first, as a key or as an old spelling of one.
 * Flink: ConfigOption, its deprecated and fallback keys.
 */
#ifndef SNAP_SCENARIO_CONFIG_KEYS_H
#define SNAP_SCENARIO_CONFIG_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/config.h"

enum snap_config_type {
    SNAP_CONFIG_BOOLEAN,
    SNAP_CONFIG_INTEGER, /* 32 bits */
    SNAP_CONFIG_LONG,
    SNAP_CONFIG_REAL,
    SNAP_CONFIG_TEXT,
    SNAP_CONFIG_DURATION,
    SNAP_CONFIG_SIZE,
    SNAP_CONFIG_CHOICE,
    SNAP_CONFIG_LIST,
    SNAP_CONFIG_MAP,
};

/* What a version says of a key. */
struct snap_config_declaration {
    bool declared;
    const char *text_default; /* NULL: none */
    const char *old_names;    /* between spaces; NULL: none */
};

struct snap_config_key {
    const char *name;
    enum snap_config_type type;
    const char *choices;                        /* "A|B" for SNAP_CONFIG_CHOICE */
    struct snap_config_declaration versions[2]; /* by enum snap_flink_version */
};

/* What a name that somebody wrote is. */
struct snap_config_match {
    const struct snap_config_key *key; /* NULL: unknown */
    bool old_name;                     /* an old spelling of the key */
    bool other_version;                /* only another version knows it */
};

/* Returns all rows and their number. */
const struct snap_config_key *snap_config_keys(uint32_t *count);

/* Finds the row a name stands for. */
struct snap_config_match snap_config_key_find(const char *name, enum snap_flink_version version);

/* "true or false", "a whole number", ...: for messages and help. */
const char *snap_config_type_name(enum snap_config_type type);

#endif
