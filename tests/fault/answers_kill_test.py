#!/usr/bin/env python3
"""kill -9 while people answer customers by the API and the answers go out through a relay whose own answers get lost at times.

What was told as accepted arrives; whoever got no reply finds it there once or never, and once when they ask again under their key;
what was taken back never leaves; a mail goes out again only where the relay's answer was lost or a kill came, as the very same
mail; and history and clocks tell of just what arrived. ORGO_KILLS (8) says how often, ORGO_TEST_SEED repeats the moments of a
run; ./test --faults kills 100 times.
"""
import collections
import os
import pathlib
import random
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from answer_writers import LossySink, Writers  # noqa: E402
from orgo import Failed, Orgo, expect, main, wait_until  # noqa: E402

KILLS = int(os.environ.get("ORGO_KILLS", "8"))
SEED = int(os.environ.get("ORGO_TEST_SEED", str(random.SystemRandom().randrange(1 << 31))))
CONNECTIONS = 5  # delivery.workers and the one for what is urgent

RULES = """\
calendars: {always: {default: true, time_zone: UTC, hours: {mon-sun: "00:00-24:00"}}}
teams: {desk: {address: desk@school.example}}
slas: {gold: {default: true, first_response: {within: 4 hours}}}
rules: [{name: all, action: {route_to: desk}}]
"""
SETTINGS = ("organization: {domain: school.example, addresses: [help@school.example]}\nanswers: {undo: 300 ms}\n"
            "delivery: {total_factor: 0, retry_first: 1s, retry_most: 1s}\n")


