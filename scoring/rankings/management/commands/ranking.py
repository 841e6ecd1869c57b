"""Print a ranking, or write it as JSON or Excel."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.papers.widths import text_width
from infoflow.papers.xlsx import Paper
from infoflow.units.models import EARLIEST_DATE, UnitGroup
from scoring.rankings.assessment import shown_assessment
from scoring.rankings.layouts import Layout
from scoring.rankings.queries import ranking
from scoring.rankings.rules import PeriodError, read_period
from scoring.rankings.tables import Ranking, as_json
from scoring.rankings.workbook import Options, write_ranking

Writer = Callable[[IO[bytes]], None]


class BadInputError(Exception):
    """What was asked for cannot be done; the message is one Chinese line."""


class Command(BaseCommand):
    help = "按分组和期间输出排名，写成 JSON 或 Excel；不指定文件时显示在屏幕上"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="start", default="", metavar="D", help="开始日期")
        parser.add_argument("--to", dest="end", default="", metavar="D", help="结束日期")
        parser.add_argument("--group", default=None, metavar="NAME", help="只列一个考核分组")
        parser.add_argument("--json", default=None, metavar="OUT", help="写成 JSON;- 为屏幕")
        parser.add_argument("--xlsx", default=None, metavar="OUT", help="写成 Excel 文件")
        parser.add_argument(
            "--layout",
            default=Layout.FULL,
            choices=Layout.values,
            help="Excel 的表式：" + "；".join(f"{code} {name}" for code, name in Layout.choices),
        )
        parser.add_argument(
            "--unit-order", action="store_true", help="Excel 中按单位固定次序，不按得分"
        )
        parser.add_argument(
            "--paper", default="", choices=["", *Paper], help="Excel 的纸张；不写时按列数自动"
        )
        parser.add_argument(
            "--no-listing", dest="listing", action="store_false", help="Excel 中不要明细"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or say in one line why not and end with exit code 2."""
        try:
            self._run(options)
        except (PeriodError, BadInputError) as error:
            raise CommandError(str(error), returncode=2) from None

    def _run(self, options: dict[str, Any]) -> None:
        _check_outputs(options["json"], options["xlsx"])
        period = read_period(options["start"], options["end"], earliest=EARLIEST_DATE)
        found = ranking(period.start, period.end, group=_group(options["group"]))
        if options["group"] is not None and not found.groups[0].rows:
            raise BadInputError(
                _("分组“%(group)s”在%(year)s年没有单位，请先登记年度分组。")
                % {"group": options["group"], "year": period.end.year}
            )
        outputs: dict[str, Writer] = {}
        text = json.dumps(as_json(found), ensure_ascii=False, indent=2) + "\n"
        if options["json"] not in (None, "-"):
            outputs[options["json"]] = lambda out: _write_text(out, text)
        if options["xlsx"] is not None:
            looks = Options(
                layout=Layout(options["layout"]),
                paper=Paper(options["paper"]) if options["paper"] else None,
                listing=options["listing"],
            )
            shown = found.in_unit_order() if options["unit_order"] else found
            outputs[options["xlsx"]] = lambda out: write_ranking(
                shown,
                out,
                printed_on=timezone.localdate(),
                opens=lambda unit_id: True,
                options=looks,
                assessed=shown_assessment(
                    shown.period,
                    shown.groups,
                    today=timezone.localdate(),
                    own=None,
                    narrowed=options["group"] is not None,
                ),
            )
        write_files(outputs)
        if options["json"] == "-":
            self.stdout.write(text, ending="")
        elif not outputs:
            self.stdout.write(_plain(found))


def _check_outputs(text: str | None, sheet: str | None) -> None:
    if sheet == "-":
        raise BadInputError(_("Excel 不能写到屏幕，请在 --xlsx 后写文件名。"))
    if text is not None and text == sheet:
        raise BadInputError(_("--json 和 --xlsx 不能写到同一个文件。"))


def _group(name: str | None) -> UnitGroup | None:
    if name is None:
        return None
    group = UnitGroup.objects.filter(name=name).first()
    if group is None:
        known = "、".join(UnitGroup.objects.values_list("name", flat=True)) or _("（还没有分组）")
        raise BadInputError(
            _("没有名为“%(name)s”的分组。现有分组：%(known)s") % {"name": name, "known": known}
        )
    return group


def _write_text(out: IO[bytes], text: str) -> None:
    out.write(text.encode())


def write_files(outputs: dict[str, Writer]) -> None:
    """Write files whole or not at all: each to a neighbour first, renamed when all are done.

    Raises:
        BadInputError: a place cannot be written; nothing is left behind.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for name, writer in outputs.items():
            try:
                target = Path(os.path.realpath(name))
                if not name or (target.exists() and not target.is_file()):
                    raise BadInputError(_("“%(name)s”不是可以写入的文件。") % {"name": name})
                handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".ranking-")
                ready.append((Path(temporary), target))
                with os.fdopen(handle, "wb") as out:
                    writer(out)
                mask = os.umask(0)
                os.umask(mask)
                Path(temporary).chmod(0o666 & ~mask)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                raise BadInputError(
                    _("不能写入“%(name)s”：%(reason)s") % {"name": name, "reason": reason}
                ) from None
        for temporary_path, target in ready:
            temporary_path.replace(target)
    finally:
        for temporary_path, _target in ready:
            with suppress(FileNotFoundError):
                temporary_path.unlink()


def _plain(found: Ranking) -> str:
    """Return the ranking as a table for the screen."""
    head = [_("排名"), _("单位"), _("报送"), _("上报")]
    head += [*(column.name for column in found.columns), _("得分")]
    lines = [f"{found.period.dates_text}  {_('计分办法')}：{found.scheme or _('无')}"]
    for table in found.groups:
        body = [
            [
                str(row.rank),
                row.unit,
                str(row.figures.submitted),
                str(row.figures.forwarded),
                *(str(row.figures.adopted.get(c.bulletin_id, 0)) for c in found.columns),
                row.figures.points,
            ]
            for row in table.rows
        ]
        widths = [max(map(text_width, column)) for column in zip(head, *body, strict=True)]
        lines += ["", table.name]
        lines += ["  ".join(map(_pad, row, widths)).rstrip() for row in [head, *body]]
    if not found.groups:
        lines += ["", _("本期没有可排名的单位：请先登记年度分组。")]
    return "\n".join(lines)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - text_width(text))
