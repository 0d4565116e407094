// SPDX-License-Identifier: Apache-2.0
#include "scenario/savepoint_read.h"

#include <string.h>

#include "model/key_group.h"
#include "scenario/config_storage.h"
#include "scenario/job_read.h"
#include "scenario/suggest.h"

/* A restart whose job is being read. */
struct restart_reader {
    struct snap_reader *reader;
    const struct snap_restart_input *input;
    const struct snap_node *entry;
    const struct snap_node *operators;
    uint32_t *split_next; /* ids for splits of sources that no job had before */
};

/* How retained checkpoints are called; no savepoint may have such a name. */
#define LATEST_CHECKPOINT "latest-checkpoint"
#define CHECKPOINT "checkpoint"
#define TAKES "restart-from names a savepoint, \"" LATEST_CHECKPOINT "\" or \"" CHECKPOINT " N\""

static bool read_format(struct snap_reader *reader, const struct snap_node *node, const char *text,
                        struct snap_action *action)
{
    static const char *const formats[] = {"canonical", "native", NULL};
    struct snap_node format = *node;
    uint32_t index = 0;

    format.text = text;
    if (action->kind == SNAP_ACTION_RESTART_FROM)
        return snap_reader_fail(reader, node, TAKES ", found \"%s\"", node->text);
    if (!snap_reader_choice(reader, &format, "format of a savepoint", formats, &index))
        return false;
    action->format = (enum snap_savepoint_format)index;
    return true;
}

static bool is_called(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && strncmp(text, name, length) == 0;
}

/* "checkpoint N": ids count from 1. */
static bool read_checkpoint_id(struct snap_reader *reader, const struct snap_node *node,
                               struct snap_action *action)
{
    const struct snap_integer_range range = {1, INT64_MAX};
    struct snap_node number = *node;

    number.text = node->text + strlen(CHECKPOINT);
    number.text += strspn(number.text, " ");
    if (snap_units_integer(number.text, &action->checkpoint) == SNAP_UNITS_MALFORMED)
        return snap_reader_fail(reader, node,
                                "restart-from: checkpoint needs its number, as in \"checkpoint "
                                "3\", found \"%s\"",
                                node->text);
    return snap_reader_integer(reader, &number, "the number of a checkpoint", range,
                               &action->checkpoint);
}

/* Whether a retained checkpoint is meant; then the action says which. */
static bool names_checkpoint(const struct snap_node *node)
{
    const char *space = strchr(node->text, ' ');
    size_t length = space ? (size_t)(space - node->text) : strlen(node->text);

    return is_called(node->text, length, CHECKPOINT) ||
           is_called(node->text, length, LATEST_CHECKPOINT);
}

static bool read_checkpoint(struct snap_reader *reader, const struct snap_node *node,
                            struct snap_action *action)
{
    if (action->kind != SNAP_ACTION_RESTART_FROM)
        return snap_reader_fail(reader, node,
                                "\"%s\" stands for a checkpoint: a savepoint needs "
                                "another name",
                                node->text);
    action->from_checkpoint = true;
    action->savepoint = snap_arena_strdup(reader->arena, node->text);
    action->checkpoint = SNAP_LATEST_CHECKPOINT;
    return strcmp(node->text, LATEST_CHECKPOINT) == 0 || read_checkpoint_id(reader, node, action);
}

bool snap_savepoint_name_read(struct snap_reader *reader, const struct snap_node *node,
                              struct snap_action *action)
{
    const char *space;

    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "a savepoint"))
        return false;
    if (names_checkpoint(node))
        return read_checkpoint(reader, node, action);
    space = strchr(node->text, ' ');
    if (node->text[0] == '\0' || space == node->text)
        return snap_reader_fail(reader, node, "a savepoint needs a name");
    if (!snap_reader_check_printable(reader, node, "a savepoint's name") ||
        !snap_directory_store(reader, node, &action->savepoint))
        return false;
    action->savepoint = snap_arena_strndup(
        reader->arena, node->text, space ? (size_t)(space - node->text) : strlen(node->text));
    action->snapshot_kind = SNAP_KIND_SAVEPOINT;
    if (action->kind == SNAP_ACTION_STOP_WITH_SAVEPOINT)
        action->snapshot_kind = SNAP_KIND_SAVEPOINT_SUSPEND;
    return !space || read_format(reader, node, space + 1, action);
}

