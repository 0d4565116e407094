#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every example of docs/SCENARIO.md in virtual time; each must end as it expects.

An example without `operators` is a part: its keys take the place of those of the page's first
example. What they read is a text of this test's own: what happens when must not depend on what
the documents say. Usage: examples.py PROGRAM SOURCE_DIR
"""
import pathlib
import re
import subprocess
import sys
import tempfile

SECONDS_MAX = 60


def sections(text):
    """The top-level keys of a document, each with its lines as they are."""
    found, key = {}, ""
    for line in text.splitlines(keepends=True):
        start = re.match(r"([a-z][a-z-]*):", line)
        key = start[1] if start else key
        found[key] = found.get(key, "") + line
    return found


def whole(block, base):
    """The block as a scenario of its own."""
    own = sections(block)
    return block if "operators" in own else "".join({**sections(base), **own}.values())


def write_texts(folder):
    """Three texts of some 2,400 lines in all, always the same."""
    state = 1
    for name, lines in (("SCENARIO.md", 900), ("TRACE.md", 700), ("README.md", 800)):
        with open(folder / name, "w", encoding="utf-8") as text:
            for _ in range(lines):
                words = []
                for _ in range(13):
                    state = (state * 1103515245 + 12345) % 2**31
                    # The square makes few words frequent, as they are in texts.
                    words.append(f"word{(state >> 16) ** 2 * 3000 >> 30}")
                text.write(" ".join(words) + "\n")


def run(program, path, out):
    command = [program, "compare", path, "--runtime", "virtual", "--out", out, "--overwrite",
               "--quiet", "--trace", "buffers"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX,
                              check=False)
    except subprocess.TimeoutExpired:
        return "no end", f"after {SECONDS_MAX} s"
    return done.returncode, done.stdout + done.stderr


def main(program, source):
    page = (pathlib.Path(source) / "docs" / "SCENARIO.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```", page, re.S | re.M)
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        write_texts(folder)
        for number, block in enumerate(blocks, 1):
            path = folder / f"example-{number}.yaml"
            path.write_text(whole(block, blocks[0]), encoding="utf-8")
            code, output = run(program, path, folder / "out")
            if code == 2 and "built without RocksDB" in output:
                continue
            if code != 0:
                failed += 1
                print(f"example {number} ends with {code}:\n{block}\n{output}")
    print(f"{len(blocks)} examples, {failed} failed")
    return 1 if failed or len(blocks) < 20 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
