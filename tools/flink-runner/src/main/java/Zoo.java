// SPDX-License-Identifier: Apache-2.0
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateFunction;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.util.Collector;

/** The functions of the job with keyed state of every kind, and what tells it when input ends. */
final class Zoo {
    private Zoo() {}

    /** The first millisecond of the year 2100. */
    private static final long FUTURE = 4_102_444_800_000L;

    private static ValueStateDescriptor<Long> number(String name) {
        return new ValueStateDescriptor<>(name, Types.LONG);
    }

    private static final ValueStateDescriptor<Long> VALUE = number("value");
    private static final ValueStateDescriptor<Long> FIRED = number("fired");
    private static final ListStateDescriptor<Long> LIST =
            new ListStateDescriptor<>("list", Types.LONG);
    private static final MapStateDescriptor<String, Long> MAP =
            new MapStateDescriptor<>("map", Types.STRING, Types.LONG);
    private static final ReducingStateDescriptor<Long> SUM =
            new ReducingStateDescriptor<>("sum", Long::sum, Types.LONG);
    private static final AggregatingStateDescriptor<Long, Long, Long> MAX =
            new AggregatingStateDescriptor<>("max", new Max(), Types.LONG);

    private static ValueStateDescriptor<Long> ttl() {
        ValueStateDescriptor<Long> ttl = number("ttl");
        ttl.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofDays(30)).build());
        return ttl;
    }

    private static final class Max implements AggregateFunction<Long, Long, Long> {
        @Override
        public Long createAccumulator() {
            return Long.MIN_VALUE;
        }

        @Override
        public Long add(Long number, Long max) {
            return Math.max(number, max);
        }

        @Override
        public Long getResult(Long max) {
            return max;
        }

        @Override
        public Long merge(Long one, Long other) {
            return Math.max(one, other);
        }
    }

    private static long plus(ValueState<Long> state) throws Exception {
        Long old = state.value();
        long now = old == null ? 1 : old + 1;
        state.update(now);
        return now;
    }

    /** What both functions have: a map, and a count of timers. */
    private abstract static class Cage<K> extends KeyedProcessFunction<K, Long, Long> {
        transient ValueState<Long> value;
        transient ValueState<Long> fired;
        transient MapState<String, Long> map;

        @Override
        public void open(OpenContext context) throws Exception {
            value = getRuntimeContext().getState(VALUE);
            fired = getRuntimeContext().getState(FIRED);
            map = getRuntimeContext().getMapState(MAP);
        }

        void add(String field, long more) throws Exception {
            Long old = map.get(field);
            map.put(field, old == null ? more : old + more);
        }

        @Override
        public void onTimer(long time, OnTimerContext context, Collector<Long> out)
                throws Exception {
            plus(fired);
        }
    }

    /** Snapsim's operator type `zoo-long`. */
    static final class OfLong extends Cage<Long> {
        private final boolean nulls;
        private transient ListState<Long> list;
        private transient ReducingState<Long> sum;
        private transient AggregatingState<Long, Long> max;
        private transient ValueState<Long> ttl;

        OfLong(boolean nulls) {
            this.nulls = nulls;
        }

        @Override
        public void open(OpenContext context) throws Exception {
            super.open(context);
            list = getRuntimeContext().getListState(LIST);
            sum = getRuntimeContext().getReducingState(SUM);
            max = getRuntimeContext().getAggregatingState(MAX);
            ttl = getRuntimeContext().getState(ttl());
        }

        @Override
        public void processElement(Long number, Context context, Collector<Long> out)
                throws Exception {
            long index = number % NumbersSource.NUMBERS_PER_SPLIT;
            value.update(number);
            if (index % 5 == 0) {
                list.add(number);
            }
            add("f" + index % 3, 1);
            if (index % 11 == 0 && nulls) {
                map.put("nil", null);
            }
            sum.add(number);
            max.add(number);
            if (index % 2 == 0) {
                ttl.update(number);
            }
            context.timerService()
                    .registerEventTimeTimer((context.timestamp() / 500 + 1) * 500 + 250);
            if (index % 4 == 0) {
                context.timerService()
                        .registerProcessingTimeTimer(
                                FUTURE + context.getCurrentKey() * 1000 + index % 3);
            }
            out.collect(number);
        }
    }

    /** Snapsim's operator type `zoo-string`. */
    static final class OfString extends Cage<String> {
        @Override
        public void processElement(Long number, Context context, Collector<Long> out)
                throws Exception {
            long index = number % NumbersSource.NUMBERS_PER_SPLIT;
            plus(value);
            add("g" + index % 2, number);
            context.timerService()
                    .registerEventTimeTimer((context.timestamp() / 1000 + 1) * 1000);
            if (index % 7 == 0) {
                context.timerService().registerProcessingTimeTimer(FUTURE + index);
            }
        }
    }

    private static final class Telling<K> extends KeyedProcessOperator<K, Long, Long> {
        private final String uid;
        private final boolean hasAll;

        Telling(String uid, Cage<K> function, boolean hasAll) {
            super(function);
            this.uid = uid;
            this.hasAll = hasAll;
        }

        private <S extends State> void each(
                StateDescriptor<S, ?> descriptor, KeyedStateFunction<K, S> tell) throws Exception {
            this.<K>getKeyedStateBackend()
                    .applyToAllKeys(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            descriptor,
                            tell);
        }

        private void tell(String state, Object key, Object value) {
            Progress.state(uid + "/" + state, key, value);
        }

        private void tellAll() throws Exception {
            each(LIST, (key, state) -> tell("list", key, sorted(state.get())));
            each(SUM, (key, state) -> tell("sum", key, state.get()));
            each(MAX, (key, state) -> tell("max", key, state.get()));
            each(ttl(), (key, state) -> tell("ttl", key, state.value()));
        }

        private static List<Long> sorted(Iterable<Long> numbers) {
            List<Long> list = new ArrayList<>();
            numbers.forEach(list::add);
            list.sort(null);
            return list;
        }

        @Override
        public void finish() throws Exception {
            super.finish();
            each(VALUE, (key, state) -> tell("value", key, state.value()));
            each(FIRED, (key, state) -> tell("fired", key, state.value()));
            each(
                    MAP,
                    (key, state) -> {
                        Map<String, Long> fields = new TreeMap<>();
                        for (Map.Entry<String, Long> field : state.entries()) {
                            fields.put(field.getKey(), field.getValue());
                        }
                        tell("map", key, fields);
                    });
            if (hasAll) {
                tellAll();
            }
        }
    }

    static <K> SingleOutputStreamOperator<Long> apply(
            String uid, KeyedStream<Long, K> in, Cage<K> function, boolean hasAll) {
        TypeInformation<Long> type = Types.LONG;
        return in.transform(uid, type, new Telling<>(uid, function, hasAll)).uid(uid);
    }
}
