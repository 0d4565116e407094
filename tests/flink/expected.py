# SPDX-License-Identifier: Apache-2.0
"""What the jobs of scenarios/flink-jobs come to when nothing fails: from their definition alone."""
from collections import Counter

PER_SPLIT = 1_000_000
WORDS = 23
RULES = {f"r{i}": f"x{i * i}" for i in range(6)}
FLIGHT_KEYS = 10
ENDS = {"word-count": (400, 400), "broadcast": (400, 400), "in-flight": (900, 910),
        "windows": (500, 510)}
WINDOWS_KEYS, PER_WINDOW = 2, 100


def word_counts():
    return Counter(f"w{(i * 7 + split * 3) % WORDS}"
                   for split, end in enumerate(ENDS["word-count"]) for i in range(end))


def numbers(job="in-flight"):
    return [split * PER_SPLIT + i for split, end in enumerate(ENDS[job]) for i in range(end)]


def sums():
    out = Counter()
    for number in numbers():
        out[number % FLIGHT_KEYS] += number
    return out


def texts(counts):
    return {str(key): str(value) for key, value in counts.items()}


def seen_by_rest():
    """The sink takes each count on its way: 1 to n of each word."""
    return texts(Counter(count % 4 for n in word_counts().values() for count in range(1, n + 1)))


def summed(entries, part):
    """Entries of subtasks, SUBTASK/PART, added up by part."""
    out = Counter()
    for key, value in entries.items():
        out[key.split("/")[part]] += int(value)
    return texts(out)


def complaints(job, state):
    """What is wrong with a final state as Runner tells it; none: an empty list."""
    pairs = []
    if job == "in-flight":
        pairs = [("sums", texts(sums()), state.get("slow/sum")),
                 ("counts", texts(Counter(n % FLIGHT_KEYS for n in numbers())),
                  state.get("slow/n")),
                 ("numbers mapped", len(numbers()),
                  sum(map(int, state.get("map/mapped", {}).values())))]
    elif job == "windows":
        windows = {(n % WINDOWS_KEYS, n % PER_SPLIT // PER_WINDOW) for n in numbers(job)}
        pairs = [("windows", len(windows),
                  sum(map(int, state.get("window-out/count", {}).values()))),
                 ("sum of windows", sum(numbers(job)),
                  sum(map(int, state.get("window-out/sum", {}).values())))]
    else:
        pairs = [("counts", texts(word_counts()), state.get("counter/count")),
                 ("split list of the sink", seen_by_rest(), summed(state.get("sink/seen", {}), 1)),
                 ("union list of the sink", sum(ENDS[job]),
                  sum(map(int, state.get("sink/all", {}).values())))]
    if job == "broadcast":
        rules = state.get("tagger/rules", {})
        for subtask in {key.split("/")[0] for key in rules} or {"0"}:
            known = {key.split("/")[1]: value for key, value in rules.items()
                     if key.startswith(subtask + "/")}
            pairs.append((f"rules of subtask {subtask}", RULES, known))
    return [f"{what}: expected {want}, found {found}"
            for what, want, found in pairs if want != found]


def complaints_of_tables(job, parallelism, folder):
    """The same of the files that `snapsim run` leaves in its folder `state`."""
    def rows(uid):
        return sorted(tuple(line.split("\t")) for line in
                      (folder / f"{uid}.tsv").read_text(encoding="utf-8").splitlines())

    if job == "windows":
        tables = {}  # it shows nothing of them
    elif job == "in-flight":
        tables = {"slow": texts(sums()).items()}
    else:
        tables = {"counter": texts(word_counts()).items()}
    if job == "broadcast":
        tables["tagger"] = list(RULES.items()) * parallelism
    return [f"{uid}: expected {sorted(want)}, found {rows(uid)}"
            for uid, want in tables.items() if sorted(want) != rows(uid)]
