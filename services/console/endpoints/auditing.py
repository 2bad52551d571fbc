"""The auditor's way in: what is broken, finding a matter; and a matter at any two moments, compared with a third."""

from __future__ import annotations

import re
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from services.console import proved, views
from services.console.hub import Unreachable
from services.console.pages import machine, matters
from services.console.pages.matter import Model
from services.console.scopes import MATTERS
from services.console.web import Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound, Unavailable

AUDITORS = ("auditor",)
READERS = (*AUDITORS, *STATION_ROLES)
NEWEST = 50
REF = re.compile(r"[0-9a-f]{4,32}")


class Console(Protocol):
    """What these pages need of the console."""

    def matter_model(self, v: Visit) -> Model:
        """The matter of a visit."""
        ...


class Auditing:
    """What an auditor looks at, and the station whose matter it is."""

    @http("GET", "/audit", roles=None, page=True)
    @page_for(*AUDITORS)
    def audit_page(self, v: Visit) -> Page:
        """What is broken, what was found, and every matter to replay; or the one that was asked for by its number."""
        ref = v.request.query.get("ref", "").strip().lower()
        found = v.look.run(named(ref).where(MATTERS.rows(v.who.actor))) if ref else newest(v)
        if ref and len(found) == 1:
            return v.go(f"/matters/{found[0]['matter_id']}/time-machine")
        if ref and not found:
            v.failed = v.words("audit.no-such", ref=ref[:40])
        alarms = v.look.all(views.alarm)
        return v.page(matters.audit_page(found or newest(v), alarms, v.frame("/audit"), proved.ledger(v.hub), ref))

    @http("GET", "/matters/{id}/time-machine", roles=None, page=True)
    @page_for(*READERS)
    def time_machine(self: Console, v: Visit) -> Page:
        """The matter as it was at one moment, by what was known at another, with what a third knew otherwise marked."""
        model, query = self.matter_model(v), v.request.query
        moments = asked(v, "moments")
        if not moments["known"]:
            raise Unavailable(v.words("machine.not-yet"))
        hands = machine.hands(moments, query.get("known", ""), query.get("valid", ""), query.get("other", ""))
        valid = {} if hands.valid_at is None else {"valid_at": hands.valid_at.isoformat()}
        state = asked(v, "state", size=str(hands.size), **valid)
        between = {"from_size": str(hands.first.size), "to_size": str(hands.second.size), **valid}
        told = asked(v, "diff", **between)["differences"] if hands.first != hands.second else []
        return v.page(machine.page(model, hands, state, told, v.frame("/matters"), witnesses(v)))


def newest(v: Visit) -> list[dict[str, Any]]:
    """The matters in which something happened last."""
    query = sa.select(views.matter).order_by(views.matter.c.changed_at.desc()).limit(NEWEST)
    return v.look.run(query.where(MATTERS.rows(v.who.actor)))


def named(ref: str) -> sa.Select[Any]:
    """The matters whose id begins so, with or without hyphens; none where it is no beginning of an id."""
    digits = ref.replace("-", "")
    query = sa.select(views.matter).order_by(views.matter.c.changed_at.desc()).limit(NEWEST)
    if not REF.fullmatch(digits):
        return query.where(sa.false())
    first, last = (UUID(digits.ljust(32, end)) for end in "0f")
    return query.where(views.matter.c.matter_id.between(first, last))


def seen(v: Visit) -> None:
    """Whoever may not see the matter of the path learns nothing more than of one that is not there."""
    if not v.look.run(
        sa.select(views.matter.c.matter_id).where(views.matter.c.matter_id == v.id, MATTERS.rows(v.who.actor))
    ):
        raise NotFound("no such matter")


def asked(v: Visit, what: str, **query: str) -> Any:
    """What audit answers about the matter of the path; that somebody looked is on record there."""
    answer = v.hub.get("audit", f"/matters/{v.id}/{what}", purpose="console", **query)
    if not answer.ok:
        raise NotFound("no such matter") if answer.status == 404 else Unavailable(answer.why(v.words.lang))
    return answer.body


def witnesses(v: Visit) -> Any:
    """Who vouches for the ledger, as far as whoever looks may know; None where audit does not say."""
    try:
        answer = v.hub.get("audit", "/witnesses")
    except Unreachable:
        return None
    return answer.body if answer.ok else None
