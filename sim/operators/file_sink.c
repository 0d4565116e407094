// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "model/string_pool.h"
#include "operators/classes.h"
#include "operators/file_parts.h"
#include "operators/line.h"
#include "operators/pack.h"
#include "operators/settings.h"

enum { PATH, DELIVERY, OPTION_COUNT };

enum delivery { DELIVERY_NONE, DELIVERY_AT_LEAST_ONCE, DELIVERY_EXACTLY_ONCE };

static const char STATE_NAME[] = "committables";

/* Of a part in a file: five numbers, then its directory. */
enum { PART_NUMBERS = 5 };

struct settings {
    const char *path;
    enum delivery delivery;
};

struct instance {
    struct snap_operator_context context;
    const struct settings *settings;
    struct snap_schema schema;
    struct snap_commit commit;    /* exactly-once */
    struct snap_commit_part part; /* of the open file */
    snap_checkpoint_id known;     /* the newest checkpoint that it was in, or started from */
    struct snap_file *file;       /* NULL: none is open */
    struct snap_text lines;       /* of one batch */
    struct snap_error failure;    /* of a write; told at the next call that can fail */
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    const struct snap_option *delivery = &op->options[DELIVERY];

    op->settings = settings;
    settings->path = op->options[PATH].text;
    settings->delivery = delivery->set ? (enum delivery)delivery->number : DELIVERY_EXACTLY_ONCE;
    op->sink_view =
        settings->delivery == DELIVERY_EXACTLY_ONCE ? SNAP_SINK_COMMITS : SNAP_SINK_APPENDS;
    *culprit = PATH;
    return snap_input_schema_get(op, &op->schema, error);
}

/* Tells that parts were prepared or committed. */
static void tell(const struct instance *sink, enum snap_event_type type,
                 snap_checkpoint_id checkpoint, struct snap_commit_parts parts)
{
    struct snap_event event = {.type = type};

    if (!sink->context.sink_event || parts.count == 0)
        return;
    event.args[0] = sink->context.op->index;
    event.args[1] = checkpoint;
    event.args[2] = parts.count;
    for (uint32_t i = 0; i < parts.count; i++)
        event.args[3] += (int64_t)parts.parts[i].records;
    sink->context.sink_event(sink->context.task, &event);
}

static bool commit_all(struct instance *sink, struct snap_commit_parts parts,
                       snap_checkpoint_id checkpoint, struct snap_error *error)
{
    for (uint32_t i = 0; i < parts.count; i++) {
        if (!snap_file_part_commit(&sink->context, sink->settings->path, &parts.parts[i], error))
            return false;
    }
    tell(sink, SNAP_EVENT_SINK_COMMITTED, checkpoint, parts);
    return true;
}

static bool adopt(struct instance *sink, const struct snap_commit_part *part,
                  struct snap_error *error)
{
    if (!snap_file_part_adopt(&sink->context, part, error))
        return false;
    tell(sink, SNAP_EVENT_SINK_COMMITTED, sink->context.restored_checkpoint,
         (struct snap_commit_parts){part, 1});
    return true;
}

