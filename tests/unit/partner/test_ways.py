"""By which ways a sequence goes out: a queue that the operator opens, endpoints that the organization adds itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import get_args
from uuid import UUID

import sqlalchemy as sa
from hypothesis import strategies as st

from services.contracts import partner as public
from services.kernel.message import Actor
from services.kernel.store import Views
from services.partner import tables as t
from services.partner import views
from services.partner.domain import endpoint, queue
from tests.support.empty import with_tables
from tests.support.laws import check_laws
from tests.support.spec import NOON, Spec

LOTUS, LEIFENG, HOOK = UUID(int=7), UUID(int=8), UUID(int=9)
OWN = Actor(id="p-1", role="partner", org=str(LOTUS))
OTHER = Actor(id="p-2", role="partner", org=f"team:{LEIFENG}")
queues, endpoints = Spec(queue.DECIDER), Spec(endpoint.DECIDER)

OPENED, CLOSED = public.QueueOpened(organization_id=LOTUS, after=3), public.QueueClosed(organization_id=LOTUS)
ADDED = public.EndpointAdded(endpoint_id=HOOK, organization_id=LOTUS, after=0)
DISABLED = public.EndpointDisabled(endpoint_id=HOOK, organization_id=LOTUS, reason_code="gone")
ENABLED = public.EndpointEnabled(endpoint_id=HOOK, organization_id=LOTUS)
REMOVED = public.EndpointRemoved(endpoint_id=HOOK, organization_id=LOTUS)
ADD = public.AddEndpoint(endpoint_id=HOOK, organization_id=LOTUS)
OPEN = public.OpenQueue(organization_id=LOTUS, after=3)


def test_a_queue_is_opened_once_and_closed_once():
    queues.given().when(OPEN).then(OPENED)
    queues.given(OPENED).when(OPEN).then_nothing()
    queues.given(OPENED).when(public.CloseQueue()).then(CLOSED)
    queues.given(OPENED, CLOSED).when(public.CloseQueue()).then_nothing()
    queues.given(OPENED, CLOSED).when(OPEN).then(OPENED)


def test_an_organization_adds_an_endpoint_of_its_own():
    endpoints.given().when(ADD, actor=OWN).then(ADDED)


def test_nobody_adds_or_touches_an_endpoint_of_another():
    endpoints.given().when(ADD, actor=OTHER).then_refused("not-yours")
    for command in (public.RotateEndpointSecret(), public.DisableEndpoint(), public.RemoveEndpoint()):
        endpoints.given(ADDED).when(command, actor=OTHER).then_refused("not-yours")


def test_a_new_secret_leaves_the_old_one_alive_for_a_while():
    rotated = public.EndpointSecretRotated(
        endpoint_id=HOOK, organization_id=LOTUS, generation=2, old_until=NOON + timedelta(hours=24)
    )
    endpoints.given(ADDED).when(public.RotateEndpointSecret(), actor=OWN).then(rotated)
    again = replace(rotated, generation=3)
    endpoints.given(ADDED, rotated).when(public.RotateEndpointSecret(), actor=OWN).then(again)


def test_what_is_disabled_is_enabled_again_and_what_is_removed_is_not():
    endpoints.given(ADDED).when(public.DisableEndpoint(reason_code="gone"), actor=OWN).then(DISABLED)
    endpoints.given(ADDED, DISABLED).when(public.DisableEndpoint(), actor=OWN).then_nothing()
    endpoints.given(ADDED, DISABLED).when(public.EnableEndpoint(), actor=OWN).then(ENABLED)
    endpoints.given(ADDED).when(public.EnableEndpoint(), actor=OWN).then_nothing()
    endpoints.given(ADDED, DISABLED).when(public.RemoveEndpoint(), actor=OWN).then(REMOVED)
    endpoints.given(ADDED, REMOVED).when(public.EnableEndpoint(), actor=OWN).then_refused("endpoint-removed")


def test_the_laws_of_deciders_hold():
    check_laws(queue.DECIDER, *get_args(queue.Command), pools={"organization_id": st.just(LOTUS)})
    check_laws(endpoint.DECIDER, *get_args(endpoint.Command), repeatable=(public.RotateEndpointSecret,))


def test_an_endpoint_with_much_to_try_again_leaves_room_for_all_others():
    """Peers' bug 5 (CommCare #28151): a few dead endpoints starve everyone."""
    engine = with_tables(sa.create_engine("sqlite://", poolclass=sa.StaticPool), t.KEPT)
    dead, other = HOOK, UUID(int=10)
    waits = [(dead, number, NOON - timedelta(days=3)) for number in range(1, 3_001)]
    waits += [(other, 7, NOON - timedelta(seconds=1)), (other, 8, NOON + timedelta(seconds=1))]
    rows = [{"endpoint_id": e, "number": n, "attempts": 1, "due_at": at.astimezone(UTC)} for e, n, at in waits]
    with engine.begin() as connection:
        connection.execute(t.retry.insert(), rows)
    found = Views(engine).run(views.owed([dead, other], NOON.astimezone(UTC), 50))
    engine.dispose()
    assert [row["number"] for row in found if row["endpoint_id"] == dead] == list(range(1, 51))
    assert [row["number"] for row in found if row["endpoint_id"] == other] == [7]
