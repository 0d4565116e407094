// SPDX-License-Identifier: Apache-2.0
/*
 * A source and a sink of one's own.
 *
 * The source reads lines of a poem and keeps its position by itself. The sink appends to a list in
 * the program's memory, which no crash undoes: with option `commit: at-once` everybody sees a line
 * as soon as it is there, with `commit: in-two-phases` only when its checkpoint is complete.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <snap.h>

static const char *const poem[] = {
    "Tyger Tyger, burning bright,",   "In the forests of the night;",
    "What immortal hand or eye,",     "Could frame thy fearful symmetry?",
    "In what distant deeps or skies", "Burnt the fire of thine eyes?",
    "On what wings dare he aspire?",  "What the hand, dare seize the fire?",
};

enum { LINES = sizeof(poem) / sizeof(poem[0]), PARTS = 32, PART_LINES = 64 };

/* ---- the source ---- */

struct reader {
    uint64_t next;
};

static uint64_t position(void *self)
{
    const struct reader *reader = self;

    return reader->next < LINES ? reader->next : SNAPSIM_END;
}

static void next(void *self, struct snapsim_record *out, struct snapsim_context *context)
{
    struct reader *reader = self;

    (void)context;
    out->key = snapsim_long((int64_t)reader->next + 1);
    out->value = snapsim_text(poem[reader->next]);
    reader->next++;
}

static bool save_position(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    const struct reader *reader = self;

    (void)checkpoint;
    snapsim_save(context, &reader->next, sizeof(reader->next));
    return true;
}

static bool restore_position(void *self, const void *data, size_t bytes,
                             struct snapsim_context *context)
{
    struct reader *reader = self;

    if (bytes != sizeof(reader->next))
        return snapsim_fail(context, "a position of %zu bytes", bytes);
    memcpy(&reader->next, data, bytes);
    return true;
}

static const struct snapsim_operator_type poem_source = {
    .name = "poem",
    .role = SNAPSIM_SOURCE,
    .doc = "lines of a poem with their numbers",
    .key_out = SNAPSIM_OUTPUT_LONG,
    .value_out = SNAPSIM_OUTPUT_TEXT,
    .instance_bytes = sizeof(struct reader),
    .position = position,
    .next = next,
    .snapshot = save_position,
    .restore = restore_position,
};

/* ---- the sink ---- */

struct line {
    int64_t number;
    char text[80];
};

/* One transaction, or all lines of one attempt. */
struct part {
    struct line lines[PART_LINES];
    int count;
    int64_t checkpoint; /* that closed it; 0: open */
    bool visible;
};

/* What outlives attempts; one subtask writes it. */
struct list {
    struct part parts[PARTS];
    int part_count;
};

struct appender {
    struct part *part; /* NULL: none is open */
};

static bool in_two_phases(struct snapsim_context *context)
{
    return strcmp(snapsim_option_get(context, "commit"), "in-two-phases") == 0;
}

static uint64_t append(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct appender *appender = self;
    struct list *list = snapsim_user(context);
    struct line *line;

    if (!appender->part) {
        appender->part = &list->parts[list->part_count++ % PARTS];
        *appender->part = (struct part){.visible = !in_two_phases(context)};
    }
    line = &appender->part->lines[appender->part->count++ % PART_LINES];
    line->number = in->key.number;
    snprintf(line->text, sizeof(line->text), "%s", in->value.text);
    return (uint64_t)(appender->part - list->parts);
}

/* First phase: the open transaction is closed and must survive; its number is the state. */
static bool prepare(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    struct appender *appender = self;
    const struct list *list = snapsim_user(context);

    if (appender->part && in_two_phases(context)) {
        appender->part->checkpoint = checkpoint;
        appender->part = NULL;
    }
    for (int i = 0; i < list->part_count && in_two_phases(context); i++)
        if (list->parts[i].checkpoint > 0 && !list->parts[i].visible)
            snapsim_save(context, &i, sizeof(i));
    return true;
}

