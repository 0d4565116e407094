// SPDX-License-Identifier: Apache-2.0
#include "cli/args.h"

#include <string.h>

#include "cli/verbs.h"
#include "scenario/suggest.h"

struct scan {
    const struct snap_option_help *options;
    char *const *next; /* the next word */
    struct snap_arena *arena;
    struct snap_args *args;
    uint32_t capacity;
    struct snap_error *error;
};

/* "-seed" is a misspelt --seed rather than -s with a value. */
static bool lacks_dash(const struct scan *scan, const char *word)
{
    for (const struct snap_option_help *option = scan->options; option->name; option++)
        if (option->name[1] == '-' && strcmp(option->name + 1, word) == 0)
            return true;
    return false;
}

/* The option that the word names, with what follows the name in *rest ("" or "=value"). */
static const struct snap_option_help *find_option(const struct scan *scan, const char *word,
                                                  const char **rest)
{
    for (const struct snap_option_help *option = scan->options; option->name; option++) {
        size_t length = strlen(option->name);
        bool is_long = option->name[1] == '-';
        bool is_glued = !is_long && option->doc && !lacks_dash(scan, word);

        if (strncmp(word, option->name, length) != 0)
            continue;
        *rest = word + length;
        if (**rest == '\0' || (option->value && (is_glued || (is_long && **rest == '='))))
            return option;
    }
    return NULL;
}

static const char *without_dashes(const char *name)
{
    return name + strspn(name, "-");
}

/* The first other verb that has the option; NULL if none has. */
static const char *other_owner(const struct scan *scan, const char *name)
{
    for (const struct snap_verb *verb = snap_verbs(); verb->name; verb++)
        for (const struct snap_option_help *option = verb->options; option->name; option++)
            if (verb->options != scan->options && option->doc && strcmp(option->name, name) == 0)
                return verb->name;
    return NULL;
}

/* What was meant is easier to find with the nearest name beside it. */
static bool fail_unknown(const struct scan *scan, const char *word)
{
    const char *written = snap_arena_strndup(scan->arena, word, strcspn(word, "="));
    /* Dashes would make all short names look alike. */
    struct snap_suggestion suggestion = {.wanted = without_dashes(written)};
    const struct snap_option_help *nearest = NULL;
    const char *owner = other_owner(scan, written);

    for (const struct snap_option_help *option = scan->options; option->name; option++) {
        if (strcmp(option->name, written) == 0)
            return snap_error_set(scan->error, SNAP_ERROR_USAGE, "%s takes no value, found \"%s\"",
                                  option->name, word + strcspn(word, "=") + 1);
        if (!option->doc)
            continue;
        snap_suggestion_try(&suggestion, without_dashes(option->name));
        if (suggestion.best == without_dashes(option->name) ||
            strcmp(suggestion.wanted, without_dashes(option->name)) == 0)
            nearest = option;
    }
    return snap_error_set(scan->error, SNAP_ERROR_USAGE, "unknown option %s%s%s%s%s%s%s", written,
                          nearest ? "; did you mean "
                          : owner ? ";"
                                  : "",
                          nearest ? nearest->name : "", nearest ? "?" : "",
                          owner ? " `snapsim " : "", owner ? owner : "", owner ? "` has it" : "");
}

/* Two values for one thing are a mistake in a script; pairs such as -D KEY=VALUE add up. */
static bool check_repetition(const struct scan *scan, const struct snap_option_help *option,
                             const char *word, const char *rest)
{
    if (!option->value || strchr(option->value, '=') || !snap_args_get(scan->args, option->name))
        return true;
    /* Whoever meant another option sees what was made of it. */
    if (*rest && *rest != '=')
        return snap_error_set(scan->error, SNAP_ERROR_USAGE,
                              "%s is given twice: there is no option %s, which is read as %s %s",
                              option->name, word, option->name, rest);
    return snap_error_set(scan->error, SNAP_ERROR_USAGE, "%s is given twice", option->name);
}

