"""Bad input to a command: each is a problem document with a stable code and the field; nothing is written; never a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.entrypoints.problems import PROBLEM
from tests.kernel.counter import Counter

TOYS = "/shop/v1/toys"
PART = {"name": "wheel", "grams": 3}
LIMIT = 65_536
NOBODYS = UUID(int=2**127 + 17)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """The toy shop, open."""
    with Counter(Path(tmp_path_factory.mktemp("shop"))) as counter:
        yield counter


def refused(
    shop: Counter, status: int, code: str, path: str = TOYS, method: str = "POST", **request: Any
) -> dict[str, Any]:
    """The problem document of a request that must be refused, in both languages, with nothing written."""
    before = shop.head()
    answer = shop.ask(method, path, **request)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == PROBLEM
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"], problem["title"]) == (status, code, code)
    assert problem["type"].endswith(code) and problem["detail"] and not problem["detail_zh"].isascii()
    assert shop.head() == before
    return problem


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "kind", "missing"),
        ({"kind": None}, "kind", "invalid"),
        ({"kind": 3}, "kind", "invalid"),
        ({"kind": True}, "kind", "invalid"),
        ({"kind": ["car"]}, "kind", "invalid"),
        ({"kind": ""}, "kind", "invalid"),
        ({"kind": "Car"}, "kind", "invalid"),
        ({"kind": "a car"}, "kind", "invalid"),
        ({"kind": "x" * 65}, "kind", "invalid"),
        ({"kind": "小车"}, "kind", "invalid"),
        ({"kind": "car\u0000"}, "kind", "invalid"),
        ({"kind": "car\n"}, "kind", "invalid"),
        ({"kind": "car", "color": "red"}, "color", "unknown-field"),
        ({"kind": "car", "weight": -1}, "weight", "invalid"),
        ({"kind": "car", "weight": 1.5}, "weight", "invalid"),
        ({"kind": "car", "weight": 1.0}, "weight", "invalid"),
        ({"kind": "car", "weight": "1"}, "weight", "invalid"),
        ({"kind": "car", "weight": 2**53}, "weight", "invalid"),
        ({"kind": "car", "weight": 10**300}, "weight", "invalid"),
        ({"kind": "car", "ready": 1}, "ready", "invalid"),
        ({"kind": "car", "ready": "true"}, "ready", "invalid"),
        ({"kind": "car", "note": "x" * 201}, "note", "invalid"),
        ({"kind": "car", "note": 3}, "note", "invalid"),
        ({"kind": "car", "parts": PART}, "parts", "invalid"),
        ({"kind": "car", "parts": [PART, 3]}, "parts.1", "invalid"),
        ({"kind": "car", "parts": [PART, {}]}, "parts.1.name", "missing"),
        ({"kind": "car", "parts": [PART | {"colour": "red"}]}, "parts.0.colour", "unknown-field"),
        ({"kind": "car", "parts": [PART | {"grams": "3"}]}, "parts.0.grams", "invalid"),
        ({"kind": "car", "happened": 3}, "happened", "invalid"),
        ({"kind": "car", "happened": {"when": "now"}}, "happened.when", "unknown-field"),
        ({"kind": "car", "happened": {"at": "yesterday"}}, "happened.at", "invalid"),
        ({"kind": "car", "happened": {"at": "2026-03-01T09:30:00"}}, "happened.at", "invalid"),
        ({"kind": "car", "happened": {"at": "2026-13-01T09:30:00Z"}}, "happened.at", "invalid"),
        ({"kind": "car", "happened": {"at": 1772328600}}, "happened.at", "invalid"),
        ({"kind": "car", "happened": {"precision": "century"}}, "happened.precision", "invalid"),
        ({"kind": "car", "happened": {"behalf": {"org": "a b", "evidence_kind": "x"}}}, "happened.behalf.org", "invalid"),
        ({"kind": "car", "happened": {"behalf": {"org": "a"}}}, "happened.behalf.evidence_kind", "missing"),
        ({"kind": "car", "id": str(uuid4())}, "id", "unknown-field"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(shop: Counter, body: dict[str, Any], field: str, code: str) -> None:
    (problem,) = refused(shop, 422, "contract-broken", body=body)["errors"]
    assert (problem["field"], problem["code"]) == (field, code)
    assert problem["expected"] and not problem["expected_zh"].isascii()


def test_every_wrong_field_is_named_at_once(shop: Counter) -> None:
    body = {"weight": "1", "colour": "red", "ready": 0, "parts": [{"grams": -1}], "happened": {"at": "?"}}
    problems = refused(shop, 422, "contract-broken", body=body)["errors"]
    assert {(p["field"], p["code"]) for p in problems} == {
        ("kind", "missing"), ("weight", "invalid"), ("colour", "unknown-field"), ("ready", "invalid"),
        ("parts.0.name", "missing"), ("parts.0.grams", "invalid"), ("happened.at", "invalid"),
    }  # fmt: skip


@pytest.mark.parametrize("body", [[], [{"kind": "car"}], "car", 3, 3.5, True, None])
def test_a_command_is_an_object(shop: Counter, body: Any) -> None:
    (problem,) = refused(shop, 422, "contract-broken", raw=json.dumps(body).encode())["errors"]
    assert (problem["field"], problem["expected"]) == ("", "a JSON object")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"nonsense", b'{"kind": "car"} {}', b"{'kind': 'car'}", b'{"kind": "\xff"}', '{"kind": "车"}'.encode("gb18030"),
        '{"kind": "car"}'.encode("utf-16"), b"\xef\xbb\xbf" + b'{"kind": "car"}', b'{"kind": "\\ud800"}', b'{"\\udfff": 1}',
        b'{"kind": "\x00"}', b'{"kind": NaN}', b'{"kind": Infinity}', b"[" * 60_000, b'{"a":' * 10_000, b'{"kind": 1e999}',
        b'{"weight": ' + b"9" * 60_000 + b"}", b'{"weight": -' + b"9" * 5_000 + b"}",
    ],
    ids=lambda raw: repr(raw[:30]),
)  # fmt: skip
def test_what_is_no_json_is_refused(shop: Counter, raw: bytes) -> None:
    (problem,) = refused(shop, 422, "contract-broken", raw=raw)["errors"]
    assert problem["code"] in ("not-json", "invalid", "unknown-field", "missing")


def test_of_a_name_that_comes_twice_one_value_is_taken_by_all_readers(shop: Counter) -> None:
    answer = shop.ask("POST", TOYS, raw=b'{"kind": "bus", "kind": "car"}')
    assert shop.ask("GET", answer.headers["Location"]).json()["kind"] == "car"
    refused(shop, 422, "contract-broken", raw=b'{"kind": "car", "kind": 3}')


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded"]
)
def test_only_json_is_taken(shop: Counter, kind: str) -> None:
    refused(shop, 415, "not-json-type", body={"kind": "car"}, Content_Type=kind)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_say_its_charset(shop: Counter, kind: str) -> None:
    assert shop.ask("POST", TOYS, {"kind": "car"}, Content_Type=kind).status_code == 201


def test_a_body_may_be_only_so_long(shop: Counter) -> None:
    body = json.dumps({"kind": "car"}).encode()
    assert shop.ask("POST", TOYS, raw=body + b" " * (LIMIT - len(body))).status_code == 201
    for length in (LIMIT + 1, LIMIT * 20):
        assert refused(shop, 413, "too-large", raw=body + b" " * (length - len(body)))["limit_bytes"] == LIMIT


def test_a_body_in_chunks_is_a_body(shop: Counter) -> None:
    headers = {"Authorization": f"Bearer {shop.token()}", "Content-Type": "application/json"}

    def sent(*chunks: bytes) -> Any:
        return shop.session.post(shop.base + TOYS, data=iter(chunks), headers=headers, timeout=30)

    assert sent(b'{"ki', b'nd": "c', b'ar"}').status_code == 201
    before = shop.head()
    for chunks, status in [((b"{" + b" " * 70_000,), 413), ((b" " * 1_000,) * 70, 413), ((b"{",), 422)]:
        assert sent(*chunks).status_code == status
    assert shop.head() == before


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Idempotency_Key", "x" * 201), ("Idempotency_Key", "\xe4"), ("Idempotency_Key", "a\tb"), ("If_Match", '"x"'),
        ("If_Match", "-1"), ("If_Match", '"1", "2"'), ("If_Match", "9" * 400), ("If_Match", "1.0"), ("Correlation_Id", "17"),
        ("If_Match", "\xb2"),
    ],
)  # fmt: skip
def test_a_wrong_header_is_named(shop: Counter, header: str, value: str) -> None:
    problem = refused(shop, 400, "bad-header", body={"kind": "car"}, **{header: value})
    assert problem["field"] == header.replace("_", "-")


def test_what_is_not_there_or_not_allowed_is_said(shop: Counter) -> None:
    nowhere, toy = uuid4(), shop.build()
    refused(shop, 404, "not-found", f"{TOYS}/{nowhere}", "GET")
    refused(shop, 409, "no-such-toy", f"{TOYS}/{nowhere}/coats", body={"colour": "red"})
    shop.ask("POST", f"{TOYS}/{toy}/breakage", {})
    assert refused(shop, 409, "toy-broken", f"{TOYS}/{toy}/coats", body={"colour": "red"})["allowed"] == ["break-toy"]
    problem = refused(shop, 409, "in-the-future", body={"kind": "car", "happened": {"at": "2999-01-01T00:00:00Z"}})
    assert problem["field"] == "happened.at"


def test_a_sentence_cannot_be_smuggled_into_an_event(shop: Counter) -> None:
    toy = shop.build()
    for text in ("two words", "车", "line\nbreak", 'quote"', "back\\slash", "\u007f"):
        (problem,) = refused(shop, 422, "contract-broken", f"{TOYS}/{toy}/text", body={"text": text})["errors"]
        assert problem["code"] == "not-plain"


@pytest.mark.parametrize(
    "path",
    ["/", "/shop", "/shop/v1", "/shop/v2/toys", "/shop/v1/toys/17", "/shop/v1/toys/17/coats", "/shop/v1/toys//coats", "/%00",
     "/shop/v1/%F0%9F", "/../etc/passwd", "/shop/v1/toys/%2e%2e"],
)  # fmt: skip
def test_a_path_that_there_is_not_is_not_found(shop: Counter, path: str) -> None:
    refused(shop, 404, "no-such-path", path, "GET")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", TOYS, {"GET", "HEAD", "POST"}), ("PUT", TOYS, {"GET", "HEAD", "POST"}), ("PATCH", f"{TOYS}/{NOBODYS}", {"GET", "HEAD"}),
        ("GET", f"{TOYS}/{NOBODYS}/coats", {"POST"}), ("OPTIONS", TOYS, {"GET", "HEAD", "POST"}), ("BREW", TOYS, {"GET", "HEAD", "POST"}),
        ("POST", "/shop/events", {"GET", "HEAD"}), ("TRACE", "/healthz", {"GET", "HEAD"}),
    ],
)  # fmt: skip
def test_a_method_that_a_path_does_not_take_is_refused(
    shop: Counter, method: str, path: str, allowed: set[str]
) -> None:
    before = shop.head()
    answer = shop.ask(method, path, {})
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert shop.head() == before


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["car", "1", "2026-03-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
BODY = st.dictionaries(st.sampled_from(["kind", "parts", "weight", "ready", "note", "happened", "x"]), JSON, max_size=6)


@settings(max_examples=150)
@given(body=BODY | JSON, path=st.sampled_from([TOYS, f"{TOYS}/{uuid4()}/coats", "/shop/v1/commands"]))
def test_whatever_is_sent_is_answered_as_documented(shop: Counter, body: Any, path: str) -> None:
    answer = shop.ask("POST", path, raw=json.dumps(body).encode())
    assert answer.status_code in (200, 201, 409, 422), answer.text
    assert answer.status_code < 400 or answer.json()["code"]


@settings(max_examples=100)
@given(raw=st.binary(max_size=200))
def test_whatever_bytes_are_sent_are_answered(shop: Counter, raw: bytes) -> None:
    assert shop.ask("POST", TOYS, raw=raw).status_code == 422
