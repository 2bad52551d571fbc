"""Who may speak for an organization, and how a decision is refused."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from services.contracts.words import Party
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask
from services.referral.domain.facts import MatterFact

ORGANIZATIONS_PEOPLE = ("partner", "team_leader")
"""Roles whose token is an organization's own."""


def speaks_for(ask: Ask, organization_id: UUID, party: Party) -> bool:
    """Whether this is the organization's word.

    Its own people say it themselves; a station may write down what the organization said by phone or on paper, and then
    names the organization and the evidence.
    """
    names = (str(organization_id), party)
    if ask.actor.org in names or ask.actor.role == "service":
        return True
    return ask.actor.role not in ORGANIZATIONS_PEOPLE and ask.behalf is not None and ask.behalf.org in names


def must_speak_for(ask: Ask, organization_id: UUID, party: Party) -> None:
    """Refuse anybody's word but the organization's."""
    if not speaks_for(ask, organization_id, party):
        raise Refused(
            "not-yours",
            "Only the organization asked may say this, or a station that names it under `happened.behalf`.",
            "只有被询问的机构可以答复, 或由站点在 happened.behalf 中注明该机构及凭据代为登记。",
        )


def must_be_origin(ask: Ask) -> None:
    """Refuse the word of a receiving organization where the origin's is wanted."""
    if ask.actor.role in ORGANIZATIONS_PEOPLE:
        raise origin_only()


def origin_only() -> Refused:
    """This is for the side that asks."""
    return Refused("origin-only", "Only the side that asks may say this.", "只有转出方可以作此操作。")


def must_be_open(matter: MatterFact | None, urgent: bool = False) -> None:
    """Refuse what concerns a closed matter, or one not heard of yet; an emergency does not wait to be heard."""
    if matter is None and not urgent:
        raise Refused(
            "matter-unknown",
            "No such matter has been heard of yet; try again shortly.",
            "尚未收到该事项, 请稍后再试。",
            field="matter_id",
        )
    if matter is not None and not matter.is_open:
        raise Refused("matter-closed", "This matter is closed.", "该事项已办结。", field="matter_id")


def answered_via(ask: Ask) -> str:
    """How an organization's answer reached us: the kind of evidence where somebody wrote it down for it."""
    return ask.behalf.evidence_kind if ask.behalf else ask.channel


def decided_by(ask: Ask) -> str:
    """Whose decision this is: the party on whose behalf it was written down, or the actor."""
    return ask.behalf.org if ask.behalf else ask.actor.id


def not_now(state: object, allowed: Mapping[type, tuple[str, ...]], en: str, zh: str) -> Refused | NotFound:
    """This cannot be asked in this state; it says what can."""
    if state is None:
        return NotFound(f"no such {en}")
    able = allowed.get(type(state), ())
    name = type(state).__name__
    return Refused("not-in-this-state", f"This {en} is {name}; it does not allow that.", f"该{zh}当前状态不允许此操作。",
                   allowed=able)  # fmt: skip
