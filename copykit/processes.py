"""Processes that work for another end with it, and what a killed one has left behind is cleared."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

OLD = 3600  # seconds: what is younger may be another machine's, on a shared disk
_OURS = re.compile(r"\.?copykit-(\d+)-.*")


def follow_parent() -> None:
    """Let this process end when the one ends for which it works; called first in a worker.

    An interrupt is left to the parent, which ends its workers; one that is killed cannot, and they would wait forever.
    """
    import multiprocessing  # none of these is for the many runs that need no other process
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


@contextmanager
def starting_workers() -> Iterator[None]:
    """Start processes inside that no interrupt reaches from their first moment, before ``follow_parent`` is called.

    An interrupt meanwhile reaches this process at the end.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # its own start would let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(sentinel: Any) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


def keep_freed() -> None:
    """Let this process keep what it frees, up to KEPT, for what it will ask for next; only glibc is told so.

    Arrays of some megabytes that are made and freed for every block would else be handed back and be had anew, page by
    page: a tenth of the time that counting takes.
    """
    import ctypes

    with suppress(OSError, AttributeError, TypeError):  # TypeError: on Windows there is no library of the process
        told = ctypes.CDLL(None).mallopt
        told(_TRIM_THRESHOLD, KEPT)
        told(_MMAP_THRESHOLD, MAPPED)


KEPT = 32 << 20
MAPPED = 4 << 20  # what runs are put together with is larger, and goes back at once: a gigabyte took 60 MB more
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # as its malloc.h names them


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield an empty folder for what does not fit into memory, removed at the end; clear those of killed processes."""
    import tempfile

    clear_left(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"copykit-{os.getpid()}-") as folder:
        yield Path(folder)


def own_name(number: int) -> str:
    """Return the name of a hidden file of this process beside its target, by which ``clear_left`` knows it."""
    return f".copykit-{os.getpid()}-{number}.part"


def clear_left(folder: Path) -> None:
    """Remove from a folder what processes of copykit that are no more have left there, an hour old at least."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            named = _OURS.fullmatch(entry.name)
            with suppress(OSError):
                if named is not None and not _runs(int(named[1])) and time.time() - entry.stat().st_mtime > OLD:
                    if entry.is_dir(follow_symlinks=False):
                        import shutil

                        shutil.rmtree(entry.path, ignore_errors=True)
                    else:
                        os.unlink(entry.path)


def _runs(process: int) -> bool:
    if os.name == "nt":
        return True  # where asking would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
