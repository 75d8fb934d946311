#!/usr/bin/env python3
"""By README.md alone, on a Debian that holds nothing but its essential packages: the package is installed by the page's own words, and
its section "The first hour" is followed by an ordinary user to the customer who has the answer. How long it took is told, not asserted.

The Debian is made of this machine's installed packages: those that the package declares, and no other. ORGO_DEBIAN_MIRROR (as
http://deb.debian.org/debian) makes one by debootstrap besides, where the package's dependencies come from that mirror."""
import os
import pathlib
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import clean_root  # noqa: E402
import readme  # noqa: E402
from orgo import ROOT, expect, main  # noqa: E402
from package import missing, package, run  # noqa: E402

USER, NUMBER = "newcomer", 1000
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "COLUMNS": "80",
               "DEBIAN_FRONTEND": "noninteractive"}


def why_not():
    return f"{missing()} is not installed" if missing() else clean_root.why_not()


def checkout(root, deb):
    """What `git clone` and `scripts/package` leave, as far as the page uses it; in the home of a user who has nothing else."""
    for name, line in (("passwd", f"{USER}:x:{NUMBER}:{NUMBER}::/home/{USER}:/bin/bash"), ("group", f"{USER}:x:{NUMBER}:")):
        with open(root / "etc" / name, "a", encoding="utf-8") as file:
            file.write(line + "\n")
    clone = root / f"home/{USER}/orgo"
    (clone / "build").mkdir(parents=True)
    shutil.copytree(ROOT / "samples", clone / "samples")
    shutil.copy(deb, clone / "build")
    run("chown", "-R", f"{NUMBER}:{NUMBER}", root / f"home/{USER}")
    # Who installs says yes.
    (root / "etc/apt/apt.conf.d").mkdir(parents=True, exist_ok=True)
    (root / "etc/apt/apt.conf.d/yes").write_text('APT::Get::Assume-Yes "true";\n')
    return clone


def typed_by_root(root, clone, commands, network):
    terminal = readme.Terminal(clean_root.entered(root, "/bin/bash", "--norc", "--noprofile", network=network), env={**ENVIRONMENT, "HOME": "/root"})
    try:
        expect(terminal.type(f"cd /{clone.relative_to(root)}")[0] == 0, "the checkout is there")
        return "".join(readme.show(terminal, command) for command in commands)
    finally:
        terminal.end()


def typed_by_the_user(root, clone):
    command = ["setpriv", f"--reuid={NUMBER}", f"--regid={NUMBER}", "--clear-groups", "/bin/bash", "--norc", "--noprofile"]
    terminal = readme.Terminal(clean_root.entered(root, *command), env={**ENVIRONMENT, "HOME": f"/home/{USER}"})
    try:
        expect(terminal.type(f"cd /{clone.relative_to(root)}")[0] == 0, "the checkout is there")
        return readme.first_hour(terminal, clone / "sent")
    finally:
        terminal.end()


def walk(root, deb, network):
    clone = checkout(root, deb)
    for place in ("etc/orgo", "var/lib/orgo", "usr/bin/orgo"):
        expect(not (root / place).exists(), f"/{place} is there before the package is")
    began = time.monotonic()
    said = typed_by_root(root, clone, readme.installs(), network)
    installed = time.monotonic() - began
    expect("not started" in said and (root / "usr/bin/orgo").exists() and (root / "etc/orgo/config.yaml").exists(), said)
    expect("orgo:x:" in (root / "etc/passwd").read_text(), "the service has its account")
    doctor = typed_by_root(root, clone, ["orgo config check", "orgo rules check", "orgo doctor"], "own")
    expect("/etc/orgo/config.yaml: no errors" in doctor and "wrong" not in doctor, f"what the package brings is right: {doctor}")
    count = typed_by_the_user(root, clone)
    expect(not (root / "var/lib/orgo").exists() or not any((root / "var/lib/orgo").iterdir()), "and nothing was written for a service")
    return f"installed in {installed:.0f} s, answered after {time.monotonic() - began:.0f} s and {count} commands"


def in_a_place_made_of(make, network):
    """`make(root, deb)` fills the folder. It goes away only when all went well."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-clean-"))
    folder.chmod(0o755)
    root = folder / "root"
    root.mkdir()
    deb = package(folder, "1.0.0")
    note = make(root, deb)
    note = walk(root, deb, network) + (f", {note}" if note else "")
    shutil.rmtree(folder)
    return note


def with_its_declared_dependencies_and_no_network():
    if why_not():
        return f"skipped: {why_not()}"

    def make(root, deb):
        installed = clean_root.Installed()
        declared = list(installed.depends(run("dpkg-deb", "--field", deb, "Depends").stdout, "the package needs"))
        named = [word for line in readme.installs() for word in line.split()[2:] if "/" not in word]
        return f"{clean_root.of_this_machine(root, ['apt', *declared, *named])} packages"
    return in_a_place_made_of(make, "own")


def on_a_debian_from_a_mirror():
    mirror = os.environ.get("ORGO_DEBIAN_MIRROR", "")
    if not mirror:
        return "skipped: ORGO_DEBIAN_MIRROR names no mirror to make a Debian from"
    if why_not() or not shutil.which("debootstrap"):
        return f"skipped: {why_not() or 'debootstrap is not installed'}"
    return in_a_place_made_of(lambda root, _: clean_root.by_debootstrap(root, mirror), "shared")


if __name__ == "__main__":
    main(with_its_declared_dependencies_and_no_network, on_a_debian_from_a_mirror)
