// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/hash.h"
#include "model/string_pool.h"
#include "trace/reader.h"
#include "trace/trace_hash.h"
#include "trace/writer.h"
#include "unit/scripted_run.h"

/* A file of its own for each test; the directory is made by mkdtemp. */
struct place {
    char directory[64];
    char path[96];
};

static void place_init(struct place *place)
{
    snprintf(place->directory, sizeof(place->directory), "/tmp/snapsim-trace-XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    snprintf(place->path, sizeof(place->path), "%s/trace.jsonl", place->directory);
}

static void place_fini(struct place *place)
{
    unlink(place->path);
    rmdir(place->directory);
}

static void write_run(const struct scripted_run *run, const char *path, enum snap_trace_level level)
{
    struct snap_trace_run head = {"0.1.0", &run->simulation, SNAP_RUNTIME_VIRTUAL, level, 0, NULL};
    struct snap_trace_writer writer;
    struct snap_error error = {0};

    assert_true(snap_trace_writer_open(&writer, path, &head, &error));
    for (uint32_t i = 0; i < run->count; i++)
        snap_trace_writer_event(&writer, &run->events[i]);
    assert_true(snap_trace_writer_close(&writer, &error));
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const struct snap_string *make_string(struct snap_arena *arena, const char *text)
{
    struct snap_string *string = snap_arena_alloc(arena, sizeof(*string) + strlen(text) + 1);

    memcpy(string->bytes, text, strlen(text));
    string->length = (uint32_t)strlen(text);
    return string;
}

static void an_event_is_one_line_of_fixed_keys(void **state)
{
    struct scripted_run run;
    struct snap_event_texts texts;
    union snap_value word = {.number = 0};

    (void)state;
    scripted_run_init(&run, 2);
    snap_event_texts_init(&texts, &run.job);
    word.string = make_string(&run.arena, "caf\xc3\xa9\"");
    {
        const struct {
            struct snap_event event;
            const char *expected;
        } rows[] = {
            {{5, 1, 6, SNAP_EVENT_JOB_STATUS, {SNAP_JOB_RESTARTING}},
             "{\"t\":5,\"e\":\"job_status\",\"at\":\"jobmanager\",\"status\":\"RESTARTING\"}"},
            {{7, 1, 3, SNAP_EVENT_BARRIER_RECEIVED, {4, 1, 1, SNAP_ALIGN_ALIGNED}},
             "{\"t\":7,\"e\":\"barrier_received\",\"at\":\"counts[1]\",\"checkpoint\":4,"
             "\"from\":\"lines[1]\",\"channel\":1,\"alignment\":\"ALIGNED\"}"},
            {{8, 1, 6, SNAP_EVENT_CHECKPOINT_ABORTED, {4, SNAP_FAILURE_CHECKPOINT_EXPIRED, 9}},
             "{\"t\":8,\"e\":\"checkpoint_aborted\",\"at\":\"jobmanager\",\"checkpoint\":4,"
             "\"reason\":\"CHECKPOINT_EXPIRED\",\"duration_ns\":9}"},
            {{9, 1, 6, SNAP_EVENT_FAILOVER, {-1, SNAP_CAUSE_CHECKPOINT_FAILURES, 6, 10, -1}},
             "{\"t\":9,\"e\":\"failover\",\"at\":\"jobmanager\",\"task\":null,"
             "\"cause\":\"too many failed checkpoints\",\"tasks\":6,\"delay_ns\":10,"
             "\"checkpoint\":-1}"},
            {{9,
              1,
              2,
              SNAP_EVENT_RECORD_AFFECTED,
              {SCRIPT_COUNTS, (int64_t)snap_origin_make(1, 12), 255, word.number}},
             "{\"t\":9,\"e\":\"record_affected\",\"at\":\"counts[0]\",\"operator\":\"counts\","
             "\"origin\":\"lines:1:12\",\"lineage\":\"00000000000000ff\","
             "\"key\":\"caf\xc3\xa9\\\"\"}"},
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct snap_text text = {0};

            snap_event_text_add(&text, &texts, &rows[i].event);
            assert_string_equal(text.data, rows[i].expected);
            snap_text_fini(&text);
        }
    }
    snap_event_texts_fini(&texts);
    scripted_run_fini(&run);
}

static void the_header_has_the_pinned_keys_first(void **state)
{
    struct scripted_run run;
    struct snap_trace_run head = {
        "0.1.0", &run.simulation, SNAP_RUNTIME_THREADS, SNAP_TRACE_BUFFERS, 0, NULL};
    struct snap_text text = {0};

    (void)state;
    scripted_run_init(&run, 1);
    snap_trace_header_text(&text, &head);
    assert_memory_equal(
        text.data,
        "{\"snapsim\":\"0.1.0\",\"version\":1,\"scenario\":\"word count\","
        "\"variant\":\"exactly-once\",\"seed\":7,\"runtime\":\"threads\",\"level\":\"buffers\"",
        126);
    assert_non_null(strstr(text.data, "\"vertices\":[{\"uid\":\"lines\","
                                      "\"name\":\"Source: lines -> words\","));
    assert_non_null(strstr(text.data, "{\"from\":\"words\",\"to\":\"counts\",\"input\":0,"
                                      "\"ship\":\"hash\",\"chained\":false}"));
    snap_text_fini(&text);
    scripted_run_fini(&run);
}

/* Reads the file and compares with the events of the run up to the level. */
static void expect_same_events(const struct scripted_run *run, const char *path,
                               enum snap_trace_level level)
{
    struct snap_trace_reader reader;
    struct snap_error error = {0};
    struct snap_event event;
    uint32_t i = 0;

    assert_true(snap_trace_reader_open(&reader, path, &error));
    assert_string_equal(reader.header.scenario, "word count");
    assert_int_equal(reader.header.seed, 7);
    assert_int_equal(reader.job->task_count, run->job.task_count);
    assert_string_equal(reader.job->vertices[0].name, "Source: lines -> words");
    assert_int_equal(reader.job->edges[1].ship, SNAP_SHIP_HASH);
    for (;; i++) {
        while (i < run->count && snap_event_info_get(run->events[i].type)->level > level)
            i++;
        if (snap_trace_reader_next(&reader, &event, &error) != SNAP_TRACE_READ_EVENT)
            break;
        assert_true(i < run->count);
        assert_int_equal(event.at_ns, run->events[i].at_ns);
        assert_int_equal(event.actor, run->events[i].actor);
        assert_int_equal(event.type, run->events[i].type);
        assert_memory_equal(event.args, run->events[i].args, sizeof(event.args));
    }
    assert_int_equal(error.code, SNAP_OK);
    assert_int_equal(i, run->count);
    assert_false(reader.truncated);
    snap_trace_reader_close(&reader);
}

static void what_is_written_reads_back(void **state)
{
    static const uint32_t parallelisms[] = {1, 2, 5};
    struct place place;

    (void)state;
    place_init(&place);
    for (size_t i = 0; i < 3; i++) {
        struct scripted_run run;

        scripted_run_init(&run, parallelisms[i]);
        write_run(&run, place.path, SNAP_TRACE_CHECKPOINTS);
        expect_same_events(&run, place.path, SNAP_TRACE_CHECKPOINTS);
        write_run(&run, place.path, SNAP_TRACE_RECORDS);
        expect_same_events(&run, place.path, SNAP_TRACE_RECORDS);
        scripted_run_fini(&run);
    }
    place_fini(&place);
}

#define HEAD                                                                                       \
    "{\"snapsim\":\"0.1.0\",\"version\":1,\"scenario\":\"s\",\"seed\":1,\"runtime\":\"virtual\","  \
    "\"level\":\"records\",\"operators\":[{\"uid\":\"a\",\"parallelism\":2,\"splits\":2}],"        \
    "\"vertices\":[{\"uid\":\"a\",\"parallelism\":2,\"operators\":[\"a\"]}],\"edges\":[]}\n"
#define GOOD "{\"t\":1,\"e\":\"end_of_data\",\"at\":\"a[1]\"}\n"

static void odd_files_are_read_or_refused_with_their_line(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        int events; /* read before the end or the error */
        bool truncated;
        uint64_t unknown;
        const char *error; /* part of the message; NULL: none */
        uint32_t line;
    } rows[] = {
        {"empty file", "", 0, false, 0, "empty", 0},
        {"no JSON", "hello\n", 0, false, 0, "no JSON header", 1},
        {"other JSON", "{\"a\":1}\n", 0, false, 0, "no member \"snapsim\"", 1},
        {"newer format", "{\"snapsim\":\"9\",\"version\":2}\n", 0, false, 0, "format 2", 1},
        {"no vertices", "{\"snapsim\":\"0\",\"version\":1,\"scenario\":\"s\",\"level\":\"off\"}\n",
         0, false, 0, "no vertices", 1},
        {"header only", HEAD, 0, false, 0, NULL, 0},
        {"good", HEAD GOOD GOOD, 2, false, 0, NULL, 0},
        {"cut in a line", HEAD GOOD "{\"t\":2,\"e\":\"end_", 1, true, 0, NULL, 0},
        {"cut before the newline", HEAD "{\"t\":1,\"e\":\"end_of_data\",\"at\":\"a[1]\"}", 1, true,
         0, NULL, 0},
        {"unknown event", HEAD "{\"t\":1,\"e\":\"moon_rose\",\"at\":\"a[0]\"}\n" GOOD, 1, false, 1,
         NULL, 0},
        {"unknown subtask", HEAD GOOD "{\"t\":1,\"e\":\"end_of_data\",\"at\":\"a[2]\"}\n", 1, false,
         0, "a[2]", 3},
        {"argument missing", HEAD "{\"t\":1,\"e\":\"ack_sent\",\"at\":\"a[0]\"}\n", 0, false, 0,
         "checkpoint", 2},
        {"argument of another kind",
         HEAD "{\"t\":1,\"e\":\"job_status\",\"at\":\"jobmanager\",\"status\":\"HAPPY\"}\n", 0,
         false, 0, "status", 2},
        {"no instant", HEAD "{\"e\":\"end_of_data\",\"at\":\"a[0]\"}\n", 0, false, 0, "\"t\"", 2},
        {"broken in the middle", HEAD "{\"t\":1,\n" GOOD, 0, false, 0, "not an event", 2},
    };
    struct place place;

    (void)state;
    place_init(&place);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_trace_reader reader;
        struct snap_error error = {0};
        struct snap_event event;
        int events = 0;

        write_text(place.path, rows[i].text);
        if (snap_trace_reader_open(&reader, place.path, &error)) {
            while (snap_trace_reader_next(&reader, &event, &error) == SNAP_TRACE_READ_EVENT)
                events++;
            if (reader.truncated != rows[i].truncated || reader.unknown_events != rows[i].unknown)
                fail_msg("%s: truncated %d, unknown %d", rows[i].name, reader.truncated,
                         (int)reader.unknown_events);
            snap_trace_reader_close(&reader);
        }
        if (events != rows[i].events)
            fail_msg("%s: %d events", rows[i].name, events);
        if ((error.code != SNAP_OK) != (rows[i].error != NULL) || error.line != rows[i].line ||
            (rows[i].error && !strstr(error.message, rows[i].error)))
            fail_msg("%s: line %u: %s", rows[i].name, error.line, error.message);
    }
    place_fini(&place);
}

