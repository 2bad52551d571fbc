"""Figures and monthly reports of a running hub, for people and for spreadsheets."""

from __future__ import annotations

from pathlib import Path

import click

from wushe import reporting
from wushe.client import Client, hub_options
from wushe.commands.matters import instant
from wushe.output import as_json, fail, say


@click.command()
@click.option("--month", required=True, help="The month, e.g. 2026-10.")
@click.option("--station", default="", help="The area code of a station or point; without one, the whole hub.")
@click.option("--known-at", type=instant, help="The figures as they were known at this time.")
@click.option("--sealed", is_flag=True, help="The report as it was sealed, and not the figures as they are known now.")
@click.option("--seal", is_flag=True, help="Seal the report of a month that is over; it never changes after that.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the sealed report as .xlsx or .csv."
)
@hub_options
@as_json
def report(
    month: str, station: str, known_at: str | None, sealed: bool, seal: bool, out: Path | None,
    url: str, token: str, folder: Path, json_: bool,
) -> None:  # fmt: skip
    """Show the figures of a month, or its sealed report; seal it; write it as a spreadsheet."""
    role = "auditor" if not seal else "station_head" if station else "administrator"
    client = Client(url, token, folder, role=role, org=station, json_=json_)
    place = f"/audit/v1/monthly-reports/{station or 'hub'}/{month}"
    if seal:
        found = client.post("/audit/v1/monthly-reports", {"month": month, "station": station or None}, json_)
    elif sealed or out:
        found = client.get(place, json_)
    else:
        found = client.get("/audit/v1/figures", json_, month=month, station=station or None, known_at=known_at)
    if out is not None:
        _write(client, place, out, json_)
    say(found, json_, "" if json_ else reporting.report(found))


def _write(client: Client, place: str, out: Path, json_: bool) -> None:
    kind = out.suffix.lstrip(".")
    if kind not in ("xlsx", "csv"):
        fail("no-such-format", "A sheet is .xlsx or .csv.", "表格为 .xlsx 或 .csv。", json_, 2)
    out.write_bytes(client.file(f"{place}/sheet", json_, format=kind))
