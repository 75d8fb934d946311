#!/usr/bin/env python3
"""Lines, functions, files and folders keep a size that one can hold in the head, and folders of a layer form no circle.

What is beyond today stands in exceptions.txt with its number, which may only shrink: a number that is no longer true is an
error too. `ORGO_UPDATE=1 python3 tests/house/shape_test.py` lowers the numbers and takes out what is mended; it never raises one.
"""
import collections
import os
import pathlib
import re
import sys

import cpp_scan

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXCEPTIONS = pathlib.Path(__file__).with_name("exceptions.txt")
LAYERS = ["base", "protocol", "core", "port", "service", "adapter", "app"]
LINE, FUNCTION, FILE = 120, 70, 400
REMEDY = {
    "line": f"is longer than {LINE} characters: run clang-format, and break what it can't (a literal: into two)",
    "function": f"has more than {FUNCTION} lines: give its steps names, or take the decision in it out as a function of values",
    "file": f"has more than {FILE} lines: one concept a file; split it where a reader would",
    "cycle": "includes in a circle: what two folders both need belongs below them, or they are one folder",
}


def sources():
    for folder in ("src", "tests", "bench"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                yield path, path.relative_to(ROOT).as_posix()


def measure():
    """{(kind, what): (number, where to look)} of everything that is beyond a limit."""
    beyond = {}
    arrows = {layer: collections.defaultdict(set) for layer in LAYERS}
    for path, name in sources():
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if long := [number for number, line in enumerate(lines, 1) if len(line) > LINE]:
            beyond["line", name] = (len(long), f"{name}:{long[0]}")
        if len(lines) > FILE:
            beyond["file", name] = (len(lines), f"{name}:1")
        for function, line, length in cpp_scan.functions(text):
            # The bodies of tests tell a story from top to bottom; their helpers are functions like all others.
            if length > FUNCTION and not re.match(r"(TEST|TYPED_TEST|RC_GTEST_PROP)", function):
                key = ("function", f"{name}:{function}")
                if length > beyond.get(key, (0, ""))[0]:
                    beyond[key] = (length, f"{name}:{line}")
        parts = name.split("/")
        if parts[0] == "src" and len(parts) > 3 and not name.endswith("_test.cpp"):
            for line in lines:
                other = re.match(rf'#include "{parts[1]}/([a-z_0-9]+)/', line)
                if other and other[1] != parts[2]:
                    arrows[parts[1]][parts[2]].add(other[1])
    for layer in LAYERS:
        for circle in circles(arrows[layer]):
            beyond["cycle", f"src/{layer}: {' '.join(circle)}"] = (len(circle), f"src/{layer}")
    return beyond


def circles(arrows):
    """The groups of folders that reach each other."""

    def reached(start):
        seen, todo = set(), [start]
        while todo:
            for other in arrows.get(todo.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    reach = {folder: reached(folder) for folder in arrows}
    return sorted({tuple(sorted(b for b in reach if b in reach[a] and a in reach[b])) for a in reach if a in reach[a]})


def read_exceptions():
    known = {}
    if EXCEPTIONS.exists():
        for line in EXCEPTIONS.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                kind, number, what = line.split(" ", 2)
                known[kind, what] = int(number)
    return known


def main():
    beyond, known = measure(), read_exceptions()
    if os.environ.get("ORGO_UPDATE"):
        first = not known
        kept = {key: (number if first else min(number, known[key])) for key, (number, _) in beyond.items() if first or key in known}
        EXCEPTIONS.write_text("# What is beyond the limits of shape_test.py; numbers may only shrink.\n" +
                              "".join(f"{kind} {number} {what}\n" for (kind, what), number in sorted(kept.items())), encoding="utf-8")
        known = kept
    errors = []
    for key, (number, place) in sorted(beyond.items()):
        kind, what = key
        if number > known.get(key, 0):
            was = f" (it was {known[key]})" if key in known else ""
            errors.append(f"{place}: error: {what.split(':')[-1]} {REMEDY[kind]}; it is {number}{was}")
        elif number < known[key]:
            errors.append(f"{EXCEPTIONS.relative_to(ROOT)}: error: '{kind} {known[key]} {what}' is {number} now: lower it (ORGO_UPDATE=1 does)")
    for kind, what in sorted(known.keys() - beyond.keys()):
        errors.append(f"{EXCEPTIONS.relative_to(ROOT)}: error: '{kind} {known[kind, what]} {what}' is mended: take it out (ORGO_UPDATE=1 does)")
    counts = collections.Counter(kind for kind, _ in beyond)
    print(", ".join(f"{counts[kind]} {kind}s" for kind in REMEDY) + f" beyond {LINE} characters, {FUNCTION} and {FILE} lines, and a circle")
    if errors:
        print("\n".join(errors))
        sys.exit(1)


main()
