// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Snapsim's operator type `numbers`: record i of split s is the number s * 1000000 + i; split s goes
 * to reader s modulo the parallelism. With event time, record i is of time 10 * i and a reader sends
 * the least time of its splits as watermark.
 */
final class NumbersSource implements Source<Long, NumbersSource.Split, List<NumbersSource.Split>> {
    static final long NUMBERS_PER_SPLIT = 1_000_000;
    private static final int SPLIT_BYTES = 20;

    private final String uid;
    private final long[] ends;
    private final boolean eventTime;

    NumbersSource(String uid, long[] ends, boolean eventTime) {
        this.uid = uid;
        this.ends = ends;
        this.eventTime = eventTime;
    }

    String uid() {
        return uid;
    }

    static final class Split implements SourceSplit {
        final int id;
        final long end;
        long next;

        Split(int id, long next, long end) {
            this.id = id;
            this.next = next;
            this.end = end;
        }

        static Split read(ByteBuffer in) {
            return new Split(in.getInt(), in.getLong(), in.getLong());
        }

        void write(ByteBuffer out) {
            out.putInt(id).putLong(next).putLong(end);
        }

        @Override
        public String splitId() {
            return String.valueOf(id);
        }
    }

    private static final class SplitSerializer implements SimpleVersionedSerializer<Split> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Split split) {
            ByteBuffer out = ByteBuffer.allocate(SPLIT_BYTES);
            split.write(out);
            return out.array();
        }

        @Override
        public Split deserialize(int version, byte[] bytes) throws IOException {
            if (version != 1 || bytes.length != SPLIT_BYTES) {
                throw new IOException("a split of version " + version + " in " + bytes.length);
            }
            return Split.read(ByteBuffer.wrap(bytes));
        }
    }

    private static final class PendingSerializer implements SimpleVersionedSerializer<List<Split>> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(List<Split> pending) {
            ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + SPLIT_BYTES * pending.size());
            out.putInt(pending.size());
            pending.forEach(split -> split.write(out));
            return out.array();
        }

        @Override
        public List<Split> deserialize(int version, byte[] bytes) throws IOException {
            if (version != 1) {
                throw new IOException("splits of an enumerator of version " + version);
            }
            ByteBuffer in = ByteBuffer.wrap(bytes);
            List<Split> pending = new ArrayList<>();
            for (int count = in.getInt(); count > 0; count--) {
                pending.add(Split.read(in));
            }
            return pending;
        }
    }

    private static final class Enumerator implements SplitEnumerator<Split, List<Split>> {
        private final SplitEnumeratorContext<Split> context;
        private final List<Split> pending;

        Enumerator(SplitEnumeratorContext<Split> context, List<Split> pending) {
            this.context = context;
            this.pending = new ArrayList<>(pending);
        }

        @Override
        public void addReader(int subtask) {
            for (Split split : new ArrayList<>(pending)) {
                if (split.id % context.currentParallelism() == subtask) {
                    context.assignSplit(split, subtask);
                    pending.remove(split);
                }
            }
            context.signalNoMoreSplits(subtask);
        }

        @Override
        public void addSplitsBack(List<Split> splits, int subtask) {
            pending.addAll(splits);
        }

        @Override
        public List<Split> snapshotState(long checkpoint) {
            return new ArrayList<>(pending);
        }

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {}

        @Override
        public void close() {}
    }

    private final class Reader implements SourceReader<Long, Split> {
        private final List<Split> splits = new ArrayList<>();
        private CompletableFuture<Void> news = new CompletableFuture<>();
        private boolean complete;
        private int turn;

        private boolean stands(Split split) {
            return split.next >= Progress.limit(uid);
        }

        @Override
        public InputStatus pollNext(ReaderOutput<Long> out) {
            for (int tries = splits.size(); tries > 0; tries--) {
                turn = turn < splits.size() ? turn : 0;
                Split split = splits.get(turn);
                if (split.next == split.end) {
                    splits.remove(turn);
                } else if (stands(split)) {
                    turn++;
                } else {
                    send(split, out);
                    turn++;
                    return InputStatus.MORE_AVAILABLE;
                }
            }
            return splits.isEmpty() && complete
                    ? InputStatus.END_OF_INPUT
                    : InputStatus.NOTHING_AVAILABLE;
        }

        private void send(Split split, ReaderOutput<Long> out) {
            long number = split.id * NUMBERS_PER_SPLIT + split.next;
            if (eventTime) {
                out.collect(number, 10 * split.next);
            } else {
                out.collect(number);
            }
            split.next++;
            Progress.sent();
            if (eventTime) {
                out.emitWatermark(
                        new Watermark(
                                splits.stream().mapToLong(s -> 10 * (s.next - 1)).min().orElse(0)));
            }
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            boolean any = splits.isEmpty() && complete;
            for (Split split : splits) {
                any |= split.next == split.end || !stands(split);
            }
            return any ? CompletableFuture.completedFuture(null) : news;
        }

        @Override
        public List<Split> snapshotState(long checkpoint) {
            List<Split> copies = new ArrayList<>();
            splits.forEach(split -> copies.add(new Split(split.id, split.next, split.end)));
            return copies;
        }

        @Override
        public void addSplits(List<Split> more) {
            splits.addAll(more);
            wake();
        }

        @Override
        public void notifyNoMoreSplits() {
            complete = true;
            wake();
        }

        private void wake() {
            CompletableFuture<Void> old = news;
            news = new CompletableFuture<>();
            old.complete(null);
        }

        @Override
        public void start() {}

        @Override
        public void close() {}
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SplitEnumerator<Split, List<Split>> createEnumerator(
            SplitEnumeratorContext<Split> context) {
        List<Split> all = new ArrayList<>();
        for (int i = 0; i < ends.length; i++) {
            all.add(new Split(i, 0, ends[i]));
        }
        return new Enumerator(context, all);
    }

    @Override
    public SplitEnumerator<Split, List<Split>> restoreEnumerator(
            SplitEnumeratorContext<Split> context, List<Split> pending) {
        return new Enumerator(context, pending);
    }

    @Override
    public SourceReader<Long, Split> createReader(SourceReaderContext context) {
        return new Reader();
    }

    @Override
    public SimpleVersionedSerializer<Split> getSplitSerializer() {
        return new SplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<List<Split>> getEnumeratorCheckpointSerializer() {
        return new PendingSerializer();
    }
}
