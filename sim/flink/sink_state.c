// SPDX-License-Identifier: Apache-2.0
#include "flink/sink_state.h"

#include <inttypes.h>

#include "flink/byte_reader.h"
#include "flink/java_text.h"

/* Marks that elements begin with. */
#define BUCKET_MARK 0x1e764b79u
#define COLLECTOR_MARK 0xb91f252cu
#define COMMITTABLE_MARK 0x1e765c80u
#define OPEN_FILE_MARK 0xb3a4073du
#define PENDING_FILE_MARK 0x2c853c89u
#define LOCAL_FILE_MARK 0x1e744b57u /* little-endian, as all in it */

enum {
    FIELDS_MAX = 12,      /* of a map */
    VERSIONED_BYTES = 4,  /* least bytes of one in a list: its length */
    LOCAL_HEAD_BYTES = 20 /* mark, offset, two lengths */
};

/* A map that is being filled. */
struct fields {
    struct snap_arena *arena;
    struct snap_datum map;
};

static struct fields fields_begin(struct snap_arena *arena)
{
    struct fields fields = {.arena = arena, .map = {.kind = SNAP_DATUM_MAP}};

    fields.map.items = SNAP_ARENA_ARRAY(arena, struct snap_datum, 2 * FIELDS_MAX);
    return fields;
}

static void put(struct fields *fields, const char *name, struct snap_datum value)
{
    struct snap_datum *pair = &fields->map.items[fields->map.count];

    if (fields->map.count == 2 * FIELDS_MAX)
        return;
    pair[0] = (struct snap_datum){.kind = SNAP_DATUM_TEXT, .bytes = snap_bytes_of(name)};
    pair[1] = value;
    fields->map.count += 2;
}

static void put_text(struct fields *fields, const char *name, struct snap_bytes text)
{
    text.at = snap_arena_copy(fields->arena, text.at, text.count);
    put(fields, name, (struct snap_datum){.kind = SNAP_DATUM_TEXT, .bytes = text});
}

static void put_number(struct fields *fields, const char *name, int64_t number)
{
    put(fields, name, (struct snap_datum){.kind = SNAP_DATUM_NUMBER, .number = number});
}

/* Bytes with a version and their length in front. */
static struct snap_bytes read_versioned(struct snap_byte_reader *reader, int32_t *version)
{
    *version = snap_read_i4(reader, "version");
    return snap_read_blob(reader, "what has a version");
}

static bool read_mark(struct snap_byte_reader *reader, uint32_t mark)
{
    return (uint32_t)snap_read_i4(reader, "mark") == mark && !reader->failed;
}

