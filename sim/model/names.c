// SPDX-License-Identifier: Apache-2.0
#include "model/names.h"

#include <string.h>

#include "base/check.h"

/* ---- enums ---- */

static const char *const kind_names[] = {
    [SNAP_KIND_CHECKPOINT] = "Checkpoint",
    [SNAP_KIND_FULL_CHECKPOINT] = "Full Checkpoint",
    [SNAP_KIND_SAVEPOINT] = "Savepoint",
    [SNAP_KIND_SAVEPOINT_SUSPEND] = "Suspend Savepoint",
    [SNAP_KIND_SAVEPOINT_TERMINATE] = "Terminate Savepoint",
};

static const char *const alignment_names[] = {
    [SNAP_ALIGN_AT_LEAST_ONCE] = "AT_LEAST_ONCE",
    [SNAP_ALIGN_ALIGNED] = "ALIGNED",
    [SNAP_ALIGN_UNALIGNED] = "UNALIGNED",
    [SNAP_ALIGN_FORCED_ALIGNED] = "FORCED_ALIGNED",
};

static const char *const level_names[] = {
    [SNAP_TRACE_OFF] = "off",
    [SNAP_TRACE_CHECKPOINTS] = "checkpoints",
    [SNAP_TRACE_BUFFERS] = "buffers",
    [SNAP_TRACE_RECORDS] = "records",
};

#define COUNT_OF(names) (sizeof(names) / sizeof((names)[0]))

static bool find_name(const char *const *names, size_t count, const char *name, unsigned *index)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *index = (unsigned)i;
            return true;
        }
    }
    return false;
}

const char *snap_kind_name(enum snap_snapshot_kind kind)
{
    SNAP_CHECK(kind < COUNT_OF(kind_names));
    return kind_names[kind];
}

bool snap_kind_parse(const char *name, enum snap_snapshot_kind *kind)
{
    unsigned index;

    if (!find_name(kind_names, COUNT_OF(kind_names), name, &index))
        return false;
    *kind = (enum snap_snapshot_kind)index;
    return true;
}

const char *snap_alignment_name(enum snap_alignment alignment)
{
    SNAP_CHECK(alignment < COUNT_OF(alignment_names));
    return alignment_names[alignment];
}

bool snap_alignment_parse(const char *name, enum snap_alignment *alignment)
{
    unsigned index;

    if (!find_name(alignment_names, COUNT_OF(alignment_names), name, &index))
        return false;
    *alignment = (enum snap_alignment)index;
    return true;
}

const char *snap_runtime_kind_name(enum snap_runtime_kind kind)
{
    return kind == SNAP_RUNTIME_THREADS ? "threads" : "virtual";
}

const char *snap_flink_version_name(enum snap_flink_version version)
{
    return version == SNAP_FLINK_1_20 ? "1.20" : "2.3";
}

const char *snap_trace_level_name(enum snap_trace_level level)
{
    SNAP_CHECK(level < COUNT_OF(level_names));
    return level_names[level];
}

bool snap_trace_level_parse(const char *name, enum snap_trace_level *level)
{
    unsigned index;

    if (!find_name(level_names, COUNT_OF(level_names), name, &index))
        return false;
    *level = (enum snap_trace_level)index;
    return true;
}

/* ---- tasks and operators ---- */

static const char *head_uid(const struct snap_job *job, const struct snap_vertex *vertex)
{
    return job->operators[vertex->operators[0]].uid;
}

/* "uid[index]", without printf: every event has such names. */
static const char *indexed(const char *uid, uint32_t index, struct snap_arena *arena)
{
    size_t length = strlen(uid);
    char digits[10];
    uint32_t count = 0;
    char *text;

    do {
        digits[count++] = (char)('0' + index % 10);
        index /= 10;
    } while (index > 0);
    text = snap_arena_alloc(arena, length + count + 3);
    memcpy(text, uid, length);
    text[length++] = '[';
    while (count > 0)
        text[length++] = digits[--count];
    text[length] = ']';
    return text;
}

const char *snap_actor_name(const struct snap_job *job, uint32_t actor, struct snap_arena *arena)
{
    if (actor == snap_job_manager_actor(job))
        return SNAP_JOB_MANAGER_NAME;
    return indexed(head_uid(job, snap_job_task_vertex(job, actor)),
                   snap_job_task_subtask(job, actor), arena);
}

const char *snap_subtask_name(const struct snap_job *job, uint32_t operator_index, uint32_t subtask,
                              struct snap_arena *arena)
{
    SNAP_CHECK(operator_index < job->operator_count);
    return indexed(job->operators[operator_index].uid, subtask, arena);
}

/* Reads a decimal number that ends at `end`; *rest is the place of `end`. */
static bool parse_number(const char *text, char end, uint64_t *number, const char **rest)
{
    const char *at = text;

    *number = 0;
    while (*at >= '0' && *at <= '9' && at - text < 19)
        *number = *number * 10 + (uint64_t)(*at++ - '0');
    *rest = at;
    return at > text && *at == end;
}

bool snap_actor_parse(const struct snap_job *job, const char *name, uint32_t *actor)
{
    const char *bracket = strrchr(name, '[');
    const char *rest;
    uint64_t subtask;

    if (strcmp(name, SNAP_JOB_MANAGER_NAME) == 0) {
        *actor = snap_job_manager_actor(job);
        return true;
    }
    if (!bracket || !parse_number(bracket + 1, ']', &subtask, &rest) || rest[1] != '\0')
        return false;
    for (uint32_t v = 0; v < job->vertex_count; v++) {
        const struct snap_vertex *vertex = &job->vertices[v];
        const char *uid = head_uid(job, vertex);
        size_t length = (size_t)(bracket - name);

        if (strlen(uid) == length && memcmp(uid, name, length) == 0) {
            *actor = vertex->task_first + (uint32_t)subtask;
            return subtask < vertex->parallelism;
        }
    }
    return false;
}

/* ---- origins and ids ---- */

const char *snap_origin_name(const struct snap_job *job, uint64_t origin, struct snap_arena *arena)
{
    uint32_t split = snap_origin_split(origin);
    unsigned long long offset = snap_origin_offset(origin);

    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *op = &job->operators[i];

        if (split >= op->split_first && split - op->split_first < op->split_count)
            return snap_arena_printf(arena, "%s:%u:%llu", op->uid, split - op->split_first, offset);
    }
    return snap_arena_printf(arena, "?:%u:%llu", split, offset);
}

bool snap_origin_parse(const struct snap_job *job, const char *name, uint64_t *origin)
{
    for (uint32_t i = 0; i < job->operator_count; i++) {
        const struct snap_operator *op = &job->operators[i];
        size_t length = strlen(op->uid);
        const char *rest;
        uint64_t split;
        uint64_t offset;

        if (strncmp(name, op->uid, length) != 0 || name[length] != ':')
            continue;
        if (!parse_number(name + length + 1, ':', &split, &rest) || split >= op->split_count ||
            !parse_number(rest + 1, '\0', &offset, &rest) || offset >> SNAP_ORIGIN_OFFSET_BITS)
            continue;
        *origin = snap_origin_make(op->split_first + (uint32_t)split, offset);
        return true;
    }
    return false;
}

void snap_id_text(const struct snap_operator_id *id, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < sizeof(id->bytes); i++) {
        *text++ = digits[id->bytes[i] >> 4];
        *text++ = digits[id->bytes[i] & 15];
    }
    *text = '\0';
}
