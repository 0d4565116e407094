#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Snapshots that Flink took of the job of shelves.c, gone on from at several parallelisms.

Each folder of tests/fixtures/flink/named-states has one, named after its backend and kind. What the
states hold in the end must be what the job's definition says, and what `inspect` shows of their
types Flink's own.

Usage: named_states.py SHELVES SNAPSIM FIXTURES
"""
import json
import pathlib
import subprocess
import sys

import expected

TYPES = {"last": "String", "few": "List<Long>", "long-long": "Map<Long,Long>",
         "long-text": "Map<Long,String>", "text-long": "Map<String,Long>",
         "text-text": "Map<String,String>"}


def run(*words):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=60,
                          check=True).stdout


def contents(lines):
    found = {}
    for line in lines:
        state, key, content = line.split(" ", 2)
        found.setdefault(state, {})[key] = json.loads(content)
    return found


def types_of(snapshot):
    shown = json.loads(run(SNAPSIM, "inspect", "--json", "--state", "shelves", snapshot))
    return {name: state["type"] for operator in shown["operators"]
            for subtask in operator["subtasks"]
            for name, state in subtask.get("keyed_state", {}).items()}


def complaints(folder):
    # A canonical savepoint restores with any backend; RocksDB is optional.
    backend = "rocksdb" if folder.name == "rocksdb-native" else "hashmap"
    if f"without {backend}" in run(SNAPSIM, "version"):
        return
    for parallelism in (1, 2, 3):
        lines = run(SHELVES, "resume", folder, backend, parallelism, "2.3").splitlines()
        yield from expected.complaints_of_shelves(contents(lines))
    if types_of(folder) != TYPES:
        yield f"types: {types_of(folder)}"


SHELVES, SNAPSIM, FIXTURES = sys.argv[1:]
folders = sorted(path.parent for path in pathlib.Path(FIXTURES).glob("*/_metadata"))
wrong = [f"{folder.name}: {text}" for folder in folders for text in complaints(folder)]
print("\n".join(wrong) or f"{len(folders)} snapshots")
sys.exit(1 if wrong or not folders else 0)
