"""What a terminal can show: width, colour, and the signs that its encoding holds; and text laid out in cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from copykit.late import late
from copykit.text.measure import display_width, pad

Style = Literal["good", "cost", "bad", "quiet", "strong", "plain"]

_CODES: dict[Style, str] = {
    "good": "\x1b[32m",
    "cost": "\x1b[33m",
    "bad": "\x1b[31m",
    "quiet": "\x1b[2m",
    "strong": "\x1b[1m",
    "plain": "",
}
_JOINERS = frozenset("\n\u200d\ufe0e\ufe0f")  # what holds an emoji together does not print, and must stay
_EIGHTHS = " ▏▎▍▌▋▊▉█"


class Bilingual:
    """What has a language and speaks it: the views of all results."""

    __slots__ = ()
    lang: str

    def say(self, zh: str, en: str) -> str:
        """Return one of two wordings."""
        return zh if self.lang == "zh" else en


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where text is shown. ``width`` in cells; ``encoding`` decides which signs are safe (GBK holds bars and lines)."""

    width: int = 80
    colour: bool = False
    encoding: str = "utf-8"

    def paint(self, text: str, style: Style) -> str:
        """Return the text in a style, plain where there is no colour."""
        code = _CODES[style]
        return f"{code}{text}\x1b[0m" if self.colour and code and text.strip() else text

    def safe(self, text: str) -> str:
        """Return the text with what the encoding lacks (and control characters) replaced by ``?``."""
        shown = "".join(char if char.isprintable() or char in _JOINERS else "?" for char in text)
        try:
            shown.encode(self.encoding)
        except UnicodeEncodeError:
            return shown.encode(self.encoding, "replace").decode(self.encoding)
        return shown

    def holds(self, text: str) -> bool:
        """Return whether the encoding has every character of ``text``."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def hanging(self, lead: str, text: str) -> list[str]:
        """Return a text in lines of the width, the further ones set in as far as ``lead`` is wide."""
        wide = display_width(lead)
        first, *rest = wrapped(self.safe(text), max(self.width - wide, 20))
        return [lead + first, *(" " * wide + line for line in rest)]

    def bar(self, value: float, cells: int = 10) -> str:
        """Return a bar for 0–100, in eighths of a cell where the encoding holds them, padded to ``cells``."""
        if not self.holds(_EIGHTHS):
            filled = round(value / 100 * cells)
            return "#" * filled + "." * (cells - filled)
        full, rest = divmod(round(value / 100 * cells * 8), 8)
        return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(cells)


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign drawn under a range of the text; later marks lie over earlier ones."""

    start: int
    end: int
    sign: str
    style: Style


def underlined(text: str, marks: Sequence[Mark], terminal: Terminal) -> list[str]:
    """Return the text cut into lines of the terminal's width, each followed by the signs under its marked places.

    A sign fills as many cells as the character above it takes, so that Han and Latin stay aligned.
    """
    lines: list[str] = []
    for start, end in _cut(text, terminal.width):
        under = _under(text, start, end, marks, terminal)
        lines.append(terminal.paint(terminal.safe(text[start:end]), "strong"))
        if under.strip():
            lines.append(under.rstrip())
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Return the text cut to lines of at most ``width`` cells.

    Numbers and Latin words stay whole where they fit. Closing punctuation never begins a line, as what it closes goes
    along, and what opens never ends one.
    """
    lines: list[str] = []
    line: list[str] = []
    used = 0
    for piece in _PIECES.findall(text):
        size = display_width(piece)
        if used + size > width and line:
            end = len(line)
            if piece in _CLOSING:
                while end and line[end - 1] in _CLOSING:
                    end -= 1
                end -= 1
            while end > 0 and line[end - 1] in _OPENING:
                end -= 1
            if end > 0 or piece not in _CLOSING:
                end = end if end > 0 else len(line)
                lines.append("".join(line[:end]).rstrip())
                line = line[end:]
                used = sum(map(display_width, line))
                if piece == " ":
                    continue
        line.append(piece)
        used += size
    return [*lines, "".join(line)] if line or not lines else lines


_PIECES = late(r"[0-9A-Za-z.,+%=_/–'\"();:-]{2,20}|.", re.DOTALL)
_OPENING = frozenset("（“《〈【([")
_CLOSING = frozenset("，。；：！？、）》”’,.;:!?)")


def columns(rows: Iterable[Sequence[str]], gap: int = 2) -> list[str]:
    """Return rows as lines with their cells aligned by display width; the last cell is not padded."""
    table = [list(row) for row in rows]
    widths = [max(map(display_width, cells)) for cells in zip(*table, strict=True)]
    return [
        (" " * gap).join([*(pad(cell, width) for cell, width in zip(row[:-1], widths, strict=False)), row[-1]]).rstrip()
        for row in table
    ]


def _cut(text: str, width: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    start = used = 0
    for place, char in enumerate(text):
        size = display_width(char)
        if used + size > width:
            pieces.append((start, place))
            start, used = place, 0
        used += size
    pieces.append((start, len(text)))
    return pieces


def _under(text: str, start: int, end: int, marks: Sequence[Mark], terminal: Terminal) -> str:
    chosen: list[Mark | None] = [None] * (end - start)
    for mark in marks:
        for place in range(max(mark.start, start), min(mark.end, end)):
            chosen[place - start] = mark
    line = ""
    for place, over in enumerate(chosen, start):
        cells = display_width(terminal.safe(text[place]))
        if over is None:
            line += " " * cells
        else:
            # ━ is one cell in a Western terminal and is drawn twice under a Han character
            line += terminal.paint(over.sign * cells, over.style)
    return line
