"""By mail: where an organization without an account is told of offers, and what became of its letters."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from services.console.endpoints.inspecting import shown
from services.console.hub import Answer
from services.console.pages import mailing
from services.console.web import Visit, page_for
from services.kernel.entrypoints import Page, http

KEEPERS = ("coordinator", "station_head")
"""Those of a station who keep the directory."""


class Mailing:
    """The address is written down and never shown again: it lies in the vault, and letters alone go to it."""

    @http("GET", "/organizations/{id}/mail", roles=None, page=True)
    @page_for(*KEEPERS)
    def mail_page(self, v: Visit) -> Page:
        """Whether the organization is told by mail, the form for its address, and its letters."""
        organization = shown(v, v.hub.get("referral", f"/organizations/{v.id}"))
        stands = shown(v, v.hub.get("referral", f"/organizations/{v.id}/mail"))
        letters = v.hub.listed("referral", "/letters", organization_id=str(v.id))
        return v.page(mailing.page(organization, stands, letters, v.frame("/directory"), uuid4().hex))

    @http("POST", "/organizations/{id}/mail", roles=None, page=True)
    @page_for(*KEEPERS)
    def choose_mail(self, v: Visit) -> Page:
        """Offers go to this address from now on; links that were sent before are void."""
        return _ask(v, "", {"address": v.request.form.get("address", "").strip()}, "mail.chosen")

    @http("POST", "/organizations/{id}/mail/end", roles=None, page=True)
    @page_for(*KEEPERS)
    def end_mail(self, v: Visit) -> Page:
        """No mail goes there any more, and every link that was sent is void."""
        return _ask(v, "/end", {}, "mail.ended")

    @http("POST", "/organizations/{id}/mail/revocation", roles=None, page=True)
    @page_for(*KEEPERS)
    def revoke_link(self, v: Visit) -> Page:
        """One link opens nothing any more."""
        return _ask(v, "/revocation", {"link_id": v.request.form.get("link_id", "")}, "mail.revoked")


def _ask(v: Visit, act: str, body: dict[str, Any], done: str) -> Page:
    key = f"{v.request.form.get('key', '')}-{act}-{body.get('link_id', '')}"
    answer: Answer = v.hub.post("referral", f"/organizations/{v.id}/mail{act}", body, key)
    back = f"/organizations/{v.id}/mail"
    if not answer.ok:
        return v.go(back, failed=v.words("form.failed", why=answer.why(v.words.lang)))
    return v.go(back, done=v.words(done))
