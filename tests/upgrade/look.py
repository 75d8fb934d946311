"""What a server tells of all that it keeps, in one value, so that two versions can be compared."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import sha256  # noqa: E402


def digest(orgo, number):
    status, raw = orgo.http("GET", f"/api/v1/messages/{number}/raw")
    return sha256(raw) if status == 200 else f"can't be read: {status}"


def look(orgo):
    """Of a server without processing, delivery and escalation, so that nothing moves meanwhile."""
    tasks = {task["id"]: orgo.get(f"/api/v1/tasks/{task['id']}") for task in orgo.pages("/api/v1/tasks?limit=100")}
    messages = {message["id"]: message for message in orgo.pages("/api/v1/messages?limit=100")}
    lines, balanced, _ = orgo.ledger()
    return {
        "tasks": tasks,
        "events": {number: list(orgo.pages(f"/api/v1/tasks/{number}/events")) for number in tasks},
        "log": orgo.get("/api/v1/events?limit=1000")["items"],
        "messages": messages,
        "bytes": {number: digest(orgo, number) for number in messages},
        "traces": {number: orgo.get(f"/api/v1/messages/{number}/trace") for number in messages},
        "dead": orgo.get("/api/v1/queue/dead")["items"],
        "tokens": [token for token in orgo.get("/api/v1/tokens")["items"] if not token["name"].startswith("command line")],
        "suppressions": list(orgo.pages("/api/v1/suppressions")),
        "modules": [{"name": one["name"], "enabled": one.get("enabled")} for one in orgo.get("/api/v1/modules")["items"]],
        "mailboxes": orgo.get("/api/v1/mailboxes")["items"],
        "rules": [json.loads(line) for line in orgo.cli("rules", "history", "--json").stdout.splitlines()],
        "ledger": lines,
        "balanced": balanced,
    }
