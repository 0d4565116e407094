// SPDX-License-Identifier: Apache-2.0
/*
 * murmur.h: murmur3, 128 bits, x64 variant, as Guava computes it.
 *
 * - The hash is 16 bytes in output order: the low half first, each half little-endian.
 * - The same on every machine; no alignment is asked of the input.
 */
#ifndef SNAP_BASE_MURMUR_H
#define SNAP_BASE_MURMUR_H

#include <stddef.h>
#include <stdint.h>

enum { SNAP_MURMUR128_BYTES = 16 };

/* Writes the hash of the bytes under `seed` to `hash`. */
void snap_murmur128(const void *data, size_t bytes, uint32_t seed,
                    uint8_t hash[SNAP_MURMUR128_BYTES]);

#endif
