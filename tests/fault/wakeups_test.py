#!/usr/bin/env python3
"""Nobody sleeps beside work: a mail that comes to a server at rest is answered, decided and sent at once, by a wake-up, and not when a
loop looks again by itself a second later. Each mail comes alone, and half of them must be quick, so that a busy machine lies seldom."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from options import smtp, started  # noqa: E402
from orgo import expect, mail, main, wait_until  # noqa: E402
from peers import Relay  # noqa: E402

MAILS = 16
QUICK = 0.3  # s; who has missed a wake-up looks after 1 s


def delays_at_rest(orgo, histogram, deliver):
    """How long each of so many mails took, by the server's own histogram, each sent when nothing else is to do."""
    delays = []
    for n in range(MAILS):
        before, count = orgo.metric(f"{histogram}_sum"), orgo.metric(f"{histogram}_count")
        time.sleep(0.25)  # until all sleep again
        deliver(n)
        wait_until("it is done", lambda: orgo.metric(f"{histogram}_count") > count)
        delays.append(orgo.metric(f"{histogram}_sum") - before)
    return sorted(delays)


def told(delays):
    return ", ".join(f"{delay:.3f}" for delay in delays)


def a_mail_is_answered_and_decided_at_once():
    with started() as orgo, orgo.lmtp() as door:
        answers = []

        def deliver(n):
            begun = time.monotonic()
            door.sendmail("anna@example.org", ["office@school.example"], mail(message_id=f"<rest-{n}@example.org>"))
            answers.append(time.monotonic() - begun)
        delays = delays_at_rest(orgo, "orgo_processing_delay_seconds", deliver)
        expect(delays[MAILS // 2] < QUICK, f"decided after {told(delays)} s")
        answers.sort()
        expect(answers[MAILS // 2] < QUICK, f"answered after {told(answers)} s")
        return f"decided within {delays[MAILS // 2] * 1000:.0f} ms, answered within {answers[MAILS // 2] * 1000:.0f} ms (median)"


def what_was_decided_is_sent_at_once():
    with Relay() as relay, started(smtp(relay.port, ", tls: none")) as orgo, orgo.lmtp() as door:
        delays = delays_at_rest(orgo, "orgo_delivery_delay_seconds", lambda n: door.sendmail(
            "anna@example.org", ["office@school.example"], mail(subject=f"Number {n}", message_id=f"<sent-{n}@example.org>")))
        expect(delays[MAILS // 2] < QUICK, f"sent after {told(delays)} s")
        return f"sent within {delays[MAILS // 2] * 1000:.0f} ms (median)"


ESCALATES = """\
rules:
  - name: all
    action: {escalate_to: [{after: 1500 ms, to: "head@school.example"}]}
"""


def what_is_overdue_is_told_at_once():
    """Nobody is told at the decision: each send is that of a timer, half way between two looks of a loop that the decision woke."""
    with Relay() as relay, started(smtp(relay.port, ", tls: none"), rules=ESCALATES) as orgo, orgo.lmtp() as door:
        delays = delays_at_rest(orgo, "orgo_delivery_delay_seconds", lambda n: door.sendmail(
            "anna@example.org", ["office@school.example"], mail(subject=f"Number {n}", message_id=f"<late-{n}@example.org>")))
        expect(delays[MAILS // 2] < QUICK, f"told after {told(delays)} s")
        return f"told within {delays[MAILS // 2] * 1000:.0f} ms (median)"


def who_has_nothing_to_do_sleeps():
    """A loop at rest looks about once a second, whatever it waits for; a mail that nobody can decide yet wakes nobody more often.
    The writer is asked by each of the loops, alone or by several at once as it happens, so it may wake once for each."""
    def switches(orgo):
        names = {}
        for task in pathlib.Path(f"/proc/{orgo.process.pid}/task").iterdir():
            name = (task / "comm").read_text().strip()
            text = (task / "status").read_text()
            names[task.name, name] = int(text.split("voluntary_ctxt_switches:")[1].split()[0])
        return names
    with started("smtp: {host: 127.0.0.1, port: 1, tls: none}\n") as orgo:
        for n in range(3):  # each leaves a send that waits for a relay
            orgo.deliver(mail(subject=f"Number {n}"))
        orgo.settle()
        time.sleep(3)
        before, begun = switches(orgo), time.monotonic()
        time.sleep(4)
        after, seconds = switches(orgo), time.monotonic() - begun
        rates = {name: (after[key] - before[key]) / seconds for key, name in ((key, key[1]) for key in after) if key in before}
        loops = sum(name != "orgo-writer" for _, name in after)
        busy = {name: round(rate, 1) for name, rate in rates.items() if rate > 12 + (loops if name == "orgo-writer" else 0)}
        expect(not busy, f"threads that do not rest (a second): {busy}")
        return f"at most {max(rates.values()):.1f} wake-ups of a thread a second"


if __name__ == "__main__":
    main(a_mail_is_answered_and_decided_at_once, what_was_decided_is_sent_at_once, what_is_overdue_is_told_at_once,
         who_has_nothing_to_do_sleeps)
