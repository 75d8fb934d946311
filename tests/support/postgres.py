"""A real PostgreSQL on a spare loopback port in a folder of its own, for tests (standard library only).

In Python:
    with Postgres() as server:
        server.url  # "postgres://orgo@127.0.0.1:PORT/orgo": no superuser, without a password; its own empty database in UTF8

As a program, for tests in other languages: `postgres.py FOLDER` starts one, writes a line of JSON {"port":..., "pid":...} and
runs until its standard input ends; it is told "kill" (as a power cut), "stop", "start", "freeze", "thaw" and "renumber N".

It runs as whoever the test runs; under root as `nobody`, since PostgreSQL refuses to be root. All of its settings that keep what
is committed are as shipped.
"""
import glob
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = float(os.environ.get("ORGO_PATIENCE", "1"))


def programs():
    """The folder of the newest server that is installed; None without one."""
    found = [pathlib.Path(each).parent for each in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    return max(found, key=lambda each: int(each.parent.name), default=None)


def available():
    return programs() is not None


class Postgres:
    def __init__(self, folder=None, settings="", password=None):
        self.own_folder = folder is None
        # In memory where there is room (a container may have 64 MB): every commit is flushed.
        room = "/dev/shm" if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 2 << 30 else None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="orgo-pg-", dir=room))
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.settings = settings
        self.password = password  # None: whoever comes is let in
        self.process = None
        self.port = None
        self.owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())

    @property
    def url(self):
        return f"postgres://orgo@127.0.0.1:{self.port}/orgo"

    def run_as(self):
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}

    def make(self):
        if os.getuid() == 0:
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
        authentication = ["-A", "trust"]
        if self.password is not None:
            (self.folder / "password").write_text(self.password + "\n", encoding="utf-8")
            authentication = ["-A", "scram-sha-256", "--pwfile", self.folder / "password"]
        subprocess.run([programs() / "initdb", "-D", self.data, "-U", "postgres", *authentication, "-E", "UTF8", "--locale=C.UTF-8", "-k",
                        "--no-instructions"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", **self.run_as())
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(f"listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 200\nshared_buffers = 32MB\n"
                       f"deadlock_timeout = 100ms\nmax_wal_size = 256MB\n{self.settings}\n")

    def start(self, seconds=30):
        if not self.data.exists():
            self.make()
        for attempt in range(3):
            if self.port is None:
                with socket.create_server(("127.0.0.1", 0)) as spare:
                    self.port = spare.getsockname()[1]
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen([programs() / "postgres", "-D", self.data, "-p", str(self.port)], stdout=log, stderr=log,
                                                stdin=subprocess.DEVNULL, cwd="/", start_new_session=True, **self.run_as())
            until = time.monotonic() + seconds * PATIENCE
            while self.process.poll() is None:
                ready = subprocess.run([programs() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False)
                if ready.returncode == 0 and (self.data / "standby.signal").exists():
                    return self
                if ready.returncode == 0:
                    self.make_ours()
                    return self
                if time.monotonic() > until:
                    self.kill()
                    raise RuntimeError(f"PostgreSQL does not answer:\n{self.tail()}")
                time.sleep(0.02)
            if attempt == 2:
                raise RuntimeError(f"PostgreSQL ended with {self.process.returncode}:\n{self.tail()}")
            if self.own_folder:
                self.port = None  # somebody else may have got it meanwhile
        return self

    def make_ours(self):
        """As docs/postgresql.md says it: who owns the database is no superuser, so that tenants are kept apart for it as well."""
        made = self.sql("SELECT rolname FROM pg_roles WHERE rolname = 'orgo'")
        if not made:
            self.sql(f"CREATE ROLE orgo LOGIN PASSWORD '{self.password or ''}'; GRANT pg_read_all_stats TO orgo")
        if not self.sql("SELECT datname FROM pg_database WHERE datname = 'orgo'"):
            self.sql("CREATE DATABASE orgo OWNER orgo")
            self.sql("GRANT CREATE ON DATABASE postgres TO orgo")

    def sql(self, text, database="postgres"):
        """As a superuser; one value for each line that psql prints."""
        done = subprocess.run([programs() / "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database, "-Atq",
                               "-v", "ON_ERROR_STOP=1"], input=text, text=True, capture_output=True, check=False,
                              env={**os.environ, "PGPASSWORD": self.password or ""})
        if done.returncode:
            raise RuntimeError(f"psql: {done.stderr}")
        return done.stdout.splitlines()

    def dump(self, path):
        """As docs/postgresql.md says it."""
        subprocess.run([programs() / "pg_dump", "--enable-row-security", "-Fc", "-n", "orgo", "-d", self.url, "-f", path], check=True,
                       capture_output=True, env={**os.environ, "PGOPTIONS": "-c orgo.tenants=all"})

    def tail(self, lines=30):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def stop(self):
        """SIGINT: whoever is connected is told and cut."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.signal_all(signal.SIGKILL)
            self.process.wait()
        self.process = None

    def signal_all(self, what):
        """The postmaster and its children, which are of its session."""
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(stat, encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            pid, parent = int(stat.split("/")[2]), int(fields[1])
            if pid != self.process.pid and parent == self.process.pid:
                try:
                    os.kill(pid, what)
                except ProcessLookupError:
                    pass
        try:
            os.kill(self.process.pid, what)
        except ProcessLookupError:
            pass

    def kill(self):
        if self.process is None:
            return
        os.kill(self.process.pid, signal.SIGSTOP)  # it would begin anew when its children die
        self.signal_all(signal.SIGKILL)
        self.process.wait()
        self.process = None
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def renumber(self, number):
        """Of one that was killed: the next transaction has this number, as after a crash that lost the end of the log. What was written
        since its last checkpoint is gone."""
        subprocess.run([programs() / "pg_resetwal", "-f", "-x", str(number), "-D", self.data], check=True, stdout=subprocess.DEVNULL,
                       cwd="/", **self.run_as())

    def standby(self):
        """Another server that follows this one; not started."""
        standby = Postgres(settings=self.settings)
        os.chmod(standby.folder, 0o755)
        if os.getuid() == 0:
            os.chown(standby.folder, standby.owner.pw_uid, standby.owner.pw_gid)
        subprocess.run([programs() / "pg_basebackup", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-D", standby.data, "-R",
                        "-c", "fast"], check=True, stdout=subprocess.DEVNULL, cwd="/", **self.run_as())
        return standby

    def promote(self):
        subprocess.run([programs() / "pg_ctl", "promote", "-w", "-D", self.data], check=True, stdout=subprocess.DEVNULL, cwd="/",
                       **self.run_as())

    def confirmed_by(self, standbys):
        """How many servers have what is committed before the commit is answered; 0: none is waited for."""
        names = f"ANY {standbys} (*)" if standbys else ""
        self.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.sql("SELECT pg_reload_conf()")

    def freeze(self):
        self.signal_all(signal.SIGSTOP)

    def thaw(self):
        self.signal_all(signal.SIGCONT)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        self.stop()
        if kind is not None:
            print(f"--- end of PostgreSQL's log\n{self.tail()}", file=sys.stderr)
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    server = Postgres(sys.argv[1])
    try:
        server.start()
    except (RuntimeError, OSError, subprocess.CalledProcessError) as problem:
        print(json.dumps({"problem": str(problem)}), flush=True)
        return 1
    print(json.dumps({"port": server.port, "pid": server.process.pid}), flush=True)
    for line in sys.stdin:
        word, *more = line.split()
        if word not in ("kill", "stop", "start", "freeze", "thaw", "renumber"):
            break
        getattr(server, word)(*more)
        print(json.dumps({"pid": server.process.pid if server.process else 0}), flush=True)
    if server.process is not None:
        server.thaw()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
