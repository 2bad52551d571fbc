"""By which ways an organization's sequence goes out: a queue of its own, endpoints that are called."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.kernel.contract import Code, Count, Instant, Said, asked, published

Hours = Annotated[int, Meta(ge=0, le=720), Said("hours, from 0 to 720", "小时数, 0 至 720")]


@published("queue.opened", zh="队列开通")
class QueueOpened:
    """What is delivered to the organization is also put into a queue of its own, from the number after this one on."""

    organization_id: UUID
    after: Count


@published("queue.closed", zh="队列关闭")
class QueueClosed:
    """The organization's queue is no more; its sequence stays, and is read by other ways."""

    organization_id: UUID


@published("endpoint.added", zh="回调地址登记")
class EndpointAdded:
    """The organization is called at an address of its own, from the number after this one on; the address is not said."""

    endpoint_id: UUID
    organization_id: UUID
    after: Count


@published("endpoint.secret-rotated", zh="回调密钥更换")
class EndpointSecretRotated:
    """Calls are signed with a new secret, and until then with the old one as well."""

    endpoint_id: UUID
    organization_id: UUID
    generation: Count
    old_until: Instant


@published("endpoint.disabled", zh="回调停用")
class EndpointDisabled:
    """The endpoint is not called any more, for this reason; what it has not got is kept for it."""

    endpoint_id: UUID
    organization_id: UUID
    reason_code: Code


@published("endpoint.enabled", zh="回调启用")
class EndpointEnabled:
    """The endpoint is called again, from where it was."""

    endpoint_id: UUID
    organization_id: UUID


@published("endpoint.removed", zh="回调注销")
class EndpointRemoved:
    """The endpoint is no more."""

    endpoint_id: UUID
    organization_id: UUID


@asked(zh="开通队列")
class OpenQueue:
    """Put the organization's sequence into a queue of its own; `after` is the last number that it has by other ways."""

    organization_id: UUID
    after: Count = 0


@asked(zh="关闭队列")
class CloseQueue:
    """Take the organization's queue away, with what is in it."""


@asked(zh="登记回调地址")
class AddEndpoint:
    """Call the organization at an address; `after` is the last number that it has by other ways."""

    endpoint_id: UUID
    organization_id: UUID
    after: Count = 0


@asked(zh="更换回调密钥")
class RotateEndpointSecret:
    """Sign with a new secret, and for so many hours with the old one as well."""

    overlap_hours: Hours = 24


@asked(zh="停用回调")
class DisableEndpoint:
    """Call the endpoint no more until it is enabled."""

    reason_code: Code = "asked"


@asked(zh="启用回调")
class EnableEndpoint:
    """Call the endpoint again, from where it was."""


@asked(zh="注销回调")
class RemoveEndpoint:
    """Forget the endpoint and its address."""
