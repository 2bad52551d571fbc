"""Seals: sealing the ledger now, and checking that a matter's history is whole as of the last seal."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from services.audit import seal as seals
from services.audit.seal import Row, Shown
from wushe.client import Client, hub_options
from wushe.output import as_json, fail, say

BASE = "/audit/v1"


@click.command()
@hub_options
@as_json
def seal(url: str, token: str, folder: Path, json_: bool) -> None:
    """Seal the ledger now, ahead of the hub's own duty."""
    found = Client(url, token, folder, json_=json_).post(f"{BASE}/ledger/seals", {}, json_)
    say(found, json_, f"已封账至第 {found['size']} 条 ({found['rows']} 段历史) / sealed up to {found['size']}, "
                      f"{found['rows']} histories: {found['map_root']}")  # fmt: skip


@click.command()
@click.argument("matter", type=click.UUID)
@hub_options
@as_json
def complete(matter: UUID, url: str, token: str, folder: Path, json_: bool) -> None:
    """Check that the entries about MATTER are all that the last seal counts; end with 1 where they are not."""
    found = Client(url, token, folder, json_=json_).get(f"{BASE}/matters/{matter}/completeness", json_)
    wrong = None if found["matter"] is None else differs(matter, found)
    if wrong is not None:
        fail("not-whole", f"The history is not what the seal counts: {wrong[0]}.", f"与封账不符: {wrong[1]}。", json_)
    say(found, json_, "" if json_ else _whole(found["seal"], len(found["entries"]), found["since"]))


def _whole(sealed: dict[str, Any], count: int, since: int) -> str:
    return (
        f"截至第 {sealed['size']} 条 (封账于第 {sealed['entry']} 条), 该事项 {count} 条记录完整无缺; 其后又有 {since} 条。\n"
        f"Up to entry {sealed['size']} (sealed by entry {sealed['entry']}) the {count} entries about it are all there are; "
        f"{since} came since."
    )


def differs(matter: UUID, found: dict[str, Any]) -> tuple[str, str] | None:
    """What contradicts the seal: the row does not lead to its root, or other entries are shown than it counts."""
    told, head = found["matter"], seals.NOTHING
    row = Row(seals.key_of(seals.matter_name(matter)), told["count"], read(told["head"]))
    if not Shown(row, told["row"], tuple(map(read, told["path"]))).proves(
        found["seal"]["rows"], read(found["seal"]["map_root"])
    ):
        return "the row does not lead to the seal's root", "该行不在封账之下"
    for each in found["entries"]:
        head = seals.chained(head, read(each["leaf"]))
    if (len(found["entries"]), head) != (row.count, row.head):
        return (
            f"it counts {row.count}, {len(found['entries'])} are shown",
            f"封账计 {row.count} 条, 出示 {len(found['entries'])} 条",
        )
    return None


def read(encoded: str) -> bytes:
    """A hash as answers write it."""
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
