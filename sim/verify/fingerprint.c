// SPDX-License-Identifier: Apache-2.0
#include "verify/fingerprint.h"

void snap_fingerprint_add_stretch(struct snap_fingerprint *print,
                                  const struct snap_print_form *form,
                                  const struct snap_stretch *stretch)
{
    struct snap_print_form local = *form;
    struct snap_fingerprint added = {0};

    for (uint32_t i = 0; i < stretch->count; i++)
        snap_fingerprint_add_copy(&added, &local, &stretch->records[i],
                                  stretch->lineage ? stretch->lineage[i] : 0);
    snap_fingerprint_merge(print, &added);
}
