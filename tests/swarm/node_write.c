// SPDX-License-Identifier: Apache-2.0
#include "swarm/node_write.h"

#include <string.h>

/* A plain scalar must not look like anything else, in a line of braces neither. */
static bool needs_quotes(const struct snap_node *node)
{
    size_t length = strlen(node->text);

    return node->quoted || length == 0 || strpbrk(node->text, ",[]{}#&*!|>'\"%@`\\\n\t") ||
           strstr(node->text, ": ") || node->text[length - 1] == ':' ||
           strchr("-?: =~", node->text[0]) || node->text[length - 1] == ' ';
}

static void write_scalar(struct snap_text *text, const struct snap_node *node)
{
    if (node->kind == SNAP_NODE_NULL) {
        snap_text_add_string(text, "null");
        return;
    }
    if (!needs_quotes(node)) {
        snap_text_add_string(text, node->text);
        return;
    }
    snap_text_add_string(text, "\"");
    for (const char *at = node->text; *at; at++) {
        if (*at == '"' || *at == '\\')
            snap_text_add_string(text, "\\");
        if (*at == '\n')
            snap_text_add_string(text, "\\n");
        else if (*at == '\t')
            snap_text_add_string(text, "\\t");
        else
            snap_text_add(text, at, 1);
    }
    snap_text_add_string(text, "\"");
}

static void write_flow(struct snap_text *text, const struct snap_node *node)
{
    bool map = node->kind == SNAP_NODE_MAP;

    if (!map && node->kind != SNAP_NODE_LIST) {
        write_scalar(text, node);
        return;
    }
    snap_text_add_string(text, map ? "{" : "[");
    for (uint32_t i = 0; i < node->count; i++) {
        if (i > 0)
            snap_text_add_string(text, ", ");
        if (map) {
            write_scalar(text, node->keys[i]);
            snap_text_add_string(text, ": ");
        }
        write_flow(text, node->items[i]);
    }
    snap_text_add_string(text, map ? "}" : "]");
}

/* Lists of texts stay in one line: [virtual, threads]. */
static bool is_block(const struct snap_node *node)
{
    if (node->kind == SNAP_NODE_LIST)
        return node->count > 0 &&
               (node->items[0]->kind == SNAP_NODE_MAP || node->items[0]->kind == SNAP_NODE_LIST);
    return node->kind == SNAP_NODE_MAP && node->count > 0;
}

static void write_below(struct snap_text *text, const struct snap_node *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        snap_text_add_string(text, node->kind == SNAP_NODE_LIST ? "  - " : "  ");
        if (node->kind == SNAP_NODE_MAP) {
            write_scalar(text, node->keys[i]);
            snap_text_add_string(text, ": ");
        }
        write_flow(text, node->items[i]);
        snap_text_add_string(text, "\n");
    }
}

void snap_node_write(struct snap_text *text, const struct snap_node *root)
{
    for (uint32_t i = 0; i < root->count; i++) {
        const struct snap_node *node = root->items[i];

        write_scalar(text, root->keys[i]);
        if (is_block(node)) {
            snap_text_add_string(text, ":\n");
            write_below(text, node);
            continue;
        }
        snap_text_add_string(text, ": ");
        write_flow(text, node);
        snap_text_add_string(text, "\n");
    }
}
