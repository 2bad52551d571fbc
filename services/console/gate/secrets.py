"""What somebody shows to prove that it is him: a password, a code of the moment, a code that is good once, a link."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache
from hashlib import sha256
from hmac import compare_digest

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST, LONGEST = 10, 128
CODES = 10
STEP_SECONDS = 30
AROUND = (0, -1, 1)
"""A code of the moment, of the one before or after: clocks differ."""
NAME = "Wushe"
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Signs that are not mistaken for one another when they are written down."""

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """A password as it is kept (argon2id, RFC 9106's second recommendation: 64 MiB, three passes)."""
    return _hasher.hash(password)


@cache
def _nobodys() -> str:
    """What is checked where there is no such account, so that it takes as long as where there is one."""
    return hashed(secrets.token_urlsafe(16))


def is_password(kept: str | None, shown: str) -> bool:
    """Whether a password is the one that is kept; as slow for nobody's."""
    try:
        _hasher.verify(kept or _nobodys(), shown)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def weakness(password: str, holder: str) -> str:
    """What is wrong with a password, as the key of its text; empty where nothing is."""
    if len(password) < SHORTEST:
        return "gate.password.short"
    if len(password) > LONGEST:
        return "gate.password.long"
    if holder.lower() in password.lower() or len(set(password)) < 4 or password.isdecimal():
        return "gate.password.easy"
    return ""


def once(length: int = 10) -> str:
    """A code that is good once, in two halves, as people write it down."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return f"{signs[: length // 2]}-{signs[length // 2 :]}"


def bare(code: str) -> str:
    """A code as it is compared: however it was typed."""
    return "".join(sign for sign in code.lower() if sign.isalnum())


def digest_of(code: str) -> bytes:
    """What is kept of a code that is good once, or of a link: both are chance enough to need no slow hash."""
    return sha256(bare(code).encode()).digest()


def is_code(kept: bytes, code: str) -> bool:
    """Whether a code is the one that is kept."""
    return compare_digest(bytes(kept), digest_of(code))


def new_link() -> str:
    """What makes a link nobody else's; letters and figures alone, so that it survives being read out."""
    return secrets.token_hex(24)


# --- the second factor (RFC 6238) -----------------------------------------------------------------------------------


def new_secret() -> str:
    """A secret for an authenticator, in base32."""
    return pyotp.random_base32()


def address(secret: str, holder: str) -> str:
    """The secret as authenticators read it (`otpauth://…`)."""
    return pyotp.TOTP(secret).provisioning_uri(name=holder, issuer_name=NAME)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The moment whose code this is; None where it is no code of now."""
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    shown = bare(code)
    if len(shown) != 6:
        return None
    return next((s for d in AROUND if compare_digest(totp.at((s := current + d) * STEP_SECONDS), shown)), None)


class Sealer:
    """Seals the secrets of authenticators with a key that is made from the console's own."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, b"wushe second factor").derive(key))

    def seal(self, secret: str, holder: str) -> bytes:
        """As it is kept, bound to its holder."""
        nonce = secrets.token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), holder.encode())

    def open(self, kept: bytes | None, holder: str) -> str:
        """The secret; empty where there is none, or the console's key is another now."""
        if not kept:
            return ""
        try:
            return self._cipher.decrypt(bytes(kept)[:12], bytes(kept)[12:], holder.encode()).decode()
        except InvalidTag:
            return ""
