"""A fact as a partner gets it: a CloudEvents envelope with codes and references, and nothing that tells who it is.

`dataref` says where the partner asks for more, with its own token; whether it gets it is decided there, at that moment.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from services.kernel.message import Message
from services.partner.concerns import PEOPLE, SHOWN, organization_of

ATTRIBUTES = (
    "id", "source", "type", "subject", "time", "datacontenttype", "position", "streamversion", "schemaversion",
    "effectiveat", "effectiveprecision", "channel", "actorrole", "actororg", "correlationid", "causationid", "corrects",
)  # fmt: skip
"""What is told of the envelope; who acted, and on whose behalf, is told of the reader's own people alone."""
OWN_ACTOR = ("actorid",)
OWN_WORD = ("behalforg", "behalfevidence", "behalfref")
KINDS_OF_PEOPLE = tuple(f"{kind}:" for kind in PEOPLE)
LISTED = ("receivers", "receivers_left")
"""Lists of which each reader is told its own place alone."""

_read = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass
class Reader:
    """An organization, and its people through whom a fact concerns it."""

    organization_id: UUID
    people: set[str] = field(default_factory=set)

    def is_own(self, party: str) -> bool:
        """Whether this is the organization itself, or one of its people."""
        return party in self.people or organization_of(party) == self.organization_id

    def speaks(self, org: str) -> bool:
        """Whether somebody who works for `org`, with or without its kind, works for this one."""
        return bool(org) and org.rpartition(":")[2] == str(self.organization_id)


def thin(message: Message, data: dict[str, Any], reader: Reader) -> bytes:
    """The delivery's bytes without its number; the same fact is the same bytes on every way and at every time."""
    said, envelope = _read(message.raw), message.envelope
    told: dict[str, Any] = {name: said[name] for name in ATTRIBUTES if name in said}
    if reader.speaks(envelope.actororg):
        told |= {name: said[name] for name in OWN_ACTOR if name in said}
    if reader.speaks(envelope.behalforg):
        told |= {name: said[name] for name in OWN_WORD if name in said}
    reference = dataref(message, data)
    if reference:
        told["dataref"] = reference
    told["recordhash"] = urlsafe_b64encode(sha256(message.raw).digest()).rstrip(b"=").decode()
    told["data"] = {name: _shown(name, value, reader) for name, value in data.items() if name in SHOWN}
    return msgspec.json.encode(told, order="sorted")


def dataref(message: Message, data: dict[str, Any]) -> str:
    """Where more is to be had: who it is after a disclosure, the need as it stands otherwise; relative to the hub."""
    kind, stream_id = message.stream.split("/")
    if message.envelope.type == "identity.disclosed":
        return f"/intake/v1/disclosures/{stream_id}/identity?why={data['purpose']}"
    places = {"referral": "/referral/v1/referrals/", "grant": "/referral/v1/grants/"}
    return places[kind] + stream_id if kind in places else ""


def _shown(name: str, value: Any, reader: Reader) -> Any:
    if name in LISTED and value is not None:
        return [party for party in value if reader.is_own(party)]
    return _without_others(value, reader)


def _without_others(value: Any, reader: Reader) -> Any:
    """A value without people who are not the reader's own."""
    if isinstance(value, list):
        return [_without_others(each, reader) for each in value if not _other(each, reader)]
    if isinstance(value, dict):
        return {name: _without_others(each, reader) for name, each in value.items()}
    return None if _other(value, reader) else value


def _other(value: Any, reader: Reader) -> bool:
    return isinstance(value, str) and value.startswith(KINDS_OF_PEOPLE) and not reader.is_own(value)


def numbered(number: int, body: bytes) -> bytes:
    """A delivery as it goes out: `sequence` is its number, of one length so that it sorts as text."""
    return b'{"specversion":"1.0","sequence":"%010d",' % number + body[1:]
