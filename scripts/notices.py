#!/usr/bin/env python3
"""Lists the software of others that Fairway ships, with licences: THIRD-PARTY-NOTICES.md and third-party/licenses.txt.

Counts what the binary links (normal dependencies of the `fairway` package, for Linux) and what the web application
bundles (`dependencies` of web/package.json and theirs). Test and build tools are not shipped and not listed.
`--check` changes nothing and fails when the files are out of date.
"""

import hashlib
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIST_FILE = os.path.join(ROOT, "THIRD-PARTY-NOTICES.md")
TEXT_FILE = os.path.join(ROOT, "third-party", "licenses.txt")
TARGET = "x86_64-unknown-linux-gnu"
LICENSE_FILE = re.compile(r"^(licen[cs]e|copying|notice|unlicense)", re.IGNORECASE)
LICENSE_TEXT_BYTES_MAX = 64 * 1024


class Package:
    def __init__(self, name: str, version: str, license_name: str, home: str, folder: str) -> None:
        self.name = name
        self.version = version
        self.license = license_name
        self.home = home
        self.folder = folder

    def license_texts(self) -> list[str]:
        texts = []
        for name in sorted(os.listdir(self.folder)):
            path = os.path.join(self.folder, name)
            if not LICENSE_FILE.match(name) or not os.path.isfile(path) or os.path.getsize(path) > LICENSE_TEXT_BYTES_MAX:
                continue
            with open(path, encoding="utf-8", errors="replace") as file:
                lines = [line.rstrip() for line in file.read().splitlines()]
            texts.append("\n".join(lines).strip())
        return [text for text in texts if text]


def rust_packages() -> list[Package]:
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", TARGET]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    by_id = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    start = next(package["id"] for package in metadata["packages"] if package["name"] == "fairway")
    seen, waiting = {start}, [start]
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            shipped = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            is_macro = any("proc-macro" in target["kind"] for target in by_id[dependency["pkg"]]["targets"])
            if shipped and not is_macro and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    found = []
    for key in seen:
        package = by_id[key]
        if package["source"] is None:
            continue
        license_name = (package["license"] or "see its licence file").replace("/", " OR ")
        found.append(Package(package["name"], package["version"], license_name, package["repository"] or "", os.path.dirname(package["manifest_path"])))
    return found


def web_packages() -> list[Package]:
    lock_file = os.path.join(ROOT, "web", "package-lock.json")
    if not os.path.exists(lock_file):
        return []
    with open(lock_file, encoding="utf-8") as file:
        lock = json.load(file)
    found = []
    for place, entry in lock["packages"].items():
        if not place or entry.get("dev") or entry.get("optional") or entry.get("peer") or entry.get("link"):
            continue
        folder = os.path.join(ROOT, "web", place)
        with open(os.path.join(folder, "package.json"), encoding="utf-8") as file:
            described = json.load(file)
        repository = described.get("repository") or ""
        home = repository.get("url", "") if isinstance(repository, dict) else repository
        license_name = described.get("license") or entry.get("license") or "see its licence file"
        if isinstance(license_name, dict):
            license_name = license_name.get("type", "see its licence file")
        found.append(Package(described["name"], described["version"], license_name, home, folder))
    return found


def home_page(raw: str) -> str:
    """A project's own page as a plain https address, or nothing."""
    page = re.sub(r"^git\+", "", raw.strip())
    page = re.sub(r"^(git|ssh)://(git@)?", "https://", page)
    page = re.sub(r"^git@([^:]+):", r"https://\1/", page)
    page = re.sub(r"^github:", "https://github.com/", page)
    if re.fullmatch(r"[\w.-]+/[\w.-]+", page):
        page = f"https://github.com/{page}"
    page = re.sub(r"\.git$", "", page).rstrip("/")
    return page if page.startswith("https://") or page.startswith("http://") else ""


def table(packages: list[Package]) -> list[str]:
    lines = ["| Package | Version | Licence | Project |", "|---|---|---|---|"]
    seen = set()
    for package in sorted(packages, key=lambda one: (one.name.lower(), one.version)):
        line = f"| {package.name} | {package.version} | {package.license} | {home_page(package.home)} |"
        if line not in seen:
            seen.add(line)
            lines.append(line)
    return lines


def render() -> tuple[str, str]:
    rust, web = (sorted(found, key=lambda one: (one.name.lower(), one.version)) for found in (rust_packages(), web_packages()))
    lines = [
        "# Software of others in Fairway",
        "",
        "Written by `make notices`; `make check` fails when it is out of date. The licence texts are in",
        "`third-party/licenses.txt`.",
        "",
        "## In the binary",
        "",
        *table(rust),
        "",
        "SQLite (public domain) is compiled into the binary through libsqlite3-sys.",
        "",
        "## In the web application",
        "",
        *table(web),
        "",
    ]
    by_text: dict[str, tuple[str, set[str]]] = {}
    for package in rust + web:
        for text in package.license_texts():
            digest = hashlib.sha256(re.sub(r"\s+", " ", text).encode()).hexdigest()
            by_text.setdefault(digest, (text, set()))[1].add(f"{package.name} {package.version}")
    blocks = []
    for text, names in sorted(by_text.values(), key=lambda one: (sorted(one[1])[0].lower(), one[0])):
        blocks.append("=" * 100 + "\n" + ", ".join(sorted(names, key=str.lower)) + "\n" + "-" * 100 + "\n" + text + "\n")
    return "\n".join(lines), "\n".join(blocks)


def main() -> int:
    files = dict(zip((LIST_FILE, TEXT_FILE), render()))
    if "--check" in sys.argv[1:]:
        stale = []
        for path, wanted in files.items():
            if not os.path.exists(path) or open(path, encoding="utf-8").read() != wanted:
                stale.append(os.path.relpath(path, ROOT))
        if stale:
            print(f"out of date: {', '.join(stale)}. Run:  make notices", file=sys.stderr)
            return 1
        return 0
    os.makedirs(os.path.dirname(TEXT_FILE), exist_ok=True)
    for path, content in files.items():
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
    print(f"wrote {', '.join(os.path.relpath(path, ROOT) for path in files)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
