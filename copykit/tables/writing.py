"""Rows out as CSV, JSON lines or XLSX; an interrupted run leaves the old file whole."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import os
import re
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, NamedTuple, TextIO

from copykit.errors import CopykitError, Words
from copykit.processes import clear_left, own_name
from copykit.tables.rows import SHEET_ROWS
from copykit.text.encoding import COUNTING
from copykit.text.measure import display_width


class Written(NamedTuple):
    """What was written: rows without headers, and cells cut to Excel's 32,767 characters."""

    rows: int
    shortened: int = 0


class Sheet(NamedTuple):
    """One sheet to write; rows may be a generator."""

    name: str
    headers: Sequence[str]
    rows: Iterable[Sequence[object]]


class Heading(str):
    """A cell that heads what stands below it: bold, and no measure of its column's width."""

    __slots__ = ()


class OutputFailed(CopykitError):
    """A result that could not be written."""

    zh = "写不了 {path}：{reason}"
    en = "cannot write {path}: {reason}"
    exit_code: ClassVar[int] = 3


def write_csv(
    target: str | Path | TextIO,
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    bom: bool = True,
    raw: bool = False,
) -> Written:
    """Write CSV with CRLF; a file gets a BOM for Excel and WPS, a stream never does.

    Cells that a spreadsheet would run as a formula get a ``'`` in front unless ``raw``; see :func:`guard_cell`.
    """
    count = 0

    def cells() -> Iterator[list[object]]:
        nonlocal count
        for count, row in enumerate(rows, 1):  # noqa: B007 - the count is what the caller is told
            yield [_csv_cell(cell, raw) for cell in row]

    with _text_out(target, bom=bom) as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([_csv_cell(header, raw) for header in headers])
        writer.writerows(cells())
    return Written(count)


def _csv_cell(cell: object, raw: bool) -> object:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell if raw else guard_cell(cell)
    return cell


def guard_cell(text: str) -> str:
    """Put ``'`` before a cell that begins with = + - @ tab or return, unless it is a plain number or only dashes."""
    if text[:1] in _FORMULA_STARTS and text and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


_FORMULA_STARTS = frozenset("=+-@\t\r")
_PLAIN_NUMBER = re.compile(r"-{1,3}|[-+](\d+(\.\d*)?|\d{1,3}(,\d{3})+(\.\d*)?|\.\d+)([eE][-+]?\d+)?%?", re.ASCII)


def write_jsonl(target: str | Path | TextIO, items: Iterable[Mapping[str, object]]) -> Written:
    """Write one JSON object a line, as ``json_bytes`` does."""
    count = 0
    with _text_out(target) as out:
        for count, item in enumerate(items, 1):  # noqa: B007 - the count is what the caller is told
            out.write(json_bytes(item).decode() + "\n")
    return Written(count)


def json_bytes(value: object, *, indent: bool = False) -> bytes:
    """Return a value as JSON, Chinese as it is; half an emoji is told by its number, as no UTF-8 can hold it."""
    import orjson

    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None)
    except TypeError:
        return json.dumps(value, indent=2 if indent else None).encode()


@contextmanager
def _text_out(target: str | Path | TextIO, *, bom: bool = False) -> Generator[TextIO]:
    if not isinstance(target, str | Path):
        yield target
        return
    with atomic(target) as out:
        text = io.TextIOWrapper(out, encoding="utf-8", errors=COUNTING, newline="")
        if bom:
            text.write("\ufeff")
        yield text
        text.flush()
        text.detach()


