"""A station, a community point or a grid: open -> closed. A point lies under a station, a grid under either (INV-41)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from services.contracts import referral as public
from services.contracts.codes_directory import STATION_REASON
from services.contracts.tables import dated
from services.kernel.decider import Decider, changed
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.speaking import not_now
from services.referral.domain.staffing import itself, must_be_free, must_stand_in_an_edition, staffing

Command = public.OpenStation | public.ChangeStationArea | public.CloseStation
Event = public.StationOpened | public.StationAreaChanged | public.StationClosed


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """It serves these places."""

    code: str
    kind: public.StationKind
    places: tuple[public.ServedPlace, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """It is no longer there."""

    code: str


State = Opened | Closed | None

BELONGS_TO: dict[public.StationKind, tuple[public.StationKind, ...]] = {
    "station": (), "point": ("station",), "grid": ("station", "point"),
}  # fmt: skip
"""Under which kinds each kind lies."""

ALLOWED: dict[type, tuple[str, ...]] = {Opened: ("change-station-area", "close-station"), Closed: ()}


def opened(command: public.OpenStation, state: State, ask: Ask) -> list[Event]:
    """A code of its own, its place in the tree, and places that say in which edition their codes stand."""
    if state is not None:
        if isinstance(state, Opened) and state.code == command.code:
            return []
        raise Refused("station-known", "This station stands in the directory already.", "该站点已在名录中。")
    must_be_free(ask)
    must_stand_in_an_edition(command.places)
    _must_belong(command, ask)
    return [
        public.StationOpened(
            station_id=itself(ask), kind=command.kind, code=command.code, party=command.party, places=command.places,
            parent_id=command.parent_id, host_id=command.host_id, sealed=ask.sealed,
        )
    ]  # fmt: skip


def _must_belong(command: public.OpenStation, ask: Ask) -> None:
    above, parent = BELONGS_TO[command.kind], staffing(ask).station
    if command.parent_id is None and not above:
        return
    if parent is None or parent.state != "open" or parent.kind not in above:
        wanted, wanted_zh = (" or ".join(above), "或".join(above)) if above else ("nothing", "无")
        raise Refused("parent-wrong", f"A {command.kind} lies under: {wanted}.", f"{command.kind} 的上级应为: {wanted_zh}。",
                      field="parent_id", allowed=("open-station",))  # fmt: skip


def change_area(command: public.ChangeStationArea, state: State) -> list[Event]:
    """Other places from now on; the same ones change nothing."""
    if not isinstance(state, Opened):
        raise not_now(state, ALLOWED, "station", "站点")
    STATION_REASON.known(command.reason_code, field="reason_code")
    must_stand_in_an_edition(command.places)
    if command.places == state.places:
        return []
    return [public.StationAreaChanged(places=command.places, reason_code=command.reason_code)]


def close(command: public.CloseStation, state: State, ask: Ask) -> list[Event]:
    """Only when nobody holds a post at it and nothing lies under it."""
    STATION_REASON.known(command.reason_code, field="reason_code")
    match state:
        case Opened():
            if held := staffing(ask).held:
                raise Refused("station-in-use", f"{held} posts or stations still hang on it.", f"尚有 {held} 个岗位或下级站点。",
                              allowed=("leave-post", "close-station"))  # fmt: skip
            return [public.StationClosed(reason_code=command.reason_code)]
        case Closed():
            return []
        case None:
            raise not_now(state, ALLOWED, "station", "站点")
        case _:
            assert_never(state)


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command about a station."""
    match command:
        case public.OpenStation():
            return opened(command, state, ask)
        case public.ChangeStationArea():
            return change_area(command, state)
        case public.CloseStation():
            return close(command, state, ask)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    """What an event makes of a station."""
    match event:
        case public.StationOpened():
            return Opened(code=event.code, kind=event.kind, places=event.places)
        case public.StationAreaChanged():
            return changed(state, places=event.places) if isinstance(state, Opened) else state
        case public.StationClosed():
            return Closed(code="" if state is None else state.code)
        case _:
            assert_never(event)


DECIDER = Decider(name="station", decide=dated(decide), evolve=evolve, events=Event, states=State)
