// SPDX-License-Identifier: Apache-2.0
/*
 * config_acting.h: which of Flink's settings do something here, their ranges, and where they go.
 *
 * - One row a key; ranges are Flink's own. Durations are cut to whole milliseconds as there.
 * - Internal to this folder.
 */
#ifndef SNAP_SCENARIO_CONFIG_ACTING_H
#define SNAP_SCENARIO_CONFIG_ACTING_H

#include "model/config.h"
#include "scenario/config_value.h"

/* Where settings stand on which others depend; NULL: not given. */
struct snap_config_places {
    const struct snap_node *interval;
    const struct snap_node *concurrent_max;
    const struct snap_node *unaligned;
    const struct snap_node *aligned_timeout;
    const struct snap_node *during_recovery;
    const struct snap_node *exclusive;
    const struct snap_node *overdraft;
    const struct snap_node *segment;
    const struct snap_node *segment_min;
    const struct snap_node *segment_start;
};

/* What a setting does nothing without. */
enum snap_config_needs { SNAP_NEEDS_NOTHING, SNAP_NEEDS_DEBLOAT, SNAP_NEEDS_UNALIGNED };

enum { SNAP_NEEDY_MAX = 16 };

/* A setting that was given and needs another one. */
struct snap_config_needy {
    const char *name;
    const struct snap_node *node;
    enum snap_config_needs needs;
};

/* Settings while they come in, in the order of the table; settled at the end. */
struct snap_config_draft {
    struct snap_config config;
    bool restart_given; /* config.restart.kind was named */
    snap_ns fixed_delay_ns;
    snap_ns failure_rate_delay_ns;
    bool buffer_timeout_enabled;
    struct snap_config_places places;
    struct snap_config_needy needy[SNAP_NEEDY_MAX];
    uint32_t needy_count;
};

/* Sets what is no setting under the network rules: the constants of 2.3. */
void snap_config_set_constants(struct snap_config_draft *draft);

/* Stores a value or default of an acting key; of others nothing. `node` is NULL for a default.
 * Errors: out of range. */
bool snap_config_store(struct snap_reader *reader, const struct snap_config_key *key,
                       const struct snap_node *node, const struct snap_config_value *value,
                       struct snap_config_draft *draft);

/* Resolves what depends on several settings (restart strategy, raised interval, whether unaligned
 * checkpoints happen) in draft->config. Errors: settings that Flink refuses together. */
bool snap_config_settle(struct snap_reader *reader, struct snap_config_draft *draft);

#endif
