#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Counts the words of files in four modes: word-count.sh SNAPSIM OUT FILE...
# For each mode OUT/MODE holds the run's files and
#   counts.tsv  what a reader of the sink sees: word, tab, number of visible (word, n) lines
#   state.tsv   word, tab, final n in the counting state
# MODES="exactly-once threads" chooses modes. Exit code 1: a verdict is not the expected one.
set -euo pipefail
export LC_ALL=C

scenario=$(dirname "$0")/word-count.yaml
modes=${MODES:-exactly-once at-least-once at-most-once threads}
snapsim=$1 out=$2
shift 2

mkdir -p "$out"
paths=()
lines=$#
for file; do
    [[ -f $file && -r $file ]] || { echo "word-count: cannot read the file '$file'" >&2; exit 2; }
    [[ $file == /* ]] || file=./$file
    paths+=(--set "lines.paths=$file")
    lines=$((lines + $(wc -l < "$file")))
done
bytes=$(cat -- "$@" | wc -c)

# A text of a few lines is over before anything can crash: lines without words follow it.
if ((lines < 12)); then
    printf '\n%.0s' {1..40} > "$out/blank-lines.txt"
    [[ $out == /* ]] && blank=$out/blank-lines.txt || blank=./$out/blank-lines.txt
    paths+=(--set "lines.paths=$blank")
    lines=$((lines + 40))
fi

# The text takes 2.5 s, however long it is. A splitter gets through half of the lines in that
# time: too little for the one that is dealt two thirds of them, so it becomes the bottleneck.
rate=$((lines * 2 / 5 + 1))
cost_ns=$((2000000000 / rate))
pace=(--set "lines.rate=$rate/s" --set "words.cost=$cost_ns ns")

run_mode() # MODE
{
    local mode=$1 variant=$1 runtime=virtual
    [[ $mode == threads ]] && variant=exactly-once runtime=threads
    "$snapsim" run "$scenario" --variant "$variant" --runtime "$runtime" "${paths[@]}" \
        "${pace[@]}" --out "$out/$mode" --overwrite
}

write_tables() # DIRECTORY
{
    find "$1/words" -type f -name 'part-*' -exec cat {} + 2> /dev/null | cut -f 1 | sort |
        uniq -c | awk '{print $2 "\t" $1}' | sort > "$1/counts.tsv"
    sort "$1/state/counts.tsv" > "$1/state.tsv"
}

failed=0
for mode in $modes; do
    echo "== $mode"
    code=0
    run_mode "$mode" || code=$?
    ((code <= 1)) || exit "$code"
    write_tables "$out/$mode"
    ((code == 0)) && continue
    if [[ $mode == at-* ]] && ((bytes < 100000 || lines < 100)); then
        echo "This text has too few bytes or lines for $mode to show what it can do."
    else
        failed=1
    fi
done
exit "$failed"
