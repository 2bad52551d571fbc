"""Whom a fact concerns, and what of it they are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import sqlalchemy as sa

from services.contracts import intake, referral, volunteer
from services.contracts.partner import CloseCalendar
from services.contracts.words import Handoff
from services.kernel.contract import EVENTS, about, canonical, hints, name_of
from services.kernel.message import Envelope, Recorded
from services.kernel.store import Views
from services.partner import tables as t
from services.partner.appointments import calendar
from services.partner.concerns import HIDDEN, NOBODYS, SHOWN, TELLS
from services.partner.policies import whenever
from services.partner.views import project_heard
from tests.support.empty import with_tables
from tests.support.spec import NOON

LOTUS, LEIFENG, PERSON, MATTER, NEED = UUID(int=7), UUID(int=8), UUID(int=9), UUID(int=10), UUID(int=11)
MEI = UUID(int=20)
PUBLISHERS = ("intake", "referral", "volunteer")


class Desk:
    """What the partner service knows, on a database in memory, and what it makes of one message after the other."""

    def __init__(self) -> None:
        self.engine = with_tables(sa.create_engine("sqlite://", poolclass=sa.StaticPool), t.METADATA)
        self.views = Views(self.engine)

    def hears(self, event: Any, stream: str, publisher: str = "", **envelope: Any) -> dict[UUID, dict[str, Any]]:
        """The deliveries that follow, by organization; what the views learn of it is known to the next one."""
        message = said(event, stream, publisher or publisher_of(event), **envelope)
        dos = whenever(message, self.views)
        with self.engine.begin() as connection:
            for change in project_heard(message):
                columns = zip(change.table.primary_key, change.key, strict=not change.drop)
                connection.execute(change.table.delete().where(*(c == value for c, value in columns)))
                if not change.drop:
                    connection.execute(change.table.insert().values(change.key))
        return {do.stream_id: json.loads(do.rows[0].sets["body"]) for do in dos if do.rows}


def publisher_of(event: Any) -> str:
    return str(type(event).__module__.split(".")[2])


def said(event: Any, stream: str, publisher: str, **envelope: Any) -> Recorded:
    """The event as it comes over the bus."""
    kept = Envelope(
        id=uuid4(), source=f"/{publisher}", type=name_of(event), subject=stream, time=NOON, position=1,
        streamversion=1, data=msgspec.Raw(canonical(event)), **envelope,
    )  # fmt: skip
    return Recorded(envelope=kept, raw=msgspec.json.encode(kept), event=event)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.engine.dispose()


def stream(kind: str, ident: UUID = NEED) -> str:
    return f"{kind}/{ident}"


OFFERED = referral.ReferralOffered(
    matter_id=MATTER, case_id=uuid4(), offer_id=uuid4(), organization_id=LOTUS, offering_id=uuid4(), kind="referral",
    mode="broadcast", need_codes=("housework",), urgency="normal", areas=("220104004001",), remind_at=NOON, respond_by=NOON,
    handoff=Handoff(act="offered", matter_id=MATTER, giver="worker:w-1", takers=(f"team:{LOTUS}",), need_id=NEED),
)  # fmt: skip


def granted(*receivers: str) -> intake.ConsentGranted:
    return intake.ConsentGranted(
        consent_id=NEED, person_id=PERSON, by="self", purposes=("referral",), categories=("identity",), receivers=receivers,
        sensitive=False, method="oral", notice_version="2026-1", valid_from=NOON,
    )  # fmt: skip


def withdrawn(scope: str, *receivers: str) -> intake.ConsentWithdrawn:
    return intake.ConsentWithdrawn(
        consent_id=NEED, person_id=PERSON, by="self", scope=scope, receivers=receivers,  # type: ignore[arg-type]
    )  # fmt: skip


def disclosed(receiver: str) -> intake.IdentityDisclosed:
    return intake.IdentityDisclosed(
        disclosure_id=NEED, person_id=PERSON, receiver=receiver, purpose="referral", categories=("identity",)
    )


def test_an_offer_concerns_the_organization_asked_and_says_nothing_of_the_person(desk: Desk) -> None:
    told = desk.hears(OFFERED, stream("referral"))
    assert set(told) == {LOTUS}
    assert "case_id" not in told[LOTUS]["data"]
    assert told[LOTUS]["data"]["need_codes"] == ["housework"]
    assert told[LOTUS]["dataref"] == f"/referral/v1/referrals/{NEED}"


def test_how_many_others_were_asked_is_not_told(desk: Desk) -> None:
    declined = referral.OfferDeclined(
        matter_id=MATTER, offer_id=uuid4(), organization_id=LOTUS, reason_code="no-capacity", answered_via="api",
        offers_left=3, handoff=OFFERED.handoff,
    )  # fmt: skip
    assert "offers_left" not in desk.hears(declined, stream("referral"))[LOTUS]["data"]


@pytest.mark.parametrize("kind", ["organization", "team", "charity", "university", "authority"])
def test_who_may_read_or_may_no_longer_hears_so(desk: Desk, kind: str) -> None:
    """A receiver whose access has ended is to delete or return what it holds: it has to hear of it (H3)."""
    revoked = intake.IdentityAccessRevoked(
        disclosure_id=NEED, person_id=PERSON, receiver=f"{kind}:{LOTUS}", reason_code="consent-withdrawn"
    )
    told = desk.hears(disclosed(f"{kind}:{LOTUS}"), stream("disclosure"))
    assert told[LOTUS]["dataref"] == f"/intake/v1/disclosures/{NEED}/identity?why=referral"
    assert set(desk.hears(revoked, stream("disclosure"))) == {LOTUS}


def test_no_delivery_refers_to_a_person(desk: Desk) -> None:
    """INV-6: who it is stands behind `dataref` alone."""
    for event, kind in ((disclosed(f"team:{LOTUS}"), "disclosure"), (granted(f"team:{LOTUS}"), "consent")):
        assert str(PERSON) not in str(desk.hears(event, stream(kind)))


@pytest.mark.parametrize(
    "receiver", [f"volunteer:{LOTUS}", f"person:{LOTUS}", "worker:w-07", "community:220104004001", "unknown"]
)
def test_people_and_those_without_a_sequence_hear_nothing_of_it(desk: Desk, receiver: str) -> None:
    assert desk.hears(disclosed(receiver), stream("disclosure")) == {}


def test_a_consent_is_told_to_each_receiver_without_the_others(desk: Desk) -> None:
    told = desk.hears(granted(f"team:{LOTUS}", f"charity:{LEIFENG}"), stream("consent"))
    assert {key: each["data"]["receivers"] for key, each in told.items()} == {
        LOTUS: [f"team:{LOTUS}"], LEIFENG: [f"charity:{LEIFENG}"],
    }  # fmt: skip


def test_a_consent_taken_back_from_one_is_told_to_that_one_and_from_all_to_all(desk: Desk) -> None:
    """H3."""
    desk.hears(granted(f"team:{LOTUS}", f"charity:{LEIFENG}"), stream("consent"))
    assert set(desk.hears(withdrawn("receiver", f"team:{LOTUS}"), stream("consent"))) == {LOTUS}
    assert set(desk.hears(withdrawn("all"), stream("consent"))) == {LOTUS, LEIFENG}
    assert set(desk.hears(intake.ConsentExpired(consent_id=NEED, person_id=PERSON), stream("consent"))) == {
        LOTUS,
        LEIFENG,
    }


def test_a_referral_that_should_never_have_been_is_told_to_all_that_were_asked(desk: Desk) -> None:
    """H9."""
    desk.hears(OFFERED, stream("referral"))
    desk.hears(replace(OFFERED, organization_id=LEIFENG, handoff=OFFERED.handoff), stream("referral"))
    error = referral.ReferralEnteredInError(
        matter_id=MATTER, case_id=None, need_id=NEED, reason_code="x", approver_id="w-9"
    )
    told = desk.hears(error, stream("referral"))
    assert set(told) == {LOTUS, LEIFENG}
    assert "approver_id" not in told[LOTUS]["data"]


def test_a_task_of_a_volunteer_concerns_her_team_and_other_volunteers_are_not_named(desk: Desk) -> None:
    other = f"volunteer:{uuid4()}"
    assert set(desk.hears(volunteer.VolunteerJoinedTeam(team=f"team:{LOTUS}"), stream("volunteer", MEI))) == {LOTUS}
    assigned = volunteer.TaskAssigned(
        matter_id=MATTER, assignees=(f"volunteer:{MEI}", other), dispatcher="worker:w-1",
        handoff=Handoff(act="taken", matter_id=MATTER, giver="worker:w-1", takers=(f"volunteer:{MEI}", other)),
    )  # fmt: skip
    told = desk.hears(assigned, stream("task"))
    assert told[LOTUS]["data"]["assignees"] == [f"volunteer:{MEI}"]
    assert other not in json.dumps(told[LOTUS])
    done = Handoff(act="released", matter_id=MATTER, giver="unknown", takers=())
    verified = volunteer.TaskVerified(
        matter_id=MATTER, result="done", by="client", on_site=(), handoff=done    )  # fmt: skip
    assert set(desk.hears(verified, stream("task"))) == {LOTUS}
    desk.hears(volunteer.VolunteerLeftTeam(team=f"team:{LOTUS}"), stream("volunteer", MEI))
    assert desk.hears(replace(assigned), stream("task", uuid4())) == {}


def test_a_grant_concerns_the_fund_that_was_asked_from_then_on(desk: Desk) -> None:
    handoff = Handoff(act="offered", matter_id=MATTER, giver="worker:w-1", takers=(f"charity:{LOTUS}",), need_id=NEED)
    applied = referral.GrantApplied(
        matter_id=MATTER, case_id=None, person_id=PERSON, applicant="worker:w-1", holder="worker:w-1", applied_by="w-1",
        fund=f"charity:{LOTUS}", amount_fen=200, purpose_code="economic-hardship", consent_id=None, handoff=handoff,
    )  # fmt: skip
    assert desk.hears(applied, stream("grant"))[LOTUS]["data"]["amount_fen"] == 200
    used = referral.GrantUseReported(matter_id=MATTER, case_id=None, used_fen=200, use_codes=("medicine",))
    assert set(desk.hears(used, stream("grant"))) == {LOTUS}


def test_who_acted_is_told_of_ones_own_people_alone(desk: Desk) -> None:
    own = desk.hears(OFFERED, stream("referral"), actorid="p-1", actorrole="partner", actororg=str(LOTUS))
    theirs = desk.hears(OFFERED, stream("referral"), actorid="w-1", actorrole="worker", actororg="220104004")
    assert own[LOTUS]["actorid"] == "p-1"
    assert "actorid" not in theirs[LOTUS] and theirs[LOTUS]["actororg"] == "220104004"


def test_an_answer_that_the_station_wrote_down_is_told_as_the_organizations_own_word(desk: Desk) -> None:
    """H12."""
    told = desk.hears(
        OFFERED, stream("referral"), actorid="w-1", actororg="220104004", behalforg=f"team:{LOTUS}",
        behalfevidence="phone", behalfref="call-1",
    )  # fmt: skip
    assert (told[LOTUS]["behalforg"], told[LOTUS]["behalfevidence"]) == (f"team:{LOTUS}", "phone")


def test_what_is_restricted_concerns_nobody(desk: Desk) -> None:
    """INV-11."""
    event = intake.SafeguardingConcernRaised(
        concern_id=uuid4(), matter_id=uuid4(), need_id=uuid4(), situation_code="3", reporter_role="worker"
    )
    assert desk.hears(event, stream("safeguarding")) == {}


# --- the tables are whole ---


def test_every_event_that_names_a_party_is_told_to_somebody_or_is_nobodys_for_a_reason() -> None:
    undecided = [
        name for name, cls in EVENTS.items()
        if publisher_of(cls.__new__(cls)) in PUBLISHERS and not about(cls).get("restricted") and names_a_party(cls)
        and name not in TELLS and name not in NOBODYS
    ]  # fmt: skip
    assert undecided == [], "say in services/partner/concerns.py whom these concern"


def names_a_party(cls: type) -> bool:
    return any(
        "a party, <kind>" in str(hint) or name in ("organization_id", "organization_ids", "handoff")
        for name, hint in hints(cls).items()
    )


def test_nothing_restricted_is_told() -> None:
    """INV-11"""
    assert not [name for name in TELLS if about(EVENTS[name]).get("restricted")]


def test_every_field_of_what_is_told_is_shown_or_hidden_for_a_reason() -> None:
    told = {field.name for name in TELLS for field in fields(EVENTS[name])}
    assert told - SHOWN - HIDDEN.keys() == set(), "say in services/partner/concerns.py whether partners see these"
    assert SHOWN & HIDDEN.keys() == set()
    assert (SHOWN | HIDDEN.keys()) - told == set(), "no event that is told has these any more"


def test_a_volunteer_who_is_forgotten_belongs_nowhere_and_nobody_reads_the_visits(desk: Desk) -> None:
    """INV-35: under every record; an address that somebody still has leads nowhere."""
    other, calendar_id = UUID(int=21), UUID(int=81)
    for record in (MEI, other):
        desk.hears(volunteer.VolunteerJoinedTeam(team=f"team:{LEIFENG}"), f"volunteer/{record}")
    with desk.engine.begin() as connection:
        connection.execute(calendar.insert().values(calendar_id=calendar_id, party=f"volunteer:{other}"))
    gone = volunteer.VolunteerDataErased(keys=2, records=(other,))
    (do,) = whenever(said(gone, f"volunteer/{MEI}", "volunteer"), desk.views)
    assert (do.stream_id, do.command) == (calendar_id, CloseCalendar(reason_code="data-erased"))
    desk.hears(gone, f"volunteer/{MEI}")
    assert desk.views.all(t.member) == []
