"""Who may sign in. For now the three demo roles; accounts with passwords or OIDC come behind the same function."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.console import views
from services.contracts.words import STATION_ROLES
from services.kernel.manifest import Look
from services.kernel.message import Actor


@dataclass(frozen=True, kw_only=True)
class Account:
    """One who can sign in: an id without a name in it, a role, an organization, and what is printed beside it.

    `org` is a station's area code; an organization of the directory is named by its code there (`organization_code`),
    for its id is made when it is registered.
    """

    id: str
    role: str
    zh: str
    en: str
    org: str = ""
    organization_code: str = ""

    @property
    def actor(self) -> Actor:
        """As whom commands are asked."""
        return Actor(id=self.id, role=self.role, org=self.org)

    @property
    def works_at_station(self) -> bool:
        """Whether it is one of the station's own people."""
        return self.role in STATION_ROLES


DEMO = (
    Account(id="w-demo", role="coordinator", org="220104004", zh="永昌街道社工站", en="Yongchang sub-district station"),
    Account(
        id="p-demo", role="partner", organization_code="leifeng-nanguan", zh="雷锋车队南关分会",
        en="Lei Feng drivers, Nanguan branch",
    ),
    Account(id="a-demo", role="auditor", org="cc-audit", zh="审计员", en="Auditor"),
)  # fmt: skip
"""The demo's three roles, the names that its sign-in page and the command line print."""


def demo(account_id: str, look: Look) -> Account | None:
    """A demo account by its id; a partner's organization is looked up in the directory."""
    found = next((account for account in DEMO if account.id == account_id), None)
    if found is None or not found.organization_code:
        return found
    rows = look.all(views.organization, code=found.organization_code)
    return replace(found, org=str(rows[0]["organization_id"])) if rows else found
