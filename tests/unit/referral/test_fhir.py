"""Referrals as FHIR R4 with SDOH Clinical Care 3.0.0: the ten codes, each edge and who sets it, versions, and resources."""

import json
from itertools import pairwise, product
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import msgspec
import pytest
from fhir.resources.R4B import get_fhir_model_class

from services.contracts import referral as public
from services.contracts.fhir import searchset, words
from services.kernel.contract import canonical, name_of
from services.kernel.errors import ContractBroken, HubError, Refused
from services.kernel.message import Actor, Envelope, Recorded
from services.referral.domain.referral import DECIDER
from services.referral.fhir import capability, directory, machine, meaning, resources
from services.referral.fhir.course import Course, course_of, round_id
from services.referral.fhir.machine import EDGES, SETS, Status, allowed, following, must_follow
from services.referral.hsds.facts import Listed, Offered
from services.referral.views import asked
from tests.support.spec import NOON, ask
from tests.unit.referral.samples import (
    CLOSED,
    CONFIRMED,
    DRAFTED,
    LEIFENG,
    LOTUS,
    OF_THE_OFFER,
    ORIGIN,
    PERSON,
    READY,
    REFERRAL,
    REPORTED,
    RETURNED,
    STARTED,
    STATION,
    accepted,
    declined,
    facts,
    offer_id,
    offered,
    partner,
    refused,
    superseded,
)
from tests.unit.referral.test_pause_service import DISPUTED, PAUSED, RESUMED

EXAMPLES = sorted((Path(__file__).parents[2] / "vectors/sdohcc-3.0.0").glob("*.json"))
PROFILES = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(EXAMPLES[0].parent.glob("profiles/*.json"))]
CODES: tuple[Status, ...] = get_args(Status)
TASK = offer_id(LEIFENG)
ASKED = (DRAFTED, READY, offered())
TAKEN = (*ASKED, accepted())
COURSES: dict[str, tuple[Any, ...]] = {
    "requested": ASKED, "accepted": TAKEN, "in-progress": (*TAKEN, STARTED), "on-hold": (*TAKEN, STARTED, PAUSED),
    "completed": (*TAKEN, STARTED, REPORTED), "rejected": (*ASKED, declined()), "cancelled": (*TAKEN, RETURNED),
    "failed": (*TAKEN, STARTED, public.OutcomeReported(**OF_THE_OFFER, outcome="unreachable")),
}  # fmt: skip
"""A referral for each code that its Task may have."""

ACTIVITY = {"coding": [{"system": "x", "code": "resulting-activity"}]}
OUTPUT = [{"type": ACTIVITY, "valueCodeableConcept": {"coding": [{"code": "partially"}]}}]
ROW: dict[str, Any] = {
    "referral_id": REFERRAL, "urgency": "urgent", "origin": ORIGIN, "person_id": None, "need_codes": ["housework", "outing"],
    "required_by": NOON.date(), "areas": ["220104004"], "group_codes": ["living-alone"], "drafted_at": NOON,
}  # fmt: skip


def log(*events: Any) -> list[Recorded]:
    """Events as the store would read them."""
    return [
        Recorded(
            envelope=Envelope(
                id=uuid4(), source="/referral", type=name_of(event), subject=f"referral/{REFERRAL}", time=NOON, position=place,
                streamversion=place, data=msgspec.Raw(canonical(event)),
            ),
            raw=b"", event=event,
        )
        for place, event in enumerate(events, 1)
    ]  # fmt: skip


def course(*events: Any) -> Course:
    return course_of(log(*events))


def sent(status: str, reason: str | None = None, **more: Any) -> meaning.Updated:
    body: dict[str, Any] = {"resourceType": "Task", "id": str(TASK), "status": status} | more
    if reason:
        body["statusReason"] = {"coding": [{"code": reason}], "text": "words that nobody keeps"}
    return meaning.read(json.dumps(body).encode())


