"""Errors as problem documents (RFC 9457): a stable code, sentences in two languages, and what would be allowed."""

from __future__ import annotations

from typing import Any

from services.kernel.errors import (
    ConcurrentChange,
    ContractBroken,
    HubError,
    KeyReused,
    NotAllowed,
    NotFound,
    NotInScope,
    NotSignedIn,
    OutcomeUnknown,
    Refused,
    TooOften,
    Unavailable,
)  # fmt: skip

PROBLEM = "application/problem+json"

STATUS: dict[type[HubError], tuple[int, str, str]] = {
    ContractBroken: (422, "The request does not fit its contract.", "请求不符合约定。"),
    Refused: (409, "The rules do not allow this now.", "规则不允许此操作。"),
    ConcurrentChange: (412, "It has changed since you read it; read it again.", "读取之后已有变化, 请重新读取。"),
    KeyReused: (422, "This idempotency key came before with a different request; take a new key.", "该幂等键已用于另一请求, 请换新键。"),
    NotFound: (404, "There is nothing here for you.", "这里没有可供您查看的内容。"),
    NotAllowed: (403, "Your role may not do this.", "您的角色不能执行此操作。"),
    NotInScope: (403, "This token was not issued for this; `allowed_scopes` says which would be.",
        "该令牌的用途不包含此操作; 所需用途见 allowed_scopes。"),
    TooOften: (429, "Too many requests; come again when `Retry-After` has passed. Nothing was written.",
        "请求过于频繁, 请在 Retry-After 之后重试; 未写入任何内容。"),
    NotSignedIn: (401, "Sign in: send a valid bearer token.", "请先登录: 需要有效令牌。"),
    Unavailable: (503, "The hub cannot take this now; nothing was written. Try again with the same key.",
        "暂不可用, 未写入任何内容; 请用同一键重试。"),
    OutcomeUnknown: (
        503, "It is not known whether this was written. Send it again with the same key to learn.",
        "尚不知是否已写入; 请用同一键重发以确认。",
    ),
}  # fmt: skip

ELSEWHERE = (
    "This belongs to another unit. Your role may do it with what belongs to your own.",
    "此项属于其他单位; 您的角色只能对本单位的事项执行此操作。",
)
"""To whom the role would let it do elsewhere."""

EDGE: dict[str, tuple[int, str, str]] = {
    "no-such-path": (404, "There is no such path.", "没有此路径。"),
    "method-not-allowed": (405, "This path does not take this method.", "此路径不接受该方法。"),
    "too-large": (413, "The body is too large.", "请求体过大。"),
    "not-json-type": (415, "Send application/json.", "请以 application/json 发送。"),
    "malformed": (400, "This is no valid HTTP request.", "不是有效的 HTTP 请求。"),
    "head-too-large": (431, "The request line and headers are too large.", "请求行与请求头过大。"),
    "bad-header": (400, "A header is not valid.", "请求头无效。"),
    "fault": (500, "A fault of ours; it has been logged.", "系统故障, 已记录。"),
}


class Edge(HubError):
    """The request did not get as far as a service; `code` is one of EDGE."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code, self.more = code, more


def problem(error: BaseException) -> tuple[int, dict[str, Any]]:
    """The status and the document for an error; what is not ours is a fault and says nothing of its inside."""
    if isinstance(error, Edge):
        return _document(error.code, *EDGE[error.code], error.more)
    if isinstance(error, Refused):
        more: dict[str, Any] = {"allowed": list(error.allowed)} | ({"field": error.field} if error.field else {})
        return _document(error.code, STATUS[Refused][0], error.en, error.zh, more)
    if isinstance(error, NotAllowed) and error.elsewhere:
        return _document(error.code, STATUS[NotAllowed][0], *ELSEWHERE, _details(error))
    for kind, (status, en, zh) in STATUS.items():
        if isinstance(error, kind):
            return _document(error.code, status, en, zh, _details(error))
    return _document("fault", *EDGE["fault"], {})


def _details(error: BaseException) -> dict[str, Any]:
    if isinstance(error, ContractBroken):
        named = [
            {"field": p.field, "code": p.code, "expected": p.expected_en, "expected_zh": p.expected_zh}
            for p in error.problems
        ]
        return {"errors": named}
    if isinstance(error, NotAllowed):
        return {"allowed_roles": list(error.roles)}
    if isinstance(error, NotInScope):
        return {"allowed_scopes": list(error.scopes)}
    if isinstance(error, TooOften):
        return {"retry_after": error.seconds}
    if isinstance(error, ConcurrentChange):
        return {"expected_version": error.expected, "version": error.actual}
    return {}


def _document(code: str, status: int, en: str, zh: str, more: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return status, {
        "type": f"urn:wushe:problem:{code}",
        "title": code,
        "status": status,
        "code": code,
        "detail": en,
        "detail_zh": zh,
        **more,
    }
