"""The texts of the page on which an organization's address for mails is written down."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "mail.link": ("邮件方式", "Told by mail"),
    "mail.title": ("邮件方式：{who}", "By mail: {who}"),
    "mail.lead": ("没有账号的机构，由邮件得知转介询问，用邮件里的链接答复那一项；其他看不到，也做不了。",
                  "An organization without an account hears of offers by mail, and answers that one offer by the mail's link; it sees and does nothing else."),
    "mail.now": ("现在", "Now"),
    "mail.active": ("自 {when} 起以邮件告知（第 {n} 个地址）。", "Told by mail since {when} (address no. {n})."),
    "mail.inactive": ("已于 {when} 停用。", "Ended, on record since {when}."),
    "mail.never": ("尚未以邮件告知。", "Not told by mail."),
    "mail.hidden": ("地址只封存在保险库里，登记后不再显示。", "The address lies sealed in the vault, and is not shown again."),
    "mail.address": ("电子邮箱", "E-mail address"),
    "mail.choose": ("登记地址", "Write the address down"),
    "mail.choose-again": ("换地址，并作废以前的链接", "Change the address; earlier links are void"),
    "mail.end": ("停用邮件，并作废所有链接", "End it; all links are void"),
    "mail.letters": ("邮件", "Letters"),
    "mail.letters.says": ("只列出本站点看得到的转介；没有送达的在前，请致电。",
                          "Of the referrals that this station sees; what did not arrive stands first: telephone."),
    "mail.none": ("还没有邮件。", "No letter yet."),
    "mail.about": ("关于", "About"), "mail.kind": ("邮件", "Letter"), "mail.made": ("写成", "Written"),
    "mail.state": ("情况", "What became of it"), "mail.used": ("链接", "Link"),
    "mail.tries": ("第 {n} 次", "attempt {n}"), "mail.next": ("下次 {when}", "next {when}"),
    "mail.link.used": ("已用：{when}", "used {when}"), "mail.link.open": ("未用", "not used"), "mail.link.over": ("已失效", "over"),
    "mail.revoke": ("作废链接", "Make the link void"),
    "mail.chosen": ("已登记。现有询问的邮件随即发出。", "On record. Letters about what waits go out now."),
    "mail.ended": ("已停用。", "Ended."),
    "mail.revoked": ("链接已作废。", "The link is void."),
    "letter.offer": ("询问是否承接", "an offer"), "letter.supplied": ("补充信息", "what the station answered"),
    "letter.accepted": ("承接后的链接", "the link after a yes"), "letter.disputed": ("对结果有异议", "the outcome is disputed"),
    "letter-state.waiting": ("等待发出", "waiting"), "letter-state.sent": ("已发出", "sent"),
    "letter-state.failed": ("未送达", "not delivered"), "letter-state.dropped": ("不再需要", "not needed any more"),
}  # fmt: skip

CODES: dict[str, dict[str, tuple[str, str]]] = {
    "mail-reason": {
        "address-refused": ("对方拒收此地址", "the address was refused"), "mail-refused": ("对方拒收邮件", "the mail was refused"),
        "server-away": ("邮件服务器不通", "the mail server is away"), "no-tls": ("邮件服务器未加密", "the mail server has no TLS"),
        "not-signed-in": ("邮件服务器拒绝登录", "the mail server refused the hub"), "no-address": ("没有地址", "no address"),
        "interrupted": ("发送时中断", "interrupted while it was sent"),
    },
}  # fmt: skip
"""Why a letter has not arrived."""
