"""A clean Debian to try things in: a root folder that holds the essential packages, what they depend on, some that are named, and
nothing else; either of this machine's own installed files, which needs no network, or made by debootstrap. And a way in, by
namespaces of its own: processes, mounts, names and a network that has its loopback only. Root only."""
import os
import pathlib
import re
import shutil
import subprocess

from orgo import expect
from package import run

DPKG = pathlib.Path("var/lib/dpkg")
LEFT_OUT = re.compile(r"/usr/share/(doc|man|locale|info)/.")  # as in container images; nothing runs of it
ENTER = """set -e
root=$1 network=$2; shift 2
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"
for name in null zero full random urandom tty; do : >"$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
ln -s /proc/self/fd "$root/dev/fd"
[ "$network" = shared ] || ip link set lo up
exec chroot "$root" "$@"
"""


def why_not():
    """What this machine lacks to make one, or None."""
    if os.geteuid() != 0:
        return "only root may make a root folder and go into it"
    if not shutil.which("dpkg-query") or not shutil.which("unshare"):
        return "this is no Debian with unshare"
    tried = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, text=True)
    return f"this machine gives no namespaces of one's own ({tried.stderr.strip()})" if tried.returncode != 0 else None


class Installed:
    """What dpkg knows of this machine: names, who provides which, and what depends on what."""

    def __init__(self):
        form = r"${db:Status-Status}\t${Package}\t${binary:Package}\t${Essential}\t${Pre-Depends}, ${Depends}\t${Provides}\n"
        self.needs, self.full_name, self.essential, self.providers = {}, {}, [], {}
        for line in run("dpkg-query", "-W", "-f", form).stdout.splitlines():
            state, name, full, essential, needs, provides = line.split("\t")
            if state != "installed":
                continue
            self.needs[name], self.full_name[name] = needs, full
            if essential == "yes":
                self.essential.append(name)
            for one in [name, *names_of(provides)]:
                self.providers.setdefault(one, name)

    def closure(self, wanted):
        """The packages that are wanted, with all that they need; of alternatives the first that is here."""
        found, ahead = set(), [*self.essential, *wanted]
        while ahead:
            name = ahead.pop()
            if name not in found:
                found.add(name)
                ahead += self.depends(self.needs[name], f"{name} needs")
        return sorted(found)

    def depends(self, field, who):
        """One installed package for each part of a Depends field."""
        for part in filter(str.strip, field.split(",")):
            here = [self.providers[name] for name in names_of(part.replace("|", ",")) if name in self.providers]
            expect(here, f"{who} {part.strip()}, which is not on this machine")
            yield here[0]


def names_of(field):
    """Without versions and architectures: "a (>= 1), b:any" -> a, b."""
    return [re.match(r"[a-z0-9][a-z0-9+.-]*", part.strip())[0] for part in field.split(",") if part.strip()]


def of_this_machine(root, wanted):
    """Copies the installed files of packages, and writes what dpkg should know of them. Returns their number."""
    installed = Installed()
    names = installed.closure(wanted)
    for folder in ("usr", "etc", "proc", "dev", "sys", "run", "root", "home", "tmp", "var/tmp", DPKG / "info", DPKG / "updates",
                   "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for folder in ("tmp", "var/tmp"):
        (root / folder).chmod(0o1777)
    for link in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):  # /usr is merged, and no package brings these
        if os.path.islink(f"/{link}"):
            (root / f"usr/{link}").mkdir()
            (root / link).symlink_to(f"usr/{link}")
    stanzas = []
    for name in names:
        full = installed.full_name[name]
        for path in run("dpkg-query", "-L", full).stdout.splitlines():
            copy(path, root)
        for path in pathlib.Path("/", DPKG, "info").glob(f"{full}.*"):
            shutil.copy2(path, root / DPKG / "info")
        stanzas.append(run("dpkg-query", "-s", full).stdout)
    (root / DPKG / "status").write_text("\n".join(stanzas))
    settle(root)
    return len(names)


def copy(path, root):
    into = root / path.lstrip("/")
    if not path.startswith("/") or LEFT_OUT.match(path) or not os.path.lexists(path) or os.path.lexists(into):
        return
    if os.path.isdir(path) and not os.path.islink(path):
        into.mkdir(parents=True)
        shutil.copystat(path, into)
    else:
        into.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, into, follow_symlinks=False)


def settle(root):
    """What the packages' own scripts would have made."""
    for name, source in (("passwd", "base-passwd/passwd.master"), ("group", "base-passwd/group.master"), ("nsswitch.conf", "libc-bin/nsswitch.conf")):
        if not (root / "etc" / name).exists():
            shutil.copy(f"/usr/share/{source}", root / "etc" / name)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    (root / "etc/apt/sources.list").write_text("")
    run("chroot", root, "/sbin/ldconfig")


def by_debootstrap(root, mirror):
    """A minimal Debian 12, as a mirror has it today."""
    run("debootstrap", "--variant=minbase", "bookworm", root, mirror)
    run("chroot", root, "apt-get", "update", "-q")


def entered(root, *command, network="own"):
    """The command line that runs another in the folder; network: "own", or "shared" with this machine."""
    spaces = ["--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc"] + (["--net"] if network == "own" else [])
    return ["unshare", *spaces, "sh", "-c", ENTER, "sh", str(root), network, *command]
