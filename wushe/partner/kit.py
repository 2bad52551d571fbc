"""The conformance kit: what a partner's program must be able to do before it joins, tried one by one.

Two halves: that the organization can read its sequence as it should be, and that its endpoint takes what the hub would
send it, signed and repeated and late, and nothing that the hub has not signed. Whether a repetition had an effect can be
seen from outside only if the program shows what it has (`--seen`); without it, those checks are left out and it is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import requests

from services.kernel.clock import system_clock
from services.partner.signing import Secrets, headers

SECONDS = 15
REQUIRED = ("specversion", "id", "source", "type", "subject", "time", "sequence", "data")
NOBODY = ("person_id", "name", "phone", "address", "id_number")
Told = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What came of one check: `passed`, `failed` or `left-out`."""

    code: str
    result: str
    en: str
    zh: str
    detail: str = ""


class Broken(Exception):
    """A check has failed; the text says how."""


class LeftOut(Exception):
    """A check cannot be made; the text says why."""


def must(so: bool, otherwise: str) -> None:
    """It must be so."""
    if not so:
        raise Broken(otherwise)


Check = tuple[str, str, str, Callable[[], str]]


def report(checks: Iterator[Check]) -> list[Found]:
    """All checks made, one after the other; one that fails ends none of the others."""
    return [_made(*check) for check in checks]


def _made(code: str, en: str, zh: str, check: Callable[[], str]) -> Found:
    try:
        return Found(code, "passed", en, zh, check())
    except LeftOut as why:
        return Found(code, "left-out", en, zh, str(why))
    except Broken as how:
        return Found(code, "failed", en, zh, str(how))
    except (requests.RequestException, ValueError, KeyError) as fault:
        return Found(code, "failed", en, zh, type(fault).__name__)


@dataclass
class Feed:
    """The organization's sequence, as it reads it from the hub."""

    url: str
    token: str
    events: list[Told] = field(default_factory=list)

    def checks(self) -> Iterator[Check]:
        """What must hold of the feed."""
        yield "feed-readable", "The token reads the feed.", "令牌可读取事件流。", self.readable
        yield "feed-gapless", "Numbers run from 1 without a gap.", "编号自 1 起无间断。", self.gapless
        yield "feed-replay", "Read again, it says the same.", "重读内容一致。", self.replay
        yield "feed-unchanged", "What has nothing new is a 304.", "无新内容时返回 304。", self.unchanged
        yield "feed-stream", "The stream goes on from a number.", "事件流可从任一编号继续。", self.stream
        yield "events-shape", "Each is a CloudEvent.", "每条均为 CloudEvents。", self.shape
        yield "events-thin", "None tells who somebody is.", "均不含个人身份。", self.thin

    def _get(self, query: str, path: str = "/partner/v1/events", **more: Any) -> requests.Response:
        sent = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return requests.get(f"{self.url}{path}?{query}", headers=sent, timeout=SECONDS, **more)

    def _page(self, query: str) -> list[Told]:
        answer = self._get(query)
        must(answer.status_code == 200, f"status {answer.status_code}")
        return list(answer.json())

    def readable(self) -> str:
        """The first page is there."""
        answer = self._get("after=0&limit=1")
        must(answer.status_code == 200, f"status {answer.status_code}: {answer.text[:200]}")
        must(answer.headers["Content-Type"] == "application/cloudevents-batch+json", answer.headers["Content-Type"])
        return ""

    def gapless(self) -> str:
        """All of it, in pages of odd lengths."""
        self.events = []
        while page := self._page(f"after={len(self.events)}&limit={(7, 100, 1000)[len(self.events) % 3]}"):
            self.events += page
        numbers = [int(event["sequence"]) for event in self.events]
        must(numbers == list(range(1, len(numbers) + 1)), "a number is missing or out of order")
        return f"{len(numbers)}"

    def replay(self) -> str:
        """The first page again."""
        must(self._page("after=0&limit=100") == self.events[:100], "it says something else")
        return ""

    def unchanged(self) -> str:
        """The same page with its tag."""
        query = "after=0&limit=1"
        self._page(query)
        tag = self._get(query).headers["ETag"]
        status = self._get(query, headers={"If-None-Match": tag}).status_code
        must(status == 304, f"status {status}")
        return ""

    def stream(self) -> str:
        """The last delivery as a server-sent event."""
        if not self.events:
            raise LeftOut("nothing was delivered yet")
        last = str(len(self.events) - 1)
        with self._get("", "/partner/v1/events/stream", headers={"Last-Event-ID": last}, stream=True) as answer:
            first = next(line for line in answer.iter_lines(chunk_size=1) if line.startswith(b"id: "))
        must(first == b"id: %d" % len(self.events), f"it begins with {first.decode()}")
        return ""

    def shape(self) -> str:
        """The attributes that every delivery has."""
        wrong = [event.get("sequence") for event in self.events if not all(name in event for name in REQUIRED)]
        must(not wrong, f"attributes are missing in {wrong[:5]}")
        return ""

    def thin(self) -> str:
        """Fields that would tell who it is."""
        wrong = [event["sequence"] for event in self.events if event["data"].keys() & set(NOBODY)]
        must(not wrong, f"{wrong[:5]}")
        return ""


