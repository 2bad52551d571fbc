"""The volunteer service as nameko runs it: what it is made of; how it is reached stands in `endpoints`."""

from __future__ import annotations

from services.contracts.visibility import BOUND, is_restricted
from services.kernel.entrypoints import Log
from services.kernel.manifest import Manifest
from services.volunteer import aliases, notes, reading, views
from services.volunteer.domain import hours, pairing, pairing_round, plan, task, volunteer
from services.volunteer.domain import notes as noted
from services.volunteer.endpoints.fitting import Fitting
from services.volunteer.endpoints.hours import Hours
from services.volunteer.endpoints.names import Names
from services.volunteer.endpoints.pairings import Pairings
from services.volunteer.endpoints.plans import Plans
from services.volunteer.endpoints.roster import Roster
from services.volunteer.endpoints.rounds import Rounds
from services.volunteer.endpoints.statements import Statements
from services.volunteer.endpoints.suggestions import Suggestions
from services.volunteer.endpoints.tasks import Tasks
from services.volunteer.facts import FACTS
from services.volunteer.facts_hours import HOURS_FACTS
from services.volunteer.facts_waves import WAVE_FACTS
from services.volunteer.planning_act import PLAN_TIMERS
from services.volunteer.policies import TIMERS, whenever
from services.volunteer.scopes import REACHES, SCOPES, VOLUNTEERS
from services.volunteer.scopes_plans import PLAN_REACH, PLAN_SCOPES
from services.volunteer.scopes_rounds import ROUND_REACH, ROUND_SCOPES
from services.volunteer.view_tables import volunteer_reads
from services.volunteer.views_heard import project_heard
from services.volunteer.views_plans import KEPT

MANIFEST = Manifest(
    name="volunteer",
    deciders=(
        volunteer.DECIDER,
        task.DECIDER,
        hours.DECIDER,
        pairing.DECIDER,
        pairing_round.DECIDER,
        plan.DECIDER,
        noted.DECIDER,
    ),
    metadata=views.METADATA,
    project=views.project,
    project_heard=project_heard,
    hears=("intake", "referral", "volunteer"),
    whenever=whenever,
    facts=FACTS | HOURS_FACTS | WAVE_FACTS | notes.FACTS | reading.FACTS,
    timers=(*TIMERS, *PLAN_TIMERS, *notes.CHORES, *aliases.CHORES),
    kept=KEPT,
    scopes=SCOPES | PLAN_SCOPES | ROUND_SCOPES | {volunteer_reads: reading.reads_scope(VOLUNTEERS)},
    reaches=REACHES | {"plan": PLAN_REACH, "pairing-round": ROUND_REACH},
    withholds=is_restricted,
    bound=BOUND,
)


class VolunteerService(Roster, Names, Tasks, Suggestions, Fitting, Hours, Statements, Pairings, Rounds, Plans):
    """People are found for a piece of work, go, and somebody else says that it is done."""

    name = "volunteer"
    log = Log(MANIFEST)
