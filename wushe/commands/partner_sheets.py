"""`wushe partner export` and `wushe partner import`: an organization's offers as a sheet, and its answers from one."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import click

from wushe.client import Client, hub_options
from wushe.output import as_json, say

PLACE = "/referral/v1/inbox/sheet"
FORMATS = {".xlsx": "xlsx", ".csv": "csv"}
SIGNS = {"done": "✓", "again": "=", "refused": "✗", "wrong": "✗", "ready": "✓"}
HEADINGS = ("行 / row", "结果 / result", "要约 / offer", "列 / column", "代码 / code", "说明", "what")
ROLE = "partner"


def _format(path: Path) -> str:
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise click.BadParameter("a file ends with .xlsx or .csv / 文件须为 .xlsx 或 .csv")
    return found


@click.command("export")
@click.option(
    "--out", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="offers.xlsx or .csv."
)
@click.option("--org", default="", help="For whom, where the embedded hub's own key makes the token.")
@hub_options
@as_json
def export(out: Path, org: str, url: str, token: str, folder: Path, json_: bool) -> None:
    """Write what waits for the organization of the token into a sheet, with columns for its answers."""
    raw = Client(url, token, folder, ROLE, json_, org).file(PLACE, json_, format=_format(out))
    out.write_bytes(raw)
    say({"file": str(out), "bytes": len(raw)}, json_, f"{out}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say which lines can be read.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report into this .csv as well."
)
@click.option("--org", default="", help="For whom, where the embedded hub's own key makes the token.")
@hub_options
@as_json
@click.pass_context
def import_(
    ctx: click.Context, file: Path, dry_run: bool, report: Path | None, org: str, url: str, token: str, folder: Path,
    json_: bool,
) -> None:  # fmt: skip
    """Answer by a sheet that was exported; the same file again changes nothing. Ends with 1 where a line was not taken."""
    _format(file)
    client = Client(url, token, folder, ROLE, json_, org)
    told = client.upload(PLACE, file.read_bytes(), json_, dry_run="true" if dry_run else "false")
    if report is not None:
        _write(report, told["lines"])
    say(told, json_, "\n".join([*_lines(told["lines"]), _summary(told["counts"])]))
    ctx.exit(1 if told["counts"]["refused"] or told["counts"]["wrong"] else 0)


def _lines(lines: list[dict[str, Any]]) -> list[str]:
    """A line for each that was answered; nothing is said of those that were left empty."""
    shown = (line for line in lines if line["result"] != "empty")
    return [
        f"{SIGNS[line['result']]} {line['row']:>4}  {line['act'] or '':<10} {line['result']:<8}"
        + (f"{line['column'] or ''}  {line['code']}: {line['en']} / {line['zh']}" if line["code"] else "")
        for line in shown
    ]


def _summary(counts: dict[str, int]) -> str:
    return (
        ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing was filled in / 未填写答复"
    )


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    """The report holds rows, columns and codes, and repeats no cell, so nothing in it is read as a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        made = csv.writer(file)
        made.writerow(HEADINGS)
        names = ("row", "result", "offer_id", "column", "code", "zh", "en")
        made.writerows([line[name] for name in names] for line in lines)
