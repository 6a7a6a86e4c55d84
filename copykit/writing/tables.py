"""Tables of posts: seconds that a spoken line takes, rows in the order of their days."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from copykit.model import Block
from copykit.templating import Marked

# Punctuation is a breath: a short one, and a long one at the end of a sentence.
_BREATHS = {"，": 0.2, "、": 0.1, "：": 0.2, "。": 0.4, "？": 0.4, "！": 0.4}
_NUMBERS = re.compile(r"\d+")


def finished(blocks: Sequence[Block], columns: Sequence[str], settings: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return a table's blocks with what its form's ``settings`` ask for.

    ``timing``: the column of seconds is filled from the spoken one, at ``rate`` characters a second. ``sort``: rows in
    the order of the figures in that column (第 2 天 8:20), those without any last.
    """
    found = list(blocks)
    timing = settings.get("timing")
    if timing is not None:
        found = _timed(found, columns.index(timing["column"]), columns.index(timing["spoken"]), timing["rate"])
    if "sort" in settings:
        place = columns.index(settings["sort"])
        found.sort(key=lambda block: _order(block.parts[place].text) if block.kind == "row" else (0, ()))
    return tuple(found)


def spoken_seconds(text: str, rate: float) -> float:
    """Return how long a text takes to say at ``rate`` characters a second; a Latin word or number counts as two."""
    units = len(re.findall(r"[\u3400-\u9fff]", text)) + 2 * len(re.findall(r"[A-Za-z]+|\d+(?:[.,]\d+)*", text))
    return units / rate + sum(_BREATHS.get(char, 0.0) for char in text)


def _timed(blocks: list[Block], column: int, spoken: int, rate: float) -> list[Block]:
    now = 0.0
    timed = []
    for block in blocks:
        if block.kind != "row":
            timed.append(block)
            continue
        later = now + spoken_seconds(block.parts[spoken].text, rate)
        cells = [*block.parts]
        cells[column] = Marked(f"{now:.0f}–{later:.0f}")
        timed.append(Block("row", tuple(cells)))
        now = later
    return timed


def _order(text: str) -> tuple[int, tuple[int, ...]]:
    numbers = tuple(int(number) for number in _NUMBERS.findall(text))
    return (0, numbers) if numbers else (1, ())
