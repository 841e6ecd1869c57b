"""The files of the corpus, each with the right answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from . import office_files as office
from .office_files import docx, packed, paragraph, relations, run, table, xlsx
from .other_files import exif, jpg, object_stream, ole, pdf, png

ROW = "工业" * 40


@dataclass(frozen=True)
class File:
    """One file: how it comes, and what must be answered.

    Exactly one of `kind` and `refused` is set: the extension that it is kept under, or
    words of the refusal.
    """

    title: str
    name: str
    make: Callable[[], bytes]
    kind: str = ""
    refused: str = ""
    # Words that `text_of` must find in it.
    words: tuple[str, ...] = ()


@cache
def made(file: File) -> bytes:
    """Return a file's bytes, made once: some take longer to make than to refuse."""
    return file.make()


WORD_BODY = (
    paragraph(
        run("关于春耕备耕情况的报告", '<w:b/><w:sz w:val="44"/>'),
        properties='<w:jc w:val="center"/>',
    )
    + paragraph("县委、县政府：")
    + paragraph("一、基本情况")
    + paragraph("全县备耕面积12万亩。")
    + table(["乡镇", "面积"], ["南关镇", "3.2"])
)


def _hidden_text() -> bytes:
    """Words outside the plain paragraphs, where a scanner must look as well."""
    box = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:wsp><wps:txbx>"
        f"<w:txbxContent>{paragraph('文本框里的字')}</w:txbxContent>"
        "</wps:txbx></wps:wsp></w:drawing></mc:Choice></mc:AlternateContent></w:r>"
    )
    deleted = "<w:del w:id='1'><w:r><w:delText>删去的字</w:delText></w:r></w:del>"
    split = "<w:r><w:t>分成</w:t></w:r><w:r><w:t>两段的字</w:t></w:r>"
    hidden = run("隐藏的字", "<w:vanish/>")

    def part(root: str, words: str) -> str:
        return f'<w:{root} xmlns:w="{office.W}">{paragraph(words)}</w:{root}>'

    return docx(
        f"<w:p>{box}{deleted}{split}{hidden}</w:p>",
        parts={
            "word/header1.xml": part("hdr", "页眉里的字"),
            "word/footer1.xml": part("ftr", "页脚里的字"),
            "word/footnotes.xml": part("footnotes", "脚注里的字"),
            "word/endnotes.xml": part("endnotes", "尾注里的字"),
            "word/comments.xml": part("comments", "批注里的字"),
            "docProps/core.xml": "<cp:p xmlns:cp='urn:c'><t>属性里的字</t></cp:p>",
        },
    )


def _word_with(name: str, content: str | bytes = b"x") -> Callable[[], bytes]:
    return lambda: docx(WORD_BODY, parts={name: content})


def _word_related(sort: str, target: str, part: str = "document") -> Callable[[], bytes]:
    return lambda: docx(
        WORD_BODY, parts={f"word/_rels/{part}.xml.rels": relations((sort, target, True))}
    )


_ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "字字字字字字字字字字">'
    + "".join(
        f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
    + office.document("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>").partition("?>")[2]
)


@cache
def _much_xml() -> bytes:
    """A document of 500,000 elements that does not shrink more than others do."""
    marks = (f"<w:p w:rsidR='{n * 2_654_435_761 % 2**32:08X}'/>" for n in range(500_000))
    return docx(parts={"word/document.xml": office.document("".join(marks))})


