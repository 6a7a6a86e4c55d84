"""JSON lines, and arrays: one object a row, its keys the columns."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from copykit.tables.columns import Choice, fold_header, match_columns
from copykit.tables.lines import Lines
from copykit.tables.rows import ColumnMissing, Row, RowNotJson, RowTooLong, not_json
from copykit.tables.table import Source, Table
from copykit.text.encoding import CountedText

ITEMS_CHARS = 1 << 16  # read at a time

# Numbers keep the letters they were written in: 1.50 stays 1.50 and a 20-digit id keeps its digits.
exact_json = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str).decode


def is_json_object(line: str) -> bool:
    """Tell whether a line is one whole JSON object."""
    try:
        return line.lstrip().startswith("{") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def from_json_lines(source: Source, lines: Lines | Items, choice: Choice, text: CountedText, encoding: str) -> Table:
    """Read the keys of the first objects as the header.

    Raises:
        ColumnMissing: none of these objects has the text.
    """
    objects = _read_json(lines, source)
    first = list(itertools.islice(objects, source.caps.header_rows))
    keys = list(dict.fromkeys(key for row in first if row.error is None for key in row.values))
    columns = {role: keys[index] for role, index in match_columns(keys, choice.wanted).items()}
    if choice.column is not None:
        folded = {fold_header(key): key for key in reversed(keys)}
        key = choice.column if choice.column in keys else folded.get(fold_header(choice.column))
        columns = {**columns, choice.role: key} if key is not None else {}
    if keys and choice.role not in columns:
        raise ColumnMissing(source.name, choice.shown, keys)
    key = columns.get(choice.role, "")
    every = itertools.chain(first, objects)
    rows = (row if row.error else row._replace(text=row.values.get(key, "")) for row in every)
    return Table(source, "jsonl" if isinstance(lines, Lines) else "json", keys, columns, rows, text, encoding)


def _read_json(lines: Lines | Items, source: Source) -> Iterator[Row]:
    while (line := lines.next()) is not None:
        if line.isspace():
            continue
        number = lines.number
        if len(line) >= lines.limit:
            yield Row(number, {}, "", RowTooLong(file=source.name, row=number, limit=lines.limit))
            continue
        try:
            value = exact_json(line)
        except (ValueError, RecursionError) as error:
            yield Row(number, {}, "", RowNotJson(file=source.name, row=number, reason=not_json(error)))
            continue
        if not isinstance(value, dict):
            yield Row(number, {}, "", RowNotJson(file=source.name, row=number, reason=not_json(value)))
            continue
        yield Row(number, {key: cell if isinstance(cell, str) else _json_cell(cell) for key, cell in value.items()}, "")


def _json_cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)


class Items:
    """The objects of a JSON array, given one after another as ``Lines`` gives lines, a broken one as it stands.

    No more than an object and what was read with it is held.
    """

    def __init__(self, text: CountedText, limit: int) -> None:
        self._read, self.limit = text.read, limit
        self._text = ""
        self._at = 0  # what comes before is done with
        self._counted = 0  # up to where line feeds were counted
        self._ended = False
        self.number = 1  # the line on which the last item begins

    def next(self) -> str | None:
        """Return the next item, None after the last; one that the end of the file cuts off is the last."""
        self._skip()
        begin = self._at
        if begin == len(self._text) or self._text[begin] == "]":
            return None
        while True:
            try:
                _, end = _DECODE(self._text, begin)
            except (ValueError, RecursionError) as error:
                # What is cut off by the end of what was read is told to break there, or in a string that never ends.
                place, said = getattr(error, "pos", 0), getattr(error, "msg", "")
                open_end = "Unterminated" in said or place >= len(self._text) - len("-Infinity")
                if open_end and len(self._text) - begin < self.limit and self._more():
                    continue
                end = self._after_broken(begin)
            self._at = end
            return self._text[begin:end]

    def _skip(self) -> None:
        """Go to where the next item begins, or the array ends; forget what comes before."""
        while True:
            between = _BETWEEN.match(self._text, self._at)
            self._at = between.end() if between else self._at
            self.number += self._text.count("\n", self._counted, self._at)
            self._counted = self._at
            if self._at > ITEMS_CHARS:
                self._text, self._at, self._counted = self._text[self._at :], 0, 0
            if self._at < len(self._text) or not self._more():
                return

    def _more(self) -> bool:
        if self._ended:
            return False
        fresh = self._read(max(ITEMS_CHARS, len(self._text) - self._at))
        self._ended = not fresh
        self._text += fresh
        return not self._ended

    def _after_broken(self, begin: int) -> int:
        """Return where the item after a broken one may begin: on a line indented as this one is, or after a comma."""
        line = self._text.rfind("\n", 0, begin) + 1
        indent = self._text[line:begin].strip("[,")
        start = re.compile(rf"\n{indent if indent.isspace() else ''}(?=\{{)")
        while (found := start.search(self._text, begin)) is None and len(self._text) - begin < self.limit:
            if not self._more():
                break
        found = found or _NEXT.search(self._text, begin)
        return found.end() if found else len(self._text)


_DECODE = json.JSONDecoder().raw_decode
_BETWEEN = re.compile(r"[\s,\[]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
