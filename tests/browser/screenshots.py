"""Every page of the console as a picture, in both languages and both themes, and one sheet with all of them.

    python -m tests.browser.screenshots [FOLDER] [PAGE…]

The hub is an embedded one of its own with the five stories in it, and a few requests more, so that every page has
something to show. What is worth a picture stands in `pages`.
"""

from __future__ import annotations

import html
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Page, sync_playwright

from services.console.acts import ACTS
from services.console.demo import VOLUNTEER
from services.console.domain.account import stream_of
from services.console.papers import FORMS
from services.console.words import CHINA
from services.kernel.clock import system_clock
from tests.browser.conftest import FLAGS
from tests.support.embedded import Embedded, Hub
from tests.support.postoffice import PostOffice
from tests.support.waiting import until

LOOKS = [(lang, theme) for lang in ("zh", "en") for theme in ("light", "dark")]
ROLES = {
    "station": "w-demo",
    "partner": "p-demo",
    "auditor": "a-demo",
    "volunteer": VOLUNTEER,
    "leader": "l-demo",
    "keeper": "m-demo",
    "head": "h-demo",
    "": "",
}
STREET, COMMUNITY = "220104004", "220104004005"


@dataclass(frozen=True)
class Shot:
    """One page, as one role sees it."""

    name: str
    role: str
    path: str


def pages(hub: Hub) -> Iterator[Shot]:
    """What is worth a picture."""
    new, offered, referral = _new(hub), *_offered(hub)
    matters = [row["matter_id"] for row in _listed(hub, "/intake/v1/help-requests")][:3]
    yield Shot("sign-in", "", "/sign-in")
    yield Shot("worklist", "station", "/")
    yield Shot("take", "station", "/take")
    yield Shot("visits", "station", "/visits?names=1")
    yield Shot("dispatch", "station", "/dispatch")
    yield from _dispatching(hub, new)
    yield Shot("directory", "station", "/directory")
    yield Shot("mailing", "station", f"/organizations/{_mailed(hub)}/mail")
    yield Shot("report", "station", "/figures/report?month=2022-09")
    yield Shot("papers", "station", "/papers")
    yield from (Shot(f"paper-{code}", "station", f"/papers/{code}") for code in FORMS)
    yield Shot("registers", "station", "/registers")
    yield Shot("register", "station", "/registers/visits")
    yield Shot("record-check", "", "/records?code=0123456789abcdef")
    yield Shot("figures", "station", "/figures?month=2022-09")
    yield Shot("matters", "station", "/matters?state=all")
    yield Shot("matter-new", "station", f"/matters/{new}")
    yield Shot("matter-offered", "station", f"/matters/{offered}")
    for act in (a for a in ACTS if a.of == "help-request"):
        yield Shot(f"act-{act.code}", "station", f"/matters/{new}/acts/help-request/{new}/{act.code}")
    for act in (a for a in ACTS if a.of == "referral"):
        yield Shot(f"act-{act.code}", "station", f"/matters/{offered}/acts/referral/{referral}/{act.code}")
    for place, matter in enumerate(dict.fromkeys((*matters, *_told(hub)))):
        yield Shot(f"matter-story-{place}", "auditor", f"/matters/{matter}")
    yield Shot("time-machine", "auditor", f"/matters/{offered}/time-machine?known=3")
    yield from _auditing(hub, offered)
    yield Shot("offers", "partner", "/offers")
    for name in ("served", "capacity", "programs"):
        yield Shot(f"partner-{name}", "partner", f"/{name}")
    offer = _listed(hub, f"/referral/v1/offers?referral_id={referral}")[0]["offer_id"]
    for act in (a for a in ACTS if a.of == "offer"):
        yield Shot(f"answer-{act.code}", "partner", f"/offers/{offer}/acts/{act.code}")
    yield Shot("audit", "auditor", "/audit")
    yield from _keeping(hub)
    yield Shot("nowhere", "station", "/nowhere")


