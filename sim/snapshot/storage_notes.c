// SPDX-License-Identifier: Apache-2.0
#include "snapshot/storage_notes.h"

#include "base/text.h"

void snap_storage_notes_add(struct snap_storage_notes *notes, snap_ns at_ns, const char *what,
                            const struct snap_error *error)
{
    struct snap_text text = {0};

    if (++notes->count > SNAP_STORAGE_NOTES_MAX || !notes->tell)
        return;
    snap_text_printf(&text, "%.3f s: %s: %s", (double)at_ns / SNAP_SECOND, what, error->message);
    notes->tell(notes->to, text.data);
    snap_text_fini(&text);
}

void snap_storage_notes_end(struct snap_storage_notes *notes)
{
    struct snap_text text = {0};

    if (notes->count <= SNAP_STORAGE_NOTES_MAX || !notes->tell)
        return;
    snap_text_printf(&text, "and %u more of the files of snapshots",
                     notes->count - SNAP_STORAGE_NOTES_MAX);
    notes->tell(notes->to, text.data);
    snap_text_fini(&text);
    notes->count = 0;
}
