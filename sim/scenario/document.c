// SPDX-License-Identifier: Apache-2.0
#include "scenario/document.h"

#include <limits.h>
#include <string.h>

#include "scenario/config_keys.h"

static const struct snap_document_key document_keys[] = {
    {"name", "title of the scenario; default: the file's name", "word count with a crash"},
    {"description", "a text for readers", "what this shows"},
    {"ask", "a question to answer before the result is seen; printed first", "will x come twice?"},
    {"answer", "what happens and why, in words; printed behind the result", "no: ..."},
    {"seed", "of everything random; default 1", "1"},
    {"runtimes", "where it may run; default both", "[virtual, threads]"},
    {"until", "end of the run; default: all sources have finished", "60 s"},
    {"flink-version", "whose defaults and constants hold: 1.20 or 2.3 (the default)", "2.3"},
    {"network-rules", "whose network stack: pre-1.16, 1.20 or 2.3; default: flink-version",
     "pre-1.16"},
    {"config", "settings of Flink, nested or dotted", "{parallelism.default: 2}"},
    {"operators", "the job", "[{uid: lines, type: sequence, count: 100}]"},
    {"model", "sizes, latencies, bandwidths", "{record-size: 100 b}"},
    {"set", "options of operators, as variants override them", "{lines.rate: 5/s}"},
    {"timeline", "what happens when", "[{at: 1.2 s, crash: \"counts[1]\"}]"},
    {"ledger", "how exactly records are followed: full, fingerprint or off", "full"},
    {"sabotage", "rules broken on purpose, see `snapsim help sabotage`", "[skip-alignment]"},
    {"expect", "the verdict that is right", "{lost: 0, duplicated: \"> 0\"}"},
    {"variants", "named sets of overrides", "{at-least-once: {config: {}}}"},
    {NULL, NULL, NULL},
};

#define NETWORK_RULES "pre-1.16, 1.20 or 2.3"

/* Each variant is built when a scenario is checked. */
enum { VARIANTS_MAX = 200 };

/* Keys that later versions bring. */
static const char *const later_keys[] = {"restore", "savepoint", "chaos", "faults"};

const struct snap_document_key *snap_document_keys(void)
{
    return document_keys;
}

/* Whether some version of Flink has the setting, or settings below it. */
static bool is_setting(const char *name)
{
    size_t length = strlen(name);
    uint32_t count;
    const struct snap_config_key *keys = snap_config_keys(&count);

    for (uint32_t i = 0; i < count; i++)
        if (strncmp(keys[i].name, name, length) == 0 &&
            (keys[i].name[length] == '.' || keys[i].name[length] == '\0'))
            return true;
    return snap_config_key_find(name, SNAP_FLINK_2_3).key != NULL;
}

/* A setting that stands beside `config`. */
static bool check_settings(struct snap_reader *reader, const struct snap_node *root,
                           const char *const *names)
{
    for (uint32_t i = 0; i < root->count; i++) {
        const struct snap_node *key = root->keys[i];
        size_t n = 0;

        while (names[n] && strcmp(names[n], key->text) != 0)
            n++;
        if (!names[n] && is_setting(key->text))
            return snap_reader_fail(reader, key,
                                    "unknown key \"%s\": Flink's settings stand under `config`",
                                    key->text);
    }
    return true;
}

/* Keys of later versions get their own message before "unknown". */
static bool check_keys(struct snap_reader *reader, const struct snap_node *root)
{
    const char *names[sizeof(document_keys) / sizeof(document_keys[0])];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        names[i] = document_keys[i].name;
    for (uint32_t i = 0; i < root->count; i++)
        for (size_t l = 0; l < sizeof(later_keys) / sizeof(later_keys[0]); l++)
            if (strcmp(root->keys[i]->text, later_keys[l]) == 0)
                return snap_reader_unsupported(reader, root->keys[i], later_keys[l]);
    return check_settings(reader, root, names) &&
           snap_reader_check_keys(reader, root, "key", names);
}

/* A seed is written as a plain number so that it survives copy and paste. */
static bool read_seed(struct snap_reader *reader, const struct snap_node *node, uint64_t *seed)
{
    const struct snap_integer_range range = {0, INT64_MAX};
    int64_t number = 0;

    if (!snap_reader_integer(reader, node, "seed", range, &number))
        return false;
    *seed = (uint64_t)number;
    return true;
}

