"""The HTTP edge: commands, rows, pages, keys and versions, as a caller of a service meets them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import requests

from services.kernel.ids import founded, shared
from services.kernel.message import read_envelope
from tests.kernel.counter import Counter

NOWHERE = uuid4()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """The toy shop, open; tests use toys of their own."""
    with Counter(Path(tmp_path_factory.mktemp("shop"))) as counter:
        yield counter


# --- commands ---


def test_a_command_that_founds_something_is_answered_with_its_place(shop: Counter) -> None:
    answer = shop.ask("POST", "/shop/v1/toys", {"kind": "car"})
    assert answer.status_code == 201
    done = answer.json()
    assert done == {"id": done["id"], "version": 1, "position": done["position"], "events": ["toy.built"]}
    assert answer.headers["Location"] == f"/shop/v1/toys/{done['id']}"
    assert answer.headers["ETag"] == '"1"'
    shown = shop.ask("GET", answer.headers["Location"])
    assert shown.status_code == 200 and shown.json()["kind"] == "car" and shown.headers["ETag"] == '"1"'


def test_a_command_to_something_is_answered_with_its_new_version(shop: Counter) -> None:
    toy = shop.build()
    answer = shop.ask("POST", f"/shop/v1/toys/{toy}/coats", {"colour": "red", "coats": 3})
    assert answer.status_code == 200
    assert answer.json()["version"] == 4 and answer.json()["events"] == ["toy.painted"] * 3
    assert "Location" not in answer.headers


def test_what_was_said_before_changes_nothing(shop: Counter) -> None:
    toy = shop.build()
    first = shop.ask("POST", f"/shop/v1/toys/{toy}/breakage", {})
    again = shop.ask("POST", f"/shop/v1/toys/{toy}/breakage", {})
    assert (first.status_code, first.json()["events"]) == (200, ["toy.broken"])
    assert again.json() == {"id": toy, "version": 2, "position": 0, "events": []}


def test_the_circumstances_of_a_command_are_in_its_event(shop: Counter) -> None:
    happened = {
        "at": "2026-03-01T09:30:00+08:00", "precision": "day", "channel": "phone",
        "behalf": {"org": "uscc:91220101MA0000000X", "evidence_kind": "call-note", "evidence_ref": "2026/17"},
    }  # fmt: skip
    done = shop.ask("POST", "/shop/v1/toys", {"kind": "car", "happened": happened}, Correlation_Id=str(NOWHERE)).json()
    (raw,) = shop.ask("GET", f"/shop/events?after={done['position'] - 1}&limit=1", role="auditor").json()
    assert {name: raw[name] for name in raw if name not in ("id", "time", "previous", "commandid")} == {
        "specversion": "1.0", "datacontenttype": "application/json", "source": "/shop", "type": "toy.built",
        "subject": f"toy/{done['id']}", "position": done["position"], "streamversion": 1, "effectiveat": "2026-03-01T09:30:00+08:00",
        "effectiveprecision": "day", "actorid": "w-01", "actorrole": "coordinator", "actororg": "shop-1", "channel": "phone",
        "behalforg": "uscc:91220101MA0000000X", "behalfevidence": "call-note", "behalfref": "2026/17",
        "correlationid": str(NOWHERE), "data": {"kind": "car", "sealed": []},
    }  # fmt: skip


def test_a_personal_value_is_in_the_vault_and_nowhere_else(shop: Counter) -> None:
    toy = shop.build(note="李明华的小车")
    (event,) = [e for e in shop.ask("GET", "/shop/events", role="auditor").json() if e["subject"] == f"toy/{toy}"]
    (digest,) = event["data"]["sealed"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", digest)
    assert all("李明华".encode() not in file.read_bytes() for file in shop.folder.iterdir())


# --- the same again, and the wrong version ---


def test_ten_at_once_with_one_key_have_one_effect_and_one_answer(shop: Counter) -> None:
    key, before = f"build {uuid4()}", shop.head()
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: shop.ask("POST", "/shop/v1/toys", {"kind": "car"}, key=key), range(10)))
    assert {(answer.status_code, answer.text) for answer in found} == {(201, found[0].text)}
    assert sorted(answer.headers.get("Idempotency-Replayed", "") for answer in found) == ["", *["true"] * 9]
    assert shop.head() == before + 1


def test_a_key_is_its_senders_own(shop: Counter) -> None:
    key = f"k-{uuid4()}"
    one = shop.ask("POST", "/shop/v1/toys", {"kind": "car"}, key=key).json()
    other = shop.ask("POST", "/shop/v1/toys", {"kind": "car"}, key=key, ident="w-02").json()
    assert one["id"] != other["id"]


def test_a_key_with_another_request_is_refused(shop: Counter) -> None:
    key, toy = f"k-{uuid4()}", shop.build()
    assert shop.ask("POST", "/shop/v1/toys", {"kind": "car", "ready": True}, key=key).status_code == 201
    assert shop.ask("POST", "/shop/v1/toys", {"ready": True, "kind": "car"}, key=key).status_code == 201
    before = shop.head()
    for path, body in [
        ("/toys", {"kind": "bus"}),
        (f"/toys/{toy}/breakage", {}),
        (f"/toys/{toy}/coats", {"colour": "red"}),
    ]:
        answer = shop.ask("POST", f"/shop/v1{path}", body, key=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert shop.head() == before


def test_only_the_version_that_was_read_may_be_changed(shop: Counter) -> None:
    toy = shop.build()
    etag = shop.ask("GET", f"/shop/v1/toys/{toy}").headers["ETag"]
    paint = f"/shop/v1/toys/{toy}/coats"
    assert shop.ask("POST", paint, {"colour": "red"}, If_Match=etag).status_code == 200
    stale = shop.ask("POST", paint, {"colour": "blue"}, If_Match=etag)
    assert stale.status_code == 412
    problem = stale.json()
    assert (problem["code"], problem["expected_version"], problem["version"]) == ("stale-version", 1, 2)
    assert shop.ask("POST", paint, {"colour": "blue"}, If_Match="*").status_code == 200
    assert shop.ask("POST", paint, {"colour": "blue"}, If_Match="3").status_code == 200


def test_the_last_places_are_given_once(shop: Counter) -> None:
    shelf, toys = f"shelf-{uuid4()}", [shop.build() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda toy: shop.ask("POST", f"/shop/v1/toys/{toy}/place", {"shelf": shelf}), toys))
    assert sorted(answer.status_code for answer in found) == [200] * 3 + [409] * 5
    assert {answer.json().get("code") for answer in found if answer.status_code == 409} == {"shelf-full"}
    assert shop.ask("GET", f"/shop/v1/shelves/{shelf}").json()["toys"] == 3


# --- who may ---


def test_without_a_valid_token_nobody_is_let_in(shop: Counter) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic dzpw"},
        {"Authorization": "Bearer"},
    ):
        answer = shop.ask("GET", "/shop/v1/whoami", role="", **headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_role_that_may_not_is_told_which_may(shop: Counter) -> None:
    answer = shop.ask("POST", "/shop/v1/toys", {"kind": "car"}, role="auditor")
    assert (answer.status_code, answer.json()["allowed_roles"]) == (403, ["coordinator"])
    assert shop.ask("GET", "/shop/events").status_code == 403
    assert shop.ask("GET", "/shop/v1/whoami", role="auditor").json() == {"id": "w-01", "role": "auditor"}


# --- pages of rows ---


def test_rows_come_page_by_page_in_the_order_of_their_key(shop: Counter) -> None:
    kind = f"kind-{uuid4()}"
    built = {shop.build(kind=kind) for _ in range(7)}
    seen: list[str] = []
    path = f"/shop/v1/toys?kind={kind}&limit=3"
    pages = 0
    after: str | None = ""
    while after is not None:
        page = shop.ask("GET", path + (f"&after={after}" if after else "")).json()
        seen += [row["id"] for row in page["items"]]
        after, pages = page["next"], pages + 1
    assert (set(seen), len(seen), pages) == (built, 7, 3)
    assert [UUID(one) for one in seen] == sorted(UUID(one) for one in seen)


def test_rows_are_narrowed_by_what_they_hold(shop: Counter) -> None:
    kind = f"kind-{uuid4()}"
    whole, broken = shop.build(kind=kind), shop.build(kind=kind)
    shop.ask("POST", f"/shop/v1/toys/{broken}/breakage", {})
    shop.ask("POST", f"/shop/v1/toys/{whole}/loan", {"until": "2026-12-01T10:00:00+08:00"})

    def ids(query: str) -> list[str]:
        return [row["id"] for row in shop.ask("GET", f"/shop/v1/toys?kind={kind}&{query}").json()["items"]]

    assert ids("state=broken") == [broken]
    assert ids("due=2026-12-01T02:00:00Z") == ids("due=2026-12-01T10:00:00%2B08:00") == [whole]
    assert ids("coats=1") == [] and len(ids("coats=0")) == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=ten", "limit"), ("limit=²", "limit"), ("limit=", "limit"),
        ("limit=99999999999999999999", "limit"), ("after=x", "after"), ("after=W10", "after"), ("after=%FF", "after"),
        ("after=WyJub3QtYS11dWlkIl0", "after"), ("coats=many", "coats"), ("coats=9223372036854775808", "coats"),
        ("due=yesterday", "due"), ("due=2026-12-01T02:00:00", "due"), ("kind=%00", "kind"), ("size=1", "size"),
    ],
)  # fmt: skip
def test_a_wrong_question_names_its_field(shop: Counter, query: str, field: str) -> None:
    answer = shop.ask("GET", f"/shop/v1/toys?{query}")
    assert answer.status_code == 422, answer.text
    assert [problem["field"] for problem in answer.json()["errors"]] == [field]


def test_hidden_columns_are_not_shown(shop: Counter) -> None:
    assert "remind_at" not in shop.ask("GET", f"/shop/v1/toys/{shop.build()}").json()


# --- many commands in one request ---


def test_each_of_many_commands_has_its_own_answer(shop: Counter) -> None:
    toy, before = shop.build(), shop.head()
    items: list[dict[str, Any]] = [
        {"command": "build-toy", "body": {"kind": "car"}},
        {"command": "paint-toy", "path": {"id": toy}, "body": {"colour": "red"}, "key": f"p-{toy}"},
        {"command": "paint-toy", "path": {"id": toy}, "body": {"colour": "red"}, "key": f"p-{toy}"},
        {"command": "paint-toy", "path": {"id": toy}, "body": {"colour": "RED"}},
        {"command": "paint-toy", "path": {"id": str(NOWHERE)}, "body": {"colour": "red"}},
        {"command": "burn-toy"},
    ]
    answer = shop.ask("POST", "/shop/v1/commands", items)
    assert answer.status_code == 200
    found = answer.json()
    assert [one["status"] for one in found] == [201, 200, 200, 422, 409, 422]
    assert found[1]["version"] == 2 == found[2]["version"]
    assert [one.get("code") for one in found[3:]] == ["contract-broken", "no-such-toy", "contract-broken"]
    assert shop.head() == before + 2


def test_five_hundred_commands_are_taken_at_once_and_no_more(shop: Counter) -> None:
    before = shop.head()
    items = [{"command": "build-toy", "body": {"kind": "car"}}] * 500
    answers = shop.ask("POST", "/shop/v1/commands", items).json()
    assert len({one["id"] for one in answers}) == 500
    assert sorted(one["position"] for one in answers) == list(range(before + 1, before + 501))
    for wrong in ([], items + items[:1], {}, "x", None, 3):
        assert shop.ask("POST", "/shop/v1/commands", wrong).status_code == 422
    assert shop.head() == before + 500


@pytest.mark.parametrize(
    "item",
    [
        {}, [], "build-toy", None, {"command": None}, {"command": ["build-toy"]}, {"command": "build-toy"},
        {"command": "build-toy", "body": []}, {"command": "build-toy", "body": {"kind": "car"}, "path": "x"},
        {"command": "build-toy", "body": {"kind": "car"}, "path": 3}, {"command": "paint-toy", "body": {"colour": "red"}},
        {"command": "paint-toy", "path": {"id": 3}, "body": {"colour": "red"}},
        {"command": "build-toy", "body": {"kind": "car"}, "key": "x" * 201},
        {"command": "build-toy", "body": {"kind": "car"}, "key": "a\nb"}, {"command": "ruin-toy", "path": []},
    ],
)  # fmt: skip
def test_a_wrong_item_is_refused_alone(shop: Counter, item: Any) -> None:
    before = shop.head()
    answer = shop.ask("POST", "/shop/v1/commands", [item, {"command": "build-toy", "body": {"kind": "car"}}])
    assert answer.status_code == 200, answer.text
    wrong, right = answer.json()
    assert wrong["status"] in (400, 422) and wrong["code"], wrong
    assert right["status"] == 201
    assert shop.head() == before + 1


def test_a_batch_needs_the_role_of_each_command(shop: Counter) -> None:
    (answer,) = shop.ask(
        "POST", "/shop/v1/commands", [{"command": "build-toy", "body": {"kind": "car"}}], role="auditor"
    ).json()
    assert (answer["status"], answer["code"]) == (403, "not-allowed")


@pytest.mark.parametrize("trial", ["", "?dry_run=true"])
def test_a_key_with_another_personal_value_is_refused(shop: Counter, trial: str) -> None:
    """Told apart by the person's own key, so nobody guesses the value from what is kept."""
    key = f"k-{uuid4()}"

    def built(note: str, query: str = "") -> dict[str, Any]:
        item = {"command": "build-toy", "key": key, "body": {"kind": "car", "note": note}}
        (found,) = shop.ask("POST", f"/shop/v1/commands{query}", [item]).json()
        return dict(found)

    assert built("13900000000")["status"] == 201
    assert built("13900000000", trial)["again"]
    assert built("13900000001", trial)["code"] == "idempotency-key-reused"


