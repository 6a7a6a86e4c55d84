"""Fill rows into a user's own workbook: its other sheets, lists, styles and formulas stay as they are, byte by byte.

Only the rows of one sheet are rewritten, in its XML. Libraries that load and save a workbook lose what they do not
know: lists that refer to other sheets, pictures, macros, forms.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

from copykit.errors import CopykitError, FileMissing, FileUnreadable
from copykit.tables.writing import atomic
from copykit.tables.xlsx import check_zip

HEADER_ROWS = 30  # rows of a sheet that are looked at to find the header
MOST_CELL = 32_767


class NoHeader(CopykitError):
    """A workbook in which no sheet has headers that could be filled."""

    zh = "{file} 里没有认得出的表头：要有一行写着“{wanted}”这样的列名"
    en = "{file} has no header that could be filled: one row has to name columns such as '{wanted}'"


class Filled(NamedTuple):
    """What was filled: the sheet, its header row, the first and the last row that were written, headers by source."""

    sheet: str
    header_row: int
    first: int
    last: int
    headers: tuple[str, ...]


class Place(NamedTuple):
    """Where the header of a workbook stands: sheet name and part, row number, headers by column number."""

    sheet: str
    part: str
    row: int
    headers: dict[int, str]
    last: int


Known = Callable[[str], bool]
Row = Mapping[str, str | float]


def find_place(path: Path, known: Known, wanted: str) -> Place:
    """Return the row of a workbook that names most columns which are known.

    Raises:
        FileMissing, FileUnreadable: there is no sound workbook.
        NoHeader: no sheet names a column.
    """
    import openpyxl

    try:
        with path.open("rb") as file:
            check_zip(file, str(path))
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise FileMissing(path) from None
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        zh, en = "不是完好的 .xlsx，请另存一次再用", f"no sound .xlsx ({type(error).__name__}); save it again"
        raise FileUnreadable(path, zh, en) from error
    best: Place | None = None
    parts = _sheet_parts(path)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible" or sheet.title not in parts:
                continue
            sheet.reset_dimensions()
            rows: list[tuple[int, dict[int, str]]] = []
            last = 0
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                told = {place: str(value).strip() for place, value in enumerate(values, 1) if value not in (None, "")}
                if told:
                    last = number
                    if number <= HEADER_ROWS:
                        rows.append((number, told))
            for number, told in rows:
                count = sum(map(known, told.values()))
                if count and (best is None or count > sum(map(known, best.headers.values()))):
                    best = Place(sheet.title, parts[sheet.title], number, told, last)
    finally:
        book.close()
    if best is None:
        raise NoHeader(file=str(path), wanted=wanted)
    return best


def fill_rows(template: Path, target: Path, place: Place, rows: Iterable[Row]) -> Filled:
    """Write a copy of a workbook in which rows stand below what its sheet holds; text stays text.

    Each row maps headers of the sheet to their cells; headers that it lacks are left as they are.
    """
    columns = {header: number for number, header in reversed(place.headers.items())}
    with zipfile.ZipFile(template) as source:
        sheet = _Sheet(source.read(place.part), str(template))
        first = max(place.last, place.row) + 1
        used: dict[str, None] = {}
        last = first - 1
        for row in rows:
            last += 1
            cells = {columns[header]: value for header, value in row.items() if header in columns and value != ""}
            used.update(dict.fromkeys(header for header in row if header in columns))
            sheet.put(last, cells)
        with atomic(target) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as filled:
            for info in source.infolist():
                data = sheet.xml() if info.filename == place.part else source.read(info)
                filled.writestr(info, data)
    return Filled(place.sheet, place.row, first, last, tuple(used))


def _sheet_parts(path: Path) -> dict[str, str]:
    """Return the name of each sheet → the part of the archive that holds it."""
    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {
        found["id"]: found["target"]
        for tag in re.findall(r"<Relationship\b[^>]*>", relations)
        if (found := _attributes(tag, id="Id", target="Target"))
    }
    parts = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        found = _attributes(tag, name="name", id="r:id")
        if found and found["id"] in targets:
            target = targets[found["id"]]
            parts[_unescaped(found["name"])] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def _attributes(tag: str, **names: str) -> dict[str, str] | None:
    found = {}
    for key, name in names.items():
        match = re.search(rf"\s{re.escape(name)}=(?:\"([^\"]*)\"|'([^']*)')", tag)
        if match is None:
            return None
        found[key] = match[1] if match[1] is not None else match[2]
    return found


def _unescaped(text: str) -> str:
    for code, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(code, char)
    return text


class _Cell(NamedTuple):
    start: int
    end: int
    style: str
    filled: bool


class _Sheet:
    """The XML of a sheet: where its rows and cells stand, and what is put in."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._rows: dict[int, tuple[int, int, int, dict[int, _Cell]]] = {}  # number → start, end of its tag, end, cells
        self._inside = 0, 0  # the content of sheetData
        self._closed = False  # <sheetData/>
        self._put: dict[int, dict[int, str | float]] = {}
        try:
            self._locate()
        except expat.ExpatError as error:
            zh, en = f"工作表的内容损坏（{error}），请另存一次再用", f"a sheet is damaged ({error}); save it again"
            raise FileUnreadable(name, zh, en) from error

    def put(self, number: int, cells: Mapping[int, str | float]) -> None:
        """Put cells into a row: column number → text or number."""
        self._put[number] = dict(cells)

    def xml(self) -> bytes:
        """Return the XML with what was put in."""
        if not self._put:
            return self._data
        data, (start, end) = self._data, self._inside
        model = self._model()
        pieces: list[bytes] = []
        reached = start
        for number in sorted({*self._rows, *self._put}):
            if number not in self._put:
                row_start, _, row_end, _ = self._rows[number]
                pieces.append(data[reached:row_end])
                reached = row_end
            elif number in self._rows:
                row_start, _, row_end, _ = self._rows[number]
                pieces.append(data[reached:row_start] + self._merged(number, model))
                reached = row_end
            else:
                pieces.append(self._new(number, model))
        pieces.append(data[reached:end])
        inside = b"".join(pieces)
        head, tail = data[:start], data[end:]
        if self._closed:
            head = re.sub(rb"/>$", b">", head)
            inside += re.sub(rb"^.*?<(\w+:)?", lambda found: b"</" + (found[1] or b""), _tag_at(data, start), count=1)
        return self._dimension(head) + inside + tail

    def _model(self) -> dict[int, str]:
        """Return column → the style of the first row below the header that is there and empty, where there is one."""
        for number in sorted(self._put):
            if number in self._rows:
                return {column: cell.style for column, cell in self._rows[number][3].items()}
        return {}

    def _merged(self, number: int, model: Mapping[int, str]) -> bytes:
        start, tag_end, _, cells = self._rows[number]
        tag = re.sub(rb'\sspans="[^"]*"', b"", self._data[start:tag_end])
        prefix = _prefix(tag)
        if tag.endswith(b"/>"):
            tag = tag[:-2] + b">"
        found: dict[int, bytes] = {column: self._data[cell.start : cell.end] for column, cell in cells.items()}
        for column, value in self._put[number].items():
            old = cells.get(column)
            if old is not None and old.filled:
                continue  # a formula, or something that somebody wrote there
            found[column] = _cell(
                number, column, value, old.style if old is not None else model.get(column, ""), prefix
            )
        return tag + b"".join(found[column] for column in sorted(found)) + b"</" + prefix + b"row>"

    def _new(self, number: int, model: Mapping[int, str]) -> bytes:
        prefix = self._row_prefix
        cells = self._put[number]
        inside = b"".join(
            _cell(number, column, cells[column], model.get(column, ""), prefix) for column in sorted(cells)
        )
        return b"<" + prefix + b'row r="%d">' % number + inside + b"</" + prefix + b"row>"

    def _dimension(self, head: bytes) -> bytes:
        last = max(self._put)

        def wider(found: re.Match[bytes]) -> bytes:
            return b"".join((found[1], found[2], b":", found[3], b"%d" % max(last, int(found[4])), found[5]))

        return re.sub(rb'(<(?:\w+:)?dimension ref=")([A-Z]+\d+):([A-Z]+)(\d+)(")', wider, head, count=1)

    def _locate(self) -> None:
        parser = expat.ParserCreate()
        data = self._data
        row: list[Any] = []
        cell: list[Any] = []
        empty: list[int] = []  # where the tag of an element ends that is nothing else (<c r="A1"/>)
        self._row_prefix = b""

        def begin(name: str, attributes: dict[str, str]) -> None:
            at = parser.CurrentByteIndex
            tag_end = data.index(b">", at) + 1
            empty[:] = [tag_end] if data[tag_end - 2 : tag_end] == b"/>" else []
            match name.rpartition(":")[2]:
                case "sheetData":
                    self._closed = data[tag_end - 2 : tag_end] == b"/>"
                    self._inside = tag_end, tag_end
                    self._row_prefix = _prefix(data[at:tag_end])
                case "row":
                    row[:] = [int(attributes["r"]) if "r" in attributes else len(self._rows) + 1, at, tag_end, {}]
                case "c" if row:
                    cell[:] = [_column(attributes.get("r", "")) or len(row[3]) + 1, at, attributes.get("s", ""), False]
                case "v" | "f" | "is" if cell:
                    cell[3] = True

        def finish(name: str) -> None:
            at = parser.CurrentByteIndex
            # Of a tag that is closed in itself expat tells the place behind it.
            end = empty.pop() if empty else data.index(b">", at) + 1
            match name.rpartition(":")[2]:
                case "sheetData" if not self._closed:
                    self._inside = self._inside[0], at
                case "row" if row:
                    self._rows[row[0]] = row[1], row[2], end, row[3]
                    row.clear()
                case "c" if cell:
                    row[3][cell[0]] = _Cell(cell[1], end, cell[2], cell[3])
                    cell.clear()

        parser.StartElementHandler = begin
        parser.EndElementHandler = finish
        parser.Parse(data, True)


def _tag_at(data: bytes, end: int) -> bytes:
    """Return the tag that ends at a place."""
    return data[data.rindex(b"<", 0, end) : end]


def _prefix(tag: bytes) -> bytes:
    found = re.match(rb"<(\w+:)?", tag)
    return (found[1] if found is not None else None) or b""


def _cell(row: int, column: int, value: str | float, style: str, prefix: bytes) -> bytes:
    place = f'r="{_letters(column)}{row}"' + (f' s="{style}"' if style else "")
    name = prefix.decode()
    if isinstance(value, float | int):
        return f"<{name}c {place}><{name}v>{value!r}</{name}v></{name}c>".encode()
    text = escape(_UNWRITABLE.sub("\ufffd", value[:MOST_CELL]))
    return (
        f'<{name}c {place} t="inlineStr"><{name}is><{name}t xml:space="preserve">{text}</{name}t></{name}is></{name}c>'
    ).encode("utf-8", "replace")


_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _column(reference: str) -> int:
    number = 0
    for char in reference:
        if not char.isalpha():
            break
        number = number * 26 + ord(char.upper()) - 64
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def headers_of(place: Place) -> Sequence[str]:
    """Return the headers of a place from left to right."""
    return [place.headers[number] for number in sorted(place.headers)]
