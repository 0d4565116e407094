#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes sim/base/column_ranges.inc: which characters take no column of a terminal, which take two.

usage: tools/make_wide_ranges.py

The properties are those of the Unicode version that this Python knows; the file names it.
"""
import pathlib
import unicodedata

TARGET = pathlib.Path(__file__).resolve().parent.parent / "sim/base/column_ranges.inc"
LAST = 0x10ffff
# Shown, though their category says that they only format: soft hyphen, marks before numbers.
SHOWN = {0xad, *range(0x600, 0x606), 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x110bd, 0x110cd}
# Vowels and finals of Hangul, which join the syllable before them.
JOINING = {*range(0x1160, 0x1200), *range(0xd7b0, 0xd7fc)}
# Kept for characters that will be wide.
RESERVED = ((0x3400, 0x9fff), (0xf900, 0xfaff), (0x1fa70, 0x1faff), (0x20000, 0x2fffd),
            (0x30000, 0x3fffd))


def columns(point):
    char = chr(point)
    category = unicodedata.category(char)
    if point in JOINING or (category in ("Mn", "Me", "Cf") and point not in SHOWN):
        return 0
    if category == "Cn":
        return 2 if any(first <= point <= last for first, last in RESERVED) else None
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def ranges(wanted):
    """Ranges of the wanted width; what is not assigned between two of them belongs to them."""
    found, gap = [], False
    for point in range(LAST + 1):
        width = columns(point)
        if width == wanted and found and gap:
            found[-1][1] = point
        elif width == wanted:
            found.append([point, point])
            gap = True
        elif width is not None:
            gap = False
    return found


def table(name, wanted):
    lines = [f"static const struct range {name}[] = {{"]
    line = "   "
    for first, last in ranges(wanted):
        entry = f" {{0x{first:x}, 0x{last:x}}},"
        if len(line + entry) > 100:
            lines.append(line)
            line = "   "
        line += entry
    return "\n".join([*lines, line, "};"])


TARGET.write_text(
    "// SPDX-License-Identifier: Apache-2.0\n"
    f"// Made by tools/make_wide_ranges.py from Unicode {unicodedata.unidata_version}, "
    "do not edit.\n\n"
    "/* Marks on the character before (Mn, Me), formats (Cf), and what joins a syllable. */\n"
    f"{table('no_column', 0)}\n\n"
    "/* East Asian Width W and F. */\n"
    f"{table('two_columns', 2)}\n")
