"""What may be uploaded: by content, within limits, with a name that harms nobody."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from infoflow.uploads import names
from infoflow.uploads.rules import BadFile, Kind, inspect
from tests.corpus.files import FILES, KEPT, NAMES, REFUSED, File, made
from tests.corpus.other_files import exif, jpg, png
from tests.properties import examples


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.title)
def test_what_is_kept(file: File) -> None:
    kept = inspect(name=file.name, data=made(file))
    assert kept.kind == Kind(file.kind)
    assert kept.name.endswith(f".{file.kind}")
    assert (kept.size, kept.sha256) == (len(kept.data), hashlib.sha256(kept.data).hexdigest())
    # A second look at what was kept changes nothing.
    assert inspect(name=kept.name, data=kept.data) == kept


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: file.title)
def test_what_is_refused_with_what_to_do_and_in_little_memory(file: File) -> None:
    """How long it takes is measured by `bin/bench refusals`."""
    data = made(file)
    tracemalloc.start()
    with pytest.raises(BadFile) as refusal:
        inspect(name=file.name, data=data)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert file.refused in refusal.value.message
    assert peak < 50 * 1024 * 1024


def test_the_corpus_is_the_same_every_time() -> None:
    assert len({file.title for file in FILES}) == len(FILES)
    small = [file for file in FILES if file.title not in ("元素太多", "一百兆的零")]
    assert [file.make() for file in small[:20]] == [made(file) for file in small[:20]]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names(name: str) -> None:
    assert names.clean_name(name, "docx") == NAMES[name]


@examples(30)
@given(st.text(), st.sampled_from([kind.value for kind in Kind]))
def test_any_name_becomes_one_that_is_safe(name: str, extension: str) -> None:
    kept = names.clean_name(name, extension)
    assert kept.endswith(f".{extension}")
    assert len(kept.encode()) <= 240
    assert not set(kept) & set('<>:"|?*\\/\r\n\t\x00\u202e\u200b')
    assert kept.isprintable()
    assert names.clean_name(kept, extension) == kept


@given(st.binary(max_size=300), st.sampled_from(["a.docx", "a.pdf", "a.png", "a.jpg", "a.txt"]))
def test_any_bytes_are_kept_or_refused(data: bytes, name: str) -> None:
    for start in (b"", b"PK\x03\x04", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1"):
        with suppress(BadFile):
            inspect(name=name, data=start + data)


@given(st.data())
def test_a_damaged_file_is_kept_or_refused(data: st.DataObject) -> None:
    source = made(data.draw(st.sampled_from([f for f in KEPT if len(made(f)) < 20_000])))
    place = data.draw(st.integers(0, len(source) - 1))
    changed = source[:place] + data.draw(st.binary(max_size=3)) + source[place + 1 :]
    with suppress(BadFile):
        inspect(name="a.docx", data=changed)


def test_unique_names() -> None:
    assert names.unique_name("表.xlsx", []) == "表.xlsx"
    assert names.unique_name("表.xlsx", ["表.XLSX", "表（2）.xlsx"]) == "表（3）.xlsx"


def test_pictures_lose_the_place_and_keep_the_pixels_and_the_way_up() -> None:
    photo = io.BytesIO()
    Image.effect_noise((60, 40), 90).convert("RGB").save(photo, "JPEG", progressive=True)
    shot = photo.getvalue()
    located = shot[:2] + exif(turn=6) + shot[2:] + b"\xff\xd8trailer"
    kept = inspect(name="IMG.JPG", data=located)
    with Image.open(io.BytesIO(kept.data)) as cleaned, Image.open(io.BytesIO(shot)) as plain:
        assert dict(cleaned.getexif()) == {0x0112: 6}
        assert cleaned.tobytes() == plain.tobytes()
    assert b"trailer" not in kept.data

    drawn = io.BytesIO()
    Image.effect_noise((60, 40), 90).convert("RGBA").save(drawn, "PNG", dpi=(300, 300))
    assert inspect(name="a.png", data=drawn.getvalue()).data == drawn.getvalue()
    assert b"GPS" not in inspect(name="a.png", data=png(2, 2, (b"eXIf", b"GPS"))).data
    assert b"Exif" not in inspect(name="a.jpg", data=jpg(before=exif(turn=1))).data