def updated(events: tuple[Any, ...], update: meaning.Updated, actor: Actor) -> Course:
    """The referral after an update, decided by the rules of referrals."""
    who: machine.Who = "target" if actor.role == "partner" else "requester"
    state: Any = None
    for event in events:
        state = DECIDER.evolve(state, event)
    for command in meaning.commands(update, course(*events).of_offer(TASK), who):
        made = DECIDER.decide(command, state, ask(actor=actor, facts=facts()))
        state, events = DECIDER.fold(state, made), (*events, *made)
    return course(*events)


def test_the_codes_are_the_ten_of_the_guide():
    assert set(CODES) == {"draft", "requested", "accepted", "rejected", "cancelled", "in-progress", "on-hold", "failed",
                          "completed", "entered-in-error"}  # fmt: skip


def test_the_edges_are_those_of_the_guide_and_no_others():
    text = """draft->requested; requested->accepted|rejected|cancelled; accepted->in-progress|on-hold|cancelled|completed|failed;
    in-progress->cancelled|completed|failed; in-progress->on-hold; on-hold->in-progress; on-hold->cancelled|completed|failed"""
    guide = {(before, after) for edge in text.split(";") for before, _, afters in [edge.strip().partition("->")]
             for after in afters.split("|")}  # fmt: skip
    assert {(before, after) for before, afters in EDGES.items() for after in afters} == guide
    assert all(("entered-in-error" in following(code)) is (code != "entered-in-error") for code in CODES)


@pytest.mark.parametrize("who", ["requester", "target"])
def test_any_other_edge_is_refused_with_what_would_be_allowed(who):
    for now, then in product(CODES, CODES):
        if then in following(now) and then in SETS[who]:
            must_follow(now, then, who)
            continue
        with pytest.raises(Refused) as no:
            must_follow(now, then, who)
        assert no.value.allowed == allowed(now, who)
        assert all(code in no.value.en for code in no.value.allowed)


REASONS = {"rejected": "at-capacity", "on-hold": "hospital", "cancelled": "staff-left", "failed": "unreachable"}
TARGETS = [(now, then) for now, afters in EDGES.items() for then in afters if then in SETS["target"] and now in COURSES]


@pytest.mark.parametrize(("now", "then"), TARGETS)
def test_each_edge_of_the_target_leads_where_it_says(now, then):
    reason = "client-declines" if (now, then) == ("requested", "cancelled") else REASONS.get(then)
    more = {"output": OUTPUT} if then == "completed" else {}
    made = updated(COURSES[now], sent(then, reason, **more), partner(LEIFENG))
    assert made.of_offer(TASK).status == then
    assert made.asking[-1].status == "active"


@pytest.mark.parametrize("now", ["requested", "accepted", "in-progress", "on-hold"])
def test_the_requester_cancels(now):
    made = updated(COURSES[now], sent("cancelled", "no-longer-needed"), STATION)
    assert (made.of_offer(TASK).status, made.of_offer(TASK).reason) == ("cancelled", "no-longer-needed")


@pytest.mark.parametrize("now", COURSES)
def test_a_code_is_set_by_the_side_whose_it_is_and_by_the_other_never(now):
    """Each of the ten codes from each that a Task may have, by either side: what the guide has no edge for is refused."""
    task = course(*COURSES[now]).of_offer(TASK)
    sides: tuple[machine.Who, ...] = ("target", "requester")
    for then, who in product(CODES, sides):
        if then in following(now) and then in SETS[who]:
            continue  # that it leads there is shown above and below
        with pytest.raises(Refused) as no:
            meaning.commands(sent(then, "wrong-person", output=OUTPUT), task, who)
        assert (no.value.code, no.value.allowed) == ("no-such-edge", allowed(now, who))


@pytest.mark.parametrize("now", COURSES)
def test_what_should_never_have_been_is_marked_by_the_requester_whatever_it_was(now):
    made = updated(COURSES[now], sent("entered-in-error", "wrong-person"), STATION)
    assert {versions[-1].status for versions in made.tasks.values()} == {"entered-in-error"}
    assert (made.asking[-1].status, made.of_offer(TASK).reason) == ("entered-in-error", "wrong-person")
    for versions in made.tasks.values():
        for before, after in pairwise(versions):
            assert after.status == before.status or after.status in following(before.status), (before, after)
    shown = resources.task(made.of_offer(TASK), ROW)
    assert parsed(shown)["status"] == "entered-in-error" and shown["statusReason"]["text"]


