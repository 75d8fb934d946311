"""A real Redis on a spare loopback port in a folder of its own, for tests (standard library only).

In Python:
    with Redis() as server:
        server.url  # "redis://127.0.0.1:PORT"

As a program, for tests in other languages: `redis.py FOLDER` starts one, or a cluster of three where "cluster" is part of the
folder's name, writes a line of JSON {"ports": [...]} and runs until its standard input ends; it is told "kill", "stop", "start", "freeze", "thaw" and "wipe".
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = float(os.environ.get("ORGO_PATIENCE", "1"))


def available():
    return shutil.which("redis-server") is not None


def spare_port():
    with socket.create_server(("127.0.0.1", 0)) as spare:
        return spare.getsockname()[1]


class Redis:
    def __init__(self, folder=None, password=None, settings=()):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="orgo-redis-"))
        self.log = self.folder / "log"
        self.password = password
        self.settings = list(settings)
        self.process = None
        self.port = None

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def start(self, seconds=20):
        for _ in range(3):
            self.port = self.port or spare_port()
            words = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", "",
                     "--appendonly", "yes", "--appendfsync", "everysec", "--daemonize", "no", *self.settings]
            if self.password:
                words += ["--requirepass", self.password]
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
            until = time.monotonic() + seconds * PATIENCE
            while self.process.poll() is None:
                if self.answers():
                    return self
                if time.monotonic() > until:
                    self.kill()
                    raise RuntimeError(f"Redis does not answer:\n{self.tail()}")
                time.sleep(0.02)
            self.port = None  # somebody else may have got it meanwhile
        raise RuntimeError(f"Redis ended with {self.process.returncode}:\n{self.tail()}")

    def answers(self):
        try:
            return self.ask("PING") in ("+PONG", "-NOAUTH Authentication required.") or None
        except OSError:
            return None

    def ask(self, *words):
        """The first line of the answer to one command."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10 * PATIENCE) as peer:
            lines = peer.makefile("rb")
            if self.password and words[0] != "PING":
                peer.sendall(self.encoded("AUTH", self.password))
                lines.readline()
            peer.sendall(self.encoded(*words))
            return lines.readline().decode().rstrip("\r\n")

    @staticmethod
    def encoded(*words):
        parts = [f"*{len(words)}\r\n".encode()]
        for word in words:
            raw = word.encode()
            parts.append(f"${len(raw)}\r\n".encode() + raw + b"\r\n")
        return b"".join(parts)

    def wipe(self):
        self.ask("FLUSHALL")

    def tail(self, lines=20):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def kill(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None

    def freeze(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        if self.process is not None:
            self.thaw()
        self.stop()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class Cluster:
    """Three masters, each with a third of the keys."""

    def __init__(self, folder):
        self.servers = []
        for name in ("a", "b", "c"):
            (pathlib.Path(folder) / name).mkdir()
            self.servers.append(Redis(pathlib.Path(folder) / name, settings=["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]))

    def start(self):
        for server in self.servers:
            server.start()
        subprocess.run(["redis-cli", "--cluster", "create", *(f"127.0.0.1:{server.port}" for server in self.servers), "--cluster-yes"],
                       check=True, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 30 * PATIENCE
        while any("cluster_state:ok" not in self.state(server) for server in self.servers):
            if time.monotonic() > until:
                raise RuntimeError("the cluster does not come up")
            time.sleep(0.05)
        return self

    @staticmethod
    def state(server):
        return subprocess.run(["redis-cli", "-p", str(server.port), "cluster", "info"], check=False, capture_output=True, text=True).stdout

    def stop(self):
        for server in self.servers:
            server.kill()


def main():
    server = Cluster(sys.argv[1]) if "cluster" in sys.argv[1] else Redis(sys.argv[1])
    try:
        server.start()
    except (RuntimeError, OSError, subprocess.CalledProcessError) as problem:
        server.stop()
        print(json.dumps({"problem": str(problem)}), flush=True)
        return 1
    print(json.dumps({"ports": [one.port for one in getattr(server, "servers", [server])]}), flush=True)
    for line in sys.stdin:
        word = line.strip()
        if word not in ("kill", "stop", "start", "freeze", "thaw", "wipe"):
            break
        getattr(server, word)()
        print(json.dumps({}), flush=True)
    if getattr(server, "process", None) is not None:
        server.thaw()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
