#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# same_output.sh EXPECTED PROGRAM [ARGUMENT...]: runs it in a directory of its own, which goes, and
# compares what it prints.
set -euo pipefail
expected=$1
shift
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
"$@" | diff -u "$expected" -
