"""The file of a matter, loaded into its page or as a page of its own; and who somebody is, asked for on record."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from services.console.pages import file
from services.console.pages.matter import Model
from services.console.web import Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound


class Console(Protocol):
    """What these pages need of the console."""

    def matter_model(self, v: Visit) -> Model:
        """The matter of a visit."""
        ...


class Filing:
    """Whose matter it is, and what belongs to them."""

    @http("GET", "/matters/{id}/file", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def matter_file(self: Console, v: Visit) -> Page:
        """The file; a part of a page where a script asks."""
        found = file.gathered(v.hub, self.matter_model(v))
        if v.request.header("hx-request"):
            return v.page(file.fragment(found, v.frame(f"/matters/{v.id}/file"), v.who.role))
        return v.page(file.page(found, v.frame("/matters"), v.who.role))

    @http("POST", "/matters/{id}/file", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def matter_identity(self: Console, v: Visit) -> Page:
        """The file with what the person is called and how to reach them: intake puts the reading on record first."""
        found = file.gathered(v.hub, self.matter_model(v))
        if not found.person:
            raise NotFound("nobody is known")
        why = v.request.form.get("why") or file.PURPOSES[0]
        path = f"/persons/{found.person['person_id']}/identity"
        answer = v.hub.get("intake", path, why=why, categories="identity,contact")
        if not answer.ok:
            v.failed = v.words("form.failed", why=answer.why(v.words.lang))
        said = answer.body.get("fields") or {} if answer.ok else {}
        return v.page(file.page(replace(found, identity=said), v.frame("/matters"), v.who.role))
