"""The table that a reader gets, whatever the format it came in."""

from __future__ import annotations

import itertools
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import BinaryIO, Literal, NamedTuple

from copykit.errors import FileUnreadable
from copykit.tables.columns import Choice, Record, find_header, match_columns
from copykit.tables.packed import Unpacked
from copykit.tables.rows import Caps, ColumnMissing, RestUnreadable, Row, RowTooWide
from copykit.text.encoding import CountedText

Format = Literal["txt", "csv", "tsv", "jsonl", "json", "xlsx", "html"]

# What broken archives and disks raise while they are read.
DAMAGE = (OSError, EOFError, zlib.error, zipfile.BadZipFile)


class Source(NamedTuple):
    """An opened file and what is needed to speak of it."""

    name: str
    stream: BinaryIO
    stack: ExitStack
    caps: Caps
    unpacked: Unpacked | None = None  # what the stream is read from, where it came packed


class Table:
    """Rows of one file, to be walked through once; closes the file at the end, or as a context manager."""

    def __init__(
        self,
        source: Source,
        kind: Format,
        headers: Sequence[str],
        columns: Mapping[str, str],
        rows: Iterator[Row],
        text: CountedText | None = None,
        encoding: str = "utf-8",
        ended: Callable[[], bool] | None = None,
    ) -> None:
        self.name = source.name
        self.format = kind
        self.headers = tuple(headers)
        self.columns = dict(columns)  # role → the header that plays it
        self.encoding = encoding
        self.sheet = ""  # of a workbook, and the sheets behind it that hold something, which are not read
        self.unread: tuple[str, ...] = ()
        self.sums: list[int] = []  # rows met so far that sum others up and were left out
        self.cut = 0  # the row in which the file breaks off, known once all is read; 0 where it is whole
        self._stack, self._rows, self._text, self._unpacked = source.stack, rows, text, source.unpacked
        self._ended = ended

    @property
    def replaced(self) -> int:
        """The number of places met so far that could not be decoded and became U+FFFD."""
        return self._text.replaced if self._text is not None else 0

    def value(self, row: Row, role: str, default: str = "") -> str:
        """Return the cell of a row that plays a role, ``default`` when the table has no such column."""
        header = self.columns.get(role)
        return row.values.get(header, default) if header is not None else default

    def close(self) -> None:
        """Close what was opened here."""
        self._stack.close()

    def __iter__(self) -> Iterator[Row]:
        number = lacks = short = 0
        try:
            # Where packing breaks off, the last row is half of one; it is only told.
            last: Row | None = None
            for row in self._rows:
                short += lacks > 0
                number, lacks = row.number, row.lacks
                if self._unpacked is None:
                    yield row
                    continue
                if last is not None:
                    yield last
                last = row
            if self._unpacked is not None and self._unpacked.broken is not None:
                yield self._broken(number, self._unpacked.broken)
            elif last is not None:
                yield last
            # A last line that ends in the middle; where others lack cells too, that is how the table is written.
            if lacks and not short and self._ended is not None and not self._ended():
                self.cut = number
        except DAMAGE as error:
            yield self._broken(number + 1, error)
        finally:
            self.close()

    def _broken(self, number: int, error: Exception) -> Row:
        return Row(number, {}, "", RestUnreadable(file=self.name, row=number, reason=str(error)))

    def __enter__(self) -> Table:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def from_grid(
    source: Source,
    kind: Format,
    records: Iterator[Record],
    choice: Choice,
    text: CountedText | None = None,
    encoding: str = "utf-8",
    ended: Callable[[], bool] | None = None,
) -> Table:
    """Find the header among the first records and name the cells below it.

    Raises:
        ColumnMissing: no row names the text column.
        FileUnreadable: there is no row with anything in it.
        RowError: no row names the text column, and the first one is broken.
    """
    told = (record for record in records if record.error or any(record.cells))
    first = list(itertools.islice(told, source.caps.header_rows))
    header = find_header(first, choice)
    if header is None:
        good = [record.cells for record in first if record.error is None]
        if first and first[0].error is not None:
            raise first[0].error  # most likely it was the header
        if source.unpacked is not None and source.unpacked.broken is not None:
            raise source.unpacked.broken  # in the middle of the header
        if not good:
            raise FileUnreadable(source.name, "文件里没有内容，请检查导出", "there is nothing in it; check the export")
        likely = max(good, key=lambda cells: (len(match_columns(cells, choice.wanted)), len(cells)))
        raise ColumnMissing(source.name, choice.shown, [cell for cell in likely if cell.strip()])
    # A row that broke above the header is part of the decoration; one below it is a row that the user misses.
    rest = itertools.chain(first[header.position + 1 :], records)
    columns = {role: header.names[index] for role, index in header.columns.items()}
    rows = _name_cells(rest, header.names, header.columns[choice.role], source.name, exact=kind in ("csv", "tsv"))
    return Table(source, kind, header.names, columns, rows, text, encoding, ended)


def _name_cells(
    records: Iterable[Record], names: Sequence[str], text_at: int, file: str, *, exact: bool
) -> Iterator[Row]:
    """Turn cells into rows; wholly blank rows are no rows.

    ``exact``: cells beyond the header mean a misread line (CSV). In a sheet they are notes beside the table, and stay.
    """
    width = len(names)
    for number, cells, error in records:
        if error is not None:
            yield Row(number, {}, "", error)
            continue
        if not any(cells):
            continue
        lacks = max(0, width - len(cells)) if exact else 0
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        elif len(cells) > width and any(cells[width:]):
            if exact:
                yield Row(number, {}, "", RowTooWide(file=file, row=number, cells=len(cells), headers=width))
                continue
            extra = {f"#{place}": cell for place, cell in enumerate(cells[width:], width + 1) if cell}
            yield Row(number, {**extra, **dict(zip(names, cells, strict=False))}, cells[text_at])
            continue
        yield Row(number, dict(zip(names, cells, strict=False)), cells[text_at], lacks=lacks)
