"""Registers in spreadsheets: taken over from a file, and written out again."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from services.contracts.visibility import BOUND
from services.contracts.words import ROLES
from services.importing.days import HERE
from services.importing.export import Export
from services.importing.hub import Hub, Refusal
from services.importing.mapping import BadMapping, Register, builtin, load
from services.importing.plan import Planner
from services.importing.report import Report, save, write
from services.importing.running import run
from services.importing.secret import kept_secret
from services.importing.sheets import NoRegister, opened
from services.importing.values import Context
from services.kernel.clock import system_clock
from services.kernel.message import Actor
from wushe.client import no_hub
from wushe.commands.hsds import hsds
from wushe.embedded import Folder
from wushe.local import needs_hub
from wushe.output import as_json, fail, say

TOLD_SECONDS = 2.0


def setting_options(command: Any) -> Any:
    """`--as`, `--token`, `--url`, `--var`, `--set`, `--year`: who asks which hub, and what the register does not say."""
    options = (
        click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="Where the hub answers."),
        click.option("--token", default="", help="A token; without one, the embedded hub's key makes one."),
        click.option("--var", "folder", default="var", show_default=True, type=click.Path(path_type=Path),
                     help="Folder of the embedded hub, and of the secret that recognises rows."),
        click.option("--as", "who", default="coordinator", show_default=True, metavar="ROLE[:ID]",
                     help="In whose name, where no token is given."),
        click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="A setting of the mapping."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


class Import(click.Command):
    """Takes a register; where the first word is `hsds`, a directory in the form of that standard."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command that is meant."""
        if args and args[0] == hsds.name:
            return hsds.make_context(f"{info_name} {hsds.name}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(name="import", cls=Import)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_", required=True, help=f"A YAML file, or a built-in one: {', '.join(builtin())}.")
@click.option("--dry-run", is_flag=True, help="Say line by line what the hub would answer, and write nothing.")
@click.option("--sheet", help="Which sheet; the first, if none is named.")
@click.option("--year", type=click.IntRange(1900, 2200), help="The year of dates that name none.")
@click.option("--channel", type=click.Choice(["import", "paper"]), default="import", show_default=True)
@click.option("--secret", type=click.Path(dir_okay=False, path_type=Path), help="The secret; <var>/import.key if none.")
@click.option("--report", "report_to", type=click.Path(dir_okay=False, path_type=Path),
              help="Where the report goes (.xlsx, .csv); beside the file, if nowhere is said.")  # fmt: skip
@setting_options
@as_json
def import_(
    file: Path, mapping_: str, dry_run: bool, sheet: str | None, year: int | None, channel: str, secret: Path | None,
    report_to: Path | None, url: str, token: str, folder: Path, who: str, sets: tuple[str, ...], json_: bool,
) -> None:  # fmt: skip
    """Take the register FILE (XLSX or CSV) over by ordinary commands; the same file twice changes nothing."""
    register = _register(mapping_, sets, json_)
    org = str(register.settings["station"])
    hub = Hub(url, token or token_for(folder, who, org, json_))
    try:
        read = opened(file, set(register.by_heading), sheet)
        context = Context(system_clock().astimezone(HERE).date(), hub.tables(), year, register.parties, register.places)
        planner = Planner(register, context, read, kept_secret(secret or folder / "import.key"), org, channel)
        report = run(planner, hub, Report(register.register, file.name, dry_run), _telling(json_))
    except NoRegister as none:
        fail("no-register", f"{none.en}.", f"{none.zh}。", json_, 2)
    except Refusal as refused:
        fail(refused.code, refused.en, refused.zh, json_)
    except ConnectionError:
        no_hub(url, json_)
    place = report_to or file.with_name(f"{file.stem}.import-report.xlsx")
    save(report, place)
    say(report.value | {"report": str(place)}, json_, f"{report.text()}\n→ {place}")
    if not report.is_clean:
        sys.exit(1)


@click.command()
@click.argument("register", type=click.Choice(list(builtin())))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help=".xlsx or .csv")
@click.option(
    "--why", help="With people's names, for this purpose (casework, visit, audit, …): each reading is on record."
)
@click.option("--org", default="", help="The station in whose name it is asked, where no token is given.")
@setting_options
@as_json
def export(
    register: str, output: Path, why: str | None, org: str, url: str, token: str, folder: Path, who: str,
    sets: tuple[str, ...], json_: bool,
) -> None:  # fmt: skip
    """Write a REGISTER out as a spreadsheet: codes with their labels, and no names without a reason."""
    settings = dict.fromkeys(("station", "unit", "area", "organizer", "lead", "host"), "-")
    hub = Hub(url, token or token_for(folder, who, org, json_))
    try:
        written = Export(load(register, settings), hub, why)
        lines = list(written.lines())
    except Refusal as refused:
        fail(refused.code, refused.en, refused.zh, json_)
    except ConnectionError:
        no_hub(url, json_)
    write(output, written.headings, lines)
    say({"register": register, "rows": len(lines), "file": str(output)}, json_, f"{len(lines)} 行 / rows → {output}")


def _telling(json_: bool) -> Callable[[int], None]:
    """Progress on stderr, every two seconds."""
    last = [time.monotonic()]

    def tell(rows: int) -> None:
        if not json_ and time.monotonic() - last[0] > TOLD_SECONDS:
            last[0] = time.monotonic()
            click.echo(f"  {rows} 行 / rows …", err=True)

    return tell


def _register(name: str, sets: tuple[str, ...], json_: bool) -> Register:
    wrong = [each for each in sets if not re.fullmatch(r"\w+=.*", each)]
    if wrong:
        fail(
            "bad-setting",
            f"--set takes NAME=VALUE, not {wrong[0]}.",
            f"--set 应为 NAME=VALUE, 而非 {wrong[0]}。",
            json_,
            2,
        )
    try:
        return load(name, dict(each.split("=", 1) for each in sets))
    except BadMapping as bad:
        fail("bad-mapping", f"{bad.en}.", f"{bad.zh}。", json_, 2)


def token_for(folder: Path, who: str, org: str, json_: bool) -> str:
    """A token of the embedded hub for somebody in a role."""
    role, _, ident = who.partition(":")
    if role not in ROLES:
        fail("no-such-role", f"There is no role {role}; there are: {', '.join(ROLES)}.", f"没有角色 {role}。", json_, 2)
    if role in BOUND and not org:
        fail("org-needed", f"A {role} acts for a station: say which with --org.", "请以 --org 指明所属站点。", json_, 2)
    needs_hub(folder, json_)
    return Folder(folder).token(Actor(id=ident or f"cli.{os.getuid()}", role=role, org=org))
