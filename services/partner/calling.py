"""Calling an endpoint that somebody else has named: only public addresses, resolved once, and nowhere else than there.

A name is looked up once for each connection, and the connection goes to the very address that was looked at, so a name
that points elsewhere a moment later changes nothing. Nothing is followed that the endpoint answers (no redirects), and of
its answer nothing is kept but the status. An answer has so many seconds in all, however slowly it drips.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from services.partner.schedule import Went

PORTS = (443, 8443)
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
ANSWER_BYTES = 64 * 1024
LONGEST_URL = 500

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], list[str]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(Exception):
    """An address that may not be called; the reason is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, as the machine finds them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True)
class Fence:
    """What may be called: public addresses by https on usual ports, and whatever lies in the networks that are allowed."""

    allowed: tuple[Network, ...] = ()
    resolve: Resolve = resolved

    @classmethod
    def of(cls, networks: tuple[str, ...]) -> Fence:
        """The fence with these networks allowed."""
        return cls(tuple(ipaddress.ip_network(each) for each in networks))

    def parts(self, url: str) -> SplitResult:
        """An endpoint's address, if it is one. Raises Forbidden."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as wrong:
            raise Forbidden("not-a-url") from wrong
        plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
        if parts.scheme not in ("https", "http") or not host or not plain:
            raise Forbidden("not-a-url")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise Forbidden("not-a-plain-url")
        return parts

    def expects(self, url: str) -> None:
        """Refuse what can be told to be forbidden before a name is looked up; each call looks again. Raises Forbidden."""
        parts = self.parts(url)
        address = literal(parts.hostname or "")
        if address is not None:
            if not is_public(address) and not self._is_allowed(address):
                raise Forbidden("not-public")
            self.address_of(url)
        elif not self.allowed:  # else a name may lie in a network that is allowed, and has any port there
            _must_be_usual(parts)

    def address_of(self, url: str) -> tuple[SplitResult, str]:
        """An endpoint's address, and the one IP address at which it is called. Raises Forbidden, or OSError."""
        parts = self.parts(url)
        host, port = parts.hostname or "", port_of(parts)
        addresses = self.resolve(host, port)
        inside = [each for each in addresses if self._is_allowed(each)]
        if addresses and len(inside) == len(addresses):
            return parts, addresses[0]
        _must_be_usual(parts)
        if not addresses or not all(is_public(each) or self._is_allowed(each) for each in addresses):
            # A name with one public and one private address is a trap, whichever of them comes first.
            raise Forbidden("not-public")
        return parts, addresses[0]

    def _is_allowed(self, address: str) -> bool:
        found = ip(address)
        return any(found.version == network.version and found in network for network in self.allowed)


def _must_be_usual(parts: SplitResult) -> None:
    if parts.scheme != "https":
        raise Forbidden("not-https")
    if port_of(parts) not in PORTS:
        raise Forbidden("not-this-port")


def literal(host: str) -> str | None:
    """The address that a host is, in any form that resolvers read (127.1, 0x7f000001, 2130706433); None for a name."""
    try:
        return str(ip(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def port_of(parts: SplitResult) -> int:
    """The port of an address."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def ip(address: str) -> IP:
    """An address, without the zone of a link; one that wraps another is that other one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        return inner or found
    return found


def is_public(address: str) -> bool:
    """Whether anybody on the internet might have this address: not private, loopback, link-local, metadata, multicast."""
    found = ip(address)
    return found.is_global and not (
        found.is_multicast or found.is_reserved or found.is_unspecified or found.is_loopback
    )


class Timed(io.RawIOBase):
    """What comes from a socket until a moment, and nothing after it: many small waits are not one long one."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._socket, self._until = connection, until
        self._file: Any = connection.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """The next bytes. Raises TimeoutError."""
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self._socket.settimeout(left)
        read: int | None = self._file.readinto(buffer)
        return read

    def close(self) -> None:
        """Let go of the socket."""
        self._file.close()
        super().close()


@dataclass(frozen=True)
class Source:
    """A socket, to whoever makes a file of it."""

    connection: socket.socket

    def makefile(self, mode: str) -> io.BufferedReader:
        """The file, which ends when an answer must have come."""
        return io.BufferedReader(Timed(self.connection, monotonic() + ANSWER_SECONDS))


class Answer(http.client.HTTPResponse):
    """An answer that has so many seconds in all, from its status to the end of its body."""

    def __init__(self, sock: Any, *args: Any, **more: Any) -> None:
        super().__init__(Source(sock), *args, **more)  # type: ignore[arg-type]


class Pinned(http.client.HTTPConnection):
    """A connection to one IP address, under the name of its host."""

    response_class = Answer

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=ANSWER_SECONDS)
        self._address, self._context = address, context

    def ready(self) -> None:
        """A connection that goes on has all the time again."""
        if self.sock is not None:
            self.sock.settimeout(ANSWER_SECONDS)

    def connect(self) -> None:
        """Connect to the address, and see that the certificate is the host's."""
        plain = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        plain.settimeout(ANSWER_SECONDS)
        self.sock = plain if self._context is None else self._context.wrap_socket(plain, server_hostname=self.host)


class Call:
    """A connection to one endpoint, for as many calls as follow one upon the other."""

    def __init__(self, fence: Fence, url: str) -> None:
        self._parts, address = fence.address_of(url)
        context = ssl.create_default_context() if self._parts.scheme == "https" else None
        self._connection = Pinned(self._parts.hostname or "", port_of(self._parts), address, context)

    def post(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Went:
        """One call, and how it went; never raises for what the endpoint does."""
        target = (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")
        sent = {"Content-Type": "application/cloudevents+json", "User-Agent": "wushe", **headers}
        try:
            self._connection.ready()
            self._connection.request("POST", target, body, sent)
            return self._answer(now)
        except TimeoutError:
            self.close()
            return Went("timeout")
        except ssl.SSLError:
            self.close()
            return Went("certificate")
        except (OSError, http.client.HTTPException):
            self.close()
            return Went("unreachable")

    def _answer(self, now: datetime) -> Went:
        """The status; of the body no more is read than a connection that goes on needs, and no longer than allowed."""
        answer, left = self._connection.getresponse(), ANSWER_BYTES
        with suppress(OSError, http.client.HTTPException):  # the status has come, and it is the answer
            while left > 0 and (part := answer.read1(left)):
                left -= len(part)
        if not answer.isclosed():
            self.close()
        outcome = (
            "delivered" if 200 <= answer.status < 300 else "redirected" if 300 <= answer.status < 400 else "refused"
        )
        return Went(outcome, answer.status, retry_after(answer.getheader("Retry-After", ""), now))

    def close(self) -> None:
        """Let the connection go; the next call makes another one to the same address."""
        with suppress(OSError):
            self._connection.close()


def retry_after(told: str, now: datetime) -> timedelta | None:
    """When to come again: seconds, or a date; None where it is neither."""
    if told.isascii() and told.isdecimal() and len(told) < 8:
        return timedelta(seconds=int(told))
    try:
        moment = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None
    return max(timedelta(), moment - now) if moment.tzinfo is not None else None
