"""What is asked of Tasks in a search: filters of R4, of which all must hold, and where the page begins. Pure."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, get_args
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec

from services.kernel.errors import ContractBroken, FieldProblem
from services.referral.fhir.course import Task
from services.referral.fhir.machine import Status

MOST, USUAL = 200, 50
CODES: tuple[str, ...] = get_args(Status)
QUERY: dict[str, dict[str, Any]] = {
    "_id": {"format": "uuid"}, "status": {"description": "codes, joined by commas"},
    "owner": {"description": "Organization/<id>"}, "owner:missing": {"enum": ["true", "false"]},
    "focus": {"description": "ServiceRequest/<id>"},
    "_lastUpdated": {"description": "ge, gt, le or lt and a moment; may be given twice"},
    "_count": {"kind": "integer", "minimum": 1, "maximum": MOST}, "_include": {"enum": ["Task:focus"]},
    "_cursor": {"description": "from a page's next link"},
}  # fmt: skip
HELD = {"accepted": ("accepted", "disputed"), "in-progress": ("in_service",), "on-hold": ("paused",)}
"""In which states of a referral its Task may have such a code."""


class Place(msgspec.Struct, array_like=True, frozen=True):
    """After which Task a page begins."""

    changed_at: datetime
    offer_id: UUID
    taken: int


@dataclass(frozen=True, kw_only=True)
class Search:
    """A search, read; whoever asks for what is not known here is told what is."""

    ids: frozenset[UUID] | None
    statuses: frozenset[str] | None
    owner: UUID | None
    is_ownerless: bool
    focus: UUID | None
    bounds: tuple[tuple[str, datetime], ...]
    count: int
    includes: bool
    after: Place | None

    def takes(self, task: Task) -> bool:
        """Whether a Task, as it is now, is among those that are wanted."""
        return (
            (self.ids is None or task.task_id in self.ids)
            and (self.statuses is None or task.status in self.statuses)
            and all(_holds(bound, moment, _cut(task.at)) for bound, moment in self.bounds)
        )

    @property
    def since(self) -> datetime | None:
        """Nothing that was written down before this is wanted."""
        return max((moment for bound, moment in self.bounds if bound in ("ge", "gt")), default=None)


def _cut(at: datetime) -> datetime:
    """As exactly as it is shown: whoever asks for what came after a Task does not get it again."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _holds(bound: str, moment: datetime, at: datetime) -> bool:
    return {"ge": at >= moment, "gt": at > moment, "le": at <= moment, "lt": at < moment}[bound]


def read(query: str) -> Search:
    """A query string as a search."""
    pairs = parse_qsl(query, keep_blank_values=True)
    unknown = sorted({name for name, _ in pairs} - QUERY.keys())
    if unknown:
        raise ContractBroken(
            *(_problem(name, f"one of: {', '.join(QUERY)}", f"以下之一: {', '.join(QUERY)}") for name in unknown)
        )
    given = dict(pairs)
    return Search(
        ids=_ids(given.get("_id")), statuses=_statuses(given.get("status")), owner=_reference(given, "owner", "Organization"),
        is_ownerless=_ownerless(given.get("owner:missing")),
        focus=_reference(given, "focus", "ServiceRequest"),
        bounds=tuple(_bound(value) for name, value in pairs if name == "_lastUpdated"), count=_count(given),
        includes=_includes(given), after=_place(given.get("_cursor")),
    )  # fmt: skip


def _problem(name: str, en: str, zh: str) -> FieldProblem:
    return FieldProblem(field=name, code="invalid", expected_en=en, expected_zh=zh)


def _wrong(name: str, en: str, zh: str) -> ContractBroken:
    return ContractBroken(_problem(name, en, zh))


def _ids(given: str | None) -> frozenset[UUID] | None:
    return None if given is None else frozenset(_uuid("_id", each) for each in given.split(","))


def _uuid(name: str, text: str) -> UUID:
    try:
        return msgspec.convert(text, UUID)
    except msgspec.ValidationError as wrong:
        raise _wrong(name, "a UUID", "UUID") from wrong


def _statuses(given: str | None) -> frozenset[str] | None:
    if given is None:
        return None
    found = frozenset(each.rpartition("|")[2] for each in given.split(","))
    if not found <= set(CODES):
        raise _wrong("status", f"of: {', '.join(CODES)}", f"以下代码: {', '.join(CODES)}")
    return found


def _reference(given: dict[str, str], name: str, kind: str) -> UUID | None:
    text = given.get(name)
    return None if text is None else _uuid(name, text.removeprefix(f"{kind}/"))


def _bound(value: str) -> tuple[str, datetime]:
    bound, text = (value[:2], value[2:]) if value[:2] in ("ge", "gt", "le", "lt") else ("", value)
    try:
        moment: datetime | date = msgspec.convert(text, datetime if "T" in text else date)
    except msgspec.ValidationError:
        bound, moment = "", date.min
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    if not bound or moment.tzinfo is None:
        raise _wrong("_lastUpdated", "ge, gt, le or lt and a moment with its offset", "ge、gt、le 或 lt 加带时区的时刻")
    return bound, moment


def _count(given: dict[str, str]) -> int:
    text = given.get("_count", str(USUAL))
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise _wrong("_count", "a whole number from 1", "不小于 1 的整数")
    return min(int(text), MOST)


def _ownerless(given: str | None) -> bool:
    """Tasks that wait for whoever comes first: there are none here, for each is asked of somebody."""
    if given not in (None, "true", "false"):
        raise _wrong("owner:missing", "true or false", "true 或 false")
    return given == "true"


def _includes(given: dict[str, str]) -> bool:
    text = given.get("_include")
    if text not in (None, "Task:focus"):
        raise _wrong("_include", "Task:focus", "Task:focus")
    return text is not None


def _place(given: str | None) -> Place | None:
    if given is None:
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(given + "=" * (-len(given) % 4)), type=Place)
    except (ValueError, msgspec.DecodeError) as wrong:
        raise _wrong("_cursor", "from a page's next link", "上一页 next 链接中的游标") from wrong


def cursor(place: Place) -> str:
    """Where the next page begins."""
    return urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def states(statuses: Iterable[str] | None) -> tuple[set[str], set[str]] | None:
    """In which states of an offer, and of a referral that was taken, Tasks of these codes may be found; None: in any."""
    if statuses is None:
        return None
    offers, referrals = set[str](), set[str]()
    for status in statuses:
        if status in HELD:
            referrals |= set(HELD[status])
        elif status == "requested":
            offers.add("live")
        elif status == "rejected":
            offers |= {"declined", "refused"}
        else:
            return None
    return offers, referrals
