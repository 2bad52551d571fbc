"""Everything that is derived is folded anew and compared: statistics, moments, custody, findings; the damaged row is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.audit.domain import raised
from services.audit.inspecting import Inspector, crooked
from services.audit.refolding import Refolding, foldings
from services.contracts.audit.findings import RaiseFinding
from services.kernel.message import Actor, Ask
from services.kernel.unit import Moved, Order, Unit
from tests.service.audit.signed import Signing
from tests.unit.audit import stories


class Derived(Signing):
    """A ledger whose followers are level with it, and who folds them again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.duty = Refolding(self.store, self.look, all=foldings(self.store))

    def follows(self) -> None:
        """Every follower to the end, in this thread."""
        for follower in self.store.manifest.followers:
            place = f"follower:{follower.name}"
            while True:
                at = self.store.cursor(place)
                changes, _, now = follower.step(self.look, at)
                if now == at:
                    break
                self.store.submit(Unit(rows=list(changes), moved=Moved(place, at, now))).result(timeout=10)

    def raises(self, matter: Any) -> None:
        now = self.store.clock()
        wanted = RaiseFinding(matter_id=matter, finding_code="no-consent", answer_by=now.replace(year=now.year + 1))
        asked = Ask(id=uuid4(), now=now, at=now, actor=Actor(id="au-01", role="auditor"), channel="web")
        self.store.submit(Unit([Order(raised.DECIDER, uuid4(), wanted, asked)])).result(timeout=10)

    def round(self) -> set[tuple[str, str]]:
        """What a whole round names."""
        for _ in self.duty.all:
            self.duty.turn()
        assert self.duty.anew is None
        return {(row["view"], row["key"]) for row in self.look.all(crooked)}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Derived]:
    made = Derived(tmp_path)
    for message in stories.xiaowei():
        made.hear([message])
    made.follows()
    yield made
    made.store.stop()


def test_what_is_derived_is_what_is_derived_anew_and_a_damaged_row_of_any_view_is_named(log: Derived):
    log.raises(stories.xiaowei()[0].envelope.id)
    assert log.round() == set()
    log.spoil(
        "UPDATE counted SET value = 41 WHERE rowid = (SELECT min(rowid) FROM counted)",
        "DELETE FROM telling WHERE rowid = (SELECT min(rowid) FROM telling)",
        "UPDATE audit_finding SET state = 'resolved'",
        "INSERT INTO bar (party, entry, kind, since) VALUES ('x', 1, 'suspended', 1)",
    )
    named = log.round()
    assert {view for view, _ in named} == {"counted", "telling", "audit_finding", "bar"}
    assert ("bar", "x/1") in named
    log.spoil("UPDATE audit_finding SET state = 'raised'", "DELETE FROM bar")
    assert {view for view, _ in log.round()} == {"counted", "telling"}
    assert log.duty.rounds == 3


def test_the_rolling_check_passes_over_what_it_does_not_fold(log: Derived):
    log.spoil("INSERT INTO bar (party, entry, kind, since) VALUES ('x', 1, 'suspended', 1)")
    log.round()
    Inspector(log.store, log.look).turn()
    assert ("bar", "x/1") in {(row["view"], row["key"]) for row in log.look.all(crooked)}
