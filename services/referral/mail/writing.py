"""What a letter says: that something waits for an answer, until when, and where. Nothing of the person, and nothing of the need.

A mail lies in other people's servers, so even the de-identified summary is behind the link and not in the mail.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from services.contracts.tables import BEIJING

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "offer": (
        "有一项转介待答复", "A request waits for your answer",
        "社工站想请贵机构承接一项服务。请打开下面的链接查看去标识摘要, 并在时限前答复 (承接、不承接或提问):",
        "The social work station asks whether you could take a need on. Open this link to see what it is about, without "
        "names, and answer in time (accept, decline or ask):",
    ),
    "supplied": (
        "您的提问已有回复", "Your question has been answered",
        "社工站已回复贵机构的提问。请打开链接查看并答复:",
        "The station has answered what you asked. Open this link to see it, and to answer:",
    ),
    "accepted": (
        "承接已登记, 请保留此链接", "Your acceptance is on record; keep this link",
        "贵机构已承接此项服务。服务对象的联系方式由社工站依据其同意另行告知。首次联系与服务结果请用下面的链接登记:",
        "You have taken this need on. Whom to contact the station will tell you, as far as the person agreed. Say by this "
        "link when you have met the person, and what came of it:",
    ),
    "disputed": (
        "服务结果有异议", "The outcome is in question",
        "社工站对所报结果有异议, 请打开链接查看并重新登记:",
        "The station does not agree with the outcome that was reported. Open this link, and report again:",
    ),
}  # fmt: skip
CLOSING = (
    "此链接仅供贵机构处理这一事项, 请勿转发。打开链接不会作出任何答复。如非贵机构事务, 请致电社工站。",
    "The link is for this one matter and for you alone; do not pass it on. Opening it answers nothing. If this is not "
    "for you, please telephone the station.",
)


def message(
    letter: dict[str, Any], respond_by: datetime | None, url: str, sender: str, to: str, now: datetime
) -> EmailMessage:
    """A letter as it goes out; the same letter has the same id on every attempt, so whoever gets it twice can tell."""
    zh, en, body_zh, body_en = TEXTS[letter["kind"]]
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = f"【五社】{zh} / {en} ({letter['offer_id'].hex[-6:]})"
    mail["Message-ID"] = f"<{letter['letter_id']}@{urlsplit(url).hostname}>"
    mail["Date"] = format_datetime(now)
    mail["Auto-Submitted"] = "auto-generated"
    until_zh, until_en = _until(respond_by)
    mail.set_content("\n".join((
        body_zh, "", url, *until_zh, "", CLOSING[0], "", "--", "", body_en, "", url, *until_en, "", CLOSING[1], "",
    )), charset="utf-8", cte="quoted-printable")  # fmt: skip
    return mail


def _until(moment: datetime | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if moment is None:
        return (), ()
    here = moment.astimezone(BEIJING)
    return ("", f"答复时限: {here:%Y-%m-%d %H:%M} (北京时间)"), ("", f"Answer by {here:%Y-%m-%d %H:%M} (Beijing time)")
