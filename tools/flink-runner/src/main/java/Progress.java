// SPDX-License-Identifier: Apache-2.0
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the driver and the tasks, which share one process, tell each other: where sources stand still,
 * how much they have sent, how long the slow operator takes, and what the state was in the end.
 */
final class Progress {
    private Progress() {}

    private static final Map<String, Long> LIMITS = new ConcurrentHashMap<>();
    private static final AtomicLong SENT = new AtomicLong();
    private static final Map<String, Map<String, String>> STATE = new TreeMap<>();
    static volatile int pauseMillis;

    static void reset() {
        LIMITS.clear();
        SENT.set(0);
        pauseMillis = 0;
        synchronized (STATE) {
            STATE.clear();
        }
    }

    /** Each split of the source sends so many records and then stands still. */
    static void limit(String uid, long records) {
        LIMITS.put(uid, records);
    }

    static long limit(String uid) {
        return LIMITS.getOrDefault(uid, Long.MAX_VALUE);
    }

    static void sent() {
        SENT.incrementAndGet();
    }

    static long allSent() {
        return SENT.get();
    }

    /** Notes a piece of the final state; each piece has one owner. */
    static void state(String name, Object key, Object value) {
        synchronized (STATE) {
            Map<String, String> entries = STATE.computeIfAbsent(name, n -> new TreeMap<>());
            if (entries.put(key.toString(), String.valueOf(value)) != null) {
                throw new IllegalStateException(name + " of " + key + " has two owners");
            }
        }
    }

    /** All of it as one object of JSON; names, keys and values need no escapes. */
    static String stateJson() {
        StringBuilder out = new StringBuilder("{");
        synchronized (STATE) {
            for (Map.Entry<String, Map<String, String>> state : STATE.entrySet()) {
                out.append(out.length() == 1 ? "" : ", ");
                out.append('"').append(state.getKey()).append("\": {");
                String between = "";
                for (Map.Entry<String, String> entry : state.getValue().entrySet()) {
                    out.append(between).append('"').append(entry.getKey()).append("\": \"");
                    out.append(entry.getValue()).append('"');
                    between = ", ";
                }
                out.append('}');
            }
        }
        return out.append('}').toString();
    }
}
