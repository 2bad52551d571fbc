"""Sign-in by an identity provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636), discovery, nonce.

What the provider is, it says itself under `/.well-known/openid-configuration`; its keys are asked for again when a token
names one that is not known, so it may change them whenever it likes. Nothing of what it says but issuer and subject is
used, and of these only a digest is kept.
"""

from __future__ import annotations

import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.kernel.config import Settings
from services.kernel.errors import Refused

SECONDS = (3.0, 10.0)
FRESH_SECONDS = 600.0
AGAIN_SECONDS = 5.0
"""Keys are asked for again because of an unknown one at most so often: whoever sends tokens must not choose the pace."""
SKEW_SECONDS = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "Ed25519", "EdDSA"]
"""What an identity token may be signed with: never `none`, and no secret that both sides know."""
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")

Asks = Callable[[str, Mapping[str, str] | None, tuple[str, str] | None], Any]
"""Asks for JSON under an address: with a form it is posted, with a name and a secret it is asked as that client."""


@dataclass(frozen=True)
class Begun:
    """A sign-in that has begun: where the browser goes, and what must come back with it."""

    address: str
    state: str
    nonce: str
    verifier: str


class Failed(Refused):
    """The provider did not say who it is; the reason is for the administrator's eyes."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "not-told-elsewhere",
            f"The identity provider did not say who you are ({reason}). Try again, or sign in with your password.",
            f"统一身份认证没有返回您的身份 ({reason})。请重试, 或用密码登录。",
        )


def ask_over_http(url: str, form: Mapping[str, str] | None, client: tuple[str, str] | None) -> Any:
    """The JSON under an address; raises Failed where there is none."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.request(
                "GET" if form is None else "POST", url, data=form, auth=client, timeout=SECONDS, allow_redirects=False,
                headers={"Accept": "application/json"},
            )  # fmt: skip
            said = answer.json()
        except (requests.RequestException, ValueError) as away:
            raise Failed("away") from away
    if answer.status_code != 200 or not isinstance(said, dict):
        raise Failed("refused")
    return said


@dataclass
class Provider:
    """The identity provider as this process knows it."""

    ask: Asks = ask_over_http
    _known: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None
    _read_at: float = float("-inf")
    _keys_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def about(self, issuer: str) -> dict[str, Any]:
        """What it says of itself; it must be who we asked (OpenID Connect Discovery 4.3)."""
        with self._lock:
            if monotonic() - self._read_at >= FRESH_SECONDS or self._known.get("issuer") != issuer:
                found = self.ask(f"{issuer}/.well-known/openid-configuration", None, None)
                if any(not isinstance(found.get(name), str) for name in NEEDED) or found["issuer"] != issuer:
                    raise Failed("discovery")
                self._known, self._read_at, self._keys = found, monotonic(), None
            return self._known

    def keys(self, issuer: str, *, anew: bool = False) -> KeySet:
        """Its keys; `anew` because one was named that is not among them."""
        address = self.about(issuer)["jwks_uri"]
        with self._lock:
            stale = self._keys is None or (anew and monotonic() - self._keys_at >= AGAIN_SECONDS)
            if stale or self._keys is None:
                try:
                    self._keys = KeySet.import_key_set(self.ask(address, None, None))
                except (JoseError, ValueError, KeyError, TypeError) as broken:
                    raise Failed("keys") from broken
                self._keys_at = monotonic()
            return self._keys

    # --- the two steps ---

    def begin(self, settings: Settings) -> Begun:
        """Send somebody there."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = urlencode({
            "response_type": "code", "client_id": settings.oidc_client_id, "redirect_uri": back_to(settings),
            "scope": "openid", "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        })  # fmt: skip
        endpoint = str(self.about(settings.oidc_issuer)["authorization_endpoint"])
        return Begun(f"{endpoint}{'&' if '?' in endpoint else '?'}{query}", state, nonce, verifier)

    def finish(self, settings: Settings, code: str, nonce: str, verifier: str, now: datetime) -> str:
        """Who came back, as the digest of issuer and subject; raises Failed for whatever is not as it should be."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back_to(settings), "code_verifier": verifier,
            "client_id": settings.oidc_client_id,
        }  # fmt: skip
        secret = settings.oidc_client_secret
        client = (settings.oidc_client_id, secret) if secret else None
        said = self.ask(str(self.about(settings.oidc_issuer)["token_endpoint"]), form, client)
        token = said.get("id_token")
        if not isinstance(token, str):
            raise Failed("no-token")
        return self._subject(settings, self._claims(settings.oidc_issuer, token), nonce, now)

    def _claims(self, issuer: str, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, self.keys(issuer), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            pass  # it may have changed its keys since
        try:
            return jwt.decode(token, self.keys(issuer, anew=True), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as wrong:
            raise Failed("signature") from wrong

    @staticmethod
    def _subject(settings: Settings, claims: Mapping[str, Any], nonce: str, now: datetime) -> str:
        """OpenID Connect Core 3.1.3.7, point by point."""
        audience, at = claims.get("aud"), now.timestamp()
        audiences = audience if isinstance(audience, list) else [audience]
        ends, said = claims.get("exp"), claims.get("nonce")
        if claims.get("iss") != settings.oidc_issuer:
            raise Failed("issuer")
        if (
            settings.oidc_client_id not in audiences
            or claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id
        ):
            raise Failed("audience")
        if not isinstance(ends, int | float) or ends <= at - SKEW_SECONDS:
            raise Failed("expired")
        if not isinstance(said, str) or not compare_digest(said, nonce):
            raise Failed("nonce")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise Failed("subject")
        return digest_of(settings.oidc_issuer, subject)


def back_to(settings: Settings) -> str:
    """Where the provider sends people back to."""
    return f"{settings.outside}/sign-in/elsewhere/back"


def digest_of(issuer: str, subject: str) -> str:
    """What is kept of a sign-in elsewhere."""
    raw = sha256(f"{len(issuer)}:{issuer}{subject}".encode()).digest()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
