// SPDX-License-Identifier: Apache-2.0
#include "operators/file_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"

static const char *make_name(struct snap_arena *arena, const char *path, const char *prefix,
                             const struct snap_commit_part *part)
{
    return snap_arena_printf(arena, "%s/%spart-%" PRIu32 "-%" PRIu32 "-%" PRIu64, path, prefix,
                             part->subtask, part->attempt, part->number);
}

const char *snap_file_part_visible(struct snap_arena *arena, const char *path,
                                   const struct snap_commit_part *part)
{
    return make_name(arena, path, "", part);
}

const char *snap_file_part_hidden(struct snap_arena *arena, const char *path,
                                  const struct snap_commit_part *part)
{
    return make_name(arena, path, ".", part);
}

struct snap_commit_part snap_file_part_new(const struct snap_operator_context *context,
                                           const char *path)
{
    struct snap_file_notes *world = context->world;
    struct snap_commit_part part = {
        .subtask = context->subtask,
        .attempt = context->attempt,
        .number = world->count,
        .checkpoint = SNAP_NO_CHECKPOINT,
    };

    if (!world->directory)
        world->directory = snap_fs_full_name(context->fs, path, &context->strings->arena);
    part.directory = world->directory;
    world->notes = snap_arena_grow(&context->strings->arena, world->notes, world->count,
                                   &world->capacity, sizeof(*world->notes));
    world->notes[world->count++].attempt = context->attempt;
    return part;
}

bool snap_file_part_commit(const struct snap_operator_context *context, const char *path,
                           const struct snap_commit_part *part, struct snap_error *error)
{
    struct snap_fs *fs = context->fs;
    struct snap_arena scratch;
    const char *hidden;
    const char *visible;
    bool done;

    snap_arena_init(&scratch);
    hidden = snap_file_part_hidden(&scratch, path, part);
    visible = snap_file_part_visible(&scratch, path, part);
    if (fs->exists(fs, hidden))
        done = fs->rename(fs, hidden, visible, error);
    else if (fs->exists(fs, visible))
        done = true;
    else
        done = snap_error_set(error, SNAP_ERROR_IO,
                              "cannot commit %s: neither it nor its prepared file exists", visible);
    snap_arena_fini(&scratch);
    return done;
}

/* ---- parts of another run ---- */

static const struct snap_restored_part *find_noted(const struct snap_file_notes *world,
                                                   const struct snap_commit_part *part)
{
    for (uint32_t i = 0; i < world->restored_count; i++) {
        const struct snap_commit_part *known = &world->restored[i].part;

        if (known->subtask == part->subtask && known->attempt == part->attempt &&
            known->number == part->number && strcmp(known->directory, part->directory) == 0)
            return &world->restored[i];
    }
    return NULL;
}

static void note_restored(const struct snap_operator_context *context,
                          const struct snap_commit_part *part, enum snap_part_phase phase)
{
    struct snap_file_notes *world = context->world;
    struct snap_arena *arena = &context->strings->arena;
    struct snap_restored_part *note;

    world->restored = snap_arena_grow(arena, world->restored, world->restored_count,
                                      &world->restored_capacity, sizeof(*world->restored));
    note = &world->restored[world->restored_count++];
    *note = (struct snap_restored_part){*part, phase == SNAP_PART_GONE};
    note->part.directory = snap_arena_strdup(arena, part->directory);
}

bool snap_file_part_adopt(const struct snap_operator_context *context,
                          const struct snap_commit_part *part, struct snap_error *error)
{
    const struct snap_restored_part *known = find_noted(context->world, part);
    struct snap_arena scratch = {0};
    struct snap_fs *machine = snap_fs_real_create("");
    struct snap_prepared_file file = snap_file_part_find(part, &scratch);
    bool done = true;

    if (file.phase == SNAP_PART_PREPARED && !(known && known->was_gone))
        done = machine->rename(machine, file.path,
                               snap_file_part_visible(&scratch, part->directory, part), error);
    if (!known)
        note_restored(context, part, file.phase);
    snap_fs_destroy(machine);
    snap_arena_fini(&scratch);
    return done;
}

struct snap_prepared_file snap_file_part_find(const struct snap_commit_part *part,
                                              struct snap_arena *arena)
{
    struct snap_fs *machine = snap_fs_real_create("");
    const char *hidden = snap_file_part_hidden(arena, part->directory, part);
    const char *visible = snap_file_part_visible(arena, part->directory, part);
    struct snap_prepared_file file = {visible, SNAP_PART_GONE};

    if (machine->is_file(machine, hidden))
        file = (struct snap_prepared_file){hidden, SNAP_PART_PREPARED};
    else if (machine->is_file(machine, visible))
        file.phase = SNAP_PART_VISIBLE;
    snap_fs_destroy(machine);
    return file;
}

