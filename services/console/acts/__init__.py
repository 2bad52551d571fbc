"""What can be done from the pages: each act is a command of another service, with the form that asks for it.

An `Act` says which command it is, of what, in which states, and which fields its form has; everything else follows from
the contract of the command. `found` knows them all by the name of their command, `offered` says which of them a matter
is ready for, and why the others have to wait.
"""

from __future__ import annotations

from services.console.acts.act import Act, Offered, Subject
from services.console.acts.activities import ACTIVITIES
from services.console.acts.cases import CASES
from services.console.acts.erasing import ERASING
from services.console.acts.errors import ERRORS
from services.console.acts.grants import GRANTS
from services.console.acts.pairings import PAIRINGS
from services.console.acts.people import PEOPLE
from services.console.acts.referrals import PARTNERS, REFERRALS
from services.console.acts.requests import REQUESTS
from services.console.acts.station import STATION
from services.console.acts.tasks import TASKS
from services.console.acts.told import TOLD
from services.console.acts.visits import VISITS
from services.console.record import Strand

ACTS: tuple[Act, ...] = (
    *REQUESTS, *CASES, *REFERRALS, *PARTNERS, *TOLD, *TASKS, *GRANTS, *PAIRINGS, *PEOPLE, *VISITS, *ACTIVITIES, *STATION, *ERRORS,
)  # fmt: skip
KNOWN = {(act.of, act.code): act for act in (*ACTS, *ERASING)}
"""With those that have a page of their own and no form made from their fields."""


def found(of: str, code: str) -> Act | None:
    """The act on something of this kind, under the name of its command."""
    return KNOWN.get((of, code))


def offered(subject: Subject, role: str) -> list[Offered]:
    """What this role may do with a request, a case or a strand: what is possible now first, the rest with why not."""
    acts = [act for act in ACTS if act.of == subject.kind and role in act.roles]
    judged = [Offered(act=act, subject=subject, possible=subject.state in act.states) for act in acts]
    return sorted(judged, key=lambda o: (not o.possible, not o.act.main))


def subject_of(strand: Strand) -> Subject:
    """A strand as something that can be acted on."""
    return Subject(kind=strand.kind, id=strand.id, state=strand.state, needs=strand.needs, code=strand.code)
