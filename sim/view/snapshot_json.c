// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/json.h"
#include "view/datum_view.h"
#include "view/snapshot_parts_json.h"
#include "view/snapshot_view.h"

enum { FLUSH_BYTES = 1 << 20 };

struct printing {
    struct snap_json json;
    const struct snap_text_outlet *outlet;
    const struct snap_snapshot_view *view;
    const struct snap_snapshot_keyed *keyed; /* whose entries are printed */
    uint32_t state;
    struct snap_error *error;
    bool stopped;
};

static bool flush(struct printing *printing)
{
    struct snap_text *text = printing->outlet->text;

    if (!printing->stopped && text->length >= FLUSH_BYTES)
        printing->stopped = !printing->outlet->flush(printing->outlet->context, text);
    return !printing->stopped;
}

static bool is_wanted(const struct printing *printing, const struct snap_snapshot_item *item)
{
    const char *key = printing->view->key;

    return !key || (item->key && snap_datum_is_named(item->key, key));
}

/* Of one key nothing can be said where only the unknown serializer could tell it from others. */
static bool can_be_searched(const struct printing *printing,
                            const struct snap_snapshot_keyed *keyed)
{
    return !(printing->view->key && keyed->has_unknown_keys);
}

/* Some of a state's entries have another name: they would be taken for all. */
static bool is_whole(const struct printing *printing, const struct snap_snapshot_state *state)
{
    return state->lost_groups == 0 && !(printing->view->key && state->opaque_groups > 0);
}

static void namespace_json(struct snap_json *json, const char *key, const char *type,
                           const struct snap_datum *name_space)
{
    if (name_space->kind == SNAP_DATUM_NULL && type)
        snap_json_string(json, key, type);
    else
        snap_datum_json(json, key, name_space);
}

static bool print_entry(void *context, const struct snap_snapshot_item *item)
{
    struct printing *printing = context;
    const struct snap_snapshot_state *state = &printing->keyed->states[item->state];
    struct snap_json *json = &printing->json;
    bool has_time = state->is_timer && !item->value;

    if (!is_wanted(printing, item))
        return true;
    snap_json_object_begin(json, NULL);
    snap_json_inline(json);
    if (state->is_timer)
        snap_json_string(json, "kind", state->is_event_time ? "event" : "processing");
    snap_datum_json(json, "key", item->key);
    snap_json_number(json, "key_group", item->key_group);
    if (has_time) {
        namespace_json(json, "namespace", state->namespace_type, item->name_space);
        snap_json_number(json, "timestamp", item->time_ms);
    } else if (item->name_space->kind == SNAP_DATUM_WINDOW) {
        snap_datum_json(json, "window", item->name_space);
    } else if (item->name_space->kind != SNAP_DATUM_NULL) {
        snap_datum_json(json, "namespace", item->name_space);
    }
    if (!has_time)
        snap_datum_json(json, "value", item->value);
    snap_json_object_end(json);
    return flush(printing);
}

static bool walk(struct printing *printing, struct snap_snapshot_choice choice,
                 bool (*visit)(void *context, const struct snap_snapshot_item *item))
{
    const struct snap_snapshot_source *source = &printing->view->snapshot->source;
    struct snap_item_visitor visitor = {visit, printing};

    return source->walk(source->context, &choice, &visitor, printing->error) && !printing->stopped;
}

/* Of a savepoint's window states the type of the namespace is told too. */
static bool print_state(struct printing *printing, struct snap_snapshot_choice choice)
{
    const struct snap_snapshot_state *state = &choice.keyed->states[choice.state];
    struct snap_json *json = &printing->json;
    char kind[32];
    bool good = true;

    snap_json_object_begin(json, state->name);
    snprintf(kind, sizeof(kind), "%s%s", state->kind, state->is_ttl ? "+TTL" : "");
    snap_json_string(json, "kind", kind);
    snap_json_string(json, "key_type", choice.keyed->key_type);
    if (state->namespace_type)
        snap_json_string(json, "namespace", state->namespace_type);
    snap_json_string(json, "type", state->value_type);
    if (state->opaque_groups + state->lost_groups > 0)
        snap_json_number(json, "unread_key_groups",
                         (int64_t)state->opaque_groups + state->lost_groups);
    if (choice.keyed->is_readable && can_be_searched(printing, choice.keyed)) {
        snap_json_array_begin(json, is_whole(printing, state) ? "entries" : "known_entries");
        good = walk(printing, choice, print_entry);
        snap_json_array_end(json);
    }
    snap_json_object_end(json);
    return good;
}

