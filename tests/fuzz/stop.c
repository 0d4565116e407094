// SPDX-License-Identifier: Apache-2.0
/* stop.c: a failed check stops a fuzz target so that the fuzzer keeps its input. */
#include <stdlib.h>

#include "base/check.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

static void stop(void *context)
{
    (void)context;
    abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    snap_check_set_hook(stop, NULL);
    return 0;
}
