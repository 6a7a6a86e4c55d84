"""Open a table of whatever format it turns out to be.

Reading streams: a million rows of txt, CSV or JSON lines need no more memory than a thousand.
"""

from __future__ import annotations

import codecs
import io
import itertools
import re
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from copykit.errors import FileMissing, FileUnreadable
from copykit.tables.columns import Choice, Wanted
from copykit.tables.delimited import read_csv, sniff_delimiter
from copykit.tables.json_lines import Items, from_json_lines, is_json_object
from copykit.tables.lines import Lines, read_lines
from copykit.tables.packed import MAGIC, Chained, Unpacked
from copykit.tables.rows import DEFAULT_CAPS, Caps
from copykit.tables.table import DAMAGE, Format, Source, Table, from_grid
from copykit.text.encoding import find_charset, open_text, read_head


def read_rows(
    source: str | Path | BinaryIO,
    *,
    wanted: Wanted,
    format: str | None = None,
    column: str | None = None,
    caps: Caps = DEFAULT_CAPS,
    name: str | None = None,
) -> Table:
    """Open a table: txt, CSV, TSV, JSON or XLSX, any of them in .gz, HTML or CSV that calls itself .xls too.

    ``wanted`` maps each role to its column names in order of preference; the first role is the text and has to be
    there. ``column`` names the text column instead: a header or, when no header is called so, a 1-based number.
    ``name`` is what errors call a stream. A stream of the caller's stays open.

    Raises:
        FileMissing, FileUnreadable: there is nothing that can be read.
        ColumnMissing: no column matches; the error names those there are.
    """
    stack = ExitStack()
    try:
        if isinstance(source, str | Path):
            shown, suffixes = name or str(source), [part.lower() for part in Path(source).suffixes]
            stream: BinaryIO = stack.enter_context(_open_file(Path(source)))
        else:
            shown, suffixes, stream = name or "-", [], source
        try:
            return _open_table(Source(shown, stream, stack, caps), suffixes, format, Choice(wanted, column))
        except DAMAGE as error:
            zh, en = f"文件损坏（{error}），请重新导出", f"it is damaged ({error}); export it again"
            raise FileUnreadable(shown, zh, en) from error
    except BaseException:
        stack.close()
        raise


def _open_file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise FileMissing(path) from None
    except IsADirectoryError:
        raise FileUnreadable(path, "这是文件夹，请指定文件", "it is a folder; name a file") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileUnreadable(path, f"{reason}，请检查权限", f"{reason}; check its permissions") from error


def _open_table(source: Source, suffixes: list[str], format: str | None, choice: Choice) -> Table:
    head = read_head(source.stream)
    stream = cast("BinaryIO", io.BufferedReader(Chained(head, source.stream)))
    if head.startswith(MAGIC):
        unpacked = Unpacked(stream)
        suffixes = [suffix for suffix in suffixes if suffix != ".gz"]
        head = read_head(cast("BinaryIO", unpacked))
        if unpacked.broken is not None and not head:
            raise unpacked.broken
        source = source._replace(unpacked=unpacked)
        stream = cast("BinaryIO", io.BufferedReader(Chained(head, cast("BinaryIO", unpacked))))
    kind = _kind_of(head, suffixes[-1] if suffixes else "", format, source.name)
    source = source._replace(stream=stream)
    if kind == "xlsx":
        from copykit.tables.xlsx import open_xlsx  # late: one format in six should not cost all the others

        return open_xlsx(source, choice)
    text, encoding = open_text(stream, find_charset(head) if kind == "html" else None)
    if kind == "html":
        from copykit.tables.html import read_html  # late: the parser of the standard library takes 3 ms

        return from_grid(source, "html", read_html(text, source), choice, text, encoding)
    if kind == "json":
        return from_json_lines(source, Items(text, source.caps.row_chars), choice, text, encoding)
    lines = Lines(text.readline, source.caps.row_chars)
    sample = list(itertools.islice(iter(lines.next, None), 50))
    lines.push_back(sample)
    delimiter, is_table = sniff_delimiter(sample, choice, source)
    if kind is None or (kind == "txt" and format is None):
        if is_json_object(next((line for line in sample if not line.isspace()), "")):
            kind = "jsonl"
        else:
            kind = "csv" if is_table or choice.column is not None else "txt"
    if kind == "jsonl":
        return from_json_lines(source, lines, choice, text, encoding)
    if kind == "txt":
        rows = read_lines(lines, choice.role, source)
        return Table(source, "txt", (choice.role,), {choice.role: choice.role}, rows, text, encoding)
    if kind == "tsv":
        delimiter = "\t"
    return from_grid(source, kind, read_csv(lines, delimiter, source), choice, text, encoding, lambda: lines.ended)


