"""When an endpoint is called, how calls are signed, and where no call goes."""

from __future__ import annotations

import json
import socket
import threading
import time
from base64 import b64decode
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID

import pytest
import standardwebhooks
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.partner import calling
from services.partner.calling import Call, Fence, Forbidden, is_public, literal, retry_after
from services.partner.schedule import ATTEMPTS, WAITS, After, Hook, Retry, Went, after, due, is_free, pulled_forward
from services.partner.signing import Secrets, headers, secrets_of

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOOK = Hook(number=6)
FAILED, DONE = Went("refused", 500), Went("delivered", 204)
VECTORS = json.loads((Path(__file__).parents[2] / "vectors/standard-webhooks/vectors.json").read_text())["cases"]


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


# --- the table of waits ---


def test_a_delivery_that_went_well_is_done() -> None:
    assert after(HOOK, 7, 0, DONE, NOW, 0.5) == After(Hook(7))


def test_each_failure_waits_as_the_table_says_and_chance_spreads_it() -> None:
    for attempts, wait in enumerate(WAITS):
        early, late = (after(HOOK, 7, attempts, FAILED, NOW, chance).retry for chance in (0.0, 1.0))
        assert early == Retry(7, attempts + 1, NOW + seconds(wait))
        assert late == Retry(7, attempts + 1, NOW + seconds(wait * 1.1))


def test_a_delivery_that_fails_alone_is_given_up_in_the_end_and_the_endpoint_goes_on() -> None:
    then = after(HOOK, 7, ATTEMPTS - 1, FAILED, NOW, 0)
    assert then == After(Hook(7, failures=1), given_up=True)


def test_an_endpoint_that_was_down_to_the_end_of_the_table_is_disabled_and_keeps_what_it_lacks() -> None:
    then = after(Hook(9, failures=30), 7, ATTEMPTS - 1, FAILED, NOW, 0)
    assert (then.disable, then.retry, then.given_up) == ("exhausted", Retry(7, 0, NOW), False)


@pytest.mark.parametrize("status", [301, 302, 304, 307, 400, 404, 500])
def test_2xx_alone_is_a_yes(status: int) -> None:
    assert after(HOOK, 7, 0, Went("refused", status), NOW, 0).retry is not None


def test_410_disables_at_once() -> None:
    then = after(HOOK, 7, 0, Went("refused", 410), NOW, 0)
    assert (then.disable, then.retry) == ("gone", Retry(7, 0, NOW))


def test_an_endpoint_that_asks_for_patience_is_left_alone_for_so_long() -> None:
    asked = Went("refused", 429, seconds(600))
    then = after(HOOK, 7, 0, asked, NOW, 0)
    assert then.hook.rests_until == NOW + seconds(600)
    assert then.retry == Retry(7, 1, NOW + seconds(600))
    assert not is_free(then.hook, NOW + seconds(599)) and is_free(then.hook, NOW + seconds(600))
    longest = after(HOOK, 7, 0, replace(asked, retry_after=timedelta(days=90)), NOW, 0)
    assert longest.hook.rests_until == NOW + timedelta(hours=24)


def test_an_endpoint_that_is_down_is_tried_with_one_delivery_and_when_it_answers_with_all() -> None:
    retries = [Retry(9, 1, NOW - seconds(1)), Retry(7, 2, NOW - seconds(9)), Retry(8, 1, NOW + seconds(1))]
    assert [r.number for r in due(Hook(9, failures=3), retries, NOW)] == [7]
    assert [r.number for r in due(Hook(9, failures=2), retries, NOW)] == [7, 9]
    assert after(Hook(9, failures=3), 7, 2, DONE, NOW, 0) == After(Hook(9), recovered=True)
    assert pulled_forward(retries, NOW) == [Retry(8, 1, NOW)]


def test_when_to_come_again_is_said_in_seconds_or_as_a_date() -> None:
    assert retry_after("120", NOW) == seconds(120)
    assert retry_after("Mon, 02 Mar 2026 04:01:00 GMT", NOW) == seconds(60)
    assert retry_after("Mon, 02 Mar 2020 04:01:00 GMT", NOW) == timedelta()
    assert retry_after("soon", NOW) is None and retry_after("", NOW) is None


# --- signatures ---


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["webhook-id"])
def test_the_vectors_of_standard_webhooks_are_signed_alike(case: dict[str, str]) -> None:
    secrets = Secrets(b64decode(case["secret"].removeprefix("whsec_")), bytes(32))
    moment = datetime.fromtimestamp(int(case["webhook-timestamp"]), UTC)
    made = headers(case["webhook-id"], moment, case["payload"].encode(), [secrets])
    assert case["webhook-signature"] in made["webhook-signature"].split(" ")
    assert secrets.secret == case["secret"]


def test_the_official_library_verifies_a_call_by_either_of_two_live_secrets() -> None:
    new, old, other = (secrets_of(b"k" * 32, UUID(int=1), generation) for generation in (2, 1, 3))
    made = headers("one", datetime.now(UTC), b'{"a":1}', [new, old])
    for each in (new, old):
        assert standardwebhooks.Webhook(each.secret).verify(b'{"a":1}', made) == {"a": 1}
    for secret, body in ((other.secret, b'{"a":1}'), (new.secret, b'{"a":2}')):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(secret).verify(body, made)


