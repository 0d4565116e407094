#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The pure folders compile where malloc, clocks, random numbers and stdio are errors: poison.sh CC
set -euo pipefail
cd "$(dirname "$0")/../.."

compile() # FILE
{
    "$cc" -std=c11 -D_GNU_SOURCE -Isim -fsyntax-only -include tests/tidy/poison.h "$1"
}

cc=$1
sample=$(mktemp --suffix=.c)
trap 'rm -f "$sample"' EXIT
bad=0
for use in 'void *f(void) { return malloc(1); }' 'int f(void) { return rand(); }' \
    'int f(void) { return printf("x"); }' \
    'int f(struct timespec *t) { return clock_gettime(CLOCK_MONOTONIC, t); }'; do
    echo "$use" > "$sample"
    ! compile "$sample" 2> /dev/null || { echo "not caught: $use"; bad=1; }
done
echo 'int f(void) { return 1; }' > "$sample"
compile "$sample" || { echo "a harmless sample does not compile"; bad=1; }

count=0
for file in sim/{protocol,model,flink}/*.c; do
    [[ -f $file ]] || continue
    compile "$file" || bad=1
    count=$((count + 1))
done
echo "$count files"
((bad == 0 && count > 0))