def _kind_of(head: bytes, suffix: str, format: str | None, name: str) -> Format | None:
    """Return the format, None where only the text itself can tell; bytes are believed before names."""
    if format is not None and format not in _FORMATS:
        known = ", ".join(_FORMATS)
        raise FileUnreadable(name, f"不认识格式“{format}”，可用 {known}", f"no format '{format}'; there are {known}")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    for magic, (zh, en) in _FOREIGN.items():
        if head.startswith(magic):
            raise FileUnreadable(name, zh, f"{en}; save it as .xlsx or .csv")
    if (array := _JSON_ARRAY.match(head)) and format in (None, "jsonl"):
        if array[1] == b"{":
            return "json"
        zh, en = (
            "这个 JSON 数组里不是对象，请存成一行一条的 .txt，或一行一个对象的 .jsonl",
            "this JSON array holds no objects; save it as .txt, one text a line, or .jsonl, one object a line",
        )
        raise FileUnreadable(name, zh, en)
    if format is not None:
        if format == "xlsx":
            return "html" if _is_html(head) else "csv"
        return cast("Format", format)
    if _is_html(head):
        return "html"
    if suffix in _BOOKS and b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        zh, en = (
            "这个工作簿坏了，请重新导出或另存为 .xlsx",
            "this workbook is broken; export it again or save it as .xlsx",
        )
        raise FileUnreadable(name, zh, en)
    return _SUFFIXES.get(suffix)


_JSON_ARRAY = re.compile(rb'(?:\xef\xbb\xbf)?\s*\[\s*([{"])')
_FORMATS = ("txt", "csv", "tsv", "jsonl", "xlsx", "html")
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": (
        "旧版 .xls 或加了密码的表格，请另存为不带密码的 .xlsx",
        "it is an old .xls or has a password",
    ),
    b"%PDF": ("这是 PDF，请导出为 .xlsx 或 .csv", "it is a PDF"),
    b"\x89PNG": ("这是图片，请换成表格文件", "it is a picture"),
    b"\xff\xd8\xff": ("这是图片，请换成表格文件", "it is a picture"),
    b"Rar!": ("这是压缩包，请先解压", "it is an archive; unpack it"),
    b"7z\xbc\xaf": ("这是压缩包，请先解压", "it is an archive; unpack it"),
}
_SUFFIXES: dict[str, Format] = {
    ".txt": "txt",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".json": "jsonl",
    ".ndjson": "jsonl",
    ".html": "html",
    ".htm": "html",
    # A workbook is known by its bytes; what comes here only calls itself one and is text inside.
    ".xls": "csv",
    ".xlsx": "csv",
    ".et": "csv",
}
_BOOKS = (".xlsx", ".xls", ".et")


def _is_html(head: bytes) -> bool:
    # Two-byte encodings put a zero between the letters; exporters of HTML tables use UTF-16 now and then.
    start = head[:1024].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    opening = re.match(rb"<(!doctype|!--|html|head|meta|style|body|div|table|\?xml)", start)
    return opening is not None and b"<table" in head.replace(b"\0", b"").lower()
