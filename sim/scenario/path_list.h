// SPDX-License-Identifier: Apache-2.0
/*
 * path_list.h: input files of an operator: patterns expanded, each file once, in byte order.
 *
 * - In a scenario: relative to its file, with * ? [ ] patterns; one that matches nothing is an
 *   error. Arguments: literal, relative to the current directory, in the order given.
 * - Every path is a regular file at the time of reading.
 */
#ifndef SNAP_SCENARIO_PATH_LIST_H
#define SNAP_SCENARIO_PATH_LIST_H

#include "model/operator_type.h"
#include "scenario/reader.h"

/* Reads one path or a list of them into option->texts. Errors: SNAP_ERROR_SCENARIO. */
bool snap_path_list_read(struct snap_reader *reader, const struct snap_node *node, const char *what,
                         struct snap_option *option);

#endif
