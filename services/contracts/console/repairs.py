"""Repairs: what an administrator has done about a message that a service could not handle."""

from __future__ import annotations

from services.kernel.contract import Code, Count, asked, published


@published("dead-letter.replay-asked", zh="要求重新处理搁置消息")
class DeadLetterReplayAsked:
    """An administrator has seen to the cause, and lets the service handle the message again."""

    service: Code
    publisher: Code
    publisher_position: Count


@asked(zh="重新处理搁置消息")
class AskDeadLetterReplay:
    """Let a service handle a message again that it has set aside."""

    service: Code
    publisher: Code
    publisher_position: Count
