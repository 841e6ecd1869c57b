"""How a clock is told: the rule, its document, the reckoning and the verdict. Pure."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.worktime.rules import day_words, local

from .rules_clock_types import Base, Channel, Clock, EventFacts, RuleRow, Start, Step, Verdict

# What a moment is called with which a limit begins, and a note on one.
ENDED = gettext_lazy("处置结束")
SINCE_FIRST, SINCE_SLOT = gettext_lazy("首报后"), gettext_lazy("上一时点")
ABOUT = gettext_lazy("事发时间为大约时间")


def moment_words(moment: datetime, *, beside: datetime | None = None, week: bool = False) -> str:
    """Return a moment in China's time; its day only where it differs from one named before.

    Seconds are told when there are any.
    """
    here = local(moment)
    clock = f"{here:%H:%M:%S}" if here.second else f"{here:%H:%M}"
    if beside is not None and local(beside).date() == here.date():
        return clock
    year = beside is not None and local(beside).year != here.year
    return day_words(here.date(), with_year=year, with_weekday=week) + clock


def _after(step: Clock, at: datetime) -> str:
    """Return what starts a clock that runs from another step's report, or from its limit."""
    name = step_words(step.step, step.channel)
    return name if step.met_at == at else _("%(step)s时限") % {"step": name}


def _fallen_back(start: Start, used: Start) -> str:
    """Return the note on a start that is not known."""
    return _("%(start)s时间不明，按%(used)s时间起算") % {"start": start.label, "used": used.label}


# Put together when somebody reads them: a list of events reckons many clocks and tells few.
after, fallen_back = lazy(_after, str), lazy(_fallen_back, str)


def step_words(step: str, channel: str) -> str:
    """Return a step with its channel where that says something: 首报（电话）."""
    name = Step(step).label if step in Step.values else step
    if step in (Step.FOLLOWUP, Step.FINAL) or channel == Channel.ANY:
        return str(name)
    return _("%(step)s（%(channel)s）") % {"step": name, "channel": Channel(channel).label}


def rule_words(row: RuleRow, *, what: str | Promise = "") -> str:
    """Return what a rule asks, without its document: 重大，首报（电话），事发后15分钟内."""
    grade = row.grade.label if row.grade else ""
    if row.slots:
        times = "、".join(f"{slot:%H:%M}" for slot in sorted(row.slots))
        limit = _("每日%(times)s前") % {"times": times}
    elif row.step == Step.FOLLOWUP and row.limit is not None:
        limit = _("每%(limit)s一次") % {"limit": row.limit.words}
    else:
        words = row.limit.words if row.limit is not None else ""
        limit = _("%(what)s后%(limit)s内") % {"what": what or row.start.label, "limit": words}
    sensitive = {True: _("涉及敏感因素"), False: _("不涉及敏感因素"), None: ""}[row.sensitive]
    parts = [grade, sensitive, step_words(row.step, row.channel), limit]
    return "，".join(str(part) for part in parts if part)


def _source(jurisdiction: str, document: str) -> str:
    if jurisdiction and document:
        return f"{jurisdiction}（{document}）"
    return jurisdiction or document


def reckoned(clock: Clock, row: RuleRow, facts: EventFacts, base: Base) -> str:
    """Return the part of a clock's sentence that stands from the start: rule, document, due."""
    source = _source(row.jurisdiction, row.document)
    rule = rule_words(row, what=base.what if row.after_step else "")
    told = "，".join(str(part) for part in (rule, *base.notes, _raised(row, facts)) if part)
    head = f"{source}：" if source else ""
    return f"{head}{told}。{_due_words(clock, base)}"


def told(clock: Clock, row: RuleRow, facts: EventFacts, base: Base) -> str:
    """Return a clock's sentence: the rule and its reckoning, what came, and the verdict."""
    verdict = f"，{verdict_words(clock.verdict, clock.late_minutes)}" if clock.met_at else ""
    over = _("已过时限，") if not clock.met_at and clock.verdict is Verdict.LATE else ""
    return f"{reckoned(clock, row, facts, base)}；{over}{came(clock, row, facts)}{verdict}。"


def _raised(row: RuleRow, facts: EventFacts) -> str:
    """Return that a sensitive event is reckoned as a graver one, where that is so."""
    if facts.sensitive and row.grade is not None and row.grade is not facts.grade:
        return _("涉及敏感因素，不论级别按%(grade)s报告") % {"grade": row.grade.label}
    return ""


def _due_words(clock: Clock, base: Base) -> str:
    due = _("%(due)s截止") % {"due": moment_words(clock.due_at, beside=clock.starts_at)}
    if clock.step == Step.FOLLOWUP:
        return _("%(due)s截止") % {"due": moment_words(clock.due_at, week=True)}
    start = moment_words(clock.starts_at, week=True)
    return _("%(start)s%(what)s，%(due)s") % {"start": start, "what": base.what, "due": due}


def came(clock: Clock, row: RuleRow, facts: EventFacts) -> str:
    """Return what came of what the rule asks for, and when."""
    if clock.met_at is None:
        partly = facts.written_at is not None and _wants_written(row)
        return _("报告不完整，尚未补全") if partly else _("尚未报告")
    met = moment_words(clock.met_at, beside=clock.due_at)
    reason = facts.written_incomplete_reason
    if reason and clock.met_at == facts.written_at != facts.phone_at and _wants_written(row):
        return _("%(met)s报告，内容不完整但已写明原因，按规定可以") % {"met": met}
    return _("%(met)s报告") % {"met": met}


def _wants_written(row: RuleRow) -> bool:
    return row.step == Step.DETAIL or (
        row.step == Step.FIRST and row.channel in (Channel.WRITTEN, Channel.ANY)
    )


def verdict_words(verdict: Verdict, late: int) -> str:
    """Return a verdict: 按时, or 迟报3分钟 with begun minutes counted whole."""
    if verdict is Verdict.LATE and late:
        return _("迟报%(n)d分钟（不足1分钟按1分钟计）") % {"n": late}
    return str(verdict.label)


def undecided(strictest: Clock, verdict: Verdict, late: int) -> str:
    """Return the sentence of a clock while the grade is not known."""
    met = strictest.met_at
    told = _("%(met)s报告") % {"met": moment_words(met, beside=strictest.due_at)} if met else ""
    if verdict is Verdict.UNKNOWN:
        note = _("级别不同结论不同，定级后判定")
    elif verdict is Verdict.LATE and late:
        note = _("不论哪一级都已迟报，至少%(n)d分钟") % {"n": late}
    elif verdict is Verdict.LATE:
        note = _("不论哪一级都已过时限，尚未报告")
    else:
        note = str(verdict.label)
    parts = [part for part in (told, note) if part]
    return f"{strictest.reckoning}{_('（级别未定，暂按最严的时限）')}；{'，'.join(parts)}。"
