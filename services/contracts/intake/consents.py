"""Consents: a dated yes that names purposes, categories and receivers; withdrawn it stops the future, not the past."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.intake.terms import Narrative, Parties, PersonalCategory, SomeCodes
from services.contracts.words import Evidence
from services.kernel.contract import Code, Digest, Instant, Ref, asked, published

Giver = Literal["self", "guardian", "agent"]
Scope = Literal["all", "receiver", "category"]
Categories = Annotated[tuple[PersonalCategory, ...], Meta(min_length=1, max_length=4)]
AnyCategories = Annotated[tuple[PersonalCategory, ...], Meta(max_length=4)]


@published("consent.requested", zh="征求同意")
class ConsentRequested:
    """The person or guardian has been asked, with this edition of the notice."""

    consent_id: UUID
    person_id: UUID
    purposes: SomeCodes
    categories: Categories
    notice_version: Code
    receivers: Parties = ()


@published("consent.granted", zh="同意")
class ConsentGranted:
    """These purposes, categories and receivers are allowed from now until it is withdrawn or expires."""

    consent_id: UUID
    person_id: UUID
    by: Giver
    purposes: SomeCodes
    categories: Categories
    receivers: Parties
    sensitive: bool
    method: Code
    notice_version: Code
    valid_from: Instant
    valid_until: Instant | None = None
    by_person_id: UUID | None = None
    child_asked: Code | None = None
    evidence_ref: Ref | None = None
    sealed: tuple[Digest, ...] = ()


@published("consent.refused", zh="不同意")
class ConsentRefused:
    """The answer is no: nobody asks again for the same unless the person wishes it."""

    consent_id: UUID
    person_id: UUID
    by: Giver
    purposes: SomeCodes
    categories: Categories
    receivers: Parties
    method: Code


@published("consent.withdrawn", zh="撤回同意")
class ConsentWithdrawn:
    """What was allowed is allowed no longer, wholly or for some; what is left is named. The past stays valid."""

    consent_id: UUID
    person_id: UUID
    by: Giver
    scope: Scope
    receivers: Parties = ()
    categories: AnyCategories = ()
    receivers_left: Parties = ()
    categories_left: AnyCategories = ()


@published("consent.expired", zh="同意到期")
class ConsentExpired:
    """The time for which the consent was given is over."""

    consent_id: UUID
    person_id: UUID


@published("consent.superseded", zh="同意被替代")
class ConsentSuperseded:
    """A later consent stands in the place of this one."""

    consent_id: UUID
    person_id: UUID
    by_consent_id: UUID


@asked(zh="征求同意")
class RequestConsent:
    """Ask the person or guardian; after a refusal only for something new, or at the person's own wish."""

    person_id: UUID
    purposes: SomeCodes
    categories: Categories
    notice_version: Code
    receivers: Parties = ()
    own_wish: bool = False


@asked(zh="登记同意")
class GrantConsent:
    """Write down a consent: who gave it, for which purposes, categories and receivers, in which form."""

    person_id: UUID
    by: Giver
    purposes: SomeCodes
    categories: Categories
    method: Code
    notice_version: Code
    receivers: Parties = ()
    sensitive: bool = False
    by_person_id: UUID | None = None
    child_asked: Code | None = None
    evidence_ref: Evidence | None = None
    valid_until: Instant | None = None
    words: Narrative | None = None


@asked(zh="登记不同意")
class RefuseConsent:
    """Write down that the answer was no."""

    person_id: UUID
    by: Giver
    purposes: SomeCodes
    categories: Categories
    method: Code
    receivers: Parties = ()


@asked(zh="登记答复")
class AnswerConsentRequest:
    """Write down the answer to a consent that was asked for: yes or no, to just what was asked."""

    answer: Literal["yes", "no"]
    by: Giver
    method: Code
    sensitive: bool = False
    by_person_id: UUID | None = None
    child_asked: Code | None = None
    evidence_ref: Evidence | None = None
    valid_until: Instant | None = None
    words: Narrative | None = None


@asked(zh="撤回同意")
class WithdrawConsent:
    """Withdraw a consent: wholly, for some receivers, or for some categories. Never refused while it is in force."""

    by: Giver = "self"
    scope: Scope = "all"
    receivers: Parties = ()
    categories: AnyCategories = ()


@asked(zh="同意到期")
class ExpireConsent:
    """Note that the consent's time is over (issued by the clock)."""


@asked(zh="替代同意")
class SupersedeConsent:
    """Say that a later consent stands in the place of this one."""

    by_consent_id: UUID
