"""How decisions of this service say no, and whose word somebody may bring."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from services.contracts.words import Party
from services.kernel.errors import Refused
from services.kernel.message import Ask


def unknown(thing: str, zh: str) -> Refused:
    """Nothing is known under this id."""
    return Refused(f"{thing}-unknown", f"There is no such {thing}.", f"没有这个{zh}。")


def not_now(thing: str, zh: str, state: object, allowed: Mapping[type, tuple[str, ...]]) -> Refused:
    """This cannot be asked in this state; it says what can."""
    if state is None:
        return unknown(thing, zh)
    name = type(state).__name__
    return Refused(
        "not-in-this-state", f"This {thing} is {name}; it does not allow that.", f"该{zh}当前状态不允许此操作。",
        allowed=allowed.get(type(state), ()),
    )  # fmt: skip


ORGANIZATIONS_PEOPLE = ("partner", "team_leader")
"""Roles whose token is an organization's own: they speak for it and for nobody else."""


def is_word_of(ask: Ask, party: Party) -> bool:
    """Whether the actor is this party, or belongs to it; or whether a station writes down what it said, with evidence."""
    names = {party, party.partition(":")[2]} - {""}
    if ask.actor.org in names or ask.actor.id in names:
        return True
    outside = ask.actor.role in (*ORGANIZATIONS_PEOPLE, "volunteer")
    return not outside and ask.behalf is not None and ask.behalf.org in names


def must_be_of(ask: Ask, *parties: Party | None) -> None:
    """An organization's people speak of what is their own organization's."""
    if ask.actor.role in ORGANIZATIONS_PEOPLE and not any(is_word_of(ask, party) for party in parties if party):
        raise Refused("not-yours", "This concerns another organization.", "这是其他机构的事项, 不能由您操作。")


def must_all_be_of(ask: Ask, *parties: Party) -> None:
    """An organization's people put nobody into another organization."""
    for party in parties:
        must_be_of(ask, party)


def must_be_own(ask: Ask, volunteer_id: UUID | None) -> None:
    """A volunteer speaks alone for himself."""
    if ask.actor.role == "volunteer" and ask.actor.id != str(volunteer_id):
        raise Refused("not-yours", "This concerns another volunteer.", "这是他人的事项, 只能由本人操作。")


def own_matter() -> Refused:
    """One who works for a unit and volunteers too does not decide, on duty, about the volunteer that he or she is (H15)."""
    return Refused("own-matter", "Somebody else decides about one's own matters.", "涉及本人的事项须由他人办理。")


def answered_via(ask: Ask) -> str:
    """How an answer reached us: the kind of evidence where somebody wrote it down for another."""
    return ask.behalf.evidence_kind if ask.behalf else ask.channel


def two_persons(ask: Ask, approver: str) -> None:
    """Refuse an act that nobody else has approved."""
    if approver.rpartition(":")[2] == ask.actor.id.rpartition(":")[2]:
        raise Refused("second-person-needed", "Somebody else must approve this; name that person as the approver.",
                      "此事须由另一人批准, 请填写批准人。", field="approver")  # fmt: skip
