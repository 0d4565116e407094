// SPDX-License-Identifier: Apache-2.0
/*
 * State by key with names: a value, a list and two maps, through a savepoint and a crash.
 *
 * Each customer fills a basket, number by number. The list has the articles of the basket in their
 * order, a map from text to long how many there are of each. When eight articles lie in it the
 * basket is paid: the operator tells what it was, and empties list and map. The value is the
 * customer's card: how many baskets were paid; the other map, from long to text, has the first
 * article of each. A full card is told as well, and thrown away: the key has no value then.
 *
 * The operator has neither `snapshot` nor `restore`: state by key is in each snapshot by itself and
 * goes with its keys to whichever subtask has them afterwards. It promises to be deterministic, so
 * the ledger judges what the states hold in the end.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <snap.h>

enum {
    RECORDS = 600,
    CUSTOMERS = 5,
    BASKET = 8,
    CARD = 4,
    BASKETS_MAX = RECORDS / BASKET,
    TEXT_MAX = 200,
};

/* ---- the operator ---- */

static const char *const articles[] = {"apple", "bread", "cheese"};

/* A text that grows. */
struct text {
    char chars[TEXT_MAX];
    int length;
};

static void add_article(void *to, struct snapsim_value article)
{
    struct text *text = to;

    text->length += snprintf(text->chars + text->length, sizeof(text->chars) - (size_t)text->length,
                             " %c", article.text[0]);
}

static void add_count(void *to, struct snapsim_value article, struct snapsim_value count)
{
    struct text *text = to;

    text->length += snprintf(text->chars + text->length, sizeof(text->chars) - (size_t)text->length,
                             ", %lld %s", (long long)count.number, article.text);
}

static void add_first(void *to, struct snapsim_value basket, struct snapsim_value article)
{
    struct text *text = to;

    text->length += snprintf(
        text->chars + text->length, sizeof(text->chars) - (size_t)text->length, "%s %lld %s",
        basket.number ? "," : "; a full card:", (long long)basket.number, article.text);
}

static void take_first(void *to, struct snapsim_value article)
{
    struct snapsim_value *first = to;

    if (!first->text)
        *first = article;
}

static void pay(const struct snapsim_record *in, struct snapsim_context *context)
{
    struct snapsim_value paid;
    struct snapsim_value first = {.text = NULL};
    struct text text = {.length = 0};

    snapsim_value_get(context, "paid", &paid); /* 0 on a new card */
    text.length = snprintf(text.chars, sizeof(text.chars), "basket %lld:", (long long)paid.number);
    snapsim_list_each(context, "basket", add_article, &text);
    snapsim_list_each(context, "basket", take_first, &first);
    snapsim_map_each(context, "counts", add_count, &text);
    snapsim_map_put(context, "firsts", paid, first);
    if (paid.number + 1 < CARD) {
        snapsim_value_put(context, "paid", snapsim_long(paid.number + 1));
    } else {
        snapsim_map_each(context, "firsts", add_first, &text);
        snapsim_value_clear(context, "paid");
        snapsim_map_clear(context, "firsts");
    }
    snapsim_emit(context, in->key, snapsim_text(text.chars));
    snapsim_list_clear(context, "basket");
    snapsim_map_clear(context, "counts");
}

static void shop(void *self, const struct snapsim_record *in, struct snapsim_context *context)
{
    struct snapsim_value article =
        snapsim_text(articles[in->value.number * in->value.number % 7 % 3]);
    struct snapsim_value count;

    (void)self;
    snapsim_list_add(context, "basket", article);
    snapsim_map_get(context, "counts", article, &count);
    snapsim_map_put(context, "counts", article, snapsim_long(count.number + 1));
    if (snapsim_list_each(context, "basket", NULL, NULL) == BASKET)
        pay(in, context);
}

static const struct snapsim_state states[] = {
    {.name = "paid", .shape = SNAPSIM_SHAPE_VALUE, .kind = SNAPSIM_LONG},
    {.name = "basket", .shape = SNAPSIM_SHAPE_LIST, .kind = SNAPSIM_TEXT},
    {.name = "counts", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_LONG, .field = SNAPSIM_TEXT},
    {.name = "firsts", .shape = SNAPSIM_SHAPE_MAP, .kind = SNAPSIM_TEXT, .field = SNAPSIM_LONG},
};

static const struct snapsim_operator_type shop_type = {
    .name = "shop",
    .role = SNAPSIM_OPERATOR,
    .doc = "fills a basket for each customer, and tells of it when it is full",
    .value_out = SNAPSIM_OUTPUT_TEXT,
    .keyed = true,
    .keeps_key = true,
    .process = shop,
    .states = states,
    .state_count = 4,
    .deterministic = true,
};

/* ---- the job ---- */

static struct snapsim_job *build(const char *shops)
{
    struct snapsim_job *job = snapsim_job_create("baskets");
    char number[16];

