// SPDX-License-Identifier: Apache-2.0
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs jobs in clusters of this process. Commands are lines of standard input, of words NAME=VALUE;
 * each is answered by one line of JSON, with ok, and then path, state or error.
 *
 * <pre>
 *   job=NAME parallelism=N [from=SNAPSHOT] [SETTING=VALUE...]
 *       runs the job to its end and tells the final state
 *   job=NAME parallelism=N into=DIR kind=checkpoint|canonical|native sent=N [rules-sent=N]
 *       [pause=MS] [from=SNAPSHOT sent-before=N] [SETTING=VALUE...]
 *       takes a snapshot when each split of the sources has sent so many records, and cancels
 * </pre>
 *
 * A setting is a key of Flink's, with a dot in it. A pause is what the slow operator takes a record.
 */
public final class Runner {
    private static final long PATIENCE_S = 120;
    private static final int TRIES = 5;

    private Runner() {}

    private static Configuration configuration(Map<String, String> words) {
        Configuration conf = new Configuration();
        conf.setString("rest.bind-port", "0");
        conf.setString("rest.address", "localhost");
        conf.setString("taskmanager.memory.network.min", "16mb");
        conf.setString("taskmanager.memory.network.max", "16mb");
        conf.setString("taskmanager.memory.managed.size", "24mb");
        conf.setString("pipeline.max-parallelism", "128");
        conf.setString(
                "execution.checkpointing.interval", words.containsKey("into") ? "1 h" : "100 ms");
        conf.setString(
                "execution.checkpointing.externalized-checkpoint-retention",
                "RETAIN_ON_CANCELLATION");
        conf.setString("state.backend.type", "hashmap");
        conf.setString("restart-strategy.type", "disable");
        words.forEach(
                (name, value) -> {
                    if (name.contains(".")) {
                        conf.setString(name, value);
                    }
                });
        if (words.containsKey("from")) {
            conf.setString("execution.state-recovery.path", words.get("from"));
        }
        if (words.containsKey("into")) {
            conf.setString("execution.checkpointing.dir", "file://" + words.get("into"));
        }
        return conf;
    }

    /** One slot a machine: records between subtasks of different numbers go over the network. */
    private static MiniCluster cluster(Configuration conf, int machines) throws Exception {
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(conf)
                                .setNumTaskManagers(machines)
                                .setNumSlotsPerTaskManager(1)
                                .build());
        cluster.start();
        return cluster;
    }

    private static JobID submit(MiniCluster cluster, Configuration conf, Map<String, String> words)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(conf);
        env.setParallelism(Integer.parseInt(words.get("parallelism")));
        Jobs.build(env, words.get("job"));
        JobGraph graph = env.getStreamGraph().getJobGraph();
        cluster.submitJob(graph).get(PATIENCE_S, TimeUnit.SECONDS);
        return graph.getJobID();
    }

    private static String resume(MiniCluster cluster, Configuration conf, Map<String, String> words)
            throws Exception {
        JobID job = submit(cluster, conf, words);
        JobResult result = cluster.requestJobResult(job).get(PATIENCE_S, TimeUnit.SECONDS);
        if (!result.isSuccess()) {
            throw new IllegalStateException(result.getSerializedThrowable().get());
        }
        return "\"state\": " + Progress.stateJson();
    }

    private static boolean allRun(MiniCluster cluster, JobID job) throws Exception {
        for (AccessExecutionVertex task :
                cluster.getExecutionGraph(job).get().getAllExecutionVertices()) {
            ExecutionState state = task.getExecutionState();
            if (state != ExecutionState.RUNNING && state != ExecutionState.FINISHED) {
                return false;
            }
        }
        return true;
    }

    private static void waitUntilSent(MiniCluster cluster, JobID job, long wanted)
            throws Exception {
        CompletableFuture<JobResult> end = cluster.requestJobResult(job);
        long last = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (Progress.allSent() < wanted || !allRun(cluster, job)) {
            if (end.isDone() || System.nanoTime() > last) {
                throw new IllegalStateException(
                        "sources have sent " + Progress.allSent() + " of " + wanted,
                        end.isDone() ? end.get().getSerializedThrowable().orElse(null) : null);
            }
            Thread.sleep(5);
        }
    }

    private static CompletableFuture<String> trigger(
            MiniCluster cluster, JobID job, Map<String, String> words) {
        if (words.get("kind").equals("checkpoint")) {
            return cluster.triggerCheckpoint(job);
        }
        SavepointFormatType format = SavepointFormatType.valueOf(words.get("kind").toUpperCase());
        return cluster.triggerSavepoint(job, "file://" + words.get("into"), false, format);
    }

    /** Readers without a split end at once; a checkpoint that meets them on their way out fails. */
    private static String snapshot(MiniCluster cluster, JobID job, Map<String, String> words)
            throws Exception {
        for (int tries = 1; ; tries++) {
            try {
                return trigger(cluster, job, words).get(PATIENCE_S, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (tries == TRIES) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static String take(MiniCluster cluster, Configuration conf, Map<String, String> words)
            throws Exception {
        long sent = Long.parseLong(words.get("sent"));
        boolean hasRules = words.containsKey("rules-sent");
        long rulesSent = Long.parseLong(words.getOrDefault("rules-sent", "0"));
        Progress.limit("source", sent);
        Progress.limit("rules", rulesSent);
        Progress.pauseMillis = Integer.parseInt(words.getOrDefault("pause", "0"));
        JobID job = submit(cluster, conf, words);
        long before = Long.parseLong(words.getOrDefault("sent-before", "0"));
        waitUntilSent(cluster, job, 2 * (sent - before) + (hasRules ? rulesSent : 0));
        String found = snapshot(cluster, job, words);
        cluster.cancelJob(job).get(PATIENCE_S, TimeUnit.SECONDS);
        cluster.requestJobResult(job).get(PATIENCE_S, TimeUnit.SECONDS);
        return "\"path\": \"" + found + "\"";
    }

    private static String act(String line) throws Exception {
        Map<String, String> words = new HashMap<>();
        for (String part : line.split(" ")) {
            int middle = part.indexOf('=');
            words.put(part.substring(0, middle), part.substring(middle + 1));
        }
        Progress.reset();
        Configuration conf = configuration(words);
        MiniCluster cluster = cluster(conf, Integer.parseInt(words.get("parallelism")));
        try {
            return words.containsKey("into")
                    ? take(cluster, conf, words)
                    : resume(cluster, conf, words);
        } finally {
            cluster.close();
        }
    }

    /** The chain of causes as the text of a JSON string. */
    private static String causes(Throwable thrown) {
        StringBuilder out = new StringBuilder();
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            out.append(out.length() == 0 ? "" : " <- ").append(t);
        }
        return out.toString().replace("\\", "/").replace('"', '\'').replaceAll("\\s+", " ");
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer;
            try {
                answer = "{\"ok\": true, " + act(line) + "}";
            } catch (Exception e) {
                e.printStackTrace();
                answer = "{\"ok\": false, \"error\": \"" + causes(e) + "\"}";
            }
            System.out.println(answer);
            System.out.flush();
        }
        System.exit(0);
    }
}
