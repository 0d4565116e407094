// SPDX-License-Identifier: Apache-2.0
#include "state/keyed_list.h"

#include <string.h>

#include "base/check.h"

/* So many keys without values stay in any case. */
enum { EMPTY_MIN = 64 };

/* In the order in which they are frozen. */
enum { KEYS, HEAD_NUMBERS, KEY_GROUPS, HEADS, LINKS };

/* A snapshot on its way. */
struct list_copy {
    struct snap_frozen frozen; /* must stay first */
    struct snap_keyed_list as_it_was;
};

static void before_change(struct snap_keyed_list *list, uint32_t array, uint32_t index)
{
    if (list->frozen)
        snap_frozen_before_change(list->frozen, array, index);
}

void snap_keyed_list_init(struct snap_keyed_list *list, struct snap_arena *arena,
                          const struct snap_keyed_state_options *options)
{
    struct snap_keyed_state_options table = *options;

    memset(list, 0, sizeof(*list));
    list->value_kind = options->schema.value;
    list->free = SNAP_NO_LINK;
    table.schema.value = SNAP_VALUE_LONG;
    snap_keyed_state_init(&list->table, arena, &table);
}

/* Heads stand in the order of their keys, and so they do afterwards. */
static void drop_empty_keys(struct snap_keyed_list *list)
{
    struct snap_keyed_state *table = &list->table;
    uint32_t kept = 0;

    if (list->frozen)
        snap_frozen_finish(list->frozen);
    SNAP_CHECK(list->head_count == table->count);
    for (uint32_t i = 0; i < table->count; i++) {
        SNAP_CHECK(table->values[i].number == i);
        if (list->heads[i].count == 0)
            continue;
        table->keys[kept] = table->keys[i];
        table->key_groups[kept] = table->key_groups[i];
        table->values[kept].number = kept;
        list->heads[kept++] = list->heads[i];
    }
    snap_keyed_state_cut(table, kept);
    list->head_count = kept;
    list->empty_count = 0;
}

static struct snap_keyed_list_head *obtain_head(struct snap_keyed_list *list, union snap_value key)
{
    union snap_value *at = snap_keyed_state_find(&list->table, key);

    if (at)
        return &list->heads[at->number];
    if (list->empty_count > EMPTY_MIN && list->empty_count > list->table.count / 2)
        drop_empty_keys(list);
    snap_keyed_state_insert(&list->table, key)->number = list->head_count;
    list->heads = snap_arena_grow(list->table.arena, list->heads, list->head_count,
                                  &list->head_capacity, sizeof(*list->heads));
    list->heads[list->head_count] = (struct snap_keyed_list_head){SNAP_NO_LINK, SNAP_NO_LINK, 0};
    list->empty_count++;
    return &list->heads[list->head_count++];
}

static uint32_t new_link(struct snap_keyed_list *list, union snap_value value)
{
    uint32_t link = list->free;

    if (link != SNAP_NO_LINK) {
        before_change(list, LINKS, link);
        list->free = list->links[link].next;
    } else {
        list->links = snap_arena_grow(list->table.arena, list->links, list->link_count,
                                      &list->link_capacity, sizeof(*list->links));
        link = list->link_count++;
    }
    list->links[link] = (struct snap_keyed_link){value, SNAP_NO_LINK};
    return link;
}

struct snap_keyed_list_head *snap_keyed_list_add(struct snap_keyed_list *list, union snap_value key,
                                                 union snap_value value)
{
    struct snap_keyed_list_head *head = obtain_head(list, key);
    uint32_t link = new_link(list, value);

    before_change(list, HEADS, (uint32_t)(head - list->heads));
    if (head->count == 0) {
        head->first = link;
        list->empty_count--;
    } else {
        before_change(list, LINKS, head->last);
        list->links[head->last].next = link;
    }
    head->last = link;
    head->count++;
    list->count++;
    return head;
}

void snap_keyed_list_drop_first(struct snap_keyed_list *list, struct snap_keyed_list_head *head)
{
    uint32_t link = head->first;

    SNAP_CHECK(head->count > 0);
    before_change(list, HEADS, (uint32_t)(head - list->heads));
    before_change(list, LINKS, link);
    head->first = list->links[link].next;
    head->count--;
    list->empty_count += head->count == 0;
    list->count--;
    list->links[link].next = list->free;
    list->free = link;
}

void snap_keyed_list_clear(struct snap_keyed_list *list, struct snap_keyed_list_head *head)
{
    while (head->count > 0)
        snap_keyed_list_drop_first(list, head);
}

void snap_keyed_list_set(struct snap_keyed_list *list, union snap_value key, union snap_value value)
{
    struct snap_keyed_list_head *head = snap_keyed_list_of(list, key);

    if (!head || head->count != 1) {
        if (head)
            snap_keyed_list_clear(list, head);
        snap_keyed_list_add(list, key, value);
        return;
    }
    before_change(list, LINKS, head->first);
    list->links[head->first].value = value;
}

