// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/** The functions of the jobs that have operator state: split, union and broadcast. */
final class Unkeyed {
    private Unkeyed() {}

    static final MapStateDescriptor<String, String> RULES =
            new MapStateDescriptor<>("rules", Types.STRING, Types.STRING);

    private static int subtask(RuntimeContext context) {
        return context.getTaskInfo().getIndexOfThisSubtask();
    }

    private static ListStateDescriptor<Long> numbers(String name) {
        return new ListStateDescriptor<>(name, Types.LONG);
    }

    /** Snapsim's operator type `tally`: counts by the rest modulo 4, and all. */
    static final class Tally extends ProcessFunction<Long, Long> implements CheckpointedFunction {
        private transient ListState<Long> split;
        private transient ListState<Long> union;
        private transient long[] seen;
        private transient long all;

        @Override
        public void processElement(Long number, Context context, Collector<Long> out) {
            seen[(int) (number % seen.length)]++;
            all++;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            seen = new long[4];
            split = context.getOperatorStateStore().getListState(numbers("seen"));
            union = context.getOperatorStateStore().getUnionListState(numbers("seen-union"));
            for (long item : split.get()) {
                seen[(int) (item % 10)] += item / 10;
            }
            for (long item : union.get()) {
                boolean first = subtask(getRuntimeContext()) == 0;
                all += first ? item % NumbersSource.NUMBERS_PER_SPLIT : 0;
            }
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            List<Long> items = new ArrayList<>();
            for (int rest = 0; rest < seen.length; rest++) {
                items.add(10 * seen[rest] + rest);
            }
            split.update(items);
            int subtask = subtask(getRuntimeContext());
            union.update(Arrays.asList(subtask * NumbersSource.NUMBERS_PER_SPLIT + all));
        }

        @Override
        public void close() {
            if (seen == null) {
                return;
            }
            int subtask = subtask(getRuntimeContext());
            for (int rest = 0; rest < seen.length; rest++) {
                Progress.state("sink/seen", subtask + "/" + rest, seen[rest]);
            }
            Progress.state("sink/all", subtask, all);
            seen = null;
        }
    }

    /** Snapsim's operator type `mapped`: hands numbers on and counts them in a split list. */
    static final class Mapped extends RichMapFunction<Long, Long> implements CheckpointedFunction {
        private transient ListState<Long> state;
        private transient long count;

        @Override
        public Long map(Long number) {
            count++;
            return number;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state = context.getOperatorStateStore().getListState(numbers("mapped"));
            for (long item : state.get()) {
                count += item;
            }
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            state.update(Arrays.asList(count));
        }

        @Override
        public void close() {
            if (state != null) {
                Progress.state("map/mapped", subtask(getRuntimeContext()), count);
            }
            state = null;
        }
    }

    /** Snapsim's operator type `results`: counts what windows send and adds it up. */
    static final class Results extends ProcessFunction<Long, Long>
            implements CheckpointedFunction {
        private transient ListState<Long> state;
        private transient long count;
        private transient long sum;

        @Override
        public void processElement(Long number, Context context, Collector<Long> out) {
            count++;
            sum += number;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state = context.getOperatorStateStore().getListState(numbers("fired"));
            for (long item : state.get()) {
                count += item % 10 == 1 ? item / 10 : 0;
                sum += item % 10 == 2 ? item / 10 : 0;
            }
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            state.update(Arrays.asList(10 * count + 1, 10 * sum + 2));
        }

        @Override
        public void close() {
            if (state != null) {
                int subtask = subtask(getRuntimeContext());
                Progress.state("window-out/count", subtask, count);
                Progress.state("window-out/sum", subtask, sum);
            }
            state = null;
        }
    }

    /** Snapsim's operator type `broadcast-rules`: hands words on and keeps rules, KEY=VALUE. */
    static final class Tagger extends BroadcastProcessFunction<String, String, String>
            implements CheckpointedFunction {
        private transient BroadcastState<String, String> rules;
        private transient Map<String, String> known;

        @Override
        public void processElement(String word, ReadOnlyContext context, Collector<String> out) {
            out.collect(word);
        }

        @Override
        public void processBroadcastElement(String rule, Context context, Collector<String> out)
                throws Exception {
            int middle = rule.indexOf('=');
            String key = rule.substring(0, middle);
            String value = rule.substring(middle + 1);
            rules.put(key, value);
            known.put(key, value);
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            rules = context.getOperatorStateStore().getBroadcastState(RULES);
            known = new TreeMap<>();
            for (Map.Entry<String, String> rule : rules.entries()) {
                known.put(rule.getKey(), rule.getValue());
            }
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {}

        @Override
        public void close() {
            if (known == null) {
                return;
            }
            int subtask = subtask(getRuntimeContext());
            known.forEach((k, v) -> Progress.state("tagger/rules", subtask + "/" + k, v));
            known = null;
        }
    }
}
