"""Pairings: long commitments, one to one (一对一帮扶) or between a school and a community (校社结对)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.volunteer.words import MentorKind, PairingKind, PairingResult, SomeParties
from services.contracts.words import Evidence, Handoff, Party, Wait
from services.kernel.contract import Code, Ref, asked, published


@dataclass(frozen=True, kw_only=True, slots=True)
class Commitment:
    """What somebody has promised to do in a pairing, and by when; who gives it may be all parties together (None)."""

    code: Code
    giver: Party | None = None
    due: date | None = None


@asked(zh="结对")
class FormPairing:
    """Parties bind themselves for a long time.

    One to one: `holder` owns the case, and each commitment names its giver. School and community: `holder` is the
    community, an association may have convened them, and the five commitments come by themselves. `with_minor`: the one
    who is helped is a minor.
    """

    kind: PairingKind
    parties: SomeParties
    holder: Party
    matter_id: UUID | None = None
    case_id: UUID | None = None
    referral_id: UUID | None = None
    agreement_id: UUID | None = None
    convener: Party | None = None
    units: Annotated[tuple[Party, ...], Meta(max_length=8)] = ()
    formed_on: date | None = None
    with_minor: bool = False
    commitments: Annotated[tuple[Commitment, ...], Meta(max_length=32)] = ()


@asked(zh="指定导师")
class AssignMentor:
    """One unit names the mentor of its side; a name that is not told is `unknown`. Another one comes `instead_of` one."""

    mentor_kind: MentorKind
    mentor: Party
    unit: Party
    instead_of: Party | None = None


@asked(zh="登记督导")
class SupervisePairing:
    """Mentors supervised the pair on that day."""

    mentor_kinds: Annotated[tuple[MentorKind, ...], Meta(min_length=1, max_length=2)]
    supervised_on: date


@asked(zh="关联结对个案")
class LinkPairingCase:
    """The pair takes up the case of a client; both mentors must be there before."""

    case_id: UUID


@asked(zh="登记履约")
class FulfilCommitment:
    """Something that was promised was done; a promise of help may be kept many times, each with its evidence."""

    commitment_code: Code
    evidence_ref: Evidence


@asked(zh="免除承诺")
class WaiveCommitment:
    """A promise is not asked for any more, for a reason."""

    commitment_code: Code
    reason_code: Code


@asked(zh="结对成果汇报")
class ReportPairing:
    """The pair reports to one of its units."""

    to_org: Party
    form_code: Code


@asked(zh="结束结对")
class EndPairing:
    """The pairing is over."""

    result: PairingResult
    reason_code: Code | None = None


@asked(zh="催促结对履约")
class RemindPairing:
    """Remind a pair of what it has promised and of the reports that it owes; asked by the clock."""


@asked(zh="结对逾期")
class EscalatePairing:
    """The first day by which something was promised is over; asked by the clock."""


@published("pairing.reminded", zh="结对催办")
class PairingReminded:
    """The pair has been reminded: of what is open of its commitments, and of the units that have had no report yet."""

    matter_id: UUID
    parties: tuple[Party, ...]
    open_commitments: tuple[Code, ...] = ()
    unheard: tuple[Party, ...] = ()


@published("pairing.overdue", zh="结对逾期")
class PairingOverdue:
    """A day by which something was promised is over and the pair has not ended; whoever holds it is told what is open."""

    matter_id: UUID
    holder: Party
    parties: tuple[Party, ...]
    open_commitments: tuple[Code, ...] = ()
    unheard: tuple[Party, ...] = ()


@published("pairing.convened", zh="校社结对发起", handoff=True, opens="matter")
class PairingConvened:
    """Two units were brought together; the community answers for what becomes of the pair."""

    matter_id: UUID
    convener: Party
    holder: Party
    units: tuple[Party, ...]
    agreement_id: UUID | None = None
    handoff: Handoff


@published("pairing.formed", zh="结对", handoff=True, opens="need")
class PairingFormed:
    """These parties have bound themselves and answer for what they promised; a case they help with keeps its owner."""

    matter_id: UUID
    kind: PairingKind
    parties: tuple[Party, ...]
    holder: Party
    case_id: UUID | None = None
    referral_id: UUID | None = None
    agreement_id: UUID | None = None
    convener: Party | None = None
    units: tuple[Party, ...] = ()
    formed_on: date | None = None
    with_minor: bool = False
    commitments: tuple[Commitment, ...]
    wait: Wait | None = None
    handoff: Handoff


@published("pairing.mentor-assigned", zh="双导师")
class PairingMentorAssigned:
    """One side has its mentor; with both of them the pair may meet clients."""

    matter_id: UUID
    mentor_kind: MentorKind
    mentor: Party
    unit: Party


@published("pairing.supervised", zh="督导")
class PairingSupervised:
    """Mentors supervised the pair on that day."""

    matter_id: UUID
    mentor_kinds: tuple[MentorKind, ...]
    supervised_on: date


@published("pairing.case-linked", zh="结对个案")
class PairingCaseLinked:
    """The pair works on the case of a client; it counts once, for the community."""

    matter_id: UUID
    case_id: UUID


@published("pairing.commitment-fulfilled", zh="履约")
class PairingCommitmentFulfilled:
    """Something that was promised was done, and this shows it."""

    matter_id: UUID
    commitment_code: Code
    giver: Party | None = None
    evidence_ref: Ref


@published("pairing.commitment-waived", zh="承诺免除")
class PairingCommitmentWaived:
    """A promise is not asked for any more."""

    matter_id: UUID
    commitment_code: Code
    reason_code: Code


@published("pairing.reported", zh="成果汇报")
class PairingReported:
    """The pair has reported to this unit."""

    matter_id: UUID
    to_org: Party
    form_code: Code


@published("pairing.ended", zh="结对结束", handoff=True, closes="need")
class PairingEnded:
    """The pairing is over; what is still open of its commitments is with the holder again."""

    matter_id: UUID
    case_id: UUID | None = None
    kind: PairingKind
    result: PairingResult
    reason_code: Code | None = None
    parties: tuple[Party, ...]
    open_commitments: tuple[Code, ...] = ()
    handoff: Handoff


@published("pairing.concluded", zh="校社结对完结", handoff=True, closes="matter")
class PairingConcluded:
    """The pair of a school and a community is over as a whole; nobody has to answer for it any more."""

    matter_id: UUID
    handoff: Handoff
