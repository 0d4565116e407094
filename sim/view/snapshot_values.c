// SPDX-License-Identifier: Apache-2.0
/* snapshot_values.c: the values of one operator, a line each. */
#include <inttypes.h>
#include <string.h>

#include "base/columns.h"
#include "view/datum_view.h"
#include "view/snapshot_view.h"
#include "view/units.h"

enum { FLUSH_BYTES = 1 << 20, KEY_COLUMNS = 20, SCOPE_COLUMNS = 14 };

/* Why, says the error that follows. */
#define UNREAD "  its entries could not be read\n"

struct listing {
    const struct snap_text_outlet *outlet;
    const struct snap_snapshot_view *view;
    struct snap_snapshot_choice choice; /* of keyed state: what is shown */
    struct snap_error *error;
    struct snap_text line;
    uint64_t shown; /* of the state */
    uint64_t total;
    bool stopped;
};

/* A line that is too long ends in "~"; JSON has it whole. */
static bool end_line(struct listing *listing)
{
    struct snap_text *to = listing->outlet->text;
    size_t width = listing->view->width;

    if (snap_columns_of(snap_text_get(&listing->line), listing->line.length) > width) {
        snap_text_add(
            to, listing->line.data,
            snap_columns_fit(listing->line.data, listing->line.length, (uint32_t)width - 1));
        snap_text_add_string(to, "~");
    } else {
        snap_text_add(to, snap_text_get(&listing->line), listing->line.length);
    }
    snap_text_add_string(to, "\n");
    snap_text_clear(&listing->line);
    listing->shown++;
    listing->total++;
    if (to->length >= FLUSH_BYTES)
        listing->stopped = !listing->outlet->flush(listing->outlet->context, to);
    return !listing->stopped;
}

/* Fills what was added to the line since `begin` up to so many columns. */
static void pad(struct snap_text *line, size_t begin, uint32_t columns)
{
    uint32_t used = snap_columns_of(line->data + begin, line->length - begin);

    if (used < columns)
        snap_columns_skip(line, columns - used);
}

/* Of the entries' namespaces there is a column if they have some; NULL: they have none. */
static const char *scope_header(const struct snap_snapshot_item *first)
{
    if (!first || first->name_space->kind == SNAP_DATUM_NULL)
        return NULL;
    return first->name_space->kind == SNAP_DATUM_WINDOW ? "Window" : "Namespace";
}

/* What the entries that are shown do not have; of one key, also bytes that have no key. */
static void add_unread(struct snap_text *text, const struct snap_snapshot_state *state, bool by_key)
{
    uint32_t groups = state->lost_groups + (by_key ? state->opaque_groups : 0);

    if (groups > 0)
        snap_text_printf(text, "  %u key %s could not be %s: a serializer is unknown\n", groups,
                         snap_plural(groups, "group", "groups"), by_key ? "searched" : "read");
}

/* `first` is the first entry, or NULL. */
static void add_title(struct snap_text *text, const struct snap_snapshot_choice *choice,
                      const struct snap_snapshot_item *first)
{
    const char *scope = scope_header(first);
    const struct snap_snapshot_keyed *keyed = choice->keyed;
    const struct snap_snapshot_state *state = &keyed->states[choice->state];

    snap_text_printf(text, "\nSubtask %u, %s \"%s\" (", choice->subtask->index,
                     state->is_timer ? "timers" : "keyed state", state->name);
    if (state->is_timer)
        snap_text_printf(text, "%s time", state->is_event_time ? "event" : "processing");
    else
        snap_text_printf(text, "%s%s of %s", state->kind, state->is_ttl ? "+TTL" : "",
                         state->value_type ? state->value_type : "?");
    snap_text_printf(text, ", key %s)\n", keyed->key_type ? keyed->key_type : "?");
    if (!keyed->is_readable) {
        snap_text_add_string(text, UNREAD);
        return;
    }
    if (!first && (state->opaque_groups + state->lost_groups > 0 || keyed->has_unknown_keys))
        return;
    snap_text_printf(text, "  Group  %-*s  ", KEY_COLUMNS, "Key");
    if (scope)
        snap_text_printf(text, "%-*s  ", SCOPE_COLUMNS, scope);
    snap_text_add_string(text, state->is_timer ? "Time\n" : "Value\n");
}

static bool list_entry(void *context, const struct snap_snapshot_item *item)
{
    struct listing *listing = context;
    const struct snap_snapshot_state *state = &listing->choice.keyed->states[item->state];
    struct snap_text *line = &listing->line;
    size_t begin;

    if (listing->view->key && !snap_datum_is_named(item->key, listing->view->key))
        return true;
    if (listing->shown == 0)
        add_title(listing->outlet->text, &listing->choice, item);
    snap_text_printf(line, "  %5u  ", item->key_group);
    begin = line->length;
    snap_datum_text(line, item->key);
    pad(line, begin, KEY_COLUMNS);
    snap_text_add_string(line, "  ");
    if (item->name_space->kind != SNAP_DATUM_NULL) {
        begin = line->length;
        snap_datum_text(line, item->name_space);
        pad(line, begin, SCOPE_COLUMNS);
        snap_text_add_string(line, "  ");
    }
    if (state->is_timer && !item->value)
        snap_text_printf(line, "%" PRId64 " ms", item->time_ms);
    else
        snap_datum_text(line, item->value);
    return end_line(listing);
}

