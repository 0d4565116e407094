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

one_a_line() # FILE
{
    tr -cs 'A-Za-z0-9\200-\377' '\n' < "$1"
}

mkdir -p "$out"
words=0
for file; do
    [[ -f $file && -r $file ]] || { echo "word-count: cannot read the file '$file'" >&2; exit 2; }
    words=$((words + $(one_a_line "$file" | grep -c . || true)))
done
bytes=$(cat -- "$@" | wc -c)
# In words. Each word becomes "x ", so half of the longest line's width.
longest=$(($(cat -- "$@" | tr 'A-Za-z0-9\200-\377' x | tr -cs 'x\n' ' ' | tr -s x | wc -L) / 2))

# A barrier never stands inside a record, and a line is one: lines that hold much of the text
# would leave no place for checkpoints. Copies with ten words a line then take the files' place.
rm -rf "$out/ten-words-a-line" "$out/blank-lines.txt" "$out/few-words.yaml"
if ((longest > 50 && longest > words / 50)); then
    echo "A line has $longest of $words words:" \
        "reading copies with ten words a line instead, $out/ten-words-a-line/"
    mkdir "$out/ten-words-a-line"
    copies=()
    for file; do
        copies+=("$out/ten-words-a-line/${#copies[@]}.txt")
        one_a_line "$file" | paste -s -d '         \n' > "${copies[-1]}"
    done
    set -- "${copies[@]}"
fi

# Few words are over before anything can crash: lines without words follow them, in good time.
pace=()
if ((words < 1000)); then
    printf '\n%.0s' {1..100} > "$out/blank-lines.txt"
    set -- "$@" "$out/blank-lines.txt"
    pace+=(--set "lines.rate=$(($(cat -- "$@" | wc -l) * 2 / 3))/s")
fi

# The crash may hit none of few words: then neither duplicates nor losses can be expected, and all
# the rest still is.
few=''
if ((bytes < 100000 || words < 1000)); then
    few="$words words in $bytes bytes are too few"
    sed -E 's/(duplicated|lost): "> 0"/\1: ">= 0"/' "$scenario" > "$out/few-words.yaml"
    scenario=$out/few-words.yaml
fi

paths=()
for file; do
    [[ $file == /* ]] || file=./$file
    paths+=(--set "lines.paths=$file")
done

# The words take 2.5 s, however many they are: the busier of the two weighing subtasks gets two
# thirds of them. A buffer holds what that one weighs in 3 ms, or one word.
count=$((words > 100 ? words : 100))
words_per_buffer=$((count / 1200 + 1))
size="$((32768 / words_per_buffer)) b"
pace+=(--set "weigh.cost=$((3750000000 / count)) ns" --set "words.record-size=$size"
    --set "deal.record-size=$size")

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
    [[ ! $few || $mode != at-* ]] ||
        echo "$few for $mode to show what it can do: nothing has to go wrong."
    code=0
    run_mode "$mode" || code=$?
    ((code <= 1)) || exit "$code"
    write_tables "$out/$mode"
    ((code == 0)) || failed=1
done
exit "$failed"
