// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <jansson.h>

#include "unit/scripted_run.h"
#include "view/summary_json.h"

struct fixture {
    struct scripted_run run;
    struct snap_statistics statistics;
    struct snap_judgement judgements[2];
    struct snap_verdict verdict;
    struct snap_summary summary;
    struct snap_text text;
    json_t *root;
};

static const struct snap_unfired unfired[] = {{"crash counts[1] at 9 s", NULL, false}};

static void fixture_init(struct fixture *fixture)
{
    memset(fixture, 0, sizeof(*fixture));
    scripted_run_init(&fixture->run, 2);
    snap_statistics_init(&fixture->statistics, &fixture->run.job);
    for (uint32_t i = 0; i < fixture->run.count; i++)
        snap_statistics_event(&fixture->statistics, &fixture->run.events[i]);
    snap_statistics_finish(&fixture->statistics, 1901 * SNAP_MS);
    fixture->judgements[0] =
        (struct snap_judgement){SCRIPT_COUNTS, SNAP_JUDGED_STATE, {0, 31, 0, 0, 0, 0},     1131,
                                1000,          SNAP_UNJUDGED,     .doubt = SNAP_DOUBT_NONE};
    fixture->judgements[1] =
        (struct snap_judgement){SCRIPT_OUT, SNAP_JUDGED_SINK, {0, 12, SNAP_UNJUDGED, 0, 3, 0}, 1020,
                                1000,       SNAP_UNJUDGED,    .doubt = SNAP_DOUBT_NONE};
    fixture->verdict.counters[SNAP_COUNTER_DUPLICATED] = 43;
    fixture->verdict.counters[SNAP_COUNTER_OUT_OF_ORDER] = SNAP_UNJUDGED;
    fixture->verdict.counters[SNAP_COUNTER_UNCOMMITTED] = 3;
    fixture->verdict.judgements = fixture->judgements;
    fixture->verdict.judgement_count = 2;
    fixture->summary = (struct snap_summary){.simulation = &fixture->run.simulation,
                                             .runtime = SNAP_RUNTIME_VIRTUAL,
                                             .statistics = &fixture->statistics,
                                             .verdict = &fixture->verdict,
                                             .unfired = unfired,
                                             .unfired_count = 1};
}

static void fixture_write(struct fixture *fixture)
{
    json_error_t error;

    snap_summary_text(&fixture->text, &fixture->summary);
    fixture->root = json_loads(fixture->text.data, JSON_REJECT_DUPLICATES, &error);
    if (!fixture->root)
        fail_msg("line %d: %s", error.line, error.text);
}

static void fixture_fini(struct fixture *fixture)
{
    json_decref(fixture->root);
    snap_text_fini(&fixture->text);
    snap_statistics_fini(&fixture->statistics);
    scripted_run_fini(&fixture->run);
}

/* The value at a path such as "history/0/tasks"; the test fails where there is none. */
static const json_t *at(const json_t *root, const char *path)
{
    char part[64];

    while (*path != '\0') {
        size_t length = strcspn(path, "/");

        assert_true(length < sizeof(part));
        memcpy(part, path, length);
        part[length] = '\0';
        root = json_is_array(root) ? json_array_get(root, (size_t)strtoul(part, NULL, 10))
                                   : json_object_get(root, part);
        if (!root)
            fail_msg("no member %s", path);
        path += length + (path[length] == '/');
    }
    return root;
}

static void expect(const json_t *root, const char *path, const char *expected)
{
    char *got = json_dumps(at(root, path), JSON_ENCODE_ANY | JSON_COMPACT);

    if (strcmp(got, expected) != 0)
        fail_msg("%s: %s instead of %s", path, got, expected);
    free(got);
}

static void expect_keys(const json_t *root, const char *path, const char *expected)
{
    const char *key;
    json_t *value;
    char got[2048] = "";

    json_object_foreach((json_t *)at(root, path), key, value)
    {
        strcat(got, key);
        strcat(got, " ");
    }
    if (strcmp(got, expected) != 0)
        fail_msg("%s:\n%s instead of\n%s", path, got, expected);
}

static void the_members_are_the_pinned_ones_in_their_order(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    fixture_write(&fixture);
    expect_keys(
        fixture.root, "",
        "scenario variant runtime seed flink_version trace_hash elapsed_ms job_status "
        "verdict expectation_met unfired reasons unchecked first_culprit restarts latency vertices "
        "checkpoints oracles not_judged settings ");
    expect_keys(fixture.root, "verdict",
                "lost duplicated out_of_order wrong_state uncommitted pending by at_least ");
    expect_keys(fixture.root, "verdict/by/0",
                "uid kind lost duplicated out_of_order wrong_state uncommitted pending processed "
                "affected ");
    expect_keys(fixture.root, "vertices/0",
                "id name parallelism max_parallelism operators subtasks ");
    expect_keys(fixture.root, "vertices/0/subtasks/0",
                "index records_in records_out busy_ms backpressured_ms idle_ms down_ms "
                "initializing_ms finished_ms ");
    fixture_fini(&fixture);
}

