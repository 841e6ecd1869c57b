"""Word and Excel files (docx, xlsx): what is in them, and what must not be. Pure."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from .kinds import BadFile, Kind, Limits
from .sheets import is_sheet, only_values
from .xmlwalk import Budget, walk
from .zips import Directory, damaged, holds_archive, read_directory

CONTENT_TYPES = "[Content_Types].xml"
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": Kind.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": Kind.XLSX,
}
# Fields of Word that fetch from elsewhere when the file is opened.
_FETCHING_FIELD = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|RD)\b", re.IGNORECASE)
# Elements that may hold such a field or formula.
_FETCHING = frozenset({"instrText", "f", "ddeLink", "fldSimple"})
# Columns of a sheet that fetch: =DDE("…"), =cmd|'/c calc'!A0.
_FETCHING_FORMULA = re.compile(r"\|\s*'|\bDDE\s*\(|\bWEBSERVICE\s*\(", re.IGNORECASE)


def open_office(data: bytes, limits: Limits) -> tuple[Kind, Directory]:
    """Return what kind of office file this is, and its directory, after checking everything.

    Raises:
        BadFile: another kind of file, or something inside that is not taken.
    """
    directory = read_directory(data, limits)
    _check_parts(directory)
    budget = Budget(limits.elements, limits.depth)
    kind = _kind(directory, limits, budget)
    for name in directory.entries:
        lowered = name.lower()
        if lowered.endswith(".rels"):
            _check_relations(directory, name, limits, budget)
        elif lowered.endswith((".xml", ".vml")) and name != CONTENT_TYPES:
            _check_xml(directory, name, limits, budget)
        else:
            _check_binary(directory, name, limits)
    return kind, directory


def _check_parts(directory: Directory) -> None:
    """Refuse macros, embedded objects and controls by the names of their parts."""
    for name in directory.entries:
        lowered = name.lower()
        if "vbaproject" in lowered or "vbadata" in lowered or "/macrosheets/" in lowered:
            raise BadFile(_("文件带有宏，已拒收。请另存为不带宏的 .docx 或 .xlsx 再上传。"))
        if "activex" in lowered or "/ctrlprops/" in lowered:
            raise BadFile(_("文件带有控件（ActiveX），已拒收。请删去控件，另存后再上传。"))
        if "/embeddings/" in lowered or "oleobject" in lowered:
            raise BadFile(
                _(
                    "文件里嵌入了其他文件或对象（如图表、公式、附带的表格），已拒收。"
                    "请把它改成图片或普通表格，另存后再上传。"
                )
            )


def _kind(directory: Directory, limits: Limits, budget: Budget) -> Kind:
    if CONTENT_TYPES not in directory.entries:
        raise _other_archive(directory)
    types: set[str] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        types.add(attributes.get("ContentType", ""))

    walk(directory.chunks(CONTENT_TYPES, limits.unpacked), budget, start=start)
    found = {kind for main, kind in _MAIN.items() if main in types}
    joined = " ".join(types).lower()
    if "macroenabled" in joined:
        raise BadFile(_("文件带有宏，已拒收。请另存为不带宏的 .docx 或 .xlsx 再上传。"))
    if len(found) == 1:
        return found.pop()
    if "presentationml" in joined:
        raise BadFile(_("不收演示文稿（PPT）。请另存为 PDF 再上传。"))
    if "template" in joined:
        raise BadFile(_("这是模板文件。请用 Word 或 WPS 打开，另存为 .docx 或 .xlsx 再上传。"))
    if "sheet.binary" in joined:
        raise BadFile(_("不收 .xlsb 格式。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。"))
    raise damaged()


def _other_archive(directory: Directory) -> BadFile:
    names = {name.lower() for name in directory.entries}
    if "ofd.xml" in names:
        return BadFile(_("暂不收 OFD 文件。请打开后另存（或打印）为 PDF 再上传。"))
    if "mimetype" in names and "content.xml" in names:
        return BadFile(_("不收 ODF 格式。请用 WPS 或 LibreOffice 打开，另存为 .docx 或 .xlsx。"))
    return BadFile(_("不收压缩包。请解压后把需要的文件逐个上传。"))


def _check_relations(directory: Directory, name: str, limits: Limits, budget: Budget) -> None:
    def start(element: str, attributes: dict[str, str]) -> None:
        if element != "Relationship" or attributes.get("TargetMode", "").lower() != "external":
            return
        sort = attributes.get("Type", "").rpartition("/")[2].lower()
        if sort != "hyperlink":
            raise BadFile(_external(sort))

    walk(directory.chunks(name, limits.unpacked), budget, start=start)


def _external(sort: str) -> str:
    if sort == "attachedtemplate":
        return _("文档连着外部模板，已拒收。请新建空白文档，把内容复制过去，另存为 .docx 再上传。")
    if sort == "image":
        return _("文档里的图片在网上而不在文件里，已拒收。请删去这些图片，另存后再上传。")
    if sort == "externallinkpath":
        return _("表格引用了其他工作簿，已拒收。请把公式粘贴为数值，断开链接后再上传。")
    return _("文件引用了文件以外的内容，已拒收。请去掉外部链接，另存后再上传。")


def _check_xml(directory: Directory, name: str, limits: Limits, budget: Budget) -> None:
    """Read a part to its end: elements, depth, no DTD, no field that fetches."""
    if is_sheet(name) and only_values(directory.chunks(name, limits.unpacked), budget):
        return
    field: list[str] = []
    inside = False

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = element != "fldSimple"
        if element == "fldSimple":
            field.append(f" {' '.join(attributes.values())} ")
        elif element == "ddeLink":
            raise BadFile(_external("dde"))

    def end(element: str) -> None:
        nonlocal inside
        inside = False
        if element == "f":
            field.append("\n")

    def text(words: str) -> None:
        if inside:
            field.append(words)

    chunks = directory.chunks(name, limits.unpacked)
    walk(chunks, budget, start=start, end=end, text=text, only=_FETCHING)
    joined = "".join(field)
    if name.lower().startswith("word/"):
        if _FETCHING_FIELD.search(joined):
            raise BadFile(_external("field"))
    elif _FETCHING_FORMULA.search(joined):
        raise BadFile(_external("formula"))


def _check_binary(directory: Directory, name: str, limits: Limits) -> None:
    """Unpack a picture or font to its end; a packed file inside the file is refused."""
    first = b""
    for chunk in directory.chunks(name, limits.unpacked):
        first = first or chunk[:16]
    if holds_archive(name, first):
        raise BadFile(_("文件里还套着压缩包，已拒收。请去掉后再上传。"))
    if first.startswith((b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0")):
        raise BadFile(_("文件里嵌入了程序或其他文件，已拒收。请去掉后再上传。"))
