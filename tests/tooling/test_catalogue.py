"""The compiled catalogue is that of the source beside it."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "infoflow" / "locale" / "zh_Hans" / "LC_MESSAGES"


def test_compiled_catalogue_is_current() -> None:
    source = (FOLDER / "django.po").read_text()
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE)
    assert len(pairs) > 50
    with (FOLDER / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    stale = [
        key
        for key, text in ((k.replace('\\"', '"'), t.replace('\\"', '"')) for k, t in pairs)
        if catalogue.gettext(key) != text
    ]
    assert stale == [], "run: msgfmt -o django.mo django.po"