/* Actions that take one, one of them in an entry. */
static const char *const taking[] = {"savepoint", "stop-with-savepoint", "cancel-with-savepoint"};

static const struct snap_node *get_taking(const struct snap_node *entry)
{
    const struct snap_node *node = NULL;

    for (size_t i = 0; i < sizeof(taking) / sizeof(taking[0]) && !node; i++)
        node = snap_node_get(entry, taking[i]);
    return node;
}

/* The key and the word behind the name say the same thing, where both are there. */
static bool read_format_key(struct snap_reader *reader, const struct snap_node *entry,
                            struct snap_action *action)
{
    const struct snap_node *format = snap_node_get(entry, "format");
    const enum snap_savepoint_format before = action->format;
    const struct snap_node *named = get_taking(entry);

    if (!format)
        return true;
    if (!named)
        return snap_reader_fail(reader, format, "format needs a savepoint that is taken");
    if (!snap_reader_expect(reader, format, SNAP_NODE_SCALAR, "format") ||
        !read_format(reader, format, format->text, action))
        return false;
    return !named->text || !strchr(named->text, ' ') || action->format == before ||
           snap_reader_fail(reader, format,
                            "the format is said twice: \"%s\" and format: %s contradict each other",
                            named->text, format->text);
}

static const char *const of_restart[] = {"parallelism", "operators", "set", "allow-non-restored"};

const char *const *snap_savepoint_keys(void)
{
    static const char *const keys[] = {
        "drain", "format", "parallelism", "operators", "set", "allow-non-restored", NULL};

    return keys;
}

bool snap_savepoint_keys_read(struct snap_reader *reader, const struct snap_node *entry,
                              struct snap_action *action)
{
    const struct snap_node *drain = snap_node_get(entry, "drain");
    bool drains = false;

    if (drain && action->kind != SNAP_ACTION_STOP_WITH_SAVEPOINT)
        return snap_reader_fail(reader, drain, "drain needs stop-with-savepoint");
    if (drain && !snap_reader_bool(reader, drain, "drain", &drains))
        return false;
    if (!read_format_key(reader, entry, action))
        return false;
    if (drains)
        action->snapshot_kind = SNAP_KIND_SAVEPOINT_TERMINATE;
    for (size_t i = 0; i < sizeof(of_restart) / sizeof(of_restart[0]); i++) {
        const struct snap_node *node = snap_node_get(entry, of_restart[i]);

        if (node && action->kind != SNAP_ACTION_RESTART_FROM)
            return snap_reader_fail(reader, node, "%s needs restart-from", of_restart[i]);
    }
    return true;
}

/* ---- the job of a restart ---- */

static bool has_operator(const struct restart_reader *restart, const char *key)
{
    const char *dot = strrchr(key, '.');
    size_t length = dot ? (size_t)(dot - key) : strlen(key);

    for (uint32_t i = 0; i < restart->operators->count; i++) {
        const struct snap_node *uid = snap_node_get(restart->operators->items[i], "uid");

        if (!uid)
            uid = snap_node_get(restart->operators->items[i], "name");
        if (uid && uid->text && strlen(uid->text) == length && !strncmp(uid->text, key, length))
            return true;
    }
    return false;
}

/* "uid: N" becomes "uid.parallelism: N". */
static bool add_parallelisms(const struct restart_reader *restart, struct snap_flat *set,
                             const struct snap_node *map)
{
    for (uint32_t i = 0; i < map->count; i++) {
        struct snap_flat_entry entry = {.key_node = map->keys[i], .value = map->items[i]};

        entry.key = snap_arena_printf(restart->reader->arena, "%s.parallelism", map->keys[i]->text);
        if (!has_operator(restart, entry.key))
            return snap_reader_fail(restart->reader, map->keys[i], "there is no operator \"%s\"",
                                    map->keys[i]->text);
        snap_flat_add(restart->reader, set, entry);
    }
    return true;
}

/* What is set for the first job holds for this one too, as far as it has the operators. */
static bool read_set(const struct restart_reader *restart, struct snap_flat *set,
                     struct snap_config *config)
{
    const struct snap_integer_range range = {1, SNAP_MAX_PARALLELISM_LIMIT};
    const struct snap_node *parallelism = snap_node_get(restart->entry, "parallelism");
    struct snap_flat over = {0};
    int64_t number = 0;