KEPT = [
    File("Word 手工", "春耕.docx", lambda: docx(WORD_BODY), "docx", words=("备耕面积", "南关镇")),
    File("Google 的次序", "春耕.docx", lambda: docx(WORD_BODY, first="word/document.xml"), "docx"),
    File("不压缩", "春耕.docx", lambda: docx(WORD_BODY, stored=True), "docx"),
    File("有超链接", "春耕.docx", _word_related("hyperlink", "https://example.org/"), "docx"),
    File(
        "各处的字",
        "春耕.docx",
        _hidden_text,
        "docx",
        words=(
            "文本框里的字",
            "删去的字",
            "分成两段的字",
            "隐藏的字",
            "页眉里的字",
            "页脚里的字",
            "脚注里的字",
            "尾注里的字",
            "批注里的字",
            "属性里的字",
        ),
    ),
    File("Word 叫作图片", "春耕.png", lambda: docx(WORD_BODY), "docx"),
    File("Excel", "汇总.xlsx", xlsx, "xlsx", words=("单位", "汇总表")),
    File(
        "Excel 行内字",
        "汇总.xlsx",
        lambda: xlsx('<c t="inlineStr"><is><t>行内的字</t></is></c>'),
        "xlsx",
        words=("行内的字",),
    ),
    File("Excel 空行多", "汇总.xlsx", lambda: xlsx('<c r="A1"/>' * 50_000), "xlsx"),
    File("PDF", "报告.pdf", pdf, "pdf", words=("Report",)),
    File("PNG", "图.png", png, "png"),
    File(
        "PNG 有地点",
        "图.png",
        lambda: png(2, 2, (b"eXIf", b"GPS"), (b"tEXt", b"Author\0GPS")),
        "png",
    ),
    File("PNG 后面有网页", "图.png", lambda: png(tail=b"<script>alert(1)</script>"), "png"),
    File("JPEG", "图.jpg", jpg, "jpg"),
    File("JPEG 有地点", "图.jpeg", lambda: jpg(before=exif()), "jpg"),
    File("JPEG 后面有压缩包", "图.jpg", lambda: jpg(tail=packed({"a": "b"})), "jpg"),
    File(
        "UTF-8 文本", "说明.txt", lambda: "春耕说明\r\n第二行".encode(), "txt", words=("春耕说明",)
    ),
    File(
        "UTF-8 带 BOM",
        "说明.txt",
        lambda: "春耕说明".encode("utf-8-sig"),
        "txt",
        words=("春耕说明",),
    ),
    File(
        "GB18030 文本",
        "说明.txt",
        lambda: "春耕说明𠮷".encode("gb18030"),
        "txt",
        words=("春耕说明𠮷",),
    ),
    File(
        "UTF-16 带 BOM", "说明.txt", lambda: "春耕说明".encode("utf-16"), "txt", words=("春耕说明",)
    ),
    File(
        "UTF-16 大端",
        "说明.txt",
        lambda: b"\xfe\xff" + "春耕说明".encode("utf-16-be"),
        "txt",
        words=("春耕说明",),
    ),
    File(
        "UTF-16 无 BOM",
        "说明.txt",
        lambda: "春耕说明 abc".encode("utf-16-le"),
        "txt",
        words=("春耕说明",),
    ),
    File(
        "CSV", "名单.csv", lambda: "单位,得分\n南关镇,3".encode("gb18030"), "txt", words=("南关镇",)
    ),
    File("一个字", "字.txt", lambda: "字".encode(), "txt", words=("字",)),
]

