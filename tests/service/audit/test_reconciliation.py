"""Reconciliation: each publisher signs for its log, and what the ledger lacks, has otherwise or has beyond it is a finding."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from services.audit import reconciliation_views as views
from services.audit.domain import reconciliation
from services.audit.ledger import micros
from services.audit.reconciling import Reconciler, reconciled
from services.contracts.audit.reconciliation import (
    Difference,
    PublisherLogAgreed,
    PublisherLogDiffered,
    ReportReconciliation,
    SignedHead,
)
from services.kernel import heads
from services.kernel.clock import system_clock
from services.kernel.declaring import Declarer, Declaring
from services.kernel.errors import Unavailable
from services.kernel.heard import Heard
from services.kernel.message import Actor, Ask
from services.kernel.store import Store
from services.kernel.tlog.keys import Signature, vkey
from services.kernel.unit import Order, Unit
from services.kernel.view import put
from tests.kernel.toy import SHOP, TOY, BuildToy
from tests.service.audit.signed import Signing
from tests.support.laws import check_laws
from tests.support.spec import NOON, Spec

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SEED, OTHER = b"s" * 32, b"o" * 32


def decoded(digest: str) -> bytes:
    return urlsafe_b64decode(digest + "=")


def signature(name: str, encoded: str) -> Signature:
    value = bytes.fromhex(encoded)
    return Signature(name, value[:4], value[4:])


class Shop:
    """A publisher with a log of its own, and a key that it signs for it with."""

    def __init__(self, folder: Path, seeds: tuple[bytes, ...] = (SEED,)) -> None:
        self.past = timedelta(0)
        self.store = Store(SHOP, f"sqlite:///{folder / 'shop.db'}", clock=lambda: system_clock() + self.past)
        self.store.start()
        self.keys(*seeds)
        self.away, self.mute = False, False

    def keys(self, *seeds: bytes) -> None:
        self.declarer = Declarer(self.store, heads.signers("shop", seeds))

    def builds(self, count: int) -> None:
        for _ in range(count):
            now = self.store.clock()
            order = Order(
                TOY,
                uuid4(),
                BuildToy(kind="kite"),
                Ask(id=uuid4(), now=now, at=now, actor=Actor(id="w-01", role="coordinator"), channel="web"),
            )
            self.store.submit(Unit([order])).result(timeout=10)

    def spoil(self, *statements: str) -> None:
        with self.store.engine.begin() as connection:
            for act in ("update", "delete", "replace"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS event_no_{act}")
            for statement in statements:
                connection.exec_driver_sql(statement)

    def fetch(self, publisher: str, fresh: bool) -> bytes | None:
        if self.away:
            raise Unavailable("away")
        made = self.declarer.now() if fresh else self.declarer.last()
        return None if made is None or self.mute else msgspec.json.encode(made)

    def pull(self, publisher: str, after: int, limit: int) -> list[bytes]:
        return self.store.read(after, limit)


class Both(Signing):
    """The shop, and a ledger that hears it."""

    def __init__(self, folder: Path) -> None:
        self.shop = Shop(folder)
        super().__init__(folder, clock=self.shop.store.clock)
        self.heard = 0
        self.restarts()

    def restarts(self) -> None:
        self.duty = Reconciler(self.store, self.look, ("shop",), self.shop.fetch, self.shop.pull, DAY)

    def builds(self, count: int) -> None:
        """The shop says so much, and the ledger hears it."""
        self.shop.builds(count)
        raws = self.shop.store.read(self.heard, 1_000)
        self.consumer.hear(Heard("shop", self.heard + 1, raws))
        self.heard += len(raws)

    def later(self, time: timedelta) -> None:
        self.shop.past += time

    def asks(self) -> None:
        """Somebody asks for a comparison, and the duty comes to it."""
        now = micros(self.store.clock())
        self.store.submit(Unit(rows=[put(reconciled, "shop", asked_at=now)])).result(timeout=10)
        self.duty.turn()

    def found(self) -> list[tuple[str, int, int | None]]:
        rows = self.look.all(views.difference, state="open")
        return [(row["code"], row["position"], row["entry"]) for row in rows]

    @property
    def state(self) -> str | None:
        row = self.look.one(views.publisher_log, "shop")
        return row and row["state"]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    made = Both(tmp_path)
    yield made
    made.store.stop()
    made.shop.store.stop()


def test_a_log_and_the_ledger_agree_and_the_signed_head_is_on_record(both: Both):
    """INV-32"""
    both.builds(3)
    both.asks()
    assert (both.state, both.found()) == ("agrees", [])
    (raw,) = both.store.read(0, 10)
    said = msgspec.json.decode(raw)["data"]["head"]
    key = vkey(said["key"])
    head = heads.LogHead("shop", said["position"], decoded(said["digest"]), datetime.fromisoformat(said["signed_at"]))
    assert key == both.shop.declarer.keys[0].verifier
    assert key.check(head.text, signature(key.name, said["signature"])), "whoever reads the entry checks the signature"


def test_what_is_missing_altered_or_beyond_is_named_by_its_place_and_settled_when_it_is_mended(both: Both):
    """INV-32"""
    both.builds(6)
    both.shop.spoil("CREATE TABLE kept AS SELECT * FROM event")
    both.shop.spoil(
        "UPDATE event SET raw = CAST(replace(raw, 'kite', 'bite') AS BLOB) WHERE position = 2",
        "DELETE FROM event WHERE position = 4",
    )
    both.spoil("CREATE TABLE kept AS SELECT * FROM entry", "DELETE FROM entry WHERE position = 5")
    both.asks()
    assert both.state == "differs"
    assert both.found() == [("altered", 2, 1), ("extra", 4, 3), ("missing", 5, None)]
    both.restarts()
    both.asks()
    assert len(both.found()) == 3, "the same again is the same"
    both.shop.spoil("DELETE FROM event", "INSERT INTO event SELECT * FROM kept")
    both.asks()
    assert both.found() == [("missing", 5, None)]
    both.spoil("INSERT INTO entry SELECT * FROM kept WHERE position = 5")
    both.asks()
    assert (both.state, both.found()) == ("agrees", [])


def test_a_log_that_was_cut_off_lacks_what_the_ledger_has(both: Both):
    both.builds(4)
    both.shop.spoil("DELETE FROM event WHERE position > 2")
    both.asks()
    assert both.found() == [("extra", 3, 2), ("extra", 4, 3)]


def test_an_event_that_the_ledger_never_heard_is_missing_after_a_while(both: Both):
    both.builds(2)
    both.shop.builds(1)
    both.asks()
    assert both.state is None, "it may be on its way"
    both.later(HOUR)
    both.duty.turn()
    assert both.state is None, "a head that was signed now is not waited for longer than another"
    both.duty.fetch = lambda publisher, fresh: both.shop.fetch(publisher, False)
    both.later(HOUR)
    both.duty.turn()
    assert both.found() == [("missing", 3, None)]


def test_heads_are_signed_and_compared_once_a_day_whatever_is_started_anew(both: Both):
    both.builds(2)
    declaring = Declaring(both.shop.store, both.shop.declarer.keys, DAY)
    declaring.turn()
    both.duty.turn()
    assert both.shop.declarer.last() is None, "the log is not a day old"
    both.later(DAY)
    assert not declaring.turn()
    both.duty.turn()
    assert both.state == "agrees"
    told = len(both.store.read(0, 100))
    both.restarts()
    Declaring(both.shop.store, both.shop.declarer.keys, DAY).turn()
    both.duty.turn()
    assert len(both.store.read(0, 100)) == told
    both.later(DAY)
    Declaring(both.shop.store, both.shop.declarer.keys, DAY).turn()
    both.duty.turn()
    assert len(both.store.read(0, 100)) == told + 1


def test_a_publisher_that_says_nothing_for_two_days_or_when_asked_is_a_finding(both: Both):
    both.builds(1)
    both.duty.turn()
    both.shop.away = True
    both.later(DAY + HOUR)
    both.duty.turn()
    assert both.found() == []
    both.later(DAY)
    both.duty.turn()
    assert both.found() == [("silent", 0, None)]
    both.shop.away = False
    both.asks()
    assert (both.state, both.found()) == ("agrees", [])
    both.shop.mute = True
    both.asks()
    assert both.found() == [("silent", 0, None)]


def test_a_publisher_that_has_said_nothing_yet_and_of_which_nothing_was_heard_is_no_finding(both: Both):
    both.asks()
    assert both.found() == []
    both.shop.mute = True
    both.later(3 * DAY)
    both.duty.turn()
    assert both.found() == []


def test_a_head_under_a_key_that_nobody_knew_is_a_finding_and_one_that_a_known_key_signs_too_is_none(both: Both):
    both.builds(1)
    both.asks()
    both.shop.keys(OTHER)
    both.asks()
    assert both.found() == [("unknown-key", 1, None)]
    both.shop.keys(OTHER, SEED)
    both.asks()
    assert both.found() == []
    both.shop.keys(OTHER)
    both.asks()
    assert both.found() == [], "it signed beside the old one"
    forged = msgspec.structs.replace(both.shop.declarer.now(), keys=(str(heads.signers("shop", (SEED,))[0].verifier),))
    both.duty.fetch = lambda publisher, fresh: msgspec.json.encode(forged)
    both.asks()
    assert both.found() == [("unsigned", 1, None)]


reconciling = Spec(reconciliation.DECIDER)
HEAD = SignedHead(position=3, digest="A" * 43, signed_at=NOON, key="shop/events+1+A", signature="AAAAAAAA")
LACKS = Difference(code="missing", position=2)


def test_what_differs_is_told_once_and_what_differs_no_more_is_settled():
    report = ReportReconciliation(publisher="shop", head=HEAD, differences_count=1, differences=(LACKS,))
    told = PublisherLogDiffered(publisher="shop", head=HEAD, differences_count=1, differences=(LACKS,))
    reconciling.when(report).then(told)
    reconciling.given(told).when(report).then_nothing()
    agreed = PublisherLogAgreed(publisher="shop", head=HEAD, keys=(), settled=(LACKS,))
    reconciling.given(told).when(ReportReconciliation(publisher="shop", head=HEAD)).then(agreed)
    reconciling.when(ReportReconciliation(publisher="shop")).then_refused("nothing-compared")


def test_reconciliation_keeps_the_laws():
    check_laws(reconciliation.DECIDER, ReportReconciliation)
