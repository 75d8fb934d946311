"""A real RabbitMQ on spare loopback ports in a folder of its own, with its own epmd, for tests (standard library only).

In Python:
    with RabbitMq() as server:
        server.url  # "amqp://127.0.0.1:PORT", user guest

As a program, for tests in other languages: `rabbitmq.py FOLDER` starts one, writes a line of JSON {"port":..., "pid":...} and runs
until its standard input ends; it is told "kill", "stop", "start", "freeze", "thaw", "wipe" (all queues are deleted) and "alarm"
(it takes nothing more), "calm".
"""
import glob
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


def programs():
    """The folder of the programs themselves: those on the path insist on a service and its user."""
    found = glob.glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")
    return pathlib.Path(found[-1]).parent if found else None


def available():
    return programs() is not None


def spare_port():
    with socket.create_server(("127.0.0.1", 0)) as spare:
        return spare.getsockname()[1]


def states(pid):
    """Of its threads, a letter each."""
    for path in glob.glob(f"/proc/{pid}/task/*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                yield file.read().rpartition(")")[2].split()[0]
        except OSError:
            continue


class RabbitMq:
    def __init__(self, folder=None):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="orgo-rabbit-"))
        self.log = self.folder / "log"
        self.process = None
        self.port = None
        self.environment = None

    @property
    def url(self):
        return f"amqp://127.0.0.1:{self.port}"

    def prepare(self):
        self.port = spare_port()
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        cookie = home / ".erlang.cookie"
        cookie.write_text("of-a-test", encoding="ascii")
        cookie.chmod(0o600)
        (self.folder / "rabbitmq.conf").write_text(
            "loopback_users = none\nlisteners.tcp.default = 127.0.0.1:%d\nvm_memory_high_watermark.absolute = 512MB\n"
            "disk_free_limit.absolute = 10MB\nlog.console = false\n" % self.port, encoding="ascii")
        (self.folder / "plugins").write_text("[].", encoding="ascii")
        self.environment = {
            **os.environ, "HOME": str(home), "ERL_EPMD_PORT": str(spare_port()), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"orgo{self.port}@localhost", "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_DIST_PORT": str(spare_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"), "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_LOGS": str(self.folder / "rabbit.log"), "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"}

    def start(self, seconds=90):
        if self.environment is None:
            self.prepare()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([programs() / "rabbitmq-server"], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            start_new_session=True, env=self.environment, cwd=self.folder)
        until = time.monotonic() + seconds * PATIENCE
        while self.process.poll() is None:
            if self.answers():
                return self
            if time.monotonic() > until:
                self.kill()
                raise RuntimeError(f"RabbitMQ does not answer:\n{self.tail()}")
            time.sleep(0.05)
        raise RuntimeError(f"RabbitMQ ended with {self.process.returncode}:\n{self.tail()}")

    def answers(self):
        """It speaks AMQP: a wrong header is answered with the right one."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2 * PATIENCE) as peer:
                peer.sendall(b"AMQP\x00\x00\x09\x01")
                return len(peer.recv(8)) > 0
        except OSError:
            return False

    def control(self, *words):
        done = subprocess.run([programs() / "rabbitmqctl", "-q", *words], env=self.environment, cwd=self.folder, text=True,
                              capture_output=True, check=False, timeout=60 * PATIENCE)
        if done.returncode:
            raise RuntimeError(f"rabbitmqctl {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def wipe(self):
        self.control("eval", '[rabbit_amqqueue:delete(Q, false, false, <<"test">>) || Q <- rabbit_amqqueue:list()], ok.')

    def alarm(self):
        self.control("set_vm_memory_high_watermark", "0")

    def calm(self):
        self.control("set_vm_memory_high_watermark", "absolute", "512MB")

    def tail(self, lines=20):
        text = ""
        for name in ("log", "rabbit.log"):
            try:
                text += "\n".join((self.folder / name).read_text(errors="replace").splitlines()[-lines:]) + "\n"
            except OSError:
                pass
        return text

    def processes(self):
        """Of its session: the shell that started it, the virtual machine and its children, epmd."""
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(stat, encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                yield int(stat.split("/")[2])

    def signal_all(self, what):
        for pid in list(self.processes()):
            try:
                os.kill(pid, what)
            except ProcessLookupError:
                pass

    def kill(self):
        if self.process is None:
            return
        self.signal_all(signal.SIGKILL)
        self.process.wait()
        self.end_epmd()
        self.process = None

    def end_epmd(self):
        """It leaves the session of whoever started it, but not the port that only we know."""
        port = self.environment["ERL_EPMD_PORT"]
        for path in glob.glob("/proc/[0-9]*/environ"):
            try:
                with open(path, "rb") as file:
                    ours = f"ERL_EPMD_PORT={port}".encode() in file.read().split(b"\0")
                if ours:
                    os.kill(int(path.split("/")[2]), signal.SIGKILL)
            except OSError:
                pass

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20 * PATIENCE)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def freeze(self):
        """Complete when it returns: a thread on another processor goes on for a moment."""
        self.signal_all(signal.SIGSTOP)
        while any(state not in "TZX" for pid in list(self.processes()) for state in states(pid)):
            time.sleep(0.001)

    def thaw(self):
        self.signal_all(signal.SIGCONT)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        if self.process is not None:
            self.thaw()
        self.kill()
        if kind is not None:
            print(f"--- end of RabbitMQ's log\n{self.tail()}", file=sys.stderr)
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    server = RabbitMq(sys.argv[1])
    try:
        server.start()
    except (RuntimeError, OSError) as problem:
        print(json.dumps({"problem": str(problem)}), flush=True)
        return 1
    print(json.dumps({"port": server.port, "pid": server.process.pid}), flush=True)
    for line in sys.stdin:
        word = line.strip()
        if word not in ("kill", "stop", "start", "freeze", "thaw", "wipe", "alarm", "calm"):
            break
        getattr(server, word)()
        print(json.dumps({"pid": server.process.pid if server.process else 0}), flush=True)
    if server.process is not None:
        server.thaw()
    server.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
