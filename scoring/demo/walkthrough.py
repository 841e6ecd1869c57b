"""An invented county with items at every stage of the road, for a newcomer to walk through.

Everything goes through the real actions. Places and people are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from cms.bulletins.actions import compose, create_bulletin, submit_issue
from cms.bulletins.models import Bulletin, IssuePage, Level
from cms.items import text
from cms.items.actions import Draft, create_item, submit_item, withdraw_item
from cms.items.models import ItemPage
from cms.items.rules import ItemForm
from cms.review.actions import decide
from cms.review.models import GatedPage
from cms.review.rules import Verdict
from cms.review.sheet_rules import Sheet
from infoflow.units.actions import (
    appoint_officer,
    appoint_signatory,
    change_own_password,
    create_unit,
    create_user,
    set_group,
)
from infoflow.units.demo import DEMO_PASSWORD
from infoflow.units.models import Officer, Unit, UnitGroup, UnitKind, User
from infoflow.units.roles import Role
from scoring.adoptions.actions import record_fact
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import AdoptionForm, FactKind, Source
from scoring.schemes.actions import create_scheme, publish_scheme

from . import urgent_events
from .commissioned import fill_commissions
from .duty_room import fill_duty_room
from .past_months import fill_past_months
from .tables import CODE_PREFIX

_GROUP_TOWNS, _GROUP_OFFICES = "演示县乡镇街道", "演示县县直部门"
# Name, kind, group, officer (account, name), signatory (account, name).
_UNITS: tuple[tuple[str, str, str, tuple[str, str], tuple[str, str] | None], ...] = (
    ("南关镇", UnitKind.TOWN, _GROUP_TOWNS, ("xinxi1", "李文"), ("shenqian1", "王建")),
    ("北坡乡", UnitKind.TOWN, _GROUP_TOWNS, ("xinxi2", "马丽"), ("shenqian2", "高峰")),
    ("河东街道", UnitKind.STREET, _GROUP_TOWNS, ("xinxi3", "陈静"), None),
    ("县水务局", UnitKind.DEPARTMENT, _GROUP_OFFICES, ("xinxi4", "周强"), ("shenqian4", "林涛")),
    ("县民政局", UnitKind.DEPARTMENT, _GROUP_OFFICES, ("xinxi5", "许燕"), ("shenqian5", "罗斌")),
    ("县统计局", UnitKind.DEPARTMENT, _GROUP_OFFICES, ("xinxi6", "梁平"), ("shenqian6", "宋雷")),
)
_OFFICE: tuple[tuple[str, str, Role], ...] = (
    ("bianji", "赵晴", Role.EDITOR),
    ("bianji2", "钱宁", Role.EDITOR),
    ("baomi", "孙博", Role.REVIEWER),
    ("qianfa", "吴刚", Role.ISSUER),
    ("zhiban", "冯磊", Role.DUTY),
    ("zhiban2", "丁宁", Role.DUTY),
    ("zhiban3", "韩雪", Role.DUTY),
    ("jifen", "郑洁", Role.SCORER),
    ("lingdao", "何山", Role.LEADER),
    ("xitong", "系统管理员", Role.SYSTEM_ADMIN),
    ("anquan", "安全管理员", Role.SECURITY_ADMIN),
    ("shenji", "审计员", Role.AUDITOR),
)
_BODY = (
    "今年以来，{unit}围绕重点任务，建立工作台账，明确责任人和完成时限，各项工作有序推进。\n"
    "一、主要做法\n"
    "（一）压实责任。成立工作专班，实行周调度、月通报，推动任务落地。\n"
    "（二）突出重点。聚焦群众反映集中的问题，逐项研究、逐项销号。\n"
    "二、取得成效\n"
    "截至目前，已完成年度任务的八成以上，群众满意度稳步提升。\n"
    "项目\t计划\t完成\n"
    "重点任务\t12\t10\n"
    "民生实事\t6\t5\n"
    "三、下一步打算\n"
    "继续查漏补缺，确保年底前全面完成。"
)


@dataclass(frozen=True)
class County:
    """The invented county's units and people."""

    units: dict[str, Unit]
    people: dict[str, User]

    def writer(self, unit: str) -> User:
        return self.people[next(row[3][0] for row in _UNITS if row[0] == unit)]

    def signer(self, unit: str) -> User | None:
        post = next(row[4] for row in _UNITS if row[0] == unit)
        return self.people[post[0]] if post else None


def _account(username: str, name: str, *roles: Role) -> User:
    user, _once = create_user(username=username, name=name, roles=roles)
    user.is_demo = True
    user.save(update_fields=["is_demo"])
    change_own_password(user=user, password=DEMO_PASSWORD)
    return user


