"""Read a scheme from a JSON file (docs/scheme-format.md) as a draft."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.schemes.actions_import import SchemeFileError, import_scheme, missing_bulletins
from scoring.schemes.presets import preset_data, presets


class Command(BaseCommand):
    help = "从 JSON 文件或内置样例导入计分办法，存为草稿，发布后才施行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        known = "、".join(preset.code for preset in presets())
        parser.add_argument("file", nargs="?", help="JSON 文件")
        parser.add_argument("--preset", metavar="CODE", help=f"内置样例：{known}")
        parser.add_argument(
            "--create-bulletins", action="store_true", help="文件列出而本系统没有的上级刊物一并添加"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        data = self._data(options)
        try:
            missing = [] if options["create_bulletins"] else missing_bulletins(data)
            if missing:
                names = "、".join(f"《{bulletin.name}》" for bulletin in missing)
                raise CommandError(
                    f"缺少刊物{names}。加上 --create-bulletins 一并添加，或先在“刊物设置”中添加。",
                    returncode=2,
                )
            scheme = import_scheme(data=data, create_bulletins=options["create_bulletins"])
        except SchemeFileError as error:
            for path, message in error.faults:
                self.stderr.write(f"{path or '文件'}：{message}")
            raise CommandError(f"有{len(error.faults)}处错误，没有导入。", returncode=2) from None
        self.stdout.write(
            f"已导入《{scheme}》为草稿，编号{scheme.pk}，{len(scheme.blocks)}条条款。"
        )

    def _data(self, options: dict[str, Any]) -> Any:
        if bool(options["file"]) == bool(options["preset"]):
            raise CommandError("请给出一个 JSON 文件，或用 --preset 选一个内置样例。", returncode=2)
        if options["preset"]:
            try:
                return preset_data(options["preset"])
            except KeyError:
                known = "、".join(preset.code for preset in presets())
                raise CommandError(
                    f"没有样例“{options['preset']}”，现有：{known}。", returncode=2
                ) from None
        try:
            return json.loads(Path(options["file"]).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CommandError(
                f"读不了文件“{options['file']}”：{error.strerror}", returncode=2
            ) from None
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            where = f"第{error.lineno}行" if isinstance(error, json.JSONDecodeError) else ""
            raise CommandError(
                f"“{options['file']}”不是 UTF-8 编码的 JSON 文件{where}。", returncode=2
            ) from None
