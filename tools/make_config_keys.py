#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes sim/scenario/config_keys.inc from the option lists in tools/data.

usage: tools/make_config_keys.py [--check]

--check compares with the committed file and exits 1 if it differs. With two arguments
"--trim FULL.json" a full list is cut down to what the table needs and printed.
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSIONS = ("1.20", "2.3")
TARGET = ROOT / "sim/scenario/config_keys.inc"
TYPES = {"Boolean": "BOOLEAN", "Integer": "INTEGER", "Long": "LONG", "Double": "REAL",
         "Float": "REAL", "String": "TEXT", "Duration": "DURATION", "MemorySize": "SIZE",
         "Enum": "CHOICE", "Map": "MAP"}
# Options of a reporter or filter: they only exist behind a prefix.
TEMPLATES = {"<parameter>", "class", "factory.class", "interval", "scope.delimiter",
             "scope.variables.additional", "scope.variables.excludes", "filter.includes",
             "filter.excludes"}


def trim(path):
    rows = {}
    for option in json.load(open(path))["options"]:
        row = {name: option[name] for name in ("type", "default", "enum") if name in option}
        row["deprecated"] = option["deprecatedKeys"]
        row["fallback"] = option["fallbackKeys"]
        rows.setdefault(option["key"], row)
    return {key: rows[key] for key in sorted(rows) if key not in TEMPLATES}


def text_of(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(map(str, value))
    if isinstance(value, dict):
        return ",".join(f"{key}:{value[key]}" for key in sorted(value))
    return str(value)


def quote(text):
    if text is None:
        return "NULL"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def drop_renamed(rows):
    """A key that is only the old spelling of another one needs no row of its own."""
    renamed = {old for key, row in rows.items() for old in row["deprecated"] if old != key}
    return {key: row for key, row in rows.items() if key not in renamed}


def make():
    tables = [drop_renamed(json.load(open(ROOT / f"tools/data/flink-options-{v}.json")))
              for v in VERSIONS]
    lines = ["// SPDX-License-Identifier: Apache-2.0",
             "// Made by tools/make_config_keys.py, do not edit. X(key, type, choices, then per",
             "// version, 1.20 and 2.3: declared, default, old spellings)."]
    for key in sorted(set().union(*tables)):
        kind, choices, cells = None, None, []
        for table in tables:
            row = table.get(key)
            if row is None:
                cells += ["false", "NULL", "NULL"]
                continue
            kind = TYPES.get(row["type"], "LIST")
            if row["type"] == "Enum" and row.get("enum"):
                choices = "|".join(row["enum"])
            old = " ".join(row["deprecated"] + row["fallback"])
            default = row["default"]
            if row["type"] == "Integer" and str(default) == "int max":
                default = 2147483647
            cells += ["true", quote(text_of(default)), quote(old or None)]
        if kind == "CHOICE" and not choices:
            kind = "TEXT"
        lines.append(f"X({quote(key)}, {kind}, {quote(choices)}, {', '.join(cells)})")
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--trim":
        print(json.dumps(trim(sys.argv[2]), indent=0, sort_keys=True))
        return 0
    made = make()
    if sys.argv[1:] == ["--check"]:
        return 0 if TARGET.read_text() == made else 1
    TARGET.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
