"""Real PostgreSQL servers run by Patroni, with one etcd, on spare loopback ports in a folder of their own (standard library only). Each
node's configuration is that of deploy/patroni with other addresses, so that what we recommend is what is tested.

    with Patroni() as cluster:
        cluster.url()             # "postgres://orgo@127.0.0.1:P1,127.0.0.1:P2,127.0.0.1:P3/orgo", with cluster.password_file
        cluster.leader().kill()   # Patroni and its PostgreSQL, at once
"""
import base64
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import postgres  # noqa: E402
from orgo import ROOT, child_environment, expect, wait_until  # noqa: E402

DEPLOY = ROOT / "deploy/patroni"
PASSWORD = "of-a-test"


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def missing():
    """What is not installed of what is needed (scripts/packages-test.txt)."""
    return [name for name in ("patroni", "etcd") if not program(name)] + ([] if postgres.available() else ["postgresql"])


def spare_port():
    """Below those that the kernel gives to whoever connects: a server that is killed must find its port free again."""
    for _ in range(1000):
        port = random.SystemRandom().randrange(20000, 30000)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise RuntimeError("no port is free between 20000 and 30000")


def with_others(text, changes):
    """`text` of an example with other values; one that is not there means that the example has changed."""
    for old, new in changes:
        expect(old in text, f"deploy/patroni no longer says '{old}'")
        text = text.replace(old, str(new))
    return text


def is_alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def send(pid, what):
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        pass


def children(pid):
    found = []
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in path.read_text().split()]
        except OSError:
            continue
    return found


