# SPDX-License-Identifier: Apache-2.0
"""Flink in a process of its own: tools/flink-runner, built by Maven, answers commands."""
import json
import os
import re
import shutil
import subprocess
import threading

JAVA_AT_LEAST = 17
ANSWER_S = 400
OPTIONS = ["-Xmx512m", "-XX:MaxDirectMemorySize=256m", "-XX:+UseSerialGC",
           "-XX:TieredStopAtLevel=1"] + [
               part for package in ("util", "lang", "util.concurrent")
               for part in ("--add-opens", f"java.base/java.{package}=ALL-UNNAMED")]


class Absent(Exception):
    """What Flink needs is not here; the text says what."""


def check_tools():
    for program, whole in (("javac", "a JDK"), ("mvn", "Maven")):
        if not shutil.which(program):
            raise Absent(f"{whole} is not installed")
    done = subprocess.run(["javac", "-version"], capture_output=True, text=True, check=True)
    found = re.search(r"javac (\d+)", done.stdout + done.stderr)
    if not found or int(found[1]) < JAVA_AT_LEAST:
        raise Absent(f"the JDK is older than {JAVA_AT_LEAST}")


class Flink:
    """One version. Its commands run one after another."""

    def __init__(self, version, source, work):
        self.version = version
        self.log = work / "flink.log"
        self.process = None
        self.profile = f"flink-{version}"
        self.pom = source / "tools/flink-runner/pom.xml"
        self.classpath = work / "classpath"
        self.build_folder = source / "build" / ("flink-runner" if version == "2.3" else
                                                f"flink-runner-{version}")

    def maven(self, *goals):
        return subprocess.run(["mvn", "-q", "-B", "-f", str(self.pom), "-P", self.profile, *goals],
                              capture_output=True, text=True, check=False)

    def build(self):
        fetched = self.maven("dependency:build-classpath", f"-Dmdep.outputFile={self.classpath}")
        if fetched.returncode != 0:
            self.log.write_text(fetched.stdout + fetched.stderr, encoding="utf-8")
            raise Absent(f"Maven could not fetch it, see {self.log}")
        built = self.maven("compile")
        if built.returncode != 0:
            raise RuntimeError("tools/flink-runner does not build:\n" + built.stdout)

    def start(self):
        jars = self.classpath.read_text(encoding="utf-8").strip()
        classes = self.build_folder / "classes"
        self.process = subprocess.Popen(
            ["java", *OPTIONS, "-cp", f"{classes}{os.pathsep}{jars}", "Runner"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(self.log, "wb"), text=True)

    def ask(self, words):
        """The answer to a command; `ok` in it says whether it went well."""
        line = " ".join(f"{name}={value}" for name, value in words.items())
        if not self.process:
            self.start()
        timer = threading.Timer(ANSWER_S, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            timer.cancel()
        if not answer:
            self.stop()
            return {"ok": False, "error": f"the process of Flink ended, see {self.log}"}
        return json.loads(answer)

    def stop(self):
        if self.process:
            self.process.stdin.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