def test_a_dry_run_answers_and_leaves_nothing(shop: Counter) -> None:
    toy, before, files = shop.build(), shop.head(), sealed_values(shop)
    items: list[dict[str, Any]] = [
        {"command": "build-toy", "key": f"k-{toy}", "body": {"kind": "car", "note": "李明华的小车"}},
        {"command": "build-toy", "body": {"kind": "Car"}},
        {"command": "break-toy", "path": {"id": toy}, "body": {}},
        {"command": "paint-toy", "path": {"id": toy}, "body": {"colour": "red"}},
    ]
    found = shop.ask("POST", "/shop/v1/commands?dry_run=true", items).json()
    assert [one["status"] for one in found] == [201, 422, 200, 409]
    assert found[1]["errors"][0]["field"] == "kind" and found[3]["code"] == "toy-broken"
    assert (shop.head(), sealed_values(shop)) == (before, files)
    really = shop.ask("POST", "/shop/v1/commands?dry_run=false", items).json()
    assert [one["status"] for one in really] == [201, 422, 200, 409] and really[0]["id"] == found[0]["id"]
    assert sealed_values(shop) == tuple(number + 1 for number in files)
    (again,) = shop.ask("POST", "/shop/v1/commands?dry_run=true", items[:1]).json()
    assert again["again"] and again["id"] == found[0]["id"]


