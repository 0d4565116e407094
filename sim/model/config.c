// SPDX-License-Identifier: Apache-2.0
#include "model/config.h"

#include <string.h>

const char *snap_uri_root_rest(const char *uri, const char *text)
{
    size_t length = strlen(uri);

    if (strncmp(text, uri, length) != 0)
        return NULL;
    /* "hdfs://" itself stands for all of them; "hdfs://a" not for "hdfs://ab". */
    return text[length] == '/' || text[length] == '\0' || uri[length - 1] == '/' ? text + length
                                                                                 : NULL;
}