class Node:
    """One Patroni and the PostgreSQL that it runs."""

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name
        self.port, self.rest = spare_port(), spare_port()
        self.folder = cluster.folder / name
        self.data = self.folder / "data"
        self.config = self.folder / "patroni.yml"
        self.log = self.folder / "log"
        self.process = None

    def prepare(self):
        self.folder.mkdir()
        cluster = self.cluster
        text = with_others((DEPLOY / "patroni.yml").read_text(encoding="utf-8"), [
            ("name: a\n", f"name: {self.name}\n"),
            ("10.0.1.1:2379,10.0.1.2:2379,10.0.1.3:2379", f"127.0.0.1:{cluster.etcd_port}"),
            ("10.0.1.1:8008", f"127.0.0.1:{self.rest}"),
            ("10.0.1.1:5432", f"127.0.0.1:{self.port}"),
            ("10.0.1.0/24", "127.0.0.1/32"), ("10.0.0.0/24", "127.0.0.1/32"),
            ("bin_dir: /usr/lib/postgresql/15/bin", f"bin_dir: {postgres.programs()}"),
            ("/var/lib/postgresql/15/orgo.pgpass", self.folder / "pgpass"),
            ("/var/lib/postgresql/15/orgo", self.data),
            ("unix_socket_directories: /var/run/postgresql", f"unix_socket_directories: {self.folder}\n    shared_buffers: 32MB"),
            *cluster.changes])
        self.config.write_text(text, encoding="utf-8")
        self.config.chmod(0o600)
        for path in (self.folder, self.config):
            cluster.give(path)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([program("patroni"), self.config], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/",
                                            start_new_session=True, env=self.cluster.environment, **self.cluster.run_as())
        return self

    def postmaster(self):
        """Its number, or None where none runs."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return None
        return pid if is_alive(pid) else None

    def kill_patroni(self):
        """PostgreSQL goes on, and nobody looks after it."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        self.process = None

    def kill(self):
        """Both, as a power cut."""
        pid = self.postmaster()
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)  # it would start PostgreSQL again
        if pid is not None:
            send(pid, signal.SIGSTOP)  # it would begin anew when its children die
            for one in [*children(pid), pid]:
                send(one, signal.SIGKILL)
            wait_until("PostgreSQL is dead", lambda: not is_alive(pid), 10)
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.kill_patroni()

    def freeze(self, what=signal.SIGSTOP):
        """Patroni and PostgreSQL stand still, until thaw()."""
        pid = self.postmaster()
        for one in [self.process.pid, *([pid, *children(pid)] if pid else [])]:
            send(one, what)

    def thaw(self):
        self.freeze(signal.SIGCONT)

    def ask(self, method, target, body=None, timeout=5):
        """Status and body of an answer of Patroni's REST API; (0, "") without one."""
        headers = {"Content-Type": "application/json",
                   "Authorization": "Basic " + base64.b64encode(b"patroni:change-me-rest").decode()}
        connection = http.client.HTTPConnection("127.0.0.1", self.rest, timeout=timeout)
        try:
            connection.request(method, target, body=json.dumps(body) if body is not None else None, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def since(self, size):
        """What its log says behind so many bytes."""
        with open(self.log, "rb") as log:
            log.seek(size)
            return log.read().decode(errors="replace")

    def tail(self, lines=60):
        """What Patroni itself says, without the dumps of PostgreSQL's programs."""
        try:
            said = [line[:300] for line in self.since(0).splitlines() if re.match(r"[-0-9]+ [:0-9]+,\d+ ", line) or " FATAL: " in line]
        except OSError:
            return ""
        return "\n".join(said[-lines:])


class Patroni:
    """`changes`: (old, new) texts of the example that this test wants otherwise."""

    def __init__(self, nodes=3, changes=()):
        room = "/dev/shm" if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 3 << 30 else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-patroni-", dir=room))
        self.owner = postgres.Postgres(folder=self.folder).owner
        self.changes = list(changes)
        self.etcd, self.etcd_port = None, spare_port()
        self.password_file = self.folder / "password"
        self.environment = {name: value for name, value in child_environment().items() if not name.startswith(("PG", "PATRONI_"))}
        self.environment["HOME"] = str(self.folder)
        self.nodes = [Node(self, name) for name in "abc"[:nodes]]

    def run_as(self):
        """PostgreSQL refuses to be root."""
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}

    def give(self, path):
        if os.getuid() == 0:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def start(self):
        self.give(self.folder)
        os.chmod(self.folder, 0o755)
        self.password_file.write_text(PASSWORD + "\n", encoding="utf-8")
        self.password_file.chmod(0o600)
        peer = f"http://127.0.0.1:{spare_port()}"
        client = f"http://127.0.0.1:{self.etcd_port}"
        with open(self.folder / "etcd.log", "ab") as log:
            self.etcd = subprocess.Popen(
                [program("etcd"), "--name", "one", "--data-dir", self.folder / "etcd", "--listen-client-urls", client,
                 "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                 "--initial-cluster", f"one={peer}"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True, env=self.environment, **self.run_as())
        wait_until("etcd answers", self.etcd_answers, 30)
        for node in self.nodes:
            node.prepare()
            node.start()
        wait_until("a standby confirms", lambda: self.sync_standby(), 90)
        self.sql("CREATE ROLE orgo LOGIN PASSWORD '" + PASSWORD + "'; GRANT pg_read_all_stats TO orgo")
        self.sql("CREATE DATABASE orgo OWNER orgo TEMPLATE template0 ENCODING 'UTF8'")
        return self

    def etcd_answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.etcd_port, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def url(self):
        return f"postgres://orgo@{','.join(f'127.0.0.1:{node.port}' for node in self.nodes)}/orgo"

    def haproxy(self, port):
        """The configuration of the example, for these servers."""
        text = (DEPLOY / "haproxy.cfg").read_text(encoding="utf-8")
        changes = [("bind 127.0.0.1:5432", f"bind 127.0.0.1:{port}")]
        for number, node in enumerate(self.nodes, 1):
            changes.append((f"10.0.1.{number}:5432 port 8008", f"127.0.0.1:{node.port} port {node.rest}"))
        path = self.folder / "haproxy.cfg"
        path.write_text(with_others(text, changes), encoding="utf-8")
        return path

    def who_leads(self):
        """Those that call themselves primary, as a balancer asks: one, or none for a while."""
        return [node for node in self.nodes if node.process is not None and node.ask("GET", "/primary")[0] == 200]

    def leader(self):
        return wait_until("one leads", lambda: next(iter(self.who_leads()), None), 60)

    def members(self):
        """name -> (role, state), as the leader sees it; {} without one."""
        for node in self.who_leads():
            status, body = node.ask("GET", "/cluster")
            if status == 200:
                return {one["name"]: (one["role"], one["state"]) for one in json.loads(body)["members"]}
        return {}

    def sync_standby(self):
        """The node that has whatever is committed before it is answered, or None."""
        named = [name for name, (role, state) in self.members().items() if role == "sync_standby" and state in ("running", "streaming")]
        return next((node for node in self.nodes if node.name in named), None)

    def whole(self):
        """All run, and one confirms."""
        members = self.members()
        return len(members) == len(self.nodes) and all(state in ("running", "streaming") for _, state in members.values()) \
            and any(role == "sync_standby" for role, _ in members.values())

    def sql(self, text, database="postgres"):
        """At the leader, one value for each line that psql prints."""
        done = self.psql(self.leader().port, text, database)
        expect(done.returncode == 0, f"psql: {done.stderr}")
        return done.stdout.splitlines()

    def psql(self, port, text, database="postgres", user="postgres", password="change-me-super"):
        return subprocess.run([postgres.programs() / "psql", "-h", "127.0.0.1", "-p", str(port), "-U", user, "-d", database, "-Atq",
                               "-v", "ON_ERROR_STOP=1"], input=text, text=True, capture_output=True, check=False,
                              env={**self.environment, "PGPASSWORD": password})

    def writes(self, port):
        """Is behind this port one that writes, for Orgo's user?"""
        done = self.psql(port, "SELECT pg_is_in_recovery()", "orgo", "orgo", PASSWORD)
        return done.returncode == 0 and done.stdout == "f\n"

    def freeze_etcd(self):
        self.etcd.send_signal(signal.SIGSTOP)

    def thaw_etcd(self):
        self.etcd.send_signal(signal.SIGCONT)

    def stop(self):
        for node in self.nodes:
            node.kill()
        if self.etcd is not None:
            self.etcd.kill()
            self.etcd.wait()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise

    def __exit__(self, kind, value, trace):
        self.stop()
        if kind is not None:
            for node in self.nodes:
                print(f"--- end of the log of {node.name}\n{node.tail()}", file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)
