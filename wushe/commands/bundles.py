"""`wushe audit export`: take away a matter, or the whole ledger, as a bundle that verifies offline (docs/bundle.md)."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from wushe.client import Client, hub_options
from wushe.output import as_json, fail, say

ROLES = ("auditor", "station_head", "coordinator", "supervisor", "worker", "grid_worker", "client")
WAIT_SECONDS = 60
NOT_YET = "not-signed-yet"
Items = list[dict[str, Any]]
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def pinned(_: object, __: object, value: Path | None) -> int | None:
    """The size of a checkpoint that was kept: its second line."""
    if value is None:
        return None
    lines = value.read_text(encoding="utf-8").split("\n")
    if len(lines) < 2 or not (lines[1].isascii() and lines[1].isdecimal()):
        raise click.BadParameter("this is no checkpoint: its second line is no size")
    return int(lines[1])


def word(_: object, __: object, value: Path | None) -> str:
    """A second person's word, as he got it from `POST /console/v1/approvals`."""
    return "" if value is None else value.read_text(encoding="ascii", errors="replace").strip()


@click.command()
@click.option("--case", "matter", type=click.UUID, help="The matter to take away.")
@click.option("--full", is_flag=True, help="Take the whole ledger away.")
@click.option("--as", "role", type=click.Choice(ROLES), default="auditor", show_default=True,
              help="In which role: it decides which personal values are in the bundle.")  # fmt: skip
@click.option("--org", default="", help="For whom somebody in that role works, such as an area code.")
@click.option("--why", default="audit", show_default=True, help="The purpose, on record with the export.")
@click.option("--read-for", default="audit", show_default=True, help="The purpose of reading personal values.")
@click.option("--pin", "old", type=FILE, callback=pinned,
              help="A checkpoint that you kept: the bundle then leads from it to today.")  # fmt: skip
@click.option(
    "--values-approved",
    "opened",
    type=FILE,
    callback=word,
    help="A file with the word of a second person that an auditor sees a person's values (`unseal` of the person).",
)
@click.option(
    "--restricted-approved",
    "unsealed",
    type=FILE,
    callback=word,
    help="The same for what only named readers may know of (`unseal` of the matter).",
)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where to write it.")
@hub_options
@as_json
def export(
    matter: UUID | None, full: bool, role: str, org: str, why: str, read_for: str, old: int | None, opened: str,
    unsealed: str, out: Path, url: str, token: str, folder: Path, json_: bool,
) -> None:  # fmt: skip
    """Take a matter or the whole ledger away, as one file that proves itself."""
    if full == (matter is not None):
        raise click.UsageError("say one of --case and --full")
    client = Client(url, token, folder, role=role, json_=json_, org=org)
    items = [] if matter is None else _values(client, matter, read_for, opened, json_)
    asked: dict[str, Any] = {"scope": "full" if full else "case", "purpose": why}
    asked |= {"matter_id": str(matter)} if matter is not None else {}
    asked |= {"old": old} if old is not None else {}
    asked["opened"] = [item["digest"] for item in items if "disclosure" in item]
    asked["erased"] = [item["digest"] for item in items if "erased" in item]
    made = client.post("/audit/v1/exports", asked, json_, unsealed)
    _fetch(client, made["id"], items, out, json_)
    found = {
        "file": str(out),
        "bytes": out.stat().st_size,
        **made,
        "opened": len(asked["opened"]),
        "erased": len(asked["erased"]),
    }
    said = (
        f"{out}: {made['entries']} 条账目, 截至第 {made['size']} 条; 出示 {found['opened']} 项个人信息, 已删除 {found['erased']} 项。\n"
        f"{out}: {made['entries']} entries up to {made['size']}; {found['opened']} personal values shown, {found['erased']} erased.\n"
        f"核验 Verify: python3 verifier/wushe_verify.py {out} --policy POLICY --pin CHECKPOINT\n"
        "(POLICY: `wushe audit policy`, 与另行取得的公钥核对; compared with keys that you got by another way)"
    )
    say(found, json_, said)


def _values(client: Client, matter: UUID, why: str, approval: str, json_: bool) -> Items:
    """The values of a matter that this reader may see, from the service that keeps them, and which of them are gone."""
    listed = client.get(f"/audit/v1/matters/{matter}/digests", json_)["items"]
    mine = [item["digest"] for item in listed if item["publisher"] == "intake"]
    if not mine:
        return []
    answer = client.post(f"/intake/v1/matters/{matter}/disclosures?why={why}", {"digests": mine}, json_, approval)
    return sorted(answer["items"], key=lambda item: item["digest"])


def _fetch(client: Client, export_id: str, items: Sequence[dict[str, Any]], out: Path, json_: bool) -> None:
    """The bundle as soon as it is signed, with the values in it; there whole, or not at all."""
    part = out.with_name(out.name + ".part")
    until = time.monotonic() + WAIT_SECONDS
    while not client.download(f"/audit/v1/exports/{export_id}/bundle", part, json_, NOT_YET):
        if time.monotonic() > until:
            fail(
                NOT_YET,
                "No signed head covers the export yet; is the ledger being signed?",
                "尚无检查点覆盖此次导出。",
                json_,
            )
        time.sleep(0.2)
    if items:
        lines = (json.dumps(item, sort_keys=True, separators=(",", ":")) + "\n" for item in items)
        with zipfile.ZipFile(part, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("disclosures.ndjson", "".join(lines))
    part.replace(out)