static bool print_timers(struct printing *printing, struct snap_snapshot_choice choice)
{
    for (choice.state = 0; choice.state < choice.keyed->state_count; choice.state++)
        if (choice.keyed->states[choice.state].is_timer && !walk(printing, choice, print_entry))
            return false;
    return true;
}

static bool has_whole_timers(const struct printing *printing,
                             const struct snap_snapshot_keyed *keyed)
{
    for (uint32_t i = 0; i < keyed->state_count; i++)
        if (keyed->states[i].is_timer && !is_whole(printing, &keyed->states[i]))
            return false;
    return true;
}

static bool print_keyed(struct printing *printing, struct snap_snapshot_choice choice)
{
    const struct snap_snapshot_subtask *subtask = choice.subtask;
    struct snap_json *json = &printing->json;
    bool good = true;

    if (!subtask->keyed.handle && !subtask->raw_keyed.handle)
        return true;
    choice.keyed = printing->keyed = &subtask->keyed;
    snap_layout_json(json, subtask->keyed.handle ? &subtask->keyed : &subtask->raw_keyed);
    snap_json_object_begin(json, "keyed_state");
    for (choice.state = 0; good && choice.state < choice.keyed->state_count; choice.state++)
        if (!choice.keyed->states[choice.state].is_timer)
            good = print_state(printing, choice);
    snap_json_object_end(json);
    if (!good || !(subtask->keyed.is_readable || subtask->raw_keyed.is_readable) ||
        !can_be_searched(printing, &subtask->keyed) ||
        !can_be_searched(printing, &subtask->raw_keyed))
        return good;
    snap_json_array_begin(json, has_whole_timers(printing, &subtask->keyed) &&
                                        has_whole_timers(printing, &subtask->raw_keyed)
                                    ? "timers"
                                    : "known_timers");
    if (subtask->keyed.is_readable)
        good = print_timers(printing, choice);
    choice.keyed = printing->keyed = &subtask->raw_keyed;
    if (good && subtask->raw_keyed.is_readable)
        good = print_timers(printing, choice);
    snap_json_array_end(json);
    return good;
}

static bool print_element(void *context, const struct snap_snapshot_item *item)
{
    struct printing *printing = context;

    snap_datum_json(&printing->json, NULL, item->value);
    return flush(printing);
}

/* A broadcast map with keys that are names is an object, as a map in keyed state is. */
static bool print_pair(void *context, const struct snap_snapshot_item *item)
{
    struct printing *printing = context;
    struct snap_text key = {0};

    if (item->key->kind == SNAP_DATUM_TEXT)
        snap_text_add(&key, item->key->bytes.at, item->key->bytes.count);
    else
        snap_datum_text(&key, item->key);
    snap_datum_json(&printing->json, snap_text_get(&key), item->value);
    snap_text_fini(&key);
    return flush(printing);
}

static bool print_list(struct printing *printing, struct snap_snapshot_choice choice)
{
    static const char *const modes[] = {"SPLIT_DISTRIBUTE", "UNION", "BROADCAST"};
    const struct snap_snapshot_list *list = choice.list;
    struct snap_json *json = &printing->json;
    bool good;

    snap_json_object_begin(json, list->name);
    snap_json_string(json, "mode", modes[list->mode]);
    snap_json_string(json, "type", list->type);
    if (list->mode == SNAP_LIST_BROADCAST) {
        snap_json_object_begin(json, "values");
        good = walk(printing, choice, print_pair);
        snap_json_object_end(json);
    } else {
        snap_json_array_begin(json, "values");
        good = walk(printing, choice, print_element);
        snap_json_array_end(json);
    }
    snap_json_object_end(json);
    return good;
}

