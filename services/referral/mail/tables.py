"""What is kept of letters and of the links in them: no rebuild sends a letter again, or makes a used link new."""

from __future__ import annotations

import sqlalchemy as sa

from services.referral.editions import KEPT

links = sa.Table(
    "mail_links",
    KEPT,
    sa.Column("link_id", sa.Uuid, primary_key=True),
    sa.Column("purpose", sa.String(16)),
    sa.Column("offer_id", sa.Uuid, index=True),
    sa.Column("referral_id", sa.Uuid),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("generation", sa.Integer),
    sa.Column("made_at", sa.DateTime(timezone=True)),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("used_at", sa.DateTime(timezone=True)),
    sa.Column("used_for", sa.String(32)),
)
"""One link: what it is for, of which offer of which organization, until when; the answer that it gave has used it up."""

letters = sa.Table(
    "mail_letters",
    KEPT,
    sa.Column("letter_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String(16)),
    sa.Column("link_id", sa.Uuid),
    sa.Column("offer_id", sa.Uuid, index=True),
    sa.Column("referral_id", sa.Uuid),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("generation", sa.Integer),
    sa.Column("state", sa.String(16), index=True),
    sa.Column("attempts", sa.Integer),
    sa.Column("due_at", sa.DateTime(timezone=True)),
    sa.Column("made_at", sa.DateTime(timezone=True)),
    sa.Column("sent_at", sa.DateTime(timezone=True)),
    sa.Column("reason_code", sa.String(64)),
)
"""One letter: waiting, sent, failed, or dropped because nobody waits for it any more. Where to is in the vault alone."""
