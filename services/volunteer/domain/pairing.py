"""A pairing: parties bind themselves for months, one to one or as school and community, and answer for what they promise.

It never moves a case: the case owner stays, and what is left open when a pairing ends is with the owner again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from services.contracts.codes_times import wait_for
from services.contracts.codes_volunteer import SCHOOL_COMMITMENTS
from services.contracts.tables import dated
from services.contracts.volunteer import (
    AssignMentor,
    Commitment,
    EndPairing,
    EscalatePairing,
    FormPairing,
    FulfilCommitment,
    LinkPairingCase,
    PairingCaseLinked,
    PairingCommitmentFulfilled,
    PairingCommitmentWaived,
    PairingConcluded,
    PairingConvened,
    PairingEnded,
    PairingFormed,
    PairingMentorAssigned,
    PairingOverdue,
    PairingReminded,
    PairingReported,
    PairingSupervised,
    RemindPairing,
    ReportPairing,
    SupervisePairing,
    WaiveCommitment,
)
from services.contracts.words import Handoff, Wait
from services.contracts.worktime import end_of
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.eligibility import Needs, day_of, must_be_fit
from services.volunteer.domain.known import itself, known
from services.volunteer.domain.pairing_states import (
    Active,
    Ended,
    Event,
    Formed,
    Pair,
    Promise,
    Reporting,
    State,
    evolve,
)
from services.volunteer.domain.refusing import must_be_of, not_now

Later = (
    AssignMentor | SupervisePairing | LinkPairingCase | FulfilCommitment | WaiveCommitment | ReportPairing | EndPairing
)
Clocked = RemindPairing | EscalatePairing
Command = FormPairing | Later | Clocked

OPEN = ("assign-mentor", "supervise-pairing", "fulfil-commitment", "waive-commitment", "link-pairing-case",
        "report-pairing", "end-pairing")  # fmt: skip
ALLOWED: dict[type, tuple[str, ...]] = {
    Formed: ("assign-mentor", "waive-commitment", "end-pairing"), Active: OPEN, Reporting: OPEN, Ended: (),
}  # fmt: skip


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows from this command."""
    if isinstance(command, FormPairing):
        return form(command, state, ask)
    if isinstance(command, EndPairing):
        return end(command, state, ask)
    if isinstance(command, Clocked):
        return remind(state, ask) if isinstance(command, RemindPairing) else escalate(state, ask)
    if state is None or isinstance(state, Ended):
        raise not_now("pairing", "结对", state, ALLOWED)
    must_be_of(ask, state.pair.convener, *state.pair.units, *state.pair.parties)
    match command:
        case AssignMentor():
            return assign_mentor(command, state)
        case SupervisePairing():
            return supervise(command, state, ask)
        case LinkPairingCase():
            return link_case(command, state)
        case FulfilCommitment():
            return fulfil(command, state)
        case WaiveCommitment():
            return waive(command, state.pair)
        case ReportPairing():
            return report(command, state)
        case _ as never:
            assert_never(never)


def form(command: FormPairing, state: State | None, ask: Ask) -> list[Event]:
    """Parties bind themselves; a volunteer among them is fit for it, and cleared where a minor is helped (INV-15, INV-16)."""
    if state is not None:
        return []
    for who in command.parties:
        if who.startswith("volunteer:"):
            must_be_fit(known(ask).person(who), Needs(with_minor=command.with_minor), ask.now)
    # A month or a season names no day.
    told = day_of(ask.at) if ask.at and ask.precision in ("instant", "day") else None
    formed_on = command.formed_on or told
    if command.kind == "one_to_one":
        return [_formed(command, _matter(command), itself(ask), formed_on, _given(command), ask)]
    return _form_school(command, itself(ask), formed_on, ask)


