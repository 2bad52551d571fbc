"""A small OpenID Connect provider of our own: it signs in whoever it is told to, and can be told to lie.

It is asked in this process (`ask`, in place of HTTP). It checks what a provider must: the client, the code, used once,
the address to go back to, and that the verifier fits the challenge (RFC 7636).
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from time import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from services.console.gate.elsewhere import Failed

ISSUER = "https://id.example"


def new_key() -> RSAKey:
    """A key to sign with."""
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """Who is signed in there (`subject`), and what its tokens say otherwise than they should (`lies`)."""

    client_id: str = "wushe"
    client_secret: str = "between us"
    subject: str = "employee-17"
    key: RSAKey = field(default_factory=new_key)
    lies: dict[str, Any] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def ask(self, url: str, form: Mapping[str, str] | None, client: tuple[str, str] | None) -> Any:
        """What it answers under an address."""
        self.asked.append(urlsplit(url).path)
        match urlsplit(url).path:
            case "/.well-known/openid-configuration":
                places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
                return {"issuer": ISSUER, **{name: ISSUER + path for name, path in places.items()}}
            case "/keys":
                return {"keys": [self.key.as_dict(private=False)]}
            case "/token" if form is not None:
                return {"access_token": "unused", "token_type": "Bearer", "id_token": self._token(form, client)}
            case _:
                raise Failed("refused")

    def signs_in(self, address: str) -> dict[str, str]:
        """Somebody comes with an address of the hub's making and signs in: what he goes back with."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["client_id"] == self.client_id and query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256" and "openid" in query["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def _token(self, form: Mapping[str, str], client: tuple[str, str] | None) -> str:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        fits = (
            asked is not None and asked["redirect_uri"] == form["redirect_uri"] and asked["code_challenge"] == challenge
        )
        if asked is None or not fits or client != (self.client_id, self.client_secret):
            raise Failed("refused")
        now = int(time())
        claims = {
            "iss": ISSUER,
            "aud": self.client_id,
            "sub": self.subject,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
        }
        return jwt.encode({"alg": "RS256", "kid": self.key.kid, **self.header}, claims | self.lies, self.key)
