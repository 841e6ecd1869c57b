"""The scanner: words of lists, personal data, places in the source, hot reload."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cms.scanning import internal, lists, marks, masking, normalise, personal, show
from cms.scanning.models import Grade, ListKind, Word, WordList
from cms.scanning.rules import Finding
from cms.scanning.scanner import scan, scan_with

NO_LISTS = lists.InForce("", date(2026, 1, 1), lists.lexicon_of([]), masking.BIRTH)
GOOD_ID = "11010519491231002X"


def rules_of(text: str, part: str = "body") -> list[str]:
    return [finding.rule for finding in scan_with({part: text}, NO_LISTS)]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(finding.kind, finding.words) for finding in scan({"body": text})]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"身份证号{GOOD_ID}。", personal.ID),
        ("１１０１０５１９４９１２３１００２Ｘ", personal.ID),
        ("110105 19491231 002x", personal.ID),
        ("身份证：110105491231002", personal.ID),
        ("联系人王某，13812345678", personal.MOBILE),
        ("138 1234 5678", personal.MOBILE),
        ("+86 138-1234-5678", personal.MOBILE),
        ("１３８１２３４５６７８", personal.MOBILE),
        ("0358-7654321", personal.LANDLINE),
        ("(0358)7654321", personal.LANDLINE),
        ("（0358）7654321", personal.LANDLINE),
        ("010-62345678-801", personal.LANDLINE),
        ("电话：03587654321", personal.LANDLINE),
        ("值班电话：7654321", personal.LANDLINE),
        ("卡号6222021234567890128", personal.CARD),
        ("开户银行 6222 0212 3456 7890 128", personal.CARD),
        ("家住太和桥街道西河路12号3单元502室", personal.ADDRESS),
        ("张家庄村三组李某", personal.ADDRESS),
        ("幸福小区8栋201室", personal.ADDRESS),
    ],
)
def test_personal_data_is_found(text: str, rule: str) -> None:
    assert rules_of(text) == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # check character wrong
        "110105194913310020",  # no such month
        "990105194912310020",
        "统一社会信用代码91140182MA0H1234X5",
        "投资12345678901元",
        "12345678901",
        "总额6222021234567890128元",  # no word of a card near it
        "卡号6222021234567890123",  # Luhn wrong
        "2026年11月25日",
        "2026-11-25 08:30",
        "12345热线受理群众诉求1234567件",
        "文号国办发〔2026〕12号",
        "完成投资1.23456789亿元",
        "太和桥街道12个村、3个社区",
        "完善社区网格12个，入户走访300户",
        "第5号台风", "3号线地铁", "G20高速公路",
    ],
)  # fmt: skip
def test_ordinary_numbers_and_places_are_not(text: str) -> None:
    assert rules_of(text) == []


def test_a_telephone_is_what_the_contact_is_for() -> None:
    assert rules_of("王某 13812345678，0358-7654321", "contact") == []
    assert rules_of(f"王某 {GOOD_ID}", "contact") == [personal.ID]


@pytest.mark.parametrize(
    ("rule", "words", "practice", "shown"),
    [
        (personal.MOBILE, "13812345678", masking.BIRTH, "138****5678"),
        (personal.MOBILE, "138 1234 5678", masking.BIRTH, "138 **** 5678"),
        (personal.MOBILE, "+86 13812345678", masking.BIRTH, "+86 138****5678"),
        (personal.ID, GOOD_ID, masking.BIRTH, "110105************"),
        (personal.ID, GOOD_ID, masking.MIDDLE, "1****************X"),
        (personal.LANDLINE, "0358-7654321", masking.BIRTH, "0358-*****21"),
        (personal.CARD, "6222021234567890128", masking.BIRTH, "6222***********0128"),
        (personal.ADDRESS, "西河路12号3单元502室", masking.BIRTH, "西河路**"),
    ],
)
def test_masking(rule: str, words: str, practice: str, shown: str) -> None:
    assert masking.masked_words(rule, words, practice) == shown
    finding = Finding("personal", rule, "body", 0, len(words), words, "")
    assert masking.masked(finding, practice) == shown


@given(st.text(alphabet="0123456789Xx-() 号室路村一二３６", max_size=60))
def test_a_masked_number_is_no_longer_found(text: str) -> None:
    for finding in scan_with({"body": text}, NO_LISTS):
        if finding.rule not in (personal.ADDRESS, "stop.reprint"):
            assert finding.suggestion != finding.words
            assert not rules_of(finding.suggestion)


def test_words_of_the_lists_are_found_through_their_disguise(db: None) -> None:
    text = "本期为内　部-资 料，请勿外传。各单位要按\u200b布署惯彻落实。"
    found = scan({"title": "关于工作的报告", "body": text})
    assert [(f.kind, f.words, f.suggestion) for f in found] == [
        ("stop", "内　部-资 料", ""),
        ("stop", "请勿外传", ""),
        ("typo", "布署", "部署"),
        ("typo", "惯彻", "贯彻"),
    ]
    assert all(text[f.start : f.end] == f.words and f.part == "body" for f in found)


@pytest.mark.parametrize(
    "text",
    [
        "内部资料性出版物", "精密件加工", "发布署名文章", "究竟争什么", "陶冶理想情操",
        "单位内部\n资料显示", "加强内部管理", "公司内部控制", "支付责任保险",
    ],
)  # fmt: skip
def test_exceptions_and_ordinary_words_are_not(db: None, text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("内部\n关于工作的报告", "stop.sign"),
        ("【内部】情况反映", "stop.sign"),
        ("内部★", "stop.sign"),
        ("密级：内部", "stop.field"),
        ("据省密发〔2026〕5号文件", "stop.reprint"),
        ("办内参〔2026〕5号", "stop.reprint"),
    ],
)
def test_signs_of_an_internal_text_stop_it(text: str, rule: str) -> None:
    found = scan_with({"body": text}, NO_LISTS)
    assert [(f.kind, f.rule) for f in found] == [("stop", rule)]


def test_a_mark_never_carries_its_words(db: None) -> None:
    found = scan({"body": "前文。\n机密★1年\n部队番号八一七"})
    assert [(f.kind, f.words) for f in found if f.kind == "mark"] == [("mark", "")]
    assert "部队" not in str([f.as_dict() for f in found])


def make(words: str, **values: object) -> Word:
    word_list, _made = WordList.objects.get_or_create(name="本地词表", kind=ListKind.STOP)
    return Word.objects.create(word_list=word_list, words=words, **values)


def test_a_word_holds_from_the_moment_it_is_saved_until_it_is_switched_off(db: None) -> None:
    assert kinds("专项行动甲") == []
    word = make("专项行动甲", grade=Grade.SEVERE)
    assert kinds("专项行动甲") == [("stop", "专项行动甲")]
    word.active = False
    word.save()
    assert kinds("专项行动甲") == []
    word.active = True
    word.save()
    word.word_list.active = False
    word.word_list.save()
    assert kinds("专项行动甲") == []
    assert word.history.count() == 3


def test_a_word_holds_only_on_its_days(db: None) -> None:
    today = timezone.localdate()
    day = timedelta(days=1)
    make("昨天为止", valid_until=today - day)
    make("明天开始", valid_from=today + day)
    make("今天有效", valid_from=today, valid_until=today)
    assert kinds("昨天为止，明天开始，今天有效") == [("stop", "今天有效")]


def test_the_longest_word_counts_once(db: None) -> None:
    make("行动")
    make("专项行动")
    assert kinds("专项行动") == [("stop", "专项行动")]


@pytest.mark.screens
def test_every_word_of_our_lists_is_sound_and_finds_itself(db: None) -> None:
    assert Word.objects.count() > 200
    for word in Word.objects.select_related("word_list"):
        assert word.faults() == [], word.words
        found = kinds(f"，{word.words}，")
        assert (word.word_list.kind, word.words) in found
        if word.right:
            assert not any(kind == "typo" for kind, _words in kinds(f"，{word.right}，"))
        for phrase in word.exceptions():
            assert word.words in phrase
            assert (word.word_list.kind, word.words) not in kinds(f"，{phrase}，")


TEXT = st.text(
    alphabet=st.sampled_from("布署内部资料机密★1年138 0\u200b-㎡\n\t㈠𠮷电话：5"), max_size=80
)
LEXICON = lists.lexicon_of(
    [lists.Entry(1, "typo", "布署", "部署"), lists.Entry(2, "stop", "内部资料", source="词表")]
)


@given(title=TEXT, body=TEXT, contact=TEXT)
def test_places_lie_in_their_part(title: str, body: str, contact: str) -> None:
    parts = {"title": title, "body": body, "contact": contact}
    force = lists.InForce("", date(2026, 1, 1), LEXICON, masking.BIRTH)
    found = scan_with(parts, force)
    for finding in found:
        assert 0 <= finding.start < finding.end <= len(parts[finding.part])
        if finding.kind != "mark":
            assert parts[finding.part][finding.start : finding.end] == finding.words
    alone = [f for name in parts for f in scan_with({name: parts[name]}, force)]
    assert found == alone


@given(TEXT, st.integers(0, 20))
def test_marked_text_says_what_the_text_says(text: str, offset: int) -> None:
    from django.utils.html import strip_tags

    force = lists.InForce("", date(2026, 1, 1), LEXICON, masking.BIRTH)
    found = scan_with({"body": text}, force)
    shown = show.marked(text[offset:], found, offset)
    assert strip_tags(shown) == text[offset:]
    assert ("<mark" in shown) == any(f.end > offset and f.start < len(text) for f in found)


def test_marking_escapes() -> None:
    finding = Finding("typo", "word.1", "body", 0, 8, "<script>", '"><b>')
    shown = show.marked("<script>&", [finding])
    assert "<script>" not in shown
    assert shown == (
        '<mark class="find find-typo" title="&quot;&gt;&lt;b&gt;">&lt;script&gt;</mark>&amp;'
    )


SIGNS = st.text(alphabet=st.sampled_from("绝机秘密㊙级别★1年内部发〔2026〕5号\n·保"), max_size=60)


@given(SIGNS)
def test_signs_are_found_as_if_every_rule_had_looked_everywhere(text: str) -> None:
    found = [(f.rule, f.start, f.end) for f in scan_with({"body": text}, NO_LISTS)]
    assert len(found) == len(set(found))
    reading = normalise.read(text)
    wanted = set(marks.marks_in(reading))
    wanted |= set(internal.found_in(reading, range(len(reading.words))))
    assert {sign for sign in found if sign[0].startswith(("mark.", "stop."))} == wanted
