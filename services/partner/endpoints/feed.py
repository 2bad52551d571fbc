"""The feed: a partner reads its sequence from any number on, page by page, waiting for more, or as a stream of events.

A page is a batch of CloudEvents, numbered without gaps. What was delivered under a number never changes, so a page says
by its ETag whether there is anything new. Whoever waits sleeps on the thread of HTTP, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from types import MappingProxyType
from uuid import UUID

from services.kernel.entrypoints import Flow, Hand, Reply, Request, aside, http
from services.kernel.entrypoints.problems import Edge
from services.kernel.errors import NotAllowed, Refused
from services.partner import views
from services.partner.heads import head_of
from services.partner.thin import numbered

READERS = ("partner", "team_leader")
BATCH = "application/cloudevents-batch+json"
MOST = 1_000
USUAL = 100
LONGEST_WAIT = 30
AT_ONCE = 200
"""So many events are read at once for a stream: a slow reader holds no more in memory."""
HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = 600.0
"""A stream ends after so long, and its reader comes again from where it was."""

PAGE = {
    "after": {"kind": "integer", "minimum": 0},
    "limit": {"kind": "integer", "minimum": 1, "maximum": MOST},
    "wait": {"kind": "integer", "minimum": 0, "maximum": LONGEST_WAIT},
}
EVENT = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "sequence", "data"],
    "properties": {"specversion": {"const": "1.0"}, "sequence": {"type": "string", "pattern": "^[0-9]{10,}$"}},
}
Item = tuple[int, bytes]
Knows = Callable[[str], bool]
"""Whether the reader has a page with this tag."""
NOTHING: Mapping[str, str] = MappingProxyType({})


class Feed:
    """A partner organization reads what concerns it, in order, from any number on."""

    log: Hand

    @http(
        "GET", "/events", roles=READERS, waits=True, query=PAGE, says="deliveries after a number, in order", media=BATCH,
        answer={"type": "array", "items": EVENT},
    )  # fmt: skip
    def events(self, request: Request) -> Reply:
        """The deliveries after a number of the caller's own sequence, as a batch of CloudEvents.

        With `wait`, an answer that would be empty waits so many seconds for the next delivery. With the ETag of a page
        in `If-None-Match`, a page that has nothing new is a 304.
        """
        organization_id = own(request)
        after, limit = whole(request, "after", 0, 2**53), whole(request, "limit", USUAL, MOST)
        wait = whole(request, "wait", 0, LONGEST_WAIT)
        until = monotonic() + wait
        with self.log.waiting.on(stream_of(organization_id)) as bell:
            items = aside(self._read_within, organization_id, after, limit)
            fresh = not request.knows(tag(organization_id, after, limit, items))
            if wait and not (items and fresh):
                bell.wait(until - monotonic())
        if wait and not (items and fresh):
            items = aside(self._read, organization_id, after, limit)
        return page(organization_id, after, limit, items, request.knows, head_of(self.log).headers)

    @http(
        "GET", "/events/stream", roles=READERS, waits=True, query={"after": PAGE["after"]},
        says="deliveries after a number, as they come", media="text/event-stream", answer={"type": "string"},
    )  # fmt: skip
    def stream(self, request: Request) -> Flow:
        """The same as server-sent events: `id` is the number, `data` the CloudEvent; `Last-Event-ID` goes on from there."""
        organization_id, after = own(request), last_seen(request)
        aside(self._read_within, organization_id, after, 1)
        headers = (("Cache-Control", "no-store"), ("X-Accel-Buffering", "no"), *head_of(self.log).headers.items())
        return Flow(self._flowing(request, organization_id, after), headers=headers)

    def _flowing(self, request: Request, organization_id: UUID, after: int) -> Iterator[bytes]:
        """What comes, and now and then a sign of life; it ends with the right to read (a token that is revoked)."""
        until = monotonic() + STREAM_SECONDS
        yield b"retry: 2000\n\n"
        while monotonic() < until and self.log.still(request):
            with self.log.waiting.on(stream_of(organization_id)) as bell:
                items = aside(self._read, organization_id, after, AT_ONCE)
                if not items and not bell.wait(HEARTBEAT_SECONDS):
                    yield b": still here\n\n"
            if items:
                after = items[-1][0]
                yield b"".join(sent(number, body) for number, body in items)

    def _read_within(self, organization_id: UUID, after: int, limit: int) -> list[Item]:
        """What follows a number; refuses one that was never given out."""
        items = self._read(organization_id, after, limit)
        if not items:
            must_be_within(self.log, organization_id, after)
        return items

    def _read(self, organization_id: UUID, after: int, limit: int) -> list[Item]:
        rows = self.log.look.run(views.following(organization_id, after, limit))
        return [(row["number"], bytes(row["body"])) for row in rows]


def page(
    organization_id: UUID, after: int, limit: int, items: list[Item], knows: Knows, beside: Mapping[str, str] = NOTHING
) -> Reply:
    """A page, or that there is nothing new in it; `beside` are headers of no delivery's."""
    last = items[-1][0] if items else after
    tagged = tag(organization_id, after, limit, items)
    following = (("Link", f'</partner/v1/events?after={last}&limit={limit}>; rel="next"'),)
    headers = (("ETag", tagged), ("Cache-Control", "private, no-cache"), *following, *beside.items())
    if knows(tagged):
        return Reply(status=304, raw=b"", headers=headers, content_type=BATCH)
    body = b"[" + b",".join(numbered(number, told) for number, told in items) + b"]"
    return Reply(raw=body, headers=headers, content_type=BATCH)


