"""XLSX workbooks, refused by their zip directory before anything hostile is unpacked."""

from __future__ import annotations

import itertools
import os
import re
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO, cast

from copykit.errors import CopykitError, FileUnreadable
from copykit.tables.columns import Choice, Record
from copykit.tables.rows import DEFAULT_CAPS, SHEET_ROWS, Caps, ColumnMissing, RestUnreadable
from copykit.tables.table import Source, Table, from_grid

FIRST_ROWS = 10  # of a sheet that is not read, to see whether it holds anything


def open_xlsx(source: Source, choice: Choice) -> Table:
    """Open the first visible sheet that has the columns.

    Raises:
        FileUnreadable: it is no sound workbook, or one beyond the caps.
        ColumnMissing: no sheet has the text column.
    """
    import openpyxl

    # The workbook is read long after this function ends; the stack closes it with the table.
    file = source.stack.enter_context(tempfile.SpooledTemporaryFile(max_size=8 << 20))  # noqa: SIM115
    size = 0
    while chunk := source.stream.read(1 << 20):
        size += len(chunk)
        if size > source.caps.spool_bytes:
            limit = source.caps.spool_bytes >> 20
            zh, en = f"表格超过 {limit} MB，请拆开或改用 CSV", f"it is over {limit} MB; split it or use CSV"
            raise FileUnreadable(source.name, zh, en)
        file.write(chunk)
    binary = cast("BinaryIO", file)
    check_zip(binary, source.name, source.caps)
    with _quiet():
        try:
            book = openpyxl.load_workbook(binary, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl raises whatever its XML met
            zh, en = "不是完好的 Excel 表格，请重新导出", f"no sound workbook ({type(error).__name__}); export it again"
            raise FileUnreadable(source.name, zh, en) from error
    source.stack.callback(book.close)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    missing: CopykitError | None = None
    for number, sheet in enumerate(sheets, 1):
        sheet.reset_dimensions()  # exporters that write A1 as the size of everything would hide all other cells
        try:
            table = from_grid(source, "xlsx", _read_sheet(sheet, source.name), choice)
            table.sheet = sheet.title
            table.unread = tuple(other.title for other in sheets[number:] if _holds_anything(other))
            return table
        except CopykitError as error:
            # The sheet that has columns says more than an empty one.
            if missing is None or (isinstance(error, ColumnMissing) and not isinstance(missing, ColumnMissing)):
                missing = error
    raise missing or FileUnreadable(source.name, "表格里没有工作表", "the workbook has no sheet; export it again")


def check_zip(file: BinaryIO, name: str, caps: Caps = DEFAULT_CAPS) -> None:
    """Refuse an archive by its directory, before anything is unpacked.

    Raises:
        FileUnreadable: damaged, too many entries, too large unpacked, or packed beyond belief.
    """
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 65_557))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    broken = FileUnreadable(name, "压缩包不完整，可能没有下载完，请重新导出", "the archive is cut off; export it again")
    if at < 0 or len(tail) - at < 22:
        raise broken
    # The directory's own size first: the zip module would load all of it. 0xFFFF marks zip64, which no sheet needs.
    entries, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    if entries > caps.zip_entries or directory > caps.zip_entries * 1024:
        zh, en = (
            f"压缩包里有 {entries} 个文件，不像表格，请重新导出",
            f"{entries} files inside, no workbook; export it again",
        )
        raise FileUnreadable(name, zh, en)
    file.seek(0)
    try:
        infos = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise broken from None
    size = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if len(infos) > caps.zip_entries or size > caps.zip_bytes:
        limit = caps.zip_bytes >> 20
        zh, en = f"解压后超过 {limit} MB，请拆开或改用 CSV", f"over {limit} MB when unpacked; split it or use CSV"
        raise FileUnreadable(name, zh, en)
    # Overlapping entries count each time they are named, so that the sum is what unpacking would really cost.
    if size > (4 << 20) and size > caps.zip_ratio * max(1, min(packed, end)):
        raise FileUnreadable(
            name,
            f"压缩率超过 {caps.zip_ratio} 倍，疑似恶意文件；可信的话请另存为 CSV",
            f"packed more than {caps.zip_ratio} times, as hostile files are; if you trust it, save it as CSV",
        )
    file.seek(0)


def _holds_anything(sheet: Any) -> bool:
    """Return whether one of a sheet's first rows has a cell that is filled; of a damaged one nobody knows."""
    sheet.reset_dimensions()
    try:
        with _quiet():
            rows = sheet.iter_rows(max_row=FIRST_ROWS, values_only=True)
            return any(value is not None for row in rows for value in row)
    except Exception:  # whatever openpyxl met; this sheet is not the one that was asked for
        return True


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep openpyxl from printing its warnings on styles and extensions, which no reader of rows needs."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _read_sheet(sheet: Any, name: str) -> Iterator[Record]:
    rows = sheet.iter_rows(values_only=True)
    number = 0
    while True:
        batch: list[tuple[Any, ...]] = []
        failure: Exception | None = None
        with _quiet():
            try:
                batch.extend(itertools.islice(rows, 256))
            except Exception as error:  # openpyxl raises whatever its XML met
                failure = error
        for values in batch:
            number += 1
            if number > SHEET_ROWS:
                failure = ValueError("row numbers beyond what a sheet can hold")
                break
            if any(value is not None for value in values):
                yield Record(number, [_cell_text(value) for value in values])
        if failure is not None:
            reason = f"{type(failure).__name__}: {failure}"
            yield Record(number + 1, [], RestUnreadable(file=name, row=number + 1, reason=reason))
            return
        if not batch:
            return


def _cell_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str() if "_x" not in value:
            return value
        case str():
            return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


# How the format writes control characters inside XML.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
