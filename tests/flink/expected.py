# SPDX-License-Identifier: Apache-2.0
"""What the jobs of scenarios/flink-jobs come to when nothing fails: from their definition alone."""
from collections import Counter

PER_SPLIT = 1_000_000
WORDS = 23
RULES = {f"r{i}": f"x{i * i}" for i in range(6)}
FLIGHT_KEYS = 10
ENDS = {"word-count": (400, 400), "broadcast": (400, 400), "in-flight": (900, 910),
        "windows": (500, 510), "state-zoo": (300, 310), "shelves": (300, 310)}
ZOO_LONG_KEYS, ZOO_STRING_KEYS = 7, 5
NULLS = {"state-zoo": True, "state-zoo-without-nulls": False}
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


def zoo_long(nulls):
    """The states of zoo-long by name and key; `value` and `ttl`: all that it may be."""
    keys = {}
    for split, end in enumerate(ENDS["state-zoo"]):
        for i in range(end):
            number = split * PER_SPLIT + i
            of = keys.setdefault(number % ZOO_LONG_KEYS, {
                "last": {}, "ttl": {}, "list": [], "map": Counter(), "sum": 0, "max": 0,
                "timers": set(), "nil": False})
            of["last"][split] = number
            if i % 2 == 0:
                of["ttl"][split] = number
            if i % 5 == 0:
                of["list"].append(number)
            of["map"][f"f{i % 3}"] += 1
            of["nil"] |= i % 11 == 0 and nulls
            of["sum"] += number
            of["max"] = max(of["max"], number)
            of["timers"].add((10 * i // 500 + 1) * 500 + 250)
    return keys


def zoo_string():
    keys = {}
    for split, end in enumerate(ENDS["state-zoo"]):
        for i in range(end):
            number = split * PER_SPLIT + i
            of = keys.setdefault(f"s{number % ZOO_STRING_KEYS}",
                                 {"value": 0, "map": Counter(), "timers": set()})
            of["value"] += 1
            of["map"][f"g{i % 2}"] += number
            of["timers"].add((10 * i // 1000 + 1) * 1000)
    return keys


def zoo_map(of):
    """As Java shows a sorted map."""
    fields = dict(of["map"]) | ({"nil": "null"} if of.get("nil") else {})
    return "{" + ", ".join(f"{name}={fields[name]}" for name in sorted(fields)) + "}"


def zoo_pairs(job, state):
    longs, strings = zoo_long(NULLS[job]), zoo_string()

    def told(name):
        return state.get(name, {})

    def by_key(keys, shown):
        return texts({key: shown(of) for key, of in keys.items()})

    pairs = [(name, by_key(longs, shown), told(f"zoo-long/{name}")) for name, shown in (
        ("list", lambda of: sorted(of["list"])), ("map", zoo_map), ("sum", lambda of: of["sum"]),
        ("max", lambda of: of["max"]), ("fired", lambda of: len(of["timers"])))]
    pairs += [(name, by_key(strings, shown), told(f"zoo-string/{name}")) for name, shown in (
        ("value", lambda of: of["value"]), ("map", zoo_map),
        ("fired", lambda of: len(of["timers"])))]
    for name, last in (("value", "last"), ("ttl", "ttl")):
        # The last record of either split: which of them came last is open.
        wrong = {key: told(f"zoo-long/{name}").get(str(key)) for key, of in longs.items()
                 if told(f"zoo-long/{name}").get(str(key)) not in map(str, of[last].values())}
        pairs.append((f"{name} of zoo-long that are none", {}, wrong))
    return pairs


def shelves():
    """What the named states of tests/flink/shelves.c hold, by state and key."""
    states = {name: {} for name in ("last", "few", "long-long", "long-text", "text-long",
                                    "text-text")}

    def change(state, key, field, value, index):
        fields = states[state].setdefault(key, {})
        if index % 29 > 20:
            fields.clear()
        elif index % 7 == 6:
            fields.pop(field, None)
        else:
            fields[field] = value
        if not fields:
            del states[state][key]

    for split, end in enumerate(ENDS["shelves"]):
        for i in range(end):
            number, key, field = split * PER_SPLIT + i, str(split * 4 + i % 4), str(i % 5 - 2)
            text = "" if i % 11 == 0 else f"v{number}"
            states["last"].pop(key, None)
            if i % 3 != 2:
                states["last"][key] = text
            if i % 5 == 3:
                states["few"].pop(key, None)
            else:
                states["few"].setdefault(key, []).append(number)
            change("long-long", key, field, number, i)
            change("long-text", key, field, text, i)
            change("text-long", key, f"\u00e4{field}", number, i)
            change("text-text", key, f"\u00e4{field}", text, i)
    return states


def shelves_of_java():
    """The same as Java shows sorted maps, and lists."""
    def shown(content):
        if isinstance(content, dict):
            return "{" + ", ".join(f"{name}={content[name]}" for name in sorted(content)) + "}"
        return str(content)

    return {name: {key: shown(content).replace("\u00e4", "ae") for key, content in keys.items()}
            for name, keys in shelves().items()}


def complaints_of_shelves(found):
    """What is wrong with what tests/flink/shelves.c tells of its states."""
    return [f"{name}: expected {want}, found {found.get(name)}"
            for name, want in shelves().items() if want != found.get(name)]


def complaints(job, state):
    """What is wrong with a final state as Runner tells it; none: an empty list."""
    pairs = []
    if job == "in-flight":
        pairs = [("sums", texts(sums()), state.get("slow/sum")),
                 ("counts", texts(Counter(n % FLIGHT_KEYS for n in numbers())),
                  state.get("slow/n")),
                 ("numbers mapped", len(numbers()),
                  sum(map(int, state.get("map/mapped", {}).values())))]
    elif job in NULLS:
        pairs = zoo_pairs(job, state)
    elif job == "shelves":
        pairs = [(name, want, state.get(f"shelves/{name}"))
                 for name, want in shelves_of_java().items()]
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


def zoo_tables(job):
    longs, strings = zoo_long(NULLS[job]), zoo_string()
    fields = {name: [(str(key), field) for key, of in keys.items()
                     for field in zoo_map(of)[1:-1].split(", ")]
              for name, keys in (("zoo-long.map", longs), ("zoo-string.map", strings))}
    return fields | {
        "zoo-long": [(str(key), str(of["sum"])) for key, of in longs.items()],
        "zoo-long.max": [(str(key), str(of["max"])) for key, of in longs.items()],
        "zoo-long.list": [(str(key), str(number)) for key, of in longs.items()
                          for number in of["list"]],
        "zoo-long.fired": [(str(key), str(len(of["timers"]))) for key, of in longs.items()],
        "zoo-string": [(key, str(of["value"])) for key, of in strings.items()],
        "zoo-string.fired": [(key, str(len(of["timers"]))) for key, of in strings.items()],
    }


def complaints_of_tables(job, parallelism, folder):
    """The same of the files that `snapsim run` leaves in its folder `state`."""
    def rows(uid):
        return sorted(tuple(line.split("\t")) for line in
                      (folder / f"{uid}.tsv").read_text(encoding="utf-8").splitlines())

    if job in NULLS:
        tables = zoo_tables(job)
    elif job == "windows":
        tables = {}  # it shows nothing of them
    elif job == "in-flight":
        tables = {"slow": texts(sums()).items()}
    else:
        tables = {"counter": texts(word_counts()).items()}
    if job == "broadcast":
        tables["tagger"] = list(RULES.items()) * parallelism
    return [f"{uid}: expected {sorted(want)}, found {rows(uid)}"
            for uid, want in tables.items() if sorted(want) != rows(uid)]
