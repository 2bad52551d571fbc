"""An endpoint: where an organization is called with what is delivered to it, until it is disabled or removed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from services.contracts import partner as public
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask
from services.partner.domain.speaking import speaks_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Active:
    """It is called, and the calls are signed with the secret of this generation."""

    endpoint_id: UUID
    organization_id: UUID
    generation: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Disabled:
    """It is not called, and may be again."""

    was: Active


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """It was called once."""

    was: Active


State = Active | Disabled | Removed
Command = (
    public.AddEndpoint
    | public.RotateEndpointSecret
    | public.DisableEndpoint
    | public.EnableEndpoint
    | public.RemoveEndpoint
)
Event = (
    public.EndpointAdded
    | public.EndpointSecretRotated
    | public.EndpointDisabled
    | public.EndpointEnabled
    | public.EndpointRemoved
)


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked of the endpoint, by whoever speaks for its organization."""
    if isinstance(command, public.AddEndpoint):
        return add(command, state, ask)
    if state is None:
        raise NotFound("no such endpoint")
    known = state if isinstance(state, Active) else state.was
    speaks_for(known.organization_id, ask)
    if isinstance(state, Removed):
        raise Refused("endpoint-removed", "This endpoint was removed.", "该回调地址已注销。", allowed=("add-endpoint",))
    match command:
        case public.RotateEndpointSecret():
            return rotate(command, known, ask)
        case public.DisableEndpoint():
            return disable(command, state)
        case public.EnableEndpoint():
            return enable(state)
        case public.RemoveEndpoint():
            return [public.EndpointRemoved(endpoint_id=known.endpoint_id, organization_id=known.organization_id)]
        case _:
            assert_never(command)


def add(command: public.AddEndpoint, state: State | None, ask: Ask) -> list[Event]:
    """An organization adds endpoints of its own."""
    speaks_for(command.organization_id, ask)
    if state is not None:
        raise Refused("already-there", "This endpoint is there already.", "该回调地址已存在。")
    return [
        public.EndpointAdded(
            endpoint_id=command.endpoint_id, organization_id=command.organization_id, after=command.after
        )
    ]


def rotate(command: public.RotateEndpointSecret, known: Active, ask: Ask) -> list[Event]:
    """Two secrets are live for a while, so that nobody has to change at the same moment as the hub."""
    return [
        public.EndpointSecretRotated(
            endpoint_id=known.endpoint_id, organization_id=known.organization_id, generation=known.generation + 1,
            old_until=ask.now + timedelta(hours=command.overlap_hours),
        )
    ]  # fmt: skip


def disable(command: public.DisableEndpoint, state: State) -> list[Event]:
    """Disabled twice it is disabled once."""
    if not isinstance(state, Active):
        return []
    return [
        public.EndpointDisabled(
            endpoint_id=state.endpoint_id, organization_id=state.organization_id, reason_code=command.reason_code
        )
    ]


def enable(state: State) -> list[Event]:
    """It goes on from where it was."""
    if not isinstance(state, Disabled):
        return []
    was = state.was
    return [public.EndpointEnabled(endpoint_id=was.endpoint_id, organization_id=was.organization_id)]


def evolve(state: State | None, event: Event) -> State:
    """What is true after an event."""
    if isinstance(event, public.EndpointAdded):
        return Active(endpoint_id=event.endpoint_id, organization_id=event.organization_id)
    known = _known(state, event)
    match event:
        case public.EndpointSecretRotated():
            fresh = replace(known, generation=event.generation)
            return replace(state, was=fresh) if isinstance(state, Disabled | Removed) else fresh
        case public.EndpointDisabled():
            return Disabled(was=known)
        case public.EndpointEnabled():
            return known
        case public.EndpointRemoved():
            return Removed(was=known)
        case _:
            assert_never(event)


def _known(state: State | None, event: Event) -> Active:
    if state is None:
        return Active(endpoint_id=event.endpoint_id, organization_id=event.organization_id)
    return state if isinstance(state, Active) else state.was


DECIDER = Decider(name="endpoint", decide=decide, evolve=evolve, events=Event, states=State)
