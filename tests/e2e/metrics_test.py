#!/usr/bin/env python3
"""What is left to do, by /metrics: each number moves when something happens, and comes back when it is over."""
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import ROOT, Orgo, expect, mail, main, wait_until  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402

SETTINGS = "smtp: {{host: 127.0.0.1, port: {port}, tls: none}}\ndelivery: {{retry_first: 1 second, retry_most: 1 second}}\n"


def read(orgo):
    """name{labels} -> value"""
    status, text = orgo.http("GET", "/metrics")
    expect(status == 200, f"/metrics: {status}")
    return {name: float(value) for name, value in re.findall(r"^([a-z_]+(?:\{[^}]*\})?) ([0-9.e+]+)$", text.decode(), re.M)}


def tasks(orgo, state):
    return read(orgo).get(f'orgo_tasks_open{{state="{state}"}}', 0)


def open_overdue_and_waiting_tasks():
    with SmtpSink() as sink, Orgo(settings=SETTINGS.format(port=sink.port)) as orgo:
        orgo.start()
        expect(tasks(orgo, "new") == 0 and read(orgo)["orgo_tasks_overdue"] == 0, "nothing yet")
        for number in range(3):
            orgo.deliver(mail(subject=f"Request {number}"))
        orgo.settle()
        expect(tasks(orgo, "new") == 3, read(orgo))
        orgo.cli("task", "ack", "1")
        orgo.cli("task", "state", "2", "pending")
        expect((tasks(orgo, "new"), tasks(orgo, "acknowledged"), tasks(orgo, "pending")) == (1, 1, 1), read(orgo))
        orgo.cli("task", "due", "3", "2020-01-01T00:00:00Z")
        expect(read(orgo)["orgo_tasks_overdue"] == 1, "one is late")
        orgo.cli("task", "due", "3", "2090-01-01T00:00:00Z")
        expect(read(orgo)["orgo_tasks_overdue"] == 0, "and has time again")
        orgo.cli("task", "due", "3", "2020-01-01T00:00:00Z")
        orgo.cli("task", "close", "3")
        expect(read(orgo)["orgo_tasks_overdue"] == 0 and tasks(orgo, "new") == 0, "what is done is neither open nor late")
        expect(orgo.stop() == 0, "stops")


def the_age_of_the_outbox_and_the_delay_of_delivery():
    with SmtpSink() as sink, Orgo(settings=SETTINGS.format(port=sink.port)) as orgo:
        orgo.start()
        before = read(orgo)
        expect(before["orgo_outbox_waiting"] == 0 and before["orgo_outbox_oldest_seconds"] == 0, before)
        sink.mode = "temporary"
        orgo.deliver(mail(subject="urgent: water"))
        orgo.settle()
        wait_until("it waits", lambda: read(orgo)["orgo_outbox_waiting"] == 1)
        wait_until("and grows older", lambda: read(orgo)["orgo_outbox_oldest_seconds"] > 1.5)
        look = next(one for one in json.loads(orgo.cli("doctor", "--json", check=False).stdout)["checks"] if one["name"] == "outbox")
        expect("1 mail or webhook waits" in look["detail"] and "the last answer was: 4" in look["detail"], look)
        sink.mode = "ok"
        wait_until("it is out", lambda: read(orgo)["orgo_outbox_waiting"] == 0)
        after = read(orgo)
        expect(after["orgo_outbox_oldest_seconds"] == 0, after)
        expect(after["orgo_delivery_delay_seconds_count"] >= 1 and after["orgo_delivery_delay_seconds_sum"] > 1.5, f"the delay has all of the wait: {after}")
        expect(orgo.stop() == 0, "stops")


def the_page_of_metrics_names_them():
    page = (ROOT / "docs/metrics.md").read_text()
    for name in ("orgo_tasks_open", "orgo_tasks_overdue", "orgo_outbox_waiting", "orgo_outbox_oldest_seconds", "orgo_delivery_delay_seconds", "orgo_rules_troubled"):
        expect(f"`{name}`" in page, name)


if __name__ == "__main__":
    main(open_overdue_and_waiting_tasks, the_age_of_the_outbox_and_the_delay_of_delivery, the_page_of_metrics_names_them)
