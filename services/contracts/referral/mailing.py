"""By mail: an organization without an account is told of each offer by a mail whose link lets it answer that one offer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.kernel.contract import Code, Count, Digest, Said, Sealed, asked, published

MAILBOX = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}$(?!\n)"
"""An address of ASCII alone, without quotes or a display name: nothing in it ends a header (after RFC 5321, 4.1.2)."""

Mailbox = Annotated[
    str, Meta(pattern=MAILBOX, max_length=254), Sealed("contact"), Said("an e-mail address", "电子邮箱地址")
]


@asked(zh="登记邮件方式")
class ChooseMail:
    """Offers go to this organization by mail from now on; said again, all links that were sent before are void."""

    address: Mailbox


@asked(zh="停用邮件方式")
class EndMail:
    """No more mails to this organization; all links that were sent are void."""

    reason_code: Code = "asked"


@asked(zh="作废邮件链接")
class RevokeLink:
    """One link that was sent opens nothing any more: a mail went to somebody whom it does not concern."""

    link_id: UUID
    reason_code: Code = "asked"


@asked(zh="报告邮件未送达")
class ReportUndelivered:
    """The organization could not be told of an offer by mail; asked by the service itself."""

    offer_id: UUID
    reason_code: Code


@published("mailing.chosen", zh="邮件方式登记")
class MailChosen:
    """Offers go to this organization by mail; the address is sealed, and links of earlier generations are void."""

    organization_id: UUID
    generation: Count
    sealed: tuple[Digest, ...] = ()


@published("mailing.ended", zh="邮件方式停用")
class MailEnded:
    """No mail goes to this organization, and no link that was sent to it opens anything."""

    organization_id: UUID
    reason_code: Code


@published("mailing.link-revoked", zh="邮件链接作废")
class LinkRevoked:
    """This link opens nothing any more, whoever holds it."""

    organization_id: UUID
    link_id: UUID
    reason_code: Code


@published("offer.mail-undelivered", zh="邮件未送达")
class OfferMailUndelivered:
    """The organization could not be told of this offer by mail, for this reason: somebody should telephone."""

    matter_id: UUID
    offer_id: UUID
    organization_id: UUID
    reason_code: Code
