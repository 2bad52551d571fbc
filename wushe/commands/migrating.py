"""Moving an embedded hub to the databases of a reference deployment."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click
import psycopg

from wushe.commands.running import only_one
from wushe.embedded import Folder, head_key
from wushe.local import needs_hub
from wushe.migration import Tell
from wushe.migration import migrate as move
from wushe.output import as_json, fail, say
from wushe.services import PUBLISHERS

TOLD_SECONDS = 2.0


@click.command()
@click.option("--to", required=True, metavar="URL", help="The server, as one who may act as each database's owner.")
@click.option("--keys-to", metavar="URL", help="The server of the key databases, if it is another one.")
@click.option("--var", "folder", default="var", show_default=True, type=click.Path(path_type=Path),
              help="Folder of the embedded hub.")  # fmt: skip
@as_json
def migrate(to: str, keys_to: str | None, folder: Path, json_: bool) -> None:
    """Move the hub of a folder to PostgreSQL; it must not run, and the databases must be new. It may be begun again."""
    needs_hub(folder, json_)
    place = Folder(folder)
    with only_one(place, json_):
        try:
            rows = move(folder, to, keys_to or to, _telling(json_))
        except psycopg.OperationalError as away:
            why = str(away).strip().splitlines()[-1] if str(away).strip() else "no answer"
            fail("no-database", f"A database cannot be reached: {why}", f"数据库无法连接: {why}", json_, 2)
        _leave(place)
    total = sum(rows.values())
    text = [
        f"{total} 行已迁移并核对一致 / rows moved, and compared",
        *(f"  {name}: {count}" for name, count in rows.items()),
    ]
    text.append(f"→ 将 {place.moved} 中的密钥加在新 HUB_KEK 之后 / add the key in {place.moved} after the new HUB_KEK")
    text.append(
        f"→ 台账名称与密钥照旧, 见 {place.moved_log} / the ledger keeps its name and key: the settings are in {place.moved_log}"
    )
    say({"rows": rows, "kek": str(place.moved), "log": str(place.moved_log)}, json_, "\n".join(text))


def _leave(place: Folder) -> None:
    """Mark the folder: its hub lives elsewhere now, and needs this key there until the keys are wrapped anew."""
    kept = place.secrets
    heads = "".join(f"HUB_{name.upper()}_HEAD_KEY={kept[head_key(name)]}\n" for name in PUBLISHERS)
    _write(place.moved_log, f"HUB_LOG_ORIGIN={kept['log_origin']}\nHUB_LOG_KEY={kept['log_key']}\n{heads}")
    _write(place.moved, kept["kek"])


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.rename(path)


def _telling(json_: bool) -> Tell:
    """Progress on stderr, every two seconds."""
    state = {"last": time.monotonic(), "rows": 0.0}

    def tell(database: str, table: str, rows: int) -> None:
        state["rows"] += rows
        if not json_ and time.monotonic() - state["last"] > TOLD_SECONDS:
            state["last"] = time.monotonic()
            click.echo(f"  {database}.{table} … {state['rows']:.0f}", err=True)

    return tell
