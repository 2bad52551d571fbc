"""Writing the documents that are generated from the code."""

from __future__ import annotations

import click

from wushe.output import as_json, say


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when a document is out of date.")
@as_json
def docs(check: bool, json_: bool) -> None:
    """Write the generated documents (docs/events.md)."""
    from wushe.docs import write

    stale = write(check=check)
    say({"stale": stale}, json_, "\n".join(stale) if stale else "all current / 均为最新")
    if check and stale:
        raise SystemExit(1)
