#!/usr/bin/env python3
"""The HTTP door of the real program, from outside: API, probes, limits, strange requests, slow and many clients, the end."""
import json
import pathlib
import re
import signal
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import PATIENCE, ROOT, Orgo, expect, mail, main, wait_until  # noqa: E402


def connect(orgo, timeout=20):
    return socket.create_connection(orgo.host_port("http"), timeout=timeout * PATIENCE)


def ask_raw(orgo, data, timeout=20):
    """Sends bytes, returns all that comes until the server closes or nothing comes any more."""
    with connect(orgo, timeout) as peer:
        got = b""
        try:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
            while piece := peer.recv(65536):
                got += piece
        except (socket.timeout, ConnectionResetError):
            pass
        return got


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def post_mail(orgo, raw, recipient="office@organization.com", token="cli"):
    status, body = orgo.http("POST", "/api/v1/messages?recipient=" + urllib.parse.quote(recipient), body=raw, token=token,
                             headers={"Content-Type": "message/rfc822"})
    return status, json.loads(body)


def a_mail_becomes_a_task_and_is_worked_on():
    with Orgo() as orgo:
        orgo.start()
        raw = mail(subject="urgent: Water Leak in Room 102", text="It drips.")
        status, accepted = post_mail(orgo, raw)
        expect(status == 201 and accepted["duplicate"] is False, f"taken: {status} {accepted}")
        status, again = post_mail(orgo, raw)
        expect(status == 200 and again["id"] == accepted["id"] and again["duplicate"], f"the same mail again: {status} {again}")
        orgo.settle()
        tasks = orgo.get("/api/v1/tasks")["items"]
        expect(len(tasks) == 1 and tasks[0]["team"] == "maintenance@organization.com", f"one task, routed: {tasks}")
        task = tasks[0]["id"]
        expect(orgo.get(f"/api/v1/messages/{accepted['id']}")["decision"]["task"] == task, "the message knows its task")
        status, body = orgo.http("GET", f"/api/v1/messages/{accepted['id']}/raw")
        expect((status, body) == (200, raw), "the bytes come back as they were")

        for command, body in (("assign", {"assignee": "bert@organization.com"}), ("ack", {}), ("comment", {"text": "On my way."}),
                              ("resolve", {"comment": "New pipe."}), ("close", {})):
            status, answer = orgo.http("POST", f"/api/v1/tasks/{task}/{command}", body=body)
            expect(status == 200, f"{command}: {status} {answer}")
        kinds = [event["kind"] for event in orgo.get(f"/api/v1/tasks/{task}/events")["items"]]
        for kind in ("task.opened", "task.assigned", "task.state", "task.commented"):
            expect(kind in kinds, f"{kind} is not in the history: {kinds}")
        story = orgo.get(f"/api/v1/messages/{accepted['id']}/trace")
        expect(story["task"]["state"] == "closed" and story["parsed"]["subject"].startswith("urgent") and story["trace"],
               f"the story: {json.dumps(story)[:500]}")
        text = orgo.cli("trace", accepted["id"]).stdout
        expect("Water Leak" in text and task in text, f"orgo trace: {text}")
        sequences = [event["sequence"] for event in orgo.get("/api/v1/events?limit=1000")["items"]]
        expect(sequences == sorted(set(sequences)), "events are in order")
        ledger = orgo.get("/api/v1/ledger")
        expect(ledger["balanced"] and ledger["lines"][0]["accepted"] == 1, f"the ledger: {ledger}")
        expect(orgo.stop() == 0, "ends as asked")


