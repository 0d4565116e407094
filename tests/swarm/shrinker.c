// SPDX-License-Identifier: Apache-2.0
#include "swarm/shrinker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "scenario/node.h"
#include "swarm/node_write.h"

struct work {
    struct shrinker *shrinker;
    struct snap_arena arena;
    struct snap_node *root; /* our copy: changed in place, and back */
    bool changed;           /* in this round */
};

static struct snap_node *copy(struct snap_arena *arena, const struct snap_node *from)
{
    struct snap_node *node = snap_arena_copy(arena, from, sizeof(*from));

    if (from->count == 0)
        return node;
    node->items = snap_arena_copy(arena, from->items, from->count * sizeof(*from->items));
    for (uint32_t i = 0; i < from->count; i++)
        node->items[i] = copy(arena, from->items[i]);
    if (from->kind == SNAP_NODE_MAP)
        node->keys = snap_arena_copy(arena, from->keys, from->count * sizeof(*from->keys));
    return node;
}

/* The items are our own copies. */
static struct snap_node *item(const struct snap_node *node, uint32_t index)
{
    return (struct snap_node *)node->items[index];
}

static bool holds(struct work *work)
{
    struct snap_text text = {0};
    bool still;

    if (work->shrinker->tries >= work->shrinker->tries_max)
        return false;
    work->shrinker->tries++;
    snap_node_write(&text, work->root);
    still = work->shrinker->still(work->shrinker->context, snap_text_get(&text));
    snap_text_fini(&text);
    work->changed = work->changed || still;
    return still;
}

/* Puts `*node` in the place of what is there; keeps it if that holds. */
static bool try_as(struct work *work, struct snap_node *node, const struct snap_node *as)
{
    struct snap_node before = *node;

    *node = *as;
    if (holds(work))
        return true;
    *node = before;
    return false;
}

/* ---- entries ---- */

static bool is_kept(const struct snap_node *node, uint32_t index)
{
    static const char *const kept[] = {"seed", "operators", "delivery",
                                       "execution.checkpointing.interval",
                                       "execution.checkpointing.checkpoints-after-tasks-finish"};

    if (node->kind != SNAP_NODE_MAP)
        return false;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (strcmp(node->keys[index]->text, kept[i]) == 0)
            return true;
    return false;
}

/* The node without its entries [first, first + count). */
static struct snap_node without(struct snap_arena *arena, const struct snap_node *node,
                                uint32_t first, uint32_t count)
{
    struct snap_node less = *node;

    less.count = 0;
    less.items = SNAP_ARENA_ARRAY(arena, const struct snap_node *, node->count);
    less.keys = SNAP_ARENA_ARRAY(arena, const struct snap_node *, node->count);
    for (uint32_t i = 0; i < node->count; i++) {
        if (i >= first && i < first + count && !is_kept(node, i))
            continue;
        less.items[less.count] = node->items[i];
        if (node->kind == SNAP_NODE_MAP)
            less.keys[less.count] = node->keys[i];
        less.count++;
    }
    return less;
}

static void leave_out(struct work *work, struct snap_node *node)
{
    for (uint32_t size = node->count; size > 0; size /= 2) {
        for (uint32_t first = 0; first < node->count;) {
            struct snap_node less = without(&work->arena, node, first, size);

            if (less.count == node->count || !try_as(work, node, &less))
                first += size;
        }
    }
    for (uint32_t i = 0; i < node->count; i++)
        leave_out(work, item(node, i));
}

/* ---- operators ---- */

static const char *uid_of(const struct snap_node *op)
{
    const struct snap_node *uid = op->kind == SNAP_NODE_MAP ? snap_node_get(op, "uid") : op;

    return uid && uid->text ? uid->text : "";
}

/* The uid of the first input; NULL if it has none. */
static const char *first_input(const struct snap_node *op)
{
    const struct snap_node *inputs = snap_node_get(op, "inputs");

    return inputs && inputs->count > 0 ? uid_of(inputs->items[0]) : NULL;
}

static bool reads_from(const struct snap_node *inputs, const char *uid)
{
    for (uint32_t i = 0; i < inputs->count; i++)
        if (strcmp(uid_of(inputs->items[i]), uid) == 0)
            return true;
    return false;
}

/* What reads from `uid` reads from `instead`, or no more if that is NULL or read already. */
static void rewire(struct snap_arena *arena, struct snap_node *inputs, const char *uid,
                   const char *instead)
{
    for (uint32_t i = 0; i < inputs->count; i++) {
        struct snap_node *input = item(inputs, i);
        struct snap_node *name;

        if (strcmp(uid_of(input), uid) != 0)
            continue;
        if (!instead || reads_from(inputs, instead)) {
            *inputs = without(arena, inputs, i--, 1);
            continue;
        }
        name =
            input->kind == SNAP_NODE_MAP ? (struct snap_node *)snap_node_get(input, "uid") : input;
        name->text = instead;
    }
}

static void leave_out_operators(struct work *work)
{
    const struct snap_node *operators = snap_node_get(work->root, "operators");

    for (uint32_t i = 0; operators && i < operators->count;) {
        struct snap_node *before = work->root;
        const char *uid = uid_of(operators->items[i]);
        const char *instead = first_input(operators->items[i]);
        struct snap_node *after;

        work->root = copy(&work->arena, before);
        after = (struct snap_node *)snap_node_get(work->root, "operators");
        *after = without(&work->arena, after, i, 1);
        for (uint32_t o = 0; o < after->count; o++) {
            struct snap_node *inputs = (struct snap_node *)snap_node_get(item(after, o), "inputs");

            if (inputs)
                rewire(&work->arena, inputs, uid, instead);
        }
        if (holds(work)) {
            operators = after;
        } else {
            work->root = before;
            i++;
        }
    }
}

/* ---- numbers ---- */

static bool is_count(const char *key)
{
    static const char *const counts[] = {"count", "keys", "splits", "parallelism",
                                         "parallelism.default"};

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        if (strcmp(key, counts[i]) == 0)
            return true;
    return false;
}

static void make_smaller(struct work *work, struct snap_node *node)
{
    uint64_t number = strtoull(node->text, NULL, 10);
    uint64_t steps[] = {1, number / 2, number - number / 4, number - 1};

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct snap_node less = *node;

        if (steps[i] == 0 || steps[i] >= number)
            continue;
        less.text = snap_arena_printf(&work->arena, "%" PRIu64, steps[i]);
        if (try_as(work, node, &less))
            return;
    }
}

static void make_counts_smaller(struct work *work, struct snap_node *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kind == SNAP_NODE_MAP && node->items[i]->kind == SNAP_NODE_SCALAR &&
            is_count(node->keys[i]->text))
            make_smaller(work, item(node, i));
        else
            make_counts_smaller(work, item(node, i));
    }
}

void shrinker_shrink(struct shrinker *shrinker, const char *text, struct snap_text *smallest)
{
    const struct snap_source source = {"random.yaml", text, strlen(text), false};
    struct snap_error error = {.code = SNAP_OK};
    struct work work = {.shrinker = shrinker};
    const struct snap_node *root;

    snap_arena_init(&work.arena);
    root = snap_node_parse(&source, &work.arena, &error);
    SNAP_CHECK(root);
    work.root = copy(&work.arena, root);
    do {
        work.changed = false;
        leave_out_operators(&work);
        leave_out(&work, work.root);
        make_counts_smaller(&work, work.root);
    } while (work.changed && shrinker->tries < shrinker->tries_max);
    snap_node_write(smallest, work.root);
    snap_arena_fini(&work.arena);
}