void snap_keyed_list_drop_number(struct snap_keyed_list *list, struct snap_keyed_list_head *head,
                                 int64_t number)
{
    uint32_t before = head->first;
    uint32_t link = before;

    while (list->links[link].value.number != number) {
        before = link;
        link = list->links[link].next;
        SNAP_CHECK(link != SNAP_NO_LINK);
    }
    if (link == head->first) {
        snap_keyed_list_drop_first(list, head);
        return;
    }
    before_change(list, HEADS, (uint32_t)(head - list->heads));
    before_change(list, LINKS, before);
    before_change(list, LINKS, link);
    list->links[before].next = list->links[link].next;
    if (head->last == link)
        head->last = before;
    head->count--;
    list->count--;
    list->links[link].next = list->free;
    list->free = link;
}

struct snap_keyed_list_head *snap_keyed_list_of(struct snap_keyed_list *list, union snap_value key)
{
    const union snap_value *at = snap_keyed_state_find(&list->table, key);

    return at ? &list->heads[at->number] : NULL;
}

/* The values of one key, in order. */
static uint32_t copy_values(const struct snap_keyed_list *list, const struct snap_keyed_entry *of,
                            struct snap_keyed_entry *to)
{
    const struct snap_keyed_list_head *head = &list->heads[of->value.number];
    uint32_t link = head->first;

    for (uint32_t i = 0; i < head->count; i++) {
        to[i] = (struct snap_keyed_entry){of->key, list->links[link].value};
        link = list->links[link].next;
    }
    return head->count;
}

struct snap_keyed_snapshot snap_keyed_list_snapshot(const struct snap_keyed_list *list,
                                                    struct snap_arena *arena)
{
    struct snap_keyed_snapshot snapshot = *snap_keyed_state_snapshot(&list->table, arena);
    struct snap_keyed_entry *entries =
        SNAP_ARENA_ARRAY(arena, struct snap_keyed_entry, list->count);
    uint32_t *starts = SNAP_ARENA_ARRAY(arena, uint32_t, (size_t)snapshot.group_count + 1);
    uint32_t count = 0;

    for (uint32_t g = 0; g < snapshot.group_count; g++) {
        starts[g] = count;
        for (uint32_t i = snapshot.group_starts[g]; i < snapshot.group_starts[g + 1]; i++)
            count += copy_values(list, &snapshot.entries[i], entries + count);
    }
    starts[snapshot.group_count] = count;
    SNAP_CHECK(count == list->count);
    snapshot.schema.value = list->value_kind;
    snapshot.entries = entries;
    snapshot.group_starts = starts;
    return snapshot;
}

void snap_keyed_list_freeze_arrays(struct snap_keyed_list *list, struct snap_frozen *frozen,
                                   struct snap_keyed_list *to)
{
    struct snap_keyed_state *table = &list->table;

    if (list->frozen)
        snap_frozen_finish(list->frozen);
    *to = *list;
    to->table.keys = snap_frozen_add(frozen, &table->keys, sizeof(*table->keys), table->count);
    to->table.values =
        snap_frozen_add(frozen, &table->values, sizeof(*table->values), table->count);
    to->table.key_groups =
        snap_frozen_add(frozen, &table->key_groups, sizeof(*table->key_groups), table->count);
    to->heads = snap_frozen_add(frozen, &list->heads, sizeof(*list->heads), list->head_count);
    to->links = snap_frozen_add(frozen, &list->links, sizeof(*list->links), list->link_count);
    frozen->hook = &list->frozen;
    list->frozen = frozen;
}

static void make(const void *table, struct snap_arena *arena, void *snapshot)
{
    *(struct snap_keyed_snapshot *)snapshot = snap_keyed_list_snapshot(table, arena);
}

struct snap_keyed_snapshot snap_keyed_list_freeze(struct snap_keyed_list *list,
                                                  struct snap_arena *arena)
{
    struct list_copy *copy;

    if (list->count <= SNAP_FROZEN_PAGE)
        return snap_keyed_list_snapshot(list, arena);
    copy = SNAP_ARENA_NEW(arena, struct list_copy);
    copy->frozen = (struct snap_frozen){
        .table = list, .as_it_was = &copy->as_it_was, .make = make, .arena = arena};
    snap_keyed_list_freeze_arrays(list, &copy->frozen, &copy->as_it_was);
    return (struct snap_keyed_snapshot){.name = list->table.name,
                                        .schema = {list->table.schema.key, list->value_kind},
                                        .frozen = &copy->frozen};
}

void snap_keyed_list_restore(struct snap_keyed_list *list,
                             const struct snap_keyed_snapshot *snapshot)
{
    const struct snap_key_group_range *groups = &list->table.groups;

    SNAP_CHECK(snapshot->schema.key == list->table.schema.key);
    SNAP_CHECK(snapshot->schema.value == list->value_kind);
    for (uint32_t g = 0; g < snapshot->group_count; g++) {
        uint32_t group = snapshot->group_first + g;

        if (group < groups->first || group > groups->last)
            continue;
        for (uint32_t i = snapshot->group_starts[g]; i < snapshot->group_starts[g + 1]; i++)
            snap_keyed_list_add(list, snapshot->entries[i].key, snapshot->entries[i].value);
    }
}
