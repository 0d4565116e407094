// SPDX-License-Identifier: Apache-2.0
/*
 * sha256.h: the digest by which cases name texts without holding them.
 */
#ifndef SNAP_TESTS_SHA256_H
#define SNAP_TESTS_SHA256_H

enum { SHA256_HEX = 65 }; /* digits, and the zero byte */

/* Writes the SHA-256 of the text (FIPS 180-4), without its zero byte, as hex digits. */
void sha256_hex(const char *text, char hex[SHA256_HEX]);

#endif
