"""A partner's own queue: what it holds, who may read it, and what happens to its reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import amqp
import pika
import pytest
from amqp.exceptions import AccessRefused, NotAllowed, PreconditionFailed
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event

from tests.support.member import Member, admitted, wushe_partner
from tests.support.reader import Seen, read_feed, read_queue
from tests.support.reference import Reference
from tests.support.street import HEAD, Street
from tests.support.waiting import until

pytestmark = pytest.mark.scenario
NEED = "housework"


@pytest.fixture(scope="module")
def members(reference: Reference) -> list[Member]:
    """Two organizations, each with a queue."""
    return [admitted(reference, each) for each in Street(reference.hub).organizations(2, NEED)]


@pytest.fixture(scope="module")
def lotus(members: list[Member]) -> Member:
    return members[0]


@pytest.fixture(scope="module")
def leifeng(members: list[Member]) -> Member:
    return members[1]


def connection(url: str) -> amqp.Connection:
    parameters = pika.URLParameters(url)
    made = amqp.Connection(
        host=f"127.0.0.1:{parameters.port}", userid=parameters.credentials.username,
        password=parameters.credentials.password, virtual_host=parameters.virtual_host, connect_timeout=5, read_timeout=10,
    )  # fmt: skip
    made.connect()
    return made


@pytest.fixture
def channel(lotus: Member) -> Iterator[amqp.Channel]:
    """Logged in as the first organization's program."""
    with connection(lotus.url) as made:
        yield made.channel()


# --- the table of rights, each with a real login -----------------------------------------------------------------------


def test_a_partner_reads_its_own_queue(lotus: Member, tmp_path: Path) -> None:
    seen = Seen(tmp_path / "seen")
    assert read_queue(lotus.url, lotus.queue, seen, lambda: None, most=1, seconds=20, acknowledge=False) == 1
    assert seen.events[0]["type"] == "organization.registered"


def test_a_partner_does_not_read_the_queue_of_another(lotus: Member, leifeng: Member) -> None:
    for act in (
        lambda c: c.basic_get(leifeng.queue), lambda c: c.basic_consume(leifeng.queue), lambda c: c.queue_purge(leifeng.queue),
    ):  # fmt: skip
        with connection(lotus.url) as own, pytest.raises(AccessRefused):
            act(own.channel())


def test_a_partner_does_not_read_the_queues_of_the_hub(lotus: Member) -> None:
    """They, and the ledger's among them, are in another virtual host, which it may not even enter."""
    with pytest.raises(NotAllowed):
        connection(lotus.url.rpartition("/")[0] + "/hub")


@pytest.mark.parametrize("exchange", ["partners", "", "amq.topic"])
def test_a_partner_publishes_nothing(lotus: Member, leifeng: Member, exchange: str) -> None:
    """Neither in its own name nor in another's: what a partner wants is asked over HTTP, by a command."""
    for key in (lotus.queue, leifeng.queue, "referral.offered"):
        with connection(lotus.url) as own, pytest.raises(AccessRefused):
            own.channel().basic_publish_confirm(amqp.Message(b"{}"), exchange, routing_key=key)


def test_a_partner_declares_binds_and_deletes_nothing(lotus: Member, channel: amqp.Channel) -> None:
    with pytest.raises(AccessRefused):
        channel.queue_declare("q.mine", durable=True)
    for act in (
        lambda c: c.queue_bind(lotus.queue, "partners", routing_key="q.other"),
        lambda c: c.queue_unbind(lotus.queue, "partners", routing_key=lotus.queue),
        lambda c: c.queue_bind(lotus.queue, "amq.topic", routing_key="#"),
        lambda c: c.exchange_delete("partners"),
        lambda c: c.queue_delete(lotus.queue),
        lambda c: c.exchange_declare("mine", "topic"),
    ):
        with connection(lotus.url) as again, pytest.raises(AccessRefused):
            act(again.channel())


def test_nobody_sends_in_the_name_of_another(reference: Reference, lotus: Member) -> None:
    """The broker holds `user_id` against the login, so that a reader can rely on who has sent it."""
    url = f"amqp://partner:{reference.secrets['PARTNER_AMQP_PASSWORD']}@127.0.0.1:{reference.rabbit.port}/partners"
    forged = amqp.Message(b"{}", user_id="p.somebody")
    with connection(url) as hub, pytest.raises(PreconditionFailed):
        hub.channel().basic_publish_confirm(forged, "partners", routing_key=lotus.queue)


