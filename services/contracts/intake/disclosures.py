"""Disclosures: identity is released to one named receiver, on a consent in force or a legal basis, until revoked."""

from __future__ import annotations

from uuid import UUID

from services.contracts.intake.consents import AnyCategories, Categories
from services.contracts.words import Party
from services.kernel.contract import Code, Instant, Ref, asked, published


@published("identity.disclosed", zh="身份披露")
class IdentityDisclosed:
    """This receiver may read these categories about this person, for this purpose, until revoked or expired."""

    disclosure_id: UUID
    person_id: UUID
    receiver: Party
    purpose: Code
    categories: Categories
    matter_id: UUID | None = None
    need_id: UUID | None = None
    consent_id: UUID | None = None
    legal_basis: Code | None = None
    approver: Ref | None = None
    expires_at: Instant | None = None


@published("identity.disclosure-refused", zh="身份披露被拒")
class IdentityDisclosureRefused:
    """A need was taken on, but no consent in force names this receiver: nothing was released."""

    disclosure_id: UUID
    person_id: UUID
    receiver: Party
    purpose: Code
    reason_code: Code
    matter_id: UUID | None = None
    need_id: UUID | None = None


@published("identity.access-revoked", zh="收回身份访问")
class IdentityAccessRevoked:
    """The receiver may read no longer; what it holds is to be deleted or returned."""

    disclosure_id: UUID
    person_id: UUID
    receiver: Party
    reason_code: Code
    matter_id: UUID | None = None
    need_id: UUID | None = None


@asked(zh="披露身份")
class DiscloseIdentity:
    """Release identity to a receiver. Without a legal basis, a consent in force must name receiver, purpose, category.

    No categories: all that the consent names. With `need_id` (a strand taken on) a missing consent is put on record.
    """

    person_id: UUID
    receiver: Party
    purpose: Code
    categories: AnyCategories = ()
    matter_id: UUID | None = None
    need_id: UUID | None = None
    legal_basis: Code | None = None
    approver: Ref | None = None
    expires_at: Instant | None = None


@asked(zh="收回身份访问")
class RevokeIdentityAccess:
    """End a receiver's access."""

    reason_code: Code
