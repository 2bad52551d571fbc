"""Stations: a street's station, its community points, their grids; which places each serves, and who hosts it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from services.contracts.referral.organizations import Label
from services.contracts.referral.words import ServedPlaces
from services.contracts.words import Party
from services.kernel.contract import Code, Digest, asked, published

StationKind = Literal["station", "point", "grid"]
"""社工站 of a street, 社工点 of a community, 网格 within it."""


@asked(zh="设立站点")
class OpenStation:
    """A station, point or grid is to stand in the directory, under the one it belongs to, with the places it serves."""

    kind: StationKind
    code: Code
    party: Party
    places: ServedPlaces = ()
    parent_id: UUID | None = None
    host_id: UUID | None = None
    name: Label | None = None


@asked(zh="调整服务区域")
class ChangeStationArea:
    """From now on it serves these places."""

    places: ServedPlaces
    reason_code: Code


@asked(zh="撤销站点")
class CloseStation:
    """It is no longer there; nobody holds a post at it any more."""

    reason_code: Code


@published("station.opened", zh="站点设立")
class StationOpened:
    """It stands in the directory and serves these places; `party` is as whom it answers, `host` the department it leans on."""

    station_id: UUID
    kind: StationKind
    code: Code
    party: Party
    places: ServedPlaces = ()
    parent_id: UUID | None = None
    host_id: UUID | None = None
    sealed: tuple[Digest, ...] = ()


@published("station.area-changed", zh="服务区域调整")
class StationAreaChanged:
    """It serves these places; what it served before stays on record with the codes of its time."""

    places: ServedPlaces
    reason_code: Code


@published("station.closed", zh="站点撤销")
class StationClosed:
    """It is no longer there."""

    reason_code: Code
