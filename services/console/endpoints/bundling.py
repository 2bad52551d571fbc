"""What is taken away: a matter or the whole ledger as a bundle, receipts of handoffs, and the programs that verify."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from time import monotonic, sleep
from typing import IO, Any
from uuid import uuid4

from services.console import assets
from services.console.endpoints.auditing import asked
from services.console.endpoints.inspecting import number, shown
from services.console.hub import Answer
from services.console.pages import bundling
from services.console.web import SECURITY, Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Flow, Page, Request, aside, http
from services.kernel.errors import NotFound, Unavailable

AUDITORS = ("auditor",)
READERS = (*AUDITORS, *STATION_ROLES)
PIECE = 65_536
IN_MEMORY = 8 * 2**20
WAIT_SECONDS = 40
NOT_YET = "not-signed-yet"
RECEIPT_ROLES = (*READERS, "partner", "team_leader")


class Bundling:
    """Files that prove themselves; each bundle that is given is on record first."""

    @http("GET", "/matters/{id}/bundle", roles=None, page=True)
    @page_for(*READERS)
    def bundle_page(self, v: Visit) -> Page:
        """What a bundle of this matter will hold for whoever asks, before it is made."""
        digests = shown(v, v.hub.get("audit", f"/matters/{v.id}/digests"))["items"]
        return v.page(bundling.page(v.frame("/matters"), uuid4().hex, v.who.role, v.id, digests))

    @http("POST", "/matters/{id}/bundle", roles=None, page=True)
    @page_for(*READERS)
    def take_bundle(self, v: Visit) -> Any:
        """The bundle of a matter as a file; the values that whoever asks may see are opened, and that is on record."""
        items, wrong = values(v)
        if wrong:
            return v.go(f"/matters/{v.id}/bundle", failed=v.words("form.failed", why=wrong))
        body = {"scope": "case", "matter_id": str(v.id)}
        return made(v, body, items, f"/matters/{v.id}/bundle", f"wushe-{str(v.id)[:8]}.zip")

    @http("GET", "/audit/bundle", roles=None, page=True)
    @page_for(*AUDITORS)
    def full_bundle_page(self, v: Visit) -> Page:
        """What a bundle of the whole ledger holds."""
        return v.page(bundling.page(v.frame("/audit/bundle"), uuid4().hex, v.who.role))

    @http("POST", "/audit/bundle", roles=None, page=True)
    @page_for(*AUDITORS)
    def take_full_bundle(self, v: Visit) -> Any:
        """The whole ledger as a file."""
        return made(v, {"scope": "full"}, [], "/audit/bundle", "wushe-ledger.zip")

    # --- receipts ---

    @http("GET", "/matters/{id}/receipts", roles=None, page=True)
    @page_for(*READERS)
    def receipts_page(self, v: Visit) -> Page:
        """Each handoff and consent of a matter, with its receipt."""
        lines: list[Any] = []
        after: int | None = 0
        while after is not None:
            found = asked(v, "timeline", limit="1000", after=str(after))
            lines, after = [*lines, *found["items"]], found["next"]
        return v.page(bundling.receipts(v.id, lines, v.frame("/matters")))

    @http("GET", "/receipts/{id}", roles=None, page=True)
    @page_for(*RECEIPT_ROLES)
    def receipt(self, v: Visit) -> Any:
        """One receipt as a file (C2SP tlog-proof)."""
        return given(v, "audit", f"/receipts/{v.id}", f"{v.id}.tlog-proof")

    # --- verifying ---

    @http("GET", "/audit/verify", roles=None, page=True)
    @page_for(*RECEIPT_ROLES)
    def verify_page(self, v: Visit) -> Page:
        """Where a bundle is verified: in this browser, or with a program of one's own."""
        found = v.hub.get("audit", "/ledger/state")
        keys = found.body.get("keys", []) if found.ok else []
        return v.page(bundling.verify(assets.verifiers(), keys, v.frame("/audit/verify")))

    @http("GET", "/audit/policy", roles=None, page=True)
    @page_for(*AUDITORS, "partner", "team_leader")
    def policy(self, v: Visit) -> Any:
        """The hub's own policy: to be believed once it was compared with what was printed."""
        return given(v, "audit", "/policy", "policy")

    @http("GET", "/verifier/{name}", roles=None, page=True)
    def verifier(self, request: Request) -> Page:
        """The verifiers, byte for byte as their hashes are published in the ledger; the page runs in the browser alone."""
        found = assets.verifiers().get(str(request.path["name"]))
        if found is None:
            raise NotFound("no such file")
        kept = tuple(header for header in SECURITY if header[0] != "Content-Security-Policy")
        return Page(found.body, 200, (*kept, ("Content-Security-Policy", found.policy)), found.content_type)


