"""Load demonstration sets."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from scoring.demo.registry import SETS, named


class Command(BaseCommand):
    help = "载入演示数据；不写名称时全部载入，重复载入不会重复记账"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="数据集名称，见 --list")
        parser.add_argument("--list", action="store_true", help="列出数据集")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for demo_set in SETS:
                self.stdout.write(f"{demo_set.name}  {demo_set.about}")
            return
        if not settings.INFOFLOW_DEMO_ALLOWED:
            raise CommandError("正式环境不能载入演示数据。", returncode=2)
        wanted, unknown = named(options["names"])
        if unknown:
            known = "、".join(demo_set.name for demo_set in SETS)
            raise CommandError(
                f"没有名为“{'、'.join(unknown)}”的演示数据，可选：{known}。", returncode=2
            )
        for demo_set in wanted:
            try:
                new = demo_set.load()
            except ValidationError as error:
                raise CommandError(
                    f"{demo_set.name} 未载入：{''.join(error.messages)}", returncode=2
                ) from error
            state = f"新登记{new}条" if new else "已载入过，没有变化"
            self.stdout.write(f"{demo_set.name}:{state}。")
