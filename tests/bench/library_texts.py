"""The texts of the bench's library as they are searched and compared, written in bulk."""

from __future__ import annotations

from array import array
from dataclasses import replace

import numpy as np
from django.db import connection, transaction

from cms.items import texts
from cms.search import actions as search
from cms.similar import rules
from cms.similar.models import Signature

BANDS_A_TIME = 200_000


class TextWriter:
    """Gathers texts; `manage.py rebuild_search` and `rebuild_similar` find nothing to mend."""

    def __init__(self) -> None:
        self.waiting: list[texts.Written] = []
        # Number and signature of each band: written at the end, in the order of their index.
        self.numbers, self.owners = array("q"), array("q")

    def add(self, page_id: int, unit_id: int, title: str, body: str, *, sent: bool) -> None:
        """Gather one item's text. `sent`: it is also what its unit has signed."""
        content = {"unit": unit_id, "title": title, "body": body}
        one = texts.written(content, page_id=page_id, sent=False)
        self.waiting.append(replace(one, sent=sent))

    def flush(self) -> None:
        """Write search texts and signatures; in the caller's transaction, after the pages."""
        search.keep_many(
            search.Text(one.page_id, one.title, one.searched, one.own, one.sent)
            for one in self.waiting
        )
        rows = [
            Signature(
                page_id=one.page_id,
                unit_id=one.unit_id,
                digest=rules.digest(one.whole),
                signature=rules.signature(one.whole),
                own=one.own,
                sent=one.sent,
            )
            for one in self.waiting
        ]
        for row in Signature.objects.bulk_create(rows, batch_size=1_000):
            found = rules.bands(bytes(row.signature))
            self.numbers.extend(found)
            self.owners.extend([row.pk] * len(found))
        self.waiting = []

    def finish(self) -> None:
        """Write the bands in the order of their index: at random they would take minutes."""
        numbers, owners = (
            np.frombuffer(part, dtype=np.int64) for part in (self.numbers, self.owners)
        )
        order = np.argsort(numbers, kind="stable")
        sql = "INSERT INTO similar_band (h, text_id) VALUES (%s, %s)"
        with transaction.atomic(), connection.cursor() as cursor:
            for start in range(0, len(order), BANDS_A_TIME):
                part = order[start : start + BANDS_A_TIME]
                pairs = zip(numbers[part].tolist(), owners[part].tolist(), strict=True)
                cursor.executemany(sql, list(pairs))
