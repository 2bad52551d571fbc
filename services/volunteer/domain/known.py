"""What the deciders of this service look up of other aggregates, as data: no rule, no reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.contracts.codes_matching import Reason
from services.contracts.volunteer.waves import KeptOut, Part
from services.contracts.words import Party
from services.kernel.message import Ask
from services.volunteer.domain.eligibility import Person, Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Willing:
    """One who could be asked, in the order of the suggestion, with why and at what cost.

    `asked` and `said_yes` count all earlier offers; `offers` are those that are open elsewhere by their times, `lately`
    when the newest were made.
    """

    party: Party
    reasons: tuple[Reason, ...] = ()
    parts: Mapping[Part, int] = field(default_factory=dict)
    asked: int = 0
    said_yes: int = 0
    offers: tuple[Span, ...] = ()
    lately: tuple[datetime, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """Whom the hub would ask, in order, how many each rule kept out, and by which versions it came to that.

    `chosen` are those whom somebody has named instead.
    """

    willing: tuple[Willing, ...] = ()
    chosen: tuple[Willing, ...] = ()
    kept_out: tuple[KeptOut, ...] = ()
    model: str = "roster-1"
    weights: str = "2026-11"


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """`itself` is the id of the stream, `people` are those a command is about, `candidates` could be asked next.

    `minutes` are the confirmed ones of the volunteer whom the command is about; `relatives` are parties of the client's
    family; `holder` answers for the matter now, where somebody has taken it over from the one whom the task names.
    `suggestion` is whom the hub would ask or send.
    """

    itself: UUID | None = None
    people: tuple[Person, ...] = ()
    candidates: tuple[Person, ...] = ()
    open_tasks: tuple[UUID, ...] = ()
    minutes: int = 0
    relatives: tuple[Party, ...] = ()
    holder: Party | None = None
    record_by: date | None = None
    suggestion: Suggestion | None = None

    def person(self, party: Party) -> Person:
        """This one; a volunteer that was never heard of has the state `unknown`."""
        state = "unknown" if party.startswith("volunteer:") else "active"
        return next((person for person in self.people if person.party == party), Person(party=party, state=state))


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A record beside others of the same volunteer: on which day, for what, how long, and from when to when if known."""

    day: date
    minutes: int
    span: Span | None = None
    task_id: UUID | None = None
    activity: str | None = None

    def same_work(self, other: Stretch) -> bool:
        """Whether both are about one task, or, where no task is named, about one activity."""
        if self.task_id is not None and other.task_id is not None:
            return self.task_id == other.task_id
        return self.activity is not None and self.activity == other.activity


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursKnown:
    """What a record of service hours is held against.

    `assignees` are those who went on the task (None: no task named, or not known); `worker` is who the volunteer is when
    on duty; `on_duty` is when that worker was sent somewhere.
    """

    record_by: date
    volunteer_state: str = "unknown"
    matter_id: UUID | None = None
    assignees: tuple[Party, ...] | None = None
    worker: Party | None = None
    on_duty: tuple[Span, ...] = ()
    others: tuple[Stretch, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """The confirmed records of a volunteer with one organizing unit, and their minutes together.

    `outdated`: one of them was corrected or voided since the unit's last statement.
    """

    records: tuple[UUID, ...] = ()
    minutes: int = 0
    outdated: bool = False


def known(ask: Ask) -> Known:
    """What was looked up; nothing where nothing was."""
    return ask.facts if isinstance(ask.facts, Known) else Known()


def itself(ask: Ask) -> UUID:
    """The id of the stream that a creating command brings into being."""
    return known(ask).itself or ask.founds or ask.new_id("stream")
