"""The Debian package of the build that is tested, made as scripts/package makes it (standard library, cmake and dpkg-dev)."""
import os
import shutil
import subprocess

from orgo import BUILD, PATIENCE, expect

CONF = {name: os.environ.get(name, "") for name in ("PATH", "HOME", "LANG")}


def missing():
    """What this machine lacks to make one, or None."""
    return next((name for name in ("cpack", "dpkg", "dpkg-deb", "dpkg-shlibdeps") if not shutil.which(name)), None)


def run(*command, check=True, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300 * PATIENCE, **more)
    expect(not check or done.returncode == 0, f"{command[0]}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def package(folder, version):
    """The .deb of this build, said to be of a version."""
    made = folder / f"made-{version}"
    run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", made, "-D", f"CPACK_PACKAGE_VERSION={version}",
        "-D", f"CPACK_DEBIAN_PACKAGE_VERSION={version}", cwd=folder)
    return next(made.glob("orgo_*.deb"))