def _form_school(command: FormPairing, pairing_id: UUID, formed_on: date | None, ask: Ask) -> list[Event]:
    """School and community: the pair is a matter of its own, for which the community answers (INV-25)."""
    _must_be_two_units(command)
    year = (formed_on or day_of(ask.happened_at)).year
    by_year = tuple(
        Commitment(code=code, due=date(year, 12, 31) if code == "c2" else None) for code in SCHOOL_COMMITMENTS
    )
    if command.commitments and {c.code for c in command.commitments} != set(SCHOOL_COMMITMENTS):
        raise Refused("five-commitments", "A school-community pairing has its five commitments, c1 to c5.",
                      "校社结对须附五项承诺(c1 至 c5)。", field="commitments")  # fmt: skip
    giver = command.convener or "unknown"
    convened = PairingConvened(
        matter_id=pairing_id, convener=giver, holder=command.holder, units=command.units,
        agreement_id=command.agreement_id,
        handoff=Handoff(act="taken", matter_id=pairing_id, giver=giver, takers=(command.holder,)),
    )  # fmt: skip
    return [convened, _formed(command, pairing_id, pairing_id, formed_on, command.commitments or by_year, ask)]


def _formed(
    command: FormPairing,
    matter_id: UUID,
    pairing_id: UUID,
    formed_on: date | None,
    commitments: tuple[Commitment, ...],
    ask: Ask,
) -> PairingFormed:
    handoff = Handoff(
        act="taken", matter_id=matter_id, need_id=pairing_id, giver=command.holder, takers=command.parties
    )
    return PairingFormed(
        matter_id=matter_id, kind=command.kind, parties=command.parties, holder=command.holder,
        case_id=command.case_id, referral_id=command.referral_id, agreement_id=command.agreement_id,
        convener=command.convener, units=command.units, formed_on=formed_on, with_minor=command.with_minor,
        commitments=commitments, wait=_owed(commitments, ask.now), handoff=handoff,
    )  # fmt: skip


def _matter(command: FormPairing) -> UUID:
    if command.matter_id is None:
        raise Refused("matter-missing", "One-to-one support belongs to the matter of somebody it helps.",
                      "一对一帮扶须关联服务对象的事项。", field="matter_id")  # fmt: skip
    return command.matter_id


def _given(command: FormPairing) -> tuple[Commitment, ...]:
    """The commitments of one-to-one support, each with its giver (INV-26)."""
    codes = [c.code for c in command.commitments]
    if not codes or len(codes) != len(set(codes)) or any(c.giver not in command.parties for c in command.commitments):
        raise Refused("giver-missing", "Each thing promised is named once, with the party that gives it; one at least.",
                      "至少一项承诺, 每项一次, 并注明由哪一方履行。", field="commitments")  # fmt: skip
    return command.commitments


def _must_be_two_units(command: FormPairing) -> None:
    kinds = sorted(unit.partition(":")[0] for unit in command.units)
    if kinds != ["community", "university"] or command.holder not in command.units:
        raise Refused("two-units", "One community, which holds the pair, and one university pair up.",
                      "校社结对双方为一个社区(责任方)与一所高校。", field="units")  # fmt: skip
    if not command.holder.startswith("community:") or len(command.parties) < 2:
        raise Refused("two-units", "A worker of the community, which holds the pair, and a student pair up.",
                      "由社区作为责任方, 社区工作者与学生结成对子。", field="parties")  # fmt: skip


def assign_mentor(command: AssignMentor, state: State) -> list[Event]:
    """Exactly one mentor of each side, who is not one of the pair (INV-25)."""
    pair, kind = state.pair, command.mentor_kind
    unit_kind = "community:" if kind == "community" else "university:"
    if pair.kind != "school_community" or not command.unit.startswith(unit_kind) or command.unit not in pair.units:
        raise Refused("not-a-unit", "A mentor comes from the community or the university of the pair.",
                      "导师须来自结对的社区或高校。", field="unit")  # fmt: skip
    mentors = {pair.community_mentor, pair.academy_mentor} - {None, "unknown"}
    if pair.mentor(kind) == command.mentor:
        return []
    if pair.mentor(kind) is not None and pair.mentor(kind) != command.instead_of:
        raise Refused("mentor-taken", "This side has its mentor; say instead of whom another one comes.",
                      "该方已有导师, 请注明替换哪一位。", field="instead_of")  # fmt: skip
    if command.mentor in pair.parties or (command.mentor in mentors and command.mentor != "unknown"):
        raise Refused(
            "own-mentor", "Nobody is his own mentor, or that of both sides.", "导师不得为结对本人或兼任双方导师。"
        )
    assigned = PairingMentorAssigned(
        matter_id=pair.matter_id, mentor_kind=kind, mentor=command.mentor, unit=command.unit
    )
    return [assigned]


