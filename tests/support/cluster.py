"""Several real nodes of Orgo over one real PostgreSQL, for tests from outside (standard library only)."""
import json
import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from orgo import Orgo, expect  # noqa: E402

ALL_ROLES = "gateway,processing,delivery,escalation"


class ClusterNode(Orgo):
    """A node with a data folder of its own, on the database of `server`."""

    def __init__(self, server, name, roles=ALL_ROLES, store="database", settings="", **more):
        super().__init__(settings=f"database: {{url: '{server.url}'}}\nfiles: {{store: {store}}}\nnode: {{name: {name}}}\n" + settings, **more)
        self.name, self.roles = name, roles

    def command(self):
        return super().command() + ["--roles", self.roles]

    def like(self, other, *files):
        """Has the secret of another node, and what else is named, as docs/cluster.md says how to add one."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        for name in ("secret.key", *files):
            of = other.data / name
            if of.is_dir():
                shutil.copytree(of, self.data / name, dirs_exist_ok=True)
            else:
                shutil.copy2(of, self.data / name)
        return self

    def nodes(self):
        return json.loads(self.cli("cluster", "status", "--json").stdout)

    def states(self):
        return {node["name"]: node["state"] for node in self.nodes()}

    def refused(self, *words):
        """Does not start, and says why with these words."""
        done = self.cli("serve", "--http", "127.0.0.1:0", "--lmtp", "127.0.0.1:0", "--smtp", "127.0.0.1:0", check=False)
        said = " ".join((done.stdout + done.stderr).split())  # it folds at the edge of a terminal
        expect(done.returncode == 1, f"node {self.name} must not be let in: {done.returncode} {said}")
        for word in words:
            expect(word in said, f"the sentence does not say '{word}': {said}")


class Doors:
    """The doors of several nodes as one address, as a balancer has them: each connection goes to the next node."""

    def __init__(self, nodes):
        self.nodes, self.turn = nodes, 0

    def host_port(self, door):
        for _ in self.nodes:
            self.turn += 1
            node = self.nodes[self.turn % len(self.nodes)]
            if node.process is not None and door in node.address:
                return node.host_port(door)
        raise OSError("no node is there")
