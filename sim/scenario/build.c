// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "scenario/config_read.h"
#include "scenario/document.h"
#include "scenario/expect_read.h"
#include "scenario/flat.h"
#include "scenario/foresight.h"
#include "scenario/job_read.h"
#include "scenario/model_read.h"
#include "scenario/sabotage.h"
#include "scenario/savepoint_read.h"
#include "scenario/timeline_read.h"

enum { VARIANTS_NAMED = 12 };
enum { LAYERS = 3 }; /* scenario, variant, command line */

struct builder {
    struct snap_reader reader;
    const struct snap_scenario *scenario;
    const struct snap_scenario_choice *choice;
    const struct snap_scenario_part *variant; /* all NULL if there is none */
    struct snap_built *built;
    struct snap_flat arguments[2]; /* by enum snap_override_kind */
    struct snap_flat config[LAYERS];
    struct snap_flat model;
    struct snap_operator_specs specs;
    struct snap_job *job;
    struct snap_flat *set;
};

/* Far from all names, the names themselves help more than the nearest one. */
static bool fail_variant(struct builder *builder, const struct snap_suggestion *suggestion)
{
    const struct snap_scenario *scenario = builder->scenario;
    const char *all = "";

    for (uint32_t i = 0; i < scenario->variant_count && i < VARIANTS_NAMED; i++)
        all = snap_arena_printf(builder->reader.arena, "%s%s%s", all, i == 0 ? "" : ", ",
                                scenario->variant_names[i]);
    if (suggestion->best)
        return snap_error_set(builder->reader.error, SNAP_ERROR_USAGE,
                              "%s has no variant \"%s\"; did you mean \"%s\"?",
                              scenario->source.name, suggestion->wanted, suggestion->best);
    return snap_error_set(builder->reader.error, SNAP_ERROR_USAGE,
                          "%s has no variant \"%s\"; there are %s%s", scenario->source.name,
                          suggestion->wanted, all,
                          scenario->variant_count > VARIANTS_NAMED ? ", ..." : "");
}

/* An unknown variant is a mistake of the command line, not of the file. */
static bool find_variant(struct builder *builder)
{
    static const struct snap_scenario_part none;
    const struct snap_scenario *scenario = builder->scenario;
    struct snap_suggestion suggestion = {.wanted = builder->choice->variant};

    builder->variant = &none;
    if (!builder->choice->variant)
        return true;
    for (uint32_t i = 0; i < scenario->variant_count; i++) {
        snap_suggestion_try(&suggestion, scenario->variant_names[i]);
        if (strcmp(scenario->variant_names[i], builder->choice->variant) != 0)
            continue;
        builder->variant = &scenario->variants[i];
        return true;
    }
    if (scenario->variant_count == 0)
        return snap_error_set(builder->reader.error, SNAP_ERROR_USAGE,
                              "%s has no variants, so no \"%s\"", scenario->source.name,
                              suggestion.wanted);
    return fail_variant(builder, &suggestion);
}

/* Several arguments for one key make a list; readers of scalars take the last. */
static void add_argument(struct builder *builder, struct snap_flat *flat,
                         struct snap_flat_entry entry)
{
    struct snap_arena *arena = builder->reader.arena;

    for (uint32_t i = 0; i < flat->count; i++) {
        const struct snap_node *before = flat->entries[i].value;
        struct snap_node *list;

        if (strcmp(flat->entries[i].key, entry.key) != 0)
            continue;
        if (entry.value->kind == SNAP_NODE_NULL || before->kind == SNAP_NODE_NULL) {
            flat->entries[i] = entry;
            return;
        }
        list = SNAP_ARENA_NEW(arena, struct snap_node);
        *list = *entry.value;
        list->kind = SNAP_NODE_LIST;
        list->count = before->kind == SNAP_NODE_LIST ? before->count + 1 : 2;
        list->items = SNAP_ARENA_ARRAY(arena, const struct snap_node *, list->count);
        if (before->kind == SNAP_NODE_LIST)
            memcpy(list->items, before->items, before->count * sizeof(*list->items));
        else
            list->items[0] = before;
        list->items[list->count - 1] = entry.value;
        flat->entries[i].value = list;
        return;
    }
    snap_flat_add(&builder->reader, flat, entry);
}

