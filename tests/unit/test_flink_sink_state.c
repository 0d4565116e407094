// SPDX-License-Identifier: Apache-2.0
/*
 * What file sinks have in a snapshot, taken apart: elements as Flink's own serializers wrote them,
 * and ours. What is cut off anywhere, or of another list, stays bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "flink/sink_state.h"
#include "view/datum_view.h"

enum { ELEMENT_MAX = 512 };

/* Flink 2.3: a bucket "a" with a file that is open, 6 bytes long. */
static const char writer[] =
    "00000003000000b31e764b790000000100000005010000006100082f746d702f622f6100000000000003e801"
    "0000000200000087b3a4073d0100112f746d702f622f612f706172742d312d300000000100000067574b741e"
    "060000000000000011000000420000002f746d702f622f612f706172742d312d302f746d702f622f612f2e70"
    "6172742d312d302e696e70726f67726573732e65363135376464322d383633322d343739612d616563612d62"
    "3166633839366234663762";

/* Flink 2.3, 1.20 and an older version: the same file, pending since checkpoint 7. */
static const char committer[] =
    "00000002000000f1b91f252c0000000100000001000000e10000000000000007000000020000000200000001"
    "000000c9000000010000000000000001000000b100000002000000a11e765c8000016101000000020000008f"
    "2c853c890100112f746d702f622f612f706172742d312d3000000000000000060000000100000067574b741e"
    "060000000000000011000000420000002f746d702f622f612f706172742d312d302f746d702f622f612f2e70"
    "6172742d312d302e696e70726f67726573732e65363135376464322d383633322d343739612d616563612d62"
    "3166633839366234663762000000000000000000000000000100000000";
static const char committer_of_1_20[] =
    "00000002000000f5b91f252c0000000100000001000000e50000000000000007000000020000000100000001"
    "000000cd000000010000000000000001000000b100000002000000a11e765c8000016101000000020000008f"
    "2c853c890100112f746d702f622f612f706172742d312d3000000000000000060000000100000067574b741e"
    "060000000000000011000000420000002f746d702f622f612f706172742d312d302f746d702f622f612f2e70"
    "6172742d312d302e696e70726f67726573732e65363135376464322d383633322d343739612d616563612d62"
    "316663383936623466376200000000000000000000000000010000000000000000";
static const char old_committer[] =
    "00000002000000edb91f252c0000000000000001000000dd00000000000000070000000000000001000000c9"
    "0000000000000001000000b100000002000000a11e765c8000016101000000020000008f2c853c890100112f"
    "746d702f622f612f706172742d312d3000000000000000060000000100000067574b741e0600000000000000"
    "11000000420000002f746d702f622f612f706172742d312d302f746d702f622f612f2e706172742d312d302e"
    "696e70726f67726573732e65363135376464322d383633322d343739612d616563612d623166633839366234"
    "66376200000000000000000000000000010000000000000000";
static const char no_committables[] = "000000020000000cb91f252c0000000100000000";

/* Ours: subtask 1, attempt 0, part 4, 250 records, checkpoint 7; with a directory, and without. */
static const char part[] =
    "00000000000000010000000000000000000000000000000400000000000000fa000000000000000700000000"
    "0000000a2f746d702f776f726473";
static const char part_in_memory[] =
    "00000000000000010000000000000000000000000000000400000000000000fa0000000000000007";

#define FILE_OF                                                                                    \
    "\"path\":\"/tmp/b/a/part-1-0\",\"bytes\":6,"                                                  \
    "\"temporary\":\"/tmp/b/a/.part-1-0.inprogress.e6157dd2-8"                                     \
    "632-479a-aeca-b1fc896b4f7b\""
#define COMMITTER "streaming_committer_raw_states"