def kill_9_while_people_answer():
    print(f"ORGO_TEST_SEED={SEED} ORGO_KILLS={KILLS}", flush=True)
    moments = random.Random(SEED)
    with LossySink(random.Random(f"{SEED}/cuts"), 0.08) as sink, Orgo(rules=RULES, settings=SETTINGS + sink.settings()) as orgo:
        orgo.start()
        writers = Writers(orgo, orgo.add_person("anna"), SEED)
        writers.open_tasks(20)
        writers.start()
        met, kept_before = 0, []  # how many mails had arrived at each kill
        for _ in range(KILLS):
            before, arrived = writers.told, len(sink.kept)
            wait_until("answers are taken again after a restart", lambda: writers.told > before + 2, 60)
            wait_until("and go out", lambda: len(sink.kept) > arrived, 60)
            time.sleep(moments.uniform(0.0, 0.4))  # the random moment itself; nothing waits for anything here
            within = time.monotonic() + 0.2
            while not (busy := writers.in_flight) and time.monotonic() < within:
                pass
            orgo.kill()
            met += busy > 0
            wait_until("the relay has read what was on its way", lambda: not sink.talking)
            kept_before.append(len(sink.kept))
            orgo.start()
            if len(writers.room) < 100:
                writers.open_tasks(20)
        writers.stop()
        sink.share = 0.0
        orgo.settle()
        wait_until("the outbox is empty", lambda: "nothing waits to be sent" in orgo.cli("queue", "list").stdout, 120, every=0.2)
        expect(not writers.problems, f"{len(writers.problems)} were told what they must not be: {writers.problems[:5]}")
        expect(met >= KILLS // 2, f"only {met} of {KILLS} kills met an answer on its way in: the test did not test much")
        _, balanced, ledger = orgo.ledger()
        expect(balanced, f"the ledger does not balance: {ledger}")
        figures = arrivals_are_right(sink.kept, writers.answers, kept_before)
        history_agrees(orgo, sink.kept, writers.answers)
        expect(orgo.stop(60) == 0, "a stop as asked must end with 0")
        return (f"{KILLS} kills, {met} with answers on their way in; {len(writers.answers)} answers, {writers.told} told as accepted, "
                f"{writers.without_reply} replies missing, {writers.asked_again} asked again; {figures}")


def key_of(kept):
    """Of the answer whose words it has; None: no answer (word to the team)."""
    words = re.search(r"^Answer (k\d+\.\d+)\.", text_of(kept), re.MULTILINE)
    return words and words[1]


def text_of(kept):
    body = kept.message.get_body(("plain",))
    return body.get_content().replace("\r\n", "\n") if body else ""


def is_whole(kept, answer):
    files = [part.get_content() for part in kept.message.iter_attachments()]
    return text_of(kept).startswith(answer.text) and files == ([answer.file] if answer.file else [])


def arrivals_are_right(kept, answers, kept_before):
    wrong = []
    arrived = collections.defaultdict(list)  # key -> places in `kept`
    for place, one in enumerate(kept):
        arrived[key_of(one)].append(place)
    unknown = 0
    for answer in answers:
        mine = arrived.pop(answer.key, [])
        ids = collections.defaultdict(set)
        for place in mine:
            ids[kept[place].recipient].add(kept[place].message_id)
            if not is_whole(kept[place], answer):
                wrong.append(f"CORRUPT {answer.key} to {kept[place].recipient}:\n{text_of(kept[place])[:300]}")
        reached = sorted(ids)
        if any(len(several) > 1 for several in ids.values()):
            wrong.append(f"DOUBLED {answer.key}: {dict(ids)}")
        if reached and reached != sorted(answer.recipients):
            wrong.append(f"HALF {answer.key}: it reached {reached} of {answer.recipients}")
        if answer.message and answer.recalled == "no" and not reached:
            wrong.append(f"LOST {answer.key}: accepted as {answer.message} in {answer.task}, and nobody got it")
        if answer.recalled == "yes" and reached:
            wrong.append(f"LEFT {answer.key}: taken back, and {reached} got it")
        unknown += answer.message is None and bool(reached)
    arrived.pop(None, None)
    wrong += [f"PHANTOM {key}" for key in arrived]
    repeats, cuts = repeats_of(kept, kept_before, wrong)
    if wrong:
        raise Failed(f"{len(wrong)} wrong:\n  " + "\n  ".join(wrong[:20]))
    back = sum(answer.recalled == "yes" for answer in answers)
    return (f"0 lost, 0 doubled, {back} taken back, {unknown} arrived though nobody was told; {len(kept)} mails, {cuts} went out again after a "
            f"lost answer, {sum(repeats.values())} after a kill, at most {max(repeats.values(), default=0)} after one")


def repeats_of(kept, kept_before, wrong):
    """What went out again though the relay had answered: by the kill that came between, which lost the outcome."""
    last_at, repeats, cuts = {}, collections.Counter(), 0
    for place, one in enumerate(kept):
        before = last_at.get(one.message_id)
        if before is not None and kept[before].cut:
            cuts += 1
        elif before is not None:
            kill = sum(mark <= before for mark in kept_before)
            repeats[kill] += 1
            if kill == len(kept_before) or kept_before[kill] > place:
                wrong.append(f"AGAIN {one.message_id} to {one.recipient}: no answer was lost, and no kill came between")
        last_at[one.message_id] = place
    wrong += [f"AGAIN: {count} mails after kill {kill + 1}, with {CONNECTIONS} connections" for kill, count in repeats.items() if count > CONNECTIONS]
    return repeats, cuts


def history_agrees(orgo, kept, answers):
    """Of every task: an answer stands in it once, those that were taken back as that, and its first response is what arrived."""
    arrived = {key_of(one) for one in kept}
    stored = [item["id"] for item in orgo.pages("/api/v1/messages?limit=1000") if item["channel"] == "answer"]
    told, seen = collections.defaultdict(list), []
    for answer in answers:
        told[answer.task].append(answer)
    for task, mine in told.items():
        events = orgo.get(f"/api/v1/tasks/{task}/events")["items"]
        answered = [event["message"] for event in events if event["kind"] == "task.answered"]
        recalled = [event["message"] for event in events if event["kind"] == "task.recalled"]
        expect(len(set(answered)) == len(answered) and len(set(recalled)) == len(recalled), f"{task}: {answered} {recalled}")
        left = set(answered) - set(recalled)
        reached = [answer for answer in mine if answer.key in arrived]
        expect(len(reached) == len(left), f"{task}: {len(reached)} answers arrived, and the history has {sorted(left)}")
        for answer in mine:
            if answer.message:
                expect(answer.message in answered, f"{task}: {answer.message} was accepted and stands nowhere")
                expect((answer.message in left) == (answer.key in arrived), f"{task}: {answer.key} arrived: {answer.key in arrived}, history: {left}")
        clock = orgo.get(f"/api/v1/tasks/{task}/clocks")["clocks"][0]
        expect(clock["running"] != bool(left) and (clock["taken_s"] is not None) == bool(left), f"{task}: {len(left)} answers arrived, and {clock}")
        seen += answered
    expect(sorted(seen) == sorted(stored), f"{len(stored)} answers are stored, and {len(seen)} stand in the histories")


if __name__ == "__main__":
    main(kill_9_while_people_answer)