    for (uint32_t i = 0; i < restart->input->set->count; i++)
        if (has_operator(restart, restart->input->set->entries[i].key))
            snap_flat_add(restart->reader, set, restart->input->set->entries[i]);
    if (!snap_flat_read(restart->reader, snap_node_get(restart->entry, "set"), "set", &over))
        return false;
    if (parallelism && parallelism->kind == SNAP_NODE_MAP) {
        if (!add_parallelisms(restart, &over, parallelism))
            return false;
    } else if (parallelism) {
        if (!snap_reader_integer(restart->reader, parallelism, "parallelism", range, &number))
            return false;
        config->parallelism_default = (uint32_t)number;
    }
    snap_flat_overlay(restart->reader, set, &over);
    return true;
}

/* A source that was there before has the splits it had, under the same ids. */
static bool keep_splits(const struct restart_reader *restart,
                        const struct snap_operator_specs *specs,
                        const struct snap_timeline *timeline, struct snap_job *job)
{
    for (uint32_t i = 0; i < job->operator_count; i++) {
        struct snap_operator *op = &job->operators[i];
        const struct snap_operator *before =
            snap_job_find_operator(restart->input->sim->job, op->uid);

        for (uint32_t a = 0; !before && a < timeline->count; a++)
            if (timeline->actions[a].restart && timeline->actions[a].restart->job)
                before = snap_job_find_operator(timeline->actions[a].restart->job, op->uid);
        if (op->split_count == 0)
            continue;
        if (before && before->type == op->type) {
            if (op->type->split_is_subtask && op->parallelism != before->parallelism)
                return snap_reader_fail(restart->reader, specs->items[i].uid_node,
                                        "the source \"%s\" had %u %s, each of which keeps its "
                                        "place, so it keeps its parallelism",
                                        op->uid, before->parallelism,
                                        snap_plural(before->parallelism, "subtask", "subtasks"));
            if (snap_operator_spec_get(restart->reader, &specs->items[i], "splits") &&
                op->split_count != before->split_count)
                return snap_reader_fail(restart->reader, specs->items[i].uid_node,
                                        "\"%s\" had %u %s and keeps %s", op->uid,
                                        before->split_count,
                                        snap_plural(before->split_count, "split", "splits"),
                                        snap_plural(before->split_count, "it", "them"));
            op->split_count = before->split_count;
            op->split_first = before->split_first;
            continue;
        }
        op->split_first = *restart->split_next;
        *restart->split_next += op->split_count;
    }
    return true;
}

/* Key groups that were left open stay as they were. Flink: a vertex adopts the state's. */
static void keep_key_groups(const struct snap_job *first, struct snap_job *job)
{
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        struct snap_vertex *vertex = &job->vertices[v];
        const struct snap_operator *before =
            snap_job_find_operator(first, job->operators[vertex->operators[0]].uid);

        if (!before || job->operators[vertex->operators[0]].max_parallelism_configured ||
            before->max_parallelism < vertex->parallelism)
            continue;
        vertex->max_parallelism = before->max_parallelism;
        for (uint32_t i = 0; i < vertex->operator_count; i++)
            job->operators[vertex->operators[i]].max_parallelism = before->max_parallelism;
    }
}

static bool read_restart(const struct restart_reader *restart, const struct snap_timeline *timeline,
                         struct snap_restart *to)
{
    struct snap_arena *arena = restart->reader->arena;
    const struct snap_node *allow = snap_node_get(restart->entry, "allow-non-restored");
    struct snap_config *config =
        snap_arena_copy(arena, &restart->input->sim->config, sizeof(*config));
    struct snap_operator_specs *specs = SNAP_ARENA_NEW(arena, struct snap_operator_specs);
    struct snap_flat *set = SNAP_ARENA_NEW(arena, struct snap_flat);
    struct snap_job *job = SNAP_ARENA_NEW(arena, struct snap_job);
    struct snap_job_input input = {
        .specs = specs,
        .config = config,
        .model = &restart->input->sim->model,
        .has_until = restart->input->sim->until_ns != SNAP_NEVER,
        .at = restart->operators,
    };

