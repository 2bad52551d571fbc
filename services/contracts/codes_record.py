"""Code tables for what changes or ends what is on record: erasure, corrections, reviews."""

from __future__ import annotations

from services.contracts.tables import table

ERASURE_GROUND = table("erasure_ground", "删除理由", """
    purpose-done | 目的已实现或不再必要 | the purpose is reached, or the data needed no more
    service-ended | 停止提供服务或保存期届满 | the service ended, or the time to keep it
    consent-withdrawn | 撤回同意 | consent withdrawn
    unlawful | 违反法律或约定处理 | processed against the law or an agreement
    relatives | 近亲属行使权利 | near relatives exercise their rights
    other | 其他法定情形 | another ground in law
""")  # fmt: skip
"""PIPL 47(1)-(5); for near relatives PIPL 49."""

ERASURE_BASIS = table("erasure_basis", "删除决定依据", """
    pipl47-erase | 应予删除 | to be deleted
    pipl47-keep | 法定保存期未届满 | the law still has it kept
    pipl47-hard | 技术上难以删除 | deletion is technically hard
    pipl13-duty | 履行法定职责所必需 | needed for a duty in law
    safeguarding | 侵害疑似处置不得删除 | safeguarding is not deleted
    dispute | 争议未决 | a dispute is open
    not-entitled | 请求人无权 | the asker is not entitled
    not-held | 未保存此类信息 | nothing of the kind is held
""")  # fmt: skip
"""Whoever refuses says why (PIPL 50)."""

REVIEW_REASON = table("review_reason", "待核原因", """
    after-death | 登记日期晚于去世日期 | dated after the person's death
    death-corrected | 去世误录已更正 | the report of death was wrong
    after-end | 登记日期晚于结束日期 | dated after the end
    seems-wrong | 内容存疑 | it seems wrong
    stands | 核实无误 | looked at, it stands
""", needs="after-death death-corrected stands")  # fmt: skip
"""Why somebody is to look at a record, and what came of it."""
