"""Writes the documents that are generated from the code: docs/events.md, docs/invariants.md, and tables in other pages."""

from __future__ import annotations

import importlib
import pkgutil
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import MISSING, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import services.contracts
from services.kernel.contract import EVENTS, about, expectation, hints
from services.kernel.settings import table
from wushe import asyncapi, invariants

ROOT = Path(__file__).parents[1]
PUBLISHERS = ("intake", "referral", "volunteer", "audit", "partner", "console")
VERIFIERS = ("wushe_verify.py", "wushe-verify.html")
FILES, FILES_END = "<!-- verifiers: written by `make docs` -->", "<!-- end of verifiers -->"
BEGIN, END = "<!-- settings: written by `make docs` -->", "<!-- end of settings -->"

HEAD = """\
# Events

Everything that the hub says, in the order of its publishers.
This page is written by `make docs` from `services/contracts`; a test holds that it is current.
How to receive events stands in [partners.md](partners.md), what they promise in [guarantees.md](guarantees.md).

An event is a [CloudEvents 1.0](https://cloudevents.io) envelope in JSON; the fields below are its `data`.
Readers pass over fields that they do not know.
No event holds a name, a number of a document, an address or a sentence: such values are sealed, and events hold their digests.
"""

MARKS = {
    "handoff": "Responsibility moves, or is asked to: see `handoff`.",
    "restricted": "Only those named for safeguarding hear of it.",
}


def write(check: bool = False) -> list[str]:
    """Write what is out of date, or with `check` only find it; the names of the files in question."""
    stale = []
    for path, text in wanted():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path.relative_to(ROOT)))
            if not check:
                path.write_text(text, encoding="utf-8")
    return stale


def wanted() -> Iterator[tuple[Path, str]]:
    """Every generated document as it should be."""
    yield ROOT / "docs/events.md", events()
    yield ROOT / "docs/asyncapi.json", asyncapi.text()
    yield ROOT / "docs/invariants.md", invariants.page()
    yield ROOT / "docs/bundle.md", with_verifiers((ROOT / "docs/bundle.md").read_text(encoding="utf-8"))
    for name, zh in (("README.md", False), ("README.zh-CN.md", True)):
        yield ROOT / name, with_settings((ROOT / name).read_text(encoding="utf-8"), zh)


def with_settings(text: str, zh: bool) -> str:
    """A README with the table of settings that is true today."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", "", *table(zh), "", f"{END}{after}"])


def with_verifiers(text: str) -> str:
    """The page on bundles with the hashes of the two verifiers that belong to it."""
    before, _, rest = text.partition(FILES)
    _, _, after = rest.partition(FILES_END)
    hashes = [sha256((ROOT / "verifier" / name).read_bytes()).digest() for name in VERIFIERS]
    rows = [
        f"| {name} | `{found.hex()}` | `{urlsafe_b64encode(found).rstrip(b'=').decode()}` |"
        for name, found in zip(VERIFIERS, hashes, strict=True)
    ]
    head = ["| file | SHA-256 | as the ledger has it |", "| --- | --- | --- |"]
    return "\n".join([f"{before}{FILES}", "", *head, *rows, "", f"{FILES_END}{after}"])


def events() -> str:
    """The page of all events."""
    for module in pkgutil.walk_packages(services.contracts.__path__, "services.contracts."):
        importlib.import_module(module.name)
    by_publisher: dict[str, list[type]] = {name: [] for name in PUBLISHERS}
    for event in EVENTS.values():
        publisher = event.__module__.removeprefix("services.contracts.").partition(".")[0]
        if event.__module__.startswith("services.contracts."):
            by_publisher[publisher].append(event)
    parts = [HEAD]
    for publisher, said in by_publisher.items():
        if said:
            parts.append(f"## `{publisher}` ({len(said)})\n")
            parts += [_event(event) for event in sorted(said, key=lambda each: str(about(each)["name"]))]
    return "\n".join(parts)


def _event(event: type) -> str:
    facts = about(event)
    lines = [f"### `{facts['name']}` {facts['zh']}", "", _sentences(event.__doc__ or "")]
    notes = _notes(facts)
    if notes:
        lines += ["", *notes]
    lines += ["", "| field | is | may be missing |", "| --- | --- | --- |", *_rows(event), ""]
    return "\n".join(lines)


def _sentences(text: str) -> str:
    """A docstring as one paragraph, its line breaks taken out."""
    return " ".join(text.split())


def _notes(facts: dict[str, Any]) -> list[str]:
    notes = [sentence for fact, sentence in MARKS.items() if facts.get(fact)]
    notes += [f"Opens a {facts['opens']}."] if facts.get("opens") else []
    notes += [f"Closes a {facts['closes']}."] if facts.get("closes") else []
    notes += [f"Version {facts['version']}."] if facts["version"] > 1 else []
    return notes


def _rows(event: type) -> list[str]:
    rows = []
    for field in fields(event):
        missing = "" if field.default is MISSING and field.default_factory is MISSING else "yes"
        expected = expectation(hints(event)[field.name]).en.replace("<", "&lt;").replace("|", "\\|")
        rows.append(f"| `{field.name}` | {expected} | {missing} |")
    return rows
