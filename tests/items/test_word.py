"""What a Word file becomes: title, headings, tables, and what the notes say."""

from __future__ import annotations

import io
import re

import docx
import mammoth
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from hypothesis import given
from hypothesis import strategies as st

from cms.items import text
from cms.items.word import read_docx
from cms.items.word_numbers import chinese, written
from infoflow.uploads.rules import BadFile
from tests.corpus.office_files import HEAD, W, cell, document, paragraph, run, table
from tests.corpus.office_files import docx as word_file
from tests.properties import examples

CENTRE = '<w:jc w:val="center"/>'
BIG = '<w:sz w:val="44"/>'
BOLD = "<w:b/>"


def lines_of(body: str, **kwargs: object) -> list[str]:
    """The body of a Word file as lines with their kind."""
    stored = read_docx(word_file(body, **kwargs)).body_html  # type: ignore[arg-type]
    return re.findall(r"<(?:h2|h3|p)>.*?</(?:h2|h3|p)>|<table>.*?</table>", stored)


def test_an_official_document() -> None:
    body = (
        paragraph(run("南关镇人民政府文件", BIG), properties=CENTRE)
        + paragraph("南政发〔2026〕12号", properties=CENTRE)
        + paragraph(run("关于全镇春耕备耕", BIG), properties=CENTRE)
        + paragraph(run("进展情况的报告", BIG), properties=CENTRE)
        + paragraph("（2026年3月5日）", properties=CENTRE)
        + paragraph("县人民政府：")
        + paragraph("今年以来，全镇扎实推进。")
        + paragraph("一、基本情况")
        + paragraph("（一）面积")
        + paragraph("备耕3.2万亩。")
        + paragraph("南关镇人民政府", properties='<w:jc w:val="right"/>')
        + paragraph("2026年3月5日", properties='<w:jc w:val="right"/>')
        + paragraph("（联系人：李明，联系电话：0358-1234567）")
    )
    found = read_docx(word_file(body))
    assert found.title == "关于全镇春耕备耕进展情况的报告"
    assert found.contact == "李明 0358-1234567"
    assert found.body_html == (
        "<p>今年以来，全镇扎实推进。</p><h2>一、基本情况</h2><h3>（一）面积</h3><p>备耕3.2万亩。</p>"
    )
    assert {note[:6] for note in found.notes} == {
        "文件头（红头", "标题下面的单", "主送单位一行", "联系人已填入", "落款和日期已",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "title", "first"),
    [
        (paragraph("春耕情况") + paragraph("正文。"), "春耕情况", "正文。"),
        (paragraph("全县春耕进展顺利。") + paragraph("正文。"), "", "全县春耕进展顺利。"),
        (paragraph("一、基本情况") + paragraph("正文。"), "", "一、基本情况"),
        (paragraph("县政府：") + paragraph("正文。"), "", "正文。"),
        (
            paragraph(run("第一行", BIG), properties=CENTRE) + paragraph("正文。"),
            "第一行",
            "正文。",
        ),
        (
            paragraph(run("大字靠左的标题", BIG)) + paragraph("短的一行") + paragraph("正文。"),
            "大字靠左的标题",
            "短的一行",
        ),
        (paragraph("信息工作动态") + paragraph("正文。"), "信息工作动态", "正文。"),
        (table(["甲", "乙"]) + paragraph("正文。"), "", "甲"),
        (paragraph("唯一的一行"), "唯一的一行", ""),
        (paragraph("") + paragraph("空行后的标题") + paragraph("正文。"), "空行后的标题", "正文。"),
    ],
)
def test_where_the_title_is(body: str, title: str, first: str) -> None:
    found = read_docx(word_file(body))
    assert found.title == title
    assert text.to_text(found.body_html).startswith(first)


