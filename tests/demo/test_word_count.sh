#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The word count's tables against what the shell's own programs count: test_word_count.sh SNAPSIM
# Every text is counted with a crash; texts of 100 kB and more must crash between two checkpoints,
# and, if they have a thousand words, show duplicates at least once and losses at most once.
set -euo pipefail
snapsim=$(realpath "$1")
script=$(realpath "$(dirname "$0")/../../scenarios/word-count.sh")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
: > failures

fail() { echo "FAIL: $*" | tee -a failures; }

# What `for` sees is the files, as the arguments of this function.
# shellcheck disable=SC2018,SC2019
reference() # FILE...
{
    (
        export LC_ALL=C
        for f; do cat "$f"; echo; done | tr -cs 'A-Za-z0-9\200-\377' '\n' | tr A-Z a-z | grep . |
            sort | uniq -c | awk '{print $2"\t"$1}' | sort
    ) || true
}

# Runs modes on files and compares both tables of exactly-once and threads.
check() # NAME MODES FILE...
{
    local name=$1 modes=$2
    shift 2
    MODES=$modes "$script" "$snapsim" "out/$name" "$@" > "$name.log" 2>&1 ||
        { fail "$name: exit code $?"; tail -n 40 "$name.log"; }
    reference "$@" > "$name.tsv"
    for mode in $modes; do
        [[ $mode == at-* ]] && continue
        cmp "$name.tsv" "out/$name/$mode/counts.tsv" || fail "$name, $mode: counts.tsv differs"
        cmp "$name.tsv" "out/$name/$mode/state.tsv" || fail "$name, $mode: state.tsv differs"
    done
    echo "$name: $(wc -l < "$name.tsv") words"
}

# A member of the summary's JSON, wherever it first stands.
number() # NAME MODE MEMBER
{
    grep -oE "\"$3\": *[0-9]+" "out/$1/$2/summary.json" | head -n 1 | grep -oE '[0-9]+$'
}

crashed() # NAME MODE...
{
    local name=$1
    shift
    for mode; do
        [[ $(number "$name" "$mode" restarts) == 1 ]] || fail "$name, $mode: not one restart"
        [[ $mode == at-most-once ]] && continue
        grep -qE '"e":"restored".*"checkpoint":[1-9]' "out/$name/$mode/trace.jsonl" ||
            fail "$name, $mode: not restored from a checkpoint"
    done
}

# Lines of words; the same seed gives the same text.
prose() # BYTES SEED
{
    awk -v seed="$2" -v bytes="$1" 'BEGIN {
        srand(seed)
        for (made = 0; made < bytes; made += length(line) + 1) {
            line = ""
            for (n = int(rand() * 14); n > 0; n--)
                line = line "w" int(rand() * rand() * 3000) (n % 5 ? " " : ", The ")
            print line
        }
    }'
}

# LINES lines of COUNT different words each, all of BYTES bytes.
even() # LINES COUNT BYTES
{
    awk -v lines="$1" -v count="$2" -v bytes="$3" 'BEGIN {
        for (line = 0; line < lines; line++)
            for (n = 1; n <= count; n++)
                printf "w%0*d%s", bytes - 1, made++ * 7919 % 3001, n < count ? " " : "\n"
    }'
}

blank() # COUNT
{
    awk -v count="$1" 'BEGIN {while (count--) print ""}'
}

