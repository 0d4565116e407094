#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the tree and reports every place that breaks one of the project's rules.

    tidy.py ROOT          one line a finding, exit code 1 if there is one
    tidy.py --self-test   tries each rule on a sample that breaks it and on one that does not

A rule is a function (path, text) -> [(line, message)] in RULES. Rules see one file each; paths
are relative to ROOT. What needs the whole tree (links, the table of folders) takes it from TREE.
"""
import os
import re
import subprocess
import sys

# Which folder of sim/ may include which; docs/ARCHITECTURE.md has the same table.
ARROWS = {
    "base": [],
    "model": ["base"],
    "protocol": ["base", "model"],
    "state": ["base", "model"],
    "flink": ["base", "model"],
    "storage": ["base", "model", "state", "flink"],
    "operators": ["base", "model", "state", "protocol/commit.h"],
    "actor": ["base", "model", "protocol"],
    "snapshot": ["base", "model", "protocol", "state", "storage", "operators", "actor"],
    "task": ["base", "model", "protocol", "state", "operators", "actor", "snapshot"],
    "jobmanager": ["base", "model", "protocol", "actor", "snapshot"],
    "runtime": ["base", "model", "actor", "snapshot", "task", "jobmanager"],
    "trace": ["base", "model"],
    "explain": ["base", "model", "trace"],
    "verify": ["base", "model", "trace"],
    "scenario": ["base", "model"],
    "view": ["base", "model", "trace", "explain"],
    "api": ["base", "model", "state", "operators", "snapshot", "runtime", "trace", "verify",
            "scenario"],
    "cli": ["base", "model", "flink", "storage", "operators", "snapshot", "runtime", "trace",
            "explain", "scenario", "view", "api/judges.h"],
}
PUBLIC_HEADERS = ("snap.h", "snap_operator.h", "snap_state.h", "snap_values.h")
PUBLIC = "api"  # the one folder that includes them
PURE = ("protocol", "model", "flink")
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500
COLUMNS_MAX = 100

BANNED = "strcpy strcat sprintf vsprintf gets strtok atoi atol system alloca".split()
BANNED_IN_PURE = """malloc calloc realloc free strdup strndup time clock clock_gettime
    gettimeofday rand random srand srandom rand_r drand48 getrandom printf fprintf vprintf vfprintf
    snprintf vsnprintf dprintf puts fputs fopen fwrite fread scanf sscanf sleep usleep
    nanosleep""".split()
BANNED_HEADERS_IN_PURE = ["stdio.h", "time.h", "sys/time.h", "pthread.h", "unistd.h", "fcntl.h",
                          "threads.h", "stdatomic.h"]

TREE = {}  # path -> text of every file that is looked at


def folder_of(path):
    """The folder of sim/ a file lies in, or None."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "sim" else None


def is_c(path):
    return path.endswith((".c", ".h"))


def line_at(text, position):
    return text.count("\n", 0, position) + 1


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def code_of(text):
    """The text with comments and the insides of literals blanked, line by line the same."""
    pattern = r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    return re.sub(pattern, blank, text, flags=re.S)


def includes(text, opening='"'):
    for match in re.finditer(r"^[ \t]*#[ \t]*include[ \t]*([\"<])([^\">]+)[\">]", text, re.M):
        if match.group(1) == opening:
            yield line_at(text, match.start(2)), match.group(2)


def include_arrows(path, text):
    folder = folder_of(path)
    found = []
    if not is_c(path) or folder is None:
        return found
    for line, name in includes(text):
        target = name.split("/")[0]
        if folder == PUBLIC and name in PUBLIC_HEADERS:
            continue
        if "/" not in name:
            found.append((line, f'include "{folder}/{name}" by its path from sim/'))
        elif folder not in ARROWS:
            found.append((line, f"the folder {folder} has no row in the table of folders"))
        elif target != folder and target not in ARROWS[folder] and name not in ARROWS[folder]:
            found.append((line, f"{folder} may not include {name}"))
    return found


def pthread_place(path, text):
    if not is_c(path) or not path.startswith("sim/") or path.startswith("sim/runtime/threads"):
        return []
    return [(line, f"{name} belongs to sim/runtime/threads* only")
            for line, name in includes(text, "<") if name in ("pthread.h", "threads.h")]