static uint64_t little_endian(const uint8_t *at, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = count; i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

/* ---- Flink's FileSink ---- */

/* What is known of a file; a path of no bytes is not. */
struct file {
    struct snap_bytes path;
    struct snap_bytes temporary;
    int64_t bytes; /* -1: not known */
};

/* Where the data of a local file lies until it is committed. Others have forms of their own. */
static void read_local(struct snap_bytes data, struct file *file)
{
    uint64_t path_bytes, temporary_bytes;

    if (data.count < LOCAL_HEAD_BYTES || little_endian(data.at, 4) != LOCAL_FILE_MARK)
        return;
    path_bytes = little_endian(data.at + 12, 4);
    temporary_bytes = little_endian(data.at + 16, 4);
    if (LOCAL_HEAD_BYTES + path_bytes + temporary_bytes != data.count)
        return;
    file->bytes = (int64_t)little_endian(data.at + 4, 8);
    file->path = (struct snap_bytes){data.at + LOCAL_HEAD_BYTES, (size_t)path_bytes};
    file->temporary =
        (struct snap_bytes){data.at + LOCAL_HEAD_BYTES + path_bytes, (size_t)temporary_bytes};
}

/* Version 2 has the path in front, and the size of a pending file. */
static bool read_file(struct snap_byte_reader *reader, uint32_t mark, struct fields *fields)
{
    struct snap_byte_reader part;
    int32_t version, local_version;
    struct snap_bytes data = read_versioned(reader, &version);
    struct file file = {.bytes = -1};

    snap_byte_reader_init(&part, data, 0, reader->error);
    if (reader->failed || !read_mark(&part, mark) || version < 1 || version > 2)
        return false;
    if (version == 2 && snap_read_bool(&part, "whether there is a path"))
        file.path = snap_java_text(fields->arena, snap_read_utf(&part, "path"));
    if (version == 2 && mark == PENDING_FILE_MARK)
        file.bytes = snap_read_i8(&part, "size");
    data = read_versioned(&part, &local_version);
    if (!snap_byte_reader_end(&part, "a file"))
        return false;
    if (local_version == 1)
        read_local(data, &file);
    if (file.path.count > 0)
        put_text(fields, "path", file.path);
    if (file.bytes >= 0)
        put_number(fields, "bytes", file.bytes);
    if (file.temporary.count > 0)
        put_text(fields, "temporary", file.temporary);
    return true;
}

/* A text with its length in front, little-endian. Flink: SimpleVersionedStringSerializer. */
static bool read_bucket_id(struct snap_byte_reader *reader, struct fields *fields)
{
    int32_t version;
    struct snap_bytes id = read_versioned(reader, &version);

    if (reader->failed || id.count < 4 || little_endian(id.at, 4) != id.count - 4)
        return false;
    put_text(fields, "bucket", (struct snap_bytes){id.at + 4, id.count - 4});
    return true;
}

static bool read_writer(struct snap_bytes element, struct snap_arena *arena,
                        struct snap_datum *datum)
{
    enum { VERSION = 3 }; /* earlier ones had pending files here, too */
    struct snap_error none = {0};
    struct snap_byte_reader outer, reader;
    struct fields fields = fields_begin(arena);
    struct fields open;
    int32_t version;

    snap_byte_reader_init(&outer, element, 0, &none);
    snap_byte_reader_init(&reader, read_versioned(&outer, &version), 0, &none);
    if (!snap_byte_reader_end(&outer, "a bucket") || version != VERSION ||
        !read_mark(&reader, BUCKET_MARK) || !read_bucket_id(&reader, &fields))
        return false;
    put_text(&fields, "directory", snap_java_text(arena, snap_read_utf(&reader, "path")));
    put_number(&fields, "created_ms", snap_read_i8(&reader, "time of creation"));
    if (snap_read_bool(&reader, "whether a file is open")) {
        open = fields_begin(arena);
        if (!read_file(&reader, OPEN_FILE_MARK, &open))
            return false;
        put(&fields, "in_progress", open.map);
    }
    if (!snap_byte_reader_end(&reader, "a bucket"))
        return false;
    *datum = fields.map;
    return true;
}

/* One file to commit, or one to remove. */
static bool read_committable(struct snap_byte_reader *reader, struct fields *fields)
{
    struct snap_byte_reader part;
    struct fields removed;
    int32_t version;

    snap_byte_reader_init(&part, read_versioned(reader, &version), 0, reader->error);
    if (reader->failed || !read_mark(&part, COMMITTABLE_MARK) || version < 1 || version > 2)
        return false;
    if (version == 2)
        put_text(fields, "bucket", snap_java_text(fields->arena, snap_read_utf(&part, "bucket")));
    if (snap_read_bool(&part, "whether a file is pending")) {
        put_text(fields, "phase", snap_bytes_of("pending"));
        if (!read_file(&part, PENDING_FILE_MARK, fields))
            return false;
    }
    if (snap_read_bool(&part, "whether an open file is to go")) {
        removed = fields_begin(fields->arena);
        if (!read_file(&part, OPEN_FILE_MARK, &removed))
            return false;
        put(fields, "to_remove", removed.map);
    }
    if (version == 2 && snap_read_bool(&part, "whether a compacted file is to go"))
        put_text(fields, "compacted_to_remove",
                 snap_java_text(fields->arena, snap_read_utf(&part, "path")));
    return snap_byte_reader_end(&part, "a committable");
}

/* Where a committer's files are listed. */
struct collector {
    struct snap_arena *arena;
    struct snap_datum list;
    uint32_t capacity;
    int64_t checkpoint;
    int64_t subtask; /* -1: not known */
};

static bool read_request(struct snap_bytes data, int32_t version, struct collector *to)
{
    enum { STATES = 4 };
    static const char *const states[STATES] = {"received", "retry", "failed", "committed"};
    struct snap_error none = {0};
    struct snap_byte_reader reader;
    struct fields fields = fields_begin(to->arena);
    int32_t retries, state;

    (void)version;
    snap_byte_reader_init(&reader, data, 0, &none);
    put_number(&fields, "checkpoint", to->checkpoint);
    if (to->subtask >= 0)
        put_number(&fields, "subtask", to->subtask);
    if (!read_committable(&reader, &fields))
        return false;
    retries = snap_read_i4(&reader, "retries");
    state = snap_read_i4(&reader, "state");
    if (!snap_byte_reader_end(&reader, "a request") || state < 0 || state >= STATES)
        return false;
    if (retries > 0)
        put_number(&fields, "retries", retries);
    if (state > 0)
        put_text(&fields, "state", snap_bytes_of(states[state]));
    to->list.items = snap_arena_grow(to->arena, to->list.items, to->list.count, &to->capacity,
                                     sizeof(*to->list.items));
    to->list.items[to->list.count++] = fields.map;
    return true;
}

/* A list: a version for all, how many, each with its length. */
static bool read_list(struct snap_byte_reader *reader, struct collector *to,
                      bool (*each)(struct snap_bytes data, int32_t version, struct collector *to))
{
    int32_t version = snap_read_i4(reader, "version of a list");
    uint32_t count = snap_read_count(reader, VERSIONED_BYTES, "number of elements");

    for (uint32_t i = 0; i < count; i++) {
        struct snap_bytes data = snap_read_blob(reader, "an element");

        if (reader->failed || !each(data, version, to))
            return false;
    }
    return !reader->failed;
}

/* Version 0 has three counts behind the requests and no subtask, 1 has both, 2 two counts. */
static bool read_subtask(struct snap_bytes data, int32_t version, struct collector *to)
{
    struct snap_error none = {0};
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, data, 0, &none);
    to->subtask = version == 0 ? -1 : snap_read_i4(&reader, "subtask");
    if (version < 0 || version > 2 || !read_list(&reader, to, read_request))
        return false;
    snap_read_bytes(&reader, version == 2 ? 8 : 12, "counts");
    return snap_byte_reader_end(&reader, "a subtask's files");
}

