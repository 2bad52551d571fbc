"""A disclosure: identity goes to one receiver, on a consent that names it at this very moment, until it is revoked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.tables import dated
from services.contracts.words import Party
from services.intake.domain.known import ConsentFact, PersonFact, itself, known
from services.intake.domain.reading import named
from services.intake.domain.rules import already_there, on_law, today, two_persons
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask


@dataclass(frozen=True, kw_only=True, slots=True)
class Live:
    """The receiver may read."""

    disclosure_id: UUID
    person_id: UUID
    receiver: Party
    matter_id: UUID | None
    need_id: UUID | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Nothing was released."""

    disclosure_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Revoked:
    """The receiver may read no longer, and may have been told to delete what it holds, and have answered."""

    was: Live
    demanded: bool = False
    answered: str | None = None


State = Live | Refusal | Revoked
Command = public.DiscloseIdentity | public.RevokeIdentityAccess | public.DemandDeletion | public.AnswerDeletion
Event = (
    public.IdentityDisclosed
    | public.IdentityDisclosureRefused
    | public.IdentityAccessRevoked
    | public.DeletionDemanded
    | public.DeletionAnswered
)

OUTSIDE = ("partner", "team_leader", "volunteer")
"""Roles that speak for a receiver themselves."""

ANSWER_DAYS = 15
"""Within how many days a receiver answers; assumed, a city sets its own."""


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked of the disclosure."""
    match command:
        case public.DiscloseIdentity():
            return disclose(command, state, ask)
        case public.RevokeIdentityAccess():
            return revoke(command, state)
        case public.DemandDeletion():
            return demand(command, state, ask)
        case public.AnswerDeletion():
            return answer(command, state, ask)
        case _:
            assert_never(command)


def disclose(command: public.DiscloseIdentity, state: State | None, ask: Ask) -> list[Event]:
    """Release it, if a consent in force names receiver, purpose and category now, or a legal basis is named (INV-5).

    The owner of the data has the last word: a need that was taken on without such a consent is put on record (H3).
    To a pair of school and community nothing is released before both mentors are there (INV-25).
    """
    if state is not None:
        raise already_there("disclosure", "披露")
    codes.PURPOSE.known(command.purpose, field="purpose")
    on_law(command.legal_basis)
    person = known(ask).person
    if person is None:
        raise Refused("no-such-person", "The person is not registered.", "该服务对象尚未建档。", field="person_id")
    if known(ask).mentors_missing:
        raise Refused(
            "mentors-missing", "First the community and the academy each name a mentor of this pair.",
            "该结对须先由社区与学院各指定一名导师。", allowed=("assign-mentor",), field="need_id",
        )  # fmt: skip
    if command.legal_basis is not None:
        return [_disclosed(command, None, _on_law(command, ask), ask)]
    consent = known(ask).consent_to(command.purpose, ask.now, *command.categories, receiver=command.receiver)
    if consent is None or person.gone or not person.alive:
        return _not_disclosed(command, _why_not(person), ask)
    return [_disclosed(command, consent, command.categories or consent.categories, ask)]


def _why_not(person: PersonFact) -> str:
    """What stands in the way of a disclosure, the gravest first."""
    return "person-erased" if person.gone else "no-consent" if person.alive else "person-deceased"


def _on_law(command: public.DiscloseIdentity, ask: Ask) -> tuple[str, ...]:
    """What a legal basis releases is named one by one, and approved by somebody else."""
    if command.approver is None or not command.categories:
        raise Refused(
            "approval-needed",
            "On a legal basis, name the categories and who approved.",
            "依法定依据披露的, 须注明信息类别及批准人。",
            field="approver" if command.categories else "categories",
        )
    two_persons(ask, command.approver)
    return command.categories


def _disclosed(
    command: public.DiscloseIdentity, consent: ConsentFact | None, categories: tuple[str, ...], ask: Ask
) -> public.IdentityDisclosed:
    until = [t for t in (command.expires_at, consent.valid_until if consent else None) if t is not None]
    return public.IdentityDisclosed(
        disclosure_id=itself(ask),
        person_id=command.person_id,
        receiver=command.receiver,
        purpose=command.purpose,
        categories=categories,  # type: ignore[arg-type]  # they are of the consent's own four kinds
        matter_id=command.matter_id,
        need_id=command.need_id,
        consent_id=consent.consent_id if consent else None,
        legal_basis=command.legal_basis,
        approver=command.approver,
        expires_at=min(until, default=None),
    )


def _not_disclosed(command: public.DiscloseIdentity, reason: str, ask: Ask) -> list[Event]:
    if command.need_id is None:
        raise Refused(
            "no-consent",
            "No consent in force names this receiver, purpose and category; nothing was released.",
            "没有有效的同意涵盖该接收方、目的和类别, 未予披露。",
            allowed=("grant-consent",),
        )
    return [
        public.IdentityDisclosureRefused(
            disclosure_id=itself(ask),
            person_id=command.person_id,
            receiver=command.receiver,
            purpose=command.purpose,
            reason_code=reason,
            matter_id=command.matter_id,
            need_id=command.need_id,
        )
    ]


def revoke(command: public.RevokeIdentityAccess, state: State | None) -> list[Event]:
    """End it; ended twice it is ended once."""
    codes.REVOKE_REASON.known(command.reason_code, field="reason_code")
    match state:
        case Live():
            return [
                public.IdentityAccessRevoked(
                    disclosure_id=state.disclosure_id,
                    person_id=state.person_id,
                    receiver=state.receiver,
                    reason_code=command.reason_code,
                    matter_id=state.matter_id,
                    need_id=state.need_id,
                )
            ]
        case Refusal() | Revoked():
            return []
        case None:
            raise NotFound("no such disclosure")
        case _:
            assert_never(state)


def demand(command: public.DemandDeletion, state: State | None, ask: Ask) -> list[Event]:
    """Tell the receiver to delete what it holds, once; what was lawfully done with it stays done (PIPL 15, 21, 47)."""
    match state:
        case Live():
            return [*revoke(public.RevokeIdentityAccess(reason_code="erased"), state), _demanded(command, state, ask)]
        case Revoked(demanded=False):
            return [_demanded(command, state.was, ask)]
        case Revoked() | Refusal():
            return []
        case None:
            raise NotFound("no such disclosure")
        case _:
            assert_never(state)


def _demanded(command: public.DemandDeletion, was: Live, ask: Ask) -> public.DeletionDemanded:
    return public.DeletionDemanded(
        disclosure_id=was.disclosure_id,
        person_id=was.person_id,
        receiver=was.receiver,
        reason_code=command.reason_code,
        answer_by=today(ask) + timedelta(days=ANSWER_DAYS),
        organization_id=organization_of(was.receiver),
        matter_id=was.matter_id,
        need_id=was.need_id,
    )


def organization_of(party: Party) -> UUID | None:
    """The organization behind a party, where it is known by an id of the directory: it hears of it in its sequence."""
    try:
        return UUID(party.partition(":")[2])
    except ValueError:
        return None


def answer(command: public.AnswerDeletion, state: State | None, ask: Ask) -> list[Event]:
    """What the receiver has done, in its own words or as it told the station; who keeps something says why."""
    if state is None:
        raise NotFound("no such disclosure")
    if not isinstance(state, Revoked) or not state.demanded:
        raise Refused("nothing-demanded", "Nothing was demanded of this receiver.", "未要求该接收方删除。",
                      allowed=("revoke-identity-access",) if isinstance(state, Live) else ())  # fmt: skip
    _speaks_for(state.was.receiver, ask)
    if state.answered == command.result:
        return []
    if command.result == "kept" and command.basis is None:
        raise Refused("basis-needed", "Who keeps something says on which basis.", "保留须注明依据。", field="basis")
    return [
        public.DeletionAnswered(
            disclosure_id=state.was.disclosure_id,
            person_id=state.was.person_id,
            receiver=state.was.receiver,
            result=command.result,
            basis=command.basis,
            organization_id=organization_of(state.was.receiver),
            matter_id=state.was.matter_id,
            need_id=state.was.need_id,
        )
    ]


def _speaks_for(receiver: Party, ask: Ask) -> None:
    """A receiver answers for itself; the station writes down an answer with what shows it (INV-38)."""
    if ask.actor.role in OUTSIDE and not named(receiver, ask.actor):
        raise NotFound("no such disclosure")
    if ask.actor.role not in OUTSIDE and ask.behalf is None:
        raise Refused(
            "behalf-needed",
            "Say on whose behalf this is written down, and what shows it.",
            "请注明代谁登记及凭据。",
            field="happened.behalf",
        )


def evolve(state: State | None, event: Event) -> State | None:
    """The disclosure after this event."""
    match event:
        case public.IdentityDisclosed():
            return Live(
                disclosure_id=event.disclosure_id,
                person_id=event.person_id,
                receiver=event.receiver,
                matter_id=event.matter_id,
                need_id=event.need_id,
            )
        case public.IdentityDisclosureRefused():
            return Refusal(disclosure_id=event.disclosure_id)
        case public.IdentityAccessRevoked():
            return Revoked(was=_was(state, event)) if not isinstance(state, Revoked) else state
        case public.DeletionDemanded():
            return replace(state if isinstance(state, Revoked) else Revoked(was=_was(state, event)), demanded=True)
        case public.DeletionAnswered():
            known_so_far = state if isinstance(state, Revoked) else Revoked(was=_was(state, event), demanded=True)
            return replace(known_so_far, answered=event.result)
        case _:
            assert_never(event)


def _was(
    state: State | None, event: public.IdentityAccessRevoked | public.DeletionDemanded | public.DeletionAnswered
) -> Live:
    if isinstance(state, Live):
        return state
    return Live(disclosure_id=event.disclosure_id, person_id=event.person_id, receiver=event.receiver,
                matter_id=event.matter_id, need_id=event.need_id)  # fmt: skip


DECIDER = Decider(name="disclosure", decide=dated(decide), evolve=evolve, events=Event, states=State)
