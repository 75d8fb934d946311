#!/usr/bin/env python3
"""`orgo cluster status`: one node on a data folder of its own; on PostgreSQL the nodes that its table of nodes names, also when none
of them runs here, how each stands, and in 80 columns. A node that was killed has its name again at once.

Two nodes on one database: they work as one, and one that would break something is refused with a sentence that says how it is mended."""
import http.client
import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import postgres  # noqa: E402
from cluster import ClusterNode  # noqa: E402
from orgo import DEFAULT_RULES, Orgo, expect, mail, main, sha256, wait_until  # noqa: E402

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
        # Somebody else has its name: it stops, and whoever started it hears that it failed.
        server.sql("UPDATE orgo.nodes SET boot = 'b1' WHERE name <> 'gone'", database="orgo")
        expect(orgo.process.wait(60) == 1, "a node that lost its name ends as if that were wanted")
        server.sql("DELETE FROM orgo.nodes WHERE boot = 'b1'", database="orgo")
        orgo.start()
        orgo.stop()
        expect([node["name"] for node in nodes(orgo)] == ["gone"], "who has left is no node; who died is shown for a day")


def log_in(node):
    """The cookie of a session."""
    host, port = node.host_port("http")
    connection = http.client.HTTPConnection(host, port, timeout=20)
    who = urllib.parse.urlencode(dict(zip(("name", "password"), node.first_login())))
    connection.request("POST", "/login", body=who, headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}:{port}"})
    cookie = connection.getresponse().headers["Set-Cookie"].split(";")[0]
    connection.close()
    return cookie


def teams(node):
    return [task["team"] for task in node.pages("/api/v1/tasks?limit=1000")]


def two_nodes_work_as_one():
    with postgres.Postgres() as server, ClusterNode(server, "doors", roles="gateway") as doors, \
            ClusterNode(server, "works") as works:
        doors.start()
        works.like(doors).start()
        expect(doors.states() == works.states() == {"doors": "alive", "works": "alive"}, f"they see {doors.states()}, {works.states()}")
        roles = {node["name"]: node["roles"] for node in works.nodes()}
        expect(roles["doors"] == ["gateway"] and len(roles["works"]) == 4, f"the roles are {roles}")
        # What one takes the other decides, and either shows it, byte for byte.
        given = [mail(subject=f"number {number}") for number in range(20)]
        for raw in given:
            doors.deliver(raw)
        wait_until("all are decided by the other node", lambda: len(teams(doors)) == len(given))
        for node in (doors, works):
            expect(sorted(sha256(raw) for _, raw in node.raw_messages()) == sorted(sha256(raw) for raw in given), f"{node.name} has each mail")
            lines, balanced, _ = node.ledger()
            expect(balanced, f"the ledger of {node.name} does not balance: {lines}")
        # Who has logged in on one is known on the other.
        host, port = works.host_port("http")
        connection = http.client.HTTPConnection(host, port, timeout=20)
        connection.request("GET", "/tasks/T-1", headers={"Cookie": log_in(doors)})
        status = connection.getresponse().status
        connection.close()
        expect(status == 200, f"a session of the other node is a stranger's: {status}")
        # And whoever gives a message away there hears of the decision.
        wait_until("who gives something away on one hears of the decision on the other",
                   lambda: doors.http("POST", "/api/v1/tasks", {"title": "Lamp", "team": "desk@organization.com"})[0] == 201)
        before = len(teams(doors))
        expect(doors.stop() == 0, "a stop as asked must end with 0")
        expect(works.states() == {"works": "alive"}, "who has left is no node")
        works.deliver(mail(subject="alone"))
        wait_until("it goes on alone", lambda: len(teams(works)) == before + 1)
        works.stop()


def who_would_break_something_is_refused():
    with postgres.Postgres() as server, ClusterNode(server, "a", store="folder") as a, ClusterNode(server, "b") as b, \
            ClusterNode(server, "c") as c:
        a.start()
        raw = mail(subject="in the folder")
        a.deliver(raw)
        a.settle()
        # Mails in a folder of its own: nobody works beside it.
        b.refused("another Orgo serves the database already", "files.store: database")
        a.stop()
        a.config.write_text(a.config.read_text().replace("store: folder", "store: database"))
        a.start()
        b.refused("node b can't work beside the others", "secret.key", "of node a")
        b.like(a).refused("lie in the data folder of node a", "copy the folder blobs/")
        b.like(a, "blobs").rules.write_text(DEFAULT_RULES.replace("urgent", "pressing"))
        b.refused("no version of the rules by which the other nodes work")
        b.rules.write_text(DEFAULT_RULES)
        b.start()
        expect([kept for _, kept in b.raw_messages()] == [raw], "the mail of the folder is read there, too")
        # A name for each, and a folder store is alone.
        c.like(a, "blobs").config.write_text(c.config.read_text().replace("name: c", "name: b"))
        c.refused("another process works on this database as node b", "node.name")
        c.config.write_text(c.config.read_text().replace("name: b", "name: c").replace("store: database", "store: folder"))
        c.refused("another Orgo serves the database already", "files.store: database")
        expect(a.states() == {"a": "alive", "b": "alive"}, f"who was refused leaves nothing: {a.states()}")
        expect(a.ready() and b.ready(), "and the others did not notice")
        b.stop()
        a.stop()


