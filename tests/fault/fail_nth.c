// SPDX-License-Identifier: Apache-2.0
/*
 * fail_nth.c: loaded before the C library (LD_PRELOAD), lets the n-th call of a kind fail.
 *
 * - SNAP_FAULT_KIND is one of: memory, write, sync, rename, open. SNAP_FAULT_FROM=N lets call N
 *   and all behind it fail, SNAP_FAULT_AT=N call N alone. Without either nothing fails.
 * - SNAP_FAULT_PROGRAM=NAME: only in programs of that name; what they start runs as ever.
 * - SNAP_FAULT_COUNT=FILE: at the end the file gets the number of calls of that kind.
 * - Writes to standard output and error do not count: a report that has nowhere to go is another
 *   question. The C library's calls within itself do not come here, so stdio has its own entries.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The C library's own; looking malloc up by name would need malloc. */
extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *memory, size_t bytes);

static struct {
    bool ready;
    bool concerned; /* this is the program that is meant */
    const char *kind;
    unsigned long from;
    unsigned long at;
    _Atomic unsigned long count;
} fault;

__attribute__((constructor)) static void read_environment(void)
{
    const char *program = getenv("SNAP_FAULT_PROGRAM");
    const char *from = getenv("SNAP_FAULT_FROM");
    const char *at = getenv("SNAP_FAULT_AT");

    fault.kind = getenv("SNAP_FAULT_KIND");
    fault.from = from ? strtoul(from, NULL, 10) : 0;
    fault.at = at ? strtoul(at, NULL, 10) : 0;
    fault.concerned = !program || strcmp(program, program_invocation_short_name) == 0;
    fault.ready = fault.kind != NULL && fault.concerned;
}

/* The program may end without handlers of its own, but not when nothing fails. */
__attribute__((destructor)) static void tell_count(void)
{
    const char *path = getenv("SNAP_FAULT_COUNT");
    unsigned long count = fault.count;
    FILE *file;

    fault.ready = false;
    file = path && fault.concerned ? fopen(path, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%lu\n", count);
    fclose(file);
}

static bool fails(const char *kind)
{
    unsigned long number;

    if (!fault.ready || strcmp(fault.kind, kind) != 0)
        return false;
    number = ++fault.count;
    return number == fault.at || (fault.from && number >= fault.from);
}

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* ---- memory ---- */

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t bytes)
{
    return fails("memory") ? no_memory() : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    return fails("memory") ? no_memory() : __libc_calloc(count, bytes);
}

void *realloc(void *memory, size_t bytes)
{
    return fails("memory") ? no_memory() : __libc_realloc(memory, bytes);
}

/* ---- files ---- */

static bool no_space(const char *kind)
{
    if (!fails(kind))
        return false;
    errno = ENOSPC;
    return true;
}

ssize_t write(int descriptor, const void *data, size_t bytes)
{
    ssize_t (*next)(int, const void *, size_t) = real("write");

    if (descriptor > STDERR_FILENO && no_space("write"))
        return -1;
    return next(descriptor, data, bytes);
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *file)
{
    size_t (*next)(const void *, size_t, size_t, FILE *) = real("fwrite");

    /* Half of it, as when the disk fills up in the middle. */
    if (file != stdout && file != stderr && no_space("write")) {
        next(data, size, count / 2, file);
        return count / 2;
    }
    return next(data, size, count, file);
}

int fclose(FILE *file)
{
    int (*next)(FILE *) = real("fclose");
    bool failed = file != stdout && file != stderr && no_space("write");
    int problem = errno;
    int result = next(file);

    errno = failed ? problem : errno;
    return failed ? EOF : result;
}

int fsync(int descriptor)
{
    int (*next)(int) = real("fsync");

    return no_space("sync") ? -1 : next(descriptor);
}

int rename(const char *from, const char *to)
{
    int (*next)(const char *, const char *) = real("rename");

    return no_space("rename") ? -1 : next(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    int (*next)(const char *, mode_t) = real("mkdir");

    return no_space("open") ? -1 : next(path, mode);
}

int open(const char *path, int flags, ...)
{
    int (*next)(const char *, int, ...) = real("open");
    mode_t mode = 0;
    va_list args;

    va_start(args, flags);
    if (flags & O_CREAT)
        mode = va_arg(args, mode_t);
    va_end(args);
    return no_space("open") ? -1 : next(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*next)(const char *, const char *) = real("fopen");

    return no_space("open") ? NULL : next(path, mode);
}