def _people_the_county() -> County:
    year = timezone.localdate().year
    since = date(year, 1, 1)
    units: dict[str, Unit] = {}
    people = {name: _account(name, full, role) for name, full, role in _OFFICE}
    groups = {
        name: UnitGroup.objects.get_or_create(name=name, defaults={"order": n})[0]
        for n, name in enumerate((_GROUP_TOWNS, _GROUP_OFFICES), start=1)
    }
    for n, (name, kind, group, officer, signatory) in enumerate(_UNITS, start=1):
        unit = create_unit(code=f"{CODE_PREFIX}-X-{n:02}", name=name, kind=kind, order=n)
        units[name] = unit
        set_group(unit=unit, group=groups[group], year=year)
        people[officer[0]] = _account(*officer)
        appoint_officer(
            unit=unit, user=people[officer[0]], since=since, post=Officer.Post.PART_TIME
        )
        if signatory:
            people[signatory[0]] = _account(*signatory)
            appoint_signatory(unit=unit, user=people[signatory[0]], since=since)
    # Read again: nobody carries roles cached from before the appointments.
    return County(units, {name: User.objects.get(pk=user.pk) for name, user in people.items()})


def _pass(page: GatedPage, person: User, verdict: str = Verdict.PASS, reason: str = "") -> None:
    task = type(page).objects.get(pk=page.pk).current_workflow_task_state
    sheet = Sheet.nothing_involved(opinion="经审查，同意。", **page.sheet_initial())
    decide(task_state_id=task.pk, person=person, verdict=verdict, reason=reason, sheet=sheet)


def _write(county: County, unit: str, title: str, form: str = ItemForm.NEWS) -> ItemPage:
    return create_item(
        unit=county.units[unit],
        person=county.writer(unit),
        draft=Draft(
            title=title,
            form=form,
            body=text.to_html(_BODY.format(unit=unit)),
            contact=f"{county.writer(unit)} 0000-0000000",
            signatory=county.signer(unit),
        ),
    )


def _submit(county: County, unit: str, title: str, form: str = ItemForm.NEWS) -> ItemPage:
    item = _write(county, unit, title, form)
    submit_item(item_id=item.pk, person=county.writer(unit))
    return item


def _sign(county: County, unit: str, title: str, form: str = ItemForm.NEWS) -> ItemPage:
    item = _submit(county, unit, title, form)
    signer = county.signer(unit)
    if signer is None:
        raise ValueError(f"{unit} has no signatory")
    _pass(item, signer)
    return item


def _screen(county: County, unit: str, title: str, form: str = ItemForm.NEWS) -> ItemPage:
    item = _sign(county, unit, title, form)
    _pass(item, county.people["bianji2"])
    return item


def _pool(county: County, unit: str, title: str, form: str = ItemForm.NEWS) -> ItemPage:
    item = _screen(county, unit, title, form)
    _pass(item, county.people["baomi"])
    return ItemPage.objects.get(pk=item.pk)


def _fill_the_road(county: County) -> None:
    """One item at every station of the road."""
    people = county.people
    _write(county, "河东街道", "河东街道老旧小区改造进展情况")
    _write(county, "南关镇", "南关镇冬季森林防火工作安排")
    _submit(county, "南关镇", "南关镇推行“网格+热线”解决群众急难愁盼")
    withdrawn = _submit(county, "北坡乡", "北坡乡道路养护情况")
    withdraw_item(item_id=withdrawn.pk, person=county.writer("北坡乡"))
    unsigned = _submit(county, "县民政局", "县民政局开展困难群众走访")
    signer = county.signer("县民政局")
    if signer is not None:
        _pass(unsigned, signer, Verdict.RETURN, "数据与上月报表不一致，请核实后再报。")
    _sign(county, "南关镇", "南关镇红薯产业带动村集体增收", ItemForm.EXPERIENCE)
    _sign(county, "县水务局", "县水务局反映部分灌区渠道老化需关注", ItemForm.PROBLEM)
    returned = _sign(county, "北坡乡", "北坡乡召开工作会议")
    _pass(
        returned,
        people["bianji"],
        Verdict.RETURN,
        "会议类动态请补充会议定了什么事、谁来办、何时办完。",
    )
    closed = _sign(county, "县民政局", "县民政局组织集体学习")
    _pass(closed, people["bianji"], Verdict.CLOSE, "常规工作，信息价值不高，不采用。")
    _screen(county, "县水务局", "县水务局“一张图”管好小型水库", ItemForm.EXPERIENCE)
    refused = _screen(county, "南关镇", "南关镇某项目征地推进情况")
    _pass(refused, people["baomi"], Verdict.REFUSE, "涉及未公开的规划内容，不得对外刊载。")
    _pool(county, "北坡乡", "北坡乡中药材种植面积突破万亩")
    _pool(county, "县民政局", "县民政局农村互助养老点实现乡镇全覆盖", ItemForm.EXPERIENCE)


