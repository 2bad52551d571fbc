"""An auditor's own work: samples that a seed draws; findings, which the station answers and the auditor ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import uuid4

from services.console.endpoints.auditing import seen
from services.console.hub import Answer
from services.console.pages import inspecting
from services.console.web import Visit, page_for
from services.console.words import CHINA
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound, Unavailable

AUDITORS = ("auditor",)
ANSWERERS = ("station_head", "coordinator", "supervisor")
READERS = (*AUDITORS, *STATION_ROLES)
STATES = ("raised", "answered", "reopened", "resolved")
END_OF_DAY = time(18, 0)


class Inspecting:
    """Samples and findings."""

    # --- samples ---

    @http("GET", "/audit/samples", roles=None, page=True)
    @page_for(*AUDITORS)
    def samples(self, v: Visit) -> Page:
        """The samples that were planned, and the form for one more."""
        return v.page(inspecting.samples(v.hub.listed("audit", "/samples"), v.frame("/audit/samples"), uuid4().hex))

    @http("POST", "/audit/samples", roles=None, page=True)
    @page_for(*AUDITORS)
    def plan_sample(self, v: Visit) -> Page:
        """Say how a sample is drawn; only then is it drawn."""
        form = v.request.form
        body: dict[str, Any] = {name: form[name].strip() for name in ("seed", "station", "kind") if form.get(name)}
        body |= {"per_stratum": number(form.get("per_stratum", "")), "purpose": form.get("purpose") or "audit"}
        answer = v.hub.post("audit", "/samples", body, form.get("key", ""))
        if not answer.ok:
            return v.go("/audit/samples", failed=v.words("form.failed", why=answer.why(v.words.lang)))
        return v.go(f"/audit/samples/{answer.body['id']}", done=v.words("sample.planned"))

    @http("GET", "/audit/samples/{id}", roles=None, page=True)
    @page_for(*AUDITORS)
    def sample(self, v: Visit) -> Page:
        """What a sample draws, stratum by stratum, and what of it was looked at."""
        drawn = shown(v, v.hub.get("audit", f"/samples/{v.id}/draw"))
        return v.page(inspecting.sample(v.id, drawn, v.frame("/audit/samples")))

    # --- findings ---

    @http("GET", "/findings", roles=None, page=True)
    @page_for(*READERS)
    def findings(self, v: Visit) -> Page:
        """All findings that concern whoever looks: auditors' own, and breaks of custody with what would close them."""
        chosen = v.request.query.get("state", "")
        if chosen in STATES:
            raised = v.hub.listed("audit", "/audit-findings", state=chosen)
            return v.page(inspecting.findings(raised, [], v.frame("/findings"), chosen=chosen))
        raised, broken = v.hub.listed("audit", "/audit-findings"), v.hub.listed("audit", "/findings", state="open")
        return v.page(inspecting.findings(raised, broken, v.frame("/findings")))

    @http("GET", "/matters/{id}/findings", roles=None, page=True)
    @page_for(*READERS)
    def findings_of_matter(self, v: Visit) -> Page:
        """The findings in one matter, and for an auditor the form for one more."""
        seen(v)
        return v.page(self._of_matter(v))

    def _of_matter(self, v: Visit, wrong: str = "", given: Mapping[str, str] | None = None) -> str:
        of = str(v.id)
        raised = v.hub.listed("audit", "/audit-findings", matter_id=of)
        broken = v.hub.listed("audit", "/findings", matter_id=of)
        form = inspecting.Raise(given or {"sample_id": v.request.query.get("sample", "")}, uuid4().hex, wrong)
        return inspecting.findings(
            raised, broken, v.frame("/findings"), matter_id=v.id, form=form if v.who.role in AUDITORS else None
        )

    @http("POST", "/matters/{id}/findings", roles=None, page=True)
    @page_for(*AUDITORS)
    def raise_finding(self, v: Visit) -> Page:
        """Raise a finding; what was typed stays on the form if audit says no."""
        seen(v)
        form = v.request.form
        body: dict[str, Any] = {"matter_id": str(v.id), "finding_code": form.get("finding_code", "")}
        body |= {"answer_by": by_day(form.get("answer_by", "")), "entries": entries(form.get("entries", ""))}
        body |= {"sample_id": form["sample_id"]} if form.get("sample_id") else {}
        answer = v.hub.post("audit", "/audit-findings", body, form.get("key", ""))
        if not answer.ok:
            return v.page(self._of_matter(v, answer.why(v.words.lang), form), 422)
        return v.go(f"/findings/{answer.body['id']}", done=v.words("finding.raised"))

    @http("GET", "/findings/{id}", roles=None, page=True)
    @page_for(*READERS)
    def finding(self, v: Visit) -> Page:
        """One finding: what was found, what was answered, what can be done with it now."""
        row = shown(v, v.hub.get("audit", f"/audit-findings/{v.id}"))
        return v.page(inspecting.finding(row, v.frame("/findings"), v.who.role, uuid4().hex))

    @http("POST", "/findings/{id}/answer", roles=None, page=True)
    @page_for(*ANSWERERS)
    def answer_finding(self, v: Visit) -> Page:
        """Answer for the station."""
        form = v.request.form
        body = {"answer_code": form.get("answer_code", ""), "entries": entries(form.get("entries", ""))}
        return self._done(v, "answer", body, "finding.answered")

    @http("POST", "/findings/{id}/resolution", roles=None, page=True)
    @page_for(*AUDITORS)
    def resolve_finding(self, v: Visit) -> Page:
        """Say that it is over."""
        return self._done(v, "resolution", {"result_code": v.request.form.get("result_code", "")}, "finding.resolved")

    @http("POST", "/findings/{id}/reopening", roles=None, page=True)
    @page_for(*AUDITORS)
    def reopen_finding(self, v: Visit) -> Page:
        """Say that the answer does not do."""
        form = v.request.form
        body = {"reason_code": form.get("reason_code", ""), "answer_by": by_day(form.get("answer_by", ""))}
        return self._done(v, "reopening", body, "finding.reopened")

    @staticmethod
    def _done(v: Visit, act: str, body: dict[str, Any], said: str) -> Page:
        answer = v.hub.post("audit", f"/audit-findings/{v.id}/{act}", body, v.request.form.get("key", ""))
        if answer.ok:
            return v.go(f"/findings/{v.id}", done=v.words(said))
        return v.go(f"/findings/{v.id}", failed=v.words("form.failed", why=answer.why(v.words.lang)))


def shown(v: Visit, answer: Answer) -> Any:
    """What a service shows; what it does not show this person is not there."""
    if answer.ok:
        return answer.body
    raise NotFound("nothing under this id") if answer.status == 404 else Unavailable(answer.why(v.words.lang))


def number(text: str) -> Any:
    """A whole number as it was typed; anything else as it stands, to be refused."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else text


def entries(text: str) -> list[Any]:
    """Numbers of entries, however they were set apart."""
    return [number(part) for part in text.replace(",", " ").replace("，", " ").replace("、", " ").split()]


def by_day(text: str) -> str:
    """The end of the working day that was chosen; anything else as it stands, to be refused."""
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), END_OF_DAY, CHINA).isoformat()
    except ValueError:
        return text
