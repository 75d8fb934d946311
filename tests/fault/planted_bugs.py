#!/usr/bin/env python3
"""Can the fault tests turn red? Plants one known bug at a time in a copy of the source, builds it, and runs the test that must
find it. `./test --planted` runs this (some minutes); all bugs must be found.
"""
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build/planted"

# name, file, text, what stands there instead, test that must fail
BUGS = [
    ("250 before the commit", "src/service/intake/intake_service.cpp",
     "  const auto count = envelopes.size();\n  submit_for_ids",
     "  const auto count = envelopes.size();\n  done(std::vector<Status>(count));\n  done = [](std::vector<Status>) {};\n  submit_for_ids",
     "kill_test.py"),
    ("250 before the commit, seen in the system calls", "src/service/intake/intake_service.cpp",
     "  const auto count = envelopes.size();\n  submit_for_ids",
     "  const auto count = envelopes.size();\n  done(std::vector<Status>(count));\n  done = [](std::vector<Status>) {};\n  submit_for_ids",
     "durable_order_test.py"),
    ("no flush of the bytes", "src/adapter/blob_store/segments.cpp",
     "if (written && ::fdatasync(current_->fd) != 0)", "if (false)", "durable_order_test.py"),
    ("dedup key ignored", "src/adapter/sql/message_store.cpp",
     "keys.push_back(dedup_key(message.envelope, message.bytes));",
     "keys.push_back(dedup_key(message.envelope, message.bytes));\n    keys.back().copy_hash += ::rand();", "kill_test.py"),
    ("another Message-ID at each attempt", "src/core/delivery/render.cpp",
     "own_message_id(input.tenant, input.id,", "own_message_id(input.tenant, SendId{input.id.value * 1000 + ::rand() % 1000},", "smtp_down_test.py"),
    ("outbox skipped", "src/adapter/sql/parts/send.cpp",
     "  ORGO_CHECK(insert.run());\n  tx.add_send({id});", "  tx.add_send({id});", "smtp_down_test.py"),
]


def main():
    environment = {**os.environ, "ORGO_KILLS": "10", "CCACHE_BASEDIR": str(ROOT.parent), "CCACHE_NOHASHDIR": "1",
                   "ORGO_BINARY": str(COPY / "build/dev/orgo"), "ORGO_BUILD": str(COPY / "build/dev")}
    missed, planted = 0, None
    for name, file, text, instead, test in BUGS:
        for part in ("src", "cmake", "tests", "bench"):
            shutil.copytree(ROOT / part, COPY / part, dirs_exist_ok=True)
        for part in ("CMakeLists.txt", "CMakePresets.json"):
            shutil.copy2(ROOT / part, COPY / part)
        if planted:
            os.utime(COPY / planted)  # the copy is as old as the original, and must be built again all the same
        planted = file
        source = (COPY / file).read_text(encoding="utf-8")
        if source.count(text) < 1:
            print(f"LOST    {name}: {file} has changed; plant it anew in {pathlib.Path(__file__).name}", flush=True)
            missed += 1
            continue
        (COPY / file).write_text(source.replace(text, instead, 1), encoding="utf-8")
        log = COPY / "build.log"
        with open(log, "w") as out:
            built = subprocess.run("cmake --preset dev -DORGO_TESTS=OFF -DORGO_BENCH=OFF && cmake --build --preset dev --target orgo",
                                   shell=True, cwd=COPY, env=environment, stdout=out, stderr=out)
        if built.returncode != 0:
            print(f"LOST    {name}: does not build, see {log}", flush=True)
            missed += 1
            continue
        done = subprocess.run([sys.executable, ROOT / "tests/fault" / test], env=environment, capture_output=True, text=True)
        found = done.returncode != 0
        missed += not found
        first = next((line for line in done.stdout.splitlines() if line.startswith("FAILED")), "")
        print(f"{'found ' if found else 'MISSED'}  {name}, by {test}: {first[:120]}", flush=True)
    print(f"{len(BUGS) - missed} of {len(BUGS)} planted bugs found")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
