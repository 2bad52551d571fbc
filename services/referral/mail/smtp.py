"""The mail server as a client meets it: one connection for the letters that are due, and what became of each."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from services.referral.mail.schedule import SENT, Went

SECONDS = 15.0
PORTS = {"smtp": 587, "smtps": 465}


class Away(Exception):
    """The server cannot be reached, or does not let us in; the reason is a code. No letter is to blame."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_here(host: str) -> bool:
    """Whether a host is this machine, to which nothing need be encrypted."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass
class Session:
    """A connection to the server; the letters follow one upon the other."""

    client: smtplib.SMTP

    @classmethod
    def open(cls, url: str) -> Self:
        """Connect, encrypt, sign in. Raises Away."""
        parts = urlsplit(url)
        try:
            return cls(_connected(parts))
        except smtplib.SMTPNotSupportedError as no:
            raise Away("no-tls") from no
        except smtplib.SMTPAuthenticationError as no:
            raise Away("not-signed-in") from no
        except ssl.SSLError as no:
            raise Away("certificate") from no
        except (OSError, smtplib.SMTPException) as no:
            raise Away("server-away") from no

    def send(self, mail: EmailMessage) -> Went:
        """Hand one letter over. Raises Away where the connection is gone, and nobody knows about this letter."""
        try:
            self.client.send_message(mail)
        except smtplib.SMTPServerDisconnected as gone:
            raise Away("server-away") from gone
        except smtplib.SMTPRecipientsRefused as no:
            code = next(iter(no.recipients.values()), (450, b""))[0]
            return self._refused(code, "address-refused")
        except smtplib.SMTPResponseException as no:
            return self._refused(no.smtp_code, "mail-refused")
        except (OSError, smtplib.SMTPException) as gone:
            raise Away("server-away") from gone
        return SENT

    def _refused(self, code: int, reason: str) -> Went:
        with suppress(OSError, smtplib.SMTPException):
            self.client.rset()
        return Went(reason, for_good=500 <= code < 600)

    def close(self) -> None:
        """Say goodbye."""
        with suppress(OSError, smtplib.SMTPException):
            self.client.quit()


def _connected(parts: SplitResult) -> smtplib.SMTP:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if parts.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        client = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if parts.scheme == "smtp" and not is_here(host):
            client.starttls(context=ssl.create_default_context())
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        client.close()
        raise
    return client
