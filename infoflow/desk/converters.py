"""Numbers in addresses that every database can hold."""

from django.urls.converters import IntConverter


class RowNumber(IntConverter):
    """An id of up to 18 digits. Longer ones fit no column: SQLite answers them with a fault."""

    regex = "[0-9]{1,18}"