def tag(organization_id: UUID, after: int, limit: int, items: list[Item]) -> str:
    """Names what a page holds: the same numbers are the same deliveries for ever."""
    last = items[-1][0] if items else after
    return f'"{organization_id.hex[:12]}.{after}-{last}.{limit}"'


def sent(number: int, body: bytes) -> bytes:
    """A delivery as a server-sent event."""
    return b"id: %d\nevent: delivery\ndata: %b\n\n" % (number, numbered(number, body))


def stream_of(organization_id: UUID) -> str:
    """The stream of the log that grows with an organization's sequence."""
    return f"sequence/{organization_id}"


def own(request: Request) -> UUID:
    """The organization for which the caller speaks: its sequence, and no other."""
    try:
        return UUID(request.actor.org.rpartition(":")[2])
    except ValueError as wrong:
        raise NotAllowed(READERS) from wrong


def head(hand: Hand, organization_id: UUID) -> int:
    """The number of an organization's last delivery; 0 where there is none."""
    return int(hand.look.run(views.head(organization_id))[0]["head"] or 0)


def must_be_within(hand: Hand, organization_id: UUID, after: int) -> None:
    """Refuse a number that was never given out: who waited behind it would miss what comes."""
    if after and after > (last := head(hand, organization_id)):
        raise Refused(
            "beyond-the-end", f"The sequence ends with {last}, so nobody can have seen {after}. Go on from {last} or before; if "
            "you did see it, ask the operator whether the hub was put back to an older day.",
            f"该序列到 {last} 为止, 不可能已收到 {after}。请从 {last} 或更早继续; 如确曾收到, 请询问运营方枢纽是否恢复过较早的备份。",
            field="after",
        )  # fmt: skip


def last_seen(request: Request) -> int:
    """The number after which a stream goes on: as its reader's own client says it, else as the address does."""
    after, last = whole(request, "after", 0, 2**53), request.header("last-event-id").strip()
    if not last:
        return after
    if not (last.isascii() and last.isdecimal() and len(last) < 17):
        raise Edge("bad-header", field="Last-Event-ID", expected="the number of a delivery", expected_zh="投递编号")
    return int(last)


def whole(request: Request, name: str, usual: int, most: int) -> int:
    """A whole number of the query."""
    return request.whole(name, usual, 1 if name == "limit" else 0, most)
