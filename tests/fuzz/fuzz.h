// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz.h: what the fuzz targets share.
 *
 * - A target reads files as Flink writes them from any bytes: nothing may crash, leak or hang, and
 *   memory stays within a bound by the input's size.
 * - What a target needs beside a file (a handle with offsets) stands in front of it: make_corpus.c
 *   makes such inputs of real snapshots.
 */
#ifndef SNAP_TESTS_FUZZ_H
#define SNAP_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FUZZ_GROUPS_MAX = 128,    /* of the keyed target */
    FUZZ_LISTS_MAX = 8,       /* of the operator target */
    FUZZ_OFFSETS_MAX = 64,    /* of a list, or of a channel */
    FUZZ_MEMORY_FACTOR = 400, /* bytes of memory a byte of input */
    FUZZ_MEMORY_FIXED = 8 << 20,
};

#endif
