// SPDX-License-Identifier: Apache-2.0
/*
 * main.c: `fixtures_check DIR...`: snapshots that Flink wrote beside what their jobs knew.
 *
 * - A fixture is a folder with truth.json and the snapshot's files; DIR is one, or has some.
 * - Of each snapshot: the JSON that `inspect` prints equals the truth in all that is in the files,
 *   and the metadata, read and written again, has the same bytes.
 * - The last line is "N passed, N failed, N skipped"; the exit code is 1 if one failed, 2 if there
 *   was nothing to check.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "compare.h"
#include "storage/snapshot_folder.h"
#include "view/snapshot_view.h"

struct tally {
    uint32_t passed;
    uint32_t failed;
    uint32_t skipped;
};

static bool keep_text(void *context, struct snap_text *text)
{
    (void)context;
    (void)text;
    return true;
}

/* An error is one difference. */
static void add_error(struct comparison *comparison, const struct snap_error *error)
{
    snap_text_printf(&comparison->differences, "    %s: %s\n", error->file, error->message);
}

static void check_again(struct comparison *comparison, struct snap_bytes file)
{
    struct snap_arena arena = {0};
    struct snap_error error = {0};
    struct snap_metadata metadata;
    struct snap_byte_writer writer;

    comparison->checks++;
    snap_byte_writer_init(&writer, &arena, NULL);
    if (snap_metadata_read(file, &arena, &metadata, &error)) {
        snap_metadata_write(&writer, &metadata);
        if (!snap_bytes_equal(snap_byte_writer_bytes(&writer), file))
            snap_text_add_string(&comparison->differences,
                                 "    the metadata is written differently\n");
    }
    snap_arena_fini(&arena);
}

/* Returns the JSON that inspect prints, or NULL with the error added; the caller owns it. */
static json_t *inspect(struct comparison *comparison, const struct snap_snapshot_place *place)
{
    struct snap_error error = {0};
    struct snap_arena arena = {0};
    struct snap_text text = {0};
    struct snap_text_outlet outlet = {.text = &text, .flush = keep_text};
    struct snap_snapshot snapshot;
    struct snap_snapshot_view view = {.snapshot = &snapshot};
    struct snap_snapshot_folder *folder = snap_snapshot_folder_open(place, &error);
    json_t *json = NULL;

    if (folder) {
        struct snap_streams streams = snap_snapshot_folder_streams(folder);

        check_again(comparison, snap_snapshot_folder_metadata(folder));
        if (snap_snapshot_describe(snap_snapshot_folder_metadata(folder), &streams, &arena,
                                   &snapshot, &error) &&
            snap_snapshot_json(&outlet, &view, &error))
            json = json_loadb(text.data, text.length, JSON_ALLOW_NUL, NULL);
    }
    if (error.code != SNAP_OK)
        add_error(comparison, &error);
    else if (!json)
        snap_text_add_string(&comparison->differences, "    what is printed is no JSON\n");
    snap_snapshot_folder_close(folder);
    snap_text_fini(&text);
    snap_arena_fini(&arena);
    return json;
}

/* Change logs lie beside the job's directory. */
static void check_snapshot(struct comparison *comparison, const char *directory,
                           const json_t *truth, const json_t *snapshot, const json_t *handles)
{
    struct snap_arena arena = {0};
    const char *prefix = json_string_value(json_object_get(truth, "path_prefix_in_files"));
    const char *metadata = json_string_value(json_object_get(snapshot, "metadata"));
    const char *slash = prefix ? strrchr(prefix, '/') : NULL;
    struct snap_relocation relocations[2] = {{"", ""}, {"", ""}};
    struct snap_snapshot_place place = {.relocations = relocations};
    size_t i;
    json_t *one, *found;

    SNAP_CHECK(metadata);
    place.pointer = snap_arena_printf(&arena, "%s/%s", directory, metadata);
    if (slash) {
        relocations[0].from = prefix;
        relocations[0].to = snap_arena_printf(&arena, "%s/snapshot", directory);
        relocations[1].from = snap_arena_printf(&arena, "%.*s/dstl", (int)(slash - prefix), prefix);
        relocations[1].to = snap_arena_printf(&arena, "%s/dstl", directory);
        place.relocation_count = 2;
    }
    found = inspect(comparison, &place);
    if (found) {
        compare_snapshot(comparison, snapshot, found);
        json_array_foreach(json_object_get(handles, "metadata"), i, one)
        {
            if (json_equal(json_object_get(one, "checkpoint_id"),
                           json_object_get(snapshot, "checkpoint_id")))
                compare_handles(comparison, one, found);
        }
    }
    json_decref(found);
    snap_arena_fini(&arena);
}

static json_t *load(const char *directory, const char *name)
{
    char path[4096];
    size_t length = (size_t)snprintf(path, sizeof(path), "%s/%s", directory, name);

    return length < sizeof(path) ? json_load_file(path, JSON_ALLOW_NUL, NULL) : NULL;
}

static void check_fixture(struct tally *tally, const char *directory)
{
    struct comparison comparison = {0};
    const char *name = strrchr(directory, '/');
    json_t *truth = load(directory, "truth.json");
    json_t *handles = load(directory, "meta.json");
    size_t i;
    json_t *snapshot;

    name = name ? name + 1 : directory;
    if (!truth) {
        printf("%-34s skipped: there is no truth.json that can be read\n", name);
        tally->skipped++;
        return;
    }
    json_array_foreach(json_object_get(truth, "snapshots"), i, snapshot)
    {
        check_snapshot(&comparison, directory, truth, snapshot, handles);
    }
    if (comparison.differences.length || comparison.checks == 0)
        tally->failed++;
    else
        tally->passed++;
    printf("%-34s %s, %u comparisons", name,
           comparison.differences.length || comparison.checks == 0 ? "FAILED" : "passed",
           comparison.checks);
    if (comparison.unread)
        printf("; entries of %u subtasks not read", comparison.unread);
    printf("\n%s", snap_text_get(&comparison.differences));
    snap_text_fini(&comparison.differences);
    json_decref(truth);
    json_decref(handles);
}

static bool is_fixture(const char *directory)
{
    char path[4096];
    size_t length = (size_t)snprintf(path, sizeof(path), "%s/truth.json", directory);

    return length < sizeof(path) && access(path, R_OK) == 0;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.' &&
           (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN || entry->d_type == DT_LNK);
}

static bool check_directory(struct tally *tally, const char *directory)
{
    struct dirent **entries;
    int count;

    if (is_fixture(directory)) {
        check_fixture(tally, directory);
        return true;
    }
    count = scandir(directory, &entries, is_visible, alphasort);
    if (count < 0) {
        fprintf(stderr, "fixtures_check: %s cannot be read\n", directory);
        return false;
    }
    for (int i = 0; i < count; i++) {
        char path[4096];
        size_t length =
            (size_t)snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);

        if (length < sizeof(path))
            check_fixture(tally, path);
        free(entries[i]);
    }
    free(entries);
    return true;
}

int main(int argc, char **argv)
{
    struct tally tally = {0};
    bool good = argc > 1;

    if (!good)
        fprintf(stderr, "usage: fixtures_check DIR...\n");
    for (int i = 1; i < argc; i++) {
        size_t length = strlen(argv[i]);

        while (length > 1 && argv[i][length - 1] == '/')
            argv[i][--length] = '\0';
        good = check_directory(&tally, argv[i]) && good;
    }
    printf("%u passed, %u failed, %u skipped\n", tally.passed, tally.failed, tally.skipped);
    if (!good || tally.passed + tally.failed == 0)
        return 2;
    return tally.failed ? 1 : 0;
}
