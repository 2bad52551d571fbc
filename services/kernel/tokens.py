"""Tokens: who is asking, in which role, for which organization, signed for a short while with Ed25519.

The console signs; every service checks with the public key alone. A token that was checked once is known until it
expires, so that the next check costs a look-up.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.kernel.errors import NotSignedIn
from services.kernel.message import Actor

ALGORITHM = "Ed25519"
LONGEST = 4096
REMEMBERED = 10_000
AHEAD = timedelta(seconds=60)
"""How far another machine's clock may run ahead of ours."""


Org = Annotated[str, msgspec.Meta(pattern=r"^(([a-z]+:)?[A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\n)")]
"""For whom somebody acts: an id, or `<kind>:<id>`; empty for nobody but himself."""


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a token of ours begins, and nothing else: a header that asks for more is not even looked at."""

    alg: Literal["Ed25519"]
    typ: Literal["hub+jwt"]
    kid: str


class Claims(msgspec.Struct, frozen=True):
    """What a token says; one that says less, or is meant for somebody else, is none of ours."""

    iss: Literal["wushe"]
    aud: Literal["hub"]
    sub: str
    role: str
    org: Org
    iat: int
    exp: int


@dataclass(frozen=True)
class KeyPair:
    """A private key and the public key that belongs to it, 32 bytes each."""

    private: bytes
    public: bytes


def generate() -> KeyPair:
    """A new pair of keys."""
    return pair_of(Ed25519PrivateKey.generate().private_bytes_raw())


def pair_of(private: bytes) -> KeyPair:
    """The pair that a private key belongs to."""
    return KeyPair(private, Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def text_of(key: bytes) -> str:
    """A key as settings hold it: base64url without padding."""
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode("ascii")


def key_id(public: bytes) -> str:
    """The short name of a public key, which a token carries so that its key is found while keys change."""
    return hashlib.sha256(public).hexdigest()[:16]


_read_header = msgspec.json.Decoder(Header).decode


@cache
def signing(private: bytes) -> tuple[OKPKey, str]:
    """The key to sign with, and the short name under which it is checked."""
    pair = pair_of(private)
    parts: dict[str, str | list[str]] = {"x": text_of(pair.public), "d": text_of(pair.private)}
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", **parts}), key_id(pair.public)


@cache
def checking(public: bytes) -> OKPKey:
    """The key to check with."""
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": text_of(public)})


def issue(actor: Actor, private: bytes, lifetime: timedelta, now: datetime) -> str:
    """A token that says who is asking, good from now on for this long."""
    key, name = signing(private)
    issued = int(now.timestamp())
    claims = Claims(
        iss="wushe", aud="hub", sub=actor.id, role=actor.role, org=actor.org,
        iat=issued, exp=issued + int(lifetime.total_seconds()),
    )  # fmt: skip
    header = Header(alg="Ed25519", typ="hub+jwt", kid=name)
    return jwt.encode(msgspec.structs.asdict(header), msgspec.structs.asdict(claims), key, algorithms=[ALGORITHM])


class Verifier:
    """Checks tokens against one or several public keys; safe to share between threads."""

    def __init__(self, public_keys: Iterable[bytes]) -> None:
        self._keys = {key_id(key): checking(key) for key in public_keys}
        self._known: dict[str, tuple[Actor, float]] = {}

    def verify(self, token: str, now: datetime) -> Actor:
        """Who is asking; raises NotSignedIn when the token is not ours, not meant for the hub, or not good now."""
        known = self._known.get(token)
        if known is None:
            known = self._check(token, now)
            self._remember(token, known, now)
        if now.timestamp() >= known[1]:
            self._known.pop(token, None)
            raise NotSignedIn("this token has expired")
        return known[0]

    def _check(self, token: str, now: datetime) -> tuple[Actor, float]:
        if len(token) > LONGEST:
            raise NotSignedIn("this token is too long")
        try:
            header = _read_header(_bytes_of(token.partition(".")[0]))
            key = self._keys[header.kid]
            read = jwt.decode(token, key, algorithms=[ALGORITHM])
        except (JoseError, msgspec.DecodeError, ValueError, KeyError) as wrong:
            raise NotSignedIn("this is no token of this hub") from wrong
        return _claims(read.claims, now)

    def _remember(self, token: str, known: tuple[Actor, float], now: datetime) -> None:
        """Keep what was checked; when there is too much of it, forget everything and begin again."""
        if len(self._known) >= REMEMBERED:
            self._known = {}
        if now.timestamp() < known[1]:
            self._known[token] = known


def _bytes_of(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _claims(claims: dict[str, Any], now: datetime) -> tuple[Actor, float]:
    """The actor and the moment when the token ends, if everything else about it is right."""
    try:
        said = msgspec.convert(claims, Claims)
    except msgspec.ValidationError as wrong:
        raise NotSignedIn("this token is not meant for this hub") from wrong
    if said.iat > (now + AHEAD).timestamp():
        raise NotSignedIn("this token is from the future")
    return Actor(id=said.sub, role=said.role, org=said.org), float(said.exp)


@cache
def _verifier(public_keys: tuple[bytes, ...]) -> Verifier:
    return Verifier(public_keys)


def verify(token: str, public_keys: tuple[bytes, ...], now: datetime) -> Actor:
    """Who is asking, by any of these keys; raises NotSignedIn. The verifier of each set of keys is kept."""
    return _verifier(public_keys).verify(token, now)
