"""Links in mails: signed, for one purpose, for a while; what is kept of one is its id, and the token is made anew each time.

A link for an answer opens one offer of one organization until it is answered; a link for the service opens the same need
from its acceptance to its outcome. What is signed is the id and the end, under a salt for each purpose, so no link can be
turned into another. Nothing that a link opens is about a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID, uuid5

from itsdangerous import BadData, URLSafeSerializer

from services.kernel.view import Change, put
from services.referral.mail.tables import links

Purpose = Literal["answer", "service"]
LIVES: dict[Purpose, timedelta] = {"answer": timedelta(days=30), "service": timedelta(days=366)}
"""How long a link is good at most; when an answer is too late is the offer's own deadline, and the rules say so."""

LONGEST_TOKEN = 300


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says of itself."""

    link_id: UUID
    expires_at: datetime


def link_id_of(offer_id: UUID, purpose: Purpose, generation: int, used: int = 0) -> UUID:
    """A link is the same however often it is looked for: one of each purpose, offer and generation, after so many used ones."""
    return uuid5(offer_id, f"mail-link/{purpose}/{generation}/{used}")


def link_row(offer: dict[str, Any], purpose: Purpose, generation: int, now: datetime, used: int = 0) -> Change:
    """The row of a new link."""
    return put(
        links, link_id_of(offer["offer_id"], purpose, generation, used), purpose=purpose, offer_id=offer["offer_id"],
        referral_id=offer["referral_id"], organization_id=offer["organization_id"], generation=generation, made_at=now,
        expires_at=now.replace(microsecond=0) + LIVES[purpose],
    )  # fmt: skip


def token_of(row: dict[str, Any], keys: Sequence[bytes]) -> str:
    """The token of a link, the same bytes each time that it is made with the same key."""
    until = int(row["expires_at"].timestamp())
    return str(_serializer(row["purpose"], keys).dumps([row["link_id"].hex, until]))


def read(token: str, keys: Sequence[bytes]) -> tuple[Purpose, Token] | None:
    """What a token is for; None where nobody here has signed it."""
    if len(token) > LONGEST_TOKEN or not keys:
        return None
    for purpose in LIVES:
        try:
            ident, until = _serializer(purpose, keys).loads(token)
            return purpose, Token(UUID(hex=ident), datetime.fromtimestamp(until, UTC))
        except (BadData, ValueError, TypeError):
            continue
    return None


def _serializer(purpose: Purpose, keys: Sequence[bytes]) -> URLSafeSerializer:
    """The newest key signs, and it stands last for itsdangerous."""
    return URLSafeSerializer(
        list(reversed(keys)), salt=f"wushe/mail-link/{purpose}",
        signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"},
    )  # fmt: skip
