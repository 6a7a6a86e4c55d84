"""Publish a period in one step: its folder is written beside and renamed, so that it is there whole or not at all.

``report/2026-W47/`` holds the snapshot and every form of the report. A run that is cut off leaves the old folder; what
it left beside is cleared away by the next.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar

from copykit.errors import CopykitError, Words
from copykit.locks import held
from copykit.reports.period import kind_of

SNAPSHOT = "snapshot.json"
_NEW, _OLD = ".new", ".old"
# Kinds of file system whose locks and renames reach other machines late or never.
_REMOTE = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "fuse.sshfs", "fuse.davfs", "davfs")


class PublishFailed(CopykitError):
    """A disk that is full or a folder that may not be written."""

    zh = "报告写不进 {path}：{reason}。旧的报告没有动"
    en = "the report cannot be written to {path}: {reason}; the old one is as it was"
    exit_code: ClassVar[int] = 3


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock for a block; the kernel frees it whatever becomes of the process.

    Raises:
        AnotherRuns: it is held.
        PublishFailed: the folder cannot be made.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held(folder / ".lock", folder))
        except OSError as error:
            raise PublishFailed(path=folder, reason=error.strerror or str(error)) from error
        yield


def publish(folder: Path, label: str, write: Callable[[Path], None]) -> Path:
    """Have ``write`` fill a new folder, then put it in the place of the period's; return it.

    Raises:
        PublishFailed: and what was there before is there still.
    """
    target, new, old = folder / label, folder / f".{label}{_NEW}", folder / f".{label}{_OLD}"
    try:
        new.mkdir()
        write(new)
        for path in [*sorted(new.rglob("*")), new]:
            _sync(path)
        if target.exists():
            target.rename(old)
        new.rename(target)
        _sync(folder)
    except OSError as error:
        recover(folder)
        raise PublishFailed(path=target, reason=error.strerror or str(error)) from error
    shutil.rmtree(old, ignore_errors=True)
    return target


def recover(folder: Path) -> None:
    """Clear away what a run that was cut off left behind; a folder that it had moved aside comes back."""
    for left in sorted(folder.glob(f".*{_OLD}")):
        target = folder / left.name.removeprefix(".").removesuffix(_OLD)
        if target.exists():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.rename(target)
    for left in folder.glob(f".*{_NEW}"):
        shutil.rmtree(left, ignore_errors=True)


def published(folder: Path) -> list[str]:
    """Return the labels of the periods that have been published, oldest first."""
    return sorted(path.parent.name for path in folder.glob(f"*/{SNAPSHOT}") if kind_of(path.parent.name))


def remote_disk(path: Path, mounts: Path = Path("/proc/self/mounts")) -> Words | None:
    """Return a warning where a path lies on a network disk, as far as the system tells."""
    kind = "SMB" if str(path).startswith(("\\\\", "//")) else _mounted(path, mounts)
    if not kind:
        return None
    return Words(
        f"{path} 在网络盘上（{kind}）：锁和改名在网络盘上不一定可靠，请换到本机磁盘",
        f"{path} is on a network disk ({kind}), where locks and renames cannot be relied on; use a local disk",
    )


def _mounted(path: Path, mounts: Path) -> str:
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    place = path.absolute()
    best = ("", "")
    for line in lines:
        parts = line.split()
        if len(parts) < 3:
            continue
        where = parts[1].replace("\\040", " ")
        if (place == Path(where) or Path(where) in place.parents) and len(where) >= len(best[0]):
            best = (where, parts[2])
    return best[1] if best[1] in _REMOTE else ""


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