/* Arguments become nodes without lines, so that messages name the argument itself. */
static void take_arguments(struct builder *builder)
{
    struct snap_arena *arena = builder->reader.arena;

    for (uint32_t i = 0; i < builder->choice->override_count; i++) {
        const struct snap_scenario_override *override = &builder->choice->overrides[i];
        struct snap_source *source = SNAP_ARENA_NEW(arena, struct snap_source);
        struct snap_flat_entry entry = {.key = snap_arena_strdup(arena, override->key)};

        source->name = snap_arena_strdup(arena, override->argument);
        source->argument = true;
        entry.key_node = snap_node_of_argument(source, override->key, arena);
        entry.value = snap_node_of_argument(source, override->value, arena);
        if (override->kind == SNAP_OVERRIDE_CONFIG)
            snap_flat_add(&builder->reader, &builder->arguments[SNAP_OVERRIDE_CONFIG], entry);
        else
            add_argument(builder, &builder->arguments[SNAP_OVERRIDE_SET], entry);
    }
}

/* Layers stay apart until each key is known: an old spelling on top must win over a new one
 * below. */
static bool read_config(struct builder *builder)
{
    struct snap_flat *layers = builder->config;
    struct snap_config *config = &builder->built->sim.config;
    const struct snap_node *rules = builder->variant->network_rules;

    config->version = builder->scenario->version;
    builder->reader.storage_uri = builder->built->sim.model.storage_root.uri;
    layers[2] = builder->arguments[SNAP_OVERRIDE_CONFIG];
    return snap_network_rules_read(&builder->reader,
                                   rules ? rules : builder->scenario->base.network_rules,
                                   config->version, &config->network.rules) &&
           snap_flat_read(&builder->reader, builder->scenario->base.config, "config", &layers[0]) &&
           snap_flat_read(&builder->reader, builder->variant->config, "config", &layers[1]) &&
           snap_config_read(&builder->reader, layers, LAYERS, config);
}

/* Reads a part of the scenario and puts the variant's on top. */
static bool read_flat(struct builder *builder, const struct snap_node *base,
                      const struct snap_node *variant, const char *what, struct snap_flat *flat)
{
    struct snap_flat over = {0};

    if (!snap_flat_read(&builder->reader, base, what, flat) ||
        !snap_flat_read(&builder->reader, variant, what, &over))
        return false;
    if (variant && variant->kind == SNAP_NODE_NULL)
        flat->count = 0;
    snap_flat_overlay(&builder->reader, flat, &over);
    return true;
}

/* The model comes before the job, as operators take their record size from it, and before the
 * config, whose directories may lie where it says. */
static bool read_model(struct builder *builder)
{
    return read_flat(builder, builder->scenario->base.model, builder->variant->model, "model",
                     &builder->model) &&
           snap_model_read(&builder->reader, &builder->model, &builder->built->sim.model);
}

/* Rather than just not asking for them. */
static bool takes_checkpoints_away(const struct builder *builder)
{
    for (uint32_t i = 0; i < LAYERS; i++)
        for (uint32_t e = 0; e < builder->config[i].count; e++) {
            const struct snap_flat_entry *entry = &builder->config[i].entries[e];

            if (entry->value->kind == SNAP_NODE_NULL &&
                strcmp(entry->key, "execution.checkpointing.interval") == 0)
                return true;
        }
    return false;
}

static bool note_foreseen(struct builder *builder, const struct snap_node *timeline,
                          const struct snap_node *sabotage)
{
    snap_savepoints_note(&builder->reader, timeline, &builder->built->sim);
    snap_foresight_note(
        &builder->reader,
        &(struct snap_foresight){
            .sim = &builder->built->sim,
            .timeline = timeline,
            .specs = &builder->specs,
            .sabotage = sabotage,
            .restored = builder->choice->restored || builder->built->sim.config.recovery.path,
            .unwanted_checkpoints = takes_checkpoints_away(builder),
        });
    return true;
}

static bool note_model(struct builder *builder)
{
    if (builder->built->sim.model.storage_is_local &&
        !builder->built->sim.config.storage.checkpoint_dir)
        snap_reader_note(&builder->reader, snap_flat_get(&builder->model, "storage.shared"),
                         "storage.shared has no effect on checkpoints: they have no directory, "
                         "which execution.checkpointing.dir would give them");
    return true;
}

static bool may_be_interrupted(const struct snap_job *job)
{
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *op = &job->operators[i];

        if (op->type->has_interruptible_timers && op->type->has_interruptible_timers(op))
            return true;
    }
    return false;
}

/* Flink takes it without a word where no operator has such timers. */
static bool note_timers(struct builder *builder)
{
    const char *key = "execution.checkpointing.unaligned.interruptible-timers.enabled";
    const struct snap_simulation *sim = &builder->built->sim;
    const struct snap_node *node = NULL;
    bool useful = may_be_interrupted(builder->job);

    for (uint32_t i = 0; i < sim->timeline.count && !useful; i++)
        useful = sim->timeline.actions[i].restart &&
                 may_be_interrupted(sim->timeline.actions[i].restart->job);
    for (uint32_t i = LAYERS; i > 0 && !node; i--)
        node = snap_flat_get(&builder->config[i - 1], key);
    if (!useful && node && sim->config.checkpoint.unaligned.interruptible_timers)
        snap_reader_note(&builder->reader, node,
                         "%s has no effect without a window of event time with `api: table`: other "
                         "timers are not interrupted",
                         key);
    return true;
}

