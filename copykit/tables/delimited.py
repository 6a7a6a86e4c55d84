"""CSV and TSV as people send them: a quote that is never closed costs its own row and no other."""

from __future__ import annotations

import csv
import io
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from copykit.tables.columns import Choice, Record, find_header
from copykit.tables.lines import Lines
from copykit.tables.rows import QuoteUnclosed, RowHasNul, RowTooLong
from copykit.tables.table import Source


def sniff_delimiter(sample: Sequence[str], choice: Choice, source: Source) -> tuple[str, bool]:
    """Return the delimiter, and whether this is surely a table: a known header and most rows as wide as it.

    A header that is recognised decides; otherwise the delimiter that cuts most lines into the same number of cells.
    """
    best: tuple[tuple[int, bool, float, int], str] = ((-1, False, 0.0, 0), ",")
    for delimiter in (",", "\t", ";"):
        again = Lines(io.StringIO("".join(sample), newline="").readline, source.caps.row_chars)
        every = read_csv(again, delimiter, source)
        records = [record for record in every if record.error is None and any(record.cells)]
        header = find_header(records, choice) if records else None
        widths = Counter(len(record.cells) for record in records)
        width = len(header.names) if header else max(widths, key=lambda n: (widths[n], n), default=1)
        rank = (len(header.columns) if header else 0, width > 1, widths[width] / max(1, len(records)), width)
        if rank > best[0]:
            best = rank, delimiter
    (roles, is_wide, share, _), delimiter = best
    # Titles have commas too; the second half keeps a list of them from becoming a table by one unlucky line.
    return delimiter, roles > 0 and is_wide and share >= 0.5


def read_csv(lines: Lines, delimiter: str, source: Source) -> Iterator[Record]:
    """Give the records of a file, blank ones and the header among them."""
    limit = min(source.caps.field_chars, lines.limit - 1)
    while (line := lines.next()) is not None:
        if '"' in line or "\0" in line or len(line) > limit:
            try:
                # Most quoted rows end on their line; all that is odd raises and is looked at again with care.
                cells = next(csv.reader((line,), delimiter=delimiter, strict=True))
                sound = "\0" not in line and len(line) <= limit
            except csv.Error:
                sound = False
            yield Record(lines.number, cells) if sound else _read_hard_record(line, lines, delimiter, source)
        else:
            # Without a quote there is nothing that split() would get wrong, and no reader has to be made for the line.
            yield Record(lines.number, line.rstrip("\r\n").split(delimiter))


def _read_hard_record(line: str, lines: Lines, delimiter: str, source: Source, *, lifted: bool = False) -> Record:
    """Read a record that begins with ``line`` and may go on over further lines.

    The strict reader stumbles over the next quote after one that was never closed, so that the damage is seen within
    a few lines; then the first line alone is given up and the others are read again.
    """
    number, caps, taken, ended = lines.number, source.caps, [line], False

    def feed() -> Iterator[str]:
        nonlocal ended
        yield line
        quiet_lines = quiet_chars = 0
        total = len(line)
        while (more := lines.next()) is not None:
            taken.append(more)
            quiet_lines, quiet_chars = (0, 0) if '"' in more else (quiet_lines + 1, quiet_chars + len(more))
            total += len(more)
            if quiet_lines > caps.field_lines or quiet_chars > caps.field_chars or total > caps.row_chars:
                raise _Runaway
            yield more
        ended = True

    try:
        cells = next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except (csv.Error, _Runaway) as error:
        # Once more with the limit lifted; to lift it for every record would cost each of them a quarter of its time.
        if "field limit" in str(error) and not lifted:
            lines.push_back(taken[1:])
            with _long_cells(caps.row_chars):
                return _read_hard_record(line, lines, delimiter, source, lifted=True)
        if len(taken) > 1 or ended or isinstance(error, _Runaway):
            lines.push_back(taken[1:])
            return Record(number, [], QuoteUnclosed(file=source.name, row=number))
        try:
            # "8寸"蛋糕 and the like: sloppy, but on one line nothing else can be lost.
            with _long_cells(caps.row_chars):
                cells = next(csv.reader(taken, delimiter=delimiter, strict=False))
        except csv.Error:
            return Record(number, [], RowTooLong(file=source.name, row=number, limit=caps.field_chars))
    if any("\0" in part for part in taken):
        return Record(number, [], RowHasNul(file=source.name, row=number))
    if len(line) >= lines.limit or max(map(len, cells), default=0) > caps.field_chars:
        return Record(number, [], RowTooLong(file=source.name, row=number, limit=caps.field_chars))
    return Record(number, cells)


class _Runaway(Exception):
    """A quoted cell that has gone on too long to be one."""


@contextmanager
def _long_cells(limit: int) -> Iterator[None]:
    """Lift the csv module's own limit of 131,072 characters a cell for as long as a record is read.

    It is one setting for the whole process: the first reader in keeps the old value, the last one out puts it back, so
    that tables read in several threads do not cut each other short.
    """
    global _readers, _usual_limit
    with _gate:
        if _readers == 0:
            _usual_limit = csv.field_size_limit()
        _readers += 1
        csv.field_size_limit(max(csv.field_size_limit(), limit))
    try:
        yield
    finally:
        with _gate:
            _readers -= 1
            if _readers == 0:
                csv.field_size_limit(_usual_limit)


_gate = threading.Lock()
_readers = 0
_usual_limit = 0