@dataclass
class Endpoint:
    """The partner's own endpoint, called as the hub calls it; `seen` answers `{"last": number, "count": effects}`."""

    url: str
    secret: Secrets
    seen: str = ""
    last: int = 0
    sent: dict[int, tuple[str, bytes]] = field(default_factory=dict)

    def checks(self) -> Iterator[Check]:
        """What the endpoint must do."""
        yield "takes", "It takes a signed delivery.", "接受已签名的投递。", self.takes
        yield "order", "It takes deliveries in order.", "按序接受投递。", self.order
        yield "duplicates", "A repetition has no second effect.", "重复投递不产生二次效果。", self.duplicates
        yield "retries", "A retry, signed anew, has no second effect.", "重试 (重新签名) 不产生二次效果。", self.retries
        yield "gaps", "A gap is noticed and filled.", "能发现并补齐缺口。", self.gaps
        yield "late", "What comes late is taken.", "迟到的投递可接受。", self.late
        yield "tolerance", "Types and fields it does not know are taken.", "未知的类型和字段可接受。", self.tolerant
        yield "rotation", "One good signature of several is enough.", "多个签名中有一个有效即可。", self.rotation
        yield "unsigned", "What is not signed is refused.", "拒绝未签名的请求。", self.unsigned
        yield "forged", "What somebody else has signed is refused.", "拒绝他人签名的请求。", self.forged
        yield "changed", "What was changed on its way is refused.", "拒绝被篡改的请求。", self.changed
        yield "old", "What was signed long ago is refused.", "拒绝过期签名。", self.old

    # --- calling ---

    def begin(self) -> None:
        """Go on from where the program stands, if it shows it."""
        self.last = self._shown()["last"] if self.seen else 0

    def _delivery(self, number: int, **more: Any) -> tuple[str, bytes]:
        if number not in self.sent:
            ident = str(uuid4())
            told = {
                "specversion": "1.0", "sequence": f"{number:010d}", "id": ident, "source": "/referral", "type": "offer.viewed",
                "subject": f"referral/{uuid4()}", "time": system_clock().isoformat(), "data": {}, **more,
            }  # fmt: skip
            self.sent[number] = (ident, msgspec.json.encode(told))
        return self.sent[number]

    def _call(self, number: int, *, secrets: list[Secrets] | None = None, at: datetime | None = None,
              body: bytes | None = None, signed: bool = True, **more: Any) -> int:  # fmt: skip
        ident, usual = self._delivery(number, **more)
        made = headers(ident, at or system_clock(), usual, secrets or [self.secret])
        if not signed:
            made.pop("webhook-signature")
        sent = made | {"Content-Type": "application/cloudevents+json"}
        return requests.post(
            self.url, data=body or usual, headers=sent, timeout=SECONDS, allow_redirects=False
        ).status_code

    def _yes(self, number: int, **more: Any) -> None:
        status = self._call(number, **more)
        must(200 <= status < 300, f"status {status} for number {number}; 2xx was expected")

    def _no(self, **more: Any) -> str:
        status = self._call(self.last + 1, **more)
        must(400 <= status < 500, f"status {status}; 4xx was expected")
        return f"{status}"

    def _shown(self) -> dict[str, int]:
        if not self.seen:
            raise LeftOut("the program does not show what it has (--seen)")
        answer = requests.get(self.seen, timeout=SECONDS)
        must(answer.status_code == 200, f"--seen answers {answer.status_code}")
        return dict(answer.json())

    # --- the checks ---

    def takes(self) -> str:
        """The next number."""
        self.last += 1
        self._yes(self.last)
        return ""

    def order(self) -> str:
        """Five more."""
        for _ in range(5):
            self.last += 1
            self._yes(self.last)
        if self.seen:
            must(self._shown()["last"] == self.last, "it does not stand where it was brought")
        return ""

    def duplicates(self) -> str:
        """The very same call again, three times."""
        return self._no_effect(self._three_times)

    def _three_times(self) -> None:
        for _ in range(3):
            self._yes(self.last)

    def retries(self) -> str:
        """As the hub tries again after an answer that got lost: the same id and body under a new time."""
        return self._no_effect(lambda: self._yes(self.last, at=system_clock() + timedelta(seconds=2)))

    def _no_effect(self, act: Callable[[], object]) -> str:
        before = self._shown() if self.seen else None
        act()
        if before is None:
            return "taken; effects are not shown (--seen)"
        must(self._shown() == before, "it had an effect again")
        return ""

    def gaps(self) -> str:
        """The next number but one, then the one between."""
        self._shown()
        status = self._call(self.last + 2)
        must(self._shown()["last"] <= self.last, "it went on over a gap")
        self._yes(self.last + 1)
        if self._shown()["last"] < self.last + 2:
            self._yes(self.last + 2)
        self.last += 2
        must(self._shown()["last"] == self.last, "the gap was not filled")
        return f"it answered the early one with {status}"

    def late(self) -> str:
        """One of the first again."""
        return self._no_effect(lambda: self._yes(min(self.sent)))

    def tolerant(self) -> str:
        """Something from a hub that is newer than the program."""
        self.last += 1
        self._yes(self.last, type="something.never-heard-of", newattribute="1", data={"new_field": [1]})
        return ""

    def rotation(self) -> str:
        """Signed with a secret that the program does not know yet, and with the one that it does."""
        self.last += 1
        self._yes(self.last, secrets=[_stranger(), self.secret])
        return ""

    def unsigned(self) -> str:
        """No signature."""
        return self._no(signed=False)

    def forged(self) -> str:
        """Another secret."""
        return self._no(secrets=[_stranger()])

    def changed(self) -> str:
        """Another body under the same signature."""
        return self._no(body=b"{}")

    def old(self) -> str:
        """An hour ago."""
        return self._no(at=system_clock() - timedelta(hours=1))


def _stranger() -> Secrets:
    return Secrets(uuid4().bytes * 2, uuid4().bytes * 2)