def tokens_and_roles():
    with Orgo() as orgo:
        orgo.start()
        expect(orgo.http("POST", "/api/v1/people", body={"login": "bridge", "role": "integration"})[0] == 201, "an account")
        status, body = orgo.http("POST", "/api/v1/tokens", body={"name": "bridge", "person": "bridge"})
        secret = json.loads(body)["secret"]
        expect(status == 201, f"a new token: {status} {body}")
        expect(post_mail(orgo, mail(), token=secret)[0] == 201, "an integration may submit")
        expect(orgo.http("GET", "/api/v1/tasks", token=secret)[0] == 403, "and not look at tasks")
        expect(orgo.http("GET", "/api/v1/tasks", token=None)[0] == 401, "nobody is nobody")
        identity = json.loads(body)["token"]["id"]
        expect(orgo.http("DELETE", f"/api/v1/tokens/{identity}")[0] == 204, "revoked")
        expect(post_mail(orgo, mail(), token=secret)[0] == 401, "a revoked token is none")
        orgo.stop()
        orgo.start()
        log = orgo.log.read_text()
        expect(not re.findall(r"orgo_[0-9a-f]{64}", log), "no secret is in the log")
        status, body = orgo.http("GET", "/metrics", token=None)
        expect(status == 200 and secret.encode() not in body, "nor in the metrics")
        orgo.stop()


def what_is_served_is_what_is_documented():
    with Orgo() as orgo:
        orgo.start()
        status, body = orgo.http("GET", "/api/v1/openapi.json", token=None)
        served, documented = json.loads(body), json.loads((ROOT / "docs/openapi.json").read_text())
        served["info"].pop("version"), documented["info"].pop("version")
        expect(status == 200 and served == documented, "docs/openapi.json")
        orgo.deliver(mail())
        orgo.settle()
        names = set(re.findall(r"^# TYPE (\S+) ", orgo.http("GET", "/metrics", token=None)[1].decode(), re.M))
        missing = [name for name in names if f"`{name}`" not in (ROOT / "docs/metrics.md").read_text()]
        expect(names and not missing, f"not in docs/metrics.md: {missing}; add their probe to src/app/metrics_doc_test.cpp")
        expect(b"[+] database ok" in orgo.http("GET", "/readyz?verbose", token=None)[1], "/readyz?verbose")
        expect(json.loads(orgo.http("GET", "/health", token=None)[1])["status"] == "ok", "/health")
        orgo.stop()


def limits_hold_at_the_door():
    with Orgo(settings="limits: {message_size: 512 KiB}\nhttp: {max_body: 1 MiB}\n") as orgo:
        orgo.start()
        token = orgo.token()
        head = f"HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n".encode()
        def target(size):
            return b"GET /livez?verbose=" + b"x" * (size - 15) + b" " + head + b"\r\n"
        expect(status_of(ask_raw(orgo, target(8192))) == 200, "8 KiB of address are read")
        expect(status_of(ask_raw(orgo, target(8193))) == 414, "8 KiB and a byte are not")
        expect(status_of(ask_raw(orgo, b"GET /livez " + head + b"X: " + b"y" * 17000 + b"\r\n\r\n")) == 431, "header of 17 KB")
        expect(status_of(ask_raw(orgo, b"GET /livez " + head + b"X: y\r\n" * 120 + b"\r\n")) == 431, "120 fields")
        post = b"POST /api/v1/messages?channel=import&recipient=office%40organization.com " + head + b"Content-Type: message/rfc822\r\n"
        raw = mail(text="x" * (2 ** 20 - 300))
        raw = raw + b"y" * (2 ** 20 - len(raw))
        answer = ask_raw(orgo, post + b"Content-Length: %d\r\n\r\n" % len(raw) + raw)
        expect(status_of(answer) == 201, f"1 MiB of old mail: {answer[:300]!r}")
        new = post.replace(b"channel=import&", b"")
        answer = ask_raw(orgo, new + b"Content-Length: %d\r\n\r\n" % len(raw) + raw)
        expect(status_of(answer) == 413 and b"limits.message_size" in answer, f"a new mail past limits.message_size: {answer[:300]!r}")
        answer = ask_raw(orgo, post + b"Content-Length: %d\r\n\r\n" % (len(raw) + 1) + raw + b"y")
        expect(status_of(answer) == 413, f"1 MiB and a byte: {answer[:300]!r}")
        stranger = post.replace(token.encode(), b"orgo_wrong")
        answer = ask_raw(orgo, stranger + b"Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")
        expect(status_of(answer) == 401 and b"100 Continue" not in answer, f"a stranger's body is not even read: {answer[:100]!r}")
        answer = ask_raw(orgo, b"POST /api/v1/tasks/1/comment " + head + b"Content-Type: application/json\r\nContent-Length: 70000\r\n\r\n{")
        expect(status_of(answer) == 413, f"70 KB of JSON: {answer[:200]!r}")
        for problem in (answer,):
            body = json.loads(problem.split(b"\r\n\r\n", 1)[1])
            expect(body["status"] == 413 and body["title"] and body["code"], f"a problem of RFC 9457: {body}")
        orgo.stop()