def test_the_asymmetric_signature_is_checked_with_the_public_key_alone() -> None:
    secrets = secrets_of(b"k" * 32, UUID(int=1), 1)
    made = headers("one", NOW, b"{}", [secrets])
    signature = next(s for s in made["webhook-signature"].split(" ") if s.startswith("v1a,")).removeprefix("v1a,")
    public = Ed25519PublicKey.from_public_bytes(b64decode(secrets.public_key.removeprefix("whpk_")))
    public.verify(b64decode(signature), b"one.%s.{}" % made["webhook-timestamp"].encode())
    with pytest.raises(InvalidSignature):
        public.verify(b64decode(signature), b"two.%s.{}" % made["webhook-timestamp"].encode())


def test_secrets_of_others_are_others() -> None:
    made = {secrets_of(key, UUID(int=n), g).secret for key in (b"a" * 32, b"b" * 32) for n in (1, 2) for g in (1, 2)}
    assert len(made) == 8


# --- where no call goes ---

PRIVATE = (
    "127.0.0.1", "10.0.0.1", "172.16.9.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_not_called(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Forbidden, match="not-public"):
        Fence(resolve=lambda host, port: [address]).address_of("https://partner.example/hook")


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "[::ffff:7f00:1]", "127.0.0.1"]
)
def test_an_address_is_known_in_whatever_form_it_is_written(host: str) -> None:
    address = literal(host.strip("[]"))
    assert address is not None and not is_public(address)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://2130706433/x", "not-public"), ("https://0x7f.1/x", "not-public"), ("https://[::ffff:a9fe:a9fe]/", "not-public"),
        ("https://[64:ff9b::a00:1]/", "not-public"), ("http://partner.example/", "not-https"), ("http://10.0.0.1/", "not-public"),
        ("https://partner.example:22/", "not-this-port"), ("https://1.1.1.1:22/", "not-this-port"),
    ],
)  # fmt: skip
def test_what_can_be_told_before_a_name_is_looked_up_is_not_even_taken(url: str, reason: str) -> None:
    with pytest.raises(Forbidden, match=reason):
        Fence(resolve=lambda host, port: [host]).expects(url)


def test_a_name_is_looked_up_when_it_is_called_and_not_before() -> None:
    Fence(resolve=lambda host, port: pytest.fail("nobody looks")).expects("https://partner.example/hook")
    Fence.of(("10.1.0.0/16",)).expects("http://station.lan:9000/hook")


def test_a_name_is_no_address() -> None:
    assert [literal(name) for name in ("partner.example", "localhost", "1e100.net", "")] == [None] * 4


def test_a_name_that_points_elsewhere_a_moment_later_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, connected = iter([["93.184.216.34"], ["10.0.0.1"]]), list[str]()

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    call = Call(Fence(resolve=lambda host, port: next(answers)), "https://partner.example/hook")
    assert [call.post(b"{}", {}, NOW) for _ in range(2)] == [Went("unreachable")] * 2
    assert connected == ["93.184.216.34"] * 2


@pytest.mark.parametrize(
    ("drips", "went"),
    [([b"HTTP/1.1 200 OK\r\n", *[b"x: y\r\n"] * 40, b"\r\n"], Went("timeout")),
     ([b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n", *[b"."] * 40], Went("delivered", 200))],
)  # fmt: skip
def test_an_answer_that_drips_has_no_longer_than_one_that_flows(
    monkeypatch: pytest.MonkeyPatch, drips: list[bytes], went: Went
) -> None:
    """Whoever answers a byte at a time would hold the thread that calls; of an answer the status alone is waited for."""
    here, there = socket.socketpair()
    monkeypatch.setattr(calling, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(socket, "create_connection", lambda address, timeout: here)
    fence = Fence(allowed=(ip_network("10.0.0.0/8"),), resolve=lambda host, port: ["10.0.0.1"])
    drip = threading.Thread(target=dripping, args=(there, drips))
    drip.start()
    assert Call(fence, "http://partner.example/hook").post(b"{}", {}, NOW) == went
    drip.join()


def dripping(there: socket.socket, drips: list[bytes]) -> None:
    with there, suppress(OSError):
        for part in drips:
            there.sendall(part)
            time.sleep(0.01)


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111"])
def test_a_public_address_is_called_at_that_very_address(address: str) -> None:
    assert Fence(resolve=lambda host, port: [address]).address_of("https://partner.example/hook")[1] == address


def test_a_name_with_one_private_address_is_a_trap() -> None:
    for found in (["1.1.1.1", "10.0.0.1"], ["10.0.0.1", "1.1.1.1"]):
        with pytest.raises(Forbidden, match="not-public"):
            Fence(resolve=lambda host, port, found=found: found).address_of("https://partner.example/hook")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://partner.example/", "not-https"), ("https://partner.example:22/", "not-this-port"),
        ("https://me:word@partner.example/", "not-a-plain-url"), ("https://partner.example/#x", "not-a-plain-url"),
        ("ftp://partner.example/", "not-a-url"), ("https:///x", "not-a-url"), ("https://[::1/", "not-a-url"),
        ("https://partner.example/a b", "not-a-url"), ("https://partner.example:99999/", "not-a-url"), ("gopher", "not-a-url"),
    ],
)  # fmt: skip
def test_an_address_is_https_on_a_usual_port_and_plain(url: str, reason: str) -> None:
    with pytest.raises(Forbidden, match=reason):
        Fence(resolve=lambda host, port: ["1.1.1.1"]).address_of(url)


def test_networks_that_are_allowed_may_be_private_and_take_http_on_any_port() -> None:
    fence = replace(Fence.of(("10.1.0.0/16",)), resolve=lambda host, port: ["10.1.2.3"])
    assert fence.address_of("http://station.lan:9000/hook")[1] == "10.1.2.3"
    with pytest.raises(Forbidden):
        replace(fence, resolve=lambda host, port: ["10.2.0.1"]).address_of("https://station.lan/hook")