static void values_are_those_of_the_run(void **state)
{
    static const struct {
        const char *path;
        const char *expected;
    } rows[] = {
        {"scenario", "\"word count\""},
        {"variant", "\"exactly-once\""},
        {"runtime", "\"virtual\""},
        {"seed", "7"},
        {"flink_version", "\"2.3\""},
        {"trace_hash", "null"},
        {"elapsed_ms", "1901.0"},
        {"job_status", "\"FINISHED\""},
        {"verdict/duplicated", "43"},
        {"verdict/out_of_order", "null"},
        {"verdict/by/1",
         "{\"uid\":\"out\",\"kind\":\"sink\",\"lost\":0,\"duplicated\":12,\"out_of_order\":null,"
         "\"wrong_state\":0,\"uncommitted\":3,\"pending\":0,\"processed\":1020,"
         "\"affected\":1000}"},
        {"unfired", "[\"crash counts[1] at 9 s\"]"},
        {"first_culprit", "null"},
        {"restarts", "1"},
        {"vertices/0/operators/1/uid", "\"words\""},
        {"vertices/1/id", "\"00000000000000000000000000000003\""},
        {"vertices/1/subtasks/1/idle_ms", "382.0"},
        {"checkpoints/counts",
         "{\"restored\":1,\"total\":9,\"in_progress\":0,\"completed\":6,\"failed\":3}"},
        {"checkpoints/summary/state_size",
         "{\"min\":24000,\"max\":24000,\"avg\":24000,\"p50\":24000.0,\"p90\":24000.0,"
         "\"p95\":24000.0,\"p99\":24000.0,\"p999\":24000.0}"},
        {"checkpoints/latest/completed/id", "8"},
        {"checkpoints/latest/completed/tasks", "{}"},
        {"checkpoints/latest/savepoint", "null"},
        {"checkpoints/latest/failed/failure_message", "\"Task has failed.\""},
        {"checkpoints/latest/restored/id", "4"},
        {"checkpoints/latest/restored/restore_timestamp_ns", "1050000000"},
        {"checkpoints/history/7/trigger_timestamp", "200"},
        {"checkpoints/history/7/end_to_end_duration", "56"},
        {"checkpoints/history/7/end_to_end_duration_ns", "56200000"},
        {"checkpoints/history/7/last_subtask", "\"counts[1]\""},
        {"checkpoints/history/7/last_channel", "\"lines[1] -> counts[1]\""},
        {"checkpoints/history/7/in_flight_bytes_at_trigger", "1000"},
        {"checkpoints/history/7/discarded", "true"},
        {"checkpoints/history/0/discarded", "false"},
        {"checkpoints/history/5/failure_timestamp", "590"},
        {"checkpoints/history/5/num_acknowledged_subtasks", "2"},
    };
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    fixture_write(&fixture);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(fixture.root, rows[i].path, rows[i].expected);
    fixture_fini(&fixture);
}

#define COUNTS_VERTEX "tasks/00000000000000000000000000000003"

static void subtasks_have_the_members_of_flinks_answer(void **state)
{
    struct fixture fixture;
    const json_t *checkpoint;

    (void)state;
    fixture_init(&fixture);
    fixture_write(&fixture);
    checkpoint = at(fixture.root, "checkpoints/history/7");
    expect(checkpoint, COUNTS_VERTEX "/subtasks/1",
           "{\"className\":\"completed\",\"index\":1,\"ack_timestamp\":256,"
           "\"ack_timestamp_ns\":256200000,\"end_to_end_duration\":56,"
           "\"end_to_end_duration_ns\":56200000,\"checkpointed_size\":8000,\"state_size\":8000,"
           "\"checkpoint\":{\"sync\":2,\"sync_ns\":2000000,\"async\":25,\"async_ns\":25000000},"
           "\"alignment\":{\"buffered\":0,\"processed\":700,\"persisted\":0,\"duration\":16,"
           "\"duration_ns\":16000000},\"start_delay\":13,\"start_delay_ns\":13000000,"
           "\"unaligned_checkpoint\":false,\"aborted\":false,\"status\":\"completed\"}");
    expect(checkpoint, COUNTS_VERTEX "/summary/start_delay",
           "{\"min\":10,\"max\":13,\"avg\":11,\"p50\":\"NaN\",\"p90\":\"NaN\",\"p95\":\"NaN\","
           "\"p99\":\"NaN\",\"p999\":\"NaN\"}");
    expect(checkpoint, COUNTS_VERTEX "/summary/alignment/buffered",
           "{\"min\":0,\"max\":0,\"avg\":0,\"p50\":0.0,\"p90\":0.0,\"p95\":0.0,\"p99\":0.0,"
           "\"p999\":0.0}");
    checkpoint = at(fixture.root, "checkpoints/history/5");
    expect(checkpoint, COUNTS_VERTEX "/latest_ack_timestamp", "-1");
    expect(checkpoint, COUNTS_VERTEX "/end_to_end_duration", "-1");
    expect(checkpoint, COUNTS_VERTEX "/subtasks/0",
           "{\"className\":\"pending\",\"index\":0,\"status\":\"pending_or_failed\"}");
    fixture_fini(&fixture);
}

