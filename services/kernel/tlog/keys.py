"""Keys of logs and witnesses: their names, ids and signatures (C2SP signed-note and tlog-cosignature).

A key says by its algorithm byte what its signature means: 0x01 signs a note's text, 0x04 states that the signer had
seen this head, and nothing larger, at a time. Others (0x06: ML-DSA-44; SM2 under 0xff) find their place in `ALGORITHMS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.kernel.tlog.lines import LARGEST, Malformed, base64, named, unbase64

ED25519 = 0x01
COSIGNATURE = 0x04
KEY = 32
STAMP = 8
SIGNATURE = 64
PRIVATE = "PRIVATE+KEY+"
LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Signature:
    """One line of a note: whose it is, and the bytes of the signature itself."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as a note has it, its newline included."""
        return f"— {self.name} {base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key by which a signature is checked; `str()` gives its vkey."""

    name: str
    algorithm: int
    key: bytes

    def __post_init__(self) -> None:
        named(self.name, "the key's name")
        if self.algorithm not in ALGORITHMS:
            raise Malformed(f"algorithm {self.algorithm:#04x} is not known here")
        if len(self.key) != KEY:
            raise Malformed(f"the key has {len(self.key)} bytes and not {KEY}")

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64(bytes((self.algorithm,)) + self.key)}"

    @property
    def key_id(self) -> bytes:
        """Four bytes that name the key together with its name."""
        return sha256(self.name.encode() + b"\n" + bytes((self.algorithm,)) + self.key).digest()[:4]

    @property
    def fingerprint(self) -> str:
        """The whole hash of the key, for people to compare by voice or on paper."""
        digest = sha256(bytes((self.algorithm,)) + self.key).hexdigest()
        return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))

    def made(self, signature: Signature) -> bool:
        """Whether the signature says that it is this key's; that it is good is another question."""
        return signature.name == self.name and signature.key_id == self.key_id

    def check(self, text: str, signature: Signature) -> bool:
        """Whether this key made the signature over this text."""
        message = ALGORITHMS[self.algorithm].signed(text, signature.value)
        if message is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature.value[-SIGNATURE:], message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key; it is never shown by accident."""

    name: str
    algorithm: int
    seed: bytes

    def __post_init__(self) -> None:
        if len(self.seed) != KEY:
            raise Malformed(f"the key has {len(self.seed)} bytes and not {KEY}")
        _ = self.verifier

    def __repr__(self) -> str:
        return f"Signer({self.name!r}, {self.algorithm:#04x})"

    @property
    def verifier(self) -> Verifier:
        """The public key that belongs to it."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return Verifier(self.name, self.algorithm, public)

    @property
    def skey(self) -> str:
        """The key as it is kept in a file: whoever reads it signs in its owner's name."""
        identity = f"{self.name}+{self.verifier.key_id.hex()}"
        return f"{PRIVATE}{identity}+{base64(bytes((self.algorithm,)) + self.seed)}"

    def sign(self, text: str, time: int | None = None) -> Signature:
        """Sign a note's text; a cosignature says at which second (POSIX) the head was the largest seen."""
        algorithm = ALGORITHMS[self.algorithm]
        stamp = algorithm.stamp(time)
        signed = Ed25519PrivateKey.from_private_bytes(self.seed).sign(algorithm.message(text, stamp))
        return Signature(self.name, self.verifier.key_id, stamp + signed)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """What stands before the signature proper, and which message is signed under what stands there."""

    stamp: Callable[[int | None], bytes]
    message: Callable[[str, bytes], bytes]
    length: int

    def signed(self, text: str, value: bytes) -> bytes | None:
        """The message that a signature of this algorithm signs; none where its length or time is not the algorithm's."""
        fits = len(value) == self.length and int.from_bytes(value[:-SIGNATURE], "big") <= LARGEST
        return self.message(text, value[:-SIGNATURE]) if fits else None


def _no_stamp(time: int | None) -> bytes:
    if time is not None:
        raise ValueError("only a cosignature carries a time")
    return b""


def _stamp(time: int | None) -> bytes:
    if time is None or not 0 <= time <= LARGEST:
        raise ValueError("a cosignature carries the second at which it was made")
    return time.to_bytes(STAMP, "big")


def _cosigned(text: str, stamp: bytes) -> bytes:
    """tlog-cosignature, Ed25519 signed message."""
    return f"cosignature/v1\ntime {int.from_bytes(stamp, 'big')}\n{text}".encode()


ALGORITHMS = {
    ED25519: Algorithm(_no_stamp, lambda text, _: text.encode(), SIGNATURE),
    COSIGNATURE: Algorithm(_stamp, _cosigned, STAMP + SIGNATURE),
}


def time_of(signature: Signature) -> int:
    """The second (POSIX) that a cosignature carries."""
    return int.from_bytes(signature.value[:STAMP], "big")


def _parts(written: str, what: str) -> tuple[str, str, int, bytes]:
    if len(written) > LONGEST:
        raise Malformed(f"{what} is longer than {LONGEST} characters")
    name, plus, rest = written.partition("+")
    key_id, plus_too, encoded = rest.partition("+")
    data = unbase64(encoded, what) if plus and plus_too else b""
    if not data:
        raise Malformed(f"{what} is not written as name+id+key")
    return name, key_id, data[0], data[1:]


def vkey(written: str) -> Verifier:
    """A public key as it is handed around: `name+id+base64(algorithm || key)`."""
    name, key_id, algorithm, key = _parts(written, "the verifier key")
    found = Verifier(name, algorithm, key)
    if found.key_id.hex() != key_id:
        raise Malformed("the verifier key's id is not that of its name and key")
    return found


def skey(written: str) -> Signer:
    """A private key from its file."""
    if not written.startswith(PRIVATE):
        raise Malformed("the signing key does not begin with PRIVATE+KEY+")
    name, key_id, algorithm, seed = _parts(written.removeprefix(PRIVATE), "the signing key")
    found = Signer(name, algorithm, seed)
    if found.verifier.key_id.hex() != key_id:
        raise Malformed("the signing key's id is not that of its name and key")
    return found
