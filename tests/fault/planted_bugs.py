#!/usr/bin/env python3
"""Can the tests turn red? One build holds all the known bugs of src/base/planted.h, each behind a switch; each is switched on
in turn, and the test that must find it is run. `./test --planted` does this; all must be found. The simulator has its own,
which its test plants in the statements of the store (tests/world/support/planted.cpp).

With names as arguments: only these. ORGO_PLANTED_BUILD: a build that is there already (with -DORGO_PLANTED=ON).
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build/planted"
FAULT, E2E = ROOT / "tests/fault", ROOT / "tests/e2e"

# name as in ORGO_PLANT(name) -> the test that must fail: a program, or a binary and its filter
BUGS = {
    "ack_before_commit": FAULT / "kill_test.py",
    "bytes_not_flushed": FAULT / "durable_order_test.py",
    "dedup_ignored": FAULT / "kill_test.py",
    "message_id_of_attempt": FAULT / "smtp_down_test.py",
    "outbox_skipped": FAULT / "smtp_down_test.py",
    "half_job_stays": ("adapter_tests", "SqliteEngineTest.*"),
    "outcomes_after_the_batch": ("world_tests", "Delivery*"),
    "leases_by_the_wall_clock": ("world_tests", "Delivery*"),
    "leases_side_by_side": ("world_tests", "Delivery*"),
    "waits_not_capped": ("world_tests", "Delivery*"),
    "one_receiver_takes_all": ("service_tests", "ReceiverGate.*"),
    "stage_of_refusal_ignored": ("core_tests", "Refusal.*"),
    "our_own_suppressed": ("core_tests", "Outcome.*:Suppress.*"),
    "urgent_counted_with_ordinary": ("world_tests", "Delivery*"),
    "retry_after_ignored": ("core_tests", "Outcome.*"),
    "file_not_flushed": ("fault_tests", "DiskFault.*"),
    "all_levels_at_once": ("core_tests", "Escalate.*"),
    "store_trouble_buries": ("world_tests", "Processor*"),
    "repair_decides_anew": ("contract_tests", "LedgerRepair*"),
    "missing_not_seen": FAULT / "damage_test.py",
    "stateless_not_seen": ("contract_tests", "*LedgerReader*"),
    "restore_not_seen": FAULT / "restore_test.py",
    "copy_not_seen": ("core_tests", "Lineage.*"),
    "power_cut_is_a_restore": ("core_tests", "Lineage.*"),
    "lineage_leads": ("app_tests", "LineageKeeper*"),
    "stop_waits_for_the_relay": FAULT / "stop_test.py",
}
# Two tests for one bug: what the first finds by chance of a moment, the second finds by the order of system calls.
MORE = [("ack_before_commit", FAULT / "durable_order_test.py")]


def declared():
    """The bugs that stand in the source: each must be in the table, and each of the table there."""
    found = set()
    for path in (ROOT / "src").rglob("*.cpp"):
        found |= set(re.findall(r"ORGO_PLANT\((\w+)\)", path.read_text(encoding="utf-8")))
    return found - {"name"}


def build():
    """In a copy beside the other builds, so that whatever no bug is in comes from the compiler's cache."""
    if given := os.environ.get("ORGO_PLANTED_BUILD"):
        return pathlib.Path(given)
    for part in ("src", "cmake", "tests", "bench", "modules", "samples", "docs"):
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, COPY / part, dirs_exist_ok=True)
    for part in ("CMakeLists.txt", "CMakePresets.json"):
        shutil.copy2(ROOT / part, COPY / part)
    targets = sorted({test[0] for test in BUGS.values() if isinstance(test, tuple)} | {"orgo"})
    log = COPY / "build.log"
    command = ("cmake --preset dev -DORGO_PLANTED=ON -DORGO_BENCH=OFF '-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g0' && "
               "cmake --build --preset dev --target " + " ".join(targets))
    with open(log, "w") as out:
        environment = {**os.environ, "CCACHE_BASEDIR": str(ROOT.parent), "CCACHE_NOHASHDIR": "1"}
        if subprocess.run(command, shell=True, cwd=COPY, env=environment, stdout=out, stderr=out).returncode != 0:
            sys.exit(f"the planted bugs do not build, see {log}")
    return COPY / "build/dev"


def run(folder, bug, test):
    environment = {**os.environ, "ORGO_KILLS": "10", "PLANTED": bug, "ORGO_BINARY": str(folder / "orgo"),
                   "ORGO_BUILD": str(folder), "ORGO_PATIENCE": os.environ.get("ORGO_PATIENCE", "3")}
    if isinstance(test, tuple):
        command = [folder / "tests" / test[0], f"--gtest_filter={test[1]}", "--gtest_brief=1"]
        name = f"{test[0]} {test[1]}"
    else:
        command, name = [sys.executable, test], test.name
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, errors="replace")
    lines = (done.stdout + done.stderr).splitlines()
    return done.returncode, name, next((line for line in lines if "FAILED" in line or "Failure" in line), "")[:120]


def main():
    wanted = sys.argv[1:] or list(BUGS)
    jobs = [(bug, test) for bug, test in [*BUGS.items(), *MORE] if bug in wanted]
    problems = [f"LOST    {bug}: the source has no ORGO_PLANT({bug})" for bug in sorted(set(BUGS) - declared())]
    problems += [f"LOST    {bug}: no test of {pathlib.Path(__file__).name} is for it" for bug in sorted(declared() - set(BUGS))]
    folder = build()
    # A test that is red without any bug proves nothing about one.
    tests = list(dict.fromkeys(test for _, test in jobs))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for test, (code, name, first) in zip(tests, pool.map(lambda test: run(folder, "", test), tests)):
            if code != 0:
                problems.append(f"RED     {name} without any bug: {first}")
        for (bug, _), (code, name, first) in zip(jobs, pool.map(lambda job: run(folder, *job), jobs)):
            print(f"{'found ' if code else 'MISSED'}  {bug}, by {name}: {first}", flush=True)
            if code == 0:
                problems.append(f"MISSED  {bug}")
    print("\n".join(problems) or f"{len(jobs)} of {len(jobs)} planted bugs found")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
