# SPDX-License-Identifier: Apache-2.0
"""Cuts every file of snapshots off, _metadata of the first at each byte, and asks who reads it.

usage: test_cut.py PROGRAM

Each says with exit code 2 which file ends where it should not, at which offset; nothing is written,
and the whole file restores again.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

STEPS = 12  # positions in a file of states; at its two ends each of EDGE bytes
EDGE = 4
EVERY = 71  # bytes of _metadata all verbs are tried; others are cut only there
SCENARIO = """\
name: cut
config:
  execution.checkpointing.interval: 20 ms
  execution.checkpointing.dir: cp
  execution.checkpointing.data-inline-threshold: 400
  execution.checkpointing.snapshot-compression: COMPRESSED
operators:
  - {uid: in, type: numbers, ends: [200, 200], rate: 1000/s}
  - {uid: n, type: count, input: in, ship: hash, parallelism: 2}
  - {uid: out, type: tally, input: n}
"""
CUT_OFF = "until: 90 ms\nexpect: {job: RUNNING}\ntimeline: [{at: 70 ms, savepoint: sp/}]\n"


class Snapshot:
    """A snapshot whose files are cut in copies."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.whole = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                self.whole[name] = file.read()

    def verbs(self, folder):
        return {"inspect": ["inspect", folder], "json": ["inspect", folder, "--json"],
                "restore-check": ["restore-check", "whole.yaml", "-s", folder],
                "run": ["run", "whole.yaml", "--quiet", "--out", folder + "-out", "-s", folder]}

    def objection(self, name, size, verbs):
        """What is wrong with how the cut file is read; None if nothing is."""
        folder = tempfile.mkdtemp(prefix="cut-", dir=".")
        for other, data in self.whole.items():
            with open(os.path.join(folder, other), "wb") as file:
                file.write(data[:size] if other == name else data)
        found = None
        for verb in verbs:
            done = subprocess.run([self.program, *self.verbs(folder)[verb]], text=True, check=False,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
            said = done.stderr + (done.stdout if verb == "restore-check" else "")
            place = re.search(name + r"[^:]*: offset (\d+)", said)
            if done.returncode != 2 or not place or int(place[1]) > size:
                found = (f"{self.folder}/{name} cut to {size}: {verb}: "
                         f"exit code {done.returncode}\n{said}")
            if os.path.exists(folder + "-out"):
                found = f"{self.folder}/{name} cut to {size}: {verb}: something was written"
        shutil.rmtree(folder)
        return found

    def cuts(self, each_byte):
        for name, data in self.whole.items():
            if name == "_metadata":
                for size in range(0, len(data), 1 if each_byte else EVERY):
                    verbs = list(self.verbs("")) if size % EVERY == 0 else ["inspect"]
                    yield name, size, verbs
                continue
            sizes = {*range(0, len(data), len(data) // STEPS + 1),
                     *range(min(EDGE, len(data))),
                     *range(max(0, len(data) - EDGE), len(data))}
            for size in sorted(sizes):
                yield name, size, ["inspect", "restore-check"] + (["run"] if size % 3 == 0 else [])


def make(program, compressed):
    """Writes a checkpoint and a savepoint; returns their directories."""
    text = SCENARIO.replace("COMPRESSED", compressed)
    for name, more in (("whole.yaml", ""), ("part.yaml", CUT_OFF)):
        with open(name, "w", encoding="utf-8") as file:
            file.write(text + more)
    out = "made-" + compressed
    subprocess.run([program, "run", "part.yaml", "--quiet", "--out", out], check=True,
                   stdout=subprocess.DEVNULL)
    return [folder for folder, _, names in os.walk(out) if "_metadata" in names]


def main():
    program = os.path.abspath(sys.argv[1])
    os.chdir(tempfile.mkdtemp(prefix="snapsim-cut-"))
    tried = []
    bad = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for compressed in ("false", "true"):
            for folder in make(program, compressed):
                snapshot = Snapshot(program, folder)
                assert len(snapshot.whole) > 1
                ends = list(pool.map(lambda cut, of=snapshot: of.objection(*cut),
                                     snapshot.cuts(not tried)))
                tried += ends
                bad += [why for why in ends if why]
                # What was only read restores as ever.
                subprocess.run([program, *snapshot.verbs(folder)["run"]], check=True,
                               stdout=subprocess.DEVNULL)
    print("\n".join(bad[:20]))
    print(f"{len(tried)} cuts, {len(bad)} objections")
    shutil.rmtree(os.getcwd())
    return 1 if bad or len(tried) < 1000 else 0


sys.exit(main())