/* Commits again what the snapshot had pending: the crash may have come before or after that. */
static bool recover(struct instance *sink, struct snap_error *error)
{
    const struct snap_list_snapshot *list =
        snap_operator_state_find(sink->context.restored, STATE_NAME);

    for (uint32_t i = 0; list && i < list->count; i++) {
        struct snap_commit_part part;

        SNAP_CHECK(list->items[i].bytes == sizeof(part));
        memcpy(&part, list->items[i].data, sizeof(part));
        if (!part.is_elsewhere)
            snap_commit_restore(&sink->commit, &part);
        else if (part.directory && !adopt(sink, &part, error))
            return false;
    }
    return commit_all(sink, snap_commit_recover(&sink->commit), sink->context.restored_checkpoint,
                      error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *sink = self;

    SNAP_CHECK(context->fs);
    sink->context = *context;
    sink->settings = context->op->settings;
    sink->schema = context->op->schema;
    sink->known =
        context->restored_checkpoint == SNAP_NO_CHECKPOINT ? 0 : context->restored_checkpoint;
    snap_commit_init(&sink->commit, context->arena);
    if (!context->fs->make_dirs(context->fs, sink->settings->path, error))
        return false;
    if (sink->settings->delivery != DELIVERY_EXACTLY_ONCE)
        return true;
    return recover(sink, error) && snap_file_parts_sweep(context, sink->settings->path, error);
}

static void close_sink(void *self)
{
    struct instance *sink = self;
    struct snap_error ignored = {0};

    /* What was written stays written; a file that cannot be closed now has failed before. */
    if (sink->file)
        sink->context.fs->close(sink->file, &ignored);
    sink->file = NULL;
    snap_text_fini(&sink->lines);
}

static bool open_part(struct instance *sink, struct snap_error *error)
{
    struct snap_fs *fs = sink->context.fs;
    const char *name;

    sink->part = snap_file_part_new(&sink->context, sink->settings->path);
    if (sink->settings->delivery == DELIVERY_EXACTLY_ONCE) {
        name = snap_file_part_hidden(sink->context.arena, sink->settings->path, &sink->part);
        snap_commit_begin(&sink->commit, &sink->part);
    } else {
        name = snap_file_part_visible(sink->context.arena, sink->settings->path, &sink->part);
    }
    sink->file = fs->open(fs, name, SNAP_FS_WRITE, error);
    return sink->file != NULL;
}

static bool write_batch(struct instance *sink, const struct snap_batch *batch,
                        struct snap_error *error)
{
    if (!sink->file && !open_part(sink, error))
        return false;
    snap_text_clear(&sink->lines);
    for (uint32_t i = 0; i < batch->count; i++) {
        snap_line_add(&sink->lines, sink->schema, batch->records[i].key, batch->records[i].value);
        snap_text_add(&sink->lines, "\n", 1);
    }
    return sink->context.fs->write(sink->file, sink->lines.data, sink->lines.length, error);
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *sink = self;
    const struct snap_operator_context *context = &sink->context;

    if (batch->count > 0 && sink->failure.code == SNAP_OK &&
        write_batch(sink, batch, &sink->failure)) {
        if (sink->settings->delivery == DELIVERY_EXACTLY_ONCE)
            snap_commit_write(&sink->commit, batch->count);
        if (context->written)
            context->written(context->task, batch, sink->part.number);
    }
    batch->count = 0;
}

/* Whether a write failed since the last call that could say so. */
static bool has_failed(const struct instance *sink, struct snap_error *error)
{
    if (sink->failure.code == SNAP_OK)
        return false;
    snap_error_set(error, sink->failure.code, "%s", sink->failure.message);
    return true;
}

/* Makes the open file safe and closes it. */
static bool seal(struct instance *sink, struct snap_error *error)
{
    struct snap_fs *fs = sink->context.fs;
    bool done = fs->sync(sink->file, error);

    done = fs->close(sink->file, error) && done;
    sink->file = NULL;
    return done;
}

/* Seals the open part of an exactly-once sink; from now on it can be committed. */
static bool seal_part(struct instance *sink, snap_checkpoint_id checkpoint,
                      struct snap_error *error)
{
    struct snap_file_notes *world = sink->context.world;

    if (!sink->file)
        return true;
    if (!seal(sink, error))
        return false;
    world->notes[sink->part.number].prepared = true;
    world->notes[sink->part.number].prepared_for = checkpoint;
    return true;
}

/* What was written since the last checkpoint waits for this one, or a later one. */
static bool prepare(struct instance *sink, snap_checkpoint_id checkpoint, struct snap_error *error)
{
    if (!seal_part(sink, checkpoint, error))
        return false;
    tell(sink, SNAP_EVENT_SINK_PREPARED, checkpoint,
         snap_commit_prepare(&sink->commit, checkpoint));
    return true;
}

static void put_pending(const struct instance *sink, struct snap_arena *arena,
                        struct snap_operator_state *out)
{
    struct snap_commit_parts pending = snap_commit_pending(&sink->commit);
    struct snap_commit_part *parts =
        snap_arena_copy(arena, pending.parts, pending.count * sizeof(*parts));
    struct snap_list_item *items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, pending.count);
    struct snap_list_snapshot list = {
        .name = STATE_NAME, .mode = SNAP_LIST_SPLIT, .items = items, .count = pending.count};

    for (uint32_t i = 0; i < pending.count; i++) {
        items[i].data = &parts[i];
        items[i].bytes = sizeof(parts[i]);
    }
    snap_operator_state_add_list(out, arena, &list);
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    struct instance *sink = self;

    if (has_failed(sink, error))
        return false;
    switch (sink->settings->delivery) {
    case DELIVERY_NONE:
        return true;
    case DELIVERY_AT_LEAST_ONCE:
        return !sink->file || sink->context.fs->sync(sink->file, error);
    case DELIVERY_EXACTLY_ONCE:
        if (!prepare(sink, checkpoint, error))
            return false;
        sink->known = checkpoint;
        put_pending(sink, arena, out);
        return true;
    }
    return false;
}

static bool notify_complete(void *self, snap_checkpoint_id checkpoint, struct snap_error *error)
{
    struct instance *sink = self;

    if (has_failed(sink, error))
        return false;
    return commit_all(sink, snap_commit_confirm(&sink->commit, checkpoint), checkpoint, error);
}

/* With checkpoints an exactly-once sink waits for the final one. If there will be none, the rest is
 * prepared, and waits for ever. Flink: SinkWriterOperator.endInput, CommitterOperator.endInput. */
static bool finish(void *self, struct snap_error *error)
{
    struct instance *sink = self;

    if (has_failed(sink, error))
        return false;
    if (sink->settings->delivery != DELIVERY_EXACTLY_ONCE)
        return !sink->file || seal(sink, error);
    if (sink->context.final_checkpoint)
        return true;
    if (sink->context.checkpointing)
        return prepare(sink, sink->known + 1, error);
    return seal_part(sink, SNAP_NO_CHECKPOINT, error) &&
           commit_all(sink, snap_commit_finish(&sink->commit), SNAP_NO_CHECKPOINT, error);
}

