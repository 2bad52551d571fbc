"""By which ways an organization's own programs take part: tokens, webhooks, its queue, its numbers, the head that it keeps."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from services.console.acts.referrals import ANSWERING
from services.console.endpoints.inspecting import number, shown
from services.console.hub import Answer
from services.console.pages import programs
from services.console.web import Visit, page_for
from services.kernel.entrypoints import Page, http

NEWEST = "50"
SIMPLE = {"disabling": "disabled", "enabling": "enabled", "removal": "removed"}


class Programs:
    """What is shown once is shown in the answer to the form that made it, and nowhere else."""

    @http("GET", "/programs", roles=None, page=True)
    @page_for(*ANSWERING)
    def programs_page(self, v: Visit) -> Page:
        """All ways side by side, with how far each has come."""
        return v.page(_page(v))

    @http("POST", "/programs/tokens", roles=None, page=True)
    @page_for(*ANSWERING)
    def make_token(self, v: Visit) -> Page:
        """A new token, shown this once; two of one program may live at a time, so that one replaces the other."""
        form = v.request.form
        body: dict[str, Any] = {"holder": form.get("holder", "").strip(), "scopes": v.several("scopes")}
        body |= {"days": number(form.get("days", "365"))}
        answer = v.hub.post("partner", "/tokens", body, form.get("key", ""))
        if not answer.ok:
            return _refused(v, answer)
        return _first(v, answer, programs.Once(kind="token", holder=body["holder"], secret=answer.body["token"] or ""))

    @http("POST", "/programs/tokens/{id}/revocation", roles=None, page=True)
    @page_for(*ANSWERING)
    def take_token_back(self, v: Visit) -> Page:
        """End a token: within a second whoever shows it is nobody."""
        return _done(v, v.hub.post("partner", f"/tokens/{v.id}/revocation", {}, _key(v)), "programs.revoked")

    # --- webhooks ---

    @http("POST", "/programs/webhooks", roles=None, page=True)
    @page_for(*ANSWERING)
    def add_webhook(self, v: Visit) -> Page:
        """Be called at an address; the secret is shown this once."""
        body = {"url": v.request.form.get("url", "").strip()}
        answer = v.hub.post("partner", "/endpoints", body, v.request.form.get("key", ""))
        if not answer.ok:
            return _refused(v, answer)
        return _first(v, answer, _secret(answer, body["url"]))

    @http("POST", "/programs/webhooks/{id}/rotation", roles=None, page=True)
    @page_for(*ANSWERING)
    def rotate_webhook(self, v: Visit) -> Page:
        """A new secret, shown this once; for so many hours calls are signed with the old one as well."""
        body = {"overlap_hours": number(v.request.form.get("overlap_hours", "24"))}
        answer = v.hub.post("partner", f"/endpoints/{v.id}/rotation", body, _key(v))
        if not answer.ok:
            return _refused(v, answer)
        return _first(v, answer, _secret(answer, ""))

    @http("POST", "/programs/webhooks/{id}/redelivery", roles=None, page=True)
    @page_for(*ANSWERING)
    def deliver_again(self, v: Visit) -> Page:
        """Have one number delivered again; the newest, where none is named, as a test."""
        text = v.request.form.get("number", "").strip()
        wanted = number(text) if text else shown(v, v.hub.get("partner", "/sequence", limit="1"))["head"]
        answer = v.hub.post("partner", f"/endpoints/{v.id}/redeliveries", {"number": wanted}, _key(v))
        return _done(v, answer, "programs.again", n=wanted)

    @http("POST", "/programs/webhooks/{id}/{act}", roles=None, page=True)
    @page_for(*ANSWERING)
    def change_webhook(self, v: Visit) -> Page:
        """Be not called for a while, be called again, or be forgotten."""
        act = str(v.request.path["act"])
        if act not in SIMPLE:
            return v.go("/programs")
        return _done(v, v.hub.post("partner", f"/endpoints/{v.id}/{act}", {}, _key(v)), f"programs.{SIMPLE[act]}")


def _page(v: Visit, once: programs.Once | None = None) -> str:
    hub = v.hub
    endpoints = hub.listed("partner", "/endpoints")
    attempts = {
        each["endpoint_id"]: hub.listed("partner", f"/endpoints/{each['endpoint_id']}/attempts", limit=NEWEST)
        for each in endpoints
    }
    sequence, queue = hub.get("partner", "/sequence"), hub.get("partner", "/queue")
    found = programs.Ways(
        tokens=hub.listed("partner", "/tokens"), endpoints=endpoints, attempts=attempts,
        sequence=sequence.body if sequence.ok else {}, queue=queue.body if queue.ok else None,
    )  # fmt: skip
    return programs.page(found, v.frame("/programs"), uuid4().hex, once)


def _secret(answer: Answer, url: str) -> programs.Once:
    return programs.Once(
        kind="webhook", holder=url, secret=answer.body["secret"] or "", public_key=answer.body["public_key"]
    )


def _first(v: Visit, answer: Answer, once: programs.Once) -> Page:
    """The secret; of a form that was sent twice it is said that it was shown before."""
    return v.page(_page(v, once=once)) if once.secret else _refused(v, answer)


def _key(v: Visit) -> str:
    return f"{v.request.form.get('key', '')}-{v.id}"


def _done(v: Visit, answer: Answer, said: str, **values: object) -> Page:
    return v.go("/programs", done=v.words(said, **values)) if answer.ok else _refused(v, answer)


def _refused(v: Visit, answer: Answer) -> Page:
    return v.go("/programs", failed=v.words("form.failed", why=answer.why(v.words.lang)))