REFUSED = [
    File("空文件", "空.docx", lambda: b"", refused="空的"),
    File("旧 Word", "通知.doc", lambda: ole("WordDocument"), refused="另存为 .docx"),
    File("旧 Word 改名", "通知.docx", lambda: ole("WordDocument"), refused="另存为 .docx"),
    File("WPS 文字", "通知.wps", lambda: ole("WordDocument"), refused="另存为 .docx"),
    File("WPS 表格", "表.et", lambda: ole("Workbook"), refused="另存为 .xlsx"),
    File("旧 Excel", "表.xls", lambda: ole("Workbook"), refused="另存为 .xlsx"),
    File("旧 PPT", "汇报.ppt", lambda: ole("PowerPoint Document"), refused="另存为 PDF"),
    File(
        "加密的 Word",
        "通知.docx",
        lambda: ole("EncryptionInfo", "EncryptedPackage"),
        refused="密码",
    ),
    File("加密的压缩包", "通知.docx", lambda: office.with_flag(docx(WORD_BODY), 1), refused="密码"),
    File("RTF", "通知.rtf", lambda: b"{\\rtf1 text}", refused="RTF"),
    File("RTF 改名", "通知.docx", lambda: b"{\\rtf1 text}", refused="RTF"),
    File("程序", "setup.exe", lambda: b"MZ" + b"\x00" * 200, refused="程序"),
    File("程序叫作 Word", "通知.docx", lambda: b"MZ" + b"\x00" * 200, refused="程序"),
    File("程序在前", "通知.docx", lambda: b"MZ" + b"\x00" * 200 + docx(WORD_BODY), refused="程序"),
    File("脚本", "a.txt", lambda: b"#!/bin/sh\nrm -rf /", refused="程序"),
    File("网页叫作 Word", "通知.docx", lambda: b"<html><script>alert(1)</script>", refused="网页"),
    File("网页叫作 PDF", "通知.pdf", lambda: b"<!DOCTYPE html><p>x", refused="网页"),
    File("网页叫作图片", "a.png", lambda: b"<svg onload=alert(1)>", refused="网页"),
    File("单一网页文件", "a.doc", lambda: b"MIME-Version: 1.0\r\nContent-Type: x", refused="网页"),
    File(
        "UTF-16 的网页", "a.txt", lambda: "<html><script>alert(1)".encode("utf-16"), refused="网页"
    ),
    File("压缩包", "材料.zip", lambda: packed({"a.txt": "x"}), refused="解压"),
    File("RAR", "材料.rar", lambda: b"Rar!\x1a\x07\x00", refused="解压"),
    File("OFD", "公文.ofd", lambda: packed({"OFD.xml": "<a/>"}), refused="PDF"),
    File(
        "ODT", "公文.odt", lambda: packed({"mimetype": "x", "content.xml": "<a/>"}), refused="ODF"
    ),
    File("GIF", "a.gif", lambda: b"GIF89a" + b"\x00" * 20, refused="jpg"),
    File("未知", "a.bin", lambda: bytes(range(256)) * 4, refused="不收这种文件"),
    File("宏", "通知.docx", _word_with("word/vbaProject.bin"), refused="宏"),
    File(
        "宏的类型",
        "通知.docx",
        lambda: docx(WORD_BODY, main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        refused="宏",
    ),
    File("OLE 对象", "通知.docx", _word_with("word/embeddings/oleObject1.bin"), refused="嵌入"),
    File("嵌入的表格", "通知.docx", _word_with("word/embeddings/a.xlsx"), refused="嵌入"),
    File("控件", "通知.docx", _word_with("word/activeX/activeX1.xml", "<a/>"), refused="控件"),
    File(
        "图里藏程序",
        "通知.docx",
        _word_with("word/media/a.png", b"MZ" + b"\0" * 50),
        refused="程序",
    ),
    File(
        "图里藏压缩包",
        "通知.docx",
        _word_with("word/media/a.png", packed({"a": "b"})),
        refused="压缩包",
    ),
    File(
        "外部模板",
        "通知.docx",
        _word_related("attachedTemplate", "http://x/a.dotm", "settings"),
        refused="模板",
    ),
    File("网上的图片", "通知.docx", _word_related("image", "http://x/a.png"), refused="图片"),
    File("框架", "通知.docx", _word_related("frame", "http://x/", "webSettings"), refused="外部"),
    File(
        "取外部内容的域",
        "通知.docx",
        lambda: docx("<w:p><w:r><w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText></w:r></w:p>"),
        refused="外部",
    ),
    File(
        "其他工作簿",
        "表.xlsx",
        lambda: xlsx(
            parts={
                "xl/externalLinks/_rels/a.xml.rels": relations(("externalLinkPath", "b.xlsx", True))
            }
        ),
        refused="其他工作簿",
    ),
    File("表格里的命令", "表.xlsx", lambda: xlsx("<c><f>cmd|'/c calc'!A0</f></c>"), refused="外部"),
    File(
        "实体炸弹", "通知.docx", lambda: docx(parts={"word/document.xml": _ENTITIES}), refused="DTD"
    ),
    File(
        "外部实体",
        "通知.docx",
        _word_with(
            "word/header1.xml", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
        ),
        refused="DTD",
    ),
    File(
        "嵌套很深",
        "通知.docx",
        lambda: docx("<w:smartTag>" * 9_000 + "</w:smartTag>" * 9_000),
        refused="过大",
    ),
    File("元素太多", "通知.docx", _much_xml, refused="过大"),
    File(
        "一百兆的零",
        "通知.docx",
        _word_with("word/media/a.bin", b"\0" * 104_857_600),
        refused="过大",
    ),
    File(
        "压缩比高", "通知.docx", _word_with("word/media/a.bin", b"\0" * 5_000_000), refused="过大"
    ),
    File(
        "大小说谎",
        "通知.docx",
        lambda: office.with_quoted_size(
            docx(parts={"word/document.xml": office.document(paragraph("字" * 900_000))}),
            "word/document.xml",
            1_000,
        ),
        refused="过大",
    ),
    File(
        "大小说多了",
        "通知.docx",
        lambda: office.with_quoted_size(docx(WORD_BODY), "word/document.xml", 999_999),
        refused="损坏",
    ),
    File("重叠", "通知.docx", office.overlapping, refused="过大"),
    File("一万个条目", "通知.docx", lambda: office.many_entries(10_000), refused="过大"),
    File("条目数说谎", "通知.docx", lambda: office.many_entries(600, 5), refused="过大"),
    File("跳出目录", "通知.docx", _word_with("../../etc/passwd"), refused="路径"),
    File("绝对路径", "通知.docx", _word_with("/etc/passwd"), refused="路径"),
    File("同名条目", "通知.docx", _word_with("word/Document.xml"), refused="路径"),
    File("截断的 Word", "通知.docx", lambda: docx(WORD_BODY)[:-60], refused="损坏"),
    File("不是 XML", "通知.docx", lambda: docx(parts={"word/document.xml": "<a>"}), refused="损坏"),
    File(
        "PPTX",
        "汇报.pptx",
        lambda: docx(main=f"{office.OFFICE}.presentationml.presentation.main+xml"),
        refused="另存为 PDF",
    ),
    File("PDF 加密", "a.pdf", lambda: pdf(trailer=b"/Encrypt 6 0 R"), refused="密码"),
    File("PDF 脚本", "a.pdf", lambda: pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), refused="脚本"),
    File("PDF 脚本改写", "a.pdf", lambda: pdf(b"<</S/J#61va#53cript/JS(1)>>"), refused="脚本"),
    File("PDF 启动程序", "a.pdf", lambda: pdf(b"<</S/Launch/F(cmd.exe)>>"), refused="脚本"),
    File("PDF 嵌文件", "a.pdf", lambda: pdf(b"<</Type/EmbeddedFile>>"), refused="嵌入"),
    File(
        "PDF 藏在对象流",
        "a.pdf",
        lambda: pdf(object_stream(b"9 0 <</S/JavaScript>>")),
        refused="脚本",
    ),
    File(
        "PDF 另一种压缩",
        "a.pdf",
        lambda: pdf(object_stream(b"9 0 <<>>", b"[/ASCIIHexDecode/FlateDecode]")),
        refused="特殊",
    ),
    File("PDF 对象流炸弹", "a.pdf", lambda: pdf(object_stream(b" " * 90_000_000)), refused="特殊"),
    File("PDF 截断", "a.pdf", lambda: pdf()[:200], refused="不完整"),
    File("像素洪水 PNG", "a.png", lambda: png(60_000, 60_000), refused="像素"),
    File("像素洪水 JPEG", "a.jpg", lambda: jpg(65_000, 65_000), refused="像素"),
    File("截断 PNG", "a.png", lambda: png()[:-8], refused="损坏"),
    File("截断 JPEG", "a.jpg", lambda: jpg()[:-10], refused="损坏"),
    File("太大", "大.txt", lambda: ROW.encode() * 100_000, refused="20兆"),
]

FILES = [*KEPT, *REFUSED]

# Names as browsers send them → the name kept for a Word file.
NAMES = {
    "春耕情况.docx": "春耕情况.docx",
    "../../etc/passwd": "passwd.docx",
    "..\\..\\windows\\a.docx": "a.docx",
    "C:\\Users\\王\\桌面\\春耕.docx": "春耕.docx",
    "C:春耕.docx": "春耕.docx",
    "春耕.docx.exe": "春耕.docx",
    "春耕\u202excod.exe": "春耕xcod.docx",
    "春\u200b耕\x00\x1f.docx": "春耕.docx",
    "春耕\r\nSet-Cookie: a=b.docx": "春耕 Set-Cookie_ a=b.docx",
    '春"耕<script>.docx': "春_耕_script_.docx",
    "  .docx": "附件.docx",
    "": "附件.docx",
    "...": "附件.docx",
    "con.docx": "_con.docx",
    "NUL": "_NUL.docx",
    "2026.11.25情况": "2026.11.25情况.docx",
    "字" * 300 + ".docx": "字" * 70 + ".docx",
    "😀" * 300 + ".docx": "😀" * 56 + ".docx",
    "e\u0301.docx": "é.docx",
}