def test_headings_by_style_number_and_boldness() -> None:
    styles = (
        f'{HEAD}<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="1">'
        '<w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="1"/></w:style></w:styles>'
    )
    found = lines_of(
        paragraph("标题")
        + paragraph("正文在前。")
        + paragraph("样式标题", properties='<w:pStyle w:val="1"/>')
        + paragraph("承袭的样式", properties='<w:pStyle w:val="a"/>')
        + paragraph("二级", properties='<w:outlineLvl w:val="1"/>')
        + paragraph("标题样式但是一整句话。", properties='<w:pStyle w:val="1"/>')
        + paragraph("1.清单里的一项")
        + paragraph(run("1.加粗的小标题", BOLD))
        + paragraph("正文。")
        + paragraph(run("一是", BOLD), run("加强领导。"))
        + paragraph(run("加粗的一整句。", BOLD))
        + paragraph(run("单独加粗", BOLD))
        + paragraph("正文。"),
        parts={"word/styles.xml": styles},
    )
    assert found == [
        "<p>正文在前。</p>",
        "<h2>样式标题</h2>",
        "<h2>承袭的样式</h2>",
        "<h3>二级</h3>",
        "<p>标题样式但是一整句话。</p>",
        "<p>1.清单里的一项</p>",
        "<h3>1.加粗的小标题</h3>",
        "<p>正文。</p>",
        "<p>一是加强领导。</p>",
        "<p>加粗的一整句。</p>",
        "<h3>单独加粗</h3>",
        "<p>正文。</p>",
    ]


def test_automatic_numbers_are_written_out() -> None:
    def level(n: int, form: str, pattern: str) -> str:
        return (
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        )

    numbering = (
        f'{HEAD}<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">'
        + level(0, "chineseCountingThousand", "%1、")
        + level(1, "chineseCounting", "（%2）")
        + level(2, "decimal", "%1.%3 ")
        + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
        + level(0, "bullet", "\uf06c")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )

    def item(words: str, at: int = 0, of: int = 1) -> str:
        return paragraph(
            words, properties=f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{of}"/></w:numPr>'
        )

    found = lines_of(
        paragraph("标题")
        + item("基本情况")
        + item("面积", 1)
        + item("品种", 1)
        + item("小麦三万亩。", 2)
        + item("主要做法")
        + item("台账", 1)
        + item("圆点一项。", 0, 2)
        + item("没有编号。", 0, 0),
        parts={"word/numbering.xml": numbering},
    )
    assert found == [
        "<h2>一、基本情况</h2>",
        "<h3>（一）面积</h3>",
        "<h3>（二）品种</h3>",
        "<p>一.1 小麦三万亩。</p>",
        "<h2>二、主要做法</h2>",
        "<h3>（一）台账</h3>",
        "<p>圆点一项。</p>",
        "<p>没有编号。</p>",
    ]


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (1, "chineseCounting", "一"), (10, "chineseCounting", "十"),
        (11, "japaneseCounting", "十一"), (20, "chineseCountingThousand", "二十"),
        (99, "chineseCounting", "九十九"), (100, "chineseCounting", "100"),
        (3, "ideographTraditional", "丙"), (3, "decimalEnclosedCircle", "③"),
        (28, "lowerLetter", "bb"), (4, "upperRoman", "IV"), (0, "decimal", "0"),
        (5, "unknown", "5"), (99_999, "upperLetter", "99999"),
    ],
)  # fmt: skip
def test_forms_of_numbers(number: int, form: str, expected: str) -> None:
    assert written(number, form) == expected


def test_chinese_numbers_count_up() -> None:
    assert len({chinese(n) for n in range(1, 100)}) == 99


def test_merged_cells_are_taken_apart() -> None:
    down, again = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    wide = '<w:gridSpan w:val="2"/>'
    found = read_docx(
        word_file(
            paragraph("标题")
            + table(
                [cell("单位", properties=down), cell("报送", properties=wide)],
                [cell("", properties=again), "本月", "全年"],
                ["南关镇", "3", cell("7", "（条）")],
            )
        )
    )
    assert text.to_text(found.body_html) == ("单位\t报送\t\n单位\t本月\t全年\n南关镇\t3\t7 （条）")
    assert "表格的合并单元格已拆开，请核对。" in found.notes


