"""A witness over HTTP: each answer of C2SP tlog-witness with its status and type, callers at once, callers who are rude."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from services.kernel.tlog import note, request, witness
from services.kernel.tlog.keys import COSIGNATURE, Signer
from tests.support.toylog import ToyLog
from wushe.witness.book import Book
from wushe.witness.door import Door, Witness
from wushe.witness.keeping import Keeper, Unreachable, fetcher

LOG, FORK, SECOND = ToyLog(), ToyLog(story="?", turns_at=5), ToyLog(name="else.example/log")
SIGNER = Signer("lotus.example/witness", COSIGNATURE, bytes(range(32)))


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def url(tmp_path: Path, told: list[str]) -> Iterator[str]:
    """A witness of two logs."""
    logs = {log.name: (log.signer.verifier,) for log in (LOG, SECOND)}
    one = Witness(SIGNER, logs, Book(tmp_path / "book.db"))
    one.book.make()
    with Door(("127.0.0.1", 0), one, told.append) as door:
        threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{door.server_port}"
        door.shutdown()


def add(url: str, body: bytes) -> requests.Response:
    return requests.post(f"{url}/add-checkpoint", data=body, timeout=10)


def test_a_log_s_day_with_its_witness(url: str):
    first = add(url, LOG.asks(0, 7))
    assert (first.status_code, first.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    (made,) = note.signatures(first.text)
    assert SIGNER.verifier.check(LOG.head(7).text, made)
    assert add(url, LOG.asks(7, 300)).status_code == 200
    assert add(url, LOG.asks(300, 300)).status_code == 200

    stale = add(url, LOG.asks(7, 310))
    assert (stale.status_code, stale.headers["Content-Type"], stale.text) == (409, "text/x.tlog.size", "300\n")
    fork = add(url, FORK.asks(300, 300))
    assert (fork.status_code, fork.headers["Content-Type"], fork.text) == (409, "text/x.tlog.size", "300\n")
    assert add(url, FORK.asks(300, 310)).status_code == 422
    assert add(url, LOG.asks(400, 310)).status_code == 400
    assert add(url, b"rubbish").status_code == 400
    assert add(url, ToyLog(name="third.example").asks(0, 1)).status_code == 404
    other = Signer(LOG.name, 1, bytes(32))
    assert add(url, b"old 300\n\n" + bytes(LOG.head(310).signed(other))).status_code == 403


def test_several_logs_have_one_witness_and_nothing_to_do_with_each_other(url: str):
    assert add(url, LOG.asks(0, 7)).status_code == 200
    assert add(url, SECOND.asks(0, 3)).status_code == 200
    for log, size in ((LOG, 7), (SECOND, 3)):
        shown = requests.get(url + witness.place(log.name), timeout=10)
        assert note.read(shown.content).text == log.head(size).text
    assert requests.get(url + witness.place("third.example"), timeout=10).status_code == 404
    assert f"log {LOG.name} 7 at " in requests.get(f"{url}/", timeout=10).text


def test_of_many_heads_at_once_those_that_are_cosigned_are_of_one_history(url: str):
    add(url, LOG.asks(0, 5))
    bodies = [log.asks(5, size) for size in range(6, 18) for log in (LOG, FORK)]
    with ThreadPoolExecutor(24) as pool:
        statuses = sorted(pool.map(lambda body: add(url, body).status_code, bodies))
    assert statuses == [200] + [409] * 23


def test_what_is_too_long_has_no_length_or_ends_early_is_refused_and_others_are_answered(url: str):
    host, port = url.removeprefix("http://").split(":")
    rude = socket.create_connection((host, int(port)))
    rude.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nold")
    waiting = http.client.HTTPConnection(host, int(port), timeout=10)
    for headers, status in (({"Content-Length": str(request.LIMIT + 1)}, 413), ({"Transfer-Encoding": "chunked"}, 411)):
        waiting.putrequest("POST", "/add-checkpoint")
        for name, value in headers.items():
            waiting.putheader(name, value)
        waiting.endheaders()
        assert waiting.getresponse().status == status
        waiting.close()
    rude.shutdown(socket.SHUT_WR)
    assert rude.recv(100).startswith(b"HTTP/1.1 400")
    rude.close()
    assert requests.post(f"{url}/elsewhere", data=b"x", timeout=10).status_code == 404
    assert requests.put(f"{url}/add-checkpoint", data=b"x", timeout=10).status_code == 501
    assert add(url, LOG.asks(0, 7)).status_code == 200


def test_a_witness_that_cannot_write_does_not_cosign(url: str, tmp_path: Path):
    assert add(url, LOG.asks(0, 7)).status_code == 200
    (tmp_path / "book.db").write_bytes(b"no database at all" * 300)
    answer = add(url, LOG.asks(7, 9))
    assert (answer.status_code, "—" in answer.text) == (500, False)


def test_what_is_told_of_a_request_is_its_path_and_status(url: str, told: list[str]):
    add(url, LOG.asks(0, 7))
    requests.get(f"{url}/?who=me", timeout=10)
    assert told == ["POST /add-checkpoint 200", "GET / 404"]


def test_heads_are_compared_over_http_and_a_log_that_is_away_is_no_fork(url: str, tmp_path: Path):
    keeper = Keeper({LOG.name: (LOG.signer.verifier,)}, Book(tmp_path / "kept.db"))
    keeper.book.make()
    assert keeper.keep(bytes(LOG.signed(7)), fetcher(url)).standing == "first"
    with pytest.raises(Unreachable, match="does not answer"):
        keeper.keep(bytes(LOG.signed(9)), fetcher("http://127.0.0.1:9"))
    # A witness has no tiles: that a log does not show them proves nothing against it, nor for it.
    with pytest.raises(ValueError, match="does not show"):
        keeper.keep(bytes(LOG.signed(9)), fetcher(url))
