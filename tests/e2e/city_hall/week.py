"""The city hall, who is who in it, and what should be true at the end of the week."""
import collections
import json

from mails import citizens, some_bytes
from orgo import expect
from page_visitor import PageVisitor
from town import OFFICE, ORGO, Town

ANNA, BEN, CARL, DORA = (f"{name}@rathaus.example" for name in ("anna", "ben", "carl", "dora"))
STAFF = [ANNA, BEN, CARL, DORA] + [f"{team}@rathaus.example" for team in ("buero", "bauhof", "kasse")]
LAWYER, PHONE = "anwalt@kanzlei.example", "pat@telefon.example"
SIGNED = "Stadt Kleinstadt, Bürgerbüro\nMo bis Fr 8 bis 12"
PLAN = some_bytes("plan", 70_000)

RULES = f"""\
match: first
calendars: {{rathaus: {{default: true, time_zone: Europe/Berlin, hours: {{mon-sun: "00:00-24:00"}}}}}}
teams:
  buero: {{address: buero@rathaus.example, members: [{ANNA}, {BEN}], signature: {json.dumps(SIGNED)}}}
  bauhof: {{address: bauhof@rathaus.example, members: [{CARL}], signature: Bauhof}}
  kasse: {{address: kasse@rathaus.example, members: [{DORA}], answers_by_mail: comment}}
slas:
  buerger: {{default: true, first_response: {{within: 4 hours}}}}
templates:
  eingang: {{subject: "Re: {{{{subject}}}}", body: "Vielen Dank für Ihre Nachricht. Sie hat die Nummer {{{{task}}}}."}}
  task_resolved: {{subject: "Re: {{{{subject}}}}", body: "Ihr Anliegen {{{{task}}}} ist erledigt. Schöne Grüße"}}
rules:
  - {{name: lamps, condition: "subject contains 'laterne'", action: {{route_to: bauhof, reply_with: eingang}}}}
  - {{name: money, condition: "subject contains ['gebühr', 'steuer'] and not subject contains 'hunde'", action: {{route_to: kasse, reply_with: eingang}}}}
  - {{name: rest, action: {{route_to: buero, reply_with: eingang}}}}
"""


def settings(undo="0s", reopen="30 days"):
    return (f"organization: {{name: Stadt Kleinstadt, domain: rathaus.example, time_zone: Europe/Berlin, addresses: [{OFFICE}, {ORGO}]}}\n"
            f"answers: {{undo: {undo}, tell_resolved: true}}\nprocessing: {{reopen_time: {reopen}}}\n")


class Week:
    """A town for a week; what has happened in it by the hands of its people is counted, for the end."""

    def __init__(self):
        self.lamp, self.move, self.paper, self.bill, self.waste, self.noise, self.dog = self.citizens = citizens()
        self.outside = [LAWYER, PHONE, *(citizen.address for citizen in self.citizens)]
        self.settings = settings()
        self.town = Town([*STAFF, *self.outside], RULES, self.settings)
        self.orgo = self.town.orgo
        self.numbers = {}                                            # a citizen's address -> their task
        self.arrived = collections.Counter()                         # (recipient, words): how often they are to come
        self.history = collections.defaultdict(collections.Counter)  # task -> what people caused, as audit.named() names it

    def __enter__(self):
        self.town.__enter__()
        try:
            password = "correct horse battery"
            for login, name, address in (("anna", "Anna Müller", ANNA), ("ben", "Ben Groß", BEN), ("carl", "Carl Öhm", CARL), ("dora", "Dora", DORA)):
                self.orgo.add_person(login, "staff", password if login == "anna" else None, "--name", name, "--address", address)
            self.anna = PageVisitor(self.orgo, "anna", password)
        except BaseException as problem:
            self.town.__exit__(type(problem), problem, None)
            raise
        return self

    def __exit__(self, *what):
        self.town.__exit__(*what)

    def number(self, citizen):
        return self.numbers[citizen.address]

    def restart(self, **other):
        """Settings of answers and replies hold from a start on: over night the server is started anew."""
        expect(self.orgo.stop() == 0, "stopped")
        text = self.orgo.config.read_text()
        expect(self.settings in text, text)
        before, self.settings = self.settings, settings(**other)
        self.orgo.config.write_text(text.replace(before, self.settings))
        self.orgo.start()

    def answered(self, citizen, words, others=(), by_mail=False):
        """An answer to a citizen was given: it is to arrive once at each, and stands in the history once; a mail of a colleague
        stands there as what came in, too."""
        for address in (citizen.address, *others):
            self.arrived[address, words] += 1
        self.history[self.number(citizen)].update({"task.answered": 1, "task.replied": int(by_mail)})

    def resolve(self, citizen, by_page=False):
        """By a person, so that the citizen is told."""
        number = self.number(citizen)
        if by_page:
            status, text = self.anna.send(f"/tasks/{number}", "/resolve")
            expect(status == 303, f"{status} {text[:300]}")
        else:
            self.orgo.cli("task", "resolve", number)
        self.history[number]["task.state resolved"] += 1
        word = f"Ihr Anliegen {number} ist erledigt"
        self.arrived[citizen.address, word] += 1
        self.town.letter(citizen.address, word, self.arrived[citizen.address, word])
        expect(self.town.task(number)["state"] == "resolved", str(self.town.task(number)))
