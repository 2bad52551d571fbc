"""Planning a day from a file, as an auditor or a district does it: no hub runs, nothing is written but the plan."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from wushe.output import as_json, fail, say


@click.command()
@click.argument("instance", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Stop improving after so many seconds.")
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where the plan goes."
)
@as_json
def plan(instance: Path, seconds: float | None, out: Path, json_: bool) -> None:
    """Plan the day in INSTANCE (JSON, gzipped or not): who goes where, what it costs, how far from the best it can be."""
    from services.volunteer.planning.document import MOST_FILE_BYTES
    from services.volunteer.planning.reading import read
    from services.volunteer.planning.result import planned
    from services.volunteer.planning.watch import Watch

    watch = Watch(seconds)
    with instance.open("rb") as file:
        data = file.read(MOST_FILE_BYTES + 1)
    found = planned(read(data), watch)
    try:
        out.write_bytes(msgspec.json.encode(found) + b"\n")
    except OSError as error:
        fail(
            "cannot-write",
            f"The plan cannot be written: {error.strerror}.",
            f"无法写入方案: {error.strerror}。",
            json_,
            2,
        )
    served = sum(len(route) for route in found["assignments"].values())
    say({key: value for key, value in found.items() if key != "assignments"} | {"served": served}, json_,
        f"{served} visits by {len(found['assignments'])} volunteers; cost {found['cost']}, at most "
        f"{found['gap_percent']} % above the best there can be ({found['bound']}).")  # fmt: skip
