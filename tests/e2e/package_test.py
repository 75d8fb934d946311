#!/usr/bin/env python3
"""The Debian package of this build: made, installed in a scratch root, started, upgraded over data and a changed configuration,
removed and purged; and the unit that it brings, looked at by systemd itself. Wants dpkg-dev; says so when it can't run."""
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BUILD, Orgo, expect, mail, main, wait_until  # noqa: E402
from package import CONF, missing, package, run  # noqa: E402


class Root:
    """An empty root folder with a dpkg database: maintainer scripts run with DPKG_ROOT, nothing of this machine is touched."""

    def __init__(self, folder):
        self.path = folder / "root"
        for name in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "etc", "usr", "var/log"):
            (self.path / name).mkdir(parents=True)
        (self.path / "var/lib/dpkg/status").touch()
        (self.path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (self.path / "etc/group").write_text("root:x:0:\n")

    def dpkg(self, *arguments):
        command = ["dpkg", f"--root={self.path}", "--force-script-chrootless", "--force-depends", "--force-confold",
                   "--force-not-root", f"--log={self.path}/var/log/dpkg.log", *arguments]
        if os.getuid() != 0:
            command = ["fakeroot", *command]
        return run(*command, env={**CONF, "PATH": CONF["PATH"] + ":/usr/sbin:/sbin", "DEBIAN_FRONTEND": "noninteractive"})

    def __truediv__(self, name):
        return self.path / name


class Installed(Orgo):
    """The installed program on the installed configuration, with places and ports of the scratch root."""

    def __init__(self, root, folder):
        super().__init__(folder=folder)
        self.program = root / "usr/bin/orgo"
        self.data = root / "var/lib/orgo"
        text = (root / "etc/orgo/config.yaml").read_text()
        for of_machine, of_root in (("/var/lib/orgo", str(self.data)), ("/etc/orgo", str(root / "etc/orgo"))):
            text = text.replace(of_machine, of_root)
        self.config.write_text(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:0", text))

    def command(self):
        return [str(self.program), "serve", "--config", str(self.config)]


def from_the_package_to_a_task_and_on():
    if missing():
        return f"skipped: {missing()} is not installed"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-package-"))
    first, second = package(folder, "1.0.0"), package(folder, "1.0.1")
    fields = run("dpkg-deb", "--field", first).stdout
    expect("Package: orgo" in fields and "libssl3" in fields and "libc6" in fields and "ca-certificates" in fields, fields)
    root = Root(folder)
    said = root.dpkg("--install", first).stdout
    expect("not started" in said and "orgo config check" in said, f"what to do next is said: {said}")
    expect("orgo:x:" in (root / "etc/passwd").read_text(), "the account is made")
    program = root / "usr/bin/orgo"
    expect("share/orgo/modules" in str(next((root / "usr/share/orgo/modules").glob("hr"))), "modules come with it")
    for name in ("man/man1/orgo.1", "bash-completion/completions/orgo"):
        expect((root / "usr/share" / name).stat().st_size > 1000, f"{name} comes with it")
    for check in (("config", "check", "--config", root / "etc/orgo/config.yaml"), ("rules", "check", root / "etc/orgo/rules.yaml")):
        expect("no errors" in run(program, *check).stdout, f"{check}")

    server = folder / "server"
    server.mkdir()
    with Installed(root, server) as orgo:
        orgo.start()
        orgo.deliver(mail(subject="urgent: the package"))
        wait_until("a task", lambda: orgo.get("/api/v1/tasks")["items"])
        expect("hr" in run(program, "module", "list", "--config", orgo.config).stdout, "the shipped modules are found")
        expect(orgo.stop() == 0, "stopped")
    changed = (root / "etc/orgo/rules.yaml").read_text() + "# changed here\n"
    (root / "etc/orgo/rules.yaml").write_text(changed)
    root.dpkg("--install", second)
    expect((root / "etc/orgo/rules.yaml").read_text() == changed, "an upgrade leaves the configuration alone")
    with Installed(root, server) as orgo:
        orgo.start()
        expect([task["title"] for task in orgo.get("/api/v1/tasks")["items"]] == ["urgent: the package"], "the data went along")
        expect(orgo.ledger()[1], "the ledger balances")
        expect(orgo.stop() == 0, "stopped")

    root.dpkg("--remove", "orgo")
    expect(not program.exists() and (root / "etc/orgo/rules.yaml").exists() and (root / "var/lib/orgo/orgo.db").exists(),
           "a removal leaves configuration and data")
    said = root.dpkg("--purge", "orgo").stdout
    expect(not (root / "etc/orgo").exists() and (root / "var/lib/orgo/orgo.db").exists() and "/var/lib/orgo" in said,
           f"a purge leaves the data, and says so: {said}")
    size = first.stat().st_size
    shutil.rmtree(folder)
    return f"{size / 1e6:.1f} MB"


def an_install_by_cmake_keeps_what_people_wrote():
    """`cmake --install` into a scratch root, twice, as who updates a checkout does."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-install-"))
    into = {"env": {**CONF, "DESTDIR": str(folder)}, "cwd": folder}
    run("cmake", "--install", BUILD, "--prefix", "/usr/local", **into)
    program = folder / "usr/local/bin/orgo"
    for name in ("usr/local/lib/systemd/system/orgo.service", "usr/local/share/man/man1/orgo.1", "etc/orgo/rules.yaml", "usr/local/share/orgo/modules/hr/module.yaml"):
        expect((folder / name).exists(), f"{name} is installed")
    expect("hr" in run(program, "module", "list", "--data", folder / "none", "--config", folder / "etc/orgo/config.yaml", "--json").stdout, "its modules are found")
    config = folder / "etc/orgo/config.yaml"
    config.write_text(config.read_text() + "# ours\n")
    (folder / "etc/orgo/rules.yaml").unlink()
    run("cmake", "--install", BUILD, "--prefix", "/usr/local", **into)
    expect(config.read_text().endswith("# ours\n") and (folder / "etc/orgo/rules.yaml").exists(), "what is there is left alone, what is missing comes")
    expect("no errors" in run(program, "config", "check", config).stdout, "it is right")
    shutil.rmtree(folder)


def the_unit_is_shut():
    if not shutil.which("systemd-analyze"):
        return "skipped: systemd-analyze is not installed"
    unit = BUILD / "packaging/orgo.service"
    told = run("systemd-analyze", "security", "--offline=true", "--threshold=20", "--json=short", unit, check=False)
    expect(told.returncode == 0, f"exposed beyond 2.0:\n{told.stdout[-3000:]}{told.stderr}")
    exposed = [row.get("name") for row in json.loads(told.stdout) if row.get("exposure") and float(row["exposure"] or 0) >= 0.3]
    return "open: " + ", ".join(str(name) for name in exposed)


if __name__ == "__main__":
    main(an_install_by_cmake_keeps_what_people_wrote, from_the_package_to_a_task_and_on, the_unit_is_shut)
