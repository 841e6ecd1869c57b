"""The directory of a ZIP file, looked at before anything in it is opened. Pure.

`zipfile` reads the whole directory whatever its size, believes the sizes it quotes and lets
entries overlap: 46 MB of bombs unpack to petabytes. So the end record is read by hand first,
and every entry is unpacked with a limit of its own.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .kinds import MEGABYTE, BadFile, Limits

_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCAL_SIZE = 30
_ENCRYPTED = 0x1
_CHUNK = 256 * 1024
# Small entries may shrink more than the whole may: a blank sheet of 40 KB packs 200 : 1.
_RATIO_FROM = 2 * MEGABYTE
_PACKED = (".zip", ".rar", ".7z", ".gz", ".jar", ".docx", ".docm", ".xlsx", ".xlsm", ".pptx")
_ARCHIVE_MAGIC = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b\x08")


def damaged() -> BadFile:
    """Return the refusal of a file that cannot be read."""
    return BadFile(_("文件已损坏或不完整，请用 Word 或 WPS 重新打开，另存后再上传。"))


def too_much() -> BadFile:
    """Return the refusal of a file that unpacks to more than it may."""
    return BadFile(
        _("文件解开后过大（压缩异常），已拒收。请用 Word 或 WPS 新建文件，把内容复制过去再上传。")
    )


@dataclass(frozen=True)
class Directory:
    """A checked directory and the bytes that it describes."""

    data: bytes
    entries: dict[str, zipfile.ZipInfo]

    def chunks(self, name: str, limit: int) -> Iterator[bytes]:
        """Yield the unpacked bytes of an entry.

        Raises:
            BadFile: it holds other than the quoted number of bytes, or more than the limit.
        """
        info = self.entries[name]
        packed = _packed(self.data, info)
        if info.file_size > limit:
            raise too_much()
        if info.compress_type == zipfile.ZIP_STORED:
            for start in range(0, len(packed), _CHUNK):
                yield bytes(packed[start : start + _CHUNK])
            return
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        done = 0
        rest: bytes | memoryview = packed
        try:
            while not unpacker.eof:
                piece = unpacker.decompress(rest, _CHUNK)
                rest = unpacker.unconsumed_tail
                if not piece and not rest and not unpacker.eof:
                    raise damaged()
                done += len(piece)
                if done > info.file_size:
                    raise too_much()
                yield piece
        except zlib.error:
            raise damaged() from None
        if done != info.file_size:
            raise damaged()

    def read(self, name: str, limit: int) -> bytes:
        """Return an entry whole.

        Raises:
            BadFile: as `chunks`.
        """
        return b"".join(self.chunks(name, limit))


def _packed(data: bytes, info: zipfile.ZipInfo) -> memoryview:
    start = _body_start(data, info)
    return memoryview(data)[start : start + info.compress_size]


def _body_start(data: bytes, info: zipfile.ZipInfo) -> int:
    head = data[info.header_offset : info.header_offset + _LOCAL_SIZE]
    if len(head) < _LOCAL_SIZE or not head.startswith(b"PK\x03\x04"):
        raise damaged()
    name_size, extra_size = struct.unpack("<HH", head[26:30])
    start: int = info.header_offset + _LOCAL_SIZE + name_size + extra_size
    return start


def read_directory(data: bytes, limits: Limits) -> Directory:
    """Return the directory of a ZIP file after checking it.

    Raises:
        BadFile: too many entries, too much inside, names that leave the folder, entries that
            overlap, a file inside a file, encryption, or no ZIP file at all.
    """
    end = data.rfind(_END, max(0, len(data) - 65_536 - _END_SIZE))
    if end < 0 or len(data) - end < _END_SIZE:
        raise damaged()
    count, size, offset = struct.unpack("<HII", data[end + 10 : end + 20])
    if count > limits.entries or size > limits.entries * 512:
        raise too_much()
    if offset + size != end:
        raise damaged()
    try:
        infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, struct.error, NotImplementedError):
        raise damaged() from None
    if len(infos) > limits.entries:
        raise too_much()
    _check_sizes(infos, limits)
    _check_names(infos)
    _check_places(data, infos, offset)
    return Directory(data, {info.filename: info for info in infos})


def _check_sizes(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    for info in infos:
        if info.flag_bits & _ENCRYPTED:
            raise BadFile(_("文件加了密码，系统无法检查。请去掉密码另存后再上传。"))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged()
        if info.compress_type == zipfile.ZIP_STORED and info.file_size != info.compress_size:
            raise damaged()
        if (
            info.file_size > _RATIO_FROM
            and info.file_size > max(info.compress_size, 1) * limits.ratio
        ):
            raise too_much()
    if sum(info.file_size for info in infos) > limits.unpacked:
        raise too_much()


def _check_names(infos: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        folded = name.casefold()
        if (
            folded in seen
            or "\\" in name
            or name.startswith("/")
            or ":" in name
            or ".." in posixpath.normpath(name).split("/")
            or any(ord(char) < 32 for char in name)
        ):
            raise BadFile(_("文件内部的路径不正常，已拒收。请用 Word 或 WPS 另存后再上传。"))
        seen.add(folded)


def _check_places(data: bytes, infos: list[zipfile.ZipInfo], directory_start: int) -> None:
    """Refuse entries that overlap: one packed block shared by many names unpacks to anything."""
    reached = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        start = _body_start(data, info)
        if info.header_offset < reached:
            raise too_much()
        reached = start + info.compress_size
    if reached > directory_start:
        raise damaged()


def holds_archive(name: str, first: bytes) -> bool:
    """Tell whether an entry is itself a packed file, by its name or by its first bytes."""
    return name.lower().endswith(_PACKED) or first.startswith(_ARCHIVE_MAGIC)
