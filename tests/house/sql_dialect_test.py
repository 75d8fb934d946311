#!/usr/bin/env python3
"""One SQL for all engines (docs/adr/0004): what only one of them understands, and its name, stand in its own folder alone."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOMES = ("src/adapter/sql/sqlite/", "src/adapter/sql/postgres/")
# Who names the engine because that is its job.
MAY_NAME_IT = {
    "src/adapter/sql/database_url.cpp": "the names by which it is chosen",
    "src/adapter/sql/stores.cpp": "chooses the engine of a data folder",
    "src/adapter/sql/stores.h": "the names by which it is chosen",
    "src/adapter/sql/move/move_ends.cpp": "chooses the ends of a move",
    "src/app/command_line/move.cpp": "a value that people write",
    "src/adapter/sql/coordination.cpp": "chooses where nodes agree",
    "src/adapter/library_versions/library_versions.cpp": "tells the versions of libraries",
    "src/app/cmd_version.cpp": "tells the version of the schema",
    "src/app/backup/backup_sources.cpp": "names the page that says how",
    "src/app/storage/storage_options.h": "a value that people write",
    "src/app/storage/storage_options.cpp": "a value that people write",
    "src/app/config_test.cpp": "a value that people write"}
NAME = re.compile(r"sqlite|postgres", re.I)
# Words of the dialect, with what to write instead. Searched in the text of string literals.
WORDS = [
    (r"\bWITHOUT ROWID\b|\bAUTOINCREMENT\b|\browid\b|\bINTEGER PRIMARY KEY\b", "schemas are the engine's: put it into sqlite/later_schema.cpp"),
    (r"\bPRAGMA\b|\bsqlite_\w+|\bATTACH\b|\bVACUUM\b", "ask for what you need in adapter/sql/engine.h"),
    (r"\blast_insert_(row)?id\b", "ids are ours: Transaction::next()"),
    (r"\bINSERT OR \w+\b|\bREPLACE INTO\b", "write ON CONFLICT (...) DO ..."),
    (r"\?[0-9]", "bind in order: write ? and bind the value again"),
    (r"\b(lower|upper|ifnull|iif|glob|instr|substr|printf|strftime|datetime|julianday|unixepoch|json_\w+|group_concat|total)\s*\(",
     "engines differ in it: do it in C++, or store the folded text in a column of its own"),
    (r"\bsum\s*\(\s*[\w.]+\s*(=|<>|IS\b|<|>)", "count(CASE WHEN ... THEN 1 END): a truth value is no number elsewhere"),
    (r"\bBEGIN (IMMEDIATE|EXCLUSIVE|DEFERRED)\b|\bGLOB\b|\bCOLLATE NOCASE\b", "engines differ in it"),
    (r"\(\? (OR|AND)\b|\b(OR|WHEN|NOT) \? *(\)|OR\b|AND\b|THEN\b)|\bWHERE \? (OR|AND)\b",
     "write ? = 1: a number is no truth value elsewhere"),
    (r"\bFROM \((?:[^()]|\([^()]*\))*\)(?! AS )", "a subquery needs a name: FROM (...) AS counted"),
]
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def literals(text):
    """Neighbouring string literals joined, with the line where each begins; comments and includes left out."""
    text = re.sub(r"//[^\n]*", "", text)
    joined, begin, end = "", 0, -1
    for match in LITERAL.finditer(text):
        if text.rfind("#include", text.rfind("\n", 0, match.start()) + 1, match.start()) >= 0:
            continue
        between = text[end:match.start()] if end >= 0 else ""
        if end >= 0 and not re.sub(r"[\s\\]|ORGO_\w+", "", between):
            joined += match[1]
        else:
            if joined:
                yield begin, joined
            joined, begin = match[1], text.count("\n", 0, match.start()) + 1
        end = match.end()
    if joined:
        yield begin, joined


def breaches(path, text):
    name = str(path)
    if name.startswith(HOMES):
        return
    if name not in MAY_NAME_IT:
        for number, line in enumerate(text.splitlines(), 1):
            if NAME.search(line):
                yield number, f"'{NAME.search(line)[0]}' may not stand outside {' or '.join(HOMES)} (say engine, SQL or database)"
    if not name.startswith("src/adapter/sql/"):
        return
    for number, literal in literals(text):
        for pattern, remedy in WORDS:
            found = re.search(pattern, literal)
            if found:
                yield number, f"'{found[0]}' is not in the SQL that all engines share ({remedy})"


def self_test():
    """A rule that can't find anything would be green for ever."""
    planted = ['Query q(db, "SELECT lower(x) FROM t");', 'Query q(db, "SELECT a FROM t WHERE b = ?1");', 'db.execute("PRAGMA x");',
               'Query q(db, "SELECT sum(d.a = 1) FROM t");', 'Query q(db, "SELECT count(*) FROM (SELECT 1 FROM t) WHERE a"\n "= ?");',
               'Query q(db, "INSERT OR IGNORE INTO t VALUES (?)");', "// as in SQLite", 'q("CREATE TABLE t (a) WITHOUT "\n  "ROWID");', 'Query q(db, "SELECT a FROM t WHERE (? OR b = 1)");',
               "// PostgreSQL does this"]
    for text in planted:
        if not list(breaches(pathlib.PurePosixPath("src/adapter/sql/planted.cpp"), text)):
            sys.exit(f"the test does not find: {text}")
    for text in ['Query q(db, "SELECT count(*) FROM (SELECT 1 FROM t LIMIT 5) AS counted WHERE a = ?");', 'x = ascii_lower(y); // lower(']:
        found = list(breaches(pathlib.PurePosixPath("src/adapter/sql/planted.cpp"), text))
        if found:
            sys.exit(f"the test finds too much in: {text}: {found}")


self_test()
errors = []
for source in sorted((ROOT / "src").rglob("*")):
    if source.suffix in (".h", ".cpp"):
        path = source.relative_to(ROOT)
        errors += [f"{path}:{line}: error: {text}" for line, text in breaches(path, source.read_text(encoding="utf-8"))]
for name in MAY_NAME_IT:
    if not (ROOT / name).exists() or not NAME.search((ROOT / name).read_text(encoding="utf-8")):
        errors.append(f"{name}:1: error: does not name the engine any more (take it out of MAY_NAME_IT)")
if errors:
    print("\n".join(errors))
    sys.exit(1)
print("one SQL for all engines")