static void a_file_that_cannot_be_made_is_an_error(void **state)
{
    struct scripted_run run;
    struct snap_trace_run head = {
        "0.1.0", &run.simulation, SNAP_RUNTIME_VIRTUAL, SNAP_TRACE_CHECKPOINTS, 0, NULL};
    struct snap_trace_writer writer;
    struct snap_error error = {0};

    (void)state;
    scripted_run_init(&run, 1);
    assert_false(snap_trace_writer_open(&writer, "/nowhere/trace.jsonl", &head, &error));
    assert_int_equal(error.code, SNAP_ERROR_IO);
    memset(&error, 0, sizeof(error));
    if (access("/dev/full", W_OK) == 0) {
        assert_true(snap_trace_writer_open(&writer, "/dev/full", &head, &error));
        assert_false(snap_trace_writer_close(&writer, &error));
        assert_int_equal(error.code, SNAP_ERROR_IO);
    }
    scripted_run_fini(&run);
}

static size_t read_all(const char *path, char *bytes, size_t room)
{
    FILE *file = fopen(path, "r");
    size_t length;

    assert_non_null(file);
    length = fread(bytes, 1, room - 1, file);
    bytes[length] = '\0';
    fclose(file);
    return length;
}

/* A file may be no longer than the limit, as if the disk were full there. */
static void what_does_not_fit_is_cut_at_a_line(void **state)
{
    enum { LIMIT_BYTES = 3000 };
    struct scripted_run run;
    struct snap_trace_run head = {
        "0.1.0", &run.simulation, SNAP_RUNTIME_VIRTUAL, SNAP_TRACE_RECORDS, 0, NULL};
    struct snap_trace_writer writer;
    struct snap_error error = {0};
    struct rlimit before;
    struct rlimit limit;
    struct place place;
    static char bytes[1 << 20];
    size_t length;

    (void)state;
    scripted_run_init(&run, 1);
    place_init(&place);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    limit = before;
    limit.rlim_cur = LIMIT_BYTES;
    assert_true(snap_trace_writer_open(&writer, place.path, &head, &error));
    setrlimit(RLIMIT_FSIZE, &limit);
    for (uint32_t times = 0; times < 100; times++)
        for (uint32_t i = 0; i < run.count; i++)
            snap_trace_writer_event(&writer, &run.events[i]);
    assert_false(snap_trace_writer_close(&writer, &error));
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(error.code, SNAP_ERROR_IO);
    length = read_all(place.path, bytes, sizeof(bytes));
    assert_in_range(length, LIMIT_BYTES / 2, LIMIT_BYTES);
    assert_int_equal(bytes[length - 1], '\n');
    place_fini(&place);
    scripted_run_fini(&run);
}

