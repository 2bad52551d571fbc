"""A directory in the form of HSDS 3.0 as commands: organizations to be registered, with what they offer. Nobody is verified.

Read are JSON (services or organizations with all that belongs to them, as an API answers; the tabular form; a line each)
and a folder of the standard's CSV files. What the hub has no code for is said, and not guessed.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from services.contracts.codes import NEED
from services.contracts.codes_referral import SERVICE
from services.contracts.referral import OrganizationKind
from services.importing.found import Finding, Weight
from services.importing.plan import Planned, Step
from services.kernel.ids import founded, shared

Row = dict[str, Any]
TABLES = ("organizations", "services", "service_areas", "attributes", "taxonomy_terms", "organization_identifiers")
DIVISION, KIND = "CN-statistical-division", "organization_kind"
USCC = "CN-USCC"
CLOSED = ("inactive", "defunct")


class NoDirectory(Exception):
    """This holds no directory in the form of HSDS."""


@dataclass
class Dataset:
    """The tables of a dataset, as far as they mean anything to the hub; each thing once."""

    tables: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, table: str, row: Row) -> None:
        """One row, by its id."""
        self.tables[table].setdefault(str(row.get("id", len(self.tables[table]))), row)

    def of(self, table: str, column: str, ident: str) -> list[Row]:
        """The rows that belong to something."""
        return [row for row in self.tables[table].values() if str(row.get(column)) == ident]

    # --- nested, as an API answers ---

    def service(self, row: Row) -> None:
        """A service with its organization, areas and attributes."""
        organization = row.get("organization")
        if isinstance(organization, dict):
            self.organization(organization)
            row = row | {"organization_id": organization.get("id")}
        self.add("services", row)
        self._belonging(row, "service_areas", "service_id")
        self._attributes(row)

    def organization(self, row: Row) -> None:
        """An organization with its identifiers and attributes, and the services where they stand in it."""
        self.add("organizations", row)
        self._belonging(row, "organization_identifiers", "organization_id")
        self._attributes(row)
        for service in row.get("services") or ():
            self.service(service | {"organization_id": row.get("id")})

    def _belonging(self, row: Row, table: str, column: str) -> None:
        for each in row.get(table) or ():
            self.add(table, each | {column: row.get("id")})

    def _attributes(self, row: Row) -> None:
        for each in row.get("attributes") or ():
            term = each.get("taxonomy_term") or {}
            self.add("attributes", each | {"link_id": row.get("id"), "taxonomy_term_id": term.get("id")})
            if term:
                self.add("taxonomy_terms", term)


def read(path: Path) -> Dataset:
    """A file, or a folder of CSV files; raises NoDirectory."""
    found = Dataset()
    try:
        if path.is_dir():
            for table in TABLES:
                _table(found, table, path / f"{table}.csv")
        else:
            _document(found, path.read_text(encoding="utf-8-sig"))
    except (ValueError, AttributeError, csv.Error) as wrong:
        raise NoDirectory(path.name) from wrong
    if not found.tables["organizations"]:
        raise NoDirectory(path.name)
    return found


def _table(found: Dataset, table: str, file: Path) -> None:
    if file.exists():
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                found.add(table, {name: value for name, value in row.items() if value})


def _document(found: Dataset, text: str) -> None:
    try:
        said = json.loads(text)
    except json.JSONDecodeError:
        said = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(said, dict) and "organizations.csv" in said:
        for table in TABLES:
            for row in said.get(f"{table}.csv") or ():
                found.add(table, row)
        return
    rows = said.get("contents", [said]) if isinstance(said, dict) else said
    for row in rows:
        if not isinstance(row, dict) or "name" not in row:
            raise ValueError("neither a service nor an organization")
        (found.service if "status" in row else found.organization)(row)


@dataclass
class Plan:
    """What a dataset becomes; `kind` is what an organization is of which nobody says, `codes` what a term means here."""

    dataset: Dataset
    org: str
    kind: OrganizationKind = "social_organization"
    codes: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Planned]:
        """Organizations first, then what they offer."""
        for row in self.dataset.tables["organizations"].values():
            yield self._organization(row)
        for row in self.dataset.tables["services"].values():
            yield self._service(row)

    def __post_init__(self) -> None:
        """Rows are counted over both tables."""
        self._rows = 0

    def _planned(self) -> Planned:
        self._rows += 1
        return Planned(row=self._rows)

    def organization_id(self, ident: str) -> UUID:
        """Under which id an organization stands in the hub; the same for every import of it."""
        return founded(shared("referral", self.org, _key("organization", ident)))

    def _organization(self, row: Row) -> Planned:
        planned, ident = self._planned(), str(row.get("id", ""))
        if not _is_id(ident) or not row.get("name"):
            _found(planned, "organizations.id", "no-id", "a UUID and a name", "UUID 标识与名称")
            return planned
        key = _key("organization", ident)
        body = {"kind": self._kind(ident), "code": f"hsds-{ident.lower()}", "name": str(row["name"])[:120]}
        uscc = next((each.get("identifier") for each in self.dataset.of("organization_identifiers", "organization_id", ident)
                     if each.get("identifier_scheme") == USCC), None)  # fmt: skip
        planned.steps.append(_step(planned, key, "register-organization", body | ({"uscc": uscc} if uscc else {}), key))
        if row.get("alternate_name"):
            alias = {"alias": str(row["alternate_name"])[:120]}
            step = _step(
                planned, _key("alias", ident), "add-organization-alias", alias, key, self.organization_id(ident)
            )
            planned.steps.append(step)
        return planned

    def _kind(self, ident: str) -> str:
        told = [
            code for taxonomy, code in self._terms(ident) if taxonomy == KIND and code in get_args(OrganizationKind)
        ]
        return told[0] if told else self.kind

    def _terms(self, ident: str) -> Iterator[tuple[str, str]]:
        for each in self.dataset.of("attributes", "link_id", ident):
            term = self.dataset.tables["taxonomy_terms"].get(str(each.get("taxonomy_term_id")), {})
            yield str(term.get("taxonomy", "")), str(term.get("code") or term.get("name") or "")

    def _service(self, row: Row) -> Planned:
        planned, ident = self._planned(), str(row.get("id", ""))
        of = str(row.get("organization_id", ""))
        if not _is_id(ident) or of not in self.dataset.tables["organizations"]:
            _found(
                planned,
                "services.organization_id",
                "no-organization",
                "an organization of this dataset",
                "数据集中的机构",
            )
            return planned
        if row.get("status") in CLOSED:
            _found(planned, "services.status", "not-open", "left out, for it is not to be had", "未开放, 略过", "note")
            return planned
        body = {"organization_id": str(self.organization_id(of)), "service_codes": self._needs(planned, ident),
                "areas": self._areas(planned, ident)}  # fmt: skip
        founding = _key("organization", of)
        planned.steps.append(_step(planned, _key("service", ident), "publish-offering", body, founding, depth=1))
        return planned

    def _needs(self, planned: Planned, ident: str) -> list[str]:
        said = [self.codes.get(code, code) for _, code in self._terms(ident)]
        known = [code for code in dict.fromkeys(said) if code in NEED.current.terms or code in SERVICE.current.terms]
        if not known:
            en = "a term that is a need or a service here; say with --code TERM=CODE what it means"
            _found(
                planned, "attributes.taxonomy_term", "no-code", en, "可对应的需求或服务代码; 请以 --code 词=代码 说明"
            )
        return known

    def _areas(self, planned: Planned, ident: str) -> list[str]:
        areas = self.dataset.of("service_areas", "service_id", ident)
        codes = [str(each.get("extent", "")) for each in areas]
        known = [code for code in codes if code.isascii() and code.isdecimal() and 2 <= len(code) <= 12]
        if areas and not known:
            _found(
                planned,
                "service_areas.extent",
                "no-division",
                "the code of a division, 2 to 12 digits",
                "2 至 12 位区划代码",
            )
        elif len(known) < len(codes):
            _found(planned, "service_areas.extent", "area-left-out", "an area without a division's code is left out",
                   "无区划代码的区域已略过", "note")  # fmt: skip
        return known


def _key(kind: str, ident: str) -> str:
    return f"hsds/{kind}/{ident.lower()}"


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _step(
    planned: Planned, key: str, command: str, body: Row, lane: str, path: UUID | None = None, depth: int = 0
) -> Step:
    founding = () if command == "register-organization" else (lane,)
    columns = {
        "service_codes": "attributes.taxonomy_term",
        "areas": "service_areas.extent",
        "name": "organizations.name",
    }
    return Step(row=planned.row, key=key, command=command, path=path, body=body, columns=columns, after=founding, lane=lane,
                depth=depth or len(founding))  # fmt: skip


def _found(planned: Planned, column: str, code: str, en: str, zh: str, weight: Weight = "wrong") -> None:
    planned.findings.append(Finding(row=planned.row, column=column, code=code, en=en, zh=zh, weight=weight))
