"""The kinds of clauses; importing this registers them all."""

from . import cap, points_table, several

__all__ = ["cap", "points_table", "several"]
