"""What a form lets people choose from that no code table holds: organizations, people, consents, strands, goals.

Each source is asked from the service that owns it, with the rights of whoever looks at the form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.console.acts.looking import Looking, Option, listed, organizations
from services.console.acts.pair_options import (
    activities,
    agreements,
    cases,
    colleges,
    communities,
    conveners,
    hosts,
    pairings,
    receivers_at_all,
    units,
)
from services.console.words import Words

UNNAMED = "worker:unnamed"
"""A colleague whose name is not told: a paper may say that two went, and name one (INV-29)."""


def options(looking: Looking, sources: Iterable[str]) -> dict[str, tuple[Option, ...]]:
    """What can be chosen from each of these sources."""
    return {source: tuple(SOURCES[source](looking)) for source in sources}


def candidates(looking: Looking) -> Iterable[Option]:
    """Organizations that could take the need, the soonest first, with why and why not, then what would let others in.

    Which suggestion was shown goes with the choice, so that it is on record.
    """
    answer = looking.hub.get("referral", f"/referrals/{looking.at.subject.id}/candidates")
    body = answer.body if answer.ok and isinstance(answer.body, dict) else {}
    if body.get("suggestion"):
        looking.shown["suggestion"] = json.dumps(body["suggestion"])
    for row in body.get("items") or ():
        said, not_ = (
            tuple(_said(looking.words, each) for each in row.get(name) or ()) for name in ("reasons", "why_not")
        )
        yield Option(
            value=str(row["organization_id"]), label=looking.words.party(str(row["party"])), reasons=said, against=not_
        )
    for row in body.get("relaxations") or ():
        others = tuple(_called(looking, body, each) for each in row.get("organizations") or ())
        yield Option(value="", label=looking.words("act.relax", what=_said(looking.words, row)), reasons=others,
                     against=(looking.words("act.not-as-it-is"),))  # fmt: skip


def _called(looking: Looking, body: Mapping[str, Any], organization: Mapping[str, Any]) -> str:
    """One of the candidates by name."""
    ident = organization["organization_id"]
    parties = (str(each["party"]) for each in body.get("items") or () if each["organization_id"] == ident)
    return looking.words.party(next(parties, f"organization:{ident}"))


def _said(t: Words, row: Mapping[str, Any]) -> str:
    """Something that the service has words for in both languages."""
    return t.pick(str(row.get("zh") or ""), str(row.get("en") or "")) or t.any(str(row.get("code")))


def parties(looking: Looking) -> Iterable[Option]:
    """Every active organization, as a party."""
    return organizations(looking)


def givers(looking: Looking) -> Iterable[Option]:
    """Those who give money or goods."""
    return organizations(looking, "charity")


def anybody(looking: Looking) -> Iterable[Option]:
    """One active organization."""
    return organizations(looking)


def helpers(looking: Looking) -> Iterable[Option]:
    """Who has taken a need of the matter."""
    taken = dict.fromkeys(party for strand in looking.story.strands.values() for party in strand.parties)
    yield from (Option(value=party, label=looking.words.party(party)) for party in taken)


def guardians(looking: Looking) -> Iterable[Option]:
    """Who may consent for the person."""
    t, person_id = looking.words, looking.at.person_id
    for row in looking.rows("intake", "/guardians", person_id=person_id) if person_id else ():
        if not row.get("until"):
            said = t.code("guardian_relation", str(row["relation"]))
            yield Option(value=str(row["guardian_id"]), label=said, reasons=(str(row["guardian_id"])[:8],))


def alike(looking: Looking) -> Iterable[Option]:
    """Records that look like this one, and nobody has looked into."""
    for row in looking.rows("intake", "/duplicates", person_id=str(looking.at.subject.id), state="suspected"):
        label = looking.words("alike.record", ref=str(row["candidate_id"])[:8])
        yield Option(value=str(row["candidate_id"]), label=label, reasons=(looking.words(f"rule.{row['rule']}"),))


def receivers(looking: Looking) -> Iterable[Option]:
    """Whom a consent names."""
    for party in listed(looking.at.subject.known.get("receivers")):
        yield Option(value=party, label=looking.words.party(party))


def pairs(looking: Looking) -> Iterable[Option]:
    """Who of the station's own may be one of a pair."""
    return workers(looking)


