#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every scenario has the verdict it states, in each runtime it names, or in virtual time only where
# that is possible: test_verdicts.sh SNAPSIM [virtual]
# In virtual time also as written, for who runs one without a look at its variants.
set -euo pipefail
snapsim=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

for scenario in scenarios/*.yaml scenarios/questions/*.yaml scenarios/flink-jobs/*.yaml \
    scenarios/upgrades/*.yaml; do
    runtimes=${2:-virtual,threads}
    ! grep -qE '^runtimes: *\[virtual\]|^# In tests virtual time alone' "$scenario" ||
        runtimes=virtual
    code=0
    "$snapsim" compare "$scenario" --quiet --runtime "$runtimes" --out "$work/out" --overwrite \
        > "$work/log" 2>&1 || code=$?
    echo "$scenario on $runtimes: $code"
    ((code == 0)) || { cat "$work/log"; bad=1; }
done
if [[ ${2:-} == virtual ]]; then
    for scenario in scenarios/*.yaml scenarios/*/*.yaml; do
        code=0
        "$snapsim" run "$scenario" --quiet --trace off --out "$work/out" --overwrite \
            > "$work/log" 2>&1 || code=$?
        echo "$scenario as written: $code"
        ((code == 0)) || { cat "$work/log"; bad=1; }
    done
fi
exit "$bad"
