"""An organization in the directory: registered -> verified -> active <-> suspended -> retired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes import NUMBER_OVERRIDE
from services.contracts.codes_referral import PARTY_PREFIX
from services.contracts.numbers import credit_code_holds
from services.contracts.tables import dated
from services.contracts.words import Party
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask
from services.referral.domain.facts import itself
from services.referral.domain.speaking import not_now

Command = (
    public.RegisterOrganization
    | public.AddOrganizationAlias
    | public.VerifyOrganization
    | public.ActivateOrganization
    | public.SuspendOrganization
    | public.RetireOrganization
)
Event = (
    public.OrganizationRegistered
    | public.OrganizationAliased
    | public.OrganizationVerified
    | public.OrganizationActivated
    | public.OrganizationSuspended
    | public.OrganizationRetired
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """It stands in the directory; nobody has checked what it says of itself."""

    party: Party
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """Checked, and not yet in use."""

    party: Party
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Active:
    """It may be offered needs."""

    party: Party
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspended:
    """No offers for the time being."""

    party: Party
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Retired:
    """It has left the network for good."""

    party: Party
    code: str


Known = Registered | Verified | Active | Suspended | Retired
State = Known | None

ALLOWED: dict[type, tuple[str, ...]] = {
    Registered: ("add-organization-alias", "verify-organization", "retire-organization"),
    Verified: ("add-organization-alias", "activate-organization", "retire-organization"),
    Active: ("add-organization-alias", "verify-organization", "suspend-organization", "retire-organization"),
    Suspended: ("add-organization-alias", "verify-organization", "activate-organization", "retire-organization"),
    Retired: (),
}


def party_of(kind: str, organization_id: UUID, area: str | None) -> Party:
    """As which party an organization answers for a need; a community does so under its area code where it has one."""
    prefix = PARTY_PREFIX[kind]
    return f"{prefix}:{area if prefix == 'community' and area else organization_id}"


def register(command: public.RegisterOrganization, state: State, ask: Ask) -> list[Event]:
    """Anybody at a station may enter an organization; a credit code that fails its check takes a reason as well."""
    if state is not None:
        if state.code == command.code:
            return []
        raise Refused("organization-known", "This organization is registered already.", "该机构已登记。")
    NUMBER_OVERRIDE.known(command.uscc_override, field="uscc_override")
    if command.uscc is not None and command.uscc_override is None and not credit_code_holds(command.uscc):
        raise Refused(
            "uscc-wrong",
            "The check character of this social credit code does not fit. Correct it, or give `uscc_override`, a reason.",
            "统一社会信用代码校验位不符。请更正, 或填写 uscc_override 说明原因。",
            allowed=("register-organization",),
            field="uscc",
        )
    organization_id = itself(ask)
    party = party_of(command.kind, organization_id, command.area)
    return [
        public.OrganizationRegistered(
            organization_id=organization_id, kind=command.kind, party=party, code=command.code, area=command.area, uscc=command.uscc,
            uscc_override=command.uscc_override, parent_id=command.parent_id, sealed=ask.sealed,
        )
    ]  # fmt: skip


def alias(command: public.AddOrganizationAlias, state: State, ask: Ask) -> list[Event]:
    """Another name, while it is in the network."""
    if state is None or isinstance(state, Retired):
        raise _no(state)
    return [public.OrganizationAliased(sealed=ask.sealed)]


def verify(command: public.VerifyOrganization, state: State) -> list[Event]:
    """Evidence is looked at once, and may be looked at again later."""
    match state:
        case Registered() | Active() | Suspended():
            return [
                public.OrganizationVerified(
                    evidence_kind=command.evidence_kind,
                    evidence_ref=command.evidence_ref,
                    valid_until=command.valid_until,
                    first=isinstance(state, Registered),
                )
            ]
        case Verified():
            return []
        case _:
            raise _no(state)


def activate(command: public.ActivateOrganization, state: State) -> list[Event]:
    """Only what has been verified may be offered anything."""
    match state:
        case Verified() | Suspended():
            return [public.OrganizationActivated(reason_code=command.reason_code)]
        case Active():
            return []
        case _:
            raise _no(state)


def suspend(command: public.SuspendOrganization, state: State) -> list[Event]:
    """An active organization gets no more offers."""
    match state:
        case Active():
            return [public.OrganizationSuspended(reason_code=command.reason_code, party=state.party)]
        case Suspended():
            return []
        case _:
            raise _no(state)


def retire(command: public.RetireOrganization, state: State) -> list[Event]:
    """Any organization may leave."""
    match state:
        case None:
            raise _no(state)
        case Retired():
            return []
        case _:
            return [public.OrganizationRetired(reason_code=command.reason_code, party=state.party)]


def _no(state: State) -> Refused | NotFound:
    return not_now(state, ALLOWED, "organization", "机构")


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command about an organization."""
    match command:
        case public.RegisterOrganization():
            return register(command, state, ask)
        case public.AddOrganizationAlias():
            return alias(command, state, ask)
        case public.VerifyOrganization():
            return verify(command, state)
        case public.ActivateOrganization():
            return activate(command, state)
        case public.SuspendOrganization():
            return suspend(command, state)
        case public.RetireOrganization():
            return retire(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    """What an event makes of an organization."""
    if isinstance(event, public.OrganizationRegistered):
        return Registered(party=event.party, code=event.code)
    if state is None:
        return None
    match event:
        case public.OrganizationAliased():
            return state
        case public.OrganizationVerified():
            return Verified(party=state.party, code=state.code) if isinstance(state, Registered) else state
        case public.OrganizationActivated():
            return Active(party=state.party, code=state.code)
        case public.OrganizationSuspended():
            return Suspended(party=state.party, code=state.code)
        case public.OrganizationRetired():
            return Retired(party=state.party, code=state.code)
        case _:
            assert_never(event)


DECIDER = Decider(name="organization", decide=dated(decide), evolve=evolve, events=Event, states=State)
