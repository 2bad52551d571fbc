"""The words that all publishers share: parties, handoffs, amounts, areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.kernel.contract import NO_NUMBER_OF_ANYBODY, Instant, Said

PARTY_KINDS = (
    "community", "worker", "organization", "team", "volunteer", "charity", "university", "authority", "person", "unknown",
)  # fmt: skip

Party = Annotated[
    str,
    Meta(
        pattern=r"^(unknown|(community|worker|organization|team|volunteer|charity|university|authority|person):[A-Za-z0-9][A-Za-z0-9._-]{0,63})$(?!\n)"
    ),
    Said("a party, <kind>:<id>, or unknown", "责任方, <类别>:<标识>, 或 unknown"),
]
"""One who can answer for a need: `worker:w-07`, `community:220104004001`, `team:<uuid>`; `unknown` is a legal value."""

Fen = Annotated[int, Meta(ge=0, le=2**53 - 1), Said("an amount in whole fen", "以分为单位的整数金额")]
AreaCode = Annotated[
    str, Meta(pattern=r"^[0-9]{2,17}$(?!\n)"), Said("an area code, 2 to 17 digits", "区划代码, 2 至 17 位数字")
]

Evidence = Annotated[
    str,
    Meta(pattern=NO_NUMBER_OF_ANYBODY + r"[A-Za-z0-9][A-Za-z0-9:._+/-]{0,159}$(?!\n)"),
    Said(
        "where the evidence lies, such as call/2026-17, at most 160; never the number of a telephone or of an identity document",
        "凭据所在, 如 call/2026-17, 不超过 160 位; 不得填写电话号码或证件号码",
    ),
]
"""What shows something, in a command. It stands in the event, so whoever types somebody's number there is stopped (INV-6)."""

Act = Literal["offered", "taken", "refused", "returned", "released"]

SOCIETIES = ("community", "social_worker", "social_organization", "volunteer", "charity")
"""The five societies of 五社联动, in the order of the lanes of a custody chart."""

SOCIETY_OF = {
    "community": "community", "worker": "social_worker", "organization": "social_organization", "university": "social_organization",
    "team": "volunteer", "volunteer": "volunteer", "charity": "charity",
}  # fmt: skip
"""Which society a party's kind belongs to; kinds that are missing stand outside the five."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Handoff:
    """Responsibility is offered, taken, refused, returned or released, from `giver` to `takers` (domain rule table 4.6).

    `need_id` is None when the matter itself is meant; otherwise it names the strand (referral, task, grant, pairing)
    that carries one need of the matter. Several takers answer jointly: together they are one accountable party.
    """

    act: Act
    matter_id: UUID
    giver: Party
    takers: tuple[Party, ...]
    need_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Until when something is waited for: at `remind_at` whoever is to act is reminded, at `due_at` it is put before others."""

    remind_at: Instant
    due_at: Instant


STATION_ROLES = ("coordinator", "station_head", "worker", "grid_worker", "dispatcher", "supervisor")
"""Those who work at a station or a community point."""

ROLES = (
    *STATION_ROLES, "partner", "team_leader", "volunteer", "commissioner", "client", "auditor", "administrator", "service",
)  # fmt: skip
"""Every role that a token can carry: `client` is the person served or a guardian, `commissioner` whoever pays for a
project, `service` the hub's own services among themselves."""
