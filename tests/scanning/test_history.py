"""Who keeps a list of words reads what was changed in it."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.scanning.models import Word, WordList
from infoflow.units.roles import Role
from tests.builders import person


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "kind", "address"),
    [(Role.EDITOR, "typo", "typo-words"), (Role.REVIEWER, "stop", "stop-words")],
)
def test_the_history_of_words_and_lists_opens(role: Role, kind: str, address: str) -> None:
    client = Client()
    client.force_login(person(role))
    word = Word.objects.filter(word_list__kind=kind)[0]
    words = WordList.objects.filter(kind=kind)[0]
    for path in (f"{address}/history/{word.pk}/", f"word-lists/history/{words.pk}/"):
        assert client.get(f"/office/{path}").status_code == 200
