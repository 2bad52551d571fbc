"""What is said: the circumstances of a command (`Ask`), and an event as it was stored (`Envelope`, `Recorded`).

An event is stored once as canonical bytes: a CloudEvents 1.0 envelope in structured JSON, whose `data` is the
published shape of the event. Those bytes are what is hashed, published, pulled and kept; nobody re-serialises them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

import msgspec
from msgspec import Meta

NO_NUMBER_OF_ANYBODY = r"^(?!(\+?86)?1[3-9][0-9]{9}$)(?![0-9]{17}[0-9Xx]$)(?![0-9]{15}$)"
"""How a pattern begins that takes no number of a telephone or of an identity document: those are personal, and no event
holds them (INV-6)."""

Precision = Literal["instant", "day", "month", "season", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who did it, in which role, for which organization. Ids and codes only, never a name."""

    id: str
    role: str
    org: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Behalf:
    """Somebody typed another party's will: whose it was, and what shows it (kind of evidence, reference to it)."""

    org: Annotated[str, Meta(pattern=r"^[A-Za-z0-9:._+-]{1,160}$(?!\n)")]
    evidence_kind: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$(?!\n)")]
    evidence_ref: Annotated[str, Meta(pattern=NO_NUMBER_OF_ANYBODY + r"[A-Za-z0-9:._+/-]{0,160}$(?!\n)")] = ""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances under which a command was asked; everything impure that a decision may use.

    `id` is the command's own id (same id: same command); `now` is when the hub decides (UTC); `at` is when the thing
    happened in the world, None when unknown; `sealed` holds the digests of the personal values that came with it;
    `facts` is what the service looked up for this kind of command (see `Manifest.facts`), None when it looks up nothing.
    `approver` is the second person, where one has approved this very command; `founds` the stream that a command from
    outside brings into being.
    """

    id: UUID
    now: datetime
    actor: Actor
    at: datetime | None = None
    precision: Precision = "instant"
    channel: str = "api"
    behalf: Behalf | None = None
    correlation: UUID | None = None
    causation: UUID | None = None
    corrects: UUID | None = None
    sealed: tuple[str, ...] = ()
    facts: Any = None
    approver: Actor | None = None
    founds: UUID | None = None

    def new_id(self, name: str) -> UUID:
        """An id for something this command brings into being: the same command always names it alike."""
        return uuid5(self.id, name)

    @property
    def happened_at(self) -> datetime:
        """When it happened, or when it was asked if nobody said: for rules that need an instant."""
        return self.at or self.now


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A stored event's attributes as read from its bytes; `data` stays raw until somebody wants it typed.

    `source` is `/<publisher>`; `subject` is the stream, `<aggregate>/<uuid>`; `time` is when it was recorded.
    Attributes that do not apply are left out of the bytes.
    """

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    position: int
    streamversion: int
    schemaversion: int = 1
    effectiveat: datetime | None = None
    effectiveprecision: Precision = "unknown"
    actorid: str = ""
    actorrole: str = ""
    actororg: str = ""
    behalforg: str = ""
    behalfevidence: str = ""
    behalfref: str = ""
    approverid: str = ""
    approverrole: str = ""
    approverorg: str = ""
    channel: str = ""
    commandid: UUID | None = None
    causationid: UUID | None = None
    correlationid: UUID | None = None
    corrects: UUID | None = None
    previous: str = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")

    @property
    def publisher(self) -> str:
        """The service that said it."""
        return self.source[1:]

    @property
    def stream_id(self) -> UUID:
        """The aggregate's own id, without its kind."""
        return UUID(self.subject.rpartition("/")[2])

    @property
    def actor(self) -> Actor:
        """Who did it."""
        return Actor(id=self.actorid, role=self.actorrole, org=self.actororg)


read_envelope = msgspec.json.Decoder(Envelope).decode
_fields = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """An event as stored: its envelope, its bytes, and the event itself, read in today's shape.

    `event` is None for a type this reader does not know: a tolerant reader passes over it.
    """

    envelope: Envelope
    raw: bytes = field(repr=False)
    event: Any

    @property
    def position(self) -> int:
        """Its place in the publisher's log, counted from 1 without gaps."""
        return self.envelope.position

    @property
    def version(self) -> int:
        """Its place in its own stream, counted from 1 without gaps."""
        return self.envelope.streamversion

    @property
    def stream(self) -> str:
        """`<aggregate>/<uuid>`."""
        return self.envelope.subject

    @cached_property
    def stream_id(self) -> UUID:
        """The aggregate's id."""
        return self.envelope.stream_id

    @cached_property
    def said(self) -> dict[str, Any]:
        """The event's data, field by field, as they stand in its bytes: for whoever asks for fields by their names."""
        return _fields(self.envelope.data)

    @property
    def recorded_at(self) -> datetime:
        """When the hub learnt of it (UTC); set by the store alone, never goes back."""
        return self.envelope.time

    @property
    def effective_at(self) -> datetime | None:
        """When it happened in the world; None when unknown."""
        return self.envelope.effectiveat

    @property
    def happened_at(self) -> datetime:
        """When it happened, or when it was recorded where that is unknown: for ordering and display."""
        return self.envelope.effectiveat or self.envelope.time

    @property
    def actor(self) -> Actor:
        """Who did it."""
        return self.envelope.actor


# Between services the same thing travels; the word says on which side of the wire we stand.
Message = Recorded
