"""A real PgBouncer on a spare loopback port in front of a PostgreSQL of postgres.py, for tests (standard library only). It gives each
transaction another session, of few, and keeps nothing for a client.

In Python:
    with Postgres() as server, PgBouncer(server.port) as pool:
        pool.url  # "postgres://orgo@127.0.0.1:PORT/orgo"

As a program, for tests in other languages: `pgbouncer.py FOLDER`, where the folder is called ...-SERVERPORT-..., starts one, writes a
line of JSON {"port": ...} and runs until its standard input ends; it is told "kill", "start", "freeze", "thaw" and "lead PORT".
"""
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

PROGRAM = "/usr/sbin/pgbouncer"
SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "deploy/pgbouncer/pgbouncer.ini"
PATIENCE = float(os.environ.get("ORGO_PATIENCE", "1"))


def available():
    return os.path.exists(PROGRAM)


class PgBouncer:
    def __init__(self, server_port, folder=None):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="orgo-pgbouncer-"))
        self.server_port = server_port
        self.log = self.folder / "log"
        self.process = None
        self.port = None
        # As PostgreSQL, it refuses to be root.
        self.owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())

    @property
    def url(self):
        return f"postgres://orgo@127.0.0.1:{self.port}/orgo"

    def write(self):
        (self.folder / "users").write_text('"orgo" ""\n', encoding="utf-8")
        shipped = SHIPPED.read_text(encoding="utf-8")
        # That which users get, with the ports of here, and too few sessions for anybody to keep one.
        for theirs, ours in (("orgo = host=db.example.org port=5432", f"* = host=127.0.0.1 port={self.server_port}"),
                             (" dbname=orgo", ""), ("listen_port = 6432", f"listen_port = {self.port}"),
                             ("/etc/pgbouncer/userlist.txt", str(self.folder / "users")), ("scram-sha-256", "trust"),
                             ("default_pool_size = 16", "default_pool_size = 3"),
                             ("server_login_retry = 1", "server_login_retry = 0.1\nunix_socket_dir =")):
            if shipped.count(theirs) != 1:
                raise RuntimeError(f"{SHIPPED} has not one {theirs!r}")
            shipped = shipped.replace(theirs, ours)
        (self.folder / "pgbouncer.ini").write_text(shipped, encoding="utf-8")
        os.chmod(self.folder, 0o755)

    def start(self, seconds=20):
        for _ in range(3):
            if self.port is None:
                with socket.create_server(("127.0.0.1", 0)) as spare:
                    self.port = spare.getsockname()[1]
            self.write()
            who = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen([PROGRAM, str(self.folder / "pgbouncer.ini")], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                                cwd="/", start_new_session=True, **who)
            until = time.monotonic() + seconds * PATIENCE
            while self.process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                    return self
                except OSError:
                    pass
                if time.monotonic() > until:
                    break
                time.sleep(0.02)
            self.kill()
            self.port = None  # somebody else may have got it meanwhile
        raise RuntimeError(f"PgBouncer does not answer:\n{self.tail()}")

    def tail(self, lines=20):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def kill(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None

    def lead(self, port):
        """To another server from now on; clients keep their connections."""
        self.server_port = int(port)
        self.write()
        os.kill(self.process.pid, signal.SIGHUP)

    def freeze(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        self.kill()
        if kind is not None:
            print(f"--- end of PgBouncer's log\n{self.tail()}", file=sys.stderr)
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    pool = PgBouncer(int(pathlib.Path(sys.argv[1]).name.split("-")[-2]), sys.argv[1])
    try:
        pool.start()
    except (RuntimeError, OSError) as problem:
        print(json.dumps({"problem": str(problem)}), flush=True)
        return 1
    print(json.dumps({"port": pool.port}), flush=True)
    for line in sys.stdin:
        word, *more = line.split()
        if word not in ("kill", "start", "freeze", "thaw", "lead"):
            break
        getattr(pool, word)(*more)
        print(json.dumps({}), flush=True)
    pool.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
