"""What decisions about stations, staff, training and projects look up of other aggregates, as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from services.contracts.referral import ServedPlace, StationKind
from services.kernel.errors import Refused
from services.kernel.message import Ask


@dataclass(frozen=True, kw_only=True, slots=True)
class StationFact:
    """A station as the directory has it."""

    station_id: UUID
    kind: StationKind
    state: Literal["open", "closed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Staffing:
    """What was looked up; what was not, or was never heard of, is missing.

    `itself` is the aggregate that is decided about, `taken` says that the code is somebody else's, `held` counts what
    hangs on a station (posts, stations below it), `matters` and `needs` what a worker answers for, `units`
    the parties that they work for: their employer, and the stations of their posts with those above.
    """

    itself: UUID | None = None
    taken: bool = False
    station: StationFact | None = None
    held: int = 0
    matters: int = 0
    needs: int = 0
    units: tuple[str, ...] = ()
    staff: frozenset[UUID] = field(default_factory=frozenset)


NOTHING = Staffing()


def staffing(ask: Ask) -> Staffing:
    """What was looked up for this command."""
    return ask.facts or NOTHING


def itself(ask: Ask) -> UUID:
    """The id of the aggregate that this command brings into being."""
    return staffing(ask).itself or ask.id


def must_be_free(ask: Ask) -> None:
    """Refuse a code that already stands for somebody or something else."""
    if staffing(ask).taken:
        raise Refused("code-taken", "This code is in use already.", "该代码已被使用。", field="code")


def must_stand_in_an_edition(places: Iterable[ServedPlace]) -> None:
    """Division codes change each year, so a code says of which edition it is; names of places need none (INV-40)."""
    for place in places:
        if place.code.isdigit() and place.edition is None:
            raise Refused(
                "edition-needed",
                f"Say in which edition of the division codes {place.code} stands, such as nbs-2023.",
                f"请注明区划代码 {place.code} 所属版本, 如 nbs-2023。",
                field="places",
            )
