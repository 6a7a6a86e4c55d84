"""A file of results that grows while a long run goes on, so that a run that was cut off goes on where it stopped.

The first frame is a header, each further one a batch of records. A frame is its length, a checksum and compressed JSON;
a torn one at the end, as a killed process leaves it, is cut off and its batch is done again. One run writes at a time.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, ClassVar

import orjson

from copykit.errors import CopykitError

_FRAME = struct.Struct("<II")
_MAGIC = b"copykit journal 1\n"
_MOST = 256 << 20  # bytes of one frame; more is damage


class JournalBusy(CopykitError):
    """Another run is writing the same results."""

    zh = "另一个 copykit 正在做同一张表（{path}），等它做完再来"
    en = "another copykit is at work on the same table ({path}); try again when it has finished"
    exit_code: ClassVar[int] = 75


class JournalFailed(CopykitError):
    """A disk or a folder that does not let results be kept."""

    zh = "做到一半的结果写不进 {path}：{reason}，请检查磁盘和权限"
    en = "results cannot be kept in {path}: {reason}; check disk and permissions"
    exit_code: ClassVar[int] = 3


class Journal:
    """An opened journal; a context manager. ``records`` is how many whole ones it holds."""

    def __init__(self, path: Path, key: str) -> None:
        """Open the journal of a run, or begin one when there is none or it belongs to another run (another ``key``).

        Raises:
            JournalBusy: another run is writing it.
            JournalFailed: the folder or the disk does not allow it.
        """
        self.path, self.key = path, key
        self.records = 0
        self.finished = False
        self.about: dict[str, Any] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = path.open("r+b" if path.exists() else "x+b")
            _lock(self._file, path)
        except OSError as error:
            raise JournalFailed(path=str(path), reason=error.strerror or str(error)) from error
        self._recover()

    def begin(self, about: Mapping[str, Any]) -> None:
        """Begin anew; ``about`` is what the run wants to know of itself when it goes on."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(_MAGIC)
        self.records, self.finished, self.about = 0, False, dict(about)
        self._write({"key": self.key, **about})

    def append(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Keep a batch of results; they outlive the process once this returns, and the machine after ``sync``."""
        self._write(list(records))
        self.records += len(records)

    def finish(self) -> None:
        """Mark the results as complete."""
        self._write({"finished": True})
        self.finished = True
        self.sync()

    def sync(self) -> None:
        """Force what was written to the disk."""
        with _explained(self.path):
            os.fsync(self._file.fileno())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the records in order; the journal may be walked through as often as wanted."""
        with self.path.open("rb") as file:
            for value in _frames(file):
                if isinstance(value, list):
                    yield from value

    def close(self) -> None:
        """Close the file, which lets another run write it."""
        self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _recover(self) -> None:
        """Find out what an earlier run left, and cut a torn end off."""
        end = 0
        self._file.seek(0)
        for number, value in enumerate(_frames(self._file)):
            if number == 0:
                if not isinstance(value, dict) or value.get("key") != self.key:
                    end = 0
                    break
                self.about = {name: told for name, told in value.items() if name != "key"}
            elif isinstance(value, list):
                self.records += len(value)
            else:
                self.finished = True
            end = self._file.tell()
        self._file.seek(end)
        self._file.truncate()
        if not end:
            self.records, self.finished, self.about = 0, False, {}

    def _write(self, value: object) -> None:
        body = zlib.compress(orjson.dumps(value), 1)
        with _explained(self.path):
            self._file.write(_FRAME.pack(len(body), zlib.crc32(body)) + body)
            self._file.flush()


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a journal that somebody else may be writing; none when there is no such file."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        for value in _frames(file):
            if isinstance(value, list):
                yield from value


def _frames(file: BinaryIO) -> Iterator[Any]:
    """Yield the values of whole frames; the file stands behind the last one that was yielded."""
    if file.read(len(_MAGIC)) != _MAGIC:
        return
    while True:
        place = file.tell()
        head = file.read(_FRAME.size)
        if len(head) == _FRAME.size:
            size, check = _FRAME.unpack(head)
            body = file.read(size) if size <= _MOST else b""
            if len(body) == size and zlib.crc32(body) == check:
                yield orjson.loads(zlib.decompress(body))
                continue
        file.seek(place)
        return


def _lock(file: BinaryIO, path: Path) -> None:
    """Keep others from writing for as long as the file is open; the system lets go when the process dies."""
    try:
        if os.name == "nt":  # pragma: no cover
            import msvcrt

            file.seek(1 << 40)  # a byte that is never written
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise JournalBusy(path=str(path)) from None


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn an OSError into a sentence."""
    try:
        yield
    except OSError as error:
        raise JournalFailed(path=str(path), reason=error.strerror or str(error)) from error
