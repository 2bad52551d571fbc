"""The console walked through: from its routes to addresses that show something, found by following its own links.

Nothing is named here: which pages there are, the service's class says, and whose page each is, the page itself. An
address with an id in it is found by a link on some page of the same role; what no link leads to is told by `missed`.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from inspect import getmembers
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests

from services.console import demo
from services.console.acts import ACTS
from services.console.service import ConsoleService
from services.console.web import SEEN_BY
from tests.support.embedded import Hub

ROLES = {account.role: account.id for account in demo.ROLES}
"""The demo's people: one of each role that has pages of its own."""

ACT = re.compile(r"^(/matters/[^/]+/acts/([a-z-]+)/[^/]+)/[a-z-]+$")
SEVERAL = {
    "/matters/{id}": 8,
    "/matters/{id}/file": 8,
    "/matters/{id}/access": 4,
    "/matters/{id}/papers": 2,
    "/matters/{id}/erasure": 2,
}
"""So many of a kind are looked through for links to others; of all others one."""

UNREACHED = {
    "/sign-in/second": "only between the password and the code", "/sign-in/enrol": "only between the password and the code",
    "/invitation/{code}": "by a link that its holder alone has", "/sign-in/elsewhere/back": "by another site's redirect",
    "/sign-in/elsewhere": "leads to another site", "/worklist/stream": "no page", "/static/{name}": "no page",
    "/verifier/{name}": "no page", "/*": "whatever there is not", "/account/second": "needs an account that is on record",
    "/worklist/part": "a script asks for it", "/audit/ledger/verification": "a script asks for it",
}  # fmt: skip
"""What no link leads to, and why that is right; each has a test of its own."""


@dataclass(frozen=True)
class Place:
    """One GET of the console: its path as it is declared, and whose it is."""

    path: str
    roles: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Its addresses."""
        parts = re.split(r"\{[a-z_]+\}", self.path)
        return re.compile("^" + "[^/?]+".join(re.escape(part) for part in parts) + "$")


def places(method: str = "GET") -> list[Place]:
    """Every page there is, or every form's target; those without an id first: what a path says itself is meant first."""
    found = [
        Place(entry.path, getattr(member, SEEN_BY))
        for _, member in getmembers(ConsoleService)
        for entry in getattr(member, "nameko_entrypoints", ())
        if getattr(entry, "page", False) and entry.method == method and hasattr(member, SEEN_BY)
    ]
    return sorted(found, key=lambda place: (place.path.count("{"), place.path))


class Links(HTMLParser):
    """What a page leads to, and what it loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.loads: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect addresses."""
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in told:
            self.to.append(told["href"])
        if tag == "form" and told.get("method") == "get" and "action" in told:
            self.to.append(told["action"])
        self.loads += [told[name] for name in ("src", "data") if name in told]
        if tag == "link" and "href" in told:
            self.loads.append(told["href"])


@dataclass
class Seen:
    """One page as somebody got it."""

    role: str
    path: str
    place: str
    html: str
    size: int

    @property
    def is_whole(self) -> bool:
        """Whether it is a page, and no part that a script puts into one."""
        return self.html.lstrip().lower().startswith("<!doctype")


class Shot(Protocol):
    """A page that is worth a picture: whose, and where."""

    @property
    def role(self) -> str:
        """Who sees it."""
        ...

    @property
    def path(self) -> str:
        """Where it is."""
        ...


PICTURED = {"station": "coordinator", "leader": "team_leader", "keeper": "administrator", "head": "station_head"}


def seeds_of(shots: Iterable[Shot]) -> dict[str, list[str]]:
    """Where each role starts, beside the pages without an id: at what is worth a picture."""
    found: dict[str, list[str]] = {}
    for shot in shots:
        found.setdefault(PICTURED.get(shot.role, shot.role), []).append(shot.path)
    return found | {"station_head": [*found["coordinator"], *found.get("station_head", ())]}


@dataclass
class Walk:
    """One hub's console, role by role."""

    hub: Hub
    seeds: dict[str, list[str]] = field(default_factory=dict)
    lang: str = "zh"
    found: dict[tuple[str, str], Seen] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    statics: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it is."""
        return self.hub.url

    def go(self) -> list[Seen]:
        """Every page that each role comes to."""
        for role in ("", *ROLES):
            self._as(role)
        return list(self.found.values())

    def missed(self) -> list[str]:
        """Pages of roles that somebody here has, and nobody came to."""
        return [
            p.path
            for p in places()
            if p.path not in self.reached and p.path not in UNREACHED and {*p.roles} & {"", *ROLES}
        ]

    def session(self, role: str) -> requests.Session:
        """Somebody who has come in."""
        session = requests.Session()
        session.cookies.set("lang", self.lang)
        if role:
            session.post(f"{self.url}/sign-in", {"csrf": self.csrf(session), "account": ROLES[role]})
        return session

    def come(self, holder: str, password: str) -> requests.Session:
        """Somebody who has come in by a name and a password."""
        session = self.session("")
        form = {"csrf": self.csrf(session), "holder": holder, "password": password}
        session.post(f"{self.url}/sign-in", form)
        return session

    def csrf(self, session: requests.Session, path: str = "/sign-in") -> str:
        """The token of a session's forms."""
        return str(re.findall(r'name="csrf" value="([^"]+)"', session.get(self.url + path).text)[0])

    def _as(self, role: str) -> None:
        session, known = self.session(role), [place for place in places() if {*place.roles} & {role, ""}]
        fixed = [place.path for place in known if "{" not in place.path and place.path not in UNREACHED]
        waiting, asked, looked = deque([*self.seeds.get(role, ()), *fixed]), set[str](), dict[str, int]()
        while waiting:
            path = waiting.popleft()
            place = self._place(path, known)
            if path in asked or place is None or looked.get(place, 0) >= SEVERAL.get(place, 1):
                continue
            asked.add(path)
            got = session.get(self.url + path, timeout=60)
            assert got.status_code < 500, f"{role} {path}: {got.status_code}"
            if got.status_code != 200 or got.history:
                continue
            self.reached.add(place.partition(" ")[0])
            if not got.headers["Content-Type"].startswith("text/html"):
                continue
            looked[place] = looked.get(place, 0) + 1
            self.found.setdefault((role, place), Seen(role, path, place, got.text, len(got.content)))
            links = [*Links(got.text).to, *_parts(got.text)]
            waiting.extend(_further(to for to in links))

    def _place(self, path: str, known: list[Place]) -> str | None:
        """Which page an address is of; each act's form is one of its own, and so is each figure, table and paper."""
        bare = urlsplit(path).path
        if (act := ACT.match(bare)) is not None:
            return f"/matters/{{id}}/acts/{{kind}}/{{subject_id}}/{{act}} {act[2]}/{bare.rpartition('/')[2]}"
        return next((place.path for place in known if place.pattern.match(bare) and place.path not in UNREACHED), None)

    def weight(self, seen: Seen) -> int:
        """How many bytes a browser loads that was never here before."""
        return seen.size + sum(self._static(path) for path in set(Links(seen.html).loads))

    def _static(self, path: str) -> int:
        if path not in self.statics:
            self.statics[path] = len(requests.get(self.url + path, timeout=30).content)
        return self.statics[path]


