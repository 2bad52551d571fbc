"""Receipts: each party of a handoff, and the person of a consent, proves offline what stands in the ledger; nobody else gets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.audit import checkpoints, receipts
from services.audit.receipts import ReceiptFollower, may, receipt
from services.contracts.words import ROLES
from services.kernel.message import Actor
from services.kernel.tlog import note, policy, proof
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.merkle import leaf_hash
from tests.service.audit.signed import PEN, Signing
from tests.unit.audit.said import MATTER, said
from tests.unit.audit.stories import named

PERSON, NEED = named("person"), named("need")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Signing]:
    made = Signing(tmp_path)
    yield made
    made.store.stop()


def handoff(act: str, giver: str, *takers: str) -> dict[str, Any]:
    return {"act": act, "giver": giver, "takers": list(takers), "matter_id": str(MATTER), "need_id": str(NEED)}


def told(log: Signing) -> list[UUID]:
    """A consent, a handoff, a visit, a restricted handoff; signed, and followed. The ids of the events."""
    messages = [
        said(position=1, type="consent.granted", stream=f"consent/{MATTER}", data={"person_id": str(PERSON)}),
        said(position=2, data={"matter_id": str(MATTER), "handoff": handoff("taken", "worker:w-01", "team:lotus")}),
        said(position=3, version=2),
        said(position=4, version=3, type="safeguarding.reported",
             data={"matter_id": str(MATTER), "handoff": handoff("taken", "worker:w-01", "team:lotus")}),
    ]  # fmt: skip
    log.hear(messages)
    log.signer.turn()
    follower, after = ReceiptFollower(), 0
    changes, dos, until = follower.step(log.look, after)
    assert (until, dos) == (4, [])
    assert follower.step(log.look, until)[2] == until
    for change in changes:
        with log.store.engine.begin() as connection:
            connection.execute(receipt.insert().values(event_id=change.key[0], **change.sets))
    return [m.envelope.id for m in messages]


def test_receipts_are_owed_for_handoffs_and_consents_alone(log: Signing):
    ids = told(log)
    assert {row["event_id"] for row in log.look.all(receipt)} == {ids[0], ids[1], ids[3]}


def test_a_receipt_proves_itself_by_the_logs_key_and_its_own_entry(log: Signing):
    ids = told(log)
    row, head = receipts.of(log.look, ids[1]), checkpoints.latest(log.look)
    assert row is not None and head is not None
    found = proof.read(receipts.made(log.look, row["entry"], head, note.read(head.note)))
    assert found.extra is not None and str(ids[1]).encode() in found.extra
    trusted = policy.read(f"log {PEN.signers[0].verifier}\nquorum none\n".encode())
    assert proof.verified(found, leaf_hash(found.extra), trusted).head.size == 4
    with pytest.raises(Malformed):
        proof.verified(found, leaf_hash(found.extra.replace(b"lotus", b"thief")), trusted)


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (Actor(id="w-01", role="worker", org="community:1"), [False, True, False]),
        (Actor(id="p-7", role="partner", org="team:lotus"), [False, True, False]),
        (Actor(id="p-8", role="partner", org="team:harbor"), [False, False, False]),
        (Actor(id=f"person:{PERSON}", role="client", org=""), [True, False, False]),
        (Actor(id="person:somebody", role="client", org=""), [False, False, False]),
        (Actor(id="a-01", role="auditor", org=""), [True, True, False]),
    ],
)
def test_a_receipt_is_its_parties_and_the_persons_and_what_is_restricted_is_nobodys(
    log: Signing, actor: Actor, seen: list[bool]
):
    """INV-11"""
    ids = told(log)
    rows = [receipts.of(log.look, event_id) for event_id in (ids[0], ids[1], ids[3])]
    assert [may(actor, row["words"]) for row in rows if row is not None] == seen


@pytest.mark.parametrize("role", ROLES)
def test_who_belongs_nowhere_gets_no_receipt_by_his_role(role: str):
    assert may(Actor(id="x", role=role, org=""), "lotus,worker:w-01") is (role in ("auditor", "service"))
