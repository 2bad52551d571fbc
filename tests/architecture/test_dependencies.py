"""Every dependency has its reason and its hash, and the two locks agree."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(\[.*\])?==(?P<version>\S+) \\$", re.MULTILINE)


def plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(source: str) -> set[str]:
    """What a .in file asks for by name."""
    lines = (ROOT / source).read_text(encoding="utf-8").splitlines()
    return {plain(found.group()) for line in lines if (found := re.match(r"[A-Za-z][\w.-]*", line))}


def explained() -> set[str]:
    """The packages that have a line in the tables of decision 0000, before the last heading."""
    text = (ROOT / "docs/decisions/0000-dependencies.md").read_text(encoding="utf-8").partition("## What it costs")[0]
    rows = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    return {plain(name.strip()) for row in rows for name in row.split(",")} - {"package", "-"}


def pinned(lock: str) -> dict[str, str]:
    """The versions a lock holds, by name."""
    return {plain(found["name"]): found["version"] for found in PINNED.finditer((ROOT / lock).read_text())}


def test_each_dependency_has_its_reason_and_no_reason_stands_alone() -> None:
    assert explained() == asked_for("requirements.in") | asked_for("requirements-dev.in")


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_holds_what_was_asked_for(name: str) -> None:
    assert asked_for(f"{name}.in") <= set(pinned(f"{name}.lock"))


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_each_locked_package_has_a_hash(name: str) -> None:
    lock = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE).strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert len(entries) == len(pinned(f"{name}.lock"))


def test_the_two_locks_agree() -> None:
    runtime, tests = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert {name: tests[name] for name in runtime.keys() & tests.keys() if runtime[name] != tests[name]} == {}