    snapsim_job_type(job, &shop_type);
    snapsim_job_config(job, "execution.checkpointing.interval", "50 ms");
    snapsim_job_config(job, "execution.checkpointing.savepoint-dir", "savepoints");
    snapsim_job_config(job, "restart-strategy.type", "fixed-delay");
    snapsim_job_config(job, "restart-strategy.fixed-delay.delay", "10 ms");
    snapsim_job_operator(job, "customers", "sequence");
    snprintf(number, sizeof(number), "%d", RECORDS);
    snapsim_job_option(job, "customers", "count", number);
    snprintf(number, sizeof(number), "%d", CUSTOMERS);
    snapsim_job_option(job, "customers", "keys", number);
    snapsim_job_option(job, "customers", "rate", "2000/s");
    snapsim_job_option(job, "customers", "parallelism", "1");
    snapsim_job_operator(job, "shops", "shop");
    snapsim_job_option(job, "shops", "parallelism", shops);
    snapsim_job_input(job, "shops", "customers", "hash");
    snapsim_job_operator(job, "paid", "collect");
    snapsim_job_option(job, "paid", "parallelism", "1");
    snapsim_job_input(job, "paid", "shops", NULL);
    return job;
}

/* The baskets that were paid, in one story or another. */
struct paid {
    char baskets[2 * BASKETS_MAX][TEXT_MAX];
    size_t count;
};

static void note_basket(void *to, uint32_t subtask, struct snapsim_value key,
                        struct snapsim_value line)
{
    struct paid *paid = to;

    (void)subtask;
    (void)key;
    if (paid->count < sizeof(paid->baskets) / sizeof(paid->baskets[0]))
        snprintf(paid->baskets[paid->count++], TEXT_MAX, "%s", line.text);
}

/* The first basket that made a card full. */
static const char *full_card(const struct paid *paid)
{
    for (size_t i = 0; i < paid->count; i++)
        if (strstr(paid->baskets[i], "a full card"))
            return paid->baskets[i];
    return "none";
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Runs the job and adds what was paid. NULL, with the message on standard error, if it cannot. */
static struct snapsim_result *run(struct snapsim_job *job, const struct snapsim_run_options *how,
                                  struct paid *paid)
{
    const struct snapsim_visitor visitor = {.visit = note_basket, .to = paid};
    struct snapsim_error error = {0};
    struct snapsim_result *result = snapsim_job_run(job, how, &error);

    if (result && snapsim_result_lines(result, "paid", &visitor, &error)) {
        qsort(paid->baskets, paid->count, TEXT_MAX, compare);
        return result;
    }
    fprintf(stderr, "%s\n", error.message);
    snapsim_result_destroy(result);
    return NULL;
}

/* Goes on from the savepoint with three shops, one of which crashes. */
static bool go_on(const char *savepoint, enum snapsim_runtime runtime, struct paid paid,
                  const struct paid *undisturbed)
{
    const struct snapsim_start start = {.snapshot = savepoint};
    const struct snapsim_run_options how = {
        .runtime = runtime,
        .directory = runtime == SNAPSIM_THREADS ? "on-threads" : "in-virtual-time",
        .start = &start,
    };
    struct snapsim_job *job = build("3");
    struct snapsim_result *result;
    bool same;

    snapsim_job_timeline(job, "{when: checkpoint 4 completed, crash: \"shops[1]\"}");
    result = run(job, &how, &paid);
    same = paid.count == undisturbed->count &&
           memcmp(paid.baskets, undisturbed->baskets, paid.count * TEXT_MAX) == 0;
    if (result)
        printf("%s: %zu baskets in all, %s; keys with wrong state: %lld\n", how.directory,
               paid.count, same ? "the same" : "others",
               (long long)snapsim_result_counter(result, "shops", SNAPSIM_WRONG_STATE));
    snapsim_result_destroy(result);
    snapsim_job_destroy(job);
    return result && same;
}

int main(void)
{
    static struct paid undisturbed, before;
    const struct snapsim_run_options first = {.directory = "first"};
    struct snapsim_job *whole = build("2");
    struct snapsim_job *half = build("2");
    struct snapsim_result *all = run(whole, NULL, &undisturbed);
    struct snapsim_result *stopped;
    const struct snapsim_snapshot *savepoint;
    bool good = false;

    snapsim_job_timeline(half, "{at: 150 ms, stop-with-savepoint: closing}");
    stopped = run(half, &first, &before);
    savepoint = stopped ? snapsim_result_snapshot(stopped, 0) : NULL;
    if (all && savepoint) {
        printf("undisturbed: %zu baskets, one of them: %s\n", undisturbed.count,
               full_card(&undisturbed));
        printf("first: %zu baskets; savepoint %s\n", before.count, savepoint->name);
        good = go_on(savepoint->directory, SNAPSIM_VIRTUAL, before, &undisturbed) &&
               go_on(savepoint->directory, SNAPSIM_THREADS, before, &undisturbed);
    }
    snapsim_result_destroy(all);
    snapsim_result_destroy(stopped);
    snapsim_job_destroy(whole);
    snapsim_job_destroy(half);
    return good ? 0 : 2;
}
