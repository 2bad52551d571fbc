"""Signatures of calls, after Standard Webhooks 1.0.0: `v1` with a shared secret, `v1a` with a key that only we hold.

No secret is stored: each is made anew from the hub's own key, the endpoint's id and the number of its generation. What is
signed is `id.timestamp.body`; while two secrets are live, signatures of both stand in the header.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SYMMETRIC, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"


@dataclass(frozen=True)
class Secrets:
    """What one generation of an endpoint's calls is signed with."""

    shared: bytes
    private: bytes

    @property
    def secret(self) -> str:
        """The shared secret as its receiver writes it down."""
        return SYMMETRIC + b64encode(self.shared).decode()

    @property
    def public_key(self) -> str:
        """The key that checks `v1a`."""
        return PUBLIC + b64encode(self._key.public_key().public_bytes_raw()).decode()

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private)

    def sign(self, signed: bytes) -> list[str]:
        """Both signatures of these bytes."""
        symmetric = hmac.digest(self.shared, signed, "sha256")
        return [f"v1,{b64encode(symmetric).decode()}", f"v1a,{b64encode(self._key.sign(signed)).decode()}"]


def secrets_of(master: bytes, endpoint_id: UUID, generation: int) -> Secrets:
    """The secrets of an endpoint's generation."""
    about = endpoint_id.bytes + generation.to_bytes(4, "big")
    shared, private = (hmac.digest(master, purpose + about, "sha256") for purpose in (b"v1", b"v1a"))
    return Secrets(shared, private)


def headers(ident: str, moment: datetime, body: bytes, live: list[Secrets]) -> dict[str, str]:
    """The three headers of a call; the newest secret's signatures first."""
    timestamp = str(int(moment.timestamp()))
    signed = b"%b.%b.%b" % (ident.encode(), timestamp.encode(), body)
    signatures = " ".join(signature for each in live for signature in each.sign(signed))
    return {"webhook-id": ident, "webhook-timestamp": timestamp, "webhook-signature": signatures}
