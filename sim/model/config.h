// SPDX-License-Identifier: Apache-2.0
/*
 * config.h: the settings of a run that act, as plain values.
 *
 * - struct snap_config holds Flink's own settings with Flink's defaults of the chosen version; the
 *   scenario reader fills it from `config:`.
 * - struct snap_cost_model holds what Flink does not configure because reality gives it: latencies,
 *   bandwidths; from `model:`.
 * - Durations are nanoseconds, sizes bytes, bandwidths bytes per second.
 */
#ifndef SNAP_MODEL_CONFIG_H
#define SNAP_MODEL_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/checkpoint.h"

enum snap_flink_version { SNAP_FLINK_1_20, SNAP_FLINK_2_3 };

/* Whose network stack it is; that of the Flink version unless the scenario says otherwise. */
enum snap_network_rules { SNAP_NETWORK_PRE_1_16, SNAP_NETWORK_1_20, SNAP_NETWORK_2_3 };

/* restart-strategy.type; `by default` is resolved by the reader (Flink's rule: exponential delay
 * with checkpointing, none without). */
#define SNAP_RESTART_UNLIMITED UINT32_MAX

enum snap_restart_kind {
    SNAP_RESTART_NONE,
    SNAP_RESTART_FIXED_DELAY,
    SNAP_RESTART_FAILURE_RATE,
    SNAP_RESTART_EXPONENTIAL_DELAY,
};

/* The options of one strategy; those of the others are not read. */
struct snap_restart_config {
    enum snap_restart_kind kind;
    uint32_t attempts_max; /* fixed delay: in all */
    snap_ns delay_ns;      /* fixed delay, failure rate */
    uint32_t failures_max; /* failure rate: failures in the interval, at least 1 */
    snap_ns interval_ns;
    snap_ns backoff_initial_ns; /* exponential delay */
    snap_ns backoff_max_ns;
    double backoff_multiplier;
    snap_ns reset_threshold_ns; /* this long without failure starts again from the initial wait */
    double jitter_factor;
    uint32_t backoff_attempts_max; /* before the backoff is reset, or SNAP_RESTART_UNLIMITED */
};

/* execution.checkpointing.externalized-checkpoint-retention. */
enum snap_retention {
    SNAP_RETAIN_NONE,
    SNAP_RETAIN_ON_FAILURE, /* DELETE_ON_CANCELLATION */
    SNAP_RETAIN_ON_CANCELLATION,
};

/* execution.checkpointing.unaligned.* and what goes with it. */
struct snap_unaligned_config {
    bool enabled;               /* in effect: never at least once, so never without an interval */
    bool forced;                /* also with partitioners of the user's own */
    bool interruptible_timers;  /* a long run of timers lets a barrier through */
    bool output_at_consumer;    /* restored output data are read by consumers; 2.3 only */
    bool during_recovery;       /* checkpoints while restored data are read; 2.3 only */
    snap_ns aligned_timeout_ns; /* 0: unaligned from the start */
    uint32_t subtasks_per_file_max;
    int64_t ignored_checkpoint; /* restored without its data in flight; -1: none */
};

struct snap_checkpoint_config {
    snap_ns interval_ns;               /* 0: none but those that somebody asks for */
    enum snap_checkpointing_mode mode; /* as it is set: see snap_checkpoint_mode */
    snap_ns timeout_ns;
    snap_ns min_pause_ns;
    uint32_t concurrent_max;
    int64_t tolerable_failures; /* INT32_MAX: unlimited */
    uint32_t retained_max;
    enum snap_retention retention;
    bool after_tasks_finish;
    struct snap_unaligned_config unaligned;
};

/* Returns the mode in force: nobody waits for barriers where none come regularly, not even for
 * those of savepoints. Flink: CheckpointingOptions.getCheckpointingMode. */
static inline enum snap_checkpointing_mode
snap_checkpoint_mode(const struct snap_checkpoint_config *config)
{
    return config->interval_ns > 0 ? config->mode : SNAP_MODE_AT_LEAST_ONCE;
}

/* taskmanager.network.memory.buffer-debloat.* */
struct snap_debloat_config {
    bool enabled;
    snap_ns period_ns;
    snap_ns target_ns; /* what is queued before a gate should take this long */
    uint32_t samples;
    int32_t threshold_percent; /* smaller changes are not announced */
};

