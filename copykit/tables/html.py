"""HTML tables and Excel's XML sheets, which back offices export under the name of .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from copykit.tables.columns import Record
from copykit.tables.rows import RowTooLong
from copykit.tables.table import Source
from copykit.text.encoding import CountedText


def read_html(text: CountedText, source: Source) -> Iterator[Record]:
    """Give the rows of all tables of a page, numbered as a spreadsheet would show them."""
    parser = _TableParser()
    number = 0
    while True:
        chunk = text.read(65536)
        if chunk:
            parser.feed(chunk)
        else:
            parser.close()
            parser.end_row()
        for cells in parser.rows:
            number += 1
            yield Record(number, cells)
        parser.rows.clear()
        if not chunk:
            return
        if parser.size > source.caps.row_chars:
            yield Record(number + 1, [], RowTooLong(file=source.name, row=number + 1, limit=source.caps.row_chars))
            return


class _TableParser(HTMLParser):
    """Collects the rows of HTML tables and of Excel's XML sheets; a table inside a cell is that cell's text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.size = 0  # characters in the row that is open
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = 1
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
        elif self._depth > 1:
            return
        elif tag in ("tr", "row"):
            self.end_row()
            self._row = []
        elif tag in ("td", "th", "cell"):
            self._end_cell()
            if self._row is None:
                self._row = []
            given = dict(attrs)
            index = given.get("ss:index") or ""
            if index.isdecimal() and len(index) < 5:
                self._row += [""] * (int(index) - 1 - len(self._row))
            span = given.get("colspan") or ""
            self._span = min(int(span), 1000) if span.isdecimal() and len(span) < 5 else 1
            self._cell = []
        elif tag in ("br", "p", "div") and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._depth = max(0, self._depth - 1)
            if self._depth == 0:
                self.end_row()
        elif self._depth > 1:
            return
        elif tag in ("td", "th", "cell"):
            self._end_cell()
        elif tag in ("tr", "row"):
            self.end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            # Line breaks of the source code are blanks in a browser; those that count come as <br>.
            self._cell.append(re.sub(r"[\r\n\t]+", " ", data))
            self.size += len(data)

    def end_row(self) -> None:
        """Close the row that is open, if one is."""
        self._end_cell()
        if self._row is not None:
            self.rows.append(self._row)
        self._row = None
        self.size = 0

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            lines = "".join(self._cell).replace("\xa0", " ").split("\n")
            self._row += ["\n".join(line.strip() for line in lines).strip(), *[""] * (self._span - 1)]
        self._cell = None
