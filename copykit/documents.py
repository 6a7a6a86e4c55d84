"""Texts as they are found: files and folders, tables row by row, standard input, each with what readers see of it."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from copykit import tables
from copykit.corpus.address import host_of, lies_under
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, FileMissing, FileUnreadable, Words
from copykit.model import Span
from copykit.tables.rows import ColumnMissing, RowEmpty
from copykit.text.encoding import decode, find_charset
from copykit.text.markup import FrontMatter, Link, Markup, Visible, visible

MARKUPS: dict[str, Markup] = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
}
# The settings at a file's head that tell of its context, and what else they are called.
FRONT_KEYS = {
    "category": "category",
    "品类": "category",
    "has_link": "has_link",
    "有链接": "has_link",
    "commercial": "commercial",
    "商业": "commercial",
    "audience": "audience",
    "channel": "channel",
    "brief": "brief",
}
TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".xlsx")
# An article has some kilobytes; what is a thousand times longer is a dump, and its report could not be read.
MAX_BYTES = 16 << 20


UNDECODED = "\ufffd"


class Cell(NamedTuple):
    """A column of a table's row: its name, its range in the document's source, and the role that it plays."""

    name: str
    span: Span
    role: str = ""


class Document(NamedTuple):
    """One text to be checked. ``row`` and ``cells`` are those of a table, else None and empty.

    ``garbled`` counts what could not be decoded in it, or anywhere in its row. ``guessed``: no name told that it is
    Markdown, the settings at its head did.
    """

    file: str
    row: int | None
    visible: Visible
    cells: tuple[Cell, ...] = ()
    garbled: int = 0
    guessed: bool = False


class Refused(NamedTuple):
    """A file or a row that could not be read, and why."""

    file: str
    row: int | None
    error: CopykitError


class Found(NamedTuple):
    """The files of what was named, in order; ``skipped`` counts hidden and unknown ones in folders."""

    files: tuple[Path, ...]
    skipped: int
    folders: bool


class NothingInside(CopykitError):
    """A file without a text in it."""

    zh = "{file} 里没有文字，没有检查"
    en = "{file} holds no text; nothing was checked"


class ColumnsMissing(CopykitError):
    """A table without one of the columns that were asked for."""

    zh = "{file} 里没有“{wanted}”这一列；现有的列：{columns}"
    en = "{file} has no column '{wanted}'; it has: {columns}"


def find_files(paths: Iterable[Path]) -> Found:
    """Return the files named and those in the folders named; no folder link is followed, so that none can go round.

    Raises:
        FileMissing: one of them is not there.
    """
    files: list[Path] = []
    skipped = 0
    folders = False
    for path in paths:
        if not path.is_dir():
            if not path.exists():
                raise FileMissing(path)
            files.append(path)
            continue
        folders = True
        for folder, inner, names in os.walk(path):
            hidden = [name for name in inner if name.startswith(".")]
            skipped += len(hidden)
            inner[:] = sorted(set(inner) - set(hidden))
            for name in sorted(names):
                known = os.path.splitext(name)[1].lower() in (*MARKUPS, *TABLES)
                if known and not name.startswith((".", "~$")) and os.path.isfile(os.path.join(folder, name)):
                    files.append(Path(folder) / name)
                else:
                    skipped += 1
    return Found(tuple(dict.fromkeys(files)), skipped, folders)


def read_documents(
    source: Path | BinaryIO, columns: Sequence[str], wanted: Mapping[str, Sequence[str]], form: str | None = None
) -> Iterator[Document | Refused]:
    """Yield the texts of a file or a stream: one, or one a row of a table.

    ``columns`` are the table's columns to read, by name; without any those of ``wanted``. ``form`` is txt, md, html or
    a table's format, where the name does not tell. What cannot be read is yielded as refused, with the reason.
    """
    name = "-" if not isinstance(source, Path) else source.as_posix()
    suffix = source.suffix.lower() if isinstance(source, Path) else ""
    try:
        if f".{form}" in TABLES or (form is None and suffix in (*TABLES, ".xls", ".gz")):
            yield from _read_table(source, name, columns, wanted, form)
        else:
            markup = cast("Markup | None", form) or MARKUPS.get(suffix)
            yield _read_text(source, name, markup)
    except CopykitError as error:
        yield Refused(name, None, error)


def from_text(text: str, name: str) -> Document:
    """Return a sentence that was given as it is."""
    return Document(name, None, visible(text, "txt"))


def _read_text(source: Path | BinaryIO, name: str, markup: Markup | None) -> Document:
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                data = file.read(MAX_BYTES + 1)  # a device or a growing file has no size to ask for
        else:
            data = source.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileUnreadable(name, f"{reason}，请检查权限", f"{reason}; check its permissions") from error
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES >> 20
        raise FileUnreadable(name, f"超过 {limit} MB，请拆开", f"it is over {limit} MB; split it")
    for magic, (zh, en) in _FOREIGN.items():
        if data.startswith(magic):
            raise FileUnreadable(name, zh, en)
    given = markup
    if markup is None:
        markup = "html" if _HTML.match(data) else "txt"
    decoded = decode(data, find_charset(data[:4096]) if markup == "html" else None)
    guessed = given is None and markup == "txt" and _has_settings(decoded.text)
    if guessed:
        markup = "md"
    if "\0" in decoded.text:
        raise FileUnreadable(name, "里面有 NUL 字符，不像文字文件", "it holds NUL characters and is no text")
    seen = visible(decoded.text, markup)
    if not seen.text.strip():
        raise NothingInside(file=name)
    return Document(name, None, seen, (), decoded.replaced, guessed)


def _has_settings(text: str) -> bool:
    """Return whether a text begins with a block of settings of which one is known."""
    if not text.startswith(("---", "+++")):
        return False
    front = visible(text, "md").front
    keys = _KEY.findall(front.text) if front is not None else ()
    return any(key.casefold() in (*FRONT_KEYS, "title", "标题") for key in keys)


_KEY = re.compile(r"^(\w+)[ \t]*[:=]", re.MULTILINE)

_FOREIGN = {
    b"PK\x03\x04": (
        "这是压缩包或 Word 文档，请另存为 .txt、.md 或 .xlsx",
        "it is an archive or a Word file; save it as .txt or .md",
    ),
    b"\xd0\xcf\x11\xe0": (
        "这是旧版 Office 文件，请另存为 .txt 或 .xlsx",
        "it is an old Office file; save it as .txt or .xlsx",
    ),
    b"%PDF": ("这是 PDF，请先导出文字", "it is a PDF; export its text first"),
    b"\x89PNG": ("这是图片，请先把字打出来", "it is a picture; type its words first"),
    b"\xff\xd8\xff": ("这是图片，请先把字打出来", "it is a picture; type its words first"),
    b"GIF8": ("这是图片，请先把字打出来", "it is a picture; type its words first"),
}
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)


def _read_table(
    source: Path | BinaryIO, name: str, columns: Sequence[str], wanted: Mapping[str, Sequence[str]], form: str | None
) -> Iterator[Document | Refused]:
    """Yield a table's rows; the texts of a row are one document, so that a notice in one column counts for all."""
    first = columns[0] if columns else None
    with _open_table(source, name, first, wanted, form) as table:
        headers = _headers(table, columns, wanted, name)
        roles = {header: role for role, header in table.columns.items()} if not columns else {}
        for row in table:
            if row.error is not None:
                yield Refused(name, row.number, row.error)
                continue
            texts = {header: text for header in headers if (text := row.values.get(header, "")).strip()}
            if not texts:
                yield Refused(name, row.number, RowEmpty(file=name, row=row.number))
                continue
            # The decoder counts for the whole file and reads ahead; its sign tells which row is damaged.
            garbled = sum(cell.count(UNDECODED) for cell in row.values.values()) if table.replaced else 0
            yield Document(name, row.number, *_joined(texts, roles), garbled)