def write_xlsx(path: str | Path, sheets: Iterable[Sheet]) -> Written:
    """Write a workbook as a stream: text stays text, numbers are numbers, nothing becomes a formula or a link.

    Rows beyond the 1,048,575 of a sheet go on in a further one with the same header. The same rows give the same bytes.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    rows = shortened = 0
    with atomic(path) as out, tempfile.TemporaryDirectory() as scratch:
        sink = _Sink(out)
        book = xlsxwriter.Workbook(sink, {"constant_memory": True, "tmpdir": scratch})
        book.set_properties({"created": datetime(2000, 1, 1)})
        bold = book.add_format({"bold": True})
        names: set[str] = set()
        try:
            for sheet in sheets:
                left = iter(sheet.rows)
                more = True
                while more:
                    page = book.add_worksheet(_sheet_name(sheet.name, names))
                    number, cut = _fill_sheet(page, sheet.headers, left, bold)
                    rows, shortened = rows + number, shortened + cut
                    following = list(itertools.islice(left, 1))
                    more = bool(following)
                    left = itertools.chain(following, left)
            book.close()
        except FileCreateError as error:
            # The writer wraps what the disk said.
            raise error.args[0] from None
        finally:
            sink.let_go()
            # A run that breaks off leaves the writer's scratch files open, and Windows deletes no open file.
            for page in book.worksheets():
                page.row_data_fh.close()
    return Written(rows, shortened)


class _Sink:
    """A file that is let go of: a ZIP that is given up writes its directory when it is deleted, which nobody wants."""

    def __init__(self, out: BinaryIO) -> None:
        self._out: BinaryIO | None = out
        self._place = 0

    def let_go(self) -> None:
        if self._out is not None:
            self._place, self._out = self._out.tell(), None

    def write(self, data: bytes) -> int:
        self._place += len(data)
        return self._out.write(data) if self._out is not None else len(data)

    def seek(self, place: int, whence: int = 0) -> int:
        self._place = self._out.seek(place, whence) if self._out is not None else place
        return self._place

    def tell(self) -> int:
        return self._out.tell() if self._out is not None else self._place

    def flush(self) -> None:
        if self._out is not None:
            self._out.flush()


def _sheet_name(wish: str, taken: set[str]) -> str:
    """Return a name that Excel accepts: 31 characters, none of []:*?/\\, not yet taken in any case."""
    clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wish).strip(" '") or "Sheet"
    number = 1
    while True:
        ending = f" ({number})" if number > 1 else ""
        name = clean[: 31 - len(ending)] + ending
        # "History" is a name that Excel keeps for itself.
        if name.casefold() not in taken and name.casefold() != "history":
            taken.add(name.casefold())
            return name
        number += 1


def _fill_sheet(page: Any, headers: Sequence[str], rows: Iterator[Sequence[object]], bold: Any) -> tuple[int, int]:
    """Write as many rows as a sheet holds; return how many, and how many cells were cut."""
    widths = [display_width(header) for header in headers]
    page.freeze_panes(1, 0)
    shortened = sum(_write_cell(page, 0, place, header, bold) for place, header in enumerate(headers) if header)
    number = 0
    for number, row in enumerate(itertools.islice(rows, SHEET_ROWS - 1), 1):
        for place, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            heads = isinstance(cell, Heading)
            shortened += _write_cell(page, number, place, cell, bold if heads else None)
            # The first thousand rows tell how wide a column is.
            if number <= 1000 and place < len(widths) and isinstance(cell, str) and not heads:
                widths[place] = max(widths[place], max(map(display_width, cell[:400].splitlines()), default=0))
    for place, width in enumerate(widths):
        page.set_column(place, place, min(max(width + 2, 8), 60))
    if headers:
        page.autofilter(0, 0, number, len(headers) - 1)
    return number, shortened


def _write_cell(page: Any, row: int, place: int, cell: object, style: Any = None) -> int:
    """Write one cell; return 1 when it had to be cut."""
    if isinstance(cell, bool):
        page.write_boolean(row, place, cell, style)
    elif isinstance(cell, int | float) and math.isfinite(cell) and abs(cell) < 1e15:
        page.write_number(row, place, cell, style)
    else:
        # Longer integers are ids: as numbers they would lose their last digits.
        text = str(cell).encode("utf-8", COUNTING).decode("utf-8")
        # -2: cut to 32,767 UTF-16 units by the writer.
        return int(page.write_string(row, place, text, style) == -2)
    return 0


_IS_FOLDER = Words("这是文件夹，请写上文件名", "it is a folder; add a file name")


@contextmanager
def atomic(path: str | Path) -> Generator[BinaryIO]:
    """Open a file that appears, or replaces the old one, only when the block ends well.

    The bytes go to a temporary file in the same folder, are forced to disk and renamed. On any exception, an interrupt
    included, the old file is left whole and the temporary one removed. Devices and pipes are written directly.

    Raises:
        OutputFailed: the folder, the permissions or the disk do not allow it.
    """
    given = Path(path)
    if given.exists() and not given.is_file() and not given.is_dir():
        with _explained(path, only_disk=True), given.open("wb") as device:
            yield device
        return
    target = Path(os.path.realpath(path))  # a link stays a link to the new file
    if target.is_dir():
        raise OutputFailed(path=str(path), reason=_IS_FOLDER)
    temporary = _free_name(target)
    out: BinaryIO | None = None
    try:  # from before the file exists: an interrupt may come between its making and the next line
        with _explained(path):
            out = _create(temporary)
        with _explained(path, only_disk=True):
            yield out
        with _explained(path):
            out.flush()
            os.fsync(out.fileno())
            out.close()
            if target.exists():
                os.chmod(temporary, target.stat().st_mode & 0o7777)
            os.replace(temporary, target)
    except BaseException:
        _discard(out, temporary)
        raise
    _sync_folder(target.parent)


def _free_name(target: Path) -> Path:
    clear_left(target.parent)
    names = (target.parent / own_name(number) for number in itertools.count())
    return next(name for name in names if not name.exists())


def _create(path: Path) -> BinaryIO:
    # Not mkstemp: its mode 0600 would stay with the result, and colleagues could not open it.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o666), "wb", buffering=1 << 18)


def _discard(out: BinaryIO | None, temporary: Path) -> None:
    if out is not None:
        with suppress(OSError):  # a full disk cannot take the rest of the buffer either
            out.close()
    with suppress(OSError):  # its folder may not be there at all
        temporary.unlink()


@contextmanager
def _explained(path: str | Path, *, only_disk: bool = False) -> Iterator[None]:
    """Turn an OSError into a sentence; ``only_disk`` leaves those that may come from somewhere else."""
    try:
        yield
    except OSError as error:
        if only_disk and error.errno not in _DISK_FAULTS:
            raise
        if isinstance(error, FileNotFoundError):
            reason = Words("文件夹不存在，请先建好", "its folder does not exist; create it first")
        elif isinstance(error, IsADirectoryError):
            reason = _IS_FOLDER
        elif isinstance(error, PermissionError):
            zh, en = "没有权限，或者正在 Excel/WPS 里打开，请先关掉", "no permission, or open in Excel; close it first"
            reason = Words(zh, en)
        else:
            told = error.strerror or str(error)
            reason = Words(f"{told}，请检查磁盘", f"{told}; check the disk")
        raise OutputFailed(path=str(path), reason=reason) from error


_DISK_FAULTS = frozenset({5, 27, 28, 30, 122})  # EIO, EFBIG, ENOSPC, EROFS, EDQUOT


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable where the system can (not on Windows)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
