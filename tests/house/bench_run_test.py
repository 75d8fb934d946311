#!/usr/bin/env python3
"""bench/run reaches every benchmark, names the nearest of a name that there is not, and says what it lacks in words. Builds nothing."""
import importlib.machinery
import importlib.util
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN = ROOT / "bench/run"
loader = importlib.machinery.SourceFileLoader("bench_run", str(RUN))
bench = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_run", loader))
sys.dont_write_bytecode = True
loader.exec_module(bench)
errors = []


def run(*names, **environment):
    return subprocess.run([sys.executable, RUN, *names], capture_output=True, text=True, env={**os.environ, **environment}, timeout=60)


sources = {path.stem for path in (ROOT / "bench").glob("*_bench.cpp")}
reached = {program for _, programs, _ in bench.BENCHES.values() for program in programs}
errors += [f"bench/{name}.cpp is run by no name of bench/run" for name in sorted(sources - reached)]
errors += [f"bench/run runs {name}, which is not in bench/" for name in sorted(reached - sources)]
errors += [f"bench/run: '{name}' leads to '{meant}', which there is not" for name, meant in bench.ALSO.items() if meant not in bench.BENCHES]
for name in ("store", "decide_commit"):
    if name not in bench.BENCHES and name not in bench.ALSO:
        errors.append(f"bench/run {name} is not understood")
wrong = run("acept")
if wrong.returncode != 2 or "did you mean 'accept'?" not in wrong.stderr:
    errors.append(f"bench/run acept: {wrong.returncode} {wrong.stderr}")
lacks = run("rules", ORGO_BUILD="/nonexistent")
if lacks.returncode != 1 or "lacks" not in lacks.stderr or "Traceback" in lacks.stderr:
    errors.append(f"bench/run with a build that is not there: {lacks.returncode} {lacks.stderr}")
print("\n".join(errors) or f"{len(reached)} programs by {len(bench.BENCHES) + len(bench.ALSO)} names")
sys.exit(bool(errors))