def function_length(path, text):
    """A function's brace opens and closes at the line's beginning; a table's ends with `};`."""
    found = []
    lines = text.split("\n")
    if not is_c(path):
        return found
    start = None
    for i, line in enumerate(lines):
        if line == "{":
            start = i
            while start > 0 and re.match(r"[\w ].*[^;}]$|[\w ].*\($", lines[start - 1]):
                start -= 1
        elif line == "}" and start is not None:
            if i + 1 - start > FUNCTION_LINES_MAX:
                found.append((start + 1, f"a function of {i + 1 - start} lines"))
            start = None
        elif line == "};":
            start = None
    return found


def file_length(path, text):
    count = text.count("\n")
    if not is_c(path) or path.startswith("tests/") or count <= FILE_LINES_MAX:
        return []
    return [(count, f"a file of {count} lines")]


def is_hand_written_code(path):
    return is_c(path) or path.endswith((".py", ".sh", ".cmake", "CMakeLists.txt")) or path == "dev"


def columns(path, text):
    if not is_hand_written_code(path):
        return []
    found = [(i, f"{len(line)} columns", line) for i, line in enumerate(text.split("\n"), 1)
             if len(line) > COLUMNS_MAX]
    # Expected texts of tests stand there as they look.
    return [(i, message) for i, message, line in found
            if not (path.startswith("tests/") and re.match(r'\s*"', line))]


def licence_line(path, text):
    if not is_hand_written_code(path) and not path.endswith((".inc", ".sh")):
        return []
    wanted = "SPDX-License-Identifier: Apache-2.0"
    lines = text.split("\n")
    first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    return [] if wanted in first else [(1, f"the first line says {wanted}")]


def calls(text, names):
    pattern = r"(?<![\w.])(?<!->)(" + "|".join(names) + r")\s*\("
    code = code_of(text)
    return [(line_at(code, match.start()), match.group(1))
            for match in re.finditer(pattern, code)]


def banned_calls(path, text):
    if not is_c(path) or not path.startswith(("sim/", "examples/")):
        return []
    return [(line, f"{name} is banned") for line, name in calls(text, BANNED)]


def pure_folders(path, text):
    folder = folder_of(path)
    if not is_c(path) or folder not in PURE:
        return []
    found = [(line, f"{name} is banned in {folder}") for line, name in calls(text, BANNED_IN_PURE)]
    found += [(line, f"<{name}> is banned in {folder}") for line, name in includes(text, "<")
              if name in BANNED_HEADERS_IN_PURE]
    return found


def unfinished(path, text):
    words = "TO" + "DO", "FIX" + "ME", "X" * 3
    return [(line_at(text, match.start()), f"unfinished: {match.group()}")
            for match in re.finditer(r"\b(" + "|".join(words) + r")\b", text)]


def whitespace(path, text):
    found = [(i, "space at the end of the line") for i, line in enumerate(text.split("\n"), 1)
             if line != line.rstrip()]
    if is_hand_written_code(path) and "\t" in text:
        found.append((line_at(text, text.index("\t")), "a tab"))
    if text and not text.endswith("\n"):
        found.append((line_at(text, len(text)), "no newline at the end"))
    return found


def scenario_verdict(path, text):
    """A scenario states what is expected of it, and the README beside it says so in a line."""
    if not re.fullmatch(r"scenarios/(questions/)?[^/]+\.yaml", path):
        return []
    found = []
    readme = os.path.dirname(path) + "/README.md"
    if path.startswith("scenarios/questions/"):
        for key in ("ask", "answer", "description"):
            if not re.search(rf"^{key}:", text, re.M):
                found.append((1, f"no `{key}`: a question asks, shows and answers"))
        if not text.startswith("#"):
            found.append((1, "no comment at the top of a question"))
    if not re.search(r"^expect:", text, re.M):
        found.append((1, "no `expect`: a scenario states its verdict"))
    if f"({os.path.basename(path)})" not in TREE.get(readme, ""):
        found.append((1, f"{readme} has no line for it"))
    return found


def prose_of(text):
    """Markdown with code blanked."""
    return re.sub(r"^```.*?^```|`[^`\n]*`", blank, text, flags=re.S | re.M)


