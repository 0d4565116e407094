#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# same_output.sh EXPECTED PROGRAM [ARGUMENT...]: runs it and compares what it prints.
set -euo pipefail
expected=$1
shift
"$@" | diff -u "$expected" -
