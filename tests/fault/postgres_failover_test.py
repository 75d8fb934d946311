#!/usr/bin/env python3
"""Two PostgreSQL servers, of which one confirms what the other commits: the first dies, the second is promoted, under load. Nothing
acknowledged is lost, nothing is done twice; and what no standby has confirmed is not acknowledged.

ORGO_KILLS (2) says how often, ORGO_TEST_SEED repeats the moments of a run.
"""
import os
import pathlib
import random
import re
import shutil
import smtplib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import postgres  # noqa: E402
from kill_test import DELIVERY, RULES, SUBJECTS  # noqa: E402
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402
from referee import check, drained  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from submitter import Submitter  # noqa: E402

KILLS = int(os.environ.get("ORGO_KILLS", "2"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))


class Pair:
    """One that writes, and one that follows it and confirms."""

    def __init__(self):
        self.primary = postgres.Postgres().start()
        self.standby = None
        self.gone = []
        self.follow()

    def follow(self):
        self.standby = self.primary.standby().start()
        self.primary.confirmed_by(1)
        wait_until("the standby confirms", lambda: self.primary.sql(
            "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum' AND state = 'streaming'") == ["1"], 30)

    def url(self, *servers):
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in servers or (self.primary, self.standby))
        return f"postgres://orgo@{hosts}/orgo"

    def fail_over(self, how):
        """The primary `dies`, or `freezes`; or it `wakes` again once the standby is promoted, and does not know of that."""
        if how == "dies":
            self.primary.kill()
        else:
            self.primary.freeze()
        self.standby.promote()
        if how == "wakes":
            self.primary.thaw()
        self.gone.append(self.primary)
        self.primary, self.standby = self.standby, None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for one in [self.primary, self.standby, *self.gone]:
            if one is None:
                continue
            if kind is not None:
                print(f"--- end of the log of {one.port}\n{one.tail()}", file=sys.stderr)
            if one.process is not None:
                one.kill()
            shutil.rmtree(one.folder, ignore_errors=True)


def acknowledged_more(submitter, seconds=90):
    before = submitter.acknowledged
    wait_until("mails are acknowledged again", lambda: submitter.acknowledged > before + 5, seconds)


def under_load(how):
    print(f"ORGO_TEST_SEED={SEED} ORGO_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    with Pair() as pair, SmtpSink() as sink, Orgo(rules=RULES, settings=sink.settings() + DELIVERY + settings(pair)) as orgo:
        orgo.start()
        submitter = Submitter(orgo, orgo.folder, connections=8, subjects=SUBJECTS).start()
        acknowledged_more(submitter)
        time.sleep(moments.uniform(0.0, 0.6))  # the random moment itself; nothing waits for anything here
        pair.fail_over(how)
        # One that is silent is left when another one has taken its place, and not only after the half minute that a statement may take.
        acknowledged_more(submitter, 25 if how == "freezes" else 90)
        submitter.stop()
        orgo.settle(120)
        lines, balanced, _ = orgo.ledger()
        expect(balanced, f"the ledger does not balance: {lines}")
        drained(orgo)
        figures = check(orgo, submitter, sink)
        expect(orgo.stop() == 0, "a stop as asked must end with 0")
        return figures


def settings(pair, standbys=0):
    return f"database: {{url: '{pair.url()}', standbys: {standbys}}}\nfiles: {{store: database}}\n"


def a_primary_that_dies_loses_nothing():
    return "; ".join(under_load("dies") for _ in range(KILLS))


def a_primary_that_wakes_again_acknowledges_nothing():
    return under_load("wakes")


def a_primary_that_stands_still_is_left():
    return under_load("freezes")


def what_no_standby_has_confirmed_is_not_acknowledged():
    """A server that is told to wait no longer says that it has committed, with a warning that one can miss."""
    with Pair() as pair, Orgo(rules=RULES, settings=settings(pair)) as orgo:
        orgo.start()
        orgo.deliver(mail("urgent: water"))
        orgo.settle()
        pair.standby.kill()
        answers = []
        fire = mail("urgent: fire", message_id="<fire@example.org>")
        sender = threading.Thread(target=lambda: answers.append(answer_to(orgo, fire)))
        sender.start()
        waits = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        for _ in range(5):
            wait_until("a commit waits for a standby", lambda: pair.primary.sql(f"SELECT count(*) > 0 {waits}") == ["t"], 60)
            pair.primary.sql(f"SELECT pg_cancel_backend(pid) {waits}")
        expect(250 not in answers, "a mail was acknowledged that only one server has")
        pair.standby.start()
        sender.join()
        wait_until("mail is taken again", lambda: answer_to(orgo, fire) == 250, 120)
        orgo.settle(120)
        expect(pair.primary.sql("SELECT count(*) FROM orgo.tasks", "orgo") == ["2"], "one task for each mail")
        return f"the sender was told {answers}"


def fewer_standbys_than_wanted_are_told():
    def says(words):
        status, body, *_ = orgo.http("GET", "/readyz", token=None)
        expect(status == 200, f"mail is taken all the same: {status} {body}")
        return (words in body.decode()) or None

    def count(confirms):
        return re.search(rf'^orgo_database_standbys{{confirms="{confirms}"}} (\S+)$', orgo.http("GET", "/metrics", token=None)[1].decode(), re.M)[1]
    with Pair() as pair, Orgo(rules=RULES, settings=settings(pair, standbys=1)) as orgo:
        orgo.start()
        wait_until("one confirms", lambda: (count("yes"), count("no")) == ("1", "0"))
        expect(not says("standbys"), "all is as wanted")
        pair.primary.confirmed_by(0)  # as Patroni does when none is left, unless it is strict
        wait_until("it is told", lambda: says("0 of the 1 standbys that database.standbys asks for"))
        expect((count("yes"), count("no")) == ("0", "1"), "one only follows")
        orgo.deliver(mail())
        pair.primary.confirmed_by(1)
        wait_until("all is as wanted again", lambda: not says("standbys") or None)


def a_user_who_may_not_see_standbys_is_told():
    with Pair() as pair, Orgo(rules=RULES, settings=settings(pair, standbys=1).replace("//orgo@", "//plain@").replace("/orgo'", "/plain'")) as orgo:
        pair.primary.sql("CREATE ROLE plain LOGIN")
        pair.primary.sql("CREATE DATABASE plain OWNER plain")
        orgo.start()
        says = lambda: orgo.http("GET", "/readyz", token=None)[1].decode()  # noqa: E731
        wait_until("it is told", lambda: "GRANT pg_read_all_stats TO our user" in says() or None)
        pair.primary.sql("GRANT pg_read_all_stats TO plain")
        wait_until("it sees them", lambda: "standbys" not in says() or None, 40)


def answer_to(orgo, message):
    """What whoever brings a mail is told: 250, 451, or 0 where the connection was cut."""
    try:
        with orgo.lmtp(timeout=120) as client:
            client.sendmail("anna@example.org", ["office@organization.com"], message)
        return 250
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code
    except smtplib.SMTPRecipientsRefused as refused:
        return next(iter(refused.recipients.values()))[0]
    except (smtplib.SMTPException, OSError):
        return 0


if __name__ == "__main__":
    if not postgres.available():
        print("skipped: PostgreSQL is not installed (scripts/packages-test.txt)")
        sys.exit(0)
    main(a_primary_that_dies_loses_nothing, a_primary_that_wakes_again_acknowledges_nothing, a_primary_that_stands_still_is_left,
         what_no_standby_has_confirmed_is_not_acknowledged, fewer_standbys_than_wanted_are_told,
         a_user_who_may_not_see_standbys_is_told)