def supervise(command: SupervisePairing, state: State, ask: Ask) -> list[Event]:
    """Mentors supervised the pair, today or before."""
    pair = state.pair
    if command.supervised_on > day_of(ask.now):
        raise Refused("dates-wrong", "Supervision is recorded after it took place.", "督导须在进行之后登记。",
                      field="supervised_on")  # fmt: skip
    if pair.kind != "school_community":
        raise Refused(
            "not-a-unit", "This pair has no mentors who could supervise it.", "该结对不设导师, 无督导可登记。"
        )
    kinds = tuple(sorted(set(command.mentor_kinds)))
    if any(pair.mentor(kind) is None for kind in kinds):
        raise _no_mentors()
    if (pair.supervised_on, pair.supervisors) == (command.supervised_on, kinds):
        return []
    supervised = PairingSupervised(matter_id=pair.matter_id, mentor_kinds=kinds, supervised_on=command.supervised_on)
    return [supervised]


def link_case(command: LinkPairingCase, state: State) -> list[Event]:
    """The pair meets a client; it works on one case."""
    pair = _with_mentors(state)
    if pair.case_id == command.case_id:
        return []
    if pair.case_id is not None:
        raise Refused("one-case", "The pair has its case.", "该结对已有个案。")
    return [PairingCaseLinked(matter_id=pair.matter_id, case_id=command.case_id)]


def fulfil(command: FulfilCommitment, state: State) -> list[Event]:
    """Something promised was done. Help is given many times, each with evidence; of the five each is met once."""
    pair = _with_mentors(state)
    promise = _promise(pair, command.commitment_code)
    _must_have_been_done(pair, promise.code)
    met_for_good = pair.kind == "school_community" and promise.state == "fulfilled"
    if met_for_good or promise.evidence == command.evidence_ref:
        return []
    kept = PairingCommitmentFulfilled(
        matter_id=pair.matter_id, commitment_code=promise.code, giver=promise.giver, evidence_ref=command.evidence_ref
    )
    return [kept]


def _must_have_been_done(pair: Pair, code: str) -> None:
    """Of the five commitments, those that the hub itself can see are met when they are seen (INV-25)."""
    if pair.kind != "school_community":
        return
    if code == "c2" and pair.case_id is None:
        raise Refused("case-missing", "One case within the year: the pair has none yet.", "年内一个个案: 尚未关联个案。",
                      allowed=("link-pairing-case",), field="commitment_code")  # fmt: skip
    if code == "c3" and pair.supervised_on is None:
        raise Refused("not-supervised", "No supervision by the mentors is on record yet.", "尚无双导师督导记录。",
                      allowed=("supervise-pairing",), field="commitment_code")  # fmt: skip


def waive(command: WaiveCommitment, pair: Pair) -> list[Event]:
    """A promise is not asked for any more."""
    promise = _promise(pair, command.commitment_code)
    if promise.state != "open":
        return []
    waived = PairingCommitmentWaived(
        matter_id=pair.matter_id, commitment_code=promise.code, reason_code=command.reason_code
    )
    return [waived]


def report(command: ReportPairing, state: State) -> list[Event]:
    """The pair reports to one of its units."""
    pair = _with_mentors(state)
    if pair.units and command.to_org not in pair.units:
        raise Refused("not-a-unit", "The pair reports to its own units.", "结对成果向所在单位汇报。", field="to_org")
    if command.to_org in pair.reported_to:
        return []
    return [PairingReported(matter_id=pair.matter_id, to_org=command.to_org, form_code=command.form_code)]


