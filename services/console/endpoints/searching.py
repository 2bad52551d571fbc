"""Search: what is typed goes in the body of a POST, for it may be somebody's name."""

from __future__ import annotations

from typing import Protocol

import sqlalchemy as sa

from services.console import views
from services.console.directory import Directory
from services.console.endpoints.taking import alike
from services.console.pages import matters, search
from services.console.scopes import MATTERS
from services.console.web import Visit, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http


class Console(Protocol):
    """What these pages need of the console."""

    @property
    def directory(self) -> Directory:
        """What organizations are called."""
        ...


class Searching:
    """A matter, a person or an organization, by a few letters."""

    @http("GET", "/search", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def search_page(self, v: Visit) -> Page:
        """The field."""
        return v.page(search.page(v.frame()))

    @http("POST", "/search", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def search(self: Console, v: Visit) -> Page:
        """What fits."""
        word = v.request.form.get("word", "").strip()[:80]
        if not word:
            return v.page(search.page(v.frame("/search")))
        named = search.organizations(word, self.directory.all())
        found = search.Found(matters=_matters(v, word, named), people=alike(v, search.whom(word)), organizations=named)
        return v.page(search.page(v.frame("/search"), word, found))


def _matters(v: Visit, word: str, parties: tuple[str, ...]) -> tuple[matters.Row, ...]:
    """The newest matters by number, need or holder, of those that this one may see."""
    m = views.matter.c
    wanted = [_holds(m.needs, code) for code in search.needs(word)] + [_holds(m.holder, party) for party in parties]
    if start := search.reference(word):
        wanted.append(sa.func.replace(sa.cast(m.matter_id, sa.String), "-", "").startswith(start))
    if not wanted:
        return ()
    query = sa.select(views.matter).where(sa.or_(*wanted), MATTERS.rows(v.who.actor))
    return search.rows(v.look.run(query.order_by(m.changed_at.desc()).limit(search.SHOWN)))


def _holds(column: sa.Column[str], word: str) -> sa.ColumnElement[bool]:
    """Whether a list joined by spaces holds a word."""
    spaced = sa.literal(" ") + column + sa.literal(" ")
    return spaced.contains(f" {word} ", autoescape=True)
