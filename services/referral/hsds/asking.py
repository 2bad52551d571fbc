"""What is asked of the directory: filters, of which all must hold, and the page that is wanted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

import msgspec

from services.kernel.errors import ContractBroken, FieldProblem
from services.referral.domain.offering import covers
from services.referral.hsds import shapes, terms
from services.referral.hsds.facts import Listed, Offered

MOST = 1_000
USUAL = 50
LONGEST = 200

FORMATS = ("json", "ndjson")
COMMON: dict[str, dict[str, Any]] = {
    "search": {"maxLength": LONGEST},
    "page": {"kind": "integer", "minimum": 1, "maximum": 10**9},
    "per_page": {"kind": "integer", "minimum": 1, "maximum": MOST},
    "format": {"enum": list(FORMATS)},
}
BOOLEAN: dict[str, Any] = {"kind": "boolean"}
SERVICES = COMMON | {
    "taxonomy_term_id": {"format": "uuid"}, "taxonomy_id": {"format": "uuid"}, "organization_id": {"format": "uuid"},
    "modified_after": {"format": "date-time"}, "full": BOOLEAN, "division": {"pattern": "^[0-9]{2,12}$"},
}  # fmt: skip
"""The standard's filters, and `division` of the profile; where something lies in metres nobody knows here."""


@dataclass(frozen=True)
class Asked:
    """A query, read: whoever asks for what is not known here is told what is."""

    query: Mapping[str, str]
    known: Mapping[str, dict[str, Any]]

    def __post_init__(self) -> None:
        """Refuse what nobody would answer."""
        names = ", ".join(self.known)
        wrong = [_problem(name, f"one of: {names}", f"以下之一: {names}", "unknown-field")
                 for name in self.query if name not in self.known]  # fmt: skip
        if wrong:
            raise ContractBroken(*wrong)

    def text(self, name: str) -> str:
        """A filter's text; empty where it was not asked for."""
        given = self.query.get(name, "")
        if len(given) > LONGEST or "\x00" in given:
            raise ContractBroken(_problem(name, f"at most {LONGEST} characters", f"不超过 {LONGEST} 字"))
        return given

    def read(self, name: str, kind: Any, en: str, zh: str) -> Any:
        """A filter's value, or None."""
        if not (given := self.text(name)):
            return None
        try:
            return msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError as wrong:
            raise ContractBroken(_problem(name, en, zh)) from wrong

    def flag(self, name: str) -> bool:
        """A yes or no."""
        return bool(self.read(name, bool, "true or false", "true 或 false"))

    def number(self, name: str, usual: int, most: int) -> int:
        """A whole number from 1."""
        en, zh = f"a whole number from 1 to {most}", f"1 至 {most} 的整数"
        given = self.read(name, int, en, zh)
        if given is not None and not 1 <= given <= most:
            raise ContractBroken(_problem(name, en, zh))
        return usual if given is None else int(given)

    def id(self, name: str) -> str | None:
        """A UUID as HSDS writes it."""
        found = self.read(name, UUID, "a UUID", "UUID")
        return None if found is None else str(found)

    def instant(self, name: str) -> datetime | None:
        """A moment, with its offset."""
        en, zh = "an instant with its offset, RFC 3339", "带时区的 RFC 3339 时刻"
        found: datetime | None = self.read(name, datetime, en, zh)
        if found is not None and found.tzinfo is None:
            raise ContractBroken(_problem(name, en, zh))
        return found

    @property
    def lines(self) -> bool:
        """Whether all is wanted, a line each."""
        given = self.text("format") or "json"
        if given not in FORMATS:
            raise ContractBroken(_problem("format", f"one of: {', '.join(FORMATS)}", f"以下之一: {', '.join(FORMATS)}"))
        return given == "ndjson"

    def page(self, found: Sequence[Any], shape: Callable[[Any], Any]) -> dict[str, Any]:
        """One page of what was found, in the standard's envelope."""
        number, size = self.number("page", 1, 10**9), self.number("per_page", USUAL, MOST)
        here = found[(number - 1) * size : number * size]
        pages = max(1, ceil(len(found) / size))
        return {
            "total_items": len(found), "total_pages": pages, "page_number": number, "size": len(here),
            "first_page": number == 1, "last_page": number >= pages, "empty": not here,
            "contents": [shape(each) for each in here],
        }  # fmt: skip


def _problem(name: str, en: str, zh: str, code: str = "invalid") -> FieldProblem:
    return FieldProblem(field=name, code=code, expected_en=en, expected_zh=zh)


def says(text: str, words: Iterable[str | None]) -> bool:
    """Whether each word that is searched for stands in any of these."""
    here = " ".join(word for word in words if word).casefold()
    return all(word in here for word in text.casefold().split())


def organizations(asked: Asked, found: Iterable[Listed]) -> list[Listed]:
    """Those of which all that is asked for holds."""
    text = asked.text("search")
    return [
        each for each in found if says(text, (*each.names, each.code, shapes.organization_basic(each)["description"]))
    ]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The filters of services, read; all of them must hold."""

    text: str
    term: str | None
    taxonomy: str | None
    organization: str | None
    after: datetime | None
    division: str

    def takes(self, offered: Offered) -> bool:
        """Whether a service is among those that are wanted."""
        changed = shapes.changed_at(offered)
        return (
            self.organization in (None, str(offered.by.organization_id))
            and (not self.division or not offered.areas or covers(offered.areas, self.division))
            and (self.after is None or (changed is not None and changed >= self.after))
            and self._of_terms(offered)
            and (not self.text or self._said(offered))
        )

    def _of_terms(self, offered: Offered) -> bool:
        if self.term is None and self.taxonomy is None:
            return True
        tables = {code: terms.of_service(code) for code in offered.service_codes}
        its_terms = {terms.term_id(table, code) for code, table in tables.items()}
        return self.term in (None, *its_terms) and self.taxonomy in (None, *map(terms.taxonomy_id, tables.values()))

    def _said(self, offered: Offered) -> bool:
        shape = shapes.service_basic(offered)
        words = (shape["name"], shape["alternate_name"], shape.get("eligibility_description"))
        return says(self.text, (*words, *offered.service_codes, *offered.by.names))


def services(asked: Asked, found: Iterable[Offered]) -> list[Offered]:
    """Those of which all that is asked for holds."""
    wanted = Wanted(
        text=asked.text("search"), term=asked.id("taxonomy_term_id"), taxonomy=asked.id("taxonomy_id"),
        organization=asked.id("organization_id"), after=asked.instant("modified_after"), division=asked.text("division"),
    )  # fmt: skip
    return [each for each in found if wanted.takes(each)]
