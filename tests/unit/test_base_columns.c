// SPDX-License-Identifier: Apache-2.0
/* How much room texts of others take on a terminal, and where they are cut. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <string.h>

#include "base/columns.h"

#define ACUTE "\xcc\x81" /* on the letter before it */
#define KU "\xe5\x8f\xa5"
#define ROCKET "\xf0\x9f\x9a\x80"
#define JOINER "\xe2\x80\x8d"

static const struct {
    const char *name, *text;
    uint32_t columns;
    uint32_t room;
    const char *fitted; /* in so much room */
} rows[] = {
    {"nothing", "", 0, 4, "    "},
    {"letters", "abc", 3, 4, "abc "},
    {"exactly", "abcd", 4, 4, "abcd"},
    {"cut", "abcde", 5, 4, "abc~"},
    {"one column", "abcde", 5, 1, "~"},
    {"umlauts", "\xc3\xa4\xc3\xb6", 2, 4, "\xc3\xa4\xc3\xb6  "},
    {"Japanese", KU KU, 4, 5, KU KU " "},
    {"Japanese cut", KU KU KU, 6, 5, KU KU "~"},
    {"not in half", KU KU KU, 6, 4, KU "~ "},
    {"Hangul, composed and not", "\xed\x95\x9c\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 4, 4,
     "\xed\x95\x9c\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"},
    {"fullwidth and halfwidth", "\xef\xbc\xa1\xef\xbd\xb1", 3, 4, "\xef\xbc\xa1\xef\xbd\xb1 "},
    {"an accent of its own", "e" ACUTE "a", 2, 3, "e" ACUTE "a "},
    {"accents stay with their letter", "e" ACUTE "e" ACUTE "abc", 5, 3, "e" ACUTE "e" ACUTE "~"},
    {"an emoji", ROCKET "a", 3, 4, ROCKET "a "},
    {"an emoji cut", ROCKET ROCKET, 4, 3, ROCKET "~"},
    {"joined ones are their parts", ROCKET JOINER ROCKET, 4, 4, ROCKET JOINER ROCKET},
    {"no UTF-8", "\xff\xe5", 2, 3, "\xff\xe5 "},
    {"first and last of a range", "\xcc\x80\xcd\xaf\xcb\xbf\xcd\xb0", 2, 2,
     "\xcc\x80\xcd\xaf\xcb\xbf\xcd\xb0"},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct snap_text text = {0};
        uint32_t columns = snap_columns_of(rows[i].text, strlen(rows[i].text));

        snap_columns_add(&text, rows[i].text, rows[i].room);
        if (columns != rows[i].columns || strcmp(snap_text_get(&text), rows[i].fitted) != 0)
            fail_msg("%s: %u columns, \"%s\"", rows[i].name, columns, snap_text_get(&text));
        snap_text_fini(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
