"""By spreadsheet: an organization takes its offers away as a sheet, and brings the answers back; a report line by line.

Each line is asked by itself, under an id that is made from its offer and what it says: the same file again changes nothing
and says so, and one line that is refused holds up no other (INV-3, INV-13).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.kernel.entrypoints import Hand, Page, Request, http
from services.kernel.errors import ContractBroken, HubError, NotAllowed, Refused
from services.kernel.unit import Done, Order, Unit
from services.referral.domain import referral
from services.referral.endpoints.reading import uuid_of
from services.referral.endpoints.roles import ORGANIZATIONS
from services.referral.saying import asking, said
from services.referral.scopes import OFFERS, REFERRALS
from services.referral.sheets import columns
from services.referral.sheets.reading import Line, read
from services.referral.sheets.writing import CSV, MOST, XLSX, as_csv, as_xlsx
from services.referral.views import tables as t

ANSWER_SECONDS = 30
CHANNEL = "sheet"
FORMATS = {"xlsx": (as_xlsx, XLSX), "csv": (as_csv, CSV)}
NAMED = {"reason_code": "reason", "question_codes": "question"}
"""What a field of a command is called in the sheet."""
TRIAL = ("true", "false")
SHEET_BYTES = 1024 * 1024
TAKEN_ON = ("accepted", "in_service", "paused", "disputed")
REPORT = {
    "type": "object", "required": ["lines", "counts"],
    "properties": {"lines": {"type": "array", "items": {"type": "object"}}, "counts": {"type": "object"}},
}  # fmt: skip


IN_VAIN = (
    "acceptance-refused", "This yes takes no effect: the offer was over, taken by another, or the person no longer agrees.",
    "此承接未能生效: 要约已结束、已有他方承接, 或服务对象已不同意。",
)  # fmt: skip


@dataclass
class Reported:
    """What became of one line: nothing was filled in, done now, done before, refused by the rules, or wrong as it stands."""

    row: int
    result: str
    offer_id: str | None = None
    act: str | None = None
    code: str | None = None
    column: str | None = None
    en: str = ""
    zh: str = ""
    order: Order | None = field(default=None, repr=False)

    @property
    def told(self) -> dict[str, Any]:
        """As the report has it; no cell is repeated in it."""
        names = ("row", "result", "offer_id", "act", "code", "column", "en", "zh")
        return {name: getattr(self, name) for name in names}


class Sheets:
    """Offers out, answers in."""

    log: Hand

    @http(
        "GET", "/inbox/sheet", roles=ORGANIZATIONS, query={"format": {"enum": list(FORMATS)}}, media=XLSX,
        also=(CSV,), answer={"type": "string"}, says="what waits for this organization, as a sheet",
    )  # fmt: skip
    def inbox_sheet(self, request: Request) -> Page:
        """The caller's own open offers and the needs that it has taken on, with columns for its answers."""
        make, media = FORMATS[request.word("format", FORMATS, "xlsx")]
        name = f"offers.{'csv' if media == CSV else 'xlsx'}"
        headers = (("Content-Disposition", f'attachment; filename="{name}"'), ("Cache-Control", "no-store"))
        return Page(make(self._open(request)), headers=headers, content_type=media)

    @http(
        "POST", "/inbox/sheet", roles=ORGANIZATIONS, max_body=SHEET_BYTES, answer=REPORT, says="what became of each line",
        query={"dry_run": {"enum": list(TRIAL)}},
    )  # fmt: skip
    def answer_by_sheet(self, request: Request) -> object:
        """Take the answers of a sheet, XLSX or CSV; with `dry_run` only say which lines can be read."""
        is_trial = request.word("dry_run", TRIAL, "false") == "true"
        reported = [self._line(request, line) for line in read(request.body)]
        if not is_trial:
            self._ask(reported)
        results = ("done", "again", "refused", "wrong", "empty", "ready")
        counts = {name: sum(each.result == name for each in reported) for name in results}
        return {"lines": [each.told for each in reported], "counts": counts}

    # --- out ---

    def _open(self, request: Request) -> list[dict[str, Any]]:
        seen = OFFERS.select(request.actor).subquery()
        about = REFERRALS.select(request.actor).subquery()
        stands = sa.case((seen.c.state == "live", "live"), else_=about.c.state).label("stands")
        holds = sa.and_(seen.c.state == "accepted", about.c.offer_id == seen.c.offer_id, about.c.state.in_(TAKEN_ON))
        query = (
            sa.select(seen, stands)
            .select_from(seen.join(about, seen.c.referral_id == about.c.referral_id))
            .where(sa.or_(seen.c.state == "live", holds))
            .order_by(seen.c.respond_by, seen.c.offered_at, seen.c.offer_id).limit(MOST)
        )  # fmt: skip
        return self.log.look.run(query)

    # --- in ---

    def _line(self, request: Request, line: Line) -> Reported:
        """What a line says, as an order, or why it says nothing."""
        if not line.is_answered:
            return Reported(line.number, "empty")
        if line.formulas:
            return _wrong(line, "formula", line.formulas[0], "text, for a formula is no answer", "文字, 公式不作为答复")
        act, offer_id = columns.act_of(line.cells.get("answer", "")), uuid_of(line.cells.get("offer_id", ""))
        if act is None:
            allowed = ", ".join(words[0] for words in columns.ACTS.values())
            return _wrong(line, "unknown-answer", "answer", f"one of: {allowed}", f"以下之一: {allowed}")
        offer = self._latest(request, offer_id) if offer_id else None
        if offer is None:
            return _wrong(line, "unknown-offer", "offer_id", "the number of an offer to this organization, its last one",
                          "本机构最近一次要约的编号")  # fmt: skip
        return self._order(request, line, act, offer)

    def _order(self, request: Request, line: Line, act: str, offer: dict[str, Any]) -> Reported:
        form, questions = columns.form_of(line.cells), columns.questions_of(line.cells.get("question", ""))
        written = "\x1f".join((*form.values(), *questions))
        form["seen"] = sha256(written.encode()).hexdigest()
        now = self.log.store.clock()
        try:
            found = said(offer["offer_id"], offer["organization_id"], act, form, questions, now)
        except ContractBroken as wrong:
            name = NAMED.get(wrong.problems[0].field, wrong.problems[0].field)
            problem = wrong.problems[0]
            would_do = columns.expected(name) or (problem.expected_en, problem.expected_zh)
            return _wrong(line, problem.code, name, *would_do)
        ask = asking(request.actor, CHANNEL, found, now)
        order = Order(referral.DECIDER, offer["referral_id"], found.command, ask)
        return Reported(line.number, "ready", str(offer["offer_id"]), act, order=order)

    def _latest(self, request: Request, offer_id: UUID) -> dict[str, Any] | None:
        """The offer, if it is the caller's own and none was made to it after."""
        o = t.offers.c
        rows = self.log.look.run(OFFERS.select(request.actor).where(o.offer_id == offer_id))
        if not rows or not _is_own(request, rows[0]):
            return None
        same = (o.referral_id == rows[0]["referral_id"]) & (o.organization_id == rows[0]["organization_id"])
        later = self.log.look.run(sa.select(o.offer_id).where(same, o.offered_at > rows[0]["offered_at"]).limit(1))
        return None if later else rows[0]

    def _ask(self, reported: list[Reported]) -> None:
        """Ask them one behind the other, and write down what became of each."""
        for each in reported:
            if each.order is None:
                continue
            (result,) = self.log.store.submit(Unit([each.order])).result(timeout=ANSWER_SECONDS)
            if isinstance(result, Done):
                each.result = "again" if result.again or not result.events else "done"
                if "acceptance.refused" in result.events:
                    each.result, each.code, each.en, each.zh = "refused", *IN_VAIN
            elif isinstance(result, Refused):
                each.result, each.code, each.en, each.zh = "refused", result.code, result.en, result.zh
            elif isinstance(result, NotAllowed):
                each.result, each.code = "refused", result.code
            elif isinstance(result, HubError):
                raise result


def _is_own(request: Request, row: dict[str, Any]) -> bool:
    return request.actor.org.rpartition(":")[2] == str(row["organization_id"]) or request.actor.org == row["party"]


def _wrong(line: Line, code: str, column: str, en: str, zh: str) -> Reported:
    return Reported(line.number, "wrong", line.cells.get("offer_id") if uuid_of(line.cells.get("offer_id", "")) else None,
                    code=code, column=column, en=f"expected {en}", zh=f"应为{zh}")  # fmt: skip
