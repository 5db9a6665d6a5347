#!/usr/bin/env python3
"""The exported event log is real OCEL 2.0: an independent program (pm4py) opens it and counts the same.

Usage: ocel_pm4py_test.py FAIRWAY_BINARY

Makes a small demonstration port, exports its ledger as SQLite and as JSON, opens both with pm4py, and compares them with
each other and with what plain SQL and plain JSON say. Prints `N passed, M failed`.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile

COMMAND_SECONDS_MAX = 600
CONTAINERS = "60"


class Checks:
    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, name: str, holds: bool, detail: object = "") -> None:
        if holds:
            self.passed += 1
            print(f"ok      {name}")
        else:
            self.failed += 1
            print(f"FAILED  {name}: {detail}")


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX, check=False)
    if done.returncode != 0:
        sys.stdout.write(done.stdout[-4000:] + done.stderr[-4000:])
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}")


def relations(ocel) -> set:
    frame = ocel.relations
    return set(zip(frame["ocel:eid"].astype(str), frame["ocel:oid"].astype(str), frame["ocel:qualifier"].astype(str)))


def compare(checks: Checks, sqlite_file: str, json_file: str) -> None:
    import pm4py  # heavy: imported where it is needed, so that a wrong call fails at once
    from pm4py.objects.ocel.validation import ocel20_rel_validation

    connection = sqlite3.connect(sqlite_file)
    rows = {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for name in ("event", "object", "event_object")
    }
    # pm4py leaves out objects that no event names (a ship known only by its calls, say): the standard allows them, its reader drops them.
    named = connection.execute("SELECT count(DISTINCT ocel_object_id) FROM event_object").fetchone()[0]
    connection.close()
    with open(json_file, encoding="utf-8") as text:
        document = json.load(text)

    satisfied, unsatisfied = ocel20_rel_validation.apply(sqlite_file)
    checks.check("the SQLite file satisfies the OCEL 2.0 relational rules", bool(satisfied) and not unsatisfied, unsatisfied)

    from_sqlite = pm4py.read_ocel2_sqlite(sqlite_file)
    from_json = pm4py.read_ocel2_json(json_file)

    checks.check("the ledger has events", rows["event"] > 0, rows)
    checks.check("the ledger has objects", rows["object"] > 0, rows)
    checks.check("events name their objects", rows["event_object"] > 0, rows)
    checks.check("pm4py reads every event of the SQLite file", len(from_sqlite.events) == rows["event"], (len(from_sqlite.events), rows))
    checks.check("pm4py reads every object that events name from the SQLite file", len(from_sqlite.objects) == named, (len(from_sqlite.objects), named))
    checks.check("pm4py reads every event of the JSON file", len(from_json.events) == len(document["events"]), len(from_json.events))
    checks.check("pm4py reads every object that events name from the JSON file", len(from_json.objects) == named, (len(from_json.objects), named))
    checks.check("both files hold the same number of objects", len(document["objects"]) == rows["object"], (len(document["objects"]), rows))

    for name, column, left, right in [
        ("event ids", "ocel:eid", from_sqlite.events, from_json.events),
        ("object ids", "ocel:oid", from_sqlite.objects, from_json.objects),
    ]:
        one, other = set(left[column].astype(str)), set(right[column].astype(str))
        checks.check(f"both files hold the same {name}", one == other, sorted(one ^ other)[:5])
    for name, column, left, right in [
        ("event kinds", "ocel:activity", from_sqlite.events, from_json.events),
        ("object types", "ocel:type", from_sqlite.objects, from_json.objects),
    ]:
        one, other = left[column].value_counts().to_dict(), right[column].value_counts().to_dict()
        checks.check(f"both files count the same {name}", one == other, (one, other))
    one, other = relations(from_sqlite), relations(from_json)
    checks.check("both files hold the same links between events and objects", one == other, sorted(one ^ other)[:5])

    moments = from_sqlite.events["ocel:timestamp"]
    checks.check("every event has a time", bool(moments.notna().all()))
    containers = [kind for kind in from_sqlite.objects["ocel:type"].unique() if "container" in kind]
    checks.check("containers are among the objects", bool(containers), list(from_sqlite.objects["ocel:type"].unique()))
    if containers:
        graph = pm4py.discover_ocdfg(from_sqlite)
        checks.check("pm4py discovers a process from it", containers[0] in graph["object_types"], graph["object_types"])


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: ocel_pm4py_test.py FAIRWAY_BINARY", file=sys.stderr)
        return 2
    fairway = os.path.abspath(sys.argv[1])
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="fairway-ocel.") as work:
        data = os.path.join(work, "data")
        sqlite_file = os.path.join(work, "ledger.sqlite")
        json_file = os.path.join(work, "ledger.json")
        try:
            run(fairway, "demo", "--data", data, "--seed", "7", "--containers", CONTAINERS, "--exit")
            run(fairway, "ledger", "export", "--data", data, "--ocel", sqlite_file)
            run(fairway, "ledger", "export", "--data", data, "--ocel", json_file)
            compare(checks, sqlite_file, json_file)
        except Exception as fault:  # the closing line must come out whatever went wrong
            checks.check("the export can be made and read", False, repr(fault))
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
