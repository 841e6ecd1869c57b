"""Which uploaded files are taken: by their content, whatever their name says. Pure.

Every file is looked at before anything of it is opened by a reader, and refused with the
reason and with what to do instead. Source: review of uploads, rows B1-B3 and B11 of the
security survey; measured refusals stay below one second and 50 MB.
"""

from __future__ import annotations

import hashlib
import re

from django.utils.translation import gettext as _

from . import images, names, pdfs, plain
from .kinds import DEFAULT_LIMITS, MEGABYTE, BadFile, Kept, Kind, Limits
from .ooxml import open_office

__all__ = ["BadFile", "Kept", "Kind", "Limits", "inspect"]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAM = (
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!", b"L\x00\x00\x00\x01\x14",
)  # fmt: skip
_ARCHIVE = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF")
_PICTURE = (b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF", b"\x00\x00\x01\x00")
_WEB = re.compile(
    r"\s*(?:<\?xml|<!doctype|<!--|<(?:html|head|body|script|style|svg|table|meta|iframe|div|p)\b|"
    r"mime-version:)",
    re.IGNORECASE,
)


def inspect(*, name: str, data: bytes, limits: Limits = DEFAULT_LIMITS) -> Kept:
    """Return what may be kept of an uploaded file.

    Args:
        name: as the browser sent it.
        data: the whole file.

    Raises:
        BadFile: it is not taken; the message says why and what to do.
    """
    if len(data) > limits.size:
        raise too_large(len(data), limits)
    if not data:
        raise BadFile(_("文件是空的，请重新选择。"))
    kind, kept = _looked_through(name, data, limits)
    return Kept(
        name=names.clean_name(name, kind.value),
        kind=kind,
        size=len(kept),
        sha256=hashlib.sha256(kept).hexdigest(),
        data=kept,
    )


def too_large(size: int, limits: Limits = DEFAULT_LIMITS) -> BadFile:
    """Return the refusal of a file of so many bytes."""
    return BadFile(
        _(
            "文件有%(size)d兆，不能超过%(limit)d兆。"
            "请删去或压缩其中的图片（Word 和 WPS 里有“压缩图片”），或分成几个文件。"
        )
        % {"size": -(-size // MEGABYTE), "limit": limits.size // MEGABYTE}
    )


def _looked_through(name: str, data: bytes, limits: Limits) -> tuple[Kind, bytes]:
    """Return the kind of a file and the bytes to keep."""
    if data.startswith(_ZIP):
        kind, _directory = open_office(data, limits)
        return kind, data
    if data.startswith(b"%PDF-"):
        pdfs.check_pdf(data, limits)
        return Kind.PDF, data
    if data.startswith(images.PNG_MAGIC):
        return Kind.PNG, images.clean_png(data, limits)
    if data.startswith(images.JPG_MAGIC):
        return Kind.JPG, images.clean_jpg(data, limits)
    _refuse_known(name, data)
    text = plain.decoded(data)
    if text is None:
        raise BadFile(
            _(
                "不收这种文件。可以上传：Word（.docx）、Excel（.xlsx）、PDF、图片（png、jpg）、文本（txt）。"
            )
        )
    if _WEB.match(text[:512]):
        raise BadFile(
            _("这是网页格式的文件。请用 Word、Excel 或 WPS 打开，另存为 .docx 或 .xlsx 再上传。")
        )
    return Kind.TXT, data


def _refuse_known(name: str, data: bytes) -> None:
    """Refuse the kinds that people try most, each with its own way out."""
    if data.startswith(_OLE):
        raise BadFile(_old_office(name, data))
    if data.startswith(b"{\\rtf"):
        raise BadFile(_("不收 RTF 文件。请用 Word 或 WPS 打开，另存为 .docx 再上传。"))
    if data.startswith(_PROGRAM):
        raise BadFile(_("这是程序，不是文档，已拒收。"))
    if data.startswith(_ARCHIVE):
        raise BadFile(_("不收压缩包。请解压后把需要的文件逐个上传。"))
    if data.startswith(_PICTURE) or data[4:12] in (b"ftypheic", b"ftypmif1", b"ftypavif"):
        raise BadFile(_("只收 png 和 jpg 图片。请把图片另存为 jpg 再上传。"))


def _old_office(name: str, data: bytes) -> str:
    """Return the refusal of a file of the old office programs or of WPS's own kind."""

    def holds(word: str) -> bool:
        return word.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        return _("文件加了密码，系统无法检查。请去掉密码另存后再上传。")
    end = name.rpartition(".")[2].lower()
    if holds("PowerPoint Document") or end in ("ppt", "pps", "dps"):
        return _("不收演示文稿（PPT）。请另存为 PDF 再上传。")
    if holds("Workbook") or end in ("xls", "et"):
        return _("这是旧格式的表格（.xls、.et）。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。")
    return _("这是旧格式的文档（.doc、.wps）。请用 Word 或 WPS 打开，另存为 .docx 再上传。")
