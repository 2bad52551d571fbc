"""The directory: organizations of the five societies, agreements among them, and what each offers where."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.referral.words import Codes, OrganizationKind, Places, SomeCodes, Ties, Uscc
from services.contracts.words import AreaCode, Evidence, Party
from services.kernel.contract import Code, Count, Digest, Ref, Said, Sealed, asked, published

Label = Annotated[
    str, Meta(min_length=1, max_length=120), Sealed("directory"), Said("a name, at most 120", "名称, 不超过 120 字")
]
Parties = Annotated[tuple[Party, ...], Meta(min_length=2, max_length=16), Said("at least two parties", "至少两方")]


@asked(zh="登记机构")
class RegisterOrganization:
    """An organization is to stand in the directory; a team without any registration of its own may stand there too.

    A credit code whose check does not fit is doubted (`uscc-wrong`); the same with `uscc_override`, a reason, is taken.
    """

    kind: OrganizationKind
    code: Code
    area: AreaCode | None = None
    uscc: Uscc | None = None
    uscc_override: Code | None = None
    parent_id: UUID | None = None
    name: Label | None = None


@asked(zh="登记别名")
class AddOrganizationAlias:
    """People also call this organization by another name."""

    alias: Label


@asked(zh="核验机构")
class VerifyOrganization:
    """Somebody looked at what the organization is, and says by which evidence."""

    evidence_kind: Code
    evidence_ref: Evidence | None = None
    valid_until: date | None = None


@asked(zh="启用机构")
class ActivateOrganization:
    """A verified organization may be offered needs from now on; so may one whose suspension is over."""

    reason_code: Code | None = None


@asked(zh="暂停机构")
class SuspendOrganization:
    """No offers to this organization for the time being; what it holds goes back."""

    reason_code: Code


@asked(zh="注销机构")
class RetireOrganization:
    """The organization leaves the network for good."""

    reason_code: Code


@published("organization.registered", zh="机构登记")
class OrganizationRegistered:
    """An organization stands in the directory; nothing may be offered to it yet."""

    organization_id: UUID
    kind: OrganizationKind
    party: Party
    code: Code
    area: AreaCode | None = None
    uscc: Uscc | None = None
    uscc_override: Code | None = None
    parent_id: UUID | None = None
    sealed: tuple[Digest, ...] = ()


@published("organization.aliased", zh="机构别名")
class OrganizationAliased:
    """The organization is known by one more name."""

    sealed: tuple[Digest, ...] = ()


@published("organization.verified", zh="机构核验")
class OrganizationVerified:
    """What the organization says of itself has been checked against evidence, for the first time or again."""

    evidence_kind: Code
    evidence_ref: Ref | None = None
    valid_until: date | None = None
    first: bool


@published("organization.activated", zh="机构启用")
class OrganizationActivated:
    """The organization may be offered needs."""

    reason_code: Code | None = None


@published("organization.suspended", zh="机构暂停")
class OrganizationSuspended:
    """The organization gets no offers; its live offers are withdrawn and what it holds is returned.

    `party` is as whom it answered; in events from before this was said it is missing.
    """

    reason_code: Code
    party: Party | None = None


@published("organization.retired", zh="机构注销")
class OrganizationRetired:
    """The organization has left the network; its access ends and it must hand back or delete what it was given.

    `party` is as whom it answered; in events from before this was said it is missing.
    """

    reason_code: Code
    party: Party | None = None


@asked(zh="签订合作协议")
class SignAgreement:
    """Two or more parties have agreed to work together; the date may be unknown."""

    parties: Parties
    purpose_codes: SomeCodes
    agreement_ref: Ref | None = None
    pia_ref: Ref | None = None
    signed_on: date | None = None
    valid_until: date | None = None


@asked(zh="终止合作协议")
class EndAgreement:
    """The agreement is over."""

    reason_code: Code


@published("cooperation-agreement.signed", zh="合作协议签订")
class CooperationAgreementSigned:
    """These parties work together for these purposes; a date of signing that nobody knows stays unknown."""

    parties: tuple[Party, ...]
    purpose_codes: tuple[Code, ...]
    agreement_ref: Ref | None = None
    pia_ref: Ref | None = None
    signed_on: date | None = None
    valid_until: date | None = None


@published("cooperation-agreement.ended", zh="合作协议终止")
class CooperationAgreementEnded:
    """The parties no longer work together under this agreement."""

    parties: tuple[Party, ...]
    reason_code: Code


@asked(zh="发布服务供给")
class PublishOffering:
    """An organization says what it can take, where, under which conditions and how much; unknown capacity is legal.

    Whom it takes: by which ties to the places (none: by any), of which groups, of which ages (none: of all); and whether
    only under a cooperation agreement.
    """

    organization_id: UUID
    service_codes: SomeCodes
    areas: Places = ()
    conditions: Codes = ()
    capacity: Count | None = None
    area_edition: Code | None = None
    eligible_by: Ties = ()
    group_codes: Codes = ()
    age_bands: Codes = ()
    agreement_needed: bool = False


@asked(zh="调整容量")
class ChangeCapacity:
    """The organization can take more or fewer at a time; nothing given means nobody knows."""

    capacity: Count | None = None
    reason_code: Code | None = None


@asked(zh="撤下服务供给")
class WithdrawOffering:
    """The organization no longer offers this."""

    reason_code: Code


@published("offering.published", zh="供给发布")
class OfferingPublished:
    """This organization takes these needs in these places (no place: everywhere) under these conditions.

    `eligible_by` says by which ties somebody belongs to the places (none: by any); groups and ages that are not named
    are all; `area_edition` is the edition in which area codes stand.
    """

    organization_id: UUID
    service_codes: tuple[Code, ...]
    areas: Places = ()
    conditions: tuple[Code, ...] = ()
    capacity: Count | None = None
    area_edition: Code | None = None
    eligible_by: Ties = ()
    group_codes: tuple[Code, ...] = ()
    age_bands: tuple[Code, ...] = ()
    agreement_needed: bool = False


@published("capacity.changed", zh="容量变更")
class CapacityChanged:
    """The organization can take this many at a time; None is unknown."""

    organization_id: UUID
    capacity: Count | None = None
    reason_code: Code | None = None


@published("offering.withdrawn", zh="供给撤下")
class OfferingWithdrawn:
    """The organization takes no new needs under this offering; what it has accepted it keeps."""

    organization_id: UUID
    reason_code: Code
