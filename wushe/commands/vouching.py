"""Who vouches for the ledger: the witnesses of its policy, as the hub sees them, and what a new one needs to know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from services.kernel.tlog.keys import vkey
from wushe.client import Client, hub_options
from wushe.output import as_json, say

BASE = "/audit/v1"
STATES = {
    "no-witness": ("nobody but the operator vouches for this ledger", "除运营方外, 没有任何一方为本台账作证"),
    "no-quorum": ("witnesses are asked, and none is needed", "会请见证方联署, 但不要求法定数"),
    "pending": ("the newest head waits for its witnesses", "最新检查点等待见证"),
    "witnessed": ("vouched for", "已获见证"),
    "contradicted": ("a witness has seen what is not here: see the runbook", "见证方所见与本台账不符, 见运维手册"),
}
CONTRADICTING = ("ahead", "forked", "disputes")
"""How a witness stands that knows the ledger longer, or otherwise."""
SHOWN_BY_WITNESSES = ("behind-witness", "forked-from-witness")
"""Why heads are signed no more, where it was a witness who has shown it."""


@click.command()
@hub_options
@as_json
def witnesses(url: str, token: str, folder: Path, json_: bool) -> None:
    """Show who vouches for the ledger and up to where, and the log's key and fingerprint for a new witness."""
    client = Client(url, token, folder, json_=json_)
    found, ledger = client.get(f"{BASE}/witnesses", json_), client.get(f"{BASE}/ledger/state", json_)
    say(found | {"keys": ledger["keys"]}, json_, "" if json_ else _told(found, ledger))


@click.command()
@hub_options
def policy(url: str, token: str, folder: Path) -> None:
    """Print the hub's policy: what a verifier believes, once its keys were compared with those got by another way."""
    click.echo(Client(url, token, folder).file(f"{BASE}/policy").decode(), nl=False)


def _told(found: dict[str, Any], ledger: dict[str, Any]) -> str:
    contradicted = any(each["state"] in CONTRADICTING for each in found["items"])
    contradicted |= (ledger["flaw"] or {}).get("code") in SHOWN_BY_WITNESSES
    en, zh = STATES["contradicted" if contradicted else found["state"]]
    signed, vouched = (found[name] if found[name] is not None else "-" for name in ("signed", "witnessed"))
    lines = [
        f"{zh} / {en}",
        f"已签署 / signed {signed}, 已见证 / vouched for {vouched}, 法定数 / quorum {found['quorum']}",
    ]
    for each in found["items"]:
        mark = "✓" if each["state"] == "cosigned" else "✗"
        lines.append(f"{mark} {each['name']}: {each['state']}, seen {each['seen']} ({each['since']})")
    for key in ledger["keys"]:
        lines += [f"log key / 台账公钥: {key}", f"  fingerprint / 指纹: {vkey(key).fingerprint}"]
    return "\n".join(lines)
