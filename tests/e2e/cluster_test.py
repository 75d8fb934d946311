#!/usr/bin/env python3
"""`orgo cluster status`: one node on a data folder of its own; on PostgreSQL the nodes that its table of nodes names, also when none
of them runs here, how each stands, and in 80 columns. A node that was killed has its name again at once."""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import postgres  # noqa: E402
from orgo import Orgo, expect, main, wait_until  # noqa: E402

os.environ["COLUMNS"] = "80"


def nodes(orgo):
    return json.loads(orgo.cli("cluster", "status", "--json").stdout)


def one_node_on_a_folder():
    with Orgo() as orgo:
        orgo.start()
        (node,) = nodes(orgo)
        expect(node["state"] == "alive" and node["address"] == orgo.address["http"], f"the node is {node}")
        expect(node["roles"] == ["gateway", "processing", "delivery", "escalation"], f"its roles are {node['roles']}")
        expect(node["silent_seconds"] == 0 and node["load"] >= 0 and node["schema"] > 1, f"the node is {node}")
        text = orgo.cli("cluster", "status").stdout
        expect(node["name"] in text and "alive" in text and "0 s ago" in text, f"it does not tell how it stands:\n{text}")
        expect(all(len(line) <= 80 for line in text.splitlines()), f"wider than 80 columns:\n{text}")
        orgo.stop()
        expect("no node runs" in orgo.cli("cluster", "status").stdout, "nobody runs, and somebody is shown")
        expect(nodes(orgo) == [], "nobody runs, and somebody is shown")


def nodes_of_a_database():
    with postgres.Postgres() as server, Orgo(settings=f"database: {{url: '{server.url}'}}\n") as orgo:
        orgo.start()
        (node,) = nodes(orgo)
        expect(node["state"] == "alive" and node["address"] == orgo.address["http"], f"the node is {node}")
        started = node["started_at"]
        # One that died a while ago: it is shown, and what it held is taken from it.
        server.sql("""INSERT INTO orgo.nodes SELECT 'gone', 'b0', 'http://gone', '0', 'delivery', '', '', 1, 250, 0, heard_at,
            heard_at - 60000, 7, 0, 0, 0 FROM orgo.nodes; INSERT INTO orgo.locks VALUES ('mailbox/1/x', 'b0@gone', '', 1, 9000000000000)""", database="orgo")
        wait_until("the dead node is buried", lambda: server.sql("SELECT dead FROM orgo.nodes WHERE name = 'gone'", database="orgo") == ["1"], 30)
        expect(server.sql("SELECT count(*) FROM orgo.locks WHERE owner = 'b0@gone'", database="orgo") == ["0"], "the dead node has its lock yet")
        states = {node["name"]: node["state"] for node in nodes(orgo)}
        expect(states.pop("gone") == "dead" and list(states.values()) == ["alive"], f"the nodes stand so: {states}")
        text = orgo.cli("cluster", "status").stdout
        expect("dead" in text and "250%" in text, f"it does not tell of the dead one:\n{text}")
        expect(all(len(line) <= 80 for line in text.splitlines()), f"wider than 80 columns:\n{text}")
        metrics = orgo.http("GET", "/metrics")[1].decode()
        expect('orgo_nodes{state="dead"} 1' in metrics and "orgo_nodes_buried_total 1" in metrics, "no metric tells of it")
        orgo.kill()
        orgo.start()
        ours = [node for node in nodes(orgo) if node["state"] == "alive"]
        expect(len(ours) == 1 and ours[0]["started_at"] > started, f"killed and started again, it is {ours}")
        orgo.stop()
        expect([node["name"] for node in nodes(orgo)] == ["gone"], "who has left is no node; who died is shown for a day")


if __name__ == "__main__":
    tests = [one_node_on_a_folder]
    if postgres.available():
        tests.append(nodes_of_a_database)
    else:
        print("skipped: PostgreSQL is not installed (scripts/packages-test.txt)")
    main(*tests)
