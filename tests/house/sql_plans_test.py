#!/usr/bin/env python3
"""No statement of the stores walks all rows of a tenant: each is planned over an index that names more than the tenant. Asked of
the database itself, over the schema as it is made anew."""
import pathlib
import re
import sqlite3
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQL = ROOT / "src/adapter/sql"
# May walk, since they run at a start, by hand, or over tables that stay small; by their beginning.
MAY_WALK = {
    "SELECT DISTINCT owner": "leases that a start gives back", "UPDATE timers SET visible_at = due_at": "the same",
    "UPDATE outbox SET visible_at = ?, lease = lease + 1, owner": "the same", "UPDATE work SET visible_at = ?, token = 0, owner": "the same",
    "UPDATE outbox SET state = ?, owner": "all that a restore holds", "SELECT tenant, count(*) FROM outbox WHERE state = 6": "the same",
    "SELECT state, count(*), count(CASE WHEN due_at": "all that is open, for metrics",
    "SELECT count(*), min(created_at) FROM outbox WHERE state = 1": "all that waits, for metrics",
    "SELECT tenant, id, recipient, attempts, detail, created_at FROM outbox WHERE state = 1": "the same, for people",
    "SELECT tenant, last FROM counters WHERE kind = 1": "the ledger",
    "SELECT m.tenant, m.channel": "the ledger counts everything", "SELECT tenant, channel, blob": "the ledger",
    "SELECT count(*) FROM messages": "a backup counts everything", "SELECT count(*) FROM tasks": "a backup", "SELECT count(*) FROM events": "a backup",
    "SELECT count(*) FROM outbox WHERE state = 1": "a backup",
    "SELECT 1 FROM tenants WHERE 1 = 0": "no row is read: are all tables there?",
    "SELECT tenant, subject_kind, subject, due_at, visible_at FROM timers WHERE name = ? AND due_at": "for people; who fires them asks for what is visible"}
SMALL = {"tenants", "tenant_recipients", "mailboxes", "alarms", "rhythms", "tokens", "rule_versions", "counters",
         "lineage",
         "login_attempts"}  # at most kLoginAttemptsMost of a tenant
NUMBERS = {r"(?:is_)?queued\(\)": "state = 1", r"std::to_string\(static_cast<int>\(SendKind::reply\)\)": "3",
           r"std::to_string\(static_cast<int>\(TaskState::resolved\)\)": "5"}
PAGE = re.compile(r"ORDER BY (m\.)?(id|number|sequence|address)( DESC)? LIMIT \?")  # a page of a whole list, by its key


def schema():
    text = "".join((SQL / "sqlite" / name).read_text(encoding="utf-8") for name in ("schema.cpp", "later_schema.cpp"))
    steps = re.findall(r'R"sql\((.*?)\)sql"', text, re.S)
    db = sqlite3.connect(":memory:")
    for step in steps:
        db.executescript(step)
    return db


def statements():
    texts, macros = {}, {}
    for path in sorted(SQL.rglob("*.cpp")) + sorted(SQL.rglob("*.h")):
        # A move walks all, and has tables of its own while it goes on.
        if path.parent.name in ("sqlite", "postgres", "move") or path.name.endswith("_test.cpp"):
            continue
        text = texts[path] = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
        for name, argument, body in re.findall(r"#define (ORGO_\w+)(\(\w+\))?((?:[^\n]*\\\n)*[^\n]*)", text):
            macros[name] = (argument.strip("()"), body.replace("\\\n", " "))
    for path, text in texts.items():
        text = re.sub(r"#(define|undef|include)(?:[^\n]*\\\n)*[^\n]*", "", text)
        for _ in range(4):
            for name, (argument, body) in macros.items():
                if argument:
                    text = re.sub(name + r'\(((?:"[^"]*"|[^()"])*)\)', lambda m, b=body, a=argument: b.replace(a, m[1]), text)
                else:
                    text = re.sub(rf"\b{name}\b", lambda m, b=body: b, text)
        # A number that must stand in the text is joined to it by name.
        for part, number in NUMBERS.items():
            text = re.sub(r'"\s*\+\s*' + part + r'\s*\+\s*"', number, text)
        for run in re.finditer(r'(?:"(?:[^"\\\n]|\\.)*"\s*)+', text):
            sql = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', run[0]))
            if re.match(r"(SELECT|UPDATE|DELETE|INSERT)\b.*\b(FROM|SET|INTO)\b.", sql) and not sql.endswith("INTO "):
                yield path.relative_to(ROOT), sql


def walks(db, sql):
    if any(sql.startswith(begin) for begin in MAY_WALK):
        return
    for _, _, _, step in db.execute("EXPLAIN QUERY PLAN " + sql, (1,) * sql.count("?")):
        table = re.match(r"(SCAN|SEARCH) (\w+)( USING .*)?", step)
        if not table or table[2] in SMALL or table[2] in ("counted", "due", "heard", "told", "c", "CONSTANT") or "SCAN timers USING COVERING INDEX timers_visible" in step:
            continue
        if table[1] == "SCAN" and "work_dead" not in step:
            yield step
        elif re.search(r"\((\w+\.)?tenant=\?\)", step) and "work_dead" not in step and not PAGE.search(sql):
            yield step
        elif re.search(r"tenant=\? AND (id|sequence|number|message)[<>]\?\)", step) and not PAGE.search(sql):
            yield step


# What strangers choose may stand in any number of rows: of these no more are read than a LIMIT says, right behind what their index knows.
OF_STRANGERS = re.compile(r"FROM (messages|decisions|tasks)( \w)? WHERE tenant = \? AND (?P<key>id_hash|sender|requester) = \?")
BOUNDED = re.compile(r"( AND (message < \?|state < \?|state < \d|requester <> ''))*( ORDER BY number DESC)? LIMIT|.* AND copy_hash = \?")
ONE_OF_OURS = "SELECT id FROM messages WHERE tenant = ? AND id_hash = ? AND channel = ? LIMIT 100"  # of an answer: the id is ours


def grows(sql):
    return sql != ONE_OF_OURS and any(not BOUNDED.match(sql, found.end()) for found in OF_STRANGERS.finditer(sql))


database, count, errors = schema(), 0, []
for where, statement in statements():
    count += 1
    if grows(statement):
        errors.append(f"{where}: error: reads all rows of what a stranger chose: {statement[:150]} (LIMIT it before anything else is asked)")
    try:
        errors += [f"{where}: error: {step}: {statement[:150]} (an index that names more than the tenant; see the last lines of "
                   "sqlite/schema.cpp for what the planner takes for granted)" for step in walks(database, statement)]
    except sqlite3.Error as trouble:
        errors.append(f"{where}: error: {trouble}: {statement[:150]}")
if not list(walks(database, "SELECT title FROM tasks WHERE tenant = ? AND title = ?")):
    errors.append("the test does not find a statement that walks")
if not grows("SELECT id FROM messages WHERE tenant = ? AND id_hash = ? AND content = ? LIMIT 1"):
    errors.append("the test does not find a statement that grows")
if count < 60:
    errors.append(f"only {count} statements were found")
print("\n".join(errors) or f"{count} statements, none walks")
sys.exit(bool(errors))
