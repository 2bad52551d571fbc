"""That a station's own editions hold is put on record, and what they say is kept beside the record, for as long as it is.

An event carries no words (INV-6), so it carries the digest of what the edition says; the words lie in a table of their own
that no rebuild empties. Whoever reads an old event finds the words of its time there, whatever has become of the files.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.contracts import editions, editions_watch
from services.contracts import referral as public
from services.contracts.tables import TABLES, Edition
from services.kernel import log
from services.kernel.decider import Decider
from services.kernel.entrypoints import Hand
from services.kernel.errors import Refused
from services.kernel.manifest import Look
from services.kernel.message import Actor, Ask
from services.kernel.unit import Order, Unit
from services.kernel.view import Change, put
from services.referral.domain import code_table

KEPT = sa.MetaData()
code_editions = sa.Table(
    "code_editions",
    KEPT,
    sa.Column("digest", sa.String(43), primary_key=True),
    sa.Column("name", sa.String(64), index=True),
    sa.Column("edition", sa.String(64)),
    sa.Column("since", sa.Date),
    sa.Column("terms", sa.JSON),
)
"""What each edition that was ever adopted says."""

NAMES = UUID("5d2e6a0e-8d3c-5b7a-9f51-0a4b7c1e9d20")
"""The namespace of the ids under which code tables are on record."""

ACTOR = Actor(id="referral:code-tables", role="service")
ANSWER_SECONDS = 15


def id_of(table: str) -> UUID:
    """The id of a code table."""
    return uuid5(NAMES, table)


def of_table(command: public.AdoptEdition, stream_id: UUID, look: Look) -> UUID:
    """The table itself."""
    return stream_id


FACTS: dict[Any, Any] = {public.AdoptEdition: of_table}
"""What is looked up for the command."""


def digest_of(edition: Edition) -> str:
    """The digest of an edition, in the form in which events carry digests."""
    return urlsafe_b64encode(bytes.fromhex(editions.digest(edition))).rstrip(b"=").decode("ascii")


def words(name: str, edition: Edition) -> Change:
    """The row that keeps what an edition says."""
    terms = [{"code": t.code, "zh": t.zh, "en": t.en, "numbers": dict(t.numbers)} for t in edition.terms.values()]
    return put(code_editions, digest_of(edition), name=name, edition=edition.version, since=edition.since, terms=terms)


@dataclass
class Recording:
    """The duty: whatever editions of a station's own hold, and are not on record yet, are put there."""

    hand: Hand
    name: str = "code-tables"
    every: float = 1.0
    _done: set[str] = field(default_factory=set)

    def turn(self) -> bool:
        """Put on record what is not there yet."""
        own = [(name, e) for name, table in TABLES.items() for e in table.editions if e.own]
        for name, edition in own:
            if digest_of(edition) not in self._done:
                self._record(name, edition)
                self._done.add(digest_of(edition))
        return False

    def _record(self, name: str, edition: Edition) -> None:
        digest, now = digest_of(edition), self.hand.store.clock()
        command = public.AdoptEdition(table=name, edition=edition.version, since=edition.since, digest=digest)
        ask = Ask(id=uuid5(NAMES, f"{name}/{digest}"), now=now, at=now, actor=ACTOR, channel="system")
        decider: Decider = code_table.DECIDER
        order = Order(decider, id_of(name), command, ask, rows=(words(name, edition),))
        (result,) = self.hand.store.submit(Unit([order])).result(timeout=ANSWER_SECONDS)
        if isinstance(result, Refused):
            log.noticed("referral", "edition-changed", level="warning", code=name)
        elif isinstance(result, BaseException):
            raise result

    def health(self) -> Mapping[str, Any]:
        """How many of a station's own editions hold, and how many faults the folder has as it is now."""
        return {"editions": len(self._done), "faults": len(editions_watch.refused())}
