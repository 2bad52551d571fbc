"""The laws that no history may break, each read off what was said alone: they know no state and no view of a service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from services.audit.custody import Custody, custody
from services.audit.entries import Entry
from services.audit.ledger import about, micros
from services.contracts import intake, referral, volunteer
from services.kernel.message import Recorded

Log = list[Recorded]
DAY_MINUTES = 24 * 60


class Answers:
    """What was said of each matter, read on from where it was: a matter of which nothing new was said is as it was."""

    def __init__(self) -> None:
        self.matters: dict[UUID, list[Entry]] = defaultdict(list)
        self.read = 0

    def broken(self, log: Log) -> Iterator[str]:
        """Where nobody, or two, answered for a matter, or a need under it, of which something was said since."""
        touched = dict.fromkeys(m for recorded in log[self.read :] if (m := self._take(recorded)) is not None)
        for matter_id in touched:
            for finding in custody(self.matters[matter_id]).findings:
                if finding.kind in ("none", "two"):
                    yield f"matter {matter_id}, need {finding.need_id}: {finding.kind} answer, {finding.holders}"

    def custody_of(self, matter_id: UUID) -> Custody:
        """The chain of responsibility of a matter, as far as it was read."""
        return custody(self.matters[matter_id])

    def _take(self, recorded: Recorded) -> UUID | None:
        matter_id = about(recorded.envelope).matter_id
        if matter_id is not None:
            self.matters[matter_id].append(Entry(self.read, micros(recorded.recorded_at), recorded.envelope))
        self.read += 1
        return matter_id


def somebody_answers(log: Log) -> Iterator[str]:
    """Each open matter has exactly one accountable party, and so has each open need under it (INV-1)."""
    return Answers().broken(log)


def one_acceptance(log: Log) -> Iterator[str]:
    """At most one acceptance of a referral is in force (INV-3)."""
    held: dict[str, int] = defaultdict(int)
    for recorded in log:
        match recorded.event:
            case referral.ReferralAccepted():
                held[recorded.stream] += 1
                if held[recorded.stream] > 1:
                    yield f"{recorded.stream} was accepted while an acceptance was in force"
            case referral.ReferralReturned() | referral.ReferralRerouted():
                held[recorded.stream] = 0


def the_owner_stays(log: Log) -> Iterator[str]:
    """A referral never changes who owns the case; a transfer that was accepted does (INV-2)."""
    kinds = {r.stream_id: r.event.kind for r in log if isinstance(r.event, referral.ReferralDrafted)}
    for recorded in log:
        event = recorded.event
        if isinstance(event, intake.CaseTransferredOut) and kinds.get(event.referral_id) != "transfer":
            yield f"{recorded.stream} left its owner by a {kinds.get(event.referral_id)}"


def outcome_before_closing(log: Log) -> Iterator[str]:
    """A referral closes with an outcome that was confirmed, or says why it was not (INV-4)."""
    reported: set[str] = set()
    for recorded in log:
        match recorded.event:
            case referral.OutcomeReported():
                reported.add(recorded.stream)
            case referral.OutcomeConfirmed() if recorded.stream not in reported:
                yield f"{recorded.stream} was confirmed before anything was reported"


def consent_before_disclosure(log: Log) -> Iterator[str]:
    """Identity goes out on a consent in force that names the receiver, or on a basis in law (INV-5, INV-7).

    The consent may have been given under another record of the same human being, as long as they are merged (INV-39).
    """
    consents: dict[UUID, intake.ConsentGranted | None] = {}
    merged: dict[UUID, UUID] = {}
    for recorded in log:
        match recorded.event:
            case intake.ConsentGranted() as granted:
                consents[recorded.stream_id] = granted
            case intake.ConsentWithdrawn() | intake.ConsentExpired() | intake.ConsentSuperseded() as ended:
                consents[recorded.stream_id] = _left(consents.get(recorded.stream_id), ended)
            case intake.PersonsMerged() as one:
                merged[one.merged_id] = one.survivor_id
            case intake.PersonsUnmerged() as two:
                merged.pop(two.merged_id, None)
            case intake.IdentityDisclosed() as out if not out.legal_basis:
                given = consents.get(out.consent_id) if out.consent_id else None
                theirs = given is not None and _human(given.person_id, merged) == _human(out.person_id, merged)
                if given is None or out.receiver not in given.receivers or not theirs:
                    yield f"{recorded.stream} went to {out.receiver} on {given}"


def _human(record: UUID, merged: dict[UUID, UUID]) -> UUID:
    """The record that speaks for the human being."""
    while record in merged:
        record = merged[record]
    return record


def _left(given: intake.ConsentGranted | None, ended: Any) -> intake.ConsentGranted | None:
    """What is left of a consent: a withdrawal may be for some receivers alone."""
    if given is None or getattr(ended, "scope", "all") != "receiver":
        return given if getattr(ended, "scope", "all") == "category" else None
    return replace(given, receivers=tuple(r for r in given.receivers if r not in ended.receivers))


def paid_within_what_was_approved(log: Log) -> Iterator[str]:
    """Paid ≤ approved, used ≤ paid, where the amounts are known (INV-23)."""
    approved: dict[str, int | None] = {}
    paid: dict[str, int] = defaultdict(int)
    unknown: set[str] = set()
    for recorded in log:
        at = recorded.stream
        match recorded.event:
            case referral.GrantApproved() as said:
                approved[at] = said.amount_fen
            case referral.GrantDisbursed() as said:
                paid[at] += said.amount_fen or 0
                unknown |= {at} if said.amount_fen is None else set()
                limit = approved.get(at)
                if at not in approved or (limit is not None and paid[at] > limit):
                    yield f"{at}: {paid[at]} fen paid, {limit} approved"
            case referral.GrantReturned() as said:
                paid[at] -= said.amount_fen or 0
                if paid[at] < 0 and at not in unknown:
                    yield f"{at}: more was returned than was paid"
                paid[at] = max(0, paid[at])
            case referral.GrantUseReported() as said if at not in unknown and (said.used_fen or 0) > paid[at]:
                yield f"{at}: {said.used_fen} fen used, {paid[at]} paid"


def hours_are_possible(log: Log) -> Iterator[str]:
    """Hours are more than nothing, at most a day a day, and two records of one volunteer do not overlap (INV-18)."""
    standing: dict[UUID, tuple[UUID, Any, int, tuple[datetime, datetime] | None]] = {}
    for recorded in log:
        match recorded.event:
            case volunteer.ServiceHoursRecorded() as said:
                standing[recorded.stream_id] = (said.volunteer_id, said.day, said.minutes, _span(said))
            case volunteer.ServiceHoursCorrected() as said if recorded.stream_id in standing:
                who, day, _, span = standing[recorded.stream_id]
                standing[recorded.stream_id] = (who, day, said.minutes_after, _span(said) or span)
            case volunteer.ServiceHoursVoided():
                standing.pop(recorded.stream_id, None)
            case _:
                continue
        yield from _impossible(standing.values())


def _span(said: Any) -> tuple[datetime, datetime] | None:
    return (said.began_at, said.ended_at) if said.began_at and said.ended_at else None


def _impossible(records: Iterable[tuple[UUID, Any, int, tuple[datetime, datetime] | None]]) -> Iterator[str]:
    sums: dict[tuple[UUID, Any], int] = defaultdict(int)
    spans: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for who, day, minutes, span in records:
        sums[who, day] += minutes
        if minutes <= 0 or sums[who, day] > DAY_MINUTES:
            yield f"volunteer {who}: {sums[who, day]} minutes on {day}"
        if span is not None:
            spans[who].append(span)
    for who, taken in spans.items():
        taken.sort()
        for (_, ended), (began, _) in pairwise(taken):
            if began < ended:
                yield f"volunteer {who} was at two places at {began}"


GIVEN_BACK = (
    referral.ReferralReturned, referral.ReferralRerouted, referral.ReferralWithdrawn, referral.ReferralEnteredInError,
)  # fmt: skip


def what_is_given_back_is_taken_back(log: Log) -> Iterator[str]:
    """A case that has moved is with the other side as long as that side has it, and not a moment longer (INV-1)."""
    moved: dict[UUID, str] = {}
    back: set[UUID] = set()
    for recorded in log:
        match recorded.event:
            case intake.CaseTransferredOut() as out:
                moved[out.referral_id] = recorded.stream
            case intake.CaseReopened() | intake.CaseClosed() | intake.CaseEnteredInError():
                moved = {one: stream for one, stream in moved.items() if stream != recorded.stream}
            case said if isinstance(said, GIVEN_BACK):
                back.add(recorded.stream_id)
    for referral_id in back & moved.keys():
        yield f"{moved[referral_id]} stays with one who has given it back"


def nobody_holds_who_may_not_act(log: Log) -> Iterator[str]:
    """A suspended or retired organization holds no need, save an outcome that it has reported already (INV-43)."""
    held: dict[str, UUID] = {}
    barred: set[UUID] = set()
    for recorded in log:
        match recorded.event:
            case referral.ReferralAccepted() | referral.OutcomeDisputed() | referral.ServiceResumed() as said:
                held[recorded.stream] = said.organization_id
            case referral.OutcomeReported() | referral.ReferralClosed():
                held.pop(recorded.stream, None)
            case said if isinstance(said, GIVEN_BACK):
                held.pop(recorded.stream, None)
            case referral.OrganizationSuspended() | referral.OrganizationRetired():
                barred.add(recorded.stream_id)
            case referral.OrganizationActivated():
                barred.discard(recorded.stream_id)
    for stream, organization_id in held.items():
        if organization_id in barred:
            yield f"{stream} is with {organization_id}, which may not act"


OTHERS: tuple[Callable[[Log], Iterator[str]], ...] = (
    one_acceptance, the_owner_stays, outcome_before_closing, consent_before_disclosure, paid_within_what_was_approved,
    hours_are_possible, what_is_given_back_is_taken_back, nobody_holds_who_may_not_act,
)  # fmt: skip


def broken(log: Log, answers: Answers | None = None) -> list[str]:
    """What stands against a history, law by law; `answers` remembers what was read of it before."""
    found = [f"somebody_answers: {what}" for what in (answers or Answers()).broken(log)]
    return found + [f"{law.__name__}: {what}" for law in OTHERS for what in law(log)]
