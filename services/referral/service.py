"""The referral service as it is reached: what may be asked of it, what it shows, and what it hears."""

from __future__ import annotations

from services.contracts.visibility import BOUND, is_restricted
from services.kernel.entrypoints import Log
from services.kernel.manifest import Manifest
from services.referral import editions, policies, views
from services.referral.domain import (
    agreement,
    code_table,
    grant,
    in_kind,
    mailing,
    offering,
    organization,
    project,
    referral,
    staff,
    station,
    training,
)
from services.referral.endpoints.answering import Answering
from services.referral.endpoints.asking import Asking
from services.referral.endpoints.candidates import Candidates
from services.referral.endpoints.code_tables import CodeTables
from services.referral.endpoints.directory import Directory
from services.referral.endpoints.fhir import Fhir
from services.referral.endpoints.hsds import Hsds
from services.referral.endpoints.links import Links
from services.referral.endpoints.mailing import Mailing
from services.referral.endpoints.money import Money
from services.referral.endpoints.sheets import Sheets
from services.referral.endpoints.showing import Showing
from services.referral.endpoints.staff_names import StaffNames
from services.referral.endpoints.staffing import Staffing
from services.referral.endpoints.told import Told
from services.referral.endpoints.unmet import Unmet
from services.referral.keeping import REACHES as KEPT
from services.referral.lookup import FACTS
from services.referral.lookup_network import NETWORK_FACTS
from services.referral.lookup_staff import STAFF_FACTS
from services.referral.mail.outbox import Outbox
from services.referral.scopes import REACHES, SCOPES

MANIFEST = Manifest(
    name="referral",
    deciders=(
        organization.DECIDER,
        mailing.DECIDER,
        agreement.DECIDER,
        offering.DECIDER,
        referral.DECIDER,
        grant.DECIDER,
        in_kind.DECIDER,
        station.DECIDER,
        staff.DECIDER,
        training.DECIDER,
        project.DECIDER,
        code_table.DECIDER,
    ),
    metadata=views.METADATA,
    project=views.project,
    project_heard=views.project_heard,
    hears=("intake", "referral", "volunteer"),
    whenever=policies.whenever,
    facts=FACTS | STAFF_FACTS | NETWORK_FACTS | editions.FACTS,
    timers=policies.TIMERS,
    scopes=SCOPES,
    reaches=REACHES | KEPT,
    withholds=is_restricted,
    bound=BOUND,
    kept=editions.KEPT,
    duties=(editions.Recording, Outbox),
)


class ReferralService(
    Directory,
    Staffing,
    StaffNames,
    CodeTables,
    Asking,
    Answering,
    Money,
    Showing,
    Candidates,
    Told,
    Unmet,
    Mailing,
    Links,
    Sheets,
    Hsds,
    Fhir,
):
    """Offers needs to the five societies, one of which answers for each, and keeps the directory of who can."""

    name = "referral"
    log = Log(MANIFEST)