static bool print_lists(struct printing *printing, struct snap_snapshot_choice choice)
{
    const struct snap_snapshot_subtask *subtask = choice.subtask;
    struct snap_json *json = &printing->json;
    bool good = true;

    if (subtask->is_source)
        snap_splits_json(json, "splits", subtask->splits, subtask->split_count);
    if (subtask->list_count == 0)
        return true;
    snap_json_object_begin(json, "operator_state");
    for (uint32_t i = 0; i < subtask->list_count && good; i++) {
        choice.list = &subtask->lists[i];
        if (!subtask->splits || strcmp(choice.list->name, "SourceReaderState") != 0)
            good = print_list(printing, choice);
    }
    snap_json_object_end(json);
    return good;
}

static bool print_subtask(struct printing *printing, struct snap_snapshot_choice choice)
{
    const struct snap_snapshot_subtask *subtask = choice.subtask;
    struct snap_json *json = &printing->json;
    bool good = true;

    snap_json_object_begin(json, NULL);
    snap_json_number(json, "subtask", subtask->index);
    if (subtask->is_finished) {
        snap_json_bool(json, "finished", true);
    } else {
        good = print_lists(printing, choice) && print_keyed(printing, choice);
        snap_json_array_begin(json, "handles");
        for (uint32_t i = 0; i < subtask->file_count; i++)
            snap_file_json(json, &subtask->files[i]);
        snap_json_array_end(json);
    }
    snap_json_object_end(json);
    return good && flush(printing);
}

/* Of an operator that has finished wholly the subtasks are not in the file. */
static bool print_subtasks(struct printing *printing, const struct snap_snapshot_operator *of)
{
    struct snap_snapshot_choice choice = {.of = of};
    struct snap_json *json = &printing->json;
    bool good = true;

    snap_json_array_begin(json, "subtasks");
    for (uint32_t i = 0; i < of->parallelism && of->is_finished; i++) {
        snap_json_object_begin(json, NULL);
        snap_json_number(json, "subtask", i);
        snap_json_bool(json, "finished", true);
        snap_json_object_end(json);
    }
    for (uint32_t i = 0; i < of->subtask_count && good; i++) {
        choice.subtask = &of->subtasks[i];
        good = print_subtask(printing, choice);
    }
    snap_json_array_end(json);
    return good;
}

static bool print_operator(struct printing *printing, const struct snap_snapshot_operator *of)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];
    struct snap_json *json = &printing->json;
    bool good;

    snap_operator_id_format(&of->id, id);
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "uid", of->uid);
    snap_json_string(json, "name", of->name);
    snap_json_string(json, "operator_id", id);
    snap_json_number(json, "parallelism", of->parallelism);
    snap_json_number(json, "max_parallelism", of->max_parallelism);
    snap_json_bool(json, "fully_finished", of->is_finished);
    if (of->coordinator.place != SNAP_PLACE_NOWHERE)
        snap_json_number(json, "coordinator_bytes", of->coordinator.bytes);
    if (of->enumerator.is_there)
        snap_enumerator_json(json, &of->enumerator);
    good = print_subtasks(printing, of);
    snap_json_object_end(json);
    return good;
}

static void print_end(struct snap_json *json, const char *key, const struct snap_snapshot *snapshot,
                      uint32_t of)
{
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];

    snap_json_string(json, key,
                     of == SNAP_SNAPSHOT_NONE
                         ? NULL
                         : snap_snapshot_operator_name(&snapshot->operators[of], id));
}

static bool print_channel(struct printing *printing, const struct snap_snapshot_channel *channel)
{
    struct snap_snapshot_choice choice = {.channel = channel};
    struct snap_json *json = &printing->json;
    bool good;

    snap_json_object_begin(json, NULL);
    snap_json_number(json, "to_subtask", channel->to_subtask);
    if (channel->records >= 0)
        snap_json_number(json, "count", channel->records);
    snap_json_number(json, "input_bytes", channel->input_bytes < 0 ? 0 : channel->input_bytes);
    snap_json_number(json, "result_bytes", channel->result_bytes < 0 ? 0 : channel->result_bytes);
    snap_json_string(json, "type", channel->record_type);
    snap_json_array_begin(json, "records");
    snap_json_inline(json);
    good = walk(printing, choice, print_element);
    snap_json_array_end(json);
    snap_json_object_end(json);
    return good;
}

static bool is_same_edge(const struct snap_snapshot_channel *one,
                         const struct snap_snapshot_channel *other)
{
    return one->from == other->from && one->to == other->to &&
           one->from_subtask == other->from_subtask;
}

