# SPDX-License-Identifier: Apache-2.0
"""Lets each allocation, write, sync, rename and opening of a small run fail, one run for each.

usage: test_faults.py PROGRAM LIBRARY [SEED | all]

Whatever fails, the program ends with a code of its own and one message, in time, and what it leaves
either is whole or does not look so. LIBRARY is fail_nth.c. Above EVERY calls a sample is tried,
another one each time: its seed is printed first. With `all` every call of a run is tried.
"""
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

EVERY = 350
EVERY_SLOW = 60  # of a verb that starts another program
EVERY_WHOLE = 5000  # more than a small run has
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
# A crash, what is restored, and a savepoint that the job goes on from.
RECOVERY = """\
name: recovery
config:
  execution.checkpointing.interval: 10 ms
  restart-strategy: {type: fixed-delay, fixed-delay: {delay: 1 ms}}
operators:
  - {uid: src, type: sequence, count: 60, rate: 1000/s, keys: 5}
  - {uid: count, type: count, input: src, ship: hash}
  - {uid: out, type: file-sink, delivery: exactly-once, path: results, input: count}
timeline:
  - {when: checkpoint 1 completed, crash: "count[0]"}
  - {when: checkpoint 2 completed, stop-with-savepoint: a}
  - {when: savepoint completed, restart-from: a, parallelism: 2}
"""
# Snapshots on disk: what cannot be written fails the checkpoint, not the run.
FILES = """\
name: files
config:
  execution.checkpointing.interval: 10 ms
  execution.checkpointing.dir: cp
  execution.checkpointing.data-inline-threshold: 0
  execution.checkpointing.tolerable-failed-checkpoints: 2
  restart-strategy: {type: fixed-delay, fixed-delay: {attempts: 2, delay: 1 ms}}
operators:
  - {uid: src, type: numbers, ends: [30], rate: 1000/s}
  - {uid: count, type: count, input: src, ship: hash}
  - {uid: out, type: tally, input: count}
until: 45 ms
expect: {}
"""
VERBS = {
    "run": ["run", "small.yaml", "--quiet"],
    "threads": ["run", "small.yaml", "--quiet", "--runtime", "threads"],
    "recovery": ["run", "recovery.yaml", "--quiet"],
    "files": ["run", "files.yaml", "--quiet"],
    "files-threads": ["run", "files.yaml", "--quiet", "--runtime", "threads"],
    "compare": ["compare", "small.yaml", "--quiet", "--variants", "two"],
    "info": ["info", "small.yaml"],
    "replay": ["replay", "recorded"],
    "explain": ["explain", "recorded"],
    "story": ["story", "recorded", "--key", "3"],
    "plot": ["plot", "recorded", "--figure", "timeline", "--format", "svg"],
}
SLOW = ("plot",)
RUNS = ("run", "threads", "recovery", "files", "files-threads", "info")
KINDS = ["memory", "write", "sync", "rename", "open"]
WRITERS = ("run", "threads", "recovery", "compare", "files", "files-threads")
WHOLE_OR_ABSENT = ("summary.json", "compare.json")


class Fault:
    """One program with one failing call."""

    def __init__(self, program, library):
        self.program = program
        self.library = library
        self.bare_path = os.path.join(os.getcwd(), "no-programs")

    def run(self, verb, kind, out, **settings):
        environment = {"LD_PRELOAD": self.library, "SNAP_FAULT_KIND": kind, "LANG": "C",
                       # gnuplot is another program, with memory of its own.
                       "SNAP_FAULT_PROGRAM": os.path.basename(self.program),
                       "PATH": os.environ["PATH"] if verb == "plot" else self.bare_path}
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

    def unreadable(self, out):
        """A snapshot with metadata that is not whole; None if there is none."""
        for folder, _, names in os.walk(out):
            if "_metadata" not in names:
                continue
            done = subprocess.run([self.program, "inspect", folder], capture_output=True, text=True,
                                  check=False)
            if done.returncode != 0:
                return f"not a snapshot: {done.stderr}"
        return None

    def attempt(self, verb, kind, way, number):
        """The exit code, and what is wrong with how the program ended (None if nothing is)."""
        out = f"out-{verb}-{kind}-{way}-{number}"
        done = self.run(verb, kind, out, **{way: number})
        why = (objection(done, kind, out if verb in WRITERS else "recorded") or
               self.unreadable(out))
        shutil.rmtree(out, ignore_errors=True)
        return done.returncode, why and f"{verb}: {kind} {way} {number}: {why}\n{done.stderr}"


def half_written(out):
    """The first file that looks whole and is not; None if there is none."""
    for folder, _, names in os.walk(out):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(".svg") and not name.startswith("."):
                with open(path, encoding="utf-8") as file:
                    if "</svg>" not in file.read():
                        return path
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
    if (done.returncode == 4 and kind != "memory" and out != "recorded" and
            os.path.exists(out + "/summary.json")):
        return "a summary of a run that failed"
    return half_written(out) and f"half-written: {half_written(out)}"


def chosen(calls, every, sampler):
    """All calls up to `every`, then a sample of the rest, the last one included."""
    later = range(every + 1, calls + 1)
    sample = sampler.sample(later, min(SAMPLES, len(later)))
    return sorted({*range(1, min(calls, every) + 1), *sample, *([calls] if calls else [])})


def all_attempts(fault, sampler, whole):
    for verb in RUNS if whole else VERBS:
        for kind in KINDS:
            every = EVERY_WHOLE if whole else EVERY_SLOW if verb in SLOW else EVERY
            for i, number in enumerate(chosen(fault.count(verb, kind), every, sampler)):
                yield verb, kind, "at", number
                if i % ALSO_ALL_BEHIND == 0:
                    yield verb, kind, "from", number


def main():
    program, library = (os.path.abspath(path) for path in sys.argv[1:3])
    whole = sys.argv[3:] == ["all"]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 and not whole else random.randrange(1_000_000)
    print(f"seed {seed}", flush=True)
    directory = tempfile.mkdtemp(prefix="snapsim-fault-")
    os.chdir(directory)
    with open("small.yaml", "w", encoding="utf-8") as file:
        file.write(SCENARIO)
    with open("recovery.yaml", "w", encoding="utf-8") as file:
        file.write(RECOVERY)
    with open("files.yaml", "w", encoding="utf-8") as file:
        file.write(FILES)
    subprocess.run([program, "run", "small.yaml", "--quiet", "--trace", "records", "--out",
                    "recorded"], check=True, stdout=subprocess.DEVNULL)
    fault = Fault(program, library)
    attempts = list(all_attempts(fault, random.Random(seed), whole))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(lambda attempt: fault.attempt(*attempt), attempts))
    bad = [why for _, why in ends if why]
    refused = sum(code == 4 for code, _ in ends)
    print("\n".join(bad))
    shutil.rmtree(directory)
    print(f"{len(ends)} runs, {refused} refused, {len(bad)} objections")
    # A library that lets nothing fail would find nothing either.
    return 1 if bad or refused < len(ends) // 3 else 0


sys.exit(main())