static bool list_element(void *context, const struct snap_snapshot_item *item)
{
    struct listing *listing = context;

    snap_text_add_string(&listing->line, "  ");
    if (item->key) {
        snap_datum_text(&listing->line, item->key);
        snap_text_add_string(&listing->line, ": ");
    }
    snap_datum_text(&listing->line, item->value);
    return end_line(listing);
}

static bool walk(struct listing *listing, const struct snap_snapshot_choice *choice,
                 bool (*visit)(void *context, const struct snap_snapshot_item *item))
{
    const struct snap_snapshot_source *source = &listing->view->snapshot->source;
    struct snap_item_visitor visitor = {visit, listing};

    return source->walk(source->context, choice, &visitor, listing->error) && !listing->stopped;
}

/* Any of the keys may be the one that is looked for. */
static bool list_unsearched(struct listing *listing, const struct snap_snapshot_choice *choice)
{
    add_title(listing->outlet->text, choice, NULL);
    snap_text_add_string(listing->outlet->text,
                         "  its keys could not be searched: their serializer is unknown\n");
    listing->total++;
    return true;
}

/* Of one key only states that have it are named, or of which that is not known, else all. */
static bool list_state(struct listing *listing, const struct snap_snapshot_choice *choice)
{
    const struct snap_snapshot_state *state = &choice->keyed->states[choice->state];
    bool is_unread = !choice->keyed->is_readable || state->opaque_groups + state->lost_groups > 0;

    listing->shown = 0;
    listing->choice = *choice;
    if (listing->view->key && choice->keyed->has_unknown_keys && state->entries != 0)
        return list_unsearched(listing, choice);
    if (choice->keyed->is_readable && !walk(listing, choice, list_entry))
        return false;
    if (listing->shown == 0 && (!listing->view->key || is_unread)) {
        add_title(listing->outlet->text, choice, NULL);
        listing->total++;
    }
    if (choice->keyed->is_readable)
        add_unread(listing->outlet->text, state, listing->view->key != NULL);
    return true;
}

static bool list_keyed(struct listing *listing, struct snap_snapshot_choice choice,
                       const struct snap_snapshot_keyed *keyed)
{
    choice.keyed = keyed;
    if (keyed->handle && !keyed->is_readable && keyed->state_count == 0) {
        snap_text_printf(listing->outlet->text, "\nSubtask %u, keyed state (%s)\n" UNREAD,
                         choice.subtask->index, keyed->layout ? keyed->layout : keyed->handle);
        listing->total++;
    }
    for (choice.state = 0; choice.state < keyed->state_count; choice.state++)
        if (!list_state(listing, &choice))
            return false;
    return true;
}

static bool list_lists(struct listing *listing, struct snap_snapshot_choice choice)
{
    static const char *const modes[] = {"split", "union", "broadcast"};

    for (uint32_t i = 0; i < choice.subtask->list_count && !listing->view->key; i++) {
        const struct snap_snapshot_list *list = &choice.subtask->lists[i];

        choice.list = list;
        snap_text_printf(listing->outlet->text, "\nSubtask %u, operator state \"%s\" (%s %s)\n",
                         choice.subtask->index, list->name, modes[list->mode],
                         list->type ? list->type : "?");
        if (!walk(listing, &choice, list_element))
            return false;
    }
    return true;
}

/* Whether any subtask has a list, if only an empty one, or is named as finished. */
static bool has_lists(const struct snap_snapshot_operator *of)
{
    for (uint32_t i = 0; i < of->subtask_count; i++)
        if (of->subtasks[i].list_count > 0 || of->subtasks[i].is_finished)
            return true;
    return false;
}

bool snap_snapshot_values(const struct snap_text_outlet *outlet,
                          const struct snap_snapshot_view *view, struct snap_error *error)
{
    struct listing listing = {.outlet = outlet, .view = view, .error = error};
    struct snap_snapshot_choice choice = {.of = view->of};
    char id[SNAP_OPERATOR_ID_TEXT_BYTES];
    const char *name;
    bool good = true;

    name = snap_snapshot_operator_name(view->of, id);
    snap_text_printf(outlet->text, "Operator %s", name);
    /* Not all snapshots have names. */
    if (strcmp(name, id) != 0)
        snap_text_printf(outlet->text, " (%s)", id);
    snap_text_printf(outlet->text, ", parallelism %u of at most %u\n", view->of->parallelism,
                     view->of->max_parallelism);
    for (uint32_t i = 0; i < view->of->subtask_count && good; i++) {
        choice.subtask = &view->of->subtasks[i];
        if (choice.subtask->is_finished)
            snap_text_printf(outlet->text, "\nSubtask %u has finished\n", choice.subtask->index);
        else
            good = list_lists(&listing, choice) &&
                   list_keyed(&listing, choice, &choice.subtask->keyed) &&
                   list_keyed(&listing, choice, &choice.subtask->raw_keyed);
    }
    if (good && !view->key && listing.total == 0 && !has_lists(view->of))
        snap_text_add_string(outlet->text,
                             "\nIt has neither keyed state, timers nor operator state.\n");
    if (good && view->key && listing.total == 0)
        snap_text_printf(outlet->text, "\nThere are no entries with the key %s.\n", view->key);
    snap_text_fini(&listing.line);
    return good && outlet->flush(outlet->context, outlet->text);
}