static uint32_t encode(const struct snap_operator *op, const struct snap_list_item *item,
                       struct snap_arena *arena, struct snap_element *elements)
{
    struct snap_commit_part part;
    struct snap_packer packer;
    union snap_value directory;

    (void)op;
    SNAP_CHECK(item->bytes == sizeof(part));
    memcpy(&part, item->data, sizeof(part));
    directory.string = snap_string_make(arena, part.directory ? part.directory : "",
                                        part.directory ? strlen(part.directory) : 0);
    packer = snap_pack_begin(
        elements,
        PART_NUMBERS * SNAP_PACKED_NUMBER + snap_packed_bytes(SNAP_VALUE_STRING, directory), arena);
    snap_pack_number(&packer, part.subtask);
    snap_pack_number(&packer, part.attempt);
    snap_pack_number(&packer, part.number);
    snap_pack_number(&packer, part.records);
    snap_pack_number(&packer, (uint64_t)part.checkpoint);
    snap_pack_value(&packer, SNAP_VALUE_STRING, directory);
    return 1;
}

/* Full, and without a way out of what it names. */
static bool is_directory_name(const struct snap_string *name)
{
    return name->bytes[0] == '/' && strlen(name->bytes) == name->length &&
           !strstr(name->bytes, "/../");
}

/* Behind the numbers stands where the files are; earlier versions did not write that down. */
static bool decode(const struct snap_item_maker *maker, const struct snap_element *elements,
                   struct snap_list_item *item, struct snap_error *error)
{
    struct snap_commit_part *part = SNAP_ARENA_NEW(maker->arena, struct snap_commit_part);
    struct snap_unpacker unpacker = {.rest = elements->bytes};

    part->subtask = (uint32_t)snap_unpack_number(&unpacker);
    part->attempt = (uint32_t)snap_unpack_number(&unpacker);
    part->number = snap_unpack_number(&unpacker);
    part->records = snap_unpack_number(&unpacker);
    part->checkpoint = (snap_checkpoint_id)snap_unpack_number(&unpacker);
    if (unpacker.rest.count > 0) {
        union snap_value directory = snap_unpack_value(&unpacker, SNAP_VALUE_STRING, maker->arena);

        part->directory = is_directory_name(directory.string) ? directory.string->bytes : NULL;
    }
    part->is_elsewhere = true;
    item->data = part;
    item->bytes = sizeof(*part);
    return snap_unpack_end(&unpacker, maker->op, error);
}

static const struct snap_state_spec states[] = {{.name = "committables",
                                                 .shape = SNAP_SHAPE_LIST,
                                                 .element = SNAP_TYPE_BYTES,
                                                 .encode = encode,
                                                 .decode = decode}};
static const struct snap_state_specs specs = {.items = states, .count = 1};

static bool each_part(const struct snap_operator_context *context,
                      void (*part)(void *to, const struct snap_sink_part *), void *to,
                      struct snap_error *error)
{
    const struct settings *settings = context->op->settings;
    struct snap_part_reader reader = {part, to};

    return snap_file_parts_each(context, settings->path, &reader, error);
}

static bool find_prepared(const struct snap_list_item *item, struct snap_arena *arena,
                          struct snap_prepared_file *file)
{
    struct snap_commit_part part;

    SNAP_CHECK(item->bytes == sizeof(part));
    memcpy(&part, item->data, sizeof(part));
    if (part.directory)
        *file = snap_file_part_find(&part, arena);
    return part.directory != NULL;
}

static const struct snap_option_type options[] = {
    [PATH] = {.name = "path",
              .kind = SNAP_OPTION_PATH_OUT,
              .required = true,
              .doc = "directory of the part files, below the output directory of the run",
              .example = "words"},
    [DELIVERY] = {.name = "delivery",
                  .kind = SNAP_OPTION_CHOICE,
                  .choices = "none|at-least-once|exactly-once",
                  .text_default = "exactly-once",
                  .doc = "exactly-once: visible when a checkpoint confirms it; else as written",
                  .example = "at-least-once"},
};

const struct snap_operator_class snap_file_sink_class = {
    .type = {.name = "file-sink",
             .role = SNAP_ROLE_SINK,
             .flink_name = "Writer",
             .doc = "writes one line a record, key TAB value, to part files",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_SINK},
    .instance_bytes = sizeof(struct instance),
    .world_bytes = sizeof(struct snap_file_notes),
    .fanout_max = 0,
    .ignores_stamps = true,
    .states = &specs,
    .open = open,
    .close = close_sink,
    .transform = transform,
    .snapshot = snapshot,
    .notify_complete = notify_complete,
    .finish = finish,
    .each_part = each_part,
    .find_prepared = find_prepared,
};
