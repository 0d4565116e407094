// SPDX-License-Identifier: Apache-2.0
/*
 * snappy.h: state that was compressed: snappy blocks in the framing format.
 *
 * - A stream is chunks: its name, blocks of at most 64 KiB that are compressed or stored, each with
 *   the CRC-32C of its content.
 * - Memory: what a stream holds, which a block's length bounds (a block says so and is not believed
 *   beyond what its bytes can hold).
 * - Compressing gives the same bytes everywhere, but not those of other libraries.
 * Flink: SnappyStreamCompressionDecorator; snappy-java: SnappyFramedInputStream.
 */
#ifndef SNAP_FLINK_SNAPPY_H
#define SNAP_FLINK_SNAPPY_H

#include "flink/byte_reader.h"
#include "flink/byte_writer.h"

enum { SNAP_SNAPPY_BLOCK_BYTES_MAX = 1 << 16 };

/* Where a stream ends: with the bytes, or already where the next one begins. */
enum snap_snappy_extent { SNAP_SNAPPY_ALL, SNAP_SNAPPY_ONE };

/* Reads chunks up to the extent and appends what they hold to `plain` (in memory). */
bool snap_snappy_read(struct snap_byte_reader *reader, enum snap_snappy_extent extent,
                      struct snap_byte_writer *plain);

/* Appends the bytes of a block, at most so many, to `plain`. Errors: the reader's. */
bool snap_snappy_block_read(struct snap_byte_reader *reader, struct snap_bytes block,
                            uint32_t bytes_max, struct snap_byte_writer *plain);

/* Appends the chunk with the name, which opens a stream. */
void snap_snappy_write_start(struct snap_byte_writer *writer);

/* Appends the bytes as chunks of at most 64 KiB each; `scratch` (in memory) is overwritten. */
void snap_snappy_write(struct snap_byte_writer *writer, struct snap_bytes plain,
                       struct snap_byte_writer *scratch);

/* Returns the masked CRC-32C of the bytes. */
uint32_t snap_snappy_checksum(struct snap_bytes bytes);

/* Appends a block that holds `plain`, at most 64 KiB. */
void snap_snappy_block_write(struct snap_byte_writer *writer, struct snap_bytes plain);

#endif
