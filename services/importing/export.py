"""A register written out again from what a hub shows: codes with their labels, people only for who may read, with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.importing.days import HERE
from services.importing.hub import Hub, Refusal
from services.importing.mapping import Register

CATEGORIES = "identity,contact"
"""What the reading of a person asks for; each reading is on record (INV-33)."""


class Export:
    """One register of one hub, line by line."""

    def __init__(self, register: Register, hub: Hub, why: str | None) -> None:
        self.register, self.hub, self.why = register, hub, why
        self._columns: Mapping[str, Any] = register.export["columns"]
        self._people: Mapping[str, Any] = register.export.get("identity") or {}
        self._tables = {
            name: {term["code"]: term["zh"] for term in table["terms"]} for name, table in hub.code_tables().items()
        }
        self._known: dict[str, dict[str, Any]] = {}

    @property
    def headings(self) -> list[str]:
        """The headings, those of people last."""
        return [*self._columns, *(self._people["fields"] if self._shows_people else ())]

    @property
    def _shows_people(self) -> bool:
        return self.why is not None and bool(self._people)

    def lines(self) -> Iterator[list[Any]]:
        """Every line that the hub shows to the one who asks."""
        for row in self.hub.rows(self.register.export["list"]):
            cells = [self._cell(row, shown) for shown in self._columns.values()]
            if self._shows_people:
                person = self._person(row.get(self._people["of"]))
                cells += [person.get(name) for name in self._people["fields"].values()]
            yield cells

    def _cell(self, row: Mapping[str, Any], shown: Any) -> Any:
        if isinstance(shown, str):
            return row.get(shown)
        value = row.get(shown["field"])
        if value is None:
            return None
        if "table" in shown:
            labels = self._tables[shown["table"]]
            return "、".join(labels.get(code, code) for code in str(value).split(",") if code)
        if "words" in shown:
            return shown["words"].get(value, value)
        return as_written(value, shown["as"])

    def _person(self, person_id: str | None) -> dict[str, Any]:
        """What names a person, as far as the one who asks may read it; who may not gets an empty cell."""
        if person_id is None:
            return {}
        if person_id not in self._known:
            path = f"/intake/v1/persons/{UUID(person_id)}/identity"
            try:
                self._known[person_id] = self.hub.get(path, why=self.why, categories=CATEGORIES)["fields"]
            except Refusal:
                self._known[person_id] = {}
        return self._known[person_id]


def as_written(value: Any, kind: str) -> Any:
    """A day or hours as stations write them."""
    if kind == "hours":
        return int(value) / 60
    return datetime.fromisoformat(str(value)).astimezone(HERE).strftime("%Y/%m/%d")