def anchors_of(text):
    prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    titles = re.findall(r"^#+[ \t]+(.*?)[ \t]*$", prose, re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def link_target(path, target, root):
    """What is wrong with a link, or None."""
    name, _, anchor = target.partition("#")
    file = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
    if name.startswith("/") or file.startswith(".."):
        return f"the link {target} leaves the repository"
    if file not in TREE and not os.path.exists(os.path.join(root, file)):
        return f"the link {target} leads nowhere"
    if anchor and file.endswith(".md") and anchor not in anchors_of(TREE.get(file, "")):
        return f"the link {target}: no such heading"
    return None


def links(path, text):
    if not path.endswith(".md"):
        return []
    prose = prose_of(text)
    pattern = r"\]\(([^)\s]+)\)|^\[[^\]\n]+\]:[ \t]*(\S+)|<img[^>]*src=\"([^\"]+)\""
    found = []
    for match in re.finditer(pattern, prose, re.M):
        target = next(group for group in match.groups() if group)
        if re.match(r"[a-z]+:", target):
            continue
        wrong = link_target(path, target, TREE.get("", ""))
        if wrong:
            found.append((line_at(text, match.start()), wrong))
    return found


def table_of_folders(path, text):
    """docs/ARCHITECTURE.md and sim/CMakeLists.txt tell the same arrows as this file."""
    found = []
    if path == "sim/CMakeLists.txt":
        for match in re.finditer(r"^snap_folder\((\w+)([^)]*)\)", text, re.M):
            for name in match.group(2).split():
                allowed = [arrow.split("/")[0] for arrow in ARROWS.get(match.group(1), [])]
                if name not in allowed:
                    found.append((line_at(text, match.start()),
                                  f"{match.group(1)} may not link {name}"))
    if path == "docs/ARCHITECTURE.md":
        for match in re.finditer(r"^\|\s*`(\w+)/?`\s*\|.*\|([^|\n]*)\|[ \t]*$", text, re.M):
            folder, cell = match.groups()
            if folder not in ARROWS or "all" in cell:
                continue
            named = set(re.findall(r"\b(" + "|".join(ARROWS) + r")\b", cell))
            wanted = {arrow.split("/")[0] for arrow in ARROWS[folder]}
            # A folder that does not exist yet may be absent from the page.
            if named - wanted or {w for w in wanted - named if f"`{w}`" in text}:
                found.append((line_at(text, match.start()),
                              f"the row of {folder} differs from the table in tests/tidy"))
    return found


ROOT_FOLDERS = {".ci", "docs", "examples", "scenarios", "sim", "tests", "tools"}


def root_folders(path, text):
    """What a test or a run has left behind does not belong into the repository."""
    folder, slash, _ = path.partition("/")
    return [(1, f"no folder {folder} belongs to the root")] if slash and \
        folder not in ROOT_FOLDERS else []


NO_TESTS = {"bench"}  # programs of tests/ that are run by hand only


def test_programs(path, text):
    """A program of tests/ that no add_test names is built and never run."""
    if path != "tests/CMakeLists.txt":
        return []
    scripts = [text] + [other for name, other in TREE.items()
                        if name.startswith("tests/") and name.endswith(".cmake")]
    runs = " ".join(match.group() for script in scripts for match in re.finditer(
        r"\b(?:add_test|snap_long_test)\([^)]*\)", script))
    found = []
    for match in re.finditer(r"^\s*add_executable\(\s*(\S+)", text, re.M):
        program = match.group(1)
        if program not in NO_TESTS and \
                not re.search(rf"(?<![\w$]){re.escape(program)}(?![\w.])", without_names(runs)):
            found.append((line_at(text, match.start()), f"no add_test runs {program}"))
    return found


def without_names(runs):
    """Tests are often named like their programs; what counts is the command."""
    return re.sub(r"NAME\s+\S+|snap_long_test\(\S+", " ", runs)


RULES = [include_arrows, pthread_place, function_length, file_length, columns, licence_line,
         banned_calls, pure_folders, unfinished, whitespace, scenario_verdict, links,
         table_of_folders, test_programs]
PATH_RULES = [root_folders]  # these see files of all kinds

SKIPPED = {".git", "build", "out", "__pycache__", "fixtures"}
LOOKED_AT = (".c", ".h", ".inc", ".md", ".py", ".sh", ".yaml", ".cmake", "CMakeLists.txt")


def walk(root):
    """All paths of a tree that is no repository, as an unpacked archive."""
    for directory, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in SKIPPED]
        for name in files:
            yield os.path.relpath(os.path.join(directory, name), root)


