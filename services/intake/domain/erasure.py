"""How a person's data go: asked for, decided kind by kind by two persons, carried out, and decided anew in time.

Erasure ends readability, not events (INV-35): ids, codes and times stay as long as the law has them kept, pseudonymous
and at rest, and what is on safeguarding stays with its reason (PIPL 47, 49, 50; INV-44).
"""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from services.contracts import codes
from services.contracts import codes_record as words
from services.contracts import intake as public
from services.contracts.codes_times import RETENTION
from services.intake.domain.known import ErasureFact, known
from services.intake.domain.person_state import (
    Active,
    Asked,
    Deceased,
    Erased,
    Event,
    Leaving,
    Merged,
    Restricted,
    Standing,
    State,
)
from services.intake.domain.rules import elsewhere, today, two_persons
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

SEALED: tuple[public.ErasureKind, ...] = ("identity", "contact", "narrative", "health")
"""What lies under the person's key."""

Command = public.RequestErasure | public.DecideErasure | public.CarryOutErasure | public.EndRetention
NOTHING_OPEN = ErasureFact()


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked about a person's data; of a merged record, it is asked of the one that speaks for it."""
    if state is None:
        raise NotFound("no such person")
    if isinstance(state, Merged):
        raise elsewhere()
    match command:
        case public.RequestErasure():
            return request(command, state, ask)
        case public.DecideErasure():
            return settle(command, state, ask)
        case public.CarryOutErasure():
            return carry_out(command, state, ask)
        case public.EndRetention():
            return end_retention(state, ask)
        case _:
            assert_never(command)


def gone(state: Leaving | Restricted | Erased) -> Refused:
    """The refusal of what is asked of a person whose data are gone, going or at rest."""
    if isinstance(state, Restricted):
        return Refused(
            "processing-restricted",
            f"This person's data rest until {state.until}; nothing is done with them before it is decided anew.",
            f"此人的个人信息在 {state.until} 前仅保存, 不作其他处理。",
        )
    return Refused(
        "person-erased",
        "This person's data were erased. Who comes again is registered anew.",
        "此人的个人信息已删除; 再次求助请重新建档。",
        allowed=("register-person",),
    )


# --- asking -----------------------------------------------------------------------------------------------------------


def request(command: public.RequestErasure, state: Standing, ask: Ask) -> list[Event]:
    """Anybody entitled may ask, for reasons in law; asked twice it waits once."""
    words.ERASURE_GROUND.known(command.ground, field="ground")
    codes.EVIDENCE_KIND.known(command.evidence_kind, field="evidence_kind")
    match state:
        case Active():
            _entitled(command, deceased=False)
            waiting, person_id = state.asked, state.person_id
        case Deceased():
            _entitled(command, deceased=True)
            waiting, person_id = state.before.asked, state.before.person_id
        case Leaving() | Restricted() | Erased():
            raise gone(state)
        case _:
            assert_never(state)
    if waiting is not None:
        return []
    return [
        public.ErasureRequested(
            person_id=person_id,
            request_id=ask.new_id("erasure"),
            by=command.by,
            ground=command.ground,
            kinds=tuple(kind for kind in public.EVERY_KIND if kind in command.kinds),
            evidence_kind=command.evidence_kind,
        )
    ]


def _entitled(command: public.RequestErasure, *, deceased: bool) -> None:
    """The dead ask no more, and relatives of the living ask as agents (INV-44)."""
    if (command.by == "near_relative") == deceased or command.by == "station":
        return
    raise Refused(
        "not-entitled",
        "Near relatives ask after a death; of the living it is asked by themselves, a guardian or an agent.",
        "近亲属仅在本人去世后可请求; 在世者由本人、监护人或代理人请求。",
        allowed=("request-erasure",),
        field="by",
    )


# --- deciding ---------------------------------------------------------------------------------------------------------


def settle(command: public.DecideErasure, state: Standing, ask: Ask) -> list[Event]:
    """Two persons decide about every kind that was asked for (PIPL 47, 50)."""
    if isinstance(state, Leaving):
        raise gone(state)
    asked = _waiting(state)
    two_persons(ask, command.approver)
    _each_once(command, asked)
    found = known(ask).erasure or NOTHING_OPEN
    decisions = tuple(_decided(decision, found, ask) for decision in command.decisions)
    _one_key(decisions)
    if any(decision.fate != "refused" for decision in decisions):
        _nothing_open(found)
    return [
        public.ErasureDecided(
            person_id=_person_id(state),
            request_id=asked.request_id,
            decisions=decisions,
            approver=command.approver,
            schedule=RETENTION.current.version,
        )
    ]


def _waiting(state: Active | Deceased | Restricted | Erased) -> Asked:
    waiting = state.before.asked if isinstance(state, Deceased) else state.asked
    if waiting is None:
        raise Refused(
            "nothing-to-decide",
            "Nobody has asked that this person's data be deleted.",
            "没有待决定的删除请求。",
            allowed=("request-erasure",) if isinstance(state, Active | Deceased) else (),
        )
    return waiting


def _person_id(state: Active | Deceased | Restricted | Erased) -> UUID:
    return state.before.person_id if isinstance(state, Deceased | Restricted) else state.person_id


def _each_once(command: public.DecideErasure, asked: Asked) -> None:
    given = [decision.kind for decision in command.decisions]
    if sorted(given) != sorted(asked.kinds):
        raise Refused(
            "decide-each-kind",
            f"Decide once about each kind that was asked for: {', '.join(asked.kinds)}.",
            f"须对所请求的各类逐一决定: {', '.join(asked.kinds)}。",
            field="decisions",
        )