def tables_are_not_changed_under_an_older_node():
    with postgres.Postgres() as server, ClusterNode(server, "a") as a:
        a.start()
        a.stop()
        last = server.sql("SELECT max(step) FROM orgo.schema_steps", "orgo")[0]
        server.sql(f"DELETE FROM orgo.schema_steps WHERE step = {last}; DO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename "
                   "FROM pg_policies LOOP EXECUTE 'DROP POLICY of_tenant ON orgo.' || name; END LOOP; END $$", "orgo")
        old = subprocess.Popen([postgres.programs() / "psql", "-d", server.url, "-Atq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        old.stdin.write("SELECT pg_advisory_lock_shared(1330792271, hashtext('orgo')) IS NOT NULL, 'it works';\n")
        old.stdin.flush()
        expect("it works" in old.stdout.readline(), "a node of an older version is there")
        a.refused("nodes of an older Orgo work on the database", "stop all nodes")
        expect(server.sql("SELECT count(*) FROM pg_policies", "orgo") == ["0"], "and nothing was changed")
        old.communicate("\\q\n")
        a.start()
        a.stop()


def rules_are_those_of_who_changed_them_last():
    with postgres.Postgres() as server, ClusterNode(server, "a", roles="gateway") as a, ClusterNode(server, "b") as b:
        a.start()
        b.like(a).start()

        def rule_is(team):
            b.deliver(mail(subject=f"urgent: {os.urandom(6).hex()}"))
            b.settle()
            return team in teams(b)
        a.rules.write_text(DEFAULT_RULES.replace("maintenance@", "plumbers@"))
        wait_until("the other node works by what was changed on this one", lambda: rule_is("plumbers@organization.com"), 30)
        status, said = b.http("GET", "/readyz", token=None)
        expect(status == 200 and b"copy them from there" in said, f"it says whose rules these are: {status} {said}")
        versions = server.sql("SELECT count(*) FROM orgo.rule_versions WHERE tenant = 1", "orgo")
        # A start with older files changes nothing for those that work.
        b.stop()
        b.start()
        before = len(teams(b))
        b.deliver(mail(subject=f"urgent: {os.urandom(6).hex()}"))
        b.settle()
        expect(teams(b).count("plumbers@organization.com") + teams(b).count("maintenance@organization.com") == before + 1, f"{teams(b)}")
        expect(server.sql("SELECT count(*) FROM orgo.rule_versions WHERE tenant = 1", "orgo") == versions, "no version was made by that")
        # Nor do errors here; what is put right here counts everywhere.
        b.rules.write_text("rules: [")
        wait_until("it tells of the errors", lambda: b"the rule files have" in b.http("GET", "/readyz", token=None)[1], 20)
        expect(server.sql("SELECT count(*) FROM orgo.rule_versions WHERE tenant = 1", "orgo") == versions, "nor by that")
        b.rules.write_text(DEFAULT_RULES.replace("maintenance@", "joiners@"))
        wait_until("what was changed here counts", lambda: rule_is("joiners@organization.com"), 30)
        wait_until("and there", lambda: b"copy them from there" in a.http("GET", "/readyz", token=None)[1], 30)
        b.stop()
        a.stop()


def epochs(server):
    return server.sql("SELECT epoch FROM orgo.lineage", "orgo")


def a_restore_is_seen_once_by_all_and_a_restart_is_none():
    def tool(name, *arguments):
        subprocess.run([postgres.programs() / name, *arguments], check=True, capture_output=True)
    with postgres.Postgres() as server, ClusterNode(server, "a") as a, ClusterNode(server, "b") as b:
        a.start()
        b.like(a).start()
        for first, second in ((a, b), (b, a)):  # in any order, killed or stopped, one alone in between
            first.kill()
            second.deliver(mail(subject="urgent: water"))
            second.settle()
            second.stop()
            first.start()
            second.start()
        expect(epochs(server) == ["1"], "a restart was taken for a restore")
        server.dump(a.folder / "orgo.dump")
        waiting = server.sql("SELECT count(*) FROM orgo.outbox WHERE state = 1", "orgo")
        expect(int(waiting[0]) > 0, "something has to wait in the dump")

        def marks():
            return server.sql("SELECT node || number FROM orgo.node_marks ORDER BY node", "orgo")
        before = marks()
        a.deliver(mail(subject="urgent: fire"))
        a.settle()
        b.deliver(mail(subject="urgent: ice"))
        b.settle()
        wait_until("both have gone on since", lambda: not set(marks()) & set(before), 30)
        a.stop()
        b.stop()
        server.sql("DROP SCHEMA orgo CASCADE", "orgo")
        tool("pg_restore", "-d", server.url, str(a.folder / "orgo.dump"))
        a.start()
        expect(len(json.loads(a.cli("queue", "restored", "--json").stdout)) == int(waiting[0]), "what waited in the dump is held")
        a.deliver(mail(subject="urgent: new"))
        a.settle()
        a.stop()
        b.start()
        expect(epochs(server) == ["2"], "the second node holds once more what was made since")
        expect(len(json.loads(b.cli("queue", "restored", "--json").stdout)) == int(waiting[0]), "and nothing else is held")
        a.start()
        b.stop()
        b.start()
        expect(epochs(server) == ["2"], "a restart was taken for a restore")
        a.stop()
        b.stop()


if __name__ == "__main__":
    tests = [one_node_on_a_folder]
    if postgres.available():
        tests += [nodes_of_a_database, two_nodes_work_as_one, who_would_break_something_is_refused,
                  tables_are_not_changed_under_an_older_node, rules_are_those_of_who_changed_them_last,
                  a_restore_is_seen_once_by_all_and_a_restart_is_none]
    else:
        print("skipped: PostgreSQL is not installed (scripts/packages-test.txt)")
    main(*tests)
