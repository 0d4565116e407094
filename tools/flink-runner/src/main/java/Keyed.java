// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.util.Collector;

/** The keyed functions of the jobs, and an operator that tells all their state when input ends. */
final class Keyed {
    private Keyed() {}

    private static ValueStateDescriptor<Long> number(String name) {
        return new ValueStateDescriptor<>(name, Types.LONG);
    }

    static final ValueStateDescriptor<Long> COUNT = number("count");
    static final ValueStateDescriptor<Long> N = number("n");
    static final ValueStateDescriptor<Long> SUM = number("sum");

    private static long plus(ValueState<Long> state, long more) throws Exception {
        Long old = state.value();
        long sum = old == null ? more : old + more;
        state.update(sum);
        return sum;
    }

    /** Snapsim's operator type `count`. */
    static final class Count extends KeyedProcessFunction<String, String, Long> {
        private transient ValueState<Long> count;

        @Override
        public void open(OpenContext context) {
            count = getRuntimeContext().getState(COUNT);
        }

        @Override
        public void processElement(String word, Context context, Collector<Long> out)
                throws Exception {
            out.collect(plus(count, 1));
        }
    }

    /** Snapsim's operator type `count-sum`; it can be made slow. */
    static final class CountSum extends KeyedProcessFunction<Long, Long, Long> {
        private transient ValueState<Long> n;
        private transient ValueState<Long> sum;

        @Override
        public void open(OpenContext context) {
            n = getRuntimeContext().getState(N);
            sum = getRuntimeContext().getState(SUM);
        }

        @Override
        public void processElement(Long number, Context context, Collector<Long> out)
                throws Exception {
            if (Progress.pauseMillis > 0) {
                Thread.sleep(Progress.pauseMillis);
            }
            plus(n, 1);
            out.collect(plus(sum, number));
        }
    }

    private static final class Telling<K, I, O> extends KeyedProcessOperator<K, I, O> {
        private final String uid;
        private final List<ValueStateDescriptor<Long>> states;

        Telling(
                String uid,
                KeyedProcessFunction<K, I, O> function,
                List<ValueStateDescriptor<Long>> states) {
            super(function);
            this.uid = uid;
            this.states = new ArrayList<>(states);
        }

        @Override
        public void finish() throws Exception {
            super.finish();
            for (ValueStateDescriptor<Long> state : states) {
                getKeyedStateBackend()
                        .applyToAllKeys(
                                VoidNamespace.INSTANCE,
                                VoidNamespaceSerializer.INSTANCE,
                                state,
                                (key, value) ->
                                        Progress.state(
                                                uid + "/" + state.getName(), key, value.value()));
            }
        }
    }

    @SafeVarargs
    static <K, I, O> SingleOutputStreamOperator<O> apply(
            String uid,
            KeyedStream<I, K> in,
            KeyedProcessFunction<K, I, O> function,
            TypeInformation<O> type,
            ValueStateDescriptor<Long>... states) {
        return in.transform(uid, type, new Telling<>(uid, function, Arrays.asList(states)))
                .uid(uid);
    }
}
