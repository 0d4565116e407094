#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One seed gives one trace, whatever compiled the program: test_hashes.sh PROGRAM...
# Compares hashes and bytes of all events between the programs, and between two runs of the first.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
fail() { echo "FAIL: $*"; bad=1; }

for i in {1..900}; do
    echo "line $i: the $((i * 7919 % 97)) quick foxes, $((i % 13)) lazy dogs"
done > "$work/text"

# Runs a scenario; prints the trace's hash.
trace() # PROGRAM DIRECTORY SCENARIO [OPTION...]
{
    local program=$1 directory=$2 code=0
    shift 2
    "$program" run "$@" --out "$directory" --trace records --json > "$work/json" 2> "$work/log" ||
        code=$?
    ((code == 0)) || { fail "$program $* ends with $code"; cat "$work/log"; }
    sed -nE 's/.*"trace_hash": *"([0-9a-f]{16})".*/\1/p' "$work/json" | head -n 1
}

compare() # NAME SCENARIO [OPTION...]
{
    local name=$1 first again other hash
    shift
    first=$(trace "${programs[0]}" "$work/first" "$@")
    [[ $first =~ ^[0-9a-f]{16}$ ]] || fail "$name: no hash"
    again=$(trace "${programs[0]}" "$work/again" "$@")
    [[ $again == "$first" ]] || fail "$name: run twice, $first and $again"
    cmp "$work/first/trace.jsonl" "$work/again/trace.jsonl" || fail "$name: run twice"
    other=$(trace "${programs[0]}" "$work/other" "$@" --seed 4242)
    [[ $other != "$first" || $name == word-count* ]] || fail "$name: another seed, the same hash"
    for program in "${programs[@]:1}"; do
        hash=$(trace "$program" "$work/that" "$@")
        [[ $hash == "$first" ]] || fail "$name: $program has $hash, ${programs[0]} has $first"
        cmp "$work/first/trace.jsonl" "$work/that/trace.jsonl" || fail "$name: $program"
        rm -rf "$work/that"
    done
    echo "$name $first"
    rm -rf "$work/first" "$work/again" "$work/other"
}

programs=()
for program; do
    [[ -x $program ]] && programs+=("$program") || echo "not built: $program"
done
# Without a second program there is nothing to compare with: skipped.
((${#programs[@]} > 1)) || exit 77

for scenario in tests/hash/*.yaml; do
    compare "$(basename "$scenario" .yaml)" "$scenario"
done
for variant in exactly-once at-least-once at-most-once; do
    compare "word-count $variant" scenarios/word-count.yaml --variant "$variant" \
        --set "lines.paths=$work/text"
done
exit "$bad"
