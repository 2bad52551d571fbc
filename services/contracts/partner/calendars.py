"""Calendars: somebody's or some team's visits at a secret address that can be taken back."""

from __future__ import annotations

from uuid import UUID

from services.contracts.words import Party
from services.kernel.contract import Code, asked, published


@published("calendar.opened", zh="日历地址开通")
class CalendarOpened:
    """Visits of this party can be read at a secret address; the address itself is nowhere, only its hash is kept."""

    calendar_id: UUID
    party: Party


@published("calendar.closed", zh="日历地址收回")
class CalendarClosed:
    """Nothing is read at this address any more, whoever has it."""

    calendar_id: UUID
    party: Party
    reason_code: Code


@asked(zh="开通日历地址")
class OpenCalendar:
    """Let the visits of a party be read at a secret address."""

    calendar_id: UUID
    party: Party


@asked(zh="收回日历地址")
class CloseCalendar:
    """Take the address back."""

    reason_code: Code = "asked"
