// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "flink/properties.h"

#define RUNTIME "org.apache.flink.runtime.checkpoint."
#define RUNTIME_SIGNATURE "Lorg/apache/flink/runtime/checkpoint/"

enum {
    FIRST_HANDLE = 0x7E0000,
    SERIALIZABLE = 0x02,
    SERIALIZABLE_ENUM = 0x12,
    FIELDS_MAX = 8,
    PARTS_MAX = 32,
};

struct field {
    char kind;
    const char *name;
    const char *signature; /* of kind L */
};

struct class_row {
    const char *name;
    uint64_t version;
    uint8_t flags;
    struct field fields[FIELDS_MAX];
    const struct class_row *super;
};

static const struct class_row java_enum = {.name = "java.lang.Enum", .flags = SERIALIZABLE_ENUM};
static const struct class_row sharing_enum = {
    RUNTIME "SnapshotType$SharingFilesStrategy", 0, SERIALIZABLE_ENUM, {{0}}, &java_enum};
static const struct class_row format_enum = {
    "org.apache.flink.core.execution.SavepointFormatType", 0, SERIALIZABLE_ENUM, {{0}}, &java_enum};
static const struct class_row action_enum = {
    RUNTIME "SavepointType$PostCheckpointAction", 0, SERIALIZABLE_ENUM, {{0}}, &java_enum};

static const struct class_row properties_class = {
    RUNTIME "CheckpointProperties",
    2,
    SERIALIZABLE,
    {{'Z', "discardCancelled", NULL},
     {'Z', "discardFailed", NULL},
     {'Z', "discardFinished", NULL},
     {'Z', "discardSubsumed", NULL},
     {'Z', "discardSuspended", NULL},
     {'Z', "forced", NULL},
     {'Z', "unclaimed", NULL},
     {'L', "checkpointType", RUNTIME_SIGNATURE "SnapshotType;"}},
    NULL};

static const struct class_row checkpoint_class = {
    RUNTIME "CheckpointType",
    UINT64_C(0xD6DE4F0305AE1D3A),
    SERIALIZABLE,
    {{'L', "name", "Ljava/lang/String;"},
     {'L', "sharingFilesStrategy", RUNTIME_SIGNATURE "SnapshotType$SharingFilesStrategy;"}},
    NULL};

static const struct class_row savepoint_class = {
    RUNTIME "SavepointType",
    UINT64_C(0xA087D308A45814B8),
    SERIALIZABLE,
    {{'L', "formatType", "Lorg/apache/flink/core/execution/SavepointFormatType;"},
     {'L', "name", "Ljava/lang/String;"},
     {'L', "postCheckpointAction", RUNTIME_SIGNATURE "SavepointType$PostCheckpointAction;"}},
    NULL};

/* A class, a text, which may be empty, or neither: an object. */
struct part {
    const struct class_row *row;
    bool is_text;
    struct snap_bytes text;
};

/* Parts by their numbers. */
struct stream {
    struct snap_byte_writer *writer;
    struct part parts[PARTS_MAX];
    int count;
};

static void add_part(struct stream *stream, struct part part)
{
    SNAP_CHECK(stream->count < PARTS_MAX);
    stream->parts[stream->count++] = part;
}

static void write_reference(struct stream *stream, int number)
{
    snap_write_u1(stream->writer, 0x71);
    snap_write_i4(stream->writer, FIRST_HANDLE + number);
}

/* A text that was written before is referred to. */
static void write_text(struct stream *stream, struct snap_bytes text)
{
    for (int i = 0; i < stream->count; i++) {
        if (stream->parts[i].is_text && snap_bytes_equal(stream->parts[i].text, text)) {
            write_reference(stream, i);
            return;
        }
    }
    add_part(stream, (struct part){.is_text = true, .text = text});
    snap_write_u1(stream->writer, 0x74);
    snap_write_utf(stream->writer, text);
}

