"""Commissions of the invented county in every state that a newcomer should meet."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta

from django.utils import timezone

from cms.items.models import ItemPage
from infoflow.units.models import Unit, User
from infoflow.worktime.queries import calendar
from infoflow.worktime.rules import CHINA
from scoring.commissions import actions_unit as unit_acts
from scoring.commissions.actions import create_commission, enter_phoned, send_commission
from scoring.commissions.actions_change import cancel_commission
from scoring.commissions.actions_office import mark_missed, rule_on, urge
from scoring.commissions.content import Ask, Content
from scoring.commissions.models import AskedUnit, Commission
from scoring.commissions.rules import Origin, Ruling

# Makes an item that its unit has signed: (unit's name, title).
Signed = Callable[[str, str], ItemPage]
_CONTACT = "赵晴 0000-0000100"


def _workday(days: int) -> datetime:
    """Five o'clock of a day so many days away, or of the next working day after it."""
    known, day = calendar(), timezone.localdate() + timedelta(days=days)
    while not known.is_workday(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(17), CHINA)


def _sent(editor: User, content: Content, *asks: Ask) -> Commission:
    made = create_commission(content=content, asks=asks, person=editor)
    return send_commission(commission_id=made.pk, person=editor, confirmed=True)


class _Desk:
    """What the units' people do, by the name of the unit."""

    def __init__(
        self, units: Mapping[str, Unit], writers: Mapping[str, User], signed: Signed
    ) -> None:
        self.units, self.writers, self.signed = units, writers, signed

    def row(self, commission: Commission, unit: str) -> AskedUnit:
        return AskedUnit.objects.get(commission=commission, unit=self.units[unit])

    def sign(self, commission: Commission, unit: str) -> AskedUnit:
        pk = self.row(commission, unit).pk
        return unit_acts.sign_for(asked_id=pk, person=self.writers[unit])

    def answer(self, commission: Commission, unit: str, title: str) -> int:
        row, person = self.sign(commission, unit), self.writers[unit]
        unit_acts.name_person(asked_id=row.pk, chosen=person.pk, person=person)
        item = self.signed(unit, title)
        return unit_acts.link_item(asked_id=row.pk, item_id=item.pk, person=person).pk


def fill_commissions(
    units: Mapping[str, Unit], writers: Mapping[str, User], editor: User, signed: Signed
) -> None:
    """Ask the county's units for pieces; each stands somewhere else on its way."""
    desk = _Desk(units, writers, signed)
    _heating(desk, editor)
    _harvest(desk, editor)
    _by_telephone(desk, editor)
    taken_back = _sent(
        editor,
        Content(title="节日市场供应情况", due_at=_workday(6), contact=_CONTACT),
        Ask(units["县统计局"].pk),
    )
    cancel_commission(
        commission_id=taken_back.pk, reason="市里已从统计部门取得数据。", person=editor
    )


def _heating(desk: _Desk, editor: User) -> None:
    """Passed down from above: one unit has not signed, one writes, one sent, one is done."""
    names = ("南关镇", "北坡乡", "县水务局", "县民政局")
    made = _sent(
        editor,
        Content(
            title="冬季供暖和困难群众温暖过冬情况",
            origin=Origin.SUPERIOR,
            superior="演示市政府办公室",
            superior_document="关于报送冬季供暖情况的通知（演示用）",
            superior_due_at=_workday(9),
            background="入冬以来气温偏低，市政府办公室汇总各县供暖保障情况。",
            points="1. 供暖覆盖面和故障处置；\n2. 困难群众取暖补助发放；\n3. 存在的问题和建议。",
            requirements="800字以内，有数据、有对比，问题写具体。",
            contact=_CONTACT,
            channel="在本系统报送",
            due_days=3,
        ),
        *(Ask(desk.units[name].pk) for name in names),
    )
    started = desk.sign(made, "北坡乡")
    unit_acts.start_piece(asked_id=started.pk, person=desk.writers["北坡乡"], form_key=uuid.uuid4())
    desk.answer(made, "县水务局", "县水务局保障供暖企业用水")
    done = desk.answer(made, "县民政局", "县民政局提前发放困难群众取暖补助")
    rule_on(answer_id=done, ruling=Ruling.ACCEPTED, person=editor)


def _harvest(desk: _Desk, editor: User) -> None:
    """A joint piece: the lead has signed, one asks for more time, one cannot do it."""
    made = _sent(
        editor,
        Content(
            title="秋粮收储进度和农民增收情况",
            points="收储进度、价格变化、农民收入。",
            requirements="牵头单位汇总成一篇，1500字以内。",
            contact=_CONTACT,
            channel="在本系统报送",
            due_at=_workday(4),
        ),
        Ask(desk.units["南关镇"].pk, lead=True, part="汇总成稿"),
        Ask(desk.units["北坡乡"].pk, part="收储点情况和农户实例"),
        Ask(desk.units["县统计局"].pk, part="近三年价格和收入数据"),
    )
    desk.sign(made, "南关镇")
    more = desk.sign(made, "北坡乡")
    unit_acts.ask_extension(
        asked_id=more.pk,
        until=_workday(7),
        reason="两个收储点的数据后天才能汇总。",
        person=desk.writers["北坡乡"],
        confirmed=True,
    )
    cannot = desk.sign(made, "县统计局")
    unit_acts.say_unable(
        asked_id=cannot.pk,
        reason="分乡镇收入数据由市里统一发布，下月才有。",
        person=desk.writers["县统计局"],
    )


def _by_telephone(desk: _Desk, editor: User) -> None:
    """Went out by telephone and is over: overdue and urged, late, never signed, 未报."""
    now = timezone.now()
    reached = {"南关镇": "李文", "北坡乡": "马丽", "河东街道": "陈静", "县民政局": "许燕"}
    made = enter_phoned(
        content=Content(
            title="重点场所消防隐患排查情况",
            points="排查数、隐患数、整改数，未整改的原因。",
            contact=_CONTACT,
            channel="在本系统报送",
            due_at=datetime.combine(timezone.localdate(now) - timedelta(days=1), time(17), CHINA),
        ),
        asks=[Ask(desk.units[name].pk, phoned_to=who) for name, who in reached.items()],
        caller="赵晴",
        called_at=now - timedelta(days=3),
        person=editor,
        confirmed=True,
    )
    overdue = desk.sign(made, "南关镇")
    urge(asked_id=overdue.pk, words="县领导下午要用，请抓紧。", person=editor)
    late = desk.answer(made, "北坡乡", "北坡乡排查整治重点场所消防隐患")
    rule_on(answer_id=late, ruling=Ruling.ACCEPTED, person=editor)
    mark_missed(
        asked_id=desk.row(made, "县民政局").pk,
        reason="截止后电话催办两次，没有报送。",
        person=editor,
    )
