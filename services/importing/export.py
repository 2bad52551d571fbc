"""A register written out again from what a hub shows, as `wushe import` takes it over: codes with their labels, days as read.

Things are named by this hub's ids, so another hub that takes several of its registers over knows one person as one. People's
names come for those who may read them, with a reason alone; whatever was struck or voided is no part of a register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from services.importing.days import HERE
from services.importing.hub import Hub, Refusal
from services.importing.mapping import Register

PERSONS = "/intake/v1/persons/{id}/identity"
CATEGORIES = "identity,contact"
"""What the reading of a person asks for; each reading is on record (INV-33)."""

Row = Mapping[str, Any]


class Export:
    """One register of one hub, line by line."""

    def __init__(self, register: Register, hub: Hub, why: str | None) -> None:
        self.register, self.hub, self.why = register, hub, why
        self._export: Mapping[str, Any] = register.export
        self._columns: Mapping[str, Any] = register.export["columns"]
        self._people: Mapping[str, Any] = register.export.get("identity") or {}
        self._told: Mapping[str, Any] = register.export.get("told") or {}
        self._tables = {
            name: {term["code"]: term["zh"] for term in table["terms"]} for name, table in hub.code_tables().items()
        }
        self._known: dict[str, dict[str, Any]] = {}

    @property
    def headings(self) -> list[str]:
        """The headings, those of people and of what was told last."""
        return [*self._columns, *(name for part in self._sealed for name in part["fields"])]

    @property
    def _sealed(self) -> list[Mapping[str, Any]]:
        return [part for part in (self._people, self._told) if part and self.why is not None]

    def lines(self) -> Iterator[list[Any]]:
        """Every line that the hub shows to the one who asks."""
        for row in self._rows():
            cells = [self._cell(row, shown) for shown in self._columns.values()]
            if self.why is not None and self._people:
                cells += _first_of(self._person(at(row, self._people["of"])), self._people["fields"])
            if self.why is not None and self._told:
                cells += _first_of(self._notes(row), self._told["fields"])
            yield cells

    def _rows(self) -> Iterator[Row]:
        """The rows of the list that stand, each with what stands beside it in other lists."""
        beside = [(name, spec, self._beside(spec)) for name, spec in (self._export.get("beside") or {}).items()]
        without: Mapping[str, list[str]] = self._export.get("without") or {}
        for row in self.hub.rows(self._export["list"], **(self._export.get("where") or {})):
            if any(row.get(name) in values for name, values in without.items()):
                continue
            rows: list[Row] = [row]
            for name, spec, found in beside:
                rows = [joined for each in rows for joined in _joined(each, name, spec, found)]
            yield from rows

    def _beside(self, spec: Mapping[str, Any]) -> dict[tuple[Any, ...], list[Row]]:
        found: dict[tuple[Any, ...], list[Row]] = {}
        for row in self.hub.rows(spec["list"], **(spec.get("where") or {})):
            found.setdefault(tuple(row.get(name) for name in _names(spec["key"])), []).append(row)
        return found

    def _cell(self, row: Row, shown: Any) -> Any:
        spec: Mapping[str, Any] = {"field": shown} if isinstance(shown, str) else shown
        value = at(row, spec["field"])
        if value is None:
            return None
        if "table" in spec:
            labels = self._tables[spec["table"]]
            codes: list[str] = value if isinstance(value, list) else str(value).split(",")
            return "、".join(labels.get(code, code) for code in codes if code) or None
        if isinstance(value, list):
            return "、".join(value) or None
        if "words" in spec:
            return spec["words"].get(value, value)
        return as_written(value, spec["as"]) if "as" in spec else value

    def _person(self, key: str | None) -> dict[str, Any]:
        """What names a person, as far as the one who asks may read it; who may not gets an empty cell."""
        if key is None:
            return {}
        if key not in self._known:
            path = self._people.get("path", PERSONS)
            more = {"categories": CATEGORIES} if path == PERSONS else {}
            try:
                self._known[key] = self.hub.get(path.replace("{id}", str(UUID(key))), why=self.why, **more)["fields"]
            except Refusal:
                self._known[key] = {}
        return self._known[key]

    def _notes(self, row: Row) -> dict[str, Any]:
        """What was told with a row, by its fields: the last of each; nothing for whoever may not read it."""
        try:
            told = self.hub.get(self._told["path"].replace("{id}", str(UUID(row[self._told["of"]]))), why=self.why)
        except Refusal:
            return {}
        return {note["field"]: note["value"] for note in told["notes"]}


def _names(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said


def _joined(row: Row, name: str, spec: Mapping[str, Any], found: Mapping[tuple[Any, ...], list[Row]]) -> Iterable[Row]:
    """The row with what stands beside it: one, a list of one of its fields, or (`each`) a row for each of them."""
    rows = found.get(tuple(at(row, each) for each in _names(spec.get("of", spec["key"]))), [])
    if spec.get("each"):
        return [{**row, name: each} for each in rows] or [{**row, name: None}]
    if "field" in spec:
        return [{**row, name: [each[spec["field"]] for each in rows]}]
    return [{**row, name: rows[-1] if rows else None}]


def _first_of(found: Mapping[str, Any], fields: Mapping[str, str]) -> list[Any]:
    """Of each column the first of its fields (`name|pseudonym`) that is known."""
    return [next((found[each] for each in names.split("|") if found.get(each)), None) for names in fields.values()]


def at(row: Row, path: str) -> Any:
    """What stands under a path such as `case.person_id`; nothing where there is nothing."""
    found: Any = row
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def as_written(value: Any, kind: str) -> Any:
    """A day, a moment or hours as stations write them; a moment at which a day begins is that day."""
    if kind == "hours":
        return int(value) / 60
    moment = datetime.fromisoformat(str(value)).astimezone(HERE)
    return moment.strftime("%Y/%m/%d" if kind == "day" or moment.time() == time() else "%Y/%m/%d %H:%M")