def _keeping(hub: Hub) -> Iterator[Shot]:
    """What an administrator looks after, one's own account, and what waits for a second person."""
    opened = {"holder": "w-07", "role": "coordinator", "org": STREET}
    hub.ask("POST", "/console/v1/accounts", opened, role="administrator", ident="m-01")
    for name in ("", "accounts", "stations", "tables", "tables/sla", "dead-letters"):
        yield Shot(f"admin-{name.replace('/', '-') or 'system'}", "keeper", f"/admin/{name}".rstrip("/"))
    place = {
        "kind": "station",
        "code": "220104004",
        "party": f"community:{STREET}",
        "places": [{"code": STREET, "edition": "nbs-2023"}],
    }
    station = hub.ask(
        "POST", "/referral/v1/stations", place, role="administrator", ident="m-01", Idempotency_Key=uuid4().hex
    )
    if station.ok:
        yield Shot("admin-station", "keeper", f"/admin/stations/{station.json()['id']}")
    yield Shot("admin-account", "keeper", f"/admin/accounts/{stream_of('w-07')}")
    yield Shot("admin-edition", "keeper", "/admin/tables/sla/edition")
    yield Shot("admin-calendar", "keeper", "/admin/calendar")
    yield Shot("own-account", "keeper", "/account")
    yield Shot("approvals", "head", "/approvals")
    sealed = {"month": "2022-09", "station": STREET}
    assert hub.ask("POST", "/audit/v1/monthly-reports", sealed, role="station_head", ident="h-demo").ok
    yield Shot("report-sealed", "head", "/figures/report?month=2022-09")
    yield Shot("harm", "station", "/harm")
    raised = _ask(hub, "/intake/v1/safeguarding-concerns", {}, ident="w-demo")
    yield Shot("harm-report", "station", f"/harm/{raised}/report")
    yield Shot("design", "", "/design")


def _auditing(hub: Hub, matter: str) -> Iterator[Shot]:
    """What an auditor works with."""
    plan = {"seed": "dice-4-2-6", "per_stratum": 3, "purpose": "audit"}
    sample = hub.ask("POST", "/audit/v1/samples", plan, role="auditor", ident="a-demo").json()["id"]
    told = {"matter_id": matter, "finding_code": "evidence-missing", "answer_by": "2099-12-01T10:00:00Z"}
    finding = hub.ask("POST", "/audit/v1/audit-findings", told, role="auditor", ident="a-demo").json()["id"]
    hub.settles()
    for name in ("access", "unsealing", "receipts", "bundle", "findings"):
        yield Shot(f"audit-{name}", "auditor", f"/matters/{matter}/{name}")
    yield Shot("audit-samples", "auditor", "/audit/samples")
    yield Shot("audit-sample", "auditor", f"/audit/samples/{sample}")
    yield Shot("audit-all-findings", "auditor", "/findings")
    yield Shot("audit-finding", "auditor", f"/findings/{finding}")
    yield Shot("audit-ledger", "auditor", "/audit/ledger")
    yield Shot("audit-full-bundle", "auditor", "/audit/bundle")
    yield Shot("audit-verify", "auditor", "/audit/verify")


def _dispatching(hub: Hub, matter: str) -> Iterator[Shot]:
    """A task in two days for which a volunteer was asked, a plan of that day, and what those see who go."""
    start = system_clock().astimezone(UTC).replace(microsecond=0) + timedelta(days=2)
    body = {"matter_id": matter, "holder": f"community:{COMMUNITY}", "kind": "companionship", "area": COMMUNITY,
            "slot_start": start.isoformat(), "slot_end": (start + timedelta(hours=1)).isoformat()}  # fmt: skip
    task = _ask(hub, "/volunteer/v1/tasks", body)
    _ask(hub, f"/volunteer/v1/tasks/{task}/offers", {"candidates": [f"volunteer:{VOLUNTEER}"]})
    day = start.astimezone(CHINA).date().isoformat()
    plan = _ask(hub, "/volunteer/v1/plans", {"area": STREET, "day": day})
    yield Shot("dispatch-day", "station", f"/dispatch?view=day&day={day}")
    yield Shot("dispatch-task", "station", f"/dispatch/tasks/{task}")
    yield Shot("dispatch-plans", "station", "/dispatch/plans")
    yield Shot("dispatch-plan", "station", f"/dispatch/plans/{plan}")
    yield Shot("dispatch-rounds", "station", "/dispatch/rounds")
    school_year = {"kind": "school_community", "year": 2027, "answer_by": (start + timedelta(days=30)).isoformat()}
    yield Shot(
        "dispatch-round", "station", f"/dispatch/rounds/{_ask(hub, '/volunteer/v1/pairing-rounds', school_year)}"
    )
    yield Shot("dispatch-overrides", "station", "/dispatch/overrides")
    yield Shot("volunteering", "volunteer", "/volunteering")
    yield Shot("hours", "volunteer", "/volunteering/hours")
    yield Shot("team", "leader", "/volunteering")
    yield from _going(hub, start)


