#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of scenarios/upgrades/README.md: each does what its line says.

A line that says "refused: MESSAGE" ends with exit code 2 and that message; any other job counts
what the uninterrupted one counts. restore-check says the same as the run. Usage: upgrades.py
PROGRAM SOURCE
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile


def call(program, command, work):
    words = command.replace("snapsim", shlex.quote(str(program)), 1)
    return subprocess.run(["sh", "-c", words], cwd=work, capture_output=True, text=True,
                          check=False)


def checked(command):
    """The same question to restore-check."""
    command = re.sub(r" --out \S+", "", command)
    return command.replace("snapsim run", "snapsim restore-check", 1)


def counts(work, command):
    out = re.search(r"--out (\S+)", command).group(1)
    return (work / out / "state" / "counter.tsv").read_text(encoding="utf-8")


def judge(program, work, command, refusal, whole):
    done = call(program, f"{command} --quiet --overwrite", work)
    check = call(program, checked(command), work)
    if refusal is not None:
        good = done.returncode == check.returncode == 2 and refusal in done.stderr and (
            refusal in check.stdout + check.stderr)
    else:
        good = done.returncode == check.returncode == 0 and counts(work, command) == whole
    if not good:
        print(f"{command}\n{done.stdout}{done.stderr}{check.stdout}{check.stderr}")
    return good


def main():
    program, source = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    text = (source / "scenarios/upgrades/README.md").read_text(encoding="utf-8")
    first = re.search(r"```sh\n(.*?)```", text, flags=re.S).group(1).strip().split("\n")
    rows = re.findall(r"^\| [^|]* \| `(snapsim [^`]*)` \| (.*) \|$", text, flags=re.M)
    good = len(first) == 3 and len(rows) == 8
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        (work / "scenarios").symlink_to(source / "scenarios")
        for command in first:
            done = call(program, f"{command} --quiet", work)
            good = good and done.returncode == 0
        whole = "snapsim run scenarios/upgrades/settings.yaml --out out/whole"
        good = good and call(program, f"{whole} --quiet", work).returncode == 0
        for command, outcome in rows:
            refusal = re.search(r"refused\]\([^)]*\): (.*)$", outcome)
            good = judge(program, work, command, refusal.group(1) if refusal else None,
                         counts(work, whole)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
