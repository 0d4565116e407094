// SPDX-License-Identifier: Apache-2.0
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/** The jobs of snapsim's scenarios/flink-jobs, operator for operator and state for state. */
final class Jobs {
    private Jobs() {}

    private static final long[] WORDS_ENDS = {400, 400};
    private static final long[] RULES_ENDS = {6};
    private static final long[] FLIGHT_ENDS = {900, 910};
    private static final long[] WINDOWS_ENDS = {500, 510};
    private static final long[] ZOO_ENDS = {300, 310};
    private static final int ZOO_LONG_KEYS = 7;
    private static final int ZOO_STRING_KEYS = 5;
    private static final int WINDOWS_KEYS = 2;
    private static final int WORDS = 23;
    private static final int FLIGHT_KEYS = 10;
    private static final int SHELVES_KEYS = 4;

    private static DataStream<Long> numbers(
            StreamExecutionEnvironment env, NumbersSource source, int parallelism) {
        return env.fromSource(
                        source, WatermarkStrategy.noWatermarks(), source.uid(), Types.LONG)
                .uid(source.uid())
                .setParallelism(parallelism);
    }

    private static String word(long number) {
        long split = number / NumbersSource.NUMBERS_PER_SPLIT;
        long index = number % NumbersSource.NUMBERS_PER_SPLIT;
        return "w" + (index * 7 + split * 3) % WORDS;
    }

    private static void wordCount(StreamExecutionEnvironment env, boolean withRules) {
        DataStream<String> words =
                numbers(env, new NumbersSource("source", WORDS_ENDS, false), env.getParallelism())
                        .map(Jobs::word)
                        .returns(Types.STRING)
                        .uid("map");
        if (withRules) {
            DataStream<String> rules =
                    numbers(env, new NumbersSource("rules", RULES_ENDS, false), 1)
                            .map(i -> "r" + i + "=x" + i * i)
                            .returns(Types.STRING)
                            .uid("rule-map")
                            .setParallelism(1);
            words =
                    words.connect(rules.broadcast(Unkeyed.RULES))
                            .process(new Unkeyed.Tagger())
                            .returns(Types.STRING)
                            .uid("tagger");
        }
        Keyed.apply(
                        "counter",
                        words.keyBy(word -> word, Types.STRING),
                        new Keyed.Count(),
                        Types.LONG,
                        Keyed.COUNT)
                .process(new Unkeyed.Tally())
                .returns(Types.LONG)
                .uid("sink");
    }

    private static void inFlight(StreamExecutionEnvironment env) {
        DataStream<Long> mapped =
                numbers(
                                env,
                                new NumbersSource("source", FLIGHT_ENDS, false),
                                env.getParallelism())
                        .rebalance()
                        .map(new Unkeyed.Mapped())
                        .returns(Types.LONG)
                        .uid("map");
        Keyed.apply(
                "slow",
                mapped.keyBy(number -> number % FLIGHT_KEYS, Types.LONG),
                new Keyed.CountSum(),
                Types.LONG,
                Keyed.N,
                Keyed.SUM);
    }

    private static void windows(StreamExecutionEnvironment env) {
        numbers(env, new NumbersSource("source", WINDOWS_ENDS, true), env.getParallelism())
                .keyBy(number -> "k" + number % WINDOWS_KEYS, Types.STRING)
                .window(TumblingEventTimeWindows.of(Duration.ofSeconds(1)))
                .reduce(Long::sum)
                .uid("window")
                .process(new Unkeyed.Results())
                .returns(Types.LONG)
                .uid("window-out");
    }

    private static void stateZoo(StreamExecutionEnvironment env, boolean nulls) {
        DataStream<Long> numbers =
                numbers(env, new NumbersSource("source", ZOO_ENDS, true), env.getParallelism());
        DataStream<Long> passed =
                Zoo.apply(
                        "zoo-long",
                        numbers.keyBy(number -> number % ZOO_LONG_KEYS, Types.LONG),
                        new Zoo.OfLong(nulls),
                        true);
        Zoo.apply(
                "zoo-string",
                passed.keyBy(number -> "s" + number % ZOO_STRING_KEYS, Types.STRING),
                new Zoo.OfString(),
                false);
    }

    /** Records of a key are of one split, so that their order is certain. */
    private static void shelves(StreamExecutionEnvironment env) {
        Shelves.apply(
                numbers(env, new NumbersSource("source", ZOO_ENDS, false), env.getParallelism())
                        .keyBy(
                                number ->
                                        number / NumbersSource.NUMBERS_PER_SPLIT * SHELVES_KEYS
                                                + number
                                                        % NumbersSource.NUMBERS_PER_SPLIT
                                                        % SHELVES_KEYS,
                                Types.LONG));
    }

    /** Adds a job, named as its scenario, to the environment. */
    static void build(StreamExecutionEnvironment env, String name) {
        switch (name) {
            case "word-count":
                wordCount(env, false);
                break;
            case "broadcast":
                wordCount(env, true);
                break;
            case "in-flight":
                inFlight(env);
                break;
            case "windows":
                windows(env);
                break;
            case "state-zoo":
                stateZoo(env, true);
                break;
            case "state-zoo-without-nulls":
                stateZoo(env, false);
                break;
            case "shelves":
                shelves(env);
                break;
            default:
                throw new IllegalArgumentException("no such job: " + name);
        }
    }
}