def test_the_hub_itself_does_not_read_what_it_has_put_into_a_partners_queue(
    reference: Reference, lotus: Member
) -> None:
    url = f"amqp://partner:{reference.secrets['PARTNER_AMQP_PASSWORD']}@127.0.0.1:{reference.rabbit.port}/partners"
    with connection(url) as hub, pytest.raises(AccessRefused):
        hub.channel().basic_get(lotus.queue)


# --- the sequence ------------------------------------------------------------------------------------------------------


def test_the_queue_holds_the_very_bytes_of_the_feed(reference: Reference, leifeng: Member, tmp_path: Path) -> None:
    street = Street(reference.hub)
    seen = Seen(tmp_path / "seen")
    read_queue(leifeng.url, leifeng.queue, seen, lambda: pytest.fail("there is no gap"))
    assert seen.events == street.feed(leifeng.organization)


def test_a_message_is_a_cloudevent_to_the_standards_own_library(reference: Reference) -> None:
    """Read from a queue of its own: what is taken and given back comes in another order to the next reader."""
    own = admitted(reference, Street(reference.hub).organizations(1, NEED)[0])
    made = pika.BlockingConnection(pika.URLParameters(own.url))
    try:
        messages = made.channel().consume(own.queue, inactivity_timeout=20)
        method, properties, body = next(messages)
        assert method is not None, "nothing is in the queue"
    finally:
        made.close()
    assert (properties.user_id, properties.delivery_mode) == ("partner", 2)
    wire = RabbitMQMessage(headers=properties.headers, content_type=properties.content_type, body=body)
    event = from_rabbitmq_event(wire)
    (told,) = [e for e in reference.hub.deliveries(own.organization.speaker) if e["id"] == properties.message_id]
    assert event.get_specversion() == "1.0" and event.get_id() == properties.message_id
    assert (event.get_type(), event.get_source(), event.get_subject()) == (
        told["type"],
        told["source"],
        told["subject"],
    )
    assert (
        event.get_type() == properties.type and int(event.get_extension("sequence")) == properties.headers["sequence"]
    )
    assert event.get_data() == told["data"]


def test_a_queue_that_was_deleted_is_made_again_and_the_reader_fetches_what_it_lacks(
    reference: Reference, members: list[Member], tmp_path: Path
) -> None:
    street = Street(reference.hub)
    (organization,) = street.organizations(1, NEED)
    member = admitted(reference, organization)
    until(lambda: street.get("/partner/queue", organization.speaker)["number"] >= 4, "the queue is filled")
    reference.rabbit.ctl("-p", "partners", "delete_queue", member.queue)
    token = reference.hub.token_for(organization.speaker)
    seen = Seen(tmp_path / "seen")
    for _ in range(3):
        offering = {"organization_id": organization.id, "service_codes": [NEED], "areas": ["220104004"]}
        street.do("/referral/offerings", offering, HEAD)
    head = until(lambda: len(feed) >= 7 and len(feed) if (feed := street.feed(organization)) else 0, "it is delivered")
    until(lambda: street.get("/partner/queue", organization.speaker)["number"] == head, "the queue is filled again")
    read_queue(member.url, member.queue, seen, lambda: read_feed(reference.hub.url, token, seen))
    read_feed(reference.hub.url, token, seen)
    assert seen.events == street.feed(organization)


def test_a_partner_that_is_removed_is_known_no_more(reference: Reference, tmp_path: Path) -> None:
    street = Street(reference.hub)
    (organization,) = street.organizations(1, NEED)
    member = admitted(reference, organization)
    wushe_partner(reference, "remove", organization)
    until(lambda: street.get("/partner/queue", organization.speaker) is None, "the queue is gone")
    with pytest.raises(AccessRefused):
        connection(member.url)
    assert street.feed(organization), "its sequence stays"

    # Whoever comes again begins where it says, with what was lost with the queue that was closed.
    again, seen = admitted(reference, organization), Seen(tmp_path / "seen")
    read_queue(again.url, again.queue, seen, lambda: pytest.fail("there is no gap"), most=4)
    assert seen.events == street.feed(organization)
