"""Tables made to take long or much are refused in words and with little memory.

How long each takes is measured by `bin/bench bombs`.
"""

from __future__ import annotations

import tracemalloc

import pytest
from django.test import Client

from infoflow.uploads.kinds import BadFile
from scoring.imports import actions
from scoring.imports.models import Upload
from tests.corpus.table_bombs import BOMBS, Bomb

from .pages import upload

pytestmark = pytest.mark.screens

MEMORY = 50 * 1024 * 1024


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.title)
def test_a_bomb_is_refused_with_little_memory(bomb: Bomb) -> None:
    data = bomb.make()
    tracemalloc.start()
    try:
        with pytest.raises(BadFile) as refusal:
            actions.take(name=bomb.name, data=data, person=None)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert bomb.refused in refusal.value.message
    assert peak < MEMORY


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["一格在天边", "一万个条目", "加密的表", "CSV 一格两兆"])
def test_a_bomb_on_the_page(page: Client, title: str) -> None:
    [bomb] = [bomb for bomb in BOMBS if bomb.title == title]
    answer = upload(page, bomb.make(), bomb.name)
    assert bomb.refused in "".join(answer.context["form"].errors["file"])
    assert not Upload.objects.exists()
