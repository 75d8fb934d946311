#!/usr/bin/env python3
"""Orgo behind Patroni (deploy/patroni: three PostgreSQL, synchronous_mode) under load, and what Patroni is there for: the primary dies,
loses its Patroni, is switched over, a standby dies, etcd stands still. Nothing acknowledged is lost, nothing is done twice, nobody has
to do anything. How long no mail was taken is printed.

ORGO_PATRONI_KILLS (1; 20 by ./test --cluster) says how often the primary dies. From 4 on it also loses its Patroni and stands still, each
time that half a minute passes. ORGO_TEST_SEED repeats the moments of a run.
"""
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import patroni  # noqa: E402
from kill_test import DELIVERY, RULES, SUBJECTS  # noqa: E402
from orgo import Orgo, expect, main, wait_until  # noqa: E402
from referee import check, drained  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from submitter import Submitter  # noqa: E402

KILLS = int(os.environ.get("ORGO_PATRONI_KILLS", "1"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))
ETCD_AWAY = 12  # seconds: longer than retry_timeout, after which a primary without failsafe_mode stops


class Pauses:
    """The longest time without an acknowledged mail since begin()."""

    def __init__(self, submitter):
        self.submitter = submitter
        self.stopping = threading.Event()
        self.longest, self.since = 0.0, time.monotonic()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def _look(self):
        last = self.submitter.acknowledged
        while not self.stopping.wait(0.01):
            now, count = time.monotonic(), self.submitter.acknowledged
            self.longest = max(self.longest, now - self.since)
            if count != last:
                last, self.since = count, now

    def begin(self):
        self.longest, self.since = 0.0, time.monotonic()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, value, trace):
        self.stopping.set()
        self.thread.join()


def acknowledged_more(submitter):
    before = submitter.acknowledged
    wait_until("mails are acknowledged again", lambda: submitter.acknowledged > before + 20, 120)


def another_leads(cluster, old):
    wait_until("another one leads", lambda: any(node is not old for node in cluster.who_leads()), 60)


# Each is something that happens, until mail is taken again. Whom it returns is started again.

def primary_dies(cluster, submitter):
    old = cluster.leader()
    old.kill()
    another_leads(cluster, old)
    acknowledged_more(submitter)
    return old


def primary_loses_its_patroni(cluster, submitter):
    """Its PostgreSQL goes on as a primary beside the new one, and takes whatever it is told; nobody confirms it."""
    old = cluster.leader()
    old.kill_patroni()
    another_leads(cluster, old)
    expect(old.postmaster() is not None, "the old primary was meant to go on")
    acknowledged_more(submitter)
    return old


def primary_stands_still(cluster, submitter):
    old = cluster.leader()
    old.freeze()
    another_leads(cluster, old)
    acknowledged_more(submitter)
    old.thaw()


def switchover(cluster, submitter):
    old, new = cluster.leader(), cluster.sync_standby()
    status, body = old.ask("POST", "/switchover", {"leader": old.name, "candidate": new.name}, timeout=60)
    expect(status == 200, f"switchover: {status} {body}")
    wait_until("the candidate leads", lambda: new in cluster.who_leads(), 60)
    acknowledged_more(submitter)


def standby_dies(cluster, submitter):
    gone = cluster.sync_standby()
    gone.kill()
    acknowledged_more(submitter)
    wait_until("another one confirms", lambda: cluster.sync_standby() not in (None, gone), 60)
    acknowledged_more(submitter)
    return gone


def etcd_stands_still(cluster, submitter):
    """The primary goes on (failsafe_mode), unless a standby does not answer its Patroni within two seconds: on a machine that is that busy
    it stops, as it must, and mail waits."""
    leader = cluster.leader()
    cluster.freeze_etcd()
    began = leader.log.stat().st_size
    try:
        time.sleep(ETCD_AWAY)  # as long as it is away
        before = submitter.acknowledged
        wait_until("the primary goes on, or stops", lambda: submitter.acknowledged > before + 20 or stopped_for_lack_of_etcd(leader, began), 60)
        expect("Request failed to" in leader.since(began) or not stopped_for_lack_of_etcd(leader, began),
               "the primary stopped though all others answered")
    finally:
        cluster.thaw_etcd()
    acknowledged_more(submitter)


