"""How alike two texts are: MinHash signatures of their character runs. Pure.

The same text gives the same signature on every machine and in every process: all multipliers
are fixed, and no hash of Python's own (which differs from start to start) is used.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

# 64 hashes in 32 bands of 2. Source: parts measured in November 2026 on Chinese-like texts:
# recall 1.00 at 30 % and 0.97 at 50 % rewritten; 16 bands of 4 find 0.24 of the latter.
HASHES = 64
BANDS = 32
ROWS = HASHES // BANDS
# Length of the runs of characters that are compared.
RUN = 4
# Below this estimate (11 of 64 hashes) two texts are strangers. Source: bin/bench similar, see
# docs/benchmarks.md: of 98,750 unrelated pairs one reached 0.172, half rewritten texts are at
# 0.31 to 0.33 on average. A bar of 0.2 loses two to three in a hundred of the latter.
THRESHOLD = 0.17
# A text with fewer runs than this says too little to be compared ("同意" is like "同意").
RUNS_MIN = 8

_SEED = 20260101
_NOT_WORDS = re.compile(r"[\W_]+")
_U64 = (1 << 64) - 1
# Only the first characters of a very long text count: what follows changes no verdict.
LENGTH_MAX = 50_000


def _splitmix(state: int) -> int:
    """Return the number that follows a seed; the published splitmix64 step."""
    z = (state + 0x9E3779B97F4A7C15) & _U64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _U64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _U64
    return z ^ (z >> 31)


def _numbers(count: int, start: int) -> Words:
    return np.array([_splitmix(start + n) for n in range(count)], dtype=np.uint64)


# One hash is (a * x + b) mod 2^64, upper half: a odd.
_A = (_numbers(HASHES, _SEED) | np.uint64(1)).reshape(-1, 1)
_B = _numbers(HASHES, _SEED + 1_000).reshape(-1, 1)
_PLACES = _numbers(RUN, _SEED + 2_000) | np.uint64(1)
_BAND_A = _numbers(BANDS, _SEED + 3_000) | np.uint64(1)
_BAND_B = _numbers(BANDS, _SEED + 4_000) | np.uint64(1)
_SHIFT = np.uint64(32)


def _mixed(values: Words) -> Words:
    """Spread the bits of each number over all of it (splitmix64's last steps)."""
    z = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Words = z ^ (z >> np.uint64(31))
    return mixed


def normalised(text: str) -> str:
    """Return what is compared of a text: letters, digits and characters, in one form."""
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text[:LENGTH_MAX]).casefold())


def digest(text: str) -> str:
    """Return a short digest of what is compared; equal digests need no new signature."""
    source = normalised(text).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(source, digest_size=16).hexdigest()


def _runs(text: str) -> Words:
    """Return a text's runs of characters in order, each as one number."""
    source = normalised(text).encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(source, dtype="<u4").astype(np.uint64)
    if len(points) < RUN:
        return np.empty(0, dtype=np.uint64)
    count = len(points) - RUN + 1
    total = points[:count] * _PLACES[0]
    for place in range(1, RUN):
        total += points[place : count + place] * _PLACES[place]
    return _mixed(total)


def runs(text: str) -> Words:
    """Return the set of a text's runs of characters."""
    return np.unique(_runs(text))


def signature(text: str) -> bytes:
    """Return a text's signature of 256 bytes; empty when the text is too short to compare."""
    found = _runs(text)
    if len(np.unique(found[: RUNS_MIN * 32])) < RUNS_MIN:
        return b""
    # In place: a second array of this size costs three times the arithmetic.
    hashed = _A * found
    hashed += _B
    lowest: Words = hashed.min(axis=1)
    return (lowest >> _SHIFT).astype("<u4").tobytes()


def bands(stored: bytes) -> list[int]:
    """Return the 32 bands of a signature as signed 64-bit numbers; none of an empty one.

    Two texts that share a band are worth comparing.
    """
    if not stored:
        return []
    rows = np.frombuffer(stored, dtype="<u4").astype(np.uint64).reshape(BANDS, ROWS)
    pairs = (rows[:, 0] << _SHIFT) | rows[:, 1]
    numbers: list[int] = _mixed(pairs * _BAND_A + _BAND_B).astype(np.int64).tolist()
    return numbers


def similarities(stored: bytes, others: Sequence[bytes]) -> list[float]:
    """Return how alike a text is to each of the others: the share of common runs, 0 to 1."""
    if not stored:
        return [0.0] * len(others)
    size = HASHES * 4
    ours = np.frombuffer(stored, dtype="<u4")
    theirs = np.frombuffer(
        b"".join(other if len(other) == size else b"\xff" * size for other in others), dtype="<u4"
    ).reshape(-1, HASHES)
    shares: list[float] = (theirs == ours).mean(axis=1).tolist()
    return shares


def common_part(score: float) -> float:
    """Return which part of two texts of equal length is the same, from their similarity.

    Half a text rewritten leaves a third of all runs in common: people expect to read a half.
    """
    return 2 * score / (1 + score)
