"""Uploads stay in memory: what is refused, or holds a marked secret, must touch no disk."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

# In sizes of one file: what one request may carry, and what is not even read to its end.
_TOGETHER = 3
_HOPELESS = 10


class TooLargeFile(InMemoryUploadedFile):
    """Stands for a file that was longer than allowed; holds nothing of it."""

    def __init__(self, real_size: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.real_size = real_size


class CappedMemoryHandler(FileUploadHandler):
    """Keep a file in memory up to `INFOFLOW_UPLOAD_MAX_SIZE` bytes, and drop what is longer.

    The rest of the request is still read, so that the person gets a page instead of a
    broken connection. Django's own handlers write files above 2.5 MB to the disk.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > settings.INFOFLOW_UPLOAD_MAX_SIZE * _HOPELESS:
            raise RequestDataTooBig
        self.room = settings.INFOFLOW_UPLOAD_MAX_SIZE * _TOGETHER

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = io.BytesIO()
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece while there is room; all files of one request share some of it."""
        self.seen += len(raw_data)
        self.room -= len(raw_data)
        if self.fits:
            self.file.write(raw_data)
        else:
            self.file = io.BytesIO()

    @property
    def fits(self) -> bool:
        return self.room >= 0 and self.seen <= settings.INFOFLOW_UPLOAD_MAX_SIZE

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.file.seek(0)
        name, kind = self.file_name, self.content_type
        if not self.fits:
            empty = io.BytesIO()
            return TooLargeFile(self.seen, empty, self.field_name, name, kind, 0, self.charset)
        return InMemoryUploadedFile(self.file, self.field_name, name, kind, file_size, self.charset)
