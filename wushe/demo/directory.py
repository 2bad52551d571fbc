"""Before the stories: the organizations they need stand in the directory, and the two that are asked offer something."""

from __future__ import annotations

from dataclasses import dataclass

from wushe.demo.hub import Hub
from wushe.demo.people import KEEPER
from wushe.demo.places import CITY, HUAYANG, XINGHUA, YIHE, YONGCHANG
from wushe.demo.steps import table

STEPS = table("""
org-station | 0 | assumed | 永昌街道社会工作服务站 in the directory
org-xinghua | 0 | assumed | 杏花社区 in the directory
alias-xinghua | 0 | assumed | the area codes call it 杏花村社区
org-yihe | 0 | assumed | 义和社区 in the directory
org-huayang | 0 | assumed | 华阳社区 in the directory
org-jida | 0 | assumed | 吉达方舟 in the directory
alias-jida | 0 | assumed | the feature has two names for it
org-leifeng | 0 | assumed | 雷锋车队南关分会 in the directory
org-nenu | 0 | assumed | 东北师范大学社工学院 in the directory
alias-nenu | 0 | assumed | the feature has more than one name for it
org-swa | 0 | assumed | 长春市社会工作协会 in the directory
verify-leifeng | 0 | assumed | somebody looked at what the team is
activate-leifeng | 0 | assumed | the team may be asked
offer-leifeng | 0 | assumed | the team offers one-to-one support anywhere in the city
""")


@dataclass(frozen=True)
class Directory:
    """The organizations of the stories: the id of the team, and the parties as which others answer."""

    leifeng_id: str
    leifeng: str
    jida: str
    college: str
    association: str
    xinghua: str = f"community:{XINGHUA}"
    yihe: str = f"community:{YIHE}"
    huayang: str = f"community:{HUAYANG}"


def tell(hub: Hub) -> Directory:
    """Register the organizations; answers who they are."""
    _register(hub, "org-station", "station", "yongchang-station", YONGCHANG, "永昌街道社会工作服务站")
    xinghua = _register(hub, "org-xinghua", "community", "xinghua", XINGHUA, "杏花社区")
    _alias(hub, "alias-xinghua", xinghua, "杏花村社区")
    _register(hub, "org-yihe", "community", "yihe", YIHE, "义和社区")
    _register(hub, "org-huayang", "community", "huayang", HUAYANG, "华阳社区")
    jida = _register(hub, "org-jida", "social_organization", "jida-fangzhou", CITY, "长春市吉达方舟社会工作服务中心")
    _alias(hub, "alias-jida", jida, "吉达方舟社工服务中心")
    leifeng = _register(hub, "org-leifeng", "volunteer_team", "leifeng-nanguan", None, "雷锋车队南关分会")
    college = _register(hub, "org-nenu", "university", "nenu-sw", None, "东北师范大学社工学院")
    _alias(hub, "alias-nenu", college, "东北师大社会学院社工专业")
    association = _register(hub, "org-swa", "social_organization", "cc-swa", CITY, "长春市社会工作协会")
    _may_be_asked(hub, leifeng)
    return Directory(
        leifeng_id=leifeng, leifeng=f"team:{leifeng}", jida=f"organization:{jida}", college=f"university:{college}",
        association=f"organization:{association}",
    )  # fmt: skip


def _register(hub: Hub, key: str, kind: str, code: str, area: str | None, name: str) -> str:
    body = {"kind": kind, "code": code, "area": area, "name": name}
    return hub.ask("referral", "/organizations", body, key=key, as_=KEEPER)


def _alias(hub: Hub, key: str, organization_id: str, alias: str) -> None:
    hub.ask("referral", f"/organizations/{organization_id}/aliases", {"alias": alias}, key=key, as_=KEEPER)


def _may_be_asked(hub: Hub, team: str) -> None:
    seen = {"evidence_kind": "unknown"}
    hub.ask("referral", f"/organizations/{team}/verification", seen, key="verify-leifeng", as_=KEEPER)
    hub.ask("referral", f"/organizations/{team}/activation", {}, key="activate-leifeng", as_=KEEPER)
    offering = {"organization_id": team, "service_codes": ["one-to-one-support"]}
    hub.ask("referral", "/offerings", offering, key="offer-leifeng", as_=KEEPER)
