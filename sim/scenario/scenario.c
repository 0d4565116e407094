// SPDX-License-Identifier: Apache-2.0
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/heap.h"
#include "scenario/document.h"

/* "word-count" of "scenarios/word-count.yaml". */
static const char *stem(struct snap_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    const char *dot = strrchr(file, '.');

    return snap_arena_strndup(arena, file, dot && dot > file ? (size_t)(dot - file) : strlen(file));
}

/* The defaults of the document. */
static struct snap_scenario *create(const struct snap_operator_catalogue *catalogue)
{
    struct snap_scenario *scenario = snap_heap_zeroed(1, sizeof(*scenario));

    snap_arena_init(&scenario->arena);
    scenario->catalogue = catalogue;
    scenario->seed = 1;
    scenario->until_ns = SNAP_NEVER;
    scenario->version = SNAP_FLINK_2_3;
    scenario->ledger = SNAP_LEDGER_FULL;
    return scenario;
}

/* Parses the source that was read or copied; takes the scenario away if that fails. */
static bool finish(struct snap_scenario *made, struct snap_scenario **scenario,
                   struct snap_error *error)
{
    struct snap_reader reader = {.arena = &made->arena, .error = error};

    made->name = stem(&made->arena, made->source.name);
    made->root = snap_node_parse(&made->source, &made->arena, error);
    if (!made->root || !snap_document_read(&reader, made)) {
        snap_scenario_destroy(made);
        return false;
    }
    made->notes = reader.notes;
    made->note_count = reader.note_count;
    *scenario = made;
    return true;
}

bool snap_scenario_read(const char *path, const struct snap_operator_catalogue *catalogue,
                        struct snap_scenario **scenario, struct snap_error *error)
{
    struct snap_scenario *made = create(catalogue);

    *scenario = NULL;
    if (!snap_source_read(path, &made->arena, &made->source, error)) {
        snap_scenario_destroy(made);
        return false;
    }
    return finish(made, scenario, error);
}

bool snap_scenario_parse(const struct snap_scenario_text *text,
                         const struct snap_operator_catalogue *catalogue,
                         struct snap_scenario **scenario, struct snap_error *error)
{
    struct snap_scenario *made = create(catalogue);

    *scenario = NULL;
    made->source.name = snap_arena_strdup(&made->arena, text->name);
    made->source.bytes = snap_arena_strndup(&made->arena, text->bytes, text->length);
    made->source.length = text->length;
    if (!snap_source_check(&made->source, error)) {
        snap_scenario_destroy(made);
        return false;
    }
    return finish(made, scenario, error);
}

void snap_scenario_destroy(struct snap_scenario *scenario)
{
    if (!scenario)
        return;
    snap_arena_fini(&scenario->arena);
    free(scenario);
}

const char *snap_scenario_name(const struct snap_scenario *scenario)
{
    return scenario->name;
}

const char *snap_scenario_ask(const struct snap_scenario *scenario)
{
    return scenario->ask;
}

const char *snap_scenario_answer(const struct snap_scenario *scenario)
{
    return scenario->answer;
}

uint32_t snap_scenario_variant_count(const struct snap_scenario *scenario)
{
    return scenario->variant_count;
}

const char *snap_scenario_variant_name(const struct snap_scenario *scenario, uint32_t index)
{
    SNAP_CHECK(index < scenario->variant_count);
    return scenario->variant_names[index];
}

bool snap_scenario_allows_runtime(const struct snap_scenario *scenario,
                                  enum snap_runtime_kind runtime)
{
    return scenario->runtimes[runtime];
}

bool snap_scenario_check(const struct snap_scenario *scenario, struct snap_error *error)
{
    bool ok = true;

    for (uint32_t i = 0; ok && i <= scenario->variant_count; i++) {
        struct snap_scenario_choice choice = {.variant =
                                                  i == 0 ? NULL : scenario->variant_names[i - 1]};
        struct snap_built built;

        ok = snap_scenario_build(scenario, &choice, &built, error);
        snap_built_fini(&built);
    }
    return ok;
}