def named(looking: Looking) -> Iterable[Option]:
    """One of those whom a consent names."""
    return receivers(looking)


def workers(looking: Looking) -> Iterable[Option]:
    """Oneself first, then the staff that the directory knows."""
    me = looking.at.me
    yield Option(value=me, label=f"{looking.words('act.me')} ({looking.at.actor_id})")
    for row in looking.rows("referral", "/staff", state="working"):
        if str(row["worker"]) != me:
            yield Option(value=str(row["worker"]), label=looking.words.party(str(row["worker"])))


def consents(looking: Looking) -> Iterable[Option]:
    """The consents of the person that are in force: for what, and for whom."""
    t, person_id = looking.words, looking.at.person_id
    for row in looking.rows("intake", "/consents", person_id=person_id) if person_id else ():
        if row.get("state") == "granted":
            purposes = t.all("purpose", listed(row.get("purposes")))
            receivers = t.parties(listed(row.get("receivers"))) if row.get("receivers") else t("act.no-receiver")
            yield Option(value=str(row["consent_id"]), label=purposes, reasons=(receivers,))


def volunteers(looking: Looking) -> Iterable[Option]:
    """Who may be sent: volunteers, teams, and the station's own people."""
    t = looking.words
    for row in looking.rows("volunteer", "/volunteers", state="active"):
        party = f"volunteer:{row['volunteer_id']}"
        yield Option(value=party, label=t.party(party))
    yield from organizations(looking, "volunteer_team")
    yield from workers(looking)
    yield Option(value=UNNAMED, label=looking.words("act.unnamed"))


def going(looking: Looking) -> Iterable[Option]:
    """Those who are to go."""
    for row in looking.rows("volunteer", "/assignments", task_id=str(looking.at.subject.id)):
        if row.get("state") == "assigned":
            yield Option(value=str(row["assignee"]), label=looking.words.party(str(row["assignee"])))


def asked(looking: Looking) -> Iterable[Option]:
    """The organizations that were asked and have not answered for good."""
    for row in looking.rows("referral", "/offers", referral_id=str(looking.at.subject.id)):
        if row.get("state") == "live":
            label = looking.words.party(str(row.get("party") or f"organization:{row['organization_id']}"))
            yield Option(value=str(row["organization_id"]), label=label)


def strands(looking: Looking) -> Iterable[Option]:
    """The strands of the matter that are still open."""
    t = looking.words
    for strand in looking.story.strands.values():
        label = t.code("strand-kind", strand.kind) + (
            t.pick("：", ": ") + t.all("need", strand.needs) if strand.needs else ""
        )
        yield Option(value=str(strand.id), label=label, reasons=(t.code("strand-state", strand.state),))


def goals(looking: Looking) -> Iterable[Option]:
    """Each goal of the case's plan with each result there may be."""
    t = looking.words
    for code in listed(looking.at.subject.known.get("goal_codes")):
        for result in ("achieved", "partly", "not_achieved"):
            said = f"{t.code('goal_code', code)}{t.pick('：', ': ')}{t.code('goal-result', result)}"
            yield Option(value=f"{code}={result}", label=said)


SOURCES: Mapping[str, Callable[[Looking], Iterable[Option]]] = {
    "candidates": candidates, "parties": parties, "givers": givers, "workers": workers, "consents": consents,
    "volunteers": volunteers, "going": going, "asked": asked, "strands": strands, "goals": goals,
    "receivers_at_all": receivers_at_all, "units": units, "communities": communities, "colleges": colleges, "hosts": hosts,
    "conveners": conveners, "agreements": agreements, "pairs": pairs, "named": named, "pairings": pairings, "cases": cases,
    "activities": activities,
    "anybody": anybody, "helpers": helpers, "guardians": guardians, "alike": alike, "receivers": receivers,
}  # fmt: skip
