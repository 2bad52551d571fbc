"""The ledger as a whole: where it stands, its signed head, and letting signing go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from services.kernel.tlog import policy as policies
from services.kernel.tlog import proof
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.merkle import leaf_hash
from wushe.client import Client, hub_options
from wushe.output import as_json, fail, say

BASE = "/audit/v1"


@click.command()
@hub_options
@as_json
def state(url: str, token: str, folder: Path, json_: bool) -> None:
    """Show how far the ledger reaches, how far it is signed, and whether it is sound."""
    found = Client(url, token, folder, json_=json_).get(f"{BASE}/ledger/state", json_)
    say(found, json_, "" if json_ else _told(found))
    if found["signing"] == "halted":
        raise SystemExit(1)


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


@click.command()
@click.argument("event_id", type=click.UUID)
@click.option("-o", "out", type=click.Path(path_type=Path), help="The file; the receipt is printed without it.")
@hub_options
def receipt(event_id: object, out: Path | None, url: str, token: str, folder: Path) -> None:
    """Take a receipt home: the proof that this handoff, or this consent, stands in the ledger.

    EVENT_ID is the `id` of the event, as a bundle's entries and `GET /audit/v1/matters/MATTER/timeline` have it.
    """
    found = Client(url, token, folder).file(f"{BASE}/receipts/{event_id}")
    if out is None:
        click.echo(found.decode(), nl=False)
    else:
        out.write_bytes(found)


@click.command("check-receipt")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--policy", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Whose signatures are believed (C2SP tlog-policy); not from the one who gave the receipt.")  # fmt: skip
@as_json
def check_receipt(file: Path, policy: Path, json_: bool) -> None:
    """Check a receipt by a policy, without a hub; end with 1 where it proves nothing."""
    try:
        found = proof.read(file.read_bytes())
        if found.extra is None:
            raise Malformed("the receipt does not hold its entry")
        verdict = proof.verified(found, leaf_hash(found.extra), policies.read(policy.read_bytes()))
    except Malformed as wrong:
        fail("not-proven", f"This receipt proves nothing: {wrong}.", f"该回执无法证明: {wrong}。", json_)
    said = {"index": found.index, "origin": verdict.head.origin, "size": verdict.head.size,
            "witnesses": sorted(verdict.witnesses), "entry": found.extra.decode()}  # fmt: skip
    witnesses = ", ".join(sorted(verdict.witnesses)) or "–"
    say(said, json_, f"记录 {found.index} 在 {verdict.head.origin} 中 / is in the log (size {verdict.head.size}), "
                     f"见证 / witnesses: {witnesses}\n{found.extra.decode()}")  # fmt: skip
