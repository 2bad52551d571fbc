"""The demo's roles: what its sign-in page shows and the command line prints when the hub starts."""

from __future__ import annotations

from services.console.accounts import Account

VOLUNTEER = "988cc5bc-e0bd-53f0-ae6e-17519b25d62f"
"""The volunteer whom the demo registers: ids follow from keys, so it is known before (`wushe.demo.volunteers`)."""

ROLES = (
    Account(
        id="w-demo", role="coordinator", org="220104004", name_zh="永昌街道社工站 协调员",
        name_en="Coordinator, Yongchang station",
    ),
    Account(
        id="p-demo", role="partner", organization_code="leifeng-nanguan", name_zh="雷锋车队南关分会 联络员",
        name_en="Lei Feng drivers, Nanguan branch",
    ),
    Account(
        id="l-demo", role="team_leader", organization_code="leifeng-nanguan", name_zh="雷锋车队南关分会 队长",
        name_en="Leader, Lei Feng drivers",
    ),
    Account(id=VOLUNTEER, role="volunteer", name_zh="车队志愿者", name_en="A volunteer of the drivers' team"),
    Account(id="a-demo", role="auditor", org="cc-audit", name_zh="市级审计员", name_en="City auditor"),
    Account(id="h-demo", role="station_head", org="220104004", name_zh="永昌街道社工站 站长", name_en="Head, Yongchang station"),
    Account(id="m-demo", role="administrator", name_zh="枢纽管理员", name_en="Administrator of the hub"),
)  # fmt: skip


def found(account_id: str) -> Account | None:
    """The demo account under an id."""
    return next((account for account in ROLES if account.id == account_id), None)
