// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "operators/classes.h"
#include "operators/settings.h"
#include "operators/split_state.h"
#include "operators/splits.h"
#include "operators/text_input.h"

enum { PATHS = SNAP_SOURCE_OWN_FIRST, OPTION_COUNT };

struct settings {
    struct snap_source_settings source; /* must stay first */
    struct snap_text_files files;
};

/* What is left of one split when the attempt opens. */
struct piece {
    struct snap_text_lines lines;
    uint64_t first; /* offset of lines.items[0] */
    uint64_t end;   /* position behind the split */
};

struct instance {
    struct snap_splits splits; /* must stay first: see splits.h */
    struct piece *pieces;      /* by index of splits.items */
    struct snap_string_pool *strings;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    const struct snap_option *paths = &op->options[PATHS];

    op->settings = settings;
    op->schema = (struct snap_schema){SNAP_VALUE_LONG, SNAP_VALUE_STRING};
    if (!snap_source_configure(op, &settings->source, culprit, error))
        return false;
    *culprit = PATHS;
    settings->files.paths = paths->texts;
    settings->files.count = paths->text_count;
    return snap_text_files_measure(&settings->files, arena, error);
}

static bool read_piece(struct instance *source, const struct snap_operator_context *context,
                       uint32_t index, struct snap_error *error)
{
    const struct settings *settings = context->op->settings;
    struct snap_text_reader reader = {&settings->files, context->arena};
    struct snap_split *split = &source->splits.items[index];
    struct piece *piece = &source->pieces[index];
    uint64_t bytes = settings->files.starts[settings->files.count];
    uint64_t number = split->at.split - source->splits.first;
    struct snap_text_range range = {number * bytes / source->splits.stride,
                                    (number + 1) * bytes / source->splits.stride};

    if (split->at.position > range.from)
        range.from = split->at.position;
    if (!snap_text_lines_read(&reader, range, &piece->lines, error))
        return false;
    piece->first = split->at.next;
    piece->end = range.to;
    split->end = split->at.next + piece->lines.count;
    return true;
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *source = self;
    struct snap_splits *splits = &source->splits;

    source->strings = context->strings;
    snap_splits_init(splits, context);
    source->pieces = SNAP_ARENA_ARRAY(context->arena, struct piece, splits->count);
    for (uint32_t i = 0; i < splits->count; i++) {
        if (!read_piece(source, context, i, error))
            return false;
    }
    snap_splits_start(splits, context->arena);
    return true;
}

static void fill(struct instance *source, struct snap_pair *records, uint32_t count)
{
    const struct snap_split *split = snap_splits_head(&source->splits);
    const struct piece *piece = &source->pieces[split - source->splits.items];

    for (uint32_t i = 0; i < count; i++) {
        uint64_t offset = split->at.next + i;
        const struct snap_text_line *line = &piece->lines.items[offset - piece->first];

        records[i].key.number = (int64_t)offset;
        records[i].value.string = snap_string_pool_add(source->strings, line->bytes, line->length);
    }
}

/* Where the record `count` ahead begins. */
static uint64_t position_ahead(const struct instance *source, uint32_t count)
{
    const struct snap_split *split = snap_splits_head(&source->splits);
    const struct piece *piece = &source->pieces[split - source->splits.items];
    uint64_t index = split->at.next + count - piece->first;

    return index < piece->lines.count ? piece->lines.items[index].position : piece->end;
}

static void produce(void *self, struct snap_batch *out, uint32_t max)
{
    struct instance *source = self;

    while (out->count < max && snap_splits_head(&source->splits)) {
        uint32_t run = snap_splits_run(&source->splits, max - out->count);

        fill(source, &out->records[out->count], run);
        snap_splits_stamp(&source->splits, out, out->count, run);
        snap_splits_advance(&source->splits, run, position_ahead(source, run));
        out->count += run;
    }
}

static const struct snap_option_type options[] = {
    SNAP_SOURCE_OPTIONS,
    [PATHS] = {.name = "paths",
               .kind = SNAP_OPTION_PATHS,
               .required = true,
               .doc = "the files to read, one record a line; patterns are expanded",
               .example = "[../docs/*.md]"},
};

const struct snap_operator_class snap_text_file_class = {
    .type = {.name = "text-file",
             .role = SNAP_ROLE_SOURCE,
             .flink_name = "File Source",
             .doc = "the lines of text files as values, with the line number in the split as key",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    SNAP_SOURCE_CLASS,
    .instance_bytes = sizeof(struct instance),
    .open = open,
    .produce = produce,
};
