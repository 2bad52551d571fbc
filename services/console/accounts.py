"""Who may sign in. For now the demo's roles (`demo`); accounts with passwords or OIDC come behind the same function."""

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
    name_zh: str
    name_en: str
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


def settled(account: Account, look: Look) -> Account:
    """The account with its organization's id, looked up in the directory."""
    if not account.organization_code:
        return account
    rows = look.all(views.organization, code=account.organization_code)
    return replace(account, org=str(rows[0]["organization_id"])) if rows else account