/* The process may end at any time: the header is there, and after a flush the events. */
static void a_file_that_is_not_closed_has_whole_lines(void **state)
{
    struct scripted_run run;
    struct snap_trace_run head = {
        "0.1.0", &run.simulation, SNAP_RUNTIME_VIRTUAL, SNAP_TRACE_RECORDS, 0, NULL};
    struct snap_trace_writer writer;
    struct snap_error error = {0};
    struct place place;
    static char bytes[1 << 20];
    size_t header_bytes;

    (void)state;
    scripted_run_init(&run, 1);
    place_init(&place);
    assert_true(snap_trace_writer_open(&writer, place.path, &head, &error));
    header_bytes = read_all(place.path, bytes, sizeof(bytes));
    assert_ptr_equal(strchr(bytes, '\n'), bytes + header_bytes - 1);
    for (uint32_t i = 0; i < run.count; i++)
        snap_trace_writer_event(&writer, &run.events[i]);
    snap_text_add_string(&writer.buffer, "{\"t\":");
    snap_trace_writer_flush(&writer);
    assert_true(read_all(place.path, bytes, sizeof(bytes)) > header_bytes);
    assert_int_equal(bytes[strlen(bytes) - 1], '\n');
    snap_text_clear(&writer.buffer);
    assert_true(snap_trace_writer_close(&writer, &error));
    place_fini(&place);
    scripted_run_fini(&run);
}