def _going(hub: Hub, start: datetime) -> Iterator[Shot]:
    """Somebody goes to somebody who is known, has been at another task, and has it in writing."""
    who = _ask(
        hub,
        "/intake/v1/persons",
        {"station": STREET, "pseudonym": "魏奶奶", "phone": "000-0001", "age_band": "from_60"},
    )
    known, other = _new(hub, "companionship", person_id=who), _new(hub, "companionship")
    team = f"team:{_team(hub)}"
    hers = _gone(hub, known, start + timedelta(hours=3), person_id=who)
    done = _gone(hub, other, start + timedelta(hours=6))
    myself = {"role": "volunteer", "ident": VOLUNTEER, "org": ""}
    _ask(hub, f"/volunteer/v1/tasks/{done}/completion", {"result": "done"}, **myself)
    leader = {"role": "team_leader", "ident": "l-demo", "org": team.partition(":")[2]}
    given = {"volunteer_id": VOLUNTEER, "activity": f"task-{done[:8]}", "day": system_clock().date().isoformat(), "minutes": 45,
             "content_code": "companionship", "organizer": team, "lead": team, "task_id": done}  # fmt: skip
    hours = _ask(hub, "/volunteer/v1/service-hours", given, **leader)
    _ask(hub, f"/volunteer/v1/service-hours/{hours}/confirmation", {}, **leader)
    _ask(hub, f"/volunteer/v1/volunteers/{VOLUNTEER}/record-statements", {"issuer": team}, **leader)
    (stated, *_) = _listed(hub, "/volunteer/v1/record-statements")
    yield Shot("volunteering-going", "volunteer", "/volunteering")
    yield Shot("volunteering-whom", "volunteer", f"/volunteering/tasks/{hers}/whom")
    yield Shot("hours-given", "volunteer", "/volunteering/hours")
    yield Shot("team-hours", "leader", "/volunteering/hours")
    yield Shot("record-sheet", "volunteer", f"/volunteering/records/{stated['verify_code']}")


def _gone(hub: Hub, matter: str, start: datetime, **more: str) -> str:
    """A task that the demo's volunteer takes."""
    body = {"matter_id": matter, "holder": f"community:{COMMUNITY}", "kind": "companionship", "area": COMMUNITY,
            "slot_start": start.isoformat(), "slot_end": (start + timedelta(hours=1)).isoformat()}  # fmt: skip
    task = _ask(hub, "/volunteer/v1/tasks", body | more)
    said = {"assignee": f"volunteer:{VOLUNTEER}"}
    _ask(hub, f"/volunteer/v1/tasks/{task}/acceptance", said, role="volunteer", ident=VOLUNTEER, org="")
    return task


def _team(hub: Hub) -> str:
    return str(_listed(hub, "/referral/v1/organizations?code=leifeng-nanguan")[0]["organization_id"])


def _ask(hub: Hub, path: str, body: dict[str, Any], **who: str) -> str:
    answer = hub.ask("POST", path, body, Idempotency_Key=uuid4().hex, **who)
    assert answer.ok, answer.text
    hub.settles()
    return str(answer.json()["id"])


def _listed(hub: Hub, path: str) -> list[dict[str, Any]]:
    return list(hub.ask("GET", path).json()["items"])


def _told(hub: Hub) -> list[str]:
    """The matters of the stories."""
    rows = _listed(hub, "/intake/v1/cases") + _listed(hub, "/intake/v1/visit-plans")
    return [row.get("matter_id") or row["plan_id"] for row in rows][:4]


def _new(hub: Hub, *needs: str, **more: str) -> str:
    """A request that nobody has triaged."""
    body = {"unit": f"community:{COMMUNITY}", "area": COMMUNITY, "came_by": "phone", "urgency": "normal",
            "need_codes": list(needs or ("companionship", "goods"))}  # fmt: skip
    return _ask(hub, "/intake/v1/help-requests", body | more)


