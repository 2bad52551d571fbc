"""What every service answers beside its own paths: its events by pull, its health, its figures, its document."""

from __future__ import annotations

from services.kernel import metrics
from services.kernel.approvals import approver_of, wanted
from services.kernel.clock import system_clock
from services.kernel.declaring import Declarer
from services.kernel.entrypoints import dead
from services.kernel.entrypoints.batch import BATCH_BYTES, batch
from services.kernel.entrypoints.log import Opened
from services.kernel.entrypoints.openapi import document
from services.kernel.entrypoints.request import Page, Reply, Request
from services.kernel.entrypoints.site import Route, Site
from services.kernel.errors import ContractBroken, FieldProblem, HubError, NotFound
from services.kernel.heads import signers

EVENTS_AT_ONCE = 1_000
POSITION = {
    "kind": "http",
    "says": "how far it has spoken and heard",
    "answer": {
        "type": "object", "required": ["head", "heard"],
        "properties": {"head": {"type": "integer"}, "heard": {"type": "object", "additionalProperties": {"type": "integer"}}},
    },
}  # fmt: skip
READERS = ("service", "auditor")
HEAD_READERS = (*READERS, "administrator")
HEAD = {
    "kind": "http",
    "says": "how far its log reaches, and the digest over all of it, signed",
    "answer": {"type": "object", "required": ["publisher", "position", "at", "note", "keys"]},
}
WITHHELD = "read-withheld-events"
"""What a second person approves for one who would read events that are withheld, under the name of the service."""


def stand(opened: Opened) -> None:
    """Add the standing paths of one service."""
    name = opened.name
    opened.add(
        Route(
            name,
            "GET",
            f"/{name}/events",
            "events",
            lambda request: events(opened, request),
            READERS,
            document={"kind": "events"},
        )
    )
    head = f"/{name}/head"
    opened.add(Route(name, "GET", head, "head", lambda request: log_head(opened), HEAD_READERS, document=HEAD))
    opened.add(Route(name, "POST", head, "sign-head", lambda request: sign_head(opened), ("service",), document=HEAD))
    opened.add(
        Route(name, "GET", opened.url("/position"), "position", lambda request: position(opened), document=POSITION)
    )
    dead.stand(opened)
    opened.add(Route(name, "GET", f"/{name}/healthz", "healthz", healthy, None, quick=True))
    opened.add(Route(name, "GET", f"/{name}/readyz", "readyz", lambda request: ready([opened]), None))
    opened.add(
        Route(name, "GET", f"/{name}/openapi.json", "openapi", lambda request: document(opened.site, name), None)
    )
    opened.add(Route(name, "POST", opened.url("/commands"), "commands", batch(opened), quick=True, max_body=BATCH_BYTES, json_body=True,
                     document={"kind": "batch"}))  # fmt: skip


def stand_for_all(site: Site, services: list[Opened]) -> None:
    """Add the standing paths of the process, whichever services live in it."""
    site.add(Route("site", "GET", "/healthz", "healthz", healthy, None, quick=True))
    site.add(Route("site", "GET", "/readyz", "readyz", lambda request: ready(services), None))
    site.add(Route("site", "GET", "/metrics", "metrics", figures, None, quick=True))
    site.add(Route("site", "GET", "/openapi.json", "openapi", lambda request: document(site), None))


def position(opened: Opened) -> Reply:
    """How far this service has spoken, and how far it has heard each publisher: for who waits to see what he has said.

    A command's answer names its `position`; a service that has `heard` that publisher so far shows what follows from it.
    """
    heard = {publisher: opened.bus.heard(publisher) for publisher in opened.manifest.hears}
    return Reply({"head": opened.store.refresh(), "heard": heard})


def events(opened: Opened, request: Request) -> Reply:
    """`GET /events?after=N&limit=M`: stored events after a position, as they are, with the log's head in `Hub-Head`.

    Other services read everything; whoever else reads, reads on over what is withheld as if it were not there.
    """
    request.only("after", "limit")
    after, limit = _whole(request, "after", 0, 2**53), _whole(request, "limit", EVENTS_AT_ONCE, EVENTS_AT_ONCE)
    raws = opened.store.read(after, limit, but=_withheld_from(opened, request))
    head = max(opened.store.refresh(), after if not raws else 0)
    body = b"[" + b",".join(raws) + b"]"
    return Reply(raw=body, headers=(("Hub-Head", str(head)),), content_type="application/cloudevents-batch+json")


def log_head(opened: Opened) -> Reply:
    """`GET /head`: the head of the log as it was signed last (see `heads`)."""
    keys = opened.settings.head_keys
    last = Declarer(opened.store, signers(opened.name, keys)).last() if keys else None
    if last is None:
        raise NotFound("no head was signed yet")
    return Reply(last)


def sign_head(opened: Opened) -> Reply:
    """`POST /head`: the log is read from its first event on, and its head signed now."""
    keys = opened.settings.head_keys
    made = Declarer(opened.store, signers(opened.name, keys)).now() if keys else None
    if made is None:
        raise NotFound("there is nothing to sign, or no key for it")
    return Reply(made)


def _withheld_from(opened: Opened, request: Request) -> frozenset[str]:
    """The types of event that this one does not get; raises Refused for an approval that is none."""
    actor, approval, manifest = request.actor, request.header("approval"), opened.manifest
    if actor.role == "service":
        return frozenset()
    if approval:
        what = wanted(WITHHELD, opened.name, actor.id, {})
        second = approver_of(approval, what, opened.settings.token_public_keys, system_clock())
        if second.role in manifest.unseals:
            return frozenset()
    return manifest.withheld()


def _whole(request: Request, name: str, usual: int, most: int) -> int:
    given = request.query.get(name, str(usual))
    if not (given.isascii() and given.isdecimal() and len(given) < 17 and int(given) <= most):
        problem = FieldProblem(
            field=name, code="invalid", expected_en=f"a whole number up to {most}", expected_zh=f"不大于 {most} 的整数"
        )
        raise ContractBroken(problem)
    return int(given)


def healthy(request: Request) -> Reply:
    """The process is alive."""
    return Reply({"status": "ok"})


def ready(services: list[Opened]) -> Reply:
    """Whether every service here can take commands: its database answers; the broker may be away."""
    states = {opened.name: _state(opened) for opened in services}
    status = 200 if all(state["database"] == "ok" for state in states.values()) else 503
    return Reply({"status": "ok" if status == 200 else "unavailable", "services": states}, status)


def _state(opened: Opened) -> dict[str, object]:
    try:
        head = opened.store.refresh()
    except HubError:
        return {"database": "away"}
    heard = {publisher: opened.bus.heard(publisher) for publisher in opened.manifest.hears}
    state: dict[str, object] = {"database": "ok", "head": head, "heard": heard, "bus": opened.bus.health()}
    return state | ({"duties": opened.duties.health()} if opened.manifest.duties else {})


def figures(request: Request) -> Page:
    """The metrics of the process, in Prometheus's text format."""
    return Page(metrics.render(), content_type="text/plain; version=0.0.4; charset=utf-8")
