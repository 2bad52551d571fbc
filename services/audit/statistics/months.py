"""What each indicator comes to in a month: pure functions over the rows that were held then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from services.audit.statistics.held import Counted, Held
from services.audit.statistics.lines import Evaluate, Line, keys, median, ninetieth, share, standing, sums

LOOP_DAYS = 30
"""After so many days an accepted referral is asked whether its loop is closed; assumed, no source names a number."""

REPORT_MINUTES = 24 * 60
"""A report within this time counts as made in time. The law says "at once"; the number is assumed."""


def cases_open(held: Held) -> list[Line]:
    """Cases opened and not ended at the end of the month."""
    rows = held.ever("case.open")
    open_ = {key for key, sum_ in standing(rows).items() if sum_ > 0}
    made = [row for row in rows if row.key in open_]
    return [Line(value=len(open_), made=made, things=len(open_))]


def goals_reached(held: Held) -> list[Line]:
    """Of the closings of the month, those whose goals were reached."""
    closed = held.within("case.closed")
    return [share([row for row in closed if row.part == "goals-reached"], closed, held.undated("case.closed"))]


def persons_served(held: Held) -> list[Line]:
    """Distinct living persons, after mergers."""
    rows = [row for row in held.within("contact") if held.lived(row)]
    made, nobody = [row for row in rows if row.subject], [row for row in rows if not row.subject]
    number = len({held.person(row) for row in made})
    unknown = nobody + held.undated("contact")
    return [
        Line(value=number, unknown=len(keys(unknown)), made=made, unknown_made=unknown, things=number, subjects=True)
    ]


def requests_settled(held: Held) -> list[Line]:
    """Of the requests that came in this month, those settled by its end."""
    received = held.within("request.received")
    moves = [row for row in held.ever("request.settled") if row.base is not None and row.base >= held.period.first]
    settled = {key for key, sum_ in standing(moves).items() if sum_ > 0} & keys(received).keys()
    return [share([row for row in moves if row.key in settled], received, held.undated("request.received"))]


def first_response(held: Held) -> list[Line]:
    """For each urgency the median and the ninetieth percentile of the minutes until somebody acted."""
    rows, lines = [*held.within("request.response"), *held.undated("request.response")], []
    for urgency in sorted({row.part for row in rows}):
        some = [row for row in rows if row.part == urgency]
        known = [row for row in some if row.value is not None and row.dated]
        unknown = [row for row in some if row not in known]
        values = sorted(row.value or 0 for row in known)
        for name, of in (("median", median), ("p90", ninetieth)):
            lines.append(_duration(f"{urgency}.{name}", of(values) if values else None, known, unknown))
    return lines


def _duration(part: str, value: int | None, known: Sequence[Counted], unknown: Sequence[Counted]) -> Line:
    number = len(known)
    return Line(
        part=part, value=value, of=number, unknown=len(unknown), made=known, of_made=known, unknown_made=unknown, things=number,
    )  # fmt: skip


def offers_accepted(held: Held) -> list[Line]:
    """Of the offers decided this month, those accepted."""
    decided = held.within("offer.decided")
    return [share([row for row in decided if row.part == "accepted"], decided, held.undated("offer.decided"))]


def flagged(measure: str) -> Evaluate:
    """Of the things of a measure in the month, those that carry a 1."""

    def evaluate(held: Held) -> list[Line]:
        rows = held.within(measure)
        return [share([row for row in rows if row.value == 1], rows, held.undated(measure))]

    return evaluate


def withdrawn(held: Held) -> list[Line]:
    """Referrals that the client, or who speaks for the client, took back."""
    made, unknown = held.within("referral.withdrawn"), held.undated("referral.withdrawn")
    number = len(keys(made))
    return [Line(value=number, unknown=len(keys(unknown)), made=made, unknown_made=unknown, things=number)]


def loops_closed(held: Held) -> list[Line]:
    """Of the referrals accepted so many days before the end of the month, those whose outcome is confirmed."""
    by = held.horizon - timedelta(days=LOOP_DAYS)
    owed = held.ever("referral.owed")
    old = {row.key for row in owed if row.value == 1 and row.day <= by}
    due = old & {key for key, sum_ in standing(owed).items() if sum_ > 0}
    of = [row for row in owed if row.key in due]
    return [share([row for row in held.ever("referral.confirmed") if row.key in due], of)]


def loop_duration(held: Held) -> list[Line]:
    """The mean minutes from ready to closed of the referrals closed this month."""
    made, unknown = sums(held.within("referral.took"))
    unknown += held.undated("referral.took")
    mean = sum(row.value or 0 for row in made) // len(made) if made else None
    return [_duration("", mean, made, unknown)]


def referrals_silent(held: Held) -> list[Line]:
    """Acceptances whose first contact was due this month and is not on record in time; what is due today may yet come."""
    made = [row for row in held.within("referral.silent") if row.day < held.known_day]
    return [Line(value=len(keys(made)), made=made, things=len(keys(made)))]


def volunteers_active(held: Held) -> list[Line]:
    """Distinct volunteers with confirmed time this month, records that were merged once: a number, and never a list."""
    made = held.within("hours.confirmed")
    number = len({held.person(row) for row in made})
    return [Line(value=number, made=made, things=number)]


def money_linked(held: Held) -> list[Line]:
    """Paid less returned; whatever has no amount, or no day, is counted and not guessed."""
    paid, paid_unknown = sums(held.within("grant.paid"))
    back, back_unknown = sums(held.within("grant.returned"))
    unknown = [*paid_unknown, *back_unknown, *held.undated("grant.paid"), *held.undated("grant.returned")]
    net = sum(row.value or 0 for row in paid) - sum(row.value or 0 for row in back)
    made = [*paid, *back]
    return [Line(value=net, unknown=len(unknown), made=made, unknown_made=unknown, things=len(made))]


def visit_rate(held: Held) -> list[Line]:
    """Of the living persons who are due a visit every month at its end, those met in it."""
    plans = held.ever("visit.due")
    running = {key for key, sum_ in standing(plans).items() if sum_ > 0}
    due = [row for row in plans if row.key in running and row.value == 1 and not _dead(held, row)]
    persons = {held.person(row) for row in due}
    met = [row for row in held.within("contact") if row.part == "visit" and held.person(row) in persons]
    seen = {held.person(row) for row in met}
    return [Line(value=len(seen), of=len(persons), made=met, of_made=due, things=len(seen), subjects=True)]


def _dead(held: Held, row: Counted) -> bool:
    died = held.died.get(held.person(row))
    return died is not None and died <= held.horizon


def double_help(held: Held) -> list[Line]:
    """Persons and needs for which more than one giver paid this month."""
    givers: dict[tuple[str, str], list[Counted]] = {}
    for row in held.within("grant.helped"):
        if row.subject:
            givers.setdefault((held.person(row), row.part), []).append(row)
    double = [rows for rows in givers.values() if len(keys(rows)) > 1]
    made = [row for rows in double for row in rows]
    return [Line(value=len(double), made=made, things=len(double), subjects=True)]


def pairings_on_course(held: Held) -> list[Line]:
    """Of the pairings that ran in the month, those with every commitment kept that was due by its end."""
    running = held.ever("pairing.running")
    over = {row.key for row in running if row.value == -1 and row.day < held.period.first}
    of = [row for row in running if row.value == 1 and row.key not in over]
    kept = held.ever("pairing.kept")
    behind = {row.subject for row in held.ever("pairing.owed") if row.key not in keys(kept)}
    made = [row for row in of if row.key not in behind]
    return [share(made, of)]


def certified(held: Held) -> list[Line]:
    """Of the staff on the last day, those with a certificate that is valid on it; validity that nobody knows is counted."""
    there = held.ever("staff.there")
    staff = {key for key, sum_ in standing(there).items() if sum_ > 0}
    papers = [row for row in held.ever("staff.certified") if row.key in staff]
    valid = [row for row in papers if row.value and row.base is not None and row.base >= held.horizon]
    unknown = [row for row in papers if not row.value and row.key not in keys(valid)]
    return [share(valid, [row for row in there if row.key in staff and row.value == 1], unknown)]


def reports_in_time(held: Held) -> list[Line]:
    """Of the reports of the month whose times are known, those made in time."""
    rows = held.within("report.made")
    known = [row for row in rows if row.value is not None]
    unknown = [row for row in rows if row.value is None] + held.undated("report.made")
    return [share([row for row in known if (row.value or 0) <= REPORT_MINUTES], known, unknown)]
