"""Pages that links in mails open, and the answers given there: without an account, for one offer of one organization.

Looking answers nothing, for scanners follow every link that comes by mail; an answer is posted. The link's signature says
who speaks, the rules decide, and the same form sent twice is said once (INV-3, INV-13).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from services.kernel.entrypoints import Hand, Page, Request, http
from services.kernel.errors import ContractBroken, HubError, Refused
from services.kernel.message import Actor
from services.kernel.unit import Done, Order, Unit
from services.kernel.view import Change, put
from services.referral.domain import referral
from services.referral.hsds.directory import gathered
from services.referral.mail import links
from services.referral.mail.outbox import PLACE
from services.referral.mail.page import headers, page
from services.referral.mail.standing import USES_UP, Standing, is_void, standing, void
from services.referral.mail.tables import links as kept
from services.referral.mail.words import SENTENCES, Words
from services.referral.saying import ACTS as KNOWN
from services.referral.saying import asking, said
from services.referral.scopes import OFFERS, REFERRALS
from services.referral.views.mailings import mailings, revoked_links

ANSWER_SECONDS = 15
CHANNEL = "mail-link"


class Links:
    """An organization without an account answers by the link that it got by mail."""

    log: Hand

    @http("GET", PLACE + "{token}", roles=None, page=True)
    def link(self, request: Request) -> Page:
        """What is the case with the offer, and what can be said; nothing changes by looking."""
        _, stands = self._standing(request)
        done = request.query.get("done", "")
        return page(
            stands, self._words(request), self.log.store.clock(), done=done if f"done-{done}" in SENTENCES else ""
        )

    @http("POST", PLACE + "{token}", roles=None, page=True)
    def answer_by_link(self, request: Request) -> Page:
        """Say one thing. What was said already, or cannot be said any more, is answered by what is the case."""
        link, stands = self._standing(request)
        words, now, act = self._words(request), self.log.store.clock(), request.form.get("act", "")
        # A link has one purpose: what it does not open now is no answer by it, whatever the organization may say elsewhere.
        if link is None or stands.status != 200 or (act in KNOWN and act not in stands.acts):
            return page(stands, words, now)
        try:
            events = self._say(link, act, request)
        except Refused as no:
            _, stands = self._standing(request)
            return page(stands, words, now, failed=no.zh if words.language == "zh" else no.en, status=409)
        except ContractBroken:
            return page(stands, words, now, failed=words.sentence("wrong"), status=422)
        except (HubError, TimeoutError):
            return page(stands, words, now, failed=words.sentence("again-later"), status=503)
        return self._afterwards(link, act, events, words)

    def _say(self, link: dict[str, Any], act: str, request: Request) -> tuple[str, ...]:
        """The names of the events that followed, the first time or now."""
        now = self.log.store.clock()
        questions = tuple(
            value for name, value in parse_qsl(request.body.decode("utf-8", "replace")) if name == "question"
        )
        found = said(link["link_id"], link["organization_id"], act, request.form, questions, now)
        rows: tuple[Change, ...] = ()
        if act in USES_UP:
            rows = (put(kept, link["link_id"], used_at=now, used_for=act),)
        order = Order(
            referral.DECIDER, link["referral_id"], found.command, asking(speaker(link), CHANNEL, found, now), rows=rows
        )
        (result,) = self.log.store.submit(Unit([order])).result(timeout=ANSWER_SECONDS)
        if not isinstance(result, Done):
            raise result
        return result.events

    def _afterwards(self, link: dict[str, Any], act: str, events: tuple[str, ...], words: Words) -> Page:
        """Go on where there is more to say: after an acceptance, by a link of its own, which is also mailed."""
        going_on = link
        done = act
        if act == "acceptance":
            done = act if "referral.accepted" in events else ""
            going_on = self._service_link(link) if done else link
        place = PLACE + links.token_of(going_on, self.log.settings.link_keys)
        where = f"{place}?lang={words.language}" + (f"&done={done}" if done else "")
        return Page("", 303, (("Location", where), *headers()))

    def _service_link(self, link: dict[str, Any]) -> dict[str, Any]:
        ident = links.link_id_of(link["offer_id"], "service", link["generation"])
        if self.log.look.one(kept, ident) is None:
            row = links.link_row(link, "service", link["generation"], self.log.store.clock())
            self.log.store.submit(Unit(rows=[row])).result(ANSWER_SECONDS)
        return self.log.look.one(kept, ident) or link

    # --- how it stands ---

    def _standing(self, request: Request) -> tuple[dict[str, Any] | None, Standing]:
        """The link that a token names, if it opens anything, and how its offer stands."""
        found = links.read(request.path["token"], self.log.settings.link_keys)
        link = self._link(*found) if found else None
        mailing = self.log.look.one(mailings, link["organization_id"]) if link else None
        revoked = link is not None and self.log.look.one(revoked_links, link["link_id"]) is not None
        now = self.log.store.clock()
        if link is None or (why := is_void(link, mailing, revoked, now)):
            return None, void("unknown" if link is None else why)
        actor = speaker(link)
        offer = self._row(OFFERS.select(actor).where(OFFERS.table.c.offer_id == link["offer_id"]))
        about = self._row(REFERRALS.select(actor).where(REFERRALS.table.c.referral_id == link["referral_id"]))
        return link, standing(link, offer, about, now)

    def _link(self, purpose: str, token: links.Token) -> dict[str, Any] | None:
        row: dict[str, Any] | None = self.log.look.one(kept, token.link_id)
        same = row is not None and row["purpose"] == purpose and row["expires_at"] == token.expires_at
        return row if same else None

    def _words(self, request: Request) -> Words:
        """As the address says, else as the browser does, else Chinese; places by name where the directory can be read."""
        asked = request.query.get("lang") or (
            "en" if request.header("accept-language").lower().startswith("en") else "zh"
        )
        try:
            return Words(asked, gathered(self.log).communities)
        except HubError:
            return Words(asked)

    def _row(self, query: Any) -> dict[str, Any] | None:
        return next(iter(self.log.look.run(query)), None)


def speaker(link: dict[str, Any]) -> Actor:
    """Whoever holds a link speaks for its organization, and by this link alone."""
    return Actor(id=f"link:{link['link_id']}", role="partner", org=str(link["organization_id"]))
