"""By mail: who keeps an organization's entry says where it is told of offers, and sees what became of the letters."""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel.entrypoints import Hand, Personal, Request, asks, http
from services.kernel.errors import ContractBroken, FieldProblem, NotFound, Refused
from services.referral.domain import mailing
from services.referral.endpoints.reading import uuid_of
from services.referral.endpoints.roles import KEEPERS
from services.referral.keeping import ORGANIZATIONS
from services.referral.mail.tables import letters, links
from services.referral.scopes import OFFERS
from services.referral.views.mailings import mailings, revoked_links
from services.referral.views.tables import organizations

MOST = 500
STATES = ("waiting", "sent", "failed", "dropped")
STANDS = {"type": "object", "required": ["state"], "properties": {"state": {"enum": ["none", "active", "ended"]}}}
SHOWN = ("letter_id", "kind", "link_id", "offer_id", "referral_id", "organization_id", "generation", "state", "attempts", "due_at",
         "made_at", "sent_at", "reason_code")  # fmt: skip


def needs_mail(hand: Hand, command: object, stream_id: object, now: object) -> tuple[()]:
    """An address is taken where mails can be sent at all."""
    if not hand.settings.sends_mail:
        raise Refused(
            "no-mail", "This hub sends no mail (HUB_SMTP_URL, HUB_MAIL_FROM, HUB_LINK_KEY, HUB_SITE_URL).",
            "本枢纽未启用邮件 (HUB_SMTP_URL、HUB_MAIL_FROM、HUB_LINK_KEY、HUB_SITE_URL)。",
        )  # fmt: skip
    return ()


class Mailing:
    """An organization without an account is told of offers by mail."""

    log: Hand

    choose_mail = asks(
        "POST", "/organizations/{id}/mail", public.ChooseMail, of=mailing.DECIDER, roles=KEEPERS,
        personal=Personal(beside=needs_mail),
    )  # fmt: skip
    end_mail = asks("POST", "/organizations/{id}/mail/end", public.EndMail, of=mailing.DECIDER, roles=KEEPERS)
    revoke_link = asks(
        "POST", "/organizations/{id}/mail/revocation", public.RevokeLink, of=mailing.DECIDER, roles=KEEPERS
    )

    @http(
        "GET", "/organizations/{id}/mail", roles=KEEPERS, says="whether an organization is told by mail", answer=STANDS
    )
    def mail(self, request: Request) -> object:
        """For whoever keeps its entry: whether it is, since when, and how often its address was written down; never the address."""
        organization_id = request.path["id"]
        theirs = sa.select(organizations.c.organization_id).where(organizations.c.organization_id == organization_id)
        if not self.log.look.run(theirs.where(ORGANIZATIONS.rows(request.actor))):
            raise NotFound("no such organization")
        row = self.log.look.one(mailings, organization_id) or {}
        told = {name: row.get(name) for name in ("since", "generation", "reason_code")}
        return {"organization_id": organization_id, "state": row.get("state") or "none", **told}

    @http(
        "GET", "/letters", roles=KEEPERS, says="letters to organizations, the newest first", answer={"type": "object"},
        query={"state": {"enum": list(STATES)}, "referral_id": {"format": "uuid"},
               "organization_id": {"format": "uuid"}},
    )  # fmt: skip
    def letters(self, request: Request) -> object:
        """What became of the letters about the offers that one sees: which arrived nowhere, and why; never where to."""
        told, k = letters.c, links.c
        seen = OFFERS.select(request.actor).subquery()
        joined = (
            letters.join(seen, told.offer_id == seen.c.offer_id)
            .join(links, told.link_id == k.link_id)
            .outerjoin(revoked_links, told.link_id == revoked_links.c.link_id)
        )
        columns = [letters.c[name] for name in SHOWN]
        ends = (k.used_at, k.used_for, k.expires_at, revoked_links.c.revoked_at)
        query = sa.select(*columns, *ends).select_from(joined)
        if state := request.word("state", STATES):
            query = query.where(told.state == state)
        for name in ("referral_id", "organization_id"):
            if name in request.query:
                query = query.where(letters.c[name] == _uuid(name, request.query[name]))
        return {"items": self.log.look.run(query.order_by(told.made_at.desc(), told.letter_id).limit(MOST))}


def _uuid(name: str, text: str) -> object:
    found = uuid_of(text)
    if found is None:
        raise ContractBroken(FieldProblem(field=name, code="invalid", expected_en="a UUID", expected_zh="UUID"))
    return found
