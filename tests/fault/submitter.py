"""The load of the fault tests: one thread that keeps several LMTP conversations going at a rate, and remembers what was promised."""
import collections
import json
import os
import pathlib
import re
import selectors
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import expect, mail, sha256  # noqa: E402

RECIPIENT = "office@organization.com"
LATE = 1.0  # seconds; what was not sent for longer than that is not made up for, so that a restart is followed by no flood
SILENT = 10.0  # seconds without an answer: the conversation is given up
AGAIN = 0.02  # seconds until the next try


class Conversation:
    """One connection, and the mail that it is about to bring. Says nothing of its own: `want` is what it waits for."""

    def __init__(self):
        self.socket, self.letters = None, None
        self.want, self.codes, self.buffer = "", [], b""
        self.mail = None  # (key, bytes): until it is acknowledged it is brought again
        self.at = 0.0     # of the last word, or when to try again


class Submitter:
    """Brings `rate` mails a second (0: as many as are answered) over `connections`, with MAIL, RCPT and DATA in one piece (RFC 2920).
    Each mail has its own Message-ID; what got no answer is brought again with the same bytes, as a mail server would, so that a
    lost answer must not make two. One line for each that was acknowledged goes to a file, which is flushed to the disk once for
    those of the same moment; only then it counts."""

    def __init__(self, orgo, folder, connections=16, rate=500, subjects=("A request", "urgent: water")):
        self.orgo, self.subjects, self.rate = orgo, subjects, rate
        self.path = pathlib.Path(folder) / "acknowledged.jsonl"
        self.file = open(self.path, "ab", buffering=0)
        self.submitted = {}       # key -> (recipient, SHA-256): everything that went out, acknowledged or not
        self.promised = []        # (key, SHA-256) of what was acknowledged, in that order; it only grows
        self.refused = collections.Counter()
        self.in_flight = 0        # between the end of DATA and the answer
        self.number, self.missed = 0, 0
        self.began, self.seconds = 0.0, 0.0
        self.conversations = [Conversation() for _ in range(connections)]
        self.ready = collections.deque()
        self.fresh = []           # acknowledged, and not yet on the disk
        self.selector = selectors.DefaultSelector()
        self.stopping = threading.Event()
        self.error = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    @property
    def acknowledged(self):
        return len(self.promised)

    def reached(self):
        """Mails that were acknowledged in a second, restarts of the server and all."""
        return self.acknowledged / max(self.seconds, 0.001)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.stopping.set()
        self.thread.join(30)
        expect(not self.thread.is_alive(), "the submitter hangs")
        if self.error:
            raise self.error

    def lines(self):
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def _run(self):
        try:
            self.began = time.monotonic()
            while not self.stopping.is_set():
                self._turn()
            self.seconds = time.monotonic() - self.began
        except Exception as error:  # told by stop(): a thread that ends silently would be a test that passes
            self.error = error
        finally:
            for one in self.conversations:
                self._close(one)
            self.selector.close()

    def _turn(self):
        now = time.monotonic()
        for one in self.conversations:
            if one.socket is None and now >= one.at:
                self._connect(one)
            elif one.socket is not None and one.want and now - one.at > SILENT:
                self._close(one)
        wait = self._begin_what_is_due()
        for key, _ in self.selector.select(wait):
            if key.data.socket is not None:
                self._hear(key.data)
        self._keep()

    def _begin_what_is_due(self):
        """Returns for how long nothing more is due, in seconds."""
        while self.ready:
            if self.rate:
                ahead = (self.number + self.missed) / self.rate - (time.monotonic() - self.began)
                if ahead > 0 and self.ready[0].mail is None:
                    return min(ahead, AGAIN)
                self.missed += max(int((-ahead - LATE) * self.rate), 0)
            one = self.ready.popleft()
            if one.mail is None:
                one.mail = self._next()
            one.want, one.codes = "envelope", []
            self._say(one, f"MAIL FROM:<anna@example.org>\r\nRCPT TO:<{RECIPIENT}>\r\nDATA\r\n".encode())
        return AGAIN

    @staticmethod
    def key_of(number):
        """The Message-ID of the mail whose subject ends with a number."""
        return f"<{os.getpid()}.{number}@referee.example>"

    def _next(self):
        self.number += 1
        number = self.number
        key = self.key_of(number)
        raw = mail(subject=f"{self.subjects[number % len(self.subjects)]} {number}", message_id=key,
                   text=f"Line {number}\n.dot at the begin\n" + "x" * (number * 37 % 3000))
        self.submitted[key] = (RECIPIENT, sha256(raw))
        return key, raw

    def _connect(self, one):
        try:
            one.socket = socket.create_connection(self.orgo.host_port("lmtp"), timeout=SILENT)
            one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            self._close(one)
            return
        self.selector.register(one.socket, selectors.EVENT_READ, one)
        one.buffer, one.want, one.codes, one.at = b"", "greeting", [], time.monotonic()
        self._say(one, b"LHLO referee.example\r\n")

    def _close(self, one):
        """Its mail, if it has one, is brought again over the next connection: it may be in, it may not."""
        if one.socket is not None:
            try:
                self.selector.unregister(one.socket)
            except KeyError:
                pass
            one.socket.close()
        if one.want == "answer":
            self.in_flight -= 1
        if one in self.ready:
            self.ready.remove(one)
        one.socket, one.want, one.at = None, "", time.monotonic() + AGAIN

    def _say(self, one, piece):
        try:
            one.at = time.monotonic()
            one.socket.sendall(piece)
        except OSError:
            self._close(one)

    def _hear(self, one):
        try:
            piece = one.socket.recv(1 << 16)
        except OSError:
            piece = b""
        if not piece:
            self._close(one)
            return
        one.buffer += piece
        *lines, one.buffer = one.buffer.split(b"\r\n")
        for line in lines:
            if line[3:4] != b"-" and one.socket is not None:
                self._answered(one, int(line[:3]))

    def _answered(self, one, code):
        one.codes.append(code)
        refused = code // 100 not in (2, 3)
        if refused:
            self.refused[code] += 1
        if one.want == "greeting" and len(one.codes) == 2 and not refused:
            one.want = ""
            self.ready.append(one)
        elif one.want == "envelope" and not refused:
            if len(one.codes) == 3:
                one.want = "answer"
                self.in_flight += 1
                self._say(one, re.sub(rb"(?m)^\.", b"..", one.mail[1]) + b".\r\n")
        elif one.want == "answer" and code == 250:
            self.fresh.append((*one.mail, time.time()))
            self.in_flight -= 1
            one.want, one.mail = "", None
            self.ready.append(one)
        elif refused:
            self._close(one)

    def _keep(self):
        if not self.fresh:
            return
        promised = [(key, sha256(raw)) for key, raw, _ in self.fresh]
        lines = [json.dumps({"key": key, "recipient": RECIPIENT, "sha256": digest, "at": at}) + "\n"
                 for (key, digest), (_, _, at) in zip(promised, self.fresh)]
        self.file.write("".join(lines).encode())
        os.fsync(self.file.fileno())
        self.promised += promised
        self.fresh = []
