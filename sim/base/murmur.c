// SPDX-License-Identifier: Apache-2.0
#include "base/murmur.h"

#define C1 UINT64_C(0x87c37b91114253d5)
#define C2 UINT64_C(0x4cf5ad432745937f)

static uint64_t rotate(uint64_t x, unsigned by)
{
    return (x << by) | (x >> (64 - by));
}

/* Reads up to 8 bytes as a little-endian number. */
static uint64_t read_little(const uint8_t *at, size_t bytes)
{
    uint64_t x = 0;

    for (size_t i = 0; i < bytes && i < 8; i++)
        x |= (uint64_t)at[i] << (8 * i);
    return x;
}

static void write_little(uint8_t *at, uint64_t x)
{
    for (unsigned i = 0; i < 8; i++)
        at[i] = (uint8_t)(x >> (8 * i));
}

static uint64_t mix1(uint64_t k)
{
    return rotate(k * C1, 31) * C2;
}

static uint64_t mix2(uint64_t k)
{
    return rotate(k * C2, 33) * C1;
}

static uint64_t finish(uint64_t x)
{
    x = (x ^ (x >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ (x >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ (x >> 33);
}

void snap_murmur128(const void *data, size_t bytes, uint32_t seed,
                    uint8_t hash[SNAP_MURMUR128_BYTES])
{
    const uint8_t *at = data;
    uint64_t h1 = seed;
    uint64_t h2 = seed;
    size_t left = bytes;

    for (; left >= 16; left -= 16, at += 16) {
        h1 = (rotate(h1 ^ mix1(read_little(at, 8)), 27) + h2) * 5 + 0x52dce729;
        h2 = (rotate(h2 ^ mix2(read_little(at + 8, 8)), 31) + h1) * 5 + 0x38495ab5;
    }
    if (left > 8)
        h2 ^= mix2(read_little(at + 8, left - 8));
    if (left > 0)
        h1 ^= mix1(read_little(at, left));
    h1 ^= bytes;
    h2 ^= bytes;
    h1 += h2;
    h2 += h1;
    h1 = finish(h1);
    h2 = finish(h2);
    h1 += h2;
    h2 += h1;
    write_little(hash, h1);
    write_little(hash + 8, h2);
}
