# SPDX-License-Identifier: Apache-2.0
"""Lets each allocation, write, sync, rename and opening of a small run fail, one run for each.

usage: test_faults.py PROGRAM LIBRARY

Whatever fails, the program ends with a code of its own and one message, in time, and what it leaves
either is whole or does not look so. LIBRARY is fail_nth.c. Above EVERY calls a sample is tried.
"""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile

EVERY = 350
SAMPLES = 40
ALSO_ALL_BEHIND = 8  # of so many runs one has all later calls fail too
SCENARIO = """\
name: small
config: {parallelism.default: 2, execution.checkpointing.interval: 10 ms}
operators:
  - {uid: src, type: sequence, count: 60, rate: 3000/s, keys: 5}
  - {uid: count, type: count, input: src, ship: hash}
  - {uid: out, type: file-sink, delivery: exactly-once, path: results, input: count}
variants: {two: {config: {parallelism.default: 3}}}
"""
VERBS = {
    "run": ["run", "small.yaml", "--quiet"],
    "threads": ["run", "small.yaml", "--quiet", "--runtime", "threads"],
    "compare": ["compare", "small.yaml", "--quiet", "--variants", "two"],
    "info": ["info", "small.yaml"],
    "replay": ["replay", "recorded"],
    "story": ["story", "recorded", "--key", "3"],
}
KINDS = ["memory", "write", "sync", "rename", "open"]
WRITERS = ("run", "threads", "compare")
WHOLE_OR_ABSENT = ("summary.json", "compare.json")


class Fault:
    """One program with one failing call."""

    def __init__(self, program, library):
        self.program = program
        self.library = library
        self.bare_path = os.path.join(os.getcwd(), "no-programs")

    def run(self, verb, kind, out, **settings):
        environment = {"LD_PRELOAD": self.library, "SNAP_FAULT_KIND": kind, "LANG": "C",
                       # Without gnuplot: it is another program, with memory of its own.
                       "PATH": self.bare_path}
        environment.update({"SNAP_FAULT_" + k.upper(): str(v) for k, v in settings.items()})
        words = [self.program, *VERBS[verb], *(["--out", out] if verb in WRITERS else [])]
        return subprocess.run(words, env=environment, text=True, timeout=20,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def count(self, verb, kind):
        done = self.run(verb, kind, "counted", count="calls")
        shutil.rmtree("counted", ignore_errors=True)
        if done.returncode != 0:
            raise SystemExit(f"{verb}: without a fault: {done.returncode}\n{done.stderr}")
        with open("calls", encoding="utf-8") as file:
            return int(file.read())

    def attempt(self, verb, kind, way, number):
        """The exit code, and what is wrong with how the program ended (None if nothing is)."""
        out = f"out-{verb}-{kind}-{way}-{number}"
        done = self.run(verb, kind, out, **{way: number})
        why = objection(done, kind, out)
        shutil.rmtree(out, ignore_errors=True)
        return done.returncode, why and f"{verb}: {kind} {way} {number}: {why}\n{done.stderr}"


def half_written(out):
    """The first file that looks whole and is not; None if there is none."""
    for folder, _, names in os.walk(out):
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


def objection(done, kind, out):
    said = done.stderr.strip()
    if done.returncode not in (0, 1, 2, 4):
        return f"exit code {done.returncode}"
    if done.returncode == 4 and not any(line.startswith("snapsim: ") for line in said.split("\n")):
        return "exit code 4 without a message"
    if done.returncode == 4 and "bug" in said:
        return "a bug is reported"
    if kind == "memory" and done.returncode == 2:
        return "no memory is taken for a mistake of the user"
    # Memory may also be missing for the report, when all files are there.
    if done.returncode == 4 and kind != "memory" and os.path.exists(out + "/summary.json"):
        return "a summary of a run that failed"
    return half_written(out) and f"half-written: {half_written(out)}"


def chosen(calls):
    """All calls up to EVERY, then a sample over the rest, the last one included."""
    step = max(1, (calls - EVERY) // SAMPLES)
    later = range(EVERY + 1, calls + 1, step)
    return sorted({*range(1, min(calls, EVERY) + 1), *later, *([calls] if calls else [])})


def all_attempts(fault):
    for verb in VERBS:
        for kind in KINDS:
            for i, number in enumerate(chosen(fault.count(verb, kind))):
                yield verb, kind, "at", number
                if i % ALSO_ALL_BEHIND == 0:
                    yield verb, kind, "from", number


def main():
    program, library = (os.path.abspath(path) for path in sys.argv[1:3])
    directory = tempfile.mkdtemp(prefix="snapsim-fault-")
    os.chdir(directory)
    with open("small.yaml", "w", encoding="utf-8") as file:
        file.write(SCENARIO)
    subprocess.run([program, "run", "small.yaml", "--quiet", "--trace", "records", "--out",
                    "recorded"], check=True, stdout=subprocess.DEVNULL)
    fault = Fault(program, library)
    attempts = list(all_attempts(fault))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(lambda attempt: fault.attempt(*attempt), attempts))
    bad = [why for _, why in ends if why]
    refused = sum(code == 4 for code, _ in ends)
    print("\n".join(bad))
    shutil.rmtree(directory)
    print(f"{len(ends)} runs, {refused} refused, {len(bad)} objections")
    # A library that lets nothing fail would find nothing either.
    return 1 if bad or refused < len(ends) // 2 else 0


sys.exit(main())