def end(command: EndPairing, state: State | None, ask: Ask) -> list[Event]:
    """It is over; fulfilled only if nothing is open and both units have had their report.

    What is open is with the case owner again: the one who owns the case now (INV-26).
    """
    if isinstance(state, Ended):
        return []
    if state is None:
        raise not_now("pairing", "结对", state, ALLOWED)
    pair = state.pair
    if command.result == "fulfilled":
        _must_be_fulfilled(state)
    if command.result == "broken_off" and command.reason_code is None:
        raise Refused("reason-missing", "Breaking off needs a reason.", "中止结对须注明原因。", field="reason_code")
    giver, back = pair.parties[0], (known(ask).holder or pair.holder,)
    ended = PairingEnded(
        matter_id=pair.matter_id, case_id=pair.case_id, kind=pair.kind, result=command.result,
        reason_code=command.reason_code, parties=pair.parties, open_commitments=pair.open_codes,
        handoff=Handoff(act="returned", matter_id=pair.matter_id, need_id=pair.id, giver=giver, takers=back),
    )  # fmt: skip
    return [ended, *_concluded(pair)]


def _concluded(pair: Pair) -> list[Event]:
    if pair.kind == "one_to_one":
        return []
    takers = (pair.convener or pair.holder,)
    handoff = Handoff(act="released", matter_id=pair.matter_id, giver=pair.holder, takers=takers)
    return [PairingConcluded(matter_id=pair.matter_id, handoff=handoff)]


def remind(state: State | None, ask: Ask) -> list[Event]:
    """Part of the time is over: the pair is reminded once of what it owes; its units are those that it reports to (E8)."""
    if state is None or isinstance(state, Ended) or state.pair.remind_at is None or ask.now < state.pair.remind_at:
        return []
    pair = state.pair
    return [
        PairingReminded(
            matter_id=pair.matter_id, parties=pair.parties, open_commitments=pair.open_codes, unheard=pair.unheard
        )
    ]  # fmt: skip


def escalate(state: State | None, ask: Ask) -> list[Event]:
    """The day is over: whoever holds the pair is told what is open, or that it can be ended."""
    if state is None or isinstance(state, Ended) or state.pair.due_at is None or ask.now < state.pair.due_at:
        return []
    pair = state.pair
    return [
        PairingOverdue(
            matter_id=pair.matter_id, holder=pair.holder, parties=pair.parties, open_commitments=pair.open_codes,
            unheard=pair.unheard,
        )
    ]  # fmt: skip


def _owed(commitments: tuple[Commitment, ...], now: datetime) -> Wait | None:
    """The first day that was named; of a pair for which none was, nobody is reminded."""
    days = [commitment.due for commitment in commitments if commitment.due is not None]
    return wait_for(end_of(min(days)), now) if days else None


def _must_be_fulfilled(state: State) -> None:
    pair = state.pair
    if pair.open_codes:
        # Before its mentors are there a pair fulfils nothing; what was promised can be waived, or the pair broken off.
        first = ("assign-mentor",) if isinstance(state, Formed) else ("fulfil-commitment",)
        raise Refused("commitments-open", f"Still open: {', '.join(pair.open_codes)}.", f"尚有未履行的承诺: {', '.join(pair.open_codes)}。",
                      allowed=(*first, "waive-commitment", "end-pairing"))  # fmt: skip
    unheard = pair.unheard
    if pair.kind == "school_community" and unheard:
        raise Refused("report-missing", f"No report yet to: {', '.join(unheard)}.", f"尚未向以下单位汇报: {', '.join(unheard)}。",
                      allowed=("report-pairing",))  # fmt: skip


def _with_mentors(state: State) -> Pair:
    """The pair, if it may do anything that touches a client."""
    if isinstance(state, Formed):
        raise _no_mentors()
    return state.pair


def _no_mentors() -> Refused:
    return Refused("mentors-missing", "First the community and the academy each name a mentor.", "须先由社区与学院各指定一名导师。",
                   allowed=("assign-mentor",))  # fmt: skip


def _promise(pair: Pair, code: str) -> Promise:
    found = pair.promise(code)
    if found is None:
        raise Refused("no-such-commitment", "This was not promised.", "没有这项承诺。", field="commitment_code")
    return found


DECIDER = Decider(name="pairing", decide=dated(decide), evolve=evolve, events=Event, states=State)
