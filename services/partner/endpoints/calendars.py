"""Calendars: opened for one's own visits or those that one gives out, read at a secret address, and taken back."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import partner as public
from services.kernel.contract import read_request
from services.kernel.entrypoints import Hand, Page, Reply, Request, http
from services.kernel.errors import ContractBroken, FieldProblem, NotFound, Refused
from services.kernel.view import put
from services.partner import tables as t
from services.partner.appointments import appointment, attending, calendar, calendar_hash
from services.partner.domain import calendar as rules
from services.partner.endpoints.once import SECRET, Once, shown
from services.partner.ical import MEDIA, calendar_of, made_name
from services.partner.issued import digest

OWNERS = ("worker", "grid_worker", "supervisor", "coordinator", "station_head", "dispatcher", "volunteer", "team_leader",
          "partner", "administrator", "service")  # fmt: skip
PLACE = "/partner/calendars/"
MOST_OPEN = 5
MOST = 2_000
OPENING = {
    "type": "object", "required": ["party"], "additionalProperties": False, "properties": {"party": {"type": "string"}},
}  # fmt: skip
SHOWN = {"type": "object", "required": ["calendar_id", "path"], "properties": {"path": SECRET}}


class Calendars:
    """Visits per worker, volunteer or team, for whichever calendar program somebody uses."""

    log: Hand

    @http("POST", "/calendars", roles=OWNERS, takes=OPENING, says="the address, once", answer=SHOWN, status=201,
          keyed=True)  # fmt: skip
    def open_calendar(self, request: Request) -> Reply:
        """Open a calendar. Its address is in the answer and nowhere else: whoever has it reads the visits."""
        body = request.json if isinstance(request.json, dict) else {}
        once = Once.of(self.log, request, body)
        ident = once.made_id
        command: public.OpenCalendar = read_request(body | {"calendar_id": str(ident)}, public.OpenCalendar)[0]
        live = self.log.look.all(calendar, party=command.party, closed_at=None)
        if len([row for row in live if row["calendar_id"] != ident]) >= MOST_OPEN:
            raise Refused("too-many-calendars", f"There may be {MOST_OPEN} for one party; close one first.",
                          f"每个对象最多 {MOST_OPEN} 个日历地址, 请先收回其一。", allowed=("close-calendar",))  # fmt: skip
        secret = f"{ident.hex}_{token_urlsafe(32)}"
        row = put(calendar_hash, ident, digest=digest(secret))
        done = self.log.ask(rules.DECIDER, ident, command, request, once.command_id, rows=(row,), digest=once.digest)
        made = {"calendar_id": ident, "party": command.party, "path": f"{PLACE}{secret}.ics"}
        return shown(made, "path", done.again, ("close-calendar", "open-calendar"))

    @http("GET", "/calendars", roles=OWNERS, says="one's calendars", answer={"type": "object"},
          query={"party": {"kind": "string"}})  # fmt: skip
    def calendars(self, request: Request) -> object:
        """The calendars of a party, also those that were closed; never their addresses."""
        party = request.query.get("party", "")
        if not rules.may_open(request.actor, party):
            problem = {"expected_en": "a party whose visits one may show", "expected_zh": "本人有权查看的对象"}
            raise ContractBroken(FieldProblem(field="party", code="invalid", **problem))
        return {"items": self.log.look.all(calendar, party=party)}

    @http("POST", "/calendars/{id}/closing", roles=OWNERS, says="nothing is read there", answer={"type": "object"})
    def close_calendar(self, request: Request) -> object:
        """Take an address back, at once and for good."""
        body = request.json if request.body else {}
        command: public.CloseCalendar = read_request(body if isinstance(body, dict) else {}, public.CloseCalendar)[0]
        done = self.log.ask(rules.DECIDER, request.path["id"], command, request)
        return {"version": done.version}

    @http("GET", PLACE + "{token}", roles=None, page=True)
    def calendar_feed(self, request: Request) -> Page:
        """The visits, as they stand; an address that is wrong or was taken back is nothing."""
        row = self._found(str(request.path["token"]).removesuffix(".ics"))
        rows = self._visits(row["party"], row["within"])
        raw = calendar_of(made_name(row["party"], row["calendar_id"]), rows, self.log.store.clock())
        tag = f'"{sha256(raw).hexdigest()[:32]}"'
        headers = (("ETag", tag), ("Cache-Control", "private, no-cache"), ("X-Robots-Tag", "noindex"),
                   ("Referrer-Policy", "no-referrer"))  # fmt: skip
        if request.knows(tag):
            return Page(b"", 304, headers, MEDIA)
        return Page(raw, 200, headers, MEDIA)

    def _found(self, secret: str) -> dict[str, Any]:
        try:
            ident = UUID(hex=secret.partition("_")[0])
        except ValueError as wrong:
            raise NotFound("nothing at this address") from wrong
        kept, row = self.log.look.one(calendar_hash, ident), self.log.look.one(calendar, ident)
        same = kept is not None and compare_digest(bytes(kept["digest"]), digest(secret))
        if row is None or not same or row["closed_at"] is not None:
            raise NotFound("nothing at this address")
        return dict(row)

    def _visits(self, party: str, within: str | None) -> list[dict[str, Any]]:
        """The party's own visits, and of a team those of its members; who goes and who went no more."""
        a, g = appointment.c, attending.c
        whom = [party, *self._members(party)]
        goes = sa.func.max(sa.case((g.goes.is_(True), 1), else_=0)).label("goes")
        of = sa.select(g.stream, goes).where(g.party.in_(whom)).group_by(g.stream).subquery()
        joined = appointment.join(of, a.stream == of.c.stream)
        query = (
            sa.select(appointment, of.c.goes).select_from(joined).order_by(a.changed_at.desc(), a.stream).limit(MOST)
        )
        if within is not None:
            query = query.where(a.area.startswith(within, autoescape=True))
        return sorted(self.log.look.run(query), key=lambda row: str(row["stream"]))

    def _members(self, party: str) -> list[str]:
        kind, _, name = party.partition(":")
        try:
            organization_id = UUID(name) if kind not in ("worker", "volunteer") else None
        except ValueError:
            organization_id = None
        rows = self.log.look.all(t.member, organization_id=organization_id) if organization_id else []
        return [row["volunteer"] for row in rows]
