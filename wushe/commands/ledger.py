"""The ledger as a whole: where it stands, its signed head, and letting signing go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from wushe.client import Client, hub_options
from wushe.output import as_json, say

BASE = "/audit/v1"


@click.command()
@hub_options
@as_json
def state(url: str, token: str, folder: Path, json_: bool) -> None:
    """Show how far the ledger reaches, how far it is signed, and whether it is sound."""
    found = Client(url, token, folder, json_=json_).get(f"{BASE}/ledger/state", json_)
    say(found, json_, "" if json_ else _told(found))


def _told(found: dict[str, Any]) -> str:
    signed, flaw = found["signed"], found["flaw"]
    lines = [f"台账 / ledger {found['origin']}: {found['size']} 条记录 / entries"]
    lines.append(
        "尚未签署 / nothing is signed yet"
        if signed is None
        else f"已签署至 / signed up to {signed['size']}: {signed['root']} ({signed['at']})"
    )
    if flaw is not None:
        lines.append(f"签署已中止 / signing is halted: {flaw['code']} @ {flaw['entry']} ({found['since']})")
    lines += [f"公钥 / key: {key}" for key in found["keys"]]
    return "\n".join(lines)


@click.command()
@hub_options
def checkpoint(url: str, token: str, folder: Path) -> None:
    """Print the last signed head, as a signed note: keep it, and no later history can contradict it unseen."""
    click.echo(Client(url, token, folder).file(f"{BASE}/checkpoint").decode(), nl=False)


@click.command()
@hub_options
@as_json
def resume(url: str, token: str, folder: Path, json_: bool) -> None:
    """Let heads be signed again: the whole ledger is verified, and where it is sound, signing goes on."""
    found = Client(url, token, folder, json_=json_).post(f"{BASE}/ledger/signing", {}, json_)
    say(found, json_, f"已校验 {found['size']} 条, 恢复签署 / verified, and signing goes on: {found['root']}")
