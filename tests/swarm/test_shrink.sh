#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Seeds of jobs with broken rules shrink to small files that show the same finding when snapsim runs
# them. usage: test_shrink.sh SWARM_SHRINK SNAPSIM
set -euo pipefail
shrink=$1 snapsim=$2 lines_max=16
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

failed=0
fail() # MESSAGE
{
    echo "seed $seed: $*"
    sed 's/^/    /' "$file"
    failed=$((failed + 1))
}

for seed in 1 2 14 15 18 42; do
    file=$folder/$seed.yaml
    "$shrink" "$seed" "$file" broken
    name=$(sed -nE '1s/.*Finding: (oracle [a-z]+ objects)\.$/\1/p' "$file")
    code=0
    "$snapsim" run "$file" --out "$folder/$seed" > "$folder/log" 2>&1 || code=$?
    (($(wc -l < "$file") <= lines_max)) || fail "is longer than $lines_max lines"
    grep -q "^seed: $seed\$" "$file" || fail "the seed is lost"
    ((code == 1)) || fail "snapsim ends with $code"
    grep -qi "${name:-no finding}" "$folder/log" || fail "snapsim does not say: $name"
done
((failed == 0))
