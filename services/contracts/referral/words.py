"""Words that the contracts of the referral service share: kinds of organizations, places, needs, outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from services.kernel.contract import Code, Said

OrganizationKind = Literal[
    "community", "station", "social_organization", "volunteer_team", "charity", "university", "authority", "other"
]
"""What an organization is; the first five are the five societies (a station stands for the social workers)."""

ReferralKind = Literal["referral", "transfer", "consult"]
"""转介 adds a helper, 移交 moves the case, 会商 asks for advice or a fact."""

OfferMode = Literal["direct", "sequential", "broadcast"]
Urgency = Literal["emergency", "urgent", "normal", "low"]
Outcome = Literal["delivered", "partially", "not_delivered", "client_declined", "unreachable"]
ContactSubject = Literal["nobody-found", "no-first-contact", "outcome", "progress", "withdrawal"]
"""Why the origin speaks with the person about a referral."""

ContactResult = Literal["reached", "no-answer", "left-word"]
OutcomeUnit = Literal["times", "persons", "hours", "items", "households"]
AcceptanceFault = Literal["already_accepted", "expired", "withdrawn", "consent_withdrawn", "capacity"]

Place = Annotated[
    str,
    Meta(pattern=r"^([0-9]{2,17}|[a-z][a-z0-9-]{1,39})$(?!\n)"),
    Said("an area code of 2 to 17 digits, or the code of a named place", "2 至 17 位区划代码, 或地点代码"),
]
"""A service area is a set of places; a new district without a code of its own is one by name (`cc-xinqu`)."""

Uscc = Annotated[
    str,
    Meta(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$(?!\n)"),
    Said("a unified social credit code, 18 characters", "18 位统一社会信用代码"),
]

Codes = Annotated[tuple[Code, ...], Meta(max_length=32)]
SomeCodes = Annotated[tuple[Code, ...], Meta(min_length=1, max_length=32), Said("at least one code", "至少一个代码")]
Places = Annotated[tuple[Place, ...], Meta(max_length=64)]


Tie = Literal["residence", "work", "life", "hukou"]
"""How a person belongs to a place: 居住, 工作, 生活, 户籍."""

Ties = Annotated[tuple[Tie, ...], Meta(max_length=4)]


@dataclass(frozen=True, kw_only=True, slots=True)
class ServedPlace:
    """A place that is served: its code, and the edition of the division codes in which it stands (INV-40).

    Places that have a name and no division code, such as a new district, stand in no edition.
    """

    code: Place
    edition: Code | None = None


ServedPlaces = Annotated[tuple[ServedPlace, ...], Meta(max_length=64)]