def _open_table(
    source: Path | BinaryIO, name: str, column: str | None, wanted: Mapping[str, Sequence[str]], form: str | None
) -> tables.Table:
    try:
        return tables.read_rows(source, wanted=wanted, format=form, column=column, name=name)
    except ColumnMissing:
        if column is not None or len(wanted) < 2:
            raise
        # A table that has a body and no title is a table of texts too.
        if not isinstance(source, Path):
            raise
        role, *others = wanted
        return tables.read_rows(source, wanted={each: wanted[each] for each in (*others, role)}, format=form, name=name)


def _headers(table: tables.Table, columns: Sequence[str], wanted: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """Return the headers of the columns that are read."""
    main = next(iter(table.columns.values()), "")
    if not columns:
        # A table may have several columns for one role: 名称 and 文案 are both read.
        names = {tables.fold_header(name) for each in wanted.values() for name in each}
        more = (header for header in table.headers if tables.fold_header(header) in names)
        return list(dict.fromkeys([*table.columns.values(), *more]))
    by_name = {tables.fold_header(header): header for header in reversed(table.headers)}
    found = [main]  # the first was found by its name or number when the table was opened
    for column in columns[1:]:
        header = by_name.get(tables.fold_header(column))
        if header is None and column.isdecimal() and 1 <= int(column) <= len(table.headers):
            header = table.headers[int(column) - 1]
        if header is None:
            raise ColumnsMissing(
                file=name, wanted=column, columns=Words("、".join(table.headers), ", ".join(table.headers))
            )
        found.append(header)
    return list(dict.fromkeys(found))


def _joined(texts: Mapping[str, str], roles: Mapping[str, str]) -> tuple[Visible, tuple[Cell, ...]]:
    """Return the texts of a row as one, each a paragraph; a cell that holds HTML is read as such."""
    cells: list[Cell] = []
    place = 0
    for header, text in texts.items():
        cells.append(Cell(header, Span(place, place + len(text)), roles.get(header, "")))
        place += len(text) + 1
    source = "\n".join(texts.values())
    return visible(source, "html" if any(map(_TAGS.search, texts.values())) else "txt"), tuple(cells)


_TAGS = re.compile(r"</?(?:p|div|br|span|strong|b|ul|li|img|table|h[1-6])\b[^<>]*>", re.IGNORECASE)


class Shops:
    """What tells that a link leads to goods, from ``links/*.toml``."""

    def __init__(self, files: DataFiles) -> None:
        data: list[Mapping[str, Any]] = list(files.load("links").values())
        self._hosts = tuple(host.lower() for each in data for host in each["hosts"])
        self._paths = tuple(path.lower() for each in data for path in each.get("paths", ()))
        self._labels = tuple(label.lower() for each in data for label in each.get("labels", ()))
        patterns = [pattern for each in data for pattern in each.get("patterns", ())]
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def sells(self, seen: Visible) -> bool:
        """Return whether a text carries a way to buy: a link to goods, or a code that a shopping app reads."""
        if any(self.leads_to_goods(link, seen.text) for link in seen.links):
            return True
        return self._pattern is not None and self._pattern.search(seen.text) is not None

    def leads_to_goods(self, link: Link, text: str) -> bool:
        """Return whether a link of a visible text goes to a shop's address, or stands on words such as 立即购买."""
        target = html.unescape(link.target).lower()
        label = text[slice(*link.span)].lower()
        return (
            lies_under(host_of(target), self._hosts)
            or any(path in target for path in self._paths)
            or any(word in label for word in self._labels)
        )


def front_matter(front: FrontMatter, name: str) -> Mapping[str, Any]:
    """Return the settings at the head of a Markdown file.

    Raises:
        FileUnreadable: they cannot be parsed.
    """
    try:
        if front.language == "toml":
            import tomllib

            return tomllib.loads(front.text)
        import yaml  # late: few texts have settings

        value = yaml.safe_load(front.text)
    except (ValueError, RecursionError) as error:  # tomllib's error is a ValueError, yaml's is not
        raise _bad_front(name, front, error) from None
    except yaml.YAMLError as error:
        raise _bad_front(name, front, error) from None
    return value if isinstance(value, dict) else {}


def _bad_front(name: str, front: FrontMatter, error: Exception) -> FileUnreadable:
    mark = getattr(error, "problem_mark", None)
    told = re.search(r"line (\d+)", str(error))
    line = front.line + (mark.line if mark is not None else int(told[1]) - 1 if told else 0)
    reason = (getattr(error, "problem", None) or str(error)).split("\n")[0]
    kind = front.language.upper()
    return FileUnreadable(
        f"{name}:{line}", f"开头的 {kind} 写错了：{reason}", f"its {kind} front matter is badly written: {reason}"
    )
