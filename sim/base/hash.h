// SPDX-License-Identifier: Apache-2.0
/*
 * hash.h: mixing functions that know nothing of streams.
 *
 * - snap_mix64 is the finaliser of splitmix64: a bijection on 64 bits.
 * - snap_hash_bytes is 64-bit FNV-1a finished with snap_mix64; the same on every machine.
 */
#ifndef SNAP_BASE_HASH_H
#define SNAP_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define SNAP_HASH_START UINT64_C(0xcbf29ce484222325)

/* What snap_mix64 multiplies by. */
#define SNAP_MIX_FIRST UINT64_C(0xbf58476d1ce4e5b9)
#define SNAP_MIX_SECOND UINT64_C(0x94d049bb133111eb)

/* Returns a well-spread bijective image of x; 0 maps to 0. */
static inline uint64_t snap_mix64(uint64_t x)
{
    x = (x ^ (x >> 30)) * SNAP_MIX_FIRST;
    x = (x ^ (x >> 27)) * SNAP_MIX_SECOND;
    return x ^ (x >> 31);
}

/* Returns the FNV-1a state after `bytes` more bytes; start with SNAP_HASH_START. */
static inline uint64_t snap_hash_feed(uint64_t state, const void *data, size_t bytes)
{
    const unsigned char *at = data;

    for (size_t i = 0; i < bytes; i++)
        state = (state ^ at[i]) * UINT64_C(0x100000001b3);
    return state;
}

/* Returns the content hash of the bytes. */
static inline uint64_t snap_hash_bytes(const void *data, size_t bytes)
{
    return snap_mix64(snap_hash_feed(SNAP_HASH_START, data, bytes));
}

#endif