static bool is_chosen_channel(const struct printing *printing,
                              const struct snap_snapshot_channel *channel)
{
    const struct snap_snapshot_operator *operators = printing->view->snapshot->operators;
    const struct snap_snapshot_operator *of = printing->view->of;

    return !of || (channel->from != SNAP_SNAPSHOT_NONE && of == &operators[channel->from]) ||
           (channel->to != SNAP_SNAPSHOT_NONE && of == &operators[channel->to]);
}

/* Channels of one sender stand together. */
static bool print_edges(struct printing *printing, int64_t *total)
{
    const struct snap_snapshot *snapshot = printing->view->snapshot;
    struct snap_json *json = &printing->json;
    bool good = true;

    for (uint32_t i = 0; i < snapshot->channel_count && good;) {
        const struct snap_snapshot_channel *first = &snapshot->channels[i];

        if (!is_chosen_channel(printing, first)) {
            i++;
            continue;
        }
        snap_json_object_begin(json, NULL);
        print_end(json, "from", snapshot, first->from);
        snap_json_number(json, "from_subtask", first->from_subtask);
        print_end(json, "to", snapshot, first->to);
        snap_json_array_begin(json, "channels");
        for (; good && i < snapshot->channel_count && is_same_edge(first, &snapshot->channels[i]);
             i++) {
            good = print_channel(printing, &snapshot->channels[i]);
            *total += snapshot->channels[i].records > 0 ? snapshot->channels[i].records : 0;
        }
        snap_json_array_end(json);
        snap_json_object_end(json);
    }
    return good;
}

static bool print_channels(struct printing *printing)
{
    struct snap_json *json = &printing->json;
    int64_t total = 0;
    bool good;

    snap_json_object_begin(json, "channel_state");
    snap_json_bool(json, "stored_in_snapshot", printing->view->snapshot->has_channel_state);
    snap_json_array_begin(json, "edges");
    good = print_edges(printing, &total);
    snap_json_array_end(json);
    snap_json_number(json, "in_flight_total", total);
    snap_json_object_end(json);
    return good;
}

static void print_properties(struct snap_json *json,
                             const struct snap_snapshot_properties *properties)
{
    snap_json_object_begin(json, "properties");
    snap_json_string(json, "type", properties->name);
    if (properties->is_savepoint)
        snap_json_string(json, "format", properties->format);
    else
        snap_json_string(json, "sharing_files", properties->sharing);
    snap_json_bool(json, "forced", properties->is_forced);
    snap_json_bool(json, "unclaimed", properties->is_unclaimed);
    snap_json_bool(json, "discard_subsumed", properties->discard_subsumed);
    snap_json_bool(json, "discard_finished", properties->discard_finished);
    snap_json_bool(json, "discard_cancelled", properties->discard_cancelled);
    snap_json_bool(json, "discard_failed", properties->discard_failed);
    snap_json_bool(json, "discard_suspended", properties->discard_suspended);
    snap_json_object_end(json);
}

bool snap_snapshot_json(const struct snap_text_outlet *outlet,
                        const struct snap_snapshot_view *view, struct snap_error *error)
{
    const struct snap_snapshot *snapshot = view->snapshot;
    struct printing printing = {.outlet = outlet, .view = view, .error = error};
    struct snap_json *json = &printing.json;
    bool good = true;

    snap_json_init(json, outlet->text, SNAP_JSON_INDENTED);
    snap_json_object_begin(json, NULL);
    snap_json_string(json, "snapshot", snapshot->path);
    snap_json_number(json, "checkpoint_id", snapshot->checkpoint_id);
    snap_json_number(json, "metadata_version", snapshot->metadata_version);
    snap_json_number(json, "metadata_bytes", snapshot->metadata_bytes);
    if (snapshot->properties.is_known)
        print_properties(json, &snapshot->properties);
    snap_json_array_begin(json, "operators");
    for (uint32_t i = 0; i < snapshot->operator_count && good; i++)
        if (!view->of || view->of == &snapshot->operators[i])
            good = print_operator(&printing, &snapshot->operators[i]);
    snap_json_array_end(json);
    good = good && print_channels(&printing);
    snap_json_object_end(json);
    snap_text_add_string(outlet->text, "\n");
    return good && outlet->flush(outlet->context, outlet->text);
}
