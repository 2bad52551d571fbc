"""The indicators, each with its definition: a number without one is how spreadsheets lie.

A change of what an indicator counts is a new edition of `DEFINITIONS`: sealed reports name the one that they were made by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.audit.statistics import months
from services.audit.statistics.held import EVER, MONTH
from services.audit.statistics.lines import Evaluate, by_part, count, total, with_parts

DEFINITIONS = "2026-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Says:
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """What is counted, in which unit, of what, and what becomes of things whose time or value nobody knows.

    `reach` names the measures that it reads, of the month or from ever. `restricted` figures are for few eyes (INV-11).
    """

    code: str
    name: Says
    family: str
    unit: str
    says: Says
    of: Says | None = None
    unknown: Says
    reach: Mapping[str, str]
    evaluate: Evaluate = field(repr=False)
    restricted: bool = False


UNDATED = Says(
    zh="时间不详(含只知季节)的不计入, 按登录月份另列件数",
    en="what happened nobody knows when (a season is no month) is left out, and counted beside in the month of its entry",
)
NONE = Says(zh="时间不详的, 自登录之日起算", en="what happened nobody knows when is taken from the day of its entry on")
UNTIMED = Says(
    zh="时刻不详或相互矛盾的不计入, 另列件数",
    en="times that are unknown or contradict each other are left out, and counted",
)
UNPRICED = Says(zh="金额或日期不详的不计入, 另列笔数", en="without an amount or a day they are left out, and counted")
NOBODY = Says(
    zh="服务对象或时间不详的不计入人数, 另列次数",
    en="contacts with somebody unknown, or nobody knows when, are counted beside",
)

INDICATORS: dict[str, Indicator] = {i.code: i for i in (
    Indicator(
        code="cases-opened", name=Says(zh="新接个案数", en="cases opened"), family="case", unit="cases",
        says=Says(zh="业务时间在本月的接案数(误录的除外)", en="cases opened in the month, by when it happened and not by when it was entered; none entered in error"),
        unknown=UNDATED, reach={"case.opened": MONTH}, evaluate=count("case.opened"),
    ),
    Indicator(
        code="cases-open", name=Says(zh="在办个案数", en="cases open"), family="case", unit="cases",
        says=Says(zh="月末尚未结案、未移出、非误录的个案数", en="cases opened and at the end of the month neither closed nor transferred out nor entered in error"),
        unknown=NONE, reach={"case.open": EVER}, evaluate=months.cases_open,
    ),
    Indicator(
        code="cases-closed", name=Says(zh="结案数", en="cases closed"), family="case", unit="cases",
        says=Says(zh="本月结案次数, 按结案原因分列(误录的除外)", en="closings of cases in the month, by reason; none entered in error"),
        unknown=UNDATED, reach={"case.closed": MONTH}, evaluate=with_parts("case.closed"),
    ),
    Indicator(
        code="goals-reached", name=Says(zh="目标达成率", en="goals reached"), family="case", unit="percent",
        says=Says(zh="本月结案中以“目标达成”结案的", en="closings of the month whose reason is that goals were reached"),
        of=Says(zh="本月结案数", en="closings of the month"),
        unknown=UNDATED, reach={"case.closed": MONTH}, evaluate=months.goals_reached,
    ),
    Indicator(
        code="persons-served", name=Says(zh="服务人数", en="persons served"), family="contact", unit="persons",
        says=Says(zh="本月至少接受一次服务、探访、活动或指引的在世服务对象人数(合并后去重)", en="distinct living persons, after mergers, with at least one service, visit, activity or guidance in the month"),
        unknown=NOBODY, reach={"contact": MONTH}, evaluate=months.persons_served,
    ),
    Indicator(
        code="contacts", name=Says(zh="服务人次", en="contacts"), family="contact", unit="contacts",
        says=Says(zh="服务接触×服务对象的次数: 两名社工服务一人计1, 十二名儿童参加一次活动计12; 无人应门不计", en="contacts times clients: two workers at one client are 1, twelve children at an activity are 12; a door that nobody opened is none"),
        unknown=UNDATED, reach={"contact": MONTH}, evaluate=with_parts("contact"),
    ),
    Indicator(
        code="requests-settled", name=Says(zh="求助办结率", en="requests settled"), family="request", unit="percent",
        says=Says(zh="本月受理的求助中, 月末前以“已解决”或“已解答”办结且未重开的", en="of the requests received in the month, those closed as resolved or answered by its end and not reopened; waiting for the client is not closed"),
        of=Says(zh="本月受理的求助数(重复求助与误录除外)", en="requests received in the month, without duplicates and entries in error"),
        unknown=UNDATED, reach={"request.received": MONTH, "request.settled": MONTH}, evaluate=months.requests_settled,
    ),
    Indicator(
        code="first-response", name=Says(zh="首次响应时长", en="first response"), family="request", unit="minutes",
        says=Says(zh="求助受理到首次分诊或派单的分钟数, 按紧急程度列中位数与第90百分位, 计入作出响应的月份", en="minutes from a request to its first triage or assignment, median and 90th percentile for each urgency, in the month of the response"),
        of=Says(zh="时刻确知的首次响应数", en="first responses whose times are known"),
        unknown=UNTIMED, reach={"request.response": MONTH}, evaluate=months.first_response,
    ),
    Indicator(
        code="referrals-ready", name=Says(zh="转介发起数", en="referrals made ready"), family="referral", unit="referrals",
        says=Says(zh="本月就绪的转介数, 草拟的不计", en="referrals that became ready in the month; drafts are none"),
        unknown=UNDATED, reach={"referral.ready": MONTH}, evaluate=count("referral.ready"),
    ),
    Indicator(
        code="offers-accepted", name=Says(zh="转介接收率", en="offers accepted"), family="referral", unit="percent",
        says=Says(zh="本月答复的要约中受案的, 按要约计", en="offers accepted in the month, offer by offer"),
        of=Says(zh="本月受案、不受案与超时未复的要约数", en="offers accepted, declined or expired in the month"),
        unknown=UNDATED, reach={"offer.decided": MONTH}, evaluate=months.offers_accepted,
    ),
    Indicator(
        code="accepted-at-first", name=Says(zh="首次接收率", en="accepted at first"), family="referral", unit="percent",
        says=Says(zh="此前无要约被拒、超时或撤回即受案的转介", en="referrals accepted before any of their offers was declined, expired or taken back"),
        of=Says(zh="本月首次受案或无机构承接的转介数", en="referrals that in the month were first accepted, or had nobody left to ask"),
        unknown=UNDATED, reach={"referral.answered": MONTH}, evaluate=months.flagged("referral.answered"),
    ),
    Indicator(
        code="referrals-succeeded", name=Says(zh="转介成功率", en="referrals that succeeded"), family="referral", unit="percent",
        says=Says(zh="本月闭环且成效经确认为“已提供”或“部分提供”的转介; 受案不等于成功", en="referrals closed in the month with a confirmed outcome of delivered or partially; acceptance is no success"),
        of=Says(zh="本月闭环的转介数(误录、服务对象撤回的除外)", en="referrals closed in the month; none entered in error, none withdrawn by the client"),
        unknown=UNDATED, reach={"referral.closed": MONTH}, evaluate=months.flagged("referral.closed"),
    ),
    Indicator(
        code="referrals-withdrawn", name=Says(zh="服务对象撤回转介数", en="referrals withdrawn"), family="referral", unit="referrals",
        says=Says(zh="本月由服务对象撤回的转介数, 不计为失败", en="referrals that the client withdrew in the month; no failures"),
        unknown=UNDATED, reach={"referral.withdrawn": MONTH}, evaluate=months.withdrawn,
    ),
    Indicator(
        code="loops-closed", name=Says(zh="闭环率", en="loops closed"), family="referral", unit="percent",
        says=Says(zh=f"受案满{months.LOOP_DAYS}日的转介中, 月末前成效已确认的", en=f"of the referrals accepted {months.LOOP_DAYS} days or more before the end of the month, those with a confirmed outcome by then"),
        of=Says(zh=f"月末前{months.LOOP_DAYS}日或更早受案且未被服务对象撤回的转介数", en=f"referrals accepted {months.LOOP_DAYS} days or more before the end of the month and not withdrawn by the client"),
        unknown=NONE, reach={"referral.owed": EVER, "referral.confirmed": EVER}, evaluate=months.loops_closed,
    ),
    Indicator(
        code="loop-duration", name=Says(zh="平均闭环时长", en="time to close the loop"), family="referral", unit="minutes",
        says=Says(zh="本月闭环的转介从就绪到闭环的平均分钟数", en="mean minutes from ready to closed of the referrals closed in the month"),
        of=Says(zh="时刻确知的闭环转介数", en="referrals closed whose times are known"),
        unknown=UNTIMED, reach={"referral.took": MONTH}, evaluate=months.loop_duration,
    ),
    Indicator(
        code="referrals-silent", name=Says(zh="转介失联数", en="referrals gone silent"), family="referral", unit="referrals",
        says=Says(zh="首次服务期限在本月届满而未在期限内开始服务的受案数", en="acceptances whose first contact was due in the month and did not take place in time"),
        unknown=UNDATED, reach={"referral.silent": MONTH}, evaluate=months.referrals_silent,
    ),
    Indicator(
        code="needs-unmet", name=Says(zh="未满足需求", en="needs unmet"), family="referral", unit="referrals",
        says=Says(zh="本月无机构承接的转介, 按需求代码分列", en="referrals of the month for which nobody was left to ask, by need"),
        unknown=UNDATED, reach={"referral.exhausted": MONTH}, evaluate=by_part("referral.exhausted"),
    ),
    Indicator(
        code="volunteer-hours", name=Says(zh="志愿服务时长", en="volunteer time"), family="hours", unit="minutes",
        says=Says(zh="本月活动经确认的志愿服务分钟数(更正后; 计划时长与工作人员时间不计)", en="confirmed minutes of activities in the month, after corrections; no planned time and no staff time"),
        unknown=UNDATED, reach={"hours.confirmed": MONTH}, evaluate=total("hours.confirmed"),
    ),
    Indicator(
        code="volunteers-active", name=Says(zh="活跃志愿者人数", en="volunteers active"), family="hours", unit="persons",
        says=Says(zh="本月至少有一条经确认记录的志愿者人数(去重)", en="distinct volunteers with at least one confirmed record in the month"),
        unknown=UNDATED, reach={"hours.confirmed": MONTH}, evaluate=months.volunteers_active,
    ),
    Indicator(
        code="hours-in-time", name=Says(zh="及时记录率", en="records in time"), family="hours", unit="percent",
        says=Says(zh="活动后10个工作日(含调休)内确认的记录", en="records confirmed within ten working days of the activity, by the official calendar of working days"),
        of=Says(zh="第10个工作日在本月的记录数(作废的除外)", en="records whose tenth working day lies in the month; none that were voided"),
        unknown=UNDATED, reach={"hours.due": MONTH}, evaluate=months.flagged("hours.due"),
    ),
    Indicator(
        code="money-linked", name=Says(zh="链接资源金额(现金)", en="money linked"), family="money", unit="fen",
        says=Says(zh="本月发放减退回的资助(分); 批准不等于发放, 同一凭证只计一次", en="fen paid less fen returned in the month; approved is not paid, and the same voucher counts once"),
        unknown=UNPRICED, reach={"grant.paid": MONTH, "grant.returned": MONTH}, evaluate=months.money_linked,
    ),
    Indicator(
        code="goods-linked", name=Says(zh="链接资源金额(实物估值)", en="goods linked"), family="money", unit="fen",
        says=Says(zh="本月送达实物的估值(分), 从不与现金相加", en="estimated value in fen of goods delivered in the month; never added to money"),
        unknown=UNPRICED, reach={"goods.delivered": MONTH}, evaluate=total("goods.delivered"),
    ),
    Indicator(
        code="visit-rate", name=Says(zh="探访率", en="visit rate"), family="visit", unit="percent",
        says=Says(zh="应访对象中本月见到或联系到的人数", en="of those who are due, the persons met or validly contacted in the month"),
        of=Says(zh="月末有每月及以上频次探访计划的在世人数", en="living persons who at the end of the month have a plan of a visit a month or more"),
        unknown=NONE, reach={"visit.due": EVER, "contact": MONTH}, evaluate=months.visit_rate,
    ),
    Indicator(
        code="double-help", name=Says(zh="重复帮扶提示数", en="hints of double help"), family="money", unit="persons",
        says=Says(zh="本月同一人同一需求由一个以上资助方发放的情形数: 是提示, 不是指责", en="pairs of a person and a need for which more than one giver paid in the month: a hint, no accusation"),
        unknown=UNDATED, reach={"grant.helped": MONTH}, evaluate=months.double_help,
    ),
    Indicator(
        code="staff-certified", name=Says(zh="持证率", en="staff certified"), family="staff", unit="percent",
        says=Says(zh="月末在岗人员中当日持有有效职业资格的人数", en="of the staff there on the last day of the month, those with a certificate that is valid on it"),
        of=Says(zh="月末在岗人员数", en="staff there on the last day of the month"),
        unknown=Says(zh="有效期不详的不计入, 另列人数", en="certificates whose validity nobody knows are left out, and counted"),
        reach={"staff.there": EVER, "staff.certified": EVER}, evaluate=months.certified,
    ),
    Indicator(
        code="pairings-on-course", name=Says(zh="结对完成率", en="pairings on course"), family="pairing", unit="percent",
        says=Says(zh="月末前到期的承诺全部履行(或免除)的结对", en="pairings with every commitment kept or waived that was due by the end of the month"),
        of=Says(zh="本月存续的结对数", en="pairings that ran in the month"),
        unknown=NONE, reach={"pairing.running": EVER, "pairing.owed": EVER, "pairing.kept": EVER},
        evaluate=months.pairings_on_course,
    ),
    Indicator(
        code="reports-made", name=Says(zh="强制报告数", en="mandatory reports"), family="safeguarding", unit="reports",
        says=Says(zh="本月作出的强制报告数, 每起侵害疑似计一次", en="concerns that were reported to the authorities in the month"),
        unknown=UNDATED, reach={"report.made": MONTH}, evaluate=count("report.made"), restricted=True,
    ),
    Indicator(
        code="reports-in-time", name=Says(zh="强制报告及时率", en="reports in time"), family="safeguarding", unit="percent",
        says=Says(zh=f"发现后{months.REPORT_MINUTES // 60}小时内作出的报告", en=f"reports made within {months.REPORT_MINUTES // 60} hours of the observation"),
        of=Says(zh="发现与报告时刻确知的报告数", en="reports of the month whose times are known"),
        unknown=UNTIMED, reach={"report.made": MONTH}, evaluate=months.reports_in_time, restricted=True,
    ),
)}  # fmt: skip
"""By their codes, in the order in which reports list them."""
