"""`wushe`: every command of the hub's command line, each imported when it is called.

An image holds one service only, so nothing here may import a service before it is asked for.
"""

from __future__ import annotations

import importlib
from keyword import iskeyword
from typing import Any

import click
import sqlalchemy as sa

from services.kernel.errors import HubError, Refused
from wushe.output import fail

COMMANDS = {
    "up": ("running", "Run the whole hub in this process: SQLite and an in-memory bus, its data in one folder."),
    "stop": ("running", "Stop the hub that runs from a folder."),
    "service": ("running", "Run one service, with its settings from the environment."),
    "demo": ("demo", "Load the five stories into a running hub."),
    "replay": ("matters", "Show a matter as it was, and as it was then known."),
    "custody": ("matters", "Show who answered for a matter and its needs, from beginning to end."),
    "import": ("registers", "Take a register over from a spreadsheet, or try what the hub would say."),
    "export": ("registers", "Write a register out as a spreadsheet."),
    "migrate": ("migrating", "Move the embedded hub of a folder to PostgreSQL."),
    "plan": ("plans", "Plan the day in a file: who goes where, close to a proven bound."),
    "rebuild": ("views", "Rebuild a service's views from the logs."),
    "dead": ("dead", "List messages that were set aside, and have them handled again."),
    "doctor": ("doctor", "Say what is wrong with this installation, and how to mend it."),
    "account": ("accounts", "Open an account for somebody, or list who may come in."),
    "token": ("tokens", "Issue a token for somebody."),
    "keys": ("tokens", "Make the secrets of a reference deployment."),
    "partner": ("partner", "Make a queue for a partner, check a partner's program, simulate one."),
    "report": ("reports", "Show the figures of a month, seal its report, write it as a spreadsheet."),
    "docs": ("documents", "Write the generated documents."),
    "witness": ("witness", "Be a witness of a hub's ledger, on a machine of your own."),
    "audit": ("audit", "Ask the ledger of a running hub: its state, heads, seals, receipts."),
    "verify": ("matters", "Check the ledger of a running hub from its first entry to its last."),
}


class Lazy(click.Group):
    """A group whose commands are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One command, imported now."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"wushe.commands.{COMMANDS[name][0]}")
        return getattr(module, f"{name}_" if iskeyword(name) else name)  # type: ignore[no-any-return]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As ever; whether JSON is wanted must be known before the command is."""
        ctx.meta["wushe.json"] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the hub refuses, or cannot do now, is said in a sentence."""
        try:
            return super().invoke(ctx)
        except Refused as refused:
            fail(refused.code, refused.en, refused.zh, ctx.meta["wushe.json"])
        except HubError as error:
            fail(
                error.code,
                f"The hub says {error.code}: {error}",
                f"枢纽答复 {error.code}: {error}",
                ctx.meta["wushe.json"],
            )
        except sa.exc.OperationalError:
            fail("unavailable", "The database does not answer; see `wushe doctor`.", "数据库没有响应; 请看 `wushe doctor`。",
                 ctx.meta["wushe.json"], 2)  # fmt: skip

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Every command with its sentence, without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wushe")
def main() -> None:
    """The hub of a city's social work stations / 五社联动枢纽."""


if __name__ == "__main__":
    main()
