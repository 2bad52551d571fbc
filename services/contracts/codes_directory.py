"""Code tables of the directory: posts, certificates, training, levels of projects."""

from __future__ import annotations

from services.contracts.tables import table

STAFF_ROLE = table("staff_role", "岗位", """
    station_head | 站长 | head of a station or point
    resident_worker | 驻站社工 | resident social worker
    station_worker | 社工岗工作人员 | social work post in a community
    grid_worker | 网格员 | grid worker
    dispatcher | 派单员 | dispatcher
    professional | 专职社工 | professional social worker of an organization
    supervisor | 督导 | supervisor
    project_supervisor | 项目总督导 | supervisor of projects
    director | 总干事 | director of an organization
    intern | 实习生 | intern
    other | 其他 | other
""", needs="station_head resident_worker grid_worker")  # fmt: skip

CERTIFICATE = table("certificate", "社会工作者职业资格", """
    assistant | 助理社会工作师 | assistant social worker | years=3
    social-worker | 社会工作师 | social worker | years=3
    senior | 高级社会工作师 | senior social worker | years=3
""")  # fmt: skip
"""A registration is valid three years and then renewed; being certified is a dated fact."""

TRAINING_KIND = table("training_kind", "培训形式", """
    micro-class | 社工微课堂 | micro class
    culture-salon | 文化沙龙 | culture salon
    brainstorm | 头脑风暴 | brainstorm
    supervision | 督导 | supervision
    course | 课程 | course
    other | 其他 | other
""")  # fmt: skip

PROJECT_LEVEL = table("project_level", "项目级别", """
    province | 省级 | province
    city | 市级 | city
    district | 区级 | district
    street | 街道级 | street
    other | 其他 | other
""", fixed=True)  # fmt: skip

PROJECT_REPORT = table("project_report", "项目报告", """
    monthly | 月报 | monthly report
    quarterly | 季报 | quarterly report
    half-year | 半年报 | half-year report
    yearly | 年度绩效自评 | yearly self-assessment
    final | 结项报告 | final report
    other | 其他 | other
""")  # fmt: skip

LEAVING_REASON = table("leaving_reason", "离任原因", """
    resigned | 辞职 | resigned
    contract-ended | 合同到期 | the contract ended
    moved-post | 调岗 | another post
    retired | 退休 | retired
    ill | 病休 | ill
    deceased | 去世 | deceased
    station-closed | 站点撤并 | the station was closed or merged
    other | 其他 | other
""")  # fmt: skip

STATION_REASON = table("station_reason", "站点变更原因", """
    merged | 撤并 | merged
    moved | 迁址 | moved
    redrawn | 区划调整 | boundaries redrawn
    ended | 项目结束 | the project ended
    other | 其他 | other
""")  # fmt: skip
