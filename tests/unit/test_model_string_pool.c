// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "model/string_pool.h"

static void hashes_as_java_does(void **unused)
{
    /* Strings of several scripts, and bytes that are no UTF-8, as Java decodes and hashes them. */
    static const struct {
        const char *name;
        const char *text;
        size_t length;
        int32_t hash;
    } rows[] = {
        {"empty", "", 0, 0},
        {"one letter", "a", 1, 97},
        {"Aa", "Aa", 2, 2112},
        {"BB collides with Aa", "BB", 2, 2112},
        {"longer than 32 bits", "Hello World", 11, -862545276},
        {"two bytes a letter: e acute", "\xC3\xA9", 2, 0xE9},
        {"a surrogate pair", "\xF0\x9F\x98\x80", 4, 0xD83D * 31 + 0xDE00},
        {"a stray continuation byte is U+FFFD", "\x80", 1, 0xFFFD},
        {"a sequence cut off is one U+FFFD", "\xE2\x82", 2, 0xFFFD},
    };
    struct snap_string_pool pool;

    (void)unused;
    snap_string_pool_init(&pool);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct snap_string *string =
            snap_string_pool_intern(&pool, rows[i].text, rows[i].length);

        if (string->java_hash != rows[i].hash)
            fail_msg("%s: %d instead of %d", rows[i].name, string->java_hash, rows[i].hash);
    }
    snap_string_pool_fini(&pool);
}

static void one_handle_for_one_text(void **unused)
{
    enum { TEXTS = 5000 };
    static const struct snap_string *handles[TEXTS];
    struct snap_string_pool pool;
    char text[32];

    (void)unused;
    snap_string_pool_init(&pool);
    for (int i = 0; i < TEXTS; i++) {
        int length = snprintf(text, sizeof(text), "key-%d", i);

        handles[i] = snap_string_pool_intern(&pool, text, (size_t)length);
        assert_string_equal(handles[i]->bytes, text);
    }
    for (int i = 0; i < TEXTS; i++) {
        int length = snprintf(text, sizeof(text), "key-%d", i);

        assert_ptr_equal(snap_string_pool_intern(&pool, text, (size_t)length), handles[i]);
    }
    assert_int_equal(pool.interned_count, TEXTS);
    snap_string_pool_fini(&pool);
}

static void equal_by_content(void **unused)
{
    struct snap_string_pool pool;
    const struct snap_string *interned;
    const struct snap_string *added;
    const struct snap_string *cut;

    (void)unused;
    snap_string_pool_init(&pool);
    interned = snap_string_pool_intern(&pool, "a\0b", 3);
    added = snap_string_pool_add(&pool, "a\0b", 3);
    cut = snap_string_pool_add(&pool, "a\0c", 3);
    assert_ptr_not_equal(interned, added);
    assert_true(snap_string_equal(interned, added));
    assert_false(snap_string_equal(added, cut));
    assert_false(snap_string_equal(added, snap_string_pool_intern(&pool, "a", 1)));
    snap_string_pool_fini(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_as_java_does),
        cmocka_unit_test(one_handle_for_one_text),
        cmocka_unit_test(equal_by_content),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
