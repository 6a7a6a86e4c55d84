"""Which words changed from one period to the next, as the tests of ``keywords/changes`` see it, for a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.changes import compare_counts, learn_spread
from copykit.model import WordRow
from copykit.reports.snapshot import MOST_WORDS, Snapshot

Array = NDArray[Any]

FALSE_SHARE = 0.05  # of the words that are told to have changed, at most this share by chance
LEAST_INDEX_CHANGE = 1.5  # an index has no counts to test; this many times more or less is told
FEW = 3  # what came less often than this before is new rather than rising


class Changes(NamedTuple):
    """The words of each state, best first: new and rising by what they gained, falling and gone by what they lost."""

    words: Mapping[str, tuple[WordRow, ...]]
    own: tuple[WordRow, ...]


def changes(
    now: Snapshot,
    before: Snapshot | None,
    earlier: Sequence[Snapshot | None],
    is_own: Callable[[str], bool],
    top: int,
    least: int = 1,
    lang: str = "zh",
) -> Changes:
    """Compare two periods; ``earlier`` are those before and now, oldest first, for the history of each word.

    Without a period before, nothing can be said to have changed. ``least``: words that reached this figure in neither
    are left out.
    """
    if before is None or before.measure != now.measure:
        return Changes({}, ())
    names = sorted({*now.words, *before.words})
    was = np.array([before.words.get(name, (0.0, 0))[0] for name in names])
    is_ = np.array([now.words.get(name, (0.0, 0))[0] for name in names])
    seen = np.maximum(was, is_) >= least
    names = [name for name, good in zip(names, seen.tolist(), strict=True) if good]
    was, is_ = was[seen], is_[seen]
    changed = _by_ratio(was, is_) if now.measure.endswith("index") else _by_test(was, is_)
    rows: dict[str, list[tuple[float, WordRow]]] = {}
    own: list[tuple[float, WordRow]] = []
    totals = _total(before), _total(now)
    for place in np.flatnonzero(changed).tolist():
        name, first, last = names[place], float(was[place]), float(is_[place])
        state = _state(first, last, totals)
        told_before = first if name in before.words or not before.floor else None
        ratio = last / first if first and last else None
        history = tuple(_figure(each, name) for each in earlier)
        notes = [_note(history, lang)]
        if ratio is not None and (state == "rising") != (ratio > 1):
            ratio *= totals[0] / totals[1]
            notes.append("按占比算：总量变了" if lang == "zh" else "by its share: the whole has changed")
        note = ("；" if lang == "zh" else "; ").join(filter(None, notes))
        row = WordRow(name, state, told_before, last, ratio, history, own=is_own(name), note=note)
        item = abs(last - first), row
        if row.own:
            own.append(item)
        else:
            rows.setdefault(state, []).append(item)

    def best(some: list[tuple[float, WordRow]]) -> tuple[WordRow, ...]:
        return tuple(row for _, row in sorted(some, key=lambda item: (-item[0], item[1].keyword))[:top])

    return Changes({state: best(some) for state, some in rows.items()}, best(own))


def with_last_year(
    rows: Sequence[WordRow], like: Snapshot, like_before: Snapshot | None, lang: str
) -> tuple[WordRow, ...]:
    """Return the rows with their figures of the same weeks last year, and whether they went the same way then."""
    then: dict[str, str] = {}
    if like_before is not None:
        found = changes(like, like_before, [like_before, like], lambda word: False, MOST_WORDS)
        then = {row.keyword: row.state for some in found.words.values() for row in some}
    told = []
    for row in rows:
        way, was = _WAYS.get(row.state, ""), _WAYS.get(then.get(row.keyword, ""), "")
        said = ""
        if way and was:
            said = _THEN[lang][(way, was)]
        elif way and like_before is not None and row.keyword in like.words and row.keyword in like_before.words:
            said = "去年这时没怎么变" if lang == "zh" else "steady at this time last year"
        note = ("；" if lang == "zh" else "; ").join(filter(None, (row.note, said)))
        told.append(replace(row, year_ago=_figure(like, row.keyword), note=note))
    return tuple(told)


def year_part(
    now: Snapshot, like: Snapshot, is_own: Callable[[str], bool], top: int, least: int, lang: str
) -> tuple[WordRow, ...]:
    """Return the words that changed most since the same weeks last year, by share."""
    found = changes(now, like, [like, now], is_own, top, least, lang)
    rows = [row for some in found.words.values() for row in some]
    shares = _total(now) / (_total(like) or 1)
    rows.sort(key=lambda row: (-abs((row.after or 0) / shares - (row.before or 0)), row.keyword))
    return tuple(
        replace(row, ratio=row.after / row.before / shares if row.before and row.after else None, note="")
        for row in rows[:top]
    )


# What a state says of a word's way, for saying whether it went the same way a year ago.
_WAYS = {"new": "up", "rising": "up", "falling": "down", "gone": "down"}
_THEN = {
    "zh": {
        ("up", "up"): "去年这时也涨",
        ("up", "down"): "去年这时是跌的",
        ("down", "down"): "去年这时也跌",
        ("down", "up"): "去年这时是涨的",
    },
    "en": {
        ("up", "up"): "it rose at this time last year, too",
        ("up", "down"): "it fell at this time last year",
        ("down", "down"): "it fell at this time last year, too",
        ("down", "up"): "it rose at this time last year",
    },
}


def _by_test(was: Array, is_: Array) -> Array:
    if not was.sum() or not is_.sum():
        return np.zeros(len(was), bool)
    share = float(is_.sum() / (was.sum() + is_.sum()))
    spread = learn_spread(was, is_, share).of(was + is_)
    return compare_counts(was, is_, share, spread, FALSE_SHARE).believed


def _by_ratio(was: Array, is_: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(was > 0, is_ / was, np.inf)
    found: Array = (ratio >= LEAST_INDEX_CHANGE) | (ratio <= 1 / LEAST_INDEX_CHANGE)
    return found


def _state(before: float, after: float, totals: tuple[float, float]) -> str:
    if not after:
        return "gone"
    if before < FEW and after > before:
        return "new"
    # By share: in a period with twice as many searches, twice as many of a word is no rise.
    return "rising" if after / (totals[1] or 1) > before / (totals[0] or 1) else "falling"


def _total(snapshot: Snapshot) -> float:
    return sum(figure for figure, _ in snapshot.words.values())


def _figure(snapshot: Snapshot | None, name: str) -> float | None:
    if snapshot is None:
        return None
    if name in snapshot.words:
        return snapshot.words[name][0]
    return None if snapshot.floor else 0.0


def _note(history: Sequence[float | None], lang: str) -> str:
    """Say how long a word has gone one way, from three periods on."""
    rises = falls = 0
    for earlier, later in zip(history[-2::-1], history[:0:-1], strict=True):
        if earlier is None or later is None:
            break
        if later > earlier and not falls:
            rises += 1
        elif later < earlier and not rises:
            falls += 1
        else:
            break
    if rises >= 2:
        return f"连涨 {rises} 期" if lang == "zh" else f"rising for {rises} periods"
    if falls >= 2:
        return f"连跌 {falls} 期" if lang == "zh" else f"falling for {falls} periods"
    return ""
