"""JSON lines: one object a row, its keys the columns."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from copykit.tables.columns import Choice, fold_header, match_columns
from copykit.tables.lines import Lines
from copykit.tables.rows import ColumnMissing, Row, RowNotJson, RowTooLong
from copykit.tables.table import Source, Table
from copykit.text.encoding import CountedText


def is_json_object(line: str) -> bool:
    """Tell whether a line is one whole JSON object."""
    try:
        return line.lstrip().startswith("{") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def from_json_lines(source: Source, lines: Lines, choice: Choice, text: CountedText, encoding: str) -> Table:
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
    return Table(source, "jsonl", keys, columns, rows, text, encoding)


def _read_json(lines: Lines, source: Source) -> Iterator[Row]:
    # Numbers keep the letters they were written in: 1.50 stays 1.50 and a 20-digit id keeps its digits.
    load = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str).decode
    while (line := lines.next()) is not None:
        if line.isspace():
            continue
        number = lines.number
        if len(line) >= lines.limit:
            yield Row(number, {}, "", RowTooLong(file=source.name, row=number, limit=lines.limit))
            continue
        try:
            value = load(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply")
            yield Row(number, {}, "", RowNotJson(file=source.name, row=number, reason=reason))
            continue
        if not isinstance(value, dict):
            yield Row(number, {}, "", RowNotJson(file=source.name, row=number, reason=type(value).__name__))
            continue
        yield Row(number, {key: cell if isinstance(cell, str) else _json_cell(cell) for key, cell in value.items()}, "")


def _json_cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)
