"""What can be chosen where a school and a community pair up, and where activities are written down."""

from __future__ import annotations

from collections.abc import Iterable

from services.console.acts.looking import Looking, Option, listed, organizations

NEWEST = 20


def receivers_at_all(looking: Looking) -> Iterable[Option]:
    """Whom a consent may name: every active organization, and the students of pairs, who meet clients as well."""
    yield from organizations(looking)
    for row in looking.rows("volunteer", "/pairing-parties", role="party"):
        if str(row["party"]).startswith("person:"):
            yield Option(
                value=str(row["party"]),
                label=looking.words.party(str(row["party"])),
                reasons=(looking.words("pair.student"),),
            )


def units(looking: Looking) -> Iterable[Option]:
    """The two units of a pair."""
    for row in looking.rows("volunteer", "/pairing-parties", pairing_id=str(looking.at.subject.id), role="unit"):
        yield Option(value=str(row["party"]), label=looking.words.party(str(row["party"])))


def communities(looking: Looking) -> Iterable[Option]:
    """Communities, each of which may hold a pair."""
    return organizations(looking, "community")


def colleges(looking: Looking) -> Iterable[Option]:
    """Universities and their schools."""
    return organizations(looking, "university")


def hosts(looking: Looking) -> Iterable[Option]:
    """Who may have held an activity."""
    return organizations(looking)


def conveners(looking: Looking) -> Iterable[Option]:
    """Who may have brought a pair together."""
    return organizations(looking, "social_organization", "authority")


def agreements(looking: Looking) -> Iterable[Option]:
    """The agreements that are in force."""
    for row in looking.rows("referral", "/agreements", state="signed"):
        day = str(row.get("signed_on") or "")
        yield Option(
            value=str(row["agreement_id"]),
            label=looking.words.parties(listed(row["parties"])),
            reasons=(day,) if day else (),
        )


def pairings(looking: Looking) -> Iterable[Option]:
    """The pairs of school and community that work now: as long as they do, what they were told stays open to them."""
    for row in looking.rows("volunteer", "/pairings", kind="school_community"):
        if row.get("state") != "ended":
            yield Option(
                value=str(row["pairing_id"]),
                label=looking.words.party(str(row["holder"])),
                reasons=(str(row["pairing_id"])[:8],),
            )


def cases(looking: Looking) -> Iterable[Option]:
    """The open cases that whoever looks may see; told apart by their needs and numbers, for nobody is named here."""
    t = looking.words
    for row in looking.rows("intake", "/cases"):
        if row.get("state") not in ("closed", "entered_in_error", "transferred"):
            said = t.all("need", listed(row.get("need_codes"))) or t.code("matter-kind", "case")
            yield Option(
                value=str(row["case_id"]), label=said, reasons=(str(row["matter_id"])[:8], t.party(str(row["owner"])))
            )


def activities(looking: Looking) -> Iterable[Option]:
    """The newest activities on record."""
    t = looking.words
    rows = sorted(looking.rows("intake", "/activities"), key=lambda row: str(row.get("held_at") or ""), reverse=True)
    for row in rows[:NEWEST]:
        yield Option(
            value=str(row["activity_id"]),
            label=t.code("activity_kind", str(row["kind"])),
            reasons=(t.party(str(row["host"])), str(row.get("held_at") or "")[:10]),
        )
