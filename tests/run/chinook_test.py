#!/usr/bin/env python3
"""examples/chinook end to end with the real binary: a database that nobody here wrote is pulled, adopted, and taken through
three further versions; every row and every value is accounted for; and killed at every statement on the way, then resumed, it
ends in the same bytes of .dump (the tables of our ledger left out).

usage: chinook_test.py CAMBIUM SOURCE_DIR [--every N] [--jobs N]     (--every N: only every N-th kill point; 1 = all of them)
"""

import concurrent.futures
import multiprocessing
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

KILLED = (-9, 137)

# Exactly these are ours; any other table, trigger or view is part of what must be equal, whatever its name.
LEDGER = ("meta", "installation", "plan", "step", "cursor", "lease", "event")
LEDGER_TABLES = {f"cambium_{name}" for name in LEDGER}
LEDGER_STATEMENT = re.compile(r'(CREATE TABLE|INSERT INTO) "?cambium_(%s)"?[ (]|CREATE TRIGGER "cambium_event_no_(UPDATE|DELETE)" '
                              % "|".join(LEDGER))


class Failed(Exception):
    pass


# ---------------------------------------------------------------- what each version does to the rows, said once more by hand
class Change:
    """`tables`: new name → old name, `made`: new tables (empty), `values`: (new table, new column) → the value, computed from
    the old row; `gone`: (old table, old column) that are carried over under no name, or under another one; `joined`: old
    (table, column) → the value, computed from the new row. Everything that is not named here must be as it was."""

    def __init__(self, tables=None, made=None, values=None, gone=(), joined=None):
        self.tables, self.made, self.values, self.gone, self.joined = (
            tables or {}, made or {}, values or {}, set(gone), joined or {})


CHANGES = {
    "1.1.0": Change(
        tables={"Format": "MediaType"},
        values={
            ("Customer", "Organisation"): lambda old: old["Company"],
            ("Customer", "EmailUser"): lambda old: old["Email"].partition("@")[0],
            ("Customer", "EmailDomain"): lambda old: old["Email"].partition("@")[2],
        },
        gone={("Customer", "Company"), ("Customer", "Email")},
        joined={
            ("Customer", "Company"): lambda new: new["Organisation"],
            ("Customer", "Email"): lambda new: new["EmailUser"] + "@" + new["EmailDomain"],
        },
    ),
    "1.2.0": Change(
        values={
            ("Track", "Milliseconds"): lambda old: float(str(old["Milliseconds"])),
            ("Customer", "currency"): lambda old: "USD",
        },
        joined={("Track", "Milliseconds"): lambda new: int(new["Milliseconds"])},
    ),
    "1.3.0": Change(
        made={"Label": ["label_id", "name"]},
        values={("Album", "label_label_id"): lambda old: None},
        gone={("Customer", "Fax"), ("Employee", "Fax")},
    ),
}

# The accounting must see each of these, done to a copy of the version's database: a checker that cannot fail checks nothing.
FAULTS = {
    "1.1.0": [
        "DELETE FROM Format WHERE MediaTypeId = 5",
        "INSERT INTO Format VALUES (6, 'a sixth')",
        "UPDATE Format SET MediaTypeId = 99 WHERE MediaTypeId = 5",
        "UPDATE Format SET Name = Name || ' ' WHERE MediaTypeId = 1",
        "UPDATE Customer SET Organisation = NULL WHERE CustomerId = 1",
        "UPDATE Customer SET EmailUser = EmailUser || '@' WHERE CustomerId = 2",
        "UPDATE Customer SET EmailDomain = upper(EmailDomain) WHERE CustomerId = 59",
        "UPDATE Customer SET EmailUser = EmailDomain, EmailDomain = EmailUser WHERE CustomerId = 3",
        "DELETE FROM PlaylistTrack WHERE rowid = 8715",
        "UPDATE InvoiceLine SET Quantity = 2 WHERE InvoiceLineId = 2240",
        "ALTER TABLE Customer RENAME Organisation TO Company",
        "ALTER TABLE Customer ADD COLUMN Email TEXT",
        "ALTER TABLE Format RENAME TO MediaType",
        "CREATE TABLE cambium_leftover (id INTEGER)",
        "DROP TABLE PlaylistTrack",
    ],
    "1.2.0": [
        "UPDATE Track SET Milliseconds = Milliseconds + 0.001 WHERE TrackId = 3503",
        "UPDATE Track SET Milliseconds = Milliseconds || ' ms' WHERE TrackId = 1",
        "UPDATE Track SET Name = cast(Name AS BLOB) WHERE TrackId = 2",
        "UPDATE Track SET Composer = '' WHERE TrackId = (SELECT min(TrackId) FROM Track WHERE Composer IS NULL)",
        "UPDATE Track SET UnitPrice = 1 WHERE TrackId = 1000",
        "UPDATE Track SET Bytes = Bytes + 1 WHERE TrackId = 7",
        "UPDATE Customer SET currency = 'EUR' WHERE CustomerId = 30",
        "DELETE FROM Customer WHERE CustomerId = 30",
    ],
    "1.3.0": [
        "UPDATE Album SET label_label_id = 1 WHERE AlbumId = 347",
        "INSERT INTO Label (name) VALUES ('somebody')",
        "UPDATE Customer SET Phone = NULL WHERE CustomerId = 1",
        "UPDATE Employee SET Email = lower(Email) || 'x' WHERE EmployeeId = 8",
        "ALTER TABLE Employee ADD COLUMN Fax TEXT",
        "ALTER TABLE Employee DROP COLUMN Phone",
        "UPDATE Invoice SET Total = Total + 0.01 WHERE InvoiceId = 412",
    ],
}


