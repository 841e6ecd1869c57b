"""Import a table of facts or a superior's notice from the command line."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from infoflow.units.models import User
from infoflow.uploads.kinds import BadFile
from scoring.imports import actions
from scoring.imports.looks import Choices, look
from scoring.imports.meanings import all_meanings
from scoring.imports.models import ImportRun
from scoring.imports.rules import Form, Look, Weight, stem_of

# Exit codes: everything else is 0.
STOPPED, NOT_TAKEN, WRONG_CALL = 1, 2, 3


class Command(BaseCommand):
    """Names that are only alike are never taken by themselves: here they stop the import."""

    help = (
        "导入事项表或上级通报统计表（xlsx、xls、csv）。全部登记或一条也不登记；同一个文件再导入"
        "不会重复登记。退出码：0 已登记（或检查通过），1 有必须改正或确认的地方，"
        "2 文件不能导入，3 参数不对。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="要导入的文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不登记")
        parser.add_argument("--json", metavar="PATH", help="把报告写成 JSON；- 为标准输出")
        parser.add_argument("--sheet", default="", help="工作表名；不写则自动找")
        parser.add_argument("--form", default="", choices=["", *Form.values], help="表的种类")
        parser.add_argument("--notice", help="通报名称；不写则取表头上方的文字或文件名")
        parser.add_argument("--day", help="通报各条的登记日期，例如 2026-03-31")
        parser.add_argument("--year", type=int, help="没有写年份的日期按哪一年")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="列=含义",
            help="说明通报的一列是什么，例如 C=采用《晋政信息》、D=报送、E=不导入；可以写多次",
        )
        parser.add_argument(
            "--titles",
            choices=["ask", "same", "none"],
            default="ask",
            help=(
                "标题与本系统稿件相近的怎么办：ask 停下，到页面上确认；same 只有完全相同的"
                "算同一篇；none 都不算"
            ),
        )
        parser.add_argument("--by", metavar="账号", help="以谁的名义登记；不写则为系统")

    def handle(self, *args: Any, **options: Any) -> None:
        person = self._person(options["by"])
        path = Path(options["file"])
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(
                _("读不到文件：%(error)s") % {"error": error.strerror}, returncode=WRONG_CALL
            ) from None
        try:
            taken = actions.take(name=path.name, data=data, person=person)
        except BadFile as bad:
            self._refuse(options, bad.message)
        except door.MarkedSecret as secret:
            door.keep_record(secret)
            self._refuse(
                options, _("表中有密级标志（%(rule)s），没有导入。") % {"rule": secret.rule_label}
            )
        except Refused as refusal:
            self._refuse(options, refusal.message)
        stem = stem_of(taken.file.name)
        choices = self._choices(options)
        found = look(taken.sheets, choices, default_notice=stem)
        if options["column"] and found.columns:
            columns = self._columns(found, options["column"])
            choices = Choices.of({**choices.stored(), "columns": columns})
            found = look(taken.sheets, choices, default_notice=stem)
        if options["titles"] != "ask":
            found.settle_titles(same=options["titles"] == "same")
        run = None
        if not options["dry_run"] and not found.stopped:
            source = actions.Source(taken.file.name, taken.file.sha256, person)
            run = self._book(options, found, source)
        self._report(options, found, run)
        if found.stopped:
            sys.exit(STOPPED)

    def _person(self, name: str | None) -> User | None:
        if name is None:
            return None
        found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise CommandError(_("没有账号“%(name)s”。") % {"name": name}, returncode=WRONG_CALL)
        return found

    def _choices(self, options: dict[str, Any]) -> Choices:
        try:
            day = date.fromisoformat(options["day"]) if options["day"] else None
        except ValueError:
            raise CommandError(
                _("日期请按 2026-01-31 的格式填写。"), returncode=WRONG_CALL
            ) from None
        return Choices(
            sheet=options["sheet"],
            form=options["form"],
            notice=options["notice"],
            day=day,
            year=options["year"],
        )

    def _columns(self, found: Look, given: list[str]) -> dict[str, str]:
        """Return what the columns mean, said by letter or heading and by word or code."""
        from cms.bulletins.models import Bulletin

        known = all_meanings(dict(Bulletin.objects.values_list("pk", "name")))
        codes = {words: code for code, words in known} | {code: code for code, _w in known}
        chosen: dict[str, str] = {}
        for text in given:
            name, _sign, meaning = text.partition("=")
            places = [c for c in found.columns if name.strip() in (c.letter, c.label)]
            if not places or meaning.strip() not in codes:
                raise CommandError(
                    _("不认识“%(text)s”。列有：%(columns)s；含义有：%(all)s")
                    % {
                        "text": text,
                        "columns": "、".join(f"{c.letter} {c.label}" for c in found.columns),
                        "all": "、".join(words for _code, words in known),
                    },
                    returncode=WRONG_CALL,
                )
            chosen[places[0].key] = codes[meaning.strip()]
        return chosen

    def _book(
        self, options: dict[str, Any], found: Look, source: actions.Source
    ) -> ImportRun | None:
        run = None
        try:
            for step in actions.book(found=found, source=source):
                run = step.run
                if run is None and not options["json"]:
                    told = f"计分 {step.scored} / {step.units} 个单位" if step.scored else ""
                    self.stderr.write(told or f"登记 {step.stored} / {step.facts} 条")
        except Refused as refusal:
            self._refuse(options, refusal.message)
        except ValidationError as error:
            self._refuse(options, " ".join(error.messages))
        except door.MarkedSecret as secret:
            door.keep_record(secret)
            self._refuse(
                options, _("表中有密级标志（%(rule)s），没有导入。") % {"rule": secret.rule_label}
            )
        return run

    def _refuse(self, options: dict[str, Any], message: str) -> None:
        """Say why the file is not taken, and leave."""
        if options["json"]:
            self._write(options["json"], {"ok": False, "booked": False, "message": message})
        else:
            self.stderr.write(message)
        sys.exit(NOT_TAKEN)

    def _report(self, options: dict[str, Any], found: Look, run: ImportRun | None) -> None:
        remarks = [
            {"row": r.row, "column": r.column, "weight": str(r.weight), "message": r.message}
            for r in found.sorted_remarks()
        ]
        report = {
            "ok": not found.stopped,
            "booked": run is not None,
            "run": run.pk if run else None,
            "form": str(found.form),
            "sheet": found.sheet,
            "notice": found.notice,
            "table_rows": found.table_rows,
            "facts": len(found.rows),
            "known": found.known,
            "new": run.made if run else found.new,
            "columns": {f"{c.letter} {c.label}": c.meaning for c in found.columns},
            "remarks": remarks,
        }
        if options["json"]:
            self._write(options["json"], report)
            return
        words = {weight.value: str(weight.label) for weight in Weight}
        for remark in remarks:
            where = f"第{remark['row']}行 {remark['column']}".strip() if remark["row"] else "整张表"
            self.stdout.write(f"[{words[str(remark['weight'])]}] {where}：{remark['message']}")
        verb = "已登记" if run else "没有登记" if found.stopped else "检查通过，可新登记"
        self.stdout.write(
            f"表中{found.table_rows}行，{len(found.rows)}条，以前已登记{found.known}条；"
            f"{verb}{'' if verb == '没有登记' else str(report['new']) + '条'}。"
        )

    def _write(self, path: str, report: dict[str, Any]) -> None:
        text = json.dumps(report, ensure_ascii=False, indent=1)
        if path == "-":
            self.stdout.write(text)
        else:
            Path(path).write_text(text, encoding="utf-8")
