#!/usr/bin/env python3
"""Follows docs/guide/write-a-module.md literally: writes its files, runs its commands, looks for the lines that it shows."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, ROOT, child_environment, expect, main  # noqa: E402


def parts(page):
    """("file", name, text), ("run", commands) and ("see", lines), in the order of the page."""
    for match in re.finditer(r"(?:^`([\w/.]+)`\n)?^```(yaml|sh|text)\n(.*?)^```$", page, re.S | re.M):
        name, kind, text = match.groups()
        if kind == "yaml":
            expect(name, f"no file is named above\n{text}")
            yield "file", name, text
        else:
            yield ("run" if kind == "sh" else "see"), None, text


def the_guide_is_true():
    page = (ROOT / "docs/guide/write-a-module.md").read_text(encoding="utf-8")
    files = commands = lines = 0
    with tempfile.TemporaryDirectory(prefix="orgo-guide-") as folder:
        where = pathlib.Path(folder)
        (where / "bin").mkdir()
        (where / "bin/orgo").symlink_to(BINARY)
        environment = {**child_environment(), "PATH": f"{where / 'bin'}:{os.environ['PATH']}", "ORGO_DATA_DIR": str(where / "var")}
        output = ""
        for kind, name, text in parts(page):
            if kind == "file":
                (where / name).parent.mkdir(parents=True, exist_ok=True)
                (where / name).write_text(text, encoding="utf-8")
                files += 1
            elif kind == "run":
                output = ""
                for command in text.strip().splitlines():
                    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=where, env=environment, timeout=60)
                    expect(done.returncode == 0, f"$ {command}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
                    output += done.stdout
                    commands += 1
            else:
                for line in text.strip().splitlines():
                    expect(line in output, f"the guide shows '{line}', and this came:\n{output}")
                    lines += 1
    expect(files >= 7 and commands >= 9 and lines >= 6, f"only {files} files, {commands} commands, {lines} lines: is the guide still read?")
    return f"{files} files, {commands} commands"


if __name__ == "__main__":
    main(the_guide_is_true)
