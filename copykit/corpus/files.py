"""The files that a path, a folder or a pattern stands for, which of them are texts, and what is told of broken ones."""

from __future__ import annotations

import glob
import io
import os
from pathlib import Path

from copykit.errors import CopykitError, FileMissing, FileUnreadable
from copykit.late import late

MOST_FILES = 100_000
MARKDOWN = (".md", ".markdown")
TEXTS = (".txt", ".text", *MARKDOWN)
PAGES = (".html", ".htm")
TABLES = (".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json", ".xlsx", ".xls")
SUFFIXES = (*TEXTS, *PAGES, *TABLES)
CORPUS = ".sqlite3"


class NothingToRead(CopykitError):
    """A folder or a pattern without a file that can be read."""

    zh = "{path} 里没有能读的文件；能读 {known}（都可以再压成 .gz）"
    en = "{path} holds no file that can be read; there are {known} (each in .gz too)"


class NotText(CopykitError):
    """A picture, an archive or another file of bytes under the name of a text."""

    zh = "{file} 不是文本（里面多是读不成字的字节），没有读；图片和压缩包要先转成文字"
    en = "{file} is no text (it is full of other bytes) and was not read; turn pictures and archives into text first"


def damaged(file: str, error: Exception) -> FileUnreadable:
    """Return what is told of a file that breaks off."""
    zh = f"读到一半读不下去（{error}），已读到的照样算进去；请重新导出"
    en = f"it breaks off ({error}); what came before is counted, export it again"
    return FileUnreadable(file, zh, en)


def find_files(path: str) -> list[str]:
    """Return the files that a path, a folder or a pattern stands for, in a fixed order; ``-`` stands for itself.

    Raises:
        FileMissing: there is nothing of that name.
        NothingToRead: a folder or a pattern that gives no file of a known kind, or far too many.
    """
    if path == "-" or os.path.isfile(path):
        return [path]
    if path.startswith("corpus:") or path.lower().endswith(CORPUS):
        from copykit.corpus.store import find_corpus

        return [str(find_corpus(path, Path.cwd()))]
    if os.path.isdir(path):
        found = sorted(
            os.path.join(folder, name)
            for folder, folders, names in os.walk(path)
            for name in names
            if not any(part.startswith(".") for part in Path(folder).relative_to(path).parts)
            if not name.startswith(".") and name.lower().removesuffix(".gz").endswith(SUFFIXES)
        )
    elif glob.has_magic(path):
        found = sorted(name for name in glob.glob(path, recursive=True) if os.path.isfile(name))
    elif os.path.exists(path):
        return [path]  # a pipe or a device
    else:
        raise FileMissing(path)
    if not found:
        raise NothingToRead(path=path, known=" ".join(SUFFIXES))
    if len(found) > MOST_FILES:
        zh, en = f"文件超过 {MOST_FILES:,} 个，请分几次", f"it holds over {MOST_FILES:,} files; take it in parts"
        raise FileUnreadable(path, zh, en)
    return found


def open_file(file: str) -> io.BufferedReader:
    """Open a file for reading, packed or not; say what is wrong where that cannot be done."""
    try:
        return open(file, "rb")
    except FileNotFoundError:
        raise FileMissing(file) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileUnreadable(file, f"{reason}，请检查权限", f"{reason}; check its permissions") from error


def is_output(output: Path | None, file: str) -> bool:
    """Return whether a file is the one to which the result goes."""
    return output is not None and output.exists() and os.path.exists(file) and os.path.samefile(file, output)


def refuse_bytes(file: str, block: str) -> None:
    """Raise NotText for a block with more NUL characters than damage explains, or that is random bytes."""
    if block.count("\0") * _DAMAGED > len(block) or _are_bytes(block[:SAMPLE_CHARS]):
        raise NotText(file=file)


def _are_bytes(sample: str) -> bool:
    """Return whether a sample has too many control characters, and such as no encoding knows, to be a text."""
    return len(_NO_TEXT.findall(sample)) * _STRANGE > len(sample)


SAMPLE_CHARS = 20_000
_DAMAGED = 100  # characters of a text to one NUL at least
_STRANGE = 20  # characters of a text to one that no text has, at least; random bytes have one in five
_NO_TEXT = late("[\x00-\x08\x0e-\x1a\x1c\x1f\x7f-\x84\x86-\x9f]")
