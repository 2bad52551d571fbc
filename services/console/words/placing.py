"""What is said of new editions of tables and of the calendar."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "placing.new": ("设定新版", "Set a new edition"),
    "placing.title": ("新版：{table}", "New edition: {table}"),
    "placing.lead": (
        "从生效日起使用；此前的记录仍按当时的版本读。可直接改下表，或下载表格改好再上传。先看改动，再提交。",
        "It holds from its day on; what was said before is read by the edition of its time. Change the rows, or upload a spreadsheet. Look at what changes first, then place it.",
    ),
    "placing.version": ("版本名", "Name of the edition"),
    "placing.version.hint": (
        "小写字母、数字和连字符，如 yongchang-2027",
        "small letters, figures and hyphens, such as yongchang-2027",
    ),
    "placing.since": ("自何日起", "Holds from"),
    "placing.zh": ("中文", "Chinese"),
    "placing.en": ("英文", "English"),
    "placing.numbers": ("数值", "Numbers"),
    "placing.out": ("停用", "Leave out"),
    "placing.row": ("第 {n} 行", "Row {n}"),
    "placing.file": ("或上传表格", "Or upload a spreadsheet"),
    "placing.file.hint": (
        "列名：代码、中文、英文、数值；上传后以表格为准",
        "columns: code, zh, en, numbers; it then says all the codes",
    ),
    "placing.fixed": (
        "此表的代码由规则使用，只能改文字和数值。",
        "Rules use these codes: only what they say and their numbers can change.",
    ),
    "placing.look": ("看改动", "See what changes"),
    "placing.changes": ("改动", "What changes"),
    "placing.before": ("原为：", "Before: "),
    "placing.nothing": ("内容没有改动，只是新的版本和日期。", "Nothing changes but the name and the day."),
    "placing.problems": ("还不能提交", "It cannot be placed yet"),
    "placing.problems.hub": ("枢纽读取时的说明（原文）", "What the hub says of the file"),
    "placing.back": ("返回修改", "Back to the form"),
    "placing.place": ("提交新版", "Place it"),
    "placing.take": ("下载文件", "Download the file"),
    "placing.elsewhere": (
        "代码文件夹不能从这里写入。请把文件交给管理主机的人放入文件夹，各服务会在两秒内采用。",
        "The folder of codes cannot be written from here. Hand the file to whoever keeps the machine; services take it within two seconds.",
    ),
    "placing.done": ("已提交，各服务将在数秒内采用", "Placed; every service takes it within seconds"),
    "placing.wrong.version": (
        "版本名须为小写字母、数字和连字符。",
        "The name of the edition is small letters, figures and hyphens.",
    ),
    "placing.wrong.since": ("请填写生效日期。", "Say from which day it holds."),
    "placing.wrong.past": (
        "生效日不能早于今天（{day}）：此前的记录按当时的版本读。",
        "It cannot hold before today ({day}): what was said before keeps its words.",
    ),
    "placing.wrong.code": (
        "代码 {code} 须为小写字母、数字和连字符。",
        "The code {code} is to be small letters, figures and hyphens.",
    ),
    "placing.wrong.said": ("代码 {code} 的中文和英文都要填写。", "The code {code} needs Chinese and English."),
    "calendar.wrong.day": ("“{day}” 不是日期，请写成 2027-02-05 这样。", "“{day}” is no day: write it as 2027-02-05."),
    "calendar.wrong.past": (
        "{day}已过，不能再改；只能从今天起调整。",
        "{day} has passed and stays as it was: change what begins today or later.",
    ),
    "calendar.wrong.hours": ("请写明几点开门、几点关门。", "Say when the doors open and when they close."),
    "calendar.title": ("工作日历", "Working calendar"),
    "calendar.lead": (
        "全国的节假日和调休已在内；这里只写本站另定的日子和开门时间。已定的期限不变，过去的日子不改。",
        "The country's holidays are in it; write only days and hours of your own. Deadlines that were set stay, and days that have passed.",
    ),
    "calendar.off": ("另定休息日", "Days off of its own"),
    "calendar.worked": ("另定工作日", "Days worked of its own"),
    "calendar.days.hint": ("一行一个，如 2027-02-05", "one a line, such as 2027-02-05"),
    "calendar.hours": ("开门时间：", "Open:"),
    "calendar.from": ("{day}起", "from {day}"),
    "calendar.since": ("新的开门时间自何日起", "New hours hold from"),
    "calendar.opens": ("开门", "Opens"),
    "calendar.closes": ("关门", "Closes"),
    "calendar.edit": ("修改日历", "Change the calendar"),
}
"""Key -> (Chinese, English)."""
