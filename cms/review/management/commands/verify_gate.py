"""Find live texts that differ from what was cleared."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from cms.review import gate


class Command(BaseCommand):
    help = "核对所有已发布文本与保密审查通过的文本是否逐字一致，并检查发布闸门是否存在。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each fault; exit code 1 when there is any."""
        faults = 0
        for name in gate.missing_triggers():
            faults += 1
            self.stderr.write(_("发布闸门缺失：%(name)s") % {"name": name})
        for page in gate.broken_pages():
            faults += 1
            self.stderr.write(
                _("%(noun)s %(pk)s 的文本与保密审查通过的不一致（版本 %(revision)s）")
                % {"noun": page.noun, "pk": page.pk, "revision": page.live_revision_id}
            )
        if faults:
            self.stderr.write(
                _("发现 %(count)s 处问题。不一致的文本已停止显示，请查明改动来源后重新送审。")
                % {"count": faults}
            )
            sys.exit(1)
        self.stdout.write(_("核对完毕：已发布文本均与保密审查通过的文本一致，发布闸门完好。"))
