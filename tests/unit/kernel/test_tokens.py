"""Tokens: who may sign, what is refused, and that a known token is not good for longer."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from services.kernel import tokens
from services.kernel.errors import NotSignedIn
from services.kernel.message import Actor
from services.kernel.tokens import Verifier, generate, issue, key_id, text_of, verify

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
COORDINATOR = Actor(id="w-zsl", role="coordinator", org="220104004")
PAIR = generate()


def forged(header: dict[str, Any] | None = None, /, **changed: Any) -> str:
    """A token signed with our key whose header or claims are not as they should be; None takes a claim out."""
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": text_of(PAIR.public), "d": text_of(PAIR.private)})
    claims = {"iss": "wushe", "aud": "hub", "sub": "w-zsl", "role": "coordinator", "org": "",
              "iat": int(NOW.timestamp()), "exp": int((NOW + HOUR).timestamp())} | changed  # fmt: skip
    shown = {"alg": "Ed25519", "typ": "hub+jwt", "kid": key_id(PAIR.public)} | (header or {})
    kept = {name: claim for name, claim in claims.items() if claim is not None}
    return jwt.encode(shown, kept, key, algorithms=["Ed25519"])


def test_a_token_says_who_is_asking() -> None:
    token = issue(COORDINATOR, PAIR.private, HOUR, NOW)
    assert verify(token, (PAIR.public,), NOW) == COORDINATOR


def test_a_forger_like_ours_is_believed_when_nothing_is_changed() -> None:
    assert verify(forged(), (PAIR.public,), NOW).id == "w-zsl"


def test_a_token_ends_at_its_hour_also_when_it_is_known() -> None:
    verifier = Verifier([PAIR.public])
    token = issue(COORDINATOR, PAIR.private, HOUR, NOW)
    assert verifier.verify(token, NOW + HOUR - timedelta(seconds=1)) == COORDINATOR
    for _ in range(2):
        with pytest.raises(NotSignedIn):
            verifier.verify(token, NOW + HOUR)


def test_another_hub_cannot_sign_for_this_one() -> None:
    with pytest.raises(NotSignedIn):
        verify(issue(COORDINATOR, generate().private, HOUR, NOW), (PAIR.public,), NOW)


def test_while_keys_change_both_are_good() -> None:
    new = generate()
    keys = (new.public, PAIR.public)
    for pair in (PAIR, new):
        assert verify(issue(COORDINATOR, pair.private, HOUR, NOW), keys, NOW) == COORDINATOR


def test_a_changed_letter_breaks_the_signature() -> None:
    header, claims, signature = issue(COORDINATOR, PAIR.private, HOUR, NOW).split(".")
    with pytest.raises(NotSignedIn):
        verify(".".join((header, claims[:-2] + "AA", signature)), (PAIR.public,), NOW)


@pytest.mark.parametrize(
    "token",
    [
        forged(iss="elsewhere"), forged(aud="other"), forged(sub=None), forged(role=None), forged(exp=None),
        forged(exp="never"), forged(exp=True), forged(iat=int((NOW + HOUR).timestamp())),
        forged({"typ": "JWT"}), forged({"kid": "unknown"}),
        "", "a.b.c", "小伟", "x" * 5000, "..", "e30.e30.",
    ],
    ids=range(16),
)  # fmt: skip
def test_what_is_not_a_token_of_this_hub_is_refused(token: str) -> None:
    with pytest.raises(NotSignedIn):
        verify(token, (PAIR.public,), NOW)


def part(value: object) -> str:
    """One part of a token, made of any JSON."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_no_other_algorithm_is_accepted() -> None:
    claims = {"iss": "wushe", "aud": "hub", "sub": "w", "role": "r", "org": "", "iat": 0, "exp": 2**40}
    header = {"typ": "hub+jwt", "kid": key_id(PAIR.public)}
    with_public_key_as_secret = jwt.encode(
        header | {"alg": "HS256"}, claims, OctKey.import_key(PAIR.public), algorithms=["HS256"]
    )
    for token in (with_public_key_as_secret, f"{part(header | {'alg': 'none'})}.{part(claims)}."):
        with pytest.raises(NotSignedIn):
            verify(token, (PAIR.public,), NOW)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["alg", "kid", "typ", "b64", "crit", "zip"]), inner)
    ),
    max_leaves=5,
)


@settings(deadline=None, max_examples=200)
@given(ANY_JSON, ANY_JSON, st.binary(max_size=70))
def test_whatever_is_sent_is_refused_and_never_a_fault(header: object, claims: object, signature: bytes) -> None:
    if isinstance(header, dict):
        header = {"alg": "Ed25519", "kid": key_id(PAIR.public), **header}
    token = ".".join((part(header), part(claims), base64.urlsafe_b64encode(signature).decode()))
    with pytest.raises(NotSignedIn):
        verify(token, (PAIR.public,), NOW)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED", 3)
    verifier = Verifier([PAIR.public])
    issued = [issue(Actor(id=f"w-{n}", role="worker"), PAIR.private, HOUR, NOW) for n in range(10)]
    for token in (*issued, *issued):
        verifier.verify(token, NOW)
    assert len(verifier._known) <= 3


def test_a_key_is_text_of_one_word() -> None:
    assert len(text_of(PAIR.public)) == 43
    assert tokens.pair_of(PAIR.private) == PAIR
