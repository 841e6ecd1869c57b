"""Check the queue's rows against the open tasks, and rebuild them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from cms.review import projection


class Command(BaseCommand):
    help = "核对待办列表与流程中的待办是否一致；加 --rebuild 重建不一致的部分。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="重建不一致的待办")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what differs; exit code 1 when anything does and nothing was rebuilt."""
        wrong = projection.differences()
        if wrong and options["rebuild"]:
            projection.rebuild(wrong)
            self.stdout.write(_("已重建 %(count)d 项待办。") % {"count": len(wrong)})
        elif wrong:
            self.stderr.write(
                _("有 %(count)d 项待办与流程不一致，请加 --rebuild 重建。") % {"count": len(wrong)}
            )
            sys.exit(1)
        else:
            self.stdout.write(_("核对完毕：待办列表与流程一致。"))