def sealed_values(shop: Counter) -> tuple[int, int]:
    """How many values lie sealed, and how many keys there are."""
    counted = []
    for file, table in (("shop.db", "sealed"), ("keys.db", "subject_key")):
        with closing(sqlite3.connect(shop.folder / file)) as raw:
            counted.append(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return counted[0], counted[1]


@pytest.mark.parametrize("query", ["dry_run=yes", "dry-run=true", "dry_run=true&x=1"])
def test_a_dry_run_is_asked_for_in_one_way(shop: Counter, query: str) -> None:
    before = shop.head()
    answer = shop.ask("POST", f"/shop/v1/commands?{query}", [{"command": "build-toy", "body": {"kind": "car"}}])
    assert (answer.status_code, shop.head()) == (422, before)


def test_a_key_may_be_shared_within_an_organization(shop: Counter) -> None:
    key, scope = f"k-{uuid4()}", {"Idempotency_Scope": "org"}
    one = shop.ask("POST", "/shop/v1/toys", {"kind": "car"}, key=key, **scope).json()
    other = shop.ask("POST", "/shop/v1/toys", {"kind": "car"}, key=key, ident="w-02", **scope).json()
    assert one["id"] == other["id"] == str(founded(shared("shop", "shop-1", key)))
    assert shop.ask("POST", "/shop/v1/toys", {"kind": "car"}, key=key).json()["id"] != one["id"]
    wrong = shop.ask("POST", "/shop/v1/toys", {"kind": "car"}, key=key, Idempotency_Scope="all")
    assert (wrong.status_code, wrong.json()["field"]) == (400, "Idempotency-Scope")


def test_the_same_request_found_in_another_paper_is_the_same(shop: Counter) -> None:
    """Where it is written down is no part of what is asked; for whom it was written is."""
    key = f"k-{uuid4()}"

    def built(ref: str, org: str = "station:1") -> requests.Response:
        behalf = {"org": org, "evidence_kind": "register", "evidence_ref": ref}
        return shop.ask("POST", "/shop/v1/toys", {"kind": "car", "happened": {"behalf": behalf}}, key=key)

    first, again = built("aa/1/2"), built("bb/1/3")
    assert again.json() == first.json() and again.headers["Idempotency-Replayed"] == "true"
    assert built("aa/1/2", "station:2").json()["code"] == "idempotency-key-reused"


# --- events by pull, and how the process is ---


def test_events_are_pulled_in_the_bytes_they_were_stored_in(shop: Counter) -> None:
    shop.build()
    head = shop.head()
    answer = shop.ask("GET", f"/shop/events?after={head - 2}&limit=5", role="service")
    assert answer.headers["Content-Type"] == "application/cloudevents-batch+json"
    assert answer.headers["Hub-Head"] == str(head)
    assert [read_envelope(raw).position for raw in _items(answer.content)] == [head - 1, head]
    assert shop.ask("GET", f"/shop/events?after={head}", role="service").content == b"[]"


def _items(body: bytes) -> list[bytes]:
    return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=1.0", "limit=1001", "limit=-1", "after=9007199254740993"]
)
def test_a_wrong_place_in_the_log_is_refused(shop: Counter, query: str) -> None:
    answer = shop.ask("GET", f"/shop/events?{query}", role="auditor")
    assert (answer.status_code, answer.json()["code"]) == (422, "contract-broken")


