#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_install.sh BUILD EXAMPLES CC: installs into a temporary directory and builds a program with
# nothing but what pkg-config says about it.
set -euo pipefail
build=$1 examples=$2 cc=$3
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

cmake --install "$build" --prefix "$place/first" > /dev/null
# An installation may be moved.
mv "$place/first" "$place/prefix"
PKG_CONFIG_PATH=$(dirname "$(find "$place/prefix" -name snapsim.pc)")
export PKG_CONFIG_PATH
find "$place/prefix" -name '*.h' -printf '%P\n' | sort | diff - <(printf 'include/snapsim/%s\n' \
    snap.h snap_operator.h snap_state.h snap_values.h)
LD_LIBRARY_PATH=$(pkg-config --variable=libdir snapsim)
export LD_LIBRARY_PATH

cd "$place"
cp "$examples/own_map.c" prog.c
read -ra flags <<< "$(pkg-config --cflags --libs snapsim)"
"$cc" prog.c "${flags[@]}" -o prog
./prog | diff -u "$examples/own_map.expected" -
[[ $(prefix/bin/snapsim version) == *"$(pkg-config --modversion snapsim)"* ]]

# The program of the manual.
awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$examples/../docs/C_API.md" > manual.c
"$cc" manual.c "${flags[@]}" -o manual

# Each header stands alone, in old C and in C++.
for header in "$place"/prefix/include/snapsim/*.h; do
    echo "#include <${header##*/}>" > alone.c
    "$cc" -std=c99 -pedantic -Wall -Wextra -Werror -fsyntax-only "${flags[@]:0:1}" alone.c
    if command -v c++ > /dev/null; then
        c++ -x c++ -std=c++11 -pedantic -Wall -Wextra -Werror -fsyntax-only "${flags[@]:0:1}" \
            alone.c
    fi
done
