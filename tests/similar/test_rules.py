"""Signatures: the same on every machine, alike for alike texts."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from cms.similar import rules

TEXT = "今年以来，汾阳市财政局扎实推进预算绩效管理改革，建立台账，逐项销号，取得明显成效。"
# Computed once and written down: a change here makes every stored signature worthless.
BANDS_START = [-1158034030618012209, 1779288579999789597, 6306945566632417469]


def test_the_signature_is_the_same_on_every_machine() -> None:
    assert rules.bands(rules.signature(TEXT))[:3] == BANDS_START


def test_the_signature_is_the_same_in_another_process() -> None:
    code = f"from cms.similar import rules; print(rules.signature({TEXT!r}).hex())"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert found == rules.signature(TEXT).hex()


def test_looks_do_not_count() -> None:
    wide = TEXT.replace("，", " , ").replace("。", "\n") + "\u3000"
    assert rules.digest(wide) == rules.digest(TEXT)
    assert rules.signature(wide) == rules.signature(TEXT)


def test_too_short_a_text_is_compared_with_nothing() -> None:
    assert rules.signature("同意。") == b""
    assert rules.bands(b"") == []
    assert rules.similarities(b"", [rules.signature(TEXT)]) == [0.0]
    assert rules.similarities(rules.signature(TEXT), [b""]) == [0.0]


def _chinese(start: int, length: int) -> str:
    return "".join(chr(0x4E00 + (start * 977 + n * 31 + n * n * 7) % 5000) for n in range(length))


def test_half_rewritten_is_alike_and_another_text_is_not() -> None:
    first = _chinese(1, 800)
    half = first[:400] + _chinese(2, 400)
    scores = rules.similarities(
        rules.signature(first), [rules.signature(t) for t in (first, half, _chinese(3, 800))]
    )
    assert scores[0] == 1.0
    assert rules.THRESHOLD <= scores[1] < 0.6
    assert scores[2] < rules.THRESHOLD
    assert set(rules.bands(rules.signature(first))) & set(rules.bands(rules.signature(half)))


@given(st.text(max_size=300))
def test_any_text_has_a_signature_or_is_too_short(text: str) -> None:
    stored = rules.signature(text)
    assert len(stored) in (0, 256)
    assert len(rules.bands(stored)) in (0, rules.BANDS)
    assert all(-(2**63) <= h < 2**63 for h in rules.bands(stored))
    if stored:
        assert rules.similarities(stored, [stored]) == [1.0]


@given(st.text(min_size=30, max_size=200), st.text(min_size=30, max_size=200))
def test_the_estimate_is_near_the_true_share_of_runs(left: str, right: str) -> None:
    ours, theirs = set(rules.runs(left).tolist()), set(rules.runs(right).tolist())
    if min(len(ours), len(theirs)) < rules.RUNS_MIN:
        return
    truth = len(ours & theirs) / len(ours | theirs)
    found = rules.similarities(rules.signature(left), [rules.signature(right)])[0]
    assert abs(found - truth) < 0.35
