"""The vault: personal values lie sealed with their service, and nothing but salted digests ever leaves it.

A value becomes a disclosure in the form of RFC 9901, `base64url(JSON [salt, field, value])`. Its digest goes into the
event and proves the value to whoever is shown the disclosure; the disclosure itself is sealed with AES-256-GCM under
its subject's key (see `keyring`). Destroying that key leaves every digest and every proof as it was, and nothing to read.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

import msgspec
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from services.kernel import metrics
from services.kernel.database import answering
from services.kernel.keyring import Key, KeyRing
from services.kernel.tables import sealed
from services.kernel.view import Change, put

BLIND_BYTES = 18
"""Of a token: long enough that no two texts share one by chance."""


class Opened(TypedDict):
    """A value taken out of the vault."""

    field: str
    category: str
    value: Any


class Vault:
    """The sealed values of one service; safe to share between threads.

    `keys` is the engine of the key database, `engine` that of the service's own; of several KEKs the first wraps, the
    others only open what they wrapped before.
    """

    def __init__(self, keys: sa.Engine, engine: sa.Engine, *keks: bytes, service: str = "") -> None:
        self.ring = KeyRing(keys, keks, service)
        self._engine, self._service = engine, service

    def open(self) -> None:
        """Make sure that the keys can be opened; raises VaultLocked or Unavailable when they cannot."""
        self.ring.open()

    def seal(
        self, subject: str, values: Mapping[str, tuple[str, Any]], now: datetime
    ) -> tuple[tuple[str, ...], list[Change]]:
        """Seal values by field, each with its category: their digests, and the rows to be written with the event.

        The subject's key is durable before this returns. Raises Refused when the subject's data may not be added to.
        """
        key = self.ring.obtain(subject, now)
        sealing = [self._seal_one(key, subject, field, *value, now) for field, value in values.items()]
        return tuple(change.key[0] for change in sealing), sealing

    def _seal_one(self, key: Key, subject: str, field: str, category: str, value: Any, now: datetime) -> Change:
        text = disclosure(field, value)
        return self._row(key, subject, digest_of(text), field, category, text, now)

    @staticmethod
    def _row(key: Key, subject: str, digest: str, field: str, category: str, text: bytes, now: datetime) -> Change:
        nonce = os.urandom(12)
        return put(
            sealed, digest, subject=subject, field=field, category=category, key_version=key.version, nonce=nonce,
            ciphertext=key.cipher.encrypt(nonce, text, _bound(digest, subject)), sealed_at=int(now.timestamp() * 1_000_000),
        )  # fmt: skip

    def mark(self, subject: str, values: Mapping[str, tuple[str, Any]]) -> bytes:
        """Tells these values of a subject from others, worth nothing without the subject's key; empty when there is none."""
        key = self.ring.find(subject)
        return b"" if key is None else hmac.digest(key.mark, msgspec.json.encode(values, order="sorted"), "sha256")

    def blind(self, index: str, texts: Sequence[str], now: datetime) -> list[str]:
        """Tokens by which an index finds a text again and from which nobody makes the text, without the index's key.

        The key lies with the others, and ends like them: destroyed, the whole index is worth nothing.
        """
        key = self.ring.obtain(f"index/{index}", now)
        made = (hmac.digest(key.mark, text.encode(), "sha256") for text in texts)
        return [urlsafe_b64encode(token[:BLIND_BYTES]).rstrip(b"=").decode("ascii") for token in made]

    def read(self, subject: str, digests: Iterable[str], *, despite_restriction: bool = False) -> dict[str, Opened]:
        """The values under these digests, in their order; what is not there, or not to be read any more, is absent.

        `despite_restriction` is for the acts that the law allows on restricted data; who asks for it must have asked
        whether this is one.
        """
        wanted = list(digests)
        if not wanted:
            return {}
        key = self.ring.find(subject)
        if key is None or (key.state == "restricted" and not despite_restriction):
            metrics.unreadable(self._service, "destroyed" if key is None else "restricted", len(wanted))
            return {}
        opened = {row.digest: self._open_one(key, row) for row in self._rows(subject, wanted)}
        self._count(wanted, opened)
        found = {digest: one for digest in wanted if (one := opened.get(digest)) is not None}
        metrics.opened(self._service, (one["category"] for one in found.values()))
        return found

    def disclosures(self, subject: str, digests: Iterable[str]) -> dict[str, tuple[str, str]]:
        """The disclosures under these digests, each with its category: what proves a value to whoever has its digest.

        What is not there, or not to be read, is absent, as in `read`.
        """
        wanted, key = list(digests), self.ring.find(subject)
        if key is None or key.state == "restricted":
            return {}
        texts = ((row, self._decrypted(key, row)) for row in self._rows(subject, wanted))
        found = {row.digest: (row.category, text.decode("ascii")) for row, text in texts if text is not None}
        metrics.opened(self._service, (category for category, _ in found.values()))
        return {digest: found[digest] for digest in wanted if digest in found}

    def is_destroyed(self, subject: str) -> bool:
        """Whether what was sealed for this subject is gone for good."""
        return self.ring.is_destroyed(subject)

    def _rows(self, subject: str, digests: list[str]) -> list[Any]:
        return self._found(sealed.c.digest.in_(digests), sealed.c.subject == subject)

    def _found(self, *which: sa.ColumnElement[bool]) -> list[Any]:
        with answering(), self._engine.connect() as connection:
            return list(connection.execute(sa.select(sealed).where(*which)))

    def _open_one(self, key: Key, row: Any) -> Opened | None:
        """One value; None when the row is not what was sealed."""
        text = self._decrypted(key, row)
        if text is None:
            return None
        _, field, value = reveal(text)
        return {"field": field, "category": row.category, "value": value}

    @staticmethod
    def _decrypted(key: Key, row: Any) -> bytes | None:
        if row.key_version != key.version:
            return None
        try:
            text = key.cipher.decrypt(row.nonce, row.ciphertext, _bound(row.digest, row.subject))
        except InvalidTag:
            return None
        return text if digest_of(text) == row.digest else None

    def _count(self, wanted: list[str], opened: Mapping[str, Opened | None]) -> None:
        lost = Counter("missing" if digest not in opened else "damaged" for digest in wanted if not opened.get(digest))
        for reason, count in lost.items():
            metrics.unreadable(self._service, reason, count)

    def reseal(self, digests: Iterable[str], to: str, now: datetime) -> list[Change]:
        """The rows that lay these values under another subject's key; what lies there already, or opens no more, is not
        among them. Their digests and disclosures stay as they were, and once written no other key opens them.
        """
        rows = [row for row in self._lying(list(digests)) if row.subject != to]
        opened = [(row, text) for row in rows if (text := self._text(row)) is not None]
        key = self.ring.obtain(to, now) if opened else None
        return [self._row(key, to, row.digest, row.field, row.category, text, now) for row, text in opened if key]

    def _lying(self, digests: list[str]) -> list[Any]:
        return self._found(sealed.c.digest.in_(digests))

    def _text(self, row: Any) -> bytes | None:
        """The disclosure of a row, if its own key still opens it."""
        key = self.ring.find(row.subject)
        return None if key is None or key.state == "restricted" else self._decrypted(key, row)

    def restrict(self, subject: str, now: datetime) -> None:
        """Keep everything of this subject and read none of it; nothing can be added."""
        self.ring.restrict(subject, now)

    def destroy(self, subject: str, now: datetime) -> None:
        """Make everything of this subject unreadable for ever; nothing can be added."""
        self.ring.destroy(subject, now)


def disclosure(field: str, value: Any) -> bytes:
    """A value with a salt of its own, in the form in which it can be shown and proved."""
    salt = urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode("ascii")
    return urlsafe_b64encode(msgspec.json.encode([salt, field, value])).rstrip(b"=")


def digest_of(text: bytes) -> str:
    """The digest of a disclosure, as events hold it."""
    return urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode("ascii")


def reveal(text: bytes) -> tuple[str, str, Any]:
    """Salt, field and value of a disclosure."""
    salt, field, value = msgspec.json.decode(urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
    return salt, field, value


def _bound(digest: str, subject: str) -> bytes:
    """What a sealed value is bound to: moved to another digest or another subject, it does not open."""
    return f"{digest}{subject}".encode()
