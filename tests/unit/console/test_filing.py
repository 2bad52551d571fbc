"""The file of a matter: what the services show of it, what can be done with each part, and nobody's name unasked."""

from __future__ import annotations

from uuid import UUID

from services.console import acts
from services.console.acts.act import Circumstances, Subject
from services.console.pages import act as act_page
from services.console.pages import file
from services.console.pages.act import Shown
from services.console.templating import Frame
from services.console.words import Words
from services.contracts import referral as public
from services.kernel.contract import read_request
from tests.unit.console.stories import MATTER, NOW

PERSON, OTHER, CONSENT = (f"00000000-0000-0000-0000-00000000000{n}" for n in "abc")
FILE = file.File(
    matter_id=MATTER,
    person={"person_id": PERSON, "state": "active", "age_band": "from_8_to_13", "station": "220104004"},
    guardians=({"guardian_id": OTHER, "relation": "mother", "until": None},),
    alike=({"candidate_id": OTHER, "rule": "same-phone-and-sound"},),
    consents=(
        {"consent_id": CONSENT, "state": "granted", "purposes": "referral", "categories": "identity",
         "receivers": "team:x", "given_by": "guardian", "method": "written"},
    ),
    disclosures=({"receiver": "team:x", "state": "live"},),
    grants=(
        {"purpose_code": "economic-hardship", "fund": "unknown", "state": "approved", "asked_fen": 120000,
         "approved_fen": None, "paid_fen": None, "used_fen": None},
    ),
    goods=({"item_codes": ["clothes"], "giver": "team:x", "quantity": 2},),
    going=({"assignee": "worker:w-1", "state": "assigned"},),
)  # fmt: skip


def test_each_part_leads_to_what_can_be_done_with_it():
    html = file.fragment(FILE, Frame(words=Words("zh", NOW)), "coordinator")
    for path in (f"consent/{CONSENT}/withdraw-consent", f"person/{PERSON}/register-person"):
        assert f'href="/matters/{MATTER}/acts/{path}"' in html
    for said in ("登记监护人", "撤回同意", "母亲", "1,200.00", "衣服", "可查阅", "已派", "每次查看都会留痕"):
        assert said in html


def test_what_is_called_how_is_shown_only_when_it_was_read():
    read = file.File(matter_id=MATTER, person=FILE.person, identity={"pseudonym": "小伟"})
    named = file.page(read, Frame(words=Words("zh", NOW)), "coordinator")
    assert "小伟" in named and "查看称呼和电话" not in named


def test_a_matter_of_nobody_yet_says_so_in_both_languages():
    for lang, said in (("zh", "还不知道是谁的需求"), ("en", "It is not known yet")):
        assert said in file.fragment(file.File(matter_id=MATTER), Frame(words=Words(lang, NOW)), "coordinator")


def test_an_answer_by_telephone_names_whose_will_it_was():
    """H12: the same command as the organization's own, with the evidence under which another wrote it down."""
    act = acts.found("told", "accept-referral")
    assert act is not None
    known = {"organization_id": OTHER, "party": "team:x"}
    subject = Subject(kind="told", id=UUID(int=7), on=UUID(int=8), state="offered", known=known)
    at = Circumstances(matter_id=MATTER, subject=subject, actor_id="w-01", org="220104004")
    command, happened = read_request(
        act.body(at, {"told_how": ["phone"], "told_ref": ["call-1"]}), public.AcceptReferral
    )
    assert str(command.organization_id) == OTHER and happened.behalf is not None
    assert (happened.behalf.org, happened.behalf.evidence_kind, happened.behalf.evidence_ref) == (
        "team:x",
        "phone",
        "call-1",
    )
    assert subject.asked_of == UUID(int=8)


def test_a_choice_that_would_be_refused_is_barred_and_says_why():
    act = acts.found("help-request", "triage-help-request")
    assert act is not None
    shown = act_page.shown(act, Words("zh", NOW), {}, {"safeguarding": "先登记。"})
    field: Shown = next(each for each in shown if each.field.name == "disposition")
    assert [(o.value, o.against) for o in field.options if not o.possible] == [("safeguarding", ("先登记。",))]
