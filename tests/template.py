"""Migrate the test database of a run that is to come: `python -m tests.template RUN`."""

from __future__ import annotations

import sys

import django

if __name__ == "__main__":
    django.setup()
    from tests import database

    database.prepare(sys.argv[1])
