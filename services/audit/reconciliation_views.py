"""What is shown of reconciliation: how each publisher's log stands to the ledger, and every difference as a finding."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from services.audit import views
from services.contracts.audit.reconciliation import Difference, PublisherLogAgreed, PublisherLogDiffered
from services.kernel.message import Recorded
from services.kernel.view import Change, put

publisher_log = sa.Table(
    "publisher_log",
    views.METADATA,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("state", sa.String, index=True),
    sa.Column("position", sa.BigInteger),
    sa.Column("digest", sa.String),
    sa.Column("signed_at", views.INSTANT),
    sa.Column("compared_at", views.INSTANT),
    sa.Column("keys", sa.String),
    sa.Column("differences", sa.BigInteger),
)
"""A publisher's log by its last head; `state` is `agrees` or `differs`, `keys` are those known of it, by spaces."""

difference = sa.Table(
    "difference",
    views.METADATA,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.BigInteger),
    sa.Column("state", sa.String, index=True),
    sa.Column("found_at", views.INSTANT),
    sa.Column("settled_at", views.INSTANT),
)
"""A difference between a publisher's log and the ledger; `state` is `open` or `settled`, position 0: of the log as a whole."""


def project(recorded: Recorded) -> list[Change]:
    """What a comparison changes in these views."""
    event = recorded.event
    if not isinstance(event, PublisherLogAgreed | PublisherLogDiffered):
        return []
    return [_log(recorded, event), *_settled(event.publisher, event.settled, recorded), *_open(recorded, event)]


def _log(recorded: Recorded, event: PublisherLogAgreed | PublisherLogDiffered) -> Change:
    differs = isinstance(event, PublisherLogDiffered)
    of = {} if event.head is None else {
        "position": event.head.position, "digest": event.head.digest, "signed_at": event.head.signed_at,
    }  # fmt: skip
    of |= {"keys": " ".join(event.keys)} if event.keys else {}
    count = event.differences_count if isinstance(event, PublisherLogDiffered) else 0
    state = "differs" if differs else "agrees"
    return put(publisher_log, event.publisher, state=state, differences=count, compared_at=recorded.recorded_at, **of)


def _open(recorded: Recorded, event: PublisherLogAgreed | PublisherLogDiffered) -> list[Change]:
    """A difference that was found before is found again: it is open since the last time."""
    if not isinstance(event, PublisherLogDiffered):
        return []
    found = {"state": "open", "found_at": recorded.recorded_at, "settled_at": None}
    return [put(difference, event.publisher, d.code, d.position, entry=d.entry, **found) for d in event.differences]


def _settled(publisher: str, over: Iterable[Difference], recorded: Recorded) -> list[Change]:
    ended = {"state": "settled", "settled_at": recorded.recorded_at}
    return [put(difference, publisher, d.code, d.position, **ended) for d in over]
