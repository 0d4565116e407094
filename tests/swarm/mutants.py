#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A test of the tests: rules that are broken on purpose must be noticed.

Each mutant is one change of one source file. It is compiled alone, put before the libraries, and
the swarm that is to notice it must say what is wrong: by a finding of its own, or by a check of the
program that fails. Who only makes programs crash or hang, or does not compile, is not noticed but
bad as a mutant. A change that no longer fits its file fails too: then the rule has moved, and its
mutant has to follow.

usage: mutants.py SOURCE_DIR BUILD_DIR COMPILER [FLAG...]
"""
import pathlib
import re
import subprocess
import sys
import tempfile

# Nothing is changed, so nothing must be noticed.
CONTROL = "as it is"

# What only builds with RocksDB have.
ROCKSDB_FILE = "sim/storage/rocksdb_states.c"

# (name, swarm, file, old, new)
MUTANTS = [
    (CONTROL, "runahead", "sim/runtime/virtual.c", "if (at < sends[link->to]) {",
     "if (at < sends[link->to]) {"),
    ("horizon without echo in a large job: what others pass on is not counted", "runahead",
     "sim/runtime/virtual.c",
     "if (at < sends[link->to]) {", "if (at < sends[link->to] && false) {"),
    ("horizon without echo in a small job", "runahead", "sim/runtime/virtual.c",
     "    for (uint32_t by = 0; by < count; by++)\n",
     "    for (uint32_t by = count; by < count; by++)\n"),
    ("horizon one too far", "runahead", "sim/runtime/virtual.c",
     "    snap_ns horizon = runtime->horizon_ns[block->node];\n",
     "    snap_ns horizon = runtime->horizon_ns[block->node] + 1;\n"),
    ("a mail does not lower its receiver's promise", "runahead", "sim/runtime/virtual.c",
     "        to->promise_ns = snap_ns_min(to->promise_ns, at);\n", "        ;\n"),
    ("promise without inbox", "runahead", "sim/task/task_promise.c",
     "    return snap_ns_min(at, snap_task_next_cause(task, at));", "    return at;"),
    ("promise without timers", "runahead", "sim/task/task_promise.c",
     "    at = snap_ns_min(at, timer_ns);\n", ""),
    ("promise without the credit of the buffer in work", "runahead", "sim/task/foresight.c",
     "    return sure < available ? sure + 1 : available;",
     "    return sure < UINT32_MAX ? sure + 1 : available;"),
    ("promise without fan-out", "runahead", "sim/task/foresight.c",
     "(&task->output, task->vertex->parallelism) / chain->fanout_max;",
     "(&task->output, task->vertex->parallelism);"),
    ("promise with room for two too many", "runahead", "sim/task/foresight.c",
     "    return sure < available ? sure + 1 : available;",
     "    return sure < available ? sure + 3 : available;"),
    ("keys foreseen one record too far", "runahead", "sim/protocol/partition_room.c",
     "        if (left[target] == 0)\n", "        if (left[target] == UINT32_MAX)\n"),
    ("keys foreseen where their channel is full", "runahead", "sim/protocol/partition_room.c",
     "        before += snap_lane_begin(left[c], bits) *", "        before += 0 *"),
    ("spans that do not end at a mail", "runahead", "sim/task/task.c",
     "    return snap_ns_min(limit, snap_task_next_stop(task, limit));", "    return limit;"),
    ("spans that do not end at a timer", "runahead", "sim/task/task.c",
     "    snap_ns limit = timer_ns;", "    snap_ns limit = SNAP_NEVER;"),
    ("what a pause held is not looked at when it ends", "runahead", "sim/task/task.c",
     "task->paused_until_ns >= now ||", "task->paused_until_ns > now ||"),
    ("timers are not looked up behind a span", "runahead", "sim/task/task.c",
     "        *timer_ns = snap_task_next_timer(task);\n        if (!task->has_attempt)",
     "        if (!task->has_attempt)"),
    ("a span passes over credit that its channel waits for", "runahead",
     "sim/protocol/partition_send.c", "    return sub->local || has_credit_left(sub);",
     "    return true || sub->local || has_credit_left(sub);"),
    ("credit that the channel waits for is no cause to send", "runahead",
     "sim/protocol/partition_send.c",
     "    return sub->local ? snap_output_is_available(output) : has_credit_left(sub);",
     "    return sub->local ? snap_output_is_available(output) : true || has_credit_left(sub);"),
    ("room that the task waits for is no cause to send", "runahead",
     "sim/protocol/partition_send.c",
     "    return sub->local ? snap_output_is_available(output) : has_credit_left(sub);",
     "    return sub->local ? true : has_credit_left(sub);"),
    ("promise with room for two too many in a segment", "runahead", "sim/protocol/partition_room.c",
     "        uint32_t here = left_in(output, i);", "        uint32_t here = left_in(output, i) + 2;"),
    ("promise with room that a smaller segment may not have", "runahead",
     "sim/protocol/partition_room.c",
     "    if (output->sizes || snap_output_arms_flush(output))\n        return snap_output_room(output);\n",
     "    if (snap_output_arms_flush(output))\n        return snap_output_room(output);\n"),
    ("what a span passes over counts from its end", "runahead", "sim/task/task_passed.c",
     "        actor->now_ns = start_ns + (next - start_ns + cost_ns - 1) / cost_ns * cost_ns;\n", ""),
    ("a buffer that its sender gets a credit for is no cause to send", "runahead",
     "sim/protocol/gate.c", "    return at->local ||", "    return true || at->local ||"),
    ("a buffer is no cause to send though a floating one is free", "runahead",
     "sim/protocol/gate.c", "(gate->floating_free == 0 && gate->exclusive_per_channel > 0)",
     "gate->exclusive_per_channel > 0"),
    ("promise of the records of a source that was stopped", "regressions",
     "sim/task/task_promise.c", "             snap_task_is_stopped(task) || ", "             "),
    ("further mails after one that took time", "regressions", "sim/task/task_mail.c",
     "    task->must_act = task->actor.now_ns > before;\n",
     "    task->must_act = task->actor.now_ns > before && snap_task_may_act(task);\n"),
    ("a span goes on over a long record", "runahead", "sim/task/task_plan.c",
     "count = snap_costs_ahead_before_long(ahead, snap_task_draw_ahead(task, count));",
     "count = snap_task_draw_ahead(task, count);"),
    ("records that start at the limit", "runahead", "sim/task/task_plan.c",
     "    return (span_ns - 1) / cost < count ? (uint32_t)((span_ns - 1) / cost) + 1 : count;",
     "    return span_ns / cost < count ? (uint32_t)(span_ns / cost) + 1 : count;"),
    ("a span of more than its keys have room for", "runahead", "sim/protocol/partition_room.c",
     "    return room < count ? room + 1 : count;\n",
     "    return room + 1 < count ? room + 2 : count;\n"),
    ("a span of one turn more than there is room for", "runahead", "sim/protocol/partition_room.c",
     "    if (in_turns)\n        return room + 1;\n", "    if (in_turns)\n        return room + 2;\n"),
    ("turns begin at the channel written last", "runahead", "sim/protocol/partition_room.c",
     "c - partition->cursor - 1 +", "c - partition->cursor +"),
    ("records that fill the buffer finish none", "runahead", "sim/protocol/partition_room.c",
     "(int64_t)bytes >= output->segment_bytes)",
     "(int64_t)bytes >= 2 * (int64_t)output->segment_bytes)"),
    ("promise without the watermark in the buffer", "runahead", "sim/task/task_promise.c",
     "        k = snap_buffer_records_in_a_row(task->current);\n",
     "        k = task->current->count - task->current->taken;\n"),
    ("spans that do not end at a timer that was just armed", "runahead", "sim/task/task_plan.c",
     "if ((!chain->cost_is_constant && !chain->costs_ahead) || chain->arms_timers)",
     "if (!chain->cost_is_constant && !chain->costs_ahead)"),
    ("marks are written over records that are not read yet", "runahead", "sim/task/task.c",
     "item->marks == 0 && !task->chain.has_timers &&", "true &&"),
    ("spans pass over the end of a change of speed", "regressions", "sim/task/task.c",
     "    snap_ns limit = timer_ns;",
     "    snap_ns limit = timer_ns == task->fault_due_ns ? SNAP_NEVER : timer_ns;"),
    ("a new size reaches the buffer that is being filled", "runahead",
     "sim/protocol/partition_size.c",
     "    if (sub->open && sub->count == 0 && sub->base_bytes == 0) {",
     "    if (sub->open) { sizes->channels[channel].open = bytes; } if (0) {"),
    ("horizons that do not count on faster links", "runahead", "sim/runtime/virtual.c",
     "        latency = snap_ns_scale(latency, world->link_permille_least);\n",
     "        latency *= 1;\n"),
    ("promise without the records that are waited for", "regressions",
     "sim/task/task_promise.c",
     " || actor->world->watch.records)", ")"),
    ("what a slow link has sent is overtaken", "regressions", "sim/task/task_faults.c",
     "time_ns = snap_ns_max(time_ns, task->arrived_ns[channel] - depart_ns);",
     "time_ns = snap_ns_max(time_ns, 1);"),
    ("the open buffer leaves with records that are not read yet", "runahead",
     "sim/protocol/partition_place.c",
     "        *output->reader = copy;\n", "        view->count = view->taken + (left > 1);\n"),
    ("room for one more segment than there is", "runahead", "sim/protocol/partition_room.c",
     "room_before(output, partition, unused - 1, most);",
     "room_before(output, partition, unused + 1, most);"),
    ("of the new keys of a span only the first one is seen", "runahead",
     "sim/operators/sum.c", "    while ((i += sum_known(state,", "    if ((i += sum_known(state,"),
    ("a saved world without its last quarter", "saved_world", "sim/base/memory.c",
     "    memcpy(region, copy->content, copy->bytes);\n",
     "    memcpy(region, copy->content, copy->bytes - copy->bytes / 4);\n"),
    ("state is not put back", "ledger", "sim/task/task_life.c",
     "!snap_chain_open(&task->chain, from ? snap_sabotage_restored(task, from) : NULL,",
     "!snap_chain_open(&task->chain, NULL,"),
    ("values change before their page is copied", "ledger", "sim/state/keyed_copy.c",
     "        copy_page(copy, entry >> copy->page_bits);\n", "        (void)entry;\n"),
    ("a snapshot takes values along for keys", "ledger", "sim/state/keyed_copy.c",
     "        copy->keys = snap_arena_copy(arena, copy->keys,",
     "        copy->keys = snap_arena_copy(arena, copy->values,"),
    ("windows and lists change before their page is copied", "ledger", "sim/state/frozen.c",
     "        copy_page(&frozen->arrays[array], index / SNAP_FROZEN_PAGE);\n", "        (void)index;\n"),
    ("records go on behind a barrier", "ledger", "sim/protocol/partition_send.c",
     "        sub->blocked = true;\n", "        sub->blocked = false;\n"),
    ("the first key group of a new subtask stays behind", "ledger",
     "sim/protocol/keyed_state_assignment.c",
     "    shared->first = a.first > b.first ? a.first : b.first;\n",
     "    shared->first = (a.first > b.first ? a.first : b.first) + (a.first != b.first);\n"),
    ("the next run of list items begins one item early", "ledger",
     "sim/protocol/operator_state_rescale.c",
     "(struct snap_list_piece){at.handle, at.list, cut->item, taken});",
     "(struct snap_list_piece){at.handle, at.list, cut->item ? cut->item - 1 : 0, taken});"),
    ("what arrives before a barrier is not captured", "ledger", "sim/protocol/gate_priority.c",
     "item->kind == SNAP_ITEM_DATA && snap_channel_capture_is_pending(&priority->capture)",
     "item->kind == SNAP_ITEM_CANCEL && snap_channel_capture_is_pending(&priority->capture)"),
    ("what a late barrier overtakes in an output is not captured", "ledger",
     "sim/protocol/partition_priority.c",
     "        capture_overtaken(output, sub, checkpoint, barrier);\n", ""),
    ("a buffer that is written over counts as recovered", "regressions",
     "sim/protocol/partition_place.c", "    read->recovered = false;\n", ""),
    ("a buffer that is written over keeps what was left out of it", "regressions",
     "sim/protocol/partition_place.c", "    read->foreign_bytes = 0;\n", ""),
    ("a buffer that uses up no credit", "ledger", "sim/protocol/partition_send.c",
     "        sub->credit--;\n", ""),
    ("a restored table that a checkpoint names again is not counted", "files", ROCKSDB_FILE,
     "        snap_database_note_shared(writing->states, "
     "&(struct snap_shared_file){.path = known->path});\n", ""),
    ("a table goes by the name of another", "files", ROCKSDB_FILE,
     "        if (strcmp(list->files[i].name, name) == 0)", "        if (*name)"),
]

JOBS = (60, 500)  # few first, more if they notice nothing


def compile_object(compiler, flags, source, target, root):
    command = [*compiler, "-c", "-O1", "-std=c11", "-D_GNU_SOURCE", "-ffp-contract=off",
               "-I", str(root / "sim"), "-I", str(root / "tests"), *flags,
               str(source), "-o", str(target)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rocksdb_of(build):
    """RocksDB's library, if the build has found one."""
    for line in (build / "CMakeCache.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("pkgcfg_lib_ROCKSDB_rocksdb:") and not line.endswith("NOTFOUND"):
            return [line.split("=", 1)[1]]
    return []


def link(compiler, flags, objects, build, target):
    libraries = sorted(str(path) for path in (build / "sim").glob("libsnap_*.a"))
    # Libraries may hold what a whole program is optimised from: that takes longer than all runs.
    command = [*compiler, *flags, "-fno-lto", *map(str, objects),
               str(build / "tests" / "libswarm.a"),
               "-Wl,--start-group", *libraries, "-Wl,--end-group", *rocksdb_of(build),
               "-lyaml", "-ljansson", "-lxxhash", "-lm", "-lpthread", "-o", str(target)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# What the program's end says of seeds or files that fail, by kind.
FINDINGS, CHECKS = "findings", "failed checks"
EXIT_FINDING, EXIT_CHECK = 1, 3


def failures_of_regressions(code):
    kinds = {0: {}, EXIT_FINDING: {FINDINGS: 1}, EXIT_CHECK: {CHECKS: 1}}
    return kinds.get(code, {"crashes": 1})


def failures_of_swarm(output):
    line = re.search(r"^failures: (.*)$", output, re.MULTILINE)
    return {kind: int(count)
            for kind, count in re.findall(r"([a-z ]+?) (\d+)", line.group(1))} if line else {}


def failures(program, swarm, root):
    """How many there are of each kind; none at all if nobody noticed anything."""
    if swarm == "regressions":
        runs = [sorted(str(path) for path in (root / "tests/fixtures/swarm").glob("*.yaml"))]
    else:
        runs = [[str(JOBS[0]), "1"], [str(JOBS[1]), str(JOBS[0] + 1)]]
        if swarm == "files":  # many runs a job: a few must do
            runs = runs[:1]
    found = {}
    for arguments in runs:
        done = subprocess.run([program, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
        found = failures_of_regressions(done.returncode) if swarm == "regressions" else \
            failures_of_swarm(done.stdout.decode(errors="replace"))
        if is_said(found):
            break
    return found


def is_said(found):
    return FINDINGS in found or CHECKS in found


def in_words(found):
    return ", ".join(f"{count} {kind}" for kind, count in found.items())


def try_mutant(mutant, root, build, compiler, flags, folder):
    """Returns whether it is as it should be, and why."""
    name, swarm, file, old, new = mutant
    text = (root / file).read_text()
    if text.count(old) != 1:
        return False, f"{file} has {text.count(old)} places for it, there must be one"
    source = folder / pathlib.Path(file).name
    source.write_text(text.replace(old, new))
    objects = [folder / "mutant.o", folder / "main.o"]
    for given, made in zip([source, root / "tests" / "swarm" / f"{swarm}.c"], objects):
        result = compile_object(compiler, flags, given, made, root)
        if result.returncode != 0:
            return False, "does not compile:\n" + result.stderr
    program = folder / "mutant"
    result = link(compiler, flags, objects, build, program)
    if result.returncode != 0:
        return False, "does not link:\n" + result.stderr
    found = failures(program, swarm, root)
    if name == CONTROL:
        return not found, in_words(found) or "nothing noticed"
    if not found:
        return False, "nobody noticed"
    return is_said(found), in_words(found) + ("" if is_said(found) else ", but nothing is said")


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    compiler, flags = [sys.argv[3]], sys.argv[4:]
    failed = 0
    mutants = [mutant for mutant in MUTANTS
               if mutant[2] != ROCKSDB_FILE or rocksdb_of(build)]
    for mutant in mutants:
        with tempfile.TemporaryDirectory() as folder:
            good, why = try_mutant(mutant, root, build, compiler, flags, pathlib.Path(folder))
        print(f"{'ok    ' if good else 'FAILED'} {mutant[0]}: {why}", flush=True)
        failed += not good
    print(f"{len(mutants) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
