"""Auditors' work from the command line: samples that a seed draws, and findings with their answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from wushe.client import Client, hub_options
from wushe.commands.matters import instant
from wushe.output import as_json, say
from wushe.wording import FAULTS

BASE = "/audit/v1"
STATES = ("raised", "answered", "resolved", "reopened")


@click.command()
@click.option("--seed", help="What the draw follows from: it is on record before anything is drawn.")
@click.option("--per-stratum", type=click.IntRange(1, 1_000), default=5, show_default=True,
              help="How many matters of each station and kind.")  # fmt: skip
@click.option("--station", help="An area code: of this station and its points alone.")
@click.option("--kind", help="Matters that began as this alone, such as case.")
@click.option("--purpose", default="audit", show_default=True, help="Why it is drawn: it is on record.")
@click.option("--again", type=click.UUID, help="Draw a sample that was planned before; it is the same.")
@hub_options
@as_json
def sample(
    seed: str | None, per_stratum: int, station: str | None, kind: str | None, purpose: str, again: UUID | None,
    url: str, token: str, folder: Path, json_: bool,
) -> None:  # fmt: skip
    """Plan a sample of matters by a seed, and draw it: so many of each station and kind, and nobody chooses which."""
    if (seed is None) == (again is None):
        raise click.UsageError("say one of --seed and --again")
    client = Client(url, token, folder, json_=json_)
    plan = {"seed": seed, "per_stratum": per_stratum, "purpose": purpose, "station": station, "kind": kind}
    said = {name: value for name, value in plan.items() if value is not None}
    sample_id = str(again) if again else client.post(f"{BASE}/samples", said, json_)["id"]
    found = {"id": sample_id, **_drawn(client, sample_id, json_)}
    say(found, json_, "" if json_ else _sample(found))


def _drawn(client: Client, sample_id: str, json_: bool) -> dict[str, Any]:
    return client.get(f"{BASE}/samples/{sample_id}/draw", json_)  # type: ignore[no-any-return]


def _sample(found: dict[str, Any]) -> str:
    coverage = found["coverage"]
    lines = [
        f"抽样 / sample {found['id']}, seed {found['seed']}, 台账 / ledger {found['size']} {found['root']}",
        f"总体 / population {coverage['population']}, 抽取 / drawn {coverage['drawn']}, 已看 / looked at {coverage['looked_at']}",
    ]
    for stratum in found["strata"]:
        lines.append(f"{stratum['station'] or '—'} {stratum['kind']}: {len(stratum['drawn'])}/{stratum['population']}")
        lines += [f"  {'✓' if each['looks'] else '·'} {each['matter_id']}" for each in stratum["drawn"]]
    return "\n".join(lines)


@click.group()
def findings() -> None:
    """What is wrong: raised by auditors, broken custody, and differences with publishers' logs / 审计发现。"""


@findings.command("list")
@click.option("--state", type=click.Choice(STATES), help="Auditors' findings in this state alone.")
@click.option("--matter", type=click.UUID, help="In this matter alone.")
@hub_options
@as_json
def list_(state: str | None, matter: UUID | None, url: str, token: str, folder: Path, json_: bool) -> None:
    """List auditors' findings, breaks of custody that are open with what would close them, and differences of logs."""
    client, of = Client(url, token, folder, json_=json_), None if matter is None else str(matter)
    found = {"raised": client.all(f"{BASE}/audit-findings", json_, state=state, matter_id=of)}
    if state is None:
        found["custody"] = client.all(f"{BASE}/findings", json_, state="open", matter_id=of)
    if state is None and matter is None:
        found["differences"] = client.all(f"{BASE}/differences", json_, state="open")
    say(found, json_, "" if json_ else _listed(found))


def _listed(found: dict[str, Any]) -> str:
    lines = [
        f"{row['finding_id']}  {row['state']:9} {row['finding_code']}  {row['matter_id']}  "
        f"答复期限 / answer by {row['answer_by']}{'  逾期 / late' if row['late'] else ''}"
        for row in found["raised"]
    ]
    for row in found.get("custody", ()):
        closes = "; ".join(f"{way['zh']} / {way['en']}" for way in row["closed_by"])
        lines.append(f"{row['matter_id']}  {FAULTS.get(row['fault'], row['fault'])}  {row['since']}\n  → {closes}")
    lines += [
        f"{row['publisher']}  {row['code']} @ {row['position']} (entry {row['entry']})"
        for row in found.get("differences", ())
    ]
    return "\n".join(lines) or "没有 / none"


@findings.command("raise")
@click.argument("matter", type=click.UUID)
@click.argument("code")
@click.option("--answer-by", type=instant, required=True, help="Until when the station is to answer, e.g. 2026-12-15.")
@click.option(
    "--entry", "entries", type=click.IntRange(0), multiple=True, help="An entry that shows it; may be repeated."
)
@click.option("--sample", "sample_id", type=click.UUID, help="The sample in which it was found.")
@hub_options
@as_json
def raise_(
    matter: UUID, code: str, answer_by: str, entries: tuple[int, ...], sample_id: UUID | None, url: str, token: str,
    folder: Path, json_: bool,
) -> None:  # fmt: skip
    """Raise the finding CODE in MATTER; its station is to answer by a day."""
    said: dict[str, Any] = {"matter_id": str(matter), "finding_code": code, "answer_by": answer_by}
    said |= {"entries": list(entries)} if entries else {}
    said |= {"sample_id": str(sample_id)} if sample_id else {}
    found = Client(url, token, folder, json_=json_).post(f"{BASE}/audit-findings", said, json_)
    say(found, json_, f"已提出 / raised: {found['id']}")


@findings.command()
@click.argument("finding", type=click.UUID)
@click.argument("code")
@click.option(
    "--entry", "entries", type=click.IntRange(0), multiple=True, help="An entry that shows it; may be repeated."
)
@click.option("--org", default="", help="For which station you answer: its area code.")
@hub_options
@as_json
def answer(
    finding: UUID, code: str, entries: tuple[int, ...], org: str, url: str, token: str, folder: Path, json_: bool
) -> None:
    """Answer FINDING with CODE, for the station whose matter it is."""
    client = Client(url, token, folder, role="station_head", json_=json_, org=org)
    said: dict[str, Any] = {"answer_code": code} | ({"entries": list(entries)} if entries else {})
    found = client.post(f"{BASE}/audit-findings/{finding}/answer", said, json_)
    say(found, json_, f"已答复 / answered: {found['id']}")


@findings.command()
@click.argument("finding", type=click.UUID)
@click.argument("code")
@hub_options
@as_json
def resolve(finding: UUID, code: str, url: str, token: str, folder: Path, json_: bool) -> None:
    """Say that FINDING is over, with the result CODE."""
    found = Client(url, token, folder, json_=json_).post(
        f"{BASE}/audit-findings/{finding}/resolution", {"result_code": code}, json_
    )
    say(found, json_, f"已办结 / resolved: {found['id']}")


@findings.command()
@click.argument("finding", type=click.UUID)
@click.argument("code")
@click.option("--answer-by", type=instant, required=True, help="Until when the station is to answer anew.")
@hub_options
@as_json
def reopen(finding: UUID, code: str, answer_by: str, url: str, token: str, folder: Path, json_: bool) -> None:
    """Say that FINDING is not over after all, for the reason CODE."""
    said = {"reason_code": code, "answer_by": answer_by}
    found = Client(url, token, folder, json_=json_).post(f"{BASE}/audit-findings/{finding}/reopening", said, json_)
    say(found, json_, f"已重开 / reopened: {found['id']}")
