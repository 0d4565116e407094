// SPDX-License-Identifier: Apache-2.0
/*
 * config_value.h: the text of a Flink setting as a value of its type, by Flink's rules.
 *
 * - Booleans and words in any case; durations and sizes are whole numbers with a unit, durations of
 *   2.3 also of ISO-8601; integers have 32 bits; lists are lists or texts.
 * Flink: ConfigurationUtils.convertValue.
 */
#ifndef SNAP_SCENARIO_CONFIG_VALUE_H
#define SNAP_SCENARIO_CONFIG_VALUE_H

#include "scenario/config_keys.h"
#include "scenario/reader.h"

struct snap_config_value {
    enum snap_flink_version version; /* by whose rules texts are read; set before reading */
    bool given;
    int64_t number; /* BOOLEAN 0 or 1, INTEGER, LONG, DURATION in ns, SIZE in bytes, CHOICE index */
    double real;
    const char *text; /* as written */
};

/* Reads the node as a value of the key's type. Errors: names key, type and text. */
bool snap_config_value_read(struct snap_reader *reader, const struct snap_config_key *key,
                            const struct snap_node *node, struct snap_config_value *value);

/* Reads a default of the table; `given` stays false if the version has none. */
struct snap_config_value snap_config_value_default(const struct snap_config_key *key,
                                                   enum snap_flink_version version);

#endif