def _mailed(hub: Hub) -> str:
    """The drivers' team, which is told of its offers by mail from now on, and whose letters went out."""
    team = _team(hub)
    _ask(hub, f"/referral/v1/organizations/{team}/mail", {"address": "lei@example.org"})
    until(lambda: any(row["state"] == "sent" for row in _listed(hub, "/referral/v1/letters")), "a letter went out")
    return team


def _offered(hub: Hub) -> tuple[str, str]:
    """A request whose need the drivers' team was asked to take; the referral."""
    matter = _new(hub, "companionship")
    _ask(hub, f"/intake/v1/help-requests/{matter}/triage", {"urgency": "urgent", "disposition": "referral"})
    team = _team(hub)
    offering = {"organization_id": team, "service_codes": ["companionship"], "areas": [STREET[:6]], "capacity": 20}
    _ask(hub, "/referral/v1/offerings", offering)
    draft = {"matter_id": matter, "kind": "referral", "need_codes": ["companionship"], "areas": [COMMUNITY],
             "legal_basis": "pipl13-4"}  # fmt: skip
    referral = _ask(hub, "/referral/v1/referrals", draft)
    _ask(hub, f"/referral/v1/referrals/{referral}/readiness", {})
    _ask(hub, f"/referral/v1/referrals/{referral}/offers", {"organization_id": team})
    return matter, referral


def taken(browser: Browser, hub: Hub, folder: Path, wanted: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Take the pictures; answers name, look and file of each."""
    shots = [shot for shot in pages(hub) if not wanted or any(shot.name.startswith(name) for name in wanted)]
    found = []
    for lang, theme in LOOKS:
        windows = {role: _window(browser, hub, account, lang, theme) for role, account in ROLES.items()}
        for shot in shots:
            page, file = windows[shot.role], f"{shot.name}-{lang}-{theme}.png"
            page.goto(shot.path)
            page.screenshot(path=folder / file, full_page=True)
            found.append((shot.name, f"{lang} {theme}", file))
    return found


def _window(browser: Browser, hub: Hub, account: str, lang: str, theme: str) -> Page:
    """A window of somebody who has signed in and chosen a look."""
    page = browser.new_context(base_url=hub.url, viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page()
    page.goto(f"/sign-in?lang={lang}")
    page.goto(f"/sign-in?theme={theme}")
    if account:
        page.locator(f"button[value='{account}']").click()
    return page


def sheet(found: list[tuple[str, str, str]]) -> str:
    """All pictures on one page, those of one page side by side."""
    rows: dict[str, list[str]] = {}
    for name, look, file in found:
        shown = f'<figure><a href="{file}"><img src="{file}" alt="{look}" loading="lazy"></a><figcaption>{look}</figcaption></figure>'
        rows.setdefault(name, []).append(shown)
    body = "".join(f"<h2>{html.escape(name)}</h2><div>{''.join(shots)}</div>" for name, shots in rows.items())
    style = "body{font:15px sans-serif;margin:2rem}img{width:100%;border:1px solid #999}"
    style += "div{display:grid;grid-template-columns:repeat(4,1fr);gap:1rem}"
    return f'<!doctype html><meta charset="utf-8"><title>Wushe</title><style>{style}</style>{body}'


def main(folder: str = "build/screenshots", *wanted: str) -> None:
    """Take them all, or those whose name begins as one of the words given."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("Chromium is not installed here: run `make servers`.")
    with (
        PostOffice() as post,
        tempfile.TemporaryDirectory(prefix="wushe-pictures-") as var,
        Embedded(
            Path(var), demo=True, settings={"HUB_SMTP_URL": post.url, "HUB_MAIL_FROM": "hub@example.org"}
        ) as embedded,
    ):
        embedded.hub.settles()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            found = taken(browser, embedded.hub, out, wanted)
            browser.close()
    (out / "index.html").write_text(sheet(found), "utf-8")
    said = re.sub(
        r"\s+", " ", f"{len(found)} pictures of {len({name for name, _, _ in found})} pages: {out}/index.html"
    )
    print(said)


if __name__ == "__main__":
    main(*sys.argv[1:])