/* Every member of a recorded answer must be there; only our own may be more. */
static void expect_members_of(const json_t *recorded, const json_t *ours, const char *where)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)recorded, key, value)
    {
        const json_t *twin = json_object_get(ours, key);

        if (!twin)
            fail_msg("%s: no member %s", where, key);
        if (json_is_object(value) && json_object_size(twin) > 0)
            expect_members_of(value, twin, key);
    }
}

static void no_member_of_a_recorded_answer_is_missing(void **state)
{
    static const char recorded[] =
        "{\"counts\":{\"restored\":1,\"total\":1,\"in_progress\":0,\"completed\":1,\"failed\":0},"
        "\"summary\":{\"checkpointed_size\":{},\"state_size\":{},\"end_to_end_duration\":{},"
        "\"alignment_buffered\":{},\"processed_data\":{},\"persisted_data\":{}},"
        "\"latest\":{\"completed\":{\"className\":0,\"id\":0,\"status\":0,\"is_savepoint\":0,"
        "\"savepointFormat\":0,\"trigger_timestamp\":0,\"latest_ack_timestamp\":0,"
        "\"checkpointed_size\":0,\"state_size\":0,\"end_to_end_duration\":0,"
        "\"alignment_buffered\":0,\"processed_data\":0,\"persisted_data\":0,\"num_subtasks\":0,"
        "\"num_acknowledged_subtasks\":0,\"checkpoint_type\":0,\"tasks\":0,\"external_path\":0,"
        "\"discarded\":0},\"savepoint\":null,\"failed\":{\"failure_timestamp\":0,"
        "\"failure_message\":0},\"restored\":{\"id\":0,\"restore_timestamp\":0,"
        "\"is_savepoint\":0,\"external_path\":0}},\"history\":[]}";
    struct fixture fixture;
    json_t *expected = json_loads(recorded, 0, NULL);

    (void)state;
    assert_non_null(expected);
    fixture_init(&fixture);
    fixture_write(&fixture);
    expect_members_of(expected, at(fixture.root, "checkpoints"), "checkpoints");
    json_decref(expected);
    fixture_fini(&fixture);
}

static void what_nobody_judged_is_null(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    fixture.summary.verdict = NULL;
    fixture.statistics.buffers_seen = false;
    fixture_write(&fixture);
    expect(fixture.root, "verdict",
           "{\"lost\":null,\"duplicated\":null,\"out_of_order\":null,\"wrong_state\":null,"
           "\"uncommitted\":null,\"pending\":null,\"by\":[],\"at_least\":[]}");
    expect(fixture.root, "checkpoints/history/0/in_flight_bytes_at_trigger", "null");
    fixture_fini(&fixture);
}

static void the_culprit_has_its_story(void **state)
{
    struct fixture fixture;

    (void)state;
    fixture_init(&fixture);
    fixture.verdict.culprit = (struct snap_culprit){.found = true,
                                                    .operator_index = SCRIPT_COUNTS,
                                                    .uid = "counts",
                                                    .subtask = 1,
                                                    .counter = SNAP_COUNTER_DUPLICATED,
                                                    .origin = snap_origin_make(1, 17),
                                                    .checkpoint = SNAP_NO_CHECKPOINT,
                                                    .at_ns = 1100500 * SNAP_US,
                                                    .story = "counted twice"};
    fixture_write(&fixture);
    expect(fixture.root, "first_culprit",
           "{\"uid\":\"counts\",\"subtask\":1,\"kind\":\"duplicated\",\"origin\":\"lines:1:17\","
           "\"checkpoint\":null,\"at_ms\":1100.5,\"story\":\"counted twice\"}");
    fixture_fini(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_members_are_the_pinned_ones_in_their_order),
        cmocka_unit_test(values_are_those_of_the_run),
        cmocka_unit_test(subtasks_have_the_members_of_flinks_answer),
        cmocka_unit_test(no_member_of_a_recorded_answer_is_missing),
        cmocka_unit_test(what_nobody_judged_is_null),
        cmocka_unit_test(the_culprit_has_its_story),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
