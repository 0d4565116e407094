// SPDX-License-Identifier: Apache-2.0
/* Text that is made to fit, and bytes that are made to be seen. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "view/wrap.h"

static void test_wrap(void **state)
{
    static const struct {
        const char *name, *text, *wrapped;
        uint32_t width;
    } rows[] = {
        {"short", "a b\n", "a b\n", 10},
        {"no newline", "a", "a", 10},
        {"empty lines", "\n\na\n", "\n\na\n", 10},
        {"below the second column", "  key  one two three\n", "  key  one two\n       three\n", 14},
        {"exactly as wide", "  key  one two\n", "  key  one two\n", 14},
        {"a paragraph goes on where it began", "one two three four", "one two\nthree four", 10},
        {"also further in", "      one two three", "      one two\n      three", 16},
        {"an entry goes on further in", "  one two three", "  one two\n      three", 12},
        {"what is named, too", "usage: one two three", "usage: one two\n    three", 14},
        {"in two words as well", "Set out: one two three", "Set out: one\n    two three", 14},
        {"YAML behind commas", "    - {a: b c, d: {e: f, g: h}}",
         "    - {a: b c,\n       d: {e: f,\n       g: h}}", 17},
        {"or anywhere if there is none", "    - {abc: def ghi}",
         "    - {abc:\n       def\n       ghi}", 12},
        {"a first column that is too wide", "averylongname  one two", "averylongname\n    one two",
         14},
        {"a word that is too long", "one twothreefour five", "one\ntwothreefour\nfive", 10},
        {"characters, not bytes", "  k  \xc3\xa4\xc3\xa4 \xc3\xb6\xc3\xb6",
         "  k  \xc3\xa4\xc3\xa4 \xc3\xb6\xc3\xb6", 10},
        {"wide characters", "\xe5\x8f\xa5 \xe5\x8f\xa5 \xe5\x8f\xa5",
         "\xe5\x8f\xa5 \xe5\x8f\xa5\n\xe5\x8f\xa5", 6},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text text = {0};

        snap_wrap_text(&text, rows[i].text, rows[i].width);
        if (strcmp(snap_text_get(&text), rows[i].wrapped) != 0)
            fail_msg("%s:\n%s\nexpected\n%s", rows[i].name, snap_text_get(&text), rows[i].wrapped);
        snap_text_fini(&text);
    }
}

static void test_printable(void **state)
{
    static const struct {
        const char *name, *text, *shown;
    } rows[] = {
        {"words", "a b", "a b"},
        {"letters of others", "\xc3\xa4\xe2\x82\xac", "\xc3\xa4\xe2\x82\xac"},
        {"a command to the terminal", "\x1b[2J", "\\x1b[2J"},
        {"a tab", "a\tb", "a\\x09b"},
        {"no UTF-8", "a\xff\xc3", "a\\xff\\xc3"},
        {"a surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"the end of a line of others",
         "a\xe2\x80\xa8"
         "b",
         "a\\xe2\\x80\\xa8"
         "b"},
        {"a turn of direction", "\xe2\x80\xae", "\\xe2\\x80\\xae"},
        {"an isolate", "\xe2\x81\xa6", "\\xe2\\x81\\xa6"},
        {"the last isolate", "\xe2\x81\xa9", "\\xe2\\x81\\xa9"},
        {"the mark of a byte order", "\xef\xbb\xbf", "\\xef\\xbb\\xbf"},
        {"neighbours of these", "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa",
         "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa"},
        {"a mark in a word of Hebrew", "\xd7\x90\xe2\x80\x8f", "\xd7\x90\xe2\x80\x8f"},
        {"a joiner of letters", "\xe2\x80\x8d", "\xe2\x80\x8d"},
        {"four bytes", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"a control of eight bits", "\xc2\x9b", "\\xc2\\x9b"},
        {"lines stay", "a\n\x01\nb", "a\n\\x01\nb"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text text = {0};

        snap_text_add_string(&text, rows[i].text);
        assert_int_equal(snap_text_is_printable(rows[i].text, strlen(rows[i].text)),
                         strcmp(rows[i].text, rows[i].shown) == 0);
        snap_text_make_printable(&text);
        if (strcmp(snap_text_get(&text), rows[i].shown) != 0)
            fail_msg("%s: %s", rows[i].name, snap_text_get(&text));
        snap_text_fini(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_printable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