def stopped_for_lack_of_etcd(node, began):
    return "demoting self because DCS is not accessible" in node.since(began)


def settings(cluster, url):
    return f"database: {{url: '{url}', password_file: {cluster.password_file}, standbys: 1}}\nfiles: {{store: database}}\n"


def under_load(cluster, url, events):
    print(f"ORGO_TEST_SEED={SEED} ORGO_PATRONI_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    took = {}
    with SmtpSink() as sink, Orgo(rules=RULES, settings=sink.settings() + DELIVERY + settings(cluster, url)) as orgo:
        orgo.start()
        submitter = Submitter(orgo, orgo.folder, connections=8, rate=40, subjects=SUBJECTS).start()
        with Pauses(submitter) as pauses:
            for event in events:
                wait_until("all run, and one confirms", cluster.whole, 120)
                acknowledged_more(submitter)
                time.sleep(moments.uniform(0.0, 0.6))  # the random moment itself; nothing waits for anything here
                pauses.begin()
                back = event(cluster, submitter)
                took.setdefault(event.__name__, []).append(pauses.longest)
                print(f"        {event.__name__}: no mail for {pauses.longest:.1f} s", flush=True)
                if back is not None:
                    back.start()
        submitter.stop()
        orgo.settle(120)
        lines, balanced, _ = orgo.ledger()
        expect(balanced, f"the ledger does not balance: {lines}")
        drained(orgo)
        figures = check(orgo, submitter, sink)
        wait_until("nobody has to do anything", orgo.ready, 30)
        expect(orgo.stop() == 0, "a stop as asked must end with 0")
    return "; ".join([*(figure_of(*each) for each in took.items()), figures])


def figure_of(name, seconds):
    return f"{name} x{len(seconds)}: median {statistics.median(seconds):.1f} s, most {max(seconds):.1f} s"


def all_servers_in_the_url():
    events = []
    for number in range(KILLS):
        events.append(primary_dies)
        if number % 4 == 0:
            events += [switchover, standby_dies, etcd_stands_still]
        if number % 4 == 3:
            events += [primary_loses_its_patroni, primary_stands_still]
    with patroni.Patroni() as cluster:
        return under_load(cluster, cluster.url(), events)


def through_haproxy():
    """A switchover, and in a full run the deaths of the primary as well."""
    events = [switchover] + [primary_dies, primary_loses_its_patroni] * (KILLS // 4)
    with patroni.Patroni() as cluster:
        port = patroni.spare_port()
        with open(cluster.folder / "haproxy.log", "ab") as log:
            haproxy = subprocess.Popen([patroni.program("haproxy"), "-db", "-f", cluster.haproxy(port)], stdout=log, stderr=log,
                                       stdin=subprocess.DEVNULL, env=cluster.environment)
        try:
            # Until it has asked for the first time it takes all of them for the primary.
            standbys = len(cluster.nodes) - 1
            wait_until("HAProxy has asked all", lambda: (cluster.folder / "haproxy.log").read_text().count(" is DOWN") >= standbys, 30)
            expect(cluster.writes(port), "HAProxy does not lead to the primary")
            return under_load(cluster, f"postgres://orgo@127.0.0.1:{port}/orgo", events)
        finally:
            haproxy.send_signal(signal.SIGTERM)
            haproxy.wait()


if __name__ == "__main__":
    absent = patroni.missing()
    if absent:
        print(f"skipped: {', '.join(absent)} not installed (scripts/packages-test.txt)")
        sys.exit(0)
    main(all_servers_in_the_url, *([through_haproxy] if patroni.program("haproxy") else []))