def test_odd_parts_are_put_in_or_left_out_and_said() -> None:
    box = (
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>"
        f"{paragraph('框里的字。')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><w:txbxContent>{paragraph('框里的字。')}</w:txbxContent></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )
    image = "<w:r><w:drawing><a:blip xmlns:a='urn:a' r:embed='rId1'/></w:drawing></w:r>"
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    notes = (
        f'{HEAD}<w:footnotes xmlns:w="{W}"><w:footnote w:id="2">{paragraph("来自统计局。")}'
        "</w:footnote></w:footnotes>"
    )
    body = (
        paragraph("标题")
        + f"<w:p>{box}{run('外面的字')}{note}</w:p>"
        + f"<w:p>{image}</w:p>"
        + f"<w:p>{run('保留')}<w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
        + f"<w:ins>{run('新加')}</w:ins>{run('隐藏', '<w:vanish/>')}。</w:p>"
        + "<w:p><w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:tab/><w:t>右</w:t></w:r></w:p>"
        + f"<w:p><w:hyperlink r:id='rId9'>{run('网页。')}</w:hyperlink></w:p>"
        + table(["甲", cell(table(["内", "层"]), paragraph("外"))], ["乙", "2"])
    )
    found = read_docx(word_file(body, parts={"word/footnotes.xml": notes}))
    assert text.to_text(found.body_html).split("\n") == [
        "框里的字。",
        "外面的字〔注1〕",
        "保留新加",
        "上",
        "下 右",
        "网页。",
        "甲\t内 层 外",
        "乙\t2",
        "注1：来自统计局。",
    ]
    said = "".join(found.notes)
    for words in ("图片1张", "文本框", "修订痕迹", "隐藏的文字", "超链接", "脚注", "表格里的表格"):
        assert words in said


def test_a_file_whose_main_part_has_another_name() -> None:
    from tests.corpus.office_files import MAIN_TYPE, content_types, packed, relations

    data = packed(
        {
            "[Content_Types].xml": content_types(MAIN_TYPE, "/word/document2.xml"),
            "_rels/.rels": relations(("officeDocument", "/word/document2.xml", False)),
            "word/document2.xml": document(paragraph("标题") + paragraph("正文。")),
        }
    )
    assert read_docx(data).body_html == "<p>正文。</p>"


def test_of_python_docx() -> None:
    made = docx.Document()
    title = made.add_heading("关于春耕的报告", 0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_heading("做法", 1)
    made.add_paragraph("一段话。")
    made.add_table(2, 2).cell(1, 1).text = "格子"
    out = io.BytesIO()
    made.save(out)
    found = read_docx(out.getvalue())
    assert found.title == "关于春耕的报告"
    assert text.to_text(found.body_html) == "# 做法\n一段话。\n　\t\n　\t格子" or (
        "格子" in found.body_html and "<h2>做法</h2>" in found.body_html
    )


WORDS = st.text(alphabet="春耕备耕情况一二三、。（）1.", min_size=1, max_size=12)


@examples(30)
@given(st.lists(st.one_of(WORDS, st.lists(WORDS, min_size=2, max_size=2)), min_size=1, max_size=8))
def test_no_word_is_lost_against_mammoth(content: list[str | list[str]]) -> None:
    """mammoth is the slow, obvious second implementation: the same words in the same order."""
    body = "".join(table(part) if isinstance(part, list) else paragraph(part) for part in content)
    data = word_file(paragraph("第一句话在这里。") + body + paragraph("最后一句话在这里。"))
    ours = read_docx(data)
    theirs = mammoth.extract_raw_text(io.BytesIO(data)).value

    def bare(words: str) -> str:
        return re.sub(r"\s+|#", "", words)

    assert bare(ours.title + text.to_text(ours.body_html)) == bare(theirs)


def test_cleaning_what_was_read_changes_nothing() -> None:
    body = "".join(
        paragraph(run(words)) for words in ("标题", "<p>", "a\tb", "# 井号", "一、短", "字\u200b")
    )
    stored = read_docx(word_file(body)).body_html
    assert text.to_html(stored) == stored
    assert text.to_html(text.to_text(stored)) == stored


def test_a_long_text_is_read_and_a_longer_one_refused() -> None:
    piece = paragraph(*[run("春耕备耕", BOLD + BIG) for _ in range(8)])
    data = word_file(piece * 1_500)
    assert text.length(read_docx(data).body_html) > 47_000
    with pytest.raises(BadFile, match="5万字"):
        read_docx(word_file(paragraph("字" * 100) * 600))


@pytest.mark.parametrize("down", ["<w:vMerge/>", '<w:gridSpan w:val="60"/>'])
def test_a_table_that_would_grow_without_end_is_refused(down: str) -> None:
    first = cell("字" * 20_000, properties='<w:vMerge w:val="restart"/>')
    row = [cell("", properties=down)]
    body = paragraph("标题") + table([first, first], *[row + row] * 9_000)
    with pytest.raises(BadFile, match=r"5万字|过大"):
        read_docx(word_file(body))


def test_elements_named_like_our_functions_are_only_elements() -> None:
    names = ("put", "cell", "label", "close_paragraph", "inside", "_init__", "text", "start")
    body = "".join(f"<w:{name}><w:p><w:r><w:t>字</w:t></w:r></w:p></w:{name}>" for name in names)
    assert read_docx(word_file(body)).body_html
