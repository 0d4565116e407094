// SPDX-License-Identifier: Apache-2.0
#include "cli/args.h"

#include <string.h>

#include "scenario/suggest.h"

struct scan {
    const struct snap_option_help *options;
    char *const *next; /* the next word */
    struct snap_arena *arena;
    struct snap_args *args;
    uint32_t capacity;
    struct snap_error *error;
};

/* The option that the word names, with what follows the name in *rest ("" or "=value"). */
static const struct snap_option_help *find_option(const struct scan *scan, const char *word,
                                                  const char **rest)
{
    for (const struct snap_option_help *option = scan->options; option->name; option++) {
        size_t length = strlen(option->name);
        bool is_long = option->name[1] == '-';

        if (strncmp(word, option->name, length) != 0)
            continue;
        *rest = word + length;
        if (**rest == '\0' || (option->value && (!is_long || **rest == '=')))
            return option;
    }
    return NULL;
}

/* What was meant is easier to find with the nearest name beside it. */
static bool fail_unknown(const struct scan *scan, const char *word)
{
    struct snap_suggestion suggestion = {0};

    suggestion.wanted = snap_arena_strndup(scan->arena, word, strcspn(word, "="));
    for (const struct snap_option_help *option = scan->options; option->name; option++)
        snap_suggestion_try(&suggestion, option->name);
    if (suggestion.best)
        return snap_error_set(scan->error, SNAP_ERROR_USAGE, "unknown option %s; did you mean %s?",
                              suggestion.wanted, suggestion.best);
    return snap_error_set(scan->error, SNAP_ERROR_USAGE, "unknown option %s", suggestion.wanted);
}

/* The list keeps the order of the command line: a later value wins over an earlier one. */
static void add(struct scan *scan, struct snap_arg arg)
{
    struct snap_args *args = scan->args;

    args->items = snap_arena_grow(scan->arena, args->items, args->count, &scan->capacity,
                                  sizeof(*args->items));
    args->items[args->count++] = arg;
}

/* The value of an option is what follows it in the same word, else the next word. */
static bool take_option(struct scan *scan, const char *word)
{
    const char *rest = "";
    struct snap_arg arg = {.option = find_option(scan, word, &rest), .text = ""};

    if (!arg.option)
        return fail_unknown(scan, word);
    if (arg.option->value && *rest) {
        arg.text = rest + (*rest == '=' && word[1] == '-');
    } else if (arg.option->value) {
        if (!*scan->next)
            return snap_error_set(scan->error, SNAP_ERROR_USAGE, "%s needs %s", arg.option->name,
                                  arg.option->value);
        arg.text = *scan->next++;
    }
    arg.written = arg.option->value
                      ? snap_arena_printf(scan->arena, "%s %s", arg.option->name, arg.text)
                      : arg.option->name;
    add(scan, arg);
    return true;
}

bool snap_args_parse(const struct snap_option_help *options, char *const *argv,
                     struct snap_arena *arena, struct snap_args *args, struct snap_error *error)
{
    struct scan scan = {
        .options = options, .next = argv, .arena = arena, .args = args, .error = error};
    bool only_positional = false;

    *args = (struct snap_args){0};
    while (*scan.next) {
        const char *word = *scan.next++;

        if (only_positional || word[0] != '-' || word[1] == '\0')
            add(&scan, (struct snap_arg){NULL, word, word});
        else if (strcmp(word, "--") == 0)
            only_positional = true;
        else if (!take_option(&scan, word))
            return false;
    }
    return true;
}

const char *snap_args_get(const struct snap_args *args, const char *option)
{
    for (uint32_t i = args->count; i-- > 0;)
        if (args->items[i].option && strcmp(args->items[i].option->name, option) == 0)
            return args->items[i].text;
    return NULL;
}

const char *snap_args_one(const struct snap_args *args, const char *what, struct snap_error *error)
{
    const char *found = NULL;

    for (uint32_t i = 0; i < args->count; i++) {
        if (args->items[i].option)
            continue;
        if (found) {
            snap_error_set(error, SNAP_ERROR_USAGE, "one %s is enough: \"%s\" is too much", what,
                           args->items[i].text);
            return NULL;
        }
        found = args->items[i].text;
    }
    if (!found)
        snap_error_set(error, SNAP_ERROR_USAGE, "which %s?", what);
    return found;
}

void snap_args_help(struct snap_text *text, const struct snap_option_help *options)
{
    for (const struct snap_option_help *option = options; option->name; option++) {
        struct snap_text left = {0};

        snap_text_printf(&left, "%s%s%s", option->name, option->value ? " " : "",
                         option->value ? option->value : "");
        snap_text_printf(text, "  %-28s %s\n", left.data, option->doc);
        snap_text_fini(&left);
    }
}
