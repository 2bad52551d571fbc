"""What intake's deciders look up of other aggregates, as data: read inside the commit, so it cannot be overtaken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.contracts.words import Party
from services.intake.domain.record_facts import RecordFact
from services.kernel.message import Ask


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardianFact:
    """Who may consent for a person, from which day and up to which; a day that nobody knows bars nobody (INV-29)."""

    guardian_id: UUID
    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether it holds on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonFact:
    """A person as registered: how old, alive or not, his data gone or at rest or not, who may consent for him.

    Of all records merged into one: `person_id` is the record that was named, `merged` says that another one speaks for
    it, `same` are all of them.
    """

    person_id: UUID
    age_band: str
    station: str = ""
    alive: bool = True
    gone: bool = False
    merged: bool = False
    same: frozenset[UUID] = frozenset()
    guardians: tuple[GuardianFact, ...] = ()

    def guarded_by(self, somebody: UUID | None, today: date) -> bool:
        """Whether this one may consent for the person on this day."""
        return any(g.guardian_id == somebody and g.on(today) for g in self.guardians)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentFact:
    """A consent and what it still allows."""

    consent_id: UUID
    state: str
    purposes: tuple[str, ...]
    categories: tuple[str, ...]
    receivers: tuple[str, ...]
    valid_until: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it is in force at this moment."""
        return self.state == "granted" and (self.valid_until is None or now < self.valid_until)

    def allows(self, purpose: str, now: datetime, *categories: str, receiver: Party | None = None) -> bool:
        """Whether it allows this purpose, to this receiver and with these categories, at this moment."""
        return (
            self.stands(now)
            and purpose in self.purposes
            and (receiver is None or receiver in self.receivers)
            and set(categories) <= set(self.categories)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestFact:
    """A help request and who answers for it; the case that it has become, if that stands, and whether that is open."""

    request_id: UUID
    state: str
    unit: Party
    case_id: UUID | None = None
    case_open: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessFact:
    """A live disclosure, with the consent that it stands on, if not on the law."""

    disclosure_id: UUID
    receiver: Party
    purpose: str
    categories: tuple[str, ...]
    until: datetime | None = None
    on_law: bool = False
    consent: ConsentFact | None = None

    def opens(self, now: datetime) -> tuple[str, ...]:
        """The categories that it opens at this moment: a withdrawal counts at once, whatever follows later (H3)."""
        if self.until is not None and now >= self.until:
            return ()
        if self.on_law:
            return self.categories
        if self.consent is None or not self.consent.allows(self.purpose, now, receiver=self.receiver):
            return ()
        return tuple(c for c in self.categories if c in self.consent.categories)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFact:
    """A case of the person and all who work on it."""

    case_id: UUID
    workers: frozenset[Party]


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureFact:
    """What stands in the way of an erasure: open matters, an open duty to protect, a day until which the law keeps."""

    open_matters: int = 0
    concern_open: bool = False
    keep_until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Everything a decision may want to know; what was not looked up or never heard of is missing.

    `itself` is the id of the aggregate that is decided about. `busy` are the days and modes of visits on record,
    `attending` those who are on record at an activity, without those who were struck.
    Of a person who would be read about: `places` he lives or is registered in or is kept by, his `visitors` and
    `guardians`, and whether a guardian is suspected to harm him.
    `closed_on` is the day on which the thing that is decided about was ended, where it has been.
    `registered` are those of the persons named who are; `household` are the members of the one named.
    """

    itself: UUID | None = None
    person: PersonFact | None = None
    consents: tuple[ConsentFact, ...] = ()
    request: RequestFact | None = None
    strands: tuple[UUID, ...] = ()
    busy: frozenset[tuple[date, str]] = frozenset()
    matter_id: UUID | None = None
    attending: frozenset[UUID] | None = None
    accesses: tuple[AccessFact, ...] = ()
    cases: tuple[CaseFact, ...] = ()
    concern_raised: bool = False
    erasure: ErasureFact | None = None
    record: RecordFact | None = None
    places: tuple[str, ...] = ()
    visitors: frozenset[Party] = frozenset()
    guardians: frozenset[str] = frozenset()
    guardian_suspected: bool = False
    mentors_missing: bool = False
    registered: frozenset[UUID] = frozenset()
    household: frozenset[UUID] | None = None
    closed_on: date | None = None

    def consent_to(
        self, purpose: str, now: datetime, *categories: str, receiver: Party | None = None
    ) -> ConsentFact | None:
        """The consent in force that allows this; of several, the one that allows most categories."""
        fitting = [c for c in self.consents if c.allows(purpose, now, *categories, receiver=receiver)]
        return max(fitting, key=lambda consent: len(consent.categories), default=None)


NOTHING = Known()


def known(ask: Ask) -> Known:
    """What was looked up for this command."""
    return ask.facts or NOTHING


def itself(ask: Ask) -> UUID:
    """The id of the aggregate that this command brings into being."""
    return known(ask).itself or ask.founds or ask.new_id("stream")
