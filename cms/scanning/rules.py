"""What the scanner can find in a text, and what follows from it. Pure."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Sort of a finding; it says what follows."""

    MARK = "mark", _("密级标志")  # refused at the door, nothing is stored
    STOP = "stop", _("工作秘密与内部用语")  # only a named reviewer lifts it, with a reason
    PERSONAL = "personal", _("个人信息")  # shown, one click masks it
    TYPO = "typo", _("疑似错别字")  # a hint, one click accepts it


class Grade(models.IntegerChoices):
    """How serious a word of a list is; shown beside the finding."""

    COMMON = 1, _("一般")
    GRAVE = 2, _("重要")
    SEVERE = 3, _("严重")


@dataclass(frozen=True)
class Finding:
    """One place of a text that somebody must look at.

    `start` and `end` are offsets in the plain text of the part as it was handed in.
    """

    kind: str  # Kind
    rule: str  # short code of the rule, e.g. "mark.star", "personal.mobile", "word.123"
    part: str  # "title", "body", or what the page calls its parts
    start: int
    end: int
    words: str  # the words found; empty for a MARK, which is never kept
    hint: str  # what it is and what to do, in a clerk's Chinese
    suggestion: str = ""  # what one click would write instead; empty when there is none

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, to keep with a decision."""
        return asdict(self)


class Entrance(models.TextChoices):
    """The ways by which a text comes in."""

    ITEM = "item", _("写稿、改稿")
    AUTOSAVE = "autosave", _("自动保存")
    WORD = "word", _("导入 Word")
    ATTACHMENT = "attachment", _("附件")
    SIGN = "sign", _("单位审签")
    DECIDE = "decide", _("审核意见")
    SHEET = "sheet", _("保密审查表")
    COMPOSE = "compose", _("编入期刊")
    ISSUE = "issue", _("编辑期刊")
    FACT = "fact", _("采用登记")
    TABLE = "table", _("导入表格")
    SCHEME = "scheme", _("计分办法")
    CLOSING = "closing", _("结账")
    OBJECTION = "objection", _("得分异议")
    URGENT = "urgent", _("紧急信息")
    DUTY = "duty", _("值班")
    COMMISSION = "commission", _("约稿")
    UNITS = "units", _("单位与人员")
    WORDS = "words", _("词库")
    SEARCH = "search", _("查询")
    FILE_NAME = "file_name", _("文件名")
    PAGE = "page", _("其他页面")


PART_LABELS = {
    "title": _("标题"),
    "body": _("正文"),
    "contact": _("联系人及电话"),
    "keywords": _("关键词"),
    "note": _("给审核人员的说明"),
    "commission": _("所答约稿"),
    "background": _("背景"),
    "requirements": _("写作要求"),
    "part": _("分工"),
    "reason": _("理由"),
    "opinion": _("审查意见"),
    "comment": _("理由"),
    "q": _("查询词"),
    "name": _("名称"),
    "words": _("词语"),
    "right": _("正确写法"),
    "unless": _("例外"),
    "document": _("文件依据"),
    "report_to": _("报"),
    "send_to": _("送"),
    "distribute_to": _("发"),
    "username": _("账号"),
    "file": _("文件名"),
    "attachment": _("附件内容"),
    "attachments": _("附件"),
}
# A field of an issue's entry in the page editor: entries-0-body.
_ENTRY_FIELD = re.compile(r"entries-(\d+)-(\w+)")


def part_label(part: str) -> str:
    """Return what a clerk calls a part; a field without a name of its own is 提交的内容."""
    entry = _ENTRY_FIELD.fullmatch(part)
    if entry:
        return entry_part_label(int(entry[1]) + 1, entry[2])
    if part in PART_LABELS:
        return str(PART_LABELS[part])
    return gettext("提交的内容") if part.isascii() else part


def entry_part_label(number: int, part: str) -> str:
    """Return what a clerk calls a part of an issue's entry."""
    return gettext("第%(number)s条%(part)s") % {"number": number, "part": part_label(part)}
