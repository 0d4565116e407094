// SPDX-License-Identifier: Apache-2.0
#include "scenario/config_read.h"

#include <stdint.h>
#include <string.h>

#include "model/names.h"
#include "scenario/config_acting.h"
#include "scenario/config_value.h"
#include "scenario/document.h"

/* Parts of Flink that have no counterpart here; their keys are harmless. */
static const char *const foreign_parts[] = {
    "yarn",
    "kubernetes",
    "s3",
    "s3a",
    "s3n",
    "gs",
    "oss",
    "fs",
    "azure",
    "dfs",
    "hadoop",
    "flink",
    "zookeeper",
    "security",
    "metrics",
    "env",
    "python",
    "table",
    "sql-client",
    "sql-gateway",
    "historyserver",
    "external-resource",
    "external-resources",
    "rest",
    "web",
    "pekko",
    "akka",
    "mesos",
    "plugin",
    "blob",
    "high-availability",
    "cleanup-strategy",
    "containerized",
    "traces",
    "events",
    "jobstore",
    "classloader",
};

/* What was given for each key of the table. */
struct settings {
    struct snap_reader *reader;
    struct snap_config_draft draft;
    enum snap_flink_version version;
    enum snap_flink_version network_version; /* whose network settings there are */
    const struct snap_config_key *keys;
    uint32_t key_count;
    struct given {
        const struct snap_node *node; /* NULL: not given */
        const char *name;             /* as it was written */
        uint32_t layer;
        size_t rank; /* of the spelling: 0 the new one, then the old ones in Flink's order */
    } * given;       /* by key */
};

/* Only the first part of a key tells where it belongs. */
static bool is_foreign(const char *name)
{
    for (size_t i = 0; i < sizeof(foreign_parts) / sizeof(foreign_parts[0]); i++) {
        size_t length = strlen(foreign_parts[i]);

        if (strncmp(name, foreign_parts[i], length) == 0 && name[length] == '.')
            return true;
    }
    return false;
}

/* Settings of the network stack go by the network rules, all others by the version. */
static enum snap_flink_version version_of(const struct settings *settings, const char *name)
{
    static const char *const parts[] = {
        "taskmanager.network.",
        "taskmanager.memory.segment-size",
        "taskmanager.memory.min-segment-size",
        "taskmanager.memory.starting-segment-size",
    };

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (strncmp(name, parts[i], strlen(parts[i])) == 0)
            return settings->network_version;
    return settings->version;
}

static const struct snap_config_declaration *declaration_of(const struct settings *settings,
                                                            const struct snap_config_key *key)
{
    return &key->versions[version_of(settings, key->name)];
}

/* Whether the key is one of the scenario, beside `config` rather than in it. */
static bool is_document_key(const char *key)
{
    const struct snap_document_key *known = snap_document_keys();

    while (known->name && strcmp(known->name, key) != 0)
        known++;
    return known->name != NULL;
}

/* The only setting whose name goes on behind this one with a dot; NULL: none, or several. */
static const char *only_below(const struct settings *settings, const char *name)
{
    size_t length = strlen(name);
    const char *found = NULL;

    for (uint32_t i = 0; i < settings->key_count; i++) {
        const char *key = settings->keys[i].name;

        if (!declaration_of(settings, &settings->keys[i])->declared ||
            strncmp(key, name, length) != 0 || key[length] != '.')
            continue;
        if (found)
            return NULL;
        found = key;
    }
    return found;
}

/* Flink would say nothing about a misspelt key; that is the mistake most worth catching. */
static bool fail_unknown(struct settings *settings, const struct snap_flat_entry *entry)
{
    const char *below = only_below(settings, entry->key);
    struct snap_suggestion suggestion = {.wanted = entry->key, .best = below};

    if (is_document_key(entry->key))
        return snap_reader_fail(settings->reader, entry->key_node,
                                "Flink has no setting \"%s\": it is a key of the scenario's file, "
                                "beside `config` (%s: %s)",
                                entry->key, entry->key,
                                entry->value->text ? entry->value->text : "...");
    for (uint32_t i = 0; i < settings->key_count && !below; i++)
        if (declaration_of(settings, &settings->keys[i])->declared)
            snap_suggestion_try(&suggestion, settings->keys[i].name);
    if (suggestion.best)
        return snap_reader_fail(settings->reader, entry->key_node,
                                "Flink has no setting \"%s\"; did you mean \"%s\"?", entry->key,
                                suggestion.best);
    return snap_reader_fail(settings->reader, entry->key_node,
                            "Flink has no setting \"%s\"; `snapsim help keys` lists them",
                            entry->key);
}

/* What nobody knows is harmless in parts that do not exist here, else an error. */
static bool take_unmatched(struct settings *settings, const struct snap_flat_entry *entry)
{
    if (!is_foreign(entry->key))
        return fail_unknown(settings, entry);
    snap_reader_note(settings->reader, entry->key_node,
                     "%s belongs to a part of Flink that does not exist here: no effect",
                     entry->key);
    return true;
}