def _parts(html: str) -> list[str]:
    """What scripts load into a page."""
    return re.findall(r'hx-get="([^"]+)"', html)


def _further(links: Iterable[str]) -> Iterator[str]:
    """Links within the console; from one form of something all forms of its kind, whether they can be done now or not."""
    for to in links:
        if not to.startswith("/") or to.startswith(("//", "/static/")):
            continue
        path = to.partition("#")[0]
        yield path
        if (act := ACT.match(path)) is not None:
            yield from (f"{act[1]}/{each.code}" for each in ACTS if each.of == act[2])


VOID = ("meta", "link", "input", "img", "br", "hr", "path", "rect", "line", "circle", "use", "col", "wbr")
BOXES = ("input", "select", "textarea")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class Kinds(HTMLParser):
    """The kinds of elements on a page, each with what it stands in; and what of its ids, labels and headings is wrong."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self._open: list[tuple[str, str]] = []
        self._ids: Counter[str] = Counter()
        self._labels: set[str] = set()
        self._boxes: list[tuple[str, bool]] = []
        self._headings: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        told = {name: value or "" for name, value in attrs}
        kind = " ".join([tag, *sorted(told.get("class", "").split())])
        within = " > ".join(kind for _, kind in self._open[-2:])
        self.found.add((within, kind, told.get("type", ""), told.get("role", ""), *sorted(told.keys() - {"class"})))
        self._note(tag, told)
        if tag not in VOID:
            self._open.append((tag, kind))

    def _note(self, tag: str, told: dict[str, str]) -> None:
        self._ids.update([told["id"]] if told.get("id") else [])
        if tag == "label" and told.get("for"):
            self._labels.add(told["for"])
        if tag in HEADINGS:
            self._headings.append(int(tag[1]))
        if tag in BOXES and told.get("type") not in ("hidden", "submit"):
            named = bool(told.get("aria-label") or told.get("aria-labelledby")) or ("label" in dict(self._open))
            self._boxes.append((told.get("id", "") or told.get("name", ""), named))

    def handle_endtag(self, tag: str) -> None:
        """Out of an element, and of those in it that were left open."""
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def faults(self) -> Iterator[str]:
        """In words."""
        yield from (f"the id {ident} is there {times} times" for ident, times in self._ids.items() if times > 1)
        yield from (f"a label names {ident}, which is not there" for ident in self._labels - self._ids.keys())
        yield from (f"{ident} has no label" for ident, named in self._boxes if not named and ident not in self._labels)
        steps = zip(self._headings, self._headings[1:], strict=False)
        yield from (f"after h{first} comes h{second}" for first, second in steps if second > first + 1)


class Said(HTMLParser):
    """What a page says to people, outside of ids and of what is marked as another language."""

    QUIET = ("script", "style", "code", "kbd", "pre", "samp")
    TOLD = ("aria-label", "title", "alt", "placeholder", "aria-description")

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self._lang = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Into an element."""
        told = dict(attrs)
        if tag == "html":
            self._lang = str(told.get("lang"))
        other = "lang" in told and told["lang"] != self._lang
        quiet = tag in self.QUIET or other or bool(self._open and self._open[-1][1])
        if not quiet:
            self.texts += [told[name] or "" for name in self.TOLD if told.get(name)]
        if tag not in VOID:
            self._open.append((tag, quiet))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Out of an element, and of those in it that were left open."""
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """What is read."""
        if data.strip() and not (self._open and self._open[-1][1]):
            self.texts.append(data.strip())


def foreign(html: str, pattern: re.Pattern[str], *known: str) -> list[str]:
    """What is said in another writing than the page's: the words that are found, with the text around."""
    found: list[str] = []
    for text in Said(html).texts:
        rest: Any = re.sub(r"https?://[^ ]+", " ", text)
        for word in known:
            rest = rest.replace(word, " ")
        if wrong := pattern.findall(rest):
            found.append(f"{wrong} in {text[:120]!r}")
    return found