/* Second phase: all that the checkpoint closed becomes visible. */
static bool commit(void *self, int64_t checkpoint, struct snapsim_context *context)
{
    struct list *list = snapsim_user(context);

    (void)self;
    for (int i = 0; i < list->part_count; i++)
        if (list->parts[i].checkpoint > 0 && list->parts[i].checkpoint <= checkpoint)
            list->parts[i].visible = true;
    return true;
}

/* What is in a complete checkpoint is committed, even if nobody got around to it. */
static bool recommit(void *self, const void *data, size_t bytes, struct snapsim_context *context)
{
    struct list *list = snapsim_user(context);
    int part;

    (void)self;
    memcpy(&part, data, bytes);
    list->parts[part].visible = true;
    return true;
}

static void read_parts(struct snapsim_context *context)
{
    const struct list *list = snapsim_user(context);

    for (int i = 0; i < list->part_count; i++) {
        const struct part *part = &list->parts[i];

        snapsim_part(context, (uint64_t)i,
                     part->visible          ? SNAPSIM_VISIBLE
                     : part->checkpoint > 0 ? SNAPSIM_PREPARED
                                            : SNAPSIM_IN_PROGRESS);
        for (int line = 0; line < part->count; line++)
            snapsim_line(context, snapsim_long(part->lines[line].number),
                         snapsim_text(part->lines[line].text));
    }
}

static const struct snapsim_option options[] = {
    {.name = "commit", .value_default = "in-two-phases", .doc = "at-once | in-two-phases"},
};

/* ---- the job ---- */

static struct snapsim_job *build(const struct snapsim_operator_type *sink, const char *how)
{
    struct snapsim_job *job = snapsim_job_create("poem");

    snapsim_job_type(job, &poem_source);
    snapsim_job_type(job, sink);
    snapsim_job_config(job, "execution.checkpointing.interval", "200 ms");
    snapsim_job_config(job, "execution.buffer-timeout.interval", "1 ms");
    snapsim_job_config(job, "restart-strategy.type", "fixed-delay");
    snapsim_job_config(job, "restart-strategy.fixed-delay.delay", "10 ms");
    snapsim_job_operator(job, "lines", "poem");
    snapsim_job_option(job, "lines", "rate", "10/s");
    snapsim_job_operator(job, "list", "list-sink");
    snapsim_job_option(job, "list", "commit", how);
    snapsim_job_option(job, "list", "chain", "false");
    snapsim_job_input(job, "list", "lines", NULL);
    snapsim_job_timeline(job, "{at: 550 ms, crash: \"list[0]\"}");
    return job;
}

static void print_line(void *to, uint32_t subtask, struct snapsim_value key,
                       struct snapsim_value value)
{
    (void)to;
    (void)subtask;
    (void)key;
    printf("  %s\n", value.text);
}

static bool run(const char *how)
{
    static struct list list;
    const struct snapsim_operator_type sink = {
        .name = "list-sink",
        .role = SNAPSIM_SINK,
        .doc = "appends to a list",
        .options = options,
        .option_count = 1,
        .instance_bytes = sizeof(struct appender),
        .user = &list,
        .write = append,
        .read = read_parts,
        .snapshot = prepare,
        .confirmed = commit,
        .restore = recommit,
    };
    struct snapsim_visitor visitor = {.visit = print_line};
    struct snapsim_error error = {0};
    struct snapsim_job *job = build(&sink, how);
    struct snapsim_result *result;
    bool good;

    memset(&list, 0, sizeof(list));
    result = snapsim_job_run(job, NULL, &error);
    if (result)
        printf("%s: lost %" PRId64 ", duplicated %" PRId64 ", uncommitted %" PRId64 "\n", how,
               snapsim_result_counter(result, "list", SNAPSIM_LOST),
               snapsim_result_counter(result, "list", SNAPSIM_DUPLICATED),
               snapsim_result_counter(result, "list", SNAPSIM_UNCOMMITTED));
    good = result && snapsim_result_lines(result, "list", &visitor, &error);
    if (!good)
        fprintf(stderr, "%s\n", error.message);
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    return good;
}

int main(void)
{
    return run("at-once") && run("in-two-phases") ? 0 : 2;
}
