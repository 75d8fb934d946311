"""The end of the week: nothing came twice, nothing is missing, and the histories, the ledger and the doctor agree."""
import collections
import json

from orgo import expect
from town import OFFICE


def everything_adds_up(week):
    week.town.settle()
    letters = {address: week.town.letters(address) for address in week.town.people}
    nothing_came_twice(letters)
    all_words_have_arrived(week, letters)
    what_orgo_sent_lies_somewhere(week, letters)
    histories_have_every_step(week)
    _, balanced, ledger = week.orgo.ledger()
    expect(balanced, f"the ledger does not balance: {ledger}")
    doctor = week.orgo.cli("doctor", check=False)
    odd = [line for line in doctor.stdout.splitlines() if not line.startswith("ok ")]
    expect(doctor.returncode == 0 and not odd, f"the doctor: {doctor.returncode} {odd} {doctor.stderr}")
    return f"{sum(map(len, letters.values()))} mails in {len(letters)} mailboxes, {len(week.history)} tasks"


def nothing_came_twice(letters):
    times = collections.Counter((one.message_id, address) for address, mine in letters.items() for one in mine)
    # In the office's own mailbox lies what citizens' programs sent twice.
    twice = {key: count for key, count in times.items() if count > 1 and key[1] != OFFICE}
    expect(not twice, f"came twice: {twice}")


def all_words_have_arrived(week, letters):
    wrong = {}
    for (address, words), wanted in week.arrived.items():
        got = [one for one in letters[address] if words in one.text().split("\n> ")[0]]
        if len(got) != wanted:
            wrong[address, words] = (wanted, [(one.message_id, one.subject) for one in got])
    expect(not wrong, f"{wrong}")
    for address in week.outside:
        wanted = sum(count for (whose, _), count in week.arrived.items() if whose == address)
        expect(len(letters[address]) == wanted, f"{address} got {[(one.subject, one.text()) for one in letters[address]]}, and {wanted} were meant for them")


def what_orgo_sent_lies_somewhere(week, letters):
    """Every mail that a relay took is in the mailbox that it was for, and none is that was not sent."""
    told = {event["sequence"]: event for task in week.orgo.pages("/api/v1/tasks?limit=1000") for event in week.town.events(task["id"])}
    delivered = {event["send"]: (event["data"]["message_id"], event["data"]["to"]) for event in told.values() if event["kind"] == "send.delivered"}
    sent = collections.Counter(delivered.values())
    sent.subtract(delivered[event["send"]] for event in told.values() if event["kind"] == "send.bounced")
    lies = collections.Counter((one.message_id.strip("<>"), address) for address, mine in letters.items() for one in mine
                               if one.message_id.startswith("<orgo-"))
    expect(+sent == lies, f"sent, and nowhere: {+sent - lies}; there, and not sent: {lies - +sent}")


def named(event):
    return event["kind"] + (" " + event["data"]["to"] if event["kind"] == "task.state" else "")


def histories_have_every_step(week):
    for number, wanted in week.history.items():
        shown = json.loads(week.orgo.cli("task", "show", number, "--json").stdout)
        told = collections.Counter(named(event) for event in shown["events"])
        expect(shown["events"] == week.town.events(number), f"{number}: the command line and the API tell the same")
        differ = {kind: (count, told[kind]) for kind, count in wanted.items() if told[kind] != count}
        expect(not differ, f"{number}: wanted and told: {differ}\n{json.dumps(shown['events'], ensure_ascii=False)}")
