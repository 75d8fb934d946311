#!/usr/bin/env python3
"""CHANGELOG.md has the version that is built now first, versions fall, and each of them says something."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
built = re.search(r"project\(orgo VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
versions = re.findall(r"^## ([0-9]+\.[0-9]+\.[0-9]+)$", text, re.M)
errors = []
if not versions or versions[0] != built:
    errors.append(f"CHANGELOG.md begins with {versions[:1]}, and {built} is built: write what changed under '## {built}'")
if versions != sorted(versions, key=lambda one: tuple(map(int, one.split("."))), reverse=True):
    errors.append(f"CHANGELOG.md: the versions are not in order: {versions}")
for version, words in zip(versions, re.split(r"^## [0-9.]+$", text, flags=re.M)[1:]):
    if len(words.split()) < 10:
        errors.append(f"CHANGELOG.md says nothing of {version}")
for target in re.findall(r"\]\(([^)#]+)\)", text):
    if not (ROOT / target).exists():
        errors.append(f"CHANGELOG.md leads to {target}, which is not there")
print("\n".join(errors) or f"{len(versions)} versions")
sys.exit(bool(errors))
