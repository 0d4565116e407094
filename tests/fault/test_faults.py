# SPDX-License-Identifier: Apache-2.0
"""Lets each allocation, write, sync, rename and opening of a small run fail, one run for each.

usage: test_faults.py PROGRAM LIBRARY

Whatever fails, the program ends with a code of its own and one message, in time, and what it leaves
either is whole or does not look so. LIBRARY is fail_nth.c. Above EVERY calls a sample is tried.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

EVERY = 120
SAMPLES = 40
SCENARIO = """\
name: small
config: {parallelism.default: 2, execution.checkpointing.interval: 20 ms}
operators:
  - {uid: src, type: sequence, count: 60, rate: 1000/s, keys: 5}
  - {uid: count, type: count, input: src, ship: hash}
  - {uid: out, type: file, path: results, input: count}
variants: {two: {seed: 2}}
"""
VERBS = {
    "run": ["run", "small.yaml", "--quiet", "--out", "out"],
    "threads": ["run", "small.yaml", "--quiet", "--out", "out", "--runtime", "threads"],
    "compare": ["compare", "small.yaml", "--quiet", "--out", "out", "--variants", "two"],
    "info": ["info", "small.yaml"],
    "replay": ["replay", "recorded"],
    "story": ["story", "recorded", "--key", "3"],
}
KINDS = ["memory", "write", "sync", "rename", "open"]
WHOLE_OR_ABSENT = ("summary.json", "compare.json")


class Fault:
    """One program with one failing call."""

    def __init__(self, program, library):
        self.program = program
        self.library = library
        self.bare_path = os.path.join(os.getcwd(), "no-programs")

    def run(self, verb, kind, **settings):
        environment = {"LD_PRELOAD": self.library, "SNAP_FAULT_KIND": kind, "LANG": "C",
                       # Without gnuplot: it is another program, with memory of its own.
                       "PATH": self.bare_path}
        environment.update({"SNAP_FAULT_" + k.upper(): str(v) for k, v in settings.items()})
        shutil.rmtree("out", ignore_errors=True)
        return subprocess.run([self.program, *VERBS[verb]], env=environment, text=True, timeout=20,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def count(self, verb, kind):
        done = self.run(verb, kind, count="calls")
        if done.returncode != 0:
            raise SystemExit(f"{verb}: without a fault: {done.returncode}\n{done.stderr}")
        with open("calls", encoding="utf-8") as file:
            return int(file.read())


def half_written():
    """The first file that looks whole and is not, or that readers of the sink would see too soon."""
    for folder, _, names in os.walk("out"):
        for name in names:
            path = os.path.join(folder, name)
            if name not in WHOLE_OR_ABSENT:
                continue
            with open(path, encoding="utf-8") as file:
                try:
                    json.load(file)
                except ValueError:
                    return path
    return None


def objection(done, kind):
    """What is wrong with how the program ended; None if nothing is."""
    said = done.stderr.strip()
    if done.returncode not in (0, 1, 2, 4):
        return f"exit code {done.returncode}"
    if done.returncode == 4 and not any(line.startswith("snapsim: ") for line in said.split("\n")):
        return "exit code 4 without a message"
    if done.returncode == 4 and "bug" in said:
        return "a bug is reported"
    if kind == "memory" and done.returncode == 2:
        return "no memory is taken for a mistake of the user"
    if done.returncode == 4 and os.path.exists("out/summary.json"):
        return "a summary of a run that failed"
    if half_written():
        return f"half-written: {half_written()}"
    return None


def chosen(calls):
    """All calls up to EVERY, then a sample over the rest, the last one included."""
    step = max(1, (calls - EVERY) // SAMPLES)
    later = range(EVERY + 1, calls + 1, step)
    return sorted({*range(1, min(calls, EVERY) + 1), *later, *([calls] if calls else [])})


def main():
    program, library = (os.path.abspath(path) for path in sys.argv[1:3])
    directory = tempfile.mkdtemp(prefix="snapsim-fault-")
    bad = runs = refused = 0
    os.chdir(directory)
    with open("small.yaml", "w", encoding="utf-8") as file:
        file.write(SCENARIO)
    subprocess.run([program, "run", "small.yaml", "--quiet", "--trace", "records", "--out",
                    "recorded"], check=True, stdout=subprocess.DEVNULL)
    fault = Fault(program, library)
    for verb in VERBS:
        for kind in KINDS:
            for n in chosen(fault.count(verb, kind)):
                for way in ("at", "from"):
                    done = fault.run(verb, kind, **{way: n})
                    runs += 1
                    refused += done.returncode == 4
                    why = objection(done, kind)
                    if why:
                        bad += 1
                        print(f"{verb}: {kind} {way} {n}: {why}\n{done.stderr}")
    shutil.rmtree(directory)
    print(f"{runs} runs, {refused} refused, {bad} objections")
    return 1 if bad or refused < runs // 2 else 0


sys.exit(main())
