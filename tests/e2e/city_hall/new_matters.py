"""Friday morning in the city hall: two matters turn out to be one, one to be two, and one waits until its date."""
import json

from mails import Citizen, reply_to
from orgo import expect, wait_until
from town import OFFICE


def friday_matters_meet_and_part(week):
    two_tasks_are_one_matter(week)
    number = one_mail_holds_two_matters(week)
    what_waits_is_open_again_at_its_date(week, number)
    town, bill, dog = week.town, week.number(week.bill), week.number(week.dog)
    town.orgo.cli("task", "link", bill, dog)
    expect(town.task(bill)["links"] == [dog] and town.task(dog)["links"] == [bill], "each names the other")
    week.history[bill]["task.linked"] += 1
    expect(dog in week.anna.words(f"/tasks/{bill}"), "and the page does")


def two_tasks_are_one_matter(week):
    town, noise = week.town, week.number(week.noise)
    again = Citizen("Inés Muñoz", week.noise.address, "Schon wieder Lärm", "Und heute Nacht erst!", 8).as_text("utf-8", "base64")
    town.post(again.raw, again.address)
    other = town.taken(again.message_id)["decision"]["task"]
    week.arrived[again.address, f"Sie hat die Nummer {other}."] += 1
    thanks = town.letter(again.address, f"Sie hat die Nummer {other}.")
    expect(other != noise, "nobody can know yet")
    town.orgo.cli("task", "merge", other, noise)
    expect(town.task(other)["merged_into"] == noise, str(town.task(other)))
    week.history[other]["task.merged"] += 1
    said, raw = reply_to(thanks, again.address, "Die Nummer habe ich verlegt.", name="Inés")
    town.post(raw, again.address, OFFICE)
    expect(town.taken(said)["decision"]["task"] == noise, f"what answers the one goes to the other: {town.taken(said)}")
    week.history[noise]["task.replied"] += 1
    town.orgo.cli("task", "reply", noise, "Wir haben beide Mails.")
    week.answered(week.noise, "Wir haben beide Mails.")
    expect("Re: [" + noise + "]" in town.letter(again.address, "Wir haben beide Mails.").subject, "under one number")


def one_mail_holds_two_matters(week):
    town, move = week.town, week.number(week.move)
    said, raw = reply_to(town.letter(week.move.address, "Hunde melden Sie"), week.move.address, "Gut. Und wo beantrage ich Wohngeld?", name="Zoë")
    town.post(raw, week.move.address, OFFICE)
    message = town.taken(said)["id"]
    week.history[move].update(["task.replied", "task.split"])
    made = json.loads(town.orgo.cli("task", "split", move, message, "--title", "Wohngeld für Zoë", "--json").stdout)
    number = made["id"]
    expect((made["requester"], made["links"], made["title"]) == (week.move.address, [move], "Wohngeld für Zoë"), str(made))
    town.reply(number, {"text": "Bei uns, Zimmer 3."})
    week.arrived[week.move.address, "Bei uns, Zimmer 3."] += 1
    week.history[number]["task.answered"] += 1
    got = town.letter(week.move.address, "Bei uns, Zimmer 3.")
    expect(got.message["In-Reply-To"] == said and f"[{number}]" in got.subject, got.raw.decode()[:1500])
    expect(town.promise(number) == "kept", "answered")
    return number


def what_waits_is_open_again_at_its_date(week, number):
    town = week.town
    town.orgo.cli("task", "pend", number, "--until", "2 s")
    week.history[number]["task.state pending"] += 1
    wait_until("it is open again", lambda: town.task(number)["state"] == "open", 60)
    town.letter("buero@rathaus.example", f"{number} waited until now")
    week.arrived["buero@rathaus.example", f"{number} waited until now"] += 1
