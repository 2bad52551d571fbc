"""A station replaces a code table from a day on, on the real stack: what was said before keeps its meaning (INV-40)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.contracts.tables import BEIJING
from tests.support.clocked import Clocked
from tests.support.station import Station, Told, until
from tests.support.volunteering import now

pytestmark = [pytest.mark.scenario, pytest.mark.timeout(300)]

OWN = """table = "client_group"
version = "yongchang-own"
since = {since}
extends = true
leave_out = ["resident"]

[terms.living-alone]
zh = "一人居住"
en = "lives by herself"

[terms.night-shift]
zh = "夜班家庭"
en = "family on night shifts"
"""


def today(later: Clocked) -> datetime:
    """What the hub's clocks say, in China."""
    return (now() + later.ahead.get("intake", timedelta())).astimezone(BEIJING)


def table(station: Station) -> Told:
    """The table with all its editions, as anybody reads it."""
    return dict(station.get("/referral/code-tables/client_group"))


def offered(station: Station) -> set[str]:
    """The codes that are shown to choose from."""
    return {term["code"] for term in station.get("/intake/codes")["client_group"]["terms"]}


def counts(station: Station, person: str, code: str, **happened: str) -> None:
    """A person is counted to a group."""
    station.do(f"/intake/persons/{person}/groups", {"group_code": code, "basis": "told"}, **happened)


def test_a_table_is_replaced_from_a_day_on_and_what_was_said_before_keeps_its_meaning(later: Clocked) -> None:
    station = Station(later.hub)
    early, late = station.person(), station.person(pseudonym="李明华")
    counts(station, early, "resident")
    counts(station, early, "living-alone")
    day = today(later)
    file = later.codes / "groups.toml"
    file.write_text(OWN.format(since=(day + timedelta(days=1)).date()), "utf-8")
    until(
        lambda: [e for e in table(station)["editions"] if e["version"] == "yongchang-own"], "the new edition is placed"
    )

    # Until its first day it is shown, and neither offered nor taken.
    until(lambda: "night-shift" not in offered(station) and "resident" in offered(station), "intake has placed it too")
    too_early = {"group_code": "night-shift", "basis": "told"}
    station.refused("unknown-code", f"/intake/persons/{late}/groups", too_early)

    # From that day on it holds; what is not in it any more is refused, with what would do and where all of it stands.
    later.pass_time(days=1)
    until(lambda: "night-shift" in offered(station) and "resident" not in offered(station), "its first day has come")
    refused = station.refused(
        "unknown-code", f"/intake/persons/{late}/groups", {"group_code": "resident", "basis": "told"}
    )
    assert refused["field"] == "group_code"
    for said in (refused["detail"], refused["detail_zh"]):
        assert "yongchang-own" in said and "living-alone" in said and "/referral/v1/code-tables/client_group" in said, (
            said
        )
    counts(station, late, "night-shift")
    counts(station, late, "resident", at=day.isoformat())  # a paper of yesterday speaks the words of yesterday

    # Each tag names the edition that it is of, and is read with that one's words.
    tags = [
        *station.items(f"/intake/client-groups?person_id={early}"),
        *station.items(f"/intake/client-groups?person_id={late}"),
    ]
    assert {(tag["person_id"], tag["group_code"]): tag["table_version"] for tag in tags} == {
        (early, "resident"): "2022", (early, "living-alone"): "2022",
        (late, "night-shift"): "yongchang-own", (late, "resident"): "2022",
    }  # fmt: skip
    words = {
        edition["version"]: {term["code"]: term["zh"] for term in edition["terms"]}
        for edition in table(station)["editions"]
    }
    assert (words["2022"]["living-alone"], words["yongchang-own"]["living-alone"]) == ("独居", "一人居住")
    assert "resident" in words["2022"] and "resident" not in words["yongchang-own"]

    # It is on record by the digest of what it says; what would change the words of a day that has passed is refused.
    (own,) = [edition for edition in table(station)["editions"] if edition["own"]]
    adopted = [e["data"] for e in station.log("referral") if e["type"] == "code-table.edition-adopted"]
    assert [(e["table"], e["edition"], e["digest"]) for e in adopted] == [
        ("client_group", "yongchang-own", own["digest"])
    ]
    file.write_text(file.read_text("utf-8").replace("夜班家庭", "别的意思"), "utf-8")
    later.pass_time(days=1)
    faults = until(lambda: station.get("/referral/code-tables")["refused"], "the changed file is refused")
    assert any(fault.startswith("groups.toml:3: client_group, edition yongchang-own") for fault in faults), faults
    assert [edition for edition in table(station)["editions"] if edition["own"]] == [own]
    counts(station, late, "living-alone")