/* The list keeps the order of the command line, in which pairs are applied. */
static void add(struct scan *scan, struct snap_arg arg)
{
    struct snap_args *args = scan->args;

    args->items = snap_arena_grow(scan->arena, args->items, args->count, &scan->capacity,
                                  sizeof(*args->items));
    args->items[args->count++] = arg;
}

/* An option in the place of a value is a value that was forgotten, or an empty variable. */
static bool check_value(const struct scan *scan, const struct snap_option_help *option)
{
    const char *rest;

    if (!*scan->next)
        return snap_error_set(scan->error, SNAP_ERROR_USAGE, "%s needs %s: %s", option->name,
                              option->value, option->doc);
    if (strncmp(*scan->next, "--", 2) != 0 || !find_option(scan, *scan->next, &rest))
        return true;
    return snap_error_set(scan->error, SNAP_ERROR_USAGE,
                          "%s needs %s, found the option %s; if it is meant as the value, write "
                          "%s=%s",
                          option->name, option->value, *scan->next, option->name, *scan->next);
}

/* The value of an option is what follows it in the same word, with or without "=", else the next
 * word. */
static bool take_option(struct scan *scan, const char *word)
{
    const char *rest = "";
    struct snap_arg arg = {.option = find_option(scan, word, &rest), .text = ""};

    if (!arg.option)
        return fail_unknown(scan, word);
    if (!arg.option->doc)
        return snap_error_set(scan->error, SNAP_ERROR_UNSUPPORTED, "%s is not in this version",
                              arg.option->name);
    if (!check_repetition(scan, arg.option, word, rest))
        return false;
    if (arg.option->value && *rest) {
        arg.text = rest + (*rest == '=');
    } else if (arg.option->value) {
        if (!check_value(scan, arg.option))
            return false;
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

bool snap_args_fail_choice(const struct snap_choice_words *words, const char *found,
                           struct snap_error *error)
{
    struct snap_suggestion suggestion = {.wanted = found};
    struct snap_text all = {0};

    for (uint32_t i = 0; i < words->count; i++) {
        snap_suggestion_try(&suggestion, words->names[i]);
        snap_text_printf(&all, "%s%s",
                         i == 0                 ? ""
                         : i + 1 < words->count ? ", "
                                                : " and ",
                         words->names[i]);
    }
    snap_error_set(error, SNAP_ERROR_USAGE, "there is no %s \"%s\"%s%s%s there are %s", words->what,
                   found, suggestion.best ? "; did you mean \"" : "",
                   suggestion.best ? suggestion.best : "", suggestion.best ? "\"?" : ";",
                   snap_text_get(&all));
    snap_text_fini(&all);
    return false;
}

bool snap_args_exclusive(const struct snap_args *args, const char *one, const char *other,
                         struct snap_error *error)
{
    if (!snap_args_get(args, one) || !snap_args_get(args, other))
        return true;
    return snap_error_set(error, SNAP_ERROR_USAGE, "%s and %s exclude each other", one, other);
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
        snap_error_set(error, SNAP_ERROR_USAGE, "which %s? give %s", what,
                       strcmp(what, "scenario") == 0
                           ? "the path of its file, such as scenarios/word-count.yaml"
                       : strcmp(what, "snapshot") == 0
                           ? "its directory, such as chk-7, or the path of its _metadata"
                           : "the one that a run or a comparison wrote, by default out/NAME");
    return found;
}

void snap_args_help(struct snap_text *text, const struct snap_option_help *options)
{
    for (const struct snap_option_help *option = options; option->name; option++) {
        struct snap_text left = {0};

        if (!option->doc)
            continue;
        snap_text_printf(&left, "%s%s%s", option->name, option->value ? " " : "",
                         option->value ? option->value : "");
        snap_text_printf(text, "  %-28s %s\n", left.data, option->doc);
        snap_text_fini(&left);
    }
}
