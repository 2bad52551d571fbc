"""Mails when things go wrong: a server that refuses, that is away, and a service that dies while it sends."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import requests

from services.referral.mail.schedule import TOLD_AFTER, WAITS
from tests.support.clocked import Clocked
from tests.support.postoffice import TAKEN, PostOffice
from tests.support.street import HEAD, Organization, Street
from tests.support.waiting import until

pytestmark = pytest.mark.faults
NEED = "housework"
Told = dict[str, Any]


@pytest.fixture
def street(reference: Clocked) -> Street:
    return Street(reference.hub)


@pytest.fixture
def post(reference: Clocked) -> PostOffice:
    return reference.post


def told_by_mail(street: Street, number: int) -> list[tuple[Organization, str]]:
    teams = street.organizations(number, NEED)
    addresses = [f"team.{uuid4().hex[:8]}@example.org" for _ in teams]
    for team, address in zip(teams, addresses, strict=True):
        street.do(f"/referral/organizations/{team.id}/mail", {"address": address}, HEAD)
    return list(zip(teams, addresses, strict=True))


def offered(street: Street, *teams: Organization) -> str:
    referral_id = street.referral(street.person(*teams), NEED)
    street.mark()
    street.offer(referral_id, *teams)
    return referral_id


def letter(street: Street, referral_id: str, organization: Organization) -> Told:
    rows = street.items(f"/referral/letters?referral_id={referral_id}", HEAD)
    return next((row for row in rows if row["organization_id"] == organization.id), {})


def undelivered(street: Street, referral_id: str) -> list[Told]:
    return [event["data"] for event in street.events(referral_id) if event["type"] == "offer.mail-undelivered"]


def test_a_server_that_refuses_one_address_takes_the_others_and_the_station_is_told_at_once(
    street: Street, post: PostOffice
):
    (lei, wrong), (lotus, right) = told_by_mail(street, 2)
    post.answers[wrong] = lambda: "550 5.1.1 no such mailbox"
    referral_id = offered(street, lei, lotus)
    until(lambda: post.to(right), "the other letter has arrived")
    until(lambda: undelivered(street, referral_id), "the station is told")
    (told,) = undelivered(street, referral_id)
    assert (told["organization_id"], told["reason_code"]) == (lei.id, "address-refused")
    row = letter(street, referral_id, lei)
    assert (row["state"], row["attempts"]) == ("failed", 1)
    assert letter(street, referral_id, lotus)["state"] == "sent"
    assert post.asked.count(wrong) == 1, "what is refused for good is not tried again"


def test_a_server_that_is_busy_or_away_gets_each_letter_once_when_it_is_back(
    street: Street, post: PostOffice, reference: Clocked
):
    ((lei, address), (lotus, other)) = told_by_mail(street, 2)
    busy = iter(["451 4.3.0 try again", TAKEN])
    post.answers[address] = lambda: next(busy)
    first = offered(street, lei)
    until(lambda: letter(street, first, lei).get("attempts") == 1, "it was tried")
    assert not post.to(address)
    reference.pass_time(seconds=WAITS[0] * 1.2)
    until(lambda: post.to(address), "it was taken the second time")

    post.close()
    try:
        second = offered(street, lotus)
        for attempt in range(1, TOLD_AFTER + 1):
            until(lambda n=attempt: letter(street, second, lotus).get("attempts") == n, f"attempt {attempt}")
            if attempt < TOLD_AFTER:
                assert not undelivered(street, second)
                reference.pass_time(seconds=WAITS[attempt - 1] * 1.2)
        until(lambda: undelivered(street, second), "the station is told while there is time")
    finally:
        post.open()
    reference.pass_time(seconds=WAITS[TOLD_AFTER - 1] * 1.2)
    until(lambda: letter(street, second, lotus)["state"] == "sent", "the letter went out")
    reference.pass_time(days=1)
    assert [len(post.to(each)) for each in (address, other)] == [1, 1]


def test_a_service_that_dies_while_it_sends_sends_the_same_letter_again_and_its_link_has_one_effect(
    street: Street, post: PostOffice, reference: Clocked
):
    ((lei, address),) = told_by_mail(street, 1)

    def dies() -> None:
        post.after_taking = None
        reference.kill9("referral")

    post.after_taking = dies
    referral_id = offered(street, lei)
    until(lambda: post.to(address), "the server has the letter")
    until(lambda: post.after_taking is None and "referral" not in reference.processes, "the service is dead")
    reference.start("referral")
    reference.ready("referral")
    assert letter(street, referral_id, lei)["state"] == "waiting"
    reference.pass_time(seconds=WAITS[0] * 1.2)
    until(lambda: letter(street, referral_id, lei)["state"] == "sent", "it was sent again")
    first, again = post.to(address)
    assert first.mail["Message-ID"] == again.mail["Message-ID"] and first.link == again.link

    for link in (first.link, again.link):
        requests.post(link, data={"act": "acceptance"}, timeout=30)
    assert [event["type"] for event in street.events(referral_id)].count("referral.accepted") == 1
