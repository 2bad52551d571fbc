"""Approvals: a second person's own act, signed for a short while, for one command on one thing asked by one person.

Whoever approves asks for it under his own token, from the one who signs tokens; the person who asked sends it along with
the command, and the service checks it with the public key alone. It names the content of the request, so nothing else
is approved with it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError

from services.kernel.errors import Refused
from services.kernel.message import Actor
from services.kernel.tokens import ALGORITHM, LONGEST, checking, key_id, signing

LIFE = timedelta(minutes=15)
FIELDS = ("approver", "approver_id")
"""The fields in which commands name the second person."""


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an approval begins: it is no token, and no token is an approval."""

    alg: Literal["Ed25519"]
    typ: Literal["hub-approval+jwt"]
    kid: str


class Claims(msgspec.Struct, frozen=True):
    """Who approves what, for whom, until when."""

    iss: Literal["wushe"]
    sub: str
    role: str
    org: str
    command: str
    about: str
    asker: str
    content: str
    exp: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is to be approved: a command by its name, the id of what it is about (empty: something new), who asks, what."""

    command: str
    about: str
    asker: str
    content: str


def wanted(command: str, about: object, asker: str, body: Mapping[str, Any]) -> Wanted:
    """What a request needs approval for; when it happened is left out, for it may be written down again later."""
    plain = {name: value for name, value in body.items() if name != "happened"}
    content = hashlib.sha256(msgspec.json.encode(plain, order="sorted")).digest()
    return Wanted(command=command, about=str(about), asker=asker, content=_text(content))


def approve(approver: Actor, what: Wanted, private: bytes, now: datetime, life: timedelta = LIFE) -> str:
    """The approver's word, good from now on for a short while."""
    key, name = signing(private)
    claims = Claims(
        iss="wushe", sub=approver.id, role=approver.role, org=approver.org, command=what.command, about=what.about,
        asker=what.asker, content=what.content, exp=int((now + life).timestamp()),
    )  # fmt: skip
    header = Header(alg="Ed25519", typ="hub-approval+jwt", kid=name)
    return jwt.encode(msgspec.structs.asdict(header), msgspec.structs.asdict(claims), key, algorithms=[ALGORITHM])


def approver_of(said: str, what: Wanted, public_keys: Iterable[bytes], now: datetime) -> Actor:
    """Who has approved this; raises Refused where nobody has, or somebody approved something else, or himself."""
    if not said:
        raise needed(what)
    claims = _read(said, public_keys)
    if claims is None or now.timestamp() >= claims.exp:
        raise needed(what, "This approval is not good, or not good any more.", "该批准无效或已过期。")
    if Wanted(command=claims.command, about=claims.about, asker=claims.asker, content=claims.content) != what:
        raise needed(what, "Something else was approved than is asked now.", "批准的内容与本次请求不符。")
    if same(claims.sub, what.asker):
        raise needed(what, "Nobody approves what he asks himself.", "不能批准自己的请求。")
    return Actor(id=claims.sub, role=claims.role, org=claims.org)


def same(one: str, other: str) -> bool:
    """Whether two ids name one person, written as a party or not."""
    return one.rpartition(":")[2] == other.rpartition(":")[2]


def needed(what: Wanted, en: str = "", zh: str = "") -> Refused:
    """The refusal of what nobody else has approved."""
    return Refused(
        "approval-needed",
        f"{en} Somebody else must approve this with an act of his own.".strip(),
        f"{zh}此事须由另一人亲自批准。",
        allowed=("approve",),
        field="approver",
    )


def _read(said: str, public_keys: Iterable[bytes]) -> Claims | None:
    keys = {key_id(key): checking(key) for key in public_keys}
    try:
        first = said.partition(".")[0]
        header = msgspec.json.decode(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)), type=Header)
        if len(said) > LONGEST or header.kid not in keys:
            return None
        return msgspec.convert(jwt.decode(said, keys[header.kid], algorithms=[ALGORITHM]).claims, Claims)
    except (JoseError, msgspec.DecodeError, msgspec.ValidationError, ValueError):
        return None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
