"""A mail server as tests need one: it keeps what it takes, and refuses, stays busy or goes away when a test says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from aiosmtpd.smtp import Session as SmtpSession

from tests.support.servers import free_port

TAKEN = "250 OK"
LINK = re.compile(r"https?://\S+/referral/links/\S+")


@dataclass
class Letter:
    """One mail as it came in."""

    to: str
    mail: EmailMessage

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.mail.get_content())

    @property
    def link(self) -> str:
        """Where it leads; the Chinese and the English part lead to the same place."""
        (found,) = set(LINK.findall(self.text))
        return str(found)


@dataclass
class PostOffice:
    """A context manager. `answers` says, by address, what is answered to it; letters that were taken are kept."""

    port: int = field(default_factory=free_port)
    letters: list[Letter] = field(default_factory=list)
    answers: dict[str, Callable[[], str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    after_taking: Callable[[], None] | None = None
    _controller: Any = None

    @property
    def url(self) -> str:
        """As the setting has it."""
        return f"smtp://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Be there."""
        if self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
            self._controller.start()

    def close(self) -> None:
        """Be away."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def to(self, address: str) -> list[Letter]:
        """What was taken for an address, the first first."""
        return [letter for letter in self.letters if letter.to == address]

    # --- what aiosmtpd calls ---

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, server: object, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        said = self.answers.get(address, lambda: TAKEN)()
        if said == TAKEN:
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, server: object, session: SmtpSession, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.letters += [Letter(to, mail) for to in envelope.rcpt_tos]
        if self.after_taking is not None:
            self.after_taking()
        return TAKEN
