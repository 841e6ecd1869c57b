"""密级标志: what is one, what is not, and that no disguise hides it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.scanning import marks, normalise

MARKED = [
    "绝密★", "机密★1年", "秘密★６个月", "秘密★长期", "机密★会议开始前", "绝密★启用前",
    "机密★2026年12月31日", "秘密★20261231", "秘密★解密前", "密级：机密", "密 级： 秘密",
    "密级\t机密", "密级:机", "密级（秘密）", "秘密等级：秘密", "机密级", "本文为绝密级文件",
    "绝-密★", "机　密★１年", "秘\u200b密★10年", "秘密☆1年", "秘密*1年", "秘密＊半年",
    "机密※2年", "机密⭐长期", "✩绝密✩30年", "秘密 ★ 1 年", "㊙", "【绝密】", "（机密）",
    "机密·10年", "机密—5年", "机密：10年", "絕密★", "祕密★1年", "機密★1年", "绝/密★",
    "机\n密\n★\n1\n年", "绝密*启用前", "秘密件\n关于工作的报告", "报告一\n绝密", "机.密★",
    "机_密★", "机*密*1年", "机密∗公布前", "秘密●5年", "绝\u0332密\u0332★", "机密\ufe0f★",
    "关于开展检查的通知（秘密）\n正文", "保守国家秘密★1年",
]  # fmt: skip
ORDINARY = [
    "保密宣传", "秘密调查", "保密工作会议", "涉密人员", "国家秘密", "商业秘密", "工作秘密",
    "机密文件管理办法", "保守国家秘密★人人有责", "**保守国家秘密**", "泄露国家秘密*2起",
    "国家秘密的密级分为绝密、机密、秘密三级", "密级：公开", "密级：无", "密级：", "密级确定",
    "密级：绝密/机密/秘密", "密级：绝密、机密、秘密", "司机密集", "拒绝密切接触", "秘密级别",
    "机密级以上涉密人员", "绝密级国家秘密载体", "保守秘密10年", "开展机密载体清查",
    "机密会议前要检查", "秘密侦查3年后破案", "他们秘密地会见", "隐秘密道", "保守机密三年",
    "不得泄露秘密，2025年以来", "该案秘密调查两年", "飞机密度", "机密性、完整性", "密级变更",
    "揭开一个秘密：出发前他做了什么", "揭开秘密——十年坚守的背后", "密级标志应当标注在首页",
]  # fmt: skip


def found(text: str) -> list[tuple[str, int, int]]:
    return list(marks.marks_in(normalise.read(text)))


@pytest.mark.parametrize("text", MARKED)
def test_a_mark_is_found(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_word_is_no_mark(text: str) -> None:
    sentence = f"近日，我单位就{text}作出部署，取得成效。"
    assert not found(text)
    assert not found(sentence)


NOTHING = st.sampled_from(
    ["", "", " ", "　", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "·", ".", "-", "_", "*",
     "—", "•", "\u0332", "\u3164", "\ufe0f", "\U000e0020", "\u202f"]
)  # fmt: skip
WIDE = {chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)}


@given(
    mark=st.sampled_from(["绝密★启用前", "机密★1年", "秘密★10年", "密级:机密", "秘密★长期"]),
    filling=st.lists(NOTHING, min_size=12, max_size=12),
    wide=st.booleans(),
    before=st.text(alphabet="今年以来，各项工作。\n", max_size=20),
    after=st.text(alphabet="，。\n", max_size=5),
)
def test_no_disguise_hides_a_mark(
    mark: str, filling: list[str], wide: bool, before: str, after: str
) -> None:
    typed = "".join(
        (WIDE.get(char, char) if wide else char) + nothing
        for char, nothing in zip(mark, filling, strict=False)
    )
    assert found(f"{before}{typed}{after}")


@given(st.text())
def test_without_its_characters_there_is_no_mark(text: str) -> None:
    for char in "密㊙":
        text = text.replace(char, "")
    if "密" not in normalise.read(text).words:
        assert not found(text)


@given(st.text(alphabet=st.sampled_from("绝机秘密级★*-— \n\t\u200b：:1年㈠㎡级长期（）【】前㊙𠮷")))
def test_places_lie_in_the_source(text: str) -> None:
    reading = normalise.read(text)
    for _code, start, end in marks.marks_in(reading):
        assert 0 <= start < end <= len(text)
        piece = text[start:end]
        assert "密" in piece or "㊙" in piece


@given(st.text(max_size=60))
def test_reading_says_what_the_slow_way_says(text: str) -> None:
    reading = normalise.read(text)
    slow = [(said, place) for place, char in enumerate(text) for said in normalise.folded(char)]
    assert reading.words == "".join(said for said, _place in slow)
    assert list(reading.places) == [place for _said, place in slow]


LETTERS = "绝机秘密级别等★*·-\n\t:1年长期前的保国家（）【】、"


def slowly(text: str) -> set[tuple[str, int, int]]:
    """Every rule over the whole text, without looking first whether it is worth it."""
    reading = normalise.read(text)
    return set(marks._in_window(reading, 0, len(reading.words)))


@given(
    st.text(
        alphabet=st.sampled_from("绝机秘密级别等★*·-\n\t:1年长期前的保国家（）【】、"), max_size=200
    )
)
def test_looking_only_where_it_is_worth_it_misses_nothing(text: str) -> None:
    assert {mark for mark in found(text) if mark[0] != "mark.sign"} == slowly(text)