prose 3000 1 > small.txt
prose 3000 2 | sed 's/$/\r/' > crlf.txt
prose 3000 3 | head -c 2500 | sed '$s/$/ end/' | head -c 2490 > no-final-newline.txt
printf 'Grüße aus Köln, naïve café\nΑθήνα 東京 ÄÖÜ ... Straße\n\nÉCOLE école\n' > utf8.txt
printf 'ab\xff\xfe cd\x80\nAB\xc3\nx\xf0\x9f y\n' > invalid-utf8.txt
printf 'Word' > one-word.txt
printf '\n\n\n\r\n\n' > blank-lines.txt
: > empty.txt
for i in {1..3000}; do printf '%b' "\\x$(printf %x $((i * i * 31 % 256)))"; done > binary.dat
prose 2000 4 > 'a name, with spaces = and [signs].txt'
prose 2000 5 > '-dash.txt'
prose 300000 6 > long.txt
prose 1000000 10 > megabyte.txt
yes 'word' 2> /dev/null | head -c 100000 > same-word.txt || true
tr '\n' ' ' < same-word.txt > same-word-one-line.txt
prose 120000 7 | tr '\n' ' ' > one-line.txt
even 1 27000 5 | cat - <(even 300 5 5) > long-then-short.txt
even 300 5 5 | cat - <(even 1 27000 5) > short-then-long.txt
even 15 1800 5 > fifteen-lines.txt
even 40 500 5 > dozens-of-lines.txt
even 5000 1 20 > one-word-a-line.txt
even 20 50 100 > thousand-words.txt
cat <(blank 300000) <(prose 100000 18) > newlines-then-words.txt
cat <(prose 100000 19) <(blank 300000) > words-then-newlines.txt
blank 200000 > newlines.txt
blank 200000 | tr '\n' ' ' > spaces.txt
head -c 100000 /dev/zero | tr '\0' a > word-of-100000.txt
awk 'BEGIN {srand(20); for (i = 0; i < 150000; i++) printf "%c", 1 + int(rand() * 255)}' \
    > random-bytes.dat
prose 100000 8 > first.txt
prose 60000 9 > second.txt

modes=(exactly-once at-least-once at-most-once threads)
all=${modes[*]}
virtual=${modes[*]:0:3}
check long "$all" long.txt &
check several "$all" first.txt empty.txt second.txt no-final-newline.txt small.txt &
check same-word "$all" same-word.txt &
check fifteen-lines "$all" fifteen-lines.txt &
check long-then-short "$all" long-then-short.txt &
check mixed 'exactly-once threads' crlf.txt utf8.txt invalid-utf8.txt binary.dat one-word.txt &
check small "$all" small.txt &
wait
for name in crlf no-final-newline utf8 invalid-utf8 one-word blank-lines empty; do
    check "$name" exactly-once "$name.txt"
done
shapes=(one-line short-then-long dozens-of-lines one-word-a-line same-word-one-line megabyte
    thousand-words newlines-then-words words-then-newlines)
wordless=(newlines spaces word-of-100000)
for name in "${shapes[@]}" "${wordless[@]}"; do
    check "$name" "$virtual" "$name.txt"
done
check binary exactly-once binary.dat
check random-bytes "$virtual" random-bytes.dat
check three "$virtual" one-line.txt newlines.txt first.txt
check names exactly-once 'a name, with spaces = and [signs].txt' ./-dash.txt one-word.txt
check twice exactly-once small.txt small.txt
check absolute exactly-once "$PWD/small.txt"

for name in long several same-word fifteen-lines long-then-short; do
    crashed "$name" "${modes[@]}"
done
for name in "${shapes[@]}" "${wordless[@]}" random-bytes three; do
    crashed "$name" "${modes[@]:0:3}"
done
for name in long several same-word fifteen-lines long-then-short random-bytes three "${shapes[@]}"
do
    (($(number "$name" at-least-once duplicated) > 0)) || fail "$name: no duplicates"
    (($(number "$name" at-most-once lost) > 0)) || fail "$name: no losses"
done
for name in "${wordless[@]}"; do
    grep -q 'are too few for at-least-once' "$name.log" || fail "$name: not told that words are few"
    ! grep -q 'NOT as expected' "$name.log" || fail "$name: expects what such a text cannot show"
done

code=0
"$script" "$snapsim" out/missing small.txt absent.txt > missing.log 2>&1 || code=$?
((code == 2)) || fail "a missing file ends with $code"
! [[ -s failures ]]