struct snap_network_config {
    enum snap_network_rules rules;
    bool output_timeout;        /* a barrier that waits in an output queue may become unaligned */
    uint32_t segment_bytes;     /* taskmanager.memory.segment-size */
    uint32_t segment_min_bytes; /* least and first size with debloating */
    uint32_t segment_start_bytes;
    uint32_t exclusive_per_channel;
    uint32_t floating_per_gate;
    uint32_t per_subpartition_max;
    uint32_t overdraft_per_gate;
    uint32_t required_per_gate_max; /* read-buffer.required-per-gate.max; 0: no limit */
    struct snap_debloat_config debloat;
    snap_ns buffer_timeout_ns; /* 0: flush after each record; SNAP_NEVER: only when full */
};

/* state.backend.type. Flink: StateBackendLoader. */
enum snap_backend_kind { SNAP_BACKEND_HASHMAP, SNAP_BACKEND_ROCKSDB };

/* Where checkpoints go. Flink: CheckpointStorageLoader. */
enum { SNAP_MEMORY_STATE_BYTES_MAX = 5 * 1024 * 1024 }; /* of a state the JobManager keeps */
enum snap_storage_kind { SNAP_STORAGE_JOB_MANAGER, SNAP_STORAGE_FILE_SYSTEM };

struct snap_storage_config {
    enum snap_backend_kind backend;
    bool is_incremental;         /* rocksdb: checkpoints share the files that did not change */
    bool is_compressed;          /* states in files but RocksDB's tables, which always are */
    enum snap_storage_kind kind; /* settled: of a directory, or as it was asked for */
    bool kind_given;
    const char *checkpoint_dir; /* as written; NULL: none */
    const char *savepoint_dir;
    bool creates_subdir;      /* below the directory one with the id of the job */
    int64_t inline_max_bytes; /* smaller states lie in `_metadata` */
};

/* state.changelog.*: what a change log makes of sizes and times. */
struct snap_changelog_config {
    bool is_enabled;
    bool is_in_memory; /* state.changelog.storage: memory; else in files */
    bool materializes;
    snap_ns interval_ns;
    uint32_t failures_max; /* of materializations in a row, that a task survives */
};

/* execution.state-recovery.*: what `run` starts from if its options do not say. */
struct snap_recovery_config {
    const char *path; /* of a snapshot; NULL: nothing */
    bool ignores_unclaimed;
    uint32_t claim_mode; /* which of CLAIM, NO_CLAIM, LEGACY */
};

struct snap_config {
    enum snap_flink_version version;
    uint32_t parallelism_default;
    int64_t max_parallelism; /* -1: derived per operator */
    bool chaining_enabled;
    bool chain_different_max_parallelism;
    bool vertex_name_index_prefix;
    snap_ns auto_watermark_ns; /* pipeline.auto-watermark-interval; 0: off */
    bool high_availability;    /* high-availability.type is not NONE */
    snap_ns heartbeat_timeout_ns;
    uint32_t task_slots; /* taskmanager.numberOfTaskSlots; 0: one slot is enough for all */
    struct snap_checkpoint_config checkpoint;
    struct snap_storage_config storage;
    struct snap_changelog_config changelog;
    struct snap_recovery_config recovery;
    struct snap_restart_config restart;
    struct snap_network_config network;
};

/* A directory that stands for a remote storage. */
struct snap_uri_root {
    const char *uri;       /* "hdfs://namenode:8020"; no slash at its end. NULL: there is none */
    const char *directory; /* of this machine */
};

/* Returns what follows the root in the text, "" if nothing does; NULL: it names nothing there. */
const char *snap_uri_root_rest(const char *uri, const char *text);

/* How a record's cost is spent on real threads. */
enum snap_cost_mode { SNAP_COST_SLEEP, SNAP_COST_SPIN };

struct snap_cost_model {
    uint32_t record_size_bytes;
    snap_ns network_latency_ns;       /* between TaskManagers */
    snap_ns network_local_latency_ns; /* inside one TaskManager */
    snap_ns job_manager_latency_ns;   /* between the JobManager and a TaskManager */
    int64_t network_bytes_per_second; /* of one subtask's link; 0: no limit */
    snap_ns storage_latency_ns;
    snap_ns storage_file_ns;          /* of the storage's time for each file, shared as bytes are */
    int64_t storage_bytes_per_second; /* shared by all subtasks; 0: no limit */
    struct snap_uri_root storage_root;
    bool storage_is_local;  /* a directory is each machine's own: see storage.shared */
    snap_ns sync_ns;        /* synchronous part of a snapshot */
    snap_ns startup_max_ns; /* until a subtask that runs begins its work: drawn */
    snap_ns trigger_ns;     /* from a checkpoint's time until its sources are asked */
    /* Of the cores, for each subtask's part in an unaligned checkpoint. */
    snap_ns unaligned_turn_ns;
    snap_ns takeover_ns; /* from the loss of a JobManager to its successor's start */
    enum snap_cost_mode cost_mode;
};

#endif
