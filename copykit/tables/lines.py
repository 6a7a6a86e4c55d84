"""Text line by line, and the plainest of formats: one title a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from copykit.tables.rows import Row, RowHasNul, RowTooLong
from copykit.tables.table import Source


def read_lines(lines: Lines, role: str, source: Source) -> Iterator[Row]:
    """Give each line as the text of a row, blank ones too."""
    limit = min(source.caps.field_chars, lines.limit - 1)
    while (line := lines.next()) is not None:
        text = line.rstrip("\r\n")
        if "\0" in text:
            yield Row(lines.number, {}, "", RowHasNul(file=source.name, row=lines.number))
        elif len(text) > limit:
            yield Row(lines.number, {}, "", RowTooLong(file=source.name, row=lines.number, limit=limit))
        else:
            yield Row(lines.number, {role: text}, text)


class Lines:
    """Physical lines with their numbers and a way back; a line over the limit is cut and the rest of it skipped.

    ``ended``: whether the last line that was read has a line end.
    """

    def __init__(self, readline: Callable[[int], str], limit: int) -> None:
        self._readline = readline
        self._back: list[str] = []  # reversed: the next line is the last
        self.limit = limit
        self.number = 0
        self.ended = True

    def next(self) -> str | None:
        """Return the next line with its line end, None at the end of the file."""
        if self._back:
            self.number += 1
            return self._back.pop()
        line = self._readline(self.limit)
        if not line:
            return None
        self.number += 1
        self.ended = line.endswith(("\n", "\r"))
        if len(line) == self.limit and not line.endswith(("\n", "\r")):
            while (more := self._readline(self.limit)) and not more.endswith(("\n", "\r")):
                pass
        return line

    def push_back(self, lines: Sequence[str]) -> None:
        """Take lines back, to be read again."""
        self._back.extend(reversed(lines))
        self.number -= len(lines)
