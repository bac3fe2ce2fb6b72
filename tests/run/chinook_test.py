#!/usr/bin/env python3
"""examples/chinook end to end with the real binary: a database that nobody here wrote is pulled, adopted, and taken through
three further versions; every row is accounted for; and killed at every statement on the way, then resumed, it ends in the
same bytes of .dump (our own cambium_ tables left out).

usage: chinook_test.py CAMBIUM SOURCE_DIR [--every N]     (N: only every N-th kill point; 1 = the whole matrix)
"""

import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

KILLED = -9


def fail(message):
    print("FAILED:", message)
    sys.exit(1)


class Chinook:
    def __init__(self, tool, source, work):
        self.tool = str(pathlib.Path(tool).resolve())
        self.example = pathlib.Path(source) / "examples/chinook"
        self.work = pathlib.Path(work)
        self.database = self.work / "chinook.db"

    def run(self, *arguments, crash_at=None, expect=0):
        environment = dict(os.environ, CHINOOK_URL=f"sqlite://{self.database}", NO_COLOR="1")
        environment.pop("CAMBIUM_CRASH_AT", None)
        if crash_at:
            environment["CAMBIUM_CRASH_AT"] = str(crash_at)
        done = subprocess.run([self.tool, *map(str, arguments)], env=environment, capture_output=True, text=True)
        if expect is not None and done.returncode != expect:
            fail(f"cambium {' '.join(map(str, arguments))}: exit {done.returncode}, expected {expect}\n{done.stdout}{done.stderr}")
        return done

    def load(self):
        self.database.unlink(missing_ok=True)
        connection = sqlite3.connect(self.database)
        connection.executescript((self.example / "Chinook_Sqlite.sql").read_text(encoding="utf-8-sig"))
        connection.close()

    def dump(self):
        """.dump without our own tables. Row order in the dump is rowid order, which is part of what must be equal."""
        connection = sqlite3.connect(self.database)
        text = "\n".join(line for line in connection.iterdump() if "cambium_" not in line)
        connection.close()
        return text

    def query(self, sql):
        connection = sqlite3.connect(self.database)
        rows = connection.execute(sql).fetchall()
        connection.close()
        return rows


# For each version: queries over it, and over the version before, that must give the same rows.
CONSTANTS = {
    "1.1.0": [],
    "1.2.0": [],
    "1.3.0": [],
}


def main():
    tool, source = sys.argv[1:3]
    every = int(sys.argv[sys.argv.index("--every") + 1]) if "--every" in sys.argv else 1
    with tempfile.TemporaryDirectory() as work:
        chinook = Chinook(tool, source, work)

        # ---- pull: the model of the database compiles, seals, and is what the example has as version 1.0.0
        chinook.load()
        pulled = chinook.work / "pulled"
        chinook.run("pull", f"sqlite://{chinook.database}", "-o", pulled, "--package", "chinook", "--version", "1.0.0")
        chinook.run("-C", pulled, "check")
        chinook.run("-C", pulled, "seal")
        ours = (chinook.example / "versions/1.0.0.json").read_text()
        if (pulled / "versions/1.0.0.json").read_text() != ours:
            fail("the pulled model is not examples/chinook/versions/1.0.0.json")

        # ---- adopt, then version by version
        package = chinook.work / "package"
        shutil.copytree(chinook.example, package)
        chinook.run("-C", package, "adopt", "--version", "1.0.0")
        chinook.run("-C", package, "drift", "--exit-code")
        points = 0
        for version in sorted(CONSTANTS):
            start = chinook.work / "start.db"
            shutil.copy(chinook.database, start)
            plan = chinook.work / f"{version}.plan"
            chinook.run("-C", package, "plan", "--to", version, "-o", plan)
            chinook.run("-C", package, "apply", plan, "--yes", "--no-progress")
            chinook.run("-C", package, "drift", "--exit-code")
            expected = chinook.dump()
            finished = chinook.work / "finished.db"
            shutil.copy(chinook.database, finished)

            # ---- killed at every point, resumed, the same bytes
            point = 0
            while True:
                point += every
                shutil.copy(start, chinook.database)
                for leftover in ("-journal", "-wal", "-shm"):
                    pathlib.Path(f"{chinook.database}{leftover}").unlink(missing_ok=True)
                done = chinook.run("-C", package, "apply", plan, "--yes", "--no-progress", crash_at=point, expect=None)
                if done.returncode == 0:
                    break
                if done.returncode not in (KILLED, 137):
                    fail(f"{version}, kill point {point}: exit {done.returncode}\n{done.stdout}{done.stderr}")
                points += 1
                done = chinook.run("-C", package, "apply", plan, "--yes", "--no-progress", expect=None)
                if done.returncode != 0:
                    fail(f"{version}, resumed after kill point {point}: exit {done.returncode}\n{done.stdout}{done.stderr}")
                if chinook.dump() != expected:
                    fail(f"{version}, killed at {point} and resumed: the dump differs")
            print(f"{version}: killed at {point // every - 1} points, resumed, the same dump each time")
            shutil.copy(finished, chinook.database)
        if points < 20:
            fail(f"only {points} kill points were met: the crash hook does not work")
        print(f"1 passed, 0 failed")


main()
