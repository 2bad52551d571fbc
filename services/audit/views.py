"""What audit shows: its own findings, gaps, checks and looks; and, derived from the ledger, custody of every matter.

The first are folded from audit's own events like any view; the second belong to the custody follower, which derives
them anew when they are rebuilt.
"""

from __future__ import annotations

import sqlalchemy as sa

from services.audit.domain.integrity import GAPS
from services.contracts.audit import (
    CaseReplayed,
    CustodyBroken,
    CustodyMended,
    GapDetected,
    GapFilled,
    IntegrityBroken,
    IntegrityVerified,
    LedgerSealed,
    SigningResumed,
)
from services.kernel.message import Recorded
from services.kernel.view import Change, put

METADATA = sa.MetaData()
INSTANT = sa.DateTime(timezone=True)

finding = sa.Table(
    "finding",
    METADATA,
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("finding", sa.String, primary_key=True),
    sa.Column("need_id", sa.Uuid),
    sa.Column("fault", sa.String),
    sa.Column("holders", sa.String),
    sa.Column("since", INSTANT),
    sa.Column("until", INSTANT),
    sa.Column("state", sa.String, index=True),
    sa.Column("entry", sa.BigInteger),
    sa.Column("version", sa.Integer),
)
"""A break of custody that was told; `state` is `open` or `over`."""

gap = sa.Table(
    "gap",
    METADATA,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("expected", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seen", sa.BigInteger),
    sa.Column("detected_at", INSTANT),
    sa.Column("filled_at", INSTANT),
    sa.Column("state", sa.String, index=True),
)
"""Events that were missing before one that arrived; `state` is `open` or `filled`."""

check = sa.Table(
    "verification",
    METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String, index=True),
    sa.Column("size", sa.BigInteger),
    sa.Column("root", sa.String),
    sa.Column("flaws", sa.Integer),
    sa.Column("at", INSTANT),
)
"""Seals and checks of the ledger; `kind` is `sealed`, `verified` or `broken`."""

signing = sa.Table(
    "signing",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String),
    sa.Column("since", INSTANT),
    sa.Column("size", sa.BigInteger),
    sa.Column("code", sa.String),
    sa.Column("entry", sa.BigInteger),
)
"""One row, once the ledger was damaged: whether checkpoints are `signed` or `halted`, since when, and the first flaw."""

look = sa.Table(
    "look",
    METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("view", sa.String),
    sa.Column("actor", sa.String),
    sa.Column("role", sa.String),
    sa.Column("known_at", INSTANT),
    sa.Column("valid_at", INSTANT),
    sa.Column("at", INSTANT),
)
"""Who looked at which matter, and when."""


def project(recorded: Recorded) -> list[Change]:
    """What audit's own events change in its views."""
    match recorded.event:
        case CustodyBroken() as event:
            return [_broken(recorded, event)]
        case CustodyMended() as event:
            over = {"until": event.until, "state": "over", "version": recorded.version}
            return [put(finding, event.matter_id, event.finding, **over)]
        case GapDetected() as event:
            missing = {"seen": event.seen, "detected_at": recorded.recorded_at, "state": "open"}
            return [put(gap, event.publisher, event.expected, **missing)]
        case GapFilled() as event:
            filled = {"seen": event.seen, "filled_at": recorded.recorded_at, "state": "filled"}
            return [put(gap, event.publisher, event.expected, **filled)]
        case LedgerSealed() as event:
            return [_check(recorded, "sealed", event.to_size, event.root, 0)]
        case IntegrityVerified() as event:
            return [_check(recorded, "verified", event.size, event.root, 0)]
        case IntegrityBroken() as event:
            return [_check(recorded, "broken", event.size, event.root, event.flaws_count), *_halted(recorded, event)]
        case SigningResumed() as event:
            return [put(signing, 1, state="signed", since=recorded.recorded_at, size=event.size, code=None, entry=None)]
        case CaseReplayed() as event:
            return [_look(recorded, event)]
        case _:
            return []


def _broken(recorded: Recorded, event: CustodyBroken) -> Change:
    return put(
        finding,
        event.matter_id,
        event.finding,
        need_id=event.need_id,
        fault=event.fault,
        holders=",".join(event.holders),
        since=event.since,
        until=None,
        state="open",
        entry=event.entry,
        version=recorded.version,
    )


def _look(recorded: Recorded, event: CaseReplayed) -> Change:
    return put(
        look,
        recorded.position,
        matter_id=event.matter_id,
        view=event.view,
        actor=recorded.actor.id,
        role=recorded.actor.role,
        known_at=event.known_at,
        valid_at=event.valid_at,
        at=recorded.recorded_at,
    )


def _check(recorded: Recorded, kind: str, size: int, root: str, flaws: int) -> Change:
    return put(check, recorded.position, kind=kind, size=size, root=root, flaws=flaws, at=recorded.recorded_at)


def _halted(recorded: Recorded, event: IntegrityBroken) -> list[Change]:
    """Damage halts signing; what is only missing does not."""
    first = next((flaw for flaw in event.flaws if flaw.code not in GAPS), None)
    if first is None:
        return []
    since = recorded.recorded_at
    return [put(signing, 1, state="halted", since=since, size=event.size, code=first.code, entry=first.entry)]


# --- derived from the ledger, by the follower -------------------------------------------------------------------------

matter = sa.Table(
    "matter",
    METADATA,
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("open", sa.Boolean, index=True),
    sa.Column("holders", sa.String, index=True),
    sa.Column("society", sa.String),
    sa.Column("opened_at", INSTANT),
    sa.Column("changed_at", INSTANT),
    sa.Column("needs_open", sa.Integer),
    sa.Column("broken", sa.Integer, index=True),
    sa.Column("last_entry", sa.BigInteger),
    sa.Column("words", sa.String),
)
"""A matter as it stands: who answers for it, how many of its needs are open, how much of it is broken now.

`words` are those whose it is or was, joined by commas (see `scopes`)."""

custody = sa.Table(
    "custody",
    METADATA,
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("need", sa.String, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("holders", sa.String),
    sa.Column("claims", sa.Integer),
    sa.Column("start", sa.BigInteger),
    sa.Column("end", sa.BigInteger),
    sa.Column("act", sa.String),
    sa.Column("entry", sa.BigInteger),
    sa.Column("inherited", sa.Boolean),
    sa.Column("restricted", sa.Boolean),
)
"""The chain of responsibility: one row a stretch; `need` is empty for the matter itself, `end` NULL while it lasts."""

bar = sa.Table(
    "bar",
    METADATA,
    sa.Column("party", sa.String, primary_key=True),
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String),
    sa.Column("since", sa.BigInteger),
)
"""From then on a party (by the id in it) may not hold anything, for this reason; NULL: it may again."""
