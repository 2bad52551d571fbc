"""H2: fifty organizations accept at the same moment; one takes the need, and the bus may say everything twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.support.courier import couriers
from tests.support.reference import Reference
from tests.support.street import Organization, Street, Told
from tests.support.waiting import until

pytestmark = pytest.mark.scenario

NEED = "companionship"
FIFTY = 50
WAYS = (
    ("intake", "referral"),
    ("referral", "intake"),
    ("referral", "referral"),
    ("audit", "referral"),
    ("partner", "referral"),
)


@pytest.fixture(scope="module")
def fifty(reference: Reference) -> list[Organization]:
    """Fifty volunteer teams that offer company."""
    return Street(reference.hub).organizations(FIFTY, NEED)


@contextmanager
def as_it_comes(reference: Reference) -> Iterator[None]:
    """The bus as it is."""
    yield


@contextmanager
def twice_and_out_of_order(reference: Reference) -> Iterator[None]:
    """Every batch comes again, and in another order."""
    with couriers(reference.rabbit, *WAYS, seed=2022) as all_of_them:
        yield
    assert sum(courier.repeated for courier in all_of_them) > 20
    assert sum(courier.out_of_order for courier in all_of_them) > 10


@pytest.mark.parametrize("bus", [as_it_comes, twice_and_out_of_order])
def test_fifty_accept_at_once_and_one_takes_the_need(
    street: Street, fifty: list[Organization], reference: Reference, bus
):  # type: ignore[no-untyped-def]
    """INV-3; the end is the same whatever the bus does."""
    with bus(reference):
        street.mark()
        person = street.person(*fifty[:25])
        others = {"person_id": person.id, "by": "self", "categories": ["identity", "contact"], "method": "oral",
                  "notice_version": "2026-1", "purposes": ["referral"], "receivers": [o.party for o in fifty[25:]]}  # fmt: skip
        street.do("/intake/consents", others)
        street.hears("referral", "intake")
        referral_id = street.referral(person, NEED)
        street.offer(referral_id, *fifty)

        with ThreadPoolExecutor(FIFTY) as pool:
            answers = list(pool.map(lambda each: street.accept(referral_id, each, key=f"yes-{referral_id}"), fifty))

        winner = fifty[[answer["events"] for answer in answers].index(most(answers))]
        street.disclosed(referral_id)
        street.settles("partner")

        # One acceptance, forty-nine refused, one disclosure, and every other offer superseded.
        events = street.events(referral_id)
        assert Counter(event["type"] for event in events) == {
            "referral.drafted": 1, "referral.ready": 1, "referral.offered": FIFTY, "referral.accepted": 1,
            "offer.superseded": FIFTY - 1, "acceptance.refused": FIFTY - 1,
        }  # fmt: skip
        refused = [event["data"] for event in events if event["type"] == "acceptance.refused"]
        assert {refusal["reason"] for refusal in refused} == {"already_accepted"}
        disclosed = [e["data"] for e in street.said("intake", need_id=referral_id) if e["type"] == "identity.disclosed"]
        assert [each["receiver"] for each in disclosed] == [winner.party]
        row = street.row(referral_id)
        assert (row["state"], row["holder"], row["offers_count"]) == ("accepted", winner.party, FIFTY)
        assert street.holders(person, referral_id)[-1] == [winner.party]
        assert street.custody(person)["findings"] == []

        # No loser was ever told who she is.
        losers = [each for each in fifty if each != winner]
        assert street.reads(person, winner.speaker) is not None
        assert all(street.reads(person, each.speaker) is None for each in losers[:5])

        # Sent again because nobody answered in time: the same answer, no conflict, no second event.
        before = street.head("referral")
        again = street.accept(referral_id, winner, key=f"yes-{referral_id}")
        assert again == answers[fifty.index(winner)]
        assert street.accept(referral_id, winner)["events"] == []
        assert street.accept(referral_id, losers[0])["events"] == []
        assert street.head("referral") == before

        # Each organization heard of its own answer, once and in order, and of nobody else's.
        for each in (winner, losers[0]):
            feed = until(lambda each=each: heard(street, each, referral_id, 2), "the organization hears how it ended")
            assert [item["type"] for item in feed] == (
                ["referral.offered", "referral.accepted"]
                if each == winner
                else ["referral.offered", "offer.superseded", "acceptance.refused"]
            )


def most(answers: list[Told]) -> list[str]:
    """The answer of the one that took the need: it holds everybody's superseded offers."""
    return max((list(answer["events"]) for answer in answers), key=len)


def heard(street: Street, organization: Organization, referral_id: str, least: int) -> list[Told]:
    """What an organization's feed says of a referral, if it is so much yet."""
    found = [event for event in street.feed(organization) if event["subject"] == f"referral/{referral_id}"]
    return found if len(found) >= least else []
