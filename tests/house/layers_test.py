#!/usr/bin/env python3
"""The house rules that a machine can check: layers, vendors, the table of folders, what every folder needs."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORDER = ["base", "protocol", "core", "port", "service", "adapter", "app"]
MAY_USE = {name: set(ORDER[:i + 1]) for i, name in enumerate(ORDER)}
MAY_USE["adapter"] -= {"service"}  # service and adapter do not see each other
VENDORS = re.compile(r"boost/|openssl/|sqlite3\.h|curl/|unicode/|re2/|gumbo\.h|libical/|date/|cld2/|yaml-cpp/|spdlog/|fmt/|prometheus/|zstd\.h|tl/|CLI/")
VENDORS_ALLOWED = {"base": VENDORS, "adapter": VENDORS, "app": re.compile(r"CLI/")}
# Words that stand for "not done", and why they may not be pushed.
WORDS = {r"\b(TODO|FIXME|XXX|HACK)\b": "finish it, or open an issue", r"\bsleep_for\b|\busleep\b": "wait for the event, with a deadline",
         r"\bstd::views::": "the fuzz targets are built by Clang 14, which can't take those of GCC 12: write the loop"}

errors = []


def error(path, line, text):
    errors.append(f"{path.relative_to(ROOT)}:{line}: error: {text}")


def check_source(path):
    layer = path.relative_to(ROOT / "src").parts[0]
    is_test = path.name.endswith("_test.cpp")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        include = re.match(r'\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', line)
        if include and include[1]:
            other = include[1].split("/")[0]
            if is_test and include[1].startswith("tests/support/"):
                pass  # what tests of all layers share
            elif other not in ORDER:
                error(path, number, f'write includes from src/: "{layer}/.../{include[1]}"')
            elif other not in MAY_USE[layer]:
                error(path, number, f"{layer}/ may not use {other}/ (put an interface into port/, or pass the value in)")
        if include and include[2] and VENDORS.match(include[2]) and not is_test:
            if layer not in VENDORS_ALLOWED or not VENDORS_ALLOWED[layer].match(include[2]):
                error(path, number, f"{layer}/ may not name the vendor of <{include[2]}> (wrap it in base/, or put it into an adapter)")
        for word, remedy in WORDS.items():
            if not is_test and not line.lstrip().startswith("#include") and re.search(word, line):
                error(path, number, f"'{re.search(word, line)[0]}' may not stand in src/ ({remedy})")


def check_table():
    """The table of folders in ARCHITECTURE.md names what is there, and nothing else."""
    page = ROOT / "ARCHITECTURE.md"
    named = {}
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        row = re.match(r"\| `src/([a-z_]+)/` \| ([^|]*)\|", line)
        if row:
            named[row[1]] = (number, set(re.findall(r"`([a-z_0-9]+)/`", row[2])))
    if set(named) != set(ORDER):
        error(page, 1, f"the table of layers names {sorted(named)}, src/ has {ORDER}")
    for layer, (number, folders) in named.items():
        there = {p.name for p in (ROOT / "src" / layer).iterdir() if p.is_dir()}
        for missing in sorted(there - folders):
            error(page, number, f"src/{layer}/{missing}/ is not in the table (add `{missing}/` to the row of {layer})")
        for gone in sorted(folders - there):
            error(page, number, f"src/{layer}/{gone}/ is in the table and not there (take `{gone}/` out)")


for source in sorted((ROOT / "src").rglob("*")):
    if source.suffix in (".h", ".cpp"):
        check_source(source)
for layer in ORDER:
    if not (ROOT / "src" / layer / "README.md").exists():
        error(ROOT / "src" / layer / "README.md", 1, "is missing (what for, what never, where to start reading)")
check_table()
for name in ("run", "test", ".ci/run", "samples/deliver"):
    if not (ROOT / name).stat().st_mode & 0o111:
        error(ROOT / name, 1, f"has no run bit (git update-index --chmod=+x {name})")

if errors:
    print("\n".join(errors))
    sys.exit(1)
print("the house is in order")
