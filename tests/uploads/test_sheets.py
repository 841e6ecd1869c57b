"""Sheets are read without a call for each element: the same is taken and refused as with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infoflow.uploads.kinds import BadFile
from infoflow.uploads.sheets import only_values
from infoflow.uploads.xmlwalk import Budget, walk

ELEMENTS, DEPTH = 400, 12
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def budget() -> Budget:
    return Budget(ELEMENTS, DEPTH)


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def tried(work: Callable[[], bool]) -> tuple[bool, str]:
    """What came of it, or why it was refused."""
    try:
        return work(), ""
    except BadFile as bad:
        return False, bad.message


texts = st.text(alphabet="字f: />='\"ddeLink]]&;", max_size=8).map(
    lambda words: words.replace("&", "&amp;").replace("]]>", "")
)
names = st.sampled_from(["c", "v", "row", "is", "x:c", "xf", "cf", "f", "x:f", "ddeLink"])


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(names)
    value = draw(texts).replace('"', "")
    quoted = draw(st.sampled_from(["", f' r="{value}"', " r = 'A1'", f'\n s="/>" r="{value}" ']))
    if draw(st.booleans()):
        return f"<{name}{quoted}/>"
    inner = draw(texts)
    if depth < 4:
        inner += "".join(draw(st.lists(elements(depth + 1), max_size=3)))
    extra = draw(st.sampled_from(["", "", "", "<!--</c>-->", "<![CDATA[</c>]]>", "<?x </c>?>"]))
    return f"<{name}{quoted}>{inner}{extra}</{name}>"


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    cells = "".join(draw(st.lists(elements(), max_size=6)))
    start = draw(st.sampled_from(["", HEAD, "\ufeff" + HEAD]))
    whole = f'{start}<sheet xmlns:x="urn:x">{cells * draw(st.integers(1, 30))}</sheet>'
    cut = draw(st.sampled_from([None, None, None, -1, -5, 3]))
    return whole.encode()[:cut]


@given(data=documents(), size=st.integers(1, 300))
@example(data=b"<s>" + b"<a>" * 20 + b"</a>" * 20 + b"</s>", size=7)
def test_it_says_what_a_close_look_says(data: bytes, size: int) -> None:
    """Never "values only" where a close look refuses or finds a formula; the same is paid."""
    seen: list[str] = []
    closely, quickly = budget(), budget()

    def look_closely() -> bool:
        walk([data], closely, start=lambda name, attributes: seen.append(name))
        return True

    _sound, told = tried(look_closely)
    plain, refused = tried(lambda: only_values(in_pieces(data, size), quickly))
    if refused:
        assert refused == told
    elif plain:
        # A bulge between two looks is no harm: the next look is soon.
        assert told == "" or len(data) < 16 * 1024
        assert not {"f", "ddeLink"} & set(seen)
        assert told or quickly.elements == closely.elements
    else:
        assert quickly.elements == ELEMENTS


VALUES = '<sheet><row><c r=\'A1\' t="s"><v>1</v></c><c/><c r="/>"/></row></sheet>'


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        (VALUES.encode(), True),
        (HEAD.encode() + VALUES.encode(), True),
        (VALUES.replace("1</v>", "f &gt; x:f /></v>").encode(), True),
        (VALUES.replace("<v>1", "<f>1</f><v>1").encode(), False),
        (VALUES.replace("<v>1", "<f\n/><v>1").encode(), False),
        (b"<sheet xmlns:y='y'><y:f >DDE()</y:f ></sheet>", False),
        ("<sheet xmlns:表='y'><表:f>DDE()</表:f></sheet>".encode(), False),
        (b"<sheet><ddeLink/></sheet>", False),
        (b"<sheet><!-- </c></c> --></sheet>", False),
        (b"<!DOCTYPE sheet []><sheet/>", False),
        (HEAD.encode() + b"<sheet><?x </c></c>?></sheet>", False),
        ('<?xml version="1.0" encoding="UTF-16"?><sheet><f>DDE()</f></sheet>'.encode("utf-16"), 0),
        (b"<s>" + b"<c><v>1</v><b/></c>" * 30_000 + b"</s>", True),
        (b"<s>" + b"<c><v/>" * 10_000 + b"</c>" * 10_000 + b"</s>", False),
        (b"<s>" + b"<c a='/>'>" * 10_000 + b"</c>" * 10_000 + b"</s>", False),
    ],
)
def test_what_is_plain(data: bytes, plain: bool) -> None:
    assert only_values(in_pieces(data, 256 * 1024), Budget(3_000_000, 200)) is bool(plain)


def test_too_many_elements_are_refused_on_the_way() -> None:
    def endless() -> Iterator[bytes]:
        yield b"<s>"
        while True:
            yield b"<c><v>1</v></c>" * 100

    with pytest.raises(BadFile, match="过大"):
        only_values(endless(), budget())


def test_a_tag_that_does_not_end_is_refused() -> None:
    with pytest.raises(BadFile, match="过大"):
        only_values(iter([b"<s>", *[b"x" * 65_536] * 5]), budget())
