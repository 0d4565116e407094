// SPDX-License-Identifier: Apache-2.0
/*
 * node_write.h: writes a tree of nodes as a YAML document that reads back to the same tree.
 *
 * - The document and what stands directly below its keys are written in blocks, one entry a line;
 *   all that lies deeper in one line, as scenarios are written by hand.
 * - Anchors and comments are gone.
 */
#ifndef SNAP_TESTS_NODE_WRITE_H
#define SNAP_TESTS_NODE_WRITE_H

#include "base/text.h"
#include "scenario/node.h"

/* Appends the document whose root is the mapping. */
void snap_node_write(struct snap_text *text, const struct snap_node *root);

#endif
