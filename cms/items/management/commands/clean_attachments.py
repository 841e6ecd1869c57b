"""Remove files of attachments that no text needs any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cms.items.attach import clean

# Uploads of a request that is still running are never looked at.
AGE = timedelta(days=1)


class Command(BaseCommand):
    help = "清理没有任何草稿或已提交版本使用的附件文件（登记记录保留）。可反复执行。"

    def handle(self, *args: Any, **options: Any) -> None:
        files, strays = clean(before=timezone.now() - AGE)
        self.stdout.write(f"已清理附件文件 {files} 个，未登记的文件 {strays} 个。")