/* `set` changes operators before anything of them is read. */
static bool read_job(struct builder *builder)
{
    struct snap_simulation *sim = &builder->built->sim;
    struct snap_job *job = SNAP_ARENA_NEW(builder->reader.arena, struct snap_job);
    struct snap_flat *set = SNAP_ARENA_NEW(builder->reader.arena, struct snap_flat);
    struct snap_job_input input = {
        .specs = &builder->specs,
        .config = &sim->config,
        .model = &sim->model,
        .has_until = sim->until_ns != SNAP_NEVER,
        .at = builder->scenario->operators,
    };

    if (!read_flat(builder, builder->scenario->base.set, builder->variant->set, "set", set))
        return false;
    snap_flat_overlay(&builder->reader, set, &builder->arguments[SNAP_OVERRIDE_SET]);
    if (!snap_operator_specs_read(&builder->reader, builder->scenario->operators,
                                  builder->scenario->catalogue, set, &builder->specs))
        return false;
    job->name = sim->name;
    builder->job = job;
    builder->set = set;
    sim->job = job;
    return snap_job_read(&builder->reader, &input, job);
}

/* What names subtasks or states comes last: it needs the finished job. */
static bool read_rest(struct builder *builder)
{
    const struct snap_node *timeline =
        builder->variant->timeline ? builder->variant->timeline : builder->scenario->base.timeline;
    const struct snap_node *sabotage =
        builder->variant->sabotage ? builder->variant->sabotage : builder->scenario->base.sabotage;
    struct snap_restart_input restarts = {
        .operators = builder->scenario->operators,
        .catalogue = builder->scenario->catalogue,
        .set = builder->set,
        .sim = &builder->built->sim,
    };
    const struct snap_timeline_surroundings around = {
        builder->job, builder->built->sim.config.heartbeat_timeout_ns};
    struct snap_flat expect = {0};
    const struct snap_expect_input expects = {
        .flat = &expect,
        .job = builder->job,
        .variants = builder->scenario->variant_names,
        .variant_count = builder->scenario->variant_count,
        .variant = builder->choice->variant,
    };

    return snap_timeline_read(&builder->reader, timeline, &around, &builder->built->sim.timeline) &&
           snap_restarts_read(&builder->reader, timeline, &restarts,
                              &builder->built->sim.timeline) &&
           snap_timeline_read_rest(&builder->reader, timeline, &around,
                                   &builder->built->sim.timeline) &&
           snap_sabotage_read(&builder->reader, sabotage, &builder->built->sim) &&
           note_foreseen(builder, timeline, sabotage) && note_timers(builder) &&
           read_flat(builder, builder->scenario->base.expect, builder->variant->expect, "expect",
                     &expect) &&
           snap_expect_read(&builder->reader, &expects, &builder->built->expectation);
}

/* What needs no reading: names, seed, end, ledger. */
static void name_simulation(struct builder *builder)
{
    const struct snap_scenario *scenario = builder->scenario;
    struct snap_simulation *sim = &builder->built->sim;

    sim->name = snap_arena_strdup(builder->reader.arena, scenario->name);
    sim->variant = builder->choice->variant
                       ? snap_arena_strdup(builder->reader.arena, builder->choice->variant)
                       : NULL;
    sim->seed = builder->choice->seed_given ? builder->choice->seed : scenario->seed;
    sim->until_ns = scenario->until_ns;
    sim->ledger = scenario->ledger;
}

bool snap_scenario_build(const struct snap_scenario *scenario,
                         const struct snap_scenario_choice *choice, struct snap_built *built,
                         struct snap_error *error)
{
    static const struct snap_scenario_choice plain;
    struct builder builder = {.scenario = scenario, .built = built};
    bool ok;

    memset(built, 0, sizeof(*built));
    snap_arena_init(&built->arena);
    builder.reader = (struct snap_reader){.arena = &built->arena, .error = error};
    builder.choice = choice ? choice : &plain;
    snap_reader_add_notes(&builder.reader, scenario->notes, scenario->note_count);
    if (!find_variant(&builder))
        return false;
    name_simulation(&builder);
    take_arguments(&builder);
    ok = read_model(&builder) && read_config(&builder) && note_model(&builder) &&
         read_job(&builder) && read_rest(&builder);
    built->notes = builder.reader.notes;
    built->note_count = builder.reader.note_count;
    return ok;
}

void snap_built_fini(struct snap_built *built)
{
    snap_arena_fini(&built->arena);
    memset(built, 0, sizeof(*built));
}
