"""Tables of posts: seconds that a spoken line takes, rows spread over days; what a text message is billed as."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from copykit.model import Block
from copykit.templating import Marked

# Punctuation is a breath: a short one, and a long one at the end of a sentence.
_BREATHS = {"，": 0.2, "、": 0.1, "：": 0.2, "。": 0.4, "？": 0.4, "！": 0.4}


def finished(blocks: Sequence[Block], columns: Sequence[str], settings: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return a table's blocks with what its form's ``settings`` ask for.

    ``timing``: the column of seconds is filled from the spoken one, at ``rate`` characters a second. ``days``: rows are
    spread over days, see :func:`_dated`.
    """
    found = list(blocks)
    timing = settings.get("timing")
    if timing is not None:
        found = _timed(found, columns.index(timing["column"]), columns.index(timing["spoken"]), timing["rate"])
    if "days" in settings:
        found = _dated(found, columns.index(settings["days"]["column"]), settings["days"])
    return tuple(found)


def spoken_seconds(text: str, rate: float) -> float:
    """Return how long a text takes to say at ``rate`` characters a second; a Latin word or number counts as two."""
    units = len(re.findall(r"[\u3400-\u9fff]", text)) + 2 * len(re.findall(r"[A-Za-z]+|\d+(?:[.,]\d+)*", text))
    return units / rate + sum(_BREATHS.get(char, 0.0) for char in text)


def sms_segments(text: str) -> tuple[int, int]:
    """Return the characters of a text message and how many messages it is billed as.

    One holds 70 UTF-16 units of Chinese; parts of a longer one hold 67, as three join them (3GPP TS 23.040).
    """
    size = len(text.encode("utf-16-le")) // 2
    return size, 1 if size <= _ONE_MESSAGE else -(-size // _OF_SEVERAL)


_ONE_MESSAGE, _OF_SEVERAL = 70, 67


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


def _dated(blocks: list[Block], column: int, settings: Mapping[str, Any]) -> list[Block]:
    """Return rows in the order of their days: the column holds a time of the day, and gets day and hour.

    ``hours``: time of the day → hour. ``each_day``: rows a day. ``last``: the row that comes in the evening of the last
    day. Rows of one time of the day are spread evenly, so that no day has all of a kind and none has two at one hour.
    """
    hours: Mapping[str, str] = settings["hours"]
    rows: dict[str, list[Block]] = {}
    for block in blocks:
        if block.kind == "row":
            rows.setdefault(block.parts[column].text, []).append(block)
    count = sum(map(len, rows.values()))
    days = max(-(-count // settings["each_day"]), *(len(rows.get(time, ())) for time in hours))
    last = rows.pop(settings["last"], [])
    dated: list[tuple[int, int, Block]] = []
    for place, (time, hour) in enumerate(hours.items()):
        here = rows.get(time, [])
        for number, block in enumerate(here):
            # Times of the day are shifted against each other, so that thin lines do not meet on one day.
            day = (number * days + place % days) // len(here) % days + 1
            dated.append((day, place, _with(block, column, f"第 {day} 天 {hour}")))
    evening = list(hours.values())[-1]
    dated += [(days + 1, 0, _with(block, column, f"第 {days + 1} 天 {evening}")) for block in last]
    others = [block for block in blocks if block.kind != "row"]
    return [*others, *(block for _, _, block in sorted(dated, key=lambda each: each[:2]))]


def _with(block: Block, column: int, text: str) -> Block:
    cells = [*block.parts]
    cells[column] = Marked(text)
    return Block("row", tuple(cells))
