"""The intake service as nameko runs it: what it is made of; what may be asked of it stands in `endpoints`."""

from __future__ import annotations

from services.contracts import codes
from services.contracts.visibility import APPROVERS, BOUND, is_restricted
from services.intake import erasing, rekeying, views
from services.intake.domain import (
    activity,
    case,
    consent,
    disclosure,
    help_request,
    household,
    person,
    record,
    safeguarding,
    visit_plan,
)
from services.intake.endpoints.cases import Cases
from services.intake.endpoints.consents import Consents
from services.intake.endpoints.erasure import Erasure
from services.intake.endpoints.fhir import Fhir
from services.intake.endpoints.households import Households
from services.intake.endpoints.persons import Persons
from services.intake.endpoints.reading import Reading
from services.intake.endpoints.records import Records
from services.intake.endpoints.requests import Requests
from services.intake.endpoints.rounds import Rounds
from services.intake.endpoints.safeguarding import Safeguarding
from services.intake.endpoints.shown import Shown
from services.intake.endpoints.takeovers import TakeOvers
from services.intake.facts import FACTS
from services.intake.gathers import GATHERS
from services.intake.likeness_tables import KEPT
from services.intake.policies import TIMERS, foresee, project_heard, whenever
from services.intake.reaches import REACHES
from services.intake.scopes import SCOPES
from services.kernel.entrypoints import Log, Request, http
from services.kernel.manifest import Manifest

MANIFEST = Manifest(
    name="intake",
    deciders=(
        help_request.DECIDER,
        person.DECIDER,
        household.DECIDER,
        consent.DECIDER,
        disclosure.DECIDER,
        case.DECIDER,
        visit_plan.DECIDER,
        activity.DECIDER,
        safeguarding.DECIDER,
        record.DECIDER,
    ),
    metadata=views.METADATA,
    kept=KEPT,
    project=views.project,
    hears=("intake", "referral", "volunteer"),
    project_heard=project_heard,
    whenever=whenever,
    foresee=foresee,
    facts=FACTS,
    gathers=GATHERS,
    timers=(*TIMERS, *erasing.TIMERS, *rekeying.TIMERS),
    scopes=SCOPES,
    reaches=REACHES,
    withholds=is_restricted,
    unseals=APPROVERS["unseal-child"],
    bound=BOUND,
)


class IntakeService(
    Requests,
    Persons,
    Households,
    Consents,
    Cases,
    Rounds,
    Safeguarding,
    Reading,
    Shown,
    Erasure,
    Records,
    TakeOvers,
    Fhir,
):
    """A person is heard, consents, and is helped; what names the person stays here, sealed."""

    name = "intake"
    log = Log(MANIFEST)

    @http("GET", "/codes", roles=None, says="the code tables")
    def code_tables(self, request: Request) -> object:
        """The code tables, each with the edition in force and its labels in both languages."""
        return {
            name: {
                "zh": table.zh,
                "version": table.current.version,
                "terms": [{"code": x.code, "zh": x.zh, "en": x.en} for x in table.current.terms.values()],
            }
            for name, table in codes.TABLES.items()
        }
