// SPDX-License-Identifier: Apache-2.0
#include "base/real.h"

#include <stdint.h>
#include <string.h>

#include "base/check.h"

static const double LOG_2 = 0x1.62e42fefa39efp-1;

/* 2 to the n as bits: n in the range of normal numbers. */
static double power_of_two(int n)
{
    uint64_t bits = (uint64_t)(n + 1023) << 52;
    double power;

    memcpy(&power, &bits, sizeof(power));
    return power;
}

double snap_real_log(double x)
{
    uint64_t bits;
    int exponent;
    double z;
    double square;
    double sum = 0;

    SNAP_CHECK(x >= 0x1p-1022 && x <= 0x1.fffffffffffffp1023);
    memcpy(&bits, &x, sizeof(bits));
    exponent = (int)(bits >> 52) - 1023;
    x *= power_of_two(exponent == 1023 ? -1022 : -exponent);
    if (exponent == 1023)
        x *= 0.5;
    /* x in [1, 2): log x = 2 artanh((x - 1) / (x + 1)), whose series converges by 1/9 a term. */
    z = (x - 1) / (x + 1);
    square = z * z;
    for (int k = 33; k >= 1; k -= 2)
        sum = sum * square + 1.0 / k;
    return 2 * z * sum + exponent * LOG_2;
}

double snap_real_exp(double x)
{
    int n;
    double rest;
    double sum = 1;

    SNAP_CHECK(x >= -700 && x <= 700);
    n = (int)(x / LOG_2 + (x < 0 ? -0.5 : 0.5));
    rest = x - n * LOG_2;
    for (int k = 18; k >= 1; k--)
        sum = 1 + rest / k * sum;
    return sum * power_of_two(n);
}