def _decided(decision: public.KindDecided, found: ErasureFact, ask: Ask) -> public.KindDecided:
    words.ERASURE_BASIS.known(decision.basis, field="decisions")
    if decision.kind == "safeguarding" and decision.fate != "refused":
        raise Refused(
            "safeguarding-stays",
            "What is on safeguarding is not deleted; refuse it, and say why.",
            "侵害疑似相关记录不得删除; 请拒绝并说明理由。",
            field="decisions",
        )
    if decision.kind != "facts" and decision.fate == "erased" and found.concern_open:
        raise Refused(
            "duty-stands",
            "A duty to protect stands open about this person; who he is cannot be lost before it has ended.",
            "对此人的保护职责尚未了结, 身份信息暂不得删除。",
            field="decisions",
        )
    return _kept(decision, found, ask) if decision.fate == "restricted" or decision.kind == "facts" else decision


def _kept(decision: public.KindDecided, found: ErasureFact, ask: Ask) -> public.KindDecided:
    """What rests has a day; facts cannot go, nor rest for a shorter time, before the law lets them (INV-34)."""
    floor = found.keep_until if found.keep_until is not None and found.keep_until > today(ask) else None
    if decision.fate == "refused":
        return decision
    if floor is not None and (decision.fate == "erased" or (decision.until or floor) < floor):
        raise Refused(
            "retention-runs",
            f"The law has these facts kept until {floor}; restrict them until then.",
            f"法定保存期至 {floor}; 请限制处理至该日。",
            allowed=("decide-erasure",),
            field="decisions",
        )
    if decision.fate == "erased":
        return decision
    until = decision.until or floor
    if until is None or until <= today(ask):
        raise Refused(
            "until-needed",
            "Say until which day it rests.",
            "请注明限制处理的截止日期。",
            field="decisions",
        )
    return public.KindDecided(kind=decision.kind, fate=decision.fate, basis=decision.basis, until=until)


def _one_key(decisions: tuple[public.KindDecided, ...]) -> None:
    """What is sealed lies under one key, so it goes together; one thing alone is amended instead."""
    if len({decision.fate for decision in decisions if decision.kind in SEALED}) > 1:
        raise Refused(
            "one-key",
            "Identity, contact, narrative and health lie under one key: decide alike. To blank one value, amend it.",
            "身份、联系方式、叙述和健康信息由同一密钥保护, 须作同样决定; 仅去除某项请变更资料。",
            allowed=("amend-person-details",),
            field="decisions",
        )


def _nothing_open(found: ErasureFact) -> None:
    if found.open_matters:
        raise Refused(
            "matters-open",
            f"{found.open_matters} matter(s) of this person are open; end them first.",
            f"此人尚有 {found.open_matters} 件事项未结; 请先办结。",
            allowed=("close-case", "close-help-request", "end-visit-plan"),
        )


# --- carrying out -----------------------------------------------------------------------------------------------------


def carry_out(command: public.CarryOutErasure, state: Standing, ask: Ask) -> list[Event]:
    """The keys are ended: say what is gone and what rests. Groups and guardians of the erased go from the views too."""
    match state:
        case Leaving():
            ended = _done(state.before.person_id, state.request_id, state.decisions, command)
            erased = any(isinstance(event, public.PersonalDataErased) for event in ended)
            return [*(_unlinked(state.before) if erased else ()), *ended]
        case Erased(again=again) if again:
            return _done(state.person_id, ask.new_id("erasure"), again, command)
        case Active() | Deceased() | Restricted() | Erased():
            return []
        case _:
            assert_never(state)


def _done(
    person_id: UUID, request_id: UUID, decisions: tuple[public.KindDecided, ...], ended: public.CarryOutErasure
) -> list[Event]:
    erased = tuple(d.kind for d in decisions if d.fate == "erased")
    resting = [d for d in decisions if d.fate == "restricted"]
    done: list[Event] = []
    if erased:
        done.append(
            public.PersonalDataErased(
                person_id=person_id, request_id=request_id, kinds=erased, keys=ended.keys, records=ended.records
            )
        )
    if resting:
        rests = public.ProcessingRestricted(
            person_id=person_id,
            request_id=request_id,
            kinds=tuple(d.kind for d in resting),
            bases=tuple(sorted({d.basis for d in resting})),
            until=max(d.until for d in resting if d.until is not None),
        )
        done.append(rests)
    return done


def _unlinked(person: Active) -> list[Event]:
    groups = [
        public.ClientGroupRemoved(person_id=person.person_id, group_code=code, reason_code="erased")
        for code in person.groups
    ]
    guardians = [
        public.GuardianUnlinked(person_id=person.person_id, guardian_id=guardian, reason_code="erased")
        for guardian in person.guardians
    ]
    return [*groups, *guardians]


def end_retention(state: Standing, ask: Ask) -> list[Event]:
    """The day has come: ask for a new decision, once."""
    if not isinstance(state, Restricted | Erased) or state.until is None or state.asked is not None:
        return []
    if today(ask) < state.until:
        return []
    return [
        public.RetentionEnded(
            person_id=state.person_id if isinstance(state, Erased) else state.before.person_id,
            request_id=ask.new_id("erasure"),
            kinds=("facts",) if isinstance(state, Erased) else state.kinds,
        )
    ]
