"""People and programs who answer customers by the API while the server is killed, and what each of them was told.

Writers keep asking: a task with room, an answer under a key of its own, sometimes with a copy and a file; whoever got no reply
asks again under the same key, or never does; some answers are taken back.
"""
import base64
import hashlib
import http.client
import json
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import expect, mail, wait_until  # noqa: E402
from smtp_sink import Kept, SmtpSink  # noqa: E402

ROOM = 8  # answers of one task; the brake for loops lets ten mails of it through to one address
COPY = "copy@client.example"


class Answer:
    """`message`: told with 2xx, by the server's name for it; None: nobody was told. `recalled`: yes, no, or unknown."""

    def __init__(self, key, task, requester, with_copy, file):
        self.key, self.task, self.requester, self.file = key, task, requester, file
        self.recipients = [requester] + ([COPY] if with_copy else [])
        self.text = f"Answer {key}.\n" + "".join(f"Zeile {i}: Größe, {hashlib.sha256(f'{key} {i}'.encode()).hexdigest()}\n" for i in range(4)) + "The end."
        self.message, self.recalled = None, "no"

    def body(self):
        body = {"text": self.text, "cc": self.recipients[1:]}
        if self.file:
            body["attachments"] = [{"filename": "Plan Größe.bin", "content": base64.b64encode(self.file).decode()}]
        return body


class LossySink(SmtpSink):
    """Takes a while for each mail, and now and then keeps it without an answer (`cut`)."""

    def __init__(self, chance, share):
        super().__init__()
        self.chance, self.share = chance, share
        self.mode, self.delay = "slow", 0.01

    def keep(self, recipients, content):
        with self.lock:
            cut = self.chance.random() < self.share
            for recipient in recipients:
                one = Kept(recipient, content)
                one.cut = cut
                self.kept.append(one)
        return cut


class Writers:
    def __init__(self, orgo, token, seed, threads=4):
        self.orgo, self.token, self.seed = orgo, token, seed
        self.lock = threading.Lock()
        self.answers = []
        self.room = []          # (task, requester), once for each answer that it still takes
        self.customers = 0
        self.told = self.in_flight = self.without_reply = self.asked_again = 0
        self.problems = []      # what no writer may be told
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(threads)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(120)
            expect(not thread.is_alive(), "a writer hangs")

    def open_tasks(self, count):
        """Mails of so many new customers become tasks with room for answers. Only while the server runs."""
        first, self.customers = self.customers, self.customers + count
        names = [f"customer{number}@client.example" for number in range(first, first + count)]
        for name in names:
            self.orgo.deliver(mail(f"Question of {name}", message_id=f"<asked.{name}>", sender=name, recipient="help@school.example"),
                              "help@school.example", name)

        def opened():
            newest = self.orgo.get(f"/api/v1/tasks?limit={count}")["items"]
            return [(task["id"], task["requester"]) for task in newest] if {task["requester"] for task in newest} == set(names) else None
        tasks = wait_until("the mails are tasks", opened, 30)
        with self.lock:
            self.room += tasks * ROOM

    def _work(self, number):
        chance = random.Random(f"{self.seed}/{number}")
        count = 0
        while not self.stopping.wait(0.02):
            with self.lock:
                if not self.room:
                    continue
                task, requester = self.room.pop(chance.randrange(len(self.room)))
                count += 1
                answer = Answer(f"k{number}.{count}", task, requester, chance.random() < 0.3, chance.randbytes(3000) if chance.random() < 0.3 else b"")
                self.answers.append(answer)
            try:
                self._answer(answer, chance)
                if answer.message and chance.random() < 0.3:
                    self.stopping.wait(chance.uniform(0, 0.3))
                    self._recall(answer, chance)
            except Exception as error:  # told at the end, from the thread of the test
                self.problems.append(f"{answer.key}: {type(error).__name__}: {error}")

    def _ask(self, target, body, key=None):
        """(status, answer); None: there was no reply, so the caller knows nothing."""
        while True:
            with self.lock:
                self.in_flight += 1
            try:
                status, answer = self.orgo.http("POST", target, body, token=self.token, headers={"Idempotency-Key": key} if key else {})
                return (status, json.loads(answer)) if status < 500 else None
            except ConnectionRefusedError:
                time.sleep(0.05)  # nobody is there yet, so nothing went in
            except (OSError, http.client.HTTPException, ValueError):
                return None
            finally:
                with self.lock:
                    self.in_flight -= 1

    def _answer(self, answer, chance):
        again = False
        while (told := self._ask(f"/api/v1/tasks/{answer.task}/reply", answer.body(), answer.key)) is None:
            self.without_reply += 1
            if not again and chance.random() < 0.5:
                return  # never asks again, and will never know
            again = True
            self.stopping.wait(0.05)
        status, words = told
        # 201 in spite of an earlier try: that one was not accepted. 200 says that it was.
        # 202: it is not decided yet, on a machine with much else to do.
        expect(status in ((200, 201, 202) if again else (201, 202)), f"{status} {words}")
        answer.message = words["message"]
        with self.lock:
            self.told += 1
            self.asked_again += again
        if chance.random() < 0.1:
            twice = self._ask(f"/api/v1/tasks/{answer.task}/reply", answer.body(), answer.key)
            expect(twice is None or (twice[0], twice[1]["message"]) == (200, answer.message), f"asked twice: {twice}, first {told}")

    def _recall(self, answer, chance):
        answer.recalled = "unknown"
        while (told := self._ask(f"/api/v1/tasks/{answer.task}/recall", {"message": answer.message})) is None:
            if chance.random() < 0.5:
                return
            self.stopping.wait(0.05)
        status, words = told
        taken_back = status == 200 or "taken back already" in words["detail"]
        expect(taken_back or status == 409, f"{status} {words}")
        answer.recalled = "yes" if taken_back else "no"
