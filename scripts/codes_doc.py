#!/usr/bin/env python3
"""Writes the tables of finding codes in docs/edi.md from the catalogues in the sources. With --check it changes nothing and fails when they are out of date.

A code is defined in one place, its crate; this only copies it. Three shapes are known: `entry(…)` of crates/edifact, `codes! { … }` of
crates/messages, `code("…", "…", "…")` of the rooms.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "edi.md"
BEGIN, END = "<!-- codes: begin -->", "<!-- codes: end -->"
TEXT = r'"((?:[^"\\]|\\.)*)"'


def source(path):
    return (ROOT / path).read_text(encoding="utf-8")


def cell(text):
    return text.replace('\\"', '"').replace("|", "\\|")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def syntax():
    text = source("crates/edifact/src/catalogue.rs")
    names = dict(re.findall(r'const (\w+): &str = "(EDI-[A-Z0-9-]+)"', text))
    found = re.findall(rf"entry\((\w+), Severity::(\w+), (None|Some\((\d+)\)), \[{TEXT}, {TEXT}\],\s*{TEXT},\s*{TEXT}\)", text)
    assert len(found) == len(names), f"{len(names)} codes are named, {len(found)} are described"
    return [[f"`{names[name]}`", weight.lower(), number or "–", cell(zh), cell(en), cell(cause), cell(fix)] for name, weight, _, number, zh, en, cause, fix in found]


def content(path="crates/messages/src/catalogue.rs"):
    text = source(path)
    found = re.findall(rf'= "(EDI-[A-Z0-9-]+)", (\w+), {TEXT}, {TEXT},\s*{TEXT},\s*{TEXT}, {TEXT};', text)
    assert found, "no codes of message content were found"
    return [[f"`{code}`", weight.lower(), cell(zh), cell(en), cell(cause), cell(fix)] for code, weight, zh, en, cause, _, fix in found]


def room(name):
    found = re.findall(rf"\bcode\({TEXT}, {TEXT}, {TEXT}\)", source(f"crates/{name}/src/findings.rs"))
    assert found, f"no codes of {name} were found"
    return [[f"`{code}`", cell(zh), cell(en)] for code, zh, en in found]


def made():
    parts = [
        "### Syntax, envelope and directory",
        "`0085` is the syntax error that CONTRL answers with.",
        table(["Code", "Weight", "0085", "中文", "English", "Why", "What to do"], syntax()),
        "### Content of messages",
        table(["Code", "Weight", "中文", "English", "Why", "What to do"], content()),
        "### Flat files (记录格式)",
        table(["Code", "Weight", "中文", "English", "Why", "What to do"], content("crates/messages/src/record_format/catalogue.rs")),
        "### Manifest (舱单)",
        table(["Code", "中文", "English"], room("manifest")),
        "### Declaration (报关单)",
        table(["Code", "中文", "English"], room("clearance")),
    ]
    return "\n\n".join(parts)


def main():
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    new = f"{before}{BEGIN}\n\n{made()}\n\n{END}{after}"
    if "--check" in sys.argv[1:]:
        if new != page:
            sys.exit("docs/edi.md is out of date. Run:  scripts/codes_doc.py")
    else:
        PAGE.write_text(new, encoding="utf-8")


main()
