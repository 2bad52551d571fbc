"""The tokens that were issued: what one is that somebody shows, and when each was used last."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from services.kernel.entrypoints import Hand
from services.kernel.entrypoints.callers import Opens
from services.kernel.unit import Unit
from services.kernel.view import put
from services.partner import tables as t
from services.partner.opened import needed_by, opened_by

KIND = "hub_live_"
SECRET_BYTES = 32
USED_SECONDS = timedelta(seconds=60)
ROLE = "partner"


def made(token_id: UUID) -> str:
    """A new token under this id: `hub_live_<id>_<43 characters of chance>`."""
    return f"{KIND}{token_id.hex}_{token_urlsafe(SECRET_BYTES)}"


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()


def id_of(token: str) -> UUID | None:
    """The id that a token names."""
    name, _, secret = token.removeprefix(KIND).partition("_")
    try:
        return UUID(hex=name) if token.startswith(KIND) and len(name) == 32 and secret else None
    except ValueError:
        return None


class Issued:
    """Looks tokens up in the service's own tables; from any thread."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._noted: dict[UUID, datetime] = {}

    def look_up(self, token: str) -> Opens | None:
        """Whose program shows this, and what it may; None for what is unknown, over or revoked."""
        token_id = id_of(token)
        kept = self._hand.look.one(t.token_hash, token_id) if token_id else None
        if kept is None or not compare_digest(bytes(kept["digest"]), digest(token)):
            return None
        row: dict[str, Any] | None = self._hand.look.one(t.token, token_id)
        now = self._hand.store.clock()
        if row is None or row["revoked_at"] is not None or row["expires_at"] <= now:
            return None
        self._note(row["token_id"], now)
        return Opens(
            id=f"program:{row['holder']}", role=ROLE, org=str(row["organization_id"]), opens=opened_by(row["scopes"]),
            needs=needed_by(row["scopes"]),
        )  # fmt: skip

    def _note(self, token_id: UUID, now: datetime) -> None:
        """Write down that it was used, at most once a minute; nobody waits for it."""
        last = self._noted.get(token_id)
        if last is None or now - last >= USED_SECONDS:
            self._noted[token_id] = now
            self._hand.store.submit(Unit(rows=[put(t.token_use, token_id, used_at=now)]))
