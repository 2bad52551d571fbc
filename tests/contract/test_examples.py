"""The language as it was released: every example is read for good, and no contract can hold what it must not."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec
import pytest

import services.contracts
from services.contracts.words import Handoff
from services.kernel.contract import (
    COMMANDS,
    EVENTS,
    about,
    canonical,
    hints,
    name_of,
    personal_fields,
    read_data,
    version_of,
)
from services.kernel.upcast import UPCASTERS, current, upcasts

for _module in pkgutil.walk_packages(services.contracts.__path__, "services.contracts."):
    importlib.import_module(_module.name)

OURS = "services.contracts."
ALL_EVENTS = {name: cls for name, cls in EVENTS.items() if cls.__module__.startswith(OURS)}
ALL_COMMANDS = {name: cls for name, cls in COMMANDS.items() if cls.__module__.startswith(OURS)}
CONTRACTS = [*ALL_EVENTS.values(), *ALL_COMMANDS.values()]
EXAMPLES = sorted((Path(services.contracts.__path__[0]) / "examples").iterdir())
FILE = re.compile(r"(?P<name>[a-z-]+\.[a-z-]+)\.v(?P<version>[1-9][0-9]*)\.json")

PLAIN = (UUID, date, datetime, bool, int, NoneType)
"""What may stand in an event beside texts of a pattern, literals, lists and nested classes of these."""
LONGEST = 160
CATEGORIES = {"identity", "contact", "narrative", "health", "directory"}
"""What the vault seals; `directory` are the names of organizations."""


def read_example(file: Path) -> tuple[type, Any]:
    """An example in today's shape, with its class."""
    found = FILE.fullmatch(file.name)
    assert found, f"{file.name} is not <wire-name>.v<version>.json"
    cls = EVENTS[found["name"]]
    return cls, read_data(cls, current(cls, int(found["version"]), file.read_bytes()))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_every_example_ever_released_is_read(file: Path) -> None:
    cls, event = read_example(file)
    again = canonical(event)
    assert isinstance(event, cls)
    assert canonical(json.loads(again)) == again
    assert read_data(cls, again) == event


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_of_today_is_what_would_be_written_today(file: Path) -> None:
    cls, event = read_example(file)
    if file.name.endswith(f".v{version_of(cls)}.json"):
        assert json.loads(canonical(event)) == json.loads(file.read_bytes())


@pytest.mark.parametrize("cls", ALL_EVENTS.values(), ids=name_of)
def test_every_event_has_an_example_of_every_version(cls: type) -> None:
    there = {file.name for file in EXAMPLES}
    assert {f"{name_of(cls)}.v{version}.json" for version in range(1, version_of(cls) + 1)} <= there
    assert {version for name, version in UPCASTERS if name == name_of(cls)} == set(range(1, version_of(cls)))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_unknown_fields_are_passed_over(file: Path) -> None:
    cls, event = read_example(file)
    tomorrow = json.loads(canonical(event)) | {"a_field_of_tomorrow": {"and": ["more"]}}
    if tomorrow.get("handoff"):
        tomorrow["handoff"]["of_tomorrow"] = 1
    assert read_data(cls, canonical(tomorrow)) == event


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_could_be_stored(file: Path) -> None:
    _, event = read_example(file)
    stored = canonical(event)
    assert stored.isascii()
    assert b" " not in stored


def test_what_was_said_in_an_old_shape_is_read_in_the_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cls = EVENTS["case.opened"]
    name = name_of(cls)
    newest = version_of(cls) + 1
    monkeypatch.setitem(cls.__hub__, "version", newest)  # type: ignore[attr-defined]
    monkeypatch.setitem(UPCASTERS, (name, newest - 1), lambda data: data)
    upcasts(name, from_version=newest - 1)(lambda data: {"opened": 1, **data})
    assert json.loads(current(cls, newest - 1, b'{"a":2}')) == {"opened": 1, "a": 2}
    assert current(cls, newest, b'{"a": 2}') == b'{"a": 2}'
    assert current(cls, newest + 1, b'{"a": 2}') == b'{"a": 2}'


# --- what a field may hold --------------------------------------------------------------------------------------------


