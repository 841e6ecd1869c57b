"""The invented county's year before this month: what came in, where it was adopted, and the
tasks it is held to. Booked by month, so that rankings, charts and pace have something to show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from django.utils import timezone

from cms.bulletins.models import Bulletin, Level
from cms.items.rules import ItemForm
from infoflow.units.models import Unit, User
from scoring.adoptions.actions import record_facts
from scoring.adoptions.actions_instructions import record_instruction
from scoring.adoptions.rules import AdoptionForm, FactKind, FactRow, Mark, Source
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure
from scoring.settling.actions import close_period
from scoring.targets.actions import set_targets

# What a unit wrote about in each month of the year.
_THEMES: dict[str, tuple[tuple[str, ...], ...]] = {
    "南关镇": (
        ("春节前走访慰问困难群众", "组建返乡人员服务队"),
        ("抓好春季安全生产大检查", "农资供应保障春耕"),
        ("春耕备耕进度过半", "整治人居环境见成效", "推行村级事务小微权力清单"),
        ("森林防火实现零火情", "盘活闲置校舍办养老食堂"),
        ("抢抓农时完成水稻育秧", "“板凳会”化解邻里纠纷"),
        ("组织防汛应急演练", "土地托管破解“谁来种地”", "夏粮收购秩序良好"),
        ("全力应对持续高温", "三个村集体收入突破五十万元"),
        ("做好旱情监测和抗旱保苗", "暑期防溺水巡查不断档"),
        ("秋季招商签约两个项目", "农村公路养护做到路路有人管", "反映玉米价格走低需关注"),
        ("秋收秋种有序推进", "“红白理事会”带来文明新风"),
        ("冬季清洁取暖改造完工", "开展燃气安全入户排查"),
        ("年终决算按时完成", "谋划明年重点项目"),
    ),
    "北坡乡": (
        ("部署春运道路保畅",),
        ("中药材基地开工建设",),
        ("开展春季动物防疫", "易地搬迁点就业有着落"),
        ("山洪隐患点逐一排查",),
        ("中药材合作社带动三百户增收",),
        ("转移避险演练覆盖全部村组",),
        ("汛期地质灾害巡查排险", "灾后道路抢通及时"),
        ("乡村旅游接待量增长",),
        ("秋季森林防火提前部署",),
        ("反映冷链仓储能力不足",),
        ("冬季农闲技能培训开班",),
        ("困难群众过冬物资发放到位",),
    ),
    "河东街道": (
        ("启动社区食堂试点",),
        ("节后开工企业用工平稳",),
        ("老旧小区改造征求意见",),
        *((),) * 9,
    ),
    "县水务局": (
        ("完成水库安全鉴定",),
        ("春灌供水计划下达到乡镇",),
        ("灌区渠道清淤全部完成", "推进农业水价综合改革"),
        ("农村饮水水质监测全覆盖",),
        ("汛前检查整改隐患二十一处", "小型水库落实责任人"),
        ("启动防汛四级应急响应",),
        ("科学调度削减洪峰", "山塘水库全天值守"),
        ("统筹抗旱用水八百万方",),
        ("节水型社会建设通过验收",),
        ("冬修水利工程开工",),
        ("农村饮水管网防冻改造",),
        ("完成年度水土流失治理任务",),
    ),
    "县民政局": (
        ("发放临时救助资金",),
        ("整治殡葬领域乱收费",),
        ("清明祭扫安全有序",),
        ("社会组织年检完成",),
        ("提高城乡低保标准",),
        ("“一老一小”服务进社区",),
        ("困难家庭学生助学金到位",),
        ("城乡低保动态管理见成效",),
        ("敬老月走访高龄老人",),
        ("养老机构消防隐患清零",),
        ("冬季救助专项行动启动",),
        ("村级议事协商经验推广",),
    ),
    "县统计局": ((),) * 12,
}  # fmt: skip
# Unit and month whose first title went further: to the city, and from there to the province.
_CITY = {("南关镇", month) for month in (3, 6, 9)} | {("县水务局", 5), ("北坡乡", 5)}
_PROVINCE = {("南关镇", 6), ("县水务局", 5)}
_PAPERS = ("演示县每日要情", "演示市政务信息", "演示省政务专报")
_TASKS = {
    "南关镇": 24,
    "北坡乡": 18,
    "河东街道": 18,
    "县水务局": 15,
    "县民政局": 12,
    "县统计局": 12,
}


def _genre(title: str) -> str:
    if "反映" in title:
        return ItemForm.PROBLEM
    return ItemForm.EXPERIENCE if "“" in title else ItemForm.NEWS


def rows_of(units: Mapping[str, Unit], year: int, months: int) -> Iterator[FactRow]:
    """Yield what the first months of a year brought, one row for every fact."""
    county, city, province = (Bulletin.objects.get(name=name).pk for name in _PAPERS)
    for name, themes in _THEMES.items():
        unit = units[name]

        def row(
            kind: FactKind, day: date, title: str, bulletin: int | None = None, form: str = ""
        ) -> FactRow:
            return FactRow(
                kind=kind,
                date=day,
                title=title,
                units=(unit.pk,),  # noqa: B023
                key=f"demo:past:{unit.code}:{kind}:{bulletin or 0}:{day}",  # noqa: B023
                source=Source.TABLE,
                bulletin=bulletin,
                form=form,
                genre=_genre(title),
            )

        for month in range(1, months + 1):
            for n, theme in enumerate(themes[month - 1]):
                day, title = date(year, month, 4 + 9 * n), name + theme
                yield row(FactKind.SUBMISSION, day, title)
                if n == 0 and (month + len(name)) % 2:
                    form = AdoptionForm.MERGED if month % 3 == 1 else AdoptionForm.SINGLE
                    yield row(FactKind.ADOPTION, day + timedelta(days=1), title, county, form)
                if n == 0 and (name, month) in _CITY:
                    yield row(FactKind.FORWARDING, day + timedelta(days=1), title, city)
                    later = day + timedelta(days=6)
                    yield row(FactKind.ADOPTION, later, title, city, AdoptionForm.SINGLE)
                if n == 0 and (name, month) in _PROVINCE:
                    later = day + timedelta(days=12)
                    yield row(FactKind.ADOPTION, later, title, province, AdoptionForm.SINGLE)


def _close_old_quarters(year: int, months: int, scorer: User) -> None:
    """Close every quarter but the last that has ended: that one is left to the newcomer."""
    for quarter in range(months // 3 - 1):
        first, after = date(year, 3 * quarter + 1, 1), date(year, 3 * quarter + 4, 1)
        close_period(start=first, end=after - timedelta(days=1), person=scorer)


def _instruct(unit: Unit, year: int, month: int, scorer: User) -> None:
    """A leader has written on an item of last month, and the unit has not answered in time."""
    day = date(year, month, 15)
    record_instruction(
        date=day,
        title=unit.name + _THEMES[unit.name][month - 1][0],
        units=[unit],
        text="情况掌握及时。请县水务局跟进后续进展，专题报告一次。",
        answer_by=day + timedelta(days=10),
        details={"level": Level.COUNTY, "leader": "县政府分管领导", "mark": Mark.OTHER_LEADER},
        key=f"demo:past:instruction:{year}-{month}",
        person=scorer,
    )


def fill_past_months(units: Mapping[str, Unit], scorer: User) -> None:
    """Book the months of this year that are over, set the year's tasks, close old quarters."""
    today = timezone.localdate()
    months = today.month - 1
    record_facts(rows_of(units, today.year, months))
    if months:
        _instruct(units["县水务局"], today.year, months, scorer)
    set_targets(
        year=today.year,
        measure=Measure.SUBMITTED,
        per=PeriodKind.YEAR,
        numbers={units[name].pk: 100 * number for name, number in _TASKS.items()},
        person=scorer,
    )
    _close_old_quarters(today.year, months, scorer)
