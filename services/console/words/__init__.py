"""Every word that a page says, in Chinese and in English, and how times, ages and codes are said.

`Words` is what templates call `t`. A code that no table knows is shown as it is, made readable: a page must not fail
because a service has learnt a new word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from services.console.words import (
    acts,
    auditing,
    calling,
    codes,
    designing,
    desk,
    dispatching,
    gate,
    inspecting,
    mailing,
    pages,
    papers,
    partnering,
    placing,
    registers,
    seconding,
    standing,
    street,
    volunteering,
)
from services.console.words.joining import joined
from services.contracts.tables import Table
from services.kernel.contract import EVENTS, about

Lang = Literal["zh", "en"]
PARTS = (
    pages,
    acts,
    street,
    auditing,
    designing,
    desk,
    gate,
    dispatching,
    calling,
    volunteering,
    papers,
    inspecting,
    partnering,
    mailing,
    registers,
    seconding,
    placing,
    standing,
)
TEXTS: dict[str, tuple[str, str]] = joined(part.TEXTS for part in PARTS)
LANGS: tuple[Lang, ...] = ("zh", "en")
UNITS = ("community", "organization", "team", "charity", "university", "authority")
CHINA = ZoneInfo("Asia/Shanghai")
SEASONS = {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring", 6: "summer", 7: "summer",
           8: "summer", 9: "autumn", 10: "autumn", 11: "autumn"}  # fmt: skip
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def humanised(code: str) -> str:
    """`help-request.received` -> `Help request received`."""
    said = code.replace(".", " ").replace("-", " ").replace("_", " ").strip()
    return said[:1].upper() + said[1:]


@dataclass(frozen=True)
class Words:
    """One language's words; the clock is handed in, so that a page can be rendered for any moment."""

    lang: Lang
    now: datetime
    party_name: Callable[[str], str | None] = lambda party: None
    spoken_on: date | None = None
    """The day whose editions of the code tables are spoken (INV-40); None: the newest."""

    @property
    def html_lang(self) -> str:
        """For the `lang` attribute."""
        return "zh-CN" if self.lang == "zh" else "en"

    def __call__(self, key: str, **values: object) -> str:
        """The text under a key; a missing key is a fault of ours and fails."""
        text = TEXTS[key][0 if self.lang == "zh" else 1]
        return text.format(**values) if values else text

    def pick(self, zh: str, en: str) -> str:
        """Of two ready texts the one in this language."""
        return zh if self.lang == "zh" else en

    def code(self, table: str, code: str | None) -> str:
        """A code of a table in words; an unknown one as it stands."""
        if not code:
            return self("unknown")
        found = codes.label(table, code, self.lang, self.spoken_on) or codes.anywhere(code, self.lang, self.spoken_on)
        return found or humanised(code)

    def any(self, code: str) -> str:
        """The telling code of an event, whichever table it comes from."""
        return codes.anywhere(code, self.lang, self.spoken_on) or humanised(code)

    def table(self, name: str) -> Iterable[str]:
        """The codes of one of the console's own tables, in their order."""
        return codes.CODES[name]

    def field(self, name: str) -> str:
        """The name of a field of a form or an event; one without words as it stands, made readable."""
        text = TEXTS.get(f"field.{name}")
        return humanised(name) if text is None else self.pick(*text)

    def titled(self, table: Table) -> str:
        """What a table of codes is called."""
        return self.pick(table.zh, humanised(table.name))

    def all(self, table: str, several: Iterable[str]) -> str:
        """Several codes, in one line."""
        return self("list.comma").join(self.code(table, code) for code in several)

    def named(self, table: str, several: Iterable[str]) -> str:
        """Several codes as a heading."""
        said = self.all(table, several)
        return said[:1].upper() + said[1:]

    def event(self, name: str) -> str:
        """An event in plain words: its declared Chinese name, or its name on the wire, humanised."""
        known = EVENTS.get(name)
        return str(about(known)["zh"]) if known is not None and self.lang == "zh" else humanised(name)

    def party(self, party: str | None) -> str:
        """A party as people call it; without a name of its own, its kind and the start of its id."""
        if not party or party == "unknown":
            return self("party.unknown")
        if (name := self.party_name(party)) is not None:
            return name
        kind, _, ident = party.partition(":")
        called = self.code("party-kind", kind)
        if ident.startswith("unnamed"):
            return self("party.unnamed", kind=called)
        return f"{called} {ident if len(ident) <= 12 else ident[:8]}"

    def actor(self, ident: str) -> str:
        """Who did it, by their id; a service's own rule and somebody without a name are said in words."""
        if ident.startswith("policy:"):
            return self("actor.policy", service=self.code("service", ident.removeprefix("policy:")))
        return self("actor.unnamed") if ident.startswith("unnamed") else ident

    def parties(self, parties: Iterable[str]) -> str:
        """Several parties who answer together."""
        return self("list.and").join(self.party(party) for party in parties) or self("party.nobody")

    def unit(self, org: str) -> str:
        """For whom somebody works, by the directory; empty where it names nobody so."""
        names = (self.party_name(f"{kind}:{org.rpartition(':')[2]}") for kind in UNITS)
        return next((name for name in names if name is not None), "")

    def area(self, code: str) -> str:
        """A place by its code; one that has no name here as it stands."""
        return self.party_name(f"community:{code}") or code

    # --- times ----------------------------------------------------------------------------------------------------

    def when(self, at: datetime | None, precision: str = "instant") -> str:
        """An instant as precisely as it is known."""
        if at is None or precision == "unknown":
            return self("time.unknown")
        if precision == "instant":
            return f"{self.day(at)} {self.clock(at)}"
        day, year = self.tick(at, precision)
        return self.pick(f"{year}{day}", f"{day} {year}")

    def between(self, first: datetime, last: datetime) -> str:
        """Two dates; the year once if it is the same."""
        a, b = local(first), local(last)
        if a == b:
            return self.day(first)
        if a.year != b.year:
            return f"{self.day(first)} – {self.day(last)}"
        start, end = self.tick(first, "day")[0], self.tick(last, "day")[0]
        return self.pick(f"{a.year}年{start} – {end}", f"{start} – {end} {b.year}")

    def day(self, at: datetime | date) -> str:
        """A date with its year."""
        d = local(at)
        return self.pick(f"{d.year}年{d.month}月{d.day}日", f"{d.day} {MONTHS[d.month - 1]} {d.year}")

    def told_day(self, text: object) -> str:
        """A date as a service writes it in an answer; what is none as it stands."""
        try:
            return self.day(date.fromisoformat(str(text)[:10]))
        except ValueError:
            return str(text or self("time.unknown"))

    def month(self, text: str) -> str:
        """A month as addresses and answers write it (`2026-10`); what is none as it stands."""
        year, _, number = text.partition("-")
        if not (number.isdecimal() and 1 <= int(number) <= len(MONTHS)):
            return text
        return self.pick(f"{year}年{int(number)}月", f"{MONTHS[int(number) - 1]} {year}")

    def months(self, several: Iterable[str]) -> str:
        """Several months, in one line."""
        return self("list.comma").join(self.month(each) for each in several)

    def clock(self, at: datetime) -> str:
        """The time of day."""
        return f"{at.astimezone(CHINA):%H:%M}"

    def tick(self, at: datetime, precision: str) -> tuple[str, str]:
        """A date as it stands on a time axis, and its year: as much of it as is known."""
        d = local(at)
        year = self.pick(f"{d.year}年", str(d.year))
        if precision == "unknown":
            return self("time.unknown.short"), ""
        if precision == "season":
            return self(f"season.{SEASONS[d.month]}"), self.season_year(d)
        if precision == "month":
            return self.pick(f"{d.month}月", MONTHS[d.month - 1]), year
        return self.pick(f"{d.month}月{d.day}日", f"{d.day} {MONTHS[d.month - 1]}"), year

    def age(self, since: datetime | None) -> str:
        """How long something has been so."""
        if since is None:
            return "–"
        return self.span(self.now - since)

    def span(self, length: timedelta) -> str:
        """A length of time in its largest fitting unit."""
        minutes = max(0, int(length.total_seconds() // 60))
        if minutes < 60:
            return self("span.minutes", n=minutes)
        if minutes < 48 * 60:
            return self("span.hours", n=minutes // 60)
        return self("span.days", n=minutes // (24 * 60))

    def due(self, at: datetime | None) -> str:
        """A deadline, seen from now."""
        if at is None:
            return "–"
        if at < self.now:
            return self("due.late", span=self.span(self.now - at))
        if local(at) == local(self.now):
            return self("due.today", clock=self.clock(at))
        return self("due.on", day=self.short_day(at), span=self.span(at - self.now))

    def season_year(self, d: date) -> str:
        """The year of a season; a winter has two."""
        first = d.year - 1 if d.month <= 2 else d.year
        years = f"{first}–{(first + 1) % 100:02d}" if d.month in (12, 1, 2) else str(d.year)
        return self.pick(f"{years}年", years)

    def short_day(self, at: datetime | date) -> str:
        """A date without its year."""
        d = local(at)
        return self.pick(f"{d.month}月{d.day}日", f"{d.day} {MONTHS[d.month - 1]}")

    def weekday(self, day: date) -> str:
        """The day of the week."""
        return self(f"weekday.{day.weekday()}")

    def iso(self, at: datetime) -> str:
        """For the `datetime` attribute of a `<time>`."""
        return at.astimezone(CHINA).isoformat(timespec="minutes")


def local(at: datetime | date) -> date:
    """The calendar day at the station."""
    return at.astimezone(CHINA).date() if isinstance(at, datetime) else at
