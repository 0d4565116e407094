// SPDX-License-Identifier: Apache-2.0
/* format_vectors.h: adapters for the recorded bytes of Flink's formats, a member a suite. */
#ifndef SNAP_TESTS_FORMAT_VECTORS_H
#define SNAP_TESTS_FORMAT_VECTORS_H

#include "conform.h"

/* Whether the file is the one with the vectors. */
bool conform_is_format_vectors(const json_t *document);

conform_run conform_format_vector_case;
conform_run conform_generated_ids_case;
conform_run conform_format_snapshot_case;

#endif
