"""An organization is suspended or leaves: what it promised goes back to those who gave it (INV-43)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from services.contracts import referral
from services.contracts.volunteer import Commitment, FormPairing
from services.volunteer.domain import pairing
from services.volunteer.view_tables import pairings
from tests.unit.volunteer.desk import Desk
from tests.unit.volunteer.people import MATTER, TODAY

LEIFENG = UUID(int=21)
TEAM = f"team:{LEIFENG}"
SUPPORT = FormPairing(
    kind="one_to_one", parties=(TEAM,), holder="worker:w-zsl", matter_id=MATTER, formed_on=TODAY,
    commitments=(Commitment(code="outings", giver=TEAM),),
)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk of a service that has heard of nobody."""
    desk = Desk(tmp_path)
    yield desk
    desk.store.stop()


@pytest.mark.parametrize("said", [referral.OrganizationSuspended, referral.OrganizationRetired])
def test_its_pairings_end_and_what_it_promised_goes_back(desk: Desk, said: type):
    kept = desk.asks(SUPPORT, pairing.DECIDER)
    desk.hears("referral", said(reason_code="inspection", party=TEAM), LEIFENG)
    (row,) = desk.sees(pairings, pairing_id=kept)
    assert (row["state"], row["result"]) == ("ended", "broken_off")


def test_hearing_it_twice_changes_nothing_more(desk: Desk):
    desk.asks(SUPPORT, pairing.DECIDER)
    gone = referral.OrganizationRetired(reason_code="dissolved", party=TEAM)
    assert len(desk.hears("referral", gone, LEIFENG)) == 1
    assert desk.hears("referral", gone, LEIFENG) == []


@pytest.mark.parametrize("party", ["team:lotus", None])
def test_of_another_organization_nothing_is_heard(desk: Desk, party: str | None):
    kept = desk.asks(SUPPORT, pairing.DECIDER)
    assert desk.hears("referral", referral.OrganizationRetired(reason_code="dissolved", party=party), LEIFENG) == []
    assert desk.state(pairings, kept) == "active"
