"""The words of the page that a link opens, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from services.contracts import codes, codes_referral
from services.contracts.codes_divisions import NOTHING, called

SENTENCES: dict[str, tuple[str, str]] = {
    "unknown": ("此链接无效。请检查是否复制完整, 或致电社工站。",
                "This link is not valid. See whether it was copied in full, or telephone the station."),
    "revoked": ("此链接已作废。请使用最新一封邮件中的链接, 或致电社工站。",
                "This link was revoked. Use the link in the newest mail, or telephone the station."),
    "too-old": ("此链接已过期。请致电社工站, 由其重新发送或代为登记。",
                "This link is too old. Telephone the station: it can send another, or write your answer down."),
    "used": ("此链接已使用。如需更正, 请致电社工站。", "This link has been used. To correct what was said, telephone the station."),
    "asked": ("请贵机构答复是否承接。", "Please say whether you take this need on."),
    "accepted": ("贵机构已承接。后续请使用“承接已登记”邮件中的链接。",
                 "You have taken this on. To go on, use the link in the mail that says so."),
    "declined": ("贵机构已答复不承接, 无需再做什么。", "You have declined; there is nothing more to do."),
    "expired": ("答复时限已过, 社工站将另作安排。如仍愿承接, 请致电社工站。",
                "The time to answer is over, and the station looks elsewhere. If you still could, telephone the station."),
    "superseded": ("已有其他机构承接, 无需答复。谢谢。", "Another organization has taken this on; no answer is needed. Thank you."),
    "withdrawn": ("社工站已撤回此项询问, 无需答复。", "The station has withdrawn this; no answer is needed."),
    "returned": ("此项服务已退回社工站。", "This need went back to the station."),
    "closed": ("此项服务已办结。谢谢。", "This is closed. Thank you."),
    "stopped": ("此项服务已终止, 无需再登记。请删除或交还所获个人信息。",
                "This has ended; nothing more is to be said. Delete or return what you were told of the person."),
    "refused-already-accepted": ("您的承接未能生效: 其他机构已先承接。", "Your yes took no effect: another organization was first."),
    "refused-expired": ("您的承接未能生效: 答复时限已过。如仍愿承接, 请致电社工站。",
                        "Your yes took no effect: it came too late. If you still could, telephone the station."),
    "refused-withdrawn": ("您的承接未能生效: 社工站已撤回。", "Your yes took no effect: the station had withdrawn this."),
    "refused-consent-withdrawn": ("您的承接未能生效: 服务对象已不同意。", "Your yes took no effect: the person no longer agrees."),
    "refused-capacity": ("您的承接未能生效: 贵机构登记的容量已满。如有余力, 请致电社工站调整容量。",
                         "Your yes took no effect: your capacity on record is full. If there is room, telephone the station."),
    "serving-accepted": ("贵机构已承接。与服务对象见面后请登记首次联系。", "You have taken this on. Say when you have met the person."),
    "serving-in-service": ("服务进行中。结束后请登记结果。", "You are at it. Say here what came of it when it is done."),
    "serving-paused": ("服务已暂停。", "The service stands still."),
    "serving-disputed": ("社工站对结果有异议, 请重新登记。", "The station does not agree with the outcome; please report again."),
    "serving-outcome-reported": ("结果已登记, 等待社工站确认。", "The outcome is on record, and the station will confirm it."),
    "serving-closed": ("此项服务已办结。谢谢。", "This is closed. Thank you."),
    "done-question": ("提问已登记; 社工站回复后会再发邮件。", "Your question is on record; a mail will come when it is answered."),
    "done-start": ("首次联系已登记。", "The first contact is on record."),
    "done-refusal": ("已登记: 不承接。", "On record: you decline."),
    "done-acceptance": ("已登记: 承接。请收藏本页或保留随后的邮件。", "On record: you accept. Keep this page, or the mail that follows."),
    "done-outcome": ("结果已登记。", "The outcome is on record."),
    "done-return": ("已登记: 退回。", "On record: you give it back."),
    "wrong": ("请检查所填内容。", "Please look at what was filled in."),
    "again-later": ("暂时无法登记, 请稍后再试; 没有任何内容被登记。", "Not now; please try again in a moment. Nothing was put on record."),
}  # fmt: skip
LABELS: dict[str, tuple[str, str]] = {
    "title": ("转介答复", "Answer to a request"), "need": ("需要", "Need"), "areas": ("地点", "Place"),
    "urgency": ("紧急程度", "Urgency"), "groups": ("对象类别", "Groups"), "age": ("年龄段", "Age"),
    "required_by": ("希望完成日期", "Wanted by"), "until": ("答复时限 (北京时间)", "Answer by (Beijing time)"),
    "answers": ("社工站的回复", "What the station answered"), "reason": ("原因", "Reason"),
    "question": ("想了解", "What to ask"), "outcome": ("结果", "Outcome"), "met_on": ("见面日期", "Day of the meeting"),
    "acceptance": ("承接", "Accept"), "refusal": ("不承接", "Decline"), "ask": ("提问", "Ask"),
    "start": ("登记首次联系", "We have met the person"), "report": ("登记结果", "Report the outcome"),
    "return": ("退回", "Give it back"), "choose": ("请选择", "Choose"), "other-language": ("English", "中文"),
    "no-names": ("本页不含任何个人信息。打开本页不会作出任何答复。", "Nothing here says who it is. Opening this answers nothing."),
    "kind": ("类别", "Kind"),
}  # fmt: skip
KINDS = {"referral": ("转介", "referral"), "transfer": ("移交", "transfer"), "consult": ("会商", "consultation")}
AGES: dict[str, tuple[str, str]] = {
    "under_8": ("不满 8 岁", "under 8"), "from_8_to_13": ("8–13 岁", "8 to 13"), "from_14_to_17": ("14–17 岁", "14 to 17"),
    "adult": ("成年", "adult"), "from_60": ("60 岁以上", "60 and over"), "from_80": ("80 岁以上", "80 and over"),
    "unknown": ("不详", "unknown"),
}  # fmt: skip
QUESTIONS: dict[str, tuple[str, str]] = {
    "schedule": ("时间安排", "when"), "place": ("具体地点", "where"), "frequency": ("频次", "how often"),
    "access": ("如何上门", "how to get in"), "risk": ("安全注意事项", "safety"), "language": ("语言与沟通", "language"),
    "mobility": ("行动能力", "mobility"), "duration": ("预计时长", "for how long"),
}  # fmt: skip
"""What an organization asks before it answers, as codes: a question in words might name somebody."""


class Words:
    """The words in one language."""

    def __init__(self, language: str, places: Mapping[str, str] = NOTHING) -> None:
        self.language = "en" if language == "en" else "zh"
        self._places = places
        self._place = 1 if self.language == "en" else 0

    def __call__(self, label: str) -> str:
        """A label."""
        return LABELS[label][self._place]

    def sentence(self, name: str) -> str:
        """What is the case."""
        return SENTENCES[name][self._place] if name in SENTENCES else name

    def need(self, code: str) -> str:
        """A kind of help."""
        found = codes.NEED.label(code, self.language)
        return found if found != code else codes_referral.SERVICE.label(code, self.language)

    def code(self, table: str, code: str) -> str:
        """A code of a table, in words."""
        return str(getattr(codes, table).label(code, self.language))

    def area(self, code: str) -> str:
        """A place: as it is called where anybody has said so, else its code."""
        return called(code, self.language, self._places)

    def kind(self, code: str) -> str:
        """A referral, a transfer or a consultation."""
        return KINDS[code][self._place] if code in KINDS else code

    def age(self, band: str) -> str:
        """An age band."""
        return AGES[band][self._place] if band in AGES else band

    def question(self, code: str) -> str:
        """A question that was asked, or its answer; codes of others stay as they are."""
        return QUESTIONS[code][self._place] if code in QUESTIONS else code

    def terms(self, table: str) -> list[tuple[str, str]]:
        """All that may be chosen now from a table of codes."""
        return [(code, self.code(table, code)) for code in getattr(codes, table).current.terms]

    @property
    def questions(self) -> list[tuple[str, str]]:
        """All that may be asked."""
        return [(code, said[self._place]) for code, said in QUESTIONS.items()]
