"""Write the 通报 of a period as a Word file."""

from __future__ import annotations

from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from infoflow.units.models import EARLIEST_DATE
from scoring.circulars.files import circular_file
from scoring.rankings.management.commands.ranking import BadInputError, write_files
from scoring.rankings.rules import PeriodError, read_period


class Command(BaseCommand):
    help = "把一段时间的通报写成 Word 文件，含得分一览表、采用条目和零报送单位名单"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="start", default="", metavar="D", help="开始日期")
        parser.add_argument("--to", dest="end", default="", metavar="D", help="结束日期")
        parser.add_argument("--docx", required=True, metavar="OUT", help="写到这个文件")
        parser.add_argument("--office", default="", metavar="NAME", help="落款单位")
        parser.add_argument("--top", type=int, default=3, metavar="N", help="列出前几名，默认3")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["top"] <= 50:
            raise CommandError("--top 请填1到50。", returncode=2)
        try:
            period = read_period(options["start"], options["end"], earliest=EARLIEST_DATE)
        except PeriodError as error:
            raise CommandError(error.message, returncode=2) from None
        made = circular_file(
            period, office=options["office"], day=timezone.localdate(), top=options["top"]
        )

        def write(out: IO[bytes]) -> None:
            out.write(made)

        try:
            write_files({options["docx"]: write})
        except BadInputError as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(f"已写出{period.label}通报：{options['docx']}")
