// SPDX-License-Identifier: Apache-2.0
#include "snapshot/restored_parts.h"

#include "operators/operator.h"

/* Who gets the items of a sink's state that are parts. */
struct parts {
    struct snap_arena *arena;
    void (*part)(void *to, const struct snap_prepared_file *file);
    void *to;
};

static void each_of_state(const struct snap_operator *op, const struct snap_operator_state *state,
                          const struct parts *parts)
{
    for (uint32_t l = 0; l < state->list_count; l++)
        for (uint32_t i = 0; i < state->lists[l].count; i++) {
            struct snap_prepared_file file = {NULL, SNAP_PART_GONE};

            snap_operator_class_of(op)->find_prepared(&state->lists[l].items[i], parts->arena,
                                                      &file);
            parts->part(parts->to, &file);
        }
}

static void each_of(const struct snap_image_operator *of, const struct parts *parts)
{
    if (!of->op || !snap_operator_class_of(of->op)->find_prepared)
        return;
    for (uint32_t s = 0; s < of->parallelism; s++)
        if (of->subtasks[s].state)
            each_of_state(of->op, of->subtasks[s].state, parts);
}

static void visit_file(void *to, const struct snap_prepared_file *file)
{
    const struct snap_file_visitor *visitor = to;

    if (file->path && file->phase != SNAP_PART_GONE)
        visitor->visit(visitor->context, file->path);
}

void snap_restored_parts_each(const struct snap_image *image, struct snap_arena *arena,
                              const struct snap_file_visitor *visitor)
{
    const struct parts parts = {arena, visit_file, (void *)visitor};

    for (uint32_t i = 0; i < image->operator_count; i++)
        each_of(&image->operators[i], &parts);
}

/* ---- in words ---- */

/* The parts of one sink. */
struct tally {
    uint32_t all;
    uint32_t unplaced; /* nobody knows where */
    uint32_t in[SNAP_PART_GONE + 1];
};

static void count_part(void *to, const struct snap_prepared_file *file)
{
    struct tally *tally = to;

    tally->all++;
    if (file->path)
        tally->in[file->phase]++;
    else
        tally->unplaced++;
}

static void add_count(struct snap_text *text, uint32_t count, const char *one, const char *more)
{
    if (count == 0)
        return;
    snap_text_printf(text, "%s%u %s", snap_text_get(text)[text->length - 1] == ':' ? " " : ", ",
                     count, snap_plural(count, one, more));
}

static void add_sink(struct snap_text *text, const char *uid, const struct tally *tally)
{
    snap_text_printf(text, "; %u %s that \"%s\" had prepared:", tally->all,
                     snap_plural(tally->all, "part", "parts"), uid);
    add_count(text, tally->in[SNAP_PART_PREPARED], "is committed where it lies",
              "are committed where they lie");
    add_count(text, tally->in[SNAP_PART_VISIBLE], "had been committed before",
              "had been committed before");
    add_count(text, tally->in[SNAP_PART_GONE], "is gone", "are gone");
    add_count(text, tally->unplaced, "is left alone, as the snapshot does not say where it is",
              "are left alone, as the snapshot does not say where they are");
}

const char *snap_restored_parts_text(const struct snap_image *image, struct snap_arena *arena)
{
    struct snap_arena scratch = {0};
    struct snap_text text = {0};
    const char *copy;

    for (uint32_t i = 0; i < image->operator_count; i++) {
        struct tally tally = {.all = 0};

        each_of(&image->operators[i], &(struct parts){&scratch, count_part, &tally});
        if (tally.all > 0)
            add_sink(&text, image->operators[i].uid, &tally);
    }
    copy = snap_arena_strdup(arena, snap_text_get(&text));
    snap_text_fini(&text);
    snap_arena_fini(&scratch);
    return copy;
}