def test_all_tasks_of_a_referral_that_should_never_have_been_are_found_as_changed():
    marked = public.ReferralEnteredInError(
        matter_id=ROW["referral_id"], offer_id=TASK, reason_code="wrong-person", approver_id="w-head",
        offer_ids=(TASK, offer_id(LOTUS)),
    )  # fmt: skip
    (recorded,) = log(marked)
    assert {change.key for change in asked.project(recorded)} == {(TASK,), (offer_id(LOTUS),)}


def test_no_capacity_is_a_task_rejected_at_capacity():
    made = updated(ASKED, sent("rejected", "at-capacity"), partner(LEIFENG))
    shown = resources.task(made.of_offer(TASK), ROW)
    assert "at-capacity" in {coding["code"] for coding in shown["statusReason"]["coding"]}
    assert shown["statusReason"]["text"] == "无容量"
    full = course(*ASKED, refused(LEIFENG, "capacity", 0)).of_offer(TASK)
    assert (full.status, full.reason) == ("rejected", "no-capacity")


@pytest.mark.parametrize(
    ("now", "update", "code"),
    [
        ("requested", sent("rejected"), "reason-needed"),
        ("requested", sent("rejected", "weather"), "unknown-code"),
        ("requested", sent("rejected", "client-declines"), "cancelled-it-is"),
        ("requested", sent("cancelled", "no-capacity"), "rejected-it-is"),
        ("in-progress", sent("completed"), "output-needed"),
        ("in-progress", sent("cancelled", "unreachable"), "failed-it-is"),
        ("in-progress", sent("on-hold"), "reason-needed"),
        ("completed", sent("in-progress"), "no-such-edge"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_refused_with_what_would(now, update, code):
    with pytest.raises(Refused) as no:
        updated(COURSES[now], update, partner(LEIFENG))
    assert no.value.code == code


def test_what_is_nobodys_to_change_stays_as_it_is():
    now = course(*TAKEN).of_offer(TASK)
    meaning.must_be_the_same(sent("in-progress", owner={"reference": f"Organization/{LEIFENG}"}), now, REFERRAL)
    for other in ({"owner": {"reference": f"Organization/{LOTUS}"}}, {"focus": {"reference": f"ServiceRequest/{LOTUS}"}},
                  {"intent": "plan"}):  # fmt: skip
        with pytest.raises(ContractBroken):
            meaning.must_be_the_same(sent("in-progress", **other), now, REFERRAL)


def test_the_same_again_changes_nothing_and_another_outcome_is_a_change():
    now = course(*COURSES["completed"]).of_offer(TASK)
    assert meaning.is_said(sent("completed"), now)
    assert not meaning.is_said(sent("failed"), now)
    with pytest.raises(Refused):
        meaning.is_said(sent("completed", output=OUTPUT), now)


def test_every_version_of_a_task_stays_as_it_was():
    versions = course(*TAKEN, STARTED, PAUSED, RESUMED, REPORTED, CONFIRMED, CLOSED).tasks[TASK]
    assert [(one.version, one.status) for one in versions] == [
        (3, "requested"), (4, "accepted"), (5, "in-progress"), (6, "on-hold"), (7, "in-progress"), (8, "completed"),
        (9, "completed"),
    ]  # fmt: skip
    assert [(one.version, one.status) for one in course(*TAKEN, STARTED, REPORTED, CONFIRMED, CLOSED).asking] == [
        (1, "draft"), (2, "active"), (8, "completed"),
    ]  # fmt: skip


def test_after_a_dispute_the_task_stays_and_another_one_begins():
    disputed = (*COURSES["completed"], DISPUTED)
    made = course(*disputed)
    anew = round_id(TASK, len(disputed))
    assert made.tasks[TASK][-1].status == "completed"
    assert (made.of_offer(TASK).task_id, made.of_offer(TASK).status, made.of_offer(TASK).part_of) == (
        anew,
        "accepted",
        TASK,
    )
    again = updated(disputed, sent("completed", output=OUTPUT, id=str(anew)), partner(LEIFENG))
    assert [one.status for one in again.tasks[anew]] == ["accepted", "in-progress", "completed"]
    assert again.tasks[anew][-1].outcome == "partially"


WAYS = (
    (*TAKEN, STARTED, REPORTED, DISPUTED, RESUMED, REPORTED, CONFIRMED, CLOSED),
    (*TAKEN, STARTED, REPORTED, DISPUTED, REPORTED, DISPUTED, RETURNED),
    (*TAKEN, STARTED, REPORTED, DISPUTED, CLOSED),
    (*TAKEN, STARTED, PAUSED, RESUMED, PAUSED, REPORTED, CLOSED),
    (*ASKED, superseded(LEIFENG), refused(LEIFENG, "already_accepted")),
    (*TAKEN, RETURNED, offered(LOTUS), accepted(LOTUS)),
)


@pytest.mark.parametrize("events", WAYS)
def test_no_version_ever_follows_another_by_an_edge_that_is_not_there(events):
    for versions in course(*events).tasks.values():
        for before, after in pairwise(versions):
            assert after.status == before.status or after.status in following(before.status), (before, after)


RESOURCES = [
    *(resources.task(version, ROW) for events in COURSES.values() for version in course(*events).tasks[TASK]),
    resources.task(course(*COURSES["completed"], DISPUTED).of_offer(TASK), ROW | {"person_id": PERSON}),
    *(resources.service_request(one, ROW) for one in course(*TAKEN, STARTED, REPORTED, CONFIRMED, CLOSED).asking),
    capability.statement("https://hub.example/fhir"),
    words({"status": 409, "code": "x", "detail": "No.", "detail_zh": "否。", "allowed": ["accepted"], "field": "Task"})[
        1
    ],
]
LISTED = Listed(organization_id=LEIFENG, state="active", kind="volunteer_team", code="leifeng", names=("雷锋志愿队", "雷锋队"),
                uscc="51220000MJ0000000X", parent_id=UUID(int=9))  # fmt: skip
OFFERED = Offered(offering_id=UUID(int=31), by=LISTED, state="published", service_codes=("housework",), capacity=2,
                  group_codes=("living-alone",))  # fmt: skip
RESOURCES += [
    directory.organization(LISTED),
    directory.service(OFFERED, 1),
    resources.history("https://hub.example/fhir", "Task", RESOURCES[:2]),
    searchset("https://hub.example/fhir", RESOURCES[:2], RESOURCES[-3:-2], {"self": "https://hub.example/fhir/Task"}),
]


def parsed(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource read by fhir.resources, and written again."""
    model = get_fhir_model_class(resource["resourceType"]).model_validate_json(json.dumps(resource))
    return dict(json.loads(model.model_dump_json()))


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: f"{r['resourceType']}-{r.get('status', '')}")
def test_every_resource_is_read_by_a_library_that_knows_fhir(resource):
    again = parsed(resource)
    assert again.keys() == resource.keys()
    if resource["resourceType"] == "Task":
        assert {"intent", "code", "focus", "for", "authoredOn", "requester", "owner", "status"} <= again.keys()
        assert again.get("statusReason", {"text": "-"})["text"]
        assert ("output" in again) is (again["status"] == "completed")


def profiled(resource: dict[str, Any]) -> list[str]:
    """What a resource lacks of the guide's profile of it, or has although the profile forbids it, and what is another value."""
    (profile,) = resource["meta"]["profile"]
    rules = next(rules for rules in PROFILES if rules["url"] == profile)
    found: list[str] = []
    for rule in rules["element"]:
        parts = rule["id"].split(".")[1:]
        if any(":" in part or "[" in part for part in parts):
            continue  # slices are optional, and of choices nothing is required
        for holder in [resource] if len(parts) == 1 else [resource[parts[0]]] if parts[0] in resource else []:
            value = holder.get(parts[-1])
            wrong = (rule.get("min") == 1 and value is None, rule.get("max") == "0" and value is not None,
                     "fixedCode" in rule and value != rule["fixedCode"], not _has(value, rule.get("patternCodeableConcept")))  # fmt: skip
            found += [rule["id"]] if any(wrong) else []
    return found


def _has(value: Any, pattern: Any) -> bool:
    """Whether a value holds everything of a pattern."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(_has(value.get(name), inner) for name, inner in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(_has(each, wanted) for each in value) for wanted in pattern)
    return pattern is None or value == pattern


@pytest.mark.parametrize(
    "resource", [r for r in RESOURCES if r["resourceType"] in ("Task", "ServiceRequest")], ids=lambda r: r["status"]
)
def test_a_referral_keeps_to_the_profiles_of_the_guide(resource):
    assert profiled(resource) == []


def test_what_the_profiles_forbid_is_found():
    task = RESOURCES[0]
    assert profiled({name: value for name, value in task.items() if name != "focus"}) == ["Task.focus"]
    assert profiled(task | {"intent": "plan", "code": {"coding": [{"code": "x"}]}}) == ["Task.intent", "Task.code"]
    assert profiled(task | {"statusReason": {"coding": []}}) == ["Task.statusReason.text"]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem.partition("SDOHCC-")[2])
def test_the_examples_of_the_guide_load_and_come_back_the_same(file):
    example = json.loads(file.read_text(encoding="utf-8"))
    assert _plain(parsed(example)) == _plain(example)


@pytest.mark.parametrize(
    "file", [file for file in EXAMPLES if file.name.startswith("Task")], ids=lambda file: file.stem[-40:]
)
def test_a_task_of_the_guide_is_read_as_an_update(file):
    example = json.loads(file.read_text(encoding="utf-8")) | {"id": str(TASK)}
    read = meaning.read(json.dumps(example).encode())
    assert read.status == example["status"]
    if read.status == "completed":
        (report,) = meaning.commands(read, course(*COURSES["in-progress"]).of_offer(TASK), "target")
        assert report == public.ReportOutcome(
            outcome="delivered", evidence_ref=example["output"][0]["valueReference"]["reference"]
        )


def _plain(value: Any) -> Any:
    """Instants alike, however many zeros they end in."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.replace(".671000Z", ".671Z") if isinstance(value, str) else value


def test_whose_need_it_is_stands_in_it_only_while_that_may_be_known():
    unknown = resources.task(course(*TAKEN).of_offer(TASK), ROW)
    assert str(PERSON) not in json.dumps(unknown)
    assert unknown["for"]["identifier"]["value"] == str(REFERRAL)
    assert resources.task(course(*TAKEN).of_offer(TASK), ROW | {"person_id": PERSON})["for"]["identifier"][
        "value"
    ] == str(PERSON)


def test_an_offering_that_is_full_has_no_capacity_and_one_of_which_nobody_knows_says_nothing():
    assert '"no-capacity"' in json.dumps(directory.service(OFFERED, 2))
    assert '"capacity"' in json.dumps(directory.service(OFFERED, 1))
    unknown = Offered(offering_id=UUID(int=32), by=LISTED, state="published", service_codes=("goods",))
    assert "extension" not in directory.service(unknown, 5)


def test_what_is_no_task_is_refused():
    for body in (b"", b"[]", b'{"resourceType": "Patient"}', b'{"resourceType": "Task", "id": "x", "status": "ready"}'):
        with pytest.raises(HubError):
            meaning.read(body)


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"status": "孙大姐"}, "Task.status"), ({"id": "孙大姐"}, "Task.id"), ({"resourceType": "孙大姐"}, "Task.resourceType"),
        ({"executionPeriod": {"start": "孙大姐"}}, "Task.executionPeriod.start"), ({"focus": "孙大姐"}, "Task.focus"),
        ({"output": [{"type": {"coding": [{"code": 5}]}}]}, "Task.output.type.coding.code"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_by_its_element_and_never_repeated(changes, element):
    """INV-6: anybody's name may stand where a code was expected."""
    told = {"resourceType": "Task", "id": str(TASK), "status": "accepted"} | changes
    with pytest.raises(ContractBroken) as broken:
        meaning.read(json.dumps(told).encode())
    (problem,) = broken.value.problems
    assert problem.field == element
    assert "孙大姐" not in str(problem)
