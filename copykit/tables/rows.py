"""One row and what can be wrong with it: all that a batch needs to know of tables, so nothing heavy is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from copykit.errors import CopykitError, Words


class Row(NamedTuple):
    """One row: where a person finds it, its cells by header, its text, and why it cannot be used.

    ``number`` is the 1-based line (sheet row in xlsx and HTML) where the row begins, the header counted. ``lacks``: how
    many cells a line of CSV has less than the header; they count as empty.
    """

    number: int
    values: dict[str, str]
    text: str
    error: CopykitError | None = None
    lacks: int = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """How far reading goes before a file is taken for damaged or hostile."""

    header_rows: int = 30  # rows looked at to find the header
    field_chars: int = 1_000_000  # one cell
    field_lines: int = 200  # line breaks in one cell; more mean a quote that never closes
    row_chars: int = 8_000_000  # one row, all its lines
    zip_entries: int = 2_000
    zip_bytes: int = 512 << 20  # an xlsx unpacked
    zip_ratio: int = 250  # unpacked : packed; a sheet of one row repeated measures 17, a bomb 1,000
    spool_bytes: int = 256 << 20  # an xlsx as it comes; it is copied first, since pipes cannot be sought in


DEFAULT_CAPS = Caps()
SHEET_ROWS = 1_048_576  # what one sheet of a workbook holds, the header counted


class ColumnMissing(CopykitError):
    """A table without the column that is asked for."""

    zh = "{file} 里没有{wanted}这一列；现有的列：{columns}。请用 --column 指定其中一列"
    en = "{file} has no column {wanted}; it has: {columns}. Name one of them with --column"
    option = "--column"
    zh_without = "{file} 里没有{wanted}这一列；现有的列：{columns}。是哪一列，就把它的表头改成{wanted}"
    en_without = "{file} has no column {wanted}; it has: {columns}. Call the one that is meant {wanted}"

    def __init__(self, file: str, wanted: str, headers: Sequence[str]) -> None:
        shown = [header if len(header) <= 20 else header[:20] + "…" for header in headers[:12]]
        more = ["…"] if len(headers) > 12 else []
        columns = Words("、".join(shown + more) or "（无）", ", ".join(shown + more) or "(none)")
        super().__init__(file=file, wanted=Words(f"“{wanted}”", f"'{wanted}'"), columns=columns)
        self.headers = tuple(headers)


class RowError(CopykitError):
    """Base of what is wrong with one row; ``facts['row']`` is its number."""


class RowEmpty(RowError):
    """A row whose text is empty."""

    zh = "{file} 第 {row} 行：内容为空，请补上或删掉这一行"
    en = "{file}, line {row}: the text is empty; fill it in or delete the row"


class RowTooWide(RowError):
    """A row with more cells than the header."""

    zh = "{file} 第 {row} 行：有 {cells} 格，表头只有 {headers} 格；单元格里有分隔符时要用英文双引号括起来"
    en = "{file}, line {row}: {cells} cells where the header has {headers}; put cells that hold the delimiter in quotes"


class RowTooLong(RowError):
    """A row or a cell beyond the caps."""

    zh = "{file} 第 {row} 行：内容超过 {limit} 个字，请检查文件是否损坏"
    en = "{file}, line {row}: over {limit} characters; check whether the file is damaged"


class QuoteUnclosed(RowError):
    """A cell that opens a quote and never closes it."""

    zh = "{file} 第 {row} 行：英文双引号没有成对，请补上或删掉；已从下一行继续读"
    en = "{file}, line {row}: a quote is opened and never closed; mend it (reading went on with the next line)"


class RowHasNul(RowError):
    """A row with NUL characters, a sign of damage."""

    zh = "{file} 第 {row} 行：含有 NUL 字符，文件可能损坏，请重新导出"
    en = "{file}, line {row}: it holds NUL characters; the file may be damaged, export it again"


class RowNotJson(RowError):
    """A line that is not a JSON object."""

    zh = "{file} 第 {row} 行：不是一个 JSON 对象（{reason}），每行应为一个 {{…}}"
    en = "{file}, line {row}: not a JSON object ({reason}); each line has to be one {{…}}"


def not_json(found: object) -> Words:
    """Return why a line is no JSON object, from its reader's error or from the value that stands there instead."""
    column = getattr(found, "colno", None)
    if column is not None:
        return Words(f"从第 {column} 个字符起写错了", f"{getattr(found, 'msg', '')} at column {column}")
    if isinstance(found, Exception):
        return Words("括号套得太深", "nested too deeply")
    zh = {"list": "是一个列表", "str": "是一段文字", "bool": "是 true 或 false", "NoneType": "是 null"}
    name = type(found).__name__
    return Words(zh.get(name, "是一个数"), f"it is of the type {name}")


class RestUnreadable(RowError):
    """The end of a file that breaks off: cut-off downloads, damaged archives."""

    zh = "{file} 从第 {row} 行起读不下去（{reason}），文件可能没有下载完，请重新导出"
    en = "{file}, from line {row} on: cannot be read ({reason}); the file may be cut off, export it again"


def cut_off(file: str, row: int) -> Words:
    """Say that a file breaks off in the middle of a row."""
    return Words(
        f"{file} 第 {row} 行没写完就断了，文件像是没下载完；写着的都用了，请重新导出核对",
        f"{file} breaks off in row {row}, as a download does; what is there was used: export it again and compare",
    )
