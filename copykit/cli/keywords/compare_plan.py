"""Which periods ``keywords compare`` holds against which, and what people should know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copykit.calendar import Calendar
from copykit.cli.language import UsageMistake, say
from copykit.datafiles import DataFiles
from copykit.keywords.compare import Layout
from copykit.keywords.periods import Basis, By, Diary, Period, latest_whole, left_out, unbroken

Days = Mapping[tuple[int, date | None], int]  # (group, day) → slot, in the order of the slots


@dataclass(frozen=True, slots=True)
class Plan:
    """Which slots are compared, what the periods are called, and what people should know of them.

    ``numbers``: of each slot that was read, the slot that counts it (-1: none) of so many ``slots``.
    """

    layout: Layout
    numbers: NDArray[np.int32]
    slots: int
    names: list[str]
    head: list[str]


def by_group(days: Days, labels: Sequence[str], files: DataFiles, settings: Mapping[str, Any]) -> Plan:
    """Return that the last of the groups that people named is held against the others."""
    last = len(labels) - 1
    group = [number for number, _ in days]
    there = sorted(set(group))
    layout = Layout(np.array(group, np.int64), last, tuple(there[:-1]), tuple(day for _, day in days))
    earlier = say("、", ", ").join(labels[:-1])
    head = say(f"{labels[last]} 和 {earlier} 比", f"{labels[last]} against {earlier}")
    told = [head, *_unlike(days, last, Diary(Calendar(files), settings))]
    return Plan(layout, np.arange(len(group), dtype=np.int32), len(group), [labels[n] for n in there], told)


def _unlike(slots: Days, last: int, diary: Diary) -> list[str]:
    """Return what people should know of the days of periods that they named themselves, where all days are known."""
    now = [day for number, day in slots if number == last]
    before = [day for number, day in slots if number != last]
    known, old = [day for day in now if day], [day for day in before if day]
    if not known or not old or len(known) < len(now) or len(old) < len(before):
        return []
    feasts, weekdays = diary.differences(known, old)
    told = []
    if feasts:
        names = say("、", ", ").join(feasts)
        told.append(
            say(
                f"只有一边在{names}前后：涨跌里有日子的份",
                f"only one side lies round {names}: some change is the calendar's",
            )
        )
    if weekdays:
        told.append(
            say(
                "两边的星期几对不上：涨跌里有日子的份；有日期的，用 --by week 只比整周",
                "their weekdays differ: some change is the calendar's; with dates, --by week compares whole weeks",
            )
        )
    return told


def by_date(slots: Days, by: By, at: datetime | None, files: DataFiles, settings: Mapping[str, Any]) -> Plan:
    """Return that the period of ``at``, or the latest whole one, is held against earlier ones like it.

    Raises:
        UsageMistake: there are no two such periods.
    """
    diary = Diary(Calendar(files), settings)
    days = [day for _, day in slots if day is not None]
    every = diary.periods(days, by)
    now = (
        next((period for period in every if period.start <= at.date() < period.end), None)
        if at
        else latest_whole(every, max(days), days)
    )
    basis = diary.basis(every, now, by) if now else None
    if basis is None:
        known = f"{min(days).isoformat()}…{max(days).isoformat()}"
        raise UsageMistake(
            f"没有能比的两段：数据只有 {known}；换 --at 或 --by",
            f"there are no two periods in {known}; change --at or --by",
        )
    now, old = basis.now, basis.year_ago
    used = sorted({*basis.before, now, *([old[0], *old[1]] if old else [])}, key=lambda period: period.start)
    place = {period: number for number, period in enumerate(used)}
    # All other earlier days are one slot, which only tells whether a word was there before.
    slot_days = [day for day in days if any(period.start <= day < period.end for period in used)]
    number_of = {day: number for number, day in enumerate(slot_days)}
    past = len(slot_days)
    numbers = np.array([number_of.get(day, past if day < now.start else -1) for day in days], np.int32)
    layout = Layout(
        np.array(
            [next(place[some] for some in used if some.start <= day < some.end) for day in slot_days] + [-1], np.int64
        ),
        place[now],
        tuple(place[some] for some in basis.before),
        (*slot_days, None),
        (place[old[0]], tuple(place[some] for some in old[1])) if old else None,
        unbroken([some for some in used if some.start <= now.start]),
    )
    names = [some.name for some in used if place[some] <= place[now]]
    earlier = say("、", ", ").join(some.name for some in basis.before)
    head = [say(f"{now.name} 和 {earlier} 比", f"{now.name} against {earlier}"), *_alike(basis)]
    if by != "day":
        head += _passed_over(left_out(every, basis))
    return Plan(layout, numbers, past + 1, names, head)


def _alike(basis: Basis) -> list[str]:
    """Return what the calendar has to do with the change."""
    feasts = say("、", ", ").join(name for name, _ in basis.now.feasts)
    if basis.alike:
        return [say(f"都在{feasts}前后，可以比", f"all lie round {feasts}")] if feasts else []
    zh, en = (f"这段在{feasts}前后，", f"{feasts} lies in it; ") if feasts else ("", "")
    return [
        say(
            f"{zh}以前没有和它像的一段可比：涨跌里有日子的份",
            f"{en}no earlier period is like it: some change is the calendar's",
        )
    ]


def _passed_over(between: Sequence[Period]) -> list[str]:
    """Return why periods that lie between those compared are left out."""
    if not between:
        return []
    span = Period(between[0].start, between[-1].end).name
    held = say("、", ", ").join(dict.fromkeys(name for some in between for name, _ in some.feasts))
    why = say(f"在{held}前后" if held else "不在这些日子前后", f"lies round {held}" if held else "is no such time")
    return [say(f"中间的 {span} {why}，不拿来比", f"{span}, between them, {why} and is left out")]
