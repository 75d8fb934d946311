#!/usr/bin/env python3
"""Rules with `no reply within`: what they do is done once, whatever falls into that time: a crash before, a crash right behind, many
starts, an answer. One that was answered, or that somebody took on, is left in peace."""
import collections
import http.server
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import Orgo, expect, mail, main, wait_until  # noqa: E402

RULES = """teams:
  desk: {{address: desk@organization.com, members: [ben@organization.com]}}
rules:
  - name: all
    action: {{route_to: desk}}
  - name: forgotten
    condition: "subject contains 'leak' and no reply within {time}"
    action: {{notify: head@organization.com, set_priority: urgent, tag: [late, "of {{{{from_domain}}}}"], assign: ben@organization.com,
              note: "Nobody has answered.", webhook: "{url}/late", reply_with: patience}}
  - name: quietly
    condition: "subject contains 'leak' and no reply within {time}"
    action: {{tag: counted}}
templates:
  patience: {{subject: "Re: {{{{subject}}}}", body: "We have not forgotten you."}}
"""
SETTINGS = "webhooks:\n  allow_networks: [127.0.0.0/8]\nanswers:\n  vouching_server: mx.organization.com\n"


class Hook:
    """A program that is called: it counts the calls by their id."""

    def __enter__(self):
        calls = self.calls = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                calls.append((self.headers["webhook-id"], self.path, body["event"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *unused):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self.server.shutdown()
        self.server.server_close()


def task(orgo, number="T-1"):
    return orgo.get(f"/api/v1/tasks/{number}")


def kinds(orgo, number="T-1"):
    return collections.Counter(event["kind"] for event in orgo.pages(f"/api/v1/tasks/{number}/events"))


def once_across_crashes():
    with Hook() as hook, Orgo(rules=RULES.format(time="3 seconds", url=hook.url), settings=SETTINGS) as orgo:
        orgo.start()
        orgo.deliver(mail(subject="a leak"))
        orgo.settle()
        due = time.monotonic() + 3.5
        steps = task(orgo)["escalation"]["steps"]
        expect(any("set_priority urgent" in step["does"] and step["to"] == "head@organization.com" for step in steps), f"the task says what will come: {steps}")
        expect(task(orgo)["priority"] == "normal" and task(orgo)["tags"] == [], "nothing at once")
        orgo.kill()  # it is not there when the time comes
        wait_until("the time is over", lambda: time.monotonic() > due)
        orgo.start()
        wait_until("it is done after the start", lambda: "counted" in task(orgo)["tags"])
        orgo.kill()  # right behind it
        for _ in range(2):
            orgo.start()
            orgo.kill()
        orgo.start()
        wait_until("the program was called", lambda: hook.calls)
        now = task(orgo)
        expect(now["priority"] == "urgent" and now["assignee"] == "ben@organization.com", f"{now}")
        expect(sorted(now["tags"]) == ["counted", "late", "of example.org"], f"{now['tags']}")
        count = kinds(orgo)
        expect(count["task.priority"] == 1 and count["task.assigned"] == 1 and count["task.tagged"] == 3 and count["task.commented"] == 1,
               f"each change once: {dict(count)}")
        expect(count["escalation.fired"] == 2, f"two steps, each fired once: {dict(count)}")
        sends = json.loads(orgo.cli("trace", "m1", "--json").stdout)["sends"]
        templates = collections.Counter(send["template"] for send in sends if send["template"] in ("escalated", "task_assigned", "patience"))
        expect(templates == {"escalated": 2, "task_assigned": 1, "patience": 1}, f"one mail and one call, one word to the customer: {templates}")
        expect(len({call[0] for call in hook.calls}) == 1 and hook.calls[0][1:] == ("/late", "escalated"), f"{hook.calls}")
        rules = {event["data"].get("rule") for event in orgo.pages("/api/v1/tasks/T-1/events") if event["kind"] in ("task.priority", "task.tagged")}
        expect(rules == {"forgotten", "quietly"}, f"the history names the rules: {rules}")
        _, balanced, _ = orgo.ledger()
        expect(balanced, "the books balance")
        orgo.stop()


def an_answer_or_a_hand_stops_it():
    with Hook() as hook, Orgo(rules=RULES.format(time="4 seconds", url=hook.url), settings=SETTINGS) as orgo:
        orgo.start()
        orgo.deliver(mail(subject="leak one", message_id="<one@example.org>"))
        orgo.settle()
        orgo.deliver(mail(subject="leak two", message_id="<two@example.org>", sender="carl@example.org"))
        orgo.settle()
        orgo.deliver(mail(subject="leak three", message_id="<three@example.org>", sender="dora@example.org"))
        orgo.settle()
        for number, who in ((4, "eva"), (5, "finn")):
            orgo.deliver(mail(subject=f"leak {number}", message_id=f"<{number}@example.org>", sender=who + "@example.org"))
            orgo.settle()
        answer = mail(subject="Re: leak one", message_id="<answer@organization.com>", sender="ben@organization.com", recipient="anna@example.org", text="We come.",
                      extra="Authentication-Results: mx.organization.com; dmarc=pass header.from=organization.com\n")
        orgo.deliver(answer.replace(b"\r\n", b"\r\nIn-Reply-To: <one@example.org>\r\n", 1), sender="ben@organization.com")
        orgo.cli("task", "ack", "T-2")
        orgo.cli("task", "reply", "T-4", "We come.")
        # What the customer did not get is no answer.
        among_us = mail(subject="Re: leak 5", sender="ben@organization.com", text="Who goes?")
        orgo.deliver(among_us.replace(b"\r\n", b"\r\nIn-Reply-To: <5@example.org>\r\n", 1), sender="ben@organization.com")
        for number in ("T-3", "T-5"):
            wait_until(f"{number} is late", lambda: task(orgo, number)["priority"] == "urgent", seconds=30)
        for number in ("T-1", "T-2", "T-4"):
            expect(task(orgo, number)["priority"] == "normal" and "late" not in task(orgo, number)["tags"], f"{number}: {task(orgo, number)}")
        orgo.stop()


if __name__ == "__main__":
    main(once_across_crashes, an_answer_or_a_hand_stops_it)
