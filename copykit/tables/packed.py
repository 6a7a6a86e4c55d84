"""Bytes before they are text: looked at and given back, unpacked as far as a cut-off download goes."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO

MAGIC = b"\x1f\x8b"


class Unpacked(io.RawIOBase):
    """The bytes inside a gzip stream; they end where the packing breaks, and ``broken`` then says how."""

    def __init__(self, stream: BinaryIO) -> None:
        """``stream`` stays open: it belongs to the caller."""
        self._packed = gzip.GzipFile(fileobj=stream)
        self.broken: OSError | EOFError | zlib.error | None = None

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as one look into the packed bytes goes: no good byte is lost with a bad one."""
        data = b""
        if self.broken is None:
            try:
                data = self._packed.read1(len(buffer))
            except (OSError, EOFError, zlib.error) as error:
                self.broken = error
        buffer[: len(data)] = data
        return len(data)


class Chained(io.RawIOBase):
    """Gives back the bytes that were read for a look, then the rest; closing it leaves the stream open."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer from what was read before, or else from the rest."""
        data: bytes | memoryview = self._head[: len(buffer)]
        if data:
            self._head = self._head[len(data) :]
        else:
            # One read of the system at a time: an interrupt between two is not heard before the second has ended.
            data = getattr(self._rest, "read1", self._rest.read)(len(buffer))
        buffer[: len(data)] = data
        return len(data)
