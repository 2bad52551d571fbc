"""A form for one act, and what can be done next with everything that a matter is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.console import acts, effects
from services.console.acts.act import SEVERAL, Act, Field, Offered, Subject
from services.console.acts.looking import Option
from services.console.pages.matter import ENDED, Model
from services.console.templating import Frame, render
from services.console.words import Words, humanised
from services.kernel.contract import about

FEW = 9
"""So many choices are shown side by side; more are put into a list."""

LONG = ("workers", "units", "colleges", "communities", "conveners")
"""Sources of which so many would hide the rest of the form."""

OWN = ("case", "help-request", "visit-plan")
"""What a matter itself can be; where it has been several, the first of these is acted on."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One field as it is drawn."""

    field: Field
    widget: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Form:
    """An act's form: where it goes, what it asks, what was typed before, and why that did not do."""

    act: Act
    action: str
    back: str
    key: str
    fields: tuple[Shown, ...] = ()
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    wrong: str = ""

    @property
    def has_paper(self) -> bool:
        """Whether something was typed about the paper that is written up."""
        return any(text for each in self.fields if each.field.folded for text in self.given.get(each.field.name, ()))

    def said(self, one: Field) -> tuple[str, ...]:
        """What stands in a field: what was typed or is known, or what it starts with."""
        return tuple(self.given.get(one.name, ())) or ((one.start,) if one.start and not self.wrong else ())


@dataclass(frozen=True, kw_only=True)
class Link:
    """The way to the form of an act; or why there is none now."""

    name: str
    path: str
    main: bool
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What can be done with one part of a matter, and what cannot be done yet."""

    subject: Subject
    title: str
    state: str
    now: tuple[Link, ...]
    later: tuple[Link, ...]


def name_of_act(act: Act, words: Words) -> str:
    """What an act is called: as its contract says in Chinese, by its name in English."""
    return words(act.title) if act.title else words.pick(str(about(act.command)["zh"]), humanised(act.code))


def subjects(model: Model) -> list[Subject]:
    """What a matter is made of: itself as a request or a case, then its strands."""
    kinds = dict(entry.strand for entry in model.entries if entry.strand[0] in OWN)
    own = next((kind for kind in OWN if kind in kinds), "")
    mine = [Subject(kind=own, id=kinds[own], state=model.story.state, needs=model.story.needs)] if own else []
    return [*mine, *(acts.subject_of(strand) for strand in model.story.strands.values()), *told(model)]


def told(model: Model) -> list[Subject]:
    """The organizations that were asked or have taken something: what they say by telephone can be written down."""
    offers, strands = model.story.offers.values(), model.story.strands
    needs = {ident: strand.needs for ident, strand in strands.items()}
    givers = [
        Subject(kind="told-grant", id=strand.id, state=strand.state, needs=strand.needs)
        for strand in strands.values() if strand.kind == "grant" and strand.state in ("applied", "approved")
    ]  # fmt: skip
    return givers + [
        Subject(kind="told", id=o.id, on=o.strand_id, state=o.state, code=o.organization, needs=needs.get(o.strand_id, ()))
        for o in offers if o.state in (*effects.LIVE, *effects.OURS)
    ]  # fmt: skip


def steps(model: Model, role: str, words: Words) -> list[Step]:
    """What can be done next, part by part; what is over is left out."""
    found = []
    for subject in subjects(model):
        offered = acts.offered(subject, role) if subject.kind in OWN or subject.state not in ENDED else []
        links = [_link(model.matter_id, each, words) for each in offered]
        now, later = tuple(x for x in links if not x.why_not), tuple(x for x in links if x.why_not)
        if now:
            state = words.code(_states(subject), subject.state)
            found.append(Step(subject=subject, title=title(subject, words), state=state, now=now, later=later))
    return found


def _link(matter_id: UUID, offered: Offered, words: Words) -> Link:
    act = offered.act
    why = "" if offered.possible else words("act.only-when", states=words.all(_states(offered.subject), act.states))
    path = path_of(matter_id, offered.subject, act)
    return Link(name=name_of_act(act, words), path=path, main=act.main, why_not=why)


def _states(subject: Subject) -> str:
    """The table in which its states have names."""
    return "matter-state" if subject.kind in OWN else "offer-state" if subject.kind == "told" else "strand-state"


def title(subject: Subject, words: Words) -> str:
    """What a part of a matter is called."""
    if subject.kind == "told":
        return words("told.title", org=words.party(subject.code))
    if subject.kind == "told-grant":
        return words("told.giver")
    if subject.kind in ("station", "harm"):
        return words(f"{subject.kind}.title")
    kind = words.code("matter-kind" if subject.kind in OWN else "strand-kind", subject.kind)
    return f"{kind}{words.pick('：', ': ')}{words.all('need', subject.needs)}" if subject.needs else kind


def path_of(matter_id: UUID, subject: Subject, act: Act) -> str:
    """Where the form of an act is."""
    return f"/matters/{matter_id}/acts/{subject.kind}/{subject.id}/{act.code}"


def shown(
    act: Act, words: Words, options: Mapping[str, tuple[Option, ...]], against: Mapping[str, str] | None = None
) -> tuple[Shown, ...]:
    """The fields of an act with what can be chosen; `against` says of choices of the field tried why they cannot be."""
    found = tuple(_shown(each, words, options.get(each.source, ())) for each in act.fields)
    return tuple(_explained(each, against or {}) if each.field.name == act.tries else each for each in found)


def _explained(shown: Shown, against: Mapping[str, str]) -> Shown:
    told = tuple(replace(o, against=(against[o.value],)) if o.value in against else o for o in shown.options)
    return replace(shown, options=told, widget="cards-of-codes" if against else shown.widget)


def _shown(one: Field, words: Words, found: tuple[Option, ...]) -> Shown:
    if one.kind == "pick":
        several = one.source in SEVERAL
        alone = "list" if len(found) > FEW and one.source in LONG else "radios"
        widget = "cards" if one.source == "candidates" else "checks" if several else alone
        return Shown(field=one, widget=widget, options=found)
    if one.kind in ("one", "many"):
        coded = tuple(Option(value=code, label=words.code(one.words, code)) for code in one.choices)
        many = len(coded) > FEW and one.kind == "one"
        return Shown(field=one, widget="list" if many else "checks" if one.kind == "many" else "radios", options=coded)
    return Shown(field=one, widget=one.kind)


def page(form: Form, frame: Frame, subject: Subject) -> str:
    """The whole page."""
    t = frame.words
    return render("act.html", frame, f=form, name=name_of_act(form.act, t), subject=title(subject, t))
