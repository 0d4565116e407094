// SPDX-License-Identifier: Apache-2.0
/* poison.h: put before every source of the pure folders; naming one of these is an error there.
 * The standard headers come first, so that what they declare is known already. */
#ifndef SNAP_TIDY_POISON_H
#define SNAP_TIDY_POISON_H

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#undef stdin
#undef stdout
#undef stderr
#pragma GCC poison malloc calloc realloc free aligned_alloc posix_memalign strdup strndup
#pragma GCC poison clock_gettime gettimeofday nanosleep usleep localtime gmtime
#pragma GCC poison rand random srand srandom rand_r drand48 getrandom
#pragma GCC poison printf fprintf vprintf vfprintf sprintf snprintf vsprintf vsnprintf dprintf
#pragma GCC poison FILE stdin stdout stderr fopen fclose fread fwrite fputs fputc puts putchar
#pragma GCC poison pthread_create pthread_mutex_lock pthread_mutex_t pthread_cond_wait

#endif
