"""A directory in the form of HSDS 3.0 as commands: organizations to be registered, with what they offer. Nobody is verified.

Each organization, service, location and service at a location is a line of the report. What the hub has no code for is
said, and not guessed; and what of a line is not taken over is said by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import get_args
from uuid import UUID

from services.contracts.codes import NEED
from services.contracts.codes_divisions import parts_of
from services.contracts.codes_referral import SERVICE
from services.contracts.referral import OrganizationKind
from services.importing.found import Finding, Weight
from services.importing.hsds_dataset import Dataset, NoDirectory, Row, read, said
from services.importing.plan import Planned, Step
from services.kernel.ids import founded, shared

__all__ = ["NoDirectory", "Plan", "read"]

DIVISION, KIND = "CN-statistical-division", "organization_kind"
USCC = "CN-USCC"
CLOSED = ("inactive", "defunct")
OTHERS = "(others)"


@dataclass
class Plan:
    """What a dataset becomes; `kind` is what an organization is of which nobody says, `codes` what a term means here."""

    dataset: Dataset
    org: str
    kind: OrganizationKind = "social_organization"
    codes: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Planned]:
        """Organizations first, then what they offer, then where they are found."""
        tables = self.dataset.tables
        yield from map(self._organization, tables["organizations"].values())
        yield from map(self._service, tables["services"].values())
        yield from map(self._location, tables["locations"].values())
        yield from map(self._place, tables["service_at_locations"].values())
        if others := list(said(self.dataset.beside.get("", Counter()))):
            planned = self._planned()
            _left(planned, OTHERS, others)
            yield planned

    def __post_init__(self) -> None:
        """Rows are counted over all tables; of an organization's locations the first that has a division is its area."""
        self._rows = 0
        self._seats: dict[str, tuple[str, str]] = {}
        for ident, row in self.dataset.tables["locations"].items():
            owner, code = self._found_at(ident, row), division_of(row)
            if owner is not None and code is not None:
                self._seats.setdefault(owner, (ident, code))

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
        area = self._seats[ident][1] if ident in self._seats else None
        known = {name: value for name, value in (("uscc", uscc), ("area", area)) if value}
        planned.steps.append(_step(planned, key, "register-organization", body | known, key))
        _left(planned, "organizations", self.dataset.left("organizations", row))
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
        _left(planned, "services", self.dataset.left("services", row))
        return planned

    # --- where ---

    def _found_at(self, ident: str, row: Row) -> str | None:
        """Which organization is found at a location: the one that it names, or whose service is to be had there."""
        organizations, services = self.dataset.tables["organizations"], self.dataset.tables["services"]
        there = [str(at.get("service_id")) for at in self.dataset.of("service_at_locations", "location_id", ident)]
        named = [
            str(row.get("organization_id")),
            *(str(services.get(each, {}).get("organization_id")) for each in there),
        ]
        return next((owner for owner in named if owner in organizations), None)

    def _location(self, row: Row) -> Planned:
        """A location is the area of its organization, or is left out and said."""
        planned, ident = self._planned(), str(row.get("id", ""))
        owner = self._found_at(ident, row)
        if owner is None:
            _found(planned, "locations.organization_id", "no-organization",
                   "left out, for it is of no organization of this dataset", "未接收: 不属于数据集中的机构", "note")  # fmt: skip
        elif division_of(row) is None:
            _found(planned, "locations.external_identifier", "no-division",
                   f"left out, for it has no code of a division ({DIVISION})", f"未接收: 无区划代码 ({DIVISION})", "note")  # fmt: skip
        elif self._seats[owner][0] != ident:
            _found(planned, "locations.organization_id", "one-area",
                   "left out, for an organization has one area here, that of its first location",
                   "未接收: 机构在此只有一个所在区划, 取其首个地点", "note")  # fmt: skip
        else:
            _left(planned, "locations", self.dataset.left("locations", row))
        return planned

    def _place(self, row: Row) -> Planned:
        """A service is found where its organization is; a place of its own is left out and said."""
        planned, at = self._planned(), str(row.get("location_id"))
        service = self.dataset.tables["services"].get(str(row.get("service_id")), {})
        area = self._seats.get(str(service.get("organization_id")))
        if area is None or area[0] != at:
            _found(planned, "service_at_locations.location_id", "no-place-of-its-own",
                   "left out, for a service is found where its organization is", "未接收: 服务地点以机构所在区划为准", "note")  # fmt: skip
        _left(planned, "service_at_locations", self.dataset.left("service_at_locations", row))
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
        if not areas:
            _found(planned, "service_areas", "everywhere", "no area is given, so it is offered everywhere",
                   "未注明服务区域, 视为不限区域", "note")  # fmt: skip
        codes = [str(each.get("extent", "")) for each in areas]
        known = [code for code in codes if _is_code(code)]
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


def division_of(location: Row) -> str | None:
    """The code of the division in which a location lies, without the zeros that fill it up; None where none is given."""
    code = str(location.get("external_identifier", ""))
    if location.get("external_identifier_type") != DIVISION or not _is_code(code):
        return None
    return list(parts_of(code).values())[-1]


def _is_code(code: str) -> bool:
    return code.isascii() and code.isdecimal() and 2 <= len(code) <= 12


def _left(planned: Planned, table: str, names: list[str]) -> None:
    """Say what of a row, or beside it, is not taken over."""
    if names:
        listed = ", ".join(names)
        _found(
            planned,
            table,
            "left-out",
            f"not kept here, and left out: {listed}",
            f"此处不登记, 未接收: {listed}",
            "note",
        )


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