def values(v: Visit) -> tuple[list[dict[str, Any]], str]:
    """The values of a matter that whoever asks may see, from the service that keeps them; or why it gives none."""
    listed = shown(v, v.hub.get("audit", f"/matters/{v.id}/digests"))["items"]
    mine = [item["digest"] for item in listed if item["publisher"] == "intake"]
    if not mine:
        return [], ""
    why = v.request.form.get("why", "audit")
    answer = v.hub.post("intake", f"/matters/{v.id}/disclosures", {"digests": mine}, why=why)
    if not answer.ok:
        return [], answer.why(v.words.lang)
    return sorted(answer.body["items"], key=lambda item: str(item["digest"])), ""


def made(v: Visit, body: dict[str, Any], items: list[dict[str, Any]], back: str, name: str) -> Any:
    """A bundle as a download, once a signed head covers it."""
    old = v.request.form.get("old", "").strip()
    body |= {"purpose": v.request.form.get("purpose") or "audit"} | ({"old": number(old)} if old else {})
    body |= {"opened": [item["digest"] for item in items if "disclosure" in item]}
    body |= {"erased": [item["digest"] for item in items if "erased" in item]}
    answer = v.hub.post("audit", "/exports", body)
    if not answer.ok:
        return v.go(back, failed=v.words("form.failed", why=answer.why(v.words.lang)))
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is closed by whoever sends it
    saved = signed(v, f"/exports/{answer.body['id']}/bundle", file)
    if not saved.ok:
        file.close()
        return v.go(back, failed=v.words("form.failed", why=saved.why(v.words.lang)))
    if items:
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("disclosures.ndjson", "".join(line(item) for item in items))
    return download(file, name, "application/zip")


def line(item: dict[str, Any]) -> str:
    """One value with its proof, as the bundle's format has it (docs/bundle.md)."""
    return json.dumps(item, sort_keys=True, separators=(",", ":")) + "\n"


def signed(v: Visit, path: str, file: IO[bytes]) -> Answer:
    """Fetch what waits to be signed, as soon as it is."""
    until = monotonic() + WAIT_SECONDS
    while True:
        saved = v.hub.save("audit", path, file)
        waiting = saved.status == 503 and isinstance(saved.body, dict) and saved.body.get("code") == NOT_YET
        if not waiting or monotonic() > until:
            return saved
        sleep(0.2)


def given(v: Visit, service: str, path: str, name: str) -> Any:
    """A small file of a service, under a name."""
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is closed by whoever sends it
    saved = signed(v, path, file)
    if saved.ok:
        return download(file, name, "application/octet-stream")
    file.close()
    raise NotFound("no such file") if saved.status == 404 else Unavailable(saved.why(v.words.lang))


def download(file: IO[bytes], name: str, kind: str) -> Flow:
    """A file that is sent piece by piece, and is gone afterwards."""
    file.seek(0)
    headers = (
        *SECURITY, ("Cache-Control", "no-store"), ("Content-Disposition", f'attachment; filename="{name}"'),
    )  # fmt: skip
    return Flow(pieces(file), headers=headers, content_type=kind)


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Read aside, so that a slow disk holds up nobody else."""
    with file:
        while piece := aside(file.read, PIECE):
            yield piece
