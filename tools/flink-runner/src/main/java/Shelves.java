// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateFunction;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.util.Collector;

/**
 * What tests/flink/shelves.c does with named states of its own: a value and a list that are cleared
 * now and then, and maps of longs and texts whose fields are removed.
 */
final class Shelves {
    private Shelves() {}

    private static final ValueStateDescriptor<String> LAST =
            new ValueStateDescriptor<>("last", Types.STRING);
    private static final ListStateDescriptor<Long> FEW =
            new ListStateDescriptor<>("few", Types.LONG);
    private static final MapStateDescriptor<Long, Long> LONG_LONG =
            new MapStateDescriptor<>("long-long", Types.LONG, Types.LONG);
    private static final MapStateDescriptor<Long, String> LONG_TEXT =
            new MapStateDescriptor<>("long-text", Types.LONG, Types.STRING);
    private static final MapStateDescriptor<String, Long> TEXT_LONG =
            new MapStateDescriptor<>("text-long", Types.STRING, Types.LONG);
    private static final MapStateDescriptor<String, String> TEXT_TEXT =
            new MapStateDescriptor<>("text-text", Types.STRING, Types.STRING);

    private static final class Keeper extends KeyedProcessFunction<Long, Long, Long> {
        private transient ValueState<String> last;
        private transient ListState<Long> few;
        private transient MapState<Long, Long> longLong;
        private transient MapState<Long, String> longText;
        private transient MapState<String, Long> textLong;
        private transient MapState<String, String> textText;

        @Override
        public void open(OpenContext context) {
            last = getRuntimeContext().getState(LAST);
            few = getRuntimeContext().getListState(FEW);
            longLong = getRuntimeContext().getMapState(LONG_LONG);
            longText = getRuntimeContext().getMapState(LONG_TEXT);
            textLong = getRuntimeContext().getMapState(TEXT_LONG);
            textText = getRuntimeContext().getMapState(TEXT_TEXT);
        }

        private static <F, V> void change(MapState<F, V> map, F field, V value, long index)
                throws Exception {
            if (index % 29 > 20) {
                map.clear();
            } else if (index % 7 == 6) {
                map.remove(field);
            } else {
                map.put(field, value);
            }
        }

        @Override
        public void processElement(Long number, Context context, Collector<Long> out)
                throws Exception {
            long index = number % NumbersSource.NUMBERS_PER_SPLIT;
            long field = index % 5 - 2;
            String text = index % 11 == 0 ? "" : "v" + number;
            if (index % 3 == 2) {
                last.clear();
            } else {
                last.update(text);
            }
            if (index % 5 == 3) {
                few.clear();
            } else {
                few.add(number);
            }
            change(longLong, field, number, index);
            change(longText, field, text, index);
            change(textLong, "\u00e4" + field, number, index);
            change(textText, "\u00e4" + field, text, index);
        }
    }

    /** Tells all of it when input ends. */
    private static final class Telling extends KeyedProcessOperator<Long, Long, Long> {
        Telling() {
            super(new Keeper());
        }

        private <S extends State> void each(
                StateDescriptor<S, ?> descriptor, KeyedStateFunction<Long, S> tell)
                throws Exception {
            this.<Long>getKeyedStateBackend()
                    .applyToAllKeys(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            descriptor,
                            tell);
        }

        /** In ASCII: who reads the answer may read it in any encoding. */
        private static void tell(String state, Object key, Object value) {
            Progress.state("shelves/" + state, key, String.valueOf(value).replace("\u00e4", "ae"));
        }

        private <F, V> void eachMap(MapStateDescriptor<F, V> descriptor) throws Exception {
            each(
                    descriptor,
                    (key, state) -> {
                        Map<String, V> fields = new TreeMap<>();
                        for (Map.Entry<F, V> field : state.entries()) {
                            fields.put(field.getKey().toString(), field.getValue());
                        }
                        if (!fields.isEmpty()) {
                            tell(descriptor.getName(), key, fields);
                        }
                    });
        }

        @Override
        public void finish() throws Exception {
            super.finish();
            each(LAST, (key, state) -> tell("last", key, state.value()));
            each(
                    FEW,
                    (key, state) -> {
                        List<Long> list = new ArrayList<>();
                        state.get().forEach(list::add);
                        tell("few", key, list);
                    });
            eachMap(LONG_LONG);
            eachMap(LONG_TEXT);
            eachMap(TEXT_LONG);
            eachMap(TEXT_TEXT);
        }
    }

    static void apply(KeyedStream<Long, Long> in) {
        in.transform("shelves", Types.LONG, new Telling()).uid("shelves");
    }
}
