"""By mail: an organization is told of its offers at an address, until that ends; each choice voids the links before it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.tables import dated
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask
from services.referral.domain.facts import known

Command = public.ChooseMail | public.EndMail | public.RevokeLink
Event = public.MailChosen | public.MailEnded | public.LinkRevoked


@dataclass(frozen=True, kw_only=True, slots=True)
class ByMail:
    """The organization is told by mail; links of this generation are good, but for those that were revoked."""

    organization_id: UUID
    generation: int
    revoked: frozenset[UUID] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotByMail:
    """It was told by mail once."""

    was: ByMail


State = ByMail | NotByMail


def choose(command: public.ChooseMail, state: State | None, ask: Ask) -> list[Event]:
    """An organization that may still be asked; a new address, or the same again, begins a new generation of links."""
    organization = known(ask).organization
    if organization is None:
        raise NotFound("no such organization")
    if organization.state == "retired":
        raise Refused("organization-not-active", "This organization has left the network.", "该机构已退出网络。")
    before = state.was if isinstance(state, NotByMail) else state
    generation = 1 if before is None else before.generation + 1
    return [
        public.MailChosen(organization_id=organization.organization_id, generation=generation, sealed=ask.sealed)
    ]  # fmt: skip


def end(command: public.EndMail, state: State | None) -> list[Event]:
    """Ended twice it is ended once."""
    match state:
        case None:
            raise _not_by_mail()
        case NotByMail():
            return []
        case ByMail():
            return [public.MailEnded(organization_id=state.organization_id, reason_code=command.reason_code)]
        case _:
            assert_never(state)


def revoke(command: public.RevokeLink, state: State | None) -> list[Event]:
    """Revoked twice it is revoked once; with the way itself at its end there is nothing left to revoke."""
    match state:
        case None:
            raise _not_by_mail()
        case NotByMail():
            return []
        case ByMail():
            if command.link_id in state.revoked:
                return []
            return [
                public.LinkRevoked(
                    organization_id=state.organization_id, link_id=command.link_id, reason_code=command.reason_code
                )
            ]  # fmt: skip
        case _:
            assert_never(state)


def _not_by_mail() -> Refused:
    return Refused("not-by-mail", "Nothing is sent to this organization by mail.", "未向该机构发送邮件。",
                   allowed=("choose-mail",))  # fmt: skip


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows from a command about an organization's mails."""
    match command:
        case public.ChooseMail():
            return choose(command, state, ask)
        case public.EndMail():
            return end(command, state)
        case public.RevokeLink():
            return revoke(command, state)
        case _:
            assert_never(command)


def evolve(state: State | None, event: Event) -> State:
    """What is true after an event."""
    match event:
        case public.MailChosen():
            return ByMail(organization_id=event.organization_id, generation=event.generation)
        case public.MailEnded():
            return NotByMail(was=_was(state, event.organization_id))
        case public.LinkRevoked():
            was = _was(state, event.organization_id)
            fewer = replace(was, revoked=was.revoked | {event.link_id})
            return NotByMail(was=fewer) if isinstance(state, NotByMail) else fewer
        case _:
            assert_never(event)


def _was(state: State | None, organization_id: UUID) -> ByMail:
    if state is None:
        return ByMail(organization_id=organization_id, generation=0)
    return state.was if isinstance(state, NotByMail) else state


DECIDER = Decider(name="mailing", decide=dated(decide), evolve=evolve, events=Event, states=State)
