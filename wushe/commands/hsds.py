"""`wushe import hsds`: a directory in the form of HSDS 3.0, taken over by ordinary commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

import click

from services.contracts.referral import OrganizationKind
from services.importing.hsds import NoDirectory, Plan, read
from services.importing.hub import Hub, Refusal
from services.importing.report import Report, save
from services.importing.sending import Sender
from wushe.client import no_hub
from wushe.output import as_json, fail, say


@click.command(name="hsds")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say line by line what the hub would answer, and write nothing.")
@click.option("--org", required=True, help="The station that takes it over; the same each time.")
@click.option("--kind", type=click.Choice(get_args(OrganizationKind)), default="social_organization", show_default=True,
              help="What an organization is of which the dataset does not say it.")  # fmt: skip
@click.option("--code", "codes", multiple=True, metavar="TERM=CODE", help="What a term of the dataset is called here.")
@click.option("--report", "report_to", type=click.Path(dir_okay=False, path_type=Path), help="Where the report goes.")
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="Where the hub answers.")
@click.option("--token", default="", help="A token; without one, the embedded hub's key makes one.")
@click.option("--var", "folder", default="var", show_default=True, type=click.Path(path_type=Path),
              help="Folder of the embedded hub.")  # fmt: skip
@as_json
def hsds(
    source: Path, dry_run: bool, org: str, kind: Any, codes: tuple[str, ...], report_to: Path | None, url: str, token: str,
    folder: Path, json_: bool,
) -> None:  # fmt: skip
    """Take the directory SOURCE over (JSON, or a folder of CSV files): the same twice changes nothing."""
    from wushe.commands.registers import token_for

    try:
        plan = Plan(read(source), org, kind, dict(each.split("=", 1) for each in codes))
        report = run(
            plan, Hub(url, token or token_for(folder, "coordinator", org, json_)), Report("hsds", source.name, dry_run)
        )
    except ValueError:
        fail("bad-code", "--code takes TERM=CODE.", "--code 应为 词=代码。", json_, 2)
    except NoDirectory:
        fail("no-directory", "This holds no directory in the form of HSDS 3.0.", "这不是 HSDS 3.0 名录。", json_, 2)
    except Refusal as refused:
        fail(refused.code, refused.en, refused.zh, json_)
    except ConnectionError:
        no_hub(url, json_)
    place = report_to or source.with_name(f"{source.stem}.import-report.xlsx")
    save(report, place)
    say(report.value | {"report": str(place)}, json_, f"{report.text()}\n→ {place}")
    if not report.is_clean:
        sys.exit(1)


def run(plan: Plan, hub: Hub, report: Report) -> Report:
    """Send everything, or try it, and report on each line."""
    sender = Sender(lambda: hub.poster("referral"), dry_run=report.dry_run)
    for planned in plan:
        report.planned(planned)
        for answer in sender.send(() if planned.is_wrong else planned.steps):
            report.answered(answer, 1)
    for answer in sender.finish():
        report.answered(answer, 1)
    return report