def tracked(root):
    """The paths git knows below root, new ones that are added included; None without git."""
    if not os.path.exists(os.path.join(root, ".git")):
        return None
    listing = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True)
    if listing.returncode != 0:
        return None
    paths = [os.fsdecode(p) for p in listing.stdout.split(b"\0") if p]
    return [p for p in paths if not SKIPPED.intersection(p.split("/")[:-1])]


def text_of(path):
    """The text of a file; None if it is gone from the folder or binary."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return None
    return None if b"\0" in data else data.decode("utf-8", "replace")


def read_tree(root):
    TREE.clear()
    TREE[""] = root
    paths = tracked(root)
    paths = sorted(walk(root) if paths is None else paths)
    for path in paths:
        if path.endswith(LOOKED_AT) or path == "dev":
            text = text_of(os.path.join(root, path))
            if text is not None:
                TREE[path] = text
    return paths


def check_tree(root):
    paths = read_tree(root)
    looks = [(rule, path, text) for path, text in TREE.items() if path for rule in RULES]
    looks += [(rule, path, "") for path in paths for rule in PATH_RULES]
    count = 0
    for rule, path, text in looks:
        for line, message in sorted(rule(path, text)):
            print(f"{path}:{line}: {message} ({rule.__name__})")
            count += 1
    print(f"{len(TREE) - 1} files, {count} findings")
    return count == 0


LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
LONG = "static void f(void)\n{\n" + "    g();\n" * 68 + "}\n"
TABLE = "static const int t[] =\n{\n" + "    1,\n" * 80 + "};\n"
PROGRAM = "add_executable(a b.c)\nadd_test(NAME a COMMAND %s)\n"
ROW = "| folder | what | may include |\n|---|---|---|\n| `model` | nouns | %s |\n"

# rule, path, text, does the rule find something there?
QUESTION = "# why\ndescription: x\nask: y\nanswer: z\nexpect: {lost: 0}\n"
SAMPLES = [
    (include_arrows, "sim/protocol/a.c", '#include "task/task.h"\n', True),
    (include_arrows, "sim/protocol/a.c", '#include "model/job.h"\n', False),
    (include_arrows, "sim/model/a.h", '#  include "protocol/gate.h"\n', True),
    (include_arrows, "sim/operators/a.c", '#include "protocol/commit.h"\n', False),
    (include_arrows, "sim/operators/a.c", '#include "protocol/gate.h"\n', True),
    (include_arrows, "sim/base/a.c", '#include "text.h"\n', True),
    (include_arrows, "sim/api/a.c", '#include "snap.h"\n', False),
    (include_arrows, "sim/cli/a.c", '#include "snap.h"\n', True),
    (include_arrows, "sim/api/a.c", '#include "snap_state.h"\n', False),
    (include_arrows, "sim/cli/a.c", '#include "snap_state.h"\n', True),
    (include_arrows, "sim/novel/a.c", '#include "base/text.h"\n', True),
    (pthread_place, "sim/task/task.c", "#include <pthread.h>\n", True),
    (pthread_place, "sim/runtime/threads_park.c", "#include <pthread.h>\n", False),
    (function_length, "sim/base/a.c", LONG, True),
    (function_length, "tests/unit/a.c", LONG.replace("(void)", "(int a,\n    int b)"), True),
    (function_length, "sim/base/a.c", LONG.replace("    g();\n", "", 1), False),
    (function_length, "sim/base/a.c", TABLE, False),
    (file_length, "sim/base/a.c", "\n" * 501, True),
    (file_length, "sim/base/a.c", "\n" * 500, False),
    (file_length, "sim/base/a.inc", "\n" * 900, False),
    (file_length, "tests/unit/a.c", "\n" * 900, False),
    (columns, "sim/base/a.c", "x" * 101 + "\n", True),
    (columns, "sim/base/a.c", "\u00e4" * 100 + "\n", False),
    (columns, "tests/unit/a.c", '    "' + "x" * 101 + '"\n', False),
    (licence_line, "sim/base/a.c", "#include <x.h>\n", True),
    (licence_line, "sim/base/a.c", LICENCE, False),
    (licence_line, "a.sh", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n", False),
    (banned_calls, "sim/view/a.c", "    strcpy(a, b);\n", True),
    (banned_calls, "sim/view/a.c", "    snprintf(a, 1, b); /* sprintf() */\n", False),
    (banned_calls, "sim/view/a.c", '    p->system(x); f("gets()");\n', False),
    (pure_folders, "sim/protocol/a.c", "    p = malloc(1);\n", True),
    (pure_folders, "sim/model/a.c", "    t = time(NULL);\n", True),
    (pure_folders, "sim/flink/a.c", "    x = rand();\n", True),
    (pure_folders, "sim/model/a.h", "#include <stdio.h>\n", True),
    (pure_folders, "sim/model/a.h", "#include <pthread.h>\n", True),
    (pure_folders, "sim/runtime/a.c", "    p = malloc(1);\n", False),
    (pure_folders, "sim/protocol/a.c", "    snap_pool_free(p); q->free(1);\n", False),
    (unfinished, "sim/base/a.c", "// TO" + "DO: more\n", True),
    (unfinished, "sim/base/a.c", '"/tmp/a-' + "X" * 6 + '"\n', False),
    (whitespace, "sim/base/a.c", "int a; \n", True),
    (whitespace, "sim/base/a.c", "\tint a;\n", True),
    (whitespace, "README.md", "text", True),
    (whitespace, "sim/base/a.c", "int a;\n", False),
    (scenario_verdict, "scenarios/known.yaml", "name: x\n", True),
    (scenario_verdict, "scenarios/other.yaml", "expect: {lost: 0}\n", True),
    (scenario_verdict, "scenarios/known.yaml", "expect: {lost: 0}\n", False),
    (scenario_verdict, "scenarios/questions/known.yaml", QUESTION, False),
    (scenario_verdict, "scenarios/questions/other.yaml", QUESTION, True),
    (scenario_verdict, "scenarios/questions/known.yaml", QUESTION.replace("ask", "say"), True),
    (scenario_verdict, "scenarios/questions/known.yaml", QUESTION.replace("# why\n", ""), True),
    (links, "docs/A.md", "[x](B.md)\n", True),
    (links, "docs/A.md", "[x](../scenarios/README.md)\n", False),
    (links, "docs/A.md", "[x](../scenarios/README.md#the-list)\n", False),
    (links, "docs/A.md", "[x](../scenarios/README.md#nothing)\n", True),
    (links, "docs/A.md", "[x](../../outside.md)\n", True),
    (links, "docs/A.md", "`[x](B.md)` and [y](scheme:anything)\n", False),
    (table_of_folders, "sim/CMakeLists.txt", "snap_folder(model base trace)\n", True),
    (table_of_folders, "sim/CMakeLists.txt", "snap_folder(protocol base model)\n", False),
    (table_of_folders, "docs/ARCHITECTURE.md", ROW % "base", False),
    (table_of_folders, "docs/ARCHITECTURE.md", ROW % "base, trace", True),
    (test_programs, "tests/CMakeLists.txt", "add_executable(a b.c)\n", True),
    (test_programs, "tests/CMakeLists.txt", PROGRAM % "a", False),
    (test_programs, "tests/CMakeLists.txt", PROGRAM % "$<TARGET_FILE:a>", False),
    (test_programs, "tests/CMakeLists.txt", PROGRAM % "a_b", True),
    (root_folders, "out4/part-0-0-0", "", True),
    (root_folders, "README.md", "", False),
    (root_folders, "sim/base/a.c", "", False),
]


def self_test():
    TREE.clear()
    TREE.update({"": "/nonexistent", "docs/A.md": "",
                 "scenarios/questions/README.md": "| [known](known.yaml) | fine |\n",
                 "scenarios/README.md": "# The list\n| [known](known.yaml) | fine |\n"})
    bad = 0
    for rule, path, text, expected in SAMPLES:
        if bool(rule(path, text)) != expected:
            print(f"{rule.__name__} on {path}: {'missed' if expected else 'false alarm'}: {text!r}")
            bad += 1
    for rule in RULES + PATH_RULES:
        if {expected for r, _, _, expected in SAMPLES if r is rule} != {True, False}:
            print(f"{rule.__name__}: no sample that it must catch, or none that it must not")
            bad += 1
    print(f"{len(SAMPLES)} samples, {bad} wrong")
    return bad == 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    good = self_test() if sys.argv[1] == "--self-test" else check_tree(sys.argv[1])
    sys.exit(0 if good else 1)