static bool add_runtime(struct snap_reader *reader, const struct snap_node *node, bool *runtimes)
{
    static const char *const names[] = {"virtual", "threads", NULL};
    uint32_t index = 0;

    if (!snap_reader_choice(reader, node, "runtime", names, &index))
        return false;
    runtimes[index ? SNAP_RUNTIME_THREADS : SNAP_RUNTIME_VIRTUAL] = true;
    return true;
}

/* One word or a list of them. */
static bool read_runtimes(struct snap_reader *reader, const struct snap_node *node, bool *runtimes)
{
    if (node->kind != SNAP_NODE_LIST)
        return add_runtime(reader, node, runtimes);
    if (node->count == 0)
        return snap_reader_fail(reader, node, "runtimes has no runtime");
    for (uint32_t i = 0; i < node->count; i++)
        if (!add_runtime(reader, node->items[i], runtimes))
            return false;
    return true;
}

/* The text is compared, not a number: 1.20 is not 1.2. */
static bool read_version(struct snap_reader *reader, const struct snap_node *node,
                         enum snap_flink_version *version)
{
    static const char *const names[] = {"1.20", "2.3", NULL};
    uint32_t index = 0;

    if (!snap_reader_choice(reader, node, "flink-version", names, &index))
        return false;
    *version = index ? SNAP_FLINK_2_3 : SNAP_FLINK_1_20;
    return true;
}

bool snap_network_rules_read(struct snap_reader *reader, const struct snap_node *node,
                             enum snap_flink_version version, enum snap_network_rules *rules)
{
    static const char *const names[] = {"pre-1.16", "1.20", "2.3", NULL};
    uint32_t index = 0;

    *rules = version == SNAP_FLINK_1_20 ? SNAP_NETWORK_1_20 : SNAP_NETWORK_2_3;
    if (!node || node->kind == SNAP_NODE_NULL)
        return true;
    if (!snap_reader_choice(reader, node, "network-rules", names, &index))
        return false;
    *rules = (enum snap_network_rules)index;
    return true;
}

static bool read_ledger(struct snap_reader *reader, const struct snap_node *node,
                        enum snap_ledger_mode *mode)
{
    static const char *const names[] = {"off", "fingerprint", "full", NULL};
    uint32_t index = 0;

    if (!snap_reader_choice(reader, node, "ledger", names, &index))
        return false;
    *mode = (enum snap_ledger_mode)index;
    return true;
}

/* The value under the key, NULL if it is not there or null. */
static const struct snap_node *given(const struct snap_node *map, const char *key)
{
    const struct snap_node *node = snap_node_get(map, key);

    return node && node->kind == SNAP_NODE_NULL ? NULL : node;
}

static bool read_text(struct snap_reader *reader, const struct snap_node *root, const char *key,
                      const char **text)
{
    const struct snap_node *node = given(root, key);

    if (node && !snap_reader_expect(reader, node, SNAP_NODE_SCALAR, key))
        return false;
    if (node)
        *text = node->text;
    return true;
}

/* The title of the run's report, of which a folder's name is made. */
static bool read_name(struct snap_reader *reader, const struct snap_node *node, const char **name)
{
    if (!node)
        return true;
    if (!snap_reader_expect(reader, node, SNAP_NODE_SCALAR, "name") ||
        !snap_reader_check_printable(reader, node, "a name"))
        return false;
    if (node->text[strspn(node->text, " ")] == '\0')
        return snap_reader_fail(reader, node,
                                "a name cannot be empty; without `name` it is the file's");
    *name = node->text;
    return true;
}

/* A key whose value was forgotten. "null" is said on purpose: the default. */
static bool check_choice(struct snap_reader *reader, const struct snap_node *map, const char *key,
                         const char *expected)
{
    const struct snap_node *node = snap_node_get(map, key);

    return !node || node->kind != SNAP_NODE_NULL || node->text[0] != '\0' ||
           snap_reader_fail(reader, node, "%s must be %s, found nothing", key, expected);
}

