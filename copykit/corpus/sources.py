"""Texts from files, folders, patterns and standard input, one document after another, whatever holds them.

A row of a table is a document; so is a line of a plain file where lines are what is looked at (titles, queries), or the
whole file (articles). Nothing is held but the document at hand.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from copykit import tables
from copykit.corpus.blocks import MARKS, TEXT_END, TITLE_END, Block, Document, block_of
from copykit.corpus.columns import Columns, Dated, look_at, unnamed_columns
from copykit.corpus.files import (
    CORPUS,
    MARKDOWN,
    PAGES,
    SAMPLE_CHARS,
    TABLES,
    TEXTS,
    damaged,
    find_files,
    is_output,
    open_file,
    refuse_bytes,
)
from copykit.errors import CopykitError, OverInput
from copykit.tables import Row, Table
from copykit.tables.days import parse_day
from copykit.tables.figures import NOTHING, BadFigure, counted_rows, no_number
from copykit.tables.json_lines import exact_json
from copykit.tables.numbers import estimate_number, parse_number
from copykit.tables.packed import MAGIC, Unpacked
from copykit.tables.rows import DEFAULT_CAPS, RowNotJson, not_json
from copykit.tables.table import DAMAGE
from copykit.text.clean import Cleaner, read_page
from copykit.text.encoding import CountedText, find_charset, open_text, read_head
from copykit.text.markup import visible

DOCUMENT_CHARS = 1_000_000  # a longer file goes on as further documents, so that memory stays what it is
BLOCK_CHARS = 240_000  # smaller ones feel the cost of each array, larger ones leave the processor's cache
JSON_BYTES = 300_000  # of JSON lines parsed at once
PAGE_CHARS = 8_000_000  # of an HTML page, which has to be seen whole


class PageCut(CopykitError):
    """A page that is longer than what is read of one."""

    zh = "{file} 太长，只读了前 {most:,} 个字；请存成文本（.txt）或者拆开"
    en = "{file} is too long, its first {most:,} characters were read; save it as text (.txt) or split it"


class Sources:
    """Documents of several sources in the order given; iterate once.

    What cannot be read is told to ``on_error`` and the rest goes on; only a source that is not there at all raises.
    """

    def __init__(
        self,
        paths: Sequence[str],
        columns: Columns,
        *,
        column: str | None = None,
        by_line: bool = False,
        form: str | None = None,
        cleaner: Cleaner | None = None,
        stdin: BinaryIO | None = None,
        dated: Dated | None = None,
        on_error: Callable[[CopykitError], None] = lambda error: None,
        since: str = "",
        until: str = "",
        output: Path | None = None,
    ) -> None:
        """Find the files; ``column`` names the text's column, ``by_line`` makes each line of plain files a document.

        ``since`` and ``until`` are days (ISO, counted in) of documents of a collected corpus. ``output`` is where the
        result goes: what the last run left there is passed over in a folder or a pattern.

        Raises:
            FileMissing, NothingToRead: a path that leads nowhere.
            OverInput: the output is named as a source, or is all that the sources are.
        """
        found = [(file, file == path) for path in paths for file in find_files(path)]
        own = [named for file, named in found if is_output(output, file)]
        if output is not None and own and (any(own) or len(own) == len(found)):
            raise OverInput(output)
        self.passed_over = str(output) if own else ""
        self.files = [file for file, _ in found if not is_output(output, file)]
        self.columns, self._column, self._by_line, self._form = columns, column, by_line, form
        self._cleaner, self._stdin, self._on_error = cleaner, stdin, on_error
        self._dated = dated
        self.outside = 0  # rows of other days, left out
        self._since, self._until = since, until
        self.encodings: dict[str, int] = {}  # encoding → files that were read in it, where it is not UTF-8
        self.replaced = 0  # places that could not be decoded
        self.unread: list[
            tuple[str, str, tuple[str, ...]]
        ] = []  # workbook, its sheet that was read, those that were not
        self.estimated = 0  # figures that were taken in the middle of a range
        self.strange: list[BadFigure] = []  # cells that hold no number, of rows that were read all the same
        self.twice: list[
            tuple[str, str]
        ] = []  # file and name of a column that it has twice, of which the first was read
        self.sums: list[tuple[str, list[int]]] = []  # table, and its rows that sum others up and were left out
        self.cut: list[tuple[str, int]] = []  # table, and the row in which it breaks off
        self.unknown: list[
            tuple[str, str]
        ] = []  # file and name of a column of numbers that is known for none, where no column is
        self.parts = 0  # files that were so long that they became several documents
        self.read_bytes = 0.0  # how much of all is read, about
        self.found: set[str] = set()  # roles of figures that were met

    @property
    def size(self) -> int | None:
        """The bytes of all files, None where that cannot be known or says little (standard input, packed files)."""
        if any(file == "-" or file.endswith((".gz", ".xlsx")) for file in self.files):
            return None
        return sum(os.path.getsize(file) for file in self.files if os.path.exists(file))

    def roles(self) -> list[str]:
        """Return the figures that the first tables have, looking at their headers only."""
        wanted = {"main": self.columns.text, **self.columns.figures}
        found: set[str] = set()
        for file in [file for file in self.files if file.lower().endswith(CORPUS)]:
            from copykit.corpus.store import Store

            with Store(Path(file)) as store:
                found |= store.roles() & set(self.columns.figures)
        for file in [file for file in self.files if file.lower().removesuffix(".gz").endswith(TABLES)][:20]:
            try:
                with tables.read_rows(file, wanted=wanted, format=self._form, column=self._column, name=file) as table:
                    found |= set(table.columns) & set(self.columns.figures)
            except CopykitError:
                continue  # told when the file is read
        return sorted(found)

    def __iter__(self) -> Iterator[Document]:
        for file in self.files:
            try:
                yield from self._read(file)
            except CopykitError as error:
                self._on_error(error)
            except DAMAGE as error:
                self._on_error(damaged(file, error))

    def blocks(self, size: int = BLOCK_CHARS) -> Iterator[Block]:
        """Give the documents joined to blocks of about ``size`` characters, many lines at once where they are plain."""
        held: list[Document] = []
        chars = 0
        for file in self.files:
            try:
                plain = self._column is None and self._form is None and self._dated is None
                if self._by_line and plain and file.lower().endswith(".txt"):
                    yield from self._line_blocks(file, size)
                    continue
                for document in self._read(file):
                    held.append(document)
                    chars += len(document.title) + len(document.text)
                    if chars >= size:
                        yield block_of(held)
                        held, chars = [], 0
            except CopykitError as error:
                self._on_error(error)
            except DAMAGE as error:
                self._on_error(damaged(file, error))
        if held:
            yield block_of(held)

    def _line_blocks(self, file: str, size: int) -> Iterator[Block]:
        with self._open(file) as stream:
            text, encoding = open_text(stream)
            while block := text.read(size):
                refuse_bytes(file, block)
                block += text.readline(DEFAULT_CAPS.field_chars)
                self.read_bytes += 3 * len(block)
                if "\r" in block:
                    block = block.replace("\r\n", "\n").replace("\r", "\n")
                if self._cleaner is not None:
                    block = self._cleaner.clean_lines(block)
                if TITLE_END in block or TEXT_END in block or "\0" in block:
                    block = block.translate(MARKS)
                if "\n\n" in block or not block.endswith("\n") or block.startswith("\n"):
                    block = "".join(line + "\n" for line in block.split("\n") if line.strip())
                if block:
                    yield Block(block.replace("\n", TITLE_END + TEXT_END), block.count("\n"), [])
            self._told(encoding, text.replaced)

    def _read(self, file: str) -> Iterator[Document]:
        suffixes = [suffix.lower() for suffix in Path(file).suffixes] if file != "-" else []
        packed = bool(suffixes) and suffixes[-1] == ".gz"
        kind = (suffixes[-2:-1] if packed else suffixes[-1:] or [""])[0] if suffixes else ""
        if kind == CORPUS:
            yield from self._corpus(file)
        elif file != "-" and kind in PAGES:
            yield from self._page(file)
        elif file != "-" and not self._by_line and self._column is None and kind not in TABLES:
            yield from self._text(file)
        elif kind in (".jsonl", ".ndjson") and not (
            self._column or packed or self._form or self._dated or self.columns.days
        ):
            yield from self._json_lines(file)
        else:
            yield from self._rows(file)

    def _corpus(self, file: str) -> Iterator[Document]:
        """Read a corpus that was collected: mended already, each text once, untrusted ones left out."""
        from copykit.corpus.store import Store

        with Store(Path(file)) as store:
            for document in store.documents(self._since, self._until):
                self.read_bytes += 3 * (len(document.title) + len(document.text))
                figures = {role: value for role, value in document.figures.items() if role in self.columns.figures}
                self.found |= set(figures)
                title, text = document.title, document.text
                if self._by_line:
                    title, text = title or text, ""
                yield Document(document.key, title, text, figures)

    def _json_lines(self, file: str) -> Iterator[Document]:
        """Read JSON lines at the speed of their parser: tables keep every cell as written, here few are asked for."""
        columns = self.columns
        wanted = {"main": columns.text, "body": columns.body, "id": columns.id, **columns.figures}
        with tables.read_rows(file, wanted=wanted, format="jsonl", name=file) as table:
            roles = table.columns  # raises where the text is missing, naming what there is
            if table.format != "jsonl":
                yield from self._documents(file, table)
                return
        main, body, own_id = roles["main"], roles.get("body"), roles.get("id")
        figures = {role: name for role, name in roles.items() if role in columns.figures}
        self.found |= set(figures)
        seen: set[str] = set()
        alone = not self._by_line and body is None and main in columns.body
        with self._open(file) as stream:
            text, encoding = open_text(stream)
            for numbers, rows in self._objects(file, text, own_id):
                nothing = [""] * len(rows)
                firsts = self._cells(rows, main)
                seconds = self._cells(rows, body) if body is not None else nothing
                if alone:
                    firsts, seconds = nothing, firsts
                names = [_cell(row.get(own_id)) for row in rows] if own_id else nothing
                for number, name, first, second, row in zip(numbers, names, firsts, seconds, rows, strict=True):
                    if first.strip() or second.strip():
                        metrics: Mapping[str, float] | None = _NO_FIGURES
                        if figures:
                            cells = {role: _cell(row.get(key)) for role, key in figures.items()}
                            metrics = self._figures(cells, figures, seen, file, number)
                        if metrics is None:
                            continue
                        yield Document(name or f"{file}:{number}", first, second, metrics)
            self._told(encoding, text.replaced)

    def _cells(self, rows: Sequence[Mapping[str, Any]], key: str) -> list[str]:
        """Return one cell of each row, mended."""
        cells = [value if isinstance(value := row.get(key), str) else _cell(value) for row in rows]
        if self._cleaner is None:
            return cells
        clean = self._cleaner.clean
        return [clean(cell) if cell else cell for cell in cells]

    def _objects(
        self, file: str, text: CountedText, own_id: str | None
    ) -> Iterator[tuple[list[int], list[dict[str, Any]]]]:
        """Yield the objects of JSON lines with their line numbers, many at once, as they are parsed.

        Where one of the lines is broken, those with it are parsed one by one; an id too long for a number keeps its
        digits.
        """
        import orjson

        stream = cast("BinaryIO", text.buffer)  # in UTF-8 whatever the file is in, which is what the parser wants
        begin = 1
        while block := stream.read(JSON_BYTES):
            block += stream.readline(4 * DEFAULT_CAPS.row_chars)
            self.read_bytes += len(block)
            after = begin + block.count(b"\n")
            block = block.rstrip(b"\n")
            numbers = list(range(begin, begin + block.count(b"\n") + 1))
            begin = after
            try:
                rows = orjson.loads(b"[%b]" % block.replace(b"\n", b","))
                if len(rows) == len(numbers) and all(isinstance(row, dict) for row in rows):
                    if own_id is not None and any(isinstance(row.get(own_id), float) for row in rows):
                        rows = [exact_json(line.decode()) for line in block.split(b"\n")]
                    yield numbers, rows
                    continue
            except orjson.JSONDecodeError:
                pass
            for number, line in zip(numbers, block.split(b"\n"), strict=True):
                if not line.strip():
                    continue
                try:
                    row = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    self._on_error(RowNotJson(file=file, row=number, reason=not_json(error)))
                    continue
                if isinstance(row, dict):
                    exact = own_id is not None and isinstance(row.get(own_id), float)
                    yield [number], [exact_json(line.decode()) if exact else row]
                else:
                    self._on_error(RowNotJson(file=file, row=number, reason=not_json(row)))

    def _page(self, file: str) -> Iterator[Document]:
        with self._open(file) as stream:
            head = read_head(stream)
            text, encoding = open_text(_chained(head, stream), find_charset(head))
            source = text.read(PAGE_CHARS)
            if text.read(1):
                self._on_error(PageCut(file=file, most=PAGE_CHARS))
            page = read_page(source)
            self._told(encoding, text.replaced)
        self.read_bytes += os.path.getsize(file)
        if page.dropped and self._cleaner is not None:
            self._cleaner.changes["html"] += page.dropped
        body = self._cleaned(page.text)
        if body.strip() or page.title:
            yield Document(file, page.title, body, _NO_FIGURES)

    def _text(self, file: str) -> Iterator[Document]:
        marked_up = file.lower().removesuffix(".gz").endswith(MARKDOWN)
        with self._open(file) as stream:
            text, encoding = open_text(stream)
            number = 0
            try:
                while block := text.read(DOCUMENT_CHARS):
                    refuse_bytes(file, block)
                    if len(block) == DOCUMENT_CHARS:
                        block += text.readline(DEFAULT_CAPS.field_chars)
                    number += 1
                    self.parts += number == 2
                    self.read_bytes += 3 * len(block)
                    block = block.replace("\r\n", "\n")
                    if marked_up and self._cleaner is not None:
                        block = visible(block, "md").text
                    block = self._cleaned(block)
                    if block.strip():
                        yield Document(file if number == 1 else f"{file}#{number}", "", block, _NO_FIGURES)
            finally:
                self._told(encoding, text.replaced)

    def _rows(self, file: str) -> Iterator[Document]:
        columns = self.columns
        wanted: dict[str, Sequence[str]] = {"main": columns.text}
        if self._column is None:
            wanted["body"] = columns.body
        wanted |= {"id": columns.id, "date": columns.days, **columns.figures}
        source: Any = file
        if file == "-":
            source = self._stdin
        form = self._form
        if file != "-" and form is None and Path(file).suffix.lower() in TEXTS:
            form = None if self._column else "txt"
            with self._open(file) as stream:
                refuse_bytes(file, open_text(stream)[0].read(SAMPLE_CHARS))
        with tables.read_rows(source, wanted=wanted, format=form, column=self._column, name=file) as table:
            used = [name for role, name in table.columns.items() if role != "main" or not _is_number(self._column)]
            self.twice += [(file, name) for name in used if f"{name} (2)" in table.headers]
            if table.format == "txt" and not self._by_line:
                yield from self._joined(file, table)
            else:
                if table.unread:
                    self.unread.append((file, table.sheet, table.unread))
                yield from self._documents(file, table)
                if table.sums:
                    self.sums.append((file, table.sums))
                if table.cut:
                    self.cut.append((file, table.cut))
            self._told(table.encoding, table.replaced)

    def _documents(self, file: str, table: Table) -> Iterator[Document]:
        body, own_id = table.columns.get("body"), table.columns.get("id")
        figures = {role: name for role, name in table.columns.items() if role in self.columns.figures}
        self.found |= set(figures)
        is_text = not self._by_line and table.columns.get("main") in (body, None)
        fold = self.columns.body
        main_is_body = table.columns.get("main", "") in fold or self._column is not None
        when = table.columns.get("date") if self.columns.days else None
        dated = self._dated
        if dated is not None and dated.column not in table.headers:
            raise tables.ColumnMissing(file, dated.column, table.headers)
        seen: set[str] = set()
        strange = {} if figures or not self.columns.figures else unnamed_columns(table)
        for row in counted_rows(table, ()) if figures else table:
            if strange:
                look_at(strange, row, self.unknown, file)
            if row.error is not None:
                self._on_error(row.error)
                continue
            if dated is not None and not dated.holds(row.values.get(dated.column, "")):
                self.outside += 1
                continue
            main, text = row.text, row.values.get(body, "") if body is not None else ""
            self.read_bytes += _size_of(row)
            if not self._by_line and (main_is_body or (is_text and not text)):
                # What was added to a text later (追加评价) is a part of it; a first text is no title.
                main, text = "", f"{main}\n{text}" if main and text else main or text
            main, text = self._cleaned(main), self._cleaned(text)
            if not main.strip() and not text.strip():
                continue
            metrics: Mapping[str, float] | None = _NO_FIGURES
            if figures:
                cells = {role: row.values.get(name, "") for role, name in figures.items()}
                metrics = self._figures(cells, figures, seen, file, row.number)
            if metrics is None:
                continue
            name = (row.values.get(own_id) if own_id else None) or f"{file}:{row.number}"
            day = parse_day(row.values.get(when, "")) if when is not None else None
            yield Document(name, main, text, metrics, day.isoformat() if day is not None else "")

    def _joined(self, file: str, table: Iterable[Row]) -> Iterator[Document]:
        """Bring the lines of standard input together to the text that they are."""
        lines: list[str] = []
        size = 0
        number = 1
        for row in table:
            if row.error is not None:
                self._on_error(row.error)
                continue
            lines.append(row.text)
            size += len(row.text)
            if size > DOCUMENT_CHARS:
                yield Document(f"{file}#{number}", "", self._cleaned("\n".join(lines)), _NO_FIGURES)
                self.parts += number == 1
                lines, size, number = [], 0, number + 1
        if lines and (text := self._cleaned("\n".join(lines))).strip():
            yield Document(file if number == 1 else f"{file}#{number}", "", text, _NO_FIGURES)

    @contextmanager
    def _open(self, file: str) -> Iterator[BinaryIO]:
        """Open a file, unpacked where it is packed; what is whole of a broken one is given, and the break told."""
        with open_file(file) as stream:
            if stream.peek(len(MAGIC))[: len(MAGIC)] != MAGIC:
                yield stream
                return
            unpacked = Unpacked(stream)
            yield cast("BinaryIO", io.BufferedReader(unpacked))
            if unpacked.broken is not None:
                self._on_error(damaged(file, unpacked.broken))

    def _figures(
        self, cells: Mapping[str, str], names: Mapping[str, str], seen: set[str], file: str, row: int
    ) -> dict[str, float] | None:
        """Return the figures of a row by role; what a cell leaves open is taken in its middle, what it does not tell
        is none.

        ``seen`` are the roles that held a number in this file. A row that tells something else in one of those, and
        no number at all, is broken: it is told, and None is returned. A word beside numbers is told at the end.
        """
        found, strange = {}, {}
        for role, cell in cells.items():
            value = parse_number(cell)
            if value is None and cell and (value := estimate_number(cell)) is not None:
                self.estimated += 1
            if value is not None:
                found[role] = value
            elif cell and role in seen and cell.strip().lower() not in NOTHING:
                strange[role] = cell
        seen.update(found)
        if strange:
            role, cell = next(iter(strange.items()))
            error = no_number(file, row, names[role], cell.strip())
            if not found:
                self._on_error(error)
                return None
            self.strange.append(error)
        return found

    def _cleaned(self, text: str) -> str:
        return self._cleaner.clean(text) if self._cleaner is not None and text else text

    def _told(self, encoding: str, replaced: int) -> None:
        self.replaced += replaced
        if encoding != "utf-8":
            self.encodings[encoding] = self.encodings.get(encoding, 0) + 1


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


_NO_FIGURES: Mapping[str, float] = {}


def _is_number(column: str | None) -> bool:
    return column is not None and column.isdecimal()


def _chained(head: bytes, rest: BinaryIO) -> BinaryIO:
    """Return the whole page as a stream again; a page is held in memory anyway."""
    return io.BytesIO(head + rest.read(4 * PAGE_CHARS + 4))


def _size_of(row: Row) -> int:
    """Return about how many bytes of the file a row took: Han take three each, with the quotes and commas around."""
    return sum(map(len, row.values.values())) * 2 + len(row.text) + 4 if row.values else 3 * len(row.text)