def wrong(hint: Any, pattern: str | None = None) -> Iterator[str]:
    """What of an annotation could hold a sentence, or is none of the types of events."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        patterns = [m.pattern for m in arguments[1:] if isinstance(m, msgspec.Meta) and m.pattern]
        yield from wrong(arguments[0], patterns[0] if patterns else pattern)
    elif origin in (Union, UnionType):
        for part in arguments:
            yield from wrong(part, pattern)
    elif origin is tuple:
        if arguments[-1] is not Ellipsis or len(arguments) != 2:
            yield f"{hint} is no tuple[X, ...]"
        yield from wrong(arguments[0])
    elif origin is Literal:
        yield from (f"literal {value!r}" for value in arguments if not (isinstance(value, str) and value.isascii()))
    elif hint is str:
        if pattern is None or not says_little(pattern):
            yield f"text of the pattern {pattern}"
    elif is_dataclass(hint) and isinstance(hint, type):
        for inner in hints(hint).values():
            yield from wrong(inner)
    elif hint not in PLAIN:
        yield str(hint)


def says_little(pattern: str) -> bool:
    """Whether what matches is short, in one piece, and of ASCII letters, digits and marks."""
    anchored = pattern.startswith("^") and pattern.endswith(r"$(?!\n)")
    strange = ("a b", "句", "a\nb", "a" * (LONGEST + 1), "worker:" + "a" * LONGEST, "1" * (LONGEST + 1), "é")
    return anchored and not any(re.search(pattern, text) for text in strange)


@pytest.mark.parametrize("cls", ALL_EVENTS.values(), ids=name_of)
def test_no_field_of_an_event_could_hold_a_sentence(cls: type) -> None:
    assert {field: found for field, hint in hints(cls).items() if (found := list(wrong(hint)))} == {}


def test_what_could_hold_a_sentence_is_found() -> None:
    for hint in (
        str, str | None, tuple[str, ...], Annotated[str, msgspec.Meta(max_length=9)], Annotated[str, msgspec.Meta(pattern="^.*$")],
        float, dict[str, int], list[UUID], Any, Literal["一"], tuple[int, int], Annotated[str, msgspec.Meta(pattern="[a-z]")],
    ):  # fmt: skip
        assert list(wrong(hint)), hint


@pytest.mark.parametrize("cls", ALL_COMMANDS.values(), ids=name_of)
def test_free_text_of_a_command_is_sealed(cls: type) -> None:
    sealed = personal_fields(cls)
    assert set(sealed.values()) <= CATEGORIES
    assert {
        field: found for field, hint in hints(cls).items() if field not in sealed and (found := list(wrong(hint)))
    } == {}


# --- names and facts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", CONTRACTS, ids=name_of)
def test_every_contract_says_what_it_is_in_both_languages(cls: type) -> None:
    said = (cls.__doc__ or "").strip()
    assert said
    assert not said.startswith(f"{cls.__name__}("), "the dataclass wrote this docstring"
    assert said.endswith((".", "。"))
    assert re.search(r"[一-鿿]", str(about(cls)["zh"]))
    assert not re.search(r"\s$|^\s", str(about(cls)["zh"]))


@pytest.mark.parametrize("name", ALL_EVENTS)
def test_an_events_name_is_an_aggregate_and_what_happened_to_it(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*", name)


@pytest.mark.parametrize("name", ALL_COMMANDS)
def test_a_commands_name_is_kebab_case(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


def test_names_are_unique() -> None:
    classes = Counter(cls.__name__ for cls in CONTRACTS)
    assert [name for name, times in classes.items() if times > 1] == []
    assert not set(ALL_EVENTS) & set(ALL_COMMANDS)


def test_a_chinese_name_means_one_event() -> None:
    named = Counter((cls.__module__.split(".")[2], about(cls)["zh"]) for cls in ALL_EVENTS.values())
    assert [zh for zh, times in named.items() if times > 1] == []


@pytest.mark.parametrize("cls", ALL_EVENTS.values(), ids=name_of)
def test_what_is_declared_of_an_event_is_known(cls: type) -> None:
    facts = about(cls)
    assert set(facts) <= {"name", "zh", "version", "handoff", "opens", "closes", "restricted", "strikes", "reading"}
    assert facts.get("opens") in (None, "matter", "need")
    assert facts.get("closes") in (None, "matter", "need")
    assert not (facts.get("opens") and facts.get("closes"))


@pytest.mark.parametrize("cls", ALL_EVENTS.values(), ids=name_of)
def test_a_handoff_names_both_ends_and_the_matter(cls: type) -> None:
    shape = hints(cls)
    assert bool(about(cls).get("handoff")) == ("handoff" in shape)
    if "handoff" in shape:
        assert shape["handoff"] in (Handoff, Handoff | None)
        assert "matter_id" in shape


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_the_handoff_of_an_example_is_of_its_matter(file: Path) -> None:
    _, event = read_example(file)
    handoff = getattr(event, "handoff", None)
    if handoff is not None:
        assert handoff.giver
        assert handoff.takers
        assert handoff.matter_id == event.matter_id
        if getattr(event, "need_id", None) is not None:
            assert handoff.need_id == event.need_id


@pytest.mark.parametrize(
    "cls", [c for c in ALL_EVENTS.values() if about(c).get("opens") or about(c).get("closes")], ids=name_of
)
def test_what_opens_or_closes_says_which(cls: type) -> None:
    shape, facts = hints(cls), about(cls)
    assert "matter_id" in shape
    if "need" in (facts.get("opens"), facts.get("closes")):
        assert {"need_id", "handoff"} & set(shape)


@pytest.mark.parametrize("service", ["console", "partner", "audit"])
def test_a_service_in_a_process_of_its_own_knows_what_it_hears(service: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"import services.{service}.service; from services.kernel.contract import EVENTS; print(*EVENTS)"],
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    hears = ("intake", "referral", "volunteer")
    assert {name for name, cls in ALL_EVENTS.items() if cls.__module__.split(".")[2] in hears} <= set(
        told.stdout.split()
    )