def test_it_says_that_it_lives_and_is_ready(shop: Counter) -> None:
    shop.build()
    for place in ("", "/shop"):
        assert shop.ask("GET", f"{place}/healthz", role="").json()["status"] == "ok"
        ready = shop.ask("GET", f"{place}/readyz", role="").json()
        assert ready["status"] == "ok" and ready["services"]["shop"]["database"] == "ok"
    figures = shop.ask("GET", "/metrics", role="").text
    assert 'hub_http_answers_total{method="POST",service="shop",status="201"}' in figures
    assert "hub_commit_seconds" in figures


def test_head_is_answered_like_get_without_a_body(shop: Counter) -> None:
    toy = f"/shop/v1/toys/{shop.build()}"
    got, head = shop.ask("GET", toy), shop.ask("HEAD", toy)
    assert head.status_code == 200 and head.content == b""
    assert head.headers["Content-Length"] == str(len(got.content)) and head.headers["ETag"] == got.headers["ETag"]


def test_a_fault_is_answered_and_logged_without_what_it_was_about(shop: Counter) -> None:
    toy, before = shop.build(), shop.head()
    for answer in (shop.ask("GET", "/shop/v1/fault"), shop.ask("POST", f"/shop/v1/toys/{toy}/ruin", {})):
        assert (answer.status_code, answer.json()["code"]) == (500, "fault")
        assert "ZeroDivision" not in answer.text and "小伟" not in answer.text
    assert shop.head() == before
    assert '"error":"ZeroDivisionError"' in shop.said() and "小伟" not in shop.said()
    assert shop.build()
