#!/usr/bin/env python3
"""`queue.url`: nodes hand each other work by a broker. It is shared, also by a node that decides nothing; without the broker each
node works on, and `/readyz` says so; a broker that forgets everything, dies or comes back loses no mail."""
import os
import pathlib
import re
import shlex
import socket
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import postgres  # noqa: E402
import rabbitmq  # noqa: E402
import redis  # noqa: E402
from cluster import ClusterNode  # noqa: E402
from orgo import DEFAULT_RULES, Orgo, expect, mail, main, wait_until  # noqa: E402

os.environ["COLUMNS"] = "80"
MAILS = 60
ROOT = pathlib.Path(__file__).resolve().parents[2]


def metric(node, name):
    text = node.http("GET", "/metrics", token=None)[1].decode()
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def queue_check(node):
    """How /readyz stands, and what it says of the queue."""
    status, body, *_ = node.http("GET", "/readyz", token=None)
    return status, body.decode()


def bring(node, first):
    for number in range(first, first + MAILS):
        node.deliver(mail(f"urgent: {number}", message_id=f"<m{number}@example.org>"))


def decided(server, count):
    wait_until(f"{count} mails are decided", lambda: server.sql("SELECT count(*) FROM orgo.tasks", "orgo") == [str(count)], 60)
    wait_until("nothing waits", lambda: server.sql("SELECT count(*) FROM orgo.work", "orgo") == ["0"], 60)


def shared_by(broker, url=None, password=""):
    settings = f"queue: {{url: '{url or broker.url}', password: '{password}'}}\n"
    with postgres.Postgres() as server, ClusterNode(server, "doors", roles="gateway", rules=DEFAULT_RULES, settings=settings) as doors, \
            ClusterNode(server, "works", rules=DEFAULT_RULES, settings=settings) as works:
        doors.start()
        works.like(doors).start()
        for node in (doors, works):
            wait_until("the broker is there", lambda node=node: metric(node, "orgo_hints_broker_up") == 1)
        bring(doors, 0)
        decided(server, MAILS)
        expect(metric(doors, "orgo_hints_shared_total") >= 1, "what the doors took was never given to anybody")
        expect(metric(works, "orgo_hints_fetched_total") >= 1, "nobody fetched what the doors took")
        broker.wipe()
        bring(doors, MAILS)
        decided(server, 2 * MAILS)
        broker.kill()
        bring(doors, 2 * MAILS)
        decided(server, 3 * MAILS)
        wait_until("the broker is missed", lambda: metric(doors, "orgo_hints_broker_up") == 0, 60)
        status, said = queue_check(doors)
        expect(status == 200, f"a node without its broker takes mail all the same: {status} {said}")
        expect("nodes work on, each by itself" in said, f"/readyz does not say so: {said}")
        broker.start()
        # RabbitMQ starts for half a minute on a busy machine, and a queue that lost its leader is made anew after three silences.
        wait_until("the broker is there again", lambda: metric(doors, "orgo_hints_broker_up") == 1, 180)
        bring(doors, 3 * MAILS)
        decided(server, 4 * MAILS)
        expect(server.sql("SELECT count(DISTINCT message) FROM orgo.decisions", "orgo") == [str(4 * MAILS)], "each is decided once")


def by_redis():
    with redis.Redis() as broker:
        shared_by(broker)


def by_rabbitmq():
    with rabbitmq.RabbitMq() as broker:
        broker.control("add_user", "orgo", "sesame")
        broker.control(*permissions())
        shared_by(broker, broker.url.replace("://", "://orgo@"), "sesame")


def permissions():
    """As docs/cluster.md says that they are enough."""
    text = (ROOT / "docs/cluster.md").read_text()
    return shlex.split(re.search(r"^    rabbitmqctl (set_permissions .*)$", text, re.MULTILINE)[1])


def one_node_needs_no_other():
    """Also on the file: nothing is given to anybody who is not there."""
    with redis.Redis(password="sesame") as broker, Orgo(settings=f"queue: {{url: '{broker.url}', password: sesame}}\n") as orgo:
        orgo.start()
        wait_until("the broker is there", lambda: metric(orgo, "orgo_hints_broker_up") == 1)
        orgo.deliver(mail())
        orgo.settle()
        expect(metric(orgo, "orgo_hints_shared_total") == 0, "somebody was given work, and nobody else is there")
        expect(orgo.stop() == 0, "a stop as asked must end with 0")


def answers_http(peer):
    peer.recv(1000)
    peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def answers_without_end(peer):
    peer.recv(1000)
    peer.sendall(b"$500000000\r\n")
    while True:
        peer.sendall(b"hello" * 1000)


def promises_much(peer):
    peer.recv(1000)
    peer.sendall(b"*1000000000\r\n")
    while True:
        peer.sendall(b"$5\r\nhello\r\n" * 1000)


def answers_in_depth(peer):
    peer.recv(1000)
    peer.sendall(b"*1\r\n" * 100_000)


def answers_something_else(peer):
    while peer.recv(10_000):
        peer.sendall(b"+OK\r\n+OK\r\n$-1\r\n")


def sends_elsewhere(peer):
    while peer.recv(10_000):
        peer.sendall(b"-MOVED 1 127.0.0.1:1\r\n-MOVED 1 :99999\r\n")


class Peer:
    """Somebody at a port, for as many as come."""

    def __init__(self, behaviour):
        self.behaviour, self.door = behaviour, socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        with peer:
            try:
                self.behaviour(peer)
            except OSError:
                pass


def whoever_else_answers_there_is_told():
    for scheme, behaviour, words in (("redis", answers_http, "answers as no Redis does"), ("redis", answers_without_end, "more than 4 MB"),
                                     ("redis", promises_much, "answers as no Redis does"),
                                     ("redis", answers_in_depth, "answers as no Redis does"), ("redis", answers_something_else, "answers as no Redis does"),
                                     ("redis", sends_elsewhere, "127.0.0.1:1"), ("amqp", answers_http, "RabbitMQ at 127.0.0.1")):
        peer = Peer(behaviour)
        with Orgo(settings=f"queue: {{url: '{scheme}://127.0.0.1:{peer.port}'}}\n") as orgo:
            orgo.start()
            orgo.deliver(mail())
            orgo.settle()
            wait_until(f"{behaviour.__name__} is told", lambda: words in queue_check(orgo)[1] or None, 30)
            expect(queue_check(orgo)[0] == 200, "mail is taken all the same")
            expect(orgo.stop() == 0, "a stop as asked must end with 0")
        peer.door.close()


def what_is_wrong_is_said():
    for url, words in (("redis://:secret@127.0.0.1", "holds a password"), ("kafka://127.0.0.1", "is of no broker that Orgo knows"),
                       ("redis://127.0.0.1/mail", "the number of a database"), ("127.0.0.1:6379", "is no address of a broker")):
        with Orgo(settings=f"queue: {{url: '{url}'}}\n") as orgo:
            done = orgo.cli("config", "check", check=False)
            said = " ".join((done.stdout + done.stderr).split())
            expect(done.returncode != 0 and words in said and "secret" not in said, f"{url}: {said}")


if __name__ == "__main__":
    TESTS = [what_is_wrong_is_said, whoever_else_answers_there_is_told]
    if redis.available():
        TESTS.append(one_node_needs_no_other)
    if redis.available() and postgres.available():
        TESTS.append(by_redis)
    if rabbitmq.available() and postgres.available():
        TESTS.append(by_rabbitmq)
    main(*TESTS)
