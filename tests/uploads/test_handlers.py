"""Uploads stay in memory and under the cap."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory

from infoflow.uploads.handlers import TooLargeFile


def uploaded(*files: bytes, **extra: Any) -> list[Any]:
    data = {f"f{n}": SimpleUploadedFile("表.docx", body) for n, body in enumerate(files)}
    request = RequestFactory().post("/", data, **extra)
    assert set(request.POST) == set()
    return [request.FILES[name] for name in data]


def test_a_large_file_never_touches_the_disk(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    body = bytes(range(256)) * 20_000
    (file,) = uploaded(body)
    assert isinstance(file, InMemoryUploadedFile)
    assert file.read() == body
    assert list(tmp_path.iterdir()) == []


def test_a_file_above_the_cap_is_dropped_and_its_size_told(settings: Any) -> None:
    settings.INFOFLOW_UPLOAD_MAX_SIZE = 100_000
    small, large, after = uploaded(b"a" * 100_000, b"b" * 100_001, b"c")
    assert small.read() == b"a" * 100_000
    assert isinstance(large, TooLargeFile)
    assert (large.real_size, large.size, large.read()) == (100_001, 0, b"")
    assert after.read() == b"c"


def test_many_files_together_have_a_cap_as_well(settings: Any) -> None:
    settings.INFOFLOW_UPLOAD_MAX_SIZE = 100_000
    files = uploaded(*[b"a" * 90_000] * 5)
    assert [isinstance(file, TooLargeFile) for file in files] == [False] * 3 + [True] * 2


def test_a_hopelessly_long_request_is_not_read(settings: Any) -> None:
    settings.INFOFLOW_UPLOAD_MAX_SIZE = 1_000
    with pytest.raises(RequestDataTooBig):
        uploaded(b"a" * 11_000)