def _fill_the_shelf(county: County) -> list[ItemPage]:
    """Issues at every station; return the items that were issued."""
    people = county.people
    daily = create_bulletin(
        name="演示县每日要情", level=Level.COUNTY, own=True, kind=Bulletin.Kind.DAILY, order=1
    )
    editor = people["bianji"]

    def issue(*items: ItemPage, merged: bool = False) -> IssuePage:
        return compose(
            person=editor, item_ids=[item.pk for item in items], bulletin=daily, merged=merged
        )

    def sent(*items: ItemPage, merged: bool = False) -> IssuePage:
        made = issue(*items, merged=merged)
        submit_issue(issue_id=made.pk, person=editor)
        return made

    first = [
        _pool(county, "南关镇", "南关镇“夜间课堂”服务务工群众", ItemForm.EXPERIENCE),
        _pool(county, "县水务局", "县水务局提前完成农村饮水管网改造"),
    ]
    made = sent(*first)
    _pass(made, people["baomi"])
    _pass(made, people["qianfa"])
    second = [
        _pool(county, "南关镇", "南关镇秋粮收储有序推进"),
        _pool(county, "北坡乡", "北坡乡秋粮收储进度过八成"),
    ]
    made = sent(*second, merged=True)
    _pass(made, people["baomi"])
    _pass(made, people["qianfa"])
    made = sent(_pool(county, "县水务局", "县水务局落实冬季供水保障措施"))
    _pass(made, people["baomi"])
    sent(_pool(county, "南关镇", "南关镇建成三个村级便民服务站"))
    issue(_pool(county, "北坡乡", "北坡乡农产品冷链仓库投入使用"))
    return [*first, *second]


def _score(county: County, issued: list[ItemPage]) -> None:
    """A scheme for this year, two items sent up and one adopted by a superior's bulletin."""
    today = timezone.localdate()
    city = create_bulletin(name="演示市政务信息", level=Level.CITY, order=2)
    province = create_bulletin(name="演示省政务专报", level=Level.PROVINCE, order=3)
    scorer = county.people["jifen"]
    daily = Bulletin.objects.get(name="演示县每日要情")
    rows = [
        (FactKind.ADOPTION, daily, AdoptionForm.SINGLE, "2"),
        (FactKind.ADOPTION, daily, AdoptionForm.MERGED, "1"),
        (FactKind.ADOPTION, city, "", "5"),
        (FactKind.ADOPTION, province, "", "10"),
        (FactKind.FORWARDING, city, "", "0.5"),
    ]
    scheme = create_scheme(
        name="演示县计分办法",
        document="演示县政务信息工作计分办法（演示用）",
        valid_from=date(today.year, 1, 1),
        valid_until=date(today.year, 12, 31),
        rows=[
            {"kind": kind, "target": f"bulletin:{bulletin.pk}", "form": form, "points": points}
            for kind, bulletin, form, points in rows
        ],
        person=scorer,
    )
    # Points by hand, so that an objection that is upheld can be put right.
    scheme.blocks.append(("adjustment", {"source": "", "name": ""}))
    scheme.save()
    scheme.save_revision(user=scorer)
    publish_scheme(scheme_id=scheme.pk, person=scorer)
    for kind, bulletin, item in (
        (FactKind.FORWARDING, city, issued[0]),
        (FactKind.FORWARDING, city, issued[1]),
        (FactKind.ADOPTION, city, issued[0]),
    ):
        record_fact(
            kind=kind,
            date=today,
            title=item.title,
            bulletin=bulletin,
            form=AdoptionForm.SINGLE if kind == FactKind.ADOPTION else "",
            units=[item.unit],
            item=item,
            source=Source.FORM,
            key=f"demo:walkthrough:{kind}:{item.pk}",
            person=scorer,
        )


@transaction.atomic
def load() -> int:
    """Load the invented county; return the number of new facts. Twice changes nothing."""
    if Unit.objects.filter(code__startswith=f"{CODE_PREFIX}-X-").exists():
        return 0
    before = Fact.objects.count()
    county = _people_the_county()
    _fill_the_road(county)
    _score(county, _fill_the_shelf(county))
    fill_past_months(county.units, county.people["jifen"])
    fill_duty_room(county.people)
    writers = {name: county.writer(name) for name in county.units}
    fill_commissions(
        county.units,
        writers,
        county.people["bianji"],
        lambda unit, title: _sign(county, unit, title),
    )
    urgent_events.load(county.units, county.people)
    return Fact.objects.count() - before
