"""Whatever is killed, every acknowledged command stays, has its effect once, and reaches the ledger."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import kombu
import psutil
import psycopg
import pytest

from tests.faults.sending import BODY, CLERK, Sender, ledger_is_whole, nothing_lost_nothing_twice
from tests.support.reference import Reference
from tests.support.waiting import until
from wushe.services import CLASSES

pytestmark = pytest.mark.faults


QUEUES_SETTLE_SECONDS = 10.0
"""A quorum queue of RabbitMQ 3.10 that is younger than some seconds when its only node is killed has no leader ever
after: what goes to it stays unconfirmed, and its consumer lives by pulling (runbook, section RelayBehind)."""


def sender(reference: Reference, name: str) -> Sender:
    """One who sends straight to intake."""
    return Sender(reference.url("intake"), reference.hub.token_for(CLERK), name)


def settles(reference: Reference, seconds: float = 90) -> None:
    """Until every service has heard everything."""

    def level() -> bool:
        states = reference.states()
        heads = {name: state["head"] for name, state in states.items()}
        return all(heads[p] == position for state in states.values() for p, position in state["heard"].items())

    until(level, f"not everything was heard: {reference.states()}", seconds)
    time.sleep(0.3)
    until(level, "what followed was not heard", seconds)


def whole(reference: Reference, sent: Sender) -> None:
    """The three questions."""
    sent.send_again()
    settles(reference)
    nothing_lost_nothing_twice(reference.hub, sent)
    ledger_is_whole(reference.hub, tuple(CLASSES))


@contextmanager
def frozen_broker(reference: Reference) -> Iterator[None]:
    """RabbitMQ stands still, connections and all, and then goes on."""
    ports = {c.laddr.port: c.pid for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
    pid = ports[reference.rabbit.port]
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_commands_are_accepted_while_the_broker_is_dead_and_their_events_arrive_when_it_is_back(reference: Reference):
    with sender(reference, "broker") as sent:
        sent.wait_for(20)
        time.sleep(QUEUES_SETTLE_SECONDS)
        reference.rabbit.kill9()
        sent.wait_for(100)
        reference.rabbit.restart()
        sent.wait_for(20)
    assert set(sent.statuses) == {201}
    whole(reference, sent)


def test_an_event_that_was_committed_and_not_yet_published_is_published_after_its_service_was_killed(
    reference: Reference,
):
    with frozen_broker(reference), sender(reference, "unpublished") as sent:
        sent.wait_for(50)
        reference.kill9("intake")
    reference.start("intake")
    reference.ready("intake")
    whole(reference, sent)


def test_what_was_done_and_not_yet_acknowledged_is_not_done_again_after_its_consumer_was_killed(reference: Reference):
    consumers = [name for name in CLASSES if name != "intake"]
    with sender(reference, "consumers") as sent:
        sent.wait_for(30)
        with frozen_broker(reference):
            sent.wait_for(20)
            for name in consumers:
                reference.kill9(name)
        sent.wait_for(30)
        for name in consumers:
            reference.start(name)
        reference.ready(*consumers)
    whole(reference, sent)


def test_every_service_may_be_killed_at_any_moment_under_load(reference: Reference):
    with sender(reference, "everyone") as sent:
        for name in CLASSES:
            sent.wait_for(15)
            reference.kill9(name)
            reference.start(name)
            reference.ready(name)
    whole(reference, sent)


def test_a_command_is_refused_and_not_half_done_while_postgresql_is_dead(reference: Reference):
    with sender(reference, "database") as sent:
        sent.wait_for(30)
        reference.postgres.kill9()
        until(lambda: sent.statuses[503] > 5, f"nothing was refused: {sent.statuses}")
        reference.postgres.restart()
        sent.wait_for(30)
    assert set(sent.statuses) <= {201, 503}
    whole(reference, sent)


def test_two_processes_of_the_ledger_record_and_sign_as_one_and_either_goes_on_alone(reference: Reference):
    """INV-32: without the broker both pull from every publisher, and run into each other."""
    with reference.twin("audit"), sender(reference, "twins") as sent:
        sent.wait_for(20)
        reference.rabbit.kill9()
        sent.wait_for(60)
        reference.rabbit.restart()
        sent.wait_for(20)
        reference.kill9("audit")
        at = signed(reference)
        until(lambda: signed(reference) > at, "the other one does not sign")
        reference.start("audit")
        reference.ready("audit")
    whole(reference, sent)
    with psycopg.connect(reference.postgres.conninfo("audit"), autocommit=True) as audit:
        assert audit.execute("SELECT publisher, position, reason FROM parked").fetchall() == []


def signed(reference: Reference) -> int:
    """How far the ledger is signed, as its database has it."""
    with psycopg.connect(reference.postgres.conninfo("audit"), autocommit=True) as audit:
        row = audit.execute("SELECT max(size) FROM checkpoint").fetchone()
    return int(row[0] or 0) if row else 0


def test_a_queue_that_was_purged_is_made_good_by_pulling(reference: Reference):
    reference.kill9("audit")
    with sender(reference, "purged") as sent:
        sent.wait_for(30)
    reference.rabbit.ctl("purge_queue", "-p", "hub", "audit.intake.log")
    reference.start("audit")
    reference.ready("audit")
    whole(reference, sent)


def test_rubbish_in_a_queue_is_set_aside_and_the_rest_flows(reference: Reference):
    reference.rabbit.ctl("set_permissions", "-p", "hub", *_intruder(reference), ".*", ".*", ".*")
    address = f"amqp://intruder:intruder@127.0.0.1:{reference.rabbit.port}/hub"
    with kombu.Connection(address) as connection:
        for body in (b"\xff\x00 not json", b'[{"specversion":"1.0"}]', b"[" * 5_000):
            connection.Producer().publish(
                body, exchange="", routing_key="referral.intake.log", content_type="application/cloudevents-batch+json",
                content_encoding="utf-8", headers={"first": 1_000_000, "last": 1_000_000},
            )  # fmt: skip
    with sender(reference, "rubbish") as sent:
        sent.wait_for(30)
    whole(reference, sent)


def _intruder(reference: Reference) -> tuple[str]:
    if "intruder" not in reference.rabbit.ctl("list_users"):
        reference.rabbit.ctl("add_user", "intruder", "intruder")
    return ("intruder",)


def test_the_same_command_sent_ten_times_at_once_has_one_effect_and_one_answer(reference: Reference):
    def send(_: int) -> tuple[int, str]:
        hub = reference.hub
        answer = hub.ask("POST", "/intake/v1/help-requests", BODY, ident=CLERK.id, Idempotency_Key="ten-times")
        return answer.status_code, answer.text

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(send, range(10)))
    assert len(answers) == 1
    status, _ = answers.pop()
    assert status == 201
