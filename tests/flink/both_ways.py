#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Snapshots both ways between snapsim and real Flink.

A job of scenarios/flink-jobs is cut off on one side, and goes on from its snapshot on the other,
at the same, a larger and a smaller parallelism. It must come to what the job's definition says.

Usage: both_ways.py PROGRAM SOURCE WORK [--long] [--version 2.3|1.20] [--only TEXT]
Without a JDK, Maven or Flink's jars all is skipped, with a line that says so.
"""
import argparse
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import expected
from runner import Absent, Flink, check_tools

VERSIONS = ("2.3", "1.20")
PARALLELISMS = (2, 3, 1)
RUN_S = 120
UNALIGNED = {"execution.checkpointing.unaligned.enabled": "true",
             "taskmanager.memory.segment-size": "4kb"}
# When a job of snapsim is cut off, and the milliseconds at which savepoints begin.
CUTS = {"word-count": ("300 ms", 250), "broadcast": ("300 ms", 250), "windows": ("300 ms", 250),
        "in-flight": ("700 ms", 400), "state-zoo": ("200 ms", 150),
        "state-zoo-without-nulls": ("200 ms", 150)}
# Jobs whose scenario is another's, with a change of its text.
CHANGED = {"state-zoo-without-nulls": ("state-zoo", "type: zoo-long,",
                                       "type: zoo-long, null-map-values: false,")}
SAVEPOINTS = ("canonical", "native")
KINDS = ("checkpoint",) + SAVEPOINTS
# Of the slow job: little is before the barriers of savepoints.
RATE = ("--set", "source.rate=700/s")
HASHMAP = {"state.backend.type": "hashmap"}
COMPRESSED = {"execution.checkpointing.snapshot-compression": "true"}
ROCKSDB = {"state.backend.type": "rocksdb"}
CHANGELOG = {"state.changelog.enabled": "true", "state.changelog.storage": "filesystem",
             "state.changelog.periodic-materialize.enabled": "false"}
INCREMENTAL = {"execution.checkpointing.incremental": "true"}
# A restart in between: checkpoints after it have files of those before it.
CRASH = "timeline: [{when: checkpoint 2 completed, delay: 5 ms, crash: \"counter[0]\"}]\n"
RESTART = ("-D", "restart-strategy.type=fixed-delay",
           "-D", "restart-strategy.fixed-delay.delay=20 ms")
HEAP_TIMERS = {"state.backend.rocksdb.timer-service.factory": "HEAP"}


class Failure(Exception):
    """A case that fails; the text says why."""


class Suite:
    def __init__(self, arguments):
        self.program = pathlib.Path(arguments.program).resolve()
        self.shelves = self.program.parent / "tests/flink_shelves"
        self.source = pathlib.Path(arguments.source).resolve()
        self.work = pathlib.Path(arguments.work).resolve()
        self.long = arguments.long
        self.only = arguments.only
        self.versions = (arguments.version,) if arguments.version else VERSIONS
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.flink = None

    # A case and its result are one line.
    def case(self, name, action):
        name = f"Flink {self.flink.version}: {name}"
        if self.only and self.only not in name:
            return None
        start = time.monotonic()
        try:
            result = action()
        except Failure as failure:
            self.counts["failed"] += 1
            print(f"FAILED  {name}: {failure}", flush=True)
            return None
        self.counts["passed"] += 1
        print(f"passed  {name} ({time.monotonic() - start:.1f} s)", flush=True)
        return result

    def skip(self, reason, count=1):
        self.counts["skipped"] += count
        print(f"skipped: {reason}", flush=True)

    # The side of snapsim.

    def scenario(self, job, name, more, version=None):
        """A scenario file: the job's, with other ends, of this Flink or another."""
        of, before, after = CHANGED.get(job, (job, "", ""))
        text = (self.source / f"scenarios/flink-jobs/{of}.yaml").read_text(encoding="utf-8")
        text = text.replace(before, after) if before else text
        text = re.sub(r"^(name|expect):.*\n", "", text, flags=re.M)
        path = self.work / f"{name}.yaml"
        version = version or self.flink.version
        path.write_text(f"{text}name: {name}\nflink-version: \"{version}\"\n{more}",
                        encoding="utf-8")
        return path

    def snapsim(self, scenario, out, *options):
        command = [self.program, "run", scenario, "--out", out, "--overwrite", "--quiet", *options]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S,
                                  check=False)
        except subprocess.TimeoutExpired as late:
            raise Failure(f"snapsim takes more than {RUN_S} s") from late
        if done.returncode != 0:
            raise Failure(f"snapsim: exit code {done.returncode}\n{done.stderr}{done.stdout}")

    def cut_off(self, job, *options, version=None):
        """Runs a job for a while; returns its checkpoint and savepoints by kind."""
        until, at = CUTS[job]
        out = self.work / f"{job}-cut"
        scenario = self.scenario(
            job, f"{job}-cut",
            f"until: {until}\nexpect: {{job: RUNNING}}\ntimeline:\n"
            f"  - {{at: {at} ms, savepoint: canonical/, format: canonical}}\n"
            f"  - {{at: {at + 20} ms, savepoint: native/, format: native}}\n", version)
        self.snapsim(scenario, out, "-D", "execution.checkpointing.dir=cp", *options)
        folders = {"checkpoint": "cp"} | {kind: kind for kind in SAVEPOINTS}
        return {kind: newest(out / folder) for kind, folder in folders.items()
                if (out / folder).exists()}

    def cut_off_incremental(self):
        """A job that crashes, goes on, and ends in the middle; each checkpoint adds to the last."""
        out = self.work / "incremental-cut"
        scenario = self.scenario("incremental", "incremental-cut",
                                 f"until: 380 ms\nexpect: {{job: RUNNING}}\n{CRASH}")
        self.snapsim(scenario, out, "-D", "execution.checkpointing.dir=cp", *RESTART)
        return {"checkpoint": sharing(out / "cp")}

    def killed(self, job, checkpoint=1):
        """A run on real threads that is killed as soon as it has this checkpoint."""
        out = self.work / f"{job}-killed"
        shutil.rmtree(out, ignore_errors=True)
        scenario = self.scenario(job, f"{job}-killed", "expect: {}\n")
        process = subprocess.Popen(
            [self.program, "run", scenario, "--out", out, "--quiet", "--runtime", "threads",
             "--set", "source.rate=100/s", "-D", "execution.checkpointing.dir=cp"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not list(
                out.glob(f"cp/*/chk-{checkpoint}/_metadata")):
            time.sleep(0.01)
        if process.poll() is not None:
            raise Failure(f"snapsim ends before it has checkpoint {checkpoint}")
        process.send_signal(signal.SIGKILL)
        process.wait()
        return {"checkpoint": newest(out / "cp")}

    def resume_here(self, job, parallelism, path, settings=HASHMAP, version=None,
                    more=()):
        """The state backend is the snapshot's: files of one are nothing to the other."""
        out = self.work / "resumed"
        scenario = self.scenario(job, f"{job}-resumed", "expect: {lost: 0, duplicated: 0}\n",
                                 version)
        options = [word for key, value in settings.items() for word in ("-D", f"{key}={value}")]
        self.snapsim(scenario, out, "-s", path, "-p", str(parallelism), "-D",
                     "execution.checkpointing.dir=cp", *options, *more)
        wrong = expected.complaints_of_tables(job, parallelism, out / "state")
        if wrong:
            raise Failure("; ".join(wrong))

    # A program with an operator of its own, whose named states Flink has, too.

    def run_shelves(self, *words):
        done = subprocess.run([self.shelves, *map(str, words), self.flink.version],
                              capture_output=True, text=True, timeout=RUN_S, check=False)
        if done.returncode != 0:
            raise Failure(f"shelves: exit code {done.returncode}\n{done.stderr}")
        return done.stdout.splitlines()

    def cut_off_shelves(self, backend):
        out = self.work / "shelves-cut"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        return dict(line.split(" ", 1) for line in self.run_shelves("cut", out, backend, 2))

    def resume_shelves(self, parallelism, path, settings):
        found = {}
        for line in self.run_shelves("resume", path, settings["state.backend.type"], parallelism):
            state, key, content = line.split(" ", 2)
            found.setdefault(state, {})[key] = json.loads(content)
        wrong = expected.complaints_of_shelves(found)
        if wrong:
            raise Failure("; ".join(wrong))

    # The side of Flink.

    def ask(self, words):
        answer = self.flink.ask(words)
        if not answer["ok"]:
            raise Failure(f"Flink: {answer['error']}")
        return answer

    def resume_there(self, job, parallelism, path, settings):
        words = {"job": job, "parallelism": parallelism, "from": f"file://{path}"}
        state = self.ask(words | settings)["state"]
        wrong = expected.complaints(job, state)
        if wrong:
            raise Failure("; ".join(wrong))

    def take(self, job, kind, settings, sent=200, parallelism=2, start=None):
        into = self.work / "flink" / f"{job}-{kind}-{len(list((self.work / 'flink').glob('*')))}"
        words = {"job": job, "parallelism": parallelism, "into": into, "kind": kind, "sent": sent}
        if job == "broadcast":
            words["rules-sent"] = 4
        if job == "in-flight":
            words |= {"pause": 2} | UNALIGNED
        if "state.changelog.enabled" in settings:
            words["dstl.dfs.base-path"] = f"file://{into}"  # beside its checkpoints
        if start:
            words |= {"from": f"file://{start}", "sent-before": 100,
                      "execution.state-recovery.claim-mode": "CLAIM"}
        return self.ask(words | settings)["path"].removeprefix("file:")

    # The cases.

    def to_flink(self, job, snapshots, kinds, settings=HASHMAP, parallelisms=PARALLELISMS):
        for kind in kinds if snapshots else ():
            for parallelism in parallelisms:
                self.case(f"{job}, {kind} of snapsim, on {words_of(settings)} at "
                          f"{parallelism}",
                          lambda: self.resume_there(job, parallelism, snapshots[kind], settings))

    def from_flink(self, job, kind, settings, sent=200, parallelism=2):
        what = ", ".join([job, f"{kind} of Flink at {parallelism}", *settings.values()])
        path = self.case(f"{what}: taken",
                         lambda: self.take(job, kind, settings, sent, parallelism))
        backend = {key: value for key, value in settings.items() if key in HASHMAP}
        resume = self.resume_shelves if job == "shelves" else (
            lambda other, path, backend: self.resume_here(job, other, path, backend))
        for other in PARALLELISMS if path else ():
            self.case(f"{what}: snapsim at {other}", lambda: resume(other, path, backend))

    def change_backend(self):
        """Canonical savepoints restore with any backend, on both sides."""
        for of, to in ((HASHMAP, ROCKSDB), (ROCKSDB, HASHMAP)):
            words = [next(iter(settings.values())) for settings in (of, to)]
            what = f"canonical, {words[0]} to {words[1]}"
            path = self.case(f"{what}: taken by Flink",
                             lambda: self.take("word-count", "canonical", of))
            if path:
                self.case(f"{what}: snapsim at 3",
                          lambda: self.resume_here("word-count", 3, path, to))
            cut = self.case(f"{what}: taken by snapsim",
                            lambda: self.cut_off("word-count", "-D",
                                                 f"state.backend.type={words[0]}"))
            if cut:
                self.case(f"{what}: Flink at 3",
                          lambda: self.resume_there("word-count", 3, cut["canonical"], to))

    def upgrade(self):
        """What 1.20 wrote goes on with 2.3: Flink's with snapsim, snapsim's with Flink."""
        for kind in KINDS if self.flink.version == "1.20" else ():
            path = self.case(f"upgrade, {kind} of Flink: taken",
                             lambda: self.take("word-count", kind, HASHMAP))
            if path:
                self.case(f"upgrade, {kind} of Flink: snapsim as 2.3",
                          lambda: self.resume_here("word-count", 3, path, version="2.3"))
        if self.flink.version == "2.3":
            cut = self.case("upgrade, cut off by snapsim as 1.20",
                            lambda: self.cut_off("word-count", version="1.20"))
            for kind in KINDS if cut else ():
                self.case(f"upgrade, {kind} of snapsim as 1.20",
                          lambda: self.resume_there("word-count", 3, cut[kind], HASHMAP))

    def snapsim_first(self):
        words = self.case("word-count cut off", lambda: self.cut_off("word-count"))
        self.to_flink("word-count", words, KINDS)
        self.to_flink("word-count", words, ("canonical",), ROCKSDB,
                      PARALLELISMS if self.long else (3,))
        files = self.case("word-count cut off, with files", lambda: self.cut_off(
            "word-count", "-D", "execution.checkpointing.data-inline-threshold=0"))
        self.to_flink("word-count", files, KINDS if self.long else ("checkpoint",), HASHMAP,
                      PARALLELISMS if self.long else (3,))
        small = self.case("word-count cut off, compressed", lambda: self.cut_off(
            "word-count", "-D", "execution.checkpointing.snapshot-compression=true"))
        self.to_flink("word-count", small, KINDS, HASHMAP | COMPRESSED,
                      PARALLELISMS if self.long else (3,))
        killed = self.case("word-count killed", lambda: self.killed("word-count"))
        self.to_flink("word-count", killed, ("checkpoint",), HASHMAP, (2,))
        for job in ("broadcast", "windows"):
            cut = self.case(f"{job} cut off", lambda: self.cut_off(job))
            self.to_flink(job, cut, KINDS if self.long else ("checkpoint",))
        zoo = self.case("state-zoo cut off", lambda: self.cut_off("state-zoo"))
        self.to_flink("state-zoo", zoo, ("checkpoint", "native") if self.long else ("checkpoint",))
        zoo = self.case("state-zoo-without-nulls cut off",
                        lambda: self.cut_off("state-zoo-without-nulls"))
        for settings in (HASHMAP, ROCKSDB):
            self.to_flink("state-zoo-without-nulls", zoo, ("canonical",), settings,
                          PARALLELISMS if self.long else (3,))
        zoo = self.case("state-zoo cut off, on rocksdb", lambda: self.cut_off(
            "state-zoo", "-D", "state.backend.type=rocksdb"))
        self.to_flink("state-zoo", zoo, ("checkpoint",), ROCKSDB,
                      PARALLELISMS if self.long else (3,))
        flight = self.case("in-flight cut off", lambda: self.cut_off("in-flight"))
        self.to_flink("in-flight", flight, ("checkpoint",), HASHMAP | UNALIGNED)
        slow = self.case("in-flight, more slowly, cut off",
                         lambda: self.cut_off("in-flight", *RATE))
        self.to_flink("in-flight", slow, SAVEPOINTS if self.long else ("canonical",), HASHMAP,
                      PARALLELISMS if self.long else (3,))

    def incremental_first(self):
        """Checkpoints whose files are partly those of earlier ones, of the same job."""
        for how, take in (("crashed and cut off", self.cut_off_incremental),
                          ("killed", lambda: {"checkpoint": sharing(
                              self.killed("incremental", 6)["checkpoint"].parent)})):
            name = f"incremental, {how}"
            cut = self.case(name, take)
            for parallelism in PARALLELISMS if cut else ():
                self.case(f"{name}, in Flink at {parallelism}", lambda: self.resume_there(
                    "word-count", parallelism, cut["checkpoint"], ROCKSDB | INCREMENTAL))
        # What Flink claimed it goes on using where it lies: beside snapsim's checkpoints.
        on = self.case(f"{name}, gone on in Flink", lambda: self.take(
            "word-count", "checkpoint", ROCKSDB | INCREMENTAL, 300, 2, cut["checkpoint"])
        ) if cut else None
        for parallelism in PARALLELISMS if on else ():
            self.case(f"{name}, gone on in Flink, snapsim at {parallelism}",
                      lambda: self.resume_here("word-count", parallelism, on, ROCKSDB,
                                               more=("--follow-absolute",)))

    def flink_first(self):
        for of in (HASHMAP, ROCKSDB):
            for kind in KINDS:
                self.from_flink("word-count", kind, of)
            self.from_flink("broadcast", "canonical" if of == ROCKSDB else "checkpoint", of)
            self.from_flink("in-flight", "checkpoint", of, 450)
            self.from_flink("state-zoo", "checkpoint", of, 100)
            self.change_log(of)
            if self.long:
                self.flink_first_long(of)

    def flink_first_long(self, of):
        files = {"execution.checkpointing.data-inline-threshold": "0"}
        self.from_flink("word-count", "checkpoint", of | files)
        self.from_flink("in-flight", "checkpoint", of | files, 450)
        self.from_flink("in-flight", "canonical", of, 450)
        self.from_flink("broadcast", "native", of)
        self.from_flink("state-zoo", "native", of, 100)
        if of == ROCKSDB:
            self.from_flink("state-zoo", "checkpoint", of | HEAP_TIMERS, 100)
        self.from_flink("state-zoo-without-nulls", "canonical", of, 100)
        for kind in KINDS:
            self.from_flink("windows", kind, of)
        for parallelism in (1, 3, 4):
            self.from_flink("word-count", "checkpoint", of, 200, parallelism)
            self.from_flink("in-flight", "checkpoint", of, 450, parallelism)

    def change_log(self, of):
        """The changes alone, and changes on top of what was there when the log began."""
        self.from_flink("word-count", "checkpoint", of | CHANGELOG)
        backend = of["state.backend.type"]
        name = f"word-count, checkpoint of Flink at 2, a log on top of it, {backend}"
        first = self.case(f"{name}: taken",
                          lambda: self.take("word-count", "checkpoint", of, sent=100))
        path = self.case(f"{name}: gone on", lambda: self.take(
            "word-count", "checkpoint", of | CHANGELOG, sent=200, start=first)) if first else None
        for parallelism in (2, 3) if path else ():
            self.case(f"{name}: snapsim at {parallelism}", lambda: self.resume_here(
                "word-count", parallelism, path, of))

    def back_and_forth(self, job, kind, settings):
        """What snapsim does not show in the end is seen in Flink: lists, windows."""
        path = self.case(f"{job}, {kind} of Flink",
                         lambda: self.take(job, kind, settings, sent=100))
        if path:
            cut = self.case(f"{job}, {kind} of Flink: cut off by snapsim at 3",
                            lambda: self.cut_off(job, "-s", path, "-p", "3"))
            self.to_flink(job, cut, ("canonical",), settings, (2,))

    def own_states(self):
        for of in (HASHMAP, ROCKSDB):
            backend = of["state.backend.type"]
            cut = self.case(f"shelves cut off, on {backend}",
                            lambda: self.cut_off_shelves(backend))
            self.to_flink("shelves", cut, KINDS, of, PARALLELISMS if self.long else (3,))
            for kind in KINDS if self.long or of == ROCKSDB else ("checkpoint",):
                self.from_flink("shelves", kind, of)

    def all_cases(self):
        self.own_states()
        self.snapsim_first()
        self.incremental_first()
        self.flink_first()
        self.change_backend()
        self.upgrade()
        self.back_and_forth("word-count", "checkpoint", HASHMAP)
        self.back_and_forth("word-count", "canonical", HASHMAP | COMPRESSED)
        self.back_and_forth("windows", "checkpoint", HASHMAP)
        self.back_and_forth("windows", "canonical", ROCKSDB)

    def run_version(self, version):
        work = self.work
        self.work = work / version
        shutil.rmtree(self.work, ignore_errors=True)
        (self.work / "flink").mkdir(parents=True)
        self.flink = Flink(version, self.source, self.work)
        try:
            self.flink.build()
            self.all_cases()
        except Absent as absent:
            self.skip(f"Flink {version}: {absent}")
        finally:
            self.flink.stop()
            self.work = work

    def run(self):
        try:
            check_tools()
            for version in self.versions:
                self.run_version(version)
        except Absent as absent:
            self.skip(f"Flink: {absent}", len(self.versions))
        print(", ".join(f"{count} {what}" for what, count in self.counts.items()))
        return 1 if self.counts["failed"] else 0


def words_of(settings):
    return " ".join("compressed" if name in COMPRESSED else value
                    for name, value in settings.items())


def newest(folder):
    """The directory of the newest snapshot below a folder."""
    found = sorted(folder.glob("**/_metadata"), key=lambda path: path.stat().st_mtime_ns)
    if not found:
        raise Failure(f"no snapshot in {folder}")
    return found[-1].parent


def sharing(folder):
    """The newest of several checkpoints; it must have files of the one before."""
    found = sorted(folder.glob("**/_metadata"), key=lambda path: path.stat().st_mtime_ns)
    names = {path.name.encode() for path in folder.glob("**/shared/*")}
    used = [{name for name in names if name in path.read_bytes()} for path in found[-2:]]
    if len(used) < 2 or not used[0] & used[1]:
        raise Failure(f"no checkpoints that share files in {folder}")
    return found[-1].parent


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("source")
    parser.add_argument("work")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", default="", help="cases with this in their names")
    parser.add_argument("--version", choices=VERSIONS)
    return Suite(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
