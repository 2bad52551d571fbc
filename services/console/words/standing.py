"""The words of regular visits, activities, pairs, papers written up later, and of what is done outside of any matter."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "answer.in-vain": (
        "受案没有生效：这件需求已由别的机构承接，或邀约已到期、已撤回，或服务对象已不同意。不需要再办；有疑问请致电发起的站点。",
        "This yes took no effect: another organization was first, the offer had ended, or the person no longer agrees. "
        "There is nothing to do; telephone the station that asked if anything is unclear.",
    ),
    "act.back-there": ("返回", "Back"),
    "act.paper": ("凭纸质单据补录", "Written up from a paper"),
    "act.days.hint": ("一天一个日期；连续几天写作 2026-02-10~2026-02-14。", "One date a day; several in a row as 2026-02-10~2026-02-14."),
    "act.activity": ("登记活动和参加", "Record an activity and who came"),
    "act.school-pair": ("校社结对", "Pair a school and a community"),
    "act.unnamed": ("不具名的同事", "A colleague who is not named"),
    "act.none.receivers_at_all": ("目录里还没有在册机构。", "No active organization is in the directory."),
    "act.none.named": ("此同意未指明接收方。", "This consent names no receiver."),
    "act.none.units": ("这一结对没有登记单位。", "No units of this pair are on record."),
    "act.none.communities": ("目录里还没有社区。", "No community is in the directory."),
    "act.none.colleges": ("目录里还没有高校。", "No university is in the directory."),
    "act.none.hosts": ("目录里还没有在册机构；举办方可先不填。", "No organization is in the directory; the host may stay open."),
    "act.none.conveners": ("目录里还没有可作召集方的机构；可先不填。", "Nobody in the directory could have convened them; it may stay open."),
    "act.none.agreements": ("没有有效的合作协议；可先不填。", "No agreement is in force; it may stay open."),
    "act.none.pairs": ("目录里还没有在岗人员。", "No staff are in the directory."),
    "act.none.pairings": ("没有进行中的校社结对；可先不填。", "No pair of school and community is at work; it may stay open."),
    "act.none.cases": ("没有办理中的个案。先接案，再来关联。", "No case is open. Open one first, then link it."),
    "act.none.activities": ("还没有登记过活动。可改用“登记活动和参加”。", "No activity is on record. Record the activity itself."),
    "file.promises": ("承诺", "Promises"), "file.promise-due": ("{day} 前", "by {day}"),
    "pair.student": ("结对学生", "a student of a pair"),
    "station.title": ("站点", "The station"),
    "harm.title": ("保护", "Protection"),
    "harm.link": ("报告侵害疑似", "Report suspected harm"),
    "harm.first": ("有危险先拨 110。谁都可以在此报告，不需要任何人同意，也不会通知家人。",
                   "In danger call 110 first. Anybody may report here; nobody's consent is needed, and the family is not told."),
    "field.supplier_kind": ("缺的材料由谁提供", "Who can supply what is missing"),
    "field.visits": ("哪些天", "Which days"), "field.on": ("哪一天", "On which day"), "field.level": ("风险等级", "Level of risk"),
    "field.activity_codes": ("做了什么", "What was done"), "field.concern_code": ("异常情形", "What is not right"),
    "field.paper_day": ("单据上的日期", "Day on the paper"), "field.observed_by": ("谁看到的", "Who saw it"),
    "field.host": ("举办方", "Held by"), "field.report": ("活动情况", "How it went"), "field.activity_id": ("哪次活动", "Which activity"),
    "field.receiver": ("提供给谁", "To whom"), "field.purpose": ("用于", "For"),
    "field.need_id": ("到哪一结对结束为止", "Until which pair ends"), "field.pair_holder": ("社区（责任方）", "Community, which answers"), "field.college": ("高校", "University"),
    "field.student": ("学生（学校内编号）", "Student (the school's number)"), "field.agreement_id": ("依据的协议", "Under which agreement"),
    "field.formed_on": ("结对日期", "Paired on"), "field.mentor_kind": ("哪一方的导师", "Mentor of which side"),
    "field.mentor": ("导师（未告知可不选）", "Mentor (open where not told)"), "field.mentor_kinds": ("哪些导师", "Which mentors"),
    "field.supervised_on": ("督导日期", "Supervised on"), "field.case_id": ("哪一个案", "Which case"), "field.to_org": ("向谁汇报", "To whom"),
    "field.form_code": ("汇报形式", "In which form"), "field.purpose_codes": ("合作内容", "What for"),
    "field.agreement_ref": ("协议编号", "Number of the agreement"), "field.signed_on": ("签订日期", "Signed on"),
}  # fmt: skip

CODES: dict[str, dict[str, tuple[str, str]]] = {
    "visit-mode": {
        "door": ("上门", "at the door"), "phone": ("电话", "by telephone"), "video": ("视频", "by video"),
        "neighbour": ("托邻居", "through a neighbour"),
    },
    "misfit": {
        "before-plan": ("订计划之前", "before there was a plan"), "while-suspended": ("中止期间", "while suspended"),
        "recorded-after-closing": ("结案后补录", "written up after the closing"),
        "after-end": ("计划结束之后", "after the plan's end"),
    },
    "promise-state": {
        "open": ("未履约", "open"), "fulfilled": ("已履约", "kept"), "waived": ("已免除", "waived"),
    },
    "mentor-kind": {"community": ("社区导师", "of the community"), "academy": ("学院导师", "of the college")},
    "report-form": {
        "written": ("书面", "in writing"), "presentation": ("现场汇报", "a presentation"), "unknown": ("不详", "unknown"),
    },
}  # fmt: skip
