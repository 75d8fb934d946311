#!/usr/bin/env python3
"""`./run`: the demonstration when there is nothing of one's own, and never a mail of it when there is. With the built program in place of
a build, and a stand-in that notes how it was called."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, ROOT, child_environment, expect, main, wait_until  # noqa: E402


def called(folder, *arguments, **environment):
    """How `./run ARGUMENTS` calls orgo from this folder: its words and what it is told by the environment."""
    noted = folder / "noted"
    stand_in = folder / "orgo-stand-in"
    stand_in.write_text(f'#!/bin/sh\n{{ echo "$*"; pwd; env | grep ^ORGO_; }} >{noted}\n')
    stand_in.chmod(0o755)
    done = subprocess.run([str(ROOT / "run"), *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=60,
                          env={**child_environment(), "ORGO_BINARY": str(stand_in), "ORGO_DATA_DIR": str(folder / "data"), **environment})
    expect(done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}")
    words, where, *told = noted.read_text().splitlines()
    return words, pathlib.Path(where), "\n".join(told)


def what_is_ones_own_counts():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-run-")).resolve()
    words, _, told = called(folder, "task", "list")
    expect(words == "task list" and "samples/demo/config.yaml" in told and "samples/demo/rules.yaml" in told, f"the demonstration: {told}")
    mine = folder / "mine.yaml"
    mine.write_text("organization: {name: Mine}\n")
    for arguments, environment in ((["task", "list", "--config", mine], {}), (["task", "list", f"--config={mine}"], {}),
                                   (["task", "list"], {"ORGO_CONFIG": str(mine)})):
        _, where, told = called(folder, *arguments, **environment)
        expect("samples/demo" not in told and where == folder, f"{arguments} {environment} is about one's own: {told}")
    words, where, told = called(folder, ORGO_CONFIG=str(mine))
    expect(words == "serve" and where == folder and "samples" not in told, f"./run serves one's own where one is: {words} {where} {told}")
    shutil.copy(mine, folder / "config.yaml")
    words, where, told = called(folder)
    expect(words == "serve" and where == folder and "samples" not in told, f"config.yaml of the folder: {words} {where} {told}")
    shutil.rmtree(folder)


def ones_own_gets_no_demo_mail():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-run-")).resolve()
    (folder / "config.yaml").write_text("organization: {name: Mine}\nhttp: {listen: '127.0.0.1:0'}\nlmtp: {listen: '127.0.0.1:0'}\n"
                                        "smtp_in: {listen: '127.0.0.1:0'}\n")
    (folder / "rules.yaml").write_text("rules: [{action: {route_to: me@mine.example}}]\n")
    process = subprocess.Popen([str(ROOT / "run")], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**child_environment(), "ORGO_BINARY": str(BINARY)})
    wait_until("it serves", lambda: (folder / "var/server.json").exists())
    listed = subprocess.run([str(BINARY), "ledger", "--json"], cwd=folder, capture_output=True, text=True, env=child_environment(), timeout=60)
    children = subprocess.run(["ps", "-o", "args=", "--ppid", str(process.pid)], capture_output=True, text=True).stdout
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=30)[0]
    expect("Mine is served by Orgo" in said and "Orgo serves a school" not in said, said)
    expect('"lines":[]' in listed.stdout, f"a mail came: {listed.stdout}")
    expect("postbox" not in children and "welcome" not in children, f"nothing of the demonstration runs beside it: {children}")
    shutil.rmtree(folder)


def demo_addresses_are_examples():
    """Whatever is sent by mistake reaches nobody (RFC 2606, RFC 6761)."""
    texts = [ROOT / "samples/demo/config.yaml", ROOT / "samples/demo/rules.yaml", ROOT / "samples/deliver", ROOT / "samples/welcome"]
    for path in texts:
        for domain in set(re.findall(r"@([a-z0-9.-]+\.[a-z]+)", path.read_text())) - {"organization.com"}:  # of the worked example
            expect(domain.endswith((".example", ".test", ".invalid")) or domain.endswith(("example.org", "example.com", "example.net")),
                   f"{path.relative_to(ROOT)} names {domain}, which is somebody's")


if __name__ == "__main__":
    main(what_is_ones_own_counts, ones_own_gets_no_demo_mail, demo_addresses_are_examples)
