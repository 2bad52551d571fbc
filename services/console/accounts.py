"""Who is in, as pages see him: an account that is on record (`domain.account`), or one of the demo's people (`demo`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.console import views
from services.console.words import LANGS
from services.console.words.codes import label
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


def stored(holder: str, row: Mapping[str, Any]) -> Account:
    """An account that is on record: called by its role and its holder's id, for the console keeps nobody's name."""
    role = str(row["role"])
    said = {lang: f"{label('role', role, lang) or role} {holder}" for lang in LANGS}
    return Account(id=holder, role=role, name_zh=said["zh"], name_en=said["en"], org=str(row["org"] or ""))


def settled(account: Account, look: Look) -> Account:
    """The account with its organization's id, looked up in the directory."""
    if not account.organization_code:
        return account
    rows = look.all(views.organization, code=account.organization_code)
    return replace(account, org=str(rows[0]["organization_id"])) if rows else account
