"""The ledger as a whole, as an auditor sees it: signed, vouched for, compared, checked; and who has seen what."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any, Protocol
from uuid import UUID

from services.console import views
from services.console.endpoints.auditing import asked
from services.console.endpoints.inspecting import shown
from services.console.hub import Hub
from services.console.pages import file, overseeing
from services.console.pages.matter import Model
from services.console.web import Visit, page_for
from services.kernel.entrypoints import Page, Reply, http

AUDITORS = ("auditor",)
AT_ONCE = 200
AWHILE = 3.0
"""So long whoever has asked for a check waits for its end; of a longer one he sees how far it is."""
PURPOSES = ("audit", "complaint", "incident", "person-asked")


class Console(Protocol):
    """What these pages need of the console."""

    def matter_model(self, v: Visit) -> Model:
        """The matter of a visit."""
        ...


class Overseeing:
    """An auditor asks whether the operator can be believed, and who has looked."""

    @http("GET", "/audit/ledger", roles=None, page=True)
    @page_for(*AUDITORS)
    def ledger_page(self, v: Visit) -> Page:
        """Size, root and signed head; witnesses; publishers' logs; checks; what partners have received."""
        return v.page(overseeing.ledger(gathered(v.hub), v.frame("/audit/ledger"), parties(v)))

    @http("POST", "/audit/ledger/reconciliation", roles=None, page=True)
    @page_for(*AUDITORS)
    def reconcile_now(self, v: Visit) -> Page:
        """Have every publisher sign for its log now, and compare."""
        answer = v.hub.post("audit", "/reconciliations", {})
        if not answer.ok:
            return v.go("/audit/ledger", failed=v.words("form.failed", why=answer.why(v.words.lang)))
        return v.go("/audit/ledger", done=v.words("ledger.reconciling"))

    @http("POST", "/audit/ledger/verification", roles=None, page=True)
    @page_for(*AUDITORS)
    def verify_now(self, v: Visit) -> Page:
        """Have every entry read again, hashed and compared with the tree; of a large ledger the page shows how far it is."""
        found = shown(v, v.hub.post("audit", "/verifications", {}))
        until = monotonic() + AWHILE
        while found["state"] == "running" and monotonic() < until:
            sleep(0.1)
            found = shown(v, v.hub.get("audit", "/verifications/running"))
        if found["state"] == "done" and found["sound"]:
            return v.go("/audit/ledger", done=v.words("ledger.sound", n=found["size"]))
        if found["state"] == "done":
            return v.go("/audit/ledger", failed=v.words("ledger.flawed", n=found["flaws_count"]))
        return v.go("/audit/ledger", done=v.words("ledger.verifying"))

    @http("GET", "/audit/ledger/verification", roles=None, page=True)
    @page_for(*AUDITORS)
    def verifying(self, v: Visit) -> Any:
        """How far the check has come, for the page that shows it."""
        found = shown(v, v.hub.get("audit", "/verifications/running"))
        return Reply(
            {name: found.get(name) for name in ("state", "checked", "size")}, headers=(("Cache-Control", "no-store"),)
        )

    # --- who has seen what ---

    @http("GET", "/matters/{id}/access", roles=None, page=True)
    @page_for(*AUDITORS)
    def access_of_matter(self: Console, v: Visit) -> Page:
        """Who has seen what about a matter, the newest first; that somebody asked is the next line."""
        whose = file.person_of(v.hub, self.matter_model(v))
        return v.page(overseeing.access(all_of(v), v.frame("/matters"), parties(v), matter_id=v.id, whose=whose))

    @http("GET", "/audit/access", roles=None, page=True)
    @page_for(*AUDITORS)
    def access_form(self, v: Visit) -> Page:
        """Ask why somebody wants to know, before a person's acts of access are shown."""
        person = v.request.query.get("person", "").strip()
        if ident(person) is None:
            return v.go("/audit", failed=v.words("access.no-reference"))
        return v.page(overseeing.ask(person, v.frame("/audit"), PURPOSES))

    @http("POST", "/audit/access", roles=None, page=True)
    @page_for(*AUDITORS)
    def access_of_person(self, v: Visit) -> Page:
        """Who has seen what about a person, under every record that is of them (INV-33)."""
        person, purpose = ident(v.request.form.get("person", "")), v.request.form.get("purpose", "")
        if person is None or purpose not in PURPOSES:
            return v.go("/audit", failed=v.words("access.no-reference"))
        found = shown(v, v.hub.get("audit", f"/persons/{person}/access", purpose=purpose, limit="1000"))
        return v.page(overseeing.access(found, v.frame("/audit"), parties(v), person=str(person)))


def gathered(hub: Hub) -> overseeing.Ledger:
    """Everything that audit says of the ledger as a whole."""

    def one(path: str) -> Any:
        answer = hub.get("audit", path)
        return answer.body if answer.ok else {}

    return overseeing.Ledger(
        state=one("/ledger/state"), head=one("/ledger/head"), witnesses=one("/witnesses"),
        logs=hub.listed("audit", "/publisher-logs"), differences=hub.listed("audit", "/differences", state="open"),
        compared=one("/reconciliations").get("items") or [], gaps=hub.listed("audit", "/gaps", state="open"),
        running=one("/verifications/running"), checks=hub.listed("audit", "/verifications", most=AT_ONCE * 5),
        deliveries=one("/deliveries").get("items") or [],
    )  # fmt: skip


def parties(v: Visit) -> dict[str, str]:
    """As which party each organization is known, by its id."""
    return {str(row["organization_id"]): str(row["party"]) for row in v.look.all(views.organization)}


def all_of(v: Visit) -> dict[str, Any]:
    """The acts of access about the matter of the path, the last of them where they are very many."""
    found = asked(v, "access", limit="1000")
    while found["next"] is not None:
        more = asked(v, "access", limit="1000", after=str(found["next"]))
        found = more | {"items": [*found["items"], *more["items"]][-5_000:]}
    return dict(found)


def ident(text: str) -> UUID | None:
    """A reference to a person, None where it is none."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None
