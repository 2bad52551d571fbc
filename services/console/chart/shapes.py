"""What the custody chart is made of, in pixels of its own coordinate system, and its measures."""

from __future__ import annotations

from dataclasses import dataclass

from services.contracts.words import SOCIETIES, SOCIETY_OF

OUTSIDE = "outside"
LANES = (OUTSIDE, *SOCIETIES)

GUTTER = 268
RIGHT = 34
TOP = 50
STEP_MIN = 40
EMPTY_LANE = 30
LANE_PAD = 7
ROW_PAD = 6
ROW_MIN = 32
MATTER_HEIGHT = 14
NEED_HEIGHT = 10
TRACK_GAP = 6
TAG = 11


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A date under which the steps of that time stand; `year` is said where it changes."""

    x: float
    label: str
    year: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One party's row; its label stands left of the bars."""

    party: str
    label: str
    y: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """One society, or the parties outside the five."""

    society: str
    y: float
    height: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A party answers here; `number` is the need's, 0 for the matter itself. An open bar has no end yet."""

    party: str
    number: int
    x: float
    y: float
    width: float
    height: float
    open: bool
    broken: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrow:
    """A handoff from one row to another at one step; `number` is the need's, 0 for the matter itself."""

    kind: str
    number: int
    x: float
    y1: float
    y2: float
    key: str

    @property
    def down(self) -> bool:
        """Whether it points downwards."""
        return self.y2 > self.y1


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """A handoff within one row: both ends are the same party."""

    x: float
    y: float
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """The number of a need, on its bar or on the arrow of an offer."""

    x: float
    y: float
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Everything that the drawing needs, in pixels of its own coordinate system."""

    width: float
    height: float
    left: float
    right: float
    top: float
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    arrows: tuple[Arrow, ...]
    rings: tuple[Ring, ...]
    tags: tuple[Tag, ...]
    ticks: tuple[Tick, ...]
    scaled: bool
    cursor: float | None = None
    """Where the replayed moment ends, when the chart shows an earlier one."""
    ghosts: tuple[Bar, ...] = ()
    echoes: tuple[Arrow, ...] = ()
    """Bars and arrows that another moment of knowledge has and this one has not."""
    struck: tuple[Bar, ...] = ()
    """Bars that this moment of knowledge has and the other one has not."""


def society_of(party: str) -> str:
    """The lane of a party."""
    return SOCIETY_OF.get(party.partition(":")[0], OUTSIDE)
