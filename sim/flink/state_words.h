// SPDX-License-Identifier: Apache-2.0
/* state_words.h: words that stand in the heads of state files. */
#ifndef SNAP_FLINK_STATE_WORDS_H
#define SNAP_FLINK_STATE_WORDS_H

#define SNAP_WORD_KEYED_TYPE "KEYED_STATE_TYPE"
#define SNAP_WORD_LIST_MODE "OPERATOR_STATE_DISTRIBUTION_MODE"
#define SNAP_WORD_VALUE "VALUE_SERIALIZER"
#define SNAP_WORD_KEY "KEY_SERIALIZER"
#define SNAP_WORD_NAMESPACE "NAMESPACE_SERIALIZER"

/* Version in front of a serializer's snapshot. Flink: TypeSerializerSnapshotSerializationUtil. */
enum { SNAP_SERIALIZER_PROXY_VERSION = 2 };

#endif
