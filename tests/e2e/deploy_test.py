#!/usr/bin/env python3
"""deploy/: the balancers and Patroni take their configurations, and Orgo takes its own; they name the same doors. That the servers of
deploy/patroni do what is said of them is tests/fault/patroni_test.py."""
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import patroni  # noqa: E402
from orgo import BINARY, ROOT, child_environment, expect, main  # noqa: E402

TWO = ROOT / "deploy/two-nodes"
PATRONI = ROOT / "deploy/patroni"


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def said_by(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False, env=child_environment())
    return done.returncode, done.stdout + done.stderr


def haproxy_takes_its_configuration():
    for folder in (TWO, PATRONI):
        code, said = said_by(program("haproxy"), "-c", "-f", folder / "haproxy.cfg")
        expect(code == 0, f"haproxy: {folder.name}: {said}")


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


def patroni_takes_its_configuration():
    """It wants to reach etcd, and that nobody has the ports already; nothing else is another than in the example."""
    def said_of(text):
        path = pathlib.Path(folder) / "patroni.yml"
        path.write_text(text)
        return said_by(program("patroni"), "--validate-config", path)
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as etcd:
        text = patroni.with_others((PATRONI / "patroni.yml").read_text(), [
            (f"10.0.1.{machine}:2379", f"127.0.0.1:{etcd.getsockname()[1]}") for machine in (1, 2, 3)] + [
            ("  listen: 10.0.1.1:8008", f"  listen: 127.0.0.1:{patroni.spare_port()}"),
            ("  listen: 10.0.1.1:5432", f"  listen: 127.0.0.1:{patroni.spare_port()}"),
            ("/usr/lib/postgresql/15/bin", patroni.postgres.programs()), ("/var/lib/postgresql/15/orgo", pathlib.Path(folder) / "data")])
        code, said = said_of(text)
        expect((code, said) == (0, ""), f"patroni: {code} {said}")
        code, said = said_of(text.replace("data_dir:", "data_dri:"))
        expect(code != 0 and "data_dir" in said, f"patroni takes whatever comes: {code} {said}")


def haproxy_asks_the_servers_of_patroni():
    text, haproxy = (PATRONI / "patroni.yml").read_text(), (PATRONI / "haproxy.cfg").read_text()
    rest, port = re.findall(r"^  connect_address: 10\.0\.1\.1:(\d+)$", text, re.M)
    machines = re.findall(r"(10\.0\.1\.\d):2379", text)
    expect(len(machines) == 3, f"{machines}")
    for machine in machines:
        expect(f"{machine}:{port} port {rest}\n" in haproxy, f"haproxy does not ask {machine}")


if __name__ == "__main__":
    tests = [orgo_takes_its_configuration, all_name_the_same_doors, haproxy_asks_the_servers_of_patroni]
    if patroni.program("patroni") and patroni.postgres.available():
        tests.append(patroni_takes_its_configuration)
    else:
        print("skipped: patroni or postgresql is not installed (scripts/packages-test.txt)")
    for name, test in (("haproxy", haproxy_takes_its_configuration), ("nginx", nginx_takes_its_configuration)):
        if program(name):
            tests.append(test)
        else:
            print(f"skipped: {name} is not installed (scripts/packages-test.txt)")
    main(*tests)
