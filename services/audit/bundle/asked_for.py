"""What an export is asked for, read and judged: of what, for whom, and which values the recipient brings with him."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from services.audit import asked
from services.audit.archive import b64
from services.kernel.contract import Code, Count, Digest, Said
from services.kernel.message import Actor

MOST = 20_000
Digests = Annotated[tuple[Digest, ...], Meta(max_length=MOST)]
BODY = {
    "type": "object",
    "required": ["scope"],
    "additionalProperties": False,
    "properties": {
        "scope": {"enum": ["case", "full"]},
        "matter_id": {"type": "string", "format": "uuid"},
        "purpose": {"type": "string"},
        "old": {"type": "integer", "minimum": 0},
        "opened": {"type": "array", "items": {"type": "string"}},
        "erased": {"type": "array", "items": {"type": "string"}},
    },
}


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bundle of a matter or of everything; `old`: the size that the recipient has pinned.

    `opened` and `erased` are digests of the values that the recipient has been shown by the services that keep them, or
    has been told to be gone. Audit itself sees no value (ADR 0023).
    """

    scope: Literal["case", "full"]
    matter_id: UUID | None = None
    purpose: Code = "unstated"
    old: Count | None = None
    opened: Digests = ()
    erased: Digests = ()


def wanted(body: object) -> Wanted:
    """A request's body; refuses what it cannot read."""
    try:
        found = msgspec.convert(body, Wanted)
    except msgspec.ValidationError as broken:
        raise asked.wrong("scope", Said(f"an export: {broken}", "导出请求不符合格式")) from broken
    if (found.scope == "case") != (found.matter_id is not None):
        raise asked.wrong("matter_id", Said("a matter, for a case alone", "仅按事项导出时填写"))
    if set(found.opened) & set(found.erased):
        raise asked.wrong("erased", Said("no value that is shown", "不含已出示的值"))
    return found


def there(found: Wanted, digests: Iterable[str]) -> None:
    """Refuse values that belong to none of the events in the bundle."""
    known = set(digests)
    for field, given in (("opened", found.opened), ("erased", found.erased)):
        if set(given) - known:
            raise asked.wrong(field, Said("digests of events of this matter", "本事项事件所含的摘要"))


def hash_of(opened: Iterable[str], erased: Iterable[str]) -> str:
    """Which values are shown and which are gone, under one hash."""
    said = {**dict.fromkeys(opened, "opened"), **dict.fromkeys(erased, "erased")}
    return b64(sha256("".join(f"{digest} {said[digest]}\n" for digest in sorted(said)).encode()).digest())


def is_of(person_id: object, actor: Actor) -> bool:
    """Whether a client asks for what is about himself."""
    return actor.role == "client" and str(person_id) == actor.id.rpartition(":")[2]
