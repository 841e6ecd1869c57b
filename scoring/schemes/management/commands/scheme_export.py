"""Write a scheme as JSON (docs/scheme-format.md)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.schemes.exchange import dump_scheme
from scoring.schemes.models import Scheme


class Command(BaseCommand):
    help = "把计分办法写成 JSON 文件，可在别处导入；不指定文件时显示在屏幕上"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, help="计分办法的编号（列表页地址中的数字）")
        parser.add_argument("--out", default="-", metavar="FILE", help="文件名；- 为屏幕")
        parser.add_argument("--draft", action="store_true", help="导出最新草稿，而不是已发布内容")

    def handle(self, *args: Any, **options: Any) -> None:
        scheme = Scheme.objects.filter(pk=options["id"]).first()
        if scheme is None:
            known = "、".join(f"{s.pk} {s}" for s in Scheme.objects.order_by("pk")[:20]) or "无"
            raise CommandError(f"没有编号为{options['id']}的计分办法。现有：{known}", returncode=2)
        if options["draft"] and scheme.latest_revision is not None:
            scheme = scheme.latest_revision.as_object()
        text = json.dumps(dump_scheme(scheme), ensure_ascii=False, indent=2) + "\n"
        if options["out"] == "-":
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["out"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(
                f"写不了文件“{options['out']}”：{error.strerror}", returncode=2
            ) from None
        self.stdout.write(f"已导出《{scheme}》到 {options['out']}。")
