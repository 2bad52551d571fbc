"""Code tables of the audit service: who receives monthly reports. They are data; a city adds an edition of its own."""

from __future__ import annotations

from services.contracts.codes import table

REPORT_RECIPIENT = table("report_recipient", "月报报送对象", """
    social-work-department | 党委社会工作部 | the party's social work department
    civil-affairs | 民政部门 | civil affairs
    street | 街道(乡镇) | the street or township
    youth-league | 共青团 | the youth league
    womens-federation | 妇联 | the women's federation
    disabled-federation | 残联 | the disabled persons' federation
    commissioner | 项目购买方 | the commissioning body
    other | 其他 | other
""")  # fmt: skip
"""Reports go to 社会工作部 and 民政: responsibilities have moved between them, so who receives is said with each report."""
