"""The outbox: writes down which letters are owed, sends each, and tries again what the mail server did not take.

A letter is a row before it is sent and stays one after. Each attempt is written down as one that failed before it is made, and
how it went afterwards: so whatever dies in between, the next attempt is later than this one and counted. What the server
had taken by then comes once more, under the same Message-ID and with the same link, so it has one effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import random
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel import log, metrics
from services.kernel.entrypoints import Hand
from services.kernel.errors import HubError
from services.kernel.message import Actor, Ask
from services.kernel.unit import Order, Unit
from services.kernel.view import Change, put
from services.referral.domain import referral
from services.referral.mail.links import token_of
from services.referral.mail.owed import changed, new_letters, newest, still_owed, waiting
from services.referral.mail.schedule import Went, after
from services.referral.mail.smtp import Away, Session
from services.referral.mail.tables import letters, links
from services.referral.mail.writing import message
from services.referral.views import tables as t
from services.referral.views.mailings import mailings

AT_ONCE = 50
COMMIT_SECONDS = 15.0
POST = Actor(id="referral:mail", role="service")
PLACE = "/referral/links/"
"""Where links lead."""


@dataclass
class Outbox:
    """The duty: one process of the service at a time sends letters."""

    hand: Hand
    name: str = "mail"
    every: float = 1.0
    _since: datetime | None = None
    _state: dict[str, Any] = field(default_factory=lambda: {"state": "off"})

    def turn(self) -> bool:
        """Write down what is owed, and send what is due; True where there is more."""
        if not self.hand.settings.sends_mail:
            return False
        look, now = self.hand.look, self.hand.store.clock()
        self._owe(now)
        due = look.run(
            sa.select(letters).where(letters.c.state == "waiting", letters.c.due_at <= now)
            .order_by(letters.c.due_at, letters.c.letter_id).limit(AT_ONCE)
        )  # fmt: skip
        self._state = {"state": "sending" if due else "idle"}
        if due:
            about = t.offers.c.offer_id.in_([letter["offer_id"] for letter in due])
            self._send(due, {offer["offer_id"]: offer for offer in waiting(look, about)})
        return len(due) == AT_ONCE

    def _owe(self, now: datetime) -> None:
        """Write down what follows from what has changed. Until when was looked is read first, so nothing falls between."""
        look, until = self.hand.look, newest(self.hand.look)
        self._write(new_letters(look, changed(look, self._since), now))
        self._since = until

    def health(self) -> Mapping[str, Any]:
        """Whether mails are sent at all, and why the server was last away."""
        return self._state

    def _send(self, due: list[dict[str, Any]], offers: dict[UUID, dict[str, Any]]) -> None:
        session: Session | None = None
        away: Away | None = None
        try:
            for letter in due:
                if not still_owed(letter, offers):
                    self._write([put(letters, letter["letter_id"], state="dropped")])
                    continue
                if session is None and away is None:
                    try:
                        session = Session.open(self.hand.settings.smtp_url)
                    except Away as no:
                        away = no
                if session is None:
                    self._note(letter, Went(away.reason if away else "server-away"))
                    continue
                self._begin(letter)
                try:
                    self._note(letter, self._one(session, letter, offers[letter["offer_id"]]))
                except Away as no:
                    session.close()
                    session, away = None, no
                    self._note(letter, Went(no.reason))
        finally:
            if session is not None:
                session.close()
        if away is not None:
            self._state = {"state": "away", "reason": away.reason}

    def _one(self, session: Session, letter: dict[str, Any], offer: dict[str, Any]) -> Went:
        settings, look = self.hand.settings, self.hand.look
        link, mailing = look.one(links, letter["link_id"]), look.one(mailings, letter["organization_id"])
        to = self._address(mailing)
        if link is None or to is None:
            return Went("no-address", for_good=True)
        url = settings.site_url + PLACE + token_of(link, settings.link_keys)
        until = offer["respond_by"] if offer["state"] == "live" else None
        return session.send(message(letter, until, url, settings.mail_from, to, self.hand.store.clock()))

    def _address(self, mailing: dict[str, Any] | None) -> str | None:
        if mailing is None or mailing["digest"] is None:
            return None
        found = self.hand.vault.read(str(mailing["organization_id"]), [mailing["digest"]])
        return next((str(opened["value"]) for opened in found.values()), None)

    # --- writing down ---

    def _begin(self, letter: dict[str, Any]) -> None:
        """Until it is known how it goes, an attempt has failed."""
        then = after(letter["attempts"], Went("interrupted"), self.hand.store.clock(), random())
        row = put(letters, letter["letter_id"], state=then.state, attempts=letter["attempts"] + 1, due_at=then.due_at)
        self._write([row])

    def _note(self, letter: dict[str, Any], went: Went) -> None:
        """How an attempt went, and what follows; the station hears of what does not arrive."""
        now = self.hand.store.clock()
        then = after(letter["attempts"], went, now, random())
        sent = {"sent_at": now} if went.well else {}
        row = put(
            letters, letter["letter_id"], state=then.state, attempts=letter["attempts"] + 1, due_at=then.due_at,
            reason_code=went.reason or None, **sent,
        )  # fmt: skip
        metrics.handled("referral", "mail", "done" if went.well else "failed", 0.0)
        self._write([row], [self._undelivered(letter, went)] if then.tell else [])

    def _undelivered(self, letter: dict[str, Any], went: Went) -> Order:
        now, ident = self.hand.store.clock(), uuid5(letter["letter_id"], "undelivered")
        ask = Ask(id=ident, now=now, at=now, actor=POST, channel="system")
        command = public.ReportUndelivered(offer_id=letter["offer_id"], reason_code=went.reason)
        return Order(referral.DECIDER, letter["referral_id"], command, ask)

    def _write(self, changes: list[Change], orders: list[Order] | None = None) -> None:
        if not changes:
            return
        unit = Unit(orders=orders or [], rows=list(changes), lenient=True)
        for result in self.hand.store.submit(unit).result(COMMIT_SECONDS):
            if isinstance(result, HubError):
                log.noticed("referral", "mail-not-told", level="warning", code=result.code)
