"""Which organizations are told by mail, in which generation of links, and which links were revoked."""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel.message import Recorded
from services.kernel.view import Change, put
from services.referral.views.tables import METADATA

mailings = sa.Table(
    "mailings",
    METADATA,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("state", sa.String(32), index=True),
    sa.Column("generation", sa.Integer),
    sa.Column("digest", sa.String(43)),
    sa.Column("reason_code", sa.String(64)),
    sa.Column("since", sa.DateTime(timezone=True)),
)
"""The digest finds the address in the vault; no table holds the address."""

revoked_links = sa.Table(
    "revoked_links",
    METADATA,
    sa.Column("link_id", sa.Uuid, primary_key=True),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("reason_code", sa.String(64)),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
)


def project(recorded: Recorded) -> list[Change]:
    """Which rows change by an event of an organization's mails."""
    match recorded.event:
        case public.MailChosen() as event:
            sealed = {"digest": next(iter(event.sealed), None), "since": recorded.recorded_at}
            return [_row(recorded, state="active", generation=event.generation, reason_code=None, **sealed)]
        case public.MailEnded() as event:
            return [_row(recorded, state="ended", digest=None, reason_code=event.reason_code)]
        case public.LinkRevoked() as event:
            told = {"reason_code": event.reason_code, "revoked_at": recorded.recorded_at}
            return [_row(recorded), put(revoked_links, event.link_id, organization_id=event.organization_id, **told)]
        case _:
            return []


def _row(recorded: Recorded, **columns: object) -> Change:
    return put(mailings, recorded.stream_id, version=recorded.version, **columns)