/* Everything but parts and operators; all are optional. */
static bool read_scalars(struct snap_reader *reader, struct snap_scenario *scenario)
{
    const struct snap_node *root = scenario->root;
    const struct snap_node *seed = given(root, "seed");
    const struct snap_node *runtimes = given(root, "runtimes");
    const struct snap_node *until = given(root, "until");
    const struct snap_node *version = given(root, "flink-version");
    const struct snap_node *ledger = given(root, "ledger");

    if (!check_choice(reader, root, "flink-version", "1.20 or 2.3") ||
        !check_choice(reader, root, "network-rules", NETWORK_RULES) ||
        !check_choice(reader, root, "ledger", "full, fingerprint or off"))
        return false;
    if (!read_name(reader, given(root, "name"), &scenario->name) ||
        !read_text(reader, root, "ask", &scenario->ask) ||
        !read_text(reader, root, "answer", &scenario->answer))
        return false;
    if (seed && !read_seed(reader, seed, &scenario->seed))
        return false;
    if (!runtimes)
        scenario->runtimes[0] = scenario->runtimes[1] = true;
    else if (!read_runtimes(reader, runtimes, scenario->runtimes))
        return false;
    if (until && !snap_reader_duration(reader, until, "until", &scenario->until_ns))
        return false;
    if (until && scenario->until_ns == 0)
        return snap_reader_fail(reader, until, "until must be above 0");
    return (!version || read_version(reader, version, &scenario->version)) &&
           (!ledger || read_ledger(reader, ledger, &scenario->ledger));
}

/* Form only: what is in the parts is checked when they are built. */
static struct snap_scenario_part find_part(const struct snap_node *map)
{
    return (struct snap_scenario_part){
        .network_rules = snap_node_get(map, "network-rules"),
        .config = snap_node_get(map, "config"),
        .model = snap_node_get(map, "model"),
        .set = snap_node_get(map, "set"),
        .timeline = snap_node_get(map, "timeline"),
        .sabotage = snap_node_get(map, "sabotage"),
        .expect = snap_node_get(map, "expect"),
    };
}

/* A variant's name becomes a folder of `compare`, hence what it may not have in it. */
static bool check_variant_name(struct snap_reader *reader, const struct snap_node *name)
{
    if (!snap_reader_check_printable(reader, name, "a variant's name"))
        return false;
    if (name->text[0] == '\0' || strchr(".-", name->text[0]) || strpbrk(name->text, "/,"))
        return snap_reader_fail(reader, name,
                                "a variant's name is the name of a folder: no / and , in it, "
                                "no . and - in front");
    if (strlen(name->text) > NAME_MAX)
        return snap_reader_fail(reader, name,
                                "a variant's name is the name of a folder: it has at most %d "
                                "bytes, this one has %zu",
                                NAME_MAX, strlen(name->text));
    return true;
}

static bool read_variants(struct snap_reader *reader, struct snap_scenario *scenario)
{
    static const char *const keys[] = {"network-rules", "config",   "model",  "set",
                                       "timeline",      "sabotage", "expect", NULL};
    const struct snap_node *variants = given(scenario->root, "variants");

    if (!variants)
        return true;
    if (!snap_reader_expect(reader, variants, SNAP_NODE_MAP, "variants"))
        return false;
    if (variants->count > VARIANTS_MAX)
        return snap_reader_fail(reader, variants, "more than %d variants", VARIANTS_MAX);
    scenario->variant_count = variants->count;
    scenario->variant_names = SNAP_ARENA_ARRAY(reader->arena, const char *, variants->count);
    scenario->variants =
        SNAP_ARENA_ARRAY(reader->arena, struct snap_scenario_part, variants->count);
    for (uint32_t i = 0; i < variants->count; i++) {
        const struct snap_node *variant = variants->items[i];
        const struct snap_node *name = variants->keys[i];

        if (!check_variant_name(reader, name))
            return false;
        scenario->variant_names[i] = name->text;
        if (variant->kind == SNAP_NODE_NULL)
            continue;
        if (!snap_reader_expect(reader, variant, SNAP_NODE_MAP, "a variant") ||
            !check_settings(reader, variant, keys) ||
            !snap_reader_check_keys(reader, variant, "key of a variant", keys) ||
            !check_choice(reader, variant, "network-rules", NETWORK_RULES))
            return false;
        scenario->variants[i] = find_part(variant);
    }
    return true;
}

bool snap_document_read(struct snap_reader *reader, struct snap_scenario *scenario)
{
    const struct snap_node *root = scenario->root;

    if (!snap_reader_expect(reader, root, SNAP_NODE_MAP, "a scenario") ||
        !check_keys(reader, root) || !read_scalars(reader, scenario))
        return false;
    scenario->base = find_part(root);
    scenario->operators = given(root, "operators");
    if (!scenario->operators)
        return snap_reader_fail(reader, root, "a scenario needs operators");
    return read_variants(reader, scenario);
}
