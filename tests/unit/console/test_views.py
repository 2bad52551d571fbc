"""What events of other services change in the console's read models."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import services.contracts.audit  # noqa: F401 (it declares the events)
from services.console import effects, views
from services.console.hearing import Said, misfit
from services.console.record import Entry
from services.contracts import intake, referral, volunteer
from services.contracts.words import Handoff
from services.kernel.contract import EVENTS, canonical, name_of
from services.kernel.message import Envelope, Recorded, read_envelope
from services.kernel.view import Change, merged
from tests.unit.console.stories import DRIVERS, MATTER, NOW, WORKER

REFERRAL, OFFER, TEAM = UUID(int=4), UUID(int=20), UUID(int=30)


def heard(event: Any, publisher: str, stream: str, position: int = 1, **more: Any) -> Recorded:
    """An event as it comes over the wire."""
    data = {f.name: getattr(event, f.name) for f in fields(event)}
    raw = canonical({
        "id": UUID(int=99), "source": f"/{publisher}", "type": name_of(event), "subject": stream, "time": NOW,
        "position": position, "streamversion": position, "effectiveat": NOW - timedelta(days=1),
        "effectiveprecision": "instant", "actorid": "w-01", "actorrole": "worker", "data": data, **more,
    })  # fmt: skip
    envelope: Envelope = read_envelope(raw)
    return Recorded(envelope=envelope, raw=raw, event=None)


def rows(*messages: Recorded) -> dict[tuple[str, Any], Change]:
    """The changes of all messages together, by table and key."""
    found = merged(change for message in messages for change in views.project_heard(message))
    return {(change.table.name, change.key): change for change in found}


def received(**more: Any) -> Recorded:
    handoff = Handoff(act="taken", matter_id=MATTER, giver="unknown", takers=("community:220104004001",))
    event = intake.HelpRequestReceived(
        matter_id=MATTER, handoff=handoff, unit="community:220104004001", area="220104004001", came_by="phone",
        reporter_kind="self", need_codes=("small-repair",), urgency="urgent",
    )  # fmt: skip
    return heard(event, "intake", f"help-request/{MATTER}", **more)


def offered(position: int = 2, offer: UUID = OFFER) -> Recorded:
    handoff = Handoff(act="offered", matter_id=MATTER, giver=WORKER, takers=(DRIVERS,), need_id=REFERRAL)
    event = referral.ReferralOffered(
        matter_id=MATTER, offer_id=offer, organization_id=TEAM, kind="referral", mode="direct", urgency="normal",
        need_codes=("companionship",), areas=("220102",), remind_at=NOW, respond_by=NOW + timedelta(days=2), handoff=handoff,
    )  # fmt: skip
    return heard(event, "referral", f"referral/{REFERRAL}", position)


def declined(position: int = 3) -> Recorded:
    handoff = Handoff(act="refused", matter_id=MATTER, giver=DRIVERS, takers=(WORKER,), need_id=REFERRAL)
    event = referral.OfferDeclined(
        matter_id=MATTER, offer_id=OFFER, organization_id=TEAM, reason_code="no-capacity", answered_via="web", offers_left=0,
        handoff=handoff,
    )  # fmt: skip
    return heard(event, "referral", f"referral/{REFERRAL}", position)


def test_a_request_that_comes_in_is_a_new_matter_that_waits_for_triage():
    found = rows(received())
    matter = found["matter", (MATTER,)]
    assert matter.sets["holder"] == "community:220104004001"
    assert (matter.sets["kind"], matter.sets["state"], matter.sets["is_open"]) == ("help-request", "received", True)
    assert matter.adds == {"entries": 1}
    waiting = found["waiting", (f"help-request/{MATTER}",)]
    assert (waiting.sets["whose"], waiting.sets["what"], waiting.sets["urgency"]) == ("new", "triage", "urgent")


def test_the_record_keeps_what_was_said_and_gives_it_back():
    change = rows(received())["record", ("intake", 1)]
    entry = views.entry_of({"publisher": "intake", "position": 1, **change.sets})
    assert entry.takers == ("community:220104004001",)
    assert entry.needs == ("small-repair",)
    assert (entry.act, entry.opens, entry.closes, entry.channel) == ("taken", "matter", "", "phone")
    assert entry.effective_at == NOW - timedelta(days=1)


def test_an_offer_waits_for_the_organization_and_is_shown_to_it_in_codes():
    found = rows(received(), offered())
    waiting = found["waiting", (f"referral/{REFERRAL}",)]
    assert (waiting.sets["whose"], waiting.sets["what"], waiting.sets["party"]) == ("others", "offer", DRIVERS)
    assert waiting.adds == {"live": 1}
    offer = found["offer", (OFFER,)].sets
    assert (offer["organization_id"], offer["state"], offer["needs"], offer["areas"]) == (
        TEAM,
        "offered",
        "companionship",
        "220102",
    )
    assert offer["respond_by"] == NOW + timedelta(days=2)


def test_a_refusal_comes_back_to_the_station_with_its_reason():
    found = rows(offered(), declined())
    assert found["offer", (OFFER,)].sets["reason"] == "no-capacity"
    waiting = found["waiting", (f"referral/{REFERRAL}",)]
    assert (waiting.sets["whose"], waiting.sets["what"]) == ("mine", "re-offer")
    assert waiting.adds == {"live": 0}


def test_a_closed_request_waits_for_nothing_and_nobody_answers_for_it():
    event = intake.HelpRequestClosed(matter_id=MATTER, outcome="resolved", confirmed_by="client")
    found = rows(received(), heard(event, "intake", f"help-request/{MATTER}", 2))
    assert found["waiting", (f"help-request/{MATTER}",)].drop
    matter = found["matter", (MATTER,)].sets
    assert (matter["is_open"], matter["holder"], matter["state"]) == (False, "", "closed")


def test_a_pairing_that_is_a_matter_of_its_own_is_answered_for_from_its_first_day():
    handoff = Handoff(act="taken", matter_id=MATTER, giver="unknown", takers=("community:220102001001",))
    event = volunteer.PairingConvened(
        matter_id=MATTER, convener="unknown", holder="community:220102001001", units=(), handoff=handoff
    )
    found = rows(heard(event, "volunteer", f"pairing/{MATTER}"))
    matter = found["matter", (MATTER,)].sets
    assert (matter["holder"], matter["opened_at"]) == ("community:220102001001", NOW - timedelta(days=1))
    assert found["record", ("volunteer", 1)].sets["need_id"] is None


def test_guidance_with_a_promised_day_waits_for_the_resident_until_the_end_of_that_day():
    event = intake.GuidanceGiven(matter_id=MATTER, follow_up_by=datetime(2022, 8, 10).date())  # noqa: DTZ001
    found = rows(received(), heard(event, "intake", f"help-request/{MATTER}", 2))
    waiting = found["waiting", (f"help-request/{MATTER}",)].sets
    assert (waiting["whose"], waiting["what"]) == ("others", "client")
    assert waiting["due_at"].isoformat() == "2022-08-10T23:59:00+08:00"
    assert found["matter", (MATTER,)].sets["state"] == "waiting-client"


def test_safeguarding_never_enters_the_consoles_record():
    event = intake.SafeguardingConcernRaised(
        concern_id=UUID(int=7), matter_id=MATTER, need_id=UUID(int=7), situation_code="4", reporter_role="volunteer"
    )
    assert views.project_heard(heard(event, "intake", f"safeguarding/{UUID(int=7)}")) == []


def test_an_event_that_nobody_declared_yet_still_enters_the_record():
    raw = received().raw.replace(b"help-request.received", b"help-request.sung")
    message = Recorded(envelope=read_envelope(raw), raw=raw, event=None)
    assert ("record", ("intake", 1)) in rows(message)


def test_fields_of_an_unexpected_kind_are_nothing():
    said = Said({"matter_id": 7, "respond_by": "soon", "takers": "x", "handoff": []})
    assert said.ident("matter_id") is None
    assert said.moment("respond_by") is None
    assert said.texts("takers") == ""
    assert said.part("handoff").data == {}


def test_a_break_of_custody_is_an_alarm_until_it_is_mended():
    from services.contracts.audit import CustodyBroken, CustodyMended

    broken = CustodyBroken(matter_id=MATTER, finding="matter.none.3", fault="none", since=NOW, entry=3)
    mended = CustodyMended(matter_id=MATTER, finding="matter.none.3", fault="none", since=NOW, until=NOW)
    key = ("alarm", (f"{MATTER}/matter.none.3",))
    stream = f"custody/{MATTER}"
    assert rows(heard(broken, "audit", stream))[key].sets["code"] == "none"
    assert rows(heard(broken, "audit", stream), heard(mended, "audit", stream, 2))[key].drop


@pytest.mark.parametrize("table", [effects.MATTER, effects.STRAND, effects.OFFER, effects.WAITS])
def test_the_tables_speak_of_events_that_are_declared(table: dict[str, Any]):
    assert table.keys() - EVENTS.keys() == set()


def test_every_column_of_the_record_is_a_field_of_an_entry():
    names = {f.name for f in fields(Entry)}
    assert {column.name for column in views.record.columns} == names


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"under_plan": False, "conflict": "recorded-after-closing"}, "recorded-after-closing"),
        ({"under_plan": False}, "before-plan"),
        ({"under_plan": True}, ""),
        ({"result": "ok", "conflict": "after-end"}, "after-end"),
    ],
)
def test_what_does_not_fit_what_was_so_then_is_marked_and_opens_nothing_again(told: dict[str, Any], why: str):
    """H8: a paper that tells of a day after the closing leaves the case closed."""
    assert misfit(Said(told)) == why
    assert effects.matter_state("case.service-delivered", why, False) == (None if why else "intervening")
