"""By mail: how the way begins and ends, what a link is, what a letter says, when it is tried again, what a page shows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts import referral as public
from services.contracts.codes_divisions import called
from services.contracts.tables import TABLES, edition
from services.kernel.errors import ContractBroken, NotFound
from services.referral.domain.facts import Known, OrganizationFact
from services.referral.domain.mailing import DECIDER
from services.referral.mail import links
from services.referral.mail.page import headers, page
from services.referral.mail.schedule import SENT, WAITS, Went, after
from services.referral.mail.standing import is_void, standing, void
from services.referral.mail.words import SENTENCES, Words
from services.referral.mail.writing import message
from services.referral.saying import said
from tests.support.spec import NOON, Spec
from tests.unit.referral.samples import CLOCK, DRAFTED, LEIFENG, MATTER, READY, REFERRAL, offered, referral, team

mailing = Spec(DECIDER)
DIGEST, LINK, OFFER = "A" * 43, UUID(int=71), UUID(int=31)
LEI = OrganizationFact(organization_id=LEIFENG, state="active", party=team(LEIFENG))
HERE = {"facts": Known(organization=LEI), "sealed": (DIGEST,)}
CHOOSE = public.ChooseMail(address="")
CHOSEN = public.MailChosen(organization_id=LEIFENG, generation=1, sealed=(DIGEST,))
ENDED = public.MailEnded(organization_id=LEIFENG, reason_code="asked")
REVOKED = public.LinkRevoked(organization_id=LEIFENG, link_id=LINK, reason_code="asked")
OFFERED = offered()
KEYS, OLD = (b"n" * 32,), (b"o" * 32,)


def test_an_organization_is_told_by_mail_from_now_on():
    mailing.given().when(CHOOSE, **HERE).then(CHOSEN)


def test_choosing_again_begins_a_new_generation_so_that_no_link_of_before_is_good():
    mailing.given(CHOSEN).when(CHOOSE, **HERE).then(replace(CHOSEN, generation=2))
    mailing.given(CHOSEN, ENDED).when(CHOOSE, **HERE).then(replace(CHOSEN, generation=2))


def test_who_has_left_the_network_is_not_told_by_mail():
    gone = {"facts": Known(organization=replace(LEI, state="retired"))}
    mailing.given().when(CHOOSE, **gone).then_refused("organization-not-active")
    with pytest.raises(NotFound):
        mailing.given().when(CHOOSE, facts=Known()).decided()


def test_what_is_ended_or_revoked_twice_is_so_once():
    mailing.given(CHOSEN).when(public.EndMail()).then(ENDED)
    mailing.given(CHOSEN, ENDED).when(public.EndMail()).then_nothing()
    mailing.given(CHOSEN).when(public.RevokeLink(link_id=LINK)).then(REVOKED)
    mailing.given(CHOSEN, REVOKED).when(public.RevokeLink(link_id=LINK)).then_nothing()
    mailing.given(CHOSEN, ENDED).when(public.RevokeLink(link_id=LINK)).then_nothing()
    for command in (public.EndMail(), public.RevokeLink(link_id=LINK)):
        mailing.given().when(command).then_refused("not-by-mail")


def test_that_a_mail_does_not_arrive_is_on_record_with_the_need_while_somebody_waits_for_it():
    of = OFFERED.offer_id
    report = public.ReportUndelivered(offer_id=of, reason_code="address-refused")
    told = public.OfferMailUndelivered(
        matter_id=MATTER, offer_id=of, organization_id=OFFERED.organization_id, reason_code="address-refused"
    )
    given = referral.given(DRAFTED, READY, OFFERED)
    given.when(report, actor=CLOCK).then(told)
    given.when(report).then_refused("service-only")
    over = public.OfferWithdrawn(
        matter_id=MATTER, offer_id=of, organization_id=OFFERED.organization_id, reason_code="other", offers_left=0
    )
    referral.given(DRAFTED, READY, OFFERED, over).when(report, actor=CLOCK).then_nothing()


# --- links ---


def row(purpose: links.Purpose = "answer", **changes: Any) -> dict[str, Any]:
    offer = {"offer_id": OFFER, "referral_id": REFERRAL, "organization_id": LEIFENG}
    made = links.link_row(offer, purpose, 1, NOON)
    return {"link_id": made.key[0], "used_at": None, "used_for": None, **made.sets, **changes}


def test_a_link_is_the_same_each_time_it_is_made_and_says_what_it_is_for():
    link = row()
    token = links.token_of(link, KEYS)
    assert token == links.token_of(row(), KEYS)
    assert links.read(token, KEYS) == ("answer", links.Token(link["link_id"], link["expires_at"]))
    assert str(LEIFENG) not in token
    assert links.token_of(row("service"), KEYS) != token


def test_while_keys_change_links_of_the_old_one_are_good_and_afterwards_they_are_not():
    token = links.token_of(row(), OLD)
    assert links.read(token, (*KEYS, *OLD)) is not None
    assert links.read(links.token_of(row(), (*KEYS, *OLD)), KEYS) is not None
    assert links.read(token, KEYS) is None


def test_nothing_that_was_not_signed_here_is_a_link():
    token = links.token_of(row(), KEYS)
    body, _, signature = token.rpartition(".")
    other = links.token_of(row("service"), KEYS)
    made = [
        f"{body}.{other.rpartition('.')[2]}",
        f"{body}x.{signature}",
        token[:-2],
        token + "A",
        "",
        ".",
        "x" * 400,
        body,
        "..",
        "é.é",
    ]
    assert [links.read(each, KEYS) for each in made] == [None] * len(made)
    assert links.read(token, ()) is None


ACTIVE = {"state": "active", "generation": 1}


@pytest.mark.parametrize(
    ("link", "mailing_row", "revoked", "later", "why"),
    [
        (None, ACTIVE, False, 0, "unknown"),
        (row(), ACTIVE, False, 0, ""),
        (row(), ACTIVE, False, 31, "too-old"),
        (row(), ACTIVE, True, 0, "revoked"),
        (row(), None, False, 0, "revoked"),
        (row(), ACTIVE | {"generation": 2}, False, 0, "revoked"),
        (row(), ACTIVE | {"state": "ended"}, False, 0, "revoked"),
    ],
)
def test_a_link_opens_nothing_once_it_is_too_old_or_revoked_or_its_way_has_ended(
    link: Any, mailing_row: Any, revoked: bool, later: int, why: str
):
    assert is_void(link, mailing_row, revoked, NOON + timedelta(days=later)) == why


# --- pages ---

NEED = {"kind": "referral", "need_codes": ["housework"], "urgency": "urgent", "areas": ["220104004001"],
        "group_codes": ["living-alone"], "age_band": "from_60", "required_by": None, "answer_codes": None,
        "respond_by": NOON + timedelta(hours=4), "state": "live", "reason_code": None}  # fmt: skip
ABOUT = {"state": "offered", "version": 3}


def test_an_offer_that_can_be_answered_shows_what_it_is_about_and_what_can_be_said():
    stands = standing(row(), NEED, ABOUT, NOON)
    assert (stands.said, stands.acts, stands.status) == ("asked", ("acceptance", "refusal", "question"), 200)
    zh, en = (page(stands, Words(language), NOON).html for language in ("zh", "en"))
    assert isinstance(zh, str) and isinstance(en, str)
    assert "承接" in zh and "独居" in zh and "60 岁以上" in zh and 'lang="zh-CN"' in zh
    assert "Accept" in en and "lives alone" in en and 'lang="en"' in en
    for html in (zh, en):
        assert html.count("<form") == 3
        assert "<script" not in html and "http" not in html.replace("http-equiv", "")
    sent = dict(headers())
    assert sent["Referrer-Policy"] == "no-referrer" and "noindex" in sent["X-Robots-Tag"]
    assert (
        "default-src 'none'" in sent["Content-Security-Policy"]
        and "unsafe-inline" not in sent["Content-Security-Policy"]
    )


ENDS = [
    ({"state": "accepted"}, "accepted"), ({"state": "declined"}, "declined"), ({"state": "superseded"}, "superseded"),
    ({"state": "withdrawn"}, "withdrawn"), ({"state": "expired"}, "expired"), ({"state": "stopped"}, "stopped"),
    ({"state": "closed"}, "closed"), ({"state": "returned"}, "returned"), ({"respond_by": NOON}, "expired"),
    *(({"state": "refused", "reason_code": fault}, f"refused-{fault.replace('_', '-')}") for fault in
      ("already_accepted", "expired", "withdrawn", "consent_withdrawn", "capacity")),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence"), ENDS)
def test_an_offer_that_has_ended_says_so_and_shows_nothing_of_the_need(changes: dict[str, Any], sentence: str):
    stands = standing(row(), NEED | changes, ABOUT, NOON)
    assert (stands.said, stands.acts, stands.need) == (sentence, (), {})
    for language in ("zh", "en"):
        html = str(page(stands, Words(language), NOON).html)
        assert Words(language).sentence(sentence) in html.replace("&#39;", "'")
        assert "<form" not in html and "living-alone" not in html


@pytest.mark.parametrize(
    ("state", "acts"),
    [("accepted", ("start", "return")), ("in_service", ("outcome", "return")), ("paused", ("outcome", "return")),
     ("disputed", ("outcome", "return")), ("outcome_reported", ()), ("closed", ())],
)  # fmt: skip
def test_a_need_that_was_taken_on_goes_on_by_a_link_of_its_own(state: str, acts: tuple[str, ...]):
    taken = NEED | {"state": "accepted"}
    stands = standing(row("service"), taken, {"state": state, "version": 5}, NOON)
    assert stands.acts == acts and stands.said in SENTENCES
    used = standing(row("service", used_at=NOON), taken, {"state": state, "version": 5}, NOON)
    assert used.acts == ()


def test_of_a_need_that_went_to_somebody_else_nothing_is_shown():
    for state in ("withdrawn", "ready", "offered"):
        stands = standing(row("service"), NEED | {"state": "returned"}, {"state": state, "version": 5}, NOON)
        assert (stands.said, stands.need) == ("returned", {})
    assert standing(row(), None, None, NOON) == void("unknown")


def test_a_place_is_called_by_its_name_and_by_its_code_where_nobody_has_said_one(monkeypatch: pytest.MonkeyPatch):
    own = edition("changchun-2023", NOON.date(), """
        220104 | 朝阳区 | Chaoyang
        220104004 | 永昌街道 | Yongchang
    """)  # fmt: skip
    monkeypatch.setattr(TABLES["division"], "_shipped", (own,))
    assert called("220104004") == "朝阳区永昌街道" and called("220104004000", "en") == "Yongchang, Chaoyang"
    assert called("220104004001") == "220104004001" and called("cc-xinqu") == "cc-xinqu"
    stands = standing(row(), NEED, ABOUT, NOON)
    shown = str(page(stands, Words("zh", {"220104004001": "义和社区"}), NOON).html)
    assert "朝阳区永昌街道义和社区" in shown and "220104004001" not in shown


# --- what is said by a form ---


def test_the_same_form_sent_twice_is_the_same_command():
    first, again = (said(LINK, LEIFENG, "acceptance", {"seen": seen}, (), NOON) for seen in ("3", "4"))
    assert first == again
    asked = [
        said(LINK, LEIFENG, "question", {"seen": seen}, ("schedule",), NOON).command_id for seen in ("3", "3", "5")
    ]
    assert asked[0] == asked[1] != asked[2]


def test_a_meeting_was_on_a_day_that_is_not_to_come():
    yesterday = said(LINK, LEIFENG, "start", {"met_on": "2026-03-01"}, (), NOON)
    assert (yesterday.at.isoformat(), yesterday.precision) == ("2026-03-01T12:00:00+08:00", "day")
    assert said(LINK, LEIFENG, "start", {"met_on": "2026-03-02"}, (), NOON).at == NOON
    for wrong in ("2026-03-03", "2024-01-01", "yesterday", ""):
        with pytest.raises(ContractBroken):
            said(LINK, LEIFENG, "start", {"met_on": wrong}, (), NOON)


@pytest.mark.parametrize("act", ["", "question", "refusal", "outcome", "return", "closure"])
def test_a_form_that_says_nothing_is_not_taken(act: str):
    with pytest.raises(ContractBroken):
        said(LINK, LEIFENG, act, {"reason": "Because of 小伟"}, (), NOON)


# --- letters ---


def test_a_letter_says_until_when_and_where_and_nothing_of_the_need():
    letter = {"letter_id": UUID(int=5), "kind": "offer", "offer_id": OFFER}
    url = "https://hub.example/referral/links/abc.def"
    mail = message(letter, NEED["respond_by"], url, "hub@example.org", "lei@example.org", NOON)
    text = mail.get_content()
    assert text.count(url) == 2 and "2026-03-02 16:00" in text
    assert mail["Message-ID"] == f"<{UUID(int=5)}@hub.example>" and mail["Auto-Submitted"] == "auto-generated"
    assert not {"housework", "living-alone", "220104004001", "独居"} & set(text.split())
    again = message(letter, NEED["respond_by"], url, "hub@example.org", "lei@example.org", NOON)
    assert again.as_bytes() == mail.as_bytes()


def test_a_letter_is_tried_again_ever_later_and_the_station_hears_of_it_in_time():
    assert after(0, SENT, NOON, 0.5).state == "sent"
    busy = [after(n, Went("mail-refused"), NOON, 0.0) for n in range(len(WAITS) + 1)]
    assert [each.due_at - NOON for each in busy[:-1]] == [timedelta(seconds=wait) for wait in WAITS]
    assert [n for n, each in enumerate(busy) if each.tell] == [3, len(WAITS)]
    assert {each.state for each in busy[:-1]} == {"waiting"} and busy[-1].state == "failed"
    refused = after(0, Went("address-refused", for_good=True), NOON, 0.0)
    assert (refused.state, refused.tell) == ("failed", True)