/* Version 1 has the number of subtasks behind the checkpoint. */
static bool read_checkpoint(struct snap_bytes data, int32_t version, struct collector *to)
{
    struct snap_error none = {0};
    struct snap_byte_reader reader;

    snap_byte_reader_init(&reader, data, 0, &none);
    to->checkpoint = snap_read_i8(&reader, "checkpoint");
    if (version == 1)
        snap_read_i4(&reader, "number of subtasks");
    return version >= 0 && version <= 1 && read_list(&reader, to, read_subtask) &&
           snap_byte_reader_end(&reader, "a checkpoint's files");
}

static bool read_committer(struct snap_bytes element, struct snap_arena *arena,
                           struct snap_datum *datum)
{
    enum { VERSION = 2 };
    struct snap_error none = {0};
    struct snap_byte_reader outer, reader;
    struct collector to = {.arena = arena, .list = {.kind = SNAP_DATUM_LIST}};
    int32_t version;

    snap_byte_reader_init(&outer, element, 0, &none);
    snap_byte_reader_init(&reader, read_versioned(&outer, &version), 0, &none);
    if (!snap_byte_reader_end(&outer, "committables") || version != VERSION ||
        !read_mark(&reader, COLLECTOR_MARK) || !read_list(&reader, &to, read_checkpoint) ||
        !snap_byte_reader_end(&reader, "committables"))
        return false;
    *datum = to.list;
    return true;
}

/* ---- snapsim's file sink ---- */

/* Names are made as the sink makes them; without a directory it wrote to memory. */
static void put_part(struct fields *fields, const int64_t numbers[3], struct snap_bytes directory)
{
    const char *name = snap_arena_printf(fields->arena, "part-%" PRId64 "-%" PRId64 "-%" PRId64,
                                         numbers[0], numbers[1], numbers[2]);
    int bytes = (int)directory.count;
    const char *text = directory.count ? (const char *)directory.at : "";
    const char *slash = directory.count ? "/" : "";

    put_text(fields, "path",
             snap_bytes_of(snap_arena_printf(fields->arena, "%.*s%s%s", bytes, text, slash, name)));
    put_text(
        fields, "temporary",
        snap_bytes_of(snap_arena_printf(fields->arena, "%.*s%s.%s", bytes, text, slash, name)));
    put_text(fields, "bucket", directory);
}

/* Five numbers: subtask, attempt, part, records, checkpoint; then a directory with its length. */
static bool read_part(struct snap_bytes element, struct snap_arena *arena, struct snap_datum *datum)
{
    enum { NUMBERS = 5, RECORDS = 3, CHECKPOINT };
    struct snap_error none = {0};
    struct snap_byte_reader reader;
    struct fields fields = fields_begin(arena);
    struct snap_bytes directory = {NULL, 0};
    int64_t numbers[NUMBERS];
    bool good = true;

    snap_byte_reader_init(&reader, element, 0, &none);
    for (unsigned i = 0; i < NUMBERS; i++) {
        numbers[i] = snap_read_i8(&reader, "number");
        good = good && numbers[i] >= 0;
    }
    /* Earlier versions wrote the numbers alone. */
    if (snap_byte_reader_left(&reader) > 0)
        directory =
            snap_read_bytes(&reader, (uint64_t)snap_read_i8(&reader, "length"), "directory");
    if (!good || !snap_byte_reader_end(&reader, "a part") ||
        (directory.count > 0 && (directory.at[0] != '/' || directory.count > INT16_MAX)))
        return false;
    put_text(&fields, "phase", snap_bytes_of("pending"));
    put_number(&fields, "checkpoint", numbers[CHECKPOINT]);
    put_number(&fields, "subtask", numbers[0]);
    put_number(&fields, "records", numbers[RECORDS]);
    put_part(&fields, numbers, directory);
    *datum = fields.map;
    return true;
}

bool snap_sink_state_read(struct snap_bytes list, struct snap_bytes element,
                          struct snap_arena *arena, struct snap_datum *datum)
{
    static const struct {
        const char *name;
        bool (*read)(struct snap_bytes element, struct snap_arena *arena, struct snap_datum *datum);
    } known[] = {
        {"committables", read_part},
        {"writer_raw_states", read_writer},
        {"streaming_committer_raw_states", read_committer},
    };

    for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (snap_bytes_are(list, known[i].name))
            return known[i].read(element, arena, datum);
    return false;
}
