#!/usr/bin/env python3
"""Compares what Fairway and four independent parsers make of EDIFACT files: the number of segments, and the faults of the envelope.

    conform.py SHAPE FILE…        (SHAPE: the built fairway-peers; run.sh calls this)

For parsers that only split, the control counts and references are compared here, from the segments they found. A parser that refuses a
file says nothing about it. Exit code 1 when Fairway differs from a parser that read the file.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
COUNTS = {"EDI-UNT-COUNT", "EDI-UNT-REF", "EDI-UNZ-COUNT", "EDI-UNZ-REF", "EDI-UNT-MISSING", "EDI-UNZ-MISSING"}


def output(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def faults(rows):
    """Faults of counts and references among segments given as [tag, element 1, element 2]."""
    found, unh, unb, messages, groups = set(), None, None, 0, 0
    for at, (tag, *elements) in enumerate(rows):
        first, second = (elements + ["", ""])[:2]
        if tag in ("UNB", "UNH", "UNZ") and unh is not None:
            found.add("EDI-UNT-MISSING")
            unh = None
        if tag == "UNB":
            unb, messages, groups = at, 0, 0
        elif tag == "UNG":
            groups += 1
        elif tag == "UNH":
            unh, messages = (at, first), messages + 1
        elif tag == "UNT" and unh is not None:
            if not first.strip().isdigit() or int(first) != at - unh[0] + 1:
                found.add("EDI-UNT-COUNT")
            if second != unh[1]:
                found.add("EDI-UNT-REF")
            unh = None
        elif tag == "UNZ" and unb is not None:
            if not first.strip().isdigit() or int(first) != (groups or messages):
                found.add("EDI-UNZ-COUNT")
            unb = None
    if unh is not None:
        found.add("EDI-UNT-MISSING")
    if unb is not None:
        found.add("EDI-UNZ-MISSING")
    return found


def compare(shape, path):
    ours = output(shape, "shape", path)["fairway"]
    bytes_read = pathlib.Path(path).read_bytes()
    with tempfile.NamedTemporaryFile(suffix=".edi") as plain:
        plain.write(bytes_read.removeprefix(b"\xef\xbb\xbf"))
        plain.flush()
        return compare_plain(shape, plain.name, ours)


def compare_plain(shape, path, ours):
    own_faults = {code for code in ours["findings"] if code in COUNTS}
    verdicts, differs = {}, False
    peers = output("node", str(HERE / "peers.js"), "shape", path) | output(sys.executable, str(HERE / "peers.py"), "shape", path)
    for name, peer in peers.items():
        if "refused" in peer:
            verdicts[name] = f"refused: {peer['refused'][:60]}"
            continue
        # The reference of UNZ is the fifth element of UNB, which the short rows do not hold.
        theirs, expected = faults(peer["segments"]), own_faults - {"EDI-UNZ-REF"}
        same = len(peer["segments"]) == ours["segments"] and theirs == expected
        differs |= not same
        verdicts[name] = "agrees" if same else f"{len(peer['segments'])} segments, {sorted(theirs)}"
    rs = output(shape, "shape", path)["edifact-rs"]
    if rs["segments"] is None:
        verdicts["edifact-rs 0.18.0"] = f"refused: {rs['faults'][0][:60]}"
    else:
        same = rs["segments"] == ours["segments"] and bool(own_faults) <= bool(rs["faults"])
        differs |= not same
        verdicts["edifact-rs 0.18.0"] = ("agrees" if same else f"{rs['segments']} segments") + (f" ({rs['faults'][0][:70]})" if rs["faults"] else "")
    return ours, own_faults, verdicts, differs


def main():
    shape, *files = sys.argv[1:]
    any_differs = False
    for path in files:
        ours, own_faults, verdicts, differs = compare(shape, path)
        any_differs |= differs
        print(f"{pathlib.Path(path).name}: {ours['segments']} segments, {len(ours['messages'])} messages, {sorted(own_faults) or 'envelope in order'}")
        for name, verdict in verdicts.items():
            print(f"    {name}: {verdict}")
    sys.exit(1 if any_differs else 0)


main()
