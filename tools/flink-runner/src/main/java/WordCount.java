// SPDX-License-Identifier: Apache-2.0
import java.time.Duration;
import java.util.Locale;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The word count of the benchmark as a DataStream job in a cluster of this process: lines of a
 * text, words, a keyed count, a sink that drops what it takes; a checkpoint every 100 ms.
 * Usage: WordCount FILE MEGABYTES PARALLELISM RUNS. Prints one line of JSON.
 */
public final class WordCount {
    private WordCount() {}

    private static double seconds(String file, int parallelism) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment();
        env.setParallelism(parallelism);
        env.getConfig().enableObjectReuse();
        env.enableCheckpointing(100);
        FileSource<String> lines =
                FileSource.forRecordStreamFormat(new TextLineInputFormat(), new Path(file)).build();
        env.fromSource(lines, WatermarkStrategy.noWatermarks(), "lines")
                .flatMap(
                        (FlatMapFunction<String, Tuple2<String, Long>>)
                                (line, out) -> {
                                    for (String word : line.split(" "))
                                        out.collect(Tuple2.of(word, 1L));
                                })
                .returns(Types.TUPLE(Types.STRING, Types.LONG))
                .keyBy(word -> word.f0)
                .sum(1)
                .sinkTo(new DiscardingSink<>());
        long start = System.nanoTime();
        env.execute("word-count");
        return Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3;
    }

    public static void main(String[] args) throws Exception {
        int parallelism = Integer.parseInt(args[2]);
        int count = Integer.parseInt(args[3]);
        double[] runs = new double[count];
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            runs[i] = Double.parseDouble(args[1]) / seconds(args[0], parallelism);
            all.append(i == 0 ? "" : ", ").append(String.format(Locale.ROOT, "%.3f", runs[i]));
        }
        java.util.Arrays.sort(runs);
        System.out.printf(
                Locale.ROOT,
                "{\"figure\": \"word-count-100mb-flink\", \"value\": %.3f, \"unit\": \"MB/s\", \"runs\": [%s]}%n",
                runs[count / 2],
                all);
    }
}
