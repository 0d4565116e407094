#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Jobs with broken rules shrink to small files that show the same finding when snapsim runs them:
# those of the first seeds at which an oracle objects, as it has to at many.
# usage: test_shrink.sh SWARM_SHRINK SNAPSIM
set -euo pipefail
shrink=$1 snapsim=$2 lines_max=16 seeds_max=24 findings_wanted=8
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

failed=0
fail() # MESSAGE
{
    echo "seed $seed: $*"
    sed 's/^/    /' "$file"
    failed=$((failed + 1))
}

found=0
for ((seed = 1; seed <= seeds_max && found < findings_wanted; seed++)); do
    file=$folder/$seed.yaml
    code=0
    "$shrink" "$seed" "$file" broken || code=$?
    # Its answer for "shows nothing".
    ((code != 1)) || continue
    ((code == 0)) || fail "swarm_shrink ends with $code"
    name=$(sed -nE '1s/.*Finding: (oracle [a-z]+ objects)\.$/\1/p' "$file")
    # What only the ledger shows has other words in each place.
    [[ -n $name ]] || continue
    found=$((found + 1))
    code=0
    # Some oracles look at single buffers, whose events are told only if somebody wants them.
    "$snapsim" run "$file" --out "$folder/$seed" --trace buffers > "$folder/log" 2>&1 || code=$?
    (($(wc -l < "$file") <= lines_max)) || fail "is longer than $lines_max lines"
    grep -q "^seed: $seed\$" "$file" || fail "the seed is lost"
    ((code == 1)) || fail "snapsim ends with $code"
    grep -qi "$name" "$folder/log" || fail "snapsim does not say: $name"
done
if ((found < findings_wanted)); then
    echo "of $seeds_max seeds only at $found an oracle objects"
    exit 1
fi
((failed == 0))