def tables_of(connection):
    """table → (columns, columns of the primary key), without SQLite's own tables and the ledger."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {}
    for name in names:
        if name.startswith("sqlite_") or name in LEDGER_TABLES:
            continue
        columns = connection.execute("SELECT name, pk FROM pragma_table_xinfo(?)", (name,)).fetchall()
        found[name] = ([column for column, _ in columns],
                       [column for column, pk in sorted(columns, key=lambda c: c[1]) if pk])
    return found


def rows_of(connection, table, columns, key):
    """key → row, as a dictionary."""
    listed = ", ".join(f'"{column}"' for column in columns)
    rows = {}
    for values in connection.execute(f'SELECT {listed} FROM "{table}"'):
        row = dict(zip(columns, values))
        rows[tuple(row[column] for column in key)] = row
    return rows


def same(a, b):
    return type(a) is type(b) and a == b  # 1 is not 1.0, and 'a' is not x'61'


def account(before, after, change):
    """Every difference between what `change` makes of the database `before` and what `after` holds; and the values compared."""
    wrong, compared = [], 0
    old, new = sqlite3.connect(before), sqlite3.connect(after)
    old_tables, new_tables = tables_of(old), tables_of(new)
    names = {change_from: change_to for change_to, change_from in change.tables.items()}
    expected = {names.get(table, table) for table in old_tables} | set(change.made)
    if expected != set(new_tables):
        wrong.append(f"tables: expected {sorted(expected)}, found {sorted(new_tables)}")
    for table in sorted(expected & set(new_tables)):
        columns, _ = new_tables[table]
        count = new.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        if table in change.made:
            if columns != change.made[table] or count != 0:
                wrong.append(f"{table}: expected a new table {change.made[table]} without rows, found {columns}, {count} rows")
            continue
        source = change.tables.get(table, table)
        old_columns, key = old_tables[source]
        kept = [column for column in old_columns if (source, column) not in change.gone]
        expected_columns = set(kept) | {column for (of, column) in change.values if of == table}
        if expected_columns != set(columns):
            wrong.append(f"{table}: expected the columns {sorted(expected_columns)}, found {sorted(columns)}")
            continue
        old_count = old.execute(f'SELECT count(*) FROM "{source}"').fetchone()[0]
        if count != old_count:
            wrong.append(f"{table}: {old_count} rows before, {count} after")
        # No key is renamed in this example: a row is found under the key that it had.
        old_rows, new_rows = rows_of(old, source, old_columns, key), rows_of(new, table, columns, key)
        for row in old_rows.keys() - new_rows.keys():
            wrong.append(f"{table}: the row {row} is lost")
        for row in new_rows.keys() - old_rows.keys():
            wrong.append(f"{table}: the row {row} came from nowhere")
        joined = [(column, value) for (of, column), value in change.joined.items() if of == source]
        for row in old_rows.keys() & new_rows.keys():
            was, now = old_rows[row], new_rows[row]
            for column in columns:
                made = change.values.get((table, column))
                value = made(was) if made else was[column]
                compared += 1
                if not same(value, now[column]):
                    wrong.append(f"{table} {row}: {column} is {now[column]!r}, expected {value!r}")
            for column, value in joined:
                try:
                    back = value(now)
                except (TypeError, ValueError) as error:
                    back = error
                if not same(back, was[column]):
                    wrong.append(f"{table} {row}: {source}.{column} was {was[column]!r}, what is there now gives {back!r}")
    old.close()
    new.close()
    return wrong, compared


def dump(database):
    """.dump without our ledger. The order of rows in it is the order of rowids, which is part of what must be equal."""
    connection = sqlite3.connect(database)
    text = "\n".join(line for line in connection.iterdump() if not LEDGER_STATEMENT.match(line))
    connection.close()
    return text


def copy(source, target):
    for leftover in ("-journal", "-wal", "-shm"):
        pathlib.Path(f"{target}{leftover}").unlink(missing_ok=True)
    shutil.copy(source, target)


class Chinook:
    """The binary and one database of its own."""

    def __init__(self, tool, database):
        self.tool, self.database = tool, database

    def run(self, *arguments, crash_at=None, allowed=(0,)):
        environment = dict(os.environ, CHINOOK_URL=f"sqlite://{self.database}", NO_COLOR="1")
        environment.pop("CAMBIUM_CRASH_AT", None)
        if crash_at:
            environment["CAMBIUM_CRASH_AT"] = str(crash_at)
        done = subprocess.run([self.tool, *map(str, arguments)], env=environment, capture_output=True, text=True)
        if done.returncode not in allowed:
            raise Failed(f"cambium {' '.join(map(str, arguments))} (crash at {crash_at}): exit {done.returncode}, expected "
                         f"{' or '.join(map(str, allowed))}\n{done.stdout}{done.stderr}")
        return done

    def apply(self, package, plan, **more):
        return self.run("-C", package, "apply", plan, "--yes", "--no-progress", **more)


def kill_points(tool, work, package, version, first, stride):
    """Kills at the points first, first + stride, … and resumes each time; returns the number of points that there were."""
    expected = dump(work / f"{version}.finished.db")
    chinook = Chinook(tool, work / f"{version}.{first}.db")
    plan = work / f"{version}.plan"
    point, killed = first, 0
    while True:
        copy(work / f"{version}.start.db", chinook.database)
        done = chinook.apply(package, plan, crash_at=point, allowed=(0, *KILLED))
        if done.returncode != 0:
            killed += 1
            chinook.apply(package, plan)
        if dump(chinook.database) != expected:
            raise Failed(f"{version}, killed at point {point} and resumed: the dump differs")
        connection = sqlite3.connect(chinook.database)
        states = connection.execute("SELECT plan_state FROM cambium_plan WHERE to_version = ?", (version,)).fetchall()
        at = connection.execute("SELECT version_text FROM cambium_installation").fetchall()
        connection.close()
        if (states, at) != ([("done",)], [(version,)]):
            raise Failed(f"{version}, killed at point {point} and resumed: the ledger says {states}, {at}")
        if done.returncode == 0:
            return killed
        point += stride


def option(name, default):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def test(tool, example, work, every, jobs):
    chinook = Chinook(tool, work / "chinook.db")
    connection = sqlite3.connect(chinook.database)
    connection.executescript((example / "Chinook_Sqlite.sql").read_text(encoding="utf-8-sig"))
    connection.close()
    loaded = dump(chinook.database)

    # ---- pull: the model of the database compiles, seals, and is what the example has as version 1.0.0
    pulled = work / "pulled"
    chinook.run("pull", f"sqlite://{chinook.database}", "-o", pulled, "--package", "chinook", "--version", "1.0.0")
    chinook.run("-C", pulled, "check")
    chinook.run("-C", pulled, "seal")
    if (pulled / "versions/1.0.0.json").read_text() != (example / "versions/1.0.0.json").read_text():
        raise Failed("the pulled model is not examples/chinook/versions/1.0.0.json")

    # ---- adopt changes nothing; then version by version, each row accounted for
    package = work / "package"
    shutil.copytree(example, package)
    chinook.run("-C", package, "adopt", "--version", "1.0.0")
    chinook.run("-C", package, "drift", "--exit-code")
    if dump(chinook.database) != loaded:
        raise Failed("pull or adopt changed the database")
    steps = {}
    for version, change in CHANGES.items():
        start, finished = work / f"{version}.start.db", work / f"{version}.finished.db"
        copy(chinook.database, start)
        plan = work / f"{version}.plan"
        chinook.run("-C", package, "plan", "--to", version, "-o", plan)
        said = chinook.apply(package, plan).stdout
        steps[version] = int(re.search(r"\((\d+) steps\)", said).group(1))
        chinook.run("-C", package, "drift", "--exit-code")
        copy(chinook.database, finished)
        wrong, compared = account(start, finished, change)
        if wrong:
            raise Failed(f"{version}: {len(wrong)} differences\n  " + "\n  ".join(wrong[:20]))
        if compared < 60000:
            raise Failed(f"{version}: only {compared} values were compared, Chinook has more than 60,000")
        for fault in FAULTS[version]:
            tampered = work / "tampered.db"
            copy(finished, tampered)
            connection = sqlite3.connect(tampered)
            connection.execute(fault)
            connection.commit()
            connection.close()
            if not account(start, tampered, change)[0]:
                raise Failed(f"{version}: the accounting does not see: {fault}")
        print(f"{version}: {steps[version]} steps, {compared:,} values accounted for, {len(FAULTS[version])} seeded faults seen")

    # ---- killed at every point, resumed, the same bytes
    with concurrent.futures.ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        runs = {version: [pool.submit(kill_points, tool, work, package, version, every * (job + 1), every * jobs)
                          for job in range(jobs)] for version in CHANGES}
        for version, parts in runs.items():
            points = sum(part.result() for part in parts)
            if (points + 1) * every < 2 * steps[version]:
                raise Failed(f"{version}: only {points} kill points in {steps[version]} steps: the crash hook does not work")
            print(f"{version}: killed at {points} points, resumed, the same dump each time")


def main():
    tool, source = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    # A killed process loses nothing that the system was given, so the disk adds nothing here but time.
    fast = "/dev/shm" if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 1 << 28 else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cambium-chinook-", dir=fast) as work:
        try:
            test(str(tool), source / "examples/chinook", pathlib.Path(work), option("--every", 1),
                 option("--jobs", os.cpu_count() or 1))
        except Failed as failure:
            print("FAILED:", failure)
            sys.exit(1)
    print(f"1 passed, 0 failed ({time.monotonic() - began:.0f} s)")


main()
