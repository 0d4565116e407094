// SPDX-License-Identifier: Apache-2.0
#include "conform.h"

enum conform_result conform_completed_store_case(const struct conform_case *at, struct snap_text *why)
{
    return conform_skip(why, at->suite);
}
