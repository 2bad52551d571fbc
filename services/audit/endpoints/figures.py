"""Figures over HTTP: the indicators with their definitions, the numbers of a month, and the events behind each number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.audit import archive, asked
from services.audit.archive import b64
from services.audit.followed import followed
from services.audit.places import has
from services.audit.statistics.counting import StatisticsFollower
from services.audit.statistics.figures import SIDES, entries_of, events, figures, made_of
from services.audit.statistics.held import Period
from services.audit.statistics.indicators import DEFINITIONS, INDICATORS, Indicator
from services.audit.statistics.shown import told_lines
from services.contracts.visibility import unit_of
from services.contracts.words import STATION_ROLES
from services.kernel.contract import Said
from services.kernel.entrypoints import Request, http
from services.kernel.errors import NotFound, Refused, Unavailable
from services.kernel.manifest import Look

SEES_ALL = ("auditor", "service")
READERS = (*SEES_ALL, *STATION_ROLES, "administrator", "commissioner")
RESTRICTED = ("auditor", "supervisor", "station_head")
"""Who may read about safeguarding (INV-11)."""

ASKED = {
    "month": {"kind": "string", "pattern": "^[12][0-9]{3}-(0[1-9]|1[0-2])$"},
    "station": {"kind": "string", "pattern": "^[0-9]{2,17}$"},
    "size": {"kind": "integer", "minimum": 0},
    "known_at": {"kind": "string", "format": "date-time"},
}
PAGE = {
    "part": "string",
    "side": {"enum": list(SIDES)},
    "after": {"kind": "integer", "minimum": 0},
    "limit": {"kind": "integer", "minimum": 1, "maximum": asked.MOST},
}
LISTED = {"type": "object", "required": ["items"]}
PLACE = f"follower:{StatisticsFollower.name}"


@dataclass(frozen=True)
class Question:
    """Which month, at which station (empty: the hub), as known at which size of the ledger, and who wants to know."""

    month: Period
    station: str
    size: int
    own: bool
    restricted: bool

    @classmethod
    def of(cls, log: Any, request: Request, *more: str) -> Question:
        """Read from the query; refuses what it cannot read."""
        asked.only(request.query, *ASKED, *more)
        station, role = station_of(request.query.get("station", "")), request.actor.role
        own = role in SEES_ALL or at_home(log.look, request, station)
        return cls(
            month_of(request.query.get("month", "")), station, size_of(log, request), own, own and role in RESTRICTED
        )


def month_of(text: str) -> Period:
    """The month of a query."""
    try:
        return Period.of(text)
    except ValueError as wrong:
        raise asked.wrong("month", Said("a month, YYYY-MM", "月份, YYYY-MM")) from wrong


def station_of(text: str) -> str:
    """The area code of a station, or nothing for the hub."""
    if text and not (text.isascii() and text.isdecimal() and 2 <= len(text) <= 17):
        raise asked.wrong("station", Said("an area code, 2 to 17 digits", "区划代码, 2 至 17 位数字"))
    return text


def at_home(look: Look, request: Request, station: str) -> bool:
    """Whether whoever asks works at this station, at the one that it is a point of, or at one that serves it (INV-41)."""
    where = unit_of(request.actor.org)
    if request.actor.role not in STATION_ROLES or not station:
        return False
    return (where.isdecimal() and station.startswith(where)) or has(look, where, station)


def size_of(log: Any, request: Request) -> int:
    """The size of the ledger that figures are asked for; by default as far as everything has been counted."""
    counted = log.store.cursor(PLACE)
    known_at = asked.times(request.query).micros["known_at"]
    size = archive.size_at(log.look, known_at) if known_at is not None else counted
    size = asked.whole(request.query, "size", size, 0, asked.BEFORE_EVER)
    if size > archive.size_of(log.look):
        raise asked.wrong("size", Said("a size that the ledger has reached", "台账已达到的条数"))
    if size > counted and size > followed(log.store, PLACE, size):
        raise Unavailable("not everything has been counted yet")
    return size


def indicator_of(request: Request) -> Indicator:
    """The indicator that a path names."""
    found = INDICATORS.get(str(request.path["indicator"]))
    if found is None:
        raise NotFound("no such indicator")
    return found


def defined(indicator: Indicator) -> dict[str, Any]:
    """An indicator with its definition, in both languages."""
    of = indicator.of
    return {
        "code": indicator.code,
        "zh": indicator.name.zh,
        "en": indicator.name.en,
        "family": indicator.family,
        "unit": indicator.unit,
        "counts_zh": indicator.says.zh,
        "counts_en": indicator.says.en,
        "of_zh": None if of is None else of.zh,
        "of_en": None if of is None else of.en,
        "unknown_zh": indicator.unknown.zh,
        "unknown_en": indicator.unknown.en,
        "restricted": indicator.restricted,
    }


class Figures:
    """Numbers are for everybody at a station and for auditors; what they are made of for the station's own and auditors."""

    log: Any

    @http("GET", "/indicators", roles=READERS, answer=LISTED, says="what is counted, by which definitions")
    def indicators(self, request: Request) -> object:
        """Every indicator: what it counts, of what, and what becomes of the unknown."""
        asked.only(request.query)
        return {"definitions": DEFINITIONS, "items": [defined(indicator) for indicator in INDICATORS.values()]}

    @http("GET", "/figures", roles=READERS, query=ASKED, answer=LISTED, says="the figures of a month")
    def figures(self, request: Request) -> object:
        """The figures of a month at a station, or of the hub, as known at a size of the ledger or at a time."""
        question = Question.of(self.log, request)
        found = figures(self.log.look, question.station, question.month, question.size, restricted=question.restricted)
        return {
            "month": str(question.month),
            "station": question.station or None,
            "size": question.size,
            "root": b64(archive.root_of(self.log.look, question.size)),
            "definitions": DEFINITIONS,
            "items": told_lines([figure.said for figure in found], masked=not question.own),
        }

    @http(
        "GET",
        "/figures/{indicator}/events",
        roles=READERS,
        query=ASKED | PAGE,
        answer=LISTED,
        says="the events behind a number",
    )
    def events(self, request: Request) -> object:
        """The events that made one side of a number, page by page (INV-45)."""
        question, indicator = Question.of(self.log, request, *PAGE), indicator_of(request)
        if not question.own or (indicator.restricted and not question.restricted):
            raise not_here()
        side = request.query.get("side", "value")
        if side not in SIDES:
            raise asked.wrong("side", Said(f"one of: {', '.join(SIDES)}", f"以下之一: {', '.join(SIDES)}"))
        found = figures(
            self.log.look, question.station, question.month, question.size,
            restricted=question.restricted, only=(indicator.code,),
        )  # fmt: skip
        part = request.query.get("part", "")
        rows = [row for figure in found if figure.line.part == part for row in made_of(figure.line, side)]
        after, limit = asked.page(request.query)
        indices = [idx for idx in entries_of(rows) if idx >= after]
        following = indices[limit] if len(indices) > limit else None
        return {"items": events(self.log.look, indices[:limit]), "next": following, "size": question.size}


def not_here() -> Refused:
    """What a number is made of is nobody else's business."""
    return Refused(
        "not-your-station",
        "The events behind a number are for the station itself and for auditors; its number can be had with `figures`.",
        "数字背后的事件仅供本站与审计查看; 数字本身可查 `figures`。",
        field="station",
    )
