"""Forms of a request's way: taken down, consented to, handed on and answered."""

from __future__ import annotations

from services.console.papers.known import Known
from services.console.papers.paper import Cut, Paper, Pen, Prose, codes
from services.contracts import codes as tables

GIVERS = ("self", "guardian", "agent")


def request_form(pen: Pen, known: Known) -> Paper:
    """求助登记表."""
    r, who = known.request, known.identity
    return Paper(code="request", number=known.ref, blocks=(
        pen.line("unit", pen.party(r.get("unit")) or known.unit), pen.line("received-at", pen.day(r.get("received_at"))),
        pen.checks("came-by", tables.CAME_BY, codes(r.get("came_by"))),
        pen.line("name", known.notes.get("reporter_name") or known.name),
        pen.line("phone", known.notes.get("reporter_phone") or who.get("phone")),
        pen.checks("reporter", tables.REPORTER_KIND, codes(r.get("reporter_kind"))),
        pen.line("residence", pen.area(known.person.get("residence_area") or r.get("area"))),
        pen.line("hukou", pen.area(known.person.get("hukou_area"))),
        pen.line("address", who.get("address"), wide=4),
        pen.checks("needs", tables.NEED, codes(r.get("need_codes"))),
        pen.checks("urgency", tables.URGENCY, codes(r.get("urgency"))),
        pen.space("story", known.notes.get("story"), rows=6),
        pen.checks("disposition", tables.DISPOSITION, codes(r.get("disposition"))),
        pen.line("follow-up", pen.day(r.get("follow_up_by"))), pen.line("worker", known.worker),
        pen.signs("sign.client", "sign.taker"),
    ), note=pen("request.note"))  # fmt: skip


def consent_form(pen: Pen, known: Known) -> Paper:
    """知情同意书: whom, what for, what, to whom by name, how long, and that one may take it back (PIPL 14-17, 23, 29, 31)."""
    c = known.consent
    receivers = pen.t("list.comma").join(pen.party(one) for one in codes(c.get("receivers")))
    givers = {one: pen.t.code("consent-by", one) for one in GIVERS}
    return Paper(code="consent", number=known.ref, blocks=(
        pen.line("client", known.name), pen.line("unit", pen.party(known.request.get("unit")) or known.unit),
        Prose(paragraphs=tuple(pen(f"consent.{part}") for part in ("who", "why"))),
        pen.checks("purposes", tables.PURPOSE, codes(c.get("purposes"))),
        pen.checks("categories", tables.PERSONAL_CATEGORY, codes(c.get("categories"))),
        pen.space("receivers", receivers, rows=2),
        pen.line("valid-until", pen.day(c.get("valid_until"))), pen.line("notice", c.get("notice_version")),
        Prose(paragraphs=tuple(pen(f"consent.{part}") for part in ("separately", "child", "back", "rights", "free"))),
        pen.boxes("given-by", givers, codes(c.get("given_by"))),
        pen.checks("method", tables.CONSENT_METHOD, codes(c.get("method"))),
        pen.checks("child-asked", tables.CHILD_ASKED),
        pen.signs("sign.giver", "sign.worker"),
    ))  # fmt: skip


def referral_form(pen: Pen, known: Known) -> Paper:
    """转介单 and its 回执. The slip carries no identity: that is opened after the acceptance, by the unit that keeps it."""
    r, offer = known.referral, known.offer
    asked = pen.party(offer.get("party") or offer.get("organization"))
    answers = {code: pen(f"answer.{code}") for code in ("accepts", "declines", "asks", "suggests")}
    said = {"accepted": ("accepts",), "declined": ("declines",), "asked-back": ("asks",)}.get(
        str(offer.get("state")), ()
    )
    return Paper(code="referral", number=str(r.get("referral_id") or known.matter_id)[:8], blocks=(
        pen.line("from", pen.party(r.get("origin")) or known.unit), pen.line("to", asked),
        pen.line("matter", known.ref), pen.line("referred-at", pen.day(offer.get("offered_at"))),
        pen.boxes("kind", {code: pen.t.code("referral-kind", code) for code in ("referral", "transfer", "consult")},
                  codes(r.get("kind"))),
        pen.checks("needs", tables.NEED, codes(r.get("need_codes"))),
        pen.checks("urgency", tables.URGENCY, codes(r.get("urgency"))),
        pen.line("respond-by", pen.day(offer.get("respond_by"))), pen.line("required-by", pen.day(r.get("required_by"))),
        pen.checks("basis", tables.LEGAL_BASIS, codes(r.get("legal_basis"))),
        pen.space("done-so-far", rows=3), pen.space("asked-for", rows=2),
        pen.line("contact", known.worker), pen.line("contact-phone"),
        pen.signs("sign.referrer", stamp=True),
        Cut(label=pen("cut"), title=pen("receipt")),
        pen.line("answered-from", asked), pen.line("referral", str(r.get("referral_id") or "")[:8]),
        pen.boxes("answer", answers, said),
        pen.checks("decline", tables.DECLINE_REASON, codes(offer.get("reason_code") if "declines" in said else "")),
        pen.line("planned-start", pen.day(offer.get("planned_start"))), pen.line("who-serves", offer.get("worker_ref")),
        pen.signs("sign.answerer", stamp=True),
    ), note=pen("referral.note"))  # fmt: skip
