"""Everything the hub raises on purpose; each error says, in two languages, what would have been allowed."""

from __future__ import annotations

from dataclasses import dataclass


class HubError(Exception):
    """The root of all errors raised on purpose; anything else that escapes is a fault of ours."""

    code = "hub-error"


class Refused(HubError):
    """The rules do not allow this now. Nothing was written.

    `code` is stable and kebab-case; `en` and `zh` are sentences for people; `allowed` names, as command names
    in kebab-case, what could be asked instead in this state (empty: nothing).
    """

    def __init__(self, code: str, en: str, zh: str, *, allowed: tuple[str, ...] = (), field: str | None = None) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.en, self.zh, self.allowed, self.field = code, en, zh, allowed, field


class ConcurrentChange(HubError):
    """The stream has moved on since the caller read it (`expected` versus `actual` version). Nothing was written."""

    code = "stale-version"

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"{stream}: expected version {expected}, found {actual}")
        self.stream, self.expected, self.actual = stream, expected, actual


@dataclass(frozen=True, kw_only=True)
class FieldProblem:
    """One wrong field: where (dotted path), a stable code, and what was expected, in two languages."""

    field: str
    code: str
    expected_en: str
    expected_zh: str


class ContractBroken(HubError):
    """What was sent does not fit its contract; `problems` lists every wrong field. Nothing was written."""

    code = "contract-broken"

    def __init__(self, *problems: FieldProblem) -> None:
        super().__init__("; ".join(f"{p.field}: {p.expected_en}" for p in problems))
        self.problems = problems


class NotFound(HubError):
    """There is nothing under this id, or nothing that the caller may see: the answer is the same for both."""

    code = "not-found"


class NotAllowed(HubError):
    """The caller's role may not ask this; `roles` lists the roles that may.

    `elsewhere` says that the role may ask it, but of what is its own, or its own unit's: this is another's.
    """

    code = "not-allowed"

    def __init__(self, roles: tuple[str, ...] = (), *, elsewhere: bool = False) -> None:
        super().__init__(f"allowed for: {', '.join(roles)}")
        self.roles, self.elsewhere = roles, elsewhere


class NotSignedIn(HubError):
    """There is no valid token with the request."""

    code = "not-signed-in"


class NotInScope(HubError):
    """The token that was shown was not issued for this; one of these `scopes` would be (none: no token is)."""

    code = "not-in-scope"

    def __init__(self, scopes: tuple[str, ...] = ()) -> None:
        super().__init__(f"for: {', '.join(scopes)}")
        self.scopes = scopes


class TooOften(HubError):
    """Whoever asks has asked too often; there is room again after `seconds`. Nothing was written."""

    code = "too-many-requests"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Unavailable(HubError):
    """The store cannot take this now (database away, shutting down). Nothing was written; try again with the same key."""

    code = "unavailable"


class OutcomeUnknown(HubError):
    """The database went away in the middle of a commit: the command may or may not be written.

    Sending it again with the same key tells: it is answered as the first time, or done now.
    """

    code = "outcome-unknown"


class KeyReused(HubError):
    """The same idempotency key came with a different request. Nothing was written."""

    code = "idempotency-key-reused"