static uint64_t hash_of(const struct scripted_run *run)
{
    struct snap_trace_hash hash = {0};

    for (uint32_t i = 0; i < run->count; i++)
        snap_trace_hash_event(&hash, &run->events[i]);
    return snap_trace_hash_value(&hash);
}

static void the_hash_covers_the_level_checkpoints_only(void **state)
{
    struct scripted_run run;
    uint64_t first;

    (void)state;
    scripted_run_init(&run, 2);
    first = hash_of(&run);
    for (uint32_t i = 0; i < run.count; i++) {
        bool covered = snap_event_info_get(run.events[i].type)->level == SNAP_TRACE_CHECKPOINTS;

        run.events[i].at_ns++;
        assert_int_equal(hash_of(&run) != first, covered);
        run.events[i].at_ns--;
        run.events[i].sequence += 1000;
        assert_true(hash_of(&run) == first);
        if (snap_event_info_get(run.events[i].type)->arg_count == 0)
            continue;
        run.events[i].args[0]++;
        assert_int_equal(hash_of(&run) != first, covered);
        run.events[i].args[0]--;
    }
    scripted_run_fini(&run);
}

static void the_hash_is_the_same_everywhere(void **state)
{
    struct scripted_run run;
    struct snap_trace_hash hash = {0};
    char text[SNAP_TRACE_HASH_DIGITS + 1];

    (void)state;
    scripted_run_init(&run, 2);
    for (uint32_t i = 0; i < 12; i++)
        snap_trace_hash_event(&hash, &run.events[i]);
    snap_trace_hash_text(&hash, text);
    assert_string_equal(text, "4975b16776e1b855");
    scripted_run_fini(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_one_line_of_fixed_keys),
        cmocka_unit_test(the_header_has_the_pinned_keys_first),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(odd_files_are_read_or_refused_with_their_line),
        cmocka_unit_test(a_file_that_cannot_be_made_is_an_error),
        cmocka_unit_test(what_does_not_fit_is_cut_at_a_line),
        cmocka_unit_test(a_file_that_is_not_closed_has_whole_lines),
        cmocka_unit_test(the_hash_covers_the_level_checkpoints_only),
        cmocka_unit_test(the_hash_is_the_same_everywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