static const struct row {
    const char *name;
    const char *list;
    const char *element;  /* in hex */
    const char *expected; /* as JSON; NULL: bytes */
} rows[] = {
    {"an open file", "writer_raw_states", writer,
     "{\"bucket\":\"a\",\"directory\":\"/tmp/b/a\",\"created_ms\":1000,"
     "\"in_progress\":{" FILE_OF "}}"},
    {"a pending file", COMMITTER, committer,
     "[{\"checkpoint\":7,\"subtask\":1,\"bucket\":\"a\",\"phase\":\"pending\"," FILE_OF "}]"},
    {"one of 1.20", COMMITTER, committer_of_1_20,
     "[{\"checkpoint\":7,\"subtask\":1,\"bucket\":\"a\",\"phase\":\"pending\"," FILE_OF "}]"},
    {"an older one", COMMITTER, old_committer,
     "[{\"checkpoint\":7,\"bucket\":\"a\",\"phase\":\"pending\"," FILE_OF "}]"},
    {"no pending file", COMMITTER, no_committables, "[]"},
    {"a part of ours", "committables", part,
     "{\"phase\":\"pending\",\"checkpoint\":7,\"subtask\":1,\"records\":250,"
     "\"path\":\"/tmp/words/part-1-0-4\",\"temporary\":\"/tmp/words/.part-1-0-4\","
     "\"bucket\":\"/tmp/words\"}"},
    {"one without a directory", "committables", part_in_memory,
     "{\"phase\":\"pending\",\"checkpoint\":7,\"subtask\":1,\"records\":250,"
     "\"path\":\"part-1-0-4\",\"temporary\":\".part-1-0-4\",\"bucket\":\"\"}"},
    {"a list of somebody else", "seen", part, NULL},
    {"another form below a known name", "committables", writer, NULL},
    {"a sink that has no files", COMMITTER, writer, NULL},
    {"nothing", COMMITTER, "", NULL},
};

static size_t from_hex(const char *hex, uint8_t bytes[ELEMENT_MAX])
{
    size_t count = strlen(hex) / 2;

    assert_true(count <= ELEMENT_MAX);
    for (size_t i = 0; i < count; i++) {
        const char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return count;
}

static void check_row(const struct row *row, struct snap_arena *arena)
{
    struct snap_text text = {0};
    uint8_t bytes[ELEMENT_MAX];
    struct snap_bytes element = {bytes, from_hex(row->element, bytes)};
    struct snap_datum datum = {.kind = SNAP_DATUM_BYTES};
    bool known = snap_sink_state_read(snap_bytes_of(row->list), element, arena, &datum);

    if (known)
        snap_datum_text(&text, &datum);
    if (known != (row->expected != NULL) ||
        (known && strcmp(snap_text_get(&text), row->expected) != 0))
        fail_msg("%s: %s, not %s", row->name, known ? snap_text_get(&text) : "bytes",
                 row->expected ? row->expected : "bytes");
    snap_text_fini(&text);
}

static void test_forms(void **state)
{
    struct snap_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_row(&rows[i], &arena);
    snap_arena_fini(&arena);
}

/* Neither what is cut off nor what has a byte more is taken for whole. A part of ours may end
 * behind its numbers, where earlier versions did. */
static void test_cut_off(void **state)
{
    struct snap_arena arena = {0};
    uint8_t bytes[ELEMENT_MAX + 1] = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t whole = from_hex(rows[i].element, bytes);

        bytes[whole] = 0;
        for (size_t count = 0; count <= whole + 1 && rows[i].expected; count++) {
            struct snap_bytes element = {bytes, count};
            struct snap_datum datum = {.kind = SNAP_DATUM_BYTES};
            bool is_whole = count == whole || (rows[i].element == part && count == 40);

            if (snap_sink_state_read(snap_bytes_of(rows[i].list), element, &arena, &datum) !=
                is_whole)
                fail_msg("%s: %zu of %zu bytes", rows[i].name, count, whole);
            assert_true(is_whole || datum.kind == SNAP_DATUM_BYTES);
        }
    }
    snap_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
