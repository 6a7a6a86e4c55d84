"""Count a text as platforms and terminals do, and cut it to a limit without breaking a character in two."""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Literal

from copykit.late import late

# char: code points · han2: ASCII 1, others 2 · utf8: bytes · xhs: half the sum over UTF-16 units of 1 for ASCII and
# 2 for others, rounded up · px: pixels in a search result, an estimate · word: Latin words and numbers, and Han
Unit = Literal["char", "han2", "utf8", "xhs", "px", "word"]


def measure(text: str, unit: Unit) -> int:
    """Return the length in the unit; ``px`` is an estimate for a sans-serif at 22 px.

    A lone surrogate counts as the three bytes in which it is commonly written.
    """
    return _MEASURES[unit](text)


def fit(text: str, unit: Unit, limit: int) -> str:
    """Return the longest beginning that measures at most ``limit`` and cuts no character, emoji or accent in two."""
    if unit == "char" and (len(text) <= limit or _PLAIN.fullmatch(text, 0, limit + 1)):
        return text[:limit]
    if measure(text, unit) <= limit:
        return text
    ends = list(accumulate(map(len, _clusters(text))))
    fitting = bisect_right(ends, limit, key=lambda end: measure(text[:end], unit))
    return text[: ends[fitting - 1]] if fitting else ""


READING_SPEED = 9  # Han characters a second; half of one for an ASCII character


def reading_seconds(text: str) -> float:
    """Estimate how long a text takes to read, in seconds."""
    return _seconds(len(text), _utf8(text))


@functools.lru_cache(maxsize=4096)  # rounding takes as long as all else
def _seconds(size: int, in_bytes: int) -> float:
    wide = (in_bytes - size) / 2  # a Han character takes two bytes more than ASCII
    return round((wide + max(size - wide, 0) / 2) / READING_SPEED, 1)


def display_width(text: str) -> int:
    """Return the columns that the text takes in a terminal: Han and emoji 2, marks and controls 0."""
    plain = text.translate(_NARROW)
    if _PLAIN.fullmatch(plain):
        return _han2(plain)
    import wcwidth  # late: its tables take 15 ms, and most titles need none of them

    return sum(max(wcwidth.wcswidth(cluster), 0) for cluster in _clusters(text))


def pad(text: str, width: int) -> str:
    """Return the text with blanks after it up to ``width`` columns; a longer text is returned as it is."""
    return text + " " * (width - display_width(text))


# Characters that stand alone and take one column (ASCII) or two (Han, their punctuation, full width).
# Signs of titles and of our own pages that take one column though they are not ASCII.
_NARROW = dict.fromkeys(map(ord, "−–—·…“”‘’→━┄█▏▎▍▌▋▊▉"), "-")
_PLAIN = late(r"[ -~\u3001-\u3029\u4e00-\u9fff\uff01-\uff60]*")


def _clusters(text: str) -> Iterable[str]:
    """Return what a reader takes for single characters."""
    if _PLAIN.fullmatch(text):
        return text
    import wcwidth

    return wcwidth.iter_graphemes(text)


def _han2(text: str) -> int:
    return 2 * len(text) - _ascii(text)


def _ascii(text: str) -> int:
    return len(text.encode("ascii", "ignore"))


def _utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _xhs(text: str) -> int:
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return (2 * units - _ascii(text) + 1) // 2


def _px(text: str) -> int:
    return sum(_pixels(cluster) for cluster in _clusters(text))


def _pixels(cluster: str) -> int:
    """Return the width of one character; what is written around its first code point takes no room of its own."""
    return _ASCII_PIXELS.get(cluster[0]) or 11 * display_width(cluster)


# Advance widths of a common sans-serif (Arial) at 22 px, rounded: Han take the full 22, ASCII falls into few classes.
_ASCII_PIXELS = {
    char: pixels
    for pixels, chars in (
        (5, "ijl'|"),
        (6, " !,./:;I[\\]ft"),
        (7, '()-`r"'),
        (9, "*^{}"),
        (11, "Jcksvxyz"),
        (12, "#$?L_0123456789abdeghnopqu"),
        (13, "+<=>FTZ~"),
        (15, "&ABEKPSVXY"),
        (16, "CDHNRUw"),
        (17, "GOQ"),
        (18, "Mm"),
        (20, "%W"),
        (22, "@"),
    )
    for char in chars
}


def _word(text: str) -> int:
    return len(_WORDS.findall(text))


_WORDS = late(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:['’.,][^\W_\u3400-\u9fff]+)*")
# The most that one code point measures, from which many texts are known to fit without being measured.
WIDEST: dict[str, int] = {"char": 1, "han2": 2, "utf8": 4, "xhs": 2, "px": 22, "word": 1}
_MEASURES: dict[str, Callable[[str], int]] = {
    "char": len,
    "han2": _han2,
    "utf8": _utf8,
    "xhs": _xhs,
    "px": _px,
    "word": _word,
}