/* A key of the other version is no mistake: scenarios are run under both. */
static void note_other_version(struct settings *settings, const struct snap_flat_entry *entry)
{
    enum snap_flink_version version = version_of(settings, entry->key);

    snap_reader_note(
        settings->reader, entry->key_node, "%s is a setting of Flink %s, not of %s: no effect",
        entry->key,
        snap_flink_version_name(version == SNAP_FLINK_2_3 ? SNAP_FLINK_1_20 : SNAP_FLINK_2_3),
        snap_flink_version_name(version));
}

/* Two spellings of one setting, perhaps with two values: which of them acts. */
static void note_both(struct settings *settings, const struct snap_flat_entry *entry,
                      const char *loser, const char *winner)
{
    snap_reader_note(settings->reader, entry->key_node,
                     "%s and %s are spellings of one setting: %s wins, %s has no effect", winner,
                     loser, winner, loser);
}

/* Flink asks for the new name, then for the old ones in the order of their declaration. */
static size_t rank_of(const struct settings *settings, const struct snap_config_match *match,
                      const char *written)
{
    const char *at = match->old_name ? declaration_of(settings, match->key)->old_names : NULL;
    size_t length = strlen(written);

    if (!at)
        return 0;
    for (const char *found = at; (found = strstr(found, written)); found++)
        if ((found == at || found[-1] == ' ') && (found[length] == ' ' || !found[length]))
            return (size_t)(found - at) + 1;
    return SIZE_MAX; /* the prefix of an old name */
}

/* Within one layer the new spelling wins over an old one, as in Flink. */
static void keep(struct settings *settings, const struct snap_flat_entry *entry,
                 const struct snap_config_match *match, uint32_t layer)
{
    struct given *given = &settings->given[match->key - settings->keys];
    bool both = given->node && strcmp(given->name, entry->key) != 0;
    size_t rank = rank_of(settings, match, entry->key);

    if (both && given->layer == layer && given->rank < rank) {
        note_both(settings, entry, entry->key, given->name);
        return;
    }
    if (both)
        note_both(settings, entry, given->name, entry->key);
    *given = (struct given){entry->value, entry->key, layer, rank};
    if (match->old_name && !both)
        snap_reader_note(settings->reader, entry->key_node, "%s is an old spelling of %s",
                         entry->key, match->key->name);
}

/* Layers come lowest first, so a later entry for the same key replaces an earlier one. */
static bool take_layer(struct settings *settings, const struct snap_flat *flat, uint32_t layer)
{
    for (uint32_t i = 0; i < flat->count; i++) {
        const struct snap_flat_entry *entry = &flat->entries[i];
        struct snap_config_match match =
            snap_config_key_find(entry->key, version_of(settings, entry->key));

        if (!match.key && !take_unmatched(settings, entry))
            return false;
        if (match.key && match.other_version)
            note_other_version(settings, entry);
        else if (match.key)
            keep(settings, entry, &match, layer);
    }
    return true;
}

/* Checks what was given for one key and stores it if it acts. */
static bool take_key(struct settings *settings, uint32_t index)
{
    const struct snap_config_key *key = &settings->keys[index];
    const struct snap_node *node = settings->given[index].node;
    struct snap_config_value value = {.version = settings->version};

    if (!declaration_of(settings, key)->declared)
        return true;
    if (node && node->kind == SNAP_NODE_NULL)
        node = NULL;
    if (node && key->type != SNAP_CONFIG_MAP &&
        !snap_config_value_read(settings->reader, key, node, &value))
        return false;
    if (node && !snap_config_key_acts(key->name))
        snap_reader_note(settings->reader, node, "%s has no effect yet", key->name);
    if (!node)
        value = snap_config_value_default(key, version_of(settings, key->name));
    return snap_config_store(settings->reader, key, node, &value, &settings->draft);
}

bool snap_config_read(struct snap_reader *reader, const struct snap_flat *layers,
                      uint32_t layer_count, struct snap_config *config)
{
    struct settings settings = {.reader = reader, .version = config->version};

    settings.network_version =
        config->network.rules == SNAP_NETWORK_2_3 ? SNAP_FLINK_2_3 : SNAP_FLINK_1_20;
    settings.keys = snap_config_keys(&settings.key_count);
    settings.given = SNAP_ARENA_ARRAY(reader->arena, struct given, settings.key_count);
    for (uint32_t i = 0; i < layer_count; i++)
        if (!take_layer(&settings, &layers[i], i))
            return false;
    settings.draft.config.version = config->version;
    settings.draft.config.network.rules = config->network.rules;
    snap_config_set_constants(&settings.draft);
    for (uint32_t i = 0; i < settings.key_count; i++)
        if (!take_key(&settings, i))
            return false;
    if (!snap_config_settle(reader, &settings.draft))
        return false;
    *config = settings.draft.config;
    return true;
}