static void write_class(struct stream *stream, const struct class_row *row)
{
    struct snap_byte_writer *writer = stream->writer;
    uint32_t count = 0;

    if (!row) {
        snap_write_u1(writer, 0x70);
        return;
    }
    for (int i = 0; i < stream->count; i++) {
        if (stream->parts[i].row == row) {
            write_reference(stream, i);
            return;
        }
    }
    add_part(stream, (struct part){.row = row});
    snap_write_u1(writer, 0x72);
    snap_write_ascii(writer, row->name);
    snap_write_unsigned(writer, row->version, 8);
    snap_write_u1(writer, row->flags);
    while (count < FIELDS_MAX && row->fields[count].name)
        count++;
    snap_write_unsigned(writer, count, 2);
    for (uint32_t i = 0; i < count; i++) {
        snap_write_u1(writer, (unsigned char)row->fields[i].kind);
        snap_write_ascii(writer, row->fields[i].name);
        if (row->fields[i].signature)
            write_text(stream, snap_bytes_of(row->fields[i].signature));
    }
    snap_write_u1(writer, 0x78);
    write_class(stream, row->super);
}

static void write_constant(struct stream *stream, const struct class_row *row,
                           struct snap_bytes name)
{
    snap_write_u1(stream->writer, 0x7E);
    write_class(stream, row);
    add_part(stream, (struct part){.row = NULL});
    write_text(stream, name);
}

static void write_object(struct stream *stream, const struct class_row *row)
{
    snap_write_u1(stream->writer, 0x73);
    write_class(stream, row);
    add_part(stream, (struct part){.row = NULL});
}

static void write_flags(struct snap_byte_writer *writer,
                        const struct snap_checkpoint_properties *properties)
{
    snap_write_bool(writer, properties->discard_cancelled);
    snap_write_bool(writer, properties->discard_failed);
    snap_write_bool(writer, properties->discard_finished);
    snap_write_bool(writer, properties->discard_subsumed);
    snap_write_bool(writer, properties->discard_suspended);
    snap_write_bool(writer, properties->is_forced);
    snap_write_bool(writer, properties->is_unclaimed);
}

void snap_properties_write(struct snap_byte_writer *writer,
                           const struct snap_checkpoint_properties *properties)
{
    struct stream stream = {.writer = writer};

    snap_write_u4(writer, 0xACED0005u);
    if (properties->is_null) {
        snap_write_u1(writer, 0x70);
        return;
    }
    write_object(&stream, &properties_class);
    write_flags(writer, properties);
    if (properties->is_savepoint) {
        write_object(&stream, &savepoint_class);
        write_constant(&stream, &format_enum, properties->format);
        write_text(&stream, properties->name);
        write_constant(&stream, &action_enum, properties->action);
    } else {
        write_object(&stream, &checkpoint_class);
        write_text(&stream, properties->name);
        write_constant(&stream, &sharing_enum, properties->sharing);
    }
}

struct snap_checkpoint_properties snap_properties_of_checkpoint(enum snap_snapshot_kind kind,
                                                                enum snap_retention retention)
{
    bool is_full = kind == SNAP_KIND_FULL_CHECKPOINT;

    SNAP_CHECK(!snap_kind_is_savepoint(kind));
    return (struct snap_checkpoint_properties){
        .discard_cancelled = retention != SNAP_RETAIN_ON_CANCELLATION,
        .discard_failed = retention == SNAP_RETAIN_NONE,
        .discard_finished = true,
        .discard_subsumed = true,
        .discard_suspended = retention != SNAP_RETAIN_ON_CANCELLATION,
        .name = snap_bytes_of(is_full ? "Full Checkpoint" : "Checkpoint"),
        .sharing = snap_bytes_of(is_full ? "FORWARD" : "FORWARD_BACKWARD"),
    };
}

struct snap_checkpoint_properties snap_properties_of_savepoint(enum snap_snapshot_kind kind,
                                                               enum snap_savepoint_format format)
{
    struct snap_checkpoint_properties properties = {
        .is_savepoint = true,
        .is_forced = true,
        .name = snap_bytes_of("Savepoint"),
        .action = snap_bytes_of("NONE"),
        .format = snap_bytes_of(format == SNAP_SAVEPOINT_CANONICAL ? "CANONICAL" : "NATIVE"),
    };

    SNAP_CHECK(snap_kind_is_savepoint(kind));
    if (kind == SNAP_KIND_SAVEPOINT_SUSPEND) {
        properties.name = snap_bytes_of("Suspend Savepoint");
        properties.action = snap_bytes_of("SUSPEND");
    } else if (kind == SNAP_KIND_SAVEPOINT_TERMINATE) {
        properties.name = snap_bytes_of("Terminate Savepoint");
        properties.action = snap_bytes_of("TERMINATE");
    }
    return properties;
}
