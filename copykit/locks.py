"""One writer at a time: a lock of the kernel's, which is free again whatever becomes of the process that held it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, ClassVar

from copykit.errors import CopykitError


class AnotherRuns(CopykitError):
    """Another run holds the lock."""

    zh = "另一次运行正在写 {path}，这次不跑了（锁由系统管着，那边一结束就放开）"
    en = "another run is writing {path}; this one stops (the system frees the lock when the other ends)"
    exit_code: ClassVar[int] = 75


@contextmanager
def held(lock: Path, written: Path) -> Iterator[None]:
    """Hold a lock file for a block; the file stays, as one that is deleted could be locked by two. ``written`` is what
    it stands for, and what people are told of.

    Raises:
        AnotherRuns: it is held.
        OSError: the file or its folder cannot be made.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+b") as file:
        if not _take(file):
            raise AnotherRuns(path=written)
        yield


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
