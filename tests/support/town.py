"""A city hall with everything around it: a Postfix that carries all mail, a Dovecot with the mailboxes of everybody, and an Orgo
that fetches one of them by IMAP, gets what is for orgo@ by LMTP, and sends through Postfix."""
import email
import email.policy
import json
import smtplib

from dovecot import Dovecot, available
from orgo import Failed, Orgo, expect, spare_port, wait_until
from postfix import Postfix, why_not

OFFICE, ORGO = "buergerbuero@rathaus.example", "orgo@rathaus.example"


def no_town():
    """Why there can be none here; None when there can."""
    return why_not() or (None if available() else "there is no Dovecot (Debian: dovecot-imapd, dovecot-lmtpd)")


class Letter:
    """A mail as it lies in somebody's mailbox."""

    def __init__(self, path):
        self.path = path
        self.raw = path.read_bytes()
        self.message = email.message_from_bytes(self.raw, policy=email.policy.default)
        self.message_id = str(self.message["Message-ID"])
        self.subject = str(self.message["Subject"])
        self.sender = self.message["From"].addresses[0].addr_spec

    def text(self):
        part = self.message.get_body(("plain",))
        return part.get_content().replace("\r\n", "\n") if part else ""

    def files(self):
        """(name, bytes) of each."""
        return [(part.get_filename(), part.get_payload(decode=True)) for part in self.message.iter_attachments()]


class TownOrgo(Orgo):
    """On one LMTP port over restarts, since Postfix knows it by that."""

    def __init__(self, port, **more):
        super().__init__(**more)
        self.port = port

    def command(self):
        command = super().command()
        command[command.index("--lmtp") + 1] = f"127.0.0.1:{self.port}"
        return command


class Town:
    def __init__(self, people, rules, settings):
        """`people`: addresses that have a mailbox; their domains' mail is delivered to it, or bounces."""
        self.people = {address: "secret" for address in [OFFICE, *people]}
        self.dovecot = Dovecot(users=self.people)
        port = spare_port()
        mailboxes = f"lmtp:inet:127.0.0.1:{self.dovecot.ports['lmtp']}"
        self.postfix = Postfix({ORGO: f"lmtp:inet:127.0.0.1:{port}", **{one.rpartition("@")[2]: mailboxes for one in self.people}})
        box = (f"  - {{name: office, host: localhost, port: {self.dovecot.ports['imaps']}, username: {OFFICE}, password: secret, "
               f"ca_file: {self.dovecot.certificate}, poll: 1 s}}\n")
        smtp = self.postfix.settings().replace("helpdesk@organization.com", ORGO)
        self.orgo = TownOrgo(port, rules=rules, settings=settings + "mailboxes:\n" + box + smtp)

    def __enter__(self):
        self.dovecot.__enter__()
        try:
            self.postfix.start()
            self.orgo.start()
        except BaseException as problem:
            self.__exit__(type(problem), problem, None)
            raise
        return self

    def __exit__(self, *what):
        self.orgo.__exit__(*what)
        self.postfix.__exit__(*what)
        self.dovecot.__exit__(*what)

    def move_in(self, address):
        self.people[address] = "secret"
        self.follow(address, 250)

    def move_away(self, address):
        """Whose mailbox is gone: what comes for them bounces."""
        self.people.pop(address)
        self.follow(address, 550)

    def follow(self, address, code):
        """Dovecot looks at its users now and then: waits until it says so of somebody."""
        self.dovecot.set_users(self.people)

        def says():
            with smtplib.LMTP("127.0.0.1", self.dovecot.ports["lmtp"]) as door:
                door.ehlo()
                door.mail("")
                return door.rcpt(address)[0] == code
        wait_until(f"Dovecot says {code} of {address}", says, every=0.1)

    # --- mails ---

    def post(self, raw, sender, *recipients):
        """As a mail program hands a mail to Postfix; the null sender is ''."""
        with smtplib.SMTP("127.0.0.1", self.postfix.port, timeout=30) as door:
            refused = door.sendmail(sender, recipients or [OFFICE], raw, mail_options=["BODY=8BITMIME"])
            expect(not refused, f"Postfix refused {refused}")

    def letters(self, address):
        base = self.dovecot.maildir(address)
        files = sorted([*base.glob("new/*"), *base.glob("cur/*")], key=lambda path: path.name.split(",")[0])
        return [Letter(path) for path in files]

    def letter(self, address, words, count=1, seconds=60):
        """The newest mail to somebody with these words in its subject or text, once there are so many."""
        def there():
            found = [one for one in self.letters(address) if words in one.subject or words in one.text()]
            return found if len(found) >= count else None
        try:
            return wait_until(f"{count} mails to {address} with '{words}'", there, seconds, every=0.1)[-1]
        except Failed as missing:
            got = [(one.sender, one.subject, one.text()[:200]) for one in self.letters(address)]
            raise Failed(f"{missing}\nthey have {got}\n{self.orgo.tail()}\n{self.postfix.tail()}") from None

    # --- what Orgo knows ---

    def messages(self):
        return list(self.orgo.pages("/api/v1/messages?limit=1000"))

    def taken(self, message_id, seconds=60):
        """Waits until a mail is decided; returns what the API says of it."""
        known = {}

        def decided():
            for item in self.messages():
                if item["id"] not in known and item["decision"]:
                    raw = self.orgo.http("GET", f"/api/v1/messages/{item['id']}/raw")[1]
                    known[item["id"]] = str(email.message_from_bytes(raw, policy=email.policy.default)["Message-ID"])
                if known.get(item["id"]) == message_id:
                    return item
            return None
        try:
            return wait_until(f"{message_id} is decided", decided, seconds, every=0.1)
        except Failed as missing:
            raise Failed(f"{missing}\n{self.orgo.tail()}\n{self.postfix.tail()}") from None

    def task(self, number):
        return self.orgo.get(f"/api/v1/tasks/{number}")

    def events(self, number, *kinds):
        items = self.orgo.get(f"/api/v1/tasks/{number}/events")["items"]
        return [event for event in items if not kinds or event["kind"] in kinds]

    def promise(self, number):
        """Of the first response: 'open' or 'kept'."""
        clock = next(one for one in self.orgo.get(f"/api/v1/tasks/{number}/clocks")["clocks"] if one["clock"] == "first_response")
        expect(clock["running"] == (clock["taken_s"] is None), f"{number}: {clock}")
        return "open" if clock["running"] else "kept"

    def reply(self, number, body, key=None, status=201):
        got, answer = self.orgo.http("POST", f"/api/v1/tasks/{number}/reply", body, headers={"Idempotency-Key": key} if key else None)
        answer = json.loads(answer)
        expect(got == status, f"{number}: {got} {answer}")
        return answer

    def settle(self):
        """Until nothing is on its way any more, anywhere."""
        self.postfix.drain()
        self.orgo.settle()
        wait_until("the outbox is empty", lambda: "nothing waits to be sent" in self.orgo.cli("queue", "list").stdout, 60, every=0.2)
        self.postfix.drain()
        self.orgo.settle()