static void tell_restored(const struct snap_operator_context *context,
                          const struct snap_part_reader *reader)
{
    const struct snap_file_notes *world = context->world;
    struct snap_arena scratch = {0};

    for (uint32_t i = 0; i < world->restored_count; i++) {
        const struct snap_commit_part *part = &world->restored[i].part;
        const enum snap_part_phase phase = world->restored[i].was_gone
                                               ? SNAP_PART_GONE
                                               : snap_file_part_find(part, &scratch).phase;
        const struct snap_sink_part out = {.operator_index = context->op->index,
                                           .subtask = context->subtask,
                                           .phase = phase,
                                           .line_count = part->records,
                                           .is_restored = true};

        reader->part(reader->to, &out);
    }
    snap_arena_fini(&scratch);
}

/* The savepoint of that number, or an earlier one of this execution, may hold the part. */
static bool is_in_savepoint(const struct snap_operator_context *context,
                            const struct snap_file_note *note)
{
    return note->prepared && note->prepared_for != SNAP_NO_CHECKPOINT &&
           note->prepared_for <= context->savepoint;
}

bool snap_file_parts_sweep(const struct snap_operator_context *context, const char *path,
                           struct snap_error *error)
{
    const struct snap_file_notes *world = context->world;
    struct snap_fs *fs = context->fs;
    struct snap_arena scratch;
    bool done = true;

    snap_arena_init(&scratch);
    for (uint32_t i = 0; done && i < world->count; i++) {
        struct snap_commit_part part = {
            .subtask = context->subtask, .attempt = world->notes[i].attempt, .number = i};
        const char *hidden = snap_file_part_hidden(&scratch, path, &part);

        /* After a rescaling parts of earlier executions may be somebody else's to commit. */
        if (world->notes[i].attempt < context->first_attempt || !fs->exists(fs, hidden))
            continue;
        world->notes[i].left = is_in_savepoint(context, &world->notes[i]);
        if (!world->notes[i].left)
            done = fs->remove(fs, hidden, error);
    }
    snap_arena_fini(&scratch);
    return done;
}

/* Cuts the text into lines in place; a last line without newline counts. */
static void cut_lines(struct snap_text *text, struct snap_arena *arena, struct snap_sink_part *out)
{
    const char **lines;
    char *end = text->data + text->length;
    uint64_t count = 0;

    for (const char *at = text->data; at < end; at++)
        count += *at == '\n' || at + 1 == end;
    lines = SNAP_ARENA_ARRAY(arena, const char *, count);
    for (char *at = text->data; at < end;) {
        char *newline = memchr(at, '\n', (size_t)(end - at));

        lines[out->line_count++] = at;
        if (!newline)
            break;
        *newline = '\0';
        at = newline + 1;
    }
    SNAP_CHECK(out->line_count == count);
    out->lines = lines;
}

/* Where parts are read from and who gets them. */
struct reading {
    const struct snap_operator_context *context;
    const char *path;
    const struct snap_part_reader *reader;
    struct snap_arena names;
};

static bool read_part(const struct reading *reading, const char *name, struct snap_sink_part *out,
                      struct snap_error *error)
{
    struct snap_arena scratch;
    struct snap_text text = {0};
    struct snap_fs *fs = reading->context->fs;
    bool done;

    snap_arena_init(&scratch);
    snap_text_add(&text, "", 0);
    done = fs->read(fs, name, &text, error);
    if (done) {
        cut_lines(&text, &scratch, out);
        reading->reader->part(reading->reader->to, out);
    }
    snap_text_fini(&text);
    snap_arena_fini(&scratch);
    return done;
}

/* Reads the part where it is; one that a later attempt removed, or left to others, is left out. */
static bool read_either(struct reading *reading, uint32_t number, struct snap_error *error)
{
    const struct snap_operator_context *context = reading->context;
    const struct snap_file_notes *world = context->world;
    const struct snap_file_note *note = &world->notes[number];
    struct snap_commit_part part = {
        .subtask = context->subtask, .attempt = note->attempt, .number = number};
    const char *visible = snap_file_part_visible(&reading->names, reading->path, &part);
    const char *hidden = snap_file_part_hidden(&reading->names, reading->path, &part);
    struct snap_sink_part out = {.operator_index = context->op->index,
                                 .subtask = context->subtask,
                                 .part = number,
                                 .phase = SNAP_PART_VISIBLE};

    if (context->fs->exists(context->fs, visible))
        return read_part(reading, visible, &out, error);
    if (note->left)
        return true;
    out.phase = note->prepared ? SNAP_PART_PREPARED : SNAP_PART_IN_PROGRESS;
    return !context->fs->exists(context->fs, hidden) || read_part(reading, hidden, &out, error);
}

bool snap_file_parts_each(const struct snap_operator_context *context, const char *path,
                          const struct snap_part_reader *reader, struct snap_error *error)
{
    const struct snap_file_notes *world = context->world;
    struct reading reading = {.context = context, .path = path, .reader = reader};
    bool done = true;

    snap_arena_init(&reading.names);
    for (uint32_t i = 0; done && i < world->count; i++)
        done = read_either(&reading, i, error);
    snap_arena_fini(&reading.names);
    tell_restored(context, reader);
    return done;
}