def framing_is_never_ambiguous():
    """Shapes of Content-Length and Transfer-Encoding that servers have read differently (request smuggling). What follows such
    a request on the connection must never be taken for another request."""
    smuggled = b"GET /livez?smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    lengths = [b"Content-Length: 6\r\nContent-Length: 5", b"Content-Length: 5,5", b"Content-Length: 5, 6", b"Content-Length: +5", b"Content-Length: -5",
               b"Content-Length: 0x5", b"Content-Length: 5 5", b"Content-Length: 5;", b"Content-Length:", b"Content-Length: 1e1", b"Content-Length : 5",
               b" Content-Length: 5", b"Content-Length: 18446744073709551621", b"Content-Length: 05x", b"Content-Length\x00: 5", b"Content-Length: 5\x00"]
    codings = [b"Transfer-Encoding: xchunked", b"Transfer-Encoding: identity", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: chunked, identity",
               b"Transfer-Encoding: \x0bchunked", b"Transfer-Encoding : chunked", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
               b"Transfer-Encoding\r\n : chunked", b"Transfer-Encoding: chunk", b"Transfer-Encoding: \"chunked\"", b"Transfer-Encoding: chunked;q=1"]
    both = [one + b"\r\n" + other for one in (b"Content-Length: 5", b"Content-Length: 0") for other in (b"Transfer-Encoding: chunked", b"transfer-encoding:chunked",
                                                                                                        b"Transfer-Encoding: Chunked", b"Transfer-Encoding:\tchunked")]
    both += [b"\r\n".join(reversed(pair.split(b"\r\n"))) for pair in both]
    chunks = [b"5\nhello\r\n0\r\n\r\n", b"5 \r\nhello\r\n0\r\n\r\n", b"+5\r\nhello\r\n0\r\n\r\n", b"0x5\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloX\r\n0\r\n\r\n", b"5;a\nb\r\nhello\r\n0\r\n\r\n",
              b"5\rhello\r\n0\r\n\r\n", b"g\r\n\r\n", b"\r\n0\r\n\r\n", b"ffffffffffffffff5\r\nhello\r\n0\r\n\r\n", b"0\r\nX: a\nY: b\r\n\r\n", b"5\r\nhello\n0\r\n\r\n"]
    shapes = [(b"POST /logout HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n\r\n", b"hello") for fields in lengths + codings + both]
    shapes += [(b"POST /logout HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", body) for body in chunks]
    shapes += [(b"POST /logout HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", b"0\r\n\r\n"), (b"GET /livez HTTP/1.1\nHost: x\n\n", b""),
               (b"GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b""), (b"GET /livez HTTP/1.1\r\n\r\n", b""), (b"GET /livez\r\n\r\n", b""),
               (b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\nY: b\r\n\r\n", b""), (b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\rY: b\r\n\r\n", b""),
               (b"GET http://x/livez HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\n", b"abc")]
    with Orgo() as orgo:
        orgo.start()
        for head, body in shapes:
            answer = ask_raw(orgo, head + body + smuggled, timeout=5)
            expect(answer.count(b"HTTP/1.1 ") == 1, f"{head!r} {body!r}: answered {answer!r}")
            expect(400 <= status_of(answer) < 600, f"{head!r} {body!r}: {answer[:100]!r}")
        expect(orgo.http("GET", "/livez", token=None)[0] == 200, "the program goes on")
        orgo.stop()
    return f"{len(shapes)} shapes"


def pieces_of_a_request_do_not_matter():
    """One byte at a time, cut at every place: the same answers (a library's reader of chunks once ended the program here)."""
    conversation = (b"POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    b"Transfer-Encoding: chunked\r\n\r\n6\r\ntoken=\r\n7\r\nnothing\r\n0\r\n\r\n"
                    b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    with Orgo() as orgo:
        orgo.start()
        for size in (1, 2, 3, 5, 1000):
            with connect(orgo) as peer:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for at in range(0, len(conversation), size):
                    peer.sendall(conversation[at:at + size])
                got = b""
                while piece := peer.recv(65536):
                    got += piece
            statuses = [int(text) for text in re.findall(rb"HTTP/1\.1 (\d+)", got)]
            expect(statuses == [401, 200], f"in pieces of {size}: {got!r}")
        orgo.stop()


def many_and_slow_clients_are_bounded():
    with Orgo() as orgo:
        orgo.start()
        slow = [connect(orgo) for _ in range(300)]
        for number, peer in enumerate(slow):
            peer.sendall([b"", b"GET /li", b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\ntok"][number % 4])
        failures, times = [], []

        def work():
            try:
                for _ in range(25):
                    started = time.monotonic()
                    status, _ = orgo.http("GET", "/api/v1/tasks")
                    times.append(time.monotonic() - started)
                    if status != 200:
                        failures.append(status)
            except OSError as error:
                failures.append(error)
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expect(not failures, f"good requests beside 300 slow clients: {failures[:3]}")
        times.sort()
        p95 = times[int(len(times) * 0.95)]
        expect(p95 < 2 * PATIENCE, f"p95 of good requests is {p95:.2f} s")
        for peer in slow:
            peer.close()
        orgo.stop()
        return f"p95 {p95 * 1000:.0f} ms beside 300 slow clients"


def stops_without_losing_an_answer():
    with Orgo() as orgo:
        orgo.start()
        answered, cut = [], []
        go_on = threading.Event()

        def work(number):
            with connect(orgo) as peer:
                for turn in range(10000):
                    raw = mail(subject=f"Task {number}/{turn}")
                    request = (f"POST /api/v1/messages?recipient=office%40organization.com HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                               f"Content-Type: message/rfc822\r\nContent-Length: {len(raw)}\r\n\r\n").encode() + raw
                    got = b""
                    try:
                        peer.sendall(request)
                        while b"}\n" not in got:
                            piece = peer.recv(65536)
                            if not piece:
                                break
                            got += piece
                    except OSError:
                        pass
                    if status_of(got) != 201 or b"}\n" not in got:
                        if got:
                            cut.append(got)
                        return
                    answered.append(json.loads(got.split(b"\r\n\r\n", 1)[1])["id"])
                    go_on.set()
        token = orgo.token()
        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        expect(go_on.wait(20 * PATIENCE), "mails are taken")
        wait_until("twenty mails are taken", lambda: len(answered) > 20)
        started = time.monotonic()
        orgo.process.send_signal(signal.SIGTERM)
        status = orgo.process.wait(15 * PATIENCE)
        took = time.monotonic() - started
        orgo.process = None
        for thread in threads:
            thread.join()
        expect(status == 0 and took < 10 * PATIENCE, f"ends within 10 s: {status}, {took:.1f} s")
        expect(not [answer for answer in cut if status_of(answer) not in (0, 503)], f"no half answers: {cut[:2]}")
        orgo.start()
        stored = {item["id"] for item in orgo.pages("/api/v1/messages?limit=1000")}
        lost = set(answered) - stored
        expect(not lost, f"answered with 201 and not stored: {sorted(lost)[:5]}")
        orgo.stop()
        return f"{len(answered)} mails, stopped in {took:.1f} s"


if __name__ == "__main__":
    main(a_mail_becomes_a_task_and_is_worked_on, tokens_and_roles, what_is_served_is_what_is_documented, limits_hold_at_the_door,
         framing_is_never_ambiguous, pieces_of_a_request_do_not_matter, many_and_slow_clients_are_bounded, stops_without_losing_an_answer)