    if (allow &&
        !snap_reader_bool(restart->reader, allow, "allow-non-restored", &to->allow_non_restored))
        return false;
    if (!read_set(restart, set, config) ||
        !snap_operator_specs_read(restart->reader, restart->operators, restart->input->catalogue,
                                  set, specs))
        return false;
    job->name = restart->input->sim->name;
    if (!snap_job_read(restart->reader, &input, job) || !keep_splits(restart, specs, timeline, job))
        return false;
    keep_key_groups(restart->input->sim->job, job);
    to->job = job;
    return true;
}

/* Ids of splits are those of the whole run. */
static void count_splits(const struct snap_timeline *timeline, uint32_t split_count)
{
    for (uint32_t i = 0; i < timeline->count; i++)
        if (timeline->actions[i].restart)
            timeline->actions[i].restart->job->split_count = split_count;
}

/* Whether some entry takes the savepoint that this one starts from; when is another matter. */
static bool check_taken(struct snap_reader *reader, const struct snap_node *entry,
                        const struct snap_action *from, const struct snap_timeline *timeline)
{
    const struct snap_node *node = snap_node_get(entry, "restart-from");
    struct snap_suggestion suggestion = {.wanted = from->savepoint};

    if (from->from_checkpoint || from->optional)
        return true;
    for (uint32_t i = 0; i < timeline->count; i++) {
        const struct snap_action *action = &timeline->actions[i];

        if (!action->savepoint || action->kind == SNAP_ACTION_RESTART_FROM)
            continue;
        if (strcmp(action->savepoint, from->savepoint) == 0)
            return true;
        snap_suggestion_try(&suggestion, action->savepoint);
    }
    snap_suggestion_try(&suggestion, LATEST_CHECKPOINT);
    if (suggestion.best)
        return snap_reader_fail(reader, node,
                                "no entry of the timeline takes a savepoint \"%s\"; did you mean "
                                "\"%s\"?",
                                from->savepoint, suggestion.best);
    return snap_reader_fail(
        reader, node, "no entry of the timeline takes a savepoint \"%s\"; " TAKES, from->savepoint);
}

bool snap_restarts_read(struct snap_reader *reader, const struct snap_node *list,
                        const struct snap_restart_input *input, struct snap_timeline *timeline)
{
    struct snap_action *actions =
        snap_arena_copy(reader->arena, timeline->actions, timeline->count * sizeof(*actions));
    uint32_t split_next = input->sim->job->split_count;

    timeline->actions = actions;
    for (uint32_t i = 0; i < timeline->count; i++) {
        struct restart_reader restart = {.reader = reader,
                                         .input = input,
                                         .entry = list->items[i],
                                         .operators = snap_node_get(list->items[i], "operators"),
                                         .split_next = &split_next};
        struct snap_restart *to;

        if (actions[i].kind != SNAP_ACTION_RESTART_FROM)
            continue;
        if (!check_taken(reader, list->items[i], &actions[i], timeline))
            return false;
        if (!restart.operators)
            restart.operators = input->operators;
        if (!snap_reader_expect(reader, restart.operators, SNAP_NODE_LIST, "operators"))
            return false;
        to = SNAP_ARENA_NEW(reader->arena, struct snap_restart);
        if (!read_restart(&restart, timeline, to))
            return false;
        actions[i].restart = to;
    }
    count_splits(timeline, split_next);
    return true;
}

/* ---- savepoints that no file is made of ---- */

static bool is_restarted_from(const struct snap_timeline *timeline, const char *name)
{
    for (uint32_t i = 0; i < timeline->count; i++)
        if (timeline->actions[i].restart && strcmp(timeline->actions[i].savepoint, name) == 0)
            return true;
    return false;
}

void snap_savepoints_note(struct snap_reader *reader, const struct snap_node *list,
                          const struct snap_simulation *sim)
{
    const struct snap_storage_config *storage = &sim->config.storage;

    if (!storage->checkpoint_dir || storage->savepoint_dir)
        return;
    for (uint32_t i = 0; i < sim->timeline.count; i++) {
        const struct snap_action *action = &sim->timeline.actions[i];
        const struct snap_node *node = get_taking(list->items[i]);

        if (node && !snap_savepoint_names_directory(action->savepoint) &&
            !is_restarted_from(&sim->timeline, action->savepoint))
            snap_reader_note(reader, node,
                             "savepoint \"%s\" is kept in memory only, by this name; for files of "
                             "it write ./%s, or set execution.checkpointing.savepoint-dir",
                             action->savepoint, action->savepoint);
    }
}
