"""`wushe audit`: what is asked of a hub's ledger as a whole. Each command is imported when it is called."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "state": ("ledger", "Show how far the ledger reaches, how far it is signed, and whether it is sound."),
    "export": ("bundles", "Take a matter or the whole ledger away, as one file that proves itself."),
    "checkpoint": ("ledger", "Print the last signed head."),
    "policy": (
        "vouching",
        "Print the hub's own policy: keys of log and witnesses, to be compared with what was printed.",
    ),
    "witnesses": ("vouching", "Show who vouches for the ledger, and the key that a witness needs."),
    "receipt": ("ledger", "Take the receipt of a handoff or a consent home."),
    "check-receipt": ("ledger", "Check a receipt by a policy, without a hub."),
    "sample": ("findings", "Plan a sample of matters by a seed, and draw it."),
    "findings": ("findings", "List what is wrong; raise, answer, resolve and reopen auditors' findings."),
    "seal": ("seals", "Seal the ledger now: as of a seal, each history is shown to be whole."),
    "complete": ("seals", "Check that nothing about a matter was left out, as of the last seal."),
    "reconcile": ("reconciling", "Compare the ledger with each publisher's own signed log, now."),
    "resume": ("ledger", "Let heads be signed again, after the ledger was mended."),
    "matter": ("moments", "Show a matter at two moments: what was so then, by what was known then."),
    "questions": ("moments", "Ask the four questions about a time: true then or now, as known then or now."),
    "access": ("moments", "Show who has seen what about a person."),
    "diff": ("moments", "Show what changed our mind about a matter, and which entries did."),
}


class Lazy(click.Group):
    """A group whose commands are imported by name, from `wushe.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One command, imported now."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"wushe.commands.{COMMANDS[name][0]}")
        return getattr(module, name.replace("-", "_"))  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Every command with its sentence, without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.command(cls=Lazy)
def audit() -> None:
    """Ask the ledger of a running hub / 查询台账。"""
