"""Whether somebody holds a need at this moment, on something that still stands: until then he knows whose need it is.

The matrix (4.7 of the domain's rules) opens the reference to a person "until closed or revoked". So it ends with the
referral, with its return, and with the consent, whichever is heard of first; that one once held it opens nothing (INV-5,
INV-7).
"""

from __future__ import annotations

import sqlalchemy as sa

from services.kernel.clock import system_clock
from services.kernel.scope import Where
from services.referral.domain.referral_allowed import CONSENT_ITSELF
from services.referral.views.tables import consents, referrals

HELD = ("accepted", "in_service", "paused", "outcome_reported", "disputed")
"""States of a referral in which somebody outside answers for the need."""


def held() -> Where:
    """The referral is in somebody's hands, and it was lawfully told whose need it is."""
    r = referrals.c
    stands = sa.or_(r.legal_basis.not_in([basis for basis in CONSENT_ITSELF if basis]), _covered())
    return sa.and_(r.state.in_(HELD), r.holder != r.origin, stands)


def _covered() -> Where:
    """A consent in force names whoever holds it.

    Looked for among those that the referral cites, that the acceptance was found to stand on, and that were given under
    the person's own record. One given under a record that was merged later is found at the next acceptance and not here:
    then a reference is withheld that might have been shown, which harms nobody.
    """
    c, r = consents.c, referrals.c
    now = sa.bindparam(None, callable_=system_clock, type_=c.valid_until.type, unique=True)
    named = sa.cast(c.receivers, sa.String)
    holder = sa.literal('"') + r.holder + sa.literal('"')
    covers = sa.and_(
        c.granted.is_(True), c.for_referral.is_(True), sa.or_(c.valid_until.is_(None), c.valid_until > now),
        sa.func.replace(named, holder, "") != named,
        sa.or_(c.consent_id == r.consent_id, c.consent_id == r.taken_on, c.person_id == r.person_id),
    )  # fmt: skip
    return sa.exists().where(covers).correlate(referrals)
