"""The keys of persons: one per subject, wrapped by the hub's key (the KEK), in a database of their own.

A key is durable before anything is sealed with it. Destroying it makes everything sealed with it unreadable for good;
restricting it stops all reading until the law lets it end. Other processes notice either within `KEPT_SECONDS`.
"""

from __future__ import annotations

import hmac
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy.dialects import postgresql, sqlite

from services.kernel import log, metrics
from services.kernel.clock import system_clock
from services.kernel.database import answering, engine_for
from services.kernel.errors import Refused, Unavailable

KEYS = sa.MetaData()

subject_key = sa.Table(
    "subject_key", KEYS,
    sa.Column("subject", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("wrapped", sa.LargeBinary),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
)  # fmt: skip
"""A subject's key: active, restricted, or destroyed and then without its bytes. Instants are microseconds since 1970."""

State = Literal["active", "restricted", "destroyed"]

CHECK = ""
"""The subject of the row that tells whether our KEK is the one that wrapped the others."""

VERSION = 1
KEPT = 10_000
KEPT_SECONDS = 30.0
PAGE = 500


class VaultLocked(Unavailable):
    """The keys cannot be unwrapped: the KEK in the settings is not the one that wrapped them."""

    code = "vault-locked"


@dataclass(frozen=True)
class Key:
    """A subject's key, ready for use."""

    version: int
    state: State
    cipher: AESGCM
    mark: bytes = field(repr=False)
    """Marks values so that the same can be told from another, by nobody who has not the key."""


def prepare_keys(owner_url: str, url: str) -> None:
    """Make the table of keys as the owner, and let the role of `url` use it; no role may delete from it."""
    engine = engine_for(owner_url)
    try:
        with engine.begin() as connection:
            KEYS.create_all(connection)
            if owner_url != url and engine.dialect.name == "postgresql":
                role = connection.dialect.identifier_preparer.quote(str(sa.make_url(url).username))
                connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE ON {subject_key.name} TO {role}")
    finally:
        engine.dispose()


def restricted() -> Refused:
    """The refusal to add to what is restricted."""
    return Refused(
        "processing-restricted",
        "Processing of this person's data is restricted; nothing can be added.",
        "此人的个人信息已限制处理, 不能新增。",
    )


def erased() -> Refused:
    """The refusal to add to what was erased."""
    gone = "This person's data was erased; nothing can be added."
    return Refused("person-erased", gone, "此人的个人信息已删除, 不能新增。")


class KeyRing:
    """The keys of one service's subjects; safe to share between threads.

    Threads that need new keys at the same moment share one commit: the commit in flight is the window.
    """

    def __init__(self, engine: sa.Engine, keks: Sequence[bytes], service: str = "") -> None:
        self._engine, self._keks, self._service = engine, tuple(keks), service
        self._kept: dict[str, tuple[Key, float]] = {}
        self._lock = threading.Lock()
        self._committing = threading.Lock()
        self._wanted: dict[str, None] = {}
        self._generation = 0
        self._open = False
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _overwrite_what_is_deleted)
            engine.dispose()

    # --- opening ---

    def open(self) -> None:
        """Make sure that our KEK fits, and wrap anew what an older KEK wrapped; raises VaultLocked when none fits."""
        if self._open:
            return
        with self._database() as connection:
            self._insert(connection, [CHECK], system_clock())
            check = connection.execute(sa.select(subject_key).where(subject_key.c.subject == CHECK)).one()
        _, age = self._unwrap(check.wrapped)
        if age:
            count = self.wrap_anew()
            log.noticed(self._service, "keys-wrapped-anew", count=count)
        self._open = True

    def wrap_anew(self) -> int:
        """Wrap every live key by the first KEK, the check's own last; how many were wrapped by an older one."""
        changed, last = 0, CHECK
        while rows := self._page(subject_key.c.subject > last):
            last = rows[-1].subject
            changed += sum(self._wrap_row(row) for row in rows)
        for check in self._page(subject_key.c.subject == CHECK):
            self._wrap_row(check)
        return changed

    def _page(self, which: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any]]:
        query = sa.select(subject_key).where(which, subject_key.c.wrapped.is_not(None))
        with self._database() as connection:
            return connection.execute(query.order_by(subject_key.c.subject).limit(PAGE)).all()

    def _wrap_row(self, row: sa.Row[Any]) -> bool:
        """One key under the first KEK, unless it is there already, or was destroyed since it was read."""
        key, age = self._unwrap(row.wrapped)
        if not age:
            return False
        unchanged = (subject_key.c.subject == row.subject, subject_key.c.wrapped == row.wrapped)
        change = subject_key.update().where(*unchanged).values(wrapped=aes_key_wrap(self._keks[0], key))
        with self._database() as connection:
            connection.execute(change)
        return True

    def _unwrap(self, wrapped: bytes) -> tuple[bytes, int]:
        """A key, and how old the KEK is that wrapped it: 0 for the first."""
        for age, kek in enumerate(self._keks):
            try:
                return aes_key_unwrap(kek, wrapped), age
            except (InvalidUnwrap, ValueError):
                continue
        raise VaultLocked("no KEK in the settings opens these keys")

    # --- using ---

    def obtain(self, subject: str, now: datetime) -> Key:
        """The key to seal with, made and durable if there was none; refused when it is destroyed or restricted."""
        self.open()
        key = self._known(subject) or self._make(subject, now)
        if key.state != "active":
            raise restricted()
        return key

    def expect(self, subjects: Iterable[str]) -> None:
        """Have the keys of all these made in the one commit in which the first of them is obtained."""
        new = [subject for subject in subjects if self._known(subject) is None]
        with self._lock:
            self._wanted |= dict.fromkeys(new)

    def foresee(self, subjects: Iterable[str]) -> dict[str, Refused | None]:
        """What `obtain` would say of those of these that have a key: why it would refuse, or None; no key is made."""
        self.open()
        generation = self._generation
        with self._database() as connection:
            rows = connection.execute(sa.select(subject_key).where(subject_key.c.subject.in_(set(subjects)))).all()
        self._keep({row.subject: self._ready(row) for row in rows if row.state == "active"}, generation)
        ends = {"active": None, "restricted": restricted(), "destroyed": erased()}
        return {row.subject: ends[row.state] for row in rows}

    def find(self, subject: str) -> Key | None:
        """The key to read with; None when there is none or it is destroyed."""
        self.open()
        known, generation = self._known(subject), self._generation
        if known is not None:
            return known
        with self._database() as connection:
            found = self._load(connection, [subject])
        self._keep(found, generation)
        return found.get(subject)

    def is_destroyed(self, subject: str) -> bool:
        """Whether there was a key, and is none any more."""
        query = sa.select(subject_key.c.state).where(subject_key.c.subject == subject)
        with self._database() as connection:
            return connection.execute(query).scalar() == "destroyed"

    def _make(self, subject: str, now: datetime) -> Key:
        """A key for this subject and for those that others wait for, in one commit."""
        with self._lock:
            self._wanted[subject] = None
        with self._committing:
            known = self._known(subject)  # Another thread's commit may have made it meanwhile.
            if known is not None:
                return known
            with self._lock:
                subjects, self._wanted = sorted({*self._wanted, subject}), {}
            generation = self._generation
            with self._database() as connection:
                found = self._load(connection, subjects)
                missing = [each for each in subjects if each not in found]
                made = self._insert(connection, missing, now)
            found |= made
            metrics.key(self._service, "created", len(made))
            self._keep(found, generation)  # Only now: what is kept may be used, and must be durable first.
        if subject not in found:
            raise erased()
        return found[subject]

    def _insert(self, connection: sa.Connection, subjects: Sequence[str], now: datetime) -> dict[str, Key]:
        """New keys; a subject that has one already, whatever its state, keeps it."""
        if not subjects:
            return {}
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        at, keys = _micros(now), {subject: os.urandom(32) for subject in subjects}
        rows = [
            {"subject": subject, "version": VERSION, "state": "active", "created_at": at, "changed_at": at,
             "wrapped": aes_key_wrap(self._keks[0], key)}
            for subject, key in keys.items()
        ]  # fmt: skip
        if connection.execute(insert(subject_key).on_conflict_do_nothing(), rows).rowcount == len(rows):
            return {subject: _key(VERSION, "active", key) for subject, key in keys.items()}
        return self._load(connection, subjects)  # Another process was quicker with some of them.

    def _load(self, connection: sa.Connection, subjects: Sequence[str]) -> dict[str, Key]:
        """The keys of these subjects that are not destroyed."""
        if not subjects:
            return {}
        rows = connection.execute(sa.select(subject_key).where(subject_key.c.subject.in_(subjects))).all()
        return {row.subject: self._ready(row) for row in rows if row.wrapped is not None}

    def _ready(self, row: sa.Row[Any]) -> Key:
        return _key(row.version, row.state, self._unwrap(row.wrapped)[0])

    def _known(self, subject: str) -> Key | None:
        with self._lock:
            key, until = self._kept.get(subject, (None, 0.0))
        return key if time.monotonic() < until else None

    def _keep(self, keys: dict[str, Key], generation: int) -> None:
        """Keep keys for a while, unless some key was ended since `generation`: it may be one of these."""
        until = time.monotonic() + KEPT_SECONDS
        with self._lock:
            if generation != self._generation:
                return
            if len(self._kept) + len(keys) > KEPT:
                self._kept = {}
            self._kept |= {subject: (key, until) for subject, key in keys.items()}

    # --- ending ---

    def restrict(self, subject: str, now: datetime) -> None:
        """Nothing of this subject is read or added from now on, but all of it is kept."""
        self._change(subject, "restricted", now)

    def destroy(self, subject: str, now: datetime) -> None:
        """Nothing of this subject is ever read again, and nothing can be added; said again, it stays so."""
        self._change(subject, "destroyed", now)
        if self._engine.dialect.name == "sqlite":
            with self._database() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _change(self, subject: str, state: State, now: datetime) -> None:
        self.open()
        gone: dict[str, Any] = {"wrapped": None} if state == "destroyed" else {}
        live = (subject_key.c.subject == subject, subject_key.c.state.not_in(["destroyed", state]))
        with self._committing:
            with self._database() as connection:
                self._insert(connection, [subject], now)  # A subject without a key is remembered as ended all the same.
                change = subject_key.update().where(*live).values(state=state, changed_at=_micros(now), **gone)
                changed = connection.execute(change).rowcount
            with self._lock:
                self._kept.pop(subject, None)
                self._generation += 1
        metrics.key(self._service, state, changed)

    @contextmanager
    def _database(self) -> Iterator[sa.Connection]:
        """One transaction, committed at its end."""
        with answering("the key database"), self._engine.begin() as connection:
            yield connection


def _key(version: int, state: State, raw: bytes) -> Key:
    return Key(version, state, AESGCM(raw), hmac.digest(raw, b"mark", "sha256"))


def _overwrite_what_is_deleted(raw: Any, _: object) -> None:
    """SQLite leaves deleted bytes in its file unless told otherwise."""
    raw.execute("PRAGMA secure_delete=ON")


def _micros(instant: datetime) -> int:
    return int(instant.timestamp() * 1_000_000)
