#!/usr/bin/env python3
"""deploy/: the balancers take their configurations, and Orgo takes its own; both name the same doors."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, ROOT, child_environment, expect, main  # noqa: E402

TWO = ROOT / "deploy/two-nodes"


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def said_by(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False, env=child_environment())
    return done.returncode, done.stdout + done.stderr


def haproxy_takes_its_configuration():
    code, said = said_by(program("haproxy"), "-c", "-f", TWO / "haproxy.cfg")
    expect(code == 0, f"haproxy: {said}")


def nginx_takes_its_configuration():
    with tempfile.TemporaryDirectory() as folder:
        _, said = said_by(program("nginx"), "-t", "-p", folder, "-c", TWO / "nginx.conf")
    expect("syntax is ok" in said, f"nginx: {said}")  # whether it may write below /var is this machine's business


def orgo_takes_its_configuration():
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "config.yaml"
        password = pathlib.Path(folder) / "database.password"
        password.write_text("secret\n")
        password.chmod(0o600)
        rules = pathlib.Path(folder) / "rules.yaml"
        rules.write_text("rules: [{name: all, action: {route_to: office@example.org}}]\n")
        config.write_text((TWO / "config.yaml").read_text().replace("/etc/orgo/database.password", str(password)).replace("/etc/orgo/rules.yaml", str(rules)))
        code, said = said_by(BINARY, "config", "check", "--config", config)
    expect(code == 0, f"orgo config check: {said}")


def all_name_the_same_doors():
    config = (TWO / "config.yaml").read_text()
    listens = dict(re.findall(r"^(\w+):\n  listen: 0\.0\.0\.0:(\d+)$", config, re.M))
    expect(set(listens) == {"http", "smtp_in"}, f"{listens}")
    haproxy, nginx = (TWO / "haproxy.cfg").read_text(), (TWO / "nginx.conf").read_text()
    for machine in ("10.0.0.1", "10.0.0.2"):
        for door in listens.values():
            expect(f"{machine}:{door}" in haproxy, f"haproxy does not know {machine}:{door}")
        expect(f"{machine}:{listens['http']}" in nginx, f"nginx does not know {machine}")
    expect(f"check port {listens['http']}" in haproxy, "haproxy asks where nobody answers")


if __name__ == "__main__":
    tests = [orgo_takes_its_configuration, all_name_the_same_doors]
    for name, test in (("haproxy", haproxy_takes_its_configuration), ("nginx", nginx_takes_its_configuration)):
        if program(name):
            tests.append(test)
        else:
            print(f"skipped: {name} is not installed (scripts/packages-test.txt)")
    main(*tests)
