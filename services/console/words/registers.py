"""The texts of taking a register over."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "registers.title": ("导入台账", "Take a register over"),
    "registers.lead": (
        "把现有的表格（XLSX、CSV）导入枢纽。先看每一行会怎样，再决定导入。同一份表再导一次不会重复。",
        "Take a spreadsheet (XLSX, CSV) over. First see what each row would become, then decide. The same file twice changes nothing.",
    ),
    "registers.how": (
        "选好文件，先预览。预览不写入任何内容。表头在前二十行里即可，列的先后不限。",
        "Choose the file and look first: a preview writes nothing. The headings may stand in any of the first twenty rows, in any order.",
    ),
    "registers.file": ("文件", "File"),
    "registers.file.hint": ("XLSX 或 CSV，8 MB 以内", "XLSX or CSV, up to 8 MB"),
    "registers.year": ("日期未写年份时，按哪一年", "The year of dates that name none"),
    "registers.preview": ("预览", "Preview"),
    "registers.columns": ("识别哪些列", "Which columns are known"),
    "registers.setting.unit": ("受理单位", "Receiving unit"),
    "registers.setting.area": ("所在区域", "Area"),
    "registers.setting.host": ("举办单位", "Host"),
    "registers.setting.organizer": ("组织单位", "Organizer"),
    "registers.setting.lead": ("活动负责人", "Led by"),
    "registers.no-file": ("请先选择文件", "Choose a file first"),
    "registers.gone": ("预览已过期，请重新选择文件", "The preview has expired; choose the file again"),
    "registers.off": (
        "本站没有设置台账密钥，无法识别重复的行；请管理员设置 HUB_IMPORT_KEY，或使用 wushe import",
        "The secret of registers is not set here, so rows that come again would not be recognised; have HUB_IMPORT_KEY set, or use wushe import",
    ),
    "registers.away": ("有服务暂时无法连接，请稍后再试；已写入的行不会重复", "A service cannot be reached; try again shortly. Rows that were written are not written twice"),
    "registers.would": ("预览：{file}", "Preview: {file}"),
    "registers.did": ("已导入：{file}", "Taken over: {file}"),
    "registers.new": ("新", "New"),
    "registers.same": ("相同", "Same"),
    "registers.changed": ("已变更", "Changed"),
    "registers.refused": ("被拒绝", "Refused"),
    "registers.wrong": ("有错", "Wrong"),
    "registers.do": ("导入 {n} 行", "Take {n} rows over"),
    "registers.do.hint": ("有错和被拒绝的行不导入，改好后再导一次即可。", "Wrong and refused rows stay out; mend them and import again."),
    "registers.nothing": ("没有可以导入的新行。", "There are no new rows to take over."),
    "registers.done": ("写入 {n} 行。", "{n} rows were written."),
    "registers.lines": ("逐行说明", "Row by row"),
    "registers.row": ("行", "Row"),
    "registers.column": ("列", "Column"),
    "registers.weight": ("程度", "Weight"),
    "registers.expected": ("说明", "What was expected"),
    "registers.more": ("共 {n} 条，此处列出前 {shown} 条。全部说明可用 wushe import --report 写成表格。", "{n} in all, the first {shown} are shown. `wushe import --report` writes all of them into a spreadsheet."),
}  # fmt: skip

CODES: dict[str, dict[str, tuple[str, str]]] = {
    "finding-weight": {"wrong": ("错误", "wrong"), "changed": ("已变更", "changed"), "note": ("提示", "note")},
}
"""How grave a finding is."""
