"""Chores are done before they are said to be done, and again after every death in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.kernel import clockwork
from services.kernel.clock import system_clock
from services.kernel.clockwork import Clockwork
from services.kernel.errors import Unavailable
from services.kernel.manifest import Chore, Do, Look
from services.kernel.store import Store
from tests.kernel.conftest import Opening
from tests.kernel.play import until
from tests.kernel.till import done, envelopes
from tests.kernel.toy import SHOP, TOY, BuildToy, LendToy, ReturnToy, order, toys

VAULT: Any = object()


class Shelving:
    """Puts toys back; `fails` times it does so and dies before it can say so."""

    def __init__(self, fails: int = 0) -> None:
        self.fails = fails
        self.acts: list[UUID] = []

    def __call__(self, row: dict[str, Any], look: Look, vault: Any, now: datetime) -> Do:
        """Do it, and say what says so."""
        assert vault is VAULT
        self.acts.append(row["id"])
        if len(self.acts) <= self.fails:
            raise Unavailable("gone before it could say so")
        return Do(TOY, row["id"], ReturnToy())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds would only take time."""
    monkeypatch.setattr(clockwork, "TICK_SECONDS", 0.02)


def shop(opened: Opening, shelving: Shelving) -> tuple[Store, UUID]:
    """A shop in which one toy is to be put back."""
    chore = Chore(name="shelving", table=toys, due="due", act=shelving)
    store, stream = opened(replace(SHOP, timers=(chore,))), uuid4()
    done(store, order(stream, BuildToy(kind="car")), order(stream, LendToy(until=system_clock() - timedelta(days=1))))
    return store, stream


def said(store: Store) -> int:
    """How often it was said that a toy is back."""
    return [e.type for e in envelopes(store)].count("toy.returned")


def test_a_chore_is_done_and_then_said_to_be_done(opened: Opening) -> None:
    shelving = Shelving()
    store, stream = shop(opened, shelving)
    clock = Clockwork(store, VAULT)
    clock.start()
    until(lambda: said(store) == 1)
    clock.stop()
    assert shelving.acts == [stream]


def test_a_chore_whose_process_died_before_saying_so_is_done_again(opened: Opening) -> None:
    shelving = Shelving(fails=3)
    store, stream = shop(opened, shelving)
    clock = Clockwork(store, VAULT)
    clock.start()
    until(lambda: said(store) == 1)
    clock.stop()
    assert shelving.acts == [stream] * 4


def test_what_was_said_before_a_restart_is_not_done_again(opened: Opening) -> None:
    store, _ = shop(opened, Shelving())
    clock = Clockwork(store, VAULT)
    clock.start()
    until(lambda: said(store) == 1)
    clock.stop()
    later = Shelving()
    again = Clockwork(opened(replace(SHOP, timers=(Chore(name="shelving", table=toys, due="due", act=later),))), VAULT)
    again._fire(next(iter(again._store.manifest.timers)))
    assert (later.acts, said(store)) == ([], 1)


def test_a_service_without_a_vault_does_no_chores(opened: Opening) -> None:
    shelving = Shelving()
    store, _ = shop(opened, shelving)
    clock = Clockwork(store)
    with pytest.raises(Unavailable):
        clock._fire(next(iter(store.manifest.timers)))
    assert shelving.acts == []
